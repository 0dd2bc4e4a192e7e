"""Times the notebooks on the sample data, one after the other: python -m benchmarks.notebooks [NAME…]

Writes benchmarks/notebooks.json: seconds, the peak memory of the kernel, and the cores of the machine. With names, only
their figures are measured anew.
"""

import json
import os
import sys
from pathlib import Path

from cs231n._shared.console import command
from cs231n._shared.paths import ROOT
from cs231n.course.execution import execute
from cs231n.course.run import find

RESULTS = Path(__file__).with_suffix('.json')


@command
def main():
    figures = json.loads(RESULTS.read_text(encoding='utf-8')) if RESULTS.exists() and sys.argv[1:] else {}
    for path in find(sys.argv[1:], ROOT):
        result = execute(path, env={'CS231N_DATA': 'sample'})
        if result.failure:
            sys.exit(f'{result.name}: {result.failure}')
        figures[result.name] = {'seconds': round(result.seconds, 1), 'MB': round(result.peak_bytes / 2**20),
                                'cores': os.cpu_count()}
        print(result.name, figures[result.name], flush=True)
    RESULTS.write_text(json.dumps(figures, indent=1) + '\n', encoding='utf-8')


if __name__ == '__main__':
    sys.exit(main())
