"""Pictures: from a file, from an address, scaled for SqueezeNet and back, blurred."""

import numpy as np
from scipy.ndimage import convolve

from cs231n._shared.normalisation import SQUEEZENET_MEAN, SQUEEZENET_STD
from cs231n.data.decoding import load_image
from cs231n.data.web_pictures import image_from_url

__all__ = ['SQUEEZENET_MEAN', 'SQUEEZENET_STD', 'blur_image', 'deprocess_image', 'image_from_url', 'load_image',
           'preprocess_image']

_BLUR = np.array([[1, 2, 1], [2, 188, 2], [1, 2, 1]]) / 200


def preprocess_image(img: np.ndarray) -> np.ndarray:
    """Scale a picture for SqueezeNet: (img / 255 − mean) / std.

    `img`: (…, 3), values 0 to 255. Returns float32 (…, 3). ValueError: the last dimension is not 3.
    """
    img = _three_channels(img)
    return (img.astype(np.float32) / np.float32(255) - SQUEEZENET_MEAN) / SQUEEZENET_STD


def deprocess_image(img: np.ndarray, rescale: bool = False) -> np.ndarray:
    """Undo `preprocess_image`: 255 · (img · std + mean), rounded, cut off at 0 and 255.

    `img`: float (…, 3). `rescale`: stretch the values to fill 0 to 255; a constant picture turns black.
    Returns uint8 (…, 3). ValueError: the last dimension is not 3.
    """
    img = _three_channels(img) * SQUEEZENET_STD + SQUEEZENET_MEAN
    if rescale and img.size:
        low, high = img.min(), img.max()
        img = (img - low) / (high - low if high - low > 1e-6 else 1)  # less than that is rounding
    return np.clip(np.rint(255 * img), 0, 255).astype(np.uint8)


def blur_image(X: np.ndarray) -> np.ndarray:
    """Blur very gently: each channel is convolved with [[1, 2, 1], [2, 188, 2], [1, 2, 1]] / 200.

    `X`: (N, 3, H, W), with zeros around it. Returns a new array of X's shape and dtype, float64 for ints.
    ValueError: X has another shape.
    """
    X = np.asarray(X)
    if X.ndim != 4 or X.shape[1] != 3:
        raise ValueError(f'X must have shape (N, 3, H, W), got {X.shape}')
    if X.dtype.kind != 'f':
        X = X.astype(np.float64)
    # SciPy knows only two sizes of floats.
    work = X if X.dtype.itemsize in (4, 8) else X.astype(np.float32 if X.dtype.itemsize < 4 else np.float64)
    return convolve(work, _BLUR[None, None].astype(work.dtype), mode='constant').astype(X.dtype, copy=False)


def _three_channels(img):
    img = np.asarray(img)
    if img.ndim == 0 or img.shape[-1] != 3:
        raise ValueError(f'img must have shape (…, 3), got {img.shape}')
    return img
