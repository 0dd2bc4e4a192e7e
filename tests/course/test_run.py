"""The notebook runner: pages, index, outputs saved in place; failures are told, interrupts leave nothing."""

import base64
import os
import re
import signal
import subprocess
import sys
import time

import nbformat
import pytest
from nbformat import v4

from cs231n.course import execution
from cs231n.course import run as notebooks
from cs231n.course.formulas import formula
from cs231n.course.pages import index, page, picture_file, pictures, title

PICTURE = """import base64
from IPython.display import Image, display
for _ in range(2):
    display(Image(base64.b64decode({!r})))"""
PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII='
ENVIRONMENT = "import os\nprint(os.environ['CS231N_PROGRESS'], os.environ.get('CS231N_DATA', 'free'))"


def write(folder, name, *sources):
    """A notebook with a heading and these code cells; returns its path and its bytes."""
    cells = [v4.new_markdown_cell(f'# The {name} <notebook>'), *map(v4.new_code_cell, sources)]
    path = folder / f'{name}.ipynb'
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(v4.new_notebook(cells=cells), path)
    return path, path.read_bytes()


@pytest.fixture(scope='module')
def ran(tmp_path_factory):
    """A project of three notebooks, the middle one failing, after `run`: root, exit code, bytes before."""
    root = tmp_path_factory.mktemp('run')
    before = dict([
        write(root / 'notebooks', 'GANs', ENVIRONMENT),
        write(root / 'notebooks', 'LSTM', 'x = 1', '# why\n' + 'x += 1\n' * 20 + 'x / 0', 'never'),
        write(root / 'notebooks', 'RNN', PICTURE.format(PNG), '6 * 7'),
    ])
    return root, notebooks.main(['run'], root), before


def test_run_writes_a_page_a_copy_and_an_index(ran):
    root, _, _ = ran
    for name in ('RNN', 'LSTM', 'GANs'):
        page = (root / 'build/html' / f'{name}.html').read_text(encoding='utf-8')
        assert f'The {name} &lt;notebook&gt;' in page
        assert nbformat.read(root / 'build/notebooks' / f'{name}.ipynb', 4).cells[1].execution_count == 1
    index = (root / 'build/html/index.html').read_text(encoding='utf-8')
    assert index.index('RNN.html') < index.index('LSTM.html') < index.index('GANs.html')
    assert 'The RNN &lt;notebook&gt;' in index and '2 code cells' in index and ' MB' in index


def test_index_pictures_exist_and_lead_to_their_cell(ran):
    root, _, _ = ran
    index = (root / 'build/html/index.html').read_text(encoding='utf-8')
    copy = nbformat.read(root / 'build/notebooks/RNN.ipynb', 4)
    anchor = f'cell-id={copy.cells[1].id}'
    assert index.count(f'href="RNN.html#{anchor}"') == 2
    assert f'id="{anchor}"' in (root / 'build/html/RNN.html').read_text(encoding='utf-8')
    for number in (1, 2):
        png = root / 'build/html/pictures' / f'RNN-{number:02d}.png'
        assert png.read_bytes().startswith(b'\x89PNG') and f'src="pictures/{png.name}"' in index


def test_a_failing_cell_is_told_and_the_others_still_run(ran, capsys):
    root, code, _ = ran
    assert code == 1
    copy = nbformat.read(root / 'build/notebooks/LSTM.ipynb', 4)
    assert [cell.execution_count for cell in copy.cells[1:]] == [1, 2, None]
    index = (root / 'build/html/index.html').read_text(encoding='utf-8')
    assert 'cell [2] of 3: ZeroDivisionError' in index and '| # why' in index and '10 more lines' in index


def test_run_leaves_the_saved_notebooks_alone(ran):
    _, _, before = ran
    assert all(path.read_bytes() == content for path, content in before.items())


def test_nothing_temporary_is_left(ran):
    root, _, _ = ran
    assert not [path for path in root.rglob('*') if path.name.endswith('.tmp')]


