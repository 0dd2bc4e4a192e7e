"""Pictures of every kind from files and from a server on loopback, and the arithmetic on them."""

import contextlib
import gzip
import io
import socket
import struct
import sys
import threading
import types
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from cs231n._shared.normalisation import SQUEEZENET_MEAN, SQUEEZENET_STD
from cs231n.data import decoding, web_pictures
from cs231n.image_utils import blur_image, deprocess_image, image_from_url, load_image, preprocess_image

RED = np.zeros((5, 7, 3), np.uint8) + np.array([250, 10, 20], np.uint8)
NOISE = np.random.RandomState(0).randint(0, 256, (5, 7, 3), dtype=np.uint8)


def encoded(array, kind='PNG', mode=None, **options):
    buffer = io.BytesIO()
    image = Image.fromarray(array)
    (image.convert(mode) if mode else image).save(buffer, kind, **options)
    return buffer.getvalue()


# ---- arithmetic ----


def test_constants():
    assert SQUEEZENET_MEAN.dtype == SQUEEZENET_STD.dtype == np.float32
    np.testing.assert_array_equal(SQUEEZENET_MEAN, np.float32([0.485, 0.456, 0.406]))
    np.testing.assert_array_equal(SQUEEZENET_STD, np.float32([0.229, 0.224, 0.225]))


def test_preprocess_known_values():
    out = preprocess_image(np.array([[[0, 255, 51]]], np.uint8))
    assert out.shape == (1, 1, 3) and out.dtype == np.float32
    np.testing.assert_allclose(out[0, 0], [-0.485 / 0.229, 0.544 / 0.224, (0.2 - 0.406) / 0.225], rtol=1e-6)
    assert preprocess_image(NOISE.astype(np.float64)).dtype == np.float32


@given(arrays(np.uint8, st.sampled_from([(3, 5, 3), (2, 3, 5, 3), (3,)])))
def test_deprocess_undoes_preprocess(img):
    before = img.copy()
    out = deprocess_image(preprocess_image(img))
    assert out.dtype == np.uint8 and out.shape == img.shape
    np.testing.assert_array_equal(out, img)
    np.testing.assert_array_equal(img, before)


def test_deprocess_cuts_off_and_rescales():
    img = preprocess_image(NOISE) * 10
    out, stretched = deprocess_image(img), deprocess_image(img, rescale=True)
    assert out.dtype == stretched.dtype == np.uint8 and out.min() == stretched.min() == 0
    assert out.max() == stretched.max() == 255
    plain = img * SQUEEZENET_STD + SQUEEZENET_MEAN
    np.testing.assert_array_equal(out, np.rint(255 * plain.clip(0, 1)))
    expected = np.rint(255 * (plain - plain.min()) / (plain.max() - plain.min()))
    assert np.abs(expected - stretched).max() <= 1
    np.testing.assert_array_equal(deprocess_image(-SQUEEZENET_MEAN / SQUEEZENET_STD, rescale=True), [0, 0, 0])


@pytest.mark.parametrize('function', [preprocess_image, deprocess_image])
@pytest.mark.parametrize('shape', [(), (5, 7), (3, 5, 7)])
def test_channels_come_last(function, shape):
    with pytest.raises(ValueError, match=r'img must have shape \(…, 3\), got'):
        function(np.zeros(shape))


@pytest.mark.parametrize('dtype', [np.float16, np.longdouble])
def test_blur_keeps_floats_of_any_size(dtype):
    X = np.random.RandomState(0).standard_normal((2, 3, 5, 7)).astype(dtype)
    out = blur_image(X)
    assert out.dtype == dtype
    np.testing.assert_allclose(out, blur_image(X.astype(np.float64)), rtol=np.finfo(np.float16).eps, atol=1e-4)


