"""What the checks of GANs put an answer on: facts about noise, and known parameters for a network."""

from functools import cache

import numpy as np
import torch


def noise_facts(draw):
    """What can be said of draw(), which returns random numbers: shape, range, spread, whether they repeat."""
    first, second = np.asarray(draw()), np.asarray(draw())
    limited = first.clip(-2, 2)  # where the largest of normal numbers lies is chance
    distinct = len(np.unique(first)) / max(first.size, 1)
    fresh = float(first.shape == second.shape and not np.array_equal(first, second))
    facts = limited.min(), limited.max(), first.std(), distinct
    return (np.array(first.shape), *(round(float(fact), 1) for fact in facts), fresh)


def shapes(name, noise_dim=None):
    """The shapes of the parameters of a network, in order."""
    linear = lambda out, into: [(out, into), (out,)]
    norm = lambda size: [(size,), (size,)]
    return {
        'discriminator': lambda: linear(256, 784) + linear(256, 256) + linear(1, 256),
        'generator': lambda: linear(1024, noise_dim) + linear(1024, 1024) + linear(784, 1024),
        'build_dc_classifier': lambda: [(32, 1, 5, 5), (32,), (64, 32, 5, 5), (64,)] + linear(1024, 1024)
        + linear(1, 1024),
        'build_dc_generator': lambda: linear(1024, noise_dim) + norm(1024) + linear(6272, 1024) + norm(6272)
        + [(128, 64, 4, 4), (64,)] + norm(64) + [(64, 1, 4, 4), (1,)],
    }[name]()


@cache
def weights(name, noise_dim=None):
    """Known parameters for a network, large enough that every layer shows: a tuple of float64 tensors."""
    rng, found = np.random.RandomState(2), []
    for shape in shapes(name, noise_dim):
        fan_in = np.prod(shape[1:]) if len(shape) > 1 else 4
        found.append(torch.from_numpy(1.5 * rng.standard_normal(shape) / np.sqrt(fan_in)))
    return tuple(found)
