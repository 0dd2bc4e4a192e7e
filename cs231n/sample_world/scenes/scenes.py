"""A scene: one to three things in a place, painted from a seed, with the truth about every pixel."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageFilter

from cs231n.sample_world.scenes import palette, things
from cs231n.sample_world.scenes.pen import Pen
from cs231n.sample_world.scenes.places import COLS, DARK, PLACES, ROWS, SIZE, noise

# What each split is for, its seed, and how many things its scenes hold.
SPLITS = {
    'train': (1, (1, 1, 2, 2, 2, 3)),   # captions to learn from
    'val': (2, (1, 1, 2, 2, 2, 3)),     # captions to be judged by
    'classes': (3, (1,)),               # the labelled pictures of load_imagenet_val
    'test': (4, (1,)),                  # unseen scenes that the network is judged by
    'fit': (5, (1, 1, 2, 3, 4)),        # what the network learns from; wilder than any other
}
SIZES = {'small': (52, 66), 'medium': (74, 100), 'big': (112, 146)}  # pixels


@dataclass(frozen=True)
class Thing:
    """What it is, its colour's name, small, medium or big, and the centre and side of its box in pixels."""

    kind: str
    colour: str
    size: str
    x: int
    y: int
    side: int


@dataclass(frozen=True)
class Scene:
    """`image` uint8 (224, 224, 3); `masks` bool (n, 224, 224), what is visible of each of the n `things`; `place`."""

    image: np.ndarray
    masks: np.ndarray
    things: tuple
    place: str


def plan(split, index):
    """Return what a scene will show -> (place, horizon row, things, rng), without painting it."""
    if split not in SPLITS:
        raise ValueError(f'split must be one of {", ".join(SPLITS)}, got {split!r}')
    if not 0 <= int(index) < 2 ** 31:
        raise ValueError(f'index must lie in 0 … {2 ** 31 - 1}, got {index!r}')
    seed, counts = SPLITS[split]
    rng = np.random.RandomState([seed, int(index)])  # the legacy generator: NumPy promises never to change its stream
    place = sorted(PLACES)[rng.randint(len(PLACES))]
    horizon = rng.randint(88, 128)
    wanted = counts[rng.randint(len(counts))]
    first = index % len(things.KINDS) if wanted == 1 and split != 'fit' else rng.randint(len(things.KINDS))
    found = []
    for _ in range(40):
        kind = things.KINDS[first] if not found else things.KINDS[rng.randint(len(things.KINDS))]
        thing = _place_thing(kind, horizon, wanted, rng, wild=split == 'fit')
        if all(_apart(thing, other) and thing.kind != other.kind for other in found):
            found.append(thing)
        if len(found) == wanted:
            break
    return place, horizon, tuple(sorted(found, key=lambda t: t.y + t.side / 2)), rng


