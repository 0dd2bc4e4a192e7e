"""Draws the heads of the notebooks and the table of tasks from what is asked, estimated and measured."""

import re

from cs231n.checks.lessons import CHECKS
from cs231n.course.tasks import LEGEND, QUESTION, QUESTION_POINTS, READING, TASKS

CALL = re.compile(r'\bcheck\(([\w.]+)')
PART = re.compile(r'^## (\d+ .+)$', re.M)
ASKED = re.compile(r'^\*\*Question \d+\.\*\*', re.M)


def tasks_of(notebook):
    """The checks that earn points in a notebook, in NumPy where there is a choice."""
    return [one for one in CHECKS.values()
            if one.notebook == notebook and one.points and not one.lesson.endswith('_pytorch')]


def parts(name, cells):
    """The parts of a notebook as (title, checks that it asks for, number of its questions); part 0 sets up.

    ValueError if a check that earns points stands in no part, or in two.
    """
    found, tasks = [], tasks_of(name)
    for cell in cells:
        if cell.cell_type == 'markdown':
            for heading in re.findall(r'^## .+$', cell.source, re.M):
                found.append((heading.removeprefix('## '), [], []))
            if found:
                found[-1][2].extend(ASKED.findall(cell.source))
        for called in CALL.findall(cell.source) if cell.cell_type == 'code' else ():
            found[-1][1].extend(one for one in tasks if f'.{called}'.endswith(f".{one.name.partition('[')[0]}")
                                and one not in found[-1][1])
    listed = [one.name for _, some, _ in found for one in some]
    if sorted(listed) != sorted(one.name for one in tasks):
        raise ValueError(f'{name}: expected check() once for each of {[one.name for one in tasks]}, got {listed}')
    return [(title, some, len(asked)) for title, some, asked in found
            if some or asked or re.match(r'[1-9]', title)]


def task(one):
    """A task in a cell of a table."""
    name, what = one.name.partition('[')[0], TASKS[one.name]
    return f'`{name}` {what.signs()} {what.minutes} min'


def head(name, cells, measured):
    """The head of a notebook: a line of figures, and its parts."""
    listed = parts(name, cells)
    tasks, questions = tasks_of(name), sum(count for _, _, count in listed)
    minutes = READING + QUESTION * questions + sum(TASKS[one.name].minutes for one in tasks)
    points = f'{sum(one.points for one in tasks):g}'
    asked = f'the {questions} questions' if questions > 1 else 'the question'
    lines = [
        f'**Points:** {points} for the functions, {QUESTION_POINTS * questions} for {asked}.',
        f'**Your time:** about {round(minutes / 30) / 2:g} hours, an estimate.',
        f"**Run time:** {measured['seconds']:.0f} s on {measured['cores']} cores, no GPU.",
        f"**Memory:** {measured['MB']} MB.", '',
        '| part | you write | in | points |', '|---|---|---|---:|']
    for title, some, count in listed:
        modules = dict.fromkeys(f"`{one.module.replace('.', '/')}.py`" for one in some)
        earned = sum(one.points for one in some) + QUESTION_POINTS * count
        written = '<br>'.join(map(task, some)) or 'nothing: look'
        lines.append(f"| {title} | {written} | {'<br>'.join(modules)} | {earned or ''} |")
    return '\n'.join([*lines, '', f'*Difficulty:* {LEGEND}.', ''])


def tasks():
    """Every task with its points, minutes and difficulty."""
    lines = ['| notebook | task | points | minutes | difficulty |', '| --- | --- | ---: | ---: | --- |']
    for one in CHECKS.values():
        if one.points:
            what = TASKS[one.name]
            lines.append(f'| {one.notebook} | `{one.name}` | {one.points:g} | {what.minutes} | {what.signs()} |')
    return '\n'.join([*lines, ''])