def blur_by_loops(X):
    N, C, H, W = X.shape
    kernel = np.array([[1, 2, 1], [2, 188, 2], [1, 2, 1]]) / 200
    padded, out = np.zeros((N, C, H + 2, W + 2)), np.zeros(X.shape)
    padded[:, :, 1:-1, 1:-1] = X
    for n, c, i, j in np.ndindex(*X.shape):
        out[n, c, i, j] = np.sum(padded[n, c, i : i + 3, j : j + 3] * kernel)
    return out


@pytest.mark.parametrize('dtype, expected', [(np.float32, np.float32), (np.float64, np.float64),
                                             (np.uint8, np.float64)])
def test_blur(dtype, expected):
    X = np.random.RandomState(1).randint(0, 256, (2, 3, 5, 7)).astype(dtype)
    before = X.copy()
    out = blur_image(X)
    assert out.dtype == expected
    np.testing.assert_allclose(out, blur_by_loops(before), rtol=1e-5)
    np.testing.assert_array_equal(X, before)


@pytest.mark.parametrize('shape', [(3, 5, 7), (2, 5, 7, 3), (2, 1, 5, 7)])
def test_blur_refuses(shape):
    with pytest.raises(ValueError, match=r'X must have shape \(N, 3, H, W\)'):
        blur_image(np.zeros(shape))


# ---- from a file ----


RAMP16 = (np.arange(35).reshape(5, 7) * 1800).astype(np.uint16)
RAMP8 = np.repeat(np.rint(RAMP16 / 257).astype(np.uint8)[..., None], 3, 2)


def png(depth, colour_type, rows, transparent):
    """Write a PNG by hand: Pillow writes none of 2 or 4 bits or of 16-bit colours, nor their transparent colour."""
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))

    values = 3 if colour_type == 2 else 1
    lines = [''.join(f'{value:0{depth}b}' for value in row) for row in rows]
    packed = b''.join(b'\0' + bytes(int(line[k:k + 8].ljust(8, '0'), 2) for k in range(0, len(line), 8))
                      for line in lines)
    head = struct.pack('>IIBBBBB', len(rows[0]) // values, len(rows), depth, colour_type, 0, 0, 0)
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head) + chunk(b'tRNS', np.array(transparent, '>u2').tobytes())
            + chunk(b'IDAT', zlib.compress(packed)) + chunk(b'IEND', b''))


