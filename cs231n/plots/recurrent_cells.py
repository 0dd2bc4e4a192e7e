"""Diagrams of the recurrent cells: what is computed, and the way that a gradient takes back. They return nothing."""

import matplotlib.pyplot as plt
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from cs231n.plots.theme import BLUE, GREEN, INK, RED, arrow, dark, show

BACK = dark(RED)  # of the gradient's way, which is dashed as well
PALE = {'blue': '#d6e6f5', 'green': '#e3f1e3', 'sand': '#fdf0d5', 'rose': '#f6dede', 'grey': '#eeeeee'}


def _canvas(width, height, xlim, ylim):
    fig, axis = plt.subplots(figsize=(width, height))
    axis.set(xlim=xlim, ylim=ylim)
    axis.axis('off')
    fig.subplots_adjust(0, 0, 1, 1)
    return fig, axis


def _box(axis, x, y, text, colour, size, width=1.2):
    axis.add_patch(FancyBboxPatch((x - width / 2, y - 0.3), width, 0.6, boxstyle='round,pad=0.05', fc=PALE[colour],
                                  ec=INK))
    axis.text(x, y, text, ha='center', va='center', fontsize=size, color=INK)


def _back(axis, start, end, name='', shift=(0, 0), bend=0):
    """Draw a stretch of the gradient's way, with the name of the gradient at its middle, moved by `shift`."""
    axis.add_patch(FancyArrowPatch(start, end, arrowstyle='-|>', mutation_scale=13, color=BACK, lw=1.8, ls=(0, (4, 2)),
                                   connectionstyle=f'arc3,rad={bend}', zorder=2))
    x, y = (start[0] + end[0]) / 2 + shift[0], (start[1] + end[1]) / 2 + shift[1]
    axis.text(x, y, name, color=BACK, ha='center', va='center', fontsize=12)


def _node(axis, x, y, sign):
    axis.scatter([x], [y], s=330, color='white', edgecolor=INK, zorder=3)
    axis.text(x, y, sign, ha='center', va='center', fontsize=13, zorder=4)


def draw_rnn_cell():
    """Draw one step of a vanilla RNN as a graph, with the gradient's way back dashed below each arrow."""
    fig, axis = _canvas(8, 3.4, (-0.9, 8.5), (-0.55, 3.35))
    for x, y, text in ((-0.4, 2.4, '$x$'), (-0.4, 0.6, '$h_{prev}$'), (3.4, 2.95, '$b$'), (7.0, 1.5, '$h_{next}$')):
        axis.text(x, y, text, fontsize=14, ha='center', va='center', color=INK)
    for x, y, text, colour in ((1.5, 2.4, '· $W_x$', 'sand'), (1.5, 0.6, '· $W_h$', 'sand'),
                               (5.3, 1.5, 'tanh', 'blue')):
        _box(axis, x, y, text, colour, 12)
    _node(axis, 3.4, 1.5, '+')
    for start, end in (((-0.1, 2.4), (0.83, 2.4)), ((0.05, 0.6), (0.83, 0.6)), ((2.17, 2.35), (3.15, 1.68)),
                       ((2.17, 0.65), (3.15, 1.32)), ((3.4, 2.75), (3.4, 1.8)), ((3.65, 1.5), (4.63, 1.5)),
                       ((5.97, 1.5), (6.55, 1.5)), ((7.4, 1.6), (8.0, 2.3)), ((7.45, 1.5), (8.25, 1.5))):
        arrow(axis, start, end)
    axis.text(4.15, 1.75, '$a$', fontsize=14, ha='center', color=INK)
    axis.text(7.95, 2.55, 'loss at\nthis word', fontsize=10.5, ha='center', color=INK)
    axis.text(7.95, 1.66, 'next step', fontsize=10.5, ha='center', color=INK)
    _back(axis, (6.75, 1.15), (5.75, 1.0), '$dh_{next}$', (0.15, -0.32))
    _back(axis, (4.75, 1.0), (3.75, 1.15), '$da$', (0, -0.32))
    _back(axis, (3.15, 1.0), (2.2, 0.3), '', bend=-0.1)
    _back(axis, (3.15, 1.95), (2.2, 2.7), '', bend=0.1)
    _back(axis, (0.8, 0.2), (-0.1, 0.2), '$dh_{prev}$', (0, -0.3))
    _back(axis, (0.8, 2.0), (-0.1, 2.0), '$dx$', (0, -0.28))
    for x, y, name in ((1.5, -0.05, '$dW_h$'), (1.5, 1.75, '$dW_x$'), (3.85, 2.5, '$db$')):
        axis.text(x, y, name, color=BACK, ha='center', va='center', fontsize=12)
    show(fig, 'One step of a vanilla RNN as a graph: x times W_x and h_prev times W_h meet in a sum with b, the sum '
              'a goes through tanh and becomes h_next, which goes to the loss at this word and to the next step. '
              'Dashed arrows lead the gradient back: dh_next, da, then dx, dh_prev, dW_x, dW_h and db.')


