"""Contracts of arguments: declared above a function, checked at each call, told in one wording."""

import functools
import inspect
import re
from collections.abc import Callable, Mapping
from numbers import Integral, Real
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

MEMORY = 256  # combinations of shapes that a contract remembers
P = ParamSpec('P')
R = TypeVar('R')
Check = Callable[[str, Any], None]  # of an argument's name and its value; raises if that will not do


def contract(**declared: str | Check) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare what the arguments of a function must be; a call that breaks it raises before the function runs.

        @contract(x='N D', prev_h='N H', Wx='D 4H', b='4H')
        def step(x, prev_h, Wx, b):

    A text names the axes of a NumPy array. A letter is the same size wherever it stands, bound where it stands first;
    '4H' is four times H, 'N+' at least 1, '...' at the end any further axes, and 'N H or 0' also takes a plain number.
    Anything else is a check such as `whole(1)`, called with the name of the argument and its value.
    Raises TypeError or ValueError: 'step: x must have shape (N, D) = (*, *), got (3,)'.
    """
    shapes = {name: _Axes(text) for name, text in declared.items() if isinstance(text, str)}
    others = {name: check for name, check in declared.items() if not isinstance(check, str)}

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        names = tuple(inspect.signature(function).parameters)
        passed: set[tuple] = set()  # types and shapes that fitted: a training loop asks for the same again and again
        if unknown := declared.keys() - set(names):
            raise TypeError(f'{function.__qualname__} has no argument {", ".join(sorted(unknown))}')

        @functools.wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            key = tuple([(value.__class__, getattr(value, 'shape', None)) for value in args]) if not kwargs else None
            if key is None or key not in passed:
                given = dict(zip(names, args), **kwargs)
                _check_shapes(function.__qualname__, shapes, given)
                if key is not None and len(passed) < MEMORY:
                    passed.add(key)
            if others:
                given = dict(zip(names, args), **kwargs)
                for name in others.keys() & given.keys():
                    others[name](f'{function.__qualname__}: {name}', given[name])
            return checked.__wrapped__(*args, **kwargs)  # which %autoreload renews, unlike what a closure holds

        return checked

    return decorate


class _Axes:
    """The axes of one argument, from a text such as 'N T 4H'."""

    def __init__(self, text: str) -> None:
        text, _, plain = text.partition(' or ')
        names = text.split()
        self.plain_number, self.more = bool(plain), names[-1:] == ['...']
        self.names = names[:-1] if self.more else names
        parsed = [re.fullmatch(r'(\d*)([A-Z])(\+?)', name) for name in self.names]
        self.axes = [(match[2], int(match[1] or 1), int(bool(match[3]))) for match in parsed if match]
        self.count = len(self.axes)
        if self.count != len(self.names):
            raise ValueError(f"contract: axes must be such as 'N', '4H' or 'N+', got {text!r}")

    def fit(self, value: Any, sizes: dict[str, int]) -> bool:
        """Tell whether value has these axes, and bind the letters that are new to its sizes."""
        if not isinstance(value, np.ndarray):
            return self.plain_number and np.ndim(value) == 0
        shape = value.shape
        if len(shape) != self.count and not (self.more and len(shape) > self.count):
            return self.plain_number and not shape
        for (letter, times, least), size in zip(self.axes, shape):
            if sizes.setdefault(letter, size // times) * times != size or size < least:
                return False
        return True

    def __str__(self) -> str:
        return ', '.join(name.rstrip('+') for name in self.names) + ', …' * self.more


def _check_shapes(function: str, shapes: Mapping[str, _Axes], given: Mapping[str, object]) -> None:
    """Raise what is wrong with the first argument that does not fit those before it."""
    sizes: dict[str, int] = {}
    for name, axes in shapes.items():
        before = dict(sizes)
        if name in given and not axes.fit(given[name], sizes):
            _refuse(f'{function}: {name}', axes, given[name], before)


def _refuse(argument: str, axes: _Axes, value: Any, sizes: Mapping[str, int]) -> None:
    if not isinstance(value, np.ndarray):
        raise TypeError(f'{argument} must be a NumPy array, got {type(value).__name__}')
    wanted = [str(times * sizes[letter]) if letter in sizes else '1 or more' if least else '*'
              for letter, times, least in axes.axes] + ['…'] * axes.more
    raise ValueError(f'{argument} must have shape ({axes}) = ({", ".join(wanted)}), got {value.shape}')


def whole(least: float = -np.inf, most: float = np.inf) -> Check:
    """Return a check, for `contract`, that an argument is an integer from least to most."""
    return functools.partial(_check_number, Integral, 'an integer', least, most)


def number(least: float = -np.inf, most: float = np.inf) -> Check:
    """Return a check, for `contract`, that an argument is a number from least to most, and not NaN."""
    return functools.partial(_check_number, Real, 'a number', least, most)


def positive(argument: str, value: Any) -> None:
    """Check, for `contract`, that an argument is None or a finite number above 0."""
    if value is not None and not isinstance(value, Real):
        raise TypeError(f'{argument} must be a number, got {value!r}')
    if value is not None and (value <= 0 or not value < np.inf):  # which no NaN is
        raise ValueError(f'{argument} must be positive, got {value}')


def _check_number(kind: type[Any], called: str, least: float, most: float, argument: str, value: Any) -> None:
    if not isinstance(value, kind):
        raise TypeError(f'{argument} must be {called}, got {value!r}')
    if not least <= value <= most:  # also false for NaN
        wanted = f'at least {least}' if most == np.inf else f'one of {least} … {most}'
        raise ValueError(f'{argument} must be {wanted}, got {value}')


def check_indices(
        argument: str, indices: ArrayLike, size: int, like: np.ndarray | None = None) -> NDArray[np.intp]:
    """Return `indices` as np.intp; raise unless they are integers in 0 … size-1, of the shape of `like` if given."""
    indices = np.asarray(indices)
    if indices.dtype.kind not in 'iu':
        raise TypeError(f'{argument} must hold integers, got dtype {indices.dtype}')
    outside = (indices < 0) | (indices >= size)
    if outside.any():
        raise ValueError(f'{argument} must lie in 0 … {size - 1}, got {indices[outside].flat[0]}')
    if like is not None and indices.shape != like.shape:
        raise ValueError(f'{argument} must have shape {like.shape}, got {indices.shape}')
    return indices.astype(np.intp, copy=False)


def check_shape(argument: str, letters: str, array: Any, *sizes: int | None, kind: type[Any] = np.ndarray) -> None:
    """Raise unless `array` is an array of this kind and these sizes, None fitting any; argument: 'function: name'.

    For what only the body knows, such as the shape of an output that a cache remembers.
    """
    if not isinstance(array, kind):
        wanted = 'NumPy array' if kind is np.ndarray else kind.__name__.lower()
        raise TypeError(f'{argument} must be a {wanted}, got {type(array).__name__}')
    if array.ndim != len(sizes) or any(size not in (None, n) for size, n in zip(sizes, array.shape)):
        wanted = ', '.join('*' if size is None else str(size) for size in sizes)
        raise ValueError(f'{argument} must have shape ({letters}) = ({wanted}), got {tuple(array.shape)}')


def check_words(word_to_idx: Mapping[str, int]) -> None:
    """Raise unless CaptioningRNN can use a vocabulary: each word has an index of its own, <NULL> one in 0 … V-1."""
    if '<NULL>' not in word_to_idx:
        raise ValueError("CaptioningRNN: word_to_idx must contain '<NULL>', which pads captions")
    idx_to_word, V = {i: word for word, i in word_to_idx.items()}, len(word_to_idx)
    for word, i in word_to_idx.items():
        if idx_to_word[i] != word:
            raise ValueError('CaptioningRNN: word_to_idx must give each word an index of its own, '
                             f'got {i} for {word!r} and {idx_to_word[i]!r}')
        if word in ('<NULL>', '<START>', '<END>') and not 0 <= i < V:
            raise ValueError(f'CaptioningRNN: word_to_idx must give {word!r} an index in 0 … {V - 1}, got {i}')


def as_floats(x: np.ndarray) -> np.ndarray:
    """Return x as floats in which sums fit: float16, which ends at 65504, as float32; what is no float as float64."""
    return x.astype(np.result_type(x, np.float32), copy=False) if x.dtype.kind == 'f' else x.astype(np.float64)


def rounded(result: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return the result as float16 if x holds float16, else as it is."""
    return result.astype(x.dtype) if x.dtype == np.float16 else result


def sum_rows(x: np.ndarray) -> np.ndarray:
    """Return the sum over the first axis, in x's dtype; float16 in float32 first, since in it 2048 + 1 is 2048."""
    return rounded(x.sum(axis=0, dtype=np.float32), x) if x.dtype == np.float16 else x.sum(axis=0)