def test_save_stores_outputs_on_the_sample_data_with_bare_metadata(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv('CS231N_DATA')
    monkeypatch.setenv('CS231N_PROGRESS', '1')
    path, before = write(tmp_path / 'notebooks', 'RNN', ENVIRONMENT, "print('a')\nprint('b')\n6 * 7")
    failing, kept = write(tmp_path / 'notebooks', 'LSTM', '1 / 0')
    assert notebooks.main(['save', 'LSTM', 'RNN'], tmp_path) == 1
    saved, old = nbformat.read(path, 4), nbformat.reads(before.decode(), 4)
    assert [cell.id for cell in saved.cells] == [cell.id for cell in old.cells]
    assert saved.cells[1].outputs[0].text == '0 sample\n'
    assert saved.cells[2].outputs[0].text == 'a\nb\n' and saved.cells[2].outputs[1].data['text/plain'] == '42'
    assert set(saved.metadata) == {'kernelspec', 'language_info'} and saved.cells[1].metadata == {}
    assert failing.read_bytes() == kept
    told = capsys.readouterr()
    assert 'RNN: 2 code cells' in told.out
    assert 'LSTM.ipynb FAILED at cell [1] of 1: ZeroDivisionError: division by zero\n    | 1 / 0' in told.err


def test_normalise_keeps_the_tags():
    tags = {'tags': ['nbval-ignore-output']}
    notebook = v4.new_notebook(cells=[v4.new_code_cell('x', metadata={**tags, 'collapsed': True})])
    assert notebooks.normalise(notebook).cells[0].metadata == tags


def test_peak_memory_is_that_of_the_kernel(tmp_path):
    path, _ = write(tmp_path, 'RNN', "import time\nx = bytearray(b'1') * 150_000_000\ntime.sleep(0.5)\ndel x")
    assert 150e6 < notebooks.execute(path).peak_bytes < 600e6


def test_an_interrupt_ends_the_kernel_and_leaves_no_file(tmp_path):
    path, before = write(
        tmp_path / 'notebooks', 'RNN', "open('started', 'w').close()", 'import time\ntime.sleep(60)'
    )
    call = (
        "import sys, pathlib; from cs231n.course import run; "
        f"sys.exit(run.main(['save', 'RNN'], pathlib.Path({str(tmp_path)!r})))"
    )
    command = [sys.executable, '-c', call]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=notebooks.ROOT)
    deadline = time.monotonic() + 300
    while not (path.parent / 'started').exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=600)
    assert process.returncode == 130 and 'interrupted' in error
    assert path.read_bytes() == before
    assert {child.name for child in path.parent.iterdir()} == {'RNN.ipynb', 'started'}


def test_a_kernel_that_dies_is_a_failure(tmp_path):
    path, _ = write(tmp_path, 'RNN', 'import os\nos._exit(1)')
    assert notebooks.execute(path).failure.startswith('cell [1] of 1: the kernel died')


@pytest.mark.parametrize(
    'names, found', [([], ['LSTM', 'GANs', 'Attention']), (['GANs', 'LSTM'], ['LSTM', 'GANs']),
                     (['Attention', 'GANs'], ['GANs', 'Attention'])])
def test_find_keeps_the_order_of_the_course(tmp_path, names, found):
    for name in ('GANs', 'LSTM', 'Other', 'extra/Attention'):
        write(tmp_path / 'notebooks', name)
    assert [path.stem for path in notebooks.find(names, tmp_path)] == found


def test_nothing_to_run_is_told(tmp_path, capsys):
    assert notebooks.main(['run', 'Sudoku'], tmp_path) == 2
    assert notebooks.main(['run'], tmp_path) == 2
    assert notebooks.main(['save', 'RNN'], tmp_path) == 2
    error = capsys.readouterr().err
    assert 'NAME must be one of RNN' in error and "got 'Sudoku'" in error and error.count('not found') == 2


