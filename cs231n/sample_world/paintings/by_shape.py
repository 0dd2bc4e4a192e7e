"""Paintings made of shapes: an abstract, a still life in facets, a mosaic, a woodcut."""

import numpy as np
from PIL import Image, ImageDraw

from cs231n.sample_world.paintings.brushes import (
    FINE,
    SIDE,
    SIZE,
    X,
    Y,
    at,
    bands,
    board,
    disc,
    grain,
    ink,
    lay,
    line,
    noise,
    polygon,
    reduced,
    rgb,
    taper,
)

TURN = 2 * np.pi


def abstract(rng):
    """Paint circles within circles, arcs, wedges, checks and rays in pure colours on a cream ground."""
    palette = rgb(
        '#d8281e', '#f4b31a', '#1d4e9e', '#151515', '#3a8f5a', '#e87aa0', '#6a3a8a', '#f07a1c', '#58b4d8'
    )
    canvas = bands(rgb('#f2e6c4', '#f6eeda', '#e4d8b0', '#efd9b8'), noise(rng, 4))
    for colour in palette[[1, 8, 5, 0]]:
        x, y, r = rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.9), rng.uniform(0.12, 0.24)
        lay(canvas, colour, 0.55 * np.exp(-((X - x) ** 2 + (Y - y) ** 2) / r**2))
    image, pen = board(canvas)
    pick = lambda: palette[rng.randint(len(palette))]
    for _ in range(9):  # wedges
        x, y, a, w = *rng.uniform(0.0, 1.0, 2), rng.uniform(0, TURN), rng.uniform(0.04, 0.13)
        tip = x + 0.42 * np.cos(a), y + 0.42 * np.sin(a)
        polygon(
            pen, pick(), [(x - w * np.sin(a), y + w * np.cos(a)), tip, (x + w * np.sin(a), y - w * np.cos(a))]
        )
    for x, y, r in (
        (0.27, 0.28, 44),
        (0.76, 0.2, 26),
        (0.70, 0.66, 52),
        (0.2, 0.76, 30),
        (0.47, 0.5, 19),
        (0.9, 0.45, 16),
        (0.46, 0.9, 17),
    ):
        for k, share in enumerate((1.0, 0.86, 0.62, 0.4, 0.2)):
            disc(pen, palette[3] if k == 0 else pick(), x, y, r * share)
    for _ in range(7):  # arcs
        x, y, r, a = *rng.uniform(0.1, 0.9, 2), rng.uniform(0.08, 0.3), rng.uniform(0, TURN)
        turn = a + np.linspace(0, rng.uniform(1.2, 3.2), 24)
        line(
            pen,
            palette[rng.choice([0, 2, 3, 3])],
            np.stack([x + r * np.cos(turn), y + r * np.sin(turn)], 1),
            rng.uniform(2, 6),
        )
    for _ in range(16):  # rays
        x, y, a, r = *rng.uniform(0, 1, 2), rng.choice([0.5, 0.62, 2.2, 2.35]), rng.uniform(0.15, 0.4)
        line(
            pen,
            palette[3],
            [(x - r * np.cos(a), y - r * np.sin(a)), (x + r * np.cos(a), y + r * np.sin(a))],
            rng.uniform(1, 2.6),
        )
    for x, y in ((0.50, 0.12), (0.05, 0.48), (0.84, 0.86)):  # checks
        for i in range(4):
            for j in range(4):
                left, top = x + i * 0.03 + j * 0.008, y + j * 0.03 - i * 0.008
                polygon(
                    pen,
                    palette[3] if (i + j) % 2 else pick(),
                    [
                        (left, top),
                        (left + 0.03, top - 0.008),
                        (left + 0.038, top + 0.022),
                        (left + 0.008, top + 0.03),
                    ],
                )
    return grain(rng, reduced(image), 3)


