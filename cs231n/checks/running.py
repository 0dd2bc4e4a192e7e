"""Calls an answer as a notebook would, within a time limit, and turns what goes wrong into one short line."""

import contextvars
import ctypes
import inspect
import linecache
import os
import sys
import threading
import time
import traceback

import numpy as np

PATIENCE = 4  # a check that waits, be it for its turn on a busy computer, is given this many times its seconds
HERE = os.path.dirname(os.path.abspath(__file__))


class Malformed(Exception):
    """The answer returned something other than the outputs that were asked for."""


class TimeUp(Exception):
    """The answer took longer than its check allows."""


def within(seconds, work):
    """Returns work(), or raises TimeUp after so many seconds; on a busy computer, of this process's computing time.

    A thread instead of a signal, because signals reach neither Windows nor code outside of the main thread.
    """
    box = {}

    def target():
        try:
            with np.errstate(all='ignore'):  # an overflow that ends in the right value is no mistake
                box['value'] = work()
        except BaseException as error:  # also SystemExit, which must not end the notebook
            box['error'] = error

    thread = threading.Thread(target=contextvars.copy_context().run, args=(target,), daemon=True)
    start, used = time.monotonic(), time.process_time()
    thread.start()
    try:
        while thread.is_alive():
            passed = time.monotonic() - start
            if passed >= seconds and (time.process_time() - used >= seconds or passed >= PATIENCE * seconds):
                break
            thread.join(min(seconds, 0.1))
        frame = sys._current_frames().get(thread.ident)
        if thread.is_alive() and frame is not None:
            spot = place(traceback.StackSummary.extract(traceback.walk_stack(frame))[::-1])
            raise TimeUp(f'stopped after {seconds:g} s: an endless loop?{spot}')
    finally:
        if thread.is_alive():  # an exception from outside is the only way to end a thread
            ident, stop = ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ident, stop)
    if 'error' in box:
        raise box['error']
    return box['value']


def call(check, function, case, find):
    """The outputs of function on one case, a list of arrays in the order of check.outputs.

    find(name) returns the student's function of that name; a backward pass gets its cache from there.
    Raises Malformed if the function returns something else, and whatever the function raises.
    """
    if check.call is not None:
        return check.call(check, function, case)
    names = list(check.outputs)
    if check.forward:
        inputs = [value for name, value in case.items() if name not in check.upstream]
        returned = find(check.forward)(*inputs)
        if not isinstance(returned, (tuple, list)) or len(returned) < 2:
            raise Malformed(f'{check.forward} returns no cache')
        return unpack(function(*[case[name] for name in check.upstream], returned[-1]), names)
    if check.cached:
        return unpack(function(*case.values()), [*names, 'cache'])[:-1]
    return unpack(function(*case.values()), names)


def unpack(returned, names):
    """A list of as many values as there are names; raises Malformed if there are more or fewer."""
    if returned is None:
        raise Malformed('it returns None: is the return statement missing?')
    values = list(returned) if isinstance(returned, (tuple, list)) and len(names) > 1 else [returned]
    if len(values) != len(names):
        count = f'{len(values)} value' + ('s' if len(values) != 1 else '')
        raise Malformed(f'it returns {count}, expected {len(names)}: {", ".join(names)}')
    return values


def reason(error):
    """One short line on why an answer could not be run."""
    if isinstance(error, (Malformed, TimeUp)):
        return str(error)
    message = _message(error)
    if isinstance(error, NotImplementedError):
        return f'not implemented yet: {message}' if message else 'not implemented yet'
    message = ' '.join(message.split())
    message = message if len(message) <= 160 else message[:157] + '...'
    spot = place(traceback.extract_tb(error.__traceback__))
    return f'{type(error).__name__}{": " if message else ""}{message}{spot}'


def _message(error):
    try:
        return str(error)
    except Exception:  # a student's own exception may fail at that, too
        return ''


def place(stack):
    """' (rnn_layers.py, line 42: the code)' for the innermost line of the stack that the student wrote."""
    own = _without_given_checks([frame for frame in stack if _is_students(frame.filename)])
    if not own:
        return ''
    frame = own[-1]
    in_cell = 'ipykernel' in frame.filename or frame.filename.startswith('<')
    code = linecache.getline(frame.filename, frame.lineno).strip()
    file = 'cell' if in_cell else os.path.basename(frame.filename)
    return f' ({file}, line {frame.lineno}{": " if code else ""}{code})'


def _without_given_checks(stack):
    """The stack up to the line whose arguments a given check of arguments, such as _check_shape, did not like."""
    shorter = list(stack)
    while shorter and shorter[-1].name.startswith('_check'):
        shorter.pop()
    if len(shorter) == len(stack) or not shorter:
        return stack
    return shorter[:-1] or shorter  # the last one now calls the check; who called that one gave the arguments


def _is_students(filename):
    if filename.startswith('<'):
        return 'frozen' not in filename and '__array_function__' not in filename
    folder = os.path.dirname(os.path.abspath(filename))
    library = os.path.dirname(os.path.abspath(inspect.__file__))  # the standard library
    return folder != HERE and not folder.startswith(library) and 'site-packages' not in folder
