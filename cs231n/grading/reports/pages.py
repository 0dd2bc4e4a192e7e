"""feedback/<student>.html and class.html, by Jinja2 with autoescape: texts of students are shown, never obeyed."""

import base64
import io
from collections import defaultdict
from pathlib import Path
from statistics import median

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cs231n.checks.engine.reasons import UNWRITTEN
from cs231n.grading.plain import plain
from cs231n.grading.store import max_points, points

TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent / 'templates'), autoescape=True,
                        undefined=StrictUndefined, trim_blocks=True)
KINDS = {'right': 'right', 'wrong': 'wrong', 'todo': 'to do', 'machine': 'not graded'}
COLOURS = {'right': '#2e8540', 'wrong': '#c5341c', 'todo': '#d8b04a', 'machine': '#8f88dd'}


def who(found):
    """Return the names of those who handed in a submission."""
    return plain(', '.join(one['name'] for one in found['students']))


def kind(one):
    """Of a result: 'right', 'wrong', 'todo' for a function that is not written, 'machine' for one not graded."""
    if one['outcome'] == 'not graded':
        return 'machine'
    if one['outcome'] == 'right':
        return 'right'
    return 'todo' if (one['where'] or '').startswith(UNWRITTEN) else 'wrong'


def feedback(found, before=None):
    """Return the page of one submission; before: the points of an earlier grading, or None."""
    notebooks = defaultdict(list)
    for one in found['results']:
        wrong = ', '.join(output for output, right, _ in one['verdicts'] if not right)
        remarks = [('Wrong', wrong), ('Hint', one['hint']), ('Where', one['where']), ('Note', one['note']),
                   ('Not graded', one['not_graded'])]
        notebooks[one['notebook']].append({**one, 'kind': kind(one), 'verdict': KINDS[kind(one)],
                                           'remarks': [(title, text) for title, text in remarks if text]})
    waiting = sum(kind(one) == 'machine' for one in found['results'])
    return TEMPLATES.get_template('feedback.html').render(
        found=found, name=who(found), points=points(found), most=max_points(found), before=before,
        notebooks={} if found['refused'] else notebooks, waiting=0 if found['refused'] else waiting)


def class_page(records, seed, pairs=None, strays=()):
    """Return the page of the class; pairs: dicts of submissions that look alike, or None if nobody asked."""
    tasks = _tasks(records)
    earned = sorted(points(found) for found in records if points(found) is not None)
    most = max(map(max_points, records), default=0)
    return TEMPLATES.get_template('class.html').render(
        records=records, seed=seed, most=most, tasks=tasks, pairs=pairs, strays=strays,
        sandboxes=sorted({found['sandbox'] for found in records if found['sandbox']}), spread=_spread(earned),
        misconceptions=_misconceptions(records), left=list(_left(records)), lacking=list(_lacking(records)),
        pictures={'points': _histogram(earned, most) if earned else '', 'tasks': _bars(tasks) if tasks else ''})


def _spread(earned):
    if not earned:
        return None
    quarter = len(earned) // 4
    return {'median': median(earned), 'low': earned[quarter], 'high': earned[-1 - quarter]}


def _tasks(records):
    tasks = {}
    for found in records:
        for one in found['results']:
            task = tasks.setdefault(one['name'], {'name': one['name'], 'most': one['max_points'], 'hints': 0, 'sum': 0,
                                                  **dict.fromkeys(KINDS, 0)})
            task[kind(one)] += 1
            task['hints'] += bool(one['hint'])
            task['sum'] += one['points']
    for task in tasks.values():
        graded = task['right'] + task['wrong'] + task['todo']
        task['mean'] = f'{task["sum"] / graded:.1f}' if graded else '–'
    return list(tasks.values())


def _misconceptions(records):
    """Each hint that was given, with those who got it, the most frequent first."""
    had = defaultdict(list)
    for found in records:
        for one in found['results']:
            if one['hint']:
                had[one['name'], one['hint']].append(who(found))
    rows = [{'name': name, 'hint': hint, 'who': people} for (name, hint), people in had.items()]
    return sorted(rows, key=lambda row: -len(row['who']))


def _left(records):
    """Return what could not be graded: whose, what and why; a reason that all checks share is told once."""
    for found in records:
        if found['refused']:
            yield {'who': who(found), 'what': found['source'], 'why': found['refused']}
            continue
        reasons = defaultdict(list)
        for one in found['results']:
            if kind(one) == 'machine':
                reasons[one['not_graded']].append(one['name'])
        for why, names in reasons.items():
            what = 'all' if len(names) == len(found['results']) else ', '.join(names)
            yield {'who': who(found), 'what': what, 'why': why}


def _lacking(records):
    for found in records:
        if not found['refused']:
            said = ['missing: ' + ', '.join(found['missing'])] if found['missing'] else []
            yield from ({'who': who(found), 'what': what} for what in [*said, *found['notes']])


def _axes(width, height):
    from matplotlib.figure import Figure  # slow to import

    figure = Figure(figsize=(width, height), layout='constrained')
    axes = figure.subplots()
    axes.spines[['top', 'right']].set_visible(False)
    return figure, axes


def _png(figure):
    data = io.BytesIO()
    figure.savefig(data, format='png', dpi=110, metadata={'Software': None})
    return base64.b64encode(data.getvalue()).decode()


def _histogram(earned, most):
    figure, axes = _axes(8, 2.6)
    axes.hist(earned, bins=20, range=(0, most or 1), color='#3b6ea5', edgecolor='white')
    axes.set_xlabel('points')
    axes.set_ylabel('submissions')
    axes.yaxis.get_major_locator().set_params(integer=True)
    return _png(figure)


def _bars(tasks):
    figure, axes = _axes(8, 0.8 + 0.24 * len(tasks))
    names, left = [task['name'] for task in tasks], [0] * len(tasks)
    for which, label in KINDS.items():
        counts = [task[which] for task in tasks]
        axes.barh(names, counts, left=left, color=COLOURS[which], label=label)
        left = [one + more for one, more in zip(left, counts)]
    axes.margins(y=0.01)
    axes.invert_yaxis()
    axes.set_xlabel('submissions')
    axes.legend(ncols=4, frameon=False, loc='lower center', bbox_to_anchor=(0.4, 1))
    return _png(figure)
