"""Whether a file is whole: what fetching, building and loading all ask."""

import hashlib
from pathlib import Path

UNREADABLE = 'cannot be read'  # how a problem begins that fetching or building again does not solve


def problem_of(path: Path, size: int | None = None, checksum: str = '') -> str:
    """Return what is wrong with a file, '' if it is whole; the size is the cheap test, so it goes first."""
    try:
        return _problem_of(path, size, checksum)
    except OSError as error:
        return f'{UNREADABLE}: {error.strerror}'


def _problem_of(path: Path, size: int | None, checksum: str) -> str:
    if path.is_dir():
        return 'is a folder, where a file belongs: remove it'
    if not path.is_file() or not path.stat().st_size:
        return 'is missing'
    if size is not None and path.stat().st_size != size:
        return f'is damaged: {path.stat().st_size} bytes instead of {size}'
    algorithm, _, expected = checksum.partition(':')
    whole = not checksum or digest(path, algorithm).startswith(expected)
    return '' if whole else f'is damaged: its {algorithm} is not {expected}'


def digest(path: Path, algorithm: str = 'sha256') -> str:
    """Return the checksum of a file in hex."""
    total = hashlib.new(algorithm)
    with open(path, 'rb') as file:
        while block := file.read(2**20):
            total.update(block)
    return total.hexdigest()
