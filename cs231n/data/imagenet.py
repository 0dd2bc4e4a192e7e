"""Labelled pictures: 25 of ImageNet's validation set, or the sample world's."""

import hashlib
import io
import pickle
import re
import zipfile

import numpy as np

from cs231n.data.registry import command, real_files, root_of
from cs231n.data.worlds import choose_world, sample_file


def load_imagenet_val(num: int | None = None,
                      world: str | None = None) -> tuple[np.ndarray, np.ndarray, dict[int, str]]:
    """Load the first `num` pictures (all if None) with their labels.

    Returns X uint8 (N, 224, 224, 3), y int64 (N,), class_names {label: name}. The real file holds 25 pictures
    of ImageNet's validation set (Russakovsky et al. 2015) and is read only if its SHA-256 is the known one.
    `world`: 'sample' or 'real', whatever there is, as CS231N_DATA does.
    ValueError: `num` is not between 1 and the number of pictures. TypeError: `num` is not an int.
    """
    if num is not None and (isinstance(num, bool) or not isinstance(num, (int, np.integer))):
        raise TypeError(f'num must be an int or None, not {type(num).__name__}')
    if choose_world('imagenet', world) == 'real':
        file, = real_files('imagenet')
        X, y, class_names = _read_real(root_of('imagenet') / file.path, file.checksum)
    else:
        with np.load(sample_file('imagenet_val_25.npz'), allow_pickle=False) as data:
            X, y = data['X'], data['y']
            class_names = {i: str(name) for i, name in enumerate(data['class_names'])}
    N = len(X)
    if num is not None and not 1 <= num <= N:
        raise ValueError(f'num must be between 1 and {N}, the number of pictures, not {num}')
    return X[:num], y[:num].astype(np.int64), class_names


def _read_real(path, checksum):
    raw = path.read_bytes()  # what is hashed is what is read: nothing can be swapped in between
    if 'sha256:' + hashlib.sha256(raw).hexdigest() != checksum:
        raise ValueError(f"{path} is damaged: its SHA-256 is not {checksum[7:]}. Run: {command('imagenet')}")
    with np.load(io.BytesIO(raw), allow_pickle=False) as data:
        X, y = data['X'], data['y']
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        class_names = _read_label_map(archive.read('label_map.npy'))
    class_names.setdefault(134, 'crane')  # two classes have this name and the file lacks the first, the bird
    return X, y, dict(sorted(class_names.items()))


def _read_label_map(raw):
    """Read {int: NumPy string} from the .npy of a 0-d object array, calling nothing else a pickle names."""
    stream = io.BytesIO(raw)
    version = np.lib.format.read_magic(stream)
    shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
    if version != (1, 0) or shape != () or dtype.kind != 'O':
        raise ValueError(f'label_map must be a 0-d object array, not {dtype} of shape {shape}')
    try:
        names = _NamesUnpickler(stream).load().item()
    except (pickle.UnpicklingError, AttributeError, EOFError, TypeError, IndexError) as error:
        raise ValueError(f'label_map is not a pickled dict of NumPy strings: {error}') from error
    if not isinstance(names, dict):
        raise ValueError(f'label_map must hold a dict, not {type(names).__name__}')
    return {int(label): str(name) for label, name in names.items()}


def _latin1(text, codec):
    if codec != 'latin1':
        raise pickle.UnpicklingError(f'codec {codec!r} is not admitted')
    return text.encode('latin1')


def _string_dtype(name, align=False, copy=False):
    if not re.fullmatch(r'O8|U\d{1,4}', name):
        raise pickle.UnpicklingError(f'dtype {name!r} is not admitted')
    return np.dtype(name)


# NumPy's own functions, taken from what NumPy pickles: the modules they live in were renamed in NumPy 2.
_RECONSTRUCT, _SCALAR = np.empty(0).__reduce__()[0], np.str_('').__reduce__()[0]
_ADMITTED = {('numpy', 'ndarray'): np.ndarray, ('numpy', 'dtype'): _string_dtype,
             ('_codecs', 'encode'): _latin1}
for _module in ('numpy.core.multiarray', 'numpy._core.multiarray'):
    _ADMITTED |= {(_module, '_reconstruct'): _RECONSTRUCT, (_module, 'scalar'): _SCALAR}


class _NamesUnpickler(pickle.Unpickler):
    """Admits arrays of objects and NumPy strings, and nothing else that a pickle may want called."""

    def find_class(self, module, name):
        if (module, name) not in _ADMITTED:
            raise pickle.UnpicklingError(f'it asks for {module}.{name}, which is not admitted')
        return _ADMITTED[module, name]
