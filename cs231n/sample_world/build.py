"""Builds the sample data: `python -m cs231n.sample_world.build`.

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
from pathlib import Path

import h5py
import numpy as np

from cs231n._shared.console import command
from cs231n._shared.files import replacing
from cs231n._shared.paths import datasets_dir
from cs231n._shared.progress import progress_bar
from cs231n.sample_world.digits import digits
from cs231n.sample_world.features import features
from cs231n.sample_world.scenes.captions import captions, encode, vocabulary
from cs231n.sample_world.scenes.scenes import SIZE, SPLITS, paint, plan
from cs231n.sample_world.scenes.things import KINDS
from cs231n.sample_world.weights import SAMPLE_WEIGHTS

COUNTS = {'train': 5000, 'val': 1000}
LABELLED = 2 * len(KINDS)  # pictures of load_imagenet_val
CHUNK = 50


def build(root=None):
    """Make what is missing of <datasets>/sample, in a process of its own, and return that folder.

    About a minute on two cores the first time, nothing after that. Raises RuntimeError if the build fails.
    """
    folder = Path(root or datasets_dir()) / 'sample'
    if not is_built(folder):
        print('Building the sample data: once, about a minute ...', flush=True)
        if subprocess.run([sys.executable, '-m', 'cs231n.sample_world.build', str(folder.parent)]).returncode:
            raise RuntimeError('the sample data could not be built: run python -m cs231n.sample_world.build to see why')
    return folder


def digest():
    """Return a fingerprint of the code and weights that the sample data are made from."""
    here, total = Path(__file__).parent, hashlib.sha256()
    for path in sorted(here.rglob('*.py')):
        if 'training' not in path.parts:
            total.update(path.read_bytes().replace(b'\r\n', b'\n'))
    total.update(SAMPLE_WEIGHTS.read_bytes())
    return total.hexdigest()


def is_built(folder):
    """Tell whether the folder holds the sample data of this code and these weights."""
    stamp = folder / 'built.txt'
    return stamp.is_file() and stamp.read_text(encoding='utf-8') == digest()


def _work(job):
    """Draw one chunk of scenes and look at them (in a worker process)."""
    split, start = job
    return features(np.stack([paint(split, i).image for i in range(start, start + CHUNK)]))


def _one_thread():
    os.environ['OMP_NUM_THREADS'] = '1'
    import torch
    torch.set_num_threads(1)


def _all_features(processes):
    jobs = [(split, start) for split, count in COUNTS.items() for start in range(0, count, CHUNK)]
    found = {split: [] for split in COUNTS}
    spawn = multiprocessing.get_context('spawn')
    bar = progress_bar(total=sum(COUNTS.values()), desc='drawing scenes', unit='scene', leave=True)
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
    with replacing(folder / 'coco2014_captions.h5') as path, h5py.File(path, 'w') as file:
        for split in COUNTS:
            file[f'{split}_captions'] = np.stack([encode(words, word_to_idx) for words in texts[split]])
            file[f'{split}_image_idxs'] = owners[split]
    with replacing(folder / 'coco2014_vocab.json') as path:
        path.write_text(json.dumps({'idx_to_word': idx_to_word, 'word_to_idx': word_to_idx}), encoding='utf-8')
    for split, count in COUNTS.items():
        with replacing(folder / f'{split}2014_urls.txt') as path:
            path.write_text(''.join(f'sample://{split}/{i}\n' for i in range(count)), encoding='utf-8')


def scene_captions(split, index):
    """Return the five captions of a scene, as lists of words."""
    place, _, things, _ = plan(split, index)
    return captions(things, place, np.random.RandomState([SPLITS[split][0], index, 5]))


def make(folder, processes=None):
    """Build everything into `folder`, in this process and `processes` workers (default: one a core)."""
    coco = folder / 'coco_captioning'
    coco.mkdir(parents=True, exist_ok=True)
    _write_captions(coco)
    for split, rows in _all_features(processes or os.cpu_count()).items():
        with replacing(coco / f'{split}2014_vgg16_fc7_pca.h5') as path, h5py.File(path, 'w') as file:
            file['features'] = rows
    pictures = [paint('classes', i) for i in range(LABELLED)]
    with replacing(folder / 'imagenet_val_25.npz') as path, open(path, 'wb') as file:
        np.savez_compressed(file, X=np.stack([s.image for s in pictures]).reshape(-1, SIZE, SIZE, 3),
                            y=np.array([KINDS.index(s.things[0].kind) for s in pictures]), class_names=np.array(KINDS))
    digits.make(folder)
    with replacing(folder / 'built.txt') as path:
        path.write_text(digest(), encoding='utf-8')


@command
def main():
    """Build the sample data of a folder, unless they are there."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else datasets_dir()) / 'sample'
    if is_built(folder):
        print('sample data: up to date')
        return
    print('building the sample data, once: 6,000 scenes with captions and features, about a minute', flush=True)
    make(folder)


if __name__ == '__main__':
    sys.exit(main())