def facets(rng):
    """Paint a still life with a guitar, cut into shaded facets of ochre, umber and grey."""
    canvas = bands(rgb('#4c4436', '#8a7a58', '#b8a274', '#6e6450', '#94886c'), noise(rng, 3))
    image, pen = board(canvas)
    cells = [np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])]
    for _ in range(105):  # cut the largest cell in two, again and again
        k = int(np.argmax([_area(c) * rng.uniform(0.4, 1) for c in cells]))
        cells += _cut(cells.pop(k), rng)
    palette = rgb(
        '#3a342a',
        '#5e5440',
        '#857655',
        '#ab9465',
        '#cbb98a',
        '#8f8a7c',
        '#6a6a68',
        '#a37440',
        '#d8caa2',
        '#4e4c4c',
    )
    for cell in cells:
        _shade(image, cell, palette[rng.randint(10)], palette[rng.randint(10)], rng)
    outline = [
        (0.50, 0.30),
        (0.60, 0.35),
        (0.62, 0.44),
        (0.57, 0.52),
        (0.66, 0.60),
        (0.69, 0.74),
        (0.58, 0.88),
        (0.42, 0.88),
        (0.31, 0.75),
        (0.33, 0.61),
        (0.43, 0.53),
        (0.39, 0.45),
        (0.40, 0.36),
    ]
    for k in (0, 1):  # the guitar, twice, shifted and turned, as if seen from two sides
        shape = [(x + 0.05 * k + 0.10 * k * (y - 0.5), y - 0.05 * k) for x, y in outline]
        for i in range(2, len(shape), 2 + k):
            fill = palette[[7, 3, 4, 7, 8][(i + k) % 5]]
            _shade(
                image,
                np.array([shape[i - 2], shape[i - 1], shape[i], (0.5 + 0.05 * k, 0.62)]),
                fill,
                palette[rng.choice([0, 1, 3])],
                rng,
            )
        line(pen, palette[0], [*shape[1 : 8 - k]], 2.4)
    disc(pen, palette[0], 0.505, 0.60, 17)
    disc(pen, palette[1], 0.515, 0.61, 13)
    for k in range(5):
        line(
            pen,
            palette[8] * (0.75 + 0.05 * k),
            [(0.475 + 0.017 * k, 0.06 + 0.01 * k), (0.482 + 0.017 * k, 0.82)],
            1.1,
        )
    for _ in range(34):
        (x, y), a, r = (
            rng.uniform(0.05, 0.95, 2),
            rng.choice([0.35, 1.2, 1.9, 2.8]) + rng.uniform(-0.1, 0.1),
            rng.uniform(0.04, 0.16),
        )
        line(pen, palette[0], [(x, y), (x + r * np.cos(a), y + r * np.sin(a))], rng.uniform(1, 2.4))
    return grain(rng, reduced(image) + 14 * (noise(rng, 60, 90)[..., None] - 0.5), 4)


def _area(cell):
    x, y = cell.T
    return abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2


def _cut(cell, rng):
    """Paint a convex cell in two, across its longer direction."""
    middle = cell.mean(axis=0) + rng.uniform(-0.02, 0.02, 2)
    wide = np.ptp(cell[:, 0]) > np.ptp(cell[:, 1])
    a = rng.choice([0.5, 0.9, 2.2, 2.6]) * 0.6 + (TURN / 4 if wide else 0) + rng.uniform(-0.35, 0.1)
    side = (cell - middle) @ np.array([-np.sin(a), np.cos(a)])
    if (side > 0).all() or (side < 0).all():
        return [cell]
    parts = [], []
    for i in range(len(cell)):
        j = (i + 1) % len(cell)
        parts[int(side[i] > 0)].append(cell[i])
        if (side[i] > 0) != (side[j] > 0):
            t = side[i] / (side[i] - side[j])
            for part in parts:
                part.append(cell[i] + t * (cell[j] - cell[i]))
    return [np.array(part) for part in parts]


def _shade(image, cell, light, dark, rng):
    """Fill a polygon on the board with a blend from one colour to another, and a dark edge."""
    left, top = np.floor(cell.min(axis=0) * SIDE).astype(int)
    right, bottom = np.ceil(cell.max(axis=0) * SIDE).astype(int) + 1
    mask = Image.new('L', (right - left, bottom - top))
    corners = [(x * SIDE - left, y * SIDE - top) for x, y in cell]
    ImageDraw.Draw(mask).polygon(corners, fill=255)
    a = rng.uniform(0, TURN)
    rows, cols = np.mgrid[0 : bottom - top, 0 : right - left] / SIDE
    ramp = np.cos(a) * cols + np.sin(a) * rows
    ramp = ((ramp - ramp.min()) / max(np.ptp(ramp), 1e-6))[..., None]
    paint = Image.fromarray(np.rint(light * (1 - 0.75 * ramp) + dark * 0.75 * ramp).astype(np.uint8))
    image.paste(paint, (left, top), mask)
    ImageDraw.Draw(image).line(
        [(x + left, y + top) for x, y in [*corners, corners[0]]], fill=ink(rgb('#2a251e')[0]), width=FINE
    )


