"""Answers computed by code: oracles.py is right and slips.py wrong, each in its own way. Not given to students."""

from functools import cache

import numpy as np

from .compare import as_array
from .hints import HINTS


def hints(check):
    """{key of a misconception: what went wrong, and what is right}."""
    return HINTS.get(check.name, {})


def outputs(check):
    """For each case {'right': arrays, key of a misconception: arrays}.

    The right ones come from the oracle, which shares no code with the package; the wrong ones from the slips,
    literal versions of the function in which one thing is wrong.
    """
    return _computed(check.name, check.oracle or check.name, tuple(hints(check)), check.cases, check.settle)


@cache
def _computed(name, oracle, keys, cases, settle):
    from . import oracles, slips  # here, because they need PyTorch

    right, wrong = getattr(oracles, oracle), getattr(slips, oracle, None)

    def arrays(outputs):
        return settle([as_array(output) for output in outputs])

    with np.errstate(all='ignore'):
        return tuple({'right': arrays(right(**case)), **{key: arrays(wrong(key, **case)) for key in keys}}
                     for case in cases())


def layers(check, inputs):
    """The layers that the network of a check should have for so many inputs, in words; reshaping not counted."""
    from . import gan_oracles

    return [str(layer) for layer in gan_oracles.layers(check.name, inputs)
            if type(layer).__name__ not in ('Flatten', 'Unflatten')]
