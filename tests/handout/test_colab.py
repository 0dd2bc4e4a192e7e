"""Notebooks on Google Colab: they fetch and install there, and do nothing elsewhere."""

import json
import os
import sys
import types

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from cs231n._shared.paths import ROOT
from cs231n.handout import colab
from cs231n.handout.__main__ import main

REPO = 'a-school/deep.learning'


@pytest.fixture(scope='module')
def notebook():
    files = {name: (ROOT / name).read_bytes() for name in ('requirements.txt', 'notebooks/RNN.ipynb')}
    colab.put_on_colab(REPO, files)
    return json.loads(files['notebooks/RNN.ipynb'])


def asked(cell, monkeypatch, on_colab, there):
    """Return what a cell asks of IPython, on Colab or elsewhere, with or without the folder."""
    calls, python = [], ''.join(cell['source'])
    shell = types.SimpleNamespace(
        system=lambda line: calls.append(f'!{line}'), run_line_magic=lambda *parts: calls.append('%' + ' '.join(parts)))
    monkeypatch.setattr(sys, 'path', list(sys.path))
    monkeypatch.setattr(os.path, 'isdir', lambda path: there)
    if on_colab:
        monkeypatch.setitem(sys.modules, 'google.colab', types.ModuleType('google.colab'))
    exec(TransformerManager().transform_cell(python), {'get_ipython': lambda: shell})
    return calls


def test_the_badge_leads_to_the_notebook_in_the_repository(notebook):
    text = ''.join(notebook['cells'][1]['source'])
    assert f'https://colab.research.google.com/github/{REPO}/blob/main/notebooks/RNN.ipynb' in text
    assert ''.join(notebook['cells'][0]['source']).startswith('# ')  # the title stays on top
    nbformat.validate(nbformat.from_dict(notebook))


def test_only_there_it_clones_and_installs(notebook, monkeypatch):
    cell = notebook['cells'][2]
    assert asked(cell, monkeypatch, on_colab=False, there=False) == []
    clone, change, install = asked(cell, monkeypatch, on_colab=True, there=False)
    assert clone == f'!git clone --quiet --depth 1 https://github.com/{REPO} /content/deep.learning'
    assert change == '%cd -q /content/deep.learning' and sys.path[0] == '/content/deep.learning'
    assert {'numpy', 'torch', 'h5py', 'sacrebleu'} <= set(install.split()[3:]) and 'jupyterlab' not in install
    assert asked(cell, monkeypatch, on_colab=True, there=True) == [change, install]


@pytest.mark.parametrize('repo', ['owner', 'https://github.com/a/b', 'a/b; rm -rf /', 'a/b/c', 'a b/c', 'ä/b'])
def test_a_repository_is_owner_and_name(repo, capsys, tmp_path):
    assert main(['build', '--to', str(tmp_path), '--repo', repo]) == 1
    assert 'repo: must be owner/name' in capsys.readouterr().err and not list(tmp_path.glob('*.zip'))
