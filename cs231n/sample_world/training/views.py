"""Training pictures for the sample SqueezeNet: scenes, what lies where in them, and random views of both."""

from concurrent.futures import ProcessPoolExecutor

import numpy as np
import torch
import torch.nn.functional as F

from cs231n._shared.progress import progress_bar
from cs231n.sample_world.scenes.palette import COLOURS
from cs231n.sample_world.scenes.places import PLACES
from cs231n.sample_world.scenes.scenes import SIZE, scene
from cs231n.sample_world.scenes.things import KINDS

LABELS = SIZE // 2  # side of the maps of what is where
NAMES = {'kind': KINDS, 'colour': tuple(COLOURS), 'place': tuple(PLACES)}


def labelled(index):
    """Draw a scene: image (224, 224, 3), labels (112, 112, 2): 1 + kind and 1 + colour, 0 off things; place."""
    s = scene('fit', index)
    labels = np.zeros((LABELS, LABELS, 2), np.uint8)
    for thing, mask in zip(s.things, s.masks, strict=True):
        labels[mask[::2, ::2]] = KINDS.index(thing.kind) + 1, NAMES['colour'].index(thing.colour) + 1
    return s.image, labels, NAMES['place'].index(s.place) if s.place in PLACES else -100


def render_pool(count):
    """Return the pictures, labels and places of so many training scenes."""
    images, labels = np.empty((count, SIZE, SIZE, 3), np.uint8), np.empty((count, LABELS, LABELS, 2), np.uint8)
    places = np.empty(count, np.int64)
    with ProcessPoolExecutor() as pool:
        jobs = pool.map(labelled, range(count), chunksize=64)
        for k, (image, label, place) in enumerate(progress_bar(jobs, total=count, desc='drawing scenes')):
            images[k], labels[k], places[k] = image, label, place
    return images, labels, places


def views(images, labels, gen, side, smallest):
    """Draw random views: a part (`smallest` to 1.1) of each, mirrored, turned; light, contrast and noise vary.

    images (N, 224, 224, 3) uint8, labels (N, 112, 112, 2) uint8 -> x (N, 3, side, side) in 0..1 and, for each of the
    C x C cells of the last feature map, C = side / 16 - 1, the share of its pixels that each kind (N, 25, C, C) and
    colour (N, 11, C, C) covers, entry 0 being no thing.
    """
    N, C = len(images), side // 16 - 1
    draw = lambda low, high: low + (high - low) * torch.rand(N, generator=gen)
    scale, turn, aspect = draw(smallest, 1.1), draw(-0.15, 0.15), draw(0.9, 1.1)
    mirror = torch.where(draw(0, 1) < 0.5, -1.0, 1.0)
    room = (1 - scale).abs()
    cos, sin = scale * torch.cos(turn), scale * torch.sin(turn)
    affine = torch.stack([torch.stack([mirror * cos * aspect, -sin, room * draw(-1, 1)], 1),
                          torch.stack([mirror * sin * aspect, cos, room * draw(-1, 1)], 1)], 1)  # (N, 2, 3)

    x = torch.as_tensor(images).permute(0, 3, 1, 2).float() / 255
    grid = F.affine_grid(affine, (N, 3, side, side), align_corners=False)
    x = F.grid_sample(x, grid, padding_mode='reflection', align_corners=False)
    centres = 15.5 + 16 * np.arange(C)  # of the cells, in pixels
    offsets = (centres[:, None] + np.array([-16 / 3, 0, 16 / 3])).reshape(-1)  # three points a side in each cell
    points = torch.tensor(2 * offsets / side - 1, dtype=torch.float32)
    py, px = torch.meshgrid(points, points, indexing='ij')
    flat = torch.stack([px, py, torch.ones_like(px)], -1).reshape(-1, 3)  # (P, 3)
    spots = (flat @ affine.transpose(1, 2)).reshape(N, len(points), len(points), 2)
    truth = F.grid_sample(torch.as_tensor(labels).permute(0, 3, 1, 2).float(), spots, mode='nearest',
                          padding_mode='reflection', align_corners=False).long()
    kind, colour = (F.avg_pool2d(F.one_hot(truth[:, k], n).permute(0, 3, 1, 2).float(), 3)
                    for k, n in ((0, len(KINDS) + 1), (1, len(COLOURS) + 1)))

    shape = (N, 1, 1, 1)
    x = (x - 0.5) * draw(0.8, 1.15).reshape(shape) + 0.5 + draw(-0.08, 0.08).reshape(shape)
    x = x + draw(0, 0.04).reshape(shape) * torch.randn(x.shape, generator=gen)
    return x.clamp(0, 1).contiguous(memory_format=torch.channels_last), kind, colour
