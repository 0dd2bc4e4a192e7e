"""A small network that reads digits, and judges generated ones."""

from functools import cache

import torch
from torch import nn

from cs231n._shared.paths import WEIGHTS
from cs231n.sample_world.stamp import checked
from cs231n.sample_world.weights import read_weights

READER_WEIGHTS = WEIGHTS / 'digit_net.pt'
CHUNK = 500
SHAPES = (784,), (28, 28), (1, 28, 28)  # of a picture
SLACK = 1e-3  # of rounding, in halves


class DigitNet(nn.Module):
    """A small convolutional reader of digits: pictures (N, 1, 28, 28) in [0, 1] -> scores (N, 10)."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),   # (N, 16, 14, 14)
            nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2),             # (N, 32, 6, 6)
            nn.Conv2d(32, 64, 3), nn.ReLU(), nn.Flatten(),                # (N, 1024)
            nn.Linear(1024, 64), nn.ReLU(), nn.Dropout(0.3),              # (N, 64): the features
        )
        self.head = nn.Linear(64, 10)

    def forward(self, x):
        """Return the scores (N, 10) of pictures (N, 1, 28, 28)."""
        return self.head(self.body(x))


@cache
@torch.inference_mode(False)
def load_digit_net():
    """Return DigitNet with the weights that come with the project: trained on drawn digits, frozen, in eval mode."""
    net = DigitNet()
    stored = read_weights(checked(READER_WEIGHTS))
    net.load_state_dict({name: value.float() for name, value in stored.items()})
    return net.eval().requires_grad_(False)


@torch.no_grad()
def look(pictures):
    """Return what the reader of digits sees in pictures.

    pictures: a tensor or array (N, 784), (N, 28, 28) or (N, 1, 28, 28) in [-1, 1], as a generator makes them.
    Returns features float64 (N, 64) and probabilities of the digits float64 (N, 10), both arrays.
    ValueError on another shape, or values outside [-1, 1].
    """
    x = torch.as_tensor(pictures).detach().cpu().float()
    if x.shape[1:] not in SHAPES:
        raise ValueError(f'pictures must have shape (N, 784), (N, 28, 28) or (N, 1, 28, 28), got {tuple(x.shape)}')
    if not (x.abs() <= 1 + SLACK).all():  # also false for NaN
        raise ValueError(f'pictures must lie in [-1, 1], got {x.min():.3g} to {x.max():.3g}')
    x = x.reshape(-1, 1, 28, 28)
    net = load_digit_net()
    features = torch.cat([net.body((part + 1) / 2) for part in x.split(CHUNK)])  # (N, 64)
    return features.double().numpy(), net.head(features).double().softmax(dim=1).numpy()
