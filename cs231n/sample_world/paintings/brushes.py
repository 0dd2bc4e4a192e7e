"""Brushes for the paintings of the sample world: smooth noise, polygons, strokes that follow a field."""

import numpy as np
from PIL import Image, ImageDraw

SIZE = 288  # side of a painting, in pixels
FINE = 2  # it is drawn this many times larger, then reduced, so that edges are smooth
SIDE = SIZE * FINE
Y, X = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32) / SIZE  # position of each pixel, 0..1


def rgb(*hexes):
    """Return '#d04020', ... as float32 (n, 3) in 0..255."""
    return np.float32([[int(h[k : k + 2], 16) for k in (1, 3, 5)] for h in hexes])


def noise(rng, knots, cols=None):
    """Return a smooth random field (SIZE, SIZE) in 0..1 with knots x cols random values."""
    grid = rng.randint(0, 256, (knots, cols or knots)).astype(np.uint8)
    return np.asarray(Image.fromarray(grid).resize((SIZE, SIZE), Image.Resampling.BICUBIC), np.float32) / 255


def grain(rng, image, strength):
    """Return the picture with pixel noise of this standard deviation, equal in all channels."""
    return image + strength * rng.standard_normal((SIZE, SIZE, 1)).astype(np.float32)


def lay(canvas, colour, cover):
    """Lay a colour over the canvas, in place, as thick as cover (SIZE, SIZE) says, 0..1."""
    canvas += np.clip(cover, 0, 1)[..., None] * (np.float32(colour) - canvas)


def bands(colours, position):
    """Look colours (n, 3) up, with blending, at a position (SIZE, SIZE) in 0..1."""
    place = np.clip(position, 0, 1) * (len(colours) - 1)
    low = np.minimum(place.astype(int), len(colours) - 2)
    share = (place - low)[..., None]
    return colours[low] * (1 - share) + colours[low + 1] * share


def at(field, x, y):
    """Return field[y, x] at positions in 0..1; what lies outside counts as the border."""
    col = np.clip((np.asarray(x) * SIZE).astype(int), 0, SIZE - 1)
    row = np.clip((np.asarray(y) * SIZE).astype(int), 0, SIZE - 1)
    return field[row, col]


def board(canvas):
    """Return a PIL picture of SIDE x SIDE with the canvas on it, and the pen that draws on it."""
    image = Image.fromarray(np.clip(np.rint(canvas), 0, 255).astype(np.uint8)).resize((SIDE, SIDE))
    return image, ImageDraw.Draw(image)


def reduced(image):
    """Return the drawn picture at its final size, float32 (SIZE, SIZE, 3)."""
    return np.asarray(image.reduce(FINE), np.float32)


def ink(colour):
    """Return an RGB colour as the pen wants it."""
    return tuple(int(v) for v in np.clip(np.rint(colour), 0, 255))


def polygon(pen, colour, points, outline=None, width=1):
    """Fill a polygon given in 0..1; outline it if asked, so many final pixels wide."""
    corners = [(float(x) * SIDE, float(y) * SIDE) for x, y in points]
    pen.polygon(corners, fill=None if colour is None else ink(colour))
    if outline is not None:
        pen.line(
            [*corners, corners[0], corners[1]], fill=ink(outline), width=round(width * FINE), joint='curve'
        )


def line(pen, colour, points, width):
    """Draw a line through points in 0..1, so many final pixels wide, with round ends."""
    corners = [(float(x) * SIDE, float(y) * SIDE) for x, y in points]
    w = max(1, round(width * FINE))
    pen.line(corners, fill=ink(colour), width=w, joint='curve')
    for x, y in (corners[0], corners[-1]):
        pen.ellipse((x - w / 2, y - w / 2, x + w / 2, y + w / 2), fill=ink(colour))


def disc(pen, colour, x, y, radius):
    """Draw a dot at (x, y) in 0..1, its radius in final pixels."""
    x, y, r = x * SIDE, y * SIDE, radius * FINE
    pen.ellipse((x - r, y - r, x + r, y + r), fill=ink(colour))


def taper(pen, colour, points, widths):
    """Draw a brush stroke through points (n, 2) in 0..1 whose width in final pixels changes along it."""
    points, widths = np.float32(points), np.float32(widths) / (2 * SIZE)
    along = np.gradient(points, axis=0)
    across = along[:, ::-1] * [-1, 1] / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-6)
    left, right = points + across * widths[:, None], points - across * widths[:, None]
    polygon(pen, colour, [*left, *right[::-1]])


def strokes(canvas, rng, angle, count, length, width, shake):
    """Repaint a canvas with short curved strokes that follow a field, each in the colour of where it starts.

    angle: direction of the strokes in radians, (SIZE, SIZE); length and width in final pixels;
    shake: how far a stroke's colour strays from the canvas, 0..255.
    """
    image, pen = board(canvas)
    steps = 6
    x, y = rng.uniform(-0.02, 1.02, (2, count))
    colours = (
        at(canvas, x, y)
        + shake * rng.standard_normal((count, 1))
        + shake / 2 * rng.standard_normal((count, 3))
    )
    widths = np.maximum(1, np.rint(FINE * width * rng.uniform(0.7, 1.3, count))).astype(int).tolist()
    path = [(x, y)]
    for _ in range(steps):
        turn = at(angle, x, y)
        x, y = x + np.cos(turn) * length / steps / SIZE, y + np.sin(turn) * length / steps / SIZE
        path.append((x, y))
    path = np.rint(SIDE * np.array(path)).astype(int).transpose(2, 0, 1)  # (count, steps + 1, 2)
    colours = np.clip(np.rint(colours), 0, 255).astype(int).tolist()
    for w, colour, points in zip(widths, colours, path.reshape(count, -1).tolist()):
        pen.line(points, fill=tuple(colour), width=w)
        for x, y in (points[:2], points[-2:]):  # round ends
            pen.ellipse((x - w // 2, y - w // 2, x + w // 2, y + w // 2), fill=tuple(colour))
    return reduced(image)
