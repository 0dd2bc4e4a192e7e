"""Times the notebooks one after the other and side by side, as `make run` has them: python -m benchmarks.side_by_side.

Writes benchmarks/side_by_side.json: the seconds of both, how many ran at a time, and the cores of the machine.
"""

import json
import os
import sys
import time
from pathlib import Path

from cs231n._shared.console import command
from cs231n._shared.paths import ROOT
from cs231n.course.execution import execute
from cs231n.course.run import find
from cs231n.course.side_by_side import execute_all, lanes

RESULTS = Path(__file__).with_suffix('.json')
SAMPLE = {'CS231N_DATA': 'sample'}


def seconds(results):
    """Return how long it takes until all these notebooks are executed; one that fails ends the measurement."""
    start = time.perf_counter()
    for result in results:
        if result.failure:
            sys.exit(f'{result.name}: {result.failure}')
    return round(time.perf_counter() - start, 1)


@command
def main():
    paths = find(sys.argv[1:], ROOT / 'notebooks')
    count = lanes(paths)
    one = seconds(execute(path, env=SAMPLE) for path in paths)
    many = seconds(execute_all(paths, count, SAMPLE))
    figures = {'one after the other': one, 'side by side': many, 'times as fast': round(one / many, 2),
               'at a time': count, 'cores': os.cpu_count(), 'notebooks': [path.stem for path in paths]}
    RESULTS.write_text(json.dumps(figures, indent=1) + '\n', encoding='utf-8')
    print(figures)


if __name__ == '__main__':
    sys.exit(main())
