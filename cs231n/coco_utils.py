"""Microsoft COCO captions (Chen et al. 2015), or the sample's captions in files of the same layout."""

import contextlib
import json
from pathlib import Path

import h5py
import numpy as np

from cs231n.data.grids import FILES, grids_folder, read_grids
from cs231n.data.registry import command, root_of
from cs231n.data.worlds import choose_world, sample_file

SPLITS, KEYS = ('train', 'val'), ('captions', 'image_idxs')


def load_coco_data(
    base_dir: str | Path | None = None, max_train: int | None = None, pca_features: bool = True
) -> dict:
    """Load captions, image features, addresses and the vocabulary.

    `base_dir`: a folder with the COCO files; None takes the real data if they are whole, else the sample.
    `max_train`: keep so many training captions, drawn with replacement from NumPy's global generator, so
    that `np.random.seed` decides which. `pca_features`: features of 512 dimensions, else of 4096.

    Returns for both splits `*_captions` int32 (N, T), `*_image_idxs` int32 (N,), `*_features` float32 (I, D)
    and `*_urls` str (I,), where caption n describes image `image_idxs[n]` of I; further `idx_to_word`, a list
    of V words, and `word_to_idx` {word: index}. In the real data T is 17 and V is 1004.
    FileNotFoundError: a file is missing. ValueError: a file is damaged, the files do not fit together, or
    `max_train` < 1. TypeError: `max_train` is not an int.
    """
    if isinstance(max_train, bool) or not isinstance(max_train, (int, np.integer, type(None))):
        raise TypeError(f'max_train must be an int or None, got {type(max_train).__name__}')
    if max_train is not None and max_train < 1:
        raise ValueError(f'max_train must be at least 1, got {max_train}')
    folder = _folder(pca_features) if base_dir is None else Path(base_dir)
    data = _read_h5(folder / 'coco2014_captions.h5', [f'{split}_{key}' for split in SPLITS for key in KEYS], 'iu')
    for split in SPLITS:
        features = folder / f"{split}2014_vgg16_fc7{'_pca' if pca_features else ''}.h5"
        data[f'{split}_features'] = _read_h5(features, ['features'], 'f')['features']
        urls = folder / f'{split}2014_urls.txt'
        with _reading(urls):  # the codec leaves out the mark that an editor may put before a text
            lines = urls.read_text(encoding='utf-8-sig').splitlines()
        data[f'{split}_urls'] = np.asarray([url.strip() for url in lines])
    data['idx_to_word'], data['word_to_idx'] = _read_vocabulary(folder / 'coco2014_vocab.json')
    _check_fit(data, folder)
    if max_train is not None:
        mask = np.random.randint(len(data['train_captions']), size=max_train)
        for key in KEYS:
            data[f'train_{key}'] = data[f'train_{key}'][mask]
    return data


