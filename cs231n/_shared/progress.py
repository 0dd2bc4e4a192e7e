"""Progress bars on long work; CS231N_PROGRESS=0 in the environment hides them all."""

import os
import sys
from collections.abc import Iterable

from tqdm.auto import tqdm

LOG_SECONDS = 10  # between two lines where the output is a log, in which a bar cannot be drawn over itself


class _Log:
    """A file for tqdm that gives each state of a bar a line of its own in the error output."""

    def __init__(self) -> None:
        self.encoding = getattr(sys.stderr, 'encoding', None) or 'ascii'  # by which tqdm chooses how it draws

    def write(self, text: str) -> None:
        if text.strip():
            print(text.strip(), file=sys.stderr, flush=True)

    def flush(self) -> None:
        """Do nothing: every line is written at once."""


def progress_bar(items: Iterable[object] | None = None, *, hidden: bool = False, **settings: object) -> tqdm:
    """Return a bar of tqdm over the items, or one to be moved by `update`; the settings are tqdm's.

    Where the output is no terminal, such as a log, a line is written every ten seconds instead.
    """
    hidden = hidden or sys.stderr is None or os.environ.get('CS231N_PROGRESS') == '0'
    settings = {'leave': False, **settings}
    if 'ipykernel' not in sys.modules and not (hidden or sys.stderr.isatty()):
        settings = {'mininterval': LOG_SECONDS, 'maxinterval': LOG_SECONDS, 'file': _Log(), **settings}
    return tqdm(items, disable=hidden, **settings)
