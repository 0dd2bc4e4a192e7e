"""The README's figures are those of the result files."""

import re

import nbformat
import pytest
from nbformat import v4

from benchmarks import heads, report
from cs231n.checks.lessons import CHECKS
from cs231n.course.assignment import NOTEBOOKS
from cs231n.course.pages import head_line
from cs231n.course.tasks import LEGEND, TASKS, Task

README = (report.ROOT / 'README.md').read_text()


def test_the_readme_shows_what_was_measured():
    assert report.drawn(README) == README
    assert {name for _, name, _ in report.MARKED.findall(README)} == {'run_time', 'captions', 'speed'}


def test_the_readme_counts_the_known_mistakes():
    known = int(re.match(r'\D+(\d+) mistakes', (report.ROOT / 'docs' / 'misconceptions.md').read_text())[1])
    told = int(re.search(r'of more than (\d+) known ones', README)[1])
    assert 0.7 * known < told < known


def test_another_figure_changes_the_readme(monkeypatch):
    monkeypatch.setattr(report, 'results', lambda name, read=report.results: _slower(read(name)))
    assert report.drawn(README) != README


def _slower(figures):
    for value in figures.values():
        if isinstance(value, dict) and 'seconds' in value:
            value['seconds'] += 100
    return figures


@pytest.mark.parametrize('name', NOTEBOOKS)
def test_the_head_of_a_notebook_says_what_is_asked_and_was_measured(name):
    notebook = nbformat.read(report.ROOT / 'notebooks' / f'{name}.ipynb', 4)
    first = notebook.cells[0].source
    assert report.headed(name, notebook).cells[0].source == first
    figures = report.results('notebooks')[name]
    row = f"| {name} | {figures['seconds']:.0f} s | {figures['MB']} MB |"  # as it stands in the README
    assert row in README
    assert f"**Run time:** {figures['seconds']:.0f} s" in first and f"**Memory:** {figures['MB']} MB" in first
    told = head_line(notebook)  # as it stands on the index page
    assert f"Run time: {figures['seconds']:.0f} s" in told and f"Memory: {figures['MB']} MB" in told


def test_the_instructors_see_each_task():
    text = (report.ROOT / 'docs' / 'instructor.md').read_text()
    assert report.drawn(text) == text and [name for _, name, _ in report.MARKED.findall(text)] == ['tasks']
    assert LEGEND in ' '.join(text.split())


def test_each_task_has_minutes_and_a_difficulty():
    assert set(TASKS) == {one.name for one in CHECKS.values() if one.points}
    assert all(0 < what.minutes <= 90 and 1 <= what.difficulty <= 3 for what in TASKS.values())
    assert [Task(1, k).signs() for k in (1, 2, 3)] == ['●○○', '●●○', '●●●']


def cells(*texts):
    return [v4.new_code_cell(text) if 'check(' in text else v4.new_markdown_cell(text) for text in texts]


SMALL = ['## 0 Setup', '## 1 Content', 'check(style.content_loss)', '**Question 1.** Why?', '## 2 Style',
         'check(style.gram_matrix)', 'check(style_loss)', 'check(tv_loss)', '## 3 Look', '## The end']


def test_the_parts_are_those_of_the_notebook():
    listed = heads.parts('StyleTransfer', cells(*SMALL))
    assert [(title, [one.name for one in some], count) for title, some, count in listed] == [
        ('1 Content', ['content_loss'], 1), ('2 Style', ['gram_matrix', 'style_loss', 'tv_loss'], 0), ('3 Look', [], 0)]
    head = heads.head('StyleTransfer', cells(*SMALL), {'seconds': 50.4, 'MB': 900, 'cores': 2})
    assert '**Points:** 15 for the functions, 2 for the question.' in head and '50 s on 2 cores' in head
    assert '| 1 Content | `content_loss` ●○○ 10 min | `cs231n/style_transfer_pytorch.py` | 5 |' in head


@pytest.mark.parametrize('change', [SMALL[:7], [*SMALL, '## 4 Again', 'check(tv_loss)']])
def test_a_task_that_is_asked_for_in_no_part_or_in_two_is_found(change):
    with pytest.raises(ValueError, match='StyleTransfer: expected check\\(\\) once for each of'):
        heads.parts('StyleTransfer', cells(*change))


def test_a_notebook_without_a_place_for_its_head_is_named():
    with pytest.raises(ValueError, match='RNN: the first cell must hold <!-- measured: head -->'):
        report.headed('RNN', v4.new_notebook(cells=cells('# RNN')))


def test_the_lstm_notebook_tells_what_speed_was_measured():
    text = (report.ROOT / 'notebooks' / 'LSTM.ipynb').read_text()
    row = report.results('speed')['threads']['1']['lstm forward + backward, N = 64']
    assert re.search(r'is (\S+) times as fast on one core', text)[1] == f"{row['textbook ms'] / row['ours ms']:.1f}"


def test_the_gans_notebook_tells_what_three_seeds_gave():
    text = (report.ROOT / 'notebooks' / 'GANs.ipynb').read_text()
    least, vanilla = map(int, re.search(r'Fréchet distance of (\d+) against (\d+)', text).groups())
    models = report.results('gan_quality')['models']
    assert [least, vanilla] == [round(models[name]['mean']['frechet']) for name in ('least squares', 'vanilla')]
    spread = re.search(r'lie from (\d+) to (\d+) and from (\d+) to (\d+)', text).groups()
    runs = [[run['frechet'] for run in models[name]['seeds']] for name in ('least squares', 'vanilla')]
    assert [*map(int, spread)] == [round(end(some)) for some in runs for end in (min, max)]
