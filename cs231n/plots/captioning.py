"""The plots of the captioning notebooks. They return nothing: a figure shows itself once, at the end of its cell."""

from collections import Counter
from itertools import groupby

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.offsetbox import AnchoredOffsetbox, DrawingArea, HPacker, TextArea, VPacker
from matplotlib.text import Text
from matplotlib.ticker import LogLocator, NullFormatter
from matplotlib.transforms import Bbox

from cs231n.plots.theme import (
    BLUE,
    COLOURS,
    GREY,
    INK,
    RED,
    check_some,
    curve,
    dark,
    dots,
    judged,
    plain_axes,
    running_mean,
    show,
)

SIZE = 10.5   # of letters, in points
LINE = 0.21   # inches from one line of a caption to the next
HATCHES = '', '///', '...', 'xx'


def show_images(images, titles=None, columns=3, width=2.3, alt=None):
    """Show pictures (uint8 H, W, 3) in a grid, each with its title below. ValueError without pictures."""
    check_some('show_images: images', images)
    titles = [(None, text.split(), ()) for text in titles or [''] * len(images)]
    _grid(images, titles, columns, width, alt or f'{len(images)} pictures. ' + _listed(titles))


def show_captions(images, captions, right=None, wrong=None, columns=3):
    """Show pictures with a model's captions, decoded.

    right: for each whether it is true, shown as ✓ or ✗; wrong: for each the places of its wrong words, which get a
    frame (as from `metrics.captions.judged` and `wrong_words`); None for either where nobody knows.
    """
    check_some('show_captions: images', images)
    wrong = wrong or [()] * len(captions)
    titles = [(None if right is None else bool(right[k]), plain(text).split(), wrong[k])
              for k, text in enumerate(captions)]
    found = '' if right is None else f', {sum(map(bool, right))} of them true'
    _grid(images, titles, columns, 2.3, f'{len(images)} scenes with what the network says{found}. ' + _listed(titles))


def _listed(titles):
    """Return captions as an alternative text tells them, the wrong words in brackets."""
    told = []
    for right, words, wrong in titles:
        text = ' '.join(f'[{word}]' if k in wrong else word for k, word in enumerate(words))
        told.append(text if right is None else f'{judged(right)[0]} {text}')
    return '; '.join(text for text in told if text) + '.'


