"""The builder: the same files whoever and however many build them, whole or not at all."""

import json
import os
import signal
import subprocess
import sys
import time

import h5py
import numpy as np
import pytest

from cs231n._shared.paths import datasets_dir
from cs231n.coco_utils import decode_captions, load_coco_data
from cs231n.data.imagenet import load_imagenet_val
from cs231n.data.web_pictures import image_from_url
from cs231n.sample_world import build, stamp
from cs231n.sample_world.features import GRAIN, SCALE, WIDTH
from cs231n.sample_world.scenes.scenes import scene
from cs231n.sample_world.scenes.things import KINDS

FILES = ('coco2014_captions.h5', 'coco2014_vocab.json', 'train2014_urls.txt', 'val2014_urls.txt')
SMALL = """
from pathlib import Path
import sys
from cs231n.sample_world import build
from cs231n.sample_world.digits import digits
if __name__ == '__main__':
    build.COUNTS.update(train=100, val=50)
    digits.BLOCKS.update(train=((20, 1),), test=((10, 2),))
    build.make(Path(sys.argv[1]), processes=int(sys.argv[2]))
"""


@pytest.fixture(scope='module')
def script(tmp_path_factory):
    path = tmp_path_factory.mktemp('script') / 'small.py'
    path.write_text(SMALL)
    return path


def run(script, folder, processes, **keywords):
    folder.mkdir(exist_ok=True)
    return subprocess.Popen([sys.executable, script, folder, str(processes)], stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, env={**os.environ, 'CS231N_PROGRESS': '0'}, **keywords)


def contents(folder):
    coco = folder / 'coco_captioning'
    found = {name: (coco / name).read_bytes() for name in FILES if not name.endswith('h5')}
    with h5py.File(coco / 'coco2014_captions.h5') as file:
        found |= {key: file[key][()].tobytes() for key in sorted(file)}
    with np.load(folder / 'imagenet_val_25.npz') as file:
        found |= {key: file[key].tobytes() for key in sorted(file)}
    return found


def rows(folder):
    with h5py.File(folder / 'coco_captioning' / 'train2014_vgg16_fc7_pca.h5') as file:
        return file['features'][()]


@pytest.mark.slow
def test_one_process_or_two_and_after_an_interrupt_the_files_are_the_same(script, tmp_path):
    one, two, cut = tmp_path / 'one', tmp_path / 'two', tmp_path / 'cut'
    child = run(script, cut, 1, start_new_session=True)
    deadline = time.monotonic() + 300
    while not (cut / 'coco_captioning' / 'val2014_urls.txt').exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert stamp.problems(cut) == {'built.txt': 'is missing'}, 'no stamp after an interrupt'
    for folder, processes in ((one, 1), (two, 2), (cut, 2)):
        child = run(script, folder, processes)
        assert child.wait(600) == 0, child.stdout.read().decode()
        child.stdout.close()
        assert stamp.problems(folder) == {}
    assert contents(one) == contents(two) == contents(cut)
    assert rows(one).shape == (500, 512)
    for other in (two, cut):
        assert np.abs(rows(one) - rows(other)).max() < 1e-4
    assert not list((one / 'coco_captioning').glob('.*')), 'no temporary files are left'


def test_the_files_have_the_form_of_the_coco_files():
    folder = datasets_dir() / 'sample' / 'coco_captioning'
    with h5py.File(folder / 'coco2014_captions.h5') as file:
        assert {key: (file[key].shape, file[key].dtype) for key in file} == {
            'train_captions': ((25000, 17), np.int32), 'train_image_idxs': ((25000,), np.int32),
            'val_captions': ((5000, 17), np.int32), 'val_image_idxs': ((5000,), np.int32)}
    vocabulary = json.loads((folder / 'coco2014_vocab.json').read_text())
    words = vocabulary['idx_to_word']
    assert words[:4] == ['<NULL>', '<START>', '<END>', '<UNK>'] and 150 <= len(words) <= 400
    assert vocabulary['word_to_idx'] == {word: k for k, word in enumerate(words)}
    for split, count in build.COUNTS.items():
        with h5py.File(folder / f'{split}2014_vgg16_fc7_pca.h5') as file:
            assert list(file) == ['features'] and file['features'].shape == (count * build.LOOKS[split], 512)
            assert file['features'].dtype == np.float32 and np.isfinite(file['features'][()]).all()


def test_the_loaders_read_the_sample():
    data = load_coco_data()
    text = decode_captions(data['val_captions'][5 * 7], data['idx_to_word'])
    assert text.replace('<START> ', '').replace(' <END>', '').split() == build.scene_captions('val', 7)[0]
    assert data['val_image_idxs'][5 * 7] == 7
    assert np.array_equal(image_from_url(data['val_urls'][7]), scene('val', 7).image)
    X, y, names = load_imagenet_val()
    assert X.shape == (48, 224, 224, 3) and X.dtype == np.uint8 and [names[k] for k in y[:24]] == list(KINDS)


def test_features_are_those_of_the_pictures():
    images = np.stack([scene('val', i).image for i in range(3)])
    stored = load_coco_data()['val_features'][:3]
    found = build.features(images)  # stored centred, so compare differences; the last 60 numbers are grain
    for k in (1, 2):
        assert np.abs(SCALE * (found[k] - found[0]) - (stored[k] - stored[0])[:-WIDTH]).max() < 1e-3


def test_each_training_caption_has_a_look_of_its_own_at_its_scene():
    data = load_coco_data()
    looks = data['train_features'][5 * 7:5 * 7 + 5]
    assert np.array_equal(data['train_image_idxs'], np.arange(25000))
    assert len(set(data['train_urls'][5 * 7:5 * 7 + 5])) == 1 and data['train_urls'][5 * 7] == 'sample://train/7'
    assert np.ptp(looks[:, :-WIDTH], axis=0).max() == 0
    assert abs(looks[:, -WIDTH:].std() - GRAIN) < 0.2 * GRAIN  # 300 numbers
    assert abs(data['train_features'].mean(axis=0)).max() < 0.02 and data['val_features'].std() > 0.4
