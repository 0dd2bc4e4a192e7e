"""Handing in: what is missing is said, in full; what is whole becomes one zip."""

import hashlib
import json
import zipfile

import nbformat
import pytest
from nbformat import v4

from cs231n._shared.paths import ROOT
from cs231n.course import pages, submit
from cs231n.course.student_extension import digest

MODULE = 'def f():\n    # ---- your code: f ----\n    return 1\n    # ---- end of your code ----\n'
STUB = "def f():\n    raise NotImplementedError('f: return one')\n"


def printed(text):
    return [v4.new_output('stream', name='stdout', text=text)]


@pytest.fixture
def folder(tmp_path):
    """A student's folder with one module and one notebook, in which nothing is missing."""
    (tmp_path / 'cs231n').mkdir()
    (tmp_path / 'notebooks').mkdir()
    plan = {'notebooks': ['RNN'], 'edited': {'cs231n/m.py': ['RNN']}}
    (tmp_path / 'cs231n/handout.json').write_text(json.dumps(plan))
    (tmp_path / 'cs231n/m.py').write_text(MODULE)
    save(tmp_path)
    return tmp_path


def save(folder, change=None):
    """Write the notebook as a run with the present module leaves it, after a change of it."""
    stamp = f"run with cs231n/m.py {digest(folder / 'cs231n/m.py')}\n"
    notebook = v4.new_notebook(cells=[
        v4.new_markdown_cell('# Title\n\n**Your answer:** because.'),
        v4.new_code_cell('%reload_ext cs231n.course.student_extension', execution_count=1, outputs=printed(stamp)),
        v4.new_code_cell('f()', execution_count=2, outputs=printed('1\n')),
        v4.new_code_cell(''),
    ])
    if change is not None:
        change(notebook.cells)
    nbformat.write(notebook, folder / 'notebooks/RNN.ipynb')


def test_nothing_is_missing_and_one_zip_holds_all(folder, capsys):
    assert submit.missing(folder) == []
    assert submit.main([], folder) == 0
    with zipfile.ZipFile(folder / 'build/submission.zip') as content:
        files = {name: content.read(name) for name in content.namelist()}
    assert set(files) == {'cs231n/m.py', 'notebooks/RNN.ipynb', 'html/RNN.html', 'manifest.json'}
    manifest = json.loads(files.pop('manifest.json'))
    assert manifest['sha256'] == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    assert manifest['missing'] == [] and manifest['versions']['python'] and manifest['versions']['torch']
    assert files['cs231n/m.py'] == MODULE.encode() and b'<h1' in files['html/RNN.html']
    assert (folder / 'build/html/RNN.html').read_bytes() == files['html/RNN.html']
    assert 'ready to hand in' in capsys.readouterr().out


def cell(number, **changes):
    return lambda cells: cells[number].update(nbformat.from_dict(changes))


FAULTS = {  # what is changed in the notebook: what is said
    'not run': (cell(2, execution_count=None), 'was not run once from top to bottom: restart its kernel'),
    'run out of order': (cell(2, execution_count=7), 'was not run once from top to bottom'),
    'a cell added': (lambda cells: cells.append(v4.new_code_cell('1')), 'was not run once from top to bottom'),
    'no stamp': (cell(1, outputs=[]), 'its first cell does not tell which cs231n/m.py it ran with'),
    'failed': (cell(2, outputs=[v4.new_output('error', ename='KeyError', evalue='', traceback=[])]),
               'cell [2]: failed with KeyError'),
    'waits': (cell(2, outputs=[v4.new_output('display_data', {'text/plain': 'This cell waits for f: return one.'})]),
              'cell [2]: waits for f'),
    'no answer': (cell(0, source='**Your answer:** *write it here.*'), '1 question has no answer yet'),
}


@pytest.mark.parametrize('key', FAULTS)
def test_a_fault_of_a_notebook_is_told(folder, key):
    change, words = FAULTS[key]
    save(folder, change)
    found = submit.missing(folder)
    assert len(found) == 1 and found[0].startswith('RNN.ipynb') and words in found[0], found


def test_a_module_that_changed_after_the_run_is_told(folder):
    (folder / 'cs231n/m.py').write_text(MODULE.replace('1', '2'))
    assert submit.missing(folder) == [
        'RNN.ipynb: cs231n/m.py has changed since it was run: restart its kernel, run all cells, and save']
    save(folder)
    assert submit.missing(folder) == []


def test_a_mark_of_the_byte_order_as_windows_sets_it_does_not_matter(folder):
    (folder / 'cs231n/m.py').write_text(MODULE, encoding='utf-8-sig')
    save(folder)
    assert submit.missing(folder) == []


def test_line_ends_and_the_time_of_a_file_do_not_count(folder):
    (folder / 'cs231n/m.py').write_bytes(MODULE.replace('\n', '\r\n').encode())
    assert submit.missing(folder) == []


@pytest.mark.parametrize('data', [b'# caf\xe9\n', b'x = 1\0\n'])
def test_a_module_that_is_no_text_is_told(folder, data):
    (folder / 'cs231n/m.py').write_bytes(data)
    save(folder)
    told, = submit.missing(folder)
    assert told.startswith('cs231n/m.py: ') and 'is no valid Python' in told


@pytest.mark.parametrize('text, words', [(STUB, 'cs231n/m.py: f is not written yet'),
                                         ('def f(:', 'cs231n/m.py: line 1 is no valid Python')])
def test_a_fault_of_a_module_is_told(folder, text, words):
    (folder / 'cs231n/m.py').write_text(text)
    save(folder)
    assert [sentence[:len(words)] for sentence in submit.missing(folder)] == [words]


