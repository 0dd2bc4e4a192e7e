"""The staircase: of the values on the way to an answer, the first wrong one is told."""

import re

import pytest

from cs231n import rnn_layers
from cs231n.checks import all_checks, check
from cs231n.checks.engine.steps import ENDING
from cs231n.classifiers.rnn import CaptioningRNN
from tests.support.written_answers import RIGHT, run, write

HAVE_STEPS = [one for one in all_checks('numpy') if any(two.name.endswith(ENDING) for two in one.also)]
DC = 'dc = dnext_c + dnext_h * o * (1 - tanh_c ** 2)'


def told(name, *edits):
    """What is said of each step of the written solution after these edits, and where the first wrong one differs."""
    result = check(write(name, *edits), steps=True)
    assert result.points == result.max_points == 0
    return {step: detail for step, _, detail in result.verdicts}, result


@pytest.mark.parametrize('one', HAVE_STEPS, ids=lambda one: one.name)
def test_every_step_of_the_solution_is_right(one):
    cell_type = 'lstm' if '[lstm]' in one.name else 'rnn'
    result = check(one.function(), cell_type=cell_type, steps=True)
    assert result.passed and all(detail == 'right' for _, _, detail in result.verdicts), result


def test_the_first_wrong_step_is_told_though_all_that_follow_are_wrong():
    steps, result = told('lstm_step_backward', (DC, DC.replace(' ** 2', '')))
    assert steps['do'] == 'right' and steps['dc'] == steps['df'] == 'wrong' and not result.passed
    assert result.where.startswith('dc differs first at n=0, h=0: got ')


def test_of_a_stacked_gradient_the_gates_are_told():
    _, result = told('lstm_step_backward', ('df * f * (1 - f)', 'df * (1 - f ** 2)'))
    assert result.where.startswith('da differs first at n=0, gate f') and 'right in i, o, g' in result.where


def test_a_half_written_function_is_looked_at():
    body = RIGHT.replace('    dx = da.dot(Wx.T)\n', "    raise NotImplementedError('later')\n", 1)
    result = check(run(body.replace('da = dnext_h * (1', 'slope = 1 - next_h ** 2\n    da = dnext_h * (2', 1),
                       'rnn_step_backward'), steps=True)
    assert [holds for _, holds, _ in result.verdicts] == [True, False]
    assert result.where.startswith('da differs first') and result.note is None


def test_a_crash_after_right_steps_is_told_as_a_note():
    body = RIGHT.replace('da = dnext_h * (1 - next_h ** 2)', 'slope = 1 - next_h ** 2\n    da = dnext_h * slope', 1)
    result = check(run(body.replace('da.dot(Wx.T)', 'da.dot(Wx)', 1), 'rnn_step_backward'), steps=True)
    assert result.passed and result.note.startswith('ValueError')


def test_other_names_are_no_mistake():
    steps, result = told('rnn_step_backward')
    assert steps == {'slope': 'not there', 'da': 'right'}
    assert result.todo and result.where.endswith('or under another name: slope')


def test_a_deleted_value_is_seen():
    steps, result = told('rnn_step_backward', ('dx = da.dot(Wx.T)\n', 'dx = da.dot(Wx.T)\n    slope = 1 - next_h ** 2\n'
                                               '    del slope\n'))
    assert steps['slope'] == 'right' and result.passed


def test_what_it_rests_on_comes_first():
    body = RIGHT.replace('f * prev_c + i * g', 'i * g')
    result = check(run(body, 'lstm_step_backward'), steps=True)
    assert result.where == 'fix lstm_step_forward first' and not result.verdicts


def test_steps_change_neither_points_nor_the_verdict():
    function = write('lstm_step_backward', (DC, DC.replace('dnext_c + ', '')))
    before = check(function)
    check(function, steps=True)
    assert check(function) == before and before.points < before.max_points and before.hint


def test_what_has_no_steps_says_which_have():
    with pytest.raises(ValueError, match=r'steps: rnn_forward is judged as a whole; these have .*rnn_step_backward'):
        check(rnn_layers.rnn_forward, steps=True)


def test_no_docstring_of_a_task_gives_its_backward_formula_away():
    backward = [value for name, value in vars(rnn_layers).items()
                if name.endswith('_backward') and name.startswith(('rnn', 'lstm', 'word'))]
    assert len(backward) == 5
    for function in (*backward, CaptioningRNN.loss):
        assert not re.search(r'ᵀ|\.T\b|1 - |\bd[ac] =|\bdW\[', function.__doc__), function.__name__
