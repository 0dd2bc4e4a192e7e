"""Grade one submission: what a class, a web service and a test ask for."""

import os
import secrets
import shutil
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

from cs231n.checks import CHECKS, all_checks
from cs231n.checks.grader.proxy import Student, libraries, result_of
from cs231n.grading import hidden
from cs231n.grading.package import assemble
from cs231n.grading.sandbox.layers import choose

SECONDS = 300  # for all that is asked of one submission, on the clock; a right one takes a tenth, the start included


@dataclass(frozen=True)
class Graded:
    """The verdict on one submission.

    results   one Result for each check; its `outcome` is 'right', 'wrong' or 'not graded'
    sandbox   one sentence: in what the student's code was shut in, and how strong that is
    seed      from which the inputs were drawn
    seconds   that it took on the clock
    """

    results: tuple
    sandbox: str
    seed: int
    seconds: float


def grade_submission(folder, seed, checks=None, sandbox=None, seconds=None, user=None):
    """Grade the modules in a folder that has nothing but the student's own, such as folder/cs231n/rnn_layers.py.

    seed: of the inputs, a whole number from 0 to 2**32 - 1; checks: their names, all of the edition if None; sandbox:
    the name of a layer, the strongest that the machine has if None; seconds: for all that is asked of the submission,
    on the clock; user: (number of an account, of its group) that student code runs as where no namespaces hide all
    else; for root.

    What the machine did is no mistake of the student's: such a check is tried once more, alone in a new process, and
    is 'not graded' if that is of no use. Raises ValueError if an argument is none, OSError if the disk is full.
    """
    start, layer = time.monotonic(), _of_account(choose(sandbox), user)
    names = [one.name for one in all_checks()] if checks is None else list(checks)
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        raise ValueError(f'checks: must be names of checks, got {unknown[0]!r}')
    asked = hidden.checks(seed)
    place = Path(tempfile.mkdtemp(prefix='grading-'))
    try:
        os.chmod(place, 0o711)  # so that another account reaches what lies in it, if it has the name
        tree = place / 'package'
        assemble(folder, tree)
        results = _judged(asked, names, layer, tree, place, SECONDS if seconds is None else seconds)
    finally:
        remove(place)
    return Graded(tuple(results[name] for name in names), layer.sentence, seed, time.monotonic() - start)


def _judged(asked, names, layer, tree, place, seconds):
    """{name: Result}, in the order of the checks, so that what a function rests on comes before it."""
    modules = {name: one.module for name, one in CHECKS.items()}
    loaded = libraries([asked[name] for name in names], tree)
    results = {}
    with Student(_starter(layer, tree, place), modules, loaded, seconds) as student:
        for name in [name for name in CHECKS if name in names]:
            results[name] = result_of(asked[name], student, asked, results)
        for name in [name for name, one in results.items() if one.not_graded]:
            student.renew()
            results[name] = result_of(asked[name], student, asked, results)
    return results


def remove(folder):
    """Remove a folder that student code wrote into: however deep it is, and whatever rights were taken from it.

    Recursion, and the longest path that a system takes, would end before the folders do: what lies two levels down is
    moved up first.
    """
    while inner := [Path(entry.path) for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]:
        for one in inner:
            one.chmod(0o700)
            for k, path in enumerate(list(one.iterdir())):
                if path.is_dir() and not path.is_symlink():
                    path.chmod(0o700)
                    path.rename(folder / f'{one.name[:50]}-{secrets.token_hex(8)}-{k}')
                else:
                    path.unlink()
            one.rmdir()
    shutil.rmtree(folder)


def _starter(layer, tree, place):
    """start() for a worker, each with a scratch of its own."""
    def start():
        scratch = tempfile.mkdtemp(dir=place, prefix='scratch-')
        if account := dict(layer.options).get('user'):
            os.chown(scratch, *account)
        return layer.start(tree, scratch)
    return start


def _of_account(layer, user):
    """Return the layer with another account for the student's code."""
    if user is None or layer.name == 'bubblewrap':  # there nothing is left that an account could own
        return layer
    if os.name != 'posix' or os.geteuid():
        raise ValueError(f'user: only root can choose the account of a process, got {user!r}')
    return replace(layer, sentence=f'{layer.sentence}; as an account of its own',
                   options=(*layer.options, ('user', list(user))))
