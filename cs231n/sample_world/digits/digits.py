"""Handwriting-like digits in MNIST's own files, drawn with a pen: `make(folder)` takes a few seconds.

A digit is one of several skeletons that people write, made a writer's own (moved control points, other
proportions, warp, slant, turn) and drawn with a pen of some thickness and pressure. Then all is done as
MNIST did to its scans (LeCun et al., 1998): scaled to fit a box of 20 x 20, and shifted so that the centre
of mass is the middle of 28 x 28. Points are rounded to a fine grid before the drawing, which uses exact
operations only: the same pixels everywhere.
"""

import struct
from functools import cache
from pathlib import Path

import numpy as np

from cs231n._shared.files import write_atomically
from cs231n._shared.progress import progress_bar
from cs231n.sample_world.digits.strokes import STROKES

# Digits are drawn in blocks, each from a seed of its own, so that several processes can share the work: (count, seed).
BLOCKS = {'train': ((20_000, 1998), (20_000, 1999), (20_000, 2000)), 'test': ((4_000, 2021), (6_000, 2022))}
NAMES = {'train': 'train', 'test': 't10k'}  # how MNIST's files call the two
BOX, SIDE = 20, 28      # pixels of the box that a digit fits in, and of the picture
GRID = 256              # points are rounded to 1 / GRID of a pixel
SPACING = 0.04          # between points along a stroke, in units of the height of a digit
CHUNK = 128             # digits drawn at a time: what fits into a processor's cache


def make(folder, each=map):
    """Write the digits into `folder`/MNIST/raw, where torchvision.datasets.MNIST(root=folder) reads them.

    60,000 digits to train on and 10,000 to test on, in the idx files of MNIST (not compressed). Files appear
    whole or not at all. each: a `map` that may share the blocks among processes. Returns the folder of the files.
    """
    raw = Path(folder) / 'MNIST' / 'raw'
    raw.mkdir(parents=True, exist_ok=True)
    jobs = [(split, *block) for split, blocks in BLOCKS.items() for block in blocks]
    drawn = each(draw_digits, [count for _, count, _ in jobs], [seed for _, _, seed in jobs])
    found = {split: [] for split in BLOCKS}
    for (split, *_), block in zip(jobs, drawn, strict=True):
        found[split].append(block)
    for split, blocks in found.items():
        pictures, labels = (np.concatenate(parts) for parts in zip(*blocks))
        _write_idx(raw / f'{NAMES[split]}-images-idx3-ubyte', pictures)
        _write_idx(raw / f'{NAMES[split]}-labels-idx1-ubyte', labels)
    return raw


def _write_idx(path, array):
    """Write MNIST's format: 0, 0, 8 for uint8, the number of axes, their sizes as big-endian int32, the bytes."""
    write_atomically(path, struct.pack(f'>HBB{array.ndim}i', 0, 8, array.ndim, *array.shape) + array.tobytes())


def draw_digits(count, seed):
    """Draw digits -> pictures uint8 (N, 28, 28), ink 255 on 0, and labels uint8 (N,), all ten equally often.

    count: N, at least 1; seed: for np.random.RandomState. Raises ValueError if count is less than 1.
    """
    if count < 1:
        raise ValueError(f'count must be at least 1, got {count}')
    rng = np.random.RandomState(seed)
    labels = rng.permutation(np.arange(count) % 10).astype(np.uint8)
    kinds = np.array([rng.choice(len(STROKES[label]), p=_shares(label)) for label in labels])
    pictures = np.zeros((count, SIDE, SIDE), np.uint8)
    with progress_bar(total=count, desc='drawing digits', unit='digit', hidden=count < 5000) as bar:
        for label, variants in enumerate(STROKES):
            for kind, (_, curves) in enumerate(variants):
                rows = np.flatnonzero((labels == label) & (kinds == kind))
                for start in range(0, len(rows), CHUNK):
                    some = rows[start:start + CHUNK]
                    path, phase = _write(curves, len(some), rng)
                    pictures[some] = _centre(_ink(path, phase, rng))
                    bar.update(len(some))
    return pictures, labels


@cache
def _shares(label):
    """Return how common each way of writing a digit is, as probabilities."""
    weights = np.array([weight for weight, _ in STROKES[label]], float)
    return weights / weights.sum()


# ---- from a skeleton to what a writer makes of it ----


