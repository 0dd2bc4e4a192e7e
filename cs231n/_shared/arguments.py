"""Checks of arguments: shapes, indices, dtypes.

float16 ends at 65504, and adding 1 to 2048 changes nothing in it: sums are taken in float32 and rounded once.
"""

import numpy as np


def check_shape(argument, letters, array, *sizes):
    """Raise unless `array` is a NumPy array of these sizes, None fitting any; argument: 'function: name'."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f'{argument} must be a NumPy array, got {type(array).__name__}')
    if array.ndim != len(sizes) or any(size not in (None, n) for size, n in zip(sizes, array.shape)):
        wanted = ', '.join('*' if size is None else str(size) for size in sizes)
        raise ValueError(f'{argument} must have shape ({letters}) = ({wanted}), got {array.shape}')


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
    """Return x itself if it holds floats, float16 as float32, anything else as float64."""
    return x.astype(np.result_type(x, np.float32), copy=False) if x.dtype.kind == 'f' else x.astype(np.float64)


def rounded(result, x):
    """Return the result as float16 if x holds float16, else as it is."""
    return result.astype(x.dtype) if x.dtype == np.float16 else result


def sum_rows(x):
    """Return the sum over the first axis, in x's dtype."""
    return rounded(x.sum(axis=0, dtype=np.result_type(x, np.float32) if x.dtype == np.float16 else None), x)
