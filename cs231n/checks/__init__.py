"""What a notebook cell, a test and a grader ask of a function that a student writes.

from cs231n.checks import check
check(rnn_step_forward)                    # -> Result: right, or what exactly is wrong
check(CaptioningRNN.loss, cell_type='lstm')
check(rnn_step_backward, steps=True)        # which values on the way are right, the first wrong one told
"""

from difflib import get_close_matches
from inspect import unwrap

from cs231n.checks.engine.check import Check
from cs231n.checks.engine.judge import judge
from cs231n.checks.engine.result import Result
from cs231n.checks.engine.steps import climb
from cs231n.checks.lessons import CHECKS
from cs231n.course.assignment import EDITIONS, EXTRA, edition

__all__ = ['Check', 'Result', 'all_checks', 'check']


def all_checks(which=None, extra=False):
    """Every Check of an edition, in the order of the notebooks; each tells its name, notebook, points and function().

    which: 'numpy' or 'pytorch', in which the captioning model is written; None for that of this folder.
    extra: those of notebooks beyond the five as well, whose points count for nothing else.
    """
    others = {lesson for name, lessons in EDITIONS.items() if name != (which or edition()) for lesson in lessons}
    return tuple(one for one in CHECKS.values() if one.lesson not in others and (extra or one.notebook not in EXTRA))


def check(function, name=None, cell_type='rnn', forward=None, steps=False):
    """Check one function and returns a Result, which a notebook shows as a table.

    function: the function, or a method such as CaptioningRNN.loss
    name: which check to use, if the function goes by another name
    cell_type: 'rnn' or 'lstm', for the methods of CaptioningRNN
    forward: the forward pass that makes the cache of a backward pass; found by its name, if not given
    steps: whether to look at the values that the function computes on its way, by their names, instead of its outputs

    Raises TypeError if function cannot be called, ValueError if there is no check of that name or it has no steps,
    NoAnswers if the file of answers in a student's folder is missing or damaged.
    """
    if not callable(function):
        raise TypeError(f'function must be callable, got {type(function).__name__}')
    function = unwrap(getattr(function, '__func__', function))
    name = name or getattr(function, '__qualname__', '').split('<locals>.')[-1]
    module = getattr(function, '__module__', None) or ''  # None for what `exec` made
    on_tensors = module.endswith(('rnn_layers_pytorch', 'rnn_pytorch'))
    names = (f'{name}[pytorch]', f'{name}[{cell_type}, pytorch]') if on_tensors else (name, f'{name}[{cell_type}]')
    found = next((CHECKS[one] for one in (*names, name) if one in CHECKS), None)
    if found is None:
        close = get_close_matches(name, CHECKS, n=3, cutoff=0.5) or list(CHECKS)
        raise ValueError(f'name: there is no check of {name or "a function without a name"!r}'
                         f' with cell_type {cell_type!r}; perhaps one of {", ".join(close)}')

    def find(wanted):
        """Return the function of that name where the checked one was written, else the one in the package."""
        if forward is not None and wanted == found.forward:
            return forward
        theirs = getattr(function, '__globals__', {}).get(wanted)
        return theirs if callable(theirs) else CHECKS[wanted].function()

    if steps:
        return climb(found, function, find, CHECKS, judge)
    return judge(found, function, find, CHECKS)
