"""The grader: a table of points and hints, and nothing that one function does can cost another its points."""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from cs231n._shared.paths import ROOT
from cs231n.checks import CHECKS, all_checks
from cs231n.checks.engine.result import Result
from cs231n.checks.grader import grade as grading
from cs231n.checks.grader import proxy, table

BROKEN = {  # function of the RNN and LSTM notebooks: the first line of its body, which spoils everything
    'rnn_step_forward': 'while True: pass',
    'rnn_forward': "__import__('os')._exit(3)",
    'lstm_forward': "__import__('os').kill(__import__('os').getpid(), 11)",
    'word_embedding_forward': 'hoard = bytearray(16 * 2 ** 30)',
    'temporal_softmax_loss': "raise SystemExit('bye')",
    'sigmoid': "print('noise'); __import__('sys').stderr.write('noise')",
}


def grade(folder, *arguments):
    """The grader's command line in a folder, and its results."""
    run = subprocess.run(
        [sys.executable, '-m', 'cs231n.checks', *arguments, '--json', folder / 'results.json'], cwd=folder,
        env={**os.environ, 'PYTHONPATH': str(folder)}, capture_output=True, text=True, timeout=600,
    )
    path = folder / 'results.json'
    results = {one['name']: one for one in json.loads(path.read_text())} if path.exists() else {}
    return run, results


def copied(folder):
    """The folder, with a copy of the package to spoil."""
    shutil.copytree(ROOT / 'cs231n', folder / 'cs231n', ignore=shutil.ignore_patterns('__pycache__'))
    return folder


@pytest.fixture(scope='module')
def copy(tmp_path_factory):
    return copied(tmp_path_factory.mktemp('graded'))


@pytest.fixture(scope='module')
def spoiled(copy):
    """What the grader says of the layers when six of them go wrong in six ways."""
    path = copy / 'cs231n/rnn_layers.py'
    text = path.read_text(encoding='utf-8')
    for function, line in BROKEN.items():
        start = text.index(f'def {function}(')
        body = text.index('"""\n', text.index('"""', start) + 3) + 4
        text = f'{text[:body]}    {line}\n{text[body:]}'
    path.write_text(text, encoding='utf-8')
    layers = [name for name, one in CHECKS.items() if one.module == 'cs231n.rnn_layers']
    return grade(copy, *layers, '--seconds', '2')


def test_each_failure_costs_its_own_points_and_is_named(spoiled):
    run, results = spoiled
    assert run.returncode == 0, run.stderr
    whys = {
        'rnn_step_forward': 'stopped after 2 s: an endless loop?',
        'rnn_forward': 'its process ended before it was through (exit code 3)',
        'lstm_forward': 'its process ended before it was through (Segmentation fault',
        'word_embedding_forward': 'more than 2 GB of memory: MemoryError (rnn_layers.py, line',
        'temporal_softmax_loss': 'SystemExit: bye',
    }
    for name, why in whys.items():
        assert not results[name]['passed'] and results[name]['points'] == 0
        assert why in results[name]['where'], results[name]
        assert f'wrong  {name}' in run.stdout and why[:30] in run.stdout
    assert results['rnn_step_backward']['where'] == 'fix rnn_step_forward first'
    resting = {name for name, one in CHECKS.items() if one.forward in whys}
    green = {name for name, one in results.items() if one['passed']}
    assert green == set(results) - set(whys) - resting and {'lstm_step_forward', 'lstm_step_backward'} <= green


def test_the_table_adds_up_and_says_what_is_next(spoiled):
    run, results = spoiled
    five = [results[one.name] for one in all_checks() if one.name in results]
    earned, possible = (sum(one[key] for one in five) for key in ('points', 'max_points'))
    lines = [' '.join(line.split()) for line in run.stdout.splitlines()]
    assert f'in total {earned:g} of {possible:g}' in lines and 'noise' not in run.stdout + run.stderr
    assert 'right lstm_step_forward 4 of 4' in lines and 'right sigmoid given' in lines
    assert 'Next: rnn_step_forward in cs231n/rnn_layers.py' in lines


