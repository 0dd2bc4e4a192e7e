"""Features on a grid: what is at each place of a picture, for attention to look at.

Those of the sample are built when they are first asked for, with a stamp of their own, so that nobody has to build the
rest of the sample anew for them. For the real data there are none to fetch: whoever has some puts them beside the
captions. `python -m cs231n.data.grids` builds the sample's.
"""

import hashlib
import os
import sys
from functools import cache
from pathlib import Path

import h5py
import numpy as np

from cs231n._shared.console import command
from cs231n._shared.lock import only_one
from cs231n._shared.normalisation import mean_and_std
from cs231n._shared.paths import is_writable
from cs231n.data.registry import root_of
from cs231n.data.worlds import choose_world, sample_file
from cs231n.sample_world import stamp
from cs231n.sample_world.build import CHUNK, COUNTS, over_all_scenes, write_h5
from cs231n.sample_world.features import LOOK
from cs231n.sample_world.scenes.palette import COLOURS
from cs231n.sample_world.scenes.places import PLACES
from cs231n.sample_world.scenes.scenes import SIZE, paint
from cs231n.sample_world.scenes.things import KINDS

SIDE = 9                                            # places in a row, and in a column, of the network's last map
START, STEP = 15 * SIZE / LOOK, 16 * SIZE / LOOK    # the centre of the first place and from one to the next, in pixels
READ = {'kind': ('nothing', *KINDS), 'colour': tuple(COLOURS), 'place': tuple(sorted(PLACES))}  # off each place
NAMES = (*READ['kind'], *READ['colour'], *READ['place'], 'x', 'y')  # of the features of a place
SCALE = 2                                           # factor on all features, so that training is fast
FILES = {split: f'{split}2014_grids.h5' for split in COUNTS}
STAMP = 'grids.txt'
NEEDED = ('there are none to fetch for the real data. Put your own beside the captions, as {}: each a dataset named '
          'features, floats (I, P, D), whose row i has D numbers for each of P places of the image in line i of the '
          "split's addresses, such as the 14 x 14 places of VGG-16's last map reduced to 64 numbers")


def where() -> np.ndarray:
    """Return where each place is, (P, 2): x and y of its centre, from -1 to 1; row follows row."""
    y, x = np.divmod(np.arange(SIDE * SIDE), SIDE)
    return np.stack([x, y], axis=1) * (2 / (SIDE - 1)) - 1


def look(images: np.ndarray) -> np.ndarray:
    """Return what the sample SqueezeNet sees at each place: uint8 (N, 224, 224, 3) -> float16 (N, P, D).

    At each of the 9 x 9 places of its last map for pictures at 160 pixels, linear maps and a softmax tell how likely no
    thing or each kind is there (25 numbers), which colour it has (10, times how likely it is a thing) and which
    surroundings these are (8); `where` tells the places apart (2). Nothing is pooled: that is left to attention.
    """
    import torch
    import torch.nn.functional as F

    net, read = _network()
    with torch.inference_mode():
        x = torch.tensor(images).permute(0, 3, 1, 2).float() / 255
        mean, std = mean_and_std(x)
        x = F.interpolate((x - mean) / std, LOOK, mode='bilinear', antialias=True, align_corners=False)
        maps = net.features(x.contiguous(memory_format=torch.channels_last))  # (N, 512, 9, 9)
        seen = {name: F.conv2d(maps, *read[name]).softmax(dim=1) for name in READ}
        seen['colour'] *= 1 - seen['kind'][:, :1]  # what is no thing has no colour
        seen = torch.cat(list(seen.values()), dim=1).flatten(2).mT.contiguous().numpy()  # (N, P, 43)
    places = np.broadcast_to(where(), (len(images), SIDE * SIDE, 2))
    return (SCALE * np.concatenate([seen, places], axis=2)).astype(np.float16)


