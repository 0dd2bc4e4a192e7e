"""The student's folder in use: Run All with nothing written, solved one function at a time, solved to the byte."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cs231n._shared.paths import ROOT
from cs231n.checks import all_checks
from cs231n.course.assignment import EXTRA, NOTEBOOKS, path_of
from cs231n.course.execution import execute
from cs231n.course.student_extension import STAMP, digest
from cs231n.handout.markers import ANSWER, code_blocks, fill
from cs231n.handout.stages import left_out

CHECKS = {one.name: one for one in all_checks()}  # of the edition that is built by default
PRESENT = [name for name in NOTEBOOKS | EXTRA if (ROOT / path_of(name)).exists()]
SOLVED = {path.relative_to(ROOT).as_posix(): path.read_text(encoding='utf-8')
          for path in sorted((ROOT / 'cs231n').rglob('*.py'))}
SOLVED = {name: text for name, text in SOLVED.items() if not left_out(name) and code_blocks(text, name)}
OTHER_EDITION = ('cs231n/rnn_layers_pytorch.py', 'cs231n/classifiers/rnn_pytorch.py')  # the same names, for tensors
BLOCKS = {block.function: block for name, text in SOLVED.items() if name not in OTHER_EDITION
          for block in code_blocks(text, name) if block.function}


def environment(folder):
    """The environment in which cs231n is that of the folder, with this repository's data."""
    return {**os.environ, 'PYTHONPATH': str(folder), 'CS231N_DATASETS': str(ROOT / 'datasets'),
            'CS231N_DATA': 'sample', 'CS231N_PROGRESS': '0', 'OMP_NUM_THREADS': '1'}


# ---- Run All, with nothing written


@pytest.mark.parametrize('name', [  # one of a kind; the others, one of which builds its own data, go to the nightly run
    pytest.param(name, marks=() if name in ('RNN', 'NetworkVisualization', 'GANs') else pytest.mark.slow)
    for name in PRESENT])
def test_run_all_goes_to_the_end_and_says_what_each_cell_waits_for(name, folder):
    result = execute(folder / path_of(name), environment(folder))
    assert result.failure is None
    code = [cell for cell in result.notebook.cells if cell.cell_type == 'code']
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell.outputs]
    texts = [output.get('text') or output.data.get('text/plain', '') for output in outputs]
    assert not [output for output in outputs if output.output_type == 'error' or output.get('name') == 'stderr']

    waiting = [text.removeprefix('This cell waits for ') for text in texts if text.startswith('This cell waits for ')]
    assert len(waiting) >= 2
    assert {text.partition(':')[0].rstrip('.') for text in waiting} <= set(BLOCKS)
    assert sum('not implemented yet: ' in text for text in texts) >= 3
    edited = json.loads((folder / 'cs231n/handout.json').read_text())['edited']
    assert dict(STAMP.findall(texts[0])) == {path: digest(folder / path) for path in edited}


# ---- solved


def names_called(block):
    """The functions with a stub that the solution of a block calls by name."""
    tree = ast.parse('if 1:\n' + '\n'.join(f'    {line}' for line in block.lines))
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in BLOCKS}


def closure(function):
    """A function and all with a stub that it rests on."""
    found, new = set(), {function} & set(BLOCKS)
    while new:
        found |= new
        new = set().union(*(names_called(BLOCKS[name]) for name in new)) - found
    return found


def rests_on(one):
    """What must be written for a check to turn green."""
    functions = {one.name.partition('[')[0], one.forward} - {''}
    return set().union(*map(closure, functions))


def with_solutions(folder, functions=None):
    """{path of a module: text} with the solutions of some functions, or of all, put back."""
    texts = {}
    for name, solved in SOLVED.items():
        path = folder / name
        texts[name] = fill(path.read_text(encoding='utf-8'), solved, name, functions) if path.exists() else solved
    return texts


def told(folder, variants):
    """What the checks say of each variant, in one process in a copy of the folder."""
    script = ROOT / 'tests/support/variants_in_folder.py'
    run = subprocess.run([sys.executable, script], cwd=folder, input=json.dumps(variants), text=True,
                         capture_output=True, env=environment(folder), timeout=900)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


@pytest.fixture
def copy(folder, tmp_path):
    """A copy of the student's folder to write in."""
    return Path(shutil.copytree(folder, tmp_path / 'copy'))


def test_solutions_put_back_give_the_repository_to_the_byte(folder):
    assert with_solutions(folder) == SOLVED and len(SOLVED) >= 7


def test_with_one_function_written_exactly_its_checks_turn_green(folder, copy):
    """With it comes what its solution calls; all others say that they wait, and for what."""
    steps = [set(), *({function} | closure(function) for function in BLOCKS)]
    found = told(copy, [*(with_solutions(folder, step) for step in steps), with_solutions(folder)])
    for step, says in zip(steps, found):
        green = {name for name, why in says.items() if not why}
        assert green == {name for name, one in CHECKS.items() if rests_on(one) <= step}, step
        for name in set(CHECKS) - green:
            waits_for = says[name].partition('not implemented yet: ')[2].partition(':')[0]
            assert waits_for in rests_on(CHECKS[name]) - step, (step, name, says[name])
    assert found[-1] == dict.fromkeys(CHECKS, '')


def test_a_wrong_answer_gets_its_hint_from_the_file(folder, copy):
    solved = with_solutions(folder)
    slips = [('cs231n/rnn_layers.py', 'prev_h.T @ da, sum_rows(da)', 'prev_h.T @ da, da.mean(axis=0)'),
             ('cs231n/net_visualization_pytorch.py', 'grad.abs().amax(dim=1)', 'grad.amax(dim=1)'),
             ('cs231n/gan_pytorch.py', 'betas=(0.5, 0.999)', 'betas=(0.9, 0.999)')]
    for name, old, new in slips:
        assert old in solved[name]
        solved[name] = solved[name].replace(old, new)
    says = told(copy, [solved])[0]
    for name, key in (('rnn_step_backward', 'db_averaged'), ('lstm_step_backward', 'db_averaged'),
                      ('compute_saliency_maps', 'no_abs'), ('get_optimizer', 'default_betas')):
        assert says.pop(name) == repr(CHECKS[name].hints[key])
    assert not any(says.values())


# ---- the places where one writes


def test_every_stub_is_asked_for_where_a_student_looks(folder):
    """Its name is in a notebook's text; its docstring and task are above it."""
    texts = ''.join((folder / path_of(name)).read_text(encoding='utf-8') for name in PRESENT)
    missing = [name for name in BLOCKS if name.rpartition('.')[2] not in texts]
    if 'NetworkVisualization' in PRESENT:
        assert missing == []
    else:
        assert set(missing) <= {one.name for one in CHECKS.values() if one.notebook == 'NetworkVisualization'}
    assert ANSWER in texts
