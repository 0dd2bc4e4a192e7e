"""Builds the zip that Gradescope takes: python -m cs231n.grading.autograder."""

import argparse
import io
import json
import re
import sys
import zipfile
from pathlib import Path

from cs231n._shared.console import command
from cs231n._shared.files import write_atomically
from cs231n._shared.paths import ROOT
from cs231n.checks import CHECKS
from cs231n.course.assignment import EDITIONS
from cs231n.grading.__main__ import chosen
from cs231n.grading.autograder.harness import CONFIG

HERE = Path(__file__).parent
SCRIPTS = 'setup.sh', 'run_autograder'
PACKAGE = 'cs231n/**/*.py', 'datasets/sample/*.pt', 'datasets/sample/*.json', 'datasets/files.tsv', 'LICENSE'
DATE = 1980, 1, 1, 0, 0, 0
MORE = 'pyyaml', 'fissix'  # of the requirements of grading a class


def requirements(text):
    """Return the lines of requirements.txt that grading one submission needs."""
    assignment = re.search(r'^# -- the assignment$\n(.*?)\n\n', text, re.M | re.S)[1].splitlines()
    more = [line for line in text.splitlines() if line.startswith(tuple(f'{name}>' for name in MORE))]
    return ''.join(f'{line.partition("#")[0].strip()}\n' for line in [*assignment, *more])


def contents(names, hints_after_due=False, torch=''):
    """Return {path in the zip: bytes}."""
    files = {path.relative_to(ROOT).as_posix(): path.read_bytes()
             for pattern in PACKAGE for path in sorted(ROOT.glob(pattern)) if '__pycache__' not in path.parts}
    for name in SCRIPTS:
        files[name] = (HERE / name).read_bytes().replace(b'\r\n', b'\n')
    if torch:
        files['setup.sh'] = files['setup.sh'].replace(b'set -euo pipefail\n', b'set -euo pipefail\n'
                                                      + f"TORCH='torch torchvision --index-url {torch}'\n".encode(), 1)
    files['requirements.txt'] = requirements((ROOT / 'requirements.txt').read_text(encoding='utf-8')).encode()
    modules = sorted({CHECKS[name].module.replace('.', '/') + '.py' for name in names})
    files[CONFIG] = json.dumps({'checks': names, 'modules': modules, 'hints_after_due': hints_after_due}).encode()
    return files


def zipped(files):
    """Return the bytes of the zip, equal for equal files; scripts are executable, at its root."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, DATE)
            entry.create_system, entry.compress_type = 3, zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if name in SCRIPTS else 0o100644) << 16
            archive.writestr(entry, content)
    return data.getvalue()


@command
def main(argv=None):
    """Return 0 if the zip was written, 2 if not."""
    parser = argparse.ArgumentParser(prog='python -m cs231n.grading.autograder', description=__doc__.splitlines()[0])
    parser.add_argument('--to', type=Path, default=ROOT / 'build' / 'autograder.zip', metavar='ZIP')
    parser.add_argument('--checks', nargs='+', metavar='NAME', help='notebooks or functions; all, if not given')
    parser.add_argument('--edition', choices=EDITIONS, help='in which the captioning model is written')
    parser.add_argument('--hints-after-due', action='store_true', help='show hints from the due date on')
    parser.add_argument('--torch', default='', metavar='ADDRESS',
                        help="of PyTorch's index of CPU builds, which saves 4 GB of the image")
    arguments = parser.parse_args(argv)
    try:
        names = chosen(arguments.checks, arguments.edition)
        if not re.fullmatch(r'(https://[\w./-]+)?', arguments.torch):
            raise ValueError(f'--torch: must be an address that begins with https://, got {arguments.torch!r}')
        write_atomically(arguments.to, zipped(contents(names, arguments.hints_after_due, arguments.torch)))
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f'{arguments.to}: {arguments.to.stat().st_size / 1e6:.1f} MB, {len(names)} checks')
    return 0


if __name__ == '__main__':
    sys.exit(main())
