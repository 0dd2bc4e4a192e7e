"""Answers from a file, as a student's folder has them: outputs as arrays, and hints under seal.

`write` makes the file. A hint is sealed with the outputs in which its mistake shows: nobody reads it by accident, and
the code that made the mistake is not in the folder. It is no lock: who wants the hints without making the mistakes gets
them.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

from cs231n.checks.engine.answers import STORED, Known, NoAnswers
from cs231n.checks.engine.matching import close


def write(file: Any, checks: Iterable[Any], source: ModuleType, sizes: Mapping[str, list[int]]) -> None:
    """Store all that `source` knows about the checks; sizes: {name of a network's check: its inputs}."""
    checks = list(checks)
    arrays: dict[str, Any] = {name: array for check in checks for name, array in _entries(check, source)}
    arrays.update({f'{check.name}/layers/{inputs}': np.array(source.layers(check, inputs))
                   for check in checks for inputs in sizes.get(check.name, ())})
    np.savez_compressed(file, **arrays)


def _entries(check: Any, source: ModuleType) -> Iterator[tuple[str, np.ndarray]]:
    """(name, array) for all that is stored about one check: right outputs, and others where a mistake shows."""
    known, shown = source.outputs(check), dict[str, list[np.ndarray]]()
    for case, by_key in enumerate(known):
        for key, outputs in by_key.items():
            for k, output in enumerate(outputs):
                if key == 'right':
                    yield f'{check.name}/{case}/{key}/{k}', output
                elif not close(check, output, by_key['right'][k]):
                    shown.setdefault(key, []).append(_short(output))
                    yield f'{check.name}/{case}/{key}/{k}', shown[key][-1]
    for key, outputs in shown.items():
        if '+' not in key:  # what is said of a pair is what is said of both
            yield f'{check.name}/hints/{key}', _seal(source.hints(check)[key].encode(), outputs)


def _short(output: np.ndarray) -> np.ndarray:
    """Half the bytes: mistakes are compared with the accuracy of float32."""
    output = np.asarray(output)
    return output.astype(np.float32) if output.dtype == np.float64 else output


def _seal(text: bytes, outputs: Iterable[np.ndarray]) -> np.ndarray:
    """text, or what was made of it by _seal, xor a stream of bytes that depends on the outputs."""
    key = hashlib.sha256(b''.join(np.ascontiguousarray(output).tobytes() for output in outputs)).digest()
    length = len(text)
    stream = b''.join(hashlib.sha256(key + bytes([block])).digest() for block in range(length // 32 + 1))
    return np.frombuffer(text, np.uint8) ^ np.frombuffer(stream[:length], np.uint8)


@cache
def _stored() -> dict[str, dict[str, np.ndarray]]:
    """{name of a check: {rest of the name of an entry: array}}. NoAnswers if the file is damaged."""
    found: dict[str, dict[str, np.ndarray]] = {}
    try:
        with STORED.open('rb') as data, np.load(data) as file:
            for name in file.files:
                check, _, rest = name.partition('/')
                found.setdefault(check, {})[rest] = file[name]
    except MemoryError:
        raise
    except Exception as error:  # NumPy, zipfile and zlib raise a dozen types for damaged files
        raise NoAnswers('is damaged') from error
    return found


def _known(name: str) -> dict[str, dict[int, dict[int, np.ndarray]]]:
    """{key: {case: {number of an output: array}}} for one check, of a mistake where it shows."""
    if name not in _stored():
        raise NoAnswers(f'knows nothing of {name}')
    known: dict[str, dict[int, dict[int, np.ndarray]]] = {}
    for entry, array in _stored()[name].items():
        case, key, *k = entry.split('/')
        if case.isdecimal() and k:
            known.setdefault(key, {}).setdefault(int(case), {})[int(k[0])] = array
    return known


@cache
def _outputs(name: str) -> list[Known]:
    """Return a list with {key: list of outputs} for each case."""
    known = _known(name)
    return [{key: [some.get(case, {}).get(k, right) for k, right in enumerate(rights.values())]
             for key, some in known.items()} for case, rights in known['right'].items()]


def outputs(check: Any) -> list[Known]:
    """For each case {'right': arrays, key of a mistake: arrays}."""
    return _outputs(check.name)


@cache
def _hints(name: str) -> dict[str, str]:
    sealed = {entry.partition('/')[2]: array for entry, array in _stored().get(name, {}).items()
              if entry.startswith('hints/')}
    known = _known(name)
    return {key: _seal(array.tobytes(), [output for case in known[key].values() for output in case.values()])
            .tobytes().decode() for key, array in sealed.items()}


def hints(check: Any) -> dict[str, str]:
    """{key of a mistake: what went wrong, and what is right}."""
    return _hints(check.name)


def layers(check: Any, inputs: int) -> list[str]:
    """Return the layers that the network of a check should have for so many inputs, in words; reshaping not counted."""
    return _stored()[check.name][f'layers/{inputs}'].tolist()
