"""The right and the wrong answers to a check, as arrays: all that a comparison needs."""

from functools import cache
from importlib import import_module

import numpy as np

from .compare import as_array


def answers(check):
    """For each case of the check the outputs {'right': arrays, key of a misconception: arrays}.

    The right ones come from the oracle, which shares no code with the package; the wrong ones from the slips,
    literal versions of the function in which one thing is wrong.
    """
    return _computed(check.name, check.oracle or check.name, tuple(check.hints), check.cases, check.settle)


@cache
def _computed(name, oracle, keys, cases, settle):
    right = getattr(import_module('.oracles', __package__), oracle)
    wrong = getattr(import_module('.slips', __package__), oracle, None)

    def arrays(outputs):
        return settle([as_array(output) for output in outputs])

    with np.errstate(all='ignore'):
        return tuple({'right': arrays(right(**case)), **{key: arrays(wrong(key, **case)) for key in keys}}
                     for case in cases())
