"""The package as student code finds it: the student's modules among the given files, and nothing that judges."""

import functools
from pathlib import Path

from cs231n._shared.paths import ROOT
from cs231n.checks import CHECKS
from cs231n.handout.stages import copy_what_is_given, left_out, stub_modules

CHECKS_FOLDER = 'cs231n/checks/'
NEEDED = (  # of the checks, by the worker: no inputs, no answers
    'engine/calling.py', 'engine/compare.py', 'engine/errors.py', 'engine/meanings.py', 'engine/reasons.py',
    'engine/time_limit.py', 'grader/values.py', 'grader/worker.py', 'lessons/*/student_side.py',
    'lessons/style_transfer/gradients.py',
    'lessons/network_visualization/classifier.py')
LARGEST = 2 * 2**20  # bytes of a module


def edited():
    """Return the modules that students write, as paths such as 'cs231n/rnn_layers.py'."""
    return sorted({one.module.replace('.', '/') + '.py' for one in CHECKS.values()})


@functools.cache
def given():
    """{path: bytes} of the given files; what a student is to write is a stub, so that a missing module is one."""
    files = {}
    copy_what_is_given(ROOT, files)
    stub_modules(ROOT, files)
    return {name: _of_checks(name, data) if name.startswith(CHECKS_FOLDER) else data for name, data in files.items()
            if name.startswith('cs231n/') and name.endswith('.py')
            and (not name.startswith(CHECKS_FOLDER) or name.endswith('/__init__.py') or _is_needed(name))}


def _is_needed(name):
    return any(Path(name).match(CHECKS_FOLDER + pattern) for pattern in NEEDED)


def _of_checks(name, data):
    """Empty the packages of the checks: their __init__ would import what is not there."""
    return b'' if name.endswith('/__init__.py') else data


def assemble(folder, to):
    """Write the package to a new folder. Of the student's, modules of the lessons and new ones are taken."""
    files = dict(given())
    for path in sorted(Path(folder).rglob('*.py')):
        name = path.relative_to(folder).as_posix()
        new = name not in files and not name.startswith(CHECKS_FOLDER) and not left_out(name)
        if name.startswith('cs231n/') and (name in edited() or new) and _is_ordinary(path):
            files[name] = path.read_bytes()
    write_files(files, to)


def write_files(files, to):
    """Write {path: bytes} into a folder."""
    for name, data in files.items():
        path = Path(to) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _is_ordinary(path):
    """Whether it is a file, not a link to one, and of the size of a module."""
    return path.is_file() and not path.is_symlink() and path.stat().st_size <= LARGEST
