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


def told():
    """The words of the figure that a plot has left."""
    return plt.gcf().get_label()


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


def test_a_map_lies_over_its_picture_that_turns_grey():
    saliency = np.zeros((17, 17))
    saliency[2, 3] = 1
    laid = vis.overlay(IMAGES[0], np.zeros((17, 17)))
    assert laid.shape == (17, 17, 3) and np.allclose(laid, 0.55 * IMAGES[0].mean(-1, keepdims=True) / 255)
    changed = np.argwhere(np.abs(vis.overlay(IMAGES[0], saliency) - laid).max(-1) > 1e-3)
    assert changed.tolist() == [[2, 3]]


@pytest.mark.parametrize('N', [1, 3])
@pytest.mark.parametrize('masks', [None, MASKS])
def test_saliency_shows_pictures_over_maps_with_outlines(N, masks):
    axes = drawn(vis.show_saliency(IMAGES[:N], MAPS[:N], ['a', 'b', 'c'][:N], masks))
    assert len(axes) == 2 * N and [axis.get_title() for axis in axes[:N]] == ['a', 'b', 'c'][:N]
    assert np.array_equal(shown(axes[0]), IMAGES[0])
    assert np.array_equal(shown(axes[N]), vis.overlay(IMAGES[0], MAPS[0]))
    assert all(bool(axis.collections) == (masks is not None) for axis in axes)
    assert ('outline' in told()) == (masks is not None)


@pytest.mark.parametrize('over', [False, True])
def test_maps_stand_beside_their_pictures(over):
    axes = drawn(vis.show_maps({'trained': MAPS, 'random': 1 - MAPS}, IMAGES, MASKS, over=over))
    wanted = vis.overlay(IMAGES[1], 1 - MAPS[1]) if over else vis.bright(1 - MAPS[1])
    assert len(axes) == 9 and np.array_equal(shown(axes[5]), wanted)
    assert [axis.get_title() for axis in axes[:3]] == ['', 'trained', 'random'] and 'trained, random' in told()


def test_fooling_shows_the_whole_change_ten_times_larger():
    X = preprocess(IMAGES[0], 17)
    further = X.clone()
    further[0, 0, 2, 3] += 1 / 0.229 * (10 if IMAGES[0, 2, 3, 0] < 240 else -10) / 255
    axes = drawn(vis.show_fooling(X, X, further, NAMES, [P, P[::-1], np.eye(5)[2]]))
    titles = [axis.get_title() for axis in axes[:4]]
    assert titles == ['original:\ncat, 60 %', 'fooled:\ncar, 60 %', 'ten steps further:\ntent, 100 %',
                      'the change\n× 10']
    ten = shown(axes[3]) - 0.5
    assert np.count_nonzero(ten) == 1 and abs(ten[2, 3, 0]) == pytest.approx(100 / 255)
    assert len(axes[4].containers) == 3 and len({bar[0].get_hatch() for bar in axes[4].containers}) == 3
    assert [label.get_text() for label in axes[4].get_yticklabels()][:3] == ['tent', 'cat', 'car']
    assert 'cat, 60 %' in told() and 'tent, 100 %' in told()


def test_belief_is_shown_for_the_classes_that_were_asked():
    axes = drawn(vis.show_belief(preprocess(IMAGES[0], 17), P, NAMES, [1, 4], 'as it was'))
    assert [label.get_text() for label in axes[1].get_yticklabels()] == ['kite', 'car']
    assert [bar.get_width() for bar in axes[1].patches] == pytest.approx([30, 2])
    assert told() == 'as it was: the network believes kite 30 %, car 2 %.'


def test_a_grid_of_pictures_leaves_its_last_places_empty():
    axes = drawn(vis.show_pictures(torch.randn(5, 3, 7, 7).split(1), list('abcde'), 'Letters', columns=3))
    assert [axis.get_title() for axis in axes] == ['a', 'b', 'c', 'd', 'e', '']
    assert not axes[5].get_images() and told() == 'Letters: a, b, c, d, e.'


def test_gather_frames_one_number_in_each_row():
    axis = drawn(vis.draw_gather(np.arange(12.0).reshape(3, 4), np.array([3, 0, 2])))[0]
    bold = [text.get_text() for text in axis.texts if text.get_weight() == 'bold']
    assert len(axis.texts) == 12 and bold == ['3.0', '4.0', '10.0'] and len(axis.patches) == 3


def test_walks_are_lines_with_names():
    axis = drawn(vis.plot_walks(np.arange(3), {'up': [0, 1, 2], 'random': [0, 0, 0]}))[0]
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ['up', 'random']
    assert len({line.get_linestyle() for line in axis.lines[:2]}) == 2 and 'up from 0 to 2' in told()
    assert axis.lines[0].get_ydata().tolist() == [0, 1, 2]


@pytest.mark.parametrize('value, hidden', [('0', True), ('1', False)])
def test_a_bar_is_shown_unless_switched_off(monkeypatch, capsys, value, hidden):
    monkeypatch.setenv('CS231N_PROGRESS', value)
    assert list(progress_bar([3, 1, 2], desc='counting')) == [3, 1, 2]
    assert ('counting' in capsys.readouterr().err) is not hidden
