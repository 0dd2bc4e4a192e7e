"""Paintings made of brush strokes: a swirling night, a burning sky, an ink wash, a river of dots."""

import numpy as np

from cs231n.sample_world.paintings.brushes import (
    X,
    Y,
    at,
    bands,
    board,
    disc,
    grain,
    lay,
    line,
    noise,
    polygon,
    reduced,
    rgb,
    strokes,
    taper,
)

TURN = 2 * np.pi


def starry(rng):
    """Paint a night sky of strokes that turn about the stars; a dark cypress, hills and a village below."""
    stars = [
        (0.80, 0.15, 0.085),
        (0.10, 0.12, 0.04),
        (0.33, 0.09, 0.035),
        (0.55, 0.08, 0.04),
        (0.40, 0.42, 0.035),
        (0.93, 0.42, 0.04),
        (0.21, 0.40, 0.03),
        (0.66, 0.50, 0.03),
    ]
    whirls = [(0.50, 0.27, 0.16, 1), (0.70, 0.36, 0.11, -1), *((x, y, 1.6 * r, 1) for x, y, r in stars)]
    u, v = np.full_like(X, 1.0), 0.25 * np.sin(7 * X + 2 * Y)
    for x, y, r, sense in whirls:
        weight = 6 * np.exp(-((X - x) ** 2 + (Y - y) ** 2) / r**2) / r
        u, v = u - sense * weight * (Y - y), v + sense * weight * (X - x)
    angle = np.arctan2(v, u)
    flow = noise(rng, 5, 3) * 0.5 + noise(rng, 14, 8) * 0.35
    for x, y, r, _ in whirls[:2]:
        d = np.hypot(X - x, Y - y)
        flow = flow + 0.35 * np.sin(d * 95) * np.exp(-((d / r) ** 2))
    canvas = bands(rgb('#0c1a4a', '#18348c', '#2f62b8', '#6fa6d8', '#c8dce0'), flow + 0.08)
    for x, y, r in stars:
        d = np.hypot(X - x, Y - y)
        lay(
            canvas,
            rgb('#e8d890')[0],
            1.15 * np.exp(-((d / (1.25 * r)) ** 2)) * (0.75 + 0.25 * np.sin(d * 160)),
        )
        lay(canvas, rgb('#f7c93c')[0], np.clip((0.62 * r - d) * 90, 0, 1))
    hills = 0.70 - 0.07 * np.sin(5.2 * X - 1.2) - 0.04 * np.sin(11 * X)
    lay(canvas, rgb('#26508c')[0], (Y - hills) * 60)
    lay(canvas, rgb('#1c3f5c')[0], (Y - hills - 0.07 - 0.05 * X) * 60)
    lay(canvas, rgb('#2c5a44')[0], (Y - 0.86 + 0.03 * np.sin(9 * X)) * 60)
    angle = np.where(hills < Y, 0.5 * np.cos(5.2 * X - 1.2) - 0.35, angle)
    width = 0.075 * np.clip((Y - 0.14) * 2.2, 0, 1) * (1 + 0.25 * np.sin(24 * Y))
    cypress = np.abs(X - 0.15 - 0.02 * np.sin(13 * Y)) < width
    lay(canvas, rgb('#14241c')[0], cypress)
    angle = np.where(cypress, -TURN / 4 + 0.5 * np.sin(17 * Y + 30 * X), angle)
    lay(canvas, rgb('#4a3a1e')[0], cypress & (noise(rng, 9, 40) > 0.62))
    canvas = strokes(canvas, rng, angle, 3600, 22, 4.2, 13)
    image, pen = board(strokes(canvas, rng, angle, 3600, 17, 2.4, 18))
    for x in np.sort(rng.uniform(0.34, 0.97, 13)):  # the village
        y, w = rng.uniform(0.84, 0.92), rng.uniform(0.022, 0.038)
        polygon(
            pen,
            rgb('#5a76a4', '#8a7f66', '#3d5c8c')[rng.randint(3)],
            [(x - w, y), (x - w, y - w), (x + w, y - w), (x + w, y)],
        )
        polygon(
            pen,
            rgb('#2a3a66', '#6a3e34')[rng.randint(2)],
            [(x - 1.2 * w, y - w), (x, y - 2.1 * w), (x + 1.2 * w, y - w)],
        )
        polygon(
            pen,
            rgb('#f6cc44')[0],
            [
                (x - w / 3, y - w / 4),
                (x - w / 3, y - w * 0.8),
                (x + w / 4, y - w * 0.8),
                (x + w / 4, y - w / 4),
            ],
        )
    polygon(pen, rgb('#46608c')[0], [(0.60, 0.88), (0.60, 0.79), (0.622, 0.62), (0.644, 0.79), (0.644, 0.88)])
    return grain(rng, reduced(image), 2)


