"""Fetches the real data sets of datasets/files.tsv: `python -m cs231n.data.fetch --help`.

An interrupted download goes on where it stopped. Each file is checked before it gets its name, and files that are
there and pass the check are not fetched again. Nothing here needs more than Python itself.
"""

import argparse
import contextlib
import filecmp
import gzip
import os
import re
import shutil
import signal
import sys
import zipfile
from pathlib import Path, PurePosixPath

from cs231n._shared.console import command
from cs231n._shared.files import replacing
from cs231n._shared.lock import Busy, only_one
from cs231n._shared.paths import datasets_dir
from cs231n._shared.whole import digest, problem_of
from cs231n.data.registry import PACKED, files_of, full_checksum, is_prefix, note_of, table
from cs231n.data.transfer import FetchError, fill, size_of

SETS = {
    'coco': 'COCO captions, vocabulary, image addresses, 512-dim VGG features (download 1.1 GB, kept 0.3 GB)',
    'imagenet': '25 ImageNet validation images (4 MB)',
    'styles': 'paintings and check values for style transfer (4 MB)',
    'squeezenet': 'SqueezeNet 1.1 with its ImageNet weights (5 MB)',
    'mnist': 'handwritten digits (12 MB, 66 MB with the unpacked files)',
    'all': 'all of these; also what no name at all means',
}
ENVIRONMENT = """
environment
  CS231N_MIRROR   base address of a mirror: files are fetched from $CS231N_MIRROR/<file name>
  CS231N_STALL    give up on a transfer below 1000 bytes a second for so many seconds (default 30)
  CS231N_TRIES    how often to try a transfer (default 3)
  CS231N_FILES    another table of files (default: datasets/files.tsv)

The exit code is 0 when everything asked for is in place, else 1.
"""
MEMBER = 2**27  # bytes of an unpacked file whose size the table does not tell


def say(text):
    """Tell what is done."""
    print(text, flush=True)


def complain(text):
    """Tell what went wrong."""
    print(f'cs231n.data.fetch: {text}', file=sys.stderr, flush=True)


# ---- archives ----


def unpack(archive, file, stage):
    """Copy the wanted members of a zip or gz archive into a folder; their own folders never decide where they go."""
    try:
        if archive.suffix == '.gz':
            with gzip.open(archive) as source:
                _copy(source, stage / file.member, file.size or MEMBER)
            return
        with zipfile.ZipFile(archive) as opened:
            entries = [entry for entry in opened.infolist() if _wanted(entry, file)]
            for entry in entries:
                with opened.open(entry) as source:
                    _copy(source, stage / PurePosixPath(entry.filename).name, file.size or MEMBER)
        if not entries:
            raise ValueError(f'it has no {file.member}' + (f' of {file.size} bytes' if file.size else ''))
    except PACKED as error:
        raise FetchError(f'cannot unpack {file.member}: {error}') from error


def _wanted(entry, file):
    path = PurePosixPath(entry.filename)
    safe = not path.is_absolute() and '..' not in path.parts and re.fullmatch(r'\w[\w.-]*', path.name, re.ASCII)
    fits = entry.file_size == file.size if file.size else entry.file_size <= MEMBER
    return safe and fits and path.match(file.member)


def _copy(source, path, limit):
    with open(path, 'wb') as target:
        while block := source.read(2**20):
            if target.tell() + len(block) > limit:
                raise ValueError(f'{path.name} is longer than {limit} bytes')
            target.write(block)


# ---- one set of files ----


