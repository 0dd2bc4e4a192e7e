"""The classifier of facts.py as a PyTorch module; apart, so that other checks need not wait for PyTorch."""

import torch
from torch import nn


class Net(nn.Module):
    """The classifier of the checks: scores = x A + tanh(x B + c) D + e, frozen; x are the flattened pictures."""

    def __init__(self, weights, dtype=torch.float32):
        super().__init__()
        for name, value in weights.items():
            setattr(self, name, nn.Parameter(torch.tensor(value, dtype=dtype), requires_grad=False))
        self.eval()

    def forward(self, X):
        """Return the scores (N, K) of pictures (N, C, H, W)."""
        x = X.flatten(1)  # (N, P)
        return x @ self.A + torch.tanh(x @ self.B + self.c) @ self.D + self.e
