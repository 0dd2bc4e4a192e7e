"""What a declared contract of arguments costs a call: `python -m benchmarks.contracts` writes contracts.json.

The same function of six arrays, an LSTM's step, with and without its contract, in turn.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np

from cs231n._shared.arguments import contract
from cs231n._shared.console import command

RESULTS = Path(__file__).with_suffix('.json')
CALLS, ROUNDS = 2000, 50


def plain(x, prev_h, prev_c, Wx, Wh, b):
    """Stand for a function whose own time is nothing."""


declared = contract(x='N D', prev_h='N H', prev_c='N H or 0', Wx='D 4H', Wh='H 4H', b='4H')(plain)


def seconds(function, arguments):
    """Return the computing time of so many calls, which others on the machine do not change."""
    start = time.process_time()
    for _ in range(CALLS):
        function(*arguments)
    return time.process_time() - start


@command
def main():
    """Measure, print and store."""
    arguments = [np.ones(shape) for shape in ((3, 5), (3, 7), (3, 7), (5, 28), (7, 28), (28,))]
    rounds = [seconds(declared, arguments) - seconds(plain, arguments) for _ in range(ROUNDS)]
    figures = {'arguments': len(arguments), 'microseconds_a_call': round(1e6 * float(np.median(rounds)) / CALLS, 2)}
    RESULTS.write_text(json.dumps(figures, indent=1) + '\n', encoding='utf-8')
    print(figures)


if __name__ == '__main__':
    sys.exit(main())
