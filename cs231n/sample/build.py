"""Builds the sample data: `python -m cs231n.sample.build`.

Draws 6,000 scenes, has the sample SqueezeNet look at each, and writes captions, vocabulary, addresses and features into
files with the names, keys, dtypes and shapes of the COCO files; further labelled pictures in place of the ImageNet
ones, and digits in place of MNIST's.
Every scene is worked on by itself, in chunks of fixed size and on one thread, so the numbers do not depend on how many
processes share the work. A stamp, written last, holds a digest of everything the files are made from.
"""

import hashlib
import json
import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path

import h5py
import numpy as np
from tqdm.auto import tqdm

from cs231n.data_utils import datasets_dir
from cs231n.sample import digits
from cs231n.sample.captions import captions, encode, vocabulary
from cs231n.sample.scenes import SIZE, SPLITS, plan, scene
from cs231n.sample.things import KINDS

COUNTS = {'train': 5000, 'val': 1000}
LABELLED = 2 * len(KINDS)  # pictures of load_imagenet_val
CHUNK = 50
LOOK = 160                 # pixels a side at which the network looks at scenes
FIFTHS = 5                 # columns and rows of the grid on which things are located


def build(root=None):
    """Make what is missing of <datasets>/sample, in a process of its own, and return that folder.

    About a minute on two cores the first time, nothing after that. Raises RuntimeError if the build fails.
    """
    folder = Path(root or datasets_dir()) / 'sample'
    if not is_built(folder):
        print('Building the sample data: once, about a minute ...', flush=True)
        if subprocess.run([sys.executable, '-m', 'cs231n.sample.build', str(folder.parent)]).returncode:
            raise RuntimeError('the sample data could not be built: run python -m cs231n.sample.build to see why')
    return folder


def digest():
    """A fingerprint of the code and weights that the sample data are made from."""
    from cs231n.pretrained import SAMPLE_WEIGHTS
    here = Path(__file__).parent
    sources = [here / f'{name}.py' for name in ('palette', 'pen', 'things', 'places', 'scenes', 'captions', 'build',
                                                'digits', 'digit_strokes')]
    total = hashlib.sha256()
    for path in sources:
        total.update(path.read_bytes().replace(b'\r\n', b'\n'))
    total.update(SAMPLE_WEIGHTS.read_bytes())
    return total.hexdigest()


def is_built(folder):
    stamp = folder / 'built.txt'
    return stamp.is_file() and stamp.read_text() == digest()


def features(images):
    """What the sample SqueezeNet makes of pictures: uint8 (N, 224, 224, 3) -> float32 (N, 512).

    At each cell of the last feature map of the pictures at 160 pixels, linear maps and a softmax tell how likely each
    kind, colour and place is there. Pooled over the cells they become 512 numbers: how much there is of each kind in
    each colour (24 * 10) and at all (24), the place (8), and for the four most present kinds, from left to right, the
    kind, colour, whereabouts on a 5 x 5 grid and size (24 + 10 + 25 + 1). Captions from such concepts and regions: Fang
    et al., arXiv:1411.4952; Anderson et al., arXiv:1707.07998.
    """
    import torch
    import torch.nn.functional as F

    from cs231n.image_utils import SQUEEZENET_MEAN, SQUEEZENET_STD

    net, read = _network()
    mean, std = (torch.from_numpy(v).reshape(1, 3, 1, 1) for v in (SQUEEZENET_MEAN, SQUEEZENET_STD))
    with torch.inference_mode():
        x = torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2).float() / 255
        x = F.interpolate((x - mean) / std, LOOK, mode='bilinear', antialias=True, align_corners=False)
        maps = net.features(x.contiguous(memory_format=torch.channels_last))  # (N, 512, C, C)
        cells = {name: F.conv2d(maps, *weights).softmax(dim=1) for name, weights in read.items()}
        kind, colour, C = cells['kind'][:, 1:], cells['colour'], maps.shape[-1]                   # kind 0 is no thing
        joint = torch.einsum('nkij,ncij->nkc', kind, colour)  # (N, 24, 10)
        amount = kind.sum(dim=(2, 3))  # (N, 24), in cells
        grid = F.adaptive_avg_pool2d(kind, FIFTHS).flatten(2) * (C / FIFTHS) ** 2  # (N, 24, 25)
        place = 2 * cells['place'].mean(dim=(2, 3))
        parts = [_slots(amount, joint, grid), joint.flatten(1).sqrt(), amount.sqrt(), place]
        return torch.cat(parts, dim=1).contiguous().numpy()  # (N, 512)


