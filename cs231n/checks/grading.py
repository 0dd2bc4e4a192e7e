"""All checks in a table, with points and hints: each in a process of its own, so that none can spoil another.

An endless loop, a crash or a hunger for memory costs the points of its own check, and is named.
"""

import argparse
import importlib
import inspect
import json
import multiprocessing
import os
import re
import signal
import sys
from dataclasses import asdict, replace
from difflib import get_close_matches
from pathlib import Path

import cs231n

from . import CHECKS, all_checks, check
from .answers import STORED, NoAnswers, ready
from .result import Result
from .running import PATIENCE, reason, within

DAY = 86400           # seconds
GRACE = 30            # seconds on top of those of the check: a process has to start, and what it rests on is run too
MEMORY = 2 * 2**30    # bytes on top of what the libraries take
METHOD = 'forkserver' if sys.platform.startswith('linux') else 'spawn'  # the first imports PyTorch only once


def chosen(names):
    """The checks of some notebooks or functions, all without names. ValueError on an unknown one."""
    known = {name for one in all_checks() for name in (one.notebook, one.name, one.name.partition('[')[0])}
    for name in names:
        if name not in known:
            near = [one for one in sorted(known) if one.lower() == name.lower()] or get_close_matches(name, known)
            notebooks = ', '.join(dict.fromkeys(one.notebook for one in all_checks()))
            raise ValueError(f'{name!r} is neither a notebook ({notebooks}) nor a function that is checked'
                             + f'; did you mean {" or ".join(near)}?' * bool(near))
    return [one for one in all_checks()
            if not names or {one.notebook, one.name, one.name.partition('[')[0]} & set(names)]


def folder_of_files():
    """The folder that holds the package cs231n; ImportError if it is not the one that we are in."""
    folder = Path(cs231n.__file__).resolve().parent.parent
    if Path.cwd().resolve() != folder:
        raise ImportError(f'cs231n is imported from {folder}, but you are in {Path.cwd()}: the wrong files would be'
                          ' graded. Change to the folder that holds cs231n/ and start again.')
    return folder


def libraries(checks):
    """The large ones that some checks or answers need: they are loaded before time and memory are counted."""
    wanted = any(one.notebook not in ('RNN', 'LSTM') or _imports_torch(one.module) for one in checks)
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
    """What the process of one check does: sends (Result, file that was graded)."""
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
    """The Result of one check, from a process of its own, and the file of the function; None if the process died."""
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


def grade_all(checks, seconds=None, say=print):
    """Grades the checks in order, printing a line for each; returns their Results."""
    folder = folder_of_files()
    if METHOD == 'forkserver':
        multiprocessing.get_context(METHOD).set_forkserver_preload(['cs231n.checks', *libraries(checks)])
    files = sorted({one.module.replace('.', os.sep) + '.py' for one in checks})
    say('Graded are these files:', *(f'  {folder / file}' for file in files), sep='\n')
    results, notebook, ended = [], None, set()  # ended: those whose process did not come to an end by itself
    for one in checks:
        if one.notebook != notebook:
            notebook = one.notebook
            say(f'\n{notebook}')
        result, file = grade(one, seconds)
        if file and not Path(file).resolve().is_relative_to(folder):
            result = Result(one.name, False, 0, one.points, where=f'it is not in this folder, but in {file}')
        ended |= {one.name} if file is None else set()
        first = next((name for name in (one.forward, *one.needs) if name in ended), None)
        if one.name in ended and first:
            result = replace(result, where=f'{result.where}; fix {first} first, on which it rests')
        results.append(result)
        say(row(result))
    return results


def row(result):
    """One line of the table, and below it what there is to say."""
    waits = (result.where or '').startswith('not implemented yet')
    verdict = 'right' if result.passed else 'to do' if waits else 'wrong'
    points = f'{result.points:g} of {result.max_points:g}' if result.max_points else 'given'
    lines = [f'  {verdict}  {result.name:<32} {points:>10}']
    lines += [f'           {title}: {text}' for title, text in result.remarks if not waits]
    return '\n'.join(lines)


def summary(checks, results):
    """Points of each notebook and in total, and what is next."""
    lines = ['', 'Points']
    for notebook in dict.fromkeys(one.notebook for one in checks):
        own = [result for one, result in zip(checks, results) if one.notebook == notebook]
        lines.append(f'  {notebook:<39} {_points(own):>10}')
    lines += [f'  {"in total":<39} {_points(results):>10}', '']
    following = next(((one, result) for one, result in zip(checks, results) if not result.passed), None)
    if following is None:
        return '\n'.join([*lines, 'All is right.'])
    one, result = following
    about = result.hint or result.where or ''
    return '\n'.join([*lines, f'Next: {one.name} in {one.module.replace(".", "/")}.py', f'  {about}'])


def _points(results):
    return f'{sum(one.points for one in results):g} of {sum(one.max_points for one in results):g}'


def _seconds(text):
    """A time limit of the command line; ArgumentTypeError unless it is one."""
    try:
        seconds = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'must be a number, not {text!r}') from None
    if not 0 < seconds <= DAY:  # also false for NaN
        raise argparse.ArgumentTypeError(f'must be more than 0 and at most {DAY}, not {text}')
    return seconds


def _can_write(path):
    """Whether a file can be written there."""
    if path.exists():
        return not path.is_dir() and os.access(path, os.W_OK)
    return path.parent.is_dir() and os.access(path.parent, os.W_OK)


def main(argv=None):
    """Grades and prints; returns 0 when it could grade, whatever the points, and 2 when it could not."""
    parser = argparse.ArgumentParser(prog='python -m cs231n.checks', description=__doc__.splitlines()[0])
    parser.add_argument('names', nargs='*', metavar='NAME', help='a notebook or a function; all without names')
    parser.add_argument('--seconds', type=_seconds, help='a time limit for each check, in place of its own')
    parser.add_argument('--json', type=Path, metavar='FILE', help='write the results there too')
    arguments = parser.parse_args(argv)
    if arguments.json and not _can_write(arguments.json):  # told now, not after minutes of grading
        parser.error(f'argument --json: {arguments.json} cannot be written')
    try:
        checks = chosen(arguments.names)
        ready(checks)
        results = grade_all(checks, arguments.seconds)
    except (ValueError, ImportError, NoAnswers) as error:
        print(error, file=sys.stderr)
        return 2
    print(summary(checks, results))
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(result) for result in results], indent=1), encoding='utf-8')
    return 0
