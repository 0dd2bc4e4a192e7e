"""Grades a class: python -m cs231n.grading SUBMISSIONS --out GRADES.

SUBMISSIONS is what Canvas, Moodle or Gradescope hand out in bulk, or a folder or a zip of submissions, one each. The
same command again goes on where it was; nothing is graded twice.
"""

import argparse
import json
import secrets
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from cs231n._shared.console import command
from cs231n._shared.files import write_atomically
from cs231n._shared.progress import progress_bar
from cs231n.checks import CHECKS
from cs231n.checks.grader.grade import chosen, seconds
from cs231n.course.assignment import EDITIONS
from cs231n.grading import cluster, store
from cs231n.grading.intake import find_submissions
from cs231n.grading.package import edited
from cs231n.grading.plain import plain
from cs231n.grading.reports import gradescope, lookalikes, pages, sheets
from cs231n.grading.sandbox.layers import choose
from cs231n.grading.trees import Refused


def parser():
    """Return the command line."""
    found = argparse.ArgumentParser(prog='python -m cs231n.grading', description=__doc__.splitlines()[0])
    found.add_argument('submissions', type=Path, metavar='SUBMISSIONS', help='a folder, a zip, or one file')
    found.add_argument('--out', type=Path, required=True, metavar='GRADES', help='the folder that results go to')
    found.add_argument('--checks', nargs='+', metavar='NAME', help='notebooks or functions; all, if not given')
    found.add_argument('--edition', choices=EDITIONS, help='in which the captioning model is written')
    found.add_argument('--seed', type=int, help='of the inputs; by default that of the last run, or a new one')
    found.add_argument('--seconds', type=seconds, help='for each submission, in place of the default')
    found.add_argument('--workers', type=int, help='processes on this machine; by default one for each core')
    found.add_argument('--scheduler', metavar='ADDRESS', help='of a Dask cluster, such as tcp://node:8786, or its file')
    found.add_argument('--canvas', type=Path, metavar='SHEET', help='as Canvas exported it: writes canvas.csv')
    found.add_argument('--canvas-column', metavar='NAME', help="the assignment's column, or a part of its name")
    found.add_argument('--moodle', type=Path, metavar='SHEET', help='as Moodle exported it: writes moodle.csv')
    found.add_argument('--moodle-column', metavar='NAME', help='the column of the grade')
    found.add_argument('--hints-after-due', action='store_true', help='in gradescope/: hints from the due date on')
    found.add_argument('--lookalikes', action='store_true', help='look for submissions that are alike')
    return found


def seed_of(out, wanted):
    """Return the seed of this run: the one asked for, that of the last run into this folder, or a new one."""
    path = out / 'run.json'
    with suppress(OSError, ValueError, KeyError, TypeError):
        if wanted is None:
            wanted = int(json.loads(path.read_text(encoding='utf-8'))['seed'])
    wanted = secrets.randbits(31) if wanted is None else wanted
    write_atomically(path, json.dumps({'seed': wanted}) + '\n')
    return wanted


def grade(submissions, kept, seed, names, arguments):
    """Grades what is not known yet, and keeps each result as it comes."""
    jobs = {}
    for one in submissions:
        key = store.key(one, seed, names)
        if one.refused:
            if not kept.read(one.slug, key):
                kept.write(one.slug, key, store.record(one, seed, store.not_graded(names, one.refused)))
        elif not ((known := kept.read(one.slug, key)) and store.is_whole(known)):
            jobs[f'{one.slug}-{key}'] = one, key
    if not jobs:
        return
    with cluster.connected(arguments.scheduler, arguments.workers) as client, progress_bar(
            total=len(jobs), unit='submission', leave=True, smoothing=0.1) as bar:
        tasks = (cluster.Job(name, one.modules, seed, names, arguments.seconds) for name, (one, _) in jobs.items())
        for job, outcome in cluster.grade_jobs(client, tasks):
            one, key = jobs[job.key]
            results = outcome.results or store.not_graded(names, outcome.trouble)
            kept.write(one.slug, key, store.record(one, seed, results, outcome.sandbox, outcome.seconds))
            bar.update()


