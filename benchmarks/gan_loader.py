"""Times an epoch of the vanilla GAN with two loaders, side by side: python -m benchmarks.gan_loader

The usual one is PyTorch's DataLoader with ToTensor for each picture; the other one is MemoryLoader, which
takes whole batches out of memory. Both give the same batches, and the losses are compared bit by bit.
Writes benchmarks/gan_loader.json: seconds and their ratio, as medians of turns taken alternately, for
loading alone and for the whole epoch.
"""

import json
import sys
import time
from pathlib import Path
from statistics import median

import torch
from torch.utils.data import DataLoader
from torchvision.transforms import ToTensor

from cs231n import gan_pytorch as gan
from cs231n._shared.console import command
from cs231n.data.mnist import MemoryLoader, load_mnist

RESULTS = Path(__file__).with_suffix('.json')
TURNS, BATCH, DIGITS = 5, 128, 10_000


def loaders(device):
    """Both loaders over the same digits in the same order."""
    digits = load_mnist(transform=ToTensor())
    some = digits.data[:DIGITS], digits.targets[:DIGITS]
    return {'usual': DataLoader(digits, BATCH, sampler=gan.ChunkSampler(DIGITS)),
            'memory': MemoryLoader(*some, BATCH, shuffle=False, device=device)}


def load(loader, device):
    for x, _ in loader:
        x.to(device)


def play(loader, device):
    """One epoch of the vanilla GAN from the same first weights -> the losses."""
    D, G, history = gan.discriminator(seed=1).to(device), gan.generator(seed=2).to(device), {}
    solvers, losses = map(gan.get_optimizer, (D, G)), (gan.discriminator_loss, gan.generator_loss)
    gan.run_a_gan(D, G, *solvers, *losses, loader, num_epochs=1, rng=torch.Generator().manual_seed(0),
                  history=history)
    return history


def side_by_side(work, device):
    """Medians of the seconds that work(loader, device) takes, the loaders by turns, and their ratio."""
    seconds, results = {'usual': [], 'memory': []}, {}
    for turn in range(TURNS + 1):
        for name, loader in loaders(device).items():
            start = time.perf_counter()
            results[name] = work(loader, device)
            if device == 'cuda':
                torch.cuda.synchronize()
            if turn:  # the first one warms up
                seconds[name].append(time.perf_counter() - start)
    assert results['usual'] == results['memory'], 'the loaders give different losses'
    times = {f'seconds, {name}': round(median(values), 3) for name, values in seconds.items()}
    ratio = median(one / other for one, other in zip(seconds['usual'], seconds['memory']))
    return {**times, 'ratio': round(ratio, 2)}


@command
def main():
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    found = {'device': device, 'threads': torch.get_num_threads(), 'digits': DIGITS, 'batch': BATCH,
             'loading alone': side_by_side(load, device), 'epoch of the vanilla GAN': side_by_side(play,
             device)}
    RESULTS.write_text(json.dumps(found, indent=1) + '\n', encoding='utf-8')
    print(json.dumps(found, indent=1))


if __name__ == '__main__':
    sys.exit(main())
