"""All checks in a table, with points and hints. The functions run in a process of their own.

An endless loop, a crash or a hunger for memory costs the points of its own check, and is named.
"""

import argparse
import functools
import json
import os
import sys
from dataclasses import asdict, replace
from difflib import get_close_matches
from pathlib import Path

import cs231n
from cs231n._shared.console import command, mute
from cs231n._shared.files import write_atomically
from cs231n.checks import CHECKS, all_checks
from cs231n.checks.engine.answers import NoAnswers, ready
from cs231n.checks.engine.calling import file_of
from cs231n.checks.engine.errors import Malformed, NotGraded, TimeUp
from cs231n.checks.engine.result import Result
from cs231n.checks.grader.proxy import Student, in_folder, libraries, result_of
from cs231n.checks.grader.table import row, summary

DAY = 86400           # seconds


def chosen(names):
    """Return the checks of some notebooks or functions, all without names. ValueError on an unknown one."""
    checks = all_checks(extra=True)
    known = {name for one in checks for name in (one.notebook, one.name, one.name.partition('[')[0])}
    for name in names:
        if name not in known:
            near = [one for one in sorted(known) if one.lower() == name.lower()] or get_close_matches(name, known)
            notebooks = ', '.join(dict.fromkeys(one.notebook for one in checks))
            raise ValueError(f'{name!r} is neither a notebook ({notebooks}) nor a function that is checked'
                             + f'; did you mean {" or ".join(near)}?' * bool(near))
    return [one for one in checks if not names or {one.notebook, one.name, one.name.partition('[')[0]} & set(names)]


def folder_of_files():
    """Return the folder that holds the package cs231n; ImportError if it is not the one that we are in."""
    folder = Path(cs231n.__file__).resolve().parent.parent
    if Path.cwd().resolve() != folder:
        raise ImportError(f'cs231n is imported from {folder}, but you are in {Path.cwd()}: the wrong files would be'
                          ' graded. Change to the folder that holds cs231n/ and start again.')
    return folder


def grade_all(checks, seconds=None, say=print):
    """Grades the checks in order, printing a line for each; returns their Results."""
    folder = folder_of_files()
    files = sorted({one.module.replace('.', os.sep) + '.py' for one in checks})
    say('Graded are these files:', *(f'  {folder / file}' for file in files), sep='\n')
    known = {name: replace(one, seconds=seconds or one.seconds) for name, one in CHECKS.items()}
    results, notebook, modules = {}, None, {name: one.module for name, one in CHECKS.items()}
    with Student(in_folder(folder), modules, libraries(checks, folder)) as student:
        for one in checks:
            if one.notebook != notebook:
                notebook = one.notebook
                say(f'\n{notebook}')
            results[one.name] = _graded(known[one.name], folder, student, known, results)
            say(row(results[one.name]))
    return list(results.values())


def _graded(check, folder, student, checks, results):
    """Return the Result of one check; a second one, in a new process, where the machine prevented the first."""
    result = result_of(check, student, checks, results)
    if result.not_graded:
        student.renew()
        result = result_of(check, student, checks, results)
    file = _file(check, student) if result.passed else ''
    if file and not Path(file).resolve().is_relative_to(folder):
        return Result(check.name, False, 0, check.points, where=f'it is not in this folder, but in {file}')
    return result


def _file(check, student):
    """Where a function is written; '' if nobody knows."""
    function = student.find(check.name)
    try:
        return str(function.within(check.seconds, lambda: function.ask(file_of, {})) or '')
    except (Malformed, TimeUp, NotGraded):
        return ''


def seconds(text):
    """Return a time limit of the command line; ArgumentTypeError unless it is one."""
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'must be a number, not {text!r}') from None
    if not 0 < value <= DAY:  # also false for NaN
        raise argparse.ArgumentTypeError(f'must be more than 0 and at most {DAY}, not {text}')
    return value


def _can_write(path):
    """Whether a file can be written there."""
    if path.exists() and not path.is_file():
        return not path.is_dir() and os.access(path, os.W_OK)
    return path.parent.is_dir() and os.access(path.parent, os.W_OK)


def _say_on(*text, **settings):
    """Print; where the reader has gone, grade on all the same, since there is a file for the results."""
    try:
        print(*text, **settings, flush=True)
    except BrokenPipeError:
        mute()


@command
def main(argv=None):
    """Grades and prints; returns 0 when it could grade, whatever the points, and 2 when it could not."""
    parser = argparse.ArgumentParser(prog='python -m cs231n.checks', description=__doc__.splitlines()[0])
    parser.add_argument('names', nargs='*', metavar='NAME', help='a notebook or a function; all without names')
    parser.add_argument('--seconds', type=seconds, help='a time limit for each check, in place of its own')
    parser.add_argument('--json', type=Path, metavar='FILE', help='write the results there too')
    arguments = parser.parse_args(argv)
    if arguments.json and not _can_write(arguments.json):  # told now, not after minutes of grading
        parser.error(f'argument --json: {arguments.json} cannot be written')
    say = _say_on if arguments.json else functools.partial(print, flush=True)
    try:
        checks = chosen(arguments.names)
        ready(checks)
        results = grade_all(checks, arguments.seconds, say)
    except (ValueError, ImportError, NoAnswers) as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.json:  # before anything can go wrong on the screen
        failed = _write(arguments.json, json.dumps([asdict(result) for result in results], indent=1))
    print(summary(checks, results))
    return failed if arguments.json else 0


def _write(path, text):
    """Write the results whole or not at all, unless into a pipe or a device; returns 2 if it could not be done."""
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding='utf-8')
        else:
            write_atomically(path, text)
    except OSError as error:
        print(f'{path} was not written: {error.strerror}', file=sys.stderr)
        return 2
    return 0
