"""Cells to play with, as far as they can be tried without a browser."""

import io
import math

import matplotlib.pyplot as plt
import nbformat
import pytest
from nbformat import v4
from PIL import Image

from cs231n._shared.paths import ROOT
from cs231n.course.execution import execute
from cs231n.course.pages import page
from cs231n.plots.hands_on import HandsOn, button, choice, hands_on, slider
from cs231n.plots.theme import show


def draw(**values):
    """A picture that says what it was asked for."""
    if values.get('scale') == 2:
        raise RuntimeError('no <scale> of 2')
    fig, axis = plt.subplots(figsize=(4, 3))
    axis.bar([0], [values.get('scale', 1)])
    show(fig, f'bars of {values}')


def controls():
    return {'scale': slider('scale', 0, 3, 1), 'kind': choice('kind', {'one': 1, 'two': 2}), 'seed': button('again')}


def test_each_control_draws_anew():
    box = HandsOn(draw, controls())
    seen = [box.picture.value]
    assert "{'scale': 1, 'kind': 1, 'seed': 0}" in box.alt
    box.controls['scale'].value = 3
    seen.append(box.picture.value)
    box.controls['kind'].label = 'two'
    box.controls['seed'].click()
    box.controls['seed'].click()
    assert '&#x27;scale&#x27;: 3, &#x27;kind&#x27;: 2, &#x27;seed&#x27;: 2' in box.words.value
    assert seen[0] != seen[1] and plt.get_fignums() == []
    picture = Image.open(io.BytesIO(seen[1]))
    assert (picture.format, picture.size, int(box.picture.width)) == ('JPEG', (600, 450), 400)


def test_an_error_is_told_and_passes():
    box = HandsOn(draw, controls())
    box.controls['scale'].value = 2
    assert box.words.value == '<b>RuntimeError</b>: no &lt;scale&gt; of 2'
    box.controls['scale'].value = 1
    assert 'bars of' in box.words.value


@pytest.mark.parametrize('arguments, expected', [
    ((0, 3, 1), 1), ((0.0, 3, 1), 1.0), ((0.01, 10, 0.1, None, True), 0.1), ((0.5, 2.0, 0.7, 0.1), 0.7)])
def test_a_slider_begins_where_it_is_told_to(arguments, expected):
    value = slider('x', *arguments).value
    assert value == pytest.approx(expected) and type(value) is type(expected)


@pytest.mark.parametrize('low, high, value, log', [
    (0.5, 2.0, 1.0, False), (0.0, 1.0, 0.0, False), (0.1, 25.6, 1.6, True), (0.0, 1.0, 0.001, False)])
def test_a_slider_begins_at_a_whole_number_of_steps(low, high, value, log):
    made = slider('x', low, high, value, log=log)
    steps = ((math.log10(value) if log else value) - made.min) / made.step
    assert steps == pytest.approx(round(steps), abs=1e-9) and 0 < made.step < (made.max - made.min) / 25


@pytest.mark.parametrize('make, told', [
    (lambda: slider('x', 0, 1, 2), 'slider: value must lie between 0 and 1, got 2'),
    (lambda: slider('x', 0, 1, 1, log=True), 'slider: low must be above 0 where log is set, got 0'),
    (lambda: choice('x', []), r'choice: options must hold at least one, got \[\]'),
    (lambda: hands_on(draw), 'hands_on: at least one control must be given, got none'),
    (lambda: HandsOn(lambda again: None, {'again': button('x')}), 'must show one picture, .* got 0'),
])
def test_what_cannot_be_shown_is_told(make, told):
    with pytest.raises(ValueError, match=told):
        make()


CELL = """
import matplotlib.pyplot as plt
from cs231n.plots.hands_on import button, hands_on
from cs231n.plots.theme import show

def draw(seed):
    fig, axis = plt.subplots()
    show(fig, f'an empty picture, number {seed}')

hands_on(draw, seed=button('draw again'))
"""


def test_a_saved_page_has_the_first_picture_and_its_words(tmp_path):
    nbformat.write(v4.new_notebook(cells=[v4.new_code_cell(CELL)]), tmp_path / 'one.ipynb')
    done = execute(tmp_path / 'one.ipynb', env={'PYTHONPATH': str(ROOT)})
    assert done.failure is None
    output, = done.notebook.cells[0].outputs
    assert output.data['text/plain'] == 'controls: draw again'
    text = page(done)
    assert text.count('<img ') == 1 and 'alt="an empty picture, number 0"' in text
