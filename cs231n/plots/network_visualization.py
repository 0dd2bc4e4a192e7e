"""The plots of the notebook NetworkVisualization."""

import matplotlib.pyplot as plt
import numpy as np

from cs231n.net_visualization_pytorch import deprocess
from cs231n.plots.theme import COLOURS, GREY, INK, RED, check_some, curve, dark, plain_axes, show

OUTLINE = '#19d3da'
HATCHES = '', '///', 'xxx'  # bars are told apart by more than their colour


def draw_gather(scores, y):
    """Draw scores (N, K) as a table with the score of class y[n] framed in each row."""
    N, K = scores.shape
    fig, axis = plt.subplots(figsize=(0.75 * K + 2.6, 0.42 * N + 0.9))
    axis.imshow(scores, cmap='Blues', vmin=scores.min() - 1, vmax=scores.max() + 6, aspect='auto')  # pale: text on it
    for n, k in np.ndindex(N, K):
        picked = k == y[n]
        axis.text(
            k, n, f'{scores[n, k]:.1f}', ha='center', va='center', color=dark(RED) if picked else INK,
            weight='bold' if picked else 'normal',
        )  # fmt: skip
        if picked:
            axis.add_patch(plt.Rectangle((k - 0.47, n - 0.45), 0.94, 0.9, fill=False, ec=RED, lw=2))
    axis.set_xticks(range(K), [f'class {k}' for k in range(K)], fontsize=10)
    axis.set_yticks(range(N), [f'picture {n},  y = {y[n]}' for n in range(N)], fontsize=10)
    axis.xaxis.tick_top()
    axis.spines[:].set_visible(False)
    axis.tick_params(length=0)
    fig.tight_layout()
    picked = ', '.join(f'{scores[n, k]:.1f}' for n, k in enumerate(y))
    show(fig, f'Table of {N} rows of {K} scores; in each row the score of its label is framed: {picked}.')


# ---- saliency


def bright(saliency):
    """Return a saliency map for the eye: divided by its 99.5th percentile and cut off at 0 and 1."""
    return np.clip(saliency / max(np.percentile(saliency, 99.5), 1e-12), 0, 1)


def overlay(image, saliency):
    """Return a map (H, W) laid over its picture (uint8 H, W, 3), which turns dark and grey: floats (H, W, 3)."""
    light = bright(saliency)[..., None]
    grey = 0.55 * image.mean(-1, keepdims=True) / 255
    return (1 - light) * grey + light * plt.get_cmap('inferno')(light[..., 0])[..., :3]


def show_saliency(images, maps, titles, masks=None):
    """Draw pictures (uint8 H, W, 3) above saliency maps (H, W) laid over them, with the outline if it is known."""
    N = len(images)
    fig, axes = plt.subplots(2, N, figsize=(2.2 * N, 4.75), squeeze=False)
    for n, (top, bottom) in enumerate(axes.T):
        top.imshow(images[n])
        bottom.imshow(overlay(images[n], maps[n]))
        top.set_title(titles[n], fontsize=12, color=INK)
        if masks is not None:
            for axis in (top, bottom):
                axis.contour(masks[n], levels=[0.5], colors=OUTLINE, linewidths=1)
    outlined = ', with the outline of the thing' if masks is not None else ''
    _finish(fig, axes, f'Pictures over their saliency maps{outlined}: {_listed(titles)}.')


def show_maps(rows, images, outlines=None, over=False):
    """Draw a grid: the pictures in the first column, then one column for each {title: maps} of rows.

    over: whether the maps are laid over their pictures.
    """
    N, columns = len(images), len(rows) + 1
    fig, axes = plt.subplots(N, columns, figsize=(1.8 * columns, 1.8 * N + 0.3), squeeze=False)
    for n in range(N):
        axes[n, 0].imshow(images[n])
        for axis, (title, maps) in zip(axes[n, 1:], rows.items()):
            drawn = overlay(images[n], maps[n]) if over else bright(maps[n])
            axis.imshow(drawn, cmap='inferno')
            if outlines is not None:
                axis.contour(outlines[n], levels=[0.5], colors=OUTLINE, linewidths=0.8)
            if n == 0:
                axis.set_title(title, fontsize=11, color=INK)
    _finish(fig, axes, f'Saliency maps of {N} pictures, from left to right: {_listed(rows)}.')


# ---- fooling