def test_everything_that_is_missing_is_told_at_once_and_nothing_is_written(folder, capsys):
    (folder / 'cs231n/m.py').unlink()
    (folder / 'notebooks/RNN.ipynb').write_text('{')
    assert submit.main([], folder) == 1
    told = capsys.readouterr().out
    assert 'cs231n/m.py: the file is gone' in told and 'RNN.ipynb: cannot be read' in told
    assert 'Nothing was written' in told and not (folder / 'build').exists()


def test_what_is_there_can_be_handed_in_anyway(folder):
    (folder / 'cs231n/m.py').write_text(STUB)
    save(folder)
    assert submit.main(['--anyway'], folder) == 0
    with zipfile.ZipFile(folder / 'build/submission.zip') as content:
        assert json.loads(content.read('manifest.json'))['missing'] == ['cs231n/m.py: f is not written yet']


def test_a_damaged_notebook_can_be_handed_in_anyway(folder, capsys):
    (folder / 'notebooks/RNN.ipynb').write_text('{')
    assert submit.main(['--anyway'], folder) == 0
    with zipfile.ZipFile(folder / 'build/submission.zip') as content:
        assert set(content.namelist()) == {'cs231n/m.py', 'notebooks/RNN.ipynb', 'manifest.json'}
        first, second = json.loads(content.read('manifest.json'))['missing']
    assert 'RNN.ipynb: cannot be read' in first and second.startswith('RNN.ipynb: has no web page: NotJSONError')
    assert f'  {second}\n' in capsys.readouterr().out


COLAB = {'colab': {'provenance': []}, 'accelerator': 'GPU', 'widgets': {
    'application/vnd.jupyter.widget-state+json': {'4f1c': {'model_module': '@jupyter-widgets/controls',
                                                           'model_name': 'HBoxModel', 'state': {}}}}}
BAR = {'output_type': 'display_data', 'metadata': {}, 'data': {
    'application/vnd.jupyter.widget-view+json': {'model_id': '4f1c'}, 'text/plain': ['  0%|   | 0/10']}}


@pytest.mark.parametrize('metadata', [COLAB, {'widgets': {}}, {'widgets': []}, {'language_info': {}},
                                      {'language_info': {'name': 'python', 'pygments_lexer': 'none'}}])
@pytest.mark.parametrize('minor', [0, 5])
def test_a_notebook_of_another_editor_gets_its_page(folder, capsys, metadata, minor):
    path = folder / 'notebooks/RNN.ipynb'
    notebook = json.loads(path.read_text(encoding='utf-8'))
    notebook.update(metadata=metadata, nbformat_minor=minor)
    notebook['cells'][2]['outputs'].append(BAR)
    for cell in notebook['cells']:
        cell['metadata'] = {'id': 'x1', 'colab': {'height': 17}, 'outputId': 'y'}
        if minor == 0:
            del cell['id']
    path.write_bytes(b'\xef\xbb\xbf' + json.dumps(notebook).encode())
    assert submit.main([], folder) == 0
    with zipfile.ZipFile(folder / 'build/submission.zip') as content:
        text = content.read('html/RNN.html').decode()
        assert json.loads(content.read('manifest.json'))['missing'] == []
    assert '>Title<' in text and '0/10' in text and 'not in the zip' not in capsys.readouterr().out


def test_a_page_that_cannot_be_made_is_told_on_the_screen(folder, monkeypatch, capsys):
    def fail(result):
        raise KeyError('state')

    monkeypatch.setattr(pages, 'page', fail)
    assert submit.main([], folder) == 0
    out = capsys.readouterr().out
    assert "RNN.ipynb: has no web page: KeyError: 'state'" in out and 'ready to hand in' in out


def without_outputs(cells):
    del cells[2]['outputs']


def without_source(cells):
    cells[2]['source'] = None


def with_a_number_for_text(cells):
    cells[2]['outputs'] = [{'output_type': 'display_data', 'data': {'text/plain': 3}, 'metadata': {}}]


@pytest.mark.parametrize('change', [without_outputs, without_source, with_a_number_for_text])
def test_a_cell_that_jupyter_never_writes_is_told_and_handed_in_anyway(folder, change):
    path = folder / 'notebooks/RNN.ipynb'
    notebook = json.loads(path.read_text())
    change(notebook['cells'])
    path.write_text(json.dumps(notebook))
    told, = submit.missing(folder)
    assert told.startswith('RNN.ipynb: is damaged')
    assert submit.main(['--anyway'], folder) == 0
    with zipfile.ZipFile(folder / 'build/submission.zip') as content:
        assert content.read('notebooks/RNN.ipynb') == path.read_bytes()


def test_the_solved_repository_has_nothing_to_hand_in(capsys):
    assert submit.main([], ROOT) == 2
    assert "not a student's folder" in capsys.readouterr().err


def test_a_file_where_the_folder_build_should_be_is_named(folder, capsys):
    (folder / 'build').write_text('mine')
    assert submit.main([], folder) == 1
    assert 'cannot write into the folder build' in capsys.readouterr().err
    assert (folder / 'build').read_text() == 'mine'


@pytest.mark.parametrize('occupied', ['html', 'submission.zip'])
def test_what_stands_in_the_way_inside_build_is_named_and_nothing_unfinished_stays(folder, capsys, occupied):
    (folder / 'build').mkdir()
    (folder / 'build/html').write_text('mine') if occupied == 'html' else (folder / 'build' / occupied).mkdir()
    assert submit.main([], folder) == 1
    assert str(folder / 'build' / occupied) in capsys.readouterr().err
    left = {path.name for path in (folder / 'build').rglob('*')}
    assert left == {'html'} if occupied == 'html' else left == {'html', 'RNN.html', 'submission.zip'}
