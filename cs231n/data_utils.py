"""Which data there are, real or sample, and the ImageNet loader.

`datasets/files.tsv` lists the real files; `get_datasets.sh` fetches them from the same table.
"""

import gzip
import hashlib
import io
import os
import pickle
import re
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np

# what a loader asks for -> its name in a sentence, its sets in files.tsv, the words for get_datasets.sh
WORLDS = {
    "coco": ("COCO captions", ("coco", "coco-pca"), "coco"),
    "coco-full": ("COCO captions with full features", ("coco", "coco-full"), "coco --full-features"),
    "imagenet": ("ImageNet pictures", ("imagenet",), "imagenet"),
    "styles": ("style pictures", ("styles",), "styles"),
    "squeezenet": ("SqueezeNet weights", ("squeezenet",), "squeezenet"),
    "mnist": ("MNIST digits", ("mnist",), "mnist"),
}
HASH_AT_LOAD = 2**26  # bytes; larger files are only measured when they are loaded: hashing them takes seconds


class RealFile(NamedTuple):
    """One line of files.tsv: `size` is None if not known, `checksum` is '' if an archive guards the file."""

    path: str
    size: int | None
    checksum: str
    source: str


def datasets_dir() -> Path:
    """Return the folder of all data: $CS231N_DATASETS, else `datasets/` beside the package."""
    named = os.environ.get("CS231N_DATASETS")
    return Path(named).expanduser() if named else Path(__file__).resolve().parents[1] / "datasets"


def command(what: str) -> str:
    """Return the command line that fetches the real data of `what`, a key of `WORLDS`."""
    return f"bash get_datasets.sh {WORLDS[_known(what)][2]}"


def _known(what):
    if what not in WORLDS:
        raise ValueError(f"what must be one of {', '.join(WORLDS)}, not {what!r}")
    return what


def real_files(what: str) -> list[RealFile]:
    """Return the files that the real data of `what` consist of, paths relative to `datasets_dir()`."""
    listed = Path(__file__).resolve().parents[1] / "datasets" / "files.tsv"
    sets, found = WORLDS[_known(what)][1], []
    for line in Path(os.environ.get("CS231N_FILES") or listed).read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        name, path, size, checksum, source = line.split()
        if name in sets and not path.startswith(".download/"):
            found.append(RealFile(path, int(size) if size.isdigit() else None, checksum.strip("-"), source))
    return found


# ---- is it whole? ----


def _hash_problem(path, checksum):
    algorithm, _, expected = checksum.partition(":")
    with open(path, "rb") as file:
        digest = hashlib.new(algorithm)
        while block := file.read(2**20):
            digest.update(block)
    whole = digest.hexdigest().startswith(expected)
    return "" if whole else f"is damaged: its {algorithm} is not {expected}"


def _crc(path):
    crc = 0
    with open(path, "rb") as file:
        while block := file.read(2**20):
            crc = zlib.crc32(block, crc)
    return crc


def _members(archive, pattern):
    """Return {file name: CRC} of what an archive holds."""
    if archive.suffix == ".gz":
        with gzip.open(archive) as opened:
            return {pattern: zlib.crc32(opened.read())}
    with zipfile.ZipFile(archive) as opened:
        paths = {PurePosixPath(entry.filename): entry.CRC for entry in opened.infolist()}
    return {path.name: crc for path, crc in paths.items() if path.match(pattern)}


def _archive_problem(file, root, files):
    """Compare what was unpacked with the archive it came from, a file of the same set."""
    name, _, pattern = file.source.partition("//")
    archive = root / next(other.path for other in files if PurePosixPath(other.path).name == name)
    try:
        members = _members(archive, pattern)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile):
        return f"cannot be compared with {name}"
    for member, crc in members.items():
        path = (root / file.path).parent / member
        if not path.is_file() or _crc(path) != crc:
            return f"is damaged: {member} differs from {name}"
    return ""


def _problem(file, root, files, thorough):
    found = [path for path in root.glob(file.path) if path.is_file() and path.stat().st_size]
    if not found:
        return "is missing"
    size = found[0].stat().st_size
    if file.size is not None and size != file.size:
        return f"is damaged: {size} bytes instead of {file.size}"
    if file.checksum and (thorough or size <= HASH_AT_LOAD):
        return _hash_problem(found[0], file.checksum)
    return _archive_problem(file, root, files) if thorough and not file.checksum else ""


def verify(what: str, thorough: bool = True) -> dict[str, str]:
    """Return what is wrong with the real data of `what`: {path: reason}, empty when they are whole.

    `thorough=False`, what the loaders use, checks the size of all files and hashes those of up to 64 MiB.
    """
    root, files = datasets_dir(), real_files(what)
    problems = {file.path: _problem(file, root, files, thorough) for file in files}
    return {path: problem for path, problem in problems.items() if problem}


# ---- real or sample? ----


