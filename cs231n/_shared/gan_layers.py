"""What the GANs need besides: reshaping layers, a sampler, scaling of pictures, initial weights, counting."""

import math
from collections.abc import Iterator

from torch import Tensor, nn
from torch.utils.data import Sampler


class ChunkSampler(Sampler[int]):
    """The indices start, start + 1, ..., start + num_samples - 1, in this order."""

    def __init__(self, num_samples: int, start: int = 0) -> None:
        self.num_samples, self.start = num_samples, start

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.start, self.start + self.num_samples))

    def __len__(self) -> int:
        return self.num_samples


class Flatten(nn.Module):
    """(N, ...) -> (N, the product of the rest)."""

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(len(x), math.prod(x.shape[1:]))


class Unflatten(nn.Module):
    """Anything of N * C * H * W numbers -> (N, C, H, W); N = -1 is found from the input."""

    def __init__(self, N: int = -1, C: int = 128, H: int = 7, W: int = 7) -> None:
        super().__init__()
        self.N, self.C, self.H, self.W = N, C, H, W

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(self.N, self.C, self.H, self.W)


def initialize_weights(m: nn.Module) -> None:
    """Give a linear or transposed convolution layer Xavier's uniform weights, in place; ignore other modules.

    For model.apply(initialize_weights). Glorot & Bengio, AISTATS 2010.
    """
    if isinstance(m, (nn.Linear, nn.ConvTranspose2d)):
        nn.init.xavier_uniform_(m.weight)


def preprocess_img(x: Tensor) -> Tensor:
    """Scale pictures from [0, 1] to [-1, 1], the range of tanh."""
    return 2 * x - 1.0


def deprocess_img(x: Tensor) -> Tensor:
    """Scale pictures from [-1, 1] back to [0, 1]."""
    return (x + 1.0) / 2.0


def count_params(model: nn.Module) -> int:
    """Return the number of parameters of a module."""
    return sum(p.numel() for p in model.parameters())
