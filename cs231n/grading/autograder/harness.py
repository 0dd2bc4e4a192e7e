"""Grades what lies in /autograder/submission, and writes /autograder/results/results.json after each notebook."""

import argparse
import json
import os
import secrets
import sys
import tempfile
import time
from pathlib import Path

from cs231n._shared.console import command
from cs231n._shared.files import write_atomically
from cs231n._shared.paths import ROOT
from cs231n.checks import CHECKS
from cs231n.grading import store
from cs231n.grading.intake import read_submission
from cs231n.grading.labels import Student
from cs231n.grading.package import edited, write_files
from cs231n.grading.reports.gradescope import results
from cs231n.grading.submission import grade_submission

ACCOUNT = 'student'
SECONDS = 500            # for all notebooks together; Gradescope commonly gives 600
CONFIG = 'autograder.json'
NOT_THROUGH = 'The autograder was stopped before it was through. This costs no points: hand in again.'


def shut(root):
    """Take from all accounts but ours what only we are to read or write."""
    os.umask(0o022)
    for path in root / 'source', root / 'results', root / 'submission', root / 'submission_metadata.json':
        if path.exists():
            path.chmod(path.stat().st_mode & ~0o007)


def account():
    """Return (number of the account, of its group) that students' code runs as; None where there is none to choose."""
    if os.name != 'posix' or os.geteuid():
        return None
    import pwd  # not on Windows
    try:
        found = pwd.getpwnam(ACCOUNT)
    except KeyError:
        return None
    return found.pw_uid, found.pw_gid


def read_config(root):
    """Return what the builder of the zip has chosen."""
    return json.loads((root / CONFIG).read_text(encoding='utf-8'))


def grade(one, names, seed, say):
    """Return the results of all checks, as dicts; say(results so far, sandbox) is called after each notebook."""
    found, sandbox, start = [], '', time.monotonic()
    notebooks = list(dict.fromkeys(CHECKS[name].notebook for name in names))
    with tempfile.TemporaryDirectory() as folder:
        write_files(one.modules, folder)
        for notebook in notebooks:
            asked = [name for name in names if CHECKS[name].notebook == notebook]
            try:
                graded = grade_submission(folder, seed, asked, user=account(),
                                          seconds=max(1, SECONDS - (time.monotonic() - start)))
                found, sandbox = found + [store.as_dict(result) for result in graded.results], graded.sandbox
            except Exception as error:  # a full disk, a fault of ours: nothing that the student did
                found += store.not_graded(asked, f'{type(error).__name__}: {error}')
            say(found, sandbox)
    return found, sandbox


def run(root):
    """Grade the submission of an /autograder."""
    shut(root)
    config = read_config(ROOT)
    one = read_submission(root / 'submission', [Student('a student')], sorted(set(edited()) & set(config['modules'])))
    seed, start, path = secrets.randbits(31), time.monotonic(), root / 'results' / 'results.json'

    def write(found, sandbox, through=True):
        record = store.record(one, seed, found, sandbox, time.monotonic() - start)
        told = results(record, config['hints_after_due'])
        if not through:
            told |= {'output': NOT_THROUGH, 'score': store.points(record) or 0}
        write_atomically(path, json.dumps(told, indent=1))
        path.chmod(0o640)

    write([], '', through=False)
    if one.refused:
        write(store.not_graded(config['checks'], one.refused), '')
        return
    found, sandbox = grade(one, config['checks'], seed, lambda *told: write(*told, through=False))
    write(found, sandbox)
    print(f'seed {seed}, {sandbox}')


def trial(root):
    """Grade an empty submission: 0 if everything could be graded."""
    with tempfile.TemporaryDirectory() as folder:
        for name in 'submission', 'results':
            (Path(folder) / name).mkdir()
        run(Path(folder))
        told = json.loads((Path(folder) / 'results' / 'results.json').read_text(encoding='utf-8'))
    left = [test['name'] for test in told['tests'] if 'score' not in test]
    print(f'{len(told["tests"])} checks' + (f', not graded: {", ".join(left)}: {told["tests"]}' if left else ''))
    return 1 if left or not told['tests'] else 0


@command
def main():
    """Return 0 if results were written."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('root', type=Path, help='/autograder')
    parser.add_argument('--trial', action='store_true', help='see whether an empty submission can be graded')
    arguments = parser.parse_args()
    if arguments.trial:
        return trial(arguments.root)
    run(arguments.root)
    return 0


if __name__ == '__main__':
    sys.exit(main())
