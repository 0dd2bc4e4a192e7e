"""Hands in: `python -m cs231n.course.submit` says what is missing; if nothing is, it writes build/submission.zip.

In the zip are the modules that a student edits, the notebooks as they were run, each as a web page too, and
manifest.json with the digests of all files and the versions of the libraries.
"""

import argparse
import ast
import hashlib
import io
import json
import platform
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from cs231n._shared.console import command
from cs231n._shared.files import write_atomically
from cs231n._shared.paths import ROOT, build_dir
from cs231n.course.assignment import PLAN
from cs231n.course.execution import Execution
from cs231n.course.student_extension import STAMP, WAITS, digest

AGAIN = 'restart its kernel, run all cells, and save'
UNANSWERED = '*write it here.*'
LIBRARIES = 'numpy', 'scipy', 'torch', 'torchvision', 'h5py', 'pillow', 'matplotlib', 'ipykernel', 'nbformat'


def stubs_left(path: Path) -> Iterator[str]:
    """Yield the functions in a module whose stub is still there. SyntaxError or ValueError if it is none."""
    raised = [node for node in ast.walk(ast.parse(path.read_text(encoding='utf-8-sig'), path.name))
              if isinstance(node, ast.Raise)]
    for node in sorted(raised, key=lambda node: node.lineno):
        if isinstance(node.exc, ast.Call) and node.exc.args:
            name, message = getattr(node.exc.func, 'id', ''), node.exc.args[0]
            if name == 'NotImplementedError' and isinstance(message, ast.Constant):
                yield str(message.value).partition(':')[0]


def missing_in_module(name: str, root: Path) -> Iterator[str]:
    """Yield what is missing in a module that a student edits, as sentences."""
    path = root / name
    if not path.is_file():
        yield f'{name}: the file is gone'
        return
    try:
        yield from (f'{name}: {function} is not written yet' for function in stubs_left(path))
    except SyntaxError as error:
        yield f'{name}: line {error.lineno or 1} is no valid Python: {error.msg}'
    except ValueError as error:  # zeros, or another encoding
        yield f'{name}: is no valid Python: {error}'


def read_notebook(data: bytes) -> NotebookNode:
    """Return a notebook from the bytes of its file, with or without the mark of the byte order that Windows sets."""
    return nbformat.reads(data.decode('utf-8-sig'), as_version=4)


def missing_in_notebook(name: str, modules: Iterable[str], root: Path) -> Iterator[str]:
    """Yield what is missing in a notebook, as sentences; modules: the paths of those that it rests on."""
    path = root / 'notebooks' / f'{name}.ipynb'
    label = f'{name}.ipynb'
    if not path.is_file():
        yield f'{label}: the file is gone'
        return
    try:
        notebook = read_notebook(path.read_bytes())
    except Exception as error:  # nbformat and json have many
        yield f'{label}: cannot be read: {error}'
        return
    try:  # nbformat also lets pass what no notebook is: a code cell without outputs, a source that is no text
        found = list(_about_notebook(notebook, label, modules, root))
    except (AttributeError, TypeError, KeyError) as error:
        found = [f'{label}: is damaged, a cell is not as Jupyter writes it: {type(error).__name__}: {error}']
    yield from found


def _about_notebook(notebook: NotebookNode, label: str, modules: Iterable[str], root: Path) -> Iterator[str]:
    code = [cell for cell in notebook.cells if cell.cell_type == 'code' and cell.source.strip()]
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        yield f'{label}: was not run once from top to bottom: {AGAIN}'
    else:
        yield from (f'{label}: {sentence}' for sentence in _about_stamp(code, modules, root))
    for cell in code:
        for sentence in _about_outputs(cell):
            yield f'{label}, cell [{cell.execution_count}]: {sentence}'
    open_questions = sum(UNANSWERED in cell.source for cell in notebook.cells if cell.cell_type == 'markdown')
    if open_questions:
        yield f'{label}: {open_questions} question{"s have" if open_questions > 1 else " has"} no answer yet'


def shown(output: NotebookNode) -> str:
    """Return the text of an output, whatever its type."""
    return output.get('text') or output.get('data', {}).get('text/plain', '')


def _about_stamp(code: Sequence[NotebookNode], modules: Iterable[str], root: Path) -> Iterator[str]:
    """Yield the modules that have changed since the run began; the student's extension printed their digests then."""
    stamps = dict(STAMP.findall(''.join(shown(output) for cell in code for output in cell.outputs)))
    for module in modules:
        if module not in stamps:
            yield f'its first cell does not tell which {module} it ran with: {AGAIN}'
        elif (root / module).is_file() and stamps[module] != digest(root / module):
            yield f'{module} has changed since it was run: {AGAIN}'


