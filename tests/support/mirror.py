"""A server on loopback whose files misbehave as told, and a desk from which to fetch them, by either way in."""

import contextlib
import gzip
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / 'get_datasets.sh'
WAYS = {'script': f'exec bash "{SCRIPT}" "$@"', 'module': 'exec python3 -m cs231n.data.fetch "$@"'}
# What the tests pretend of the machine: how much room the disk has, and that unpacking takes long.
HOOKS = """
import collections, os, shutil, time, zipfile
if 'FREE' in os.environ:
    shutil.disk_usage = lambda path: collections.namedtuple('usage', 'free')(int(os.environ['FREE']))
if 'SLEEP' in os.environ:
    zipfile.ZipExtFile.read = lambda self, n: time.sleep(100)
"""


class Mirror:
    """A web server whose files misbehave as `modes[name]` says; `asked` lists (name, Range header)."""

    def __init__(self):
        self.files, self.modes, self.asked, self.headers = {}, {}, [], {}
        self.part_sent, self.release = threading.Event(), threading.Event()
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def do_GET(self):
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    mirror.answer(self)

        self.server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        self.url = f'http://127.0.0.1:{self.server.server_address[1]}'
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, handler):
        name = handler.path.rsplit('/', 1)[-1]
        mode, data = self.modes.get(name, 'whole'), self.files.get(name)
        self.asked.append((name, handler.headers.get('Range')))
        if mode == 'moved' and not handler.path.startswith('/moved/'):
            handler.send_response(302)
            handler.send_header('Location', f'{self.url}/moved/{name}')
            handler.send_header('Content-Length', '0')
            handler.send_header('Connection', 'close')  # or wget may reuse a connection that is closing
            return handler.end_headers()
        if data is None or mode == 'missing':
            return handler.send_error(404)
        if isinstance(mode, list):  # one answer after the other
            mode = mode.pop(0) if mode else 'whole'
        if isinstance(mode, int):
            handler.send_response(mode)
            for header in self.headers.items():
                handler.send_header(*header)
            handler.send_header('Content-Length', '0')
            return handler.end_headers()
        if mode == 'mute':
            self.part_sent.set()
            return self.release.wait(100)
        if mode == 'drip':
            return self.drip(handler, b'HTTP/1.0 200 OK\r\nX: ' + b'x' * 10_000)
        start = re.fullmatch(r'bytes=(\d+)-', handler.headers.get('Range') or '')
        start = int(start[1]) if start and mode != 'no ranges' else 0
        if start >= len(data):
            return handler.send_error(416)
        if mode == 'too long':
            data += bytes(300_000)
        if mode == 'endless':
            mode, data = 'unmeasured', data + bytes(2**24)
        if mode == 'elsewhere' and start:
            start -= 1
        handler.send_response(206 if start else 200)
        if start:
            handler.send_header('Content-Range', f'bytes {start}-{len(data) - 1}/{len(data)}')
        if mode not in ('no length', 'unmeasured'):
            handler.send_header('Content-Length', str(len(data) - start))
        handler.end_headers()
        if mode == 'trickle':
            return self.drip(handler, data[start:])
        if mode == 'spoiled' and start:
            data = bytes(len(data))
        if mode == 'damaged':
            data = bytes([data[0] ^ 1]) + data[1:]
        if mode in ('cut', 'slow', 'no length'):
            handler.wfile.write(data[start:start + (99 if mode == 'slow' else (len(data) - start) // 2)])
            handler.wfile.flush()
            self.part_sent.set()
            if mode == 'slow':
                self.release.wait(100)
        else:
            handler.wfile.write(data[start:])

    def drip(self, handler, data):
        """Send a byte every 20 ms: never silent, never done."""
        for i in range(len(data)):
            handler.wfile.write(data[i:i + 1])
            handler.wfile.flush()
            if self.release.wait(0.02):
                return

    def close(self):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()


def zipped(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def noise(size, seed):
    return b''.join(hashlib.sha256(b'%d %d' % (seed, i)).digest() for i in range(-(-size // 32)))[:size]


PICTURE = noise(40_009, 1)
WEIGHTS = noise(5_003, 2)
CAPTIONS, PCA, FULL = noise(3_001, 3), noise(2_003, 4), noise(7_001, 5)
PAINTINGS = {'a3/styles/muse.jpg': noise(601, 6), 'a3/styles/the_scream.jpg': noise(607, 7)}
STYLES = zipped({**PAINTINGS, 'a3/style-transfer-checks.npz': noise(503, 8), 'a3/x.py': b''})
COCO = zipped({'coco_captioning/captions.h5': CAPTIONS, '__MACOSX/coco_captioning/captions.h5': b'no',
               'coco_captioning/pca.h5': PCA, 'coco_captioning/full.h5': FULL, 'x.txt': b'no'})
DIGITS = noise(4_001, 9)
DIGITS_GZ = gzip.compress(DIGITS, mtime=0)


def sha(data):
    return 'sha256:' + hashlib.sha256(data).hexdigest()


def md5(data):
    return 'md5:' + hashlib.md5(data).hexdigest()


NET = f'net-{sha(WEIGHTS)[7:15]}.pth'


def rows(url, styles=STYLES):
    """A table of the same make as datasets/files.tsv, for small files."""
    return [
        ('coco', '.download/coco.zip', f'~{len(COCO)}', '-', f'{url}/coco.zip'),
        ('coco', 'coco/captions.h5', len(CAPTIONS), sha(CAPTIONS), 'coco.zip//captions.h5'),
        ('coco-pca', 'coco/pca.h5', len(PCA), sha(PCA), 'coco.zip//pca.h5'),
        ('coco-full', 'coco/full.h5', len(FULL), sha(FULL), 'coco.zip//full.h5'),
        ('imagenet', 'val.npz', len(PICTURE), sha(PICTURE), f'{url}/val.npz'),
        ('styles', 'styles/styles.zip', len(styles), sha(styles), f'{url}/styles.zip'),
        ('styles', 'styles/*.jpg', '-', '-', 'styles.zip//styles/*.jpg'),
        ('styles', 'style-transfer-checks.npz', '-', '-', 'styles.zip//style-transfer-checks.npz'),
        ('squeezenet', NET, '~5000000', sha(WEIGHTS)[:15], f'{url}/{NET}'),
        ('mnist', 'MNIST/raw/d.gz', len(DIGITS_GZ), md5(DIGITS_GZ), f'{url}/d.gz'),
        ('mnist', 'MNIST/raw/d', len(DIGITS), '-', 'd.gz//d'),
    ]


def write_table(path, lines):
    path.write_text('# comment\n' + ''.join('\t'.join(map(str, line)) + '\n' for line in lines))


class Desk:
    """A folder to fetch into, and one way to the fetcher with nothing on PATH but what it may rely on."""

    def __init__(self, folder, way, url):
        self.way, self.folder = way, folder
        self.dest, self.bin, self.table = folder / 'data sets', folder / 'bin', folder / 'files.tsv'
        self.bin.mkdir()
        for name in ('bash', 'dirname'):
            (self.bin / name).symlink_to(shutil.which(name))
        (self.bin / 'python3').symlink_to(sys.executable)
        (self.bin / 'sitecustomize.py').write_text(HOOKS)
        write_table(self.table, rows(url))
        self.env = {'PATH': str(self.bin), 'HOME': str(folder), 'LC_ALL': 'C', 'no_proxy': '*',
                    'CS231N_FILES': str(self.table), 'CS231N_DATASETS': str(self.dest),
                    'CS231N_STALL': '60', 'CS231N_TRIES': '1',
                    'PYTHONPATH': f'{self.bin}{os.pathsep}{ROOT}' if way == 'module' else str(self.bin)}

    @contextlib.contextmanager
    def start(self, *words, prefix='', **env):
        command = [str(self.bin / 'bash'), '-c', f'{prefix} {WAYS[self.way]}', 'fetch', *words]
        with subprocess.Popen(command, env={**self.env, **env}, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder) as process:
            try:
                yield process
            finally:
                process.kill()

    def run(self, *words, **options):
        with self.start(*words, **options) as process:
            out, err = process.communicate(timeout=600)
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def files(self):
        found = [path for path in self.dest.rglob('*') if path.is_file()]
        return {str(path.relative_to(self.dest)): path.read_bytes() for path in found}


def assert_in_place(run):
    assert run.returncode == 0, run.stderr
    assert run.stderr == '' and 'in place' in run.stdout


def assert_failed(run, *words):
    assert run.returncode == 1
    for word in words:
        assert word in run.stderr
    assert 'Traceback' not in run.stderr


@contextlib.contextmanager
def serving():
    """A mirror that has every file of the table of `rows`."""
    server = Mirror()
    server.files = {'coco.zip': COCO, 'val.npz': PICTURE, 'styles.zip': STYLES, NET: WEIGHTS, 'd.gz': DIGITS_GZ}
    try:
        yield server
    finally:
        server.close()
