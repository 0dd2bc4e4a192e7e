"""Inputs of the checks: the same numbers on every machine, in float64."""

import numpy as np


def draw(seed, scale=1.0, **shapes):
    """{name: normal numbers of that shape times scale}, in the order of the names."""
    rng = np.random.RandomState(seed)
    return {name: scale * rng.standard_normal(shape) for name, shape in shapes.items()}


def cases(make, *sizes):
    """Return a function that calls make(seed, *size) for each of the sizes, with the seeds 1, 2, 3, ..."""
    return lambda: [make(seed, *size) for seed, size in enumerate(sizes, start=1)]
