"""Whether a file is whole: what fetching, building and loading all ask."""

import hashlib
from pathlib import Path


def problem_of(path: Path, size: int | None = None, checksum: str = '') -> str:
    """Return what is wrong with a file, '' if it is whole; the size is the cheap test, so it goes first."""
    if path.is_dir():
        return 'is a folder, where a file belongs: remove it'
    if not path.is_file() or not path.stat().st_size:
        return 'is missing'
    if size is not None and path.stat().st_size != size:
        return f'is damaged: {path.stat().st_size} bytes instead of {size}'
    algorithm, _, expected = checksum.partition(':')
    try:
        whole = not checksum or digest(path, algorithm).startswith(expected)
    except OSError as error:
        return f'cannot be read: {error.strerror}'
    return '' if whole else f'is damaged: its {algorithm} is not {expected}'


def digest(path: Path, algorithm: str = 'sha256') -> str:
    """Return the checksum of a file in hex."""
    total = hashlib.new(algorithm)
    with open(path, 'rb') as file:
        while block := file.read(2**20):
            total.update(block)
    return total.hexdigest()
