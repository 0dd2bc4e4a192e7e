"""What the plots of the captioning notebooks show: the arrays behind the pictures."""

import numpy as np
import pytest
import torch
from matplotlib import pyplot as plt

from cs231n import rnn_layers
from cs231n.experiments.gradient_reach import gradient_reach
from cs231n.plots import captioning as vis


@pytest.fixture(autouse=True)
def keep_the_figure(monkeypatch):
    """Shows nothing, and leaves the figure open for the test."""
    plt.close('all')
    monkeypatch.setattr(plt, 'show', lambda: None)
    yield
    plt.close('all')


def axes():
    return plt.gcf().axes


def test_bars_of_truth_are_the_shares():
    tables = {'a': {'thing': (0.5, 1.0), 'colour': (0.25, 1.0)}, 'b': {'thing': (1.0, 1.0), 'colour': (0.75, 0.5)}}
    assert vis.plot_truth(tables, claims=('thing', 'colour')) is None
    axis, = axes()
    assert [bar.get_height() for bar in axis.patches] == [50, 25, 100, 75]
    assert [label.get_text() for label in axis.get_xticklabels()] == ['thing', 'colour']


def test_times_are_milliseconds():
    assert vis.plot_times({'slow': 0.25, 'fast': 0.05}) is None
    axis, = axes()
    assert [bar.get_width() for bar in axis.patches] == [250, 50]


def test_the_loss_curve_is_the_loss():
    losses = list(np.linspace(50, 1, 40))
    assert vis.plot_loss(losses, target=2.0) is None
    axis, = axes()
    assert any(np.array_equal(line.get_ydata(), losses) for line in axis.lines)
    assert axis.get_yscale() == 'log'


def test_gradient_norms_are_drawn_as_given():
    norms = {'one': np.array([1, 0.1, 0.01]), 'two': np.array([1.0, 2, 4])}
    assert vis.plot_gradient_norms(norms) is None
    axis, = axes()
    assert [line.get_label() for line in axis.lines] == list(norms)
    for line, values in zip(axis.lines, norms.values(), strict=True):
        assert np.array_equal(line.get_ydata(), values)


def test_captions_are_green_where_right_and_red_where_wrong():
    pictures = [np.full((8, 8, 3), k, np.uint8) for k in range(3)]
    vis.show_captions(pictures, ['<START> a cat <END>', 'a dog', 'a bus'], right=[True, False, True])
    shown = [axis for axis in axes() if axis.images]
    assert [axis.images[0].get_array()[0, 0, 0] for axis in shown] == [0, 1, 2]
    assert [axis.texts[0].get_text() for axis in shown] == ['a cat', 'a dog', 'a bus']
    colours = [axis.texts[0].get_color() for axis in shown]
    assert colours[0] == colours[2] != colours[1]


def _reach(cell):
    rng = np.random.RandomState(5)
    T, N, D, H = 7, 3, 5, 4
    G, states = (H, 1) if cell == 'rnn' else (4 * H, 2)
    x, weights = rng.randn(T, N, D), (rng.randn(D, G), rng.randn(H, G), rng.randn(G))
    forward, backward = (getattr(rnn_layers, f'{cell}_step_{way}') for way in ('forward', 'backward'))
    first = [np.zeros((N, H))] * states
    return x, weights, gradient_reach(forward, backward, x, first, weights)


def test_the_reach_of_a_gradient_by_autograd():
    x, weights, norms = _reach('rnn')
    Wx, Wh, b = map(torch.from_numpy, weights)
    h, states = torch.zeros(3, 4, dtype=torch.float64, requires_grad=True), []
    for x_t in torch.from_numpy(x):
        h = torch.tanh(x_t @ Wx + h @ Wh + b)
        h.retain_grad()
        states.append(h)
    first = torch.from_numpy(np.random.RandomState(1).standard_normal((3, 4)))
    h.backward(first / first.norm())
    np.testing.assert_allclose(norms, [state.grad.norm() for state in reversed(states)], rtol=1e-12)


def test_the_reach_of_an_lstms_gradient_begins_at_one_and_counts_both_states():
    _, _, norms = _reach('lstm')
    assert norms.shape == (7,) and norms[0] == pytest.approx(1) and (norms > 0).all()


def test_word_vectors_are_seen_from_their_two_widest_directions():
    rng = np.random.RandomState(0)
    W = rng.randn(6, 5) * [10, 5, 0.1, 0.1, 0.1]
    words = {name: k for k, name in enumerate('abcdef')}
    vis.plot_words(W, words, {'all': list('abcdef')})
    axis, = axes()
    points = np.array(axis.collections[0].get_offsets())
    centred = W - W.mean(axis=0)
    np.testing.assert_allclose(np.linalg.norm(points - points.mean(axis=0)), np.linalg.norm(centred[:, :2]), rtol=0.02)
