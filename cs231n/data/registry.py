"""The real files: which there are, and whether they are whole."""

import gzip
import hashlib
import os
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from cs231n._shared.paths import ROOT, datasets_dir

# what a loader asks for -> its name in a sentence, its sets in files.tsv, the words for get_datasets.sh
WORLDS = {
    'coco': ('COCO captions', ('coco', 'coco-pca'), 'coco'),
    'coco-full': ('COCO captions with full features', ('coco', 'coco-full'), 'coco --full-features'),
    'imagenet': ('ImageNet pictures', ('imagenet',), 'imagenet'),
    'styles': ('style pictures', ('styles',), 'styles'),
    'squeezenet': ('SqueezeNet weights', ('squeezenet',), 'squeezenet'),
    'mnist': ('MNIST digits', ('mnist',), 'mnist'),
}
HASH_AT_LOAD = 2**26  # bytes; larger files are only measured when they are loaded: hashing them takes seconds


class RealFile(NamedTuple):
    """One line of files.tsv: `size` is None if not known, `checksum` is '' if an archive guards the file."""

    path: str
    size: int | None
    checksum: str
    source: str


def command(what: str) -> str:
    """Return the command line that fetches the real data of `what`, a key of `WORLDS`."""
    return f'bash get_datasets.sh {world(what)[2]}'


def world(what: str) -> tuple[str, tuple[str, ...], str]:
    """Return the entry of `what` in WORLDS. ValueError if there is none."""
    if what not in WORLDS:
        raise ValueError(f"what: must be one of {', '.join(WORLDS)}, got {what!r}")
    return WORLDS[what]


def real_files(what: str) -> list[RealFile]:
    """Return the files that the real data of `what` consist of, paths relative to `datasets_dir()`."""
    listed = ROOT / 'datasets' / 'files.tsv'
    sets, found = world(what)[1], []
    for line in Path(os.environ.get('CS231N_FILES') or listed).read_text(encoding='utf-8').splitlines():
        if line.startswith('#') or not line.strip():
            continue
        name, path, size, checksum, source = line.split()
        if name in sets and not path.startswith('.download/'):
            found.append(RealFile(path, int(size) if size.isdigit() else None, checksum.strip('-'), source))
    return found


def _hash_problem(path, checksum):
    algorithm, _, expected = checksum.partition(':')
    with open(path, 'rb') as file:
        digest = hashlib.new(algorithm)
        while block := file.read(2**20):
            digest.update(block)
    whole = digest.hexdigest().startswith(expected)
    return '' if whole else f'is damaged: its {algorithm} is not {expected}'


def _crc(path):
    crc = 0
    with open(path, 'rb') as file:
        while block := file.read(2**20):
            crc = zlib.crc32(block, crc)
    return crc


def _members(archive, pattern):
    """Return {file name: CRC} of what an archive holds."""
    if archive.suffix == '.gz':
        with gzip.open(archive) as opened:
            return {pattern: zlib.crc32(opened.read())}
    with zipfile.ZipFile(archive) as opened:
        paths = {PurePosixPath(entry.filename): entry.CRC for entry in opened.infolist()}
    return {path.name: crc for path, crc in paths.items() if path.match(pattern)}


def _archive_problem(file, root, files):
    """Compare what was unpacked with the archive it came from, a file of the same set."""
    name, _, pattern = file.source.partition('//')
    archive = root / next(other.path for other in files if PurePosixPath(other.path).name == name)
    try:
        members = _members(archive, pattern)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile):
        return f'cannot be compared with {name}'
    for member, crc in members.items():
        path = (root / file.path).parent / member
        if not path.is_file() or _crc(path) != crc:
            return f'is damaged: {member} differs from {name}'
    return ''


def _problem(file, root, files, thorough):
    found = [path for path in root.glob(file.path) if path.is_file() and path.stat().st_size]
    if not found:
        return 'is missing'
    size = found[0].stat().st_size
    if file.size is not None and size != file.size:
        return f'is damaged: {size} bytes instead of {file.size}'
    if file.checksum and (thorough or size <= HASH_AT_LOAD):
        return _hash_problem(found[0], file.checksum)
    return _archive_problem(file, root, files) if thorough and not file.checksum else ''


def verify(what: str, thorough: bool = True) -> dict[str, str]:
    """Return what is wrong with the real data of `what`: {path: reason}, empty when they are whole.

    `thorough=False`, what the loaders use, checks the size of all files and hashes those of up to 64 MiB.
    """
    root, files = datasets_dir(), real_files(what)
    problems = {file.path: _problem(file, root, files, thorough) for file in files}
    return {path: problem for path, problem in problems.items() if problem}
