"""The replay really compares, and every notebook obeys the rules that keep a replay meaningful."""

import os
import re
import subprocess
import sys

import nbformat
import pytest
from nbformat import v4

from cs231n._shared.paths import ROOT
from cs231n.course.assignment import EXTRA, NOTEBOOKS, path_of
from cs231n.course.execution import Execution, normalise
from cs231n.course.pages import page
from cs231n.course.tasks import QUESTION_POINTS

MAX_LINES, MAX_IGNORED, MAX_BYTES = 15, 3, 3_000_000
MIN_WORDS = 5  # of what a picture says of itself
MACHINE = re.compile(r'/(?:home|root|tmp|work|Users|private)/|[A-Z]:\\Users|\b0x[0-9a-f]{6,}\b')
DURATION = re.compile(r'\d+\s*(?:s|seconds?|min|minutes?)\b')
MEMORY = re.compile(r'\d\s*(?:MB|GB|MiB|GiB)\b')

# ---- nbval compares


def notebook(source, text, count=1):
    """A notebook of one cell whose saved standard output is `text`."""
    output = [v4.new_output('stream', name='stdout', text=text)]
    return v4.new_notebook(cells=[v4.new_code_cell(source, outputs=output, execution_count=count)])


REPLAYS = {  # name: (notebook, whether the replay must be green)
    'same': (notebook('print(6 * 7)', '42\n'), True),
    'other_number': (notebook('print(6 * 7)', '43\n'), False),
    'other_digit': (notebook("print(f'{2 / 3:.4f}')", '0.6666\n'), False),
    'raises': (notebook("raise ValueError('no')", ''), False),
    'prints_nothing': (notebook('6 * 7;', '42\n'), False),
    'warns': (notebook("import sys; print(6 * 7); print('careful', file=sys.stderr)", '42\n'), False),
    'same_verdict': (notebook("print('BLEU-4 0.71: above 0.5')", 'BLEU-4 0.68: above 0.5\n'), True),
    'same_share': (notebook("print('thing 94 %: above 40 %, below 99 %')", 'thing 93 %: above 40 %, below 99 %\n'),
                   True),
    'same_small_number': (notebook("print('error 1.2e-09: below 1e-06')", 'error 3e-10: below 1e-06\n'), True),
    'other_verdict': (notebook("print('BLEU-4 0.41: NOT above 0.5')", 'BLEU-4 0.71: above 0.5\n'), False),
    'other_bound': (notebook("print('BLEU-4 0.71: above 0.4')", 'BLEU-4 0.71: above 0.5\n'), False),
    'other_name': (notebook("print('BLEU-3 0.71: above 0.5')", 'BLEU-4 0.71: above 0.5\n'), False),
    'no_number': (notebook("print('BLEU-4 nan: above 0.5')", 'BLEU-4 0.71: above 0.5\n'), False),
    'without_a_verdict': (notebook("print('BLEU-4 0.71, above')", 'BLEU-4 0.72, above\n'), False),
    'never_run': (notebook('print(6 * 7)', '42\n', count=None), False),
}