def test_it_names_the_files_that_it_grades(spoiled, copy):
    assert str(copy / 'cs231n' / 'rnn_layers.py') in spoiled[0].stdout
    assert str(ROOT) + os.sep not in spoiled[0].stdout


def test_a_module_that_is_no_python_is_told(tmp_path):
    with open(copied(tmp_path) / 'cs231n/classifiers/decoding.py', 'a', encoding='utf-8') as module:
        module.write('\ndef f(:\n')
    run, results = grade(tmp_path, 'CaptioningRNN.loss', 'rnn_step_forward')
    assert results['CaptioningRNN.loss[rnn]']['where'].startswith('SyntaxError') and 'decoding.py' in run.stdout
    assert results['rnn_step_forward']['passed']


def test_an_endless_loop_in_the_module_itself_is_told(tmp_path):
    with open(copied(tmp_path) / 'cs231n/classifiers/decoding.py', 'a', encoding='utf-8') as module:
        module.write('\nwhile True:\n    pass\n')
    _, results = grade(tmp_path, 'CaptioningRNN.loss', '--seconds', '1')
    for cell in 'rnn', 'lstm':
        where = results[f'CaptioningRNN.loss[{cell}]']['where']
        assert where.startswith('stopped after 1 s: an endless loop?') and 'decoding.py, line' in where, where


def test_files_of_another_folder_are_not_graded(copy, tmp_path):
    run = subprocess.run([sys.executable, '-m', 'cs231n.checks', 'RNN'], cwd=tmp_path, capture_output=True, text=True,
                         env={**os.environ, 'PYTHONPATH': str(copy)}, timeout=600)
    assert run.returncode == 2 and 'the wrong files would be graded' in run.stderr and str(copy) in run.stderr


def test_a_function_from_elsewhere_is_not_graded(monkeypatch):
    monkeypatch.setattr(grading, 'result_of', lambda one, *rest: Result(one.name, True, 3, 3))
    monkeypatch.setattr(grading, '_file', lambda *rest: os.__file__)
    monkeypatch.chdir(ROOT)
    result, = grading.grade_all(grading.chosen(['rnn_step_forward']))
    assert not result.passed and result.points == 0 and result.where.endswith(os.__file__)


def test_where_a_function_is_written_is_told(monkeypatch):
    monkeypatch.chdir(ROOT)
    one = CHECKS['sigmoid']
    with proxy.Student(proxy.in_folder(ROOT), {'sigmoid': one.module}) as student:
        assert grading._file(one, student) == str(ROOT / 'cs231n' / 'rnn_layers.py')


def test_a_process_that_does_not_answer_is_ended(tmp_path, monkeypatch):
    """One that holds on to the interpreter, so that it cannot end itself."""
    monkeypatch.setattr(proxy, 'GRACE', 0.1)
    with open(copied(tmp_path) / 'cs231n/rnn_layers.py', 'a', encoding='utf-8') as module:
        module.write("\n\ndef sigmoid(x):\n    import re\n    re.match('(a+)+b', 'a' * 60)\n")
    one = replace(CHECKS['sigmoid'], seconds=0.3)
    with proxy.Student(proxy.in_folder(tmp_path), {'sigmoid': one.module}) as student:
        result = proxy.result_of(one, student, CHECKS, {})
    assert result.where == 'stopped after 0.3 s: an endless loop?'


def test_one_process_answers_for_all_and_is_replaced_after_a_crash(copy):
    with proxy.Student(proxy.in_folder(ROOT), {name: one.module for name, one in CHECKS.items()}) as student:
        for name in ('sigmoid', 'rnn_step_forward', 'rnn_step_backward'):
            assert proxy.result_of(CHECKS[name], student, CHECKS, {}).passed
        assert student.worker_count == 1
        student._worker.process.send_signal(signal.SIGSEGV)
        assert 'Segmentation fault' in proxy.result_of(CHECKS['sigmoid'], student, CHECKS, {}).where
        assert proxy.result_of(CHECKS['sigmoid'], student, CHECKS, {}).passed and student.worker_count == 2