def show_fooling(X, fooled, further, names, beliefs):
    """Draw the original, two fooling pictures, the difference of the last ten times, and what the network believes.

    X, fooled, further: normalised tensors (1, 3, H, W); names: {label: name}; beliefs: the probabilities (K,) of the
    three.
    """
    fig = plt.figure(figsize=(8.8, 5.2), layout='constrained')
    top, bottom = fig.subfigures(2, 1, height_ratios=(1.25, 1))
    pictures = [as_colours(picture) for picture in (X, fooled, further)]
    pictures.append(0.5 + 10 * (pictures[2] - pictures[0]))
    seen = [f'{_name(names, np.argmax(p))}, {100 * p.max():.0f} %' for p in beliefs]
    titles = [f'original:\n{seen[0]}', f'fooled:\n{seen[1]}', f'ten steps further:\n{seen[2]}', 'the change\n× 10']
    for axis, picture, title in zip(top.subplots(1, 4), pictures, titles):
        axis.imshow(np.clip(picture, 0, 1))
        axis.set_title(title, fontsize=11, color=INK)
        axis.axis('off')
    _bars(bottom.subplots(), dict(zip(('original', 'fooled', 'ten steps further'), beliefs)), names)
    show(fig, f'One picture as it was, fooled, and ten steps further, which look alike; seen as {_listed(seen)}.')


def show_belief(X, belief, names, shown, title):
    """Draw one normalised picture (1, 3, H, W) beside what the network believes of the classes `shown`."""
    fig, axes = plt.subplots(1, 2, figsize=(7, 2.9), width_ratios=(1, 1.5), layout='constrained')
    axes[0].imshow(as_colours(X))
    axes[0].set_title(title, fontsize=11, color=INK)
    axes[0].axis('off')
    _bars(axes[1], {'now': belief}, names, shown)
    told = _listed(f'{_name(names, k)} {100 * belief[k]:.0f} %' for k in shown)
    show(fig, f'{title}: the network believes {told}.')


def as_colours(X):
    """Return the first of the normalised pictures (N, 3, H, W) as an array (H, W, 3) with values from 0 to 1."""
    return np.asarray(deprocess(X, should_rescale=False), dtype=np.float64) / 255


def _bars(axis, beliefs, names, shown=None):
    """Draw the most probable classes, or those `shown`, with one bar for each {label: probabilities (K,)}."""
    if shown is None:
        shown = np.argsort(-np.max(list(beliefs.values()), axis=0))[:4]
    at, height = np.arange(len(shown))[::-1], 0.8 / len(beliefs)
    for n, (label, p) in enumerate(beliefs.items()):
        axis.barh(at + 0.4 - (n + 0.5) * height, 100 * p[list(shown)], 0.9 * height, hatch=HATCHES[n], label=label,
                  color=(GREY, *COLOURS)[n], ec='white')
    axis.set_yticks(at, [_name(names, k) for k in shown], fontsize=11)
    axis.set(xlim=(0, 100), xlabel='probability, %')
    if len(beliefs) > 1:
        axis.legend(frameon=False, fontsize=10, loc='center left', bbox_to_anchor=(1, 0.5))
    axis.spines[['top', 'right']].set_visible(False)


def _name(names, k):
    return names[int(k)].split(',')[0]


def plot_walks(lengths, walks):
    """Plot the lead of the wrong class, {label: values}, against the distance walked."""
    fig, axis = plt.subplots(figsize=(7, 3.4))
    for k, (label, values) in enumerate(walks.items()):
        axis.plot(lengths, values, **curve(k), lw=2, label=label)
    axis.axhline(0, color=INK, lw=1, ls='--')
    axis.annotate('above: fooled', (lengths[-1], 0), ha='right', va='bottom', fontsize=11, color=INK)
    axis.set_xlabel('length of the change ‖ΔX‖', fontsize=11)
    axis.set_ylabel('lead of the wrong class', fontsize=11)
    axis.legend(frameon=False, fontsize=11)
    plain_axes(fig, axis)
    told = _listed(f'{label} from {values[0]:.0f} to {values[-1]:.0f}' for label, values in walks.items())
    show(fig, f'Lead of the wrong class over {lengths[-1]:.0f} units of length: {told}.')


# ---- rows of pictures


def show_pictures(pictures, titles, what, columns=6):
    """Show normalised pictures, each (1, 3, H, W), in a grid with titles; what: what they are, for the words.

    ValueError without pictures.
    """
    check_some('show_pictures: pictures', pictures)
    columns = min(columns, len(pictures))
    rows, width = -(-len(pictures) // columns), min(8.8 / columns, 2.2)
    fig, axes = plt.subplots(rows, columns, figsize=(width * columns, (width + 0.28) * rows), squeeze=False)
    for axis, picture, title in zip(axes.flat, pictures, titles):
        axis.imshow(as_colours(picture), interpolation='lanczos')
        axis.set_title(title, fontsize=11, color=INK)
    _finish(fig, axes, f'{what}: {_listed(titles)}.')


def _listed(words):
    return ', '.join(' '.join(str(word).split()) for word in words)


def _finish(fig, axes, alt):
    for axis in axes.flat:
        axis.axis('off')
    fig.tight_layout(pad=0.4)
    show(fig, alt)
