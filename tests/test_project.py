"""What holds for the project as a whole: requirements with reasons, small documented modules, clean words."""

import ast
import re
import subprocess
import sys

import pytest

from cs231n._shared.paths import ROOT

MAX_LINES = 350
FOLDERS = ('cs231n', 'tests', 'notebooks', 'benchmarks', 'datasets', '.ci')
SUFFIXES = {'.py', '.md', '.sh', '.toml', '.txt', '.tsv', '.json', '.ipynb', '.html', '.css', ''}
MODULES = sorted((ROOT / 'cs231n').rglob('*.py'))
LIBRARY = [path for path in MODULES if path.parent.name in ('cs231n', 'classifiers')]  # the rest serves these
IMPORT_NAMES = {'PIL': 'pillow', 'skimage': 'scikit-image', 'IPython': 'ipykernel', 'traitlets': 'ipykernel',
                'yaml': 'pyyaml', 'xdist': 'pytest-xdist'}
NOT_IMPORTED = {'scikit-image',   # what a command runs or another package needs
    'jupyterlab', 'ipykernel', 'pytest-xdist', 'nbval', 'ruff', 'mypy', 'import-linter',
    'setuptools', 'cryptography',
}
# Assembled, so that this file does not hold the words it looks for.
FORBIDDEN = re.compile('|'.join([
    r'#\s*(?:TO' r'DO|FIX' r'ME|XX' r'X)\b', r'(?<![\w.}])/(?:wo' r'rk|ro' r'ot|tm' r'p)/', r'\bpypi\.' 'org',
    r'\bpython' r'hosted\b', r'\bnpm' r'js\.', r'\bcl' r'aude\b', r'\banth' r'ropic\b',
]), re.IGNORECASE)


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def requirements():
    """The requirement lines as (name, specifier, reason)."""
    lines = [line for line in (ROOT / 'requirements.txt').read_text().splitlines() if line and line[0] != '#']
    matches = [re.fullmatch(r'([\w-]+)(\S*) +# (\S.{5,})', line) for line in lines]
    assert None not in matches, f'no reason given: {lines[matches.index(None)]}'
    return [match.groups() for match in matches]


def imports(path):
    """The top-level names of all modules that a file imports, wherever in the file it does."""
    for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition('.')[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.partition('.')[0]


def imported(*folders):
    """The third-party packages that the Python files in these folders import, by the name one installs."""
    files = [path for folder in folders for path in (ROOT / folder).rglob('*.py')
             if not path.name.startswith('edition_')]  # old notebooks, which import what is no more
    local = {'cs231n', 'tests', 'benchmarks'} | {path.stem for path in files}
    local |= {path.parent.name for path in files}
    names = {name for path in files for name in imports(path)} - local - set(sys.stdlib_module_names)
    return {IMPORT_NAMES.get(name, name) for name in names}


def test_the_oldest_releases_are_the_lower_bounds():
    lines = (ROOT / 'tests/support/oldest.txt').read_text(encoding='utf-8').splitlines()
    pinned = dict(line[:-2].split('==') for line in lines if '==' in line)
    bounds = {name: specifier.removeprefix('>=') for name, specifier, _ in requirements()}
    assert len(pinned) == 7 and pinned == {name: bounds[name] for name in pinned}
    named = [word.strip('.;') for line in lines if line[0] == '#' for word in line.split() if word.startswith('tests/')]
    assert named and all((ROOT / name).is_file() for name in named)


def test_every_requirement_has_a_reason_and_no_upper_bound():
    for name, specifier, _ in requirements():
        assert re.fullmatch(r'>=[\d.]+', specifier), f'{name}{specifier}: expected a lower bound only'


def test_everything_imported_is_required():
    assert imported('cs231n', 'tests', 'benchmarks') <= {name for name, _, _ in requirements()}


def test_everything_required_is_used():
    used = imported('cs231n', 'tests', 'benchmarks') | NOT_IMPORTED
    assert {name for name, _, _ in requirements()} <= used


@pytest.mark.parametrize('path', MODULES, ids=name_of)
def test_a_module_is_small_and_says_what_it_is(path):
    text = path.read_text(encoding='utf-8')
    assert len(text.splitlines()) <= MAX_LINES
    assert not text.strip() or ast.get_docstring(ast.parse(text)), 'the module has no docstring'


@pytest.mark.parametrize('path', LIBRARY, ids=name_of)
def test_what_a_student_imports_is_documented(path):
    public = [node for node in ast.parse(path.read_text(encoding='utf-8')).body
              if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith('_')]
    assert [node.name for node in public if not ast.get_docstring(node)] == []


def forbidden(text):
    """The lines of a text that hold a forbidden word."""
    return [line for line in text.splitlines() if FORBIDDEN.search(line)]


def is_data(path):
    """Whether a file lies in a folder below datasets/."""
    return ROOT / 'datasets' in path.parent.parents


def test_no_word_of_a_machine_or_of_unfinished_work():
    paths = [path for path in ROOT.iterdir() if path.is_file()]
    paths += [path for folder in FOLDERS for path in (ROOT / folder).rglob('*') if path.is_file()]
    texts = {name_of(path): path.read_text(encoding='utf-8') for path in paths
             if path.suffix in SUFFIXES and path.name != '.git' and not is_data(path)
             and '__pycache__' not in path.parts}
    assert len(texts) > 10
    assert {name: lines for name, text in texts.items() if (lines := forbidden(text))} == {}


@pytest.mark.parametrize('line', [
    '# TO' 'DO: later', 'x = 1  # fix' 'me', 'cd /wo' 'rk/main', "'/tm" "p/x'", 'pypi.' 'org', '/ro' 'ot/.x',
])
def test_a_forbidden_word_is_found(line):
    assert forbidden(f'fine\n{line}\nfine') == [line]


@pytest.mark.parametrize('line', ['network/root/leaf', 'tests/tmp/x', '{root}/tmp/x', 'to do', 'homework/1'])
def test_an_innocent_line_is_not(line):
    assert forbidden(line) == []


def test_the_numpy_layers_do_not_wait_for_torch():
    code = "import sys, cs231n.rnn_layers; print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, '-c', code], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert (run.stdout, run.stderr) == ('False\n', '')


def test_every_make_target_tells_what_it_does():
    makefile = (ROOT / 'Makefile').read_text()
    targets = ' '.join(re.findall(r'^\.PHONY: (.+)$', makefile, re.M)).split()
    told = re.findall(r'^([a-z-]+):.* ## \w', makefile, re.M)
    assert {'run', 'test', 'lab', 'check', 'submit', 'handout', 'clean', 'help'} <= set(targets) == set(told)
