"""Compares two arrays, and says in words where they differ."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

ROUGH = 1e-5  # rtol and atol that an answer computed in float32 reaches
GATES = 'ifog'
NOT_FINITE = ('nan comes of 0 / 0 and of inf - inf, inf of exp of a large number and of a division by 0: look at what'
              ' is divided by, and at what exp and log are given')


def as_array(value: Any) -> np.ndarray:
    """Return the value of an output as a NumPy array; None, a missing output, as an empty one."""
    if value is None:
        return np.empty(0)
    if hasattr(value, 'detach'):  # a PyTorch tensor
        value = value.detach().cpu().numpy()
    try:
        return np.asarray(value)
    except (ValueError, RuntimeError, UserWarning):  # a ragged list, of which NumPy 1.23 warns; tensors in a list
        return np.empty(1, dtype=object)


def same(one: Any, other: Any) -> bool:
    """Whether two inputs of a check hold the same."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return np.array_equal(one, other)


def are_numbers(array: np.ndarray) -> bool:
    """Whether the array holds booleans, integers or floats."""
    return array.dtype.kind in 'buif'


def fit(got: np.ndarray, want: np.ndarray) -> np.ndarray:
    """Accept what means the same in want's shape: a loss of shape (1,), the number 0 for zeros."""
    if want.shape == () and got.size == 1:
        return got.reshape(())
    if got.shape == () and are_numbers(got) and got == 0:
        return np.zeros(want.shape)
    return got


def agree(got: np.ndarray, want: np.ndarray, rtol: float, atol: float) -> bool:
    """Whether both have the same shape and |got - want| <= atol + rtol |want| everywhere (NaN equals NaN).

    Where whole numbers are wanted, they have to be those very numbers.
    """
    if want.dtype.kind in 'iu':
        return got.shape == want.shape and are_numbers(got) and np.array_equal(got, want)
    return got.shape == want.shape and are_numbers(got) and np.allclose(got, want, rtol, atol, equal_nan=True)


def difference(name: str, axes: str, got: np.ndarray, want: np.ndarray, dims: dict[str, int], rtol: float = ROUGH,
               atol: float = ROUGH, inputs: dict[str, tuple[int, ...]] | None = None) -> tuple[int, str]:
    """Says in words how got differs from want; returns (rank, words), the lowest rank tells the most.

    name: of the output; axes: its axis names, such as 'N T H'; dims: the size of each axis name, so that a
    constant factor can be named (1/T); rtol, atol: what counts as equal; inputs: {name of an input: its shape}. The
    words hold no more than four significant digits of any number.
    """
    if got.size == 0 or not are_numbers(got):
        return 0, f'{name} is {"not an array of numbers" if got.size else "missing"}'
    if got.shape != want.shape:
        letters = f' = ({", ".join(axes.split())})' if axes else ''
        why = _why_another_shape(axes, got, want) or _taken_for(got, inputs or {})
        return 0, f'{name} has shape {got.shape}, expected {want.shape}{letters}{why and f": {why}"}'
    if got.dtype.kind in 'iu' and want.dtype.kind == 'f':
        return 0, f'{name} holds integers ({got.dtype}), expected floats: what stands behind the point is cut off'
    wrong = ~np.isclose(got, want, rtol, atol, equal_nan=True)
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    first = f'{name} differs first at {_place(axes, index, want.shape)}' if index else name
    words = f'{first}: got {_number(got[index])}, expected {_number(want[index])}'
    if not np.isfinite(got[index]):
        return 1, f'{words}; {NOT_FINITE}'
    extra = _factor(got, want, dims) or _transposed(got, want) or _pattern(axes, wrong)
    return (1, f'{words}; {extra}') if extra else (2, words)


