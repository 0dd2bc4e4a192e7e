"""The command line: nothing is graded twice, an interrupted run goes on, a regrade keeps the old scores."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from unittest.mock import MagicMock

import pytest

from cs231n._shared.paths import ROOT
from cs231n.grading import __main__ as program
from cs231n.grading import cluster, store
from cs231n.grading.reports import pages
from tests.grading.test_cluster import in_threads
from tests.support import fake_grading
from tests.support.fake_grading import fake_grade, run_main

# What Dask says of a machine that is busy with other things.
pytestmark = pytest.mark.filterwarnings('ignore:Creating scratch directories')
LAYERS = 'cs231n/rnn_layers.py'


@pytest.fixture
def threads(monkeypatch):
    """No processes: the number of times that a cluster was started."""
    started = []

    @contextmanager
    def connected(scheduler=None, workers=None):
        started.append(scheduler)
        with in_threads() as client:
            yield client
    monkeypatch.setattr(cluster, 'connected', connected)
    monkeypatch.setattr(pages, '_png', lambda figure: '')  # test_reports.py looks at the pictures
    monkeypatch.setattr(pages, '_axes', lambda *size: (MagicMock(), MagicMock()))
    monkeypatch.setenv('CS231N_PROGRESS', '0')
    return started


@pytest.fixture
def group(tmp_path):
    """A folder of six submissions."""
    for k in range(6):
        path = tmp_path / 'class' / f'student{k}' / LAYERS
        path.parent.mkdir(parents=True)
        path.write_text(f'# {"x" * k}')
    return tmp_path / 'class'


def records(out):
    """{student: [all records of theirs, the oldest first]}."""
    found = {}
    for path in sorted((out / 'results').glob('*/*.json'), key=lambda path: path.stat().st_mtime_ns):
        found.setdefault(path.parent.name, []).append(json.loads(path.read_text()))
    return found


def written(out):
    """{file of a result: when it was written}."""
    return {path: path.stat().st_mtime_ns for path in (out / 'results').glob('*/*.json')}


def test_a_repeated_run_grades_nothing_and_writes_the_same(threads, group, tmp_path, capsys):
    out = tmp_path / 'out'
    assert run_main([group, '--out', out], fake_grade) == 0
    before, files = written(out), {path: path.read_bytes() for path in out.rglob('*') if path.is_file()}
    assert len(before) == 6 and len(threads) == 1
    assert run_main([group, '--out', out], fake_grade) == 0
    assert len(threads) == 1 and written(out) == before
    assert {path: path.read_bytes() for path in out.rglob('*') if path.is_file()} == files
    assert capsys.readouterr().out.count('graded: 6 of 6') == 2


def test_what_was_handed_in_again_is_graded_again_and_the_old_score_stays(threads, group, tmp_path):
    out = tmp_path / 'out'
    run_main([group, '--out', out], fake_grade)
    before = written(out)
    (group / 'student2' / LAYERS).write_text('# another length')
    run_main([group, '--out', out], fake_grade)
    assert len(written(out)) == 7 and before.items() <= written(out).items()
    old, new = records(out)['student2']
    assert old['digest'] != new['digest']
    row = next(line for line in (out / 'grades.csv').read_text('utf-8-sig').splitlines() if 'student2' in line)
    assert f'"{store.points(new)}","108","{store.points(old)}"' in row


def test_another_seed_or_another_grader_regrades_beside_the_old(threads, group, tmp_path, monkeypatch):
    out = tmp_path / 'out'
    run_main([group, '--out', out, '--seed', 1], fake_grade)
    run_main([group, '--out', out, '--seed', 2], fake_grade)
    assert len(written(out)) == 12
    run_main([group, '--out', out], fake_grade)  # the seed of the last run
    assert len(written(out)) == 12
    for module in (store, cluster, fake_grading):
        monkeypatch.setattr(module, 'grader_digest', lambda: 'mended')
    run_main([group, '--out', out], fake_grade)
    assert len(written(out)) == 18
    assert [one['seed'] for one in records(out)['student0']] == [1, 2, 2]


def test_the_order_and_the_company_change_no_score(threads, group, tmp_path):
    run_main([group, '--out', tmp_path / 'all', '--seed', 3], fake_grade)
    for k in range(6):
        run_main([group / f'student{k}', '--out', tmp_path / 'alone', '--seed', 3], fake_grade)
    everyone, alone = records(tmp_path / 'all'), records(tmp_path / 'alone')
    assert everyone.keys() == alone.keys()
    assert all(everyone[name][0]['results'] == alone[name][0]['results'] for name in everyone)


def breaks(job):
    if b'xxx' in job.modules[LAYERS]:
        raise OSError('the disk is full')
    return fake_grade(job, 0)


def test_what_could_not_be_graded_costs_nothing_is_named_and_is_tried_again(threads, group, tmp_path, capsys):
    out = tmp_path / 'out'
    assert run_main([group, '--out', out], breaks) == 1
    assert 'not graded: student3: OSError: the disk is full' in capsys.readouterr().out
    assert 'the disk is full' in (out / 'class.html').read_text()
    row = next(line for line in (out / 'grades.csv').read_text('utf-8-sig').splitlines() if 'student4' in line)
    assert '"","108","","38"' in row  # no points, not zero points
    assert run_main([group, '--out', out], fake_grade) == 0
    assert len(written(out)) == 6 and len(threads) == 2


@pytest.mark.parametrize('damage', ['', '{', '[]', '{"results": []}', '\0' * 50])
def test_a_damaged_result_is_graded_again(threads, group, tmp_path, damage):
    out = tmp_path / 'out'
    run_main([group, '--out', out], fake_grade)
    path = next(iter(written(out)))
    whole = json.loads(path.read_text())
    path.write_text(damage)
    assert run_main([group, '--out', out], fake_grade) == 0
    assert json.loads(path.read_text())['results'] == whole['results']


def start(group, out):
    return subprocess.Popen(
        [sys.executable, '-m', 'tests.support.fake_grading', group, '--out', out, '--workers', '1'], cwd=ROOT,
        env={**os.environ, 'CS231N_PROGRESS': '0', 'PYTHONPATH': str(ROOT)}, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.mark.parametrize('how', ['Ctrl-C', 'killed'])
def test_an_interrupted_run_goes_on_where_it_was(group, tmp_path, threads, how):
    out, patience = tmp_path / 'out', time.monotonic() + 300
    process = start(group, out)
    while not written(out):
        assert time.monotonic() < patience and process.poll() is None
        time.sleep(0.01)
    if how == 'Ctrl-C':
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all processes of the run
    else:
        process.kill()
    said, _ = process.communicate(timeout=300)
    before = written(out)
    assert 0 < len(before) < 6
    assert all(json.loads(path.read_text())['results'] for path in before)
    if how == 'Ctrl-C':
        assert process.returncode == 130 and 'Nothing is lost' in said and 'Traceback' not in said
    assert run_main([group, '--out', out], fake_grade) == 0
    assert len(written(out)) == 6 and before.items() <= written(out).items()


@pytest.mark.parametrize(('arguments', 'words'), [
    (['nowhere'], 'no such file'), (['.', '--checks', 'rnn_step'], 'is neither a notebook'),
    (['.', '--seed', '-1'], '--seed: must be one of 0'), (['.', '--workers', '0'], '--workers: must be one of 1'),
    (['.', '--canvas', 'nowhere.csv'], 'cannot be read'), (['empty'], 'no submission'),
])
def test_what_cannot_be_graded_is_told_at_once(threads, tmp_path, monkeypatch, capsys, arguments, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'empty').mkdir()
    assert program.main([*arguments, '--out', str(tmp_path / 'out')]) == 2
    assert words in capsys.readouterr().err and not threads


def test_a_name_of_a_student_never_reaches_the_terminal_as_it_is(threads, tmp_path, capsys):
    folder = tmp_path / 'class' / 'eve\x1b[2J\x1b]0;owned\x07\n\u202e<script>'
    folder.mkdir(parents=True)
    (folder / 'rnn_layers.py').write_text('#')
    assert run_main([tmp_path / 'class', '--out', tmp_path / 'out'], fails) == 1
    said = capsys.readouterr()
    assert not set('\x1b\x07\u202e') & set(said.out + said.err) and 'eve' in said.out


def fails(job):
    raise OSError('bad \x1b[31m \r\n news')
