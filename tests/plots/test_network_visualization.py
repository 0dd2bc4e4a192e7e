"""The plots of NetworkVisualization: the arrays behind them, and what is drawn for any number of pictures."""

import matplotlib

matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from cs231n._shared.progress import progress_bar
from cs231n.net_visualization_pytorch import preprocess
from cs231n.plots import network_visualization as vis

IMAGES = np.random.RandomState(0).randint(0, 256, (3, 17, 17, 3), dtype=np.uint8)
MAPS = np.random.RandomState(1).rand(3, 17, 17)
MASKS = np.zeros((3, 17, 17), bool)
MASKS[:, 3:9, 5:12] = True
NAMES = {0: 'cat, a pet', 1: 'kite', 2: 'tent', 3: 'bus', 4: 'car'}
P = np.array([0.6, 0.3, 0.05, 0.03, 0.02])


@pytest.fixture(autouse=True)
def no_figure_is_left_open():
    yield
    plt.close('all')


def drawn(nothing):
    """The axes of the figure that a plot has left: it returns nothing, or a replay would compare its name."""
    assert nothing is None
    return plt.gcf().axes


def shown(axis):
    """The array that an axis shows as a picture."""
    (image,) = axis.get_images()
    return np.asarray(image.get_array())


def test_a_map_is_made_bright_without_one_pixel_deciding():
    saliency = np.ones((20, 20))
    saliency[0, 0] = 1000
    bright = vis.bright(saliency)
    assert bright.min() == bright.max() == 1 and saliency[0, 0] == 1000
    assert np.array_equal(vis.bright(np.zeros((3, 3))), np.zeros((3, 3)))


def test_a_picture_is_shown_in_its_own_colours():
    assert np.array_equal(vis.as_colours(preprocess(IMAGES[0], 17)), IMAGES[0] / 255)


@pytest.mark.parametrize('N', [1, 3])
@pytest.mark.parametrize('masks', [None, MASKS])
def test_saliency_shows_pictures_over_maps_with_outlines(N, masks):
    axes = drawn(vis.show_saliency(IMAGES[:N], MAPS[:N], ['a', 'b', 'c'][:N], masks))
    assert len(axes) == 2 * N and [axis.get_title() for axis in axes[:N]] == ['a', 'b', 'c'][:N]
    assert np.array_equal(shown(axes[0]), IMAGES[0]) and np.array_equal(shown(axes[N]), vis.bright(MAPS[0]))
    assert all(bool(axis.collections) == (masks is not None) for axis in axes)


def test_maps_stand_beside_their_pictures():
    axes = drawn(vis.show_maps({'trained': MAPS, 'random': 1 - MAPS}, IMAGES, MASKS))
    assert len(axes) == 9 and np.array_equal(shown(axes[5]), vis.bright(1 - MAPS[1]))
    assert [axis.get_title() for axis in axes[:3]] == ['', 'trained', 'random']


def test_fooling_shows_the_difference_ten_times_larger():
    X = preprocess(IMAGES[0], 17)
    fooled = X.clone()
    fooled[0, 0, 2, 3] += 1 / 0.229 * (10 if IMAGES[0, 2, 3, 0] < 240 else -10) / 255
    axes = drawn(vis.show_fooling(X, fooled, P, P[::-1], NAMES))
    assert [axis.get_title() for axis in axes[:2]] == ['original: cat', 'fooled: car']
    once, ten = shown(axes[2]) - 0.5, shown(axes[3]) - 0.5
    assert abs(once[2, 3, 0]) == pytest.approx(10 / 255) and np.count_nonzero(once) == 1
    assert np.allclose(ten, 10 * once)
    assert sorted(label.get_text() for label in axes[4].get_yticklabels()) == ['bus', 'car', 'cat', 'kite']


def test_a_grid_of_pictures_leaves_its_last_places_empty():
    axes = drawn(vis.show_pictures(torch.randn(5, 3, 7, 7).split(1), list('abcde'), columns=3))
    assert [axis.get_title() for axis in axes] == ['a', 'b', 'c', 'd', 'e', '']
    assert not axes[5].get_images()


def test_gather_frames_one_number_in_each_row():
    axis = drawn(vis.draw_gather(np.arange(12.0).reshape(3, 4), np.array([3, 0, 2])))[0]
    bold = [text.get_text() for text in axis.texts if text.get_weight() == 'bold']
    assert len(axis.texts) == 12 and bold == ['3.0', '4.0', '10.0'] and len(axis.patches) == 3


def test_walks_are_lines_with_names():
    axis = drawn(vis.plot_walks(np.arange(3), {'up': [0, 1, 2], 'random': [0, 0, 0]}))[0]
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ['up', 'random']
    assert axis.lines[0].get_ydata().tolist() == [0, 1, 2]


@pytest.mark.parametrize('value, hidden', [('0', True), ('1', False)])
def test_a_bar_is_shown_unless_switched_off(monkeypatch, capsys, value, hidden):
    monkeypatch.setenv('CS231N_PROGRESS', value)
    assert list(progress_bar([3, 1, 2], desc='counting')) == [3, 1, 2]
    assert ('counting' in capsys.readouterr().err) is not hidden
