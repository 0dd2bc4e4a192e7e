"""Builds the zip that Gradescope takes: python -m cs231n.grading.autograder."""

import argparse
import json
import re
import sys
from pathlib import Path

from cs231n._shared.console import command
from cs231n._shared.files import replacing
from cs231n._shared.paths import ROOT
from cs231n.checks import CHECKS
from cs231n.checks.grader.grade import chosen
from cs231n.course.assignment import EDITIONS
from cs231n.grading.autograder.harness import CONFIG
from cs231n.handout.build import write_zip

HERE = Path(__file__).parent
SCRIPTS = 'setup.sh', 'run_autograder'
PACKAGE = 'cs231n/**/*.py', 'datasets/sample/*.pt', 'datasets/sample/*.json', 'datasets/files.tsv', 'LICENSE'
MORE = 'psutil', 'pyyaml', 'fissix'  # of the other requirements


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


def mode(name):
    """Return the permissions of a file."""
    return 0o755 if name in SCRIPTS else 0o644


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
        names = [one.name for one in chosen(arguments.checks or (), arguments.edition, extra=bool(arguments.checks))]
        if not re.fullmatch(r'(https://[\w./-]+)?', arguments.torch):
            raise ValueError(f'--torch: must be an address that begins with https://, got {arguments.torch!r}')
        with replacing(arguments.to) as part:
            write_zip(part, contents(names, arguments.hints_after_due, arguments.torch), folder='', mode=mode)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f'{arguments.to}: {arguments.to.stat().st_size / 1e6:.1f} MB, {len(names)} checks')
    return 0


if __name__ == '__main__':
    sys.exit(main())
