"""Pictures from files, Pillow images and arrays, of any kind, as upright RGB."""

import contextlib
import os
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

MAX_PIXELS = 2**26   # a larger picture is taken for a decompression bomb
MAX_RESIZED = 2**24  # pixels of a picture that was resized; a long and thin one would fill the memory


# ---- from a file ----


def load_image(filename: str | Path, size: int | None = None) -> np.ndarray:
    """Read a picture of any kind as RGB, upright as its EXIF data say, and optionally resize it.

    `size`: length of the shorter side after resizing (bilinear). Grey, palette and CMYK pictures are
    converted, 16 bits are brought to 8, transparent parts turn white. Returns uint8 (H, W, 3).
    FileNotFoundError: no such file. ValueError: not a picture, `size` < 1, or it would grow too large.
    TypeError: `size` is no int.
    """
    if isinstance(size, bool) or not isinstance(size, (int, np.integer, type(None))):
        raise TypeError(f'size must be an int or None, not {type(size).__name__}')
    if size is not None and size < 1:
        raise ValueError(f'size must be at least 1, not {size}')
    if not Path(filename).is_file():
        raise FileNotFoundError(f'filename: there is no file {filename}')
    image = open_rgb(filename, filename)
    return np.array(image if size is None else resized(image, int(size), filename))


def resized(image, size, name):
    """Return a Pillow image whose shorter side has `size` pixels. ValueError names it if it would grow too large."""
    short = min(image.size)
    width, height = (int(size) * side // short for side in image.size)
    if width * height > MAX_RESIZED:
        raise ValueError(f'{name}: must have at most {MAX_RESIZED} pixels after resizing, got {width} × {height} from '
                         f'{image.width} × {image.height} with size={size}')
    return image.resize((width, height), Image.Resampling.BILINEAR)


def open_rgb(file, name):
    """Read a file, by path or open, as an upright RGB picture by Pillow. ValueError names it if it is none."""
    with _reading(name), Image.open(file) as image:
        return _upright_rgb(image)


@contextlib.contextmanager
def _reading(name):
    """Turn whatever goes wrong within into a ValueError that names the picture."""
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # odd metadata of a foreign picture are nobody's concern
        warnings.simplefilter('error', Image.DecompressionBombWarning)
        try:
            yield
        except Exception as error:  # Pillow's decoders raise a dozen types for damaged files
            raise ValueError(f'{name} cannot be read as a picture: {error}') from error


def _upright_rgb(image):
    if image.width * image.height > MAX_PIXELS:
        raise ValueError(f'{image.width} × {image.height} pixels are too many')
    return to_rgb(ImageOps.exif_transpose(image))


def to_rgb(image):
    """Return a Pillow image of any mode as RGB; what is transparent becomes white.

    ValueError for pixels of unknown range.
    """
    if image.mode == 'F':
        raise ValueError('its pixels are floating-point numbers of unknown range')
    if image.mode.startswith('I'):
        return _from_16_bits(np.asarray(image).astype(np.int64), image.info.get('transparency'))
    if image.mode == 'La':
        image = image.convert('LA')  # Pillow knows no way from La to others
    if 'transparency' in image.info and image.mode in ('L', 'RGB'):
        image = image.copy()  # the caller's picture keeps what it says
        image.info['transparency'] = _in_8_bits(image.info['transparency'], image)
    if image.mode in ('LA', 'PA', 'RGBA', 'RGBa') or 'transparency' in image.info:
        image = image.convert('RGBA')
        return Image.alpha_composite(Image.new('RGBA', image.size, 'white'), image).convert('RGB')
    return image.convert('RGB')


def _from_16_bits(grey, transparent):
    """Return grey values 0 … 65535 as RGB, white where they are the transparent one, if there is one."""
    if grey.min() < 0 or grey.max() > 65535:
        raise ValueError('its pixels have more than 16 bits')
    if transparent is not None:
        grey[grey == transparent] = 65535
    return Image.fromarray(np.rint(grey / 257).astype(np.uint8)).convert('RGB')


def _in_8_bits(colour, image):
    """Return the transparent colour of a PNG in the 8 bits of its pixels.

    Pillow brings pixels of 2, 4 and 16 bits to 8, but leaves this colour as it is in the file. How many bits those
    were is seen in the pixels: those of 2 bits are multiples of 85 and those of 4 bits multiples of 17.
    """
    if image.mode == 'RGB':
        return tuple(c >> 8 for c in colour) if max(colour) > 255 else colour
    values = np.unique(np.asarray(image))
    for bits, step in ((2, 85), (4, 17)):
        if colour not in values and colour < 2**bits and not (values % step).any():
            return colour * step
    return colour


def as_rgb(img):
    """Return an upright RGB picture by Pillow, from a path, a PIL image, or an array (H, W), (H, W, 3) or (H, W, 4)."""
    if isinstance(img, (str, os.PathLike)):
        return Image.fromarray(load_image(img))
    if not isinstance(img, Image.Image):
        img = _from_array(img)
    if 0 in img.size:
        raise ValueError(f'img must have pixels, not the size {img.size}')
    with _reading('img'):  # a file that Pillow has only opened is read here
        return _upright_rgb(img)


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
