"""Judges the three GANs of the notebook over three seeds, each trained as there: python -m benchmarks.gan_quality

Writes benchmarks/gan_quality.json: for each model and seed Fréchet distance, digits covered, evenness,
clearness and seconds of training; further what real digits get, and how well the reader of digits reads
them.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch

from cs231n import gan_pytorch as gan
from cs231n._shared.console import command
from cs231n.data.mnist import MemoryLoader, load_mnist
from cs231n.metrics.digits import evaluate
from cs231n.sample_world.digits.reader import look

RESULTS = Path(__file__).with_suffix('.json')
SEEDS = 0, 1, 2
CROSS_ENTROPY = gan.discriminator_loss, gan.generator_loss
SQUARES = gan.ls_discriminator_loss, gan.ls_generator_loss
MODELS = {  # name: networks, losses, batch size, epochs, how much faster G learns than D
    'vanilla': (gan.discriminator, gan.generator, CROSS_ENTROPY, 128, 5, 1),
    'least squares': (gan.discriminator, gan.generator, SQUARES, 128, 5, 1),
    'deep': (gan.build_dc_classifier, gan.build_dc_generator, CROSS_ENTROPY, 64, 2, 4),
}


def train(name, seed, digits):
    """A trained generator of that name, and the seconds it took."""
    make_D, make_G, losses, batch_size, epochs, faster = MODELS[name]
    torch.manual_seed(seed)
    D, G, rng = make_D(), make_G(), torch.Generator().manual_seed(seed)
    if name == 'deep':
        D.apply(gan.initialize_weights), G.apply(gan.initialize_weights)
    loader = MemoryLoader(digits.data, digits.targets, batch_size, rng=rng)
    start = time.perf_counter()
    solvers = gan.get_optimizer(D), gan.get_optimizer(G)
    for group in solvers[1].param_groups:
        group['lr'] *= faster
    gan.run_a_gan(D, G, *solvers, *losses, loader, num_epochs=epochs, rng=rng, falling=name == 'deep')
    return G.eval(), time.perf_counter() - start


@command
def main():
    digits, unseen = load_mnist(train=True), load_mnist(train=False)
    for some, count in ((digits, 20_000), (unseen, 4_000)):  # as many as the notebook takes
        some.data, some.targets = some.data[:count], some.targets[:count]
    real = gan.preprocess_img(unseen.data / 255)
    read = look(real)[1].argmax(axis=1)
    found = {'digits': len(digits), 'read rightly': float((read == unseen.targets.numpy()).mean()),
             'from the file': evaluate(gan.preprocess_img(digits.data[:1000] / 255), real), 'models': {}}
    for name in MODELS:
        runs = []
        for seed in SEEDS:
            G, seconds = train(name, seed, digits)
            with torch.no_grad():
                fakes = G(gan.sample_noise(1000, gan.NOISE_DIM, seed=7))
            runs.append({**evaluate(fakes, real), 'seconds': seconds})
            print(name, seed, {key: round(value, 3) for key, value in runs[-1].items()}, flush=True)
        mean = {key: float(np.mean([run[key] for run in runs])) for key in runs[0]}
        found['models'][name] = {'seeds': runs, 'mean': mean}
    RESULTS.write_text(json.dumps(found, indent=1) + '\n', encoding='utf-8')


if __name__ == '__main__':
    sys.exit(main())
