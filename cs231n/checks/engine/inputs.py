"""Inputs of the checks: the same numbers on every machine, in float64."""

import contextlib
import contextvars
from collections.abc import Callable, Iterator

import numpy as np

_salt: contextvars.ContextVar[tuple[int, ...]] = contextvars.ContextVar('salt', default=())


@contextlib.contextmanager
def salted(*numbers: int) -> Iterator[None]:
    """Within, all inputs are others: they depend on these whole numbers, too."""
    token = _salt.set(numbers)
    try:
        yield
    finally:
        _salt.reset(token)


def stream(seed: int) -> np.random.RandomState:
    """Return the random numbers of a case."""
    return np.random.RandomState([*_salt.get(), seed] if _salt.get() else seed)


def draw(seed: int, scale: float = 1.0, **shapes: tuple[int, ...]) -> dict[str, np.ndarray]:
    """{name: normal numbers of that shape times scale}, in the order of the names."""
    rng = stream(seed)
    return {name: scale * rng.standard_normal(shape) for name, shape in shapes.items()}


def cases(make: Callable, *sizes: tuple) -> Callable[[], list[dict]]:
    """Return a function that calls make(seed, *size) for each of the sizes, with the seeds 1, 2, 3, ..."""
    return lambda: [make(seed, *size) for seed, size in enumerate(sizes, start=1)]
