"""The stamp of the sample data: what they were made from, and the checksum of each file."""

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from cs231n._shared.files import write_atomically
from cs231n._shared.paths import ROOT, WEIGHTS, datasets_dir, user_dir
from cs231n._shared.whole import digest, problem_of

FILES = {  # part of the build -> its files
    'captions': [f'coco_captioning/{name}' for name in ('coco2014_captions.h5', 'coco2014_vocab.json',
                                                        'train2014_urls.txt', 'val2014_urls.txt')],
    'features': [f'coco_captioning/{split}2014_vgg16_fc7_pca.h5' for split in ('train', 'val')],
    'pictures': ['imagenet_val_25.npz'],
    'digits': [f'MNIST/raw/{split}-{kind}-ubyte' for split in ('train', 't10k')
               for kind in ('images-idx3', 'labels-idx1')],
    'checks': ['style-transfer-checks.npz'],
}
ALL = [name for names in FILES.values() for name in names]
STAMP = 'built.txt'


def places() -> list[Path]:
    """Return the folders in which the sample data may lie: with all data, else in the user's own data folder."""
    return list(dict.fromkeys([datasets_dir() / 'sample', user_dir() / 'sample']))


def whole() -> Path | None:
    """Return the folder in which the sample data are whole and of this version, None if there is none."""
    return next((folder for folder in places() if not problems(folder)), None)


@lru_cache(maxsize=1)
def recipe() -> str:
    """Return a fingerprint of the code and weights that the sample data are made from."""
    here, total = Path(__file__).parent, hashlib.sha256()
    for path in sorted(here.rglob('*.py')):
        if 'training' not in path.parts:
            total.update(path.read_bytes().replace(b'\r\n', b'\n'))
    total.update(checksum_of(WEIGHTS / 'squeezenet.pt').encode())
    return total.hexdigest()


def write(folder: Path, stamp: str = STAMP, made_from: str = '', names: Sequence[str] = ALL):
    """Stamp the files of these names in a folder; the lines after the first are as `sha256sum -c` reads them."""
    lines = [f'{digest(folder / name)}  {name}' for name in names]
    write_atomically(folder / stamp, '\n'.join([f'# made from {made_from or recipe()}', *lines, '']))


def problems(folder: Path) -> dict[str, str]:
    """Return what is wrong with the sample data in a folder: {file: what}, empty when they are whole."""
    stats = []
    for path in (folder / name for name in (STAMP, *ALL)):
        stats.append((path.stat().st_mtime_ns, path.stat().st_size) if path.is_file() else None)
    return _problems(folder, tuple(stats))


@lru_cache(maxsize=8)
def _problems(folder, stats):  # stats: files that did not change are not read again
    return compare(folder, STAMP, recipe(), ALL)


def compare(folder: Path, stamp: str, made_from: str, names: Sequence[str]) -> dict[str, str]:
    """Return what is wrong with the files of these names, held to their stamp: {file: what}."""
    if not (folder / stamp).is_file():
        return {stamp: 'is missing'}
    first, *lines = (folder / stamp).read_text(encoding='ascii', errors='replace').splitlines() or ['']
    if first != f'# made from {made_from}':
        return {stamp: 'is of another version'}
    stamped = dict(reversed(line.split('  ', 1)) for line in lines if '  ' in line)
    found = {name: problem_of(folder / name, checksum=f'sha256:{stamped.get(name, "?")}') for name in names}
    return {name: problem for name, problem in found.items() if problem}


# ---- the weights that come with the project ----


def checksum_of(weights: Path) -> str:
    """Return the SHA-256 of weights, as their card tells. FileNotFoundError, ValueError: the card is no card."""
    card = weights.with_suffix('.json')
    if not card.is_file():
        raise FileNotFoundError(f'{card} is missing. {mend(card)}')
    try:
        return str(json.loads(card.read_text(encoding='utf-8'))['sha256'])
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise ValueError(f'{card} is damaged: {error!r}. {mend(card)}') from error


def checked(weights: Path) -> Path:
    """Return the path of weights that are whole. FileNotFoundError, ValueError: they are missing or damaged."""
    if problem := problem_of(weights, checksum=f'sha256:{checksum_of(weights)}'):
        error = FileNotFoundError if problem == 'is missing' else ValueError
        raise error(f'{weights} {problem}. {mend(weights)}')
    return weights


def mend(path: Path) -> str:
    """Say how to get back a file that comes with the project."""
    if (ROOT / '.git').exists():
        return f'It comes with the project: git checkout datasets/sample/{path.name}'
    return 'It comes with the project: take it anew from where the project came from'