def _about_outputs(cell: NotebookNode) -> Iterator[str]:
    for output in cell.outputs:
        if output.output_type == 'error':
            yield f'failed with {output.ename}'
        elif shown(output).startswith(WAITS):
            yield 'waits' + shown(output)[len('This cell waits'):].partition(':')[0].rstrip('.')


def missing(root: Path = ROOT) -> list[str]:
    """Return all that is missing, as sentences. FileNotFoundError in the solved repository, which hands in nothing."""
    if not (root / PLAN.relative_to(ROOT)).is_file():
        raise FileNotFoundError("this is not a student's folder, so there is nothing to hand in")
    plan = json.loads((root / PLAN.relative_to(ROOT)).read_text(encoding='utf-8'))
    found: list[str] = []
    for module in plan['edited']:
        found += missing_in_module(module, root)
    for name in plan['notebooks']:
        found += missing_in_notebook(name, [module for module, asked in plan['edited'].items() if name in asked], root)
    return found


def contents(root: Path, lacks: Sequence[str]) -> tuple[dict[str, bytes], list[str]]:
    """Return {name in the zip: bytes}, the manifest last, and what could not be made, as sentences."""
    from cs231n.course.pages import page  # slow to import

    plan = json.loads((root / PLAN.relative_to(ROOT)).read_text(encoding='utf-8'))
    files, failed = {}, []
    for name in [*plan['edited'], *(f'notebooks/{name}.ipynb' for name in plan['notebooks'])]:
        if (root / name).is_file():
            files[name] = (root / name).read_bytes()
    for name in plan['notebooks']:
        if f'notebooks/{name}.ipynb' in files:
            try:
                notebook = read_notebook(files[f'notebooks/{name}.ipynb'])
                files[f'html/{name}.html'] = page(Execution(name, notebook, len(notebook.cells), 0, 0)).encode()
            except Exception as error:  # a damaged notebook is handed in as it is, without its page
                failed.append(f'{name}.ipynb: has no web page: {type(error).__name__}: {error}'[:300])
    manifest = {'missing': [*lacks, *failed], 'versions': versions(),
                'sha256': {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}}
    return {**files, 'manifest.json': json.dumps(manifest, indent=1).encode()}, failed


def versions() -> dict[str, str | None]:
    """Return {what: its version}, of Python, the system and the libraries."""
    found: dict[str, str | None] = {'python': platform.python_version(), 'system': platform.system()}
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            found[library] = None
    return found


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return the bytes of a zip of {name: bytes}."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


@command
def main(argv: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Return 0 if the zip was written, 1 if something is missing or in the way, 2 where nothing is to be handed in."""
    parser = argparse.ArgumentParser(
        prog='python -m cs231n.course.submit', description=(__doc__ or '').partition('\n')[0])
    parser.add_argument('--anyway', action='store_true', help='write the zip even if something is missing')
    arguments = parser.parse_args(argv)
    try:
        lacks = missing(root)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    if lacks:
        print('missing:', *(f'  {sentence}' for sentence in lacks), sep='\n')
        if not arguments.anyway:
            print('Nothing was written. To hand in what is there: make submit ARGS=--anyway, or, in .venv,'
                  ' python -m cs231n.course.submit --anyway')
            return 1
    try:
        build = build_dir(root)
    except PermissionError as error:  # told before the pages are made
        print(f'cannot write into the folder build: {error}', file=sys.stderr)
        return 1
    path = build / 'submission.zip'
    files, failed = contents(root, lacks)
    try:
        for name in files:
            if name.startswith('html/'):
                write_atomically(build / name, files[name])
        write_atomically(path, zipped(files))  # last: if something is in the way, no new zip looks ready
    except OSError as error:
        print(f'cannot write into the folder build, so no new submission.zip is ready to hand in: {error}',
              file=sys.stderr)
        return 1
    print(*(f'  {name}' for name in files), sep='\n')
    if failed:
        print('not in the zip, which can be handed in all the same:', *(f'  {one}' for one in failed), sep='\n')
    print(f'{path}: {path.stat().st_size / 1e6:.1f} MB, ready to hand in')
    return 0


if __name__ == '__main__':
    sys.exit(main())
