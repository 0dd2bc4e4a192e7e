"""What the tests of grading share: layers that this machine has, and attacks on them."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from cs231n._shared.paths import ROOT
from cs231n.checks import CHECKS
from cs231n.grading import hidden, submission
from cs231n.grading.sandbox.layers import choose, has, layers
from tests.support.submissions import attacking
from tests.support.submissions import submission as written

SEED = 20
HONEST = 'word_embedding_forward'  # stands in the same module, and keeps its points

SHARED = [os.path.join('/', *names) for names in (('tmp',), ('var', 'tmp'), ('dev', 'shm'))]
TOKEN = 'pwned-by-a-test'  # in the name of all that an attack writes


def unharmed(*folders):
    """Whether nothing was left where the attacks write, and no process."""
    places = [Path(sys.prefix), Path.home(), *map(Path, SHARED), ROOT, ROOT / 'cs231n',
              Path(os.__file__).parent, Path(subprocess.__file__).parent / '__pycache__', *folders]
    left = [path for place in places if place.is_dir() for path in place.iterdir() if TOKEN in path.name]
    alive = [one for one in psutil.process_iter(['cmdline']) if TOKEN in ' '.join(one.info['cmdline'] or [])]
    return not left and not alive


@pytest.fixture(scope='session')
def quick():
    """All checks with one second each, and inputs made once."""
    found = hidden._Fresh(SEED)
    found.update({name: replace(hidden.fresh(CHECKS[name], SEED), seconds=1) for name, one in CHECKS.items()
                  if one.module == 'cs231n.rnn_layers'})
    return found


@pytest.fixture(params=['bubblewrap', 'Landlock'])
def layer(request):
    """The name of a layer that keeps attacks from doing anything."""
    why = next(has(one) for one in layers() if one.name == request.param)
    if why:
        pytest.skip(f'needs {request.param}: {why}')
    return request.param


@pytest.fixture
def strongest():
    """The name of the strongest layer: for what does not hang on the layer."""
    found = choose().name
    if found not in ('bubblewrap', 'Landlock'):
        pytest.skip('needs bubblewrap: or Landlock, and this machine has neither')
    return found


@pytest.fixture
def judged(quick, monkeypatch, tmp_path_factory):
    """judged(layer, {function: code that it runs first}, top=code of the module) -> {name: Result}."""
    monkeypatch.setattr(hidden, 'checks', lambda seed: quick)

    def run(layer, codes, top='', folder=None, seconds=None, **modules):
        folder = written(folder or tmp_path_factory.mktemp('submission'), attacking(codes, top), **modules)
        names = [*codes, *([HONEST] if HONEST not in codes else [])]
        graded = submission.grade_submission(folder, SEED, checks=names, sandbox=layer, seconds=seconds)
        return {one.name: one for one in graded.results}
    return run


def all_failed(result):
    """Whether none of the ways that an attack went led anywhere; shown by its own words."""
    return not result.passed and result.points == 0 and result.where.startswith('ValueError: done: (rnn_layers.py')
