"""Training that can be stopped and resumed: the state of a solver in a file, without pickles."""

import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from os import PathLike
from typing import Any, Protocol, TypeVar
from urllib.parse import quote, unquote

import numpy as np

from cs231n._shared.files import replacing

SETTINGS = ('lr_decay', 'batch_size', 'num_epochs', 'print_every', 'verbose', 'clip_value',
            'clip_norm', 'metric_every', 'progress')
META = {'settings': dict, 'configs': dict, 'iteration': int, 'epoch': int, 'last_iteration': int, 'loss_history': list,
        'metric_history': list, 'metric_due': bool, 'best_metric': float | int | None, 'rng': list}  # name: its type
BIT_GENERATORS = {bits.__name__: bits for bits in (np.random.PCG64, np.random.PCG64DXSM, np.random.MT19937,
                                                   np.random.Philox, np.random.SFC64)}
MALFORMED = (ValueError, KeyError, EOFError, TypeError, AttributeError, IndexError, OverflowError, zipfile.BadZipFile)


Arrays = dict[str, np.ndarray]  # of a name, its array
Rng = np.random.Generator | np.random.RandomState | None  # None: the global np.random
Solver = TypeVar('Solver', bound='Resumable')


class Model(Protocol):
    """What is trained: anything with parameters."""

    params: Arrays


class Resumable:
    """Gives a solver `save` and `resume`; what it must have beside the SETTINGS follows."""

    __init__: Callable[..., None]  # model, data, **settings
    model: Model
    rng: Rng
    rule_name: str
    iteration: int
    epoch: int
    last_iteration: int
    optim_configs: dict[str, dict[str, Any]]  # the settings and averages of the update rule, for each parameter
    loss_history: list[float]
    metric_history: list[tuple[int, float]]
    metric: Callable[..., float] | None
    metric_due: bool
    best_metric: float | None
    best_params: Arrays

    def save(self, path: str | PathLike[str]) -> None:
        """Write everything that `resume` needs to path, an .npz file without pickles.

        The file appears whole or not at all: it is written beside path and then renamed.
        """
        arrays = {f'params/{_quoted(name)}': w for name, w in self.model.params.items()}
        arrays |= {f'best/{_quoted(name)}': w for name, w in self.best_params.items()}
        configs = {}
        for name, config in self.optim_configs.items():
            state = {key: value for key, value in config.items() if isinstance(value, np.ndarray)}
            arrays |= {f'optim/{_quoted(name)}/{_quoted(key)}': value for key, value in state.items()}
            configs[name] = {key: value for key, value in config.items() if key not in state}
        meta = {
            'settings': {'update_rule': self.rule_name, **{name: getattr(self, name) for name in SETTINGS}},
            'configs': configs, 'metric_due': self.metric_due,
            'iteration': self.iteration, 'epoch': self.epoch, 'last_iteration': self.last_iteration,
            'loss_history': self.loss_history, 'metric_history': self.metric_history,
            'best_metric': self.best_metric, 'rng': [type(self.rng).__name__, rng_state(self.rng)],
        }
        arrays['meta'] = np.array(json.dumps(meta, default=lambda value: value.tolist()))
        with replacing(path) as part, open(part, 'wb') as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]  # NumPy's stub takes each for allow_pickle

    @classmethod
    def resume(cls: type[Solver], path: str | PathLike[str], model: Model, data: Arrays, **changes: Any) -> Solver:
        """Return a solver that goes on exactly where the one saved at path stood.

        model: one built like the saved one; its params are replaced. data: the same data. changes: arguments
        of CaptioningSolver to change, such as num_epochs, the total; metric, a function, is not in the file
        and has to be given again. Parameters, losses, the optimiser's averages and the state of the
        random generator (the global one unless seed or rng was given) are the saved ones, to the bit.
        ValueError if path is not such a file, or was saved for parameters of other names, shapes or dtypes.
        """
        arrays, meta = _read(path)
        saved, configs = _named(arrays, 'params'), meta['configs']
        with _of_save(path):  # before anything changes
            rng = _restored_rng(*meta['rng'])
            for key in (key for key in arrays if key.startswith('optim/')):
                name, entry = map(_unquoted, key.split('/')[1:])
                configs[name][entry] = arrays[key]
        if not changes:
            with _of_save(path):
                solver = cls(model, data, **meta['settings'])
        else:
            solver = cls(model, data, **{**meta['settings'], **changes})
        wanted, got = ({name: f'{w.dtype} {w.shape}' for name, w in p.items()} for p in (saved, model.params))
        if wanted != got:
            raise ValueError(f'CaptioningSolver.resume: model.params must be {wanted}, got {got}')
        solver.optim_configs = configs
        solver.best_params = _named(arrays, 'best')
        solver.metric_due = meta['metric_due'] and solver.metric is not None
        solver.iteration, solver.epoch = meta['iteration'], meta['epoch']
        solver.loss_history, solver.best_metric = meta['loss_history'], meta['best_metric']
        solver.metric_history = [tuple(entry) for entry in meta['metric_history']]
        if 'num_epochs' not in changes:
            solver.last_iteration = meta['last_iteration']
        if not {'seed', 'rng'} & changes.keys():
            solver.rng = rng
            if rng is None:
                set_rng_state(None, meta['rng'][1])
        model.params.update(saved)  # last: a model is not left half-changed
        return solver


