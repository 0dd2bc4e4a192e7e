"""Checks of arguments: shapes, indices, dtypes."""

import numpy as np


def check_shape(argument, letters, array, *sizes, kind=np.ndarray):
    """Raise unless `array` is an array of this kind and these sizes, None fitting any; argument: 'function: name'."""
    if not isinstance(array, kind):
        wanted = 'NumPy array' if kind is np.ndarray else kind.__name__.lower()
        raise TypeError(f'{argument} must be a {wanted}, got {type(array).__name__}')
    if array.ndim != len(sizes) or any(size not in (None, n) for size, n in zip(sizes, array.shape)):
        wanted = ', '.join('*' if size is None else str(size) for size in sizes)
        raise ValueError(f'{argument} must have shape ({letters}) = ({wanted}), got {tuple(array.shape)}')


def check_indices(argument, indices, size):
    """Return `indices` as np.intp; raise unless they are integers in 0 … size-1."""
    indices = np.asarray(indices)
    if indices.dtype.kind not in 'iu':
        raise TypeError(f'{argument} must hold integers, got dtype {indices.dtype}')
    outside = (indices < 0) | (indices >= size)
    if outside.any():
        raise ValueError(f'{argument} must lie in 0 … {size - 1}, got {indices[outside].flat[0]}')
    return indices.astype(np.intp, copy=False)


def as_floats(x):
    """Return x itself if it holds floats, of whatever size, else as float64."""
    return x if x.dtype.kind == 'f' else x.astype(np.float64)
