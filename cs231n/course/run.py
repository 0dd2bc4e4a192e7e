"""Executes the notebooks headless: `run` turns them into web pages, `save` stores their outputs in place.

python -m cs231n.course run [NAME…]    into build/html, with an index page; notebooks/ stays as it is
python -m cs231n.course save NAME…     for maintainers: the outputs are stored in notebooks/
"""

import argparse
import sys
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import nbformat

from cs231n._shared.console import command
from cs231n._shared.files import write_atomically
from cs231n._shared.paths import ROOT, build_dir
from cs231n.course.assignment import EXTRA, NOTEBOOKS, path_of
from cs231n.course.execution import Execution, execute, normalise
from cs231n.course.side_by_side import execute_all, lanes


def find(names: Collection[str], root: Path) -> list[Path]:
    """Return the notebooks of these names below `root`, in the course's order; without names, all that exist.

    Raises ValueError on an unknown name and FileNotFoundError when there is nothing to run.
    """
    every = NOTEBOOKS | EXTRA
    for name in names:
        if name not in every:
            raise ValueError(f"NAME must be one of {', '.join(every)}, got {name!r}")
    paths = [root / path_of(name) for name in every if not names or name in names]
    missing = [path for path in paths if not path.exists()]
    if missing and (names or missing == paths):
        raise FileNotFoundError(f"not found: {', '.join(map(str, missing))}")
    return [path for path in paths if path not in missing]


def report(result: Execution) -> bool:
    """Print how a notebook went; return whether it failed."""
    if result.failure is None:
        print(f'{result.name}: {result.summary()}', flush=True)
    else:
        print(f'{result.name}.ipynb FAILED at {result.failure}', file=sys.stderr, flush=True)
    return result.failure is not None


def run(paths: Iterable[Path], build: Path) -> int:
    """Execute the notebooks into `build`/html and `build`/notebooks; return how many failed."""
    from cs231n.course.pages import index, page, picture_file, pictures  # slow to import; `save` needs none

    results, folder, paths = [], build / 'html', list(paths)
    count = lanes(paths)
    for result in execute_all(paths, count) if count > 1 else map(execute, paths):
        write_atomically(build / 'notebooks' / f'{result.name}.ipynb', nbformat.writes(result.notebook))
        write_atomically(folder / f'{result.name}.html', page(result, home='index.html'))
        for number, picture in enumerate(pictures(result.notebook), start=1):
            write_atomically(folder / picture_file(result.name, number, picture.content), picture.content)
        report(result)
        results.append(result)
    order = [path.stem for path in paths]
    results.sort(key=lambda result: order.index(result.name))
    write_atomically(folder / 'index.html', index(results))
    print(f"the result: {folder / 'index.html'}")
    return sum(result.failure is not None for result in results)


def save(paths: Iterable[Path]) -> int:
    """Execute the notebooks on the sample data and store their outputs; one that fails stays as it was."""
    failed = 0
    for path in paths:
        result = execute(path, env={'CS231N_DATA': 'sample'})
        if result.failure is None:
            write_atomically(path, nbformat.writes(normalise(result.notebook)) + '\n')
        failed += report(result)
    return failed


@command
def main(argv: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run the command line; return 0, or 1 if a notebook failed, 2 with nothing to run, 130 when interrupted."""
    parser = argparse.ArgumentParser(prog='python -m cs231n.course', description=(__doc__ or '').partition('\n')[0])
    commands = parser.add_subparsers(dest='command', required=True)
    for name, count, text in (('run', '*', 'execute into build/html'), ('save', '+', 'store the outputs')):
        commands.add_parser(name, help=text).add_argument('names', nargs=count, metavar='NAME')
    arguments = parser.parse_args(argv)
    try:
        paths = find(arguments.names, root)
        failed = run(paths, build_dir(root)) if arguments.command == 'run' else save(paths)
    except (ValueError, FileNotFoundError, PermissionError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print('interrupted: what was finished is kept, nothing is half-written', file=sys.stderr)
        return 130
    return 1 if failed else 0