@contextmanager
def _of_save(path: str | PathLike[str]) -> Iterator[None]:
    """Let whatever a malformed field leads to be a ValueError that names the file and the field."""
    try:
        yield
    except MALFORMED as error:
        told = ' '.join(str(error).split())[:200]
        raise ValueError(f'CaptioningSolver.resume: path must be a file of save, got {path}: {told}') from error


def _read(path: str | PathLike[str]) -> tuple[Arrays, dict[str, Any]]:
    """Return the arrays and the settings in a file that `CaptioningSolver.save` wrote."""
    with _of_save(path):
        with open(path, 'rb') as file, np.load(file, allow_pickle=False) as archive:
            arrays = dict(archive)
        meta = json.loads(str(arrays.pop('meta')))
        for name, kind in META.items():
            if not isinstance(meta[name], kind):
                raise TypeError(f'{name} is of the type {type(meta[name]).__name__}')
        if set(meta['settings']) != {'update_rule', *SETTINGS}:
            raise ValueError(f"settings are {', '.join(meta['settings'])}")
        numbers = [*meta['loss_history'], *(value for pair in meta['metric_history'] for value in pair)]
        if any(not isinstance(value, float | int) for value in numbers) or any(
                len(pair) != 2 for pair in meta['metric_history']):
            raise ValueError('a history holds something else than numbers')
        if not all(isinstance(config, dict) for config in meta['configs'].values()):
            raise ValueError('configs hold something else than settings')
        return arrays, {key: meta[key] for key in META}


def _quoted(name: str) -> str:
    """Return the name of a parameter without the strokes that part names in the file, and without '.npy'."""
    return quote(name, safe='', errors='surrogatepass').replace('.', '%2E')


def _unquoted(name: str) -> str:
    return unquote(name, errors='surrogatepass')


def _named(arrays: Arrays, kind: str) -> Arrays:
    """Return {name of a parameter: array} of one kind in a file."""
    parts = {key: key.split('/') for key in arrays}
    return {_unquoted(name): arrays[key] for key, (found, *rest) in parts.items() if found == kind for name in rest}


def at_once(*changes: partial[None]) -> None:
    """Make changes, each a functools.partial of a method written in C, without letting an interrupt come in between.

    Python looks for an interrupt only between two of its own instructions, and here there are none.
    """
    list(map(partial.__call__, changes))


def rng_state(rng: Rng) -> dict[str, Any]:
    """Return the state of a Generator, a RandomState, or (None) the global np.random, as a dict."""
    if isinstance(rng, np.random.Generator):
        return dict(rng.bit_generator.state)
    return (np.random if rng is None else rng).get_state(legacy=False)


def set_rng_state(rng: Rng, state: dict[str, Any]) -> None:
    """Put a generator into a state that `rng_state` returned."""
    if isinstance(rng, np.random.Generator):
        rng.bit_generator.state = state
    else:
        (np.random if rng is None else rng).set_state(state)


def _restored_rng(kind: str, state: dict[str, Any]) -> Rng:
    """Return a generator of a kind (its type's name) in a saved state; None stands for the global one, left alone."""
    if kind == 'Generator':
        rng: Rng = np.random.Generator(BIT_GENERATORS[state['bit_generator']]())
    elif kind in ('RandomState', 'NoneType'):
        rng = np.random.RandomState()
    else:
        raise ValueError(f'the random generator is of the kind {kind}')
    set_rng_state(rng, state)
    return rng if kind != 'NoneType' else None
