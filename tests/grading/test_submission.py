"""One submission from end to end."""

import shutil

import pytest

from cs231n._shared.paths import ROOT
from cs231n.checks import all_checks
from cs231n.grading import package
from cs231n.grading.sandbox import layers
from cs231n.grading.submission import grade_submission
from tests.support.submissions import submission


@pytest.fixture
def whole(tmp_path):
    """A submission of all modules, right ones."""
    for name in package.edited():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_a_right_submission_earns_all_points_in_one_process(whole, monkeypatch):
    starts, start = [], layers.Layer.start

    def counted(self, *rest, **more):
        starts.append(self.name)
        return start(self, *rest, **more)

    layer = layers.choose()
    monkeypatch.setattr(layers.Layer, 'start', counted)
    graded = grade_submission(whole, 3)
    assert [one for one in graded.results if one.outcome != 'right'] == []
    assert sum(one.points for one in graded.results) == sum(one.points for one in all_checks())
    assert starts == [layer.name] and graded.sandbox == layer.sentence and graded.seed == 3 and graded.seconds > 0


def test_what_is_missing_is_to_do_and_not_taken_from_elsewhere(tmp_path):
    names = ['sigmoid', 'next_scores', 'lstm_forward', 'CaptioningRNN.loss[rnn]']
    layers_only = (ROOT / 'cs231n/rnn_layers.py').read_text(encoding='utf-8')
    graded = grade_submission(submission(tmp_path, layers_only), 3, names)
    sigmoid, lstm, *missing = sorted(graded.results, key=lambda one: one.name not in ('sigmoid', 'lstm_forward'))
    assert sigmoid.passed and lstm.passed
    assert all(one.where.startswith('not implemented yet: ') and not one.points for one in missing), missing


def test_results_come_in_the_order_in_which_they_were_asked_for(tmp_path):
    names = ['sigmoid', 'rnn_step_backward', 'rnn_step_forward']
    assert [one.name for one in grade_submission(submission(tmp_path), 3, names).results] == names


def test_helpers_of_ones_own_come_along(tmp_path):
    text = ('import numpy as np\nfrom cs231n.mine import double\n\n\ndef sigmoid(x):\n'
            '    return double(0.5 / (1 + np.exp(-x)))\n')
    graded = grade_submission(submission(tmp_path, text, mine='def double(x):\n    return 2 * x\n'), 3, ['sigmoid'])
    assert graded.results[0].passed, graded.results


def test_the_given_files_hold_no_answers():
    names = set(package.given())
    assert {'cs231n/layers.py', 'cs231n/checks/grader/worker.py', 'cs231n/__init__.py'} <= names
    for name in names:
        assert not name.startswith(('cs231n/answer_key', 'cs231n/grading', 'cs231n/handout')), name
        assert name.startswith('cs231n/checks/') <= (name.endswith('__init__.py') or package._is_needed(name)), name
    for name in package.edited():
        assert b'raise NotImplementedError' in package.given()[name], name


@pytest.mark.parametrize('arguments, said', [
    (dict(checks=['sigmoit']), "checks: must be names of checks, got 'sigmoit'"),
    (dict(sandbox='cage'), "sandbox: must be one of bubblewrap, Landlock, seccomp, process group, got 'cage'")])
def test_bad_arguments_are_refused(tmp_path, arguments, said):
    with pytest.raises(ValueError, match=said.replace('(', r'\(')):
        grade_submission(tmp_path, 3, **arguments)


def test_the_strongest_layer_is_taken_and_the_weakest_says_what_it_is(monkeypatch):
    monkeypatch.setattr(layers, 'has', lambda layer: '' if layer.name in ('Landlock', 'process group') else 'none here')
    assert layers.choose().name == 'Landlock'
    with pytest.raises(ValueError, match='bubblewrap cannot be had on this machine: none here'):
        layers.choose('bubblewrap')
    monkeypatch.setattr(layers, 'has', lambda layer: '' if layer.name == 'process group' else 'none here')
    assert 'NOT tamper-proof' in layers.choose().sentence


def test_a_machine_that_fails_costs_no_points_and_is_named(tmp_path, monkeypatch):
    real, calls = layers.Layer.start, []

    def start(self, tree, scratch, trial=False):
        calls.append(self.name)
        if len(calls) < 2:
            raise OSError('no room')
        return real(self, tree, scratch, trial)

    layers.choose()
    monkeypatch.setattr(layers.Layer, 'start', start)
    first, second = grade_submission(submission(tmp_path), 3, ['sigmoid', 'lstm_forward']).results
    assert first.outcome == second.outcome == 'right' and len(calls) == 3  # alone, in a new process
    monkeypatch.setattr(layers.Layer, 'start', lambda *rest, **more: (_ for _ in ()).throw(OSError('no room')))
    for one in grade_submission(submission(tmp_path), 3, ['sigmoid', 'lstm_forward']).results:
        assert one.outcome == 'not graded' and one.points == 0, one
        assert 'no room' in one.not_graded or 'attempts' in one.not_graded, one