def dusk(rng):
    """Paint long wavy bands of fire above a dark fjord, and a slanting pier."""
    wave = 0.05 * np.sin(6 * X + 1) + 0.03 * np.sin(13 * X + 8 * Y) + 0.02 * noise(rng, 6)
    sky = bands(
        rgb(
            '#c8321e',
            '#f08a24',
            '#f6c445',
            '#d8441e',
            '#f29a2e',
            '#a83224',
            '#f4b640',
            '#e0601e',
            '#f7d266',
            '#d4491f',
        ),
        (Y + wave) * 2.1,
    )
    fjord = bands(
        rgb('#1e3050', '#3c5a78', '#182a44', '#8a7a4a', '#22365a', '#10203a', '#4a6a7a', '#1a2a40'),
        np.hypot(X - 0.95, Y - 0.75) * 1.5 + 0.7 * wave,
    )
    canvas = sky.copy()
    shore = 0.47 + 0.06 * np.sin(4 * X + 0.5)
    below = shore < Y
    canvas[below] = fjord[below]
    lay(canvas, rgb('#2a2440')[0], (shore - 0.03 * (1 + np.sin(9 * X)) < Y) & ~below & (X > 0.35))
    angle = np.arctan2(-(0.30 * np.cos(6 * X + 1) + 0.39 * np.cos(13 * X + 8 * Y)), np.full_like(X, 1.2))
    angle = np.where(below, np.arctan2(X - 0.95, -(Y - 0.75)), angle)
    edge = (Y - 0.42) - 1.15 * X  # the pier comes in from the left
    pier = (edge > 0.12) & (Y > 0.48)
    planks = bands(
        rgb('#7a4a2a', '#b0763e', '#5c3420', '#9a5a30', '#6e3e24', '#c08a4c', '#543020'),
        (edge - 0.12) * 1.6 % 1,
    )
    canvas[pier] = planks[pier]
    angle = np.where(pier, np.arctan2(np.float32(1.15), np.float32(1)), angle)
    canvas = strokes(canvas, rng, angle, 3000, 34, 4.6, 14)
    canvas = strokes(canvas, rng, angle, 2200, 42, 2.2, 20)
    image, pen = board(canvas)
    for offset, width in ((0.115, 4), (0.02, 3)):  # the railing
        line(pen, rgb('#4a2018')[0], [(-0.02, 0.40 + offset), (0.52 - offset, 1.02)], width)
    _figure(pen, 0.52, 0.70)
    for x in (0.08, 0.13):
        line(pen, rgb('#20182c')[0], [(x, 0.43), (x + 0.005, 0.53)], 7)
        disc(pen, rgb('#20182c')[0], x, 0.415, 4)
    return grain(rng, reduced(image), 3)


def _figure(pen, x, y):
    """Paint a small dark figure that holds its pale head."""
    taper(pen, rgb('#1c1e30')[0], [(x, y - 0.02), (x + 0.025, y + 0.12), (x - 0.01, y + 0.33)], [22, 44, 62])
    for k, (dy, r) in enumerate(
        ((-0.125, 13), (-0.10, 12), (-0.075, 10), (-0.05, 8))
    ):  # the head: wide above, narrow below
        disc(pen, rgb('#e4c48a')[0], x + 0.003 * k, y + dy, r)
    for side in (-1, 1):
        line(
            pen,
            rgb('#e0bc84')[0],
            [(x + side * 0.04, y - 0.10), (x + side * 0.062, y - 0.04), (x + side * 0.03, y + 0.04)],
            5,
        )
        disc(pen, rgb('#4a3020')[0], x + side * 0.017, y - 0.115, 2)
    taper(
        pen,
        rgb('#4a2a20')[0],
        [(x + 0.002, y - 0.078), (x + 0.003, y - 0.062), (x + 0.004, y - 0.046)],
        [4, 6, 4],
    )


