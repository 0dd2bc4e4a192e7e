"""Trains the reader of digits: `python -m cs231n.sample_world.training.train_digit_net` (a few minutes).

Each epoch draws new digits; none of them is in the files that the notebook uses, which have other seeds.
Writes datasets/sample/digit_net.pt (float16) and, beside it, a card with what was done and how well it reads.
"""

import json
import sys
import time

import torch
import torch.nn.functional as F

from cs231n._shared.console import command
from cs231n._shared.progress import progress_bar
from cs231n._shared.whole import digest
from cs231n.sample_world.digits.digits import BLOCKS, draw_digits
from cs231n.sample_world.digits.reader import READER_WEIGHTS, DigitNet

EPOCHS, DIGITS, BATCH, LR, SEED = 12, 20_000, 100, 3e-3, 28


def batches(count, seed):
    """Yield newly drawn digits as x float32 (B, 1, 28, 28) in [0, 1] and y (B,)."""
    pictures, labels = (torch.from_numpy(array) for array in draw_digits(count, seed))
    for x, y in zip(pictures[:, None].split(BATCH), labels.split(BATCH)):
        yield x.float() / 255, y.long()


@torch.no_grad()
def accuracy(net, count, seed):
    """Return the share of newly drawn digits that the net reads rightly."""
    net.eval()
    right = sum(int((net(x).argmax(dim=1) == y).sum()) for x, y in batches(count, seed))
    net.train()
    return right / count


def train(epochs=EPOCHS, digits=DIGITS):
    """Train a new DigitNet with Adam and one cycle of learning rates -> the net; torch's own stream stays as it was."""
    with torch.random.fork_rng(devices=[]), progress_bar(total=epochs * digits // BATCH, unit='step') as bar:
        torch.manual_seed(SEED)
        net = DigitNet()
        solver = torch.optim.Adam(net.parameters())
        schedule = torch.optim.lr_scheduler.OneCycleLR(solver, LR, total_steps=bar.total)
        for epoch in range(epochs):
            for x, y in batches(digits, [SEED, epoch]):
                loss = F.cross_entropy(net(x), y, label_smoothing=0.02)
                solver.zero_grad()
                loss.backward()
                solver.step()
                schedule.step()
                bar.update()
    return net


@command
def main():
    """Train, store weights and card."""
    start = time.process_time()
    net = train()
    minutes = (time.process_time() - start) / 60
    net.half()
    torch.save(net.state_dict(), READER_WEIGHTS)
    card = {'trained on': f'{EPOCHS} epochs of {DIGITS} newly drawn digits each', 'batch': BATCH,
            'processor minutes': round(minutes, 1), 'parameters': sum(p.numel() for p in net.parameters()),
            'accuracy on the drawn test digits': accuracy(net.float(), *BLOCKS['test'][0]),
            'sha256': digest(READER_WEIGHTS)}
    READER_WEIGHTS.with_suffix('.json').write_text(json.dumps(card, indent=1) + '\n', encoding='utf-8')
    print(card)


if __name__ == '__main__':
    sys.exit(main())
