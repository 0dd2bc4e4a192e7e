"""Known parameters for a network, and where they go in a student's."""

from functools import cache

from cs231n.checks.lessons.gans.student_side import parameter


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
    """Known parameters for a network: a tuple of float64 arrays."""
    return tuple(parameter(k, shape) for k, shape in enumerate(shapes(name, noise_dim)))


def in_order(shapes, own, wanted):
    """Return the numbers of the parameters, whose shapes are the wanted ones in any order, in the order of these.

    shapes: of all parameters; own: for each layer the numbers of its parameters. A module may define its layers in any
    order, and a layer its parameters. Where shapes do not tell them apart, those of a layer are kept together, and the
    order is kept.
    """
    own, found = list(own), []
    while len(found) < len(wanted):
        fits = [fit for fit in (_sorted(some, shapes, wanted[len(found):len(found) + len(some)]) for some in own)
                if fit]
        if not fits:
            return _sorted(range(len(shapes)), shapes, wanted)
        found += fits[0]
        own = [some for some in own if some[0] not in fits[0]]
    return found


def _sorted(numbers, shapes, wanted):
    """Return the numbers of parameters in the order of the wanted shapes, or None if these are not their shapes."""
    rest, found = list(numbers), []
    for shape in wanted:
        k = next((k for k in rest if shapes[k] == shape), None)
        if k is None:
            return None
        rest.remove(k)
        found.append(k)
    return None if rest else found
