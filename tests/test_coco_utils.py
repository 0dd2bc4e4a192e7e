"""The COCO loader on small files of the same layout, decoding, and minibatches."""

import json
import re
import subprocess
import sys
import types

import h5py
import numpy as np
import pytest

from cs231n.coco_utils import decode_captions, load_coco_data, sample_coco_minibatch
from cs231n.sample_world import stamp
from tests.support.real_data import real_files

WORDS = ['<NULL>', '<START>', '<END>', '<UNK>', 'a', 'cat', 'sees', 'dogs']
N, M, T, D, I = 11, 7, 17, 5, 3  # captions of train and val, length, dimensions, images


@pytest.fixture
def real_words():
    """The real vocabulary and addresses, which are not part of the project."""
    return real_files('coco2014_vocab.json', 'val2014_urls.txt')


def write_h5(path, **arrays):
    with h5py.File(path, 'w') as file:
        for name, array in arrays.items():
            file[name] = array


def write_coco(folder, pca=True, full=False):
    """Files with the names, keys and dtypes of the real ones."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.RandomState(1)
    write_h5(folder / 'coco2014_captions.h5',
             train_captions=rng.randint(0, len(WORDS), (N, T)).astype(np.int32),
             train_image_idxs=rng.randint(0, I, N).astype(np.int32),
             val_captions=rng.randint(0, len(WORDS), (M, T)).astype(np.int32),
             val_image_idxs=rng.randint(0, I, M).astype(np.int32))
    for split in ('train', 'val'):
        for suffix, wanted, width in (('_pca', pca, D), ('', full, 2 * D)):
            if wanted:
                features = rng.standard_normal((I, width)).astype(np.float32)
                write_h5(folder / f'{split}2014_vgg16_fc7{suffix}.h5', features=features)
        urls = ''.join(f'http://host/{split}/{i}.jpg\n' for i in range(I))
        (folder / f'{split}2014_urls.txt').write_text(urls)
    vocabulary = {'idx_to_word': WORDS, 'word_to_idx': {word: i for i, word in enumerate(WORDS)}}
    (folder / 'coco2014_vocab.json').write_text(json.dumps(vocabulary))
    return folder


@pytest.fixture
def folder(tmp_path):
    return write_coco(tmp_path / 'coco_captioning', full=True)


# ---- load_coco_data ----


def test_everything_is_loaded(folder):
    data = load_coco_data(base_dir=str(folder))
    keys = ('captions', 'image_idxs', 'features', 'urls')
    both = {f'{split}_{key}' for split in ('train', 'val') for key in keys}
    assert set(data) == both | {'idx_to_word', 'word_to_idx'}
    with h5py.File(folder / 'coco2014_captions.h5') as file:
        for key in ('train_captions', 'train_image_idxs', 'val_captions', 'val_image_idxs'):
            np.testing.assert_array_equal(data[key], file[key][()])
    assert data['train_captions'].shape == (N, T) and data['train_captions'].dtype == np.int32
    assert data['val_features'].shape == (I, D) and data['val_features'].dtype == np.float32
    assert data['val_urls'].tolist() == ['http://host/val/0.jpg', 'http://host/val/1.jpg', 'http://host/val/2.jpg']
    assert data['idx_to_word'] == WORDS and data['word_to_idx']['cat'] == 5


def test_full_features(folder):
    data = load_coco_data(folder, pca_features=False)
    assert data['train_features'].shape == data['val_features'].shape == (I, 2 * D)


@pytest.mark.parametrize('max_train', [1, 4, 50])
def test_max_train_draws_as_numpys_seed_decides(folder, max_train):
    whole = load_coco_data(folder)
    np.random.seed(3)
    some = load_coco_data(folder, max_train=max_train)
    np.random.seed(3)
    mask = np.random.randint(N, size=max_train)
    np.testing.assert_array_equal(some['train_captions'], whole['train_captions'][mask])
    np.testing.assert_array_equal(some['train_image_idxs'], whole['train_image_idxs'][mask])
    for key in ('train_features', 'train_urls', 'val_captions', 'val_features'):
        np.testing.assert_array_equal(some[key], whole[key])


@pytest.mark.parametrize('max_train', [0, -3, 1.5, True])
def test_bad_max_train(folder, max_train):
    with pytest.raises(ValueError if type(max_train) is int else TypeError, match='max_train must be'):
        load_coco_data(folder, max_train=max_train)


def test_the_sample_is_taken_and_built_when_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv('CS231N_DATASETS', str(tmp_path))
    monkeypatch.setenv('CS231N_DATA', 'sample')
    built = []

    def build():
        built.append(write_coco(tmp_path / 'sample/coco_captioning'))
        return tmp_path / 'sample'

    monkeypatch.setattr(stamp, 'whole', lambda: tmp_path / 'sample' if built else None)
    monkeypatch.setitem(sys.modules, 'cs231n.sample_world.build', types.SimpleNamespace(build=build))
    assert load_coco_data()['train_captions'].shape == (N, T)
    assert load_coco_data()['train_captions'].shape == (N, T)
    assert len(built) == 1 and capsys.readouterr().out.count('COCO captions: the sample') == 2


def test_forced_real_that_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv('CS231N_DATASETS', str(tmp_path))
    monkeypatch.setenv('CS231N_DATA', 'real')
    with pytest.raises(FileNotFoundError, match=r'Run: bash get_datasets\.sh coco$'):
        load_coco_data()
    with pytest.raises(FileNotFoundError, match=r'Run: bash get_datasets\.sh coco --full-features$'):
        load_coco_data(pca_features=False)


@pytest.mark.parametrize('name', ['coco2014_captions.h5', 'train2014_vgg16_fc7_pca.h5', 'val2014_urls.txt',
                                  'coco2014_vocab.json'])
def test_a_missing_file(folder, name):
    (folder / name).unlink()
    with pytest.raises(FileNotFoundError, match=rf'{name} is missing\. Run: bash get_datasets\.sh coco$'):
        load_coco_data(folder)


def test_missing_full_features(folder):
    (folder / 'val2014_vgg16_fc7.h5').unlink()
    with pytest.raises(FileNotFoundError, match=r'fc7\.h5 is missing.*coco --full-features$'):
        load_coco_data(folder, pca_features=False)


@pytest.mark.parametrize('damage', [b'', b'not hdf5', 'cut'])
def test_a_damaged_file(folder, damage):
    path = folder / 'train2014_vgg16_fc7_pca.h5'
    path.write_bytes(path.read_bytes()[:-9] if damage == 'cut' else damage)
    with pytest.raises(ValueError, match=r'fc7_pca\.h5 is damaged: .* Run: bash get_datasets\.sh coco'):
        load_coco_data(folder)


def test_damaged_full_features(folder):
    (folder / 'val2014_vgg16_fc7.h5').write_bytes(b'not hdf5')
    with pytest.raises(ValueError, match=r'fc7\.h5 is damaged: .* Run: .*coco --full-features$'):
        load_coco_data(folder, pca_features=False)


def test_a_missing_key(folder):
    write_h5(folder / 'val2014_vgg16_fc7_pca.h5', other=np.zeros(3))
    with pytest.raises(ValueError, match=r'val2014_vgg16_fc7_pca\.h5 is damaged'):
        load_coco_data(folder)


def test_arrays_of_another_kind(folder):
    path = folder / 'train2014_vgg16_fc7_pca.h5'
    for damage, told in (({'features/deeper': np.zeros(3)}, 'fc7_pca.h5 is damaged: features must hold floats'),
                         ({'features': np.zeros((I, D), int)}, 'features must hold floats, got int64'),
                         ({'features': np.zeros(I)}, 'train_features must have shape (I, D), got (3,)')):
        write_h5(path, **damage)
        with pytest.raises(ValueError, match=re.escape(told)):
            load_coco_data(folder)


@pytest.mark.parametrize('floats', ['f2', '>f4', 'f8'])
@pytest.mark.parametrize('ints', ['i8', '>i4', 'u2', 'i1'])
def test_dtypes_are_those_of_the_documentation(folder, floats, ints):
    right = load_coco_data(folder)
    for path in folder.glob('*.h5'):
        with h5py.File(path, 'a') as file:
            for key in list(file):
                array = file[key][()].astype(floats if file[key].dtype.kind == 'f' else ints)
                del file[key]
                file[key] = array
    data = load_coco_data(folder)
    for key in ('train_captions', 'val_captions', 'train_image_idxs', 'val_image_idxs'):
        assert data[key].dtype == np.int32 and data[key].dtype.isnative
        np.testing.assert_array_equal(data[key], right[key])
    for key in ('train_features', 'val_features'):
        assert data[key].dtype == np.float32 and data[key].dtype.isnative
        np.testing.assert_allclose(data[key], right[key], rtol=1e-3, atol=1e-3)


def test_an_index_beyond_int32_is_damage(folder):
    with h5py.File(folder / 'coco2014_captions.h5', 'a') as file:
        captions = file['val_captions'][()].astype(np.int64)
        del file['val_captions']
        file['val_captions'] = captions + 2**32
    with pytest.raises(ValueError, match=r'captions\.h5 is damaged: val_captions holds \d+, which is no index'):
        load_coco_data(folder)


def test_a_file_that_is_open_for_writing_elsewhere_is_in_use(folder):
    path = folder / 'coco2014_captions.h5'
    code = f"import h5py; f = h5py.File({str(path)!r}, 'a'); print('open', flush=True); input()"
    with subprocess.Popen([sys.executable, '-c', code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b'open\n'
        with pytest.raises(ValueError, match=r'captions\.h5 is in use: another program has it open') as caught:
            load_coco_data(folder)
        other.communicate(b'\n')
    assert 'get_datasets' not in str(caught.value)


def test_a_file_that_may_not_be_read_is_not_fetched_again(folder, monkeypatch):
    def refuse(path, mode):
        raise PermissionError(13, 'Permission denied', str(path))

    monkeypatch.setattr(h5py, 'File', refuse)
    with pytest.raises(ValueError, match=r'captions\.h5 cannot be read: you have no permission') as caught:
        load_coco_data(folder)
    assert 'get_datasets' not in str(caught.value)


def test_captions_that_are_no_ints(folder):
    with h5py.File(folder / 'coco2014_captions.h5', 'a') as file:
        captions = file['val_captions'][()]
        del file['val_captions']
        file['val_captions'] = captions + 0.5
    with pytest.raises(ValueError, match=r'coco2014_captions\.h5 is damaged: val_captions must hold ints, got float64'):
        load_coco_data(folder)


def test_addresses_that_are_no_text(folder):
    (folder / 'val2014_urls.txt').write_bytes(b'http://caf\xe9\n')
    with pytest.raises(ValueError, match=r"val2014_urls\.txt is damaged: 'utf-8' codec"):
        load_coco_data(folder)


@pytest.mark.parametrize('name, text, told', [
    ('coco2014_vocab.json', '{"idx_to_word": 3, "word_to_idx": {}}', r'vocab\.json is damaged: idx_to_word must be'),
    ('coco2014_vocab.json', '{"idx_to_word": [3], "word_to_idx": {}}', r'vocab\.json is damaged: idx_to_word must be'),
    ('coco2014_vocab.json', '{"idx_to_word": [], "word_to_idx": {"a": "0"}}', r'is damaged: word_to_idx must give'),
    ('val2014_urls.txt', 'http://host/0.jpg\n', r'val_image_idxs must lie in \[0, 1\)'),
    ('coco2014_vocab.json', '{"idx_to_word": ["<NULL>", "a"], "word_to_idx": {"<NULL>": 0, "a": 1}}',
     r'train_captions must lie in \[0, 2\), got \[0, 7\]'),
    ('coco2014_vocab.json', '{"idx_to_word": [', r'coco2014_vocab\.json is damaged'),
    ('coco2014_vocab.json', '["a"]', r'coco2014_vocab\.json is damaged'),
])
def test_files_that_do_not_belong_together(folder, name, text, told):
    (folder / name).write_text(text)
    with pytest.raises(ValueError, match=told):
        load_coco_data(folder)


CONTRADICTIONS = {
    'two words changed places': ({'cat': 7, 'dogs': 5}, "idx_to_word[5] is 'cat', but word_to_idx['cat'] is 7"),
    'a word at a place of another': ({'<NULL>': 1}, "idx_to_word[0] is '<NULL>', but word_to_idx['<NULL>'] is 1"),
    'an index beyond the words': ({'dogs': 8}, "idx_to_word[7] is 'dogs', but word_to_idx['dogs'] is 8"),
    'a negative index': ({'dogs': -1}, "idx_to_word[7] is 'dogs', but word_to_idx['dogs'] is -1"),
    'a word is missing': ({'sees': None}, "idx_to_word[6] is 'sees', but word_to_idx['sees'] is not there"),
    'a word too many': ({'birds': 8}, "word_to_idx['birds'] is 8, but idx_to_word lacks 'birds'"),
    'a second word of an index': ({'hounds': 7}, "word_to_idx['hounds'] is 7, but idx_to_word lacks 'hounds'"),
}


@pytest.mark.parametrize('case', CONTRADICTIONS)
def test_a_vocabulary_that_contradicts_itself(folder, case):
    changes, told = CONTRADICTIONS[case]
    indices = {word: i for i, word in enumerate(WORDS)} | changes
    indices = {word: i for word, i in indices.items() if i is not None}
    (folder / 'coco2014_vocab.json').write_text(json.dumps({'idx_to_word': WORDS, 'word_to_idx': indices}))
    with pytest.raises(ValueError, match=re.escape(f'coco2014_vocab.json is damaged: {told}')):
        load_coco_data(folder)


def test_a_word_that_stands_twice_is_a_contradiction(folder):
    words = [*WORDS, 'cat']
    vocabulary = {'idx_to_word': words, 'word_to_idx': {word: i for i, word in enumerate(words)}}
    (folder / 'coco2014_vocab.json').write_text(json.dumps(vocabulary))
    with pytest.raises(ValueError, match=re.escape("idx_to_word[5] is 'cat', but word_to_idx['cat'] is 8")):
        load_coco_data(folder)


def test_a_byte_order_mark_before_a_text_is_no_part_of_it(folder):
    plain = load_coco_data(folder)
    for path in (folder / 'val2014_urls.txt', folder / 'coco2014_vocab.json'):
        path.write_bytes(b'\xef\xbb\xbf' + path.read_bytes())
    marked = load_coco_data(folder)
    assert marked['val_urls'].tolist() == plain['val_urls'].tolist()
    assert marked['idx_to_word'] == plain['idx_to_word']


def test_captions_without_an_image_each(folder):
    zeros = {'train_captions': np.zeros((3, T), int), 'train_image_idxs': np.zeros(2, int)}
    write_h5(folder / 'coco2014_captions.h5', **zeros, val_captions=np.zeros((3, T), int),
             val_image_idxs=np.zeros(3, int))
    with pytest.raises(ValueError, match=r'train_image_idxs must have one index .* captions \(3, 17\), got \(2,\)'):
        load_coco_data(folder)


def test_the_real_vocabulary_and_addresses(folder, real_words):
    for name in ('coco2014_vocab.json', 'val2014_urls.txt'):
        (folder / name).write_bytes((real_words / name).read_bytes())
    data = load_coco_data(folder)
    words = data['idx_to_word']
    assert len(words) == 1004 and words[:4] == ['<NULL>', '<START>', '<END>', '<UNK>']
    assert all(data['word_to_idx'][word] == i for i, word in enumerate(words))
    assert data['val_urls'].shape == (40504,) and data['val_urls'][-1].startswith('http://')
    assert data['val_urls'][0] == 'http://farm9.staticflickr.com/8186/8119368305_4e622c8349_z.jpg'
    assert decode_captions(np.array([1, 4, 12, 2, 0]), words) == '<START> a man <END>'


# ---- decode_captions ----


def test_decode_one_and_many():
    row = np.array([1, 4, 5, 6, 7, 2, 0, 0])
    assert decode_captions(row, WORDS) == '<START> a cat sees dogs <END>'
    assert decode_captions(row.tolist(), WORDS) == '<START> a cat sees dogs <END>'
    rows = np.array([row, [4, 5, 0, 3, 2, 4, 4, 4]])
    assert decode_captions(rows, WORDS) == ['<START> a cat sees dogs <END>', 'a cat <UNK> <END>']
    assert decode_captions(rows[:1], WORDS) == ['<START> a cat sees dogs <END>']


def test_decode_nothing():
    assert decode_captions(np.zeros(4, int), WORDS) == ''
    assert decode_captions(np.zeros((0, 4), int), WORDS) == []
    assert decode_captions(np.zeros((2, 0), int), WORDS) == ['', '']


def test_decode_with_a_dict():
    assert decode_captions(np.array([2, 0, 1]), {0: '<NULL>', 1: 'cat', 2: 'a'}) == 'a cat'


@pytest.mark.parametrize('captions, told', [
    (np.zeros((1, 1, 1), int), r'captions must have shape \(T,\) or \(N, T\), got \(1, 1, 1\)'),
    (np.array(3), r'captions must have shape'),
    (np.array([8]), r'captions must lie in \[0, 8\), got \[8, 8\]'),
    (np.array([-1, 2]), r'got \[-1, 2\]'),
    (np.array([1.0]), r'captions must hold ints, got float64'),
])
def test_decode_refuses(captions, told):
    with pytest.raises(ValueError, match=told):
        decode_captions(captions, WORDS)


# ---- sample_coco_minibatch ----


@pytest.mark.parametrize('split, size', [('train', N), ('val', M)])
def test_a_minibatch_belongs_together(folder, split, size):
    data = load_coco_data(folder)
    np.random.seed(5)
    captions, features, urls = sample_coco_minibatch(data, batch_size=13, split=split)
    np.random.seed(5)
    mask = np.random.choice(size, 13)
    image_idxs = data[f'{split}_image_idxs'][mask]
    np.testing.assert_array_equal(captions, data[f'{split}_captions'][mask])
    np.testing.assert_array_equal(features, data[f'{split}_features'][image_idxs])
    assert urls.tolist() == [f'http://host/{split}/{i}.jpg' for i in image_idxs]


def test_a_generator_leaves_numpys_own_alone(folder):
    data = load_coco_data(folder)
    np.random.seed(5)
    state = np.random.get_state()[1].copy()
    first = sample_coco_minibatch(data, 9, rng=np.random.default_rng(1))
    again = sample_coco_minibatch(data, 9, rng=np.random.default_rng(1))
    for a, b in zip(first, again):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(np.random.get_state()[1], state)
    assert sample_coco_minibatch(data)[0].shape == (100, T)


@pytest.mark.parametrize('kwargs, told', [({'split': 'test'}, "split must be one of train, val, got 'test'"),
                                          ({'batch_size': 0}, 'batch_size must be at least 1, got 0')])
def test_a_bad_minibatch(folder, kwargs, told):
    with pytest.raises(ValueError, match=told):
        sample_coco_minibatch(load_coco_data(folder), **kwargs)


def test_a_minibatch_of_nothing():
    with pytest.raises(ValueError, match="data must hold at least one caption of the split 'val'"):
        sample_coco_minibatch({'val_captions': np.zeros((0, 5), int)}, split='val')