@cache
def _skeleton(curves):
    """Return for curves of control points the distinct points (K, 2), a matrix (P, K) that interpolates, the ends.

    A curve is a Catmull-Rom spline, smoothed a little; curves that share a point meet there in a corner,
    wherever it is moved to.
    """
    points = list(dict.fromkeys(point for curve in curves for point in curve))
    unit, found = np.eye(len(points)), []
    for curve in curves:
        knots = [unit[points.index(point)] for point in curve]
        knots = [2 * knots[0] - knots[1], *knots, 2 * knots[-1] - knots[-2]]
        rows = []
        for p, a, b, q in zip(knots, knots[1:], knots[2:], knots[3:]):
            steps = max(2, round(np.hypot(*((b - a) @ np.array(points))) / SPACING))
            t = np.arange(steps)[:, None] / steps  # (steps, 1)
            rows.append(a + 0.5 * t * (b - p + t * (2 * p - 5 * a + 4 * b - q + t * (3 * (a - b) + q - p))))
        rows = np.concatenate([*rows, knots[-2][None]])
        for _ in range(5):
            rows[1:-1] = (rows[:-2] + 2 * rows[1:-1] + rows[2:]) / 4
        found.append(rows)
    return np.array(points), np.concatenate(found), np.cumsum([len(rows) for rows in found])


def _write(curves, N, rng):
    """Draw N writers' versions of a skeleton: points (N, P, 2), about 1 high, and places on the curve (P,)."""
    points, weights, ends = _skeleton(curves)
    careless = rng.gamma(5.0, 0.2, (N, 1, 1))
    moved = points + 0.032 * careless * rng.standard_normal((N, *points.shape))  # (N, K, 2)
    path = np.einsum('pk,nkc->npc', weights, moved) - 0.5
    x, y = path[..., 0], path[..., 1]  # (N, P) each

    def one(spread):
        """Return a number of each writer's own, (N, 1)."""
        return spread * rng.standard_normal((N, 1))

    y = y + one(0.20) * (0.25 - y ** 2)           # the upper or the lower half is the larger one
    x = x * (1 + one(0.32) * y)                   # the top or the bottom is the wider one
    x = x * np.exp(one(0.17))                     # narrow or wide
    for _ in range(2):                            # elastic warp: a slow wave in some direction
        wave = np.sin(one(3.0) * x + one(3.0) * y + rng.uniform(0, 2 * np.pi, (N, 1)))
        x, y = x + one(0.03) * wave, y + one(0.03) * wave
    x = x - (0.18 + one(0.24)) * y                # slant, mostly to the right
    turn = one(0.09)
    x, y = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    starts = np.array([0, *ends[:-1]])
    return np.stack([x, y], axis=-1), np.concatenate([np.linspace(0, 1, b - a) for a, b in zip(starts, ends)])


# ---- from the points to pixels ----


def _ink(path, phase, rng):
    """Draw points (N, P, 2) with their places along the curve (P,) as ink uint8 (N, 20, 20)."""
    N, P, _ = path.shape
    press = 1 + 0.05 * rng.standard_normal((N, P))
    for waves in (1, 2):
        press += 0.09 * rng.standard_normal((N, 1)) * np.cos(waves * np.pi * phase)
    radius = np.clip(1.18 * np.exp(0.27 * rng.standard_normal((N, 1))) * press, 0.6, 2.8)  # (N, P) in pixels
    edge = rng.uniform(0.8, 1.2, N)  # width of the grey between ink and paper

    low, high = path.min(axis=1, keepdims=True), path.max(axis=1, keepdims=True)  # (N, 1, 2)
    room = BOX - 2 * radius.max(axis=1)[:, None, None]
    path = (path - (low + high) / 2) * room / (high - low).max(axis=2, keepdims=True) + BOX / 2
    x, y, r, edge = (np.rint(v * GRID).T.astype(np.float32) / np.float32(GRID)
                     for v in (path[..., 0], path[..., 1], radius, edge))  # (P, N) each, edge (N,)

    # How far a pixel lies inside of the ink, r - d, taken as (r^2 - d^2) / 2r: the same at the edge, and
    # d^2 is a sum.
    pixel = (np.arange(BOX, dtype=np.float32) + np.float32(0.5))[:, None]
    inside, here = np.full((2, BOX, BOX, N), -BOX ** 2, np.float32)
    for p in range(P):
        across, down = ((pixel - place[p]) ** 2 / (2 * r[p]) for place in (x, y))  # (20, N) each
        np.subtract((r[p] / 2 - across)[None], down[:, None], out=here)
        np.maximum(inside, here, out=inside)
    return np.rint(255 * np.clip(inside / edge + np.float32(0.5), 0, 1)).astype(np.uint8).transpose(2, 0, 1)


def _centre(ink):
    """Place ink (N, 20, 20) in pictures (N, 28, 28) by whole pixels: centre of mass in the middle."""
    N = len(ink)
    index, mass = np.arange(BOX), ink.sum(axis=(1, 2), dtype=np.int64)
    shifts = []
    for other in (2, 1):
        centre = ink.sum(axis=other, dtype=np.int64) @ index / mass  # (N,)
        shifts.append(np.clip(np.rint((SIDE - 1) / 2 - centre), 0, SIDE - BOX).astype(int))
    pictures = np.zeros((N, SIDE, SIDE), np.uint8)
    for n, (top, left) in enumerate(zip(*shifts)):
        pictures[n, top:top + BOX, left:left + BOX] = ink[n]
    return pictures
