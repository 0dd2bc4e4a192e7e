"""Contracts of arguments: declared above a function, checked at each call, told in one wording."""

import functools
import inspect
import re
from numbers import Integral, Real

import numpy as np

MEMORY = 256  # combinations of shapes that a contract remembers


def contract(**declared):
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

    def decorate(function):
        names = tuple(inspect.signature(function).parameters)
        passed = set()  # types and shapes that fitted: a training loop asks for the same ones again and again
        if unknown := declared.keys() - set(names):
            raise TypeError(f'{function.__qualname__} has no argument {", ".join(sorted(unknown))}')

        @functools.wraps(function)
        def checked(*args, **kwargs):
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
            return function(*args, **kwargs)

        return checked

    return decorate


class _Axes:
    """The axes of one argument, from a text such as 'N T 4H'."""

    def __init__(self, text):
        text, _, plain = text.partition(' or ')
        names = text.split()
        self.plain_number, self.more = bool(plain), names[-1:] == ['...']
        self.names = names[:-1] if self.more else names
        parsed = [re.fullmatch(r'(\d*)([A-Z])(\+?)', name) for name in self.names]
        self.axes = [(letter, int(times or 1), int(bool(least)))
                     for times, letter, least in (match.groups() for match in parsed)]
        self.count = len(self.axes)

    def fit(self, value, sizes):
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

    def __str__(self):
        return ', '.join(name.rstrip('+') for name in self.names) + ', …' * self.more


def _check_shapes(function, shapes, given):
    """Raise what is wrong with the first argument that does not fit those before it."""
    sizes = {}
    for name, axes in shapes.items():
        before = dict(sizes)
        if name in given and not axes.fit(given[name], sizes):
            _refuse(f'{function}: {name}', axes, given[name], before)


def _refuse(argument, axes, value, sizes):
    if not isinstance(value, np.ndarray):
        raise TypeError(f'{argument} must be a NumPy array, got {type(value).__name__}')
    wanted = [str(times * sizes[letter]) if letter in sizes else '1 or more' if least else '*'
              for letter, times, least in axes.axes] + ['…'] * axes.more
    raise ValueError(f'{argument} must have shape ({axes}) = ({", ".join(wanted)}), got {value.shape}')


def whole(least=-np.inf, most=np.inf):
    """Return a check, for `contract`, that an argument is an integer from least to most."""
    return functools.partial(_check_number, Integral, 'an integer', least, most)


def number(least=-np.inf, most=np.inf):
    """Return a check, for `contract`, that an argument is a number from least to most, and not NaN."""
    return functools.partial(_check_number, Real, 'a number', least, most)


def positive(argument, value):
    """Check, for `contract`, that an argument is None or a finite number above 0."""
    if value is not None and not isinstance(value, Real):
        raise TypeError(f'{argument} must be a number, got {value!r}')
    if value is not None and not 0 < value < np.inf:  # also false for NaN
        raise ValueError(f'{argument} must be positive, got {value}')


def _check_number(kind, called, least, most, argument, value):
    if not isinstance(value, kind):
        raise TypeError(f'{argument} must be {called}, got {value!r}')
    if not least <= value <= most:  # also false for NaN
        wanted = f'at least {least}' if most == np.inf else f'one of {least} … {most}'
        raise ValueError(f'{argument} must be {wanted}, got {value}')


def check_indices(argument, indices, size, like=None):
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


def check_shape(argument, letters, array, *sizes, kind=np.ndarray):
    """Raise unless `array` is an array of this kind and these sizes, None fitting any; argument: 'function: name'.

    For what only the body knows, such as the shape of an output that a cache remembers.
    """
    if not isinstance(array, kind):
        wanted = 'NumPy array' if kind is np.ndarray else kind.__name__.lower()
        raise TypeError(f'{argument} must be a {wanted}, got {type(array).__name__}')
    if array.ndim != len(sizes) or any(size not in (None, n) for size, n in zip(sizes, array.shape)):
        wanted = ', '.join('*' if size is None else str(size) for size in sizes)
        raise ValueError(f'{argument} must have shape ({letters}) = ({wanted}), got {tuple(array.shape)}')


def as_floats(x):
    """Return x itself if it holds floats, of whatever size, else as float64."""
    return x if x.dtype.kind == 'f' else x.astype(np.float64)