def _grid(images, titles, columns, width, alt):
    """Show pictures with the titles (right, words, places of wrong words) below them."""
    rows, chars = -(-len(images) // columns), int(11.2 * width)
    lines = max(len(_lines(words, chars)) for _, words, _ in titles)
    gap, high = 0.1, width + 0.12 + LINE * lines
    fig = plt.figure(figsize=(columns * (width + gap), rows * high))
    for k, (image, (right, words, wrong)) in enumerate(zip(images, titles, strict=True)):
        left, top = k % columns * (width + gap) + gap / 2, (rows - k // columns) * high
        axis = fig.add_axes((left / fig.get_figwidth(), (top - width) / fig.get_figheight(),
                             width / fig.get_figwidth(), width / fig.get_figheight()))
        axis.axis('off')
        axis.imshow(image)
        caption = VPacker(children=_written(words, wrong, chars, right), align='center', pad=0, sep=3)
        axis.add_artist(AnchoredOffsetbox('upper center', child=caption, frameon=False, borderpad=0, pad=0,
                                          bbox_to_anchor=(0.5, -0.025), bbox_transform=axis.transAxes))
    show(fig, alt)


def _lines(words, chars):
    """Return the words as lines of so many characters at most, each a list of places in `words`."""
    lines, length = [[]], 0
    for k, word in enumerate(words):
        if lines[-1] and length + 1 + len(word) > chars:
            lines, length = [*lines, []], 0
        lines[-1].append(k)
        length += 1 + len(word)
    return lines


def _written(words, wrong, chars, right=None):
    """Return the lines of a caption as boxes of text: the sign of the verdict first, the wrong words framed."""
    sign, boxes = [], []
    if right is not None:
        mark, colour = judged(right)
        sign = [TextArea(mark, textprops={'color': colour, 'size': SIZE + 1, 'weight': 'bold'})]
    frame = {'color': dark(RED), 'weight': 'bold',
             'bbox': {'boxstyle': 'round,pad=0.12', 'fc': 'none', 'ec': dark(RED), 'lw': 1}}
    for line in _lines(words, chars):
        runs = [(bad, ' '.join(words[k] for k in run)) for bad, run in groupby(line, lambda k: k in wrong)]
        parts = [TextArea(text, textprops={'size': SIZE, 'color': INK, **(frame if bad else {})}) for bad, text in runs]
        boxes.append(HPacker(children=[*sign, *parts], align='baseline', pad=0, sep=4))
        sign = []
    return boxes


def plain(text):
    """Return a decoded caption without the words that only mark its ends."""
    return ' '.join(word for word in text.split() if word not in ('<START>', '<END>', '<NULL>'))


def plot_words(vectors, words, groups, same):
    """Scatter word vectors (V, W), all of them named: {name of a group: its words}, each group in a panel of its own.

    A panel is seen from the two directions in which its words differ most. A line joins words for which
    same(word, other) holds.
    """
    fig, panels = plt.subplot_mosaic([['0', '0'], ['1', '2']], figsize=(8.5, 10), height_ratios=(5, 4.5),
                                     width_ratios=(4, 5), layout='constrained')
    seen, joined = [], []
    for k, (axis, (name, group)) in enumerate(zip(panels.values(), groups.items(), strict=True)):
        there = [word for word in group if word in words]
        rows = np.float64([vectors[words[word]] for word in there])
        rows = rows - rows.mean(axis=0)
        spots = dict(zip(there, rows @ np.linalg.svd(rows, full_matrices=False)[2][:2].T))
        axis.scatter(*np.transpose(list(spots.values())), s=30, zorder=3, **dots(k))
        pairs = [(other, one) for j, one in enumerate(there) for other in there[:j] if same(one, other)]
        for pair in pairs if len(pairs) < len(there) else ():  # more would be a net that nobody can read
            axis.plot(*np.transpose([spots[word] for word in pair]), color=GREY, lw=1.5)
            joined.append(' and '.join(pair))
        axis.set(xticks=[], yticks=[])
        axis.set_title(name, fontsize=12, color=dark(COLOURS[k]))
        axis.margins(0.18)
        axis.spines[:].set_color(GREY)
        seen.append(spots)
    fig.draw_without_rendering()  # settles the places, for which labels are fitted
    for k, (axis, spots) in enumerate(zip(panels.values(), seen)):
        taken = [Bbox.from_bounds(x - 4, y - 4, 8, 8) for x, y in map(axis.transData.transform, spots.values())]
        for word, spot in spots.items():
            _label(axis, word, spot, dark(COLOURS[k]), taken)
    show(fig, 'Words as points, seen from the two directions in which they differ most. Panels: '
              f'{", ".join(groups)}. Lines join words that mean the same: {", ".join(joined)}.')


def _label(axis, text, spot, colour, taken):
    """Write the text beside its dot, as near as there is room, with a line to it; `taken` holds what is in the way."""
    for far in (6, 12, 20, 30, 42, 56, 72, 90):
        for angle in np.pi / 8 * np.array([0, 8, 4, 12, 2, 6, 10, 14, 1, 3, 5, 7, 9, 11, 13, 15]):
            dx, dy = far * np.cos(angle), far * np.sin(angle)
            line = {'arrowstyle': '-', 'color': colour, 'lw': 0.6, 'alpha': 0.7} if far > 6 else None
            side = 'center' if abs(dx) < 3 else 'left' if dx > 0 else 'right'
            label = axis.annotate(text, spot, xytext=(dx, dy), textcoords='offset points', ha=side, va='center',
                                  fontsize=10, color=colour, arrowprops=line)
            label.update_positions(axis.figure.canvas.get_renderer())
            box = Text.get_window_extent(label)  # without its line
            if not box.count_overlaps(taken):
                taken.append(box)
                return
            label.remove()


def show_neighbours(table, same):
    """Show a table of words and their nearest ones: {word: [(other, cosine), …]}; same(word, other) gets a ✓."""
    check_some('show_neighbours: table', table)
    most = max(map(len, table.values()))
    fig, axis = plt.subplots(figsize=(1.5 + 2.0 * most, 0.35 * (len(table) + 1.4)))
    axis.set(xlim=(0, 1.5 + 2.0 * most), ylim=(-len(table) - 0.5, 0.9))
    axis.axis('off')
    for k, title in enumerate(('word', 'nearest', 'second', 'third', 'fourth', 'fifth')[:most + 1]):
        axis.text(0.05 + (k and 1.5 + 2.0 * (k - 1)), 0.3, title, fontsize=11, color=dark(GREY), va='center')
    for row, (word, others) in enumerate(table.items()):
        axis.axhline(-row - 0.2, color=GREY, lw=0.5, alpha=0.5)
        axis.text(0.05, -row - 0.7, word, fontsize=12, weight='bold', color=INK, va='center')
        for k, (other, cosine) in enumerate(others):
            sign, colour = judged(True) if same(word, other) else ('', INK)
            axis.text(1.55 + 2.0 * k, -row - 0.7, f'{other} {cosine:.2f} {sign}', fontsize=12, color=colour,
                      va='center')
    show(fig, 'Words and the nearest ones, with the cosine of the angle between them. ' + '; '.join(
        f'{word}: {", ".join(f"{other} {cosine:.2f}" for other, cosine in others)}' for word, others in table.items()))


def plot_loss(histories, target=None, title='training loss', log=True, levels=None):
    """Plot losses against the iteration, each with its running mean, and dashed lines at `target` and `levels`.

    histories: {name: losses}; levels: {what somebody pays who knows so much: loss of a caption}.
    """
    fig, axis = plt.subplots(figsize=(7.5, 3.8))
    told = []
    for k, (name, history) in enumerate(histories.items()):
        history = np.asarray(history, float)
        span = max(1, len(history) // 40)
        axis.plot(history, color=COLOURS[k], alpha=0.25, lw=1)
        axis.plot(*running_mean(history, span), lw=2, label=f'{name}, mean of {span} steps', **curve(k))
        told.append(f'{name}: from {history[0]:.0f} to {np.mean(history[-span:]):.2g} in {len(history)} steps')
    levels = {f'{name}: {level:.0f}': level for name, level in (levels or {}).items()}
    for text, level in {**levels, **({} if target is None else {f'goal: below {target:g}': target})}.items():
        axis.axhline(level, color=dark(GREY), ls='--', lw=1)
        axis.annotate(text, (1, level), xycoords=('axes fraction', 'data'), xytext=(-2, 2), textcoords='offset points',
                      ha='right', va='bottom', color=dark(GREY), fontsize=SIZE)
        told.append(text)
    if log:
        axis.set_yscale('log')
        axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.yaxis.set_major_formatter(lambda value, _: f'{value:g}')
        axis.yaxis.set_minor_formatter(NullFormatter())
    axis.legend(frameon=False, fontsize=SIZE)
    axis.set(xlabel='iteration', ylabel='loss of a caption', title=title)
    plain_axes(fig, axis)
    show(fig, f'{title.capitalize()}: loss of a caption. ' + '; '.join(told) + '.')


def plot_truth(tables, chance=None, claims=('thing', 'all things', 'colour', 'place', 'relation')):
    """Draw bars of how often captions are true: {name of a model: {claim: (share, said)}}.

    chance: the same table of captions that were written for other scenes.
    """
    tables = {**tables, **({} if chance is None else {'chance: captions of other scenes': chance})}
    fig, axis = plt.subplots(figsize=(8, 4))
    width = 0.84 / len(tables)
    for k, (name, table) in enumerate(tables.items()):
        blind = chance is not None and k == len(tables) - 1
        x = np.arange(len(claims)) + (k - (len(tables) - 1) / 2) * width
        bars = axis.bar(x, [100 * table[c][0] for c in claims], width * 0.92, label=name, edgecolor='white',
                        color=GREY if blind else COLOURS[k], hatch='xx' if blind else HATCHES[k % 3])
        axis.bar_label(bars, fmt='%.0f', fontsize=11, color=INK, padding=1)
    axis.set_xticks(range(len(claims)), claims, fontsize=12)
    axis.set_ylabel('true, % of the captions\nthat say such a thing', fontsize=11)
    axis.set(ylim=(0, 112), title='is what the caption says true?')
    axis.legend(loc='upper center', ncols=2, frameon=False, fontsize=11, bbox_to_anchor=(0.5, -0.1))
    plain_axes(fig, axis)
    shares = [f'{name}: {", ".join(f"{c} {100 * table[c][0]:.0f}" for c in claims)}.' for name, table in tables.items()]
    show(fig, 'How often captions are true, in percent. ' + ' '.join(shares))


def plot_times(seconds):
    """Draw bars of how long something takes: {name: seconds}; the first is what the others are compared with."""
    fig, axis = plt.subplots(figsize=(7.5, 0.8 + 0.6 * len(seconds)))
    first = next(iter(seconds.values()))
    colours = [GREY, *[BLUE] * (len(seconds) - 1)]
    bars = axis.barh(list(seconds), [1000 * s for s in seconds.values()], 0.7, color=colours)
    labels = [f' {1000 * s:.0f} ms' + (f', {first / s:.1f} times as fast' if k else '')
              for k, s in enumerate(seconds.values())]
    axis.bar_label(bars, labels, fontsize=11, color=INK)
    axis.tick_params(axis='y', labelsize=11)
    axis.invert_yaxis()
    axis.margins(x=0.4)
    axis.set(xlabel='milliseconds')
    plain_axes(fig, axis)
    show(fig, 'Milliseconds: ' + '; '.join(f'{name}{label}' for name, label in zip(seconds, labels)) + '.')


def plot_gradient_norms(norms, title='how far the gradient reaches back', ylim=None):
    """Plot {label: norm of the gradient at each distance in time, 0 being the step of the loss} on a log scale."""
    fig, axis = plt.subplots(figsize=(7.5, 4))
    for k, (label, values) in enumerate(norms.items()):
        axis.plot(np.asarray(values), lw=2, label=label, marker=dots(k)['marker'], ms=5,
                  markevery=max(1, len(values) // 8), **curve(k))
    axis.set_yscale('log')
    axis.set(xlabel='steps back from the loss', ylabel='norm of the gradient', title=title, ylim=ylim)
    axis.legend(frameon=False, fontsize=11)
    plain_axes(fig, axis)
    show(fig, f'{title.capitalize()}: the norm of the gradient, from 1 at the loss. ' + ' '.join(
        f'{label}: {values[-1] / values[0]:.1g} after {len(values) - 1} steps.' for label, values in norms.items()))


def show_choices(images, choices):
    """Show beside each picture captions that were chosen in several ways; equal ones of a way once, with their number.

    choices: for each picture {way: [(caption, places of its wrong words or None, log p of a word), …]}.
    """
    check_some('show_choices: images', images)
    found = [[(way, *one, counts[one[0]]) for way, said in ways.items()
              for counts in [Counter(text for text, *_ in said)] for one in {one[0]: one for one in said}.values()]
             for ways in choices]
    heights = [max(2.1, 0.235 * sum(len(_lines(text.split(), 60)) for _, text, *_ in lines) + 0.25) for lines in found]
    fig = plt.figure(figsize=(8.6, sum(heights)))
    top, told = sum(heights), []
    for image, lines, height in zip(images, found, heights, strict=True):
        axis = fig.add_axes((0, (top - 1.95) / sum(heights), 1.9 / 8.6, 1.9 / sum(heights)))
        axis.imshow(image)
        axis.axis('off')
        rows = [row for k, line in enumerate(lines)
                for row in _choice('' if k and lines[k - 1][0] == line[0] else line[0], *line[1:])]
        axis.add_artist(AnchoredOffsetbox('upper left', child=VPacker(children=rows, align='left', pad=0, sep=3.5),
                                          frameon=False, borderpad=0, pad=0, bbox_to_anchor=(1.05, 1.0),
                                          bbox_transform=axis.transAxes))
        told += [f'{way}: {_listed([(None if wrong is None else not wrong, text.split(), wrong or ())])}'
                 for way, text, wrong, _, _ in lines]
        top -= height
    show(fig, f'{len(images)} scene{"s"[:len(images) > 1]}, captioned in several ways. ' + ' '.join(told))


def _choice(way, text, wrong, score, often):
    """Return the lines of one caption: the way, log p of a word, sign and words, and how often it came."""
    def cell(text, wide, colour):
        area = DrawingArea(wide, SIZE)
        area.add_artist(Text(0, 0, text, size=SIZE, color=colour))
        return area

    more = [TextArea(f'({often} times)', textprops={'size': SIZE, 'color': dark(GREY)})] if often > 1 else []
    first, *others = _written(text.split(), wrong or (), 60, None if wrong is None else not wrong)
    start = [cell(way, 74, dark(BLUE)), cell(f'{score:.2f}', 36, dark(GREY))]
    return [HPacker(children=[*start, first, *more], align='baseline', pad=0, sep=4),
            *(HPacker(children=[cell('', 132, INK), other], align='baseline', pad=0, sep=4) for other in others)]
