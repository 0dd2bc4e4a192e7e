"""The screen of a command: of any encoding, with a reader that may go away, and with Ctrl-C; none costs a result."""

import functools
import os
import sys
from collections.abc import Callable
from typing import ParamSpec

P = ParamSpec('P')


def say(text: str) -> None:
    """Print a line; a letter that the screen cannot show becomes its number."""
    encoding = getattr(sys.stdout, 'encoding', None) or 'utf-8'
    print(text.encode(encoding, 'backslashreplace').decode(encoding))


def command(main: Callable[P, int]) -> Callable[P, int]:
    """Let the main of a command end in a status and a line, never in a traceback about its screen.

    A letter that the screen cannot show becomes its number. A reader that has seen enough, such as `head`, ends the
    command without a word and with 141, as it ends others; Ctrl-C ends it with one line and 130.
    """
    @functools.wraps(main)
    def run(*arguments: P.args, **settings: P.kwargs) -> int:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, 'reconfigure'):  # a notebook's has not, and can show everything
                stream.reconfigure(errors='backslashreplace')
        try:
            try:
                return main(*arguments, **settings)
            finally:
                sys.stdout.flush()
        except KeyboardInterrupt:
            print('interrupted', file=sys.stderr)
            return 130
        except BrokenPipeError:
            if not _reader_has_gone():
                raise
            mute()
            return 141
    return run


def mute() -> None:
    """Let what is still printed go nowhere, also what Python prints as it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _reader_has_gone() -> bool:
    """Tell whether the broken pipe is that of the screen, and not one to another process."""
    try:
        print(flush=True)
    except BrokenPipeError:
        return True
    return False
