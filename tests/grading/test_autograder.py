"""Gradescope's zip, run in a folder that stands for /autograder, and an account of its own for students' code."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cs231n._shared.paths import ROOT
from cs231n.grading import store
from cs231n.grading.autograder import __main__ as builder
from cs231n.grading.autograder import harness
from cs231n.grading.package import edited
from cs231n.grading.submission import grade_submission
from tests.grading.test_reports import as_gradescope_reads_it
from tests.support.written_answers import RIGHT
from tests.test_project import IMPORT_NAMES, requirements

SMALL = 'rnn_step_forward', 'rnn_step_backward', 'sigmoid'
CONFINE = 'cs231n/grading/sandbox/confine.py'
METADATA = {
    'id': 7, 'created_at': '2026-01-03T10:00:00.000000-08:00',
    'assignment': {'title': 'A3', 'total_points': '108.0', 'due_date': '2026-01-02T10:00:00.000000-08:00'},
    'users': [{'id': 42, 'name': 'Ada <b>Lovelace</b>', 'email': 'ada@example.org'}], 'previous_submissions': [],
}


@pytest.fixture(scope='module')
def archive(tmp_path_factory):
    """The zip as it is uploaded, with few checks."""
    path = tmp_path_factory.mktemp('build') / 'autograder.zip'
    assert builder.main(['--to', str(path), '--checks', *SMALL]) == 0
    return path


@pytest.fixture
def autograder(archive, tmp_path):
    """The folder /autograder as Gradescope lays it."""
    root = tmp_path / 'autograder'
    with zipfile.ZipFile(archive) as opened:
        for entry in opened.infolist():
            path = Path(opened.extract(entry, root / 'source'))
            path.chmod(entry.external_attr >> 16 & 0o777)
    (root / 'run_autograder').write_bytes((root / 'source' / 'run_autograder').read_bytes())
    (root / 'run_autograder').chmod(0o755)
    for name in 'submission', 'results':
        (root / name).mkdir()
    (root / 'submission_metadata.json').write_text(json.dumps(METADATA))
    return root


def run(root):
    """What Gradescope reads, after a run in its place."""
    environment = {key: value for key, value in os.environ.items() if key != 'PYTHONPATH'}
    done = subprocess.run([root / 'run_autograder'], cwd=root, env={**environment, 'PYTHON': sys.executable},
                          capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return as_gradescope_reads_it(json.loads((root / 'results' / 'results.json').read_text()))


def test_a_submission_is_graded_where_gradescope_lays_it(autograder):
    (autograder / 'submission' / 'rnn_layers.py').write_text(
        RIGHT.replace('db = np.sum(da, axis=0)', 'db = np.mean(da, axis=0)'))
    told = run(autograder)
    tests = {test['name']: test for test in told['tests']}
    assert set(tests) == set(SMALL) and 'score' not in told
    assert tests['rnn_step_forward']['score'] == 3 and tests['rnn_step_backward']['score'] < 4
    assert 'db is averaged' in tests['rnn_step_backward']['output']
    assert (told['extra_data']['seed'] is not None) and told['extra_data']['sandbox']
    for name in 'source', 'results', 'submission_metadata.json':
        assert not (autograder / name).stat().st_mode & 0o007, name
    assert not (autograder / 'results' / 'results.json').stat().st_mode & 0o007


def test_the_zip_holds_scripts_at_its_root_and_nothing_that_is_not_needed(archive):
    with zipfile.ZipFile(archive) as opened:
        entries = {entry.filename: entry for entry in opened.infolist()}
        text = opened.read('requirements.txt').decode()
    assert {'setup.sh', 'run_autograder', 'cs231n/answer_key/rnn/oracle.py'} <= entries.keys()
    assert all(entries[name].external_attr >> 16 & 0o111 for name in builder.SCRIPTS)
    assert not any(name.startswith(('notebooks/', 'tests/', '.git')) for name in entries)
    assert {line.partition('>')[0] for line in text.splitlines()} > {'numpy', 'torch', 'torchvision', 'pyyaml'}
    assert 'jupyterlab' not in text and 'distributed' not in text


def test_all_that_the_harness_imports_is_installed(archive):
    """In the image there is nothing but what its requirements bring."""
    code = 'import sys, cs231n.grading.autograder.harness, cs231n.grading.cleaning; print(*sys.modules)'
    loaded = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    loaded = {IMPORT_NAMES.get(name, name) for name in {one.partition('.')[0] for one in loaded.split()}}
    with zipfile.ZipFile(archive) as opened:
        text = opened.read('requirements.txt').decode()
    installed = {line.partition('>')[0] for line in text.split()}
    assert {name for name, _, _ in requirements() if name in loaded} <= installed


def test_the_zip_is_equal_whenever_it_is_built(archive, tmp_path):
    assert builder.main(['--to', str(tmp_path / 'again.zip'), '--checks', *SMALL]) == 0
    assert (tmp_path / 'again.zip').read_bytes() == archive.read_bytes()


@pytest.mark.parametrize('name', builder.SCRIPTS)
def test_a_script_is_valid_bash(name):
    path = ROOT / 'cs231n' / 'grading' / 'autograder' / name
    assert path.read_text().startswith('#!/usr/bin/env bash\n') and os.access(path, os.X_OK)
    subprocess.run(['bash', '-n', path], check=True)


def test_the_index_of_cpu_builds_goes_into_the_setup():
    script = builder.contents(['sigmoid'], torch='https://example.org/cpu')['setup.sh'].decode()
    assert "TORCH='torch torchvision --index-url https://example.org/cpu'" in script
    subprocess.run(['bash', '-n'], input=script.encode(), check=True)
    assert builder.main(['--torch', "https://x'; rm -rf /", '--to', 'nowhere']) == 2


# ---- the harness, in this process


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An /autograder whose grader is a fake; {notebook: error} that it raises."""
    for name in 'submission', 'results':
        (tmp_path / name).mkdir()
    config = {'checks': [*SMALL, 'compute_saliency_maps'], 'modules': edited(), 'hints_after_due': False}
    monkeypatch.setattr(harness, 'read_config', lambda root: config)
    monkeypatch.setattr(os, 'umask', lambda mask: None)
    return tmp_path


