"""What the checks of GANs put an answer on: facts about noise, and known parameters for a network."""

from functools import cache

import numpy as np
import torch

RESHAPING = ('Flatten', 'Unflatten', 'Identity')


def noise_facts(draw):
    """What can be said of draw(), which returns random numbers: shape, range, spread, whether they repeat.

    The last fact, uniform between -1 and 1, is by the greatest distance D of the share of numbers below x from
    (x + 1) / 2 (Kolmogorov-Smirnov): right noise has √n D > 3 once in thirty million.
    """
    first, second = np.asarray(draw()), np.asarray(draw())
    limited = first.clip(-2, 2)  # where the largest of normal numbers lies is chance
    ordered, n = np.sort(first, axis=None).astype(float), max(first.size, 1)
    distinct = 1 + np.count_nonzero(np.diff(ordered)) > 0.5 * n
    rows = np.ptp(np.atleast_2d(first), axis=0).any()
    uniform = distinct and np.abs((ordered + 1) / 2 - (np.arange(n) + 0.5) / n).max() < 3 / np.sqrt(n)
    fresh = first.shape == second.shape and not np.array_equal(first, second)
    facts = limited.min(), limited.max(), first.std()
    return (np.array(first.shape), *(round(float(fact), 1) for fact in facts), float(distinct), float(fresh),
            float(rows), float(uniform))


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


def in_order(model, wanted):
    """The parameters of the model, whose shapes are those of the wanted ones in any order, in the order of these.

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
    """The parameters in the order of the wanted shapes, or None if these are not their shapes."""
    rest, found = list(parameters), []
    for value in wanted:
        k = next((k for k, parameter in enumerate(rest) if parameter.shape == value.shape), None)
        if k is None:
            return None
        found.append(rest.pop(k))
    return None if rest else found


def modules(words, wanted):
    """The layers that were written down as str(layer), with the wanted parameters in them."""
    with torch.random.fork_rng(devices=[]):
        layers = [eval(layer, vars(torch.nn)) for layer in words]
    for parameter, value in zip(torch.nn.Sequential(*layers).double().parameters(), wanted):
        parameter.data = value
    return layers


def culprits(model, right, is_right):
    """(number of the first one, student's layers, layers that belong there), as few as make the model right; or None.

    A layer is only called wrong if the others, with the right ones in its place, give the right output: then no other
    is to blame. A model with a forward of its own cannot be taken apart like this.
    """
    chain = _chain(model)
    got = [layer for layer in chain if type(layer).__name__ not in RESHAPING]

    def mended(kept, behind):
        """The chain with all counted layers replaced, but for the first so many and those so many from the end."""
        found, k, new = [], 0, list(right[kept:len(right) - behind])
        for layer in chain:
            if k == len(got) - behind:  # where a layer is missing, it comes before those that are kept
                found, new = found + new, []
            if type(layer).__name__ in RESHAPING:
                found.append(layer)
                continue
            if k < kept or k >= len(got) - behind:
                found.append(layer)
            elif new:
                found.append(new.pop(0))
            k += 1
        return torch.nn.Sequential(*found, *new)

    shorter = min(len(got), len(right))
    ways = [(kept, total - kept) for total in range(shorter, 0, -1) for kept in range(total, -1, -1)]
    for kept, behind in ways:
        if is_right(mended(kept, behind)):
            found = got[kept:len(got) - behind], right[kept:len(right) - behind]
            return (kept + 1, *found) if found != ([], []) else None
    return None


def _chain(model):
    """The modules that run one after the other."""
    if type(model).forward is not torch.nn.Sequential.forward:
        return [model]
    return [layer for child in model for layer in _chain(child)]
