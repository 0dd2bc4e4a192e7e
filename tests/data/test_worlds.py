"""Which world the loaders choose, what they say, and that a pickle cannot do harm."""

import gzip
import hashlib
import io
import pickle
import shutil
import sys
import types
import zipfile
from pathlib import Path

import numpy as np
import pytest

from cs231n._shared.paths import ROOT, datasets_dir
from cs231n.data import imagenet, registry
from cs231n.data.registry import real_files, verify
from cs231n.data.worlds import choose_world
from cs231n.data_utils import load_imagenet_val
from cs231n.sample_world import stamp
from tests.support.real_data import real_files as real_files_folder

PICTURES = np.random.RandomState(0).randint(0, 256, (5, 224, 224, 3), dtype=np.uint8)


@pytest.fixture
def real_imagenet():
    """The real file, which is not part of the project."""
    return real_files_folder('imagenet_val_25.npz') / 'imagenet_val_25.npz'


@pytest.fixture
def root(tmp_path, monkeypatch):
    """An empty folder of data, no world forced, and a table of small files."""
    monkeypatch.setenv('CS231N_DATASETS', str(tmp_path))
    monkeypatch.delenv('CS231N_DATA', raising=False)
    return tmp_path


@pytest.fixture
def sample(root, monkeypatch):
    """A sample file in the layout of the sample world's own."""
    (root / 'sample').mkdir()
    np.savez(root / 'sample/imagenet_val_25.npz', X=PICTURES, y=np.array([2, 0, 1, 2, 2]),
             class_names=np.array(['cat', 'sailboat', 'house']))
    monkeypatch.setattr(stamp, 'whole', lambda: root / 'sample')


def sha(data):
    return 'sha256:' + hashlib.sha256(data).hexdigest()


def put(root, path, data):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(data)


def set_table(root, monkeypatch, lines):
    text = ''.join('\t'.join(map(str, line)) + '\n' for line in lines)
    (root / 'files.tsv').write_text('# comment\n\n' + text)
    monkeypatch.setenv('CS231N_FILES', str(root / 'files.tsv'))


CAPTIONS, PCA, FULL = b'captions' * 7, b'pca' * 11, b'full' * 13


@pytest.fixture
def coco(root, monkeypatch):
    set_table(root, monkeypatch, [
        ('coco', '.download/coco.zip', '~999', '-', 'http://host/coco.zip'),
        ('coco', 'coco/captions.h5', len(CAPTIONS), sha(CAPTIONS), 'coco.zip//captions.h5'),
        ('coco-pca', 'coco/pca.h5', len(PCA), sha(PCA), 'coco.zip//pca.h5'),
        ('coco-full', 'coco/full.h5', len(FULL), sha(FULL), 'coco.zip//full.h5'),
    ])
    return root


# ---- folder and table ----


def test_datasets_dir(monkeypatch, tmp_path):
    monkeypatch.delenv('CS231N_DATASETS', raising=False)
    assert datasets_dir() == ROOT / 'datasets'
    monkeypatch.setenv('CS231N_DATASETS', str(tmp_path / 'x'))
    assert datasets_dir() == tmp_path / 'x'
    monkeypatch.setenv('CS231N_DATASETS', '~/x')
    assert datasets_dir() == Path.home() / 'x'


def test_the_table_that_is_shipped():
    pictures, = real_files('imagenet')
    assert pictures.path == 'imagenet_val_25.npz' and pictures.size == 3_940_548
    assert pictures.checksum == 'sha256:35141609d22457c791e8fbe10c2d3b09ed0d6a04b669173e9fbebb0b4915cd3c'
    assert sum(file.size for file in real_files('coco')) == 303_168_320
    assert len(real_files('coco-full')) == len(real_files('coco')) == 6
    weights, = real_files('squeezenet')
    assert weights.size is None and weights.checksum == 'sha256:b8a52dc0'
    assert {file.path for file in real_files('mnist')} >= {'MNIST/raw/t10k-labels-idx1-ubyte'}
    assert len(real_files('styles')) == 3


