"""Fresh inputs for every check, from a seed: what a submission has stored, or seen in the handout, is worth nothing.

The answers to them are computed by the answer key, never stored. Inputs are drawn again until they tell: every known
mistake must show on them, and whole numbers (a word, a class) must not hang on the last digits.
"""

import copy
import functools
from dataclasses import replace

import numpy as np

from cs231n.checks import CHECKS
from cs231n.checks.engine.answers import answers
from cs231n.checks.engine.compare import ROUGH, agree, same
from cs231n.checks.engine.inputs import salted

TRIES = 200     # two of three draws tell, for the most demanding check one of three
SHAKEN = 1e-4   # how much inputs may move, relatively, without another whole number in the answer


@functools.lru_cache(maxsize=4)
def checks(seed):
    """Return {name: Check} with inputs of their own for this seed, each made once, when it is first asked for."""
    return _Fresh(seed)


class _Fresh(dict):
    def __init__(self, seed):
        super().__init__()
        self.seed = seed

    def __missing__(self, name):
        self[name] = fresh(CHECKS[name], self.seed)
        return self[name]


def fresh(check, seed):
    """Return the check with other inputs. ValueError if none of many draws tells right from wrong."""
    for attempt in range(TRIES):
        with salted(seed, attempt):
            drawn = check.cases()
        hidden = _with(check, drawn)
        if _tells(hidden) and _holds(check, drawn, answers(hidden)):
            return hidden
    raise ValueError(f'{check.name}: none of {TRIES} draws of inputs from seed {seed} tells right from wrong')


def _with(check, drawn):
    cases = functools.partial(copy.deepcopy, drawn)  # a fresh copy each time, as the student may change it
    return replace(check, cases=cases, also=tuple(replace(other, cases=cases) for other in check.also))


def _tells(check):
    """Whether each known mistake differs from the right answer by more than twice what is forgiven."""
    known, rtol, atol = answers(check), *(2 * max(bound, ROUGH) for bound in (check.rtol, check.atol))
    return all(any(not agree(wrong, right, rtol, atol) for case in known
                   for wrong, right in zip(case[key], case['right'])) for key in check.hints)


def _holds(check, drawn, known):
    """Whether whole numbers in the right answers stay what they are when the inputs move a little."""
    if not any(output.dtype.kind in 'iu' and output.ndim for case in known for output in case['right']):
        return True
    rng = np.random.RandomState(1)
    for _ in range(3):
        shaken = _shaken(drawn, rng)
        if all(map(same, shaken, drawn)):  # there is nothing to move: the answers are what they were
            return True
        moved = answers(_with(check, shaken))
        if not all(np.array_equal(one, other) for case, again in zip(known, moved)
                   for one, other in zip(case['right'], again['right']) if one.dtype.kind in 'iu'):
            return False
    return True


def _shaken(value, rng):
    """Return the inputs with all floats in arrays moved a little."""
    if isinstance(value, np.ndarray) and value.dtype.kind == 'f':
        return value * (1 + SHAKEN * rng.uniform(-1, 1, value.shape))
    if isinstance(value, dict):
        return {key: _shaken(one, rng) for key, one in value.items()}
    return [_shaken(one, rng) for one in value] if isinstance(value, list) else value
