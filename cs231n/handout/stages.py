"""What happens to the repository on its way to a student, in order.

A stage is a function of (root, files): root is the repository, files the student's folder so far, {path: bytes},
which it changes.
"""

import ast
import io
import json
import re
from pathlib import Path

from cs231n._shared.paths import ROOT
from cs231n.course import assignment
from cs231n.course.assignment import EXTRA, NOTEBOOKS, path_of
from cs231n.handout.markers import MarkerError, clear_text, code_blocks, stub

Files = dict[str, bytes]  # of a path, its content

GIVEN = ['.gitignore', 'LICENSE', 'MANIFEST.in', 'Makefile', 'get_datasets.sh', 'pyproject.toml',
         'requirements.txt', 'constraints.txt', 'setup.py',
         'cs231n/**/*.py', *map(path_of, NOTEBOOKS | EXTRA),
         'cs231n/datasets/get_datasets.sh', 'datasets/README.md', 'datasets/files.tsv', 'datasets/sample/squeezenet*',
         'datasets/sample/digit_net*',
         'docs/scenes.jpg']
ANSWER_KEY = 'cs231n/answer_key'
NOT_GIVEN = {  # folder: why a student does not get it; whatever is put into one of these is left out and looked for
    ANSWER_KEY: 'right and wrong answers, as code, and what wrong ones are told',
    'cs231n/handout': 'builds this folder',
    'cs231n/grading': 'judges what is handed in',
    'cs231n/sample_world/training': 'the weights are there',
}
ANSWERS = 'cs231n/checks/engine/answers.npz'
PLAN = assignment.PLAN.relative_to(ROOT).as_posix()
SETUP = '%reload_ext cs231n.course.student_extension'  # a cell that waits for an answer says so; a run is stamped
BARE = {'kernelspec': {'display_name': 'Python 3', 'language': 'python', 'name': 'python3'},
        'language_info': {'name': 'python'}}


def left_out(path: str) -> bool:
    """Tell whether a student does not get the file of this path."""
    return path.startswith(tuple(f'{folder}/' for folder in NOT_GIVEN))


def copy_what_is_given(root: Path, files: Files) -> None:
    """Copy everything in GIVEN that is not in NOT_GIVEN, with the line ends of the repository."""
    for pattern in GIVEN:
        for path in sorted(root.glob(pattern)):
            name = path.relative_to(root).as_posix()
            if path.is_file() and not left_out(name):
                data = path.read_bytes()
                files[name] = data if is_binary(name) else data.replace(b'\r\n', b'\n')


def is_binary(name: str) -> bool:
    """Tell whether a file is no text."""
    return name.endswith(('.pt', '.npz', '.jpg', '.png'))


def choose_edition(root: Path, files: Files) -> None:
    """Leave out the notebooks on captions where they are to be written in PyTorch: they ask for NumPy."""
    if _edition(files) == 'pytorch':
        for name in ('RNN', 'LSTM', 'Attention'):
            files.pop(path_of(name), None)


def _edition(files: Files) -> str:
    """Return the edition that is built, which stands in the plan from the beginning."""
    return json.loads(files[PLAN])['edition'] if PLAN in files else 'numpy'


def cut_maintainers_parts(root: Path, files: Files) -> None:
    """Cut the sections between `# BEGIN MAINTAINERS` and `# END MAINTAINERS` in files that are no Python."""
    for name in ('Makefile', 'pyproject.toml', 'requirements.txt', 'setup.py'):
        cut = re.sub(r'^# BEGIN MAINTAINERS$.*?^# END MAINTAINERS$\n?', '', files[name].decode(), flags=re.M | re.S)
        files[name] = cut.rstrip('\n').encode() + b'\n'


def stub_modules(root: Path, files: Files) -> None:
    """Turn the solutions in modules into stubs; drop a module that is nothing but a solution."""
    for name in [name for name in files if name.endswith('.py')]:
        stubbed = stub(files[name].decode(), name)
        if stubbed is None:
            del files[name]
        else:
            files[name] = stubbed.encode()


