"""What the checks of GANs put an answer on: facts about noise, and known parameters for a network."""

from functools import cache

import numpy as np
import torch


def shapes(name, noise_dim=None):
    """Return the shapes of the parameters of a network, in order."""
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


def in_order(model, wanted):
    """Return the parameters of the model, whose shapes are the wanted ones in any order, in the wanted order.

    A module may define its layers in any order, and a layer its parameters. Where shapes do not tell them apart,
    those of a layer are kept together, and the order is kept.
    """
    layers = [list(layer.parameters(recurse=False)) for layer in model.modules()]
    layers, found = [layer for layer in layers if layer], []
    while len(found) < len(wanted):
        fits = [fit for fit in (_sorted(layer, wanted[len(found):len(found) + len(layer)]) for layer in layers) if fit]
        if not fits:
            return _sorted(list(model.parameters()), wanted)
        found += fits[0]
        layers = [layer for layer in layers if layer[0] not in set(fits[0])]
    return found


def _sorted(parameters, wanted):
    """Return the parameters in the order of the wanted shapes, or None if these are not their shapes."""
    rest, found = list(parameters), []
    for value in wanted:
        k = next((k for k, parameter in enumerate(rest) if parameter.shape == value.shape), None)
        if k is None:
            return None
        found.append(rest.pop(k))
    return None if rest else found
