"""The arrays behind the pictures of the notebook GANs, and that every plot can be drawn."""

import matplotlib

matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from cs231n.plots import gans as vis


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
        vis.show_rows([np.zeros((1, 784))] * 2, ['one'])


def drawn(nothing):
    """The figure that was drawn last, by a plot that returns nothing."""
    assert nothing is None
    return plt.gcf()


def test_every_plot_is_a_figure_with_what_it_was_given():
    noise = np.random.RandomState(0).uniform(-1, 1, (6, 784))
    history = {'D': [1.0, 0.5, 0.2], 'G': [0.6, 0.9, 1.2]}
    scores = {'frechet': 3.0, 'covered': 9, 'evenness': 0.9, 'clear': 0.4}
    logits = np.linspace(-2, 2, 5)
    figures = {
        'images': drawn(vis.show_images(noise, columns=4, title='six')),
        'rows': drawn(vis.show_rows([noise[:3], noise[3:]], ['first', 'second'])),
        'losses': drawn(vis.plot_losses({'one': history, 'other': history})),
        'game': drawn(vis.draw_game()),
        'two losses': drawn(vis.plot_two_losses(logits, {'a': logits, 'b': -logits}, {'a': logits, 'b': logits})),
        'judgements': drawn(vis.plot_judgements({'one': scores, 'other': scores})),
        'coverage': drawn(vis.plot_coverage({'one': np.full(10, 0.1)})),
    }
    assert all(isinstance(figure, plt.Figure) for figure in figures.values())
    assert [axis.get_ylabel() for axis in figures['rows'].axes] == ['first', 'second']
    lines = figures['losses'].axes[1].get_lines()
    assert lines[0].get_ydata().tolist() == history['G'] and lines[1].get_ydata() == pytest.approx([0.9])
    assert [bar.get_height() for bar in figures['judgements'].axes[1].patches] == [9, 9]
    assert len(figures['coverage'].axes[0].patches) == 10
    for figure in figures.values():
        figure.canvas.draw()