def see_through(depth, colour_type=0):
    """Return {name: (PNG of all values of a depth with one of them transparent, its pixels on white)}."""
    top = 2**depth - 1
    levels = [[0, top // 3], [2 * top // 3, top]] if depth > 1 else [[0, 1], [1, 0]]
    if colour_type == 2:
        levels = [[value, 0, top, top, value, value] for value, _ in levels]
    found = {}
    for spot in ((0, 0), (1, 0)):
        key = levels[spot[0]][:3] if colour_type == 2 else [levels[spot[0]][0]]
        pixels = np.rint(np.array(levels) * 255 / top).astype(np.uint8).reshape(2, 2, -1)
        pixels = np.repeat(pixels, 3 // pixels.shape[2], 2)
        pixels[(pixels == pixels[spot]).all(axis=2)] = 255
        found[f'{depth} bits of kind {colour_type}, {key} transparent'] = png(depth, colour_type, levels, key), pixels
    return found


SEE_THROUGH = {name: case for depth, kind in ((1, 0), (2, 0), (4, 0), (8, 0), (16, 0), (8, 2), (16, 2))
               for name, case in see_through(depth, kind).items()}
UNSEEN = np.dstack([RED, np.zeros((5, 7), np.uint8)])
KINDS = {
    'rgb': (encoded(NOISE), NOISE),
    'bmp': (encoded(NOISE, 'BMP'), NOISE),
    'grey': (encoded(NOISE[..., 0]), np.repeat(NOISE[..., :1], 3, 2)),
    '16 bit': (encoded(RAMP16), RAMP8),
    '16 bit tiff': (encoded(RAMP16, 'TIFF'), RAMP8),
    'palette': (encoded(RED, mode='P'), None),
    'gif': (encoded(RED, 'GIF'), None),
    '1 bit': (encoded(np.full((5, 7), 255, np.uint8), mode='1'), np.full((5, 7, 3), 255, np.uint8)),
    'opaque': (encoded(NOISE, mode='RGBA'), NOISE),
    'transparent': (encoded(UNSEEN), np.full((5, 7, 3), 255, np.uint8)),
    'grey with alpha': (encoded(NOISE[..., 0], mode='LA'), np.repeat(NOISE[..., :1], 3, 2)),
    'transparent colour': (encoded(RED, transparency=(250, 10, 20)), np.full((5, 7, 3), 255, np.uint8)),
    'cmyk': (encoded(RED, 'TIFF', mode='CMYK'), RED),
}


@pytest.mark.parametrize('kind', KINDS)
def test_every_kind_comes_as_rgb(tmp_path, kind):
    data, expected = KINDS[kind]
    (tmp_path / 'picture').write_bytes(data)
    image = load_image(tmp_path / 'picture')
    assert image.shape == (5, 7, 3) and image.dtype == np.uint8 and image.flags.writeable
    if expected is None:
        assert np.abs(image.astype(int) - RED).max() < 60, 'a palette may shift the colour'
    else:
        np.testing.assert_array_equal(image, expected)


@pytest.mark.parametrize('name', SEE_THROUGH)
@pytest.mark.parametrize('used', [False, True])
def test_a_transparent_colour_of_any_depth_turns_white(name, used):
    data, expected = SEE_THROUGH[name]
    with Image.open(io.BytesIO(data)) as image:
        if used:
            image.load()
        before = dict(image.info)
        np.testing.assert_array_equal(np.array(decoding.as_rgb(image)), expected)
        assert image.info == before


def test_a_transparent_colour_that_is_nowhere_changes_nothing():
    levels = [[17, 34], [51, 68]]
    with Image.open(io.BytesIO(png(8, 0, levels, [170]))) as image:
        np.testing.assert_array_equal(np.array(decoding.as_rgb(image))[..., 0], levels)


def test_premultiplied_transparency_turns_white():
    clear, half = Image.new('La', (2, 3), (0, 0)), Image.new('La', (2, 3), (50, 128))
    assert (np.array(decoding.as_rgb(clear)) == 255).all()
    assert np.abs(np.array(decoding.as_rgb(half)).astype(int) - (50 + 127)).max() <= 1
    assert (np.array(decoding.as_rgb(Image.new('RGBa', (2, 3), (0, 0, 0, 0)))) == 255).all()


@pytest.mark.parametrize('mode', ['1', 'L', 'LA', 'La', 'P', 'PA', 'RGB', 'RGBA', 'RGBa', 'RGBX', 'CMYK', 'YCbCr',
                                  'HSV', 'LAB', 'I', 'I;16', 'I;16L', 'I;16B'])
def test_every_mode_of_pillow_comes_as_rgb(mode):
    image = decoding.as_rgb(Image.new(mode, (7, 5)))
    assert image.mode == 'RGB' and image.size == (7, 5)


def test_a_mode_of_unknown_range_is_named():
    with pytest.raises(ValueError, match='img cannot be read as a picture: its pixels are floating-point'):
        decoding.as_rgb(Image.new('F', (7, 5)))


@pytest.mark.parametrize('kind', ['PNG', 'JPEG', 'GIF', 'TIFF', 'WEBP', 'BMP'])
def test_a_truncated_picture_given_open_is_named(kind):
    data = encoded(np.random.RandomState(0).randint(0, 256, (50, 70, 3), dtype=np.uint8), kind)
    try:
        image = Image.open(io.BytesIO(data[:len(data) // 2]))
    except OSError:  # Pillow saw it at once, so there is no object to give
        assert kind in ('TIFF', 'WEBP')
        return
    with pytest.raises(ValueError, match=r'img cannot be read as a picture: .'):
        decoding.as_rgb(image)
    image.close()
    with pytest.raises(ValueError, match=r'img cannot be read as a picture: .'):
        decoding.as_rgb(image)


def test_a_bomb_given_open_is_named(monkeypatch):
    monkeypatch.setattr(decoding, 'MAX_PIXELS', 34)
    with Image.open(io.BytesIO(encoded(NOISE))) as image, pytest.raises(ValueError, match='7 × 5 pixels are too many'):
        decoding.as_rgb(image)


@pytest.mark.parametrize('width, height', [(2000, 1), (1, 2000), (20_000, 1)])
def test_a_thin_picture_is_refused_before_it_is_resized(tmp_path, monkeypatch, width, height):
    path = tmp_path / 'thin.png'
    Image.new('RGB', (width, height)).save(path)
    monkeypatch.setattr(Image.Image, 'resize', lambda *args, **settings: pytest.fail('resized'))
    grown = ' × '.join(str(224 * side) for side in (width, height))
    sizes = f'must have at most {2**24} pixels after resizing, got {grown} from {width} × {height} with size=224'
    with pytest.raises(ValueError, match=rf'thin\.png: {sizes}'):
        load_image(path, size=224)
    assert load_image(path).shape == (height, width, 3)


@pytest.mark.parametrize('orientation, turned', [
    (1, NOISE), (2, NOISE[:, ::-1]), (3, NOISE[::-1, ::-1]), (4, NOISE[::-1]), (5, NOISE.transpose(1, 0, 2)),
    (6, np.rot90(NOISE, -1)), (7, NOISE[::-1, ::-1].transpose(1, 0, 2)), (8, np.rot90(NOISE, 1)),
])
def test_exif_rotation(tmp_path, orientation, turned):
    exif = Image.Exif()
    exif[0x0112] = orientation
    (tmp_path / 'picture.png').write_bytes(encoded(NOISE, exif=exif))
    np.testing.assert_array_equal(load_image(tmp_path / 'picture.png'), turned)


@pytest.mark.parametrize('shape, size, expected', [
    ((50, 70), 10, (10, 14)), ((70, 50), 10, (14, 10)), ((5, 7), 10, (10, 14)), ((101, 67), 13, (19, 13)),
    ((3, 3), 3, (3, 3)), ((200, 2), 1, (100, 1)),
])
def test_size_is_the_shorter_side(tmp_path, shape, size, expected):
    Image.fromarray(np.full((*shape, 3), 77, np.uint8)).save(tmp_path / 'picture.png')
    image = load_image(str(tmp_path / 'picture.png'), size=size)
    assert image.shape == (*expected, 3) and image.dtype == np.uint8
    assert (image == 77).all()


def test_shrinking_averages(tmp_path):
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[::2] = 255
    Image.fromarray(stripes).save(tmp_path / 'picture.png')
    assert np.abs(load_image(tmp_path / 'picture.png', size=8)[1:-1].astype(int) - 127).max() < 10


def test_bad_arguments(tmp_path):
    (tmp_path / 'picture.png').write_bytes(encoded(NOISE))
    for size in (0, -5):
        with pytest.raises(ValueError, match=f'size must be at least 1, not {size}'):
            load_image(tmp_path / 'picture.png', size=size)
    for size in (2.5, '7', True):
        with pytest.raises(TypeError, match='size must be an int or None'):
            load_image(tmp_path / 'picture.png', size=size)
    for missing in (tmp_path / 'none.png', tmp_path):
        with pytest.raises(FileNotFoundError, match='there is no file'):
            load_image(missing)


@pytest.mark.parametrize('data', [b'', b'<html>sorry</html>', encoded(NOISE)[:-40], b'\x89PNG\r\n\x1a\n',
                                  encoded(NOISE.astype(np.float32)[..., 0], 'TIFF'),
                                  encoded(np.full((2, 2), 70_000, np.int32), 'TIFF')])
def test_what_is_no_picture(tmp_path, data):
    (tmp_path / 'picture').write_bytes(data)
    with pytest.raises(ValueError, match='picture cannot be read as a picture: '):
        load_image(tmp_path / 'picture')


@pytest.mark.parametrize('module, name, limit', [
    (decoding, 'MAX_PIXELS', 34), (Image, 'MAX_IMAGE_PIXELS', 34), (Image, 'MAX_IMAGE_PIXELS', 17)])
def test_a_decompression_bomb(tmp_path, monkeypatch, module, name, limit):
    (tmp_path / 'bomb.png').write_bytes(encoded(NOISE))
    monkeypatch.setattr(module, name, limit)
    with pytest.raises(ValueError, match=r'bomb\.png cannot be read as a picture: .*pixels'):
        load_image(tmp_path / 'bomb.png')


# ---- from an address ----


class Web:
    """Answers /name with pages[name]: (status, headers, chunks), waiting for `release` at a chunk None."""

    def __init__(self):
        self.pages, self.asked, self.release = {}, [], threading.Event()
        web = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def do_GET(self):
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    web.answer(self)

        self.server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        self.url = f'http://127.0.0.1:{self.server.server_address[1]}/'
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, handler):
        name = handler.path.lstrip('/')
        self.asked.append(name)
        status, headers, body = self.pages.get(name, (404, {}, b'no such page'))
        handler.send_response(status)
        for key, value in headers.items():
            handler.send_header(key, value)
        handler.end_headers()
        for chunk in body:
            if chunk is None:
                self.release.wait(20)
            else:
                handler.wfile.write(chunk)

    def close(self):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """As in a new process: nothing remembered, an empty cache, and all the time in the world."""
    monkeypatch.setenv('CS231N_DATASETS', str(tmp_path))
    monkeypatch.setenv('no_proxy', '*')
    for name in ('_pictures', '_failed', '_dead_hosts'):
        monkeypatch.setattr(web_pictures, name, {})
    monkeypatch.setattr(web_pictures, '_named_hosts', set())
    monkeypatch.setattr(web_pictures, 'SOCKET_SECONDS', 60)
    monkeypatch.setattr(web_pictures, 'TOTAL_SECONDS', 60)
    return tmp_path


@pytest.fixture
def web(fresh):
    server = Web()
    yield server
    server.close()


def is_placeholder(image):
    return image.shape == (224, 224, 3) and image.dtype == np.uint8 and (image[0, 0] == 235).all()


def test_a_picture_is_fetched_once(web, fresh, capsys):
    web.pages['a.png'] = (200, {}, [encoded(NOISE)])
    image = image_from_url(web.url + 'a.png')
    assert image.dtype == np.uint8
    np.testing.assert_array_equal(image, NOISE)
    image[:] = 0
    np.testing.assert_array_equal(image_from_url(np.str_(web.url + 'a.png')), NOISE)
    web_pictures._pictures.clear()
    np.testing.assert_array_equal(image_from_url(web.url + 'a.png'), NOISE)
    assert web.asked == ['a.png'] and capsys.readouterr().out == ''
    assert len(list((fresh / 'cache').iterdir())) == 1


def test_the_cache_serves_when_the_host_is_gone(web, capsys):
    web.pages['a.png'] = (200, {}, [encoded(NOISE)])
    image_from_url(web.url + 'a.png')
    web_pictures._pictures.clear()
    web.server.server_close()
    assert is_placeholder(image_from_url(web.url + 'b.png'))
    np.testing.assert_array_equal(image_from_url(web.url + 'a.png'), NOISE)


def test_a_damaged_cache_is_repaired(web, fresh):
    web.pages['a.png'] = (200, {}, [encoded(NOISE)])
    image_from_url(web.url + 'a.png')
    web_pictures._pictures.clear()
    cached, = (fresh / 'cache').iterdir()
    cached.write_bytes(b'half')
    np.testing.assert_array_equal(image_from_url(web.url + 'a.png'), NOISE)
    assert cached.read_bytes() == encoded(NOISE)


def test_a_cache_that_cannot_be_written_is_no_failure(web, fresh, capsys):
    (fresh / 'cache').write_text('a file where the folder should be')
    web.pages['a.png'] = (200, {}, [encoded(NOISE)])
    np.testing.assert_array_equal(image_from_url(web.url + 'a.png'), NOISE)
    assert capsys.readouterr().out == ''


def test_a_redirect_is_followed(web):
    web.pages |= {'old': (302, {'Location': '/new'}, []), 'new': (200, {}, [encoded(NOISE)])}
    np.testing.assert_array_equal(image_from_url(web.url + 'old'), NOISE)


@pytest.mark.parametrize('kind', ['grey', 'opaque', 'palette', '16 bit'])
def test_every_kind_comes_as_rgb_from_an_address(web, kind):
    web.pages['a'] = (200, {}, [KINDS[kind][0]])
    assert image_from_url(web.url + 'a').shape == (5, 7, 3)


def test_an_address_as_people_write_it(web):
    good = (200, {}, [encoded(NOISE)])
    quoted = 'a%20cat.png', 'k%C3%A4tzchen.png', '100%25.png', 'x?of=%C3%A4%20b', 'bom.png'
    web.pages |= dict.fromkeys(quoted, good)
    for name in ('a cat.png', 'a%20cat.png', 'kätzchen.png', 'k%C3%A4tzchen.png', '100%.png', 'x?of=ä b'):
        np.testing.assert_array_equal(image_from_url(web.url + name), NOISE)
    np.testing.assert_array_equal(image_from_url(f'\ufeff {web.url}bom.png#part\n'), NOISE)


def test_a_host_of_any_script_is_asked_for_by_its_ascii_name(fresh, monkeypatch):
    asked = []

    def unknown(host, *args, **kwargs):
        asked.append(host)
        raise socket.gaierror(-2, 'Name or service not known')

    monkeypatch.setattr(socket, 'getaddrinfo', unknown)
    assert is_placeholder(image_from_url('http://bücher.invalid:80/x.png'))
    assert [host if isinstance(host, str) else host.decode() for host in asked] == ['xn--bcher-kva.invalid']


@pytest.mark.parametrize('encoding, packed', [
    ('gzip', gzip.compress(encoded(NOISE))), ('x-gzip', gzip.compress(encoded(NOISE))),
    ('', gzip.compress(encoded(NOISE))), ('deflate', zlib.compress(encoded(NOISE)))])
def test_a_packed_answer_is_unpacked(web, fresh, encoding, packed):
    web.pages['a'] = (200, {'Content-Encoding': encoding, 'Content-Length': str(len(packed))}, [packed])
    np.testing.assert_array_equal(image_from_url(web.url + 'a'), NOISE)
    cached, = (fresh / 'cache').iterdir()
    assert cached.read_bytes() == encoded(NOISE)


@pytest.mark.parametrize('packed, why', [(gzip.compress(bytes(2**21)), 'more than 1 MB'),
                                         (gzip.compress(encoded(NOISE))[:-20], 'the answer was cut short')])
def test_a_packed_answer_is_held_to_the_same_limits(web, monkeypatch, packed, why):
    monkeypatch.setattr(web_pictures, 'MAX_BYTES', 2**20)
    web.pages['a'] = (200, {'Content-Encoding': 'gzip'}, [packed])
    assert is_placeholder(image_from_url(web.url + 'a'))
    assert web_pictures._failed[web.url + 'a'] == why


@pytest.mark.parametrize('encoding', ['ascii', 'cp1252'])
def test_a_screen_of_few_letters_is_no_failure(fresh, monkeypatch, encoding):
    screen = io.TextIOWrapper(io.BytesIO(), encoding)
    monkeypatch.setattr(sys, 'stdout', screen)
    for url in ('http://bücher…λ/x.png', 'http://\ud800/x.png', 'λ.png'):
        assert is_placeholder(image_from_url(url))
    screen.flush()
    assert screen.buffer.getvalue().count(b'image_from_url: ') >= 1


BAD_PAGES = {
    'missing': (404, {}, []),
    'garbage': (200, {}, [bytes(range(256)) * 9]),
    'html': (200, {'Content-Type': 'image/jpeg'}, [b'<html><body>gone</body></html>']),
    'empty': (200, {}, []),
    'cut': (200, {'Content-Length': '9999'}, [encoded(NOISE)[:-9]]),
    'endless redirect': (302, {'Location': '/page'}, []),
    'redirect to a file': (302, {'Location': 'file:///etc/hostname'}, []),
}


@pytest.mark.parametrize('kind', BAD_PAGES)
def test_a_bad_answer_gives_a_placeholder(web, fresh, capsys, kind):
    web.pages |= {'page': BAD_PAGES[kind], 'good': (200, {}, [encoded(NOISE)])}
    first = image_from_url(web.url + 'page')
    asked = len(web.asked)
    assert is_placeholder(first)
    np.testing.assert_array_equal(image_from_url(web.url + 'page'), first)
    assert len(web.asked) == asked, 'a failure is remembered'
    np.testing.assert_array_equal(image_from_url(web.url + 'good'), NOISE)
    out = capsys.readouterr().out
    assert out.startswith('image_from_url: 127.0.0.1: ') and out.count('\n') == 1
    assert len(list((fresh / 'cache').iterdir())) == 1, 'only the good picture is kept'


def test_a_host_is_named_once(web, capsys):
    for name in 'abc':
        assert is_placeholder(image_from_url(web.url + name))
    assert web.asked == ['a', 'b', 'c']
    assert capsys.readouterr().out == ('image_from_url: 127.0.0.1: HTTP 404 Not Found; '
                                       'placeholders stand in for its pictures\n')


@pytest.mark.parametrize('status', [429, 503])
def test_a_host_that_wants_to_be_left_alone_is(web, status):
    web.pages['a'] = (status, {}, [])
    assert is_placeholder(image_from_url(web.url + 'a')) and is_placeholder(image_from_url(web.url + 'b'))
    assert web.asked == ['a']


@pytest.mark.parametrize('body', [[None], [b'\x89PNG', None]])
@pytest.mark.parametrize('limit', ['SOCKET_SECONDS', 'TOTAL_SECONDS'])
def test_a_slow_host_is_given_up_and_asked_once(web, monkeypatch, capsys, body, limit):
    monkeypatch.setattr(web_pictures, limit, 0.2)
    web.pages['a'] = (200, {}, body)
    assert is_placeholder(image_from_url(web.url + 'a'))
    assert is_placeholder(image_from_url(web.url + 'b'))
    assert 'b' not in web.asked and capsys.readouterr().out.count('\n') == 1


def test_a_trickle_is_given_up(web, monkeypatch):
    monkeypatch.setattr(web_pictures, 'TOTAL_SECONDS', 0.3)

    def trickle():
        while not web.release.wait(0.05):
            yield b'.'

    web.pages['a'] = (200, {}, trickle())
    assert is_placeholder(image_from_url(web.url + 'a'))
    assert 'no picture within 0.3 s' in web_pictures._dead_hosts['127.0.0.1']


def test_a_huge_answer_is_cut_off(web, monkeypatch):
    monkeypatch.setattr(web_pictures, 'MAX_BYTES', 2**20)
    endless = (b'x' * 2**16 for _ in iter(lambda: web.release.is_set(), True))
    web.pages['a'] = (200, {}, endless)
    assert is_placeholder(image_from_url(web.url + 'a'))
    assert web_pictures._failed[web.url + 'a'] == 'more than 1 MB'


def test_a_bomb_is_refused(web, monkeypatch):
    monkeypatch.setattr(decoding, 'MAX_PIXELS', 34)
    web.pages['a'] = (200, {}, [encoded(NOISE)])
    assert is_placeholder(image_from_url(web.url + 'a'))
    assert 'too many' in web_pictures._failed[web.url + 'a']


def test_a_refused_connection(fresh, capsys):
    with socket.socket() as unused:
        unused.bind(('127.0.0.1', 0))
        url = f'http://127.0.0.1:{unused.getsockname()[1]}/'
        assert is_placeholder(image_from_url(url + 'a')) and is_placeholder(image_from_url(url + 'b'))
    assert capsys.readouterr().out.count('\n') == 1
    assert set(web_pictures._dead_hosts) == {'127.0.0.1'}


def test_an_unknown_host_is_looked_up_once_for_all_its_names(fresh, monkeypatch):
    asked = []

    def unknown(host, *args, **kwargs):
        asked.append(host)
        raise socket.gaierror(-2, 'Name or service not known')

    monkeypatch.setattr(socket, 'getaddrinfo', unknown)
    for i in range(5):
        assert is_placeholder(image_from_url(f'http://farm{i}.staticflickr.com/{i}.jpg'))
    assert asked == ['farm0.staticflickr.com']
    assert web_pictures._dead_hosts == {'staticflickr.com': 'Name or service not known'}


def test_a_look_up_that_hangs(fresh, monkeypatch):
    release = threading.Event()

    def hang(*args, **kwargs):
        release.wait(20)
        raise socket.gaierror(-3, 'Temporary failure in name resolution')

    monkeypatch.setattr(socket, 'getaddrinfo', hang)
    monkeypatch.setattr(web_pictures, 'TOTAL_SECONDS', 0.2)
    try:
        assert is_placeholder(image_from_url('http://hangs.example/a.jpg'))
    finally:
        release.set()


@pytest.mark.parametrize('url', ['', 'a.jpg', 'file:///etc/passwd', 'ftp://host/a.jpg', 'http://',
                                 'http://[::1/a', 'http://host:port/a', 'http://ho st/a\n.jpg',
                                 'https://127.0.0.1:1/ä.jpg', None, 3,
                                 'sample://train', 'sample://train/x', 'sample://nowhere/3', 'sample://train/-1'])
def test_a_bad_address_gives_a_placeholder(fresh, capsys, url):
    assert is_placeholder(image_from_url(url))
    assert capsys.readouterr().out.startswith('image_from_url: ')


def test_the_placeholder_says_what_was_not_found(fresh):
    one, other = image_from_url('nowhere/one.jpg'), image_from_url('nowhere/other.jpg')
    assert (one != one[0, 0]).any() and (one != other).any()


def test_certificates_are_checked():
    handler, = [h for h in web_pictures.opener().handlers if type(h).__name__ == 'HTTPSHandler']
    assert handler._context.check_hostname and handler._context.verify_mode.name == 'CERT_REQUIRED'
    assert handler._context.cert_store_stats()['x509_ca'] > 0


def test_a_picture_of_the_sample_world(fresh, monkeypatch):
    asked = []

    def scene(split, index):
        asked.append((split, index))
        return types.SimpleNamespace(image=NOISE)

    monkeypatch.setitem(sys.modules, 'cs231n.sample_world.scenes.scenes', types.SimpleNamespace(scene=scene))
    np.testing.assert_array_equal(image_from_url('sample://train/123'), NOISE)
    image_from_url('sample://train/123')[:] = 0
    np.testing.assert_array_equal(image_from_url('sample://train/123'), NOISE)
    assert asked == [('train', 123)] and not (fresh / 'cache').exists()


def test_memory_is_bounded(fresh, monkeypatch):
    scenes = types.SimpleNamespace(scene=lambda split, index: types.SimpleNamespace(image=NOISE))
    monkeypatch.setitem(sys.modules, 'cs231n.sample_world.scenes.scenes', scenes)
    for i in range(70):
        image_from_url(f'sample://val/{i}')
    assert len(web_pictures._pictures) == 64 and 'sample://val/69' in web_pictures._pictures
