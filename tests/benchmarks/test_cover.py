"""The README's picture shows what the notebooks show."""

import base64
import io

import nbformat.v4 as v4
import pytest
from PIL import Image

from benchmarks import cover


def _notebook(*colours, tag='cover'):
    cells = []
    for colour in colours:
        file = io.BytesIO()
        Image.new('RGB', (300, 200), colour).save(file, 'PNG')
        picture = v4.new_output('display_data', {'image/png': base64.b64encode(file.getvalue()).decode()})
        cells.append(v4.new_code_cell('x', outputs=[picture], metadata={'tags': [tag]}))
    return v4.new_notebook(cells=cells)


def test_every_notebook_has_a_row_of_its_pictures():
    sheet = cover.cover({'one': _notebook('red', 'blue'), 'two': _notebook('green')})
    assert sheet.width == cover.WIDTH
    colours = {colour for count, colour in sheet.getcolors(maxcolors=10**6) if count > 10_000}
    assert {(255, 0, 0), (0, 0, 255), (0, 128, 0), (255, 255, 255)} <= colours


def test_a_notebook_that_shows_nothing_is_named():
    with pytest.raises(ValueError, match='two: expected a cell with the tag cover'):
        cover.cover({'one': _notebook('red'), 'two': _notebook('red', tag='other')})
