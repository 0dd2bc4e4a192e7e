"""The plots of the notebook StyleTransfer."""

import matplotlib.pyplot as plt
import numpy as np

from cs231n.plots.theme import COLOURS, INK, check_some, curve, dark, dots, plain_axes, show

WIDE, LARGE = 9.0, 2.6  # inches: that a row may fill, and a single picture, 390 dots for the 256 pixels of the largest
STRONGEST = 12  # channels of a Gram matrix that can still be told apart


def show_row(pictures, titles, what):
    """Show pictures, uint8 arrays or of Pillow, in a row as large as the page allows; ValueError if there are none.

    what: what they are, for those who do not see them.
    """
    check_some('show_row: pictures', pictures)
    width = min(LARGE, WIDE / len(pictures))
    fig, axes = plt.subplots(1, len(pictures), figsize=(width * len(pictures), width + 0.3), squeeze=False)
    for axis, picture, title in zip(axes[0], pictures, titles):
        axis.imshow(np.asarray(picture))
        axis.set_title(title, fontsize=12, color=INK)
    _finish(fig, axes)
    show(fig, f"{what}: {', '.join(title.replace(chr(10), ' ') for title in titles)}.")


def show_grid(contents, styles, results):
    """Draw a table of pictures: styles on top, contents at the left, results[content, style] where they meet."""
    width = 0.8 * WIDE / (len(styles) + 1)
    fig, axes = plt.subplots(len(contents) + 1, len(styles) + 1, squeeze=False,
                             figsize=(0.8 * WIDE, width * (len(contents) + 1) + 0.2))
    for axis, (name, picture) in zip(axes[0, 1:], styles.items()):
        axis.imshow(picture)
        axis.set_title(name, fontsize=12, color=INK)
    for row, (content, picture) in zip(axes[1:], contents.items()):
        row[0].imshow(picture)
        row[0].set_ylabel(content, fontsize=12, color=INK)
        for axis, style in zip(row[1:], styles):
            axis.imshow(np.asarray(results[content, style]))
    _finish(fig, axes)
    show(fig, f"A table of {len(contents) * len(styles)} pictures: {', '.join(contents)} in the styles "
              f"{', '.join(styles)}.")


def show_gram_example(examples):
    """Show pairs of small maps, {title: (2, H, W)}, with their numbers, and beside each its Gram matrix, undivided."""
    fig, axes = plt.subplots(len(examples), 3, figsize=(WIDE * 0.75, 1.75 * len(examples)), squeeze=False,
                             gridspec_kw={'width_ratios': (3, 3, 2)}, layout='constrained')
    words = []
    for row, (title, maps) in zip(axes, examples.items()):
        maps = np.asarray(maps, float)
        gram = np.einsum('ihw,jhw->ij', maps, maps)
        for axis, values, name in zip(row, (*maps, gram), ('channel 1', 'channel 2', 'Gram matrix')):
            axis.imshow(values, cmap='Blues', vmin=0, vmax=1.6 * max(values.max(), 1))
            for (i, j), value in np.ndenumerate(values):
                axis.text(j, i, f'{value:g}', ha='center', va='center', fontsize=12, color=INK)
            axis.set(xticks=[], yticks=[])
            axis.set_title(name if not words else '', fontsize=12, color=INK)  # on top only
        row[0].set_ylabel(title, fontsize=12, color=INK)
        words.append(f"{title.replace(chr(10), ' ')}: {gram.astype(int).tolist()}")
    show(fig, f"Two channels of a few pixels and their Gram matrices. {'; '.join(words)}.")


