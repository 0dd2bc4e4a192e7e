"""The plots of the notebook StyleTransfer."""

import matplotlib.pyplot as plt
import numpy as np

from cs231n.plots.theme import BLUE, GREEN, GREY, INK, RED, check_some

DPI, PAGE = 100, 11.4  # dots per inch, and the inches that a row may fill


def show_row(pictures, titles):
    """Show pictures, uint8 arrays or of Pillow, in a row as large as the page allows; ValueError if there are none."""
    check_some('show_row: pictures', pictures)
    width = min(3.8, PAGE / len(pictures))
    fig, axes = plt.subplots(1, len(pictures), figsize=(width * len(pictures), width + 0.3), dpi=DPI, squeeze=False)
    for axis, picture, title in zip(axes[0], pictures, titles):
        axis.imshow(np.asarray(picture))
        axis.set_title(title, fontsize=12, color=INK)
    _finish(fig, axes)


def show_grid(contents, styles, results):
    """Draw a table of pictures: styles on top, contents at the left, results[content, style] where they meet."""
    width = min(2.9, PAGE / (len(styles) + 1))
    fig, axes = plt.subplots(len(contents) + 1, len(styles) + 1,
                             figsize=(width * (len(styles) + 1), width * (len(contents) + 1)), dpi=DPI,
                             squeeze=False)
    for axis, (name, picture) in zip(axes[0, 1:], styles.items()):
        axis.imshow(picture)
        axis.set_title(name, fontsize=12, color=INK)
    for row, (content, picture) in zip(axes[1:], contents.items()):
        row[0].imshow(picture)
        for axis, style in zip(row[1:], styles):
            axis.imshow(np.asarray(results[content, style]))
    _finish(fig, axes)


def show_grams(grams, titles):
    """Show Gram matrices (C, C) as heat maps on one logarithmic scale, channels ordered by the first's diagonal."""
    order = np.argsort(-np.diag(grams[0]))
    low, high = np.percentile([np.abs(g) for g in grams], (20, 99.5))
    fig, axes = plt.subplots(1, len(grams), figsize=(3.3 * len(grams) + 0.9, 3.6), dpi=DPI, squeeze=False,
                             layout='constrained')
    for axis, gram, title in zip(axes[0], grams, titles):
        shown = np.maximum(np.abs(gram[np.ix_(order, order)]), low / 10)  # 0 has no logarithm and would stay white
        image = axis.imshow(shown, cmap='magma', norm='log', clim=(low, high))
        axis.set_title(title, fontsize=12, color=INK)
        axis.set_xlabel(f'channel, strongest of {titles[0]} first')
    axes[0, 0].set_ylabel('channel, in the same order')
    fig.colorbar(image, ax=axes[0, -1], label='|G|, logarithmic', extend='both')


def plot_losses(history):
    """Draw the three losses over the steps, from a list of {'content', 'style', 'tv': loss}, on a logarithmic scale."""
    fig, axis = plt.subplots(figsize=(6.4, 2.9))
    for name, colour in zip(('content', 'style', 'tv'), (BLUE, RED, GREEN)):
        axis.plot([max(losses[name], 1e-6) for losses in history], color=colour, label=name)
    axis.set(yscale='log', xlabel='step', ylabel='weighted loss', ylim=(1e-3, None))
    axis.grid(color=GREY, alpha=0.25)
    axis.spines[['top', 'right']].set_visible(False)
    axis.legend(frameon=False)
    fig.tight_layout()


def plot_quality(layers, psnr, ssim):
    """Plot PSNR (left axis) and SSIM (right axis) of the reconstructions from each layer."""
    fig, axis = plt.subplots(figsize=(6.4, 2.7))
    other = axis.twinx()
    axis.plot(layers, psnr, 'o-', color=BLUE)
    other.plot(layers, ssim, 's--', color=RED)
    axis.set_xlabel('layer whose features are inverted')
    axis.set_ylabel('PSNR in dB', color=BLUE)
    other.set_ylabel('SSIM', color=RED)
    axis.set_xticks(layers)
    for one in (axis, other):
        one.spines['top'].set_visible(False)
    fig.tight_layout()


def try_pictures(transfer, contents, styles):
    """Show menus and a button: transfer(content name, style name, content weight) gives the picture that is shown.

    Returns an ipywidgets box; nothing is computed before the button is pressed.
    """
    import ipywidgets as widgets  # here, since only this function needs it
    from IPython.display import clear_output, display

    content, style = (widgets.Dropdown(options=list(names), description=text)
                      for names, text in ((contents, 'content'), (styles, 'style')))
    weight = widgets.FloatLogSlider(value=0.05, min=-3, max=0, description='content ×')
    button, output = widgets.Button(description='paint'), widgets.Output()

    def paint(_):
        button.disabled = True
        try:
            with output:
                clear_output(wait=True)
                display(transfer(content.value, style.value, weight.value))
        finally:
            button.disabled = False

    button.on_click(paint)
    return widgets.VBox([widgets.HBox([content, style, weight, button]), output])


def _finish(fig, axes):
    for axis in axes.flat:
        axis.set_xticks([])
        axis.set_yticks([])
        axis.spines[:].set_visible(False)
    fig.tight_layout(pad=0.4)