def ink_wash(rng):
    """Paint mountains that fade into mist, a boat, and bamboo in black strokes; a red seal."""
    canvas = bands(rgb('#e6dfcd', '#efe9da', '#f4efe3'), noise(rng, 5) * 0.6 + 0.4 * Y)
    for level, height, knots, tone in ((0.34, 0.26, 7, 175), (0.46, 0.24, 6, 128), (0.60, 0.17, 5, 80)):
        ridge = level - height * (noise(rng, 2, knots)[:1] ** 1.3) + 0.02 * noise(rng, 2, 60)[:1]
        depth = Y - ridge
        wash = np.where(depth > 0, np.exp(-np.maximum(depth, 0) / 0.13), 0) * (
            0.72 + 0.45 * noise(rng, 26, 40)
        )
        streaks = 0.25 * (noise(rng, 8, 90) > 0.6) * (depth > 0) * np.exp(-np.maximum(depth, 0) / 0.07)
        lay(canvas, (tone * 0.62,) * 3, (wash + streaks) * (1.05 - tone / 300))
    image, pen = board(canvas)
    black = np.float32((26, 26, 30))
    _boat(pen, black)
    for x, lean, width, tone in ((0.83, 0.05, 10, 0), (0.93, -0.03, 7, 45), (0.75, 0.09, 5, 95)):
        top = 1.02
        while top > -0.05:  # one piece of the stalk after the other
            bottom, top = top, top - rng.uniform(0.13, 0.17)
            xs = [x + lean * (1 - y) for y in (bottom - 0.008, (bottom + top) / 2, top + 0.006)]
            taper(
                pen,
                black + tone + 25,
                list(zip(xs, (bottom - 0.008, (bottom + top) / 2, top + 0.006))),
                [width, width * 0.8, width],
            )
            line(pen, black + tone, [(xs[2] - width / 560, top), (xs[2] + width / 560, top)], 2)
            if top < 0.8:
                _leaves(pen, rng, xs[2], top, black + tone)
    polygon(pen, rgb('#b8281e')[0], [(0.06, 0.86), (0.13, 0.86), (0.13, 0.94), (0.06, 0.94)])
    for k in range(3):
        line(pen, rgb('#f0e2d0')[0], [(0.078 + 0.017 * k, 0.875), (0.078 + 0.017 * k, 0.925)], 2)
    line(pen, rgb('#f0e2d0')[0], [(0.07, 0.90), (0.12, 0.90)], 2)
    return grain(rng, reduced(image) + 10 * (noise(rng, 90, 60)[..., None] - 0.5), 3)


def _leaves(pen, rng, x, y, colour):
    for _ in range(rng.randint(3, 7)):
        a, r = rng.choice([0.35, 2.6, 0.9, 2.1]) + rng.uniform(-0.3, 0.3), rng.uniform(0.08, 0.17)
        path = [(x + r * t * np.cos(a), y + r * t * np.sin(a) + 0.05 * t * t) for t in np.linspace(0, 1, 7)]
        taper(pen, colour + rng.uniform(-5, 40), path, [1, 4, 7, 7.5, 6, 3, 0.5])


def _boat(pen, black):
    taper(pen, black + 20, [(0.20, 0.765), (0.29, 0.79), (0.40, 0.763)], [2, 8, 2])
    taper(pen, black, [(0.31, 0.775), (0.312, 0.745), (0.315, 0.73)], [8, 6, 3])
    disc(pen, black, 0.316, 0.722, 3)
    line(pen, black + 40, [(0.34, 0.70), (0.30, 0.83)], 1)
    for k, (left, right) in enumerate(((0.14, 0.27), (0.33, 0.48), (0.08, 0.2), (0.25, 0.40))):
        taper(
            pen,
            black + 110,
            [(left, 0.81 + 0.018 * k), ((left + right) / 2, 0.815 + 0.018 * k), (right, 0.81 + 0.018 * k)],
            [0.5, 2, 0.5],
        )


