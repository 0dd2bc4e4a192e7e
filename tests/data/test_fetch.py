"""get_datasets.sh against a server on loopback that serves whole, cut, damaged, slow and missing files."""

import contextlib
import gzip
import hashlib
import io
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cs231n._shared.paths import ROOT

SCRIPT = ROOT / 'get_datasets.sh'
TOOLS = ['bash', 'awk', 'cat', 'cmp', 'cut', 'df', 'dirname', 'mkdir', 'mv', 'rm', 'rmdir', 'sleep', 'tr',
         'wc', 'sha256sum', 'shasum', 'md5sum', 'md5']
CLIENTS = [name for name in ('curl', 'wget') if shutil.which(name)]


class Mirror:
    """A web server whose files misbehave as `modes[name]` says; `asked` lists (name, Range header)."""

    def __init__(self):
        self.files, self.modes, self.asked = {}, {}, []
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
        start = re.fullmatch(r'bytes=(\d+)-', handler.headers.get('Range') or '')
        start = int(start[1]) if start and mode != 'no ranges' else 0
        if start >= len(data):
            return handler.send_error(416)
        handler.send_response(206 if start else 200)
        if start:
            handler.send_header('Content-Range', f'bytes {start}-{len(data) - 1}/{len(data)}')
        if mode != 'no length':
            handler.send_header('Content-Length', str(len(data) - start))
        handler.end_headers()
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


@pytest.fixture
def mirror():
    server = Mirror()
    server.files = {'coco.zip': COCO, 'val.npz': PICTURE, 'styles.zip': STYLES, NET: WEIGHTS,
                    'd.gz': DIGITS_GZ}
    yield server
    server.close()


