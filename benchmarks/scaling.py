"""How time and memory of the LSTM grow with N, T, H and V: python -m benchmarks.scaling

One size varies at a time, the others stay at N = 64, T = 16, H = 512, V = 1004 (W = 256, float32). N, T and H: forward
and backward of the layer; V: temporal affine layer and softmax loss, forward and backward. A slope is the exponent p
of size^p, fitted over the three largest sizes. Writes benchmarks/scaling.json and docs/scaling.png.
"""

import json
import os
import sys
from pathlib import Path

import numpy as np

from benchmarks.speed import ROOT, by_turns, draw, peak_bytes
from cs231n._shared.console import command
from cs231n.rnn_layers import (
    lstm_backward,
    lstm_forward,
    temporal_affine_backward,
    temporal_affine_forward,
    temporal_softmax_loss,
)

W, BASE = 256, {'N': 64, 'T': 16, 'H': 512, 'V': 1004}
SIZES = {'N': (8, 16, 32, 64, 128, 256), 'T': (4, 8, 16, 32, 64), 'H': (64, 128, 256, 512, 1024),
         'V': (251, 502, 1004, 2008, 4016, 8032)}


def work(varied, N, T, H, V):
    """What is measured when this size varies, as a function without arguments."""
    if varied == 'V':
        h, w, b = draw((N, T, H), (H, V), (V,), scale=0.05)
        words, mask = np.random.RandomState(0).randint(0, V, (N, T)), np.ones((N, T), bool)

        def vocabulary():
            scores, cache = temporal_affine_forward(h, w, b)
            temporal_affine_backward(temporal_softmax_loss(scores, words, mask)[1], cache)
        return vocabulary
    x, h0, dh, Wx, Wh, b = draw((N, T, W), (N, H), (N, T, H), (W, 4 * H), (H, 4 * H), (4 * H,), scale=0.05)
    return lambda: lstm_backward(dh, lstm_forward(x, h0, Wx, Wh, b)[1])


def slope(sizes, values):
    return round(float(np.polyfit(np.log(sizes[-3:]), np.log(values[-3:]), 1)[0]), 2)


def measure():
    figures = {'threads': int(os.environ.get('OMP_NUM_THREADS', os.cpu_count()))}
    for varied, sizes in SIZES.items():
        works = {size: work(varied, **BASE | {varied: size}) for size in sizes}
        times = by_turns(works, 7)
        row = {'sizes': list(sizes), 'ms': [round(times[s], 2) for s in sizes],
               'MB': [round(peak_bytes(works[s]) / 1e6, 1) for s in sizes]}
        figures[varied] = row | {f'slope of {unit}': slope(sizes, row[unit]) for unit in ('ms', 'MB')}
        print(varied, figures[varied], flush=True)
    return figures


def plot(figures, path):
    import matplotlib
    matplotlib.use('Agg')
    from matplotlib import pyplot as plt

    fig, axes = plt.subplots(2, len(SIZES), figsize=(11, 5), sharex='col', sharey='row', layout='constrained')
    for column, varied in zip(axes.T, SIZES):
        row = figures[varied]
        for axis, unit in zip(column, ('ms', 'MB')):
            axis.loglog(row['sizes'], row[unit], 'o-', ms=4)
            axis.set_title(f"{unit} ~ {varied}^{row[f'slope of {unit}']}", fontsize=10)
            axis.grid(alpha=0.3, which='both')
        column[1].set_xticks(row['sizes'], row['sizes'])
        column[1].minorticks_off()
        column[1].set_xlabel(varied)
    axes[0, 0].set_ylabel('milliseconds')
    axes[1, 0].set_ylabel('memory, MB')
    fig.savefig(path, dpi=90, metadata={'Software': None})


@command
def main():
    figures = measure()
    Path(__file__).with_suffix('.json').write_text(json.dumps(figures, indent=1) + '\n', encoding='utf-8')
    plot(figures, ROOT / 'docs' / 'scaling.png')


if __name__ == '__main__':
    sys.exit(main())
