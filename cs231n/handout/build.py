"""Writes the student version as a folder and as a zip that is equal, to the byte, whenever it is built."""

import json
import os
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from cs231n._shared.files import write_atomically
from cs231n._shared.paths import ROOT
from cs231n.handout.colab import check_name, put_on_colab
from cs231n.handout.scan import Leak, findings, needles
from cs231n.handout.stages import PLAN, STAGES, Files

NAME = 'cs231n-assignment3'
DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip can tell


def student_files(root: Path = ROOT, edition: str = 'numpy', repo: str = '') -> Files:
    """Return the student's folder as {path: bytes}, in the order of the paths. MarkerError if a marker is wrong.

    edition: 'numpy' or 'pytorch', in which the captioning model is to be written; repo: 'owner/name' on GitHub, from
    whose branch main the notebooks are to run on Colab.
    """
    check_name(repo)
    files: Files = {PLAN: json.dumps({'edition': edition}).encode()}
    for stage in STAGES:
        stage(root, files)
    if repo:
        put_on_colab(repo, files)
    return dict(sorted(files.items()))


def build(to: str | Path, root: Path = ROOT, say: Callable[[str], None] = print,
          edition: str = 'numpy', repo: str = '') -> tuple[Path, Path]:
    """Write <to>/cs231n-assignment3/ and <to>/cs231n-assignment3.zip; return both paths.

    Raises ValueError if repo is no owner/name, MarkerError if a marker is wrong, Leak if the zip holds something of a
    solution, OSError if something is in the way; nothing is written then.
    """
    to = Path(to)
    folder, archive = to / NAME, to / f'{NAME}.zip'
    for path in (folder, *folder.parents):
        if path.exists() and not path.is_dir():
            raise NotADirectoryError(f'{path} is a file: the handout needs a folder there')
    if archive.is_dir():
        raise IsADirectoryError(f'{archive} is a folder: the handout needs a file there')
    files = student_files(root, edition, repo)
    to.mkdir(parents=True, exist_ok=True)
    unchecked = archive.with_name(archive.name + '.tmp')
    write_zip(unchecked, files)
    try:
        if found := findings(read_zip(unchecked), needles(root)):
            raise Leak('\n'.join(['the handout gives something away, so it was not written:', *found]))
        os.replace(unchecked, archive)
    finally:
        unchecked.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in files.items():
        write_atomically(folder / name, data)
        (folder / name).chmod(mode(name))
    say(f'{len(files)} files, {archive.stat().st_size / 1e6:.1f} MB, scanned: nothing of a solution is in them')
    say(f'{folder}\n{archive}')
    return folder, archive


def mode(name: str) -> int:
    """Return the permissions of a file."""
    return 0o755 if name.endswith('.sh') else 0o644


def write_zip(path: Path, files: Mapping[str, bytes], folder: str = f'{NAME}/',
              mode: Callable[[str], int] = mode) -> None:
    """Write a zip, names in order, one date, permissions by kind: the same bytes for the same files."""
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(f'{folder}{name}', DATE)
            entry.create_system = 3  # permissions are Unix's, on Windows too
            entry.external_attr = (0o100000 | mode(name)) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)


def read_zip(path: Path) -> Files:
    """Return {path below the zip's one folder: bytes}."""
    with zipfile.ZipFile(path) as archive:
        return {name.partition('/')[2]: archive.read(name) for name in archive.namelist()}
