"""Pictures from an address; one always comes back."""

import contextlib
import hashlib
import io
import queue
import re
import textwrap
import threading
import time
import urllib.request
import zlib
from urllib.parse import quote, urlsplit, urlunsplit

import numpy as np
from PIL import Image, ImageDraw

from cs231n._shared.console import say
from cs231n._shared.files import write_atomically
from cs231n._shared.paths import datasets_dir
from cs231n.data.decoding import open_rgb
from cs231n.data.transfer import opener

MAX_BYTES = 20 * 2**20  # of a download
SOCKET_SECONDS, TOTAL_SECONDS = 3, 5  # to wait for the next bytes, and for a whole download


# ---- from an address ----

_pictures = {}  # the last pictures, by address
_failed = {}  # address -> why there is no picture
_dead_hosts = {}  # host -> why it is not asked again
_named_hosts = set()  # hosts that the reader was told about


def image_from_url(url: str) -> np.ndarray:
    """Return the picture at an address, or a placeholder that says what was not found; never fails.

    `url`: http, https, or `sample://train/123` for a picture of the sample world. Pictures are cached in
    memory and under `datasets_dir()/cache`. A download takes 5 seconds at most. An address or a host that
    failed is not asked again in this process, and one line names the host. Blanks and letters of any script
    may stand in an address, as in a browser.
    Returns uint8 (H, W, 3), the caller's own copy.
    """
    url = _plain(str(url))
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
                say(f'image_from_url: {host}: {_failed[url]}; placeholders stand in for its pictures')
    return _pictures[url].copy() if url in _pictures else _placeholder(url, _failed[url])


def _plain(url):
    """Return an address as it is sent: without marks and blanks around it, in ASCII; as it is where that fails."""
    url = url.strip('\ufeff \t\r\n\v\f\u200b')  # byte order marks stand at the beginning of lists
    try:
        parts = urlsplit(url)
        user, at, place = parts.netloc.rpartition('@')
        if not place.isascii():
            name, colon, port = place.partition(':')
            place = name.encode('idna').decode() + colon + port
        path, query = (quote(re.sub(r'%(?![0-9a-fA-F]{2})', '%25', part), safe="!$%&'()*+,/:;=?@[]~")
                       for part in (parts.path, parts.query))  # what is already quoted stays so
        return urlunsplit((parts.scheme, quote(user, safe='%:') + at + place, path, query, ''))
    except ValueError:  # no such host can be: the search for it will say so
        return url


def _host(url):
    try:
        host = urlsplit(url).hostname or 'no host'
    except ValueError:
        return 'no host'
    return re.sub(r'^farm\d+\.', '', host)  # COCO's addresses spread over a dozen names of one server


def _remember(url, picture):
    _pictures[url] = picture
    if len(_pictures) > 64:
        del _pictures[next(iter(_pictures))]


def _picture(url, host):
    if url.startswith('sample://'):
        return _sample_picture(url)
    if not url.lower().startswith(('http://', 'https://')):
        raise ValueError('not an address that begins with http://, https:// or sample://')
    cached = datasets_dir() / 'cache' / hashlib.sha256(url.encode()).hexdigest()[:32]
    try:
        return np.array(open_rgb(io.BytesIO(cached.read_bytes()), url))
    except (OSError, ValueError):  # not there, or damaged: ask the host
        pass
    if host in _dead_hosts:
        raise ConnectionError(_dead_hosts[host])
    data = _fetch(url)
    picture = np.array(open_rgb(io.BytesIO(data), 'the answer'))
    with contextlib.suppress(OSError):  # a full disk is no failure
        write_atomically(cached, data)
    return picture


def _sample_picture(url):
    match = re.fullmatch(r'sample://(\w+)/(\d+)', url)
    if not match:
        raise ValueError('an address of the sample world looks like sample://train/123')
    from cs231n.sample_world.scenes.scenes import scene  # here, so that real pictures do not wait for the sample world

    return np.array(scene(match[1], int(match[2])).image)


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
        raise TimeoutError(f'no picture within {TOTAL_SECONDS} s') from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _download(url, deadline):
    request = urllib.request.Request(url, headers={'User-Agent': 'Mozilla/5.0 (cs231n assignment)'})
    chunks, size = [], 0
    try:
        response = opener().open(request, timeout=SOCKET_SECONDS)
    except urllib.error.HTTPError as error:
        error.close()  # it holds the connection
        raise
    with response:
        while chunk := response.read1(2**16):
            chunks.append(chunk)
            size += len(chunk)
            if size > MAX_BYTES:
                raise ValueError(f'more than {MAX_BYTES // 2**20} MB')
            if time.monotonic() > deadline:
                raise TimeoutError(f'no picture within {TOTAL_SECONDS} s')
    if size < int(response.headers.get('Content-Length') or 0):
        raise ValueError('the answer was cut short')
    return _unpacked(b''.join(chunks), response.headers.get('Content-Encoding', ''))


def _unpacked(data, encoding):
    """Return an answer as it was before a server packed it, which some do unasked."""
    if not data.startswith(b'\x1f\x8b') and encoding.lower() != 'deflate':  # no picture begins like gzip
        return data
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib
    data = unpacker.decompress(data, MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(f'more than {MAX_BYTES // 2**20} MB')
    if not unpacker.eof:
        raise ValueError('the answer was cut short')
    return data


def _is_dead(error):
    if isinstance(error, urllib.error.HTTPError):
        return error.code in (429, 503)  # it wants to be left alone
    return isinstance(error, OSError)  # no such host, no connection, no answer in time


def _reason(error):
    text = str(error.reason if isinstance(error, urllib.error.URLError) else error)
    if isinstance(error, urllib.error.HTTPError):
        text = f'HTTP {error.code} {text}'
    text = re.sub(r'^\[Errno -?\d+\] ', '', ' '.join(text.split()))
    return text[:120] or type(error).__name__


def _placeholder(url, reason):
    image = Image.new('RGB', (224, 224), (235, 235, 235))
    draw = ImageDraw.Draw(image)
    draw.rectangle([4, 4, 219, 219], outline=(150, 150, 150))
    lines = ['picture not found', '', *textwrap.wrap(url, 33)[:5], '', *textwrap.wrap(reason, 33)[:4]]
    text = '\n'.join(lines).encode('ascii', 'replace').decode()  # what Pillow's built-in font can draw
    draw.text((12, 14), text, fill=(90, 30, 30), spacing=4)
    return np.array(image)
