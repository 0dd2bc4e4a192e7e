"""Digits to train on, MNIST or the drawn ones, and a loader for data that fit into memory."""

import math

import torch
from torchvision.datasets import MNIST

from cs231n._shared.paths import datasets_dir
from cs231n.data.worlds import choose_world, sample_file


def load_mnist(train=True, transform=None):
    """Torchvision's MNIST dataset over the real files if they are whole, else the drawn digits; says which.

    train: the digits to train on (60,000), else those to test on (10,000).
    transform: what a picture goes through when the dataset is indexed. The raw pixels are in .data, uint8
    (N, 28, 28), the labels in .targets, int64 (N,). LeCun et al., 1998.
    """
    if choose_world('mnist') == 'real':
        root = datasets_dir()
    else:
        root = sample_file('MNIST/raw/train-images-idx3-ubyte').parents[2]
    return MNIST(root, train=train, transform=transform)


class MemoryLoader:
    """Batches of pictures that are all in memory: what DataLoader over ToTensor() gives, but at once.

    pictures uint8 (N, 28, 28) and labels (N,), as in a dataset's .data and .targets. In each epoch gives
    x float32 (B, 1, 28, 28) in [0, 1] and y (B,); the last batch may be smaller, nothing is dropped.
    shuffle: in a new order each epoch. rng: a torch.Generator that draws it (default: torch's global one).
    device: where pictures and batches lie. ValueError: batch_size < 1, or no label for each picture.
    """

    def __init__(self, pictures, labels, batch_size=128, shuffle=True, rng=None, device='cpu'):
        if batch_size < 1:
            raise ValueError(f'batch_size must be at least 1, got {batch_size}')
        if len(pictures) != len(labels):
            raise ValueError(f'labels: expected {len(pictures)}, one for each picture, got {len(labels)}')
        self.pictures = torch.as_tensor(pictures, device=device)[:, None]  # (N, 1, 28, 28)
        self.labels = torch.as_tensor(labels, device=device)
        self.batch_size, self.shuffle, self.rng = batch_size, shuffle, rng

    def __len__(self):
        return math.ceil(len(self.pictures) / self.batch_size)

    def __iter__(self):
        N = len(self.pictures)
        order = torch.randperm(N, generator=self.rng) if self.shuffle else torch.arange(N)
        for some in order.to(self.labels.device).split(self.batch_size):
            yield self.pictures[some].float().div(255), self.labels[some]
