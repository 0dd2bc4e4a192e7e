"""The command line of the grader: `python -m cs231n.checks [NOTEBOOK or function ...]`."""

import sys

from cs231n.checks.grader.grade import main

if __name__ == '__main__':
    sys.exit(main())
