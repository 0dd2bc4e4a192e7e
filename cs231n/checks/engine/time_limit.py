"""Work within a time limit."""

import contextvars
import ctypes
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np

from cs231n.checks.engine.errors import TimeUp
from cs231n.checks.engine.reasons import place

STOPPED = 'stopped after'
PATIENCE = 4  # a check that waits, be it for its turn on a busy computer, is given this many times its seconds


def within(seconds: float, work: Callable[[], Any], patience: float | None = None) -> Any:
    """Return work(), or raises TimeUp after so many seconds; on a busy computer, of this process's computing time.

    patience: how many times its seconds it may take on the clock, PATIENCE if None.

    A thread instead of a signal, because signals reach neither Windows nor code outside of the main thread.
    """
    box = {}

    def target() -> None:
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
            most = (patience or PATIENCE) * seconds
            if passed >= seconds and (time.process_time() - used >= seconds or passed >= most):
                break
            thread.join(min(seconds, 0.1))
        frame = sys._current_frames().get(thread.ident or 0)
        if thread.is_alive() and frame is not None:
            spot = place(traceback.StackSummary.extract(traceback.walk_stack(frame))[::-1])
            raise TimeUp(f'{STOPPED} {seconds:g} s: an endless loop?{spot}')
    finally:
        if thread.is_alive():  # an exception from outside is the only way to end a thread
            ident, stop = ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ident, stop)
    if 'error' in box:
        raise box['error']
    return box['value']
