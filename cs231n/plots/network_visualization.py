"""The plots of the notebook NetworkVisualization."""

import matplotlib.pyplot as plt
import numpy as np

from cs231n.net_visualization_pytorch import deprocess
from cs231n.plots.theme import BLUE, GREEN, GREY, INK, RED, check_some

OUTLINE = '#19d3da'
DPI = 64  # the notebook stays small, and the pictures of 128 pixels are shown nearly one to one


def draw_gather(scores, y):
    """Draw scores (N, K) as a table with the score of class y[n] framed in each row."""
    N, K = scores.shape
    fig, axis = plt.subplots(figsize=(0.75 * K + 2.6, 0.42 * N + 0.9))
    axis.imshow(scores, cmap='Blues', vmin=scores.min() - 1, vmax=scores.max() + 6, aspect='auto')  # pale: text on it
    for n, k in np.ndindex(N, K):
        picked = k == y[n]
        axis.text(
            k, n, f'{scores[n, k]:.1f}', ha='center', va='center', color=RED if picked else INK,
            weight='bold' if picked else 'normal',
        )  # fmt: skip
        if picked:
            axis.add_patch(plt.Rectangle((k - 0.47, n - 0.45), 0.94, 0.9, fill=False, ec=RED, lw=2))
    axis.set_xticks(range(K), [f'class {k}' for k in range(K)], fontsize=8)
    axis.set_yticks(range(N), [f'picture {n},  y = {y[n]}' for n in range(N)], fontsize=8)
    axis.xaxis.tick_top()
    axis.spines[:].set_visible(False)
    axis.tick_params(length=0)
    fig.tight_layout()


def show_saliency(images, maps, titles, masks=None):
    """Draw two rows: pictures (uint8 H, W, 3) and saliency maps (H, W), with the outline of the thing if known."""
    N = len(images)
    fig, axes = plt.subplots(2, N, figsize=(2.1 * N, 4.5), squeeze=False, dpi=DPI)
    for n, (top, bottom) in enumerate(axes.T):
        top.imshow(images[n])
        bottom.imshow(bright(maps[n]), cmap='hot')
        top.set_title(titles[n], fontsize=12, color=INK)
        if masks is not None:
            for axis in (top, bottom):
                axis.contour(masks[n], levels=[0.5], colors=OUTLINE, linewidths=1)
    _finish(fig, axes)


def bright(saliency):
    """Return a saliency map for the eye: divided by its 99.5th percentile and cut off at 1."""
    return np.clip(saliency / max(np.percentile(saliency, 99.5), 1e-12), 0, 1)


def show_maps(rows, images, outlines=None):
    """Draw a grid: the pictures in the first column, then one column for each {title: maps} of rows."""
    N = len(images)
    fig, axes = plt.subplots(N, len(rows) + 1, figsize=(2.1 * (len(rows) + 1), 2.1 * N + 0.4), squeeze=False, dpi=DPI)
    for n in range(N):
        axes[n, 0].imshow(images[n])
        for axis, (title, maps) in zip(axes[n, 1:], rows.items()):
            axis.imshow(bright(maps[n]), cmap='hot')
            if outlines is not None:
                axis.contour(outlines[n], levels=[0.5], colors=OUTLINE, linewidths=0.8)
            if n == 0:
                axis.set_title(title, fontsize=12, color=INK)
    _finish(fig, axes)


def show_fooling(X, X_fooling, before, after, names):
    """Draw the original, the fooling picture, their difference once and ten times, and what the network believes.

    X, X_fooling: normalised tensors (1, 3, H, W); before, after: probabilities (K,); names: {label: name}.
    """
    fig, axes = plt.subplots(1, 5, figsize=(14.5, 3.1), width_ratios=(1, 1, 1, 1, 1.35), dpi=80)
    difference = 0.5 + (as_colours(X_fooling) - as_colours(X))
    pictures = as_colours(X), as_colours(X_fooling), difference, 0.5 + 10 * (difference - 0.5)
    seen = [names[int(np.argmax(p))].split(',')[0] for p in (before, after)]
    titles = f'original: {seen[0]}', f'fooled: {seen[1]}', 'difference', 'difference × 10'
    for axis, picture, title in zip(axes, pictures, titles):
        axis.imshow(np.clip(picture, 0, 1))
        axis.set_title(title, fontsize=10, color=INK)
        axis.axis('off')
    _bars(axes[4], before, after, names)
    fig.tight_layout()


def as_colours(X):
    """Return the first of the normalised pictures (N, 3, H, W) as an array (H, W, 3) with values from 0 to 1."""
    return np.asarray(deprocess(X, should_rescale=False), dtype=np.float64) / 255


def _bars(axis, before, after, names, count=4):
    """Draw the most probable classes, before and after."""
    top = np.argsort(-np.maximum(before, after))[:count][::-1]
    at = np.arange(count)
    axis.barh(at + 0.2, 100 * before[top], 0.38, color=GREY, label='before')
    axis.barh(at - 0.2, 100 * after[top], 0.38, color=RED, label='after')
    axis.set_yticks(at, [names[int(k)].split(',')[0] for k in top], fontsize=9)
    axis.set(xlim=(0, 100), xlabel='probability, %')
    axis.legend(frameon=False, fontsize=8, loc='lower right')
    axis.spines[['top', 'right']].set_visible(False)


def show_pictures(pictures, titles, columns=6, width=2.0):
    """Show normalised pictures, each (1, 3, H, W), in a grid with titles. ValueError without pictures."""
    check_some('show_pictures: pictures', pictures)
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    fig, axes = plt.subplots(rows, columns, figsize=(width * columns, (width + 0.28) * rows), squeeze=False, dpi=DPI)
    for axis, picture, title in zip(axes.flat, pictures, titles):
        axis.imshow(as_colours(picture))
        axis.set_title(title, fontsize=12, color=INK)
    _finish(fig, axes)


def plot_walks(lengths, walks):
    """Plot the lead of the wrong class, {label: values}, against the distance walked."""
    fig, axis = plt.subplots(figsize=(6.5, 3.2))
    for (label, values), colour in zip(walks.items(), (RED, GREY, BLUE, GREEN)):
        axis.plot(lengths, values, color=colour, lw=2, label=label)
    axis.axhline(0, color=INK, lw=1, ls='--')
    axis.annotate('above: fooled', (lengths[-1], 0), ha='right', va='bottom', fontsize=12, color=INK)
    axis.set(xlabel='length of the change ‖ΔX‖', ylabel='lead of the wrong class')
    axis.legend(frameon=False)
    axis.spines[['top', 'right']].set_visible(False)
    axis.grid(alpha=0.25)
    fig.tight_layout()


def _finish(fig, axes):
    for axis in axes.flat:
        axis.axis('off')
    fig.tight_layout(pad=0.4)
