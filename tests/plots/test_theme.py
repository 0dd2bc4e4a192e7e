"""What all plots share."""

import io
import re

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from nbformat import v4
from PIL import Image

from cs231n._shared.paths import ROOT
from cs231n.course.execution import execute
from cs231n.course.pages import page
from cs231n.plots import captioning, gans, network_visualization, style_transfer, theme


@pytest.mark.parametrize('show, arguments, told', [
    (captioning.show_images, ([],), 'show_images: images'),
    (captioning.show_captions, ([], []), 'show_captions: images'),
    (captioning.show_choices, ([], []), 'show_choices: images'),
    (captioning.show_neighbours, ({}, None), 'show_neighbours: table'),
    (gans.show_images, ([], 'none'), 'show_images: images'),
    (gans.show_rows, ([], [], 'none'), 'show_rows: rows'),
    (gans.show_rows, ([[]], ['none'], 'none'), r'show_rows: rows\[0\]'),
    (network_visualization.show_pictures, ([], [], 'none'), 'show_pictures: pictures'),
    (style_transfer.show_row, ([], [], 'none'), 'show_row: pictures'),
])
def test_nothing_to_show_is_named(show, arguments, told):
    with pytest.raises(ValueError, match=f'{told} must hold at least one, got none'):
        show(*arguments)


def contrast(colour):
    """The contrast of a colour on white, as WCAG 2.2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 1.05 / (np.dot(linear, (0.2126, 0.7152, 0.0722)) + 0.05)


@pytest.mark.parametrize('colour', [*theme.COLOURS, theme.YELLOW, theme.INK, theme.GREY])
def test_letters_are_legible_on_white(colour):
    assert contrast(theme.dark(colour)) >= 4.5


def test_a_colour_of_ones_own_has_no_dark_variant():
    with pytest.raises(ValueError, match="dark: colour must be one of this module, got 'red'"):
        theme.dark('red')


def test_curves_and_points_differ_not_by_colour_alone():
    for told in ([tuple(theme.curve(k).values()) for k in range(6)], [tuple(theme.dots(k).values()) for k in range(6)]):
        colours, shapes = zip(*told)
        assert len(set(colours)) == len(set(shapes)) == 6
    (right, good), (wrong, bad) = theme.judged(True), theme.judged(False)
    assert (right, wrong) == ('✓', '✗') and good != bad and min(map(contrast, (good, bad))) >= 4.5


def figure(picture=None):
    fig, axis = plt.subplots(figsize=(4, 3))
    axis.plot([1, 2]) if picture is None else axis.imshow(picture)
    return fig


@pytest.mark.parametrize('picture, kind', [
    (None, 'PNG'), (np.zeros((4, 4)), 'PNG'), (np.zeros((4, 4, 3), np.uint8), 'JPEG')])
def test_a_figure_is_stored_at_150_dpi(picture, kind):
    mime, content, width = theme.encode(figure(picture))
    stored = Image.open(io.BytesIO(content))
    assert (stored.format, mime) == (kind, f'image/{kind.lower()}')
    assert stored.width == pytest.approx(1.5 * width, abs=1) and 2.5 < width / 100 <= 4.2
    plt.close('all')


@pytest.mark.parametrize('alt', ['', '  ', None])
def test_a_figure_without_words_is_not_shown(alt):
    with pytest.raises(ValueError, match='show: alt must say in words'):
        theme.show(figure(), alt)
    plt.close('all')


def test_outside_a_kernel_a_figure_stays_to_be_looked_at():
    theme.show(fig := figure(), 'two points')
    assert plt.fignum_exists(fig.number) and fig.get_label() == 'two points'
    plt.close('all')


SHOWN = """
%matplotlib inline
import matplotlib.pyplot as plt
from cs231n.plots.theme import show
fig, axis = plt.subplots()
axis.plot([1, 2])
show(fig, 'a line "up" from 1 to 2')
print(plt.get_fignums())
"""


def test_in_a_kernel_a_figure_is_shown_once_and_its_words_reach_the_page(tmp_path):
    nbformat.write(v4.new_notebook(cells=[v4.new_code_cell(SHOWN)]), tmp_path / 'one.ipynb')
    done = execute(tmp_path / 'one.ipynb', env={'PYTHONPATH': str(ROOT)})
    assert done.failure is None
    kinds = {output.output_type: output for output in done.notebook.cells[0].outputs}
    assert len(done.notebook.cells[0].outputs) == 2 and kinds['stream'].text == '[]\n'
    assert kinds['display_data'].data['text/plain'].startswith('<Figure size')
    assert re.search(r'''<img alt='a line "up" from 1 to 2' [^>]*width="\d+"''', page(done))
