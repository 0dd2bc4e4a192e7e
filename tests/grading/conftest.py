"""What the tests of grading share: layers that this machine has, and attacks on them."""

from dataclasses import replace

import pytest

from cs231n.checks import CHECKS
from cs231n.grading import hidden, submission
from cs231n.grading.sandbox.layers import has, layers
from tests.support.submissions import attacking
from tests.support.submissions import submission as written

SEED = 20
HONEST = 'word_embedding_forward'  # stands in the same module, and keeps its points


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