def refuse_orphans(root: Path, files: Files) -> None:
    """Raise MarkerError if a helper in a module that students edit is left over: it is part of an answer."""
    sources = '\n'.join(data.decode() for name, data in files.items() if name.endswith('.py'))
    for name in json.loads(files[PLAN])['edited']:
        for node in ast.parse(files[name]).body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name.startswith('_') \
                    and len(re.findall(rf'\b{node.name}\b', sources)) == 1:
                raise MarkerError(f'{name}: {node.name} serves solutions only: put it between the markers, too')


def clear_notebooks(root: Path, files: Files) -> None:
    """Drop solutions, outputs and execution counts; have the first code cell load the student's extension."""
    for name in [name for name in files if name.endswith('.ipynb')]:
        notebook = json.loads(files[name])
        notebook['metadata'] = BARE
        code = [cell for cell in notebook['cells'] if cell['cell_type'] == 'code']
        for cell in notebook['cells']:
            text, where = ''.join(cell['source']), f'{name}, cell {cell["id"]}'
            source = (stub(text, where) or '') if cell in code else clear_text(text, where)
            source = f'{SETUP}\n{source}' if code and cell is code[0] else source
            cell['source'] = source.splitlines(keepends=True)
            cell['metadata'] = {key: value for key, value in cell['metadata'].items() if key == 'tags'}
            if cell in code:
                cell['outputs'], cell['execution_count'] = [], None
        files[name] = json.dumps(notebook, indent=1, ensure_ascii=False).encode() + b'\n'


def store_answers(root: Path, files: Files) -> None:
    """Store what the checks compare with: outputs as arrays, hints under seal."""
    from cs231n.answer_key import computed
    from cs231n.checks import CHECKS
    from cs231n.checks.engine import stored

    checks = [one for check in CHECKS.values() for one in (check, *check.also)]
    networks = {one.name: sorted({case['x'].shape[1] for case in one.cases()}) for one in checks if one.network}
    file = io.BytesIO()
    stored.write(file, checks, computed, networks)
    files[ANSWERS] = file.getvalue()


def list_what_is_edited(root: Path, files: Files) -> None:
    """Write cs231n/handout.json: which modules a student edits, and which notebooks rest on each.

    What is beyond the five is not in it: nobody has to hand it in.
    """
    from cs231n.checks import CHECKS, all_checks

    present = [name for name in NOTEBOOKS if path_of(name) in files]
    edition, edited = _edition(files), dict[str, list[str]]()
    others = {one.module for one in CHECKS.values()} - {one.module for one in all_checks(edition)}
    for path in sorted(root.glob('cs231n/**/*.py')):
        name = path.relative_to(root).as_posix()
        if name in files and any(block.task for block in code_blocks(path.read_text(encoding='utf-8'), name)):
            module = name.removesuffix('.py').replace('/', '.')
            if module not in others:
                edited[name] = [one for one in present if one in _asking(root, module)]
    plan = {'edition': edition, 'notebooks': present, 'edited': edited}
    files[PLAN] = json.dumps(plan, indent=1).encode() + b'\n'


def _asking(root: Path, module: str) -> set[str]:
    """Return the notebooks that ask for something in a module, or in one that imports it."""
    from cs231n.checks import all_checks

    name = module.rpartition('.')[2]
    imports = re.compile(rf'import (?:[\w, ]+, )?{name}(?:,|$)|from {re.escape(module)} import', re.MULTILINE)
    asked = set()
    for one in all_checks():
        path = root / (one.module.replace('.', '/') + '.py')
        if one.module == module or imports.search(path.read_text(encoding='utf-8')):
            asked.add(one.notebook)
    return asked


def write_readme(root: Path, files: Files) -> None:
    """Give students their README.md, and AGENTS.md for the assistants that they may ask."""
    for name in ('README', 'AGENTS'):
        text = (root / f'cs231n/handout/{name}.student.md').read_bytes()
        files[f'{name}.md'] = text.replace(b'\r\n', b'\n')


STAGES = (
    copy_what_is_given,
    choose_edition,
    cut_maintainers_parts,
    list_what_is_edited,
    stub_modules,
    refuse_orphans,
    clear_notebooks,
    store_answers,
    write_readme,
)  # then build.py has scan.py look for what has leaked, and writes
