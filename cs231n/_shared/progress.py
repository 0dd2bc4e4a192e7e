"""Progress bars on long work; CS231N_PROGRESS=0 in the environment hides them all."""

import os
import sys
from collections.abc import Iterable

from tqdm.auto import tqdm

LOG_SECONDS = 10  # between two lines where the output is a log, in which a bar cannot be drawn over itself


def progress_bar(items: Iterable[object] | None = None, *, hidden: bool = False, **settings: object) -> tqdm:
    """Return a bar of tqdm over the items, or one to be moved by `update`; the settings are tqdm's."""
    hidden = hidden or os.environ.get('CS231N_PROGRESS') == '0'
    in_log = 'ipykernel' not in sys.modules and not sys.stderr.isatty()
    return tqdm(items, disable=hidden, **{'leave': False, **({'mininterval': LOG_SECONDS} if in_log else {}),
                                          **settings})
