"""The wheel works from anywhere, for a user who can write only at home, and holds nothing that students do not get."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cs231n._shared.paths import ROOT, datasets_dir
from cs231n.handout.stages import NOT_GIVEN
from cs231n.sample_world import stamp

# A user whom the folder's permissions bind, root as well, who else may write everywhere.
BOUND = ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] if hasattr(os, 'getuid') and os.getuid() == 0 else []
LOADERS = """
import pathlib, cs231n
from cs231n.coco_utils import load_coco_data
from cs231n.data.mnist import load_mnist
from cs231n.data.squeezenet import load_pictures, load_squeezenet
from cs231n.data_utils import load_imagenet_val
from cs231n.metrics.digits import coverage, look
from cs231n.image_utils import image_from_url
data = load_coco_data()
print(data['train_features'].shape[1], image_from_url(data['val_urls'][3]).shape)
print(load_imagenet_val()[0].shape, load_mnist().data.shape)
model, names = load_squeezenet()
seen = look(load_mnist(train=False).data[:99] / 127.5 - 1)[1]
print(len(names), load_pictures(model, 2)[2].shape, coverage(seen.argmax(axis=1))[0])
print(pathlib.Path(cs231n.__file__).parents[1])
"""
BUILD = """
import numpy as np
from cs231n.sample_world import build, stamp
from cs231n.sample_world.digits import digits
build.COUNTS.update(train=50, val=50)
build.LABELLED = 2
build._all_features = lambda _: {split: np.eye(50, 512, dtype='f') for split in build.COUNTS}  # a minute's work
digits.BLOCKS = {'train': ((20, 1),), 'test': ((10, 2),)}
build._write_digits = lambda folder, _: digits.make(folder)
build.make(build._writable())
print(stamp.whole())
"""


@pytest.fixture(scope='module')
def wheel(tmp_path_factory):
    """The wheel of the repository, built from a copy of what git has or would have."""
    folder = tmp_path_factory.mktemp('wheel')
    names = ['setup.py', 'MANIFEST.in', 'pyproject.toml', 'requirements.txt', 'LICENSE', 'README.md']
    for name in names:
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / 'cs231n', folder / 'cs231n', ignore=shutil.ignore_patterns('__pycache__'))
    (folder / 'datasets').mkdir()
    for name in ('README.md', 'files.tsv'):
        shutil.copy(ROOT / 'datasets' / name, folder / 'datasets')
    shutil.copytree(ROOT / 'datasets' / 'sample', folder / 'datasets' / 'sample')  # as where it was built
    pip = [sys.executable, '-m', 'pip', 'wheel', '--quiet', '--no-deps', '--no-build-isolation', '-w', folder / 'dist']
    subprocess.run([*pip, folder], check=True, capture_output=True)
    path, = (folder / 'dist').glob('*.whl')
    return path


@pytest.fixture(scope='module')
def installed(wheel, tmp_path_factory):
    """A folder that the wheel is installed into, and that nobody can write."""
    folder = tmp_path_factory.mktemp('installed') / 'lib'
    subprocess.run([sys.executable, '-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder, wheel],
                   check=True, capture_output=True)
    subprocess.run(['chmod', '-R', 'a-w', folder], check=True)
    yield folder
    subprocess.run(['chmod', '-R', 'u+w', folder], check=True)


@pytest.fixture
def run(installed, tmp_path):
    """Run code with the installed package, from a folder that cannot be written, with a home that can."""
    home, away = tmp_path / 'home', tmp_path / 'away'
    home.mkdir()
    away.mkdir(mode=0o555)

    def call(*words, **env):
        keep = {name: value for name, value in os.environ.items() if not name.startswith(('CS231N', 'XDG', 'PYTHON'))}
        env = {**keep, 'HOME': str(home), 'PYTHONPATH': str(installed), 'PYTHONDONTWRITEBYTECODE': '1',
               'CS231N_PROGRESS': '0', 'MPLCONFIGDIR': str(tmp_path), **env}
        return subprocess.run([*BOUND, sys.executable, *words], cwd=away, env=env, capture_output=True, text=True,
                              timeout=600)

    call.home = home
    return call


def test_a_wheel_holds_nothing_that_students_do_not_get(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in names if name.startswith(tuple(NOT_GIVEN))]
    assert not [name for name in names if name.startswith('cs231n/datasets/sample/') and
                Path(name).stem not in ('squeezenet', 'digit_net')]
    assert {'cs231n/datasets/files.tsv', 'cs231n/datasets/sample/squeezenet.pt', 'cs231n/data/fetch.py'} <= set(names)
    needed = zipfile.ZipFile(wheel).read('cs231n-0.1.0.dist-info/METADATA').decode()
    assert 'Requires-Dist: numpy' in needed and 'pytest' not in needed


def test_every_loader_runs_from_anywhere(run, installed):
    own = Path(run('-c', 'from cs231n._shared.paths import datasets_dir as d; print(d())').stdout.strip())
    assert own.is_relative_to(run.home)
    for names in stamp.FILES.values():
        for name in (*names, stamp.STAMP):
            (own / 'sample' / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(datasets_dir() / 'sample' / name, own / 'sample' / name)
    told = run('-c', LOADERS)
    assert told.returncode == 0, told.stderr
    lines = [line for line in told.stdout.splitlines() if not line.startswith(('COCO', 'Image', 'MNIST', 'Squeeze'))]
    assert lines == ['512 (224, 224, 3)', '(48, 224, 224, 3) torch.Size([60000, 28, 28])',
                     '24 (2, 224, 224) 10', str(installed)]


def test_the_sample_is_built_in_the_users_own_folder(run):
    (run.home / 'build.py').write_text(BUILD)
    told = run(run.home / 'build.py')
    assert told.returncode == 0, told.stderr
    assert Path(told.stdout.strip().splitlines()[-1]).is_relative_to(run.home)


def test_nowhere_to_write_is_said_at_once(run, tmp_path):
    run.home.chmod(0o555)
    told = run('-c', 'from cs231n.data_utils import load_imagenet_val; load_imagenet_val()')
    assert told.returncode == 1
    assert 'cannot be written: set CS231N_DATASETS to a folder of yours' in told.stderr.splitlines()[-1]


def test_the_fetcher_comes_with_it(run):
    told = run('-m', 'cs231n.data.fetch', 'imagenet', CS231N_MIRROR='http://127.0.0.1:9', CS231N_TRIES='1')
    assert told.returncode == 1 and 'imagenet_val_25.npz could not be fetched' in told.stderr
    assert not (run.home / 'datasets').exists()
