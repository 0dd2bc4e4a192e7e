"""Calls an answer as a notebook would.

What needs the student's function is done by functions of the form half(function, find, case, *more): they take plain
arrays and return plain arrays, so that they can run in another process, where the student's code is. `ask` is how a
check gets at them, be the function in this process or a proxy for one in another.
"""

import importlib
import inspect
import re
from collections.abc import Callable, Sequence
from functools import partial
from operator import attrgetter
from typing import Any

import numpy as np

from cs231n.checks.engine.compare import as_array
from cs231n.checks.engine.errors import Malformed

Case = dict[str, Any]             # argument: value
Find = Callable[[str], Callable]  # the student's function of a name

NO_FUNCTION = 'is not a function'


def asker(function: Callable, find: Find) -> Callable:
    """ask(half, case, *more): what the half gives for this function."""
    return getattr(function, 'ask', None) or partial(_here, function, find)


def _here(function: Callable, find: Find, half: Callable, *values: Any) -> Any:
    return half(function, find, *values)


def call(check: Any, function: Callable, case: Case, find: Find) -> list[np.ndarray]:
    """Return the outputs of function on one case, a list of arrays in the order of check.outputs.

    find(name) returns the student's function of that name; a backward pass gets its cache from there.
    Raises Malformed if the function returns something else, and whatever the function raises.
    """
    ask, names = asker(function, find), list(check.outputs)
    outputs = (check.call(check, ask, case) if check.call else
               ask(layer, case, names, check.cached, check.forward, list(check.upstream)))
    return arrays_of(outputs, len(names))


def arrays_of(answer: Any, count: int) -> list[np.ndarray]:
    """Return what a half gave as arrays. Malformed if they are not so many: it may come from another process."""
    return [as_array(one) for one in parts_of(answer, count)]


def parts_of(answer: Any, count: int) -> Sequence:
    """Return what a half gave, as it is. Malformed if it is no list of so many."""
    if not isinstance(answer, (list, tuple)) or len(answer) != count:
        raise Malformed(f'the answer is not {count} outputs')
    return answer


def layer(function: Callable, find: Find, case: Case, names: list[str], cached: bool, forward: str,
          upstream: list[str]) -> list[np.ndarray]:
    """Return the outputs of a function on a case; a backward pass has its cache from a fresh forward pass."""
    if forward:
        returned = find(forward)(*[value for name, value in case.items() if name not in upstream])
        if not isinstance(returned, (tuple, list)) or len(returned) < 2:
            raise Malformed(f'{forward} returns no cache')
        outputs = unpack(function(*[case[name] for name in upstream], returned[-1]), names)
    else:
        outputs = unpack(function(*case.values()), [*names, 'cache'] if cached else names)[:len(names)]
    return [as_array(output) for output in outputs]


def unpack(returned: Any, names: Sequence[str]) -> list:
    """Return a list of as many values as there are names; raises Malformed if there are more or fewer."""
    if returned is None:
        raise Malformed('it returns None: is the return statement missing?')
    values = list(returned) if isinstance(returned, (tuple, list)) and len(names) > 1 else [returned]
    if len(values) != len(names):
        count = f'{len(values)} value' + ('s' if len(values) != 1 else '')
        raise Malformed(f'it returns {count}, expected {len(names)}: {", ".join(names)}')
    return values


def named(name: str, module: str) -> Callable:
    """Return the function that the package has under this name. Malformed if something else has it."""
    found = attrgetter(name)(importlib.import_module(module))
    if not callable(found):
        raise Malformed(f'{name} {NO_FUNCTION}, but of type {type(found).__name__}')
    return found


def task_of(function: Callable, find: Find, case: Case) -> str | None:
    """'not implemented yet: …' if the function is still a stub, which the error of its forward pass would hide."""
    try:
        stub = re.search(r"""raise NotImplementedError\((['"])(.+)\1\)""", inspect.getsource(function))
    except (OSError, TypeError):  # without a file, or written in C
        return None
    return stub and f'not implemented yet: {stub[2]}'


def file_of(function: Callable, find: Find, case: Case) -> str:
    """Return the file that a function is written in; '' for one in C, such as SciPy's, or a functools.partial."""
    try:
        return inspect.getsourcefile(inspect.unwrap(function)) or ''
    except TypeError:
        return ''
