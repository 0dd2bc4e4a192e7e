"""What the checks of style transfer put an answer on: float64 leaves, and gradients by autograd."""

import torch


def leaf(value):
    """Return a float64 tensor whose gradient is wanted."""
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


def with_gradients(value, *leaves):
    """(value, its gradient for each leaf) as arrays; None for the gradients if the value does not know the leaves."""
    if not (isinstance(value, torch.Tensor) and value.requires_grad):
        return value, *(None for _ in leaves)
    total = value.square().sum() / 2 if value.numel() > 1 else value.sum()
    grads = torch.autograd.grad(total, leaves, allow_unused=True, materialize_grads=True)
    return value.detach(), *(grad.numpy() for grad in grads)