class Fetcher:
    """Puts sets of files into a folder; `work` below it keeps what is not whole yet."""

    def __init__(self, dest, tries, stall):
        self.dest, self.work, self.tries, self.stall = dest, dest / '.download', tries, stall

    def get(self, *sets):
        """Put every file of these sets in place. FetchError: one could not be."""
        files = files_of(*sets)
        self._ask_for_room(files)
        for file in files:
            path = self.dest / file.path
            if file.path.startswith('.download/'):
                continue
            if path.is_dir():
                raise FetchError(f'{path} {problem_of(path)}')
            if file.checksum and not problem_of(path, file.size, full_checksum(file, self.dest)):
                say(f'ok   {file.path}')
            elif file.archive:
                self._unpacked(file, next(f for f in files if PurePosixPath(f.path).name == file.archive))
            else:
                self._download(file)
                say(f'new  {file.path}')
            if is_prefix(file.checksum):
                self._note(file)
        for archive in self.work.glob('*.zip'):
            archive.unlink()

    def _ask_for_room(self, files):
        """Compare what is still to come, judged by sizes alone, with what is free."""
        need = archive = 0
        for file in files:
            kept = size_of(self.work / (PurePosixPath(file.path).name + '.part'))
            if file.path.startswith('.download/'):  # it comes only if a file is missing
                archive = 0 if size_of(self.dest / file.path) else file.about - kept
            elif not file.about or size_of(self.dest / file.path) == file.about:
                continue
            elif file.size is not None or not size_of(self.dest / file.path):
                need, archive = need + file.about - kept + archive, 0
        free = shutil.disk_usage(self.dest).free
        if need > free:
            raise FetchError(f'{need // 2**20 + 1} MB are needed, but {self.dest} has only {free // 2**20} MB free')

    def _note(self, file):
        """Note the whole checksum of a file whose first digits alone are in the table: another one is noticed then."""
        note = note_of(file, self.dest)
        if full_checksum(file, self.dest) == file.checksum:
            found = digest(self.dest / file.path)
            self._install_text(note, f'{found}  {PurePosixPath(file.path).name}\n')
            say(f'note {file.path}: its sha256, of which {table().name} has the first digits, is {found}')

    def _install_text(self, path, text):
        part = self.work / path.name
        try:
            part.write_text(text, encoding='ascii')
        except OSError as error:
            raise FetchError(f'cannot write {part}: {error.strerror}') from error
        self._install(part, path)

    def _install(self, part, path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.replace(part, path)
        except OSError as error:
            raise FetchError(f'cannot write {path}: {error.strerror}') from error

    def _download(self, file):
        """Fetch to a temporary name, check, rename. Returns whether it came in one piece."""
        name = file.source.rsplit('/', 1)[-1]
        mirror, part = os.environ.get('CS231N_MIRROR'), self.work / f'{name}.part'
        address = f'{mirror.rstrip("/")}/{name}' if mirror else file.source
        if not address.lower().startswith(('http://', 'https://')):
            raise FetchError(f'the address of {name} must begin with http:// or https://, got {address}')
        limit = file.size or file.about * 3 // 2 or MEMBER
        for again in (True, False):
            begun = size_of(part)
            say(f'get  {name}, going on at byte {begun}' if begun else f'get  {name} from {address}')
            pieces = fill(part, address, file.size, limit, self.tries, self.stall)
            problem = problem_of(part, file.size, full_checksum(file, self.dest))
            if not problem:
                self._install(part, self.dest / file.path)
                return not pieces
            part.unlink(missing_ok=True)
            if not (again and pieces):
                break
            say(f'     {name}, put together from pieces, {problem}: it is fetched anew')
        raise FetchError(f'{name} {problem}')

    def _unpacked(self, file, archive):
        """Unpack one file, fetching its archive if it is not there, and anew if it was not fetched in one piece."""
        path = self.dest / archive.path
        while True:
            fresh = not size_of(path) and self._download(archive)
            try:
                return self._unpack(path, file)
            except FetchError as error:
                if archive.path.startswith('.download/'):
                    path.unlink(missing_ok=True)
                if fresh or archive.checksum or isinstance(error.__cause__, OSError):
                    raise
                say(f'     {error}: {archive.path} is fetched anew')

    def _unpack(self, archive, file):
        stage = self.work / 'unpacked'
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir(parents=True)
        try:
            unpack(archive, file, stage)
            for new in sorted(stage.iterdir()):
                path = (self.dest / file.path).parent / new.name
                if problem := problem_of(new, file.size, file.checksum):
                    raise FetchError(f'{new.name} in {archive.name} {problem}')
                told = 'ok ' if path.is_file() and filecmp.cmp(new, path, shallow=False) else 'new'
                if path.is_dir():
                    raise FetchError(f'{path} {problem_of(path)}')
                if told == 'new':
                    self._install(new, path)
                say(f'{told}  {path.relative_to(self.dest).as_posix()}')
        finally:
            shutil.rmtree(stage, ignore_errors=True)


# ---- the command line ----


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        self.print_usage(sys.stderr)
        raise FetchError(message)


def _arguments(words):
    told = '\n'.join(f'  {name:<12} {text}' for name, text in SETS.items())
    parser = _Parser(prog='python -m cs231n.data.fetch', allow_abbrev=False, epilog=told + '\n' + ENVIRONMENT,
                     formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__.partition('\n\n')[2])
    parser.add_argument('sets', nargs='*', metavar='|'.join(SETS))
    parser.add_argument('--full-features', action='store_true',
                        help='with coco: the 4096-dim VGG features too (2 GB more on disk)')
    parser.add_argument('--dest', nargs='?', const='', metavar='DIR',
                        help='where to put them (default: $CS231N_DATASETS, else datasets/ beside the package)')
    given = parser.parse_intermixed_args(words)
    for name in given.sets:
        if name not in SETS:
            parser.error(f'{name!r} is not known')
    every = [name for name in SETS if name != 'all']
    given.sets = every if not given.sets or 'all' in given.sets else list(dict.fromkeys(given.sets))
    if given.dest == '':
        parser.error('--dest needs a folder')
    if given.full_features and 'coco' not in given.sets:
        parser.error('--full-features goes with coco')
    given.dest = Path(given.dest or datasets_dir()).absolute()
    return given


def _number(name, default):
    text = os.environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and int(text)):
        raise FetchError(f'CS231N_STALL and CS231N_TRIES must be whole numbers above 0, got {name}={text}')
    return int(text)


