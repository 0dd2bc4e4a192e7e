"""The plots of the notebook GANs. Each is left to Jupyter to show and returns nothing, so that a cell may end in it."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from cs231n.plots.theme import BLUE, GREEN, GREY, INK, RED, check_some, running_mean

COLOURS = BLUE, GREEN, RED, GREY
GAP = 2  # pixels of paper between two pictures


def tile(images, columns):
    """Return pictures in [-1, 1], N times 784 numbers in any shape, as one array, side by side, in [0, 1]."""
    images = (np.asarray(images, float).reshape(-1, 28, 28) + 1) / 2
    rows = -(-len(images) // columns)
    sheet = np.full((rows * (28 + GAP) - GAP, columns * (28 + GAP) - GAP), 0.35)
    for k, image in enumerate(images):
        top, left = (k // columns) * (28 + GAP), (k % columns) * (28 + GAP)
        sheet[top:top + 28, left:left + 28] = image
    return sheet


def _sheet(axis, images, columns):
    axis.imshow(tile(images, columns), cmap='gray', vmin=0, vmax=1, interpolation='nearest')
    axis.set(xticks=[], yticks=[])
    axis.spines[:].set_visible(False)


def show_images(images, columns=16, title=None, size=0.62):
    """Show pictures in [-1, 1] in a grid. ValueError without pictures."""
    check_some('show_images: images', images)
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    fig, axis = plt.subplots(figsize=(size * columns, size * rows + 0.3 * bool(title)))
    _sheet(axis, images, columns)
    if title:
        axis.set_title(title, color=INK, fontsize=11)
    fig.tight_layout(pad=0.2)


def show_rows(rows, labels, size=0.62):
    """Show one row of pictures above the other, each with its label at the left.

    ValueError: there are not as many labels as rows, or no pictures.
    """
    check_some('show_rows: rows', rows)
    for k, images in enumerate(rows):
        check_some(f'show_rows: rows[{k}]', images)
    if len(rows) != len(labels):
        raise ValueError(f'labels must be {len(rows)}, one for each row, got {len(labels)}')
    columns = max(map(len, rows))
    height = (size + 0.06) * len(rows)
    fig, axes = plt.subplots(len(rows), 1, figsize=(size * columns + 1.7, height), squeeze=False)
    for axis, images, label in zip(axes[:, 0], rows, labels):
        _sheet(axis, images, columns)
        axis.set_ylabel(label, rotation=0, ha='right', va='center', fontsize=10, color=INK)
    fig.tight_layout(pad=0.25, h_pad=0.1)


def plot_losses(histories, window=25, draw=None):
    """Plot the running means of the losses of D and of G: {name of a model: {'D': losses, 'G': losses}}.

    draw: the two losses where neither is ahead, as dashed lines.
    """
    fig, axes = plt.subplots(1, 2, figsize=(10, 3), sharex=True)
    for axis, network, level in zip(axes, 'DG', draw or (None, None)):
        if level is not None:
            axis.axhline(level, color=INK, lw=1, ls='--')
        for (name, history), colour in zip(histories.items(), COLOURS):
            losses = np.asarray(history[network])
            span = min(window, len(losses))
            axis.plot(losses, color=colour, alpha=0.15, lw=0.8)
            axis.plot(*running_mean(losses, span), color=colour, lw=1.8, label=name)
        axis.set(xlabel='step', ylabel=f'loss of {network}', ylim=(0, None))
        axis.legend(frameon=False, fontsize=9)
        axis.spines[['top', 'right']].set_visible(False)
    fig.tight_layout()


def draw_game():
    """Draw the two updates of a step: which way pictures go, and how far each gradient goes back."""
    fig, axes = plt.subplots(2, 1, figsize=(9, 3.7))
    notes = {'D': (8.1, 'ends here: fake.detach()'), 'G': (6.0, 'passes through D, changes only G')}
    for axis, learner in zip(axes, 'DG'):
        axis.set(xlim=(0, 10.3), ylim=(-0.2, 1.75))
        axis.axis('off')
        axis.text(0, 1.5, f'{learner} learns', color=INK, fontsize=11, weight='bold')
        boxes = [(0.4, 'noise z', GREY), (2.5, 'G', GREEN), (4.6, 'fake', GREY), (6.8, 'D', BLUE),
                 (9.0, f'loss of {learner}', RED)]
        for x, text, colour in boxes:
            _box(axis, x, text, colour, filled=text == learner)
        for x, _, _ in boxes[1:]:
            _arrow(axis, (x - 1.0, 0.7), (x - 0.1, 0.7), INK)
        if learner == 'D':
            axis.text(5.1, 1.45, 'real', ha='center', va='center', color=INK, fontsize=10)
            _arrow(axis, (5.45, 1.42), (6.85, 1.08), INK)
        _arrow(axis, (9.5, 0.38), (7.3 if learner == 'D' else 3.0, 0.38), RED, bend=-0.12, dashed=True)
        x, note = notes[learner]
        axis.text(x, -0.16, f'gradient, {note}', color=RED, ha='center', va='top', fontsize=9)
    fig.tight_layout(pad=0.3, h_pad=1.2)


def _box(axis, x, text, colour, filled):
    axis.add_patch(FancyBboxPatch((x, 0.45), 1.0, 0.5, boxstyle='round,pad=0.06', lw=1.4, ec=colour,
                                  fc=colour if filled else 'white'))
    axis.text(x + 0.5, 0.7, text, ha='center', va='center', color='white' if filled else INK, fontsize=10)


def _arrow(axis, start, end, colour, bend=0.0, dashed=False):
    axis.add_patch(FancyArrowPatch(start, end, arrowstyle='-|>', mutation_scale=12, color=colour, lw=1.4,
                                   connectionstyle=f'arc3,rad={bend}', ls='--' if dashed else '-',
                                   clip_on=False))


def plot_two_losses(logits, losses, gradients):
    """Plot what G may minimise and its slope against D(G(z)): {name: values}, all over the same logits."""
    fig, axes = plt.subplots(1, 2, figsize=(10, 3.1))
    share = 1 / (1 + np.exp(-logits))
    for axis, curves, label in zip(axes, (losses, gradients), ('loss', '|slope| by the logit')):
        for (name, values), colour in zip(curves.items(), (RED, GREEN)):
            axis.plot(share, values, color=colour, lw=2, label=name)
        axis.set(xlabel='D(G(z)): how real D finds the fake', ylabel=label, xlim=(0, 1))
        axis.axvspan(0, 0.1, color=GREY, alpha=0.15, lw=0)
        axis.spines[['top', 'right']].set_visible(False)
    axes[0].legend(frameon=False, fontsize=9)
    axes[1].text(0.11, 0.5, 'early in\ntraining, D is\nsure: G starts', color=INK, fontsize=8, va='center')
    fig.tight_layout()


def plot_judgements(judgements):
    """Draw bars of the four figures of metrics.digits.evaluate: {name of a model: dict}."""
    panels = [('frechet', 'Fréchet distance (less is better)'), ('covered', 'digits covered'),
              ('evenness', 'evenness'), ('clear', 'share read clearly')]
    fig, axes = plt.subplots(1, 4, figsize=(12, 2.9))
    for axis, (key, title) in zip(axes, panels):
        values = [judgement[key] for judgement in judgements.values()]
        bars = axis.bar(range(len(values)), values, color=COLOURS[:len(values)], width=0.7)
        axis.bar_label(bars, fmt='%.3g', fontsize=9, color=INK)
        axis.set_xticks(range(len(values)), judgements, fontsize=8, rotation=20)
        axis.set_title(title, fontsize=10, color=INK)
        axis.spines[['top', 'right']].set_visible(False)
        axis.margins(y=0.12)
    fig.tight_layout()


def plot_coverage(shares):
    """Draw bars of how often each digit is drawn: {name of a model: shares of the ten digits}."""
    fig, axis = plt.subplots(figsize=(9, 2.6))
    width = 0.84 / len(shares)
    for k, (name, values) in enumerate(shares.items()):
        places = np.arange(10) + (k - (len(shares) - 1) / 2) * width
        axis.bar(places, values, width, label=name, color=COLOURS[k % 4])
    axis.axhline(0.1, color=INK, lw=1, ls='--')
    axis.set_xticks(range(10))
    axis.set(xlabel='digit, as the reader of digits reads it', ylabel='share')
    axis.legend(frameon=False, fontsize=9, ncols=len(shares), loc='upper center', bbox_to_anchor=(0.5, 1.22))
    axis.spines[['top', 'right']].set_visible(False)
    fig.tight_layout()
