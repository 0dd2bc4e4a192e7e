"""The sample world repairs itself, and an interrupted or failed build leaves nothing behind."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch

from cs231n._shared.paths import ROOT, WEIGHTS
from cs231n.data import worlds
from cs231n.data.imagenet import load_imagenet_val
from cs231n.data.squeezenet import load_squeezenet
from cs231n.sample_world import build, stamp, style_checks, weights
from cs231n.sample_world.digits import digits, reader

FILES = [name for names in stamp.FILES.values() for name in names]


@pytest.fixture(scope='module')
def small():
    """The builder, made small and without the network, in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, 'COUNTS', {'train': 20, 'val': 10})
        patch.setattr(build, 'LABELLED', 2)
        patch.setattr(digits, 'BLOCKS', {'train': ((20, 1),), 'test': ((10, 2),)})
        patch.setattr(build, '_write_digits', lambda folder, _: digits.make(folder))
        patch.setattr(style_checks, 'check_values', lambda: {'cl_out': np.float32(1)})
        patch.setattr(build, '_all_features', lambda _: {'train': np.eye(20, 452, dtype='f'), 'val': np.eye(10, 452)})
        yield build


@pytest.fixture(scope='module')
def whole(small, tmp_path_factory):
    folder = tmp_path_factory.mktemp('whole') / 'sample'
    small.make(folder)
    return folder


@pytest.fixture
def folder(whole, tmp_path, monkeypatch):
    """A whole sample world of one's own, in the place where loaders look."""
    shutil.copytree(whole, tmp_path / 'sample')
    monkeypatch.setenv('CS231N_DATASETS', str(tmp_path))
    monkeypatch.setattr(stamp, 'user_dir', lambda: tmp_path / 'home')
    return tmp_path / 'sample'


def flip(path, at=0.5):
    data = bytearray(path.read_bytes())
    data[int(at * (len(data) - 1))] ^= 1
    path.write_bytes(data)


DAMAGE = {
    'deleted': lambda path: path.unlink(),
    'emptied': lambda path: path.write_bytes(b''),
    'cut': lambda path: path.write_bytes(path.read_bytes()[:-1]),
    'foreign': lambda path: path.write_bytes(b'another file'),
    'first byte': lambda path: flip(path, 0), 'a byte': flip, 'last byte': lambda path: flip(path, 1),
}


