"""The student version, built once by its command line in a process of its own."""

import os
import subprocess
import sys

import pytest

from cs231n._shared.paths import ROOT
from cs231n.handout.build import NAME


@pytest.fixture(scope='session')
def built(tmp_path_factory):
    """The folder that holds the built folder and zip, and what was printed."""
    to = tmp_path_factory.mktemp('handout')
    run = subprocess.run(
        [sys.executable, '-m', 'cs231n.handout', 'build', '--to', to], cwd=ROOT,
        env={**os.environ, 'PYTHONHASHSEED': '5'}, capture_output=True, text=True, timeout=600,
    )
    assert run.returncode == 0, run.stderr
    return to, run.stdout


@pytest.fixture(scope='session')
def folder(built):
    """The student's folder."""
    return built[0] / NAME


@pytest.fixture(scope='session')
def archive(built):
    """The zip."""
    return built[0] / f'{NAME}.zip'
