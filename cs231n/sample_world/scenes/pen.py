"""A pen that draws in a thing's own frame: x to the right and y down, both in -1..1, whatever its size in the picture.

Every shape becomes a polygon with whole-numbered corners on a grid finer than the picture, so that drawing is
integer work and gives the same pixels on every machine.
"""

import math

import numpy as np
from PIL import Image, ImageDraw

FINE = 3  # fine-grid cells along one pixel
CIRCLE = [(math.cos(2 * math.pi * k / 48), math.sin(2 * math.pi * k / 48)) for k in range(49)]


class Pen:
    """Collects coloured shapes on a square canvas of `size` pixels, turned by `angle` radians and perhaps mirrored."""

    def __init__(self, size, rng, paint, angle=0.0, mirror=False, squash=1.0):
        self.rng, self.paint = rng, paint
        self.colours = list(paint)
        self.side = size * FINE
        self.canvas = Image.new('L', (self.side, self.side))
        self.draw = ImageDraw.Draw(self.canvas)
        scale = self.side / 2.3
        cos, sin, flip = math.cos(angle), math.sin(angle), -1 if mirror else 1
        self.matrix = (flip * scale * cos * squash, -scale * sin, flip * scale * sin * squash, scale * cos)

    def vary(self, low, high):
        """Return a proportion that differs from thing to thing."""
        return self.rng.uniform(low, high)

    def _corners(self, points):
        a, b, c, d = self.matrix
        half = self.side / 2
        return [(round(a * x + b * y + half), round(c * x + d * y + half)) for x, y in points]

    def poly(self, role, *points):
        self.draw.polygon(self._corners(points), fill=self.colours.index(role) + 1)

    def rect(self, role, left, top, right, bottom):
        self.poly(role, (left, top), (right, top), (right, bottom), (left, bottom))

    def disc(self, role, x, y, rx, ry=None, tilt=0.0, part=(0.0, 1.0)):
        """Draw an ellipse, or the `part` of it between two fractions of a turn (clockwise from the right)."""
        ry = rx if ry is None else ry
        cos, sin = math.cos(tilt), math.sin(tilt)
        first, last = (round(48 * p) for p in part)
        rim = [(rx * CIRCLE[k][0], ry * CIRCLE[k][1]) for k in range(first, last + 1)]
        self.poly(role, *((x + cos * u - sin * v, y + sin * u + cos * v) for u, v in rim))

    def ring(self, role, x, y, radius, width):
        rim = [(x + radius * u, y + radius * v) for u, v in CIRCLE]
        self.line(role, width, *rim)

    def line(self, role, width, *points):
        a, _, c, _ = self.matrix
        pixels = max(FINE, round(width * math.hypot(a, c)))
        corners, fill = self._corners(points), self.colours.index(role) + 1
        self.draw.line(corners, fill=fill, width=pixels, joint='curve')
        for x, y in (corners[0], corners[-1]):
            r = pixels // 2
            self.draw.ellipse((x - r, y - r, x + r, y + r), fill=fill)

    def lift(self):
        """Return colour times coverage (s, s, 3), coverage (s, s) and share of main (s, s), 0..1, float32."""
        table = np.zeros((5, 256), np.uint8)  # red, green, blue, covered?, main? of each shape index
        table[:3, 1:len(self.paint) + 1] = np.clip(np.rint(list(self.paint.values())), 0, 255).T
        table[3, 1:len(self.paint) + 1] = 255
        table[4, 1] = 255
        planes = [np.asarray(self.canvas.point(row.tolist()).reduce(FINE), np.float32) for row in table]
        return np.stack(planes[:3], axis=-1), planes[3] / np.float32(255), planes[4] / np.float32(255)