# ---- real or sample ----


def test_nothing_there_means_the_sample(coco, capsys):
    assert choose_world('coco') == 'sample'
    out = capsys.readouterr().out
    assert out == 'COCO captions: the sample, drawn by code. For the real data: bash get_datasets.sh coco\n'
    assert choose_world('coco-full') == 'sample'
    assert 'bash get_datasets.sh coco --full-features\n' in capsys.readouterr().out


def test_all_whole_means_the_real(coco, capsys):
    put(coco, 'coco/captions.h5', CAPTIONS)
    put(coco, 'coco/pca.h5', PCA)
    assert choose_world('coco') == 'real' and verify('coco') == {}
    out = capsys.readouterr().out
    assert out == 'COCO captions: the real data. For the sample: set CS231N_DATA=sample\n'
    assert choose_world('coco-full') == 'sample'
    assert 'coco/full.h5 is missing' in capsys.readouterr().out


@pytest.mark.parametrize('captions, told', [
    (None, 'coco/captions.h5 is missing'),
    (CAPTIONS[:-1], f'coco/captions.h5 is damaged: {len(CAPTIONS) - 1} bytes instead of {len(CAPTIONS)}'),
    (b'?' + CAPTIONS[1:], 'coco/captions.h5 is damaged: its sha256 is not'),
    (b'', 'coco/captions.h5 is missing'),
])
def test_a_broken_set_means_the_sample_and_says_why(coco, capsys, monkeypatch, captions, told):
    put(coco, 'coco/pca.h5', PCA)
    if captions is not None:
        put(coco, 'coco/captions.h5', captions)
    assert choose_world('coco') == 'sample'
    out = capsys.readouterr().out
    assert told in out and out.count('\n') == 1 and 'To repair: bash get_datasets.sh coco' in out
    monkeypatch.setenv('CS231N_DATA', 'real')
    error = FileNotFoundError if 'missing' in told else ValueError
    with pytest.raises(error, match=r'bash get_datasets\.sh coco') as caught:
        choose_world('coco')
    assert told in str(caught.value) and capsys.readouterr().out == ''


def test_forced_sample_says_the_same_whatever_is_there(coco, capsys, monkeypatch):
    choose_world('coco')
    monkeypatch.setenv('CS231N_DATA', 'sample')
    put(coco, 'coco/captions.h5', b'broken')
    assert choose_world('coco') == 'sample'
    put(coco, 'coco/captions.h5', CAPTIONS)
    put(coco, 'coco/pca.h5', PCA)
    assert choose_world('coco') == 'sample'
    assert len(set(capsys.readouterr().out.splitlines())) == 1


def test_forced_real(coco, monkeypatch):
    monkeypatch.setenv('CS231N_DATA', 'real')
    with pytest.raises(FileNotFoundError, match=r'captions\.h5 is missing \(and 1 more\)'):
        choose_world('coco')
    put(coco, 'coco/captions.h5', CAPTIONS)
    put(coco, 'coco/pca.h5', PCA)
    assert choose_world('coco') == 'real'


@pytest.mark.parametrize('value', ['Real', '1', 'fake'])
def test_other_values_of_the_variable(coco, monkeypatch, value):
    monkeypatch.setenv('CS231N_DATA', value)
    with pytest.raises(ValueError, match=f"CS231N_DATA must be 'sample' or 'real' or not set, not '{value}'"):
        choose_world('coco')


@pytest.mark.parametrize('function', [choose_world, verify, real_files])
def test_unknown_data(function):
    with pytest.raises(ValueError, match=r"what: must be one of coco.* got 'cifar'"):
        function('cifar')


def test_large_files_are_hashed_only_on_request(coco, monkeypatch):
    put(coco, 'coco/captions.h5', CAPTIONS)
    put(coco, 'coco/pca.h5', b'?' + PCA[1:])
    monkeypatch.setattr(registry, 'HASH_AT_LOAD', 1)
    assert verify('coco', thorough=False) == {}
    assert verify('coco') == {'coco/pca.h5': 'is damaged: its sha256 is not ' + sha(PCA)[7:]}


