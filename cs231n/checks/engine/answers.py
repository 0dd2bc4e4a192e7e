"""The right and the wrong answers to a check, as arrays: all that a comparison needs.

In the repository they are computed: right ones by oracles, wrong ones by literal versions with one mistake. A
student's folder has them in a file (stored.py), because their code would give the solution away.
"""

from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

Known = dict[str, list[np.ndarray]]  # 'right' or key of a mistake: the outputs

STORED = Path(__file__).with_name('answers.npz')
COMPUTED = 'cs231n.answer_key.computed'


class NoAnswers(Exception):
    """The file of answers is missing or damaged, so nothing can be said about any function."""

    def __init__(self, why: str) -> None:
        super().__init__(f'{STORED} {why}, so nothing can be checked: unpack it again from the zip of the handout')


def source() -> ModuleType:
    """Return the module that knows: stored.py if its file is there, else the answer key. NoAnswers without both."""
    if STORED.is_file():
        return import_module('cs231n.checks.engine.stored')
    try:
        return import_module(COMPUTED)  # by its name, since a student's folder has none
    except ModuleNotFoundError as error:
        if error.name not in (COMPUTED, 'cs231n.answer_key'):
            raise
        raise NoAnswers('is missing') from None


def ready(checks: Iterable[Any]) -> None:
    """Raise NoAnswers unless the answers to these checks can be had; computes none."""
    module = source()
    if STORED.is_file():
        for one in checks:
            module.outputs(one)


def answers(check: Any) -> Sequence[Known]:
    """For each case of the check the outputs {'right': arrays, key of a mistake: arrays}."""
    return source().outputs(check)


def hints(check: Any) -> dict[str, str]:
    """{key of a mistake: what went wrong, and what is right}."""
    return source().hints(check)


def layers(check: Any, inputs: int) -> list[str]:
    """Return the layers that the network of a check should have for so many inputs, in words; reshaping not counted."""
    return source().layers(check, inputs)