def report(submissions, strays, kept, seed, names, arguments):
    """Write all pages and sheets; return (sentences about what is to be looked at, the records)."""
    out, records, earlier = arguments.out, [], {}
    for one in submissions:
        key = store.key(one, seed, names)
        found = kept.read(one.slug, key) or store.record(one, seed, store.not_graded(names, 'it was not graded yet'))
        found |= {name: getattr(one, name) for name in ('late', 'source')}  # may change, with the same contents
        found['students'] = [vars(student) for student in one.students]
        before = [store.points(record) for record in kept.earlier(one.slug, key)]
        earlier[one.slug] = next((score for score in reversed(before) if score is not None), None)
        records.append(found)
        write_atomically(out / 'feedback' / f'{one.slug}.html', pages.feedback(found, earlier[one.slug]))
        write_atomically(out / 'gradescope' / f'{one.slug}.json',
                         json.dumps(gradescope.results(found, arguments.hints_after_due), indent=1))
    said, pairs = [], None
    write_atomically(out / 'grades.csv', sheets.grades(records, earlier).encode('utf-8-sig'))
    for name, fill, sheet, column in (('canvas', sheets.fill_canvas, arguments.canvas, arguments.canvas_column),
                                      ('moodle', sheets.fill_moodle, arguments.moodle, arguments.moodle_column)):
        if sheet:
            data, more = fill(sheet, records, column)
            write_atomically(out / f'{name}.csv', data)
            said += more
    if arguments.lookalikes:
        try:
            pairs = lookalikes.lookalikes({one.slug: one.modules for one in submissions if one.modules})
        except (TimeoutError, RuntimeError) as error:
            said.append(f'look-alikes: {error}')
    write_atomically(out / 'class.html', pages.class_page(records, seed, pairs, strays))
    return said, records


def summary(records, said, out):
    """Return what is printed at the end."""
    left = [found for found in records if not store.is_whole(found)]
    whole = len(records) - len(left)
    lines = [f'graded: {whole} of {len(records)}']
    lines += [f'  not graded: {pages.who(found)}: ' + plain(found['refused'] or next(
        one['not_graded'] for one in found['results'] if one['not_graded'])) for found in left[:20]]
    lines += [f'  and {len(left) - 20} more, see class.html'] if len(left) > 20 else []
    lines += [f'  {plain(one)}' for one in said[:20]]
    return '\n'.join([*lines, f'{out / "class.html"}', f'{out / "grades.csv"}'])


@command
def main(argv=None):
    """Return 0 if all was graded, 1 if something was not, 2 if nothing could be, 130 if interrupted."""
    arguments = parser().parse_args(argv)
    try:
        for name, least, most in (('seed', 0, 2**32 - 1), ('workers', 1, 1024)):
            value = getattr(arguments, name)
            if value is not None and not least <= value <= most:
                raise ValueError(f'--{name}: must be one of {least} … {most}, got {value}')
        wanted = arguments.checks or ()
        names = tuple(one.name for one in chosen(wanted, arguments.edition, extra=bool(wanted)))
        for sheet in (arguments.canvas, arguments.moodle):
            if sheet:
                sheets.read_sheet(sheet)  # told now, not after hours of grading
        entries, strays = find_submissions(arguments.submissions, edited())
        if not entries:
            raise Refused(f'{plain(arguments.submissions)}: there is no submission in it')
        seed = seed_of(arguments.out, arguments.seed)
        asked = {CHECKS[name].module.replace('.', '/') + '.py' for name in names}
        submissions = [replace(one, missing=tuple(path for path in one.missing if path in asked))
                       for one in (entry.open() for entry in entries)]
    except (ValueError, OSError) as error:  # Refused and SheetError are ValueErrors
        print(plain(error), file=sys.stderr)
        return 2
    kept = store.Store(arguments.out / 'results')
    print(f'{len(submissions)} submissions, {len(names)} checks each, seed {seed}')
    print(f'sandbox: {"the strongest of each worker" if arguments.scheduler else choose().sentence}', flush=True)
    try:
        grade(submissions, kept, seed, names, arguments)
    except KeyboardInterrupt:
        print('\nInterrupted. Nothing is lost: the same command goes on from here.', file=sys.stderr)
        return 130
    except (cluster.Lost, OSError) as error:
        print(f'The cluster cannot be reached: {plain(error)}. Nothing is lost: the same command goes on from here.',
              file=sys.stderr)
        return 2
    try:
        said, records = report(submissions, strays, kept, seed, names, arguments)
    except (sheets.SheetError, OSError) as error:
        print(plain(error), file=sys.stderr)
        return 2
    print(summary(records, said, arguments.out))
    return 0 if all(map(store.is_whole, records)) else 1


if __name__ == '__main__':
    sys.exit(main())
