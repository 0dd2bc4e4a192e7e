"""Where things lie: the repository, what comes with it, and the data."""

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
ROOT = PACKAGE.parent                        # the folder that holds cs231n/, datasets/ and notebooks/
CHECKOUT = (ROOT / 'datasets' / 'files.tsv').is_file()  # else the package is installed, with the tables inside
BUNDLED = (ROOT if CHECKOUT else PACKAGE) / 'datasets'  # the list of files and the weights that come with the project
WEIGHTS = BUNDLED / 'sample'


def datasets_dir() -> Path:
    """Return the folder of all data: $CS231N_DATASETS, else `datasets/` beside the package, else the user's own.

    A relative $CS231N_DATASETS counts from the repository, so that every program means the same folder; where there is
    none, from the user's home. ValueError: it begins with a user who is not known here.
    """
    named = os.environ.get('CS231N_DATASETS')
    if named:
        try:
            return (ROOT if CHECKOUT else Path.home()) / Path(named).expanduser()
        except RuntimeError as error:
            raise ValueError(f'CS231N_DATASETS: must be a folder, got {named}: {error}') from None
    return ROOT / 'datasets' if CHECKOUT else user_dir()


def user_dir() -> Path:
    """Return the user's own data folder, for what cannot be written beside the package."""
    from platformdirs import user_data_path  # here, so that the fetcher runs before anything is installed
    return user_data_path('cs231n', appauthor=False)


def build_dir(root: Path = ROOT) -> Path:
    """Return the folder for what commands make: $CS231N_BUILD, else build/ of the repository.

    PermissionError if it cannot be written, before any work is done in vain.
    """
    named = os.environ.get('CS231N_BUILD')
    folder = root / Path(named).expanduser() if named else root / 'build'
    if not is_writable(folder):
        raise PermissionError(f'{folder} cannot be written: set CS231N_BUILD to a folder of yours')
    return folder


def is_writable(folder: Path) -> bool:
    """Tell whether files can be made in a folder, making the folder if need be."""
    import tempfile  # here, since it is asked rarely
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
