"""The plots of the captioning notebooks. They return nothing: a figure shows itself once, at the end of its cell."""

import textwrap

import matplotlib.pyplot as plt
import numpy as np

from cs231n.plots.theme import BLUE, GREEN, GREY, INK, RED, arrow, box, check_some, plain_axes, running_mean


def show_images(images, titles=None, columns=4, width=2.5, colours=None):
    """Show pictures (uint8 H, W, 3) in a grid, each with its title below. ValueError without pictures."""
    check_some('show_images: images', images)
    rows = -(-len(images) // columns)
    titles = titles or [''] * len(images)
    lines = max(len(_wrapped(t, width).split('\n')) for t in titles)
    fig, axes = plt.subplots(rows, columns, figsize=(width * columns, rows * (width + 0.19 * lines)), squeeze=False)
    for k, axis in enumerate(axes.flat):
        axis.axis('off')
        if k < len(images):
            axis.imshow(images[k])
            colour = colours[k] if colours else INK
            axis.text(0.5, -0.03, _wrapped(titles[k], width), transform=axis.transAxes, ha='center', va='top',
                      fontsize=9, color=colour)
    fig.tight_layout(h_pad=0.4 + 0.9 * lines)


def _wrapped(text, width):
    return '\n'.join(textwrap.fill(line, int(11 * width)) for line in text.split('\n'))


def show_captions(images, captions, references=None, right=None, columns=4):
    """Show pictures with a model's captions, decoded: green or red where `right` says, references in small below."""
    titles = [plain(text) for text in captions]
    if references is not None:
        titles = [f'{title}\n({plain(text)})' for title, text in zip(titles, references)]
    colours = None if right is None else [GREEN if r else RED for r in right]
    show_images(images, titles, columns, colours=colours)


def plain(text):
    """Return a decoded caption without the words that only mark its ends."""
    return ' '.join(word for word in text.split() if word not in ('<START>', '<END>', '<NULL>'))


def plot_words(vectors, words, groups, title='word vectors, seen from where they differ most'):
    """Scatter word vectors (V, W) on their first two principal axes: {name of a group: its words} in colours."""
    flat = [w for group in groups.values() for w in group if w in words]
    rows = np.float64([vectors[words[w]] for w in flat])
    rows = rows - rows.mean(axis=0)
    _, _, axes = np.linalg.svd(rows, full_matrices=False)
    spots = dict(zip(flat, rows @ axes[:2].T))
    fig, axis = plt.subplots(figsize=(9, 5.5))
    axis.scatter(*np.transpose(list(spots.values())), alpha=0)  # settles the limits before labels are placed
    taken = []
    for (name, group), colour in zip(groups.items(), (BLUE, RED, GREEN, '#7d3c98', '#b9770e')):
        there = [w for w in group if w in spots]
        axis.scatter(*np.transpose([spots[w] for w in there]), s=12, color=colour, label=name)
        for w in there:
            _label(axis, w, spots[w], colour, taken)
    axis.set(title=title, xticks=[], yticks=[])
    axis.legend(frameon=False)
    plain_axes(fig, axis)


def _label(axis, text, spot, colour, taken):
    """Write the text at whichever side of its dot is free, or nowhere; `taken` holds the boxes of the texts so far."""
    for dx, dy, side in ((3, 2, 'left'), (-3, 2, 'right'), (3, -8, 'left'), (-3, -8, 'right')):
        label = axis.annotate(text, spot, xytext=(dx, dy), textcoords='offset points', ha=side,
                              fontsize=8, color=colour)
        box = label.get_window_extent()
        if not box.count_overlaps(taken):
            taken.append(box)
            return
        label.remove()


def plot_loss(history, target=None, title='training loss', log=True):
    """Plot a loss against the iteration, with its running mean, and a dashed line at `target`."""
    history = np.asarray(history, float)
    span = max(1, len(history) // 40)
    fig, axis = plt.subplots(figsize=(7, 3.2))
    axis.plot(history, color=BLUE, alpha=0.3, lw=1, label='each step')
    axis.plot(*running_mean(history, span), color=BLUE, lw=2, label=f'mean of {span}')
    axis.legend(frameon=False, fontsize=8)
    if target is not None:
        axis.axhline(target, color=RED, ls='--', lw=1)
        axis.annotate(f'goal: below {target:g}', (0, target), ha='left', va='bottom', color=RED)
    if log:
        axis.set_yscale('log')
    axis.set(xlabel='iteration', ylabel='loss of a caption', title=title)
    plain_axes(fig, axis)


def plot_truth(tables, claims=('thing', 'all things', 'colour', 'place', 'relation')):
    """Draw bars of how often captions are true: {name of a model: {claim: (share, said)}}."""
    fig, axis = plt.subplots(figsize=(7, 3.2))
    width = 0.8 / len(tables)
    for k, (name, table) in enumerate(tables.items()):
        x = np.arange(len(claims)) + (k - (len(tables) - 1) / 2) * width
        colour = (BLUE, GREEN, RED, GREY)[k % 4]
        bars = axis.bar(x, [100 * table[c][0] for c in claims], width * 0.92, label=name, color=colour)
        axis.bar_label(bars, fmt='%.0f', fontsize=8, color=INK)
    axis.set_xticks(range(len(claims)), claims)
    axis.set(ylabel='true, % of the captions\nthat say such a thing', ylim=(0, 112),
             title='is what the caption says true?')
    axis.legend(loc='upper center', ncols=len(tables), frameon=False, bbox_to_anchor=(0.5, -0.1))
    plain_axes(fig, axis)


def plot_times(seconds):
    """Draw bars of how long something takes: {name: seconds}."""
    fig, axis = plt.subplots(figsize=(7, 0.5 + 0.5 * len(seconds)))
    bars = axis.barh(list(seconds), [1000 * s for s in seconds.values()], 0.7, color=BLUE)
    axis.bar_label(bars, fmt=' %.0f ms', fontsize=8, color=INK)
    axis.invert_yaxis()
    axis.margins(x=0.12)
    axis.set(xlabel='milliseconds')
    plain_axes(fig, axis)


def plot_gradient_norms(norms, title='how far the gradient reaches back'):
    """Plot {label: norm of the gradient at each distance in time, 0 being the step of the loss} on a log scale."""
    fig, axis = plt.subplots(figsize=(7, 3.6))
    for (label, values), colour in zip(norms.items(), (BLUE, GREEN, RED, '#7d3c98', GREY), strict=False):
        axis.plot(np.asarray(values), marker='o', ms=3, lw=1.8, color=colour, label=label)
    axis.set_yscale('log')
    axis.set(xlabel='steps back from the loss', ylabel='norm of the gradient', title=title)
    axis.legend(frameon=False)
    plain_axes(fig, axis)


def draw_unrolled_rnn(words=('<START>', 'a', 'red', 'kite'), cell='RNN'):
    """Draw the captioning network unrolled over a few words: features in, a word in and the next word out."""
    steps = len(words)
    _, axis = plt.subplots(figsize=(2.1 * steps + 2.4, 3.9))
    axis.set(xlim=(-1.9, 2 * steps - 0.7), ylim=(-1.2, 3.5))
    axis.axis('off')
    box(axis, -1.15, 1.2, 'features\n· $W_{proj}$', '#fdf0d5')
    for t, word in enumerate(words):
        x = 2 * t + 0.5
        box(axis, x, 1.2, f'{cell}\n$h_{{{t + 1}}}$  (N, H)', '#d6e6f5')
        box(axis, x, -0.1, 'embedding\n(N, W)', '#e3f1e3')
        box(axis, x, 2.4, 'scores\n(N, V)', '#f6dede')
        following = words[t + 1] if t + 1 < steps else '…'
        axis.text(x, -0.95, word, ha='center', color=GREEN, weight='bold')
        axis.text(x, 3.2, following, ha='center', color=RED, weight='bold')
        for y0, y1 in ((-0.75, -0.45), (0.25, 0.85), (1.55, 2.05), (2.75, 3.1)):
            arrow(axis, (x, y0), (x, y1))
        arrow(axis, (x - 1.25 if t else -0.5, 1.2), (x - 0.75, 1.2))
    axis.text(-0.33, 1.66, '$h_0$', fontsize=10, color=INK, ha='center')


def draw_lstm_cell():
    """Draw one step of an LSTM: the cell along the top, the four gates below it, the state at the bottom right."""
    _, axis = plt.subplots(figsize=(9.5, 4.4))
    axis.set(xlim=(-1.2, 9.6), ylim=(-1.5, 3.6))
    axis.axis('off')
    axis.text(-0.9, 2.9, '$c_{prev}$', fontsize=13, va='center', color=RED)
    axis.text(9.0, 2.9, '$c_{next}$', fontsize=13, va='center', color=RED)
    axis.text(-0.9, -0.9, '$x,\\ h_{prev}$', fontsize=13, va='center', color=BLUE)
    axis.text(9.0, -0.9, '$h_{next}$', fontsize=13, va='center', color=BLUE)
    axis.plot([-0.2, 8.6], [2.9, 2.9], color=RED, lw=3, zorder=0)
    axis.plot([0.35, 6.2], [-0.9, -0.9], color=BLUE, lw=2, zorder=0)
    gates = ((1.0, 'f', 'forget', '#f6dede'), (2.9, 'i', 'write', '#e3f1e3'), (4.6, 'g', 'what', '#fdf0d5'),
             (6.2, 'o', 'show', '#d6e6f5'))
    for x, name, role, colour in gates:
        box(axis, x, 0.3, f'{role}\n${name}$ = {"tanh" if name == "g" else "σ"}', colour)
        arrow(axis, (x, -0.9), (x, -0.08))
    for (x, y), sign in (((1.0, 2.9), '×'), ((3.75, 1.7), '×'), ((3.75, 2.9), '+'), ((7.6, 0.3), '×')):
        axis.scatter([x], [y], s=330, color='white', edgecolor=INK, zorder=3)
        axis.text(x, y, sign, ha='center', va='center', fontsize=13, zorder=4)
    box(axis, 7.6, 1.7, 'tanh', '#eeeeee')
    for start, end in (((1.0, 0.68), (1.0, 2.68)), ((2.9, 0.68), (3.55, 1.55)), ((4.6, 0.68), (3.95, 1.55)),
                       ((3.75, 1.92), (3.75, 2.68)), ((6.88, 0.3), (7.36, 0.3)), ((7.6, 2.9), (7.6, 2.08)),
                       ((7.6, 1.32), (7.6, 0.54)), ((8.5, 2.9), (8.95, 2.9))):
        arrow(axis, start, end)
    axis.plot([7.6, 7.6, 8.5], [0.06, -0.9, -0.9], color=BLUE, lw=2, zorder=0)
    arrow(axis, (8.45, -0.9), (8.95, -0.9))
    axis.text(2.3, 3.1, 'scaled …', color=RED, ha='center')
    axis.text(5.4, 3.1, '… and added to, never multiplied by a matrix', color=RED, ha='center')
