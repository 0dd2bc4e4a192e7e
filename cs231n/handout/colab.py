"""Notebooks that open on Google Colab: a badge, and a first cell that there, and only there, clones and installs."""

import json
import re

FORM = re.compile(r'[\w.-]+/[\w.-]+', re.ASCII)
BADGE = """\
[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/\
{repo}/blob/main/{notebook})

On Google Colab, the next cell fetches your folder and installs what it needs. Anywhere else it does nothing. What you
write there goes when Colab takes its machine back: commit and push it, or download the zip that
`!python -m cs231n.course.submit` writes.
"""
CELL = """\
import os
import sys

if 'google.colab' in sys.modules:
    if not os.path.isdir('{folder}'):
        !git clone --quiet --depth 1 https://github.com/{repo} {folder}
    %cd -q {folder}
    sys.path.insert(0, '{folder}')
    %pip install --quiet {needed}
"""


def check_name(repo: str) -> None:
    """Raise ValueError unless it is the name of a repository, 'owner/name', or '' for none."""
    if repo and not FORM.fullmatch(repo):
        raise ValueError(f'repo: must be owner/name of a repository on GitHub, got {repo!r}')


def put_on_colab(repo: str, files: dict[str, bytes]) -> None:
    """Change the notebooks of a student's folder, so that they run on Colab from this repository's branch main."""
    words = {'repo': repo, 'folder': f'/content/{repo.partition("/")[2]}',
             'needed': _needed(files['requirements.txt'].decode())}
    for name in [name for name in files if name.endswith('.ipynb')]:
        notebook = json.loads(files[name])
        badge = {'cell_type': 'markdown', 'id': 'colab-badge', 'metadata': {},
                 'source': BADGE.format(**words, notebook=name).splitlines(keepends=True)}
        first: dict[str, object] = {
            'cell_type': 'code', 'id': 'colab-setup', 'metadata': {}, 'outputs': [], 'execution_count': None,
            'source': CELL.format(**words).splitlines(keepends=True)}
        notebook['cells'][1:1] = [badge, first]
        files[name] = json.dumps(notebook, indent=1, ensure_ascii=False).encode() + b'\n'


def _needed(text: str) -> str:
    """Return the names that the assignment imports: what Colab has of these stays, as do its own kernel and page."""
    lines = text.partition('# -- the assignment\n')[2].partition('\n\n')[0].splitlines()
    return ' '.join(re.split('[>=<~!]', line)[0] for line in lines)
