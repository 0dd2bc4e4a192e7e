"""The command line: `python -m cs231n.handout build` or `python -m cs231n.handout misconceptions`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from cs231n._shared.console import command
from cs231n.course.assignment import EDITIONS
from cs231n.handout import build
from cs231n.handout import mistakes_table as table
from cs231n.handout.scan import Leak


@command
def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 1 if a marker, a leak or something in the way stopped it."""
    parser = argparse.ArgumentParser(prog='python -m cs231n.handout', description=__doc__)
    commands = parser.add_subparsers(dest='command', required=True)
    make = commands.add_parser('build', help='the student version, as a folder and a zip')
    make.add_argument('--to', type=Path, default=build.ROOT / 'build', help='where both go (default: build/)')
    make.add_argument('--edition', choices=list(EDITIONS), default='numpy',
                      help='in which the captioning model is written (default: numpy)')
    make.add_argument('--repo', default='', metavar='OWNER/NAME',
                      help='of the repository on GitHub from which the notebooks are to run on Colab')
    commands.add_parser('misconceptions', help='write docs/misconceptions.md')
    arguments = parser.parse_args(argv)
    try:
        if arguments.command == 'build':
            build.build(arguments.to, edition=arguments.edition, repo=arguments.repo)
        else:
            print(table.write())
    except (ValueError, Leak, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