# ---- files that an archive guards ----


@pytest.fixture
def unpacked(root, monkeypatch):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, 'w') as archive:
        archive.writestr('a3/styles/muse.jpg', b'muse')
        archive.writestr('a3/styles/tower.jpg', b'tower')
    styles, digits = buffer.getvalue(), gzip.compress(b'digits')
    set_table(root, monkeypatch, [
        ('styles', 'styles/s.zip', len(styles), sha(styles), 'http://host/s.zip'),
        ('styles', 'styles/*.jpg', '-', '-', 's.zip//styles/*.jpg'),
        ('mnist', 'raw/d.gz', len(digits), 'md5:' + hashlib.md5(digits).hexdigest(), 'http://host/d.gz'),
        ('mnist', 'raw/d', 6, '-', 'd.gz//d'),
    ])
    for path, data in {'styles/s.zip': styles, 'styles/muse.jpg': b'muse', 'styles/tower.jpg': b'tower',
                       'raw/d.gz': digits, 'raw/d': b'digits'}.items():
        put(root, path, data)
    return root


def test_unpacked_files_are_compared_with_their_archive(unpacked):
    assert verify('styles') == verify('mnist') == {}
    assert choose_world('styles') == choose_world('mnist') == 'real'
    put(unpacked, 'styles/tower.jpg', b'tomer')
    put(unpacked, 'raw/d', b'digitz')
    assert verify('styles') == {'styles/*.jpg': 'is damaged: tower.jpg differs from s.zip'}
    assert verify('mnist') == {'raw/d': 'is damaged: d differs from d.gz'}
    (unpacked / 'styles/tower.jpg').unlink()
    assert 'tower.jpg' in verify('styles')['styles/*.jpg']


def test_a_broken_archive_is_told(unpacked):
    put(unpacked, 'styles/s.zip', b'PK')
    assert set(verify('styles')) == {'styles/s.zip', 'styles/*.jpg'}
    put(unpacked, 'raw/d.gz', b'\x1f\x8b')
    assert verify('mnist')['raw/d'] == 'cannot be compared with d.gz'


# ---- load_imagenet_val ----


def test_sample_pictures(sample, capsys):
    X, y, class_names = load_imagenet_val()
    np.testing.assert_array_equal(X, PICTURES)
    assert X.dtype == np.uint8 and y.dtype == np.int64 and y.tolist() == [2, 0, 1, 2, 2]
    assert class_names == {0: 'cat', 1: 'sailboat', 2: 'house'}
    assert {(type(key), type(name)) for key, name in class_names.items()} == {(int, str)}
    assert capsys.readouterr().out.startswith('ImageNet pictures: the sample')


@pytest.mark.parametrize('num', [1, 3, 5, np.int32(2)])
def test_num(sample, num):
    X, y, class_names = load_imagenet_val(num=num)
    assert X.shape == (num, 224, 224, 3) and y.shape == (num,) and len(class_names) == 3


@pytest.mark.parametrize('num', [0, -1, 6])
def test_num_out_of_range(sample, num):
    with pytest.raises(ValueError, match=f'num must be between 1 and 5, the number of pictures, not {num}'):
        load_imagenet_val(num)


@pytest.mark.parametrize('num', [2.0, '3', True])
def test_num_of_another_type(sample, num):
    with pytest.raises(TypeError, match=f'num must be an int or None, not {type(num).__name__}'):
        load_imagenet_val(num)


def test_a_sample_that_is_not_whole_is_built(root, monkeypatch):
    built = []

    def build():
        built.append(root / 'sample')
        (root / 'sample').mkdir()
        np.savez(root / 'sample/imagenet_val_25.npz', X=PICTURES, y=np.zeros(5, int), class_names=np.array(['a']))
        return root / 'sample'

    monkeypatch.setitem(sys.modules, 'cs231n.sample_world.build', types.SimpleNamespace(build=build))
    monkeypatch.setattr(stamp, 'whole', lambda: built[0] if built else None)
    assert load_imagenet_val()[2] == load_imagenet_val()[2] == {0: 'a'}
    assert len(built) == 1


