"""Where data and builds lie: the same for every program, and what cannot be written is said with what helps."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cs231n._shared import paths
from cs231n.course import run, submit


@pytest.mark.parametrize('named, folder', [
    ('rel/x', paths.ROOT / 'rel/x'), ('~/x', Path.home() / 'x'), ('/a/x', Path('/a/x')),
])
def test_a_named_folder_of_data_is_the_same_from_everywhere(named, folder, tmp_path):
    code = 'from cs231n._shared.paths import datasets_dir; print(datasets_dir())'
    env = {**os.environ, 'CS231N_DATASETS': named, 'PYTHONPATH': str(paths.ROOT)}
    run = subprocess.run([sys.executable, '-c', code], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert Path(run.stdout.strip()) == folder, run.stderr


def test_a_user_who_is_not_known_is_named(monkeypatch):
    monkeypatch.setenv('CS231N_DATASETS', '~nobody_of_this_name/x')
    with pytest.raises(ValueError, match=r'CS231N_DATASETS: must be a folder, got ~nobody_of_this_name/x'):
        paths.datasets_dir()


@pytest.mark.parametrize('main, words', [(run.main, ['run', 'RNN']), (submit.main, ['--anyway'])])
def test_a_folder_that_cannot_be_written_is_told_before_the_work(main, words, monkeypatch, capsys):
    monkeypatch.setattr(paths, 'is_writable', lambda folder: False)
    monkeypatch.setattr(run, 'run', lambda *_: pytest.fail('it began'))
    monkeypatch.setattr(submit, 'missing', lambda root: [])
    monkeypatch.setattr(submit, 'contents', lambda *_: pytest.fail('it began'))
    assert main(words) in (1, 2)
    assert 'cannot be written: set CS231N_BUILD to a folder of yours' in capsys.readouterr().err


def test_a_named_folder_for_builds_is_taken(monkeypatch, tmp_path):
    monkeypatch.setenv('CS231N_BUILD', str(tmp_path / 'mine'))
    assert paths.build_dir() == tmp_path / 'mine' and (tmp_path / 'mine').is_dir()
    monkeypatch.delenv('CS231N_BUILD')
    assert paths.build_dir(tmp_path) == tmp_path / 'build'
