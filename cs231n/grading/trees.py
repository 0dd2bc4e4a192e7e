"""Opens zips and folders of strangers: regular files only, one entry a name, sizes bounded before and while unpacking.

A Tree names the files in it and reads one at a time, into memory: nothing is ever unpacked to where a name points.
"""

import contextlib
import os
import stat
import weakref
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from cs231n.grading.plain import megabytes, plain

MAX_ARCHIVE = 2**31         # bytes of a zip on disk
MAX_INNER = 256 * 2**20     # bytes of a zip within a zip
MAX_DIRECTORY = 2**24       # bytes of a zip's list of files: enough for 150,000 names
MAX_ENTRIES = 20_000        # files of one student
MAX_UNPACKED = 2**30        # bytes of one student's files
MAX_NAME = 1000             # characters of a path
IGNORED = {'__MACOSX', '__pycache__', 'venv', 'env', 'node_modules', 'site-packages', 'datasets'}
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # the others can grow without a bound while a chunk is read
END, END_SIZE, LOCATOR_64 = b'PK\x05\x06', 22, b'PK\x06\x07'


class Refused(ValueError):
    """A file or an archive that is not opened, and why, in a sentence."""


@dataclass
class Tree:
    """Files by name, as {'a/b.py': size}, read by reader(name, limit); what is wrong with an entry; all folders."""

    sizes: dict
    reader: Callable
    bad: dict = field(default_factory=dict)
    folders: set = field(default_factory=set)

    def below(self, folder):
        """Return the Tree of a folder in this one."""
        start = f'{folder}/'
        return Tree({name[len(start):]: size for name, size in self.sizes.items() if name.startswith(start)},
                    lambda name, limit: self.reader(start + name, limit),
                    {name[len(start):]: why for name, why in self.bad.items() if name.startswith(start)},
                    {name[len(start):] for name in self.folders if name.startswith(start)})

    def only(self, name):
        """Return the Tree of one file in this one."""
        return Tree({name: self.sizes[name]} if name in self.sizes else {}, self.reader,
                    {name: self.bad[name]} if name in self.bad else {})

    def top(self):
        """Return the first parts of all names, each once."""
        return sorted({name.partition('/')[0] for name in [*self.sizes, *self.bad, *self.folders]})

    def check(self):
        """Refused if anything in the tree is no regular file, or all of it is too much."""
        for name, why in self.bad.items():
            raise Refused(f'{plain(name)!r} {why}')
        if len(self.sizes) > MAX_ENTRIES:
            raise Refused(f'it holds {len(self.sizes):,} files, at most {MAX_ENTRIES:,} are opened')
        if (total := sum(self.sizes.values())) > MAX_UNPACKED:
            raise Refused(f'it unpacks to {megabytes(total)}, at most {megabytes(MAX_UNPACKED)} are opened')

    def read(self, name, limit):
        """Return the bytes of a file. Refused if there are more than `limit`, or if they cannot be read."""
        if self.sizes[name] > limit:
            raise Refused(f'{plain(name)!r} has {megabytes(self.sizes[name])}, at most {megabytes(limit)} are read')
        try:
            data = self.reader(name, limit)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
            raise Refused(f'{plain(name)!r} is damaged: {plain(error)}') from None
        if len(data) > limit:
            raise Refused(f'{plain(name)!r} unpacks to more than the archive says')
        return data


def is_ignored(name):
    """Whether a file is one that machines leave behind, such as .git/config or __MACOSX/._x."""
    return any(part in IGNORED or part.startswith('.') for part in name.split('/'))


def trouble_with(name):
    """Why a name in an archive is refused; None if it is a plain relative path."""
    parts = name.split('/')
    if '\\' in name or ':' in parts[0] or PurePosixPath(name).is_absolute():
        return 'is no relative path with forward slashes'
    if '..' in parts or '.' in parts or '' in parts:
        return 'is a path that leaves its folder'
    if len(name) > MAX_NAME or any(ord(one) < 32 for one in name):
        return 'is no name for a file'
    return None


