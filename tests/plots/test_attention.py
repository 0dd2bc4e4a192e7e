"""The pictures of the notebook Attention: light where the weights are, and words that say so."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cs231n.plots import attention as vis

WHITE = np.full((224, 224, 3), 255, np.uint8)
P = 81


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close('all')


def at(row, column):
    """Weights of which nearly all are at one place."""
    w = np.full(P, 0.001)
    w[row * 9 + column] = 0.92
    return w


def test_light_falls_where_the_weight_is_and_nowhere_else():
    lit = vis.spotlight(WHITE, at(2, 6))
    y, x = np.unravel_index(lit[..., 0].argmax(), (224, 224))
    assert abs(y - (21 + 2 * 22.4)) < 12 and abs(x - (21 + 6 * 22.4)) < 12  # within the place
    assert lit.dtype == np.uint8 and lit.max() > 240
    assert abs(int(lit[200, 20, 0]) - vis.DIM * 255) < 3
    assert (WHITE == 255).all()


def test_equal_weights_light_the_whole_grid():
    lit = vis.spotlight(WHITE, np.full(P, 1 / P))
    assert lit[20:200, 20:200].min() > 250 and lit[:9].max() < 70  # the rim belongs to no place


def test_each_word_has_its_look_and_its_verdict():
    vis.show_looks(WHITE, ['red', 'cat'], np.stack([at(0, 0), at(8, 4)]), [False, None])
    fig = plt.gcf()
    assert [axis.get_title() for axis in fig.axes[:3]] == ['the picture', '✗ red', 'cat']
    assert fig.get_label() == 'Where the network looks before each word: red (wrong) top left, cat bottom centre.'


def test_the_question_tells_the_five_largest():
    found = dict(zip('abcdefg', (0.1, 0.7, 0.2, 0.3, 0.4, 0.05, 0.6)))
    vis.show_question(WHITE, at(4, 8), found, 'where?')
    label = plt.gcf().get_label()
    assert 'the largest weight is 0.92, middle right' in label and 'b 0.70, g 0.60, e 0.40, d 0.30, c 0.20.' in label


def table(mass, hit):
    return {names: {'mass': mass, 'hit': hit, 'chance': 0.06, 'luck': 0.16} for names in ('thing', 'colour')}


def test_the_score_shows_every_way_and_chance():
    vis.plot_score({'the look': table(0.42, 0.95), 'the gradient': table(0.35, 0.9)}, table(0.42, 0.95))
    heights = [[round(bar.get_height()) for bar in axis.patches] for axis in plt.gcf().axes]
    assert heights == [[42, 42, 35, 35, 6, 6], [95, 95, 90, 90, 16, 16]]
    assert 'the look 42% of the weight, 95% of the peaks' in plt.gcf().get_label()
    assert plt.gcf().get_label().endswith('at random 6% and 16%.')


def test_the_mistakes_say_what_was_said_and_what_is():
    vis.show_mistakes([WHITE], [at(0, 8)], ['said: red cat\nis: blue'])
    assert plt.gcf().get_label() == 'Where the network looked before a wrong word: said: red cat, is: blue: top right.'


def test_the_largest_weights_tell_both_ends():
    vis.plot_largest_weights({'with': {4: 0.05, 64: 0.06}, 'without': {4: 0.2, 64: 0.95}})
    assert plt.gcf().get_label() == ('Weight of the best place: with 0.05 at H = 4, 0.06 at H = 64; '
                                     'without 0.20 at H = 4, 0.95 at H = 64.')


@pytest.mark.parametrize('call', [lambda: vis.show_looks(WHITE, [], []),
                                  lambda: vis.show_question(WHITE, at(0, 0), {}, ''),
                                  lambda: vis.plot_score({}, {}), lambda: vis.show_mistakes([], [], []),
                                  lambda: vis.plot_largest_weights({})])
def test_nothing_to_show_is_told(call):
    with pytest.raises(ValueError, match='must hold at least one, got none'):
        call()
