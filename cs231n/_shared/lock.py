"""One at a time: a lock that the system lets go of when its holder ends, however it ends, so none is ever stale."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO


class Busy(Exception):
    """Somebody else holds the lock; the text is the number of that process."""


@contextlib.contextmanager
def only_one(path: Path, wait: bool = False) -> Iterator[None]:
    """Hold the lock file `path` within the block, and remove it after. Busy: another process has it and not `wait`."""
    file = _taken(path, wait)
    try:
        file.truncate(0)
        file.write(f'{os.getpid()}\n')
        file.flush()
        yield
    finally:
        if os.name == 'nt':  # which removes no open files
            file.close()
        with contextlib.suppress(OSError):
            path.unlink()
        file.close()


def _taken(path: Path, wait: bool) -> TextIO:
    while True:
        file = open(path, 'a+', encoding='ascii', errors='replace')  # noqa: SIM115  kept open: that is the lock
        try:
            _lock(file)
            if path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file  # else its holder has just removed it
        except (BlockingIOError, PermissionError):
            file.seek(0)
            holder = file.read().strip() or '?'
            if not wait:
                file.close()
                raise Busy(holder) from None
            time.sleep(0.2)
        except BaseException:
            file.close()
            raise
        file.close()


def _lock(file: TextIO) -> None:
    if sys.platform == 'win32':
        import msvcrt
        file.seek(2**30)  # behind the text, so that others can read it
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
