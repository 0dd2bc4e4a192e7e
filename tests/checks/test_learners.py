"""Answers as learners write them: the right ones lose nothing, the wrong ones fail and are told what is wrong."""

import pytest

from cs231n.checks import check
from tests.support.learners import function_of, learners

RIGHT, WRONG = learners('right'), learners('wrong')
WARNINGS = pytest.mark.filterwarnings('ignore')  # of PyTorch, on the names and habits of older editions


@WARNINGS
@pytest.mark.parametrize('key', RIGHT)
def test_a_right_answer_gets_full_points_and_no_hint(key):
    name, source = RIGHT[key]
    result = check(function_of(name, source), name=name)
    assert result.passed and result.points == result.max_points, result
    assert result.hint is result.where is result.note is None


@WARNINGS
@pytest.mark.parametrize('key', [  # the rest go to the nightly run
    pytest.param(key, marks=pytest.mark.slow if k % 3 else ()) for k, key in enumerate(WRONG)])
def test_a_wrong_answer_fails_and_is_told(key):
    name, source, words = WRONG[key]
    result = check(function_of(name, source), name=name)
    assert not result.passed and result.points < result.max_points, result
    if words.startswith('? '):
        assert result.hint is None and words.removeprefix('? ') in result.where, result
        return
    hints = result.hint.split(' Also: ')
    assert len(hints) == len(words.split(' & ')), result
    assert all(hint.startswith(begins) for hint, begins in zip(hints, words.split(' & '))), result


def test_four_of_five_get_a_hint():
    assert len(RIGHT) >= 70 and len(WRONG) >= 190
    assert sum(not words.startswith('? ') for _, _, words in WRONG.values()) >= 0.8 * len(WRONG)
