"""Answers computed by code: a lesson's oracle is right, its mistakes are wrong, each in its own way."""

from functools import cache
from importlib import import_module
from itertools import combinations

import numpy as np

from cs231n.answer_key.recurrence import Pair
from cs231n.checks.engine.compare import as_array


def part(lesson, name):
    """Return the module oracle, mistakes or hints of a lesson."""
    return import_module(f'{__package__}.{lesson}.{name}')


def hints(check):
    """{key of a mistake: what went wrong, and what is right}."""
    return part(check.lesson, 'hints').HINTS.get(check.name, {})


def pairs(check):
    """Return 'one+other' for mistakes that are often made together: those of two stages of one function."""
    stages = getattr(part(check.lesson, 'hints'), 'STAGES', {}).get(check.name, ())
    return tuple(f'{one}+{other}' for first, second in combinations(stages, 2) for one in first for other in second)


def outputs(check):
    """For each case {'right': arrays, key of a mistake, or of two as 'one+other': arrays}.

    The right ones come from the oracle, which shares no code with the package; the wrong ones from literal versions
    of the function in which one thing is wrong, or two.
    """
    keys = *hints(check), *pairs(check)
    return _computed(check.lesson, check.oracle or check.name, keys, check.cases, check.settle)


@cache
def _computed(lesson, name, keys, cases, settle):
    right, wrong = getattr(part(lesson, 'oracle'), name), getattr(part(lesson, 'mistakes'), name, None)

    def arrays(outputs):
        return settle([as_array(output) for output in outputs])

    with np.errstate(all='ignore'):
        return tuple({'right': arrays(right(**case)), **{key: arrays(wrong(Pair(key), **case)) for key in keys}}
                     for case in cases())


def layers(check, inputs):
    """Return the layers that the network of a check should have for so many inputs, in words; reshaping not counted."""
    return [str(layer) for layer in part(check.lesson, 'oracle').layers(check.name, inputs)
            if type(layer).__name__ not in ('Flatten', 'Unflatten')]