def _why_another_shape(axes: str, got: np.ndarray, want: np.ndarray) -> str:
    """Say what was done, or left out, that the shape is another one; '' unless it is certain."""
    if got.ndim == want.ndim and sorted(got.shape) == sorted(want.shape):
        return 'the axes are in another order'
    if [n for n in got.shape if n != 1] == [n for n in want.shape if n != 1]:
        return ('an axis of length 1 is missing: squeeze() without an axis takes all of them away'
                if got.ndim < want.ndim else 'an axis of length 1 is too many: squeeze it out, or leave out keepdim')
    letters = axes.split()
    for axis in range(got.ndim if got.ndim == want.ndim + 1 else 0):
        if agree(got.sum(axis=axis), want, ROUGH, ROUGH):
            return f'it is still to be summed over axis {axis}'
    for axis in range(want.ndim if got.ndim == want.ndim - 1 else 0):
        if agree(got, want.sum(axis=axis), ROUGH, ROUGH):
            return f'it is summed over {letters[axis] if letters else f"axis {axis}"}, which has to stay'
    return 'everything is summed up' if got.ndim == 0 and agree(got, want.sum(), ROUGH, ROUGH) else ''


def _taken_for(got: np.ndarray, inputs: dict[str, tuple[int, ...]]) -> str:
    names = [name for name, shape in inputs.items() if shape == got.shape]
    return f'that is the shape of {names[0]}' if len(names) == 1 and got.ndim else ''


def _transposed(got: np.ndarray, want: np.ndarray) -> str | None:
    is_square = got.ndim == 2 and got.shape[0] == got.shape[1]
    return 'it is transposed' if is_square and agree(got.T, want, ROUGH, ROUGH) else None


def _number(value: float) -> str:
    return '0' if abs(value) < 1e-12 else f'{value:.4g}'


def _place(axes: str, index: Sequence[int], shape: Sequence[int]) -> str:
    """(0, 3, 2) of 'N T H' -> 'n=0, timestep t=3, h=2'; an axis '4H' is told as gate and unit."""
    words = []
    for letter, i, size in zip(axes.split(), index, shape):
        if letter == '4H':
            words.append(f'gate {GATES[i // (size // 4)]}, h={i % (size // 4)}')
        else:
            words.append(f'{"timestep " if letter == "T" else ""}{letter.lower()}={i}')
    return ', '.join(words)


def _factor(got: np.ndarray, want: np.ndarray, dims: Mapping[str, float]) -> str | None:
    """Names the number r if got = r want everywhere."""
    if not got.any():
        return 'it is zero' if not got.ndim else 'it is zero everywhere'
    largest = np.abs(want).argmax()
    if want.dtype.kind in 'iu' or (got.size == 1 and not dims):  # words and classes have no size
        return None
    if want.flat[largest] == 0 or not np.isfinite(got).all():
        return None
    r = got.flat[largest] / want.flat[largest]
    if not np.allclose(got, r * want, ROUGH, ROUGH * abs(r)):
        return None
    if np.isclose(r, -1):
        return 'only the sign is wrong'
    names: dict[str, float] = {  # 2 may be any 2
        letter: size for letter, size in dims.items() if size > 2 and letter != '4H'}
    names.update({f'1/{letter}': 1 / size for letter, size in names.items()})
    same = [letter for letter, size in names.items() if np.isclose(r, size)]
    if got.size == 1 and not same:  # one number is always some multiple of another
        return None
    meaning = f' (that is {same[0]})' if len(same) == 1 else ''
    return f'{"everywhere " if got.ndim else ""}{_number(r)} times the right value{meaning}'


def _pattern(axes: str, wrong: np.ndarray) -> str | None:
    """Says which timesteps, rows or gates are wrong, if some are right."""
    words = []
    for axis, letter in enumerate(axes.split()):
        rest = tuple(other for other in range(wrong.ndim) if other != axis)
        bad = np.asarray(wrong.any(axis=rest))
        if letter == '4H':
            bad = np.asarray(bad.reshape(4, -1).any(axis=1))  # (4,)
        if letter in ('N', 'T', 'V', '4H') and not bad.all():
            names = GATES if letter == '4H' else range(len(bad))
            title = {'4H': 'in gate', 'T': 'at timestep', 'V': 'at word'}.get(letter, 'in row')
            words.append(f'wrong {title} {_listed([n for n, b in zip(names, bad) if b])}, '
                         f'right {title[:2]} {_listed([n for n, b in zip(names, bad) if not b])}')
    return '; '.join(words)


def _listed(items: list) -> str:
    """[0, 1, 2] -> '0 to 2'; [0, 2] -> '0, 2'."""
    if len(items) > 2 and isinstance(items[0], int) and items[-1] - items[0] == len(items) - 1:
        return f'{items[0]} to {items[-1]}'
    return ', '.join(str(item) for item in items)
