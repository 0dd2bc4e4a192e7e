"""Where things lie: the repository, and the data."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]  # the folder that holds cs231n/, datasets/ and notebooks/
WEIGHTS = ROOT / 'datasets' / 'sample'      # the weights that come with the project


def datasets_dir() -> Path:
    """Return the folder of all data: $CS231N_DATASETS, else `datasets/` beside the package.

    A relative $CS231N_DATASETS counts from the repository, so that every program means the same folder.
    """
    named = os.environ.get('CS231N_DATASETS')
    return ROOT / Path(named).expanduser() if named else ROOT / 'datasets'
