"""Where the real files are that the project does not hold: tests that use them skip where they are absent."""

import os
from pathlib import Path

import pytest

from cs231n._shared.paths import ROOT


def real_files(*names):
    """The folder of these files, $CS231N_REAL_FILES or shared/real beside the repository; skips the test without."""
    folder = Path(os.environ.get('CS231N_REAL_FILES') or ROOT.parent / 'shared' / 'real')
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        pytest.skip(f'needs real data: {", ".join(missing)}')
    return folder
