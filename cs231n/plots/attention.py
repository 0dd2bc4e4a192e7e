"""The pictures of the notebook Attention: light falls where the network looks."""

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from cs231n.data.grids import SIDE, START, STEP
from cs231n.plots.theme import BLUE, GREY, INK, ORANGE, SKY, check_some, curve, dark, judged, plain_axes, show

DIM = 0.22  # of the light that is left where nobody looks


def spotlight(image, w):
    """Return a picture (H, W, 3) uint8 that is bright where the weights w (P,) of its places are large."""
    light = np.asarray(w, np.float32).reshape(SIDE, SIDE) / max(float(np.max(w)), 1e-12)
    first, size = START - STEP / 2, STEP * SIDE
    small = Image.fromarray(light).resize((round(size),) * 2, Image.Resampling.BICUBIC)
    full = np.zeros(image.shape[:2], np.float32)
    at = round(first)
    full[at:at + small.height, at:at + small.width] = np.clip(np.asarray(small), 0, 1)
    return np.rint(image * (DIM + (1 - DIM) * full[..., None])).astype(np.uint8)


def show_looks(image, words, maps, right=None, columns=6):
    """Show a picture and, for each word of its caption, where the network looked before it said the word.

    image: uint8 (224, 224, 3); words: a list of T; maps: (T, P) or longer; right: for each word True, False or None,
    shown as ✓ and ✗. ValueError without words.
    """
    check_some('show_looks: words', words)
    right = right or [None] * len(words)
    rows = -(-(len(words) + 1) // columns)
    fig, axes = plt.subplots(rows, columns, figsize=(1.45 * columns, 1.75 * rows), squeeze=False)
    for axis in axes.flat:
        axis.axis('off')
    _panel(axes.flat[0], image, 'the picture', None)
    for axis, word, w, verdict in zip(axes.flat[1:], words, maps, right):
        _panel(axis, spotlight(image, w), word, verdict)
    fig.tight_layout(h_pad=0.6, w_pad=0.4)
    signs = {True: ' (right)', False: ' (wrong)', None: ''}
    peaks = ', '.join(f'{word}{signs[verdict]} {_whereabouts(w)}' for word, w, verdict in zip(words, maps, right))
    show(fig, f'Where the network looks before each word: {peaks}.')


def _panel(axis, image, title, right):
    axis.imshow(image)
    sign, colour = ('', INK) if right is None else judged(right)
    axis.set_title(f'{sign} {title}'.strip(), fontsize=10, color=colour, pad=3)


def _whereabouts(w):
    """Return in words where the largest weight is."""
    row, column = divmod(int(np.argmax(w)), SIDE)
    return f"{('top', 'middle', 'bottom')[row * 3 // SIDE]} {('left', 'centre', 'right')[column * 3 // SIDE]}"


def show_question(image, w, found, title):
    """Show where a question finds its answer, and what it finds there: {name: how much of it}, the largest five."""
    check_some('show_question: found', found)
    best = sorted(found.items(), key=lambda item: -item[1])[:5]
    fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3), width_ratios=(1, 1.3), layout='constrained')
    left.imshow(spotlight(image, w))
    left.axis('off')
    left.set_title(title, fontsize=11)
    bars = right.barh([name for name, _ in best], [share for _, share in best], 0.7, color=BLUE)
    right.bar_label(bars, fmt=' %.2f', fontsize=10, color=INK)
    right.invert_yaxis()
    right.set(xlim=(0, 1.15), title='what the weighted mean says')
    right.spines[['top', 'right']].set_visible(False)
    show(fig, f'{title}: the largest weight is {np.max(w):.2f}, {_whereabouts(w)}; the weighted mean says '
              + ', '.join(f'{name} {share:.2f}' for name, share in best) + '.')


def plot_score(tables, luck):
    """Draw how much of each way to look lies on the named thing, and how often its peak does.

    tables: {name of a way: {'thing' or 'colour': {'mass', 'hit', …}}}; luck: the same table, of which 'chance' and
    'luck' are drawn: what a look at random would reach.
    """
    check_some('plot_score: tables', tables)
    fig, axes = plt.subplots(1, 2, figsize=(8.5, 3.2), layout='constrained')
    for axis, key, by_chance, title in zip(axes, ('mass', 'hit'), ('chance', 'luck'), ('weight on the named thing',
                                                                                      'peak on the named thing')):
        for k, (name, table) in enumerate([*tables.items(), ('at random', None)]):
            heights = [100 * (luck[of][by_chance] if table is None else table[of][key]) for of in ('thing', 'colour')]
            x = np.arange(2) + (k - len(tables) / 2) * 0.26
            bars = axis.bar(x, heights, 0.24, label=name, color=(BLUE, ORANGE, SKY)[k] if table else GREY,
                            hatch=('', '//', '..')[k] if table else None, edgecolor='white')
            axis.bar_label(bars, fmt='%.0f', fontsize=10, color=INK)
        axis.set_xticks(range(2), ['words that name\na thing', 'words that name\nits colour'])
        axis.set(ylabel='%', ylim=(0, 112), title=title)
        axis.spines[['top', 'right']].set_visible(False)
    axes[0].legend(frameon=False, fontsize=10)
    show(fig, 'On the named thing, for words that name a thing: ' + '; '.join(
        f"{name} {table['thing']['mass']:.0%} of the weight, {table['thing']['hit']:.0%} of the peaks"
        for name, table in tables.items())
        + f"; at random {luck['thing']['chance']:.0%} and {luck['thing']['luck']:.0%}.")


def show_mistakes(images, maps, titles, columns=4):
    """Show pictures with the look before a word that was wrong; titles say what was said and what is there."""
    check_some('show_mistakes: images', images)
    rows = -(-len(images) // columns)
    fig, axes = plt.subplots(rows, columns, figsize=(2.1 * columns, 2.5 * rows), squeeze=False)
    for axis in axes.flat:
        axis.axis('off')
    for axis, image, w, title in zip(axes.flat, images, maps, titles):
        axis.imshow(spotlight(image, w))
        axis.text(0.5, -0.03, title, transform=axis.transAxes, ha='center', va='top', fontsize=10, color=dark(GREY))
    fig.tight_layout(h_pad=2.2)
    show(fig, 'Where the network looked before a wrong word: ' + '; '.join(
        f"{title.replace(chr(10), ', ')}: {_whereabouts(w)}" for title, w in zip(titles, maps)) + '.')


def plot_largest_weights(weights):
    """Plot how much the best place gets against the width of the state: {name: {H: largest weight}}."""
    check_some('plot_largest_weights: weights', weights)
    fig, axis = plt.subplots(figsize=(7, 3))
    for k, (name, by_width) in enumerate(weights.items()):
        axis.plot(list(by_width), list(by_width.values()), marker='o', label=name, **curve(k))
    axis.set_xscale('log', base=2)
    axis.set(xlabel='width of the state, H', ylabel='weight of the best place', ylim=(0, 1.05))
    axis.legend(frameon=False)
    plain_axes(fig, axis)
    told = [(name, *next(iter(by.items())), *list(by.items())[-1]) for name, by in weights.items()]
    show(fig, 'Weight of the best place: ' + '; '.join(
        f'{name} {first:.2f} at H = {low}, {last:.2f} at H = {high}' for name, low, first, high, last in told) + '.')
