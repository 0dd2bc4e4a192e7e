"""Pictures from files, Pillow images and arrays, of any kind, as upright RGB."""

import os
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

MAX_PIXELS = 2**26  # a larger picture is taken for a decompression bomb


# ---- from a file ----


def load_image(filename: str | Path, size: int | None = None) -> np.ndarray:
    """Read a picture of any kind as RGB, upright as its EXIF data say, and optionally resize it.

    `size`: length of the shorter side after resizing (bilinear). Grey, palette and CMYK pictures are
    converted, 16 bits are brought to 8, transparent parts turn white. Returns uint8 (H, W, 3).
    FileNotFoundError: no such file. ValueError: not a picture, or `size` < 1. TypeError: `size` is no int.
    """
    if isinstance(size, bool) or not isinstance(size, (int, np.integer, type(None))):
        raise TypeError(f'size must be an int or None, not {type(size).__name__}')
    if size is not None and size < 1:
        raise ValueError(f'size must be at least 1, not {size}')
    if not Path(filename).is_file():
        raise FileNotFoundError(f'filename: there is no file {filename}')
    image = open_rgb(filename, filename)
    if size is not None:
        short = min(image.size)
        width, height = (max(1, side * int(size) // short) for side in image.size)
        image = image.resize((width, height), Image.Resampling.BILINEAR)
    return np.array(image)


def open_rgb(file, name):
    """Read a file, by path or open, as an upright RGB picture by Pillow. ValueError names it if it is none."""
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # odd metadata of a foreign picture are nobody's concern
        warnings.simplefilter('error', Image.DecompressionBombWarning)
        try:
            with Image.open(file) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise ValueError(f'{image.width} × {image.height} pixels are too many')
                return to_rgb(ImageOps.exif_transpose(image))
        except Exception as error:  # Pillow's decoders raise a dozen types for damaged files
            raise ValueError(f'{name} cannot be read as a picture: {error}') from error


def to_rgb(image):
    """Return a Pillow image of any mode as RGB; what is transparent becomes white.

    ValueError for pixels of unknown range.
    """
    if image.mode == 'F':
        raise ValueError('its pixels are floating-point numbers of unknown range')
    if image.mode.startswith('I'):
        grey = np.asarray(image).astype(np.int64)
        if grey.min() < 0 or grey.max() > 65535:
            raise ValueError('its pixels have more than 16 bits')
        return Image.fromarray(np.rint(grey / 257).astype(np.uint8)).convert('RGB')
    if image.mode in ('LA', 'La', 'PA', 'RGBA', 'RGBa') or 'transparency' in image.info:
        image = image.convert('RGBA')
        return Image.alpha_composite(Image.new('RGBA', image.size, 'white'), image).convert('RGB')
    return image.convert('RGB')


def as_rgb(img):
    """Return an upright RGB picture by Pillow, from a path, a PIL image, or an array (H, W), (H, W, 3) or (H, W, 4)."""
    if isinstance(img, (str, os.PathLike)):
        return Image.fromarray(load_image(img))
    if not isinstance(img, Image.Image):
        img = _from_array(img)
    if 0 in img.size:
        raise ValueError(f'img must have pixels, not the size {img.size}')
    return to_rgb(ImageOps.exif_transpose(img))


def _from_array(img):
    if not isinstance(img, np.ndarray):
        raise TypeError(f'img must be a path, a PIL image or a NumPy array, not {type(img).__name__}')
    if img.dtype.kind == 'f':
        if img.size and not (img.min() >= 0 and img.max() <= 1):  # also false for NaN
            raise ValueError('img is an array of floats: its values must lie in 0..1')
        img = np.rint(img * 255).astype(np.uint8)
    channels = img.shape[2] if img.ndim == 3 else 1 if img.ndim == 2 else None
    if img.dtype != np.uint8 or channels not in (1, 3, 4):
        raise ValueError('img must be an array (H, W), (H, W, 3) or (H, W, 4) of uint8 or of floats in 0..1,'
                         f' not {img.shape} of {img.dtype}')
    return Image.fromarray(img.reshape(img.shape[:2]) if channels == 1 else img)