def _place_thing(kind, horizon, wanted, rng, wild):
    size = ('small', 'medium', 'medium', 'big')[rng.randint(4)] if wanted < 3 else ('small', 'medium')[rng.randint(2)]
    side = rng.randint(*SIZES[size])
    margin = side // 2 - (side // 5 if wild else 2)
    x = rng.randint(margin, SIZE - margin)
    if wild:
        y = rng.randint(margin, SIZE - margin)
    elif kind in things.FLYING:
        y = rng.randint(margin, max(margin + 1, min(horizon + 30, SIZE - margin)))
    else:
        y = rng.randint(max(margin, horizon - side // 6), SIZE - margin)
    return Thing(kind, list(palette.COLOURS)[rng.randint(len(palette.COLOURS))], size, x, y, side)


def _apart(a, b):
    reach = 0.46 * (a.side + b.side)
    return abs(a.x - b.x) > reach or abs(a.y - b.y) > reach


def _pattern(side, rng):
    """Return a texture for the coloured part of a thing: factors about 1, float32 (side, side)."""
    field = noise(rng, rng.randint(3, 9))[:side, :side] * np.float32(0.2) + np.float32(0.9)
    kind, period = rng.randint(8), rng.randint(5, 13)
    if kind < 2:     # stripes, straight or slanted
        bars = (COLS[:, :side] + (ROWS[:side] if kind else 0)) % period < period / 3
    elif kind == 2:  # checks
        bars = (COLS[:, :side] % period < period / 2) ^ (ROWS[:side] % period < period / 2)
    elif kind == 3:  # dots
        u, v = COLS[:, :side] % period - period / 2, ROWS[:side] % period - period / 2
        bars = u ** 2 + v ** 2 < period * period / 12
    else:
        return field
    return field * np.where(bars, np.float32(rng.uniform(0.78, 0.88)), np.float32(1))


def _paint_thing(canvas, thing, rng, dark, wild):
    """Paint the thing onto the canvas in place -> its coverage (SIZE, SIZE) float32, 0..1."""
    turn = 0.35 if wild else 0.12
    pen = Pen(thing.side, rng, palette.roles(palette.sample(thing.colour, rng), rng), angle=rng.uniform(-turn, turn),
              mirror=bool(rng.randint(2)), squash=rng.uniform(0.88, 1.05))
    things.draw(thing.kind, pen)
    colour, cover, main = pen.lift()
    across = COLS[:, :thing.side] / thing.side - np.float32(0.5)
    light = np.float32(rng.uniform(0.92, 1.04)) + across * np.float32(rng.uniform(-0.16, 0.16))
    colour = colour * (1 + main * (_pattern(thing.side, rng) - 1))[..., None] * light[..., None]

    left, top = thing.x - thing.side // 2, thing.y - thing.side // 2
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + thing.side, SIZE), min(top + thing.side, SIZE)
    cut = slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)
    area = canvas[y0:y1, x0:x1]
    rim = Image.fromarray(np.rint(cover * 255).astype(np.uint8)).filter(ImageFilter.MaxFilter(3))
    edge = np.asarray(rim, np.float32)[cut] * np.float32(0.5 / 255) * (1 - cover[cut])
    area += edge[..., None] * ((np.float32(235) if dark else np.float32(20)) - area)
    area *= (1 - cover[cut])[..., None]
    area += np.minimum(colour, 255 * cover[..., None])[cut]

    full = np.zeros((SIZE, SIZE), np.float32)
    full[y0:y1, x0:x1] = cover[cut]
    return full


def _wild_backdrop(rng):
    """Return a backdrop of textures alone, so that the network cannot lean on places."""
    canvas = np.zeros((SIZE, SIZE, 3), np.float32)
    for c in range(3):
        level, field = rng.randint(0, 256), noise(rng, rng.randint(3, 60), rng.randint(3, 60))
        canvas[..., c] = level + (field - np.float32(0.5)) * rng.randint(20, 200)
    period, slope = rng.randint(6, 40), rng.randint(-2, 3)
    bars = ((COLS + slope * ROWS) % period < period // 2)[..., None]
    return canvas + bars * rng.randint(-70, 71, 3).astype(np.float32)


@lru_cache(maxsize=64)
def scene(split, index):
    """Return the scene that `paint` makes; the last ones are kept."""
    return paint(split, index)


def paint(split, index):
    """Paint one scene.

    `split` is one of SPLITS, `index` a whole number from 0; the same pair gives the same bytes on every machine.
    Returns a Scene. Raises ValueError for an unknown split or a negative index.
    """
    place, horizon, found, rng = plan(split, index)
    wild = split == 'fit' and rng.randint(10) < 4
    canvas = _wild_backdrop(rng) if wild else PLACES[place](rng, horizon)
    dark = place in DARK and not wild
    covers = [_paint_thing(canvas, thing, rng, dark, split == 'fit') for thing in found]
    gain = np.float32(rng.uniform(0.92, 1.06)) + (noise(rng, 3) - np.float32(0.5)) * np.float32(0.12)
    canvas *= gain[..., None]
    image = np.clip(np.rint(canvas), 0, 255).astype(np.uint8)
    masks = np.zeros((len(covers), SIZE, SIZE), bool)
    hidden = np.zeros((SIZE, SIZE), bool)
    for k in reversed(range(len(covers))):
        masks[k] = (covers[k] > 0.5) & ~hidden
        hidden |= covers[k] > 0.5
    image.flags.writeable = masks.flags.writeable = False
    return Scene(image, masks, found, place if not wild else 'nowhere')
