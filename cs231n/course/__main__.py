"""The command line: `python -m cs231n.course run` or `python -m cs231n.course save`."""

import sys

from cs231n.course.run import main

if __name__ == '__main__':
    sys.exit(main())
