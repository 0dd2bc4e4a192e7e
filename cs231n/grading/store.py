"""What is known of each submission, in one file each, written whole or not at all.

A file is named by the digests of the submission and of the grader, so that an interrupted run goes on where it was, a
repeated one does nothing, and a regrade stands beside the old scores.
"""

import hashlib
import json
from datetime import datetime, timezone
from functools import cache
from importlib.metadata import version
from pathlib import Path

from cs231n._shared.files import write_atomically
from cs231n._shared.paths import ROOT
from cs231n.checks import CHECKS
from cs231n.checks.engine.result import Result
from cs231n.grading.plain import plain

LIBRARIES = 'numpy', 'torch', 'torchvision'  # another release may round otherwise
FIELDS = 'name', 'points', 'max_points', 'hint', 'where', 'note', 'verdicts', 'outcome', 'not_graded'


@cache
def grader_digest():
    """Return what changes with the code that grades, and with the libraries it computes with."""
    found = hashlib.sha256(' '.join(version(name) for name in LIBRARIES).encode())
    for path in sorted((ROOT / 'cs231n').rglob('*.py')):
        found.update(path.relative_to(ROOT).as_posix().encode() + b'\0' + path.read_bytes().replace(b'\r\n', b'\n'))
    return found.hexdigest()


def key(submission, seed, names):
    """Names the result of one submission from one grader, with one seed, on some checks."""
    parts = submission.digest, grader_digest(), str(seed), *names
    return hashlib.sha256('\n'.join(parts).encode()).hexdigest()[:20]


def as_dict(result):
    """Return a Result as plain values, its texts made harmless."""
    found = {name: getattr(result, name) for name in FIELDS}
    found['notebook'] = CHECKS[result.name].notebook
    for name in ('hint', 'where', 'note', 'not_graded'):
        found[name] = plain(found[name]) if found[name] else None
    found['verdicts'] = [[plain(output), bool(right), plain(detail)] for output, right, detail in result.verdicts]
    return found


def not_graded(names, reason):
    """Return the results of checks that no machine could carry out."""
    return [as_dict(Result(name, False, 0, CHECKS[name].points, not_graded=plain(reason))) for name in names]


def record(submission, seed, results, sandbox='', seconds=0.0):
    """All that is to be kept of one graded submission; results: dicts as from as_dict."""
    return {
        'graded': datetime.now(timezone.utc).isoformat(timespec='seconds'), 'seed': seed, 'sandbox': plain(sandbox),
        'seconds': round(seconds, 2), 'grader': grader_digest(), 'digest': submission.digest, 'slug': submission.slug,
        'source': submission.source, 'late': submission.late, 'missing': list(submission.missing),
        'notes': list(submission.notes), 'refused': submission.refused,
        'students': [vars(one) for one in submission.students], 'results': results,
    }


def points(found):
    """Return what a record earns; None if the submission was refused, or if nothing could be graded."""
    graded = [one for one in found['results'] if one['outcome'] != 'not graded']
    return sum(one['points'] for one in graded) if graded else None


def max_points(found):
    """Return what all checks of a record are worth."""
    return sum(one['max_points'] for one in found['results'])


def is_whole(found):
    """Whether there is nothing in a record that is to be graded again."""
    return all(one['outcome'] != 'not graded' for one in found['results'])


class Store:
    """The folder of results: <folder>/<slug>/<key>.json."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def path(self, slug, key):
        """Where the record of a submission lies."""
        return self.folder / slug / f'{key}.json'

    def read(self, slug, key):
        """Return the record of that key; None if there is none, or none that is whole."""
        return _read(self.path(slug, key))

    def write(self, slug, key, found):
        """Keep a record."""
        write_atomically(self.path(slug, key), json.dumps(found, indent=1, ensure_ascii=False) + '\n')

    def earlier(self, slug, key):
        """Return the records of other submissions of the same student, or from other graders, the latest last."""
        found = [_read(path) for path in sorted((self.folder / slug).glob('*.json')) if path.stem != key]
        return sorted((one for one in found if one), key=lambda one: one['graded'])


def _read(path):
    try:
        found = json.loads(path.read_text(encoding='utf-8'))
        return found if {'results', 'slug', 'graded'} <= found.keys() else None
    except (OSError, ValueError, AttributeError):
        return None
