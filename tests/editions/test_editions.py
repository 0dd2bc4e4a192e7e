"""Notebooks in the manner of each edition run to the end in a fresh kernel, offline, with one import on top."""

import asyncio
import os

import nbformat
import pytest
from nbclient import NotebookClient

from cs231n._shared.paths import ROOT

HERE = ROOT / 'tests' / 'editions'
EDITIONS = sorted(path.stem for path in HERE.glob('edition_*.py'))
NO_NETWORK = 'http://127.0.0.1:9'  # whoever asks for more than the disk has is refused at once


def notebook(name, **replaced):
    """The cells of a file in which `# %%` begins a cell, as a notebook."""
    made = nbformat.v4.new_notebook()
    for text in (HERE / f'{name}.py').read_text(encoding='utf-8').split('# %%')[1:]:
        kind, _, source = text.partition('\n')
        for old, new in replaced.items():
            source = source.replace(old, new)
        make = nbformat.v4.new_markdown_cell if 'markdown' in kind else nbformat.v4.new_code_cell
        made.cells.append(make(source.strip()))
    return made


def run(made, folder, home):
    """Run a notebook with a folder as its working directory; CellExecutionError if a cell fails."""
    env = {**os.environ, 'PYTHONPATH': str(ROOT), 'TORCH_HOME': str(home), 'CS231N_DATA': 'sample', 'MPLBACKEND': 'Agg',
           **dict.fromkeys(('http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'), NO_NETWORK)}
    client = NotebookClient(made, kernel_name='python3', timeout=600, resources={'metadata': {'path': str(folder)}},
                            extra_arguments=['--log-level=40'])
    asyncio.run(client.async_execute(env=env))
    return ''.join(output.get('text', '') for cell in made.cells for output in cell.get('outputs', ()))


@pytest.mark.parametrize('name', EDITIONS)
def test_every_cell_runs_from_the_root(name, tmp_path):
    told = run(notebook(name, SEEDS='(231,)'), ROOT, tmp_path)
    assert told.startswith('cs231n.offline: ')


@pytest.mark.slow
@pytest.mark.parametrize('name', EDITIONS)
def test_every_cell_runs_beside_the_notebooks(name, tmp_path):
    run(notebook(name, SEEDS='(231, 0, 1, 2, 3)'), ROOT / 'notebooks', tmp_path)


def test_without_the_import_an_old_notebook_stops(tmp_path):
    made = notebook('edition_2017')
    made.cells = made.cells[2:3]  # the imports alone
    with pytest.raises(Exception, match='cannot import name'):
        run(made, ROOT, tmp_path)
