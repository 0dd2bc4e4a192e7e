"""Pictures: from a file, from an address, scaled for SqueezeNet and back, blurred."""

import contextlib
import functools
import hashlib
import io
import os
import queue
import re
import ssl
import textwrap
import threading
import time
import urllib.error
import urllib.request
import warnings
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from PIL import Image, ImageDraw, ImageOps
from scipy.ndimage import convolve

from .data_utils import datasets_dir

# Mean and standard deviation of ImageNet's red, green and blue in [0, 1], which torchvision's models expect.
SQUEEZENET_MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
SQUEEZENET_STD = np.array([0.229, 0.224, 0.225], dtype=np.float32)

MAX_PIXELS = 2**26  # a larger picture is taken for a decompression bomb
MAX_BYTES = 20 * 2**20  # of a download
SOCKET_SECONDS, TOTAL_SECONDS = 3, 5  # to wait for the next bytes, and for a whole download

_BLUR = np.array([[1, 2, 1], [2, 188, 2], [1, 2, 1]]) / 200


# ---- arithmetic ----


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
        raise ValueError(f"X must have the shape (N, 3, H, W), not {X.shape}")
    if X.dtype.kind != "f":
        X = X.astype(np.float64)
    # SciPy knows only two sizes of floats.
    work = X if X.dtype.itemsize in (4, 8) else X.astype(np.float32 if X.dtype.itemsize < 4 else np.float64)
    return convolve(work, _BLUR[None, None].astype(work.dtype), mode="constant").astype(X.dtype, copy=False)


def _three_channels(img):
    img = np.asarray(img)
    if img.ndim == 0 or img.shape[-1] != 3:
        raise ValueError(f"img must have the shape (…, 3), not {img.shape}")
    return img


# ---- from a file ----


