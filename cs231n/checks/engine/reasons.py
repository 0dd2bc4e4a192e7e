"""What went wrong, in one short line."""

import inspect
import linecache
import os
import traceback
from collections.abc import Iterable

from cs231n._shared import arguments
from cs231n.checks.engine.errors import Malformed, Partly, TimeUp
from cs231n.checks.engine.meanings import GPU, meaning

UNWRITTEN = 'not implemented yet'  # how what is said of an unwritten function begins
ARGUMENTS = os.path.abspath(arguments.__file__)
CHECKS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GIVEN = CHECKS, os.path.dirname(ARGUMENTS)  # folders whose frames are not the student's


def reason(error: BaseException) -> str:
    """One short line on why an answer could not be run."""
    if isinstance(error, (Malformed, Partly, TimeUp)):
        return str(error)
    message = _message(error)
    if isinstance(error, NotImplementedError):
        return f'{UNWRITTEN}: {message}' if message else UNWRITTEN
    message = ' '.join(message.split())
    meant = meaning(error, message)
    message = message if len(message) <= 160 else message[:157] + '...'
    spot = place(traceback.extract_tb(error.__traceback__))
    said = f'{type(error).__name__}{": " if message else ""}{message}'
    return GPU + spot if meant == GPU else f'{said}{spot}{f"; that is: {meant}" if meant else ""}'


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # a student's own exception may fail at that, too
        return ''


def place(stack: Iterable[traceback.FrameSummary]) -> str:
    """' (rnn_layers.py, line 42: the code)' for the innermost line of the stack that the student wrote."""
    own = [frame for frame in _without_given_checks(list(stack)) if _is_students(frame.filename)]
    if not own:
        return ''
    frame = own[-1]
    in_cell = 'ipykernel' in frame.filename or frame.filename.startswith('<')
    code = linecache.getline(frame.filename, frame.lineno or 0).strip()
    file = 'cell' if in_cell else os.path.basename(frame.filename)
    return f' ({file}, line {frame.lineno}{": " if code else ""}{code})'


def _without_given_checks(stack: list[traceback.FrameSummary]) -> list[traceback.FrameSummary]:
    """Return the stack up to the line whose arguments a given check of arguments did not like.

    A contract is declared above a function, so the line before it has called that function; another check stands in
    the body of a given function, and whoever called that one gave the arguments.
    """
    for k, frame in enumerate(stack):
        if os.path.abspath(frame.filename) == ARGUMENTS and frame.name != 'checked':
            above = stack[k - 1].filename if k else ''
            return stack[:k] if os.path.abspath(above) == ARGUMENTS else stack[:k - 1] or stack[:k]
    return stack


def _is_students(filename: str) -> bool:
    if filename.startswith('<'):
        return 'frozen' not in filename and '__array_function__' not in filename
    folder = os.path.dirname(os.path.abspath(filename))
    library = os.path.dirname(os.path.abspath(inspect.__file__))  # the standard library
    return not folder.startswith((*GIVEN, library)) and 'site-packages' not in folder
