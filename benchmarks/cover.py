"""The picture at the top of the README, from the pictures saved in the notebooks: python -m benchmarks.cover

A row for each notebook: what its cells with the tag `cover` show, in docs/notebooks.jpg.
"""

import base64
import io
import sys

import nbformat
from matplotlib.font_manager import findfont
from PIL import Image, ImageDraw, ImageFont, ImageOps

from benchmarks.report import ROOT
from cs231n._shared.console import command
from cs231n.course.assignment import NOTEBOOKS

COVER = ROOT / 'docs' / 'notebooks.jpg'
WIDTH, HEIGHT, MARGIN, LABEL = 1600, 340, 12, 34  # pixels: of the whole; of pictures in a row; about them; a title
FONT = ImageFont.truetype(findfont('DejaVu Sans'), 20)


def covers(notebook):
    """The first picture of each cell with the tag `cover`."""
    cells = [cell for cell in notebook.cells if 'cover' in cell.metadata.get('tags', [])]
    shown = [[o.data[kind] for o in cell.outputs for kind in ('image/png', 'image/jpeg') if kind in o.get('data', {})]
             for cell in cells]
    return [Image.open(io.BytesIO(base64.b64decode(images[0]))).convert('RGB') for images in shown if images]


def row(name, images):
    """The pictures side by side, equally high, under the notebook's name."""
    room = WIDTH - MARGIN * (len(images) + 1)
    height = min(HEIGHT, int(room / sum(image.width / image.height for image in images)))
    sheet = Image.new('RGB', (WIDTH, LABEL + height + MARGIN), 'white')
    ImageDraw.Draw(sheet).text((MARGIN, 6), name, fill='#22313f', font=FONT)
    widths = [round(image.width * height / image.height) for image in images]
    x = MARGIN
    for image, width in zip(images, widths):
        sheet.paste(ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS), (x, LABEL))
        x += width + MARGIN
    return sheet


def cover(notebooks):
    """One row under the other; notebooks: {name: notebook}. ValueError if one shows nothing."""
    rows = []
    for name, notebook in notebooks.items():
        images = covers(notebook)
        if not images:
            raise ValueError(f'{name}: expected a cell with the tag cover and a picture among its outputs, got none')
        rows.append(row(name, images))
    sheet = Image.new('RGB', (WIDTH, sum(r.height for r in rows)), 'white')
    y = 0
    for r in rows:
        sheet.paste(r, (0, y))
        y += r.height
    return sheet


@command
def main():
    notebooks = {name: nbformat.read(ROOT / 'notebooks' / f'{name}.ipynb', as_version=4) for name in NOTEBOOKS}
    cover(notebooks).save(COVER, quality=85)
    print(f'{COVER}: {COVER.stat().st_size // 1000} kB')


if __name__ == '__main__':
    sys.exit(main())