@pytest.fixture(scope='module')
def replayed(tmp_path_factory):
    """What one `pytest --nbval` says of each of `REPLAYS`: name -> "PASSED" or "FAILED"."""
    folder = tmp_path_factory.mktemp('replay')
    for name, (content, _) in REPLAYS.items():
        nbformat.write(content, folder / f'{name}.ipynb')
    command = [sys.executable, '-m', 'pytest', '--nbval', '--nbval-current-env', '-rA', '-p', 'nbval.plugin',
               '--nbval-sanitize-with', ROOT / 'tests' / 'nbval.cfg']
    environment = {**os.environ, 'PYTEST_DISABLE_PLUGIN_AUTOLOAD': '1'}
    run = subprocess.run(
        [*command, '-c', ROOT / 'pyproject.toml', '--rootdir', folder, folder],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=600,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    verdicts = re.findall(r'^(PASSED|FAILED) (\w+)\.ipynb::', run.stdout, re.M)
    return {name: verdict for verdict, name in verdicts}


@pytest.mark.parametrize('name', REPLAYS)
def test_a_replay_is_red_when_and_only_when_something_changed(replayed, name):
    assert replayed[name] == ('PASSED' if REPLAYS[name][1] else 'FAILED')


@pytest.mark.parametrize('file', ['Makefile', 'README.md', 'CONTRIBUTING.md', '.github/workflows/test.yml'])
def test_each_replay_masks_the_same(file):
    commands = [line for line in (ROOT / file).read_text(encoding='utf-8').splitlines() if '--nbval ' in line]
    assert commands and all('--nbval-sanitize-with tests/nbval.cfg' in line for line in commands)


# ---- the rules of a notebook


def about_cells(cells):
    """Violations of the rhythm: text before code, short cells, nothing skipped, little uncompared."""
    ignored = 0
    for before, cell in zip([None, *cells], cells):
        if cell.cell_type != 'code':
            continue
        where, tags = f'cell {cell.id}', set(cell.metadata.get('tags', []))
        if before is None or before.cell_type != 'markdown':
            yield f'{where}: no text before it'
        if len(cell.source.splitlines()) > MAX_LINES:
            yield f'{where}: longer than {MAX_LINES} lines'
        if 'nbval-skip' in tags or 'NBVAL_SKIP' in cell.source:
            yield f'{where}: skipped by the replay'
        ignored += 'nbval-ignore-output' in tags or 'NBVAL_IGNORE_OUTPUT' in cell.source
    if ignored > MAX_IGNORED:
        yield f'{ignored} cells whose output is not compared, at most {MAX_IGNORED} are allowed'


def about_outputs(code):
    """Violations of "saved as run from top to bottom, in silence"."""
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        yield 'not saved as run once from top to bottom'
    if not any(cell.outputs for cell in code):
        yield 'no outputs are saved'
    for cell in code:
        for output in cell.outputs:
            if output.output_type == 'error' or output.get('name') == 'stderr':
                yield f'cell {cell.id}: its saved output is an error or a warning'
            data = output.get('data', {})
            shown = [str(data[mime]) for mime in data if not mime.startswith('image/')]
            if found := MACHINE.search(output.get('text', '') + '\n'.join(shown)):
                yield f'cell {cell.id}: {found[0]!r} in its output is of one machine'


def about_pictures(code):
    """Violations of "every picture says in words of its own what it shows"."""
    said = []
    for cell in code:
        for output in cell.outputs:
            for kind in {'image/png', 'image/jpeg'} & set(output.get('data', {})):
                alt = output.metadata.get(kind, {}).get('alt', '')
                if len(alt.split()) < MIN_WORDS:
                    yield f'cell {cell.id}: a picture that does not say what it shows, in {MIN_WORDS} words or more'
                elif alt in said:
                    yield f'cell {cell.id}: two pictures say the same: {alt!r}'
                said.append(alt)


def about_answers(cells):
    """Violations of "each model answer has a rubric, a line for each point"."""
    for cell in cells:
        answer, marked, rubric = cell.source.partition('**Rubric.**')
        if '**Answer.**' in answer and not marked:
            yield f'cell {cell.id}: a model answer without a rubric'
        elif marked and len(re.findall(r'\b(?:one|1) point\b', rubric, re.I)) != QUESTION_POINTS:
            yield f'cell {cell.id}: the rubric does not give one point {QUESTION_POINTS} times'
        elif marked and answer.rfind('BEGIN SOLUTION') < max(0, answer.rfind('END SOLUTION')):
            yield f'cell {cell.id}: the rubric is not within the solution'


def violations(notebook):
    """Everything that is wrong with a notebook, as a list of sentences."""
    nbformat.validate(notebook)
    cells, first = notebook.cells, notebook.cells[0].source
    code = [cell for cell in cells if cell.cell_type == 'code']
    found = [*about_cells(cells), *about_outputs(code), *about_pictures(code), *about_answers(cells)]
    if cells[0].cell_type != 'markdown' or not (DURATION.search(first) and MEMORY.search(first)):
        found.append('the first cell does not state the run time and the memory')
    found += [f'cell {cell.id}: {match[0]!r} is of one machine'
              for cell in cells if (match := MACHINE.search(cell.source))]
    if notebook.metadata.get('kernelspec', {}).get('name') != 'python3':
        found.append('the kernel is not python3')
    if nbformat.writes(normalise(nbformat.from_dict(notebook))) != nbformat.writes(notebook):
        found.append('metadata of one machine: save it with python -m cs231n.course save')
    return found


@pytest.mark.parametrize('name', NOTEBOOKS | EXTRA)
def test_the_notebook_obeys_the_rules(name):
    path = ROOT / path_of(name)
    assert path.stat().st_size < MAX_BYTES
    assert violations(nbformat.read(path, 4)) == []


def untranslated(notebook):
    """The TeX that the web page would show as it is, because its converter does not know it."""
    return re.findall(r'<m[a-z]+[^>]*>(?:\\[^<]+|&)<', page(Execution('', notebook, 0, 0.0, 0)))


@pytest.mark.parametrize('name', NOTEBOOKS | EXTRA)
def test_the_formulas_of_the_notebook_are_shown_on_its_page(name):
    assert untranslated(nbformat.read(ROOT / path_of(name), 4)) == []


def test_an_unknown_formula_is_found():
    assert len(untranslated(v4.new_notebook(cells=[v4.new_markdown_cell(r'$\hrair{x}$ and $\hat{x}$')]))) == 1


def test_the_five_notebooks_and_what_goes_beyond_them_are_there_and_no_other():
    found = {path.relative_to(ROOT).as_posix() for path in (ROOT / 'notebooks').rglob('*.ipynb')
             if '.ipynb_checkpoints' not in path.parts}
    assert len(NOTEBOOKS) == 5 and found == set(map(path_of, NOTEBOOKS | EXTRA))


def fine():
    """A notebook with nothing wrong."""
    one = notebook('print(6 * 7)', '42\n').cells[0]
    return normalise(v4.new_notebook(cells=[v4.new_markdown_cell('# Takes 40 s and 600 MB'), one]))


def change(**cell):
    """A change of the code cell of `fine()`."""
    return lambda notebook: notebook.cells[1].update(nbformat.from_dict(cell))


def printed(text, name='stdout'):
    return change(outputs=[{'output_type': 'stream', 'name': name, 'text': text}])


def tagged(tag, count=1):
    def apply(notebook):
        for _ in range(count):
            cell = v4.new_code_cell('print(6 * 7)', metadata={'tags': [tag]})
            notebook.cells += [v4.new_markdown_cell('text'), cell]
    return apply


def shown(*alts):
    """A change: the code cell has shown a picture for each of these words."""
    data = {'image/png': 'AAAA', 'text/plain': '<Figure>'}
    return change(outputs=[v4.new_output('display_data', data=data, metadata={'image/png': {'alt': alt} if alt else {}})
                           for alt in alts])


def answered(rubric):
    """A change: a question with a model answer and a rubric."""
    def apply(notebook):
        text = f'<!-- BEGIN SOLUTION -->\n**Answer.** Yes.\n\n{rubric}<!-- END SOLUTION -->'
        notebook.cells.append(v4.new_markdown_cell(text))
    return apply


BREAKS = [
    (shown(None), 'does not say what it shows'),
    (shown('A loss that falls'), 'does not say what it shows'),
    (shown('A loss that falls fast', 'A loss that falls fast'), 'two pictures say the same'),
    (answered(''), 'without a rubric'),
    (answered('**Rubric.** One point for yes.\n'), 'does not give one point 2 times'),
    (answered('<!-- END SOLUTION -->**Rubric.** One point for y,\none point for es.\n'), 'not within the solution'),
    (change(source='x = 1\n' * 16), 'longer than 15'),
    (lambda notebook: notebook.cells.append(v4.new_code_cell('1')), 'no text before'),
    (tagged('nbval-skip'), 'skipped by the replay'),
    (tagged('nbval-ignore-output', 4), '4 cells whose output is not compared'),
    (change(execution_count=2), 'not saved as run'),
    (change(execution_count=None), 'not saved as run'),
    (change(outputs=[]), 'no outputs are saved'),
    (printed('careful\n', 'stderr'), 'error or a warning'),
    (change(outputs=[v4.new_output('error', ename='E', evalue='', traceback=[])]), 'error or a warning'),
    (printed('saved in /home/ada/x\n'), "'/home/' in its output"),
    (printed('<object at 0x7f5d8dbdfe20>\n'), "'0x7f5d8dbdfe20' in its output"),
    (change(source="open('/Users/ada/x')"), "'/Users/' is of one machine"),
    (lambda notebook: notebook.cells[0].update(source='# Takes 40 s'), 'run time and the memory'),
    (lambda notebook: notebook.cells[0].update(source='# Takes 600 MB'), 'run time and the memory'),
    (lambda notebook: notebook.metadata.kernelspec.update(name='conda'), 'not python3'),
    (lambda notebook: notebook.metadata.language_info.update(version='3.11.7'), 'metadata of one machine'),
]


def test_a_notebook_with_nothing_wrong_has_no_violation():
    assert violations(fine()) == []
    notebook = fine()
    shown('A loss that falls fast', 'A loss that stays where it is')(notebook)
    answered('**Rubric.** One point for y,\n1 point for es.\n')(notebook)
    assert violations(notebook) == []


@pytest.mark.parametrize('breaking, sentence', BREAKS)
def test_each_rule_can_be_broken(breaking, sentence):
    notebook = fine()
    breaking(notebook)
    assert any(sentence in violation for violation in violations(notebook)), violations(notebook)
