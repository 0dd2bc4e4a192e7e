"""Where a scene plays: eight places, each painted as a 224 x 224 backdrop of gradients, silhouettes and noise.

Everything is whole-number randomness, resizing by Pillow and elementwise float32 arithmetic; no transcendental function
touches a pixel, because their last digit differs between processors.
"""

import numpy as np
from PIL import Image

SIZE = 224
ROWS = np.arange(SIZE, dtype=np.float32)[:, None]
COLS = np.arange(SIZE, dtype=np.float32)[None, :]


def noise(rng, rows, cols=None):
    """Return a smooth random field (SIZE, SIZE) in 0..1 with `rows` x `cols` random knots."""
    knots = rng.randint(0, 256, (rows, cols or rows)).astype(np.uint8)
    return np.asarray(Image.fromarray(knots).resize((SIZE, SIZE), Image.BICUBIC), np.float32) / np.float32(255)


def skyline(rng, level, height, knots):
    """Return a random ridge: for each column a row, float32 (1, SIZE), about `level` and `height` high."""
    line = Image.fromarray(rng.randint(0, 256, (1, knots)).astype(np.uint8)).resize((SIZE, 1), Image.BICUBIC)
    return np.float32(level) - np.asarray(line, np.float32) * np.float32(height / 255)


def ramp(top, bottom, start=0, stop=SIZE):
    """Return a vertical gradient between two colours from row `start` to row `stop`, (SIZE, SIZE, 3)."""
    share = np.clip((ROWS - start) / np.float32(stop - start), 0, 1)[..., None]
    column = np.float32(top) + share * (np.float32(bottom) - np.float32(top))
    return np.repeat(column, SIZE, axis=1)


def grain(rng, strength, rows, cols=None):
    """Draw noise about zero, as strong as `strength` (one number or one a channel), (SIZE, SIZE, 3 or 1)."""
    return (noise(rng, rows, cols) - np.float32(0.5))[..., None] * np.float32(strength)


def over(canvas, paint, share):
    """Lay `paint` over the canvas, in place, where `share` is 1."""
    canvas += share * (paint - canvas)


def ground(canvas, line, paint):
    """Fill the canvas, in place, below a ridge (1, SIZE) or a level."""
    first = int(np.min(line))
    share = np.clip(ROWS[first:] - line, 0, 1)[..., None]  # a soft edge one pixel high
    area = canvas[first:]
    area += share * (paint[first:] - area)


def tint(rng, colour, spread=12):
    return np.float32(colour) + rng.uniform(-spread, spread, 3).astype(np.float32)


def spots(canvas, rng, count, colours, top, bottom, sizes=(1, 3)):
    """Scatter small squares between two rows: flowers, stars, pebbles, snowflakes."""
    xs, ys = rng.randint(0, SIZE - 3, count), rng.randint(top, bottom, count)
    for x, y, size, k in zip(xs, ys, rng.randint(*sizes, count), rng.randint(0, len(colours), count), strict=True):
        canvas[y:y + size, x:x + size] = colours[k]


def clouds(canvas, rng, amount):
    puff = noise(rng, rng.randint(7, 12), rng.randint(3, 6))[:110] - np.float32(1 - amount)
    over(canvas[:110], np.float32((250, 250, 252)), np.clip(puff * 4, 0, 0.8)[..., None])


def ball(canvas, x, y, radius, colour):
    """Draw a disc with a soft edge, in place: sun, moon or planet."""
    x0, y0 = max(x - radius, 0), max(y - radius, 0)
    box = slice(y0, y + radius + 1), slice(x0, x + radius + 1)
    reach = (COLS[:, box[1]] - np.float32(x)) ** 2 + (ROWS[box[0]] - np.float32(y)) ** 2
    over(canvas[box], np.float32(colour), np.clip((radius * radius - reach) / np.float32(2 * radius), 0, 1)[..., None])


def meadow(rng, horizon):
    canvas = ramp(tint(rng, (120, 180, 235)), tint(rng, (205, 230, 245)), 0, horizon)
    clouds(canvas, rng, rng.uniform(0.35, 0.55))
    ground(canvas, skyline(rng, horizon + 4, 40, 6), tint(rng, (112, 168, 96)) + np.zeros_like(canvas))
    grass = ramp(tint(rng, (122, 190, 78)), tint(rng, (82, 146, 52)), horizon)
    ground(canvas, skyline(rng, horizon + 8, 14, 5), grass + grain(rng, (34, 44, 22), 36, 110))
    spots(canvas, rng, rng.randint(20, 90), ((250, 240, 120), (250, 250, 250), (240, 130, 160)), horizon + 14, 222)
    return canvas


def sea(rng, horizon):
    canvas = ramp(tint(rng, (140, 190, 235)), tint(rng, (226, 236, 240)), 0, horizon)
    clouds(canvas, rng, rng.uniform(0.3, 0.5))
    water = ramp(tint(rng, (62, 140, 180)), tint(rng, (22, 82, 142)), horizon)
    waves = noise(rng, 56, 9) + noise(rng, 90, 30) * np.float32(0.7) - np.float32(0.85)
    crests = np.clip(waves - np.float32(0.42), 0, 0.2) * np.float32(500)
    ground(canvas, np.float32(horizon), water + (waves * np.float32(38) + crests)[..., None])
    return canvas