def load_coco_grids(base_dir: str | Path | None = None) -> dict:
    """Load what `load_coco_data` does, but features on a grid: of each picture D numbers at each of P places.

    `base_dir`: a folder with the COCO files and grids; None takes the real data if they have grids, else the sample,
    whose grids are built when they are first asked for, within a minute.
    Returns the dict of `load_coco_data`, `*_features` float32 (I, P, D). The sample's training pictures, which have
    features of five looks each there, are one each here, I = 5000; `train_image_idxs` and `train_urls` go with them.
    FileNotFoundError: there are no grids, and what is needed. ValueError: a file is damaged, or does not fit.
    """
    folder = grids_folder() if base_dir is None else Path(base_dir)
    data = load_coco_data(folder)
    for split in SPLITS:
        path, urls = folder / FILES[split], data[f'{split}_urls']
        features = read_grids(path)
        looks = max(len(urls) // max(len(features), 1), 1)
        if len(urls[::looks]) != len(features) or not np.array_equal(urls[::looks].repeat(looks), urls):
            raise ValueError(f'{path}: features must hold a row for each of {len(np.unique(urls))} images, '
                             f'got {len(features)}')
        data[f'{split}_image_idxs'] //= looks
        data |= {f'{split}_features': features, f'{split}_urls': urls[::looks]}
    return data


def _folder(pca_features):
    if choose_world('coco' if pca_features else 'coco-full') == 'real':
        return root_of('coco' if pca_features else 'coco-full') / 'coco_captioning'
    return sample_file('coco_captioning/coco2014_captions.h5').parent


@contextlib.contextmanager
def _reading(path):
    """FileNotFoundError if the file is missing; what goes wrong within becomes a ValueError that names it."""
    what = 'coco-full' if path.name.endswith('fc7.h5') else 'coco'
    if not path.is_file():
        raise FileNotFoundError(f'{path} is missing. Run: {command(what)}')
    try:
        yield
    except PermissionError as error:
        raise ValueError(f'{path} cannot be read: you have no permission. Nothing needs to be fetched') from error
    except (OSError, KeyError, ValueError) as error:
        if isinstance(error, BlockingIOError) or 'unable to lock file' in str(error):
            raise ValueError(f'{path} is in use: another program has it open for writing. Close that one') from error
        raise ValueError(f'{path} is damaged: {error}. Run: {command(what)}') from error


def _read_h5(path, keys, kinds):
    """{key: array}, each of a dtype of these kinds."""
    with _reading(path), h5py.File(path, 'r') as file:
        for key in keys:
            found = getattr(file[key], 'dtype', None)  # a group has none
            if found is None or found.kind not in kinds:
                raise ValueError(f"{key} must hold {'ints' if kinds == 'iu' else 'floats'}, got "
                                 f"{found or 'other arrays'}")
        return {key: _as_documented(key, file[key][()]) for key in keys}


def _as_documented(key, array):
    """Return floats as float32 and ints as int32, whatever the file holds them as."""
    if array.dtype.kind in 'iu' and array.size and array.max() > np.iinfo(np.int32).max:
        raise ValueError(f'{key} holds {array.max()}, which is no index')
    return array.astype(np.float32 if array.dtype.kind == 'f' else np.int32, copy=False)


def _read_vocabulary(path):
    with _reading(path):
        vocabulary = json.loads(path.read_text(encoding='utf-8-sig'))
        if not isinstance(vocabulary, dict):
            raise ValueError(f'it must hold a dict, got {type(vocabulary).__name__}')
        words, indices = vocabulary['idx_to_word'], vocabulary['word_to_idx']
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise ValueError('idx_to_word must be a list of words')
        if not isinstance(indices, dict) or not all(type(index) is int for index in indices.values()):
            raise ValueError('word_to_idx must give an int for each word')
        _check_vocabulary(words, indices)
        return words, indices


def _check_vocabulary(words, indices):
    """Raise where one direction contradicts the other: <NULL> would be masked at the place of another word."""
    for index, word in enumerate(words):
        if indices.get(word) != index:
            raise ValueError(f'idx_to_word[{index}] is {word!r}, but word_to_idx[{word!r}] is '
                             f'{indices.get(word, "not there")}')
    if len(indices) > len(words):
        word, index = next((word, index) for word, index in indices.items() if word not in set(words))
        raise ValueError(f'word_to_idx[{word!r}] is {index}, but idx_to_word lacks {word!r}')


def _check_fit(data, folder):
    """Raise where indices of one file point beyond another, rather than fail in the middle of training."""
    V = len(data['idx_to_word'])
    for split in SPLITS:
        captions, image_idxs = data[f'{split}_captions'], data[f'{split}_image_idxs']
        if data[f'{split}_features'].ndim != 2:
            raise ValueError(f"{folder}: {split}_features must have shape (I, D), got "
                             f"{data[f'{split}_features'].shape}")
        I = min(len(data[f'{split}_features']), len(data[f'{split}_urls']))
        if captions.ndim != 2 or image_idxs.shape != captions.shape[:1]:
            raise ValueError(f'{folder}: {split}_image_idxs must have one index for each row of captions '
                             f'{captions.shape}, got {image_idxs.shape}')
        for name, indices, limit in (('captions', captions, V), ('image_idxs', image_idxs, I)):
            if indices.size and not 0 <= indices.min() <= indices.max() < limit:
                raise ValueError(f'{folder}: {split}_{name} must lie in [0, {limit}), got '
                                 f'[{indices.min()}, {indices.max()}]: the files do not belong together')


def decode_captions(captions: np.ndarray, idx_to_word: list[str]) -> str | list[str]:
    """Turn word indices into text: `<NULL>` is left out, and `<END>`, which is kept, ends the caption.

    `captions`: ints (T,) or (N, T). Returns one str for (T,), a list of N str for (N, T).
    ValueError: another number of dimensions, or an index outside the vocabulary.
    """
    captions = np.asarray(captions)
    if captions.ndim not in (1, 2):
        raise ValueError(f'captions must have shape (T,) or (N, T), got {captions.shape}')
    if captions.dtype.kind not in 'iu':
        raise ValueError(f'captions must hold ints, got {captions.dtype}')
    V = len(idx_to_word)
    if captions.size and not 0 <= captions.min() <= captions.max() < V:
        raise ValueError(f'captions must lie in [0, {V}), got [{captions.min()}, {captions.max()}]')
    decoded = [_decode(row, idx_to_word) for row in np.atleast_2d(captions)]
    return decoded[0] if captions.ndim == 1 else decoded


def _decode(row, idx_to_word):
    words = [idx_to_word[i] for i in row]
    if '<END>' in words:
        words = words[: words.index('<END>') + 1]
    return ' '.join(word for word in words if word != '<NULL>')


def sample_coco_minibatch(
    data: dict, batch_size: int = 100, split: str = 'train', rng: np.random.Generator | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw captions of one split at random, with replacement, and what belongs to them.

    Returns captions (batch_size, T), features (batch_size, D), urls (batch_size,). `rng=None` draws from
    NumPy's global generator. ValueError: `split` is not in `data` or has no caption, or `batch_size` < 1.
    """
    if f'{split}_captions' not in data:
        raise ValueError(f"split must be one of {', '.join(SPLITS)}, got {split!r}")
    if batch_size < 1:
        raise ValueError(f'batch_size must be at least 1, got {batch_size}')
    if len(data[f'{split}_captions']) == 0:
        raise ValueError(f'data must hold at least one caption of the split {split!r}')
    mask = (rng or np.random).choice(len(data[f'{split}_captions']), batch_size)
    captions, image_idxs = (_rows(data[f'{split}_{key}'], mask) for key in KEYS)
    return captions, _rows(data[f'{split}_features'], image_idxs), _rows(data[f'{split}_urls'], image_idxs)


def _rows(array, indices):
    """array[indices]; an HDF5 dataset is read in increasing order, as it wants to be."""
    if isinstance(array, np.ndarray):
        return array[indices]
    increasing, where = np.unique(indices, return_inverse=True)
    return array[increasing][where]
