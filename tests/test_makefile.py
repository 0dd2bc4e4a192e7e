"""What make would do: which releases are installed from where."""

import re
import shutil
import subprocess

import pytest

from cs231n._shared.paths import ROOT


@pytest.fixture
def plan(tmp_path):
    """Tell the commands that `make WORD…` would run in a fresh copy, without running them."""
    for name in ('Makefile', 'requirements.txt', 'pyproject.toml', 'setup.py'):
        shutil.copy(ROOT / name, tmp_path)

    def of(*words, check=True):
        run = subprocess.run(['make', '-n', 'UV=', *words], cwd=tmp_path, capture_output=True, text=True, check=check)
        return run.stdout

    of.folder = tmp_path
    return of


def test_pytorch_comes_from_the_index_that_was_named_and_nothing_else_does(plan):
    usual, small = plan('data').splitlines(), plan('data', 'TORCH=cpu', 'TORCH_INDEX=http://i.invalid/cpu').splitlines()
    added = [line for line in small if 'i.invalid' in line and 'pip install' in line]
    assert len(added) == 1 and added[0].endswith('--index-url http://i.invalid/cpu torch torchvision')
    assert [line for line in small if line not in (*added,) and 'TORCH_INDEX' not in line] == [
        line for line in usual if 'TORCH_INDEX' not in line]


def test_the_releases_that_were_tested_are_installed_where_they_are_listed(plan):
    assert '--constraint' not in plan('data')
    (plan.folder / 'constraints.txt').write_text('numpy==2.1.0\n')
    planned = plan('data', 'TORCH=cpu', 'TORCH_INDEX=x').splitlines()
    lines = [line for line in planned if '-r req' in line or 'url' in line]
    assert len(lines) == 2 and all('--constraint constraints.txt' in line for line in lines)
    assert '--constraint' not in plan('data', 'CONSTRAINTS=')


def test_uv_is_tried_before_pip(plan):
    line, = re.findall(r'.*-r requirements.txt.*', plan('data', 'UV=/bin/uv'))
    assert line.startswith('/bin/uv pip install') and '|| .venv/bin/python -m pip install' in line