def _fetch(given, tries, stall):
    """Fetch what was asked for; returns the sets that are not in place."""
    fetcher, failed = Fetcher(given.dest, tries, stall), []
    try:
        fetcher.work.mkdir(parents=True, exist_ok=True)
        with only_one(fetcher.work / 'lock'):
            for name in given.sets:
                more = ['coco-pca', *(['coco-full'] if given.full_features else [])] if name == 'coco' else []
                try:
                    fetcher.get(name, *more)
                except FetchError as error:
                    complain(error)
                    failed.append(name)
    except Busy as holder:
        raise FetchError(f'process {holder} is already fetching into {given.dest}') from None
    except OSError as error:
        raise FetchError(f'cannot write in {given.dest}: {error.strerror}. --dest or CS231N_DATASETS names another '
                         'folder') from error
    finally:
        with contextlib.suppress(OSError):
            fetcher.work.rmdir()  # if nothing is left in it
    return failed


def _into_torchs_cache(folder):
    """Copy SqueezeNet's weights to where torchvision looks for them, so that pretrained=True downloads nothing."""
    cache = os.environ.get('TORCH_HOME') or Path(os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache') / 'torch'
    for file in files_of('squeezenet'):
        kept = Path(cache).expanduser() / 'hub' / 'checkpoints' / file.path
        if not (kept.is_file() and filecmp.cmp(kept, folder / file.path, shallow=False)):
            try:
                with replacing(kept) as part:
                    shutil.copyfile(folder / file.path, part)
                say(f'new  {kept} (for torchvision)')
            except OSError as error:
                say(f'     torchvision will not find them in {kept.parent}: {error.strerror}')


def _stop(*_):
    raise KeyboardInterrupt


@command
def main(words=None):
    """Run the command; returns its exit code."""
    for name in ('SIGINT', 'SIGTERM', 'SIGHUP'):
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) != signal.SIG_IGN:  # nohup wants it ignored
            signal.signal(number, _stop)
    try:
        given = _arguments(words)
        tries, stall = _number('CS231N_TRIES', 3), _number('CS231N_STALL', 30)
        if not table().is_file():
            raise FetchError(f'the table of files is missing: {table()}')
        if failed := _fetch(given, tries, stall):
            raise FetchError(f'not in place: {" ".join(failed)}')
        if 'squeezenet' in given.sets:
            _into_torchs_cache(given.dest)
        say(f'in place in {given.dest}: {" ".join(given.sets)}')
        return 0
    except KeyboardInterrupt:
        complain('interrupted; the same command goes on from here')
    except (FetchError, ValueError) as error:
        complain(error)
    return 1


if __name__ == '__main__':
    sys.exit(main())
