"""Fresh inputs: right answers of every kind pass on them, and nothing of the handout is among them."""

import numpy as np
import pytest

import cs231n.checks
from cs231n.checks import CHECKS, check
from cs231n.checks.engine.answers import answers
from cs231n.checks.grader import values
from cs231n.grading import hidden
from tests.checks.lessons import test_gans, test_network_visualization, test_style_transfer
from tests.support.variants import VARIANTS
from tests.support.written_answers import run

ANSWERS = {  # valid answers of each kind of lesson: {key: the function, and the name of its check or None}
    'layers': {key: (lambda source=source, name=name: run(source, name.split('[')[0]), name)
               for key, (name, source) in VARIANTS.items()},
    'gans': {key: (lambda one=one: test_gans.write(*one), None) for key, one in test_gans.VARIANTS.items()},
    'visualization': {key: (lambda one=one: test_network_visualization.write(*one), None)
                      for key, one in test_network_visualization.VARIANTS.items()},
    'style': {key: (lambda one=one: test_style_transfer.written(*one), None)
              for key, one in test_style_transfer.VARIANTS.items()},
}


def all_fresh(seed):
    return {name: hidden.checks(seed)[name] for name in CHECKS}


@pytest.mark.parametrize('lesson', ANSWERS)
@pytest.mark.parametrize('seed', [3, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(10, 16))])
def test_no_valid_answer_loses_a_point(lesson, seed, monkeypatch):
    known = {key: check(make(), name=name) for key, (make, name) in ANSWERS[lesson].items()}
    monkeypatch.setattr(cs231n.checks, 'CHECKS', all_fresh(seed))
    for key, (make, name) in ANSWERS[lesson].items():
        result = check(make(), name=name)
        assert (result.passed, result.points) == (known[key].passed, known[key].points), (seed, key, result)
    assert sum(one.passed for one in known.values()) >= 15


@pytest.mark.slow
def test_inputs_of_every_check_depend_on_the_seed_and_on_nothing_else():
    def equal(one, other):
        return values.encode(one.cases()) == values.encode(other.cases())

    no_inputs = {'sample_noise'}  # asks for two sizes; what is judged is what the student's generator draws
    for name, one in CHECKS.items():
        if one.library and name != 'tv_loss':
            continue  # the same two functions draw them
        again = hidden.fresh(one, 3)
        assert equal(hidden.checks(3)[name], again), name
        assert name in no_inputs or not (equal(again, one) or equal(again, hidden.fresh(one, 4))), name
    for name in ('compute_saliency_maps', 'make_fooling_image', 'generator', 'build_dc_classifier', 'bce_loss'):
        assert not equal(hidden.checks(3)[name], CHECKS[name]), name


def test_every_known_mistake_shows():
    for name, one in all_fresh(3).items():
        known = answers(one)
        for key in one.hints:
            assert any(not np.allclose(wrong, right, one.rtol, one.atol) if wrong.shape == right.shape else True
                       for case in known for wrong, right in zip(case[key], case['right'])), (name, key)


def test_a_check_whose_mistakes_cannot_show_is_an_error(monkeypatch):
    monkeypatch.setattr(hidden, 'TRIES', 2)
    monkeypatch.setattr(hidden, '_tells', lambda check: False)
    with pytest.raises(ValueError, match=r'sigmoid: none of 2 draws of inputs from seed 7 tells right from wrong'):
        hidden.fresh(CHECKS['sigmoid'], 7)