def open_zip(file):
    """Return the Tree of a zip, which is a path or a binary file. Refused if it cannot be opened safely."""
    if isinstance(file, (str, os.PathLike)):
        file = open_regular(file)
        try:
            tree = open_zip(file)
        except Refused:
            file.close()
            raise
        weakref.finalize(tree.reader, file.close)
        return tree
    _check_directory(file)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeError) as error:
        raise Refused(f'it is no zip that can be opened: {plain(error)}') from None
    entries, sizes, bad, folders = {}, {}, {}, set()
    for entry in archive.infolist():
        name = _name(entry)
        if name.endswith('/') and not entry.file_size and not trouble_with(name[:-1]):
            folders |= set() if is_ignored(name[:-1]) else {name[:-1]}
            continue
        why = trouble_with(name) or (None if is_ignored(name) else _trouble_with_entry(entry, name in entries))
        if why:
            bad[name] = why
        elif not is_ignored(name):
            entries[name], sizes[name] = entry, entry.file_size

    def reader(name, limit):
        with archive.open(entries[name]) as stream:
            return stream.read(limit + 1)
    return Tree(sizes, reader, bad, folders)


def _check_directory(file):
    """Refused if the list of a zip's files is too large to be read, which Python reads without a bound."""
    size = file.seek(0, os.SEEK_END)
    if size > MAX_ARCHIVE:
        raise Refused(f'it has {megabytes(size)}, at most {megabytes(MAX_ARCHIVE)} are opened')
    file.seek(max(0, size - END_SIZE - 2**16 - 20))
    tail = file.read()
    at = len(tail) - END_SIZE
    if tail[at:at + 4] != END or tail[-2:] != b'\0\0':  # as zipfile looks for it
        at = tail.rfind(END)
    if at < 0:
        raise Refused('it is no zip, or only a part of one')
    length = int.from_bytes(tail[at + 12:at + 16], 'little')
    if tail[max(0, at - 20):at].startswith(LOCATOR_64) or length > MAX_DIRECTORY:
        raise Refused(f'its list of files is longer than {megabytes(MAX_DIRECTORY)}')
    file.seek(0)


def _name(entry):
    """Return the name of an entry; some archivers write UTF-8 without saying so."""
    name = entry.orig_filename  # `filename` hides what follows a null byte
    if not entry.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode('cp437').decode('utf-8')
    return name


def _trouble_with_entry(entry, seen):
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind and kind != stat.S_IFREG:
        return 'is a link or another thing that is no regular file'
    if entry.flag_bits & 0x1:
        return 'is encrypted'
    if entry.compress_type not in METHODS:
        return 'is compressed in a way that is not deflate'
    return 'stands in the archive twice' if seen else None


def open_regular(path):
    """Return a file opened for reading. Refused unless it is a regular file; a link or a pipe is not followed."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise Refused('it is a link or another thing that is no regular file')
        handle = os.open(path, os.O_RDONLY | getattr(os, 'O_BINARY', 0)
                         | getattr(os, 'O_NOFOLLOW', 0) | getattr(os, 'O_NONBLOCK', 0))
    except OSError as error:
        raise Refused(f'it cannot be read: {plain(error.strerror)}') from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Refused('it is a link or another thing that is no regular file')
    return os.fdopen(handle, 'rb')


def open_folder(folder):
    """Return the Tree of a folder on disk; links are named, never followed."""
    sizes, bad, folders = {}, {}, set()

    def look(path, start):
        try:
            entries = sorted(os.scandir(path), key=lambda entry: entry.name)
        except OSError as error:
            bad[start.rstrip('/')] = f'cannot be read: {plain(error.strerror)}'
            return
        for entry in entries:
            name = start + entry.name
            if is_ignored(name):
                continue
            if len(name) > MAX_NAME:
                bad[name] = 'is no name for a file'
            elif entry.is_dir(follow_symlinks=False):
                folders.add(name)
                look(entry.path, name + '/')
            elif entry.is_file(follow_symlinks=False):
                sizes[name] = entry.stat(follow_symlinks=False).st_size
            else:
                bad[name] = 'is a link or another thing that is no regular file'

    def reader(name, limit):
        with open_regular(os.path.join(folder, *name.split('/'))) as stream:
            return stream.read(limit + 1)
    look(folder, '')
    return Tree(sizes, reader, bad, folders)
