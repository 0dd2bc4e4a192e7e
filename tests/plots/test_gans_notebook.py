"""The notebook GANs runs with as many digits as MNIST has: nothing in it is fixed to the number it takes by itself."""

import matplotlib

matplotlib.use('Agg')
import matplotlib.pyplot as plt
import nbformat
import numpy as np

from cs231n import gan_pytorch
from cs231n._shared.paths import ROOT
from cs231n.data.mnist import load_mnist
from cs231n.sample_world.digits import reader

TAKEN = 'digits, labels = train_set.data[:20000], train_set.targets[:20000]'


def _untrained(D, G, D_solver, G_solver, D_loss, G_loss, loader, show_every, num_epochs, history, g_steps=1, **_):
    """Return as many pictures as `run_a_gan` would, and losses, without a step of training."""
    steps = num_epochs * len(loader)
    history['D'], history['G'] = [1.3] * steps, [0.8] * steps * g_steps
    return [np.zeros((16, 784), np.float32)] * (1 + (steps - 1) // show_every)


def _reads_anything(pictures):
    """See ten digits in turn, all clearly, so that the cells that look for some find them."""
    N = len(pictures)
    return np.random.RandomState(0).standard_normal((N, 64)), np.eye(10)[np.arange(N) // 3 % 10]


def test_every_cell_runs_with_all_sixty_thousand_digits(monkeypatch):
    monkeypatch.setenv('CS231N_DATA', 'sample')
    monkeypatch.setattr(gan_pytorch, 'run_a_gan', _untrained)
    monkeypatch.setattr(reader, 'look', _reads_anything)
    cells = nbformat.read(ROOT / 'notebooks' / 'GANs.ipynb', 4).cells
    code = [cell.source for cell in cells if cell.cell_type == 'code']
    scope = {}
    assert sum(TAKEN in source for source in code) == 1 and len(load_mnist(train=True).data) == 60_000
    for source in code:
        source = source.replace(TAKEN, TAKEN.replace('[:20000]', ''))
        lines = [line for line in source.splitlines() if not line.startswith(('%', 'check('))]
        exec('\n'.join(lines), scope)
        plt.close('all')
    assert len(scope['seen']) == len(scope['digits']) == 60_000
