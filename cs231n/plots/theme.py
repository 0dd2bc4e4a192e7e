"""Colours, shapes and signs that all plots share, and how a plot is shown."""

import base64
import contextlib
import io

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyArrowPatch
from PIL import Image

# Okabe and Ito's colours, which people with any form of colour blindness tell apart (jfly.uni-koeln.de/color, 2008).
BLUE, RED, GREEN, PURPLE, ORANGE, SKY, YELLOW = (
    '#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#f0e442')
INK, GREY = '#22313f', '#8a97a3'
# The same for letters and thin strokes on white: contrast of at least 4.5 : 1, as WCAG 2.2 asks.
_DARK = {BLUE: '#0072b2', RED: '#b34f00', GREEN: '#007a59', PURPLE: '#a3487a', ORANGE: '#8f6300', SKY: '#20729f',
         YELLOW: '#736b00', INK: INK, GREY: '#5d6975'}
COLOURS = BLUE, RED, GREEN, PURPLE, ORANGE, SKY
LINES = '-', '--', '-.', ':', (0, (6, 1.5, 1, 1.5, 1, 1.5)), (0, (1, 1))
MARKERS = 'o', 's', '^', 'D', 'v', 'P'
DPI, SCREEN_DPI = 150, 100  # dots that are stored for an inch, and how wide a page sets it
JPEG = {'format': 'JPEG', 'quality': 88, 'subsampling': 0}  # without subsampling, coloured letters stay sharp
_takers = []  # lists that take what is shown, the innermost last


def dark(colour):
    """Return the variant of a colour of this module that is legible as text on white; ValueError for another one."""
    if colour not in _DARK:
        raise ValueError(f'dark: colour must be one of this module, got {colour!r}')
    return _DARK[colour]


def curve(k):
    """Return what tells the k-th curve from the others: {'color': …, 'linestyle': …}, so never the colour alone."""
    return {'color': COLOURS[k % len(COLOURS)], 'linestyle': LINES[k % len(LINES)]}


def dots(k):
    """Return what tells the k-th cloud of points from the others: {'color': …, 'marker': …}."""
    return {'color': COLOURS[k % len(COLOURS)], 'marker': MARKERS[k % len(MARKERS)]}


def judged(holds):
    """Return the sign and the colour of its letters for what is right and what is wrong: ('✓', …) or ('✗', …)."""
    return ('✓', dark(GREEN)) if holds else ('✗', dark(RED))


def in_kernel():
    """Say whether this runs in a Jupyter kernel, where there is a page to show something on."""
    from IPython import get_ipython  # takes its time, and whoever only computes does not need it

    return hasattr(get_ipython(), 'kernel')


def show(fig, alt):
    """Show a figure once, with the text that tells what is on it to those who do not see it.

    fig: a Matplotlib figure, closed afterwards; alt: a sentence or two that say what the picture shows, with its
    figures. Outside a kernel, as in a test, the figure stays open; its text is `fig.get_label()`.
    ValueError without a text.
    """
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(f'show: alt must say in words what the picture shows, got {alt!r}')
    fig.set_label(alt)
    if _takers:
        _takers[-1].append((fig, alt))
        return
    if not in_kernel():
        return
    from IPython.display import display

    kind, content, width = encode(fig)
    text = {'alt': alt, 'width': width}
    display({kind: base64.b64encode(content).decode(), 'text/plain': repr(fig)}, raw=True, metadata={kind: text})
    plt.close(fig)


@contextlib.contextmanager
def caught():
    """Within this context `show` shows nothing: it adds (figure, alt) to the list that the context gives."""
    _takers.append([])
    try:
        yield _takers[-1]
    finally:
        _takers.pop()


def encode(fig):
    """Return a figure as (MIME type, bytes, width on the page): a PNG of 256 colours, or a JPEG of photographs.

    The width is in pixels at 100 dots an inch. A picture in colour within an axis counts as a photograph.
    """
    photograph = any(image.get_array().ndim == 3 for axis in fig.axes for image in axis.images)
    drawn, stored = io.BytesIO(), io.BytesIO()
    fig.savefig(drawn, format='png', dpi=DPI, bbox_inches='tight', facecolor='white')
    picture = Image.open(drawn).convert('RGB')
    if photograph:
        picture.save(stored, **JPEG)
    else:
        picture.quantize(256, dither=Image.Dither.NONE).save(stored, format='PNG', optimize=True)
    return f"image/{'jpeg' if photograph else 'png'}", stored.getvalue(), round(picture.width * SCREEN_DPI / DPI)


def check_some(argument, items):
    """Raise unless there is something to show; argument: 'function: name'."""
    if len(items) == 0:
        raise ValueError(f'{argument} must hold at least one, got none')


def running_mean(values, span):
    """Return the places and the values of the mean over `span` neighbours."""
    mean = np.convolve(values, np.ones(span) / span, mode='valid')
    return np.arange(len(mean)) + span // 2, mean


def arrow(axis, start, end):
    """Draw an arrow from start to end."""
    axis.add_patch(FancyArrowPatch(start, end, arrowstyle='-|>', mutation_scale=10, color=INK, lw=1))


def plain_axes(fig, axis):
    """Leave an axis two spines and a faint grid."""
    axis.spines[['top', 'right']].set_visible(False)
    axis.grid(alpha=0.25)
    fig.tight_layout()