def choose_world(what: str) -> str:
    """Return 'real' if the real data of `what` are whole, else 'sample', and print one line that says which.

    The environment variable CS231N_DATA forces `sample` or `real`. FileNotFoundError: forced real data are
    missing. ValueError: they are damaged, CS231N_DATA has another value, or `what` is no key of `WORLDS`.
    """
    name, forced = WORLDS[_known(what)][0], os.environ.get("CS231N_DATA", "")
    if forced not in ("", "sample", "real"):
        raise ValueError(f"CS231N_DATA must be 'sample' or 'real' or not set, not {forced!r}")
    problems = {} if forced == "sample" else verify(what, thorough=False)
    if forced == "real" and problems:
        error = FileNotFoundError if "is missing" in problems.values() else ValueError
        raise error(f"{name}: {_first(problems)} in {datasets_dir()}, and CS231N_DATA is 'real'. "
                    f"Run: {command(what)}")
    if forced != "sample" and not problems:
        print(f"{name}: the real data. For the sample: set CS231N_DATA=sample")
        return "real"
    absent = set(problems.values()) <= {"is missing"} and len(problems) in (0, len(real_files(what)))
    if absent:
        print(f"{name}: the sample, drawn by code. For the real data: {command(what)}")
    else:
        print(f"{name}: the sample, since of the real data {_first(problems)}. To repair: {command(what)}")
    return "sample"


def _first(problems):
    path, problem = next(iter(problems.items()))
    return f"{path} {problem}" + (f" (and {len(problems) - 1} more)" if len(problems) > 1 else "")


def sample_file(name: str) -> Path:
    """Return the path of a file of the sample world, building what is missing of it first."""
    folder = datasets_dir() / "sample"
    if not ((folder / "built.txt").is_file() and (folder / name).is_file()):  # the stamp is written last
        from cs231n.sample.build import build  # here, since the sample world itself uses this module

        build()
    return folder / name


# ---- ImageNet ----


def load_imagenet_val(num: int | None = None) -> tuple[np.ndarray, np.ndarray, dict[int, str]]:
    """Load the first `num` pictures (all if None) with their labels.

    Returns X uint8 (N, 224, 224, 3), y int64 (N,), class_names {label: name}. The real file holds 25 pictures
    of ImageNet's validation set (Russakovsky et al. 2015) and is read only if its SHA-256 is the known one.
    ValueError: `num` is not between 1 and the number of pictures. TypeError: `num` is not an int.
    """
    if num is not None and (isinstance(num, bool) or not isinstance(num, (int, np.integer))):
        raise TypeError(f"num must be an int or None, not {type(num).__name__}")
    if choose_world("imagenet") == "real":
        file, = real_files("imagenet")
        X, y, class_names = _read_real(datasets_dir() / file.path, file.checksum)
    else:
        with np.load(sample_file("imagenet_val_25.npz"), allow_pickle=False) as data:
            X, y = data["X"], data["y"]
            class_names = {i: str(name) for i, name in enumerate(data["class_names"])}
    N = len(X)
    if num is not None and not 1 <= num <= N:
        raise ValueError(f"num must be between 1 and {N}, the number of pictures, not {num}")
    return X[:num], y[:num].astype(np.int64), class_names


def _read_real(path, checksum):
    raw = path.read_bytes()  # what is hashed is what is read: nothing can be swapped in between
    if "sha256:" + hashlib.sha256(raw).hexdigest() != checksum:
        raise ValueError(f"{path} is damaged: its SHA-256 is not {checksum[7:]}. Run: {command('imagenet')}")
    with np.load(io.BytesIO(raw), allow_pickle=False) as data:
        X, y = data["X"], data["y"]
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        class_names = _read_label_map(archive.read("label_map.npy"))
    class_names.setdefault(134, "crane")  # two classes have this name and the file lacks the first, the bird
    return X, y, dict(sorted(class_names.items()))


def _read_label_map(raw):
    """Read {int: NumPy string} from the .npy of a 0-d object array, calling nothing else a pickle names."""
    stream = io.BytesIO(raw)
    version = np.lib.format.read_magic(stream)
    shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
    if version != (1, 0) or shape != () or dtype.kind != "O":
        raise ValueError(f"label_map must be a 0-d object array, not {dtype} of shape {shape}")
    try:
        names = _NamesUnpickler(stream).load().item()
    except (pickle.UnpicklingError, AttributeError, EOFError, TypeError, IndexError) as error:
        raise ValueError(f"label_map is not a pickled dict of NumPy strings: {error}") from error
    if not isinstance(names, dict):
        raise ValueError(f"label_map must hold a dict, not {type(names).__name__}")
    return {int(label): str(name) for label, name in names.items()}


def _latin1(text, codec):
    if codec != "latin1":
        raise pickle.UnpicklingError(f"codec {codec!r} is not admitted")
    return text.encode("latin1")


def _string_dtype(name, align=False, copy=False):
    if not re.fullmatch(r"O8|U\d{1,4}", name):
        raise pickle.UnpicklingError(f"dtype {name!r} is not admitted")
    return np.dtype(name)


# NumPy's own functions, taken from what NumPy pickles: the modules they live in were renamed in NumPy 2.
_RECONSTRUCT, _SCALAR = np.empty(0).__reduce__()[0], np.str_("").__reduce__()[0]
_ADMITTED = {("numpy", "ndarray"): np.ndarray, ("numpy", "dtype"): _string_dtype,
             ("_codecs", "encode"): _latin1}
for _module in ("numpy.core.multiarray", "numpy._core.multiarray"):
    _ADMITTED |= {(_module, "_reconstruct"): _RECONSTRUCT, (_module, "scalar"): _SCALAR}


class _NamesUnpickler(pickle.Unpickler):
    """Admits arrays of objects and NumPy strings, and nothing else that a pickle may want called."""

    def find_class(self, module, name):
        if (module, name) not in _ADMITTED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which is not admitted")
        return _ADMITTED[module, name]
