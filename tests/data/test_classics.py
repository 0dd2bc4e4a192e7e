"""The three classics are painted with the original paintings where those are on disk; here stand-ins play them."""

import numpy as np
import pytest
from PIL import Image

from cs231n.data import classics
from cs231n.sample_world.paintings.paintings import painting


@pytest.fixture
def folder(tmp_path):
    """Four pictures of one colour each and of different sizes, under the names of the original files."""
    for k, name in enumerate(['tubingen.jpg', *classics.ORIGINALS.values()]):
        path = tmp_path / 'styles' / name
        path.parent.mkdir(exist_ok=True)
        Image.new('RGB', (40 + k, 30), (50 * k, 100, 100)).save(path, quality=95)
    return tmp_path


def test_real_paintings_on_disk_are_the_ones_that_are_shown(folder, monkeypatch):
    monkeypatch.setattr(classics, 'choose_world', lambda what: {'styles': 'real'}[what])
    monkeypatch.setattr(classics, 'root_of', lambda what: {'styles': folder}[what])
    content, paintings = classics.load_classics()
    assert list(content) == ['Tübingen'] and list(paintings) == ['Composition VII', 'The Scream', 'The Starry Night']
    for k, picture in enumerate([*content.values(), *paintings.values()]):
        assert picture.shape == (30, 40 + k, 3) and picture.dtype == np.uint8
        assert abs(int(picture[5, 5, 0]) - 50 * k) < 5


def test_without_them_three_counterparts_are(monkeypatch):
    monkeypatch.setenv('CS231N_DATA', 'sample')
    content, paintings = classics.load_classics()
    assert list(content) == ['astronaut'] and list(paintings) == ['abstract', 'dusk', 'starry']
    assert np.array_equal(paintings['dusk'], painting('dusk'))


def test_a_missing_painting_is_named(folder):
    (folder / 'styles' / 'the_scream.jpg').unlink()
    with pytest.raises(FileNotFoundError, match='the_scream'):
        classics.originals(folder / 'styles')