class Stop(BaseException):
    """As when the container is stopped."""


def graded(monkeypatch, *steps):
    """grade_submission does these steps, one a notebook: grade it, or raise an error."""
    from cs231n.checks import CHECKS
    from cs231n.checks.engine.result import Result
    from cs231n.grading.submission import Graded
    left = list(steps)

    def fake(folder, seed, checks, **options):
        if (step := left.pop(0)) is not None:
            raise step
        most = [CHECKS[name].points for name in checks]
        return Graded(tuple(Result(name, True, n, n) for name, n in zip(checks, most)), 'a box', seed, 1.0)
    monkeypatch.setattr(harness, 'grade_submission', fake)


def told(place):
    return as_gradescope_reads_it(json.loads((place / 'results' / 'results.json').read_text()))


def test_results_are_written_as_notebooks_finish(place, monkeypatch):
    graded(monkeypatch, None, Stop())
    with pytest.raises(Stop):
        harness.run(place)
    found = told(place)
    assert found['score'] == 7 and len(found['tests']) == 2 and 'costs no points' in found['output']


def test_something_is_there_even_if_nothing_was_graded(place, monkeypatch):
    graded(monkeypatch, Stop())
    with pytest.raises(Stop):
        harness.run(place)
    assert told(place)['tests'] == [] and 'hand in again' in told(place)['output']


def test_a_fault_of_the_grader_costs_no_points(place, monkeypatch):
    graded(monkeypatch, None, OSError('the disk is full'), None)
    harness.run(place)
    found = told(place)
    assert found['score'] == 12 and 'graded again' in found['output']
    assert ['score' in test for test in found['tests']] == [True, True, False, True]


def test_a_refused_submission_is_told(place, monkeypatch):
    (place / 'submission' / 'rnn_layers.py').symlink_to('/etc/passwd')
    harness.run(place)
    assert 'no regular file' in told(place)['output'] and told(place)['score'] == 0


def test_a_zip_of_make_submit_is_taken(place, monkeypatch):
    seen = []
    monkeypatch.setattr(harness, 'grade', lambda one, *rest: (seen.append(one), ([], ''))[1])
    file = io.BytesIO()
    with zipfile.ZipFile(file, 'w') as opened:
        opened.writestr('cs231n/rnn_layers.py', '# mine')
    (place / 'submission' / 'submission.zip').write_bytes(file.getvalue())
    harness.run(place)
    assert seen[0].modules == {'cs231n/rnn_layers.py': b'# mine'}


# ---- an account of its own


PROBE = """
import importlib.util, json, os, sys
sys.path.insert(0, {folder!r})
spec = importlib.util.spec_from_file_location('confine', {confine!r})
confine = importlib.util.module_from_spec(spec)
spec.loader.exec_module(confine)
confine.confine('/', (2**24, 500), scratch={scratch!r}, user=[65534, 65534])
told = [os.getresuid(), os.getresgid(), os.getgroups()]
for way in (lambda: open({secret!r}), lambda: os.setuid(0), lambda: open({secret!r}, 'w')):
    try:
        way()
        told.append('done')
    except OSError as error:
        told.append(type(error).__name__)
print(json.dumps(told))
"""


def test_the_code_of_students_runs_as_another_account(tmp_path):
    if os.geteuid():
        with pytest.raises(ValueError, match='only root'):
            grade_submission(tmp_path, 1, ['sigmoid'], sandbox='process group', user=(65534, 65534))
        return
    secret, scratch = tmp_path / 'secret', tmp_path / 'scratch'
    secret.write_text('the right answers')
    secret.chmod(0o640)
    scratch.mkdir()
    code = PROBE.format(folder=str(ROOT), confine=str(ROOT / CONFINE), scratch=str(scratch), secret=str(secret))
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, timeout=60)
    assert json.loads(done.stdout or '0') == [[65534] * 3, [65534] * 3, [], *['PermissionError'] * 3], done.stderr


def test_the_record_of_a_run_is_that_of_the_class(place, monkeypatch):
    graded(monkeypatch, None, None, None)
    kept = []
    monkeypatch.setattr(store, 'record', lambda *told, original=store.record: kept.append(original(*told)) or kept[-1])
    harness.run(place)
    assert kept[-1]['sandbox'] == 'a box' and store.points(kept[-1]) == 12
