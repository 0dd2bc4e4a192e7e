"""Measures what grading one right submission costs: `python -m benchmarks.grading` writes grading.json.

Computing time, which others on the machine hardly change: of the judge and of the worker for each further submission of
a class; what a class pays once (PyTorch in the judge, the answers to its fresh inputs); and what each layer of the
sandbox adds to the start of a worker that loads NumPy alone, beside a worker without one.
"""

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from unittest.mock import patch

import psutil

from cs231n._shared.console import command
from cs231n._shared.paths import ROOT
from cs231n.checks import all_checks
from cs231n.checks.grader import proxy
from cs231n.grading import hidden, package, submission
from cs231n.grading.sandbox import layers

RESULTS = Path(__file__).with_suffix('.json')
TURNS, STARTS, SEED = 2, 5, 11


def counted(spent):
    """Return an end() for workers that adds up the computing time of those that it ends."""
    end = proxy.Worker.end

    def count(self):
        for pid in getattr(self, 'pids', ()):
            try:
                spent.append(sum(psutil.Process(pid).cpu_times()[:2]))
            except psutil.Error:
                continue
        end(self)
    return count


def graded(folder, layer):
    """Return the computing time of judge and worker, and the seconds on the clock."""
    spent, judge = [], time.process_time()
    with patch.object(proxy.Worker, 'end', counted(spent)):
        verdict = submission.grade_submission(folder, SEED, sandbox=layer)
    assert all(one.outcome == 'right' for one in verdict.results), verdict.results
    return {'judge': time.process_time() - judge, 'worker': sum(spent), 'seconds': verdict.seconds}


def start(layer, folder):
    """Return the seconds on the clock and the computing time of one start of a worker."""
    spent, before = [], time.perf_counter()
    with patch.object(proxy.Worker, 'end', counted(spent)):
        worker = proxy.Worker(lambda: layer.start(folder, tempfile.mkdtemp(dir=folder)))
        seconds = time.perf_counter() - before
        worker.end()
    return seconds, sum(spent)


@command
def main():
    """Measure, print and store."""
    figures = {'checks': len(all_checks())}
    with tempfile.TemporaryDirectory() as folder:
        for name in package.edited():
            (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, Path(folder) / name)
        tree = Path(folder) / 'tree'
        package.assemble(folder, tree)
        before = time.process_time()
        for one in all_checks():
            hidden.checks(SEED)[one.name]
        figures['once_a_class'] = round(time.process_time() - before, 1)
        here = [layer for layer in layers.layers() if not layers.has(layer)]
        one = [graded(folder, here[0].name) for _ in range(TURNS)]
        figures['layer'] = here[0].name
        figures['a_submission'] = {key: round(median(turn[key] for turn in one), 2) for key in one[0]}
        starts = {layer.name: [] for layer in here}
        for _ in range(STARTS):  # in turn, so that what else runs meets all alike
            for layer in here:
                starts[layer.name].append(start(layer, tree))
        figures['start_ms'] = {name: {'clock': round(1000 * median(one for one, _ in times)),
                                      'computing': round(1000 * median(one for _, one in times))}
                               for name, times in starts.items()}
    RESULTS.write_text(json.dumps(figures, indent=1) + '\n', encoding='utf-8')
    print(json.dumps(figures, indent=1))


if __name__ == '__main__':
    sys.exit(main())