def _slots(amount, joint, grid):
    """The four most present kinds from left to right -> (N, 4 * 60); what is hardly there comes last and fades."""
    import torch
    import torch.nn.functional as F

    across = grid.unflatten(2, (FIFTHS, FIFTHS)).sum(dim=2) @ torch.arange(float(FIFTHS))  # (N, 24)
    most, kinds = amount.topk(4, dim=1)  # (N, 4)
    order = torch.where(most > 1, across.gather(1, kinds) / most, FIFTHS + 1 - most).argsort(dim=1)
    most, kinds = most.gather(1, order), kinds.gather(1, order)
    sure = 2 * (most / 2).clamp(max=1)[..., None]
    pick = lambda table: table.gather(1, kinds[..., None].expand(-1, -1, table.shape[2]))
    parts = [F.one_hot(kinds, amount.shape[1]), *(F.normalize(pick(t), p=1, dim=2) for t in (joint, grid)),
             most[..., None].sqrt() / 5]
    return (sure * torch.cat(parts, dim=2)).flatten(1)


@lru_cache(maxsize=1)
def _network():
    """The sample SqueezeNet and what reads kind, colour and place off its last feature map: {name: (weight, bias)}."""
    import torch
    from torchvision.models import squeezenet1_1

    from cs231n.pretrained import sample_weights

    weights, read = sample_weights()
    net = squeezenet1_1(num_classes=len(KINDS))
    net.load_state_dict(weights)
    heads = {name: (read[f'{name}.weight'], read[f'{name}.bias']) for name in ('kind', 'colour', 'place')}
    return net.eval().to(memory_format=torch.channels_last), heads


def _work(job):
    """Draw one chunk of scenes and look at them (in a worker process)."""
    split, start = job
    return features(np.stack([scene.__wrapped__(split, i).image for i in range(start, start + CHUNK)]))


def _one_thread():
    os.environ['OMP_NUM_THREADS'] = '1'
    import torch
    torch.set_num_threads(1)


def _all_features(processes):
    jobs = [(split, start) for split, count in COUNTS.items() for start in range(0, count, CHUNK)]
    found = {split: [] for split in COUNTS}
    spawn = multiprocessing.get_context('spawn')
    bar = tqdm(total=sum(COUNTS.values()), desc='drawing scenes', unit='scene',
               disable=os.environ.get('CS231N_PROGRESS') == '0')
    with bar, ProcessPoolExecutor(processes, mp_context=spawn, initializer=_one_thread) as pool:
        for (split, _), rows in zip(jobs, pool.map(_work, jobs), strict=True):
            found[split].append(rows)
            bar.update(len(rows))
    return {split: np.concatenate(rows) for split, rows in found.items()}


def _write_captions(folder):
    texts, owners = {}, {}
    for split, count in COUNTS.items():
        texts[split] = [words for i in range(count) for words in scene_captions(split, i)]
        owners[split] = np.repeat(np.arange(count, dtype=np.int32), 5)
    idx_to_word, word_to_idx = vocabulary(texts['train'])
    with _replacing(folder / 'coco2014_captions.h5') as path, h5py.File(path, 'w') as file:
        for split in COUNTS:
            file[f'{split}_captions'] = np.stack([encode(words, word_to_idx) for words in texts[split]])
            file[f'{split}_image_idxs'] = owners[split]
    with _replacing(folder / 'coco2014_vocab.json') as path:
        path.write_text(json.dumps({'idx_to_word': idx_to_word, 'word_to_idx': word_to_idx}))
    for split, count in COUNTS.items():
        with _replacing(folder / f'{split}2014_urls.txt') as path:
            path.write_text(''.join(f'sample://{split}/{i}\n' for i in range(count)))


def scene_captions(split, index):
    """The five captions of a scene, as lists of words."""
    place, _, things, _ = plan(split, index)
    return captions(things, place, np.random.RandomState([SPLITS[split][0], index, 5]))


class _replacing:
    """Write to a temporary name beside `path` and rename it when the block ends well."""

    def __init__(self, path):
        self.path, self.part = path, path.with_name(f'.{path.name}.{os.getpid()}')

    def __enter__(self):
        return self.part

    def __exit__(self, kind, *_):
        if kind is None:
            os.replace(self.part, self.path)
        else:
            self.part.unlink(missing_ok=True)


def make(folder, processes=None):
    """Build everything into `folder`, in this process and `processes` workers (default: one a core)."""
    coco = folder / 'coco_captioning'
    coco.mkdir(parents=True, exist_ok=True)
    _write_captions(coco)
    for split, rows in _all_features(processes or os.cpu_count()).items():
        with _replacing(coco / f'{split}2014_vgg16_fc7_pca.h5') as path, h5py.File(path, 'w') as file:
            file['features'] = rows
    pictures = [scene('classes', i) for i in range(LABELLED)]
    with _replacing(folder / 'imagenet_val_25.npz') as path, open(path, 'wb') as file:
        np.savez_compressed(file, X=np.stack([s.image for s in pictures]).reshape(-1, SIZE, SIZE, 3),
                            y=np.array([KINDS.index(s.things[0].kind) for s in pictures]), class_names=np.array(KINDS))
    digits.make(folder)
    with _replacing(folder / 'built.txt') as path:
        path.write_text(digest())


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else datasets_dir()) / 'sample'
    if is_built(folder):
        print('sample data: up to date')
        return
    print('building the sample data, once: 6,000 scenes with captions and features, about a minute', flush=True)
    make(folder)


if __name__ == '__main__':
    main()