def beach(rng, horizon):
    horizon = horizon - 14
    canvas = ramp(tint(rng, (130, 200, 240)), tint(rng, (225, 240, 245)), 0, horizon)
    water = ramp(tint(rng, (40, 150, 190)), tint(rng, (120, 210, 215)), horizon, horizon + 36)
    ground(canvas, np.float32(horizon), water + grain(rng, 32, 70, 8))
    shore = skyline(rng, horizon + 44, 18, 5)
    ground(canvas, shore, np.full_like(canvas, 246))
    sand = ramp(tint(rng, (236, 212, 160)), tint(rng, (214, 182, 126)), horizon + 30)
    ground(canvas, shore + np.float32(5), sand + grain(rng, 26, 112))
    spots(canvas, rng, rng.randint(10, 40), ((250, 240, 225), (170, 140, 100), (225, 150, 130)), horizon + 52, 222)
    ball(canvas, rng.randint(20, 204), rng.randint(18, 44), rng.randint(11, 18), (255, 240, 150))
    return canvas


def desert(rng, horizon):
    canvas = ramp(tint(rng, (238, 160, 90), 16), tint(rng, (252, 218, 150)), 0, horizon)
    ball(canvas, rng.randint(24, 200), rng.randint(26, 60), rng.randint(13, 24), (255, 238, 180))
    for level, shade in ((0, 0), (24, -16), (58, -30)):
        top, bottom = (224 + shade, 168 + shade, 100 + shade), (196 + shade, 134 + shade, 72)
        dune = ramp(tint(rng, top, 8), tint(rng, bottom, 8), horizon)
        ground(canvas, skyline(rng, horizon + level + 10, 30, 4), dune + grain(rng, (24, 22, 18), 70, 6))
    return canvas


def snow(rng, horizon):
    canvas = ramp(tint(rng, (150, 168, 192)), tint(rng, (206, 214, 226)), 0, horizon)
    ground(canvas, skyline(rng, horizon + 6, 90, 9), tint(rng, (150, 168, 190)) + np.zeros_like(canvas))
    drift = ramp(tint(rng, (232, 238, 246), 6), tint(rng, (206, 218, 236), 6), horizon)
    ground(canvas, skyline(rng, horizon + 10, 20, 4), drift + grain(rng, (22, 18, 12), 12, 6))
    spots(canvas, rng, rng.randint(60, 160), ((255, 255, 255),), 0, 222, (1, 4))
    return canvas


def forest(rng, horizon):
    canvas = ramp(tint(rng, (46, 84, 58)), tint(rng, (78, 112, 66)), 0, horizon) + grain(rng, (44, 56, 36), 26)
    for _ in range(rng.randint(7, 13)):
        x, width, foot = rng.randint(0, SIZE), rng.randint(4, 14), horizon + rng.randint(0, 22)
        canvas[:foot, x:x + width] = tint(rng, (66, 54, 42)) * np.float32(rng.uniform(0.6, 1.2))
    leaves = np.clip((noise(rng, 20)[:64] - np.float32(0.5)) * 8, 0, 1) * np.clip((64 - ROWS[:64]) / 30, 0, 1)
    over(canvas[:64], tint(rng, (52, 106, 52)), leaves[..., None])
    floor = ramp(tint(rng, (92, 96, 50)), tint(rng, (70, 64, 36)), horizon)
    ground(canvas, skyline(rng, horizon + 8, 10, 8), floor + grain(rng, (50, 40, 26), 60, 70))
    return canvas


def city(rng, horizon):
    canvas = ramp(tint(rng, (18, 22, 58), 8), tint(rng, (70, 54, 104)), 0, horizon)
    spots(canvas, rng, rng.randint(15, 50), ((240, 240, 220),), 0, 70)
    ball(canvas, rng.randint(20, 204), rng.randint(16, 40), rng.randint(9, 15), (246, 240, 208))
    x = 0
    while x < SIZE:
        width, top = rng.randint(16, 38), horizon - rng.randint(14, 84)
        canvas[top:, x:x + width] = tint(rng, (38, 38, 66), 14)
        for y in range(top + 5, horizon, 9):
            for u in range(x + 3, min(x + width - 4, SIZE), 8):
                if rng.randint(5) < 2:
                    canvas[y:y + 4, u:u + 4] = (250, 214, 120)
        x += width
    street = ramp(tint(rng, (62, 60, 78), 8), tint(rng, (44, 44, 58), 8), horizon)
    ground(canvas, np.float32(horizon), street + grain(rng, 14, 112))
    canvas[horizon:horizon + 5] = tint(rng, (112, 108, 118), 6)
    return canvas


def moon(rng, horizon):
    nebula = np.clip(noise(rng, 5) - np.float32(0.45), 0, 1)[..., None]
    canvas = tint(rng, (14, 14, 26), 6) + nebula * tint(rng, (60, 30, 90), 20)
    spots(canvas, rng, rng.randint(70, 150), ((255, 255, 255), (200, 210, 255), (255, 230, 190)), 0, 200)
    x, y, r = rng.randint(24, 200), rng.randint(26, 56), rng.randint(14, 26)
    ball(canvas, x, y, r, (60, 120, 190))
    ball(canvas, x - r // 3, y - r // 4, r // 3, (110, 160, 110))
    dust = ramp(tint(rng, (176, 174, 172), 10), tint(rng, (116, 114, 116), 10), horizon)
    ground(canvas, skyline(rng, horizon + 8, 16, 7), dust + grain(rng, 26, 80))
    for _ in range(rng.randint(4, 9)):
        u, v, r = rng.randint(0, SIZE), rng.randint(horizon + 26, SIZE), rng.randint(5, 15)
        rows, cols = slice(v - r, v + r), slice(max(u - 2 * r, 0), u + 2 * r)
        reach = ((COLS[:, cols] - u) / np.float32(2)) ** 2 + (ROWS[rows] - v) ** 2
        canvas[rows, cols] *= 1 - np.clip((r * r - reach) / r, 0, 1)[..., None] * np.float32(0.22)
    return canvas


PLACES = {f.__name__: f for f in (beach, city, desert, forest, meadow, moon, sea, snow)}
DARK = ('city', 'forest', 'moon')
