"""Times a step of style_transfer against the literal one, side by side: python -m benchmarks.style_speed

The literal step runs every layer of SqueezeNet in the usual memory layout and keeps every feature; ours stops at the
last layer that a loss needs, in the layout channels_last. Both start from the same picture with the same settings and
the network's own pooling. Writes benchmarks/style_speed.json: milliseconds a step and their ratio, the least of
several turns taken alternately, and the peak memory of each in a process of its own; on a GPU, if there is one, too.
"""

import json
import re
import resource
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import torch

from cs231n._shared.console import command
from cs231n.data.squeezenet import load_squeezenet
from cs231n.experiments.style_optimisation import style_transfer
from cs231n.sample_world.paintings.paintings import painting, photograph
from cs231n.style_transfer_pytorch import gram_matrix, preprocess
from tests.reference import style_literal

SIZES, TURNS, STEPS = (192, 512), 4, 8  # steps of a turn: the first, which prepares, is not counted
SETTINGS = dict(content_layer=3, content_weight=0.05, style_layers=(1, 4, 6, 7), style_weights=(2e4, 500, 12, 1),
                tv_weight=0.05)


def ours(size, model, steps=STEPS):
    """Milliseconds of each step but the first."""
    ticks = []
    style_transfer(photograph('cat')[:, 75:375], painting('starry'), size, 192, **SETTINGS, model=model, steps=steps,
                   callback=lambda *_: ticks.append(time.perf_counter()))
    return [1000 * (b - a) for a, b in pairwise(ticks[1:])]


def literal(size, model, steps=STEPS):
    """Milliseconds of each step but the first, all layers run, every feature kept."""
    cnn = model.features
    like = next(cnn.parameters())
    content, style = (preprocess(image, s).to(like) for image, s in
                      ((photograph('cat')[:, 75:375], size), (painting('starry'), 192)))
    with torch.no_grad():
        target = style_literal.features(content, cnn)[SETTINGS['content_layer']]
        feats = style_literal.features(style, cnn)
        targets = [gram_matrix(feats[layer]) for layer in SETTINGS['style_layers']]
    x, ticks = content.clone().requires_grad_(), []
    adam = torch.optim.Adam([x], lr=0.15)
    for _ in range(steps):
        parts = style_literal.losses(x, cnn, target, targets, **SETTINGS)
        ticks.append([float(part.detach()) for part in parts] and time.perf_counter())
        adam.zero_grad()
        sum(parts).backward()
        adam.step()
    return [1000 * (b - a) for a, b in pairwise(ticks[1:])]


def peak(which, size):
    """Peak memory in MB of a fresh process that takes three steps one way."""
    code = f'from benchmarks.style_speed import *; {which}({size}, load_squeezenet()[0], 3); print(highest())'
    root = Path(__file__).resolve().parents[1]
    out = subprocess.run([sys.executable, '-c', code], cwd=root, capture_output=True, text=True, check=True).stdout
    return int(out.split()[-1])


def highest():
    """This process's peak memory in MB."""
    status = Path('/proc/self/status')  # on Linux, where ru_maxrss is inherited from the parent
    if status.exists():
        return int(re.search(r'VmHWM:\s+(\d+)', status.read_text(encoding='utf-8'))[1]) // 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (2**20 if sys.platform == 'darwin' else 2**10)


def compare(size, model):
    """One row of the result."""
    mine, theirs = [], []
    for _ in range(TURNS):
        mine += ours(size, model)
        theirs += literal(size, model)
    a, b = min(mine), min(theirs)  # whatever else the machine does only adds to a time
    return {'ours_ms': round(a, 1), 'literal_ms': round(b, 1), 'times_as_fast': round(b / a, 2)}


@command
def main():
    model, _ = load_squeezenet()
    figures = {'threads': torch.get_num_threads()}
    for size in SIZES:
        row = compare(size, model)
        row |= {'ours_peak_mb': peak('ours', size), 'literal_peak_mb': peak('literal', size)}
        figures[str(size)] = row
        print(size, row, flush=True)
    if torch.cuda.is_available():
        figures['gpu'] = {str(size): compare(size, model.cuda()) for size in SIZES}
        figures['gpu']['name'] = torch.cuda.get_device_name()
    Path(__file__).with_suffix('.json').write_text(json.dumps(figures, indent=1) + '\n', encoding='utf-8')


if __name__ == '__main__':
    sys.exit(main())
