"""One check in a process of its own."""

import importlib
import inspect
import multiprocessing
import os
import re
import signal
import sys
from dataclasses import replace
from pathlib import Path

import cs231n
from cs231n.checks import CHECKS, check
from cs231n.checks.engine.answers import STORED
from cs231n.checks.engine.reasons import reason
from cs231n.checks.engine.result import Result
from cs231n.checks.engine.time_limit import PATIENCE, within

GRACE = 30            # seconds on top of those of the check: a process has to start, and what it rests on is run too
MEMORY = 2 * 2**30    # bytes on top of what the libraries take
METHOD = 'forkserver' if sys.platform.startswith('linux') else 'spawn'  # the first imports PyTorch only once


def libraries(checks):
    """Return the large ones that some checks or answers need: they are loaded before time and memory are counted."""
    wanted = any(one.library or _imports_torch(one.module) for one in checks)
    return ['torch'] * (not STORED.is_file() or wanted)


def _imports_torch(module):
    """Whether a layer in NumPy uses PyTorch, which is allowed."""
    path = Path(cs231n.__file__).parents[1] / f'{module.replace(".", os.sep)}.py'
    text = path.read_text(encoding='utf-8', errors='replace') if path.is_file() else ''
    return re.search(r'^\s*(import|from) torch\b', text, re.MULTILINE) is not None


def limit_memory(extra=MEMORY):
    """Let this process take so many bytes more and no more, where the system can do that (not on Windows)."""
    try:
        import resource

        import psutil

        limit = psutil.Process().memory_info().vms + extra
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ImportError, ValueError, OSError):
        pass


def _work(name, seconds, connection):
    """Check one function in a process of its own, and send (Result, file that was graded)."""
    silence = os.open(os.devnull, os.O_WRONLY)  # what the functions print does not belong in the table
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    if seconds is not None:
        CHECKS.update({key: replace(one, seconds=seconds) for key, one in CHECKS.items()})
    one, file = CHECKS[name], ''
    for library in libraries([one]):
        importlib.import_module(library)
    limit_memory()
    try:
        function = within(one.seconds, one.function)  # a module may loop as it is imported
        file = _file_of(function)
        result = check(function, name=name)
    except BaseException as error:  # a module that cannot be imported, too
        result = Result(name, False, 0, one.points, where=reason(error))
    if result.where and ('MemoryError' in result.where or "can't allocate memory" in result.where):
        result = replace(result, where=f'more than {MEMORY >> 30} GB of memory: {result.where}')
    connection.send((result, file))
    connection.close()
    os._exit(0)  # with threads that never end, too


def _file_of(function):
    try:
        return inspect.getsourcefile(inspect.unwrap(function)) or ''
    except TypeError:  # written in C, such as SciPy's, or a functools.partial
        return ''


def grade(one, seconds=None):
    """Return the Result of one check, from a process of its own, and the file of the function or None."""
    context = multiprocessing.get_context(METHOD)
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(one.name, seconds, sender), daemon=True)
    process.start()
    sender.close()
    limit = PATIENCE * (one.seconds if seconds is None else seconds) + GRACE
    try:
        if receiver.poll(limit):
            return receiver.recv()
        where = f'stopped after {limit:g} s: an endless loop?'
    except (EOFError, ConnectionError):
        process.join(GRACE)
        where = f'its process ended before it was through ({_ending(process.exitcode)})'
    finally:
        process.kill()
        process.join()
        receiver.close()
    return Result(one.name, False, 0, one.points, where=where), None


def _ending(code):
    try:
        return signal.strsignal(-code) if code is not None and code < 0 else f'exit code {code}'
    except ValueError:
        return f'exit code {code}'
