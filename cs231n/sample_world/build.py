"""Builds the sample data: `python -m cs231n.sample_world.build`.

Draws 6,000 scenes, has the sample SqueezeNet look at each, and writes captions, vocabulary, addresses and features into
files with the names, keys, dtypes and shapes of the COCO files; further labelled pictures in place of the ImageNet
ones, and digits in place of MNIST's.
Every scene is worked on by itself, in chunks of fixed size and on one thread, so the numbers do not depend on how many
processes share the work. A stamp, written last, tells what the files were made from and the checksum of each, so that
a file that is missing, damaged or of another version is noticed when it is loaded, and made again.
"""

import io
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np

from cs231n._shared.console import command
from cs231n._shared.files import write_atomically
from cs231n._shared.lock import only_one
from cs231n._shared.paths import ROOT, is_writable
from cs231n._shared.progress import progress_bar
from cs231n.sample_world import stamp
from cs231n.sample_world.digits import digits
from cs231n.sample_world.features import features, grained
from cs231n.sample_world.scenes.captions import captions, encode, vocabulary
from cs231n.sample_world.scenes.scenes import SIZE, SPLITS, paint, plan
from cs231n.sample_world.scenes.things import KINDS

COUNTS = {'train': 5000, 'val': 1000}
LOOKS = {'train': 5, 'val': 1}  # at each scene: in training one for each caption
LABELLED = 2 * len(KINDS)  # pictures of load_imagenet_val
CHUNK = 50
# The child takes this very package, wherever it lies and whatever is installed or lies in the working directory.
CHILD = 'import sys; sys.path.insert(0, sys.argv[1]); from cs231n.sample_world.build import as_child; as_child()'


def build():
    """Return the folder of the sample data, made first where they are missing, damaged or of another version.

    They lie under `datasets_dir()`, or in the user's own data folder if that one cannot be written. It is done in a
    process of its own: about a minute on two cores. OSError: no folder can be written, or the disk is full.
    RuntimeError: it failed for another reason. Both say why.
    """
    if folder := stamp.whole():
        return folder
    folder = _writable()
    print(f'Building the sample data in {folder}: once, about a minute ...', flush=True)
    with subprocess.Popen([sys.executable, '-c', CHILD, str(ROOT), str(folder)], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True, encoding='utf-8', errors='replace') as child:
        try:
            told = child.stdout.read().strip()
        except BaseException:  # an interrupt: nothing of it goes on in the background
            child.terminate()
            raise
    if child.returncode:
        raise (OSError if told.startswith('cannot write') else RuntimeError)(
            f"the sample data could not be built in {folder}: {told or f'exit code {child.returncode}'}")
    return folder


def _writable():
    places = stamp.places()
    for folder in places:
        if is_writable(folder):
            if folder != places[0]:
                print(f'{places[0]} cannot be written; CS231N_DATASETS names another folder.')
            return folder
    raise PermissionError(f"the sample data are not built, and {' and '.join(map(str, places))} cannot be written: set "
                          'CS231N_DATASETS to a folder of yours')


def _work(job):
    """Draw one chunk of scenes and look at them (in a worker process)."""
    split, start = job
    return features(np.stack([paint(split, i).image for i in range(start, start + CHUNK)]))