def load_image(filename: str | Path, size: int | None = None) -> np.ndarray:
    """Read a picture of any kind as RGB, upright as its EXIF data say, and optionally resize it.

    `size`: length of the shorter side after resizing (bilinear). Grey, palette and CMYK pictures are
    converted, 16 bits are brought to 8, transparent parts turn white. Returns uint8 (H, W, 3).
    FileNotFoundError: no such file. ValueError: not a picture, or `size` < 1. TypeError: `size` is no int.
    """
    if isinstance(size, bool) or not isinstance(size, (int, np.integer, type(None))):
        raise TypeError(f"size must be an int or None, not {type(size).__name__}")
    if size is not None and size < 1:
        raise ValueError(f"size must be at least 1, not {size}")
    if not Path(filename).is_file():
        raise FileNotFoundError(f"filename: there is no file {filename}")
    image = _open_rgb(filename, filename)
    if size is not None:
        short = min(image.size)
        width, height = (max(1, side * int(size) // short) for side in image.size)
        image = image.resize((width, height), Image.Resampling.BILINEAR)
    return np.array(image)


def _open_rgb(file, name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd metadata of a foreign picture are nobody's concern
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(file) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise ValueError(f"{image.width} × {image.height} pixels are too many")
                return to_rgb(ImageOps.exif_transpose(image))
        except Exception as error:  # Pillow's decoders raise a dozen types for damaged files
            raise ValueError(f"{name} cannot be read as a picture: {error}") from error


def to_rgb(image):
    """A Pillow image of any mode as RGB; what is transparent becomes white.

    ValueError for pixels of unknown range.
    """
    if image.mode == "F":
        raise ValueError("its pixels are floating-point numbers of unknown range")
    if image.mode.startswith("I"):
        grey = np.asarray(image).astype(np.int64)
        if grey.min() < 0 or grey.max() > 65535:
            raise ValueError("its pixels have more than 16 bits")
        return Image.fromarray(np.rint(grey / 257).astype(np.uint8)).convert("RGB")
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image.convert("RGB")


# ---- from an address ----

_pictures = {}  # the last pictures, by address
_failed = {}  # address -> why there is no picture
_dead_hosts = {}  # host -> why it is not asked again
_named_hosts = set()  # hosts that the reader was told about


def as_rgb(img):
    """An upright RGB picture by Pillow, from a path, a PIL image, or an array (H, W), (H, W, 3) or (H, W, 4)."""
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


def image_from_url(url: str) -> np.ndarray:
    """Return the picture at an address, or a placeholder that says what was not found; never fails.

    `url`: http, https, or `sample://train/123` for a picture of the sample world. Pictures are cached in
    memory and under `datasets_dir()/cache`. A download takes 5 seconds at most. An address or a host that
    failed is not asked again in this process, and one line names the host.
    Returns uint8 (H, W, 3), the caller's own copy.
    """
    url = str(url)
    host = _host(url)
    if url not in _pictures and url not in _failed:
        try:
            _remember(url, _picture(url, host))
        except Exception as error:  # whatever goes wrong out there, a notebook goes on with a placeholder
            _failed[url] = _reason(error)
            if _is_dead(error):
                _dead_hosts[host] = _failed[url]
            if host not in _named_hosts:
                _named_hosts.add(host)
                print(f"image_from_url: {host}: {_failed[url]}; placeholders stand in for its pictures")
    return _pictures[url].copy() if url in _pictures else _placeholder(url, _failed[url])


def _host(url):
    try:
        host = urlsplit(url).hostname or "no host"
    except ValueError:
        return "no host"
    return re.sub(r"^farm\d+\.", "", host)  # COCO's addresses spread over a dozen names of one server


def _remember(url, picture):
    _pictures[url] = picture
    if len(_pictures) > 64:
        del _pictures[next(iter(_pictures))]


def _picture(url, host):
    if url.startswith("sample://"):
        return _sample_picture(url)
    if not url.lower().startswith(("http://", "https://")):
        raise ValueError("not an address that begins with http://, https:// or sample://")
    cached = datasets_dir() / "cache" / hashlib.sha256(url.encode()).hexdigest()[:32]
    try:
        return np.array(_open_rgb(io.BytesIO(cached.read_bytes()), url))
    except (OSError, ValueError):  # not there, or damaged: ask the host
        pass
    if host in _dead_hosts:
        raise ConnectionError(_dead_hosts[host])
    data = _fetch(url)
    picture = np.array(_open_rgb(io.BytesIO(data), "the answer"))
    _write_whole(cached, data)
    return picture


def _sample_picture(url):
    match = re.fullmatch(r"sample://(\w+)/(\d+)", url)
    if not match:
        raise ValueError("an address of the sample world looks like sample://train/123")
    from .sample.scenes import scene  # here, so that real pictures do not wait for the sample world

    return np.array(scene(match[1], int(match[2])).image)


def _write_whole(path, data):
    """Write to a name of our own, then rename: nobody ever reads half a file. A full disk is no failure."""
    part = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        os.replace(part, path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()


def _fetch(url):
    """Download in a thread: looking up a name has no time limit, and a trickle never times out."""
    answers, deadline = queue.SimpleQueue(), time.monotonic() + TOTAL_SECONDS

    def work():
        try:
            answers.put(_download(url, deadline))
        except Exception as error:
            answers.put(error)

    threading.Thread(target=work, daemon=True).start()
    try:
        answer = answers.get(timeout=TOTAL_SECONDS)
    except queue.Empty:
        raise TimeoutError(f"no picture within {TOTAL_SECONDS} s") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _download(url, deadline):
    request = urllib.request.Request(url, headers={"User-Agent": "Mozilla/5.0 (cs231n assignment)"})
    chunks, size = [], 0
    try:
        response = _opener().open(request, timeout=SOCKET_SECONDS)
    except urllib.error.HTTPError as error:
        error.close()  # it holds the connection
        raise
    with response:
        while chunk := response.read1(2**16):
            chunks.append(chunk)
            size += len(chunk)
            if size > MAX_BYTES:
                raise ValueError(f"more than {MAX_BYTES // 2**20} MB")
            if time.monotonic() > deadline:
                raise TimeoutError(f"no picture within {TOTAL_SECONDS} s")
    if size < int(response.headers.get("Content-Length") or 0):
        raise ValueError("the answer was cut short")
    return b"".join(chunks)


@functools.cache
def _opener():
    context = ssl.create_default_context()
    try:
        import certifi

        context.load_verify_locations(certifi.where())  # some systems have no certificates of their own
    except ImportError:
        pass
    return urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))


def _is_dead(error):
    if isinstance(error, urllib.error.HTTPError):
        return error.code in (429, 503)  # it wants to be left alone
    return isinstance(error, OSError)  # no such host, no connection, no answer in time


def _reason(error):
    text = str(error.reason if isinstance(error, urllib.error.URLError) else error)
    if isinstance(error, urllib.error.HTTPError):
        text = f"HTTP {error.code} {text}"
    text = re.sub(r"^\[Errno -?\d+\] ", "", " ".join(text.split()))
    return text[:120] or type(error).__name__


def _placeholder(url, reason):
    image = Image.new("RGB", (224, 224), (235, 235, 235))
    draw = ImageDraw.Draw(image)
    draw.rectangle([4, 4, 219, 219], outline=(150, 150, 150))
    lines = ["picture not found", "", *textwrap.wrap(url, 33)[:5], "", *textwrap.wrap(reason, 33)[:4]]
    text = "\n".join(lines).encode("ascii", "replace").decode()  # what Pillow's built-in font can draw
    draw.text((12, 14), text, fill=(90, 30, 30), spacing=4)
    return np.array(image)
