"""Submissions that look alike, by copydetect; what students were given does not count.

It runs in a process of its own, with a limit of time and memory: it reads strangers' sources with regular expressions.
"""

import io
import json
import subprocess
import sys
import tempfile
import tokenize
from pathlib import Path

from cs231n._shared.paths import ROOT
from cs231n.grading.package import given

SHARE = 0.5       # of what one student wrote stands in the other's, too
MEMORY = 8 * 2**30
SHORTEST = 25     # tokens of a passage that counts
MANY = 200        # pairs that are shown


def lookalikes(modules, seconds=3600):
    """Pairs of submissions as dicts, the most alike first. TimeoutError if it takes longer, RuntimeError if it fails.

    modules: {slug: {path: source}}
    """
    with tempfile.TemporaryDirectory(prefix='lookalikes-') as folder:
        _write(Path(folder) / 'given', {path: given()[path] for one in modules.values() for path in one
                                        if path in given()})
        for slug, sources in modules.items():
            _write(Path(folder) / 'students' / slug, sources)
        try:
            run = subprocess.run([sys.executable, '-m', 'cs231n.grading.reports.lookalikes', folder], cwd=ROOT,
                                 capture_output=True, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f'no result after {seconds:g} s') from None
        if run.returncode:
            raise RuntimeError(f'copydetect ended with {run.returncode}')
        return json.loads((Path(folder) / 'pairs.json').read_text(encoding='utf-8'))


def _write(folder, sources):
    """One file for all modules: 1,000 submissions are half a million pairs as it is."""
    folder.mkdir(parents=True)
    texts = []
    for path in sorted(sources):
        encoding, _ = tokenize.detect_encoding(io.BytesIO(sources[path]).readline)
        texts.append(sources[path].decode(encoding, errors='replace'))
    (folder / 'all.py').write_text('\n\n'.join(texts), encoding='utf-8')


def _limit_memory():
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError):  # not on Windows
        pass


def main(folder):
    """Write <folder>/pairs.json."""
    from copydetect import CopyDetector  # slow to import

    _limit_memory()
    students = [str(path) for path in sorted((folder / 'students').iterdir())]
    detector = CopyDetector(test_dirs=students, boilerplate_dirs=[str(folder / 'given')], extensions=['py'],
                            noise_t=SHORTEST, guarantee_t=SHORTEST, display_t=SHARE, silent=True)
    detector.run()
    pairs = [{'one': Path(one).parent.name, 'share': round(100 * share),
              'other': Path(other).parent.name, 'other_share': round(100 * other_share)}
             for share, other_share, one, other, *_ in detector.get_copied_code_list()]
    (folder / 'pairs.json').write_text(json.dumps(pairs[:MANY]), encoding='utf-8')


if __name__ == '__main__':
    main(Path(sys.argv[1]))
