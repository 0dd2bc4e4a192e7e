"""Digits to train on, MNIST or the drawn ones, and a loader for data that fit into memory."""

import math
import operator

import numpy as np
import torch
from torchvision.datasets import MNIST

from cs231n.data.registry import root_of
from cs231n.data.worlds import choose_world, sample_file


def load_mnist(train=True, transform=None):
    """Torchvision's MNIST dataset over the real files if they are whole, else the drawn digits; says which.

    train: the digits to train on (60,000), else those to test on (10,000).
    transform: what a picture goes through when the dataset is indexed. The raw pixels are in .data, uint8
    (N, 28, 28), the labels in .targets, int64 (N,). LeCun et al., 1998.
    """
    if choose_world('mnist') == 'real':
        root = root_of('mnist')
    else:
        root = sample_file('MNIST/raw/train-images-idx3-ubyte').parents[2]
    return MNIST(root, train=train, transform=transform)


class MemoryLoader:
    """Batches of pictures that are all in memory: what DataLoader over ToTensor() gives, but at once.

    pictures (N, 28, 28), (N, 1, 28, 28) or (N, 784), whole numbers of 0 ... 255 as in a dataset's .data, or floats
    in [0, 1]; labels (N,), as in .targets. In each epoch gives x float32 (B, 1, 28, 28) in [0, 1] and y (B,); the
    last batch may be smaller, nothing is dropped.
    shuffle: in a new order each epoch. rng: a torch.Generator that draws it (default: torch's global one).
    device: where pictures and batches lie. ValueError: batch_size < 1, no label for each picture, or pictures of
    another shape or range; TypeError: batch_size is no whole number, or pictures hold no numbers.
    """

    def __init__(self, pictures, labels, batch_size=128, shuffle=True, rng=None, device='cpu'):
        try:
            self.batch_size = operator.index(batch_size)
        except TypeError:
            raise TypeError(f'batch_size must be a whole number, got {batch_size!r}') from None
        if self.batch_size < 1:
            raise ValueError(f'batch_size must be at least 1, got {batch_size}')
        if len(pictures) != len(labels):
            raise ValueError(f'labels: expected {len(pictures)}, one for each picture, got {len(labels)}')
        self.pictures = _pictures(pictures).to(device)
        labels = _array(labels, 'labels')
        self.labels = _tensor(labels, np.int64 if labels.dtype.kind in 'biu' else np.float32).to(device)
        self.shuffle, self.rng = shuffle, rng

    def __len__(self):
        return math.ceil(len(self.pictures) / self.batch_size)

    def __iter__(self):
        N = len(self.pictures)
        order = torch.randperm(N, generator=self.rng) if self.shuffle else torch.arange(N)
        for some in order.to(self.labels.device).split(self.batch_size):
            x = self.pictures[some]
            yield x.float().div(255) if x.dtype == torch.uint8 else x, self.labels[some]


def _pictures(pictures):
    """Return the pictures as (N, 1, 28, 28), uint8 if they are whole numbers of 0 ... 255, float32 if in [0, 1]."""
    x = _array(pictures, 'pictures')
    if x.shape[1:] not in ((28, 28), (1, 28, 28), (784,)):
        raise ValueError(f'pictures must have the shape (N, 28, 28), (N, 1, 28, 28) or (N, 784), got {x.shape}')
    top = 255 if x.dtype.kind in 'iu' else 1
    if len(x) and not 0 <= x.min() <= x.max() <= top:  # also false for NaN
        raise ValueError(f'pictures must be whole numbers of 0 ... 255 or floats in [0, 1], got {x.dtype} from '
                         f'{x.min():.3g} to {x.max():.3g}')
    return _tensor(x, np.uint8 if top == 255 else np.float32).reshape(-1, 1, 28, 28)


def _array(values, name):
    """Return a tensor, an array, a list or a table of numbers as an array."""
    if isinstance(values, torch.Tensor):
        values = values.detach().cpu()
        values = values.float() if values.dtype == torch.bfloat16 else values  # which NumPy does not know
    values = np.asarray(values)
    if values.dtype.kind not in 'biuf':
        raise TypeError(f'{name} must hold numbers, got {values.dtype}')
    return values


def _tensor(values, dtype):
    return torch.from_numpy(np.require(values, dtype, ['C', 'W']))  # PyTorch knows no negative strides