def test_write_atomically_keeps_the_old_file_when_writing_fails(tmp_path, monkeypatch):
    path = tmp_path / 'page.html'
    notebooks.write_atomically(path, 'old')
    monkeypatch.setattr(os, 'replace', lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        notebooks.write_atomically(path, b'new')
    assert path.read_text() == 'old' and list(tmp_path.iterdir()) == [path]


def finished(*cells):
    """An execution without a run."""
    return execution.Execution('RNN', v4.new_notebook(cells=list(cells)), 1, 0.0, 0)


def test_a_page_shows_formulas_and_loads_nothing_from_elsewhere():
    text = page(finished(v4.new_markdown_cell('Inline $x_t$, `code $x$`\n\n$$\\frac{1}{N} \\sum_n s_n$$')))
    assert text.count('<math ') == 2 and '<mfrac>' in text and '<code>code $x$</code>' in text
    assert 'display="block"' in text and 'display="inline"' in text
    assert re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=[\"']?http", text) == []


def test_a_link_to_a_notebook_leads_to_its_page():
    text = page(finished(v4.new_markdown_cell('Next: [LSTM.ipynb](LSTM.ipynb), [far](https://x.org/a.ipynb), '
                                              '[up](../RNN.ipynb), [more](extra/Attention.ipynb)')))
    assert '<a href="LSTM.html">LSTM.ipynb</a>' in text and 'href="https://x.org/a.ipynb"' in text
    assert '<a href="RNN.html">up</a>' in text and '<a href="Attention.html">more</a>' in text


def test_aligned_formulas_become_rows():
    rows = formula(r'\begin{aligned} a &= b \\ c &= d \end{aligned}')
    assert rows.count('<mtr>') == 2 and '>&<' not in rows and 'aligned' not in rows


@pytest.mark.parametrize('answer', [r'$\frac{1}{$', r'$$\begin{aligned} a &= b$$', r'$\left( x$', '$x^2^3$', '$_$',
                                    '$$ $$', '![x](attachment:gone.png)'])
def test_a_slip_in_an_answer_costs_no_page(answer):
    text = page(finished(v4.new_markdown_cell(f'because {answer}'), v4.new_markdown_cell('right: $x_t$')))
    assert 'because ' in text and text.count('<math ') == 1 and '<msub>' in text
    assert answer.strip('$ ').replace('&', '&amp;') in text


def test_a_page_leaves_its_notebook_as_it_was():
    result = finished(v4.new_code_cell('1', metadata={'tags': ['x']}))
    before = nbformat.writes(result.notebook)
    page(result)
    assert nbformat.writes(result.notebook) == before


def test_a_page_is_dark_for_whoever_prefers_it_and_leads_back():
    cells = [v4.new_markdown_cell(text) for text in ('# Top', '## 1 One $x$', '### Deeper', '## 2 Two')]
    text = page(finished(*cells), home='index.html')
    assert '<style media="(prefers-color-scheme: dark)" type="text/css">' in text
    nav = re.search(r'<nav.*?</nav>', text, re.S)[0]
    assert '<a href="index.html">' in nav and 'Top' not in nav
    places = re.findall(r'href="#([^"]+)"', nav)
    assert len(places) == 3 and all(f'id="{place}"' in text for place in places)
    assert 'index.html' not in page(finished(*cells)) and '<nav' not in page(finished())


def test_the_index_says_what_a_picture_shows_and_what_the_head_says():
    output = v4.new_output('display_data', data={'image/png': PNG},
                           metadata={'image/png': {'alt': 'a loss < 1'}})
    head = v4.new_markdown_cell('# T\n\n<!-- measured: head -->\n**Points:** 29.\n**Run time:** 29 s.\n\n| part |\n')
    text = index([finished(head, v4.new_code_cell('1', outputs=[output, v4.new_output(
        'display_data', data={'image/png': PNG})]))])
    assert re.findall(r'alt="(.*?)"', text) == ['a loss &lt; 1', 'a picture of the notebook T']
    assert '<p>Points: 29. Run time: 29 s.</p>' in text


def test_title_and_pictures_of_a_bare_notebook():
    bare = finished(v4.new_code_cell('1'))
    assert title(bare) == 'RNN' and pictures(bare.notebook) == []


def test_pictures_of_both_kinds_keep_their_order_and_their_suffix():
    outputs = [v4.new_output('display_data', data={f'image/{kind}': base64.b64encode(content).decode()})
               for kind, content in (('jpeg', b'\xff\xd8 one'), ('png', b'\x89PNG two'))]
    found = pictures(v4.new_notebook(cells=[v4.new_code_cell('1', id='x', outputs=outputs)]))
    assert found == [('x', b'\xff\xd8 one', ''), ('x', b'\x89PNG two', '')]
    assert [picture_file('RNN', k, content) for k, (_, content, _) in enumerate(found)] == [
        'pictures/RNN-00.jpg', 'pictures/RNN-01.png']


class Terminal:
    """A standard output that remembers what is printed."""

    def __init__(self, terminal):
        self.terminal, self.text = terminal, ''

    def isatty(self):
        return self.terminal

    def write(self, text):
        self.text += text

    def flush(self):
        pass


@pytest.mark.parametrize('terminal, lines', [(True, 3), (False, 1)])
def test_progress_rewrites_its_line_on_a_terminal_only(monkeypatch, terminal, lines):
    out = Terminal(terminal)
    monkeypatch.setattr(sys, 'stdout', out)
    progress = execution.Progress('RNN')
    for seconds in (1, 2, 11):
        progress.show(7, 20, seconds)
    progress.close()
    assert out.text.count('RNN: cell 7 of 20') == lines
    assert ('\r' in out.text) == terminal and '11 s' in out.text


def test_root_is_the_repository():
    assert (notebooks.ROOT / 'pyproject.toml').exists()
