"""What the GANs need besides: reshaping layers, a sampler, scaling of pictures, initial weights, counting."""

import math

from torch import nn
from torch.utils.data import Sampler


class ChunkSampler(Sampler):
    """The indices start, start + 1, ..., start + num_samples - 1, in this order."""

    def __init__(self, num_samples, start=0):
        self.num_samples, self.start = num_samples, start

    def __iter__(self):
        return iter(range(self.start, self.start + self.num_samples))

    def __len__(self):
        return self.num_samples


class Flatten(nn.Module):
    """(N, ...) -> (N, the product of the rest)."""

    def forward(self, x):
        return x.reshape(len(x), math.prod(x.shape[1:]))


class Unflatten(nn.Module):
    """Anything of N * C * H * W numbers -> (N, C, H, W); N = -1 is found from the input."""

    def __init__(self, N=-1, C=128, H=7, W=7):
        super().__init__()
        self.N, self.C, self.H, self.W = N, C, H, W

    def forward(self, x):
        return x.reshape(self.N, self.C, self.H, self.W)


def initialize_weights(m):
    """Give a linear or transposed convolution layer Xavier's uniform weights, in place; ignore other modules.

    For model.apply(initialize_weights). Glorot & Bengio, AISTATS 2010.
    """
    if isinstance(m, (nn.Linear, nn.ConvTranspose2d)):
        nn.init.xavier_uniform_(m.weight)


def preprocess_img(x):
    """Pictures from [0, 1] to [-1, 1], the range of tanh."""
    return 2 * x - 1.0


def deprocess_img(x):
    """Pictures from [-1, 1] back to [0, 1]."""
    return (x + 1.0) / 2.0


def count_params(model):
    """Return the number of parameters of a module -> int."""
    return sum(p.numel() for p in model.parameters())