def show_grams(grams, titles, distances):
    """Show the strongest channels of Gram matrices (C, C) as heat maps on one logarithmic scale.

    The channels are the strongest of the first matrix, in the same order everywhere; distances: to the first one.
    """
    order = np.argsort(-np.diag(grams[0]))[:STRONGEST]
    shown = np.stack([gram[np.ix_(order, order)] for gram in grams])
    low, top = np.percentile(shown[shown > 0], 5), shown.max()  # two channels may have no place in common
    fig, axes = plt.subplots(1, len(grams), figsize=(WIDE, 3.1), squeeze=False, layout='constrained')
    for axis, gram, title, distance in zip(axes[0], shown, titles, distances):
        image = axis.imshow(np.maximum(gram, low / 10), cmap='cividis', norm='log', clim=(low, top))
        axis.set_title(f'{title}\ndistance {distance:.2f}', fontsize=12, color=INK)
        axis.set(xticks=[], yticks=[])
    axes[0, 0].set_ylabel('channel', fontsize=12)
    axes[0, 0].set_xlabel('channel', fontsize=12)
    fig.colorbar(image, ax=axes[0, -1], label='G, logarithmic', extend='min')
    show(fig, f'Gram matrices of {STRONGEST} channels, and how far each is from the first: ' + ', '.join(
        f'{title} {distance:.2f}' for title, distance in zip(titles, distances)) + '.')


def plot_losses(history):
    """Draw the three losses over the steps, from a list of {'content', 'style', 'tv': loss}, on a logarithmic scale."""
    fig, axis = plt.subplots(figsize=(7.5, 3.2))
    ends = []
    for k, name in enumerate(('content', 'style', 'tv')):
        values = [max(losses[name], 1e-6) for losses in history]
        axis.plot(values, lw=2, **curve(k))
        axis.text(len(values) * 1.01, values[-1], name, color=dark(COLOURS[k]), fontsize=12, va='center')
        ends.append(f'{name} from {history[0][name]:.2g} to {history[-1][name]:.2g}')
    axis.set(yscale='log', ylim=(1e-3, None), xlim=(0, len(history) * 1.13))
    axis.set_xlabel('step', fontsize=12)
    axis.set_ylabel('weighted loss', fontsize=12)
    plain_axes(fig, axis)
    show(fig, f"Weighted losses over {len(history)} steps: {', '.join(ends)}.")


def plot_kept(layers, kept):
    """Plot how much of something each layer keeps, {name: a value from 0 to 1 for each layer}."""
    fig, axis = plt.subplots(figsize=(7.5, 3.2))
    for k, (name, values) in enumerate(kept.items()):
        axis.plot(range(len(layers)), values, lw=2, label=name, **curve(k) | dots(k))
    axis.set_xticks(range(len(layers)), layers)
    axis.set(ylim=(-0.05, 1.05))
    axis.set_xlabel('layer whose features are inverted', fontsize=12)
    axis.set_ylabel('correlation with\nthe photograph', fontsize=12)
    axis.legend(frameon=False, fontsize=12, loc='lower left')
    plain_axes(fig, axis)
    show(fig, f'Correlation with the photograph from layer {layers[0]} to layer {layers[-1]}: ' + ', '.join(
        f'{name} {values[0]:.2f} to {values[-1]:.2f}' for name, values in kept.items()) + '.')


def show_weight(strip, chosen, content, style):
    """Show one of some stored results, {content weight: picture}, large between its content and its style.

    chosen: the nearest stored weight is taken; all of them stand below, the chosen one with a frame.
    """
    nearest = min(strip, key=lambda weight: abs(np.log(weight / chosen)))
    fig, axes = plt.subplot_mosaic([['content'] * 5 + ['result'] * 5 + ['style'] * 5,
                                    [name for name in map(str, strip) for _ in range(15 // len(strip))]],
                                   figsize=(7, 4.3), height_ratios=(1.7, 1))
    for name, picture in (('content', content), ('result', strip[nearest]), ('style', style)):
        axes[name].imshow(np.asarray(picture))
        axes[name].set_title(name if name != 'result' else f'content weight {nearest:g}', fontsize=12, color=INK)
    for weight, picture in strip.items():
        axes[str(weight)].imshow(np.asarray(picture))
        axes[str(weight)].set_xlabel(f'{weight:g}' + (' (above)' if weight == nearest else ''), fontsize=11)
    for axis in axes.values():
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
    axes[str(nearest)].spines[:].set(visible=True, linewidth=4, color=INK)
    fig.tight_layout(pad=0.4)
    show(fig, f'Results for the content weights {", ".join(f"{weight:g}" for weight in strip)}; {nearest:g} is shown '
              'large, between the photograph and the painting.')


def _finish(fig, axes):
    for axis in axes.flat:
        axis.set_xticks([])
        axis.set_yticks([])
        axis.spines[:].set_visible(False)
    fig.tight_layout(pad=0.4)