def test_the_real_file(root, real_imagenet):
    shutil.copy(real_imagenet, root)
    X, y, class_names = load_imagenet_val()
    assert X.shape == (25, 224, 224, 3) and X.dtype == np.uint8 and y.dtype == np.int64
    assert y[:5].tolist() == [958, 85, 244, 182, 294] and set(class_names) == set(range(1000))
    assert class_names[0] == 'tench, Tinca tinca' and class_names[958] == 'hay'
    assert type(class_names[0]) is str
    assert class_names[134] == 'crane' and list(class_names) == sorted(class_names)
    assert load_imagenet_val(3)[0].tobytes() == X[:3].tobytes()


# ---- pickles ----


class Evil:
    def __reduce__(self):
        return exec, ('import sys; sys.evil_ran = True',)


def real_like(label_map):
    buffer = io.BytesIO()
    np.savez(buffer, X=PICTURES, y=np.zeros(5, int), label_map=np.array(label_map, dtype=object))
    return buffer.getvalue()


def use_as_real(root, monkeypatch, data, checksum=None):
    put(root, 'val.npz', data)
    line = ('imagenet', 'val.npz', len(data), checksum or sha(data), 'http://h/val.npz')
    set_table(root, monkeypatch, [line])
    monkeypatch.setenv('CS231N_DATA', 'real')


def test_numpy_strings_of_this_numpy_are_admitted(root, monkeypatch):
    use_as_real(root, monkeypatch, real_like({7: np.str_('gull'), 3: 'owl'}))
    assert load_imagenet_val(1)[2] == {3: 'owl', 7: 'gull', 134: 'crane'}


@pytest.mark.parametrize('label_map, told', [
    ({0: Evil()}, 'builtins.exec, which is not admitted'),
    (Evil(), 'builtins.exec, which is not admitted'),
    ({0: np.float64(3)}, "dtype 'f8' is not admitted"),
    ({1, 2}, 'label_map must hold a dict, not set'),
    ({0: Path('x')}, 'which is not admitted'),
])
def test_a_pickle_that_asks_for_more_is_refused(root, monkeypatch, label_map, told):
    use_as_real(root, monkeypatch, real_like(label_map))
    with pytest.raises(ValueError, match=told):
        load_imagenet_val()
    assert not hasattr(sys, 'evil_ran')


@pytest.mark.parametrize('codec', ['rot13', 'zlib'])
def test_only_one_codec_is_admitted(codec):
    pickled = b'c_codecs\nencode\n(Vabc\nV' + codec.encode() + b'\ntR.'
    with pytest.raises(pickle.UnpicklingError, match='codec'):
        imagenet._NamesUnpickler(io.BytesIO(pickled)).load()


def test_the_hash_comes_before_the_pickle(root, monkeypatch):
    data = real_like({0: Evil()})
    put(root, 'val.npz', data)
    with pytest.raises(ValueError, match='is damaged: its SHA-256 is not'):
        imagenet._read_real(root / 'val.npz', sha(b'another'))
    use_as_real(root, monkeypatch, data, checksum=sha(b'another'))
    with pytest.raises(ValueError, match=r'val\.npz is damaged: .* Run: bash get_datasets.sh imagenet'):
        load_imagenet_val()
    monkeypatch.delenv('CS231N_DATA')
    put(root, 'sample/x', b'')
    np.savez(root / 'sample/imagenet_val_25.npz', X=PICTURES, y=np.zeros(5, int), class_names=np.array(['a']))
    monkeypatch.setattr(stamp, 'whole', lambda: root / 'sample')
    assert load_imagenet_val()[2] == {0: 'a'}
    assert not hasattr(sys, 'evil_ran')