def test_what_the_machine_did_is_tried_again_and_costs_nothing(capsys, monkeypatch):
    """A worker that something kills is no mistake of who wrote the function."""
    monkeypatch.chdir(ROOT)
    ask, killed = proxy.Worker.ask, []

    def ask_and_kill(self, value, *limits):
        if 'name' in value and not killed:
            killed.append(value['name'])
            self.process.kill()
        return ask(self, value, *limits)

    monkeypatch.setattr(proxy.Worker, 'ask', ask_and_kill)
    result, = grading.grade_all(grading.chosen(['sigmoid']))
    assert killed == ['sigmoid'] and result.outcome == 'right'


def test_what_cannot_be_graded_says_so_and_is_named(capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    def fail():
        raise OSError('no more processes')

    monkeypatch.setattr(grading, 'in_folder', lambda folder: fail)
    result, = grading.grade_all(grading.chosen(['rnn_step_forward']))
    assert result.outcome == 'not graded' and result.not_graded == 'no process could be started: no more processes'
    out = capsys.readouterr().out
    assert 'not graded  rnn_step_forward' in out and 'no more processes' in out
    assert 'not graded: rnn_step_forward' in table.summary([CHECKS['rnn_step_forward']], [result])


def test_names_choose_notebooks_functions_or_all():
    assert grading.chosen([]) == list(all_checks(extra=True))
    assert {one.notebook for one in grading.chosen(['LSTM'])} == {'LSTM'}
    assert [one.name for one in grading.chosen(['CaptioningRNN.loss', 'sigmoid'])] == [
        'CaptioningRNN.loss[rnn]', 'sigmoid', 'CaptioningRNN.loss[lstm]']
    assert [one.name for one in grading.chosen(['CaptioningRNN.loss[lstm]'])] == ['CaptioningRNN.loss[lstm]']
    assert grading.main(['Sudoku']) == 2


def test_when_all_is_right_it_says_so():
    one = CHECKS['rnn_step_forward']
    assert table.summary([one], [Result(one.name, True, 3, 3)]).endswith('All is right.')
    half = table.row(Result('f', False, 0.5, 2, hint='so and so'))
    assert half.split() == ['wrong', 'f', '0.5', 'of', '2', 'Hint:', 'so', 'and', 'so']
    assert table.row(Result('f', False, 0, 2, where='not implemented yet: f: do')).split()[:2] == ['to', 'do']


def test_what_is_beyond_the_five_stands_below_their_total():
    five, beyond = CHECKS['rnn_step_forward'], CHECKS['attention_forward']
    right, owed = Result(five.name, True, 3, 3), Result(beyond.name, False, 0, 3, where='not implemented yet: f: do')
    lines = [line.split() for line in table.summary([five, beyond], [right, owed]).splitlines()]
    assert ['in', 'total', '3', 'of', '3'] in lines and ['beyond', 'the', 'five:', 'Attention', '0', 'of', '3'] in lines
    assert lines[-1] == ['All', 'is', 'right.']  # nobody has to go on
    wrong = Result(beyond.name, False, 0, 3, hint='so and so')
    assert 'Next: attention_forward' in table.summary([five, beyond], [right, wrong])
    assert 'in total' not in table.summary([beyond], [owed]) and 'Next: ' in table.summary([beyond], [owed])


def test_a_limit_of_memory_holds_where_the_system_offers_one():
    code = 'from cs231n.checks.grader.worker import limit_memory; limit_memory(2**28); bytearray(2**30)'
    run = subprocess.run([sys.executable, '-c', code], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert ('MemoryError' in run.stderr) == (sys.platform.startswith('linux')), run.stderr


def test_what_is_large_is_loaded_where_it_is_needed_before_time_is_counted(tmp_path):
    (tmp_path / 'cs231n').mkdir()
    for text, wanted in (('import numpy as np  # no torch', []), ('def f():\n    import torch\n', ['torch']),
                         ('from torchvision import ops\nimport torch', ['torch', 'torchvision'])):
        (tmp_path / 'cs231n/rnn_layers.py').write_text(text, encoding='utf-8')
        assert proxy.libraries([CHECKS['rnn_step_forward']], tmp_path) == wanted
    assert proxy.libraries([CHECKS['tv_loss']], tmp_path) == ['torch']


@pytest.mark.parametrize('name, meant', [('rnn', '; did you mean RNN?'), ('lstm_forwards', 'lstm_forward'), ('?', ')')])
def test_an_unknown_name_is_told_what_there_is(name, meant):
    with pytest.raises(ValueError, match=r'neither a notebook \(RNN, LSTM, NetworkVisualization') as raised:
        grading.chosen([name])
    assert meant in str(raised.value)
    assert ('did you mean' in str(raised.value)) == (name != '?')


@pytest.mark.parametrize('seconds', ['0', '-1', 'nan', 'inf', '1e9', 'soon'])
def test_a_time_limit_that_is_none_is_refused(seconds, capsys):
    with pytest.raises(SystemExit) as ended:
        grading.main(['sigmoid', f'--seconds={seconds}'])
    assert ended.value.code == 2 and 'argument --seconds' in capsys.readouterr().err


@pytest.mark.parametrize('path', ['missing/results.json', '.', 'file/results.json'])
def test_results_that_cannot_be_written_are_told_before_grading(path, tmp_path, capsys):
    (tmp_path / 'file').touch()
    with pytest.raises(SystemExit) as ended:
        grading.main(['sigmoid', '--json', str(tmp_path / path)])
    out, err = capsys.readouterr()
    assert ended.value.code == 2 and not out and str(tmp_path / path) in err


def test_what_is_no_function_is_told_and_what_is_written_in_c_is_graded(tmp_path):
    with open(copied(tmp_path) / 'cs231n/rnn_layers.py', 'a', encoding='utf-8') as module:
        module.write('\nrnn_step_forward = 3\nfrom scipy.special import expit as sigmoid\n')
    _, results = grade(tmp_path, 'rnn_step_forward', 'rnn_step_backward', 'sigmoid')
    told = 'rnn_step_forward is not a function, but of type int'
    assert results['rnn_step_forward']['where'] == told
    assert results['rnn_step_backward']['where'] == f'fix rnn_step_forward first: {told}'
    assert results['sigmoid']['passed']


def test_a_stub_behind_a_forward_pass_that_fails_is_still_to_do(tmp_path):
    with open(copied(tmp_path) / 'cs231n/rnn_layers.py', 'a', encoding='utf-8') as module:
        module.write('\n\ndef rnn_step_forward(*inputs):\n    return sigmod\n')
        module.write("\n\ndef rnn_step_backward(*inputs):\n    raise NotImplementedError('rnn_step_backward: back')\n")
    _, results = grade(tmp_path, 'rnn_step_backward', 'rnn_step_forward')
    assert results['rnn_step_backward']['where'] == 'not implemented yet: rnn_step_backward: back'
    assert results['rnn_step_forward']['where'].startswith('NameError')


@pytest.mark.parametrize('before', [None, 'old results'])
def test_results_are_written_whole_or_not_at_all(before, tmp_path, capsys, monkeypatch):
    path = tmp_path / 'results.json'
    if before:
        path.write_text(before)

    def full(part, data):
        with open(part, 'wb') as file:
            file.write(data[:9])
        raise OSError(28, 'No space left on device', str(part))

    monkeypatch.setattr(type(path), 'write_bytes', full)
    assert grading.main(['sigmoid', '--json', str(path)]) == 2
    told = capsys.readouterr()
    assert f'{path} was not written: No space left' in told.err and 'sigmoid' in told.out
    assert [p.name for p in tmp_path.iterdir()] == (['results.json'] if before else [])
    assert not before or path.read_text() == before
