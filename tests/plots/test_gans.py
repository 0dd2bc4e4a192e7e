"""The arrays behind the pictures of the notebook GANs, and that every plot can be drawn."""

import matplotlib

matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from cs231n.plots import gans as vis
from cs231n.sample_world.digits.digits import draw_digits


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close('all')


@pytest.mark.parametrize('shape', [(5, 784), (5, 28, 28), (5, 1, 28, 28)])
def test_pictures_lie_side_by_side_in_reading_order(shape):
    images = torch.linspace(-1, 1, 5)[:, None].expand(5, 784).reshape(shape)
    sheet = vis.tile(images, columns=3)
    assert sheet.shape == (2 * 28 + vis.GAP, 3 * 28 + 2 * vis.GAP)
    step = 28 + vis.GAP
    corners = [sheet[row * step, column * step] for row in range(2) for column in range(3)]
    assert corners == pytest.approx([0, 0.25, 0.5, 0.75, 1, 0.35])


def test_a_picture_is_not_turned_or_mirrored():
    image = np.linspace(-1, 1, 784).reshape(1, 28, 28)
    assert np.allclose(vis.tile(image, 4)[:28, :28], (image[0] + 1) / 2)


def test_each_row_has_a_label():
    with pytest.raises(ValueError, match='labels must be 2, one for each row, got 1'):
        vis.show_rows([np.zeros((1, 784))] * 2, ['one'], title='two')


@pytest.fixture(scope='module')
def digits():
    pictures, labels = draw_digits(10, 77)
    return torch.tensor(pictures / 127.5 - 1, dtype=torch.float32), labels


def test_words_tell_what_can_be_read(digits):
    pictures, labels = digits
    assert vis.read(pictures) == f"10 of 10 read clearly, as {' '.join(map(str, labels))}"
    assert vis.read(np.zeros((3, 28, 28))) == '0 of 3 read clearly'


def drawn(nothing):
    """The figure that was drawn last, by a plot that returns nothing, and its words."""
    assert nothing is None
    return plt.gcf(), plt.gcf().get_label()


def test_rows_show_as_many_pictures_as_they_may(digits):
    figure, words = drawn(vis.show_rows([digits[0], -digits[0][:2]], ['first', 'second'], title='two rows', columns=3))
    assert [axis.get_ylabel() for axis in figure.axes] == ['first', 'second']
    assert [axis.images[0].get_array().shape[1] for axis in figure.axes] == [3 * 28 + 2 * vis.GAP] * 2
    assert words.startswith('two rows. first: 3 of 3 read clearly')


def test_losses_and_the_draw_are_in_the_picture():
    history = {'D': [1.0, 0.5, 0.2], 'G': [0.6, 0.9, 1.2]}
    figure, words = drawn(vis.plot_losses(history, draw=(1.39, 0.69)))
    lines = figure.axes[1].get_lines()
    assert lines[0].get_ydata().tolist() == history['G'] and lines[1].get_ydata() == pytest.approx([0.9])
    assert lines[2].get_ydata() == [0.69, 0.69]
    assert 'that of G ends at 0.90, where 0.69 is a draw' in words


def test_judgements_are_bars_with_their_figures():
    scores = {'frechet': 3.04, 'covered': 9, 'evenness': 0.9, 'clear': 0.4}
    figure, words = drawn(vis.plot_judgements({'one': scores, 'other': scores}))
    assert [bar.get_width() for bar in figure.axes[1].patches] == [9, 9]
    assert [text.get_text() for text in figure.axes[3].texts] == ['40%', '40%']
    assert 'one: Fréchet distance 3.0, 9 digits covered' in words


def test_coverage_names_the_digit_that_is_made_most(digits):
    shares = np.eye(10)[7] * 0.9 + 0.01
    figure, words = drawn(vis.plot_coverage({'one': shares}, {'one': digits[0]}))
    assert [bar.get_height() for bar in figure.axes[0].patches] == pytest.approx(shares)
    assert 'one, most often a 7 with 91%' in words


def test_every_other_plot_is_a_figure_with_words(digits):
    pictures = digits[0]
    logits = np.linspace(-4, 4, 9)
    slopes = {'a': np.full(9, 0.25), 'b': np.full(9, 0.75)}
    plots = {
        'show_images': lambda: vis.show_images(pictures, columns=4, title='six'),
        'show_opinions': lambda: vis.show_opinions({'fake': pictures[:2]}, {'fake': [0.25, 0.5]}),
        'show_pairs': lambda: vis.show_pairs(pictures[:2], pictures[2:4], [1.5, 2.5], ['top', 'bottom'], 'pairs'),
        'draw_game': vis.draw_game,
        'plot_two_losses': lambda: vis.plot_two_losses(logits, {'a': logits, 'b': -logits}, slopes),
    }
    told = {'show_images': 'six, in 3 rows of 4: 10 of 10', 'show_opinions': 'gives 0.25 to 0.50',
            'show_pairs': '1.5 to 2.5 apart', 'draw_game': 'goes back through D to G',
            'plot_two_losses': 'a has the steepness 0.25 and b has the steepness 0.75'}
    for name, plot in plots.items():
        figure, words = drawn(plot())
        figure.canvas.draw()
        assert told[name] in words


def test_the_pad_shows_the_chosen_point_and_what_is_read_there(digits):
    pictures, labels = digits
    figure, words = drawn(vis.show_pad(pictures[:9], right=1, down=0.5, picture=pictures[:1]))
    (mark,) = figure.axes[0].get_lines()
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (13.5 + 2 * 30, 13.5 + 30)
    assert f'right 1.00 and down 0.50 of the square the generator makes what is read as {labels[0]}' in words