@cache
def _network():
    """Return the sample SqueezeNet and what reads off its last map: {name: (weight, bias)}."""
    import torch
    from torchvision.models import squeezenet1_1

    from cs231n.sample_world.weights import sample_weights

    weights, read = sample_weights()
    net = squeezenet1_1(num_classes=len(KINDS))
    net.load_state_dict(weights)
    return (net.eval().to(memory_format=torch.channels_last),
            {name: (read[f'{name}.weight'], read[f'{name}.bias']) for name in READ})


# ---- the sample's, built when asked for ----


def _recipe():
    """Return a fingerprint of what the sample's grids are made from: this module and all that draws the sample."""
    own = Path(__file__).read_bytes().replace(b'\r\n', b'\n')
    return f'{stamp.recipe()} {hashlib.sha256(own).hexdigest()}'


def problems(folder: Path) -> dict[str, str]:
    """Return what is wrong with the sample's grids in a folder: {file: what}, empty when they are whole."""
    return stamp.compare(folder, STAMP, _recipe(), [*FILES.values()])


def _work(job):
    """Draw one chunk of scenes and look at them (in a worker process)."""
    split, start = job
    return look(np.stack([paint(split, i).image for i in range(start, start + CHUNK)]))


def build(folder: Path, processes: int | None = None) -> None:
    """Build the sample's grids into a folder and stamp them; every scene is drawn again and looked at.

    PermissionError if the folder cannot be written.
    """
    if not is_writable(folder):
        raise PermissionError(f'{folder} cannot be written, and the features on a grid are not built: set '
                              'CS231N_DATASETS to a folder of yours')
    with only_one(folder / '.grids.lock', wait=True):
        if not problems(folder):  # another process has built them meanwhile
            return
        print(f'Building the features on a grid in {folder}: once, about a minute ...', flush=True)
        found = over_all_scenes(_work, processes, 'looking at scenes')
        for split, name in FILES.items():
            write_h5(folder / name, {'features': found[split]})
        stamp.write(folder, STAMP, _recipe(), [*FILES.values()])


# ---- which there are, and how they are read ----


def grids_folder() -> Path:
    """Return the folder with captions and grids: the real one if all are there, else the sample's, built if need be.

    Prints which, and what the real one lacks. FileNotFoundError: CS231N_DATA is 'real', and there are no grids.
    """
    real = root_of('coco') / 'coco_captioning'
    lacking = [str(real / name) for name in FILES.values() if not (real / name).is_file()]
    if lacking and os.environ.get('CS231N_DATA') == 'real':
        raise FileNotFoundError(f'features on a grid: {NEEDED.format(" and ".join(lacking))}')
    if choose_world('coco', 'sample' if lacking else None) == 'real':
        return real
    if lacking and (real / 'coco2014_captions.h5').is_file() and os.environ.get('CS231N_DATA') != 'sample':
        print(f'Features on a grid: {NEEDED.format(" and ".join(lacking))}.')
    folder = sample_file('coco_captioning/coco2014_captions.h5').parent
    if problems(folder):
        build(folder)
    return folder


def read_grids(path: Path) -> np.ndarray:
    """Return the features on a grid of a file, float32 (I, P, D). FileNotFoundError, ValueError: there are none."""
    if not path.is_file():
        raise FileNotFoundError(f'{path} is missing: {NEEDED.format(path.name)}')
    try:
        with h5py.File(path, 'r') as file:
            features = np.asarray(file['features'])
    except (OSError, KeyError, ValueError) as error:
        raise ValueError(f'{path} is damaged: {error}') from error
    if features.ndim != 3 or features.dtype.kind != 'f':
        raise ValueError(f'{path}: features must be floats of shape (I, P, D), got {features.dtype} {features.shape}')
    return features.astype(np.float32)


@command
def main() -> int:
    """Build the sample's grids where they are not whole; returns the exit code."""
    folder = sample_file('coco_captioning/coco2014_captions.h5').parent
    if not problems(folder):
        print('features on a grid: up to date')
    else:
        build(folder)
    return 0


if __name__ == '__main__':
    sys.exit(main())