def mosaic(rng):
    """Paint a peacock of tesserae on gold: small tilted stones in rows that follow the forms, with dark joints."""
    base = bands(rgb('#d9a832', '#e8c25a', '#c8922a', '#f0d276'), noise(rng, 7))
    along = np.arctan2(Y - 0.46, X - 0.5) + TURN / 4  # rows run around the bird
    tail, body = np.hypot(X - 0.5, Y - 0.46), np.hypot((X - 0.5) * 1.35, Y - 0.66)
    eyes = np.floor((np.arctan2(Y - 0.60, X - 0.5) / TURN + 0.5) * 22) % 2
    fan = (tail < 0.38) & (Y < 0.80)
    for radius, one, two in (
        (0.38, '#157a6e', '#0f5a5c'),
        (0.335, '#2f9e8a', '#1c7f76'),
        (0.285, '#1b4fa8', '#123a86'),
        (0.235, '#e2b13a', '#157a6e'),
        (0.20, '#7a2a2a', '#2f9e8a'),
        (0.165, '#157a6e', '#1b4fa8'),
    ):
        ring = fan & (tail < radius)
        base[ring] = np.where(eyes[..., None] > 0, rgb(one)[0], rgb(two)[0])[ring]
    neck = (np.abs(X - 0.5 - 0.015 * np.sin(18 * Y)) < 0.045) & (Y > 0.27) & (Y < 0.6)
    head = np.hypot(X - 0.51, Y - 0.26) < 0.06
    base[(body < 0.19) | neck | head] = rgb('#15308a')[0]
    base[(body < 0.11)] = rgb('#2f6fd0')[0]
    base[np.hypot(X - 0.525, Y - 0.25) < 0.014] = rgb('#f8f4e0')[0]
    base[(np.abs(Y - 0.265 - 0.25 * (X - 0.565)) < 0.016 * (0.625 - X) / 0.06) & (X > 0.56) & (X < 0.625)] = (
        rgb('#e08a2a')[0]
    )
    frame = np.maximum(np.abs(X - 0.5), np.abs(Y - 0.5))
    base[frame > 0.455] = np.where(
        (np.floor((X + Y) * 16) % 2)[..., None] > 0, rgb('#8a2420')[0], rgb('#f2e8cc')[0]
    )[frame > 0.455]
    base[Y > 0.86] = np.where(frame[..., None] > 0.455, base, rgb('#4a8a3a')[0])[Y > 0.86]
    along = np.where(
        (frame > 0.44) | (Y > 0.85),
        0,
        np.where((body < 0.19), np.arctan2(Y - 0.66, (X - 0.5) * 1.8) + TURN / 4, along),
    )
    return grain(rng, _tesserae(rng, base, along, 0.0245), 5)


def _tesserae(rng, base, along, step):
    """Lay stones of side `step` in rows, turned to the field, each of one colour, a little unlike its neighbours'."""
    image, pen = board(np.full_like(base, 1) * rgb('#2c241c')[0])
    spots = [(i, j) for i in np.arange(step / 2, 1.02, step) for j in np.arange(step / 2, 1.02, step)]
    rings = [
        (0.5 + r * np.cos(t), 0.46 + r * np.sin(t))
        for r in np.arange(step / 2, 0.8, step)
        for t in np.arange(0, TURN, step / r)
    ]
    straight = lambda x, y: max(abs(x - 0.5), abs(y - 0.5)) > 0.44 or y > 0.85
    places = [p for p in spots if straight(*p)] + [p for p in rings if not straight(*p)]
    for x, y in places:
        x, y = (x, y) + rng.uniform(-0.0015, 0.0015, 2)
        a, h = at(along, x, y) + rng.uniform(-0.1, 0.1), step * rng.uniform(0.40, 0.46)
        c, s = h * np.cos(a), h * np.sin(a)
        colour = at(base, x, y) * rng.uniform(0.78, 1.16) + rng.uniform(-9, 9, 3)
        polygon(
            pen,
            colour,
            [(x - c + s, y - s - c), (x + c + s, y + s - c), (x + c - s, y + s + c), (x - c - s, y - s + c)],
        )
    return reduced(image)


