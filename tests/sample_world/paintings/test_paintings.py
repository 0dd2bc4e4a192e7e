"""The paintings differ in palette and strokes and are the same on every run; photographs need no download."""

import numpy as np
import pytest

from cs231n.sample_world.paintings.brushes import SIZE
from cs231n.sample_world.paintings.paintings import PAINTINGS, PHOTOGRAPHS, painting, photograph


def strokes(image):
    """How much the brightness changes over distances of 1, 2, 4 and 8 pixels: large at 1 for fine strokes."""
    grey = image.mean(axis=2)
    return np.array([np.abs(grey[:, d:] - grey[:, :-d]).mean() for d in (1, 2, 4, 8)])


@pytest.mark.parametrize('name', PAINTINGS)
def test_a_painting_is_a_picture_with_depth(name):
    image = painting(name)
    assert image.shape == (SIZE, SIZE, 3) and image.dtype == np.uint8
    assert image.std() > 25 and len(np.unique(image.reshape(-1, 3) // 16, axis=0)) > 60


@pytest.mark.parametrize('name', PAINTINGS)
def test_a_seed_gives_the_same_painting_and_another_seed_another(name):
    image = painting(name)
    painting.cache_clear()
    assert np.array_equal(painting(name), image)
    other = painting(name, seed=1)
    assert 1 < np.abs(other.astype(int) - image).mean() < 80, 'the same motif, other strokes'


def test_no_two_paintings_share_palette_and_strokes():
    looks = {}
    for name in PAINTINGS:
        counts, _ = np.histogramdd(painting(name).reshape(-1, 3), bins=(4, 4, 4), range=[(0, 256)] * 3)
        looks[name] = counts.ravel() / counts.sum(), strokes(painting(name))
    for one in looks:
        for other in looks:
            if one < other:
                palette = np.abs(looks[one][0] - looks[other][0]).sum() / 2  # 0 for equal palettes, 1 for disjoint ones
                assert palette > 0.4, (one, other)
    grain = [look[1][0] for look in looks.values()]
    assert max(grain) > 2 * min(grain)


def test_the_colours_are_those_of_the_masters():
    blue = painting('starry').mean(axis=(0, 1))
    assert blue[2] > blue[0] + 30, 'a blue night'
    fire = painting('dusk')[:120].mean(axis=(0, 1))
    assert fire[0] > fire[2] + 100, 'a burning sky'
    ink = painting('ink').astype(int)
    assert np.median(np.ptp(ink, axis=2)) < 20, 'nearly no colour'


def test_a_painting_cannot_be_spoiled():
    with pytest.raises(ValueError, match='read-only'):
        painting('wave')[0] = 0


@pytest.mark.parametrize('name', PHOTOGRAPHS)
def test_a_photograph_is_there_without_a_download(name, monkeypatch):
    def no_network(*_):
        raise AssertionError('a photograph must not be downloaded')

    monkeypatch.setattr('socket.socket.connect', no_network)
    image = photograph(name)
    assert image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3 and min(image.shape[:2]) >= 300


@pytest.mark.parametrize('function', [painting, photograph])
def test_an_unknown_name_is_told_with_those_there_are(function):
    with pytest.raises(ValueError, match=r'name must be one of (starry|astronaut).*, got .sunflowers.'):
        function('sunflowers')