class Desk:
    """A folder to fetch into, and the script with nothing on PATH but what it may rely on."""

    def __init__(self, folder, client, url):
        self.dest, self.bin, self.table = folder / 'data sets', folder / 'bin', folder / 'files.tsv'
        self.bin.mkdir()
        for name in [*TOOLS, *([client] if client else [])]:
            if shutil.which(name):
                (self.bin / name).symlink_to(shutil.which(name))
        (self.bin / 'python3').symlink_to(sys.executable)
        write_table(self.table, rows(url))
        self.env = {'PATH': str(self.bin), 'HOME': str(folder), 'LC_ALL': 'C', 'no_proxy': '*',
                    'CS231N_FILES': str(self.table), 'CS231N_DATASETS': str(self.dest),
                    'CS231N_STALL': '60', 'CS231N_TRIES': '1'}

    @contextlib.contextmanager
    def start(self, *words, prefix='', **env):
        command = [str(self.bin / 'bash'), '-c', f'{prefix} exec bash "$0" "$@"', str(SCRIPT), *words]
        with subprocess.Popen(command, env={**self.env, **env}, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
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


@pytest.fixture(params=CLIENTS or ['curl or wget is needed'])
def desk(request, tmp_path, mirror):
    return Desk(tmp_path, request.param, mirror.url)


def assert_in_place(run):
    assert run.returncode == 0, run.stderr
    assert run.stderr == '' and 'in place' in run.stdout


def assert_failed(run, *words):
    assert run.returncode == 1
    for word in words:
        assert word in run.stderr
    assert 'Traceback' not in run.stderr


def test_there_is_a_client():
    assert CLIENTS, 'these tests need curl or wget'


def test_all_sets_arrive_and_a_second_run_asks_for_nothing(desk, mirror):
    assert_in_place(desk.run('all'))
    assert desk.files() == {
        'coco/captions.h5': CAPTIONS, 'coco/pca.h5': PCA, 'val.npz': PICTURE, 'styles/styles.zip': STYLES,
        'styles/muse.jpg': noise(601, 6), 'styles/the_scream.jpg': noise(607, 7),
        'style-transfer-checks.npz': noise(503, 8), NET: WEIGHTS,
        'MNIST/raw/d.gz': DIGITS_GZ, 'MNIST/raw/d': DIGITS,
    }
    assert not (desk.dest / '.download').exists()
    mirror.asked.clear()
    again = desk.run()
    assert_in_place(again)
    assert mirror.asked == [] and 'new ' not in again.stdout


def test_full_features_come_on_request(desk):
    assert_in_place(desk.run('coco', '--full-features'))
    assert desk.files() == {'coco/captions.h5': CAPTIONS, 'coco/pca.h5': PCA, 'coco/full.h5': FULL}


def test_dest_wins_over_the_environment(desk, tmp_path):
    assert_in_place(desk.run('imagenet', '--dest', str(tmp_path / 'else where')))
    assert (tmp_path / 'else where' / 'val.npz').read_bytes() == PICTURE and not desk.dest.exists()


def test_mirror_replaces_every_base_address(desk, mirror):
    write_table(desk.table, rows('http://127.0.0.1:9/deep/path'))
    assert_failed(desk.run('imagenet'), 'could not be fetched')
    assert_in_place(desk.run('imagenet', CS231N_MIRROR=mirror.url + '/'))


def test_a_redirect_is_followed(desk, mirror):
    mirror.modes['val.npz'] = 'moved'
    assert_in_place(desk.run('imagenet'))
    assert desk.files() == {'val.npz': PICTURE}


def test_missing_file(desk, mirror):
    mirror.modes['val.npz'] = 'missing'
    assert_failed(desk.run('imagenet'), 'val.npz could not be fetched: the server has no such file',
                  'not in place: imagenet')
    assert desk.files() == {}


def test_one_dead_source_does_not_stop_the_others(desk, mirror):
    mirror.modes['coco.zip'] = 'missing'
    run = desk.run('coco', 'imagenet')
    assert_failed(run, 'coco.zip could not be fetched')
    assert run.stderr.endswith('not in place: coco\n') and desk.files() == {'val.npz': PICTURE}


@pytest.mark.parametrize('mode', ['cut', 'slow'])
def test_a_broken_transfer_is_taken_up_where_it_stopped(desk, mirror, mode):
    mirror.modes['val.npz'] = mode
    assert_failed(desk.run('imagenet', CS231N_STALL='2'), 'could not be fetched')
    kept = desk.files()
    assert list(kept) == ['.download/val.npz.part']
    size = len(kept['.download/val.npz.part'])
    assert 0 < size < len(PICTURE)
    mirror.modes.clear()
    mirror.asked.clear()
    assert_in_place(desk.run('imagenet'))
    assert mirror.asked == [('val.npz', f'bytes={size}-')]
    assert desk.files() == {'val.npz': PICTURE}


def test_a_cut_transfer_is_tried_again_in_the_same_run(desk, mirror):
    mirror.modes['val.npz'] = 'cut'
    with desk.start('imagenet', CS231N_TRIES='9') as process:
        assert mirror.part_sent.wait(300)
        mirror.modes.clear()
        process.communicate(timeout=600)
    assert process.returncode == 0 and desk.files() == {'val.npz': PICTURE}


def test_a_server_without_ranges_sends_the_whole_again(desk, mirror):
    desk.dest.joinpath('.download').mkdir(parents=True)
    desk.dest.joinpath('.download/val.npz.part').write_bytes(PICTURE[:100])
    mirror.modes['val.npz'] = 'no ranges'
    run = desk.run('imagenet', CS231N_TRIES='2')
    assert run.returncode == 0, run.stderr
    assert desk.files() == {'val.npz': PICTURE}


def test_a_kept_part_that_is_too_long_is_fetched_anew(desk, mirror):
    desk.dest.joinpath('.download').mkdir(parents=True)
    desk.dest.joinpath('.download/val.npz.part').write_bytes(PICTURE + b'more')
    assert_in_place(desk.run('imagenet'))
    assert mirror.asked == [('val.npz', None)] and desk.files() == {'val.npz': PICTURE}


@pytest.mark.parametrize('kept', [b'other' * 1000, b'x' * len(PICTURE)])
def test_a_kept_part_that_does_not_fit_is_fetched_anew(desk, kept):
    desk.dest.joinpath('.download').mkdir(parents=True)
    desk.dest.joinpath('.download/val.npz.part').write_bytes(kept)
    run = desk.run('imagenet')
    assert run.returncode == 0, run.stderr
    assert desk.files() == {'val.npz': PICTURE}


def test_a_complete_part_is_only_checked_and_renamed(desk, mirror):
    desk.dest.joinpath('.download').mkdir(parents=True)
    desk.dest.joinpath('.download/val.npz.part').write_bytes(PICTURE)
    assert_in_place(desk.run('imagenet'))
    assert mirror.asked == [] and desk.files() == {'val.npz': PICTURE}


def test_a_complete_part_of_unknown_size(desk):
    desk.dest.joinpath('.download').mkdir(parents=True)
    desk.dest.joinpath('.download', NET + '.part').write_bytes(WEIGHTS)
    run = desk.run('squeezenet')
    assert run.returncode == 0, run.stderr
    assert desk.files() == {NET: WEIGHTS}


@pytest.mark.parametrize('name, what', [('val.npz', 'imagenet'), ('styles.zip', 'styles'), ('d.gz', 'mnist')])
def test_a_damaged_file_is_refused_and_leaves_nothing(desk, mirror, name, what):
    mirror.modes[name] = 'damaged'
    assert_failed(desk.run(what), f'{name} is damaged', f'not in place: {what}')
    assert desk.files() == {}
    mirror.modes.clear()
    assert_in_place(desk.run(what))


def test_a_damaged_file_in_place_is_replaced(desk):
    desk.dest.mkdir()
    (desk.dest / 'val.npz').write_bytes(PICTURE[:-1] + b'?')
    assert_in_place(desk.run('imagenet'))
    assert desk.files() == {'val.npz': PICTURE}


def test_a_good_file_in_place_outlives_a_failure(desk, mirror):
    assert_in_place(desk.run('coco'))
    (desk.dest / 'coco/pca.h5').write_bytes(b'broken')
    mirror.modes['coco.zip'] = 'no length'
    assert_failed(desk.run('coco'), 'cannot unpack pca.h5')
    assert desk.files() == {'coco/captions.h5': CAPTIONS, 'coco/pca.h5': b'broken'}
    mirror.modes.clear()
    assert_in_place(desk.run('coco'))
    assert desk.files() == {'coco/captions.h5': CAPTIONS, 'coco/pca.h5': PCA}


def test_an_archive_cut_short_without_anybody_noticing(desk, mirror):
    mirror.modes['coco.zip'] = 'no length'
    assert_failed(desk.run('coco'), 'cannot unpack captions.h5')
    assert desk.files() == {}


def test_a_member_with_a_wrong_checksum(desk, mirror):
    mirror.files['coco.zip'] = zipped({'coco_captioning/captions.h5': noise(len(CAPTIONS), 99)})
    assert_failed(desk.run('coco'), 'captions.h5 in coco.zip is damaged')
    assert desk.files() == {}


@pytest.mark.parametrize('evil', ['../styles/evil.jpg', '/styles/evil.jpg', 'a/styles/../styles/evil.jpg',
                                  'styles/-rf.jpg', 'styles/..\\evil.jpg', 'styles/a b.jpg'])
def test_hostile_member_names_are_not_unpacked(desk, mirror, tmp_path, evil):
    hostile = zipped({**PAINTINGS, evil: b'evil', 'x/style-transfer-checks.npz': b'fine'})
    mirror.files['styles.zip'] = hostile
    write_table(desk.table, rows(mirror.url, styles=hostile))
    assert_in_place(desk.run('styles'))
    assert set(desk.files()) == {'styles/styles.zip', 'styles/muse.jpg', 'styles/the_scream.jpg',
                                 'style-transfer-checks.npz'}
    assert not [path for path in tmp_path.rglob('*') if 'evil' in path.name or '-rf' in path.name]


def test_an_unpacked_file_that_was_changed_is_restored(desk, mirror):
    assert_in_place(desk.run('styles'))
    (desk.dest / 'styles/muse.jpg').write_bytes(b'scribble')
    mirror.asked.clear()
    assert_in_place(desk.run('styles'))
    assert (desk.dest / 'styles/muse.jpg').read_bytes() == noise(601, 6) and mirror.asked == []


@pytest.mark.parametrize('sent', [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_then_a_run_that_completes(desk, mirror, sent):
    mirror.modes['val.npz'] = 'slow'
    with desk.start('imagenet') as process:
        assert mirror.part_sent.wait(300)
        while not any((desk.dest / '.download').glob('*.part')):
            time.sleep(0.01)
        process.send_signal(sent)
        _, err = process.communicate(timeout=600)
    assert process.returncode == 1 and 'interrupted' in err
    assert set(desk.files()) <= {'.download/val.npz.part'}
    mirror.modes.clear()
    assert_in_place(desk.run('imagenet'))
    assert desk.files() == {'val.npz': PICTURE}


def test_an_interrupt_while_unpacking(desk, mirror):
    python = desk.bin / 'python3'
    python.unlink()
    python.write_text('#!/bin/sh\n[ "$2" = "" ] && exit\necho half > "$6/half"\nexec sleep 100\n')
    python.chmod(0o755)
    with desk.start('coco') as process:
        while not any(desk.dest.rglob('half')):
            time.sleep(0.01)
        process.terminate()
        _, err = process.communicate(timeout=600)
    assert process.returncode == 1 and 'interrupted' in err
    assert desk.files() == {'.download/coco.zip': COCO}
    python.unlink()
    python.symlink_to(sys.executable)
    mirror.asked.clear()
    assert_in_place(desk.run('coco'))
    assert mirror.asked == [] and desk.files() == {'coco/captions.h5': CAPTIONS, 'coco/pca.h5': PCA}


def test_two_runs_at_once(desk, mirror):
    mirror.modes['val.npz'] = 'slow'
    with desk.start('imagenet') as first:
        assert mirror.part_sent.wait(300)
        assert_failed(desk.run('imagenet'), f'process {first.pid} is already fetching')
        mirror.modes.clear()
        first.terminate()
        first.communicate(timeout=600)
    desk.dest.joinpath('.download').mkdir(exist_ok=True)
    desk.dest.joinpath('.download/lock').write_text(f'{first.pid}\n')
    assert_in_place(desk.run('imagenet'))


def fake_df(desk, free_kb):
    (desk.bin / 'df').unlink()
    (desk.bin / 'df').write_text(f'#!/bin/sh\necho Disk Size Used Free\necho disk 9 9 {free_kb} 1% /\n')
    (desk.bin / 'df').chmod(0o755)


def test_too_little_room_is_said_before_anything_is_fetched(desk, mirror):
    fake_df(desk, 30)
    assert_failed(desk.run('imagenet'), '1 MB are needed', 'only 0 MB free')
    assert mirror.asked == [] and desk.files() == {}
    fake_df(desk, 40)
    assert_in_place(desk.run('imagenet'))
    fake_df(desk, 0)
    assert_in_place(desk.run('imagenet'))


def test_room_for_the_archive_is_asked_for_once(desk, mirror):
    need = len(COCO) + len(CAPTIONS) + len(PCA)
    write_table(desk.table, rows(mirror.url))
    fake_df(desk, need // 1024 - 1)
    assert_failed(desk.run('coco'), 'are needed')
    fake_df(desk, need // 1024)
    assert_in_place(desk.run('coco'))


def test_a_disk_that_fills_up_during_the_transfer(desk):
    run = desk.run('imagenet', prefix='ulimit -f 8;')
    assert run.returncode == 1 and 'val.npz' in run.stderr
    assert 'val.npz' not in desk.files()
    assert_in_place(desk.run('imagenet'))


def test_a_disk_that_fills_up_while_unpacking(desk, mirror):
    big = bytes(60_000)
    mirror.files['coco.zip'] = zipped({'coco_captioning/captions.h5': big})
    member = ('coco', 'coco/captions.h5', len(big), sha(big), 'coco.zip//captions.h5')
    write_table(desk.table, [rows(mirror.url)[0], member])
    run = desk.run('coco', prefix='ulimit -f 8;')
    assert_failed(run, 'cannot unpack captions.h5')
    assert not any(name.startswith('coco/') for name in desk.files())
    assert_in_place(desk.run('coco'))


def test_help_and_bad_words(desk):
    helped = desk.run('--help')
    assert helped.returncode == 0 and 'usage:' in helped.stdout and helped.stderr == ''
    assert_failed(desk.run('cifar'), 'usage:', "'cifar' is not known")
    assert_failed(desk.run('coco', '--dest'), '--dest needs a folder')
    assert_failed(desk.run('imagenet', CS231N_TRIES='many'), 'whole numbers')
    assert_failed(desk.run('imagenet', '--full-features'), 'goes with coco')
    assert_failed(desk.run('imagenet', CS231N_FILES='/nowhere.tsv'), '/nowhere.tsv')
    assert not desk.dest.exists()


def test_without_a_client(tmp_path, mirror):
    desk = Desk(tmp_path, None, mirror.url)
    assert_failed(desk.run('imagenet'), 'needs curl or wget')


def test_python_is_needed_for_archives_only(desk, mirror):
    (desk.bin / 'python3').unlink()
    assert_failed(desk.run('styles'), 'needs python3')
    assert mirror.asked == []
    assert_in_place(desk.run('imagenet', 'squeezenet'))


def test_a_folder_that_cannot_be_made(desk, tmp_path):
    (tmp_path / 'file').write_text('')
    assert_failed(desk.run('imagenet', '--dest', str(tmp_path / 'file' / 'x')), 'cannot write in')


def test_windows_line_ends_in_the_table(desk):
    desk.table.write_bytes(desk.table.read_bytes().replace(b'\n', b'\r\n'))
    assert_in_place(desk.run('imagenet', 'styles'))


def test_the_real_table_is_well_formed():
    text = (ROOT / 'datasets/files.tsv').read_text()
    lines = [line.split('\t') for line in text.splitlines() if line[0] != '#']
    sets = {'coco', 'coco-pca', 'coco-full', 'imagenet', 'styles', 'squeezenet', 'mnist'}
    assert {line[0] for line in lines} == sets
    names = {Path(line[1]).name for line in lines}
    for _, path, size, checksum, source in lines:
        assert re.fullmatch(r'~?\d+|-', size), path
        assert re.fullmatch(r'sha256:([0-9a-f]{64}|b8a52dc0)|md5:[0-9a-f]{32}|-', checksum), path
        archive, _, member = source.partition('//')
        assert source.startswith(('http://', 'https://')) or (archive in names and member), path