def dots(rng):
    """Paint a river bank in small dots of pure colour, each beside its complement."""
    bank = 0.52 + 0.22 * X + 0.02 * np.sin(9 * X)
    canvas = bands(rgb('#aecbe4', '#dce6e0', '#f6e6c0', '#f2d8b4'), Y * 2.4)
    lay(canvas, rgb('#5a8a5c')[0], (0.33 - 0.05 * noise(rng, 2, 14)[:1] < Y) * 60)
    lay(canvas, rgb('#7aaac8')[0], (Y - 0.385) * 60)
    lay(canvas, rgb('#c8dce0')[0], ((Y > 0.40) & (noise(rng, 30, 4) > 0.6)) * 0.7)
    lay(canvas, rgb('#8cba4a')[0], (Y - bank) * 60)
    lay(canvas, rgb('#3e6a4c')[0], (noise(rng, 6, 4) - 0.53) * 14 * (bank + 0.08 < Y))
    lay(canvas, rgb('#e8d860')[0], (noise(rng, 9, 5) - 0.60) * 12 * (bank + 0.02 < Y))
    for x, y, r in ((0.86, 0.12, 0.19), (0.98, 0.30, 0.15), (0.70, 0.06, 0.13)):
        lay(canvas, rgb('#34683e')[0], (r - np.hypot(X - x, (Y - y) * 1.2)) * 60)
        lay(canvas, rgb('#6fa848')[0], (0.55 * r - np.hypot(X - x + 0.05, (Y - y + 0.04) * 1.2)) * 30)
    lay(
        canvas, rgb('#54402e')[0], (np.abs(X - 0.88 - 0.03 * np.sin(6 * Y)) < 0.022) * (Y > 0.12) * (Y < 0.76)
    )
    for x, y, h in ((0.20, 0.36, 0.11), (0.36, 0.41, 0.08)):  # sails
        lay(canvas, rgb('#fdf6e6')[0], ((x < X) & (X - x < 0.6 * (Y - y + h)) & (y + 0.02 > Y)) * 1.0)
        lay(canvas, rgb('#7a3a30')[0], (np.abs(X - x - 0.02) < 0.05) & (np.abs(Y - y - 0.03) < 0.012))
    for x, y, one, two in (
        (0.30, 0.80, '#3a2a6a', '#c8443a'),
        (0.55, 0.76, '#8a2a4a', '#e89a3a'),
    ):  # strollers with parasols
        lay(
            canvas,
            rgb(one)[0],
            (0.055 * (0.6 + 2.6 * np.clip(Y - y, 0, 1)) - np.abs(X - x))
            * 90
            * (y - 0.10 < Y)
            * (y + 0.14 > Y),
        )
        lay(canvas, rgb('#e8b890')[0], (0.022 - np.hypot(X - x, Y - y + 0.12)) * 120)
        lay(canvas, rgb(two)[0], (0.085 - np.hypot(X - x, (Y - y + 0.135) * 1.6)) * 90 * (y - 0.135 > Y))
    image, pen = board(np.full_like(canvas, 1) * rgb('#efe8d6')[0])
    count = 9000
    x, y, radius = *rng.uniform(0, 1, (2, count)), rng.uniform(1.7, 2.8, count)
    colours, grey = at(canvas, x, y), at(canvas, x, y).mean(axis=1, keepdims=True)
    vivid = grey + (colours - grey) * rng.uniform(1.2, 1.9, (count, 1)) + 18 * rng.standard_normal((count, 3))
    against = (
        1.15 * grey + 0.8 * (grey - colours) + 24 * rng.standard_normal((count, 3))
    )  # as light, of the opposite hue
    colours = np.where(rng.rand(count, 1) < 0.14, against, vivid)
    for k in range(count):
        disc(pen, colours[k], x[k], y[k], radius[k])
    return grain(rng, reduced(image), 2)