def _start_worker():
    """Work on one thread, leave interrupts to the builder, and end with it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()
    os.environ['OMP_NUM_THREADS'] = '1'
    os.environ['CS231N_PROGRESS'] = '0'  # the parent shows how far all are
    import torch
    torch.set_num_threads(1)


def _end_with(parent):
    parent.join()
    os._exit(1)


@contextmanager
def _workers(processes):
    """Give a `map` that shares its work among processes (default: one a core), none of which outlives an error."""
    spawn = multiprocessing.get_context('spawn')
    with ProcessPoolExecutor(processes or os.cpu_count(), mp_context=spawn, initializer=_start_worker) as pool:
        def each(function, *arguments):
            futures = [pool.submit(function, *some) for some in zip(*arguments)]
            return (future.result() for future in futures)  # the pool's own map cancels them, and then stumbles on it

        try:
            yield each
        except BaseException:
            for worker in multiprocessing.active_children():
                worker.terminate()
            raise


def _all_features(processes):
    return over_all_scenes(_work, processes, 'drawing scenes')


def over_all_scenes(work, processes, desc):
    """Return {split: rows}, those of work((split, start)) for each CHUNK of scenes, shared among processes."""
    jobs = [(split, start) for split, count in COUNTS.items() for start in range(0, count, CHUNK)]
    found = {split: [] for split in COUNTS}
    bar = progress_bar(total=sum(COUNTS.values()), desc=desc, unit='scene', leave=True)
    with bar, _workers(processes) as each:
        for (split, _), rows in zip(jobs, each(work, jobs), strict=True):
            found[split].append(rows)
            bar.update(len(rows))
    return {split: np.concatenate(rows) for split, rows in found.items()}


def write_h5(path, arrays):
    """Write arrays, {name: array}, into a file of HDF5 at once."""
    buffer = io.BytesIO()  # so that a full disk is met in one place, and leaves nothing
    with h5py.File(buffer, 'w') as file:
        for key, array in arrays.items():
            file[key] = array
    write_atomically(path, buffer.getvalue())


def _write_captions(folder):
    texts, arrays = {}, {}
    for split, count in COUNTS.items():
        texts[split] = [words for i in range(count) for words in scene_captions(split, i)]
    idx_to_word, word_to_idx = vocabulary(texts['train'])
    for split, count in COUNTS.items():
        arrays[f'{split}_captions'] = np.stack([encode(words, word_to_idx) for words in texts[split]])
        looks = LOOKS[split]
        arrays[f'{split}_image_idxs'] = np.repeat(np.arange(count * looks, dtype=np.int32), 5 // looks)
        write_atomically(folder / f'{split}2014_urls.txt',
                         ''.join(f'sample://{split}/{i // looks}\n' for i in range(count * looks)))
    write_h5(folder / 'coco2014_captions.h5', arrays)
    write_atomically(folder / 'coco2014_vocab.json', json.dumps({'idx_to_word': idx_to_word,
                                                                 'word_to_idx': word_to_idx}))


def scene_captions(split, index):
    """Return the five captions of a scene, as lists of words."""
    place, _, things, _ = plan(split, index)
    return captions(things, place, np.random.RandomState([SPLITS[split][0], index, 5]))


def _write_features(folder, processes):
    found = _all_features(processes)
    for split, looks in LOOKS.items():
        rows = grained(found[split], looks, seed=SPLITS[split][0], mean=found['train'].mean(axis=0))
        write_h5(folder / f'{split}2014_vgg16_fc7_pca.h5', {'features': rows})


def _write_pictures(folder):
    pictures, buffer = [paint('classes', i) for i in range(LABELLED)], io.BytesIO()
    np.savez_compressed(buffer, X=np.stack([s.image for s in pictures]).reshape(-1, SIZE, SIZE, 3),
                        y=np.array([KINDS.index(s.things[0].kind) for s in pictures]), class_names=np.array(KINDS))
    write_atomically(folder / 'imagenet_val_25.npz', buffer.getvalue())


def _write_digits(folder, processes):
    with _workers(processes) as each:
        digits.make(folder, each)


def _write_checks(folder):
    from cs231n.sample_world.style_checks import check_values  # here, since it loads PyTorch

    buffer = io.BytesIO()
    np.savez(buffer, **check_values())
    write_atomically(folder / 'style-transfer-checks.npz', buffer.getvalue())


def make(folder, processes=None):
    """Build into `folder` what is not whole of it, in this process and `processes` workers (default: one a core)."""
    folder.mkdir(parents=True, exist_ok=True)
    with only_one(folder / '.lock', wait=True):
        wrong = stamp.problems(folder)
        for left in folder.rglob('.*.tmp'):  # by a build that was killed
            left.unlink()
        parts = [part for part, names in stamp.FILES.items() if stamp.STAMP in wrong or wrong.keys() & set(names)]
        for part in parts:
            for name in stamp.FILES[part]:
                if (folder / name).is_dir():
                    raise OSError(f"cannot write {folder / name}: {wrong.get(name, 'it is a folder: remove it')}")
            {'captions': lambda: _write_captions(folder / 'coco_captioning'),
             'features': lambda: _write_features(folder / 'coco_captioning', processes),
             'pictures': lambda: _write_pictures(folder), 'digits': lambda: _write_digits(folder, processes),
             'checks': lambda: _write_checks(folder)}[part]()
        if parts:
            stamp.write(folder)


def as_child():
    """Build for another process, which gets to know on stdout what went wrong, and end when that one ends."""
    threading.Thread(target=_end_when_alone, daemon=True).start()
    sys.exit(_make_and_tell(Path(sys.argv[2]), sys.stdout))


def _end_when_alone():
    try:
        while os.read(0, 1024):  # not sys.stdin, whose lock this thread would hold when the process ends
            pass
    except OSError:  # nobody holds the other end of a pipe: it was started by hand
        return
    os._exit(1)


def _make_and_tell(folder, told):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # by way of the blocks that clean up
    try:
        make(folder)
    except KeyboardInterrupt:
        print('interrupted; what is whole is kept', file=told)
        return 130
    except OSError as error:
        print(str(error) if str(error).startswith('cannot') else
              f'cannot write {error.filename or folder}: {error.strerror or error}', file=told)
        return 1
    except ValueError as error:
        print(error, file=told)
        return 1
    return 0


@command
def main():
    """Build what is not whole of the sample data; returns the exit code."""
    if len(sys.argv) > 1:
        folder = Path(sys.argv[1]) / 'sample'
    else:
        folder = stamp.whole() or _writable()
    wrong = stamp.problems(folder)
    if not wrong:
        print('sample data: up to date')
        return 0
    if stamp.STAMP not in wrong:
        print(*(f'{folder / name} {what}' for name, what in wrong.items()), sep='\n')
    print('building the sample data, once: 6,000 scenes with captions and features, about a minute', flush=True)
    return _make_and_tell(folder, sys.stderr)


if __name__ == '__main__':
    sys.exit(main())
