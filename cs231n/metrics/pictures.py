"""What one picture has kept of another: its fine lines, its coarse shapes, its colours, each apart from the others."""

import numpy as np
from scipy.ndimage import gaussian_filter

LUMA = np.array([0.299, 0.587, 0.114])  # how bright red, green and blue are to the eye (ITU-R BT.601)
COARSE = 4.0  # pixels: the deviation of the Gaussian before which fine lines vanish


def kept(picture, original):
    """Return how well a picture agrees with an original: {'fine lines', 'coarse shapes', 'colours': correlation}.

    With Y the brightness, each is Pearson's correlation over all pixels: of the slopes of Y to the right and down; of
    the same slopes after Y has been blurred; of the differences R - Y and B - Y, which tell the colour.
    1: all of it is there; 0: nothing of it.

    picture, original: uint8 arrays or floats (H, W, 3) of one scale, or pictures of Pillow.
    ValueError: they are not of one shape (H, W, 3), or one of them has no lines or no colours to compare.
    """
    pictures = [np.asarray(image, float) for image in (picture, original)]
    if pictures[0].shape != pictures[1].shape or pictures[0].ndim != 3 or pictures[0].shape[2] != 3:
        raise ValueError(f'kept: picture and original must have one shape (H, W, 3), got {pictures[0].shape} and '
                         f'{pictures[1].shape}')
    parts = [_parts(image) for image in pictures]
    return {name: _correlation(parts[0][name], parts[1][name], name) for name in parts[0]}


def _parts(image):
    bright = image @ LUMA  # (H, W)
    coarse = gaussian_filter(bright, COARSE)
    return {'fine lines': np.stack(np.gradient(bright)), 'coarse shapes': np.stack(np.gradient(coarse)),
            'colours': np.stack([image[..., 0] - bright, image[..., 2] - bright])}  # (2, H, W) each


def _correlation(a, b, name):
    a, b = a.ravel() - a.mean(), b.ravel() - b.mean()
    size = np.sqrt((a @ a) * (b @ b))
    if size < 1e-9:
        raise ValueError(f'kept: picture and original must have {name} to compare, got a flat one')
    return float(a @ b / size)
