"""The plots of the notebook GANs."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from cs231n.metrics.digits import CLEAR
from cs231n.plots.theme import (
    BLUE,
    GREEN,
    GREY,
    INK,
    RED,
    YELLOW,
    check_some,
    curve,
    dark,
    dots,
    plain_axes,
    running_mean,
    show,
)
from cs231n.sample_world.digits.reader import look

GAP = 2  # pixels of paper between two pictures
WIDE = 9.0  # inches
TOLD = 12  # digits that are named in words


def tile(images, columns):
    """Return pictures in [-1, 1], N times 784 numbers in any shape, as one array, side by side, in [0, 1]."""
    images = (np.asarray(images, float).reshape(-1, 28, 28) + 1) / 2
    rows = -(-len(images) // columns)
    sheet = np.full((rows * (28 + GAP) - GAP, columns * (28 + GAP) - GAP), 0.35)
    for k, image in enumerate(images):
        top, left = (k // columns) * (28 + GAP), (k % columns) * (28 + GAP)
        sheet[top:top + 28, left:left + 28] = image
    return sheet


def read(images):
    """Return in words what the reader of digits sees in pictures: '3 of 5 read clearly, as 7 1 0'."""
    probabilities = look(np.asarray(images).reshape(-1, 784))[1]
    clear = [str(p.argmax()) for p in probabilities if p.max() >= CLEAR]
    told = ' '.join(clear[:TOLD]) + (' …' if len(clear) > TOLD else '')
    return f'{len(clear)} of {len(probabilities)} read clearly' + (f', as {told}' if clear else '')


def _sheet(axis, images, columns):
    axis.imshow(tile(images, columns), cmap='gray', vmin=0, vmax=1, interpolation='nearest')
    axis.set(xticks=[], yticks=[])
    axis.spines[:].set_visible(False)


def show_images(images, title, columns=12):
    """Show pictures in [-1, 1] in a grid. ValueError without pictures."""
    check_some('show_images: images', images)
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    fig, axis = plt.subplots(figsize=(WIDE, WIDE * rows / columns + 0.35))
    _sheet(axis, images, columns)
    axis.set_title(title, color=INK, fontsize=12)
    fig.tight_layout(pad=0.2)
    show(fig, f'{title}, in {rows} rows of {columns}: {read(images)}.')


def show_rows(rows, labels, title, columns=10):
    """Show the first pictures of each row, one row above the other, each with its label at the left.

    title: what the rows are, for those who do not see them.
    ValueError: there are not as many labels as rows, or no pictures.
    """
    check_some('show_rows: rows', rows)
    for k, images in enumerate(rows):
        check_some(f'show_rows: rows[{k}]', images)
    if len(rows) != len(labels):
        raise ValueError(f'labels must be {len(rows)}, one for each row, got {len(labels)}')
    rows = [images[:columns] for images in rows]
    columns = max(map(len, rows))
    size = (WIDE - 1.4) / columns
    fig, axes = plt.subplots(len(rows), 1, figsize=(WIDE, (size + 0.08) * len(rows)), squeeze=False)
    for axis, images, label in zip(axes[:, 0], rows, labels):
        _sheet(axis, images, columns)
        axis.set_ylabel(label, rotation=0, ha='right', va='center', fontsize=12, color=INK)
    fig.tight_layout(pad=0.25, h_pad=0.2)
    show(fig, f'{title}. ' + '; '.join(f'{label}: {read(images)}' for label, images in zip(labels, rows)) + '.')


def show_opinions(pictures, probabilities):
    """Show rows of pictures, {name: pictures}, and below each the probability {name: [p]} that D gives it of "real"."""
    columns = max(map(len, pictures.values()))
    fig, axes = plt.subplots(len(pictures), columns, squeeze=False,
                             figsize=(WIDE, len(pictures) * ((WIDE - 0.6) / columns + 0.35)))
    for row, (name, images) in zip(axes, pictures.items()):
        row[0].set_ylabel(name, fontsize=13, color=INK)
        for axis, image, p in zip(row, images, probabilities[name]):
            _sheet(axis, image, 1)
            axis.set_xlabel(f'D: {p:.2f}', fontsize=13, color=INK)
    fig.tight_layout(pad=0.3)
    show(fig, 'An untrained pair: ' + '; '.join(
        f'{name} pictures, {read(images)}, to which D gives {min(probabilities[name]):.2f} to '
        f'{max(probabilities[name]):.2f}' for name, images in pictures.items()) + '.')


def show_pairs(tops, bottoms, distances, labels, title):
    """Show pictures above the ones they are compared with, and below each pair how far they are apart."""
    size = (WIDE - 0.8) / len(tops)
    fig, axes = plt.subplots(2, len(tops), figsize=(WIDE, 2 * size + 0.35), squeeze=False)
    for row, images, label in zip(axes, (tops, bottoms), labels):
        row[0].set_ylabel(label, fontsize=12, color=INK)
        for axis, image in zip(row, images):
            _sheet(axis, image, 1)
    for axis, distance in zip(axes[1], distances):
        axis.set_xlabel(f'{distance:.1f}', fontsize=12, color=INK)
    fig.tight_layout(pad=0.3, h_pad=0.1, w_pad=0.3)
    show(fig, f'{title}: {labels[0]} {read(tops)}; {labels[1]} {read(bottoms)}; {min(distances):.1f} to '
              f'{max(distances):.1f} apart.')


def plot_losses(history, draw, window=25):
    """Plot the losses of D and of G, {'D': losses, 'G': losses}, faintly, and their running means.

    draw: the two losses where neither is ahead, as dashed lines.
    """
    fig, axes = plt.subplots(1, 2, figsize=(WIDE, 3.1))
    ends = []
    for axis, network, level, colour in zip(axes, 'DG', draw, (BLUE, RED)):
        losses = np.asarray(history[network])
        places, mean = running_mean(losses, min(window, len(losses)))
        axis.plot(losses, color=colour, alpha=0.25, lw=0.8)
        axis.plot(places, mean, color=dark(colour), lw=2.2)
        axis.axhline(level, color=INK, lw=1.2, ls='--')
        top = max(1.35 * mean.max(), 1.4 * level)  # single batches may leave the picture
        below = mean.mean() > level
        axis.text(len(losses), level + (-0.02 if below else 0.02) * top, f'a draw: {level}', ha='right', fontsize=12,
                  va='top' if below else 'bottom', color=INK)
        axis.set(ylim=(0, top))
        axis.set_xlabel('step', fontsize=12)
        axis.set_title(f'loss of {network}', fontsize=13, color=INK)
        ends.append(f'that of {network} ends at {mean[-1]:.2f}, where {level} is a draw')
    for axis in axes:
        plain_axes(fig, axis)
    show(fig, f"Losses over {len(history['D'])} steps: {'; '.join(ends)}.")


def draw_game():
    """Draw the two updates of a step: which way pictures go, and how far each gradient goes back."""
    fig, axes = plt.subplots(2, 1, figsize=(WIDE, 4))
    notes = {'D': (8.1, 'ends here: fake.detach()'), 'G': (6.0, 'passes through D, changes only G')}
    for axis, learner in zip(axes, 'DG'):
        axis.set(xlim=(0, 10.5), ylim=(-0.3, 1.75))
        axis.axis('off')
        axis.text(0, 1.5, f'{learner} learns', color=INK, fontsize=13, weight='bold')
        boxes = [(0.4, 'noise z', GREY), (2.5, 'G', GREEN), (4.6, 'fake', GREY), (6.8, 'D', BLUE),
                 (9.0, f'loss of {learner}', RED)]
        for x, text, colour in boxes:
            _box(axis, x, text, dark(colour), filled=text == learner)
        for x, _, _ in boxes[1:]:
            _arrow(axis, (x - 1.0, 0.7), (x - 0.1, 0.7), INK)
        if learner == 'D':
            axis.text(5.1, 1.45, 'real', ha='center', va='center', color=INK, fontsize=12)
            _arrow(axis, (5.45, 1.42), (6.85, 1.08), INK)
        _arrow(axis, (9.5, 0.38), (7.3 if learner == 'D' else 3.0, 0.38), dark(RED), bend=-0.12, dashed=True)
        x, note = notes[learner]
        axis.text(x, -0.16, f'gradient, {note}', color=dark(RED), ha='center', va='top', fontsize=12)
    fig.tight_layout(pad=0.3, h_pad=1.2)
    show(fig, 'Noise goes through G, the fake through D, and D makes a loss. When D learns, the gradient ends at D; '
              'when G learns, it goes back through D to G.')


def _box(axis, x, text, colour, filled):
    axis.add_patch(FancyBboxPatch((x, 0.45), 1.0, 0.5, boxstyle='round,pad=0.06', lw=1.4, ec=colour,
                                  fc=colour if filled else 'white'))
    axis.text(x + 0.5, 0.7, text, ha='center', va='center', color='white' if filled else INK, fontsize=12)


def _arrow(axis, start, end, colour, bend=0.0, dashed=False):
    axis.add_patch(FancyArrowPatch(start, end, arrowstyle='-|>', mutation_scale=12, color=colour, lw=1.4,
                                   connectionstyle=f'arc3,rad={bend}', ls='--' if dashed else '-',
                                   clip_on=False))


def plot_two_losses(logits, losses, gradients):
    """Plot what G may minimise and its slope against D(G(z)): {name: values}, all over the same logits."""
    fig, axes = plt.subplots(1, 2, figsize=(WIDE, 3.2))
    share = 1 / (1 + np.exp(-logits))
    for axis, curves, label in zip(axes, (losses, gradients), ('loss', 'steepness, |slope| by the logit')):
        for (name, values), look_of in zip(curves.items(), (curve(1), curve(0))):
            axis.plot(share, values, lw=2.2, label=name, **look_of)
        axis.set(xlim=(0, 1))
        axis.set_xlabel('D(G(z)): how real D finds the fake', fontsize=11)
        axis.set_title(label, fontsize=12, color=INK)
        axis.axvspan(0, 0.1, color=GREY, alpha=0.2, lw=0)
    axes[0].legend(frameon=False, fontsize=11)
    axes[1].text(0.12, 0.5, 'grey: here\nG starts', color=INK, fontsize=11, va='center')
    for axis in axes:
        plain_axes(fig, axis)
    start = int(np.abs(share - 0.05).argmin())
    show(fig, 'Where D finds a fake real with a probability of 0.05, ' + ' and '.join(
        f'{name} has the steepness {float(values[start]):.2f}' for name, values in gradients.items()) + '.')


def plot_judgements(judgements):
    """Draw bars of the four figures of metrics.digits.evaluate: {name of a model: dict}."""
    panels = [('frechet', 'Fréchet distance\n(less is better)', '{:.1f}'), ('covered', 'digits covered', '{:.0f}'),
              ('evenness', 'evenness', '{:.2f}'), ('clear', 'share read\nclearly', '{:.0%}')]
    fig, axes = plt.subplots(1, 4, figsize=(WIDE, 2.8), sharey=True)
    names = list(judgements)
    for axis, (key, title, form) in zip(axes, panels):
        values = [judgements[name][key] for name in names]
        bars = axis.barh(range(len(names)), values, color=[BLUE] * (len(names) - 1) + [GREY], height=0.65)
        axis.bar_label(bars, labels=[form.format(value) for value in values], fontsize=11, color=INK, padding=3)
        axis.set_yticks(range(len(names)), names, fontsize=12)
        axis.set_title(title, fontsize=12, color=INK)
        axis.set_xlim(0, 1.45 * max(values))
        axis.set_xticks([])
        axis.spines[['top', 'right', 'bottom']].set_visible(False)
    axes[0].invert_yaxis()
    fig.tight_layout()
    show(fig, 'Four figures for each: ' + '; '.join(
        f"{name}: Fréchet distance {found['frechet']:.1f}, {found['covered']} digits covered, evenness "
        f"{found['evenness']:.2f}, {found['clear']:.0%} read clearly" for name, found in judgements.items()) + '.')


def plot_coverage(shares, examples):
    """Draw how often each digit is drawn: {name of a model: shares of the ten digits}, one below the other.

    examples: {name: a few of its pictures}, which are shown beside.
    """
    fig, axes = plt.subplots(len(shares), 2, figsize=(WIDE, 1.75 * len(shares)), squeeze=False,
                             gridspec_kw={'width_ratios': (1.15, 1)}, layout='constrained')
    for k, ((bars, sheet), (name, values)) in enumerate(zip(axes, shares.items())):
        bars.bar(range(10), values, color=dots(k)['color'], width=0.75)
        bars.axhline(0.1, color=INK, lw=1.2, ls='--')
        bars.set(ylim=(0, 1), xticks=range(10))
        bars.set_title(f'{name}: most often {np.argmax(values)}, {np.max(values):.0%}', fontsize=12, color=INK)
        bars.spines[['top', 'right']].set_visible(False)
        _sheet(sheet, examples[name], 8)
    axes[-1, 0].set_xlabel('digit, as the reader of digits reads it', fontsize=11)
    show(fig, 'Share of each digit among a thousand fakes: ' + '; '.join(
        f'{name}, most often a {np.argmax(values)} with {np.max(values):.0%}' for name, values in shares.items()) + '.')


def show_pad(sheet, right, down, picture):
    """Show a square of latent space: the pictures of a grid of its points, and large the one of a chosen point.

    sheet: n * n pictures, row by row; right, down: where the point lies, each from 0 to 1; picture: its picture.
    """
    n = round(len(sheet) ** 0.5)
    fig, (left, large) = plt.subplots(1, 2, figsize=(7, 3.6), layout='constrained')
    _sheet(left, sheet, n)
    first, last = 13.5, 13.5 + (n - 1) * (28 + GAP)  # the middles of the outermost pictures
    left.plot(first + right * (last - first), first + down * (last - first), 's', ms=22, mfc='none', mec=YELLOW, mew=3)
    left.set_title('a square of latent space', fontsize=12, color=INK)
    _sheet(large, picture, 1)
    large.set_title(f'right {right:.2f}, down {down:.2f}', fontsize=12, color=INK)
    p = look(np.asarray(picture).reshape(1, 784))[1][0]
    large.set_xlabel(f'read as {p.argmax()} with {p.max():.0%}', fontsize=12, color=INK)
    show(fig, f'At right {right:.2f} and down {down:.2f} of the square the generator makes what is read as '
              f'{p.argmax()} with a probability of {p.max():.0%}.')
