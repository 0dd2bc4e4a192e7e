"""The real files: which there are, and whether they are whole. Fetching and loading both ask here."""

import os
import re
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from cs231n._shared.paths import BUNDLED, CHECKOUT, PACKAGE, datasets_dir
from cs231n._shared.whole import UNREADABLE, problem_of

# what a loader asks for -> its name in a sentence, its sets in files.tsv, the words for the fetcher
WORLDS = {
    'coco': ('COCO captions', ('coco', 'coco-pca'), 'coco'),
    'coco-full': ('COCO captions with full features', ('coco', 'coco-full'), 'coco --full-features'),
    'imagenet': ('ImageNet pictures', ('imagenet',), 'imagenet'),
    'styles': ('style pictures', ('styles',), 'styles'),
    'squeezenet': ('SqueezeNet weights', ('squeezenet',), 'squeezenet'),
    'mnist': ('MNIST digits', ('mnist',), 'mnist'),
}
HASH_AT_LOAD = 2**26  # bytes; larger files are only measured when they are loaded: hashing them takes seconds
DIGITS = {'sha256': 64, 'md5': 32}
PACKED = (OSError, EOFError, ValueError, RuntimeError, zlib.error, zipfile.BadZipFile)  # what a bad archive raises


class RealFile(NamedTuple):
    """One line of files.tsv: `size` is None if not known, `checksum` is '' if an archive guards the file."""

    path: str
    size: int | None
    checksum: str
    source: str
    about: int = 0  # bytes, also where they are an estimate

    @property
    def archive(self):
        """The file name of the archive that this one comes from, else ''."""
        return '' if '://' in self.source else self.source.partition('//')[0]

    @property
    def member(self):
        """The name, or the pattern of names, within the archive."""
        return self.source.partition('//')[2]


def command(what: str) -> str:
    """Return the command line that fetches the real data of `what`, a key of `WORLDS`."""
    return f"{'bash get_datasets.sh' if CHECKOUT else 'python -m cs231n.data.fetch'} {world(what)[2]}"


def mend(what: str, problem: str) -> str:
    """Say what to do about a file of `what` with this problem: one that cannot be read is not to be fetched again."""
    if problem.startswith(UNREADABLE):
        return 'Make it readable for you; nothing needs to be fetched'
    return f'Run: {command(what)}'


def world(what: str) -> tuple[str, tuple[str, ...], str]:
    """Return the entry of `what` in WORLDS. ValueError if there is none."""
    if what not in WORLDS:
        raise ValueError(f"what: must be one of {', '.join(WORLDS)}, got {what!r}")
    return WORLDS[what]


def table() -> Path:
    """Return the path of the list of files: $CS231N_FILES, else datasets/files.tsv."""
    return Path(os.environ.get('CS231N_FILES') or BUNDLED / 'files.tsv')


def files_of(*sets: str) -> list[RealFile]:
    """Return the lines of the table that belong to these sets. ValueError: a line is not of its form."""
    found = []
    for number, line in enumerate(table().read_text(encoding='utf-8').splitlines(), start=1):
        if not line.strip() or line.startswith('#'):
            continue
        fields = line.split()
        if len(fields) != 5 or not re.fullmatch(r'~?\d+|-', fields[2]) or not _is_checksum(fields[3]):
            raise ValueError(f'{table()}, line {number}: must be set, path, bytes, checksum and source, got {line!r}')
        name, path, size, checksum, source = fields
        if name in sets:
            about = int(size.strip('~-') or 0)
            found.append(RealFile(path, about if size.isdigit() else None, checksum.strip('-'), source, about))
    return found


def _is_checksum(text):
    algorithm, _, digits = text.partition(':')
    return text == '-' or (algorithm in DIGITS and re.fullmatch(r'[0-9a-f]{8,}', digits) is not None)


def real_files(what: str) -> list[RealFile]:
    """Return the files that the real data of `what` consist of, paths relative to `datasets_dir()`."""
    return [file for file in files_of(*world(what)[1]) if not file.path.startswith('.download/')]


def root_of(what: str) -> Path:
    """Return the folder that has real files of `what`: `datasets_dir()`, else cs231n/datasets, their place of old."""
    places = [datasets_dir(), *([] if os.environ.get('CS231N_DATASETS') else [PACKAGE / 'datasets'])]
    there = (place for place in places if any(next(place.glob(file.path), None) for file in real_files(what)))
    return next(there, places[0])


# ---- is it whole? ----


def full_checksum(file: RealFile, root: Path) -> str:
    """Return the checksum of a file: where the table has only its beginning, the whole one noted at first sight."""
    noted = note_of(file, root)
    if noted.is_file():
        word = (noted.read_text(encoding='ascii', errors='replace').split() or [''])[0]
        if f'sha256:{word}'.startswith(file.checksum) and len(word) == DIGITS['sha256']:
            return f'sha256:{word}'
    return file.checksum


def note_of(file: RealFile, root: Path) -> Path:
    """Return where the whole checksum of a file is noted, in the form that `sha256sum -c` reads."""
    return root / f'{file.path}.sha256'


def is_prefix(checksum: str) -> bool:
    """Return whether a checksum of the table is only the beginning of one."""
    algorithm, _, digits = checksum.partition(':')
    return bool(checksum) and len(digits) < DIGITS[algorithm]


def _members(archive, pattern):
    """Return {file name: CRC} of what an archive holds, without unpacking it."""
    if archive.suffix == '.gz':
        with open(archive, 'rb') as file:
            file.seek(-8, os.SEEK_END)
            return {pattern: int.from_bytes(file.read(4), 'little')}
    with zipfile.ZipFile(archive) as opened:
        paths = {PurePosixPath(entry.filename): entry.CRC for entry in opened.infolist()}
    return {path.name: crc for path, crc in paths.items() if path.match(pattern)}


def _crc(path):
    crc = 0
    with open(path, 'rb') as file:
        while block := file.read(2**20):
            crc = zlib.crc32(block, crc)
    return crc


def _archive_problem(file, root, files):
    """Compare what was unpacked with the archive it came from, a file of the same set with a checksum."""
    archive = root / next(other.path for other in files if PurePosixPath(other.path).name == file.archive)
    try:
        members = _members(archive, file.member)
    except PACKED:
        return f'cannot be compared with {file.archive}'
    for member, crc in members.items():
        path = (root / file.path).parent / member
        if not path.is_file() or _crc(path) != crc:
            return f'is damaged: {member} differs from {file.archive}'
    return ''


def _problem(file, root, files, thorough):
    if '*' in file.path:
        found = any(path.is_file() and path.stat().st_size for path in root.glob(file.path))
        problem, path = '' if found else 'is missing', None
    else:
        path = root / file.path
        problem = problem_of(path, file.size)
    if problem:
        return problem
    if not file.checksum:
        return _archive_problem(file, root, files)
    if thorough or path.stat().st_size <= HASH_AT_LOAD:
        return problem_of(path, file.size, full_checksum(file, root))
    return ''


def verify(what: str, thorough: bool = True) -> dict[str, str]:
    """Return what is wrong with the real data of `what`: {path: reason}, empty when they are whole.

    `thorough=False`, what the loaders use, checks the size of all files and hashes those of up to 64 MiB.
    """
    root, files = root_of(what), real_files(what)
    problems = {file.path: _problem(file, root, files, thorough) for file in files}
    return {path: problem for path, problem in problems.items() if problem}