def wave(rng):
    """Paint a woodcut: a claw of foam above a small mountain, in Prussian blue and cream, with carved lines."""
    cream, pale, mid, deep, line_ = rgb('#ede0bf', '#b9cbd0', '#5f8aa8', '#1d3f6e', '#14233f')
    canvas = bands(rgb('#c9b48a', '#e2d2a8', '#ede0bf', '#e8d8b4'), Y * 1.6) + 10 * (
        noise(rng, 3, 40)[..., None] - 0.5
    )
    image, pen = board(canvas)
    polygon(pen, mid, [(0.52, 0.665), (0.655, 0.50), (0.70, 0.50), (0.84, 0.665)], line_, 1.2)
    polygon(
        pen,
        cream,
        [
            (0.605, 0.56),
            (0.655, 0.50),
            (0.70, 0.50),
            (0.75, 0.56),
            (0.715, 0.545),
            (0.69, 0.575),
            (0.665, 0.545),
            (0.64, 0.57),
        ],
    )
    t = np.linspace(0, 1, 40)
    back = np.stack([-0.02 + 0.62 * t, 0.62 - 0.50 * np.sin(t * 1.75) ** 1.2], 1)  # up the back of the wave
    tip = np.stack([0.60 + 0.11 * np.sin(3.3 * t), 0.13 + 0.24 * t], 1)  # over the crest
    hollow = np.stack(
        [0.60 - 0.30 * np.sin(2.6 * t) ** 0.9 + 0.28 * t**2, 0.37 + 0.46 * t], 1
    )  # down the hollow
    body = [*back, *tip, *hollow, (1.02, 0.86), (1.02, 1.02), (-0.02, 1.02)]
    polygon(pen, deep, body, line_, 1.6)
    for k, share in enumerate(np.linspace(0.10, 0.92, 12)):  # carved bands from foot to crest
        path = (1 - share) * np.concatenate([back[6:], tip[:10]]) + share * np.concatenate(
            [hollow[::-1][:34], hollow[::-1][30:40]]
        )
        line(
            pen,
            (mid, pale, cream)[k % 3],
            path + rng.uniform(-0.004, 0.004, path.shape),
            (2.6, 3.4, 1.6)[k % 3],
        )
    for k in range(11):  # the sea in front
        y = 0.80 + 0.02 * k
        crest = [
            (x, y + 0.022 * np.sin(8 * x + k * 1.1) + 0.03 * (x - 0.5) ** 2)
            for x in np.linspace(-0.02, 1.02, 40)
        ]
        line(pen, (deep, pale, mid, cream)[k % 4], crest, (6, 2.5, 5, 1.6)[k % 4])
    rim = np.concatenate([back[12:], tip])
    for x, y in rim[::2]:
        disc(pen, cream, x, y + 0.012, rng.uniform(5, 9))
    for x, y in np.concatenate([rim[10:], tip, hollow[:9]]):  # claws
        a, r = rng.uniform(0.2, 2.0), rng.uniform(0.03, 0.075)
        curl = [
            (x + r * s * np.cos(a + 1.2 * s), y + r * s * np.sin(a + 1.2 * s)) for s in np.linspace(0, 1, 6)
        ]
        taper(pen, line_, curl, [8, 8, 7, 5.5, 4, 2.4])
        taper(pen, cream, curl, [6, 6, 5, 3.6, 2.2, 0.8])
    for x, y, r in zip(
        *rng.uniform((0.45, 0.08), (0.97, 0.52), (46, 2)).T, rng.uniform(0.8, 2.4, 46)
    ):  # spray
        disc(pen, cream * 1.04, x, y, r)
    for x, y in ((0.68, 0.79), (0.30, 0.90)):
        taper(
            pen, rgb('#b98a4a')[0], [(x - 0.15, y - 0.035), (x, y + 0.02), (x + 0.16, y - 0.045)], [2, 11, 2]
        )
        taper(pen, line_, [(x - 0.15, y - 0.025), (x, y + 0.036), (x + 0.16, y - 0.035)], [1, 3, 1])
        for k in range(5):
            disc(pen, rgb('#e8c8a0')[0], x - 0.08 + 0.035 * k, y - 0.012, 2.4)
    polygon(pen, rgb('#c8402e')[0], [(0.045, 0.06), (0.085, 0.06), (0.085, 0.24), (0.045, 0.24)], line_, 1)
    for k in range(6):
        line(pen, cream, [(0.054, 0.08 + 0.026 * k), (0.076, 0.085 + 0.026 * k)], 1.4)
    grooves = np.sin((Y + 0.01 * noise(rng, 4)) * SIZE * 1.1)[..., None]
    return grain(rng, reduced(image) + 4 * grooves, 3)
