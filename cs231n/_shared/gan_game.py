"""What `run_a_gan` needs around its two updates: batches, steps of an optimizer, pictures on the way."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn

from cs231n._shared.progress import progress_bar


class Default(int):
    """The value of an argument that nobody named: an object of its own, unlike an int that is equal to it."""


BATCH_SIZE = Default(128)  # of run_a_gan


class OtherSize(Exception):
    """A batch is of another size than the rest."""


def say_left_out(sizes: Sequence[int], step: int, wanted: int) -> None:
    """Say which batches were left out; ValueError if there was none to learn from."""
    held = ', '.join(str(size) for size in sorted(set(sizes)))
    if step == 0:
        found = f'; it holds batches of {held}, not of batch_size={wanted}' if sizes else ', or num_epochs is 0'
        raise ValueError(f'loader_train gives no batch{found}')
    if sizes:
        print(f'run_a_gan: {len(sizes)} of {len(sizes) + step} batches left out, '
              f'of {held} pictures instead of {wanted}')


def update(name: str, loss: torch.Tensor, solver: torch.optim.Optimizer, model: nn.Module,
           history: dict[str, list[float]], step: int) -> None:
    """Take a step of one optimizer; the gradient of the loss goes to the parameters of its own model only."""
    value = loss.item()
    if not math.isfinite(value):
        raise FloatingPointError(f'step {step}: the loss of {name} is {value}')
    if learning := [w for w in model.parameters() if w.requires_grad]:  # some may be frozen, or all
        solver.zero_grad()
        loss.backward(inputs=learning)
        solver.step()
    history.setdefault(name, []).append(value)


def fuse(solver: torch.optim.Optimizer) -> torch.optim.Optimizer:
    """Let Adam take its step in one pass over the weights where PyTorch can, on a CPU from 2.4 on; return it.

    The step is the same to rounding; without it a quarter of the time of the deep GAN goes into Adam.
    """
    able = tuple(int(part) for part in torch.__version__.split('.')[:2]) >= (2, 4)
    for group in solver.param_groups if isinstance(solver, torch.optim.Adam) and able else []:
        plain = all(w.device.type == 'cpu' and w.dtype in (torch.float32, torch.float64) for w in group['params'])
        chosen = any(group.get(name) is not None for name in ('fused', 'foreach'))
        if plain and not (chosen or group['differentiable'] or group['capturable']):
            group['fused'] = True
    return solver


@contextmanager
def falling_rates(solvers: Sequence[torch.optim.Optimizer], num_epochs: int, loader: Any,
                  falling: bool) -> Iterator[Callable[[], None]]:
    """Give what is to be called before each step: it lowers the rates along a line, to 0 after the last one.

    The rates are set back in the end. TypeError: the loader has no length, so that nobody knows when that is.
    """
    if falling and not hasattr(loader, '__len__'):
        raise TypeError('loader_train must have a length if falling is set, got ' + type(loader).__name__)
    groups = [(group, group['lr']) for solver in solvers for group in solver.param_groups] if falling else []
    steps, done = num_epochs * len(loader) if falling else 1, 0

    def fall() -> None:
        nonlocal done
        for group, first in groups:
            group['lr'] = first * (1 - done / steps)
        done += 1

    try:
        yield fall
    finally:
        for group, first in groups:
            group['lr'] = first


def shown(num_epochs: int, loader: Any, progress: bool) -> Any:
    """Return a bar of all steps."""
    steps = num_epochs * len(loader) if hasattr(loader, '__len__') else None
    return progress_bar(total=steps, unit='step', leave=True, hidden=not progress)


def draw_seed(rng: torch.Generator | None) -> int:
    """Draw a seed from a generator."""
    return int(torch.randint(2 ** 31, (1,), generator=rng))


def batches(loader: Iterable[Any], num_epochs: int) -> Iterator[torch.Tensor]:
    """Give the pictures of each batch, which may come with labels; TypeError if what comes is no batch."""
    wanted = 'loader_train: must give batches, x (N, ...) or (x, labels), got'
    if isinstance(loader, torch.Tensor):
        raise TypeError(f'{wanted} single pictures of a tensor: put it into a MemoryLoader')
    for batch in (batch for _ in range(num_epochs) for batch in loader):
        x, *labels = batch if isinstance(batch, (tuple, list)) and batch else [batch]
        if not isinstance(x, torch.Tensor):
            raise TypeError(f'{wanted} {type(x).__name__}')
        if labels and isinstance(labels[0], int):
            raise TypeError(f'{wanted} single pictures, as from a dataset: put it into a DataLoader')
        yield x


def in_range(x: torch.Tensor) -> torch.Tensor:
    """Return x itself, or raise ValueError if its values are not in [0, 1]."""
    low, high = float(x.min()), float(x.max())
    if not 0 <= low <= high <= 1:
        raise ValueError(f'loader_train: x must be in [0, 1], got {low:.3g} to {high:.3g}')
    return x


@torch.no_grad()
def pictures(G: nn.Module, noise: torch.Tensor) -> np.ndarray:
    """Return what G makes of the noise as it would be used, in eval mode -> float32 array; G stays as it was."""
    modes = {module: module.training for module in G.modules()}
    try:
        return G.eval()(noise).float().cpu().numpy()
    finally:
        for module, mode in modes.items():
            module.training = mode
