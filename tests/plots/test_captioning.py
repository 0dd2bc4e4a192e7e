"""What the plots of the captioning notebooks show: the arrays behind the pictures."""

import numpy as np
import pytest
import torch
from matplotlib import pyplot as plt
from matplotlib.text import Text

from cs231n import rnn_layers
from cs231n.experiments.gradient_reach import gradient_reach
from cs231n.plots import captioning as vis
from cs231n.plots import recurrent_cells, theme


@pytest.fixture(autouse=True)
def keep_the_figure(monkeypatch):
    """Shows nothing, and leaves the figure open for the test."""
    plt.close('all')
    monkeypatch.setattr(plt, 'show', lambda: None)
    yield
    plt.close('all')


def axes():
    return plt.gcf().axes


def words_of(axis):
    """{text: (colour, whether it has a frame)} of what is written below a picture or beside it."""
    return {text.get_text(): (text.get_color(), text.get_bbox_patch() is not None)
            for artist in axis.artists for text in artist.findobj(Text) if text.get_text()}


def test_bars_of_truth_are_the_shares():
    tables = {'a': {'thing': (0.5, 1.0), 'colour': (0.25, 1.0)}, 'b': {'thing': (1.0, 1.0), 'colour': (0.75, 0.5)}}
    assert vis.plot_truth(tables, claims=('thing', 'colour')) is None
    axis, = axes()
    assert [bar.get_height() for bar in axis.patches] == [50, 25, 100, 75]
    assert [label.get_text() for label in axis.get_xticklabels()] == ['thing', 'colour']
    assert len({bar.get_hatch() for bar in axis.patches}) == 2  # told apart without colours
    assert 'a: thing 50, colour 25. b: thing 100, colour 75.' in plt.gcf().get_label()


def test_beside_the_shares_stands_chance():
    vis.plot_truth({'a': {'thing': (0.5, 1.0)}}, chance={'thing': (0.06, 1.0)}, claims=('thing',))
    axis, = axes()
    assert [bar.get_height() for bar in axis.patches] == [50, 6]
    assert 'chance' in axis.get_legend().get_texts()[1].get_text()


def test_times_are_milliseconds():
    assert vis.plot_times({'slow': 0.25, 'fast': 0.05}) is None
    axis, = axes()
    assert [bar.get_width() for bar in axis.patches] == [250, 50]
    assert 'fast 50 ms, 5.0 times as fast' in plt.gcf().get_label()


def test_the_loss_curve_is_the_loss():
    losses = list(np.linspace(50, 1, 40))
    assert vis.plot_loss({'one': losses, 'other': losses[::-1]}, target=2.0, levels={'guessing': 30}) is None
    axis, = axes()
    assert any(np.array_equal(line.get_ydata(), losses) for line in axis.lines)
    assert axis.get_yscale() == 'log'
    assert {2.0, 30} <= {line.get_ydata()[0] for line in axis.lines}
    assert 'one: from 50 to 1 in 40 steps' in plt.gcf().get_label() and 'guessing: 30' in plt.gcf().get_label()


def test_gradient_norms_are_drawn_as_given():
    norms = {'one': np.array([1, 0.1, 0.01]), 'two': np.array([1.0, 2, 4])}
    assert vis.plot_gradient_norms(norms) is None
    axis, = axes()
    assert [line.get_label() for line in axis.lines] == list(norms)
    for line, values in zip(axis.lines, norms.values(), strict=True):
        assert np.array_equal(line.get_ydata(), values)


def test_captions_have_a_sign_and_their_wrong_words_a_frame():
    pictures = [np.full((8, 8, 3), k, np.uint8) for k in range(3)]
    vis.show_captions(pictures, ['<START> a cat <END>', 'a red dog', 'a bus'], [True, False, True], [[], [1, 2], []])
    assert [axis.images[0].get_array()[0, 0, 0] for axis in axes()] == [0, 1, 2]
    right, wrong, _ = map(words_of, axes())
    assert right == {'✓': (theme.dark(theme.GREEN), False), 'a cat': (theme.INK, False)}
    assert wrong == {'✗': (theme.dark(theme.RED), False), 'a': (theme.INK, False),
                     'red dog': (theme.dark(theme.RED), True)}
    assert '2 of them true. ✓ a cat; ✗ a [red] [dog]; ✓ a bus.' in plt.gcf().get_label()


def test_of_a_photograph_nobody_says_whether_the_caption_is_true():
    vis.show_captions([np.zeros((8, 8, 3), np.uint8)], ['a cat'])
    assert list(words_of(axes()[0])) == ['a cat']


def test_a_long_caption_goes_on_in_the_next_line():
    vis.show_images([np.zeros((8, 8, 3), np.uint8)], ['one two three four five six seven eight nine ten'])
    assert list(words_of(axes()[0])) == ['one two three four five', 'six seven eight nine ten']


def test_equal_choices_are_shown_once_with_their_number():
    said = [('a cat', [], -0.25), ('a dog', [1], -1.5), ('a cat', [], -0.25)]
    vis.show_choices([np.zeros((8, 8, 3), np.uint8)], [{'τ = 1': said, 'greedy': said[:1]}])
    words = words_of(axes()[0])
    assert {'τ = 1', 'greedy', '-0.25', '-1.50', 'a cat', '(2 times)', 'dog'} <= set(words) and words['dog'][1]
    assert plt.gcf().get_label().endswith('τ = 1: ✓ a cat. τ = 1: ✗ a [dog]. greedy: ✓ a cat.')


@pytest.mark.parametrize('draw', [recurrent_cells.draw_rnn_cell, recurrent_cells.draw_unrolled_rnn,
                                  recurrent_cells.draw_lstm_cell])
def test_a_diagram_says_what_it_shows(draw):
    assert draw() is None
    assert len(plt.gcf().get_label().split()) > 30


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


def test_word_vectors_are_seen_from_the_two_widest_directions_of_their_kind():
    rng = np.random.RandomState(0)
    W = rng.randn(18, 5) * [10, 5, 0.1, 0.1, 0.1]
    words = {name: k for k, name in enumerate('abcdefghijklmnopqr')}
    groups = {'one': list('abcdef'), 'two': list('ghijkl'), 'three': list('mnopqr')}
    vis.plot_words(W, words, groups, same=lambda one, other: {one, other} == {'a', 'b'})
    for axis, group in zip(axes(), groups.values(), strict=True):
        rows = W[[words[word] for word in group]]
        points = np.array(axis.collections[0].get_offsets())
        np.testing.assert_allclose(np.linalg.norm(points), np.linalg.norm((rows - rows.mean(axis=0))[:, :2]), rtol=0.02)
        assert {text.get_text() for text in axis.texts} == set(group)
    line, = axes()[0].lines
    np.testing.assert_allclose(np.transpose(line.get_data()), axes()[0].collections[0].get_offsets()[:2])


def test_neighbours_with_the_same_meaning_have_a_sign():
    vis.show_neighbours({'kitten': [('cat', 0.9), ('dog', 0.5)]}, same=lambda one, other: other == 'cat')
    texts = {text.get_text().strip() for text in axes()[0].texts}
    assert {'kitten', 'cat 0.90 ✓', 'dog 0.50'} <= texts