def test_what_was_built_is_whole_and_its_stamp_is_read_by_sha256sum(folder):
    assert stamp.problems(folder) == {} and stamp.whole() == folder
    lines = (folder / 'built.txt').read_text().splitlines()
    assert [line.split('  ')[1] for line in lines[1:]] == FILES
    if shutil.which('sha256sum'):
        run = subprocess.run(['sha256sum', '-c', '--quiet', 'built.txt'], cwd=folder, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr


@pytest.mark.parametrize('damage', DAMAGE)
@pytest.mark.parametrize('name', FILES)
def test_a_damaged_file_is_noticed_and_made_again(folder, small, name, damage):
    before = {file: (folder / file).stat().st_mtime_ns for file in FILES}
    DAMAGE[damage](folder / name)
    assert set(stamp.problems(folder)) == {name} and stamp.whole() is None
    small.make(folder)
    assert stamp.problems(folder) == {} and stamp.whole() == folder
    part = next(names for names in stamp.FILES.values() if name in names)
    again = {file for file in FILES if (folder / file).stat().st_mtime_ns != before[file]}
    assert name in again and again <= set(part), 'only what belongs to it is made again'


@pytest.mark.parametrize('text', ['', 'x', '# made from ' + '0' * 64 + '\n', '\x00\xff', None])
def test_a_stamp_that_is_missing_or_of_another_version_means_another_build(folder, small, text):
    good = (folder / 'built.txt').read_text()
    (folder / 'built.txt').unlink()
    if text is not None:
        (folder / 'built.txt').write_text(text, encoding='latin1')
    assert set(stamp.problems(folder)) == {'built.txt'} and stamp.whole() is None
    small.make(folder)
    assert (folder / 'built.txt').read_text() == good


def test_a_line_of_the_stamp_that_was_changed_is_noticed(folder, small):
    path = folder / 'built.txt'
    path.write_text(path.read_text().replace(f'  {FILES[0]}', f'  other/{FILES[0]}'))
    assert set(stamp.problems(folder)) == {FILES[0]}
    small.make(folder)
    assert stamp.problems(folder) == {}


def test_a_folder_in_the_place_of_a_file_is_named(folder, small):
    (folder / FILES[0]).unlink()
    (folder / FILES[0]).mkdir()
    with pytest.raises(OSError, match=r'coco2014_captions\.h5: is a folder, where a file belongs: remove it'):
        small.make(folder)


def test_a_loader_has_a_damaged_file_made_again(folder, small, monkeypatch):
    flip(folder / 'imagenet_val_25.npz')
    monkeypatch.setattr(build, 'build', lambda: small.make(folder) or folder)
    X, _, _ = load_imagenet_val()
    assert len(X) == 2 and stamp.problems(folder) == {}


def test_the_users_own_folder_serves_where_the_other_cannot_be_written(folder, tmp_path, monkeypatch, capsys):
    own = tmp_path / 'home' / 'sample'
    monkeypatch.setattr(build, 'is_writable', lambda path: path == own)
    assert build._writable() == own
    assert f'{folder} cannot be written; CS231N_DATASETS names' in capsys.readouterr().out
    shutil.move(folder, own)
    assert worlds.sample_file('imagenet_val_25.npz') == own / 'imagenet_val_25.npz'
    shutil.rmtree(own)
    monkeypatch.setattr(build, 'is_writable', lambda path: False)
    with pytest.raises(PermissionError, match='cannot be written: set CS231N_DATASETS to a folder of yours'):
        build.build()


# ---- a build of its own ----

SMALL = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from cs231n.sample_world import build
from cs231n.sample_world.digits import digits
if __name__ == '__main__':
    build.COUNTS.update(train=1000, val=50)
    sys.argv[1:] = ['', *sys.argv[1:]]
    build.as_child() if sys.argv[3:] else sys.exit(build._make_and_tell(build.Path(sys.argv[2]), sys.stdout))
"""


@pytest.fixture
def begun(tmp_path):
    """Start a long build; returns it once its workers are at work."""
    script, told = tmp_path / 'small.py', tmp_path / 'told.txt'
    script.write_text(SMALL)
    children = []

    def start(*words):
        with open(told, 'wb') as file:
            child = subprocess.Popen([sys.executable, script, tmp_path / 'sample', *words], stdin=subprocess.PIPE,
                                     stdout=file, stderr=file)
        children.append(child)
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline and child.poll() is None:
            workers = [p for p in psutil.Process(child.pid).children() if 'spawn_main' in ' '.join(p.cmdline())]
            if len(workers) == os.cpu_count():
                return child, workers
            time.sleep(0.05)
        raise AssertionError(told.read_text())

    yield start
    for child in children:
        child.kill()
        child.wait()
        child.stdin.close()


@pytest.mark.parametrize('how', ['SIGINT', 'SIGTERM', 'SIGKILL', 'its parent ends'])
def test_an_interrupted_build_leaves_no_workers_and_no_parts(begun, tmp_path, how):
    child, workers = begun(*(['as a child'] if how == 'its parent ends' else []))
    if how == 'its parent ends':
        child.stdin.close()
    else:
        child.send_signal(getattr(signal, how))
    child.wait(120)
    _, alive = psutil.wait_procs(workers, timeout=60)
    assert alive == []
    assert not list(tmp_path.rglob('*.tmp')) and not (tmp_path / 'sample' / 'built.txt').exists()
    if how in ('SIGINT', 'SIGTERM'):
        assert child.returncode == {'SIGINT': 130, 'SIGTERM': 143}[how]
        assert 'Traceback' not in (tmp_path / 'told.txt').read_text() and not (tmp_path / 'sample' / '.lock').exists()


def test_a_full_disk_is_told_in_a_line_and_leaves_no_parts(small, tmp_path):
    script = tmp_path / 'small.py'
    script.write_text(SMALL.replace('1000', '100'))
    run = subprocess.run([sys.executable, script, tmp_path / 'sample'], capture_output=True, text=True,
                         preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2**13, 2**13)))
    assert run.returncode == 1 and 'Traceback' not in run.stderr
    assert run.stdout.startswith(f'cannot write {tmp_path}') and 'File too large' in run.stdout
    assert not list(tmp_path.rglob('*.tmp'))


def test_the_child_takes_the_code_of_its_parent(tmp_path, monkeypatch):
    """Whatever lies in the working directory, and though the package is only on the parent's path."""
    decoy = tmp_path / 'cs231n'
    decoy.mkdir()
    (decoy / '__init__.py').write_text('raise SystemExit("the wrong package")')
    monkeypatch.chdir(tmp_path)
    code = build.CHILD.replace('as_child()', 'print(sys.modules["cs231n"].__file__)').replace(
        'import as_child', 'import CHILD')
    run = subprocess.run([sys.executable, '-c', code, str(ROOT)], capture_output=True, text=True)
    assert Path(run.stdout.strip()) == ROOT / 'cs231n' / '__init__.py', run.stderr


# ---- weights that come with the project ----


@pytest.fixture(params=['squeezenet', 'digit_net'])
def committed(request, tmp_path, monkeypatch):
    """A copy of committed weights that their loader takes; returns (path, loader)."""
    for suffix in ('.pt', '.json'):
        shutil.copy(WEIGHTS / f'{request.param}{suffix}', tmp_path)
    path = tmp_path / f'{request.param}.pt'
    monkeypatch.setattr(weights, 'SAMPLE_WEIGHTS', path)
    monkeypatch.setattr(reader, 'READER_WEIGHTS', path)
    load = {'squeezenet': load_squeezenet, 'digit_net': reader.load_digit_net}[request.param]
    weights.sample_weights.cache_clear()
    reader.load_digit_net.cache_clear()
    yield path, load
    weights.sample_weights.cache_clear()
    reader.load_digit_net.cache_clear()


def test_whole_weights_are_loaded(committed):
    committed[1]()


@pytest.mark.parametrize('damage', DAMAGE)
def test_damaged_weights_are_named_with_what_mends_them(committed, damage):
    path, load = committed
    DAMAGE[damage](path)
    with pytest.raises((ValueError, FileNotFoundError)) as caught:
        load()
    assert str(path) in str(caught.value) and 'It comes with the project' in str(caught.value)
    assert 'weights_only' not in str(caught.value)


@pytest.mark.parametrize('text', [None, '', '{}', '[]', '{"sha256": 5}', '\x00'])
def test_a_card_that_is_none_is_named(committed, text):
    path, load = committed
    path.with_suffix('.json').unlink()
    if text is not None:
        path.with_suffix('.json').write_text(text)
    with pytest.raises((ValueError, FileNotFoundError), match=path.stem):
        load()


@pytest.mark.parametrize('content', [b'', b'\x80\x02.', b'PK\x03\x04', [1, 2], {'a': 'no tensor'}, torch.nn.ReLU()])
def test_what_pytorch_says_of_a_file_is_not_passed_on(tmp_path, content):
    path = tmp_path / 'w.pt'
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        torch.save(content, path)
    with pytest.raises(ValueError, match='is damaged: it must hold the tensors of a network') as caught:
        weights.read_weights(path)
    assert caught.value.__cause__ is None and caught.value.__context__ is None


def test_the_cards_tell_the_checksums_of_what_is_committed():
    for card in WEIGHTS.glob('*.json'):
        assert stamp.checked(card.with_suffix('.pt')).is_file() and len(json.loads(card.read_text())['sha256']) == 64
