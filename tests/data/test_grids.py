"""Features on a grid: what they say, that they are built once and noticed when damaged, and how one's own are read."""

import shutil

import h5py
import numpy as np
import pytest

from cs231n import coco_utils
from cs231n.coco_utils import load_coco_grids
from cs231n.data import grids
from cs231n.data.worlds import sample_file
from cs231n.metrics.attention import cover
from cs231n.sample_world import build
from cs231n.sample_world.scenes.scenes import scene


def test_a_place_says_what_is_there_and_where_it_is():
    right, places = {'kind': 0, 'colour': 0, 'place': 0}, 0
    for n in range(12):
        one = scene('val', n)
        found = grids.look(one.image[None])[0].astype(float) / grids.SCALE
        assert found.shape == (81, len(grids.NAMES)) and found[:, :25].sum(axis=1) == pytest.approx(1, abs=1e-2)
        np.testing.assert_allclose(found[:, 43:], grids.where(), atol=1e-3)
        kind, colour, place = found[:, :25], found[:, 25:35], found[:, 35:43]
        for thing, covered in zip(one.things, cover(one.masks)):
            p, places = covered.argmax(), places + 1
            right['kind'] += grids.NAMES[kind[p].argmax()] == thing.kind
            right['colour'] += grids.NAMES[25 + colour[p].argmax()] == thing.colour
        right['place'] += grids.NAMES[35 + place.mean(axis=0).argmax()] == one.place
    assert right['place'] == 12 and min(right['kind'], right['colour']) >= 0.9 * places


def test_the_first_place_is_at_the_top_left_and_the_second_right_of_it():
    np.testing.assert_allclose(grids.where()[[0, 1, 9, 80]], [(-1, -1), (-0.75, -1), (-1, -0.75), (1, 1)])


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A folder with the sample's captions, and a build of four scenes in place of 6,000."""
    for path in sample_file('coco_captioning/coco2014_captions.h5').parent.iterdir():
        if not path.name.endswith('_grids.h5'):
            shutil.copy(path, tmp_path)
    (tmp_path / grids.STAMP).unlink(missing_ok=True)
    monkeypatch.setattr(build, 'COUNTS', {'train': 2, 'val': 2})
    monkeypatch.setattr(build, 'CHUNK', 1)
    monkeypatch.setattr(grids, '_work', _quick)
    return tmp_path


def _quick(job):
    """Stand in for the looking, so that a worker has little to do."""
    split, start = job
    return np.full((1, 81, 45), start + 10 * (split == 'val'), np.float16)


def test_they_are_built_once_and_again_when_damaged(small, capsys):
    assert grids.problems(small) == {'grids.txt': 'is missing'}
    grids.build(small, processes=1)
    assert 'Building the features on a grid' in capsys.readouterr().out and grids.problems(small) == {}
    np.testing.assert_array_equal(grids.read_grids(small / 'val2014_grids.h5')[:, 0, 0], [10, 11])
    grids.build(small, processes=1)
    assert capsys.readouterr().out == ''
    (small / 'train2014_grids.h5').write_bytes(b'half')
    assert grids.problems(small)['train2014_grids.h5'].startswith('is damaged')
    grids.build(small, processes=1)
    assert grids.problems(small) == {}


def test_another_recipe_is_noticed(small, monkeypatch):
    grids.build(small, processes=1)
    monkeypatch.setattr(grids.stamp, 'recipe', lambda: 'other')
    assert grids.problems(small) == {'grids.txt': 'is of another version'}


def write(folder, rows, dtype=np.float16, places=(4, 3), key='features'):
    for split, count in rows.items():
        with h5py.File(folder / f'{split}2014_grids.h5', 'w') as file:
            file[key] = np.arange(count * np.prod(places)).reshape(count, *places).astype(dtype)


def test_the_looks_at_one_scene_become_one_picture(small):
    write(small, {'train': 5000, 'val': 1000}, np.float32)
    plain, data = coco_utils.load_coco_data(small), load_coco_grids(small)
    assert data['train_features'].shape == (5000, 4, 3) and data['train_features'].dtype == np.float32
    np.testing.assert_array_equal(data['train_urls'][data['train_image_idxs']],
                                  plain['train_urls'][plain['train_image_idxs']])
    np.testing.assert_array_equal(data['val_image_idxs'], plain['val_image_idxs'])
    assert data['train_image_idxs'].dtype == np.int32


BAD = {
    'missing': ({'train': 5000}, {}, FileNotFoundError, 'val2014_grids.h5 is missing: there are none to fetch'),
    'too few': ({'train': 4999, 'val': 1000}, {}, ValueError, 'must hold a row for each of 5000 images, got 4999'),
    'ints': ({'train': 5000, 'val': 1000}, {'dtype': np.int32}, ValueError, 'features must be floats of shape'),
    'pooled': ({'train': 5000, 'val': 1000}, {'places': (3,)}, ValueError, 'features must be floats of shape'),
    'another key': ({'train': 5000, 'val': 1000}, {'key': 'grids'}, ValueError, 'train2014_grids.h5 is damaged'),
}


@pytest.mark.parametrize('rows, settings, error, message', BAD.values(), ids=BAD)
def test_ones_own_grids_that_do_not_fit_are_refused(small, rows, settings, error, message):
    write(small, rows, **settings)
    with pytest.raises(error, match=message):
        load_coco_grids(small)


def test_the_real_data_say_what_is_needed(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv('CS231N_DATASETS', str(tmp_path))
    monkeypatch.setenv('CS231N_DATA', 'real')
    with pytest.raises(FileNotFoundError, match=r'Put your own beside the captions, as .*train2014_grids\.h5 and '):
        grids.grids_folder()
    monkeypatch.setenv('CS231N_DATA', '')
    (tmp_path / 'coco_captioning').mkdir()
    (tmp_path / 'coco_captioning' / 'coco2014_captions.h5').write_bytes(b'real')
    monkeypatch.setattr(grids, 'sample_file', lambda name: tmp_path / 'sample' / name)
    monkeypatch.setattr(grids, 'problems', lambda folder: {})
    assert grids.grids_folder() == tmp_path / 'sample' / 'coco_captioning'
    told = capsys.readouterr().out
    assert 'COCO captions: the sample' in told and 'features, floats (I, P, D)' in told
