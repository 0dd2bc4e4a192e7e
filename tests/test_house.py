"""The tree explains itself: what lies where, what imports what, what students do not get, and how one adds to it."""

import ast
import re
import shutil
import subprocess
import sys

import pytest

from cs231n._shared.paths import ROOT
from cs231n.checks.lessons import CHECKS, LESSONS
from cs231n.handout import scan, stages

PACKAGE = ROOT / 'cs231n'
CORRIDOR = {'attention_layers', 'captioning_solver', 'captioning_solver_pytorch', 'coco_utils', 'data_utils',
            'gan_pytorch', 'gradient_check', 'image_utils', 'layers', 'net_visualization_pytorch', 'optim',
            'rnn_layers', 'rnn_layers_pytorch', 'style_transfer_pytorch'}
FOLDERS = sorted(path.parent for path in PACKAGE.rglob('__init__.py') if path.parent != PACKAGE)


@pytest.fixture
def copy(tmp_path):
    """A copy of what the builder and the linter of imports read."""
    for name in ('cs231n', 'notebooks'):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns('__pycache__'))
    for name in ('pyproject.toml', 'Makefile', 'requirements.txt'):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def run(folder, *command):
    return subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True, timeout=600)


# ---- where things live ----


def test_directly_in_the_package_lies_the_assignment_and_nothing_else():
    assert {path.stem for path in PACKAGE.glob('*.py')} - {'__init__'} == CORRIDOR


@pytest.mark.parametrize('folder', FOLDERS, ids=lambda folder: folder.relative_to(PACKAGE).as_posix())
def test_a_folder_says_in_a_line_what_lives_there(folder):
    first = ast.get_docstring(ast.parse((folder / '__init__.py').read_text(encoding='utf-8'))).splitlines()[0]
    assert first.endswith('.') and len(first.split()) >= 5


def test_every_lesson_is_asked_for_and_has_its_answers():
    lessons = {path.parent.name for path in PACKAGE.glob('checks/lessons/*/checks.py')}
    assert lessons == {lesson for some in LESSONS.values() for lesson in some} == {
        path.parent.name for path in PACKAGE.glob('answer_key/*/hints.py')}
    assert {one.lesson for one in CHECKS.values()} == lessons


# ---- what imports what ----


def lint(folder):
    return run(folder, '-c', 'from importlinter.cli import lint_imports_command; lint_imports_command()')


@pytest.mark.parametrize('file, line', [
    ('layers.py', 'import cs231n.checks'),                               # upwards
    ('_shared/files.py', 'import cs231n.data.registry'),                 # upwards
    ('checks/grader/table.py', 'import cs231n.answer_key.computed'),     # not given
    ('sample_world/build.py', 'import cs231n.sample_world.training.views'),  # not given
    ('answer_key/rnn/oracle.py', 'import cs231n.answer_key.decoding.oracle'),  # a circle
])
def test_a_broken_contract_of_imports_is_told(copy, file, line):
    path = copy / 'cs231n' / file
    path.write_text(path.read_text(encoding='utf-8') + f'\n{line}\n', encoding='utf-8')
    told = lint(copy)
    assert told.returncode == 1 and 'BROKEN' in told.stdout


def test_the_contract_names_every_folder_that_is_not_given():
    text = (ROOT / 'pyproject.toml').read_text(encoding='utf-8')
    forbidden = re.search(r'^forbidden_modules = \[(.*?)\]', text, re.M | re.S)[1]
    present = {folder.replace('/', '.') for folder in stages.NOT_GIVEN if (ROOT / folder).is_dir()}
    assert set(re.findall(r'"(.+?)"', forbidden)) == present


# ---- what students do not get ----


@pytest.mark.parametrize('folder', [name for name in stages.NOT_GIVEN if (ROOT / name).is_dir()])
def test_a_file_added_to_a_secret_folder_is_left_out_and_looked_for(copy, folder):
    (copy / folder / 'added.py').write_text('"""Something new."""\n\nthe_answer = forty + two\n', encoding='utf-8')
    files = {}
    stages.copy_what_is_given(copy, files)
    assert 'cs231n/layers.py' in files and not any(name.startswith(f'{folder}/') for name in files)
    wanted = scan.needles(copy)
    files = {'notes.md': b'the_answer =\nforty + two', 'cs231n/layers.py': b'x = 1\nthe_answer = forty+two\n'}
    assert [line.partition(': ')[0] for line in scan.findings(files, wanted)] == ['notes.md', 'cs231n/layers.py']


# ---- how one adds to it: the examples of CONTRIBUTING.md ----


def examples(heading):
    """The Python examples under a heading of CONTRIBUTING.md."""
    text = (ROOT / 'CONTRIBUTING.md').read_text(encoding='utf-8')
    section = re.search(rf'^## {heading}\n(.*?)^## ', text, re.M | re.S)[1]
    return re.findall(r'```python\n(.*?)```', section, re.S)


def insert(path, text, behind=None):
    """Write text behind a line of a file, or at its end."""
    old = path.read_text(encoding='utf-8')
    assert behind is None or old.count(behind) == 1
    path.write_text(old.replace(behind, behind + text) if behind else old + '\n\n' + text, encoding='utf-8')


def test_a_check_and_a_misconception_are_added_as_the_guide_says(copy):
    check, oracle = examples('A check')
    mistake, hint = examples('A misconception')
    insert(copy / 'cs231n/checks/lessons/rnn/checks.py', check, '\nCHECKS = (\n')
    insert(copy / 'cs231n/answer_key/rnn/oracle.py', oracle)
    insert(copy / 'cs231n/answer_key/rnn/mistakes.py', mistake)
    insert(copy / 'cs231n/answer_key/rnn/hints.py', hint, '\nHINTS = {\n')
    told = run(copy, '-c', 'import numpy as np; from cs231n.checks import check;'
                           'from cs231n.layers import relu_forward;'
                           'print(check(relu_forward)); print(check(lambda x: (np.abs(x), x), name="relu_forward"))')
    assert told.returncode == 0, told.stderr
    assert 'relu_forward: right, 1 of 1 points' in told.stdout and 'Hint: the negative is turned round' in told.stdout
