"""Writes figures into README.md, docs/instructor.md and the heads of the notebooks: python -m benchmarks.report

What stands between <!-- measured: NAME --> and <!-- end --> is drawn by the function NAME from benchmarks/*.json and
from what is known of the tasks. The outputs of the notebooks stay as they are.
"""
import json
import re
import sys
from pathlib import Path

import nbformat

from benchmarks import heads
from cs231n._shared.console import command
from cs231n.course.assignment import EXTRA, NOTEBOOKS, path_of

ROOT = Path(__file__).resolve().parents[1]
MARKED = re.compile(r'(<!-- measured: (\w+) -->\n).*?(<!-- end -->)', re.S)


def results(name):
    return json.loads((ROOT / 'benchmarks' / f'{name}.json').read_text(encoding='utf-8'))


def table(head, rows):
    """A Markdown table."""
    lines = [head, ['---', *['---:'] * (len(head) - 1)], *rows]
    return ''.join('| ' + ' | '.join(map(str, line)) + ' |\n' for line in lines)


def threads(count):
    return f"{count} thread{'s' * (int(count) != 1)}"


def run_time():
    """Seconds and memory of each notebook."""
    figures = results('notebooks')
    rows = [[name, f"{figures[name]['seconds']:.0f} s", f"{figures[name]['MB']} MB"] for name in NOTEBOOKS]
    total = sum(figures[name]['seconds'] for name in NOTEBOOKS)
    rows.append(['all', f'{total / 60:.1f} min', ''])
    cores = {figures[name]['cores'] for name in NOTEBOOKS}
    return table([f"notebook, on {' or '.join(map(str, sorted(cores)))} cores", 'time', 'memory'], rows)


def captions():
    """How true captions are."""
    figures = results('captioning')
    claims = list(next(iter(figures.values()))['true'])
    head = ['1,000 unseen scenes; of the captions that say such a thing, true is the', *claims, 'BLEU-4', 'training']
    rows = [[name, *(f"{100 * f['true'][claim]:.0f} %" for claim in claims), f"{f['bleu4']:.2f}",
             f"{f['seconds']:.0f} s, {threads(f['threads'])}"] for name, f in figures.items()]
    return table(head, rows)


def speed():
    """Our time, and our memory, over that of the others, by number of threads."""
    figures = results('speed')
    rows = []
    for other, unit, label in (('pytorch', 'ms', 'PyTorch'), ('textbook', 'ms', "the textbook's loop"),
                               ('textbook in float64', 'ms', "the textbook's loop in float64"),
                               ('textbook', 'MB', "the textbook's loop, memory")):
        for row in next(iter(figures['threads'].values())):
            sides = [figures['threads'][threads][row] for threads in figures['threads']]
            if f'{other} {unit}' in sides[0] and ('N = ' not in row or 'N = 64' in row):
                rows.append([row.replace(', N = 64', ''), label,
                             *(f"{s[f'ours {unit}'] / s[f'{other} {unit}']:.2f}" for s in sides)])
    return table(['our time or memory as a share of theirs', 'theirs', *map(threads, figures['threads'])], rows)


def drawn(text):
    """A text with every marked part drawn anew."""
    parts = {part.__name__: part for part in (run_time, captions, speed, heads.tasks)}
    return MARKED.sub(lambda found: found[1] + parts[found[2]]() + found[3], text)


def headed(name, notebook):
    """The notebook `name`, whose first cell has its head drawn anew. ValueError if there is no place for it."""
    first, figures = notebook.cells[0], results('notebooks')[name]
    if [kind for _, kind, _ in MARKED.findall(first.source)] != ['head']:
        raise ValueError(f'{name}: the first cell must hold <!-- measured: head --> and <!-- end -->, once')
    head = heads.head(name, notebook.cells, figures)
    first.source = MARKED.sub(lambda found: found[1] + head + found[3], first.source)
    return notebook


@command
def main():
    for path in (ROOT / 'README.md', ROOT / 'docs' / 'instructor.md'):
        path.write_text(drawn(path.read_text(encoding='utf-8')), encoding='utf-8')
    for name in [*NOTEBOOKS, *(one for one in EXTRA if one in results('notebooks'))]:
        path = ROOT / path_of(name)
        path.write_text(nbformat.writes(headed(name, nbformat.read(path, 4))) + '\n', encoding='utf-8')


if __name__ == '__main__':
    sys.exit(main())
