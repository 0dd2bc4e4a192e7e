"""The command line of the grader: `python -m cs231n.checks [NOTEBOOK or function ...]`."""

import sys

from .grading import main

if __name__ == '__main__':
    sys.exit(main())
