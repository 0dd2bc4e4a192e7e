"""Real data or the sample world."""

import os
from pathlib import Path

from cs231n.data.registry import command, mend, real_files, root_of, verify, world
from cs231n.sample_world import stamp

CHOSEN = {}  # what was loaded last in this process: {what: 'real' or 'sample'}


def choose_world(what: str, forced: str | None = None) -> str:
    """Return 'real' if the real data of `what` are whole, else 'sample', and print one line that says which.

    `forced`: 'sample' or 'real', in place of the environment variable CS231N_DATA. FileNotFoundError: forced real
    data are missing. ValueError: they are damaged, CS231N_DATA has another value, or `what` is no key of `WORLDS`.
    """
    CHOSEN[what] = _choice(what, forced)
    return CHOSEN[what]


def _choice(what, forced):
    name, forced = world(what)[0], forced or os.environ.get('CS231N_DATA', '')
    if forced not in ('', 'sample', 'real'):
        raise ValueError(f"CS231N_DATA must be 'sample' or 'real' or not set, not {forced!r}")
    problems = {} if forced == 'sample' else verify(what, thorough=False)
    todo = mend(what, next(iter(problems.values()), ''))
    if forced == 'real' and problems:
        error = FileNotFoundError if 'is missing' in problems.values() else ValueError
        raise error(f"{name}: {_first(problems)} in {root_of(what)}, and CS231N_DATA is 'real'. {todo}")
    if forced != 'sample' and not problems:
        print(f'{name}: the real data. For the sample: set CS231N_DATA=sample')
        return 'real'
    absent = set(problems.values()) <= {'is missing'} and len(problems) in (0, len(real_files(what)))
    if absent:
        print(f'{name}: the sample, drawn by code. For the real data: {command(what)}')
    else:
        print(f"{name}: the sample, since of the real data {_first(problems)}. {todo.replace('Run:', 'To repair:')}")
    return 'sample'


def _first(problems):
    path, problem = next(iter(problems.items()))
    return f'{path} {problem}' + (f' (and {len(problems) - 1} more)' if len(problems) > 1 else '')


def sample_file(name: str) -> Path:
    """Return the path of a file of the sample world, building first what is missing, damaged or of another version."""
    folder = stamp.whole()
    if folder is None:
        from cs231n.sample_world.build import build  # here, so that what is built already does not wait for it
        folder = build()
    return folder / name
