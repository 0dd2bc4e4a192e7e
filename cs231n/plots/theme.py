"""Colours and shapes that all plots share."""

import numpy as np
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

INK, BLUE, RED, GREEN, GREY = '#22313f', '#2e6fb7', '#c0392b', '#2e8b57', '#8a97a3'


def check_some(argument, items):
    """Raise unless there is something to show; argument: 'function: name'."""
    if len(items) == 0:
        raise ValueError(f'{argument} must hold at least one, got none')


def running_mean(values, span):
    """Return the places and the values of the mean over `span` neighbours."""
    mean = np.convolve(values, np.ones(span) / span, mode='valid')
    return np.arange(len(mean)) + span // 2, mean


def box(axis, x, y, text, colour):
    """Draw a box with rounded corners about a text."""
    axis.add_patch(FancyBboxPatch((x - 0.6, y - 0.3), 1.2, 0.6, boxstyle='round,pad=0.05', fc=colour, ec=INK, lw=1))
    axis.text(x, y, text, ha='center', va='center', fontsize=8.5, color=INK)


def arrow(axis, start, end):
    """Draw an arrow from start to end."""
    axis.add_patch(FancyArrowPatch(start, end, arrowstyle='-|>', mutation_scale=10, color=INK, lw=1))


def plain_axes(fig, axis):
    """Leave an axis two spines and a faint grid."""
    axis.spines[['top', 'right']].set_visible(False)
    axis.grid(alpha=0.25)
    fig.tight_layout()