def draw_unrolled_rnn(words=('<START>', 'a', 'red', 'kite'), cell='RNN'):
    """Draw the captioning network unrolled over a few words: features in, a word in and the next word out."""
    steps = len(words)
    fig, axis = _canvas(1.65 * steps + 1.6, 4, (-2.0, 2 * steps - 0.7), (-1.25, 3.5))
    _box(axis, -1.2, 1.2, 'features\n· $W_{proj}$', 'sand', 10.5)
    for t, word in enumerate(words):
        x = 2 * t + 0.5
        _box(axis, x, 1.2, f'{cell}\n$h_{{{t + 1}}}$ (N, H)', 'blue', 10.5)
        _box(axis, x, -0.1, 'embedding\n(N, W)', 'green', 10.5)
        _box(axis, x, 2.4, 'scores\n(N, V)', 'rose', 10.5)
        following = words[t + 1] if t + 1 < steps else '…'
        axis.text(x, -1.02, word, ha='center', color=dark(GREEN), weight='bold', fontsize=12)
        axis.text(x, 3.2, following, ha='center', color=dark(RED), weight='bold', fontsize=12, style='italic')
        for y0, y1 in ((-0.75, -0.45), (0.25, 0.85), (1.55, 2.05), (2.75, 3.1)):
            arrow(axis, (x, y0), (x, y1))
        arrow(axis, (x - 1.35 if t else -0.55, 1.2), (x - 0.67, 1.2))
    axis.text(-0.34, 1.36, '$h_0$', fontsize=12, color=INK, ha='center')
    axis.text(-2.0, -1.02, 'it reads', color=dark(GREEN), fontsize=10.5)
    axis.text(-2.0, 3.2, 'it should say', color=dark(RED), fontsize=10.5)
    show(fig, f'The captioning network unrolled over {steps} words: the features become h_0; at each step a word is '
              f'embedded, the {cell} makes the next state of it, and from the state come scores for the word that '
              f'follows. It reads {" ".join(words)} and should say {" ".join(words[1:])} and so on.')


def draw_lstm_cell():
    """Draw one step of an LSTM: the cell along the top, the four gates below it; the gradient's way back dashed."""
    fig, axis = _canvas(8.6, 4.6, (-1.25, 9.75), (-1.5, 4.15))
    axis.text(-0.85, 2.9, '$c_{prev}$', fontsize=15, va='center', ha='center', color=INK)
    axis.text(9.25, 2.9, '$c_{next}$', fontsize=15, va='center', ha='center', color=INK)
    axis.text(-0.65, -0.9, '$x,\\ h_{prev}$', fontsize=15, va='center', ha='center', color=dark(BLUE))
    axis.text(9.25, -0.9, '$h_{next}$', fontsize=15, va='center', ha='center', color=dark(BLUE))
    axis.plot([-0.4, 8.6], [2.9, 2.9], color=INK, lw=3, zorder=0)
    axis.plot([0.05, 6.2], [-0.9, -0.9], color=BLUE, lw=2, zorder=0)
    gates = ((1.0, 'forget', '$f = σ(a_f)$', 'rose'), (2.9, 'write', '$i = σ(a_i)$', 'green'),
             (4.6, 'what', '$g = $tanh$(a_g)$', 'sand'), (6.3, 'show', '$o = σ(a_o)$', 'blue'))
    for x, role, formula, colour in gates:
        _box(axis, x, 0.3, f'{role}\n{formula}', colour, 10.5, 1.35)
        arrow(axis, (x, -0.9), (x, -0.08))
        _back(axis, (x + 0.25, -0.08), (x + 0.25, -0.8), f'$da_{formula[1]}$', (0.36, 0))
    for (x, y), sign in (((1.0, 2.9), '×'), ((3.75, 1.7), '×'), ((3.75, 2.9), '+'), ((7.8, 0.3), '×')):
        _node(axis, x, y, sign)
    _box(axis, 7.8, 1.7, 'tanh', 'grey', 11)
    for start, end in (((1.0, 0.68), (1.0, 2.68)), ((2.9, 0.68), (3.55, 1.55)), ((4.6, 0.68), (3.95, 1.55)),
                       ((3.75, 1.92), (3.75, 2.68)), ((7.0, 0.3), (7.56, 0.3)), ((7.8, 2.9), (7.8, 2.08)),
                       ((7.8, 1.32), (7.8, 0.54)), ((8.5, 2.9), (8.9, 2.9))):
        arrow(axis, start, end)
    axis.plot([7.8, 7.8, 8.6], [0.06, -0.9, -0.9], color=BLUE, lw=2, zorder=0)
    arrow(axis, (8.45, -0.9), (8.85, -0.9))
    _back(axis, (8.95, 3.35), (7.45, 3.35), '$dc_{next}$', (0, 0.35))
    _back(axis, (9.0, -0.6), (8.7, 0.1), '$dh_{next}$', (0.55, 0.1))
    _back(axis, (8.7, 0.3), (8.7, 2.65))
    _back(axis, (7.25, 3.35), (4.0, 3.35), '$dc$: two gradients have met', (0.3, 0.35))
    _back(axis, (3.5, 3.35), (1.25, 3.35), '$dc$', (0, 0.35))
    _back(axis, (0.75, 3.35), (-0.85, 3.35), '$dc_{prev}$', (0, 0.35))
    show(fig, 'One step of an LSTM. Along the top runs the cell, from c_prev to c_next: it is multiplied by f = '
              'σ(a_f), then i = σ(a_i) times g = tanh(a_g) is added. Below, tanh of the new cell times o = σ(a_o) '
              'becomes h_next. All four gates look at x and h_prev. Dashed, the gradient: dc_next and, through '
              'h_next and tanh, dh_next meet at the new cell as dc, which runs back along the top to dc_prev past '
              'no matrix. From each gate its own, da_f, da_i, da_g, da_o, leads down.')
