"""The handout: built deterministically, nothing missing, nothing of a solution in it."""

import base64
import hashlib
import io
import json
import marshal
import subprocess
import zipfile

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from cs231n._shared.paths import ROOT
from cs231n.answer_key import computed
from cs231n.checks import CHECKS
from cs231n.checks.engine import judge as judging
from cs231n.checks.engine import stored
from cs231n.checks.engine.compare import as_array
from cs231n.checks.engine.matching import close
from cs231n.course.assignment import EXTRA, NOTEBOOKS, path_of
from cs231n.handout import build, scan, stages
from cs231n.handout import mistakes_table as table
from cs231n.handout.__main__ import main
from cs231n.handout.markers import MarkerError

PRESENT = [name for name in NOTEBOOKS | EXTRA if (ROOT / path_of(name)).exists()]
EVERYTHING = [one for check in CHECKS.values() for one in (check, *check.also)]


@pytest.fixture(scope='module')
def files(archive):
    return build.read_zip(archive)


@pytest.fixture(scope='module')
def wanted():
    return scan.needles(ROOT)


# ---- what is built


def test_two_builds_are_equal_to_the_byte(archive, tmp_path):
    build.write_zip(tmp_path / 'again.zip', build.student_files())
    again = (tmp_path / 'again.zip').read_bytes()
    assert hashlib.sha256(again).hexdigest() == hashlib.sha256(archive.read_bytes()).hexdigest()


def test_the_folder_holds_what_the_zip_holds(files, folder, built):
    on_disk = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob('*') if path.is_file()}
    assert on_disk == files
    assert f'{len(files)} files' in built[1] and str(folder) in built[1]


def test_the_zip_says_nothing_of_when_and_where(archive):
    with zipfile.ZipFile(archive) as content:
        entries = content.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time for entry in entries} == {build.DATE} and {entry.create_system for entry in entries} == {3}
    assert {entry.external_attr >> 16 for entry in entries} == {0o100644, 0o100755}


def test_a_student_gets_what_they_need_and_nothing_of_the_maintainers(files):
    given = {'README.md', 'AGENTS.md', 'LICENSE', 'Makefile', 'requirements.txt', 'pyproject.toml', 'setup.py',
             'get_datasets.sh',
             'cs231n/course/student_extension.py', 'cs231n/course/submit.py', 'cs231n/checks/grader/grade.py',
             'cs231n/checks/engine/answers.npz',
             'datasets/sample/squeezenet.pt', *map(path_of, PRESENT)}
    assert given <= set(files)
    words = 'oracle', 'mistakes', 'hints', 'answer_key', 'handout/', 'benchmarks', 'tests/', 'train_', '.pyc'
    assert [name for name in files if any(word in name for word in words)] == []
    for name in ('Makefile', 'requirements.txt', 'pyproject.toml', 'setup.py'):
        text = files[name].decode()
        assert 'MAINTAINERS' not in text and 'pytest>' not in text and 'ruff.lint' not in text and 'nbval' not in text
    assert '\nhandout:' not in files['Makefile'].decode() and '\ncheck:' in files['Makefile'].decode()


def test_modules_differ_by_their_solutions_only(files):
    edited = json.loads(files['cs231n/handout.json'])['edited']
    same = {name for name in files if (ROOT / name).is_file() and files[name] == (ROOT / name).read_bytes()}
    own = {'README.md', 'AGENTS.md', 'setup.py', 'Makefile', 'requirements.txt', 'pyproject.toml',
           'cs231n/handout.json',
           'cs231n/checks/engine/answers.npz',
           'cs231n/rnn_layers_pytorch.py', 'cs231n/classifiers/rnn_pytorch.py',  # of the other edition
           'cs231n/attention_layers.py', 'cs231n/classifiers/attention.py'}  # beyond the five: not handed in
    assert set(files) - same - own == {*edited, *map(path_of, PRESENT)}
    assert len(edited) >= 5 and set(edited['cs231n/rnn_layers.py']) == {'RNN', 'LSTM'} & set(PRESENT)
    assert set(edited['cs231n/classifiers/decoding.py']) == {'RNN', 'LSTM'} & set(PRESENT)


@pytest.mark.parametrize('name', PRESENT)
def test_a_notebook_keeps_its_cells_and_loses_outputs_and_answers(files, name):
    text = files[path_of(name)].decode()
    ours = json.loads((ROOT / path_of(name)).read_text(encoding='utf-8'))['cells']
    theirs = json.loads(text)['cells']
    assert [cell['id'] for cell in ours] == [cell['id'] for cell in theirs]
    code = [cell for cell in theirs if cell['cell_type'] == 'code']
    assert all(cell['outputs'] == [] and cell['execution_count'] is None for cell in code)
    assert code[0]['source'][0] == stages.SETUP + '\n' and stages.SETUP not in str(code[1:])
    answers = sum('BEGIN SOL' 'UTION' in ''.join(cell['source']) for cell in ours)
    assert text.count('**Your answer:**') == answers >= 1 and '**Answer' not in text


def test_the_commands_of_a_student_are_listed_and_no_others(folder):
    run = subprocess.run(['make', '-s', '-C', folder], capture_output=True, text=True, timeout=600)
    assert {line.split()[1] for line in run.stdout.splitlines() if line.startswith('  make ')} == {
        'help', 'run', 'lab', 'check', 'submit', 'data', 'clean'}


def test_line_ends_of_a_checkout_do_not_matter(tmp_path):
    (tmp_path / 'LICENSE').write_bytes(b'a\r\nb\r\n')
    found = {}
    stages.copy_what_is_given(tmp_path, found)
    assert found == {'LICENSE': b'a\nb\n'}


# ---- answers without their code


@pytest.fixture
def from_file(folder, monkeypatch):
    """The checks of this process know their answers from the file in the handout."""
    path = folder / 'cs231n/checks/engine/answers.npz'
    monkeypatch.setattr(stored, 'STORED', path)
    caches = stored._stored, stored._outputs, stored._hints
    for one in caches:
        one.cache_clear()
    monkeypatch.setattr('cs231n.checks.engine.answers.STORED', path)
    yield path
    for one in caches:
        one.cache_clear()


def test_the_file_knows_what_the_code_knows(from_file):
    for one in EVERYTHING:
        assert stored.hints(one) == computed.hints(one) == one.hints
        for got, want in zip(stored.outputs(one), computed.outputs(one), strict=True):
            assert set(got) == set(want)
            for key in want:
                for left, right in zip(got[key], want[key], strict=True):
                    assert left.shape == np.shape(right)
                    assert np.array_equal(left, right) if key == 'right' else close(one, left, np.asarray(right))


@pytest.mark.parametrize('name', [name for name, one in CHECKS.items() if one.hints])
def test_every_mistake_is_recognised_by_the_file_as_itself(from_file, name):
    one = CHECKS[name]
    for key, hint in computed.hints(one).items():
        told, left, credit = judging._mistake(one, answered(one, key))
        assert told == hint and not left and credit == one.credit.get(key, 0), key
    assert judging._mistake(one, answered(one, 'right'))[0] is None


def answered(one, key):
    """What comes of the cases of a check for an answer with this mistake."""
    runs = []
    for case, stored_outputs, outputs in zip(one.cases(), stored.outputs(one), computed.outputs(one), strict=True):
        got = one.settle([as_array(output) for output in outputs[key]])
        right = tuple(close(one, *pair) for pair in zip(got, stored_outputs['right'], strict=True))
        runs.append(judging.Run(case, stored_outputs, got, right=right))
    return runs


def test_hints_are_under_seal(from_file):
    raw = b''.join(array.tobytes() for entries in stored._stored().values() for array in entries.values())
    assert not [hint for one in EVERYTHING for hint in one.hints.values() if hint.encode()[:20] in raw]


def test_layers_are_told_from_the_file(from_file):
    for name, inputs in (('discriminator', 784), ('generator', 7), ('generator', 96), ('build_dc_classifier', 784)):
        assert stored.layers(CHECKS[name], inputs) == computed.layers(CHECKS[name], inputs)


# ---- the scan


def notebook(**cell):
    whole = {'cell_type': 'code', 'id': 'a', 'metadata': {}, 'source': [], 'outputs': [], 'execution_count': None}
    return json.dumps({'cells': [{**whole, **cell}], 'metadata': {}, 'nbformat': 4, 'nbformat_minor': 5}).encode()


def picture(kind='PNG', **options):
    file = io.BytesIO()
    Image.new('RGB', (2, 2)).save(file, kind, **options)
    return file.getvalue()


def with_text(text):
    info = PngImagePlugin.PngInfo()
    info.add_text('Comment', text, zip=True)
    return picture(pnginfo=info)


def arrays(**named):
    file = io.BytesIO()
    np.savez_compressed(file, **named)
    return file.getvalue()


def zipped(name, text):
    file = io.BytesIO()
    with zipfile.ZipFile(file, 'w', zipfile.ZIP_DEFLATED) as content:
        content.writestr(name, text)
    return file.getvalue()


LINE = 'da = dnext_h * slope'
OUTPUT = {'output_type': 'display_data', 'metadata': {}}
LEAKS = {
    'a line in a module': ('cs231n/x.py', f'def f():\n    {LINE}  # (N, H)\n'.encode()),
    'wrapped otherwise': ('cs231n/x.py', b'da = (0 +\n  dnext_h\n * slope)\nda=dnext_h*\n slope'),
    'in a comment': ('cs231n/x.py', f'# {LINE}\n'.encode()),
    'of the LSTM': ('cs231n/x.py', b'c[:, t + 1] = f * c[:, t] + i * g'),
    'of a helper': ('cs231n/x.py', b'return torch.where(lengths > 0, grad / lengths, 0).to(dtype)'),
    'of an oracle': ('cs231n/checks/x.py', b'i, f, o, g = _gates(x @ Wx + prev_h @ Wh + b)'),
    'of a slip': ('cs231n/checks/x.py', b'da = slope * dnext_h'),
    'a hint': ('cs231n/checks/x.py', b"'the derivative of tanh is taken at prev_h: it is 1 - next_h**2.'"),
    'in a README': ('README.md', f'Write `{LINE}`.'.encode()),
    'in the Makefile': ('Makefile', f'# {LINE}'.encode()),
    'in a text file': ('notes.txt', LINE.encode()),
    'a code cell': ('notebooks/X.ipynb', notebook(source=['x = 1\n', LINE])),
    'printed': ('notebooks/X.ipynb', notebook(outputs=[{'output_type': 'stream', 'name': 'stdout', 'text': [LINE]}])),
    'an HTML output': ('notebooks/X.ipynb', notebook(outputs=[{**OUTPUT, 'data': {'text/html': [f'<b>{LINE}</b>']}}])),
    'escaped for HTML': ('notebooks/X.ipynb', notebook(outputs=[
        {**OUTPUT, 'data': {'text/html': 'return torch.where(lengths &gt; 0, grad / lengths, 0).to(dtype)'}}])),
    'metadata of a cell': ('notebooks/X.ipynb', notebook(metadata={'solution': LINE})),
    'a key of the metadata': ('notebooks/X.ipynb', notebook(metadata={LINE: 1})),
    'text of a picture in an output': ('notebooks/X.ipynb', notebook(outputs=[
        {**OUTPUT, 'data': {'image/png': base64.b64encode(with_text(LINE)).decode()}}])),
    'a model answer': ('notebooks/X.ipynb', notebook(cell_type='markdown', source=[
        'Well.\n', '**Answer.** It lies between 0 and 1, and is 1 only where $h$ is exactly 0. '
        'Each step therefore multiplies the gradient by a\n'])),
    'text of a PNG': ('docs/x.png', with_text(LINE)),
    'comment of a JPEG': ('docs/x.jpg', picture('JPEG', comment=LINE.encode())),
    'EXIF of a JPEG': ('docs/x.jpg', picture('JPEG', exif=b'Exif\0\0' + Image.Exif().tobytes()[6:] + LINE.encode())),
    'strings in an array file': ('datasets/x.npz', arrays(text=np.array(['x', LINE]))),
    'bytes in an array file': ('datasets/x.npz', arrays(text=np.frombuffer(LINE.encode(), np.uint8))),
    'in a weights file': ('datasets/x.pt', zipped('code/x.py', LINE)),
    'compiled': ('cs231n/__pycache__/x.cpython-311.pyc', bytes(16) + marshal.dumps(compile('x = 1', 'x', 'exec'))),
    'an archive': ('solutions.zip', zipped('x.py', LINE)),
    'a web page': ('build/html/RNN.html', b'<p>'),
}


def test_nothing_of_a_solution_is_in_the_handout(files, wanted):
    assert len(wanted) > 800
    assert scan.findings(files, wanted) == []


@pytest.mark.parametrize('key', LEAKS)
def test_a_planted_leak_is_found(key, wanted):
    name, data = LEAKS[key]
    found = scan.findings({name: data}, wanted)
    assert found and all(line.startswith(f'{name}: ') for line in found)


def test_the_solved_repository_is_one_big_leak(wanted):
    ours = {f'cs231n/{name}.py': (ROOT / f'cs231n/{name}.py').read_bytes() for name in ('rnn_layers', 'gan_pytorch')}
    found = scan.findings(ours, wanted)
    assert len(found) > 60 and {line.partition(':')[0] for line in found} == set(ours)


@pytest.mark.slow
def test_every_exception_of_the_scan_is_needed(files, monkeypatch):
    monkeypatch.setattr(scan, 'GIVEN', set())
    found = '\n'.join(scan.findings(files, scan.needles(ROOT)))
    assert [line for line in scan.GIVEN if line not in found] == []
    assert found


def test_a_leak_stops_the_build_and_nothing_is_written(tmp_path, monkeypatch):
    def plant(root, files):
        files['notes.md'] = LINE.encode()

    monkeypatch.setattr(build, 'STAGES', (stages.copy_what_is_given, stages.stub_modules, plant))
    monkeypatch.setattr(stages, 'GIVEN', ['LICENSE'])
    with pytest.raises(scan.Leak, match=r'notes\.md: cs231n/rnn_layers\.py:\d+: da='):
        build.build(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize('occupied', ['to', f'to/{build.NAME}', f'to/{build.NAME}.zip', 'to/deeper'])
def test_what_is_in_the_way_is_named_and_nothing_is_written(tmp_path, capsys, occupied):
    path = tmp_path / occupied
    path.parent.mkdir(exist_ok=True)
    path.mkdir() if occupied.endswith('.zip') else path.write_text('mine')
    before = sorted(tmp_path.rglob('*'))
    to = path / 'below' if occupied.endswith('deeper') else tmp_path / 'to'
    assert main(['build', '--to', str(to)]) == 1
    out, err = capsys.readouterr()
    assert not out and err.count('\n') == 1 and str(path) in err
    assert sorted(tmp_path.rglob('*')) == before


def test_a_helper_that_only_solutions_use_stops_the_build():
    files = {'cs231n/handout.json': b'{"edited": {"cs231n/m.py": []}}',
             'cs231n/m.py': b'def f():\n    _used()\n\n\ndef _used():\n    pass\n\n\ndef _fast_step():\n    pass\n'}
    with pytest.raises(MarkerError, match=r'cs231n/m\.py: _fast_step serves solutions only'):
        stages.refuse_orphans(ROOT, files)
    files['cs231n/x.py'] = b'from cs231n.m import _fast_step\n'
    stages.refuse_orphans(ROOT, files)


def test_a_wrong_marker_stops_the_build(tmp_path, monkeypatch):
    def break_one(root, files):
        files['cs231n/optim.py'] = b'# BEGIN SOL' b'UTION\n'

    monkeypatch.setattr(build, 'STAGES', (break_one, stages.stub_modules))
    with pytest.raises(MarkerError, match=r'cs231n/optim\.py:1: a solution without an end'):
        build.build(tmp_path)
    assert list(tmp_path.iterdir()) == []


# ---- the table of misconceptions


def test_the_table_in_the_docs_is_generated_from_the_code():
    assert table.PATH.read_text(encoding='utf-8') == table.text(), 'run python -m cs231n.handout misconceptions'


def test_misconceptions_are_many_in_every_notebook():
    count = dict.fromkeys(NOTEBOOKS | EXTRA, 0)
    for one in CHECKS.values():
        count[one.notebook] += len(one.hints)
    assert min(count.values()) >= 30 and sum(count.values()) >= 300


def test_the_edition_decides_in_which_form_the_captioning_model_is_written():
    plans = {edition: json.loads(files[stages.PLAN]) for edition in ('numpy', 'pytorch')
             for files in [build.student_files(edition=edition)]}
    for edition, plan in plans.items():
        assert plan['edition'] == edition
        assert ('cs231n/rnn_layers.py' in plan['edited']) == (edition == 'numpy') == ('RNN' in plan['notebooks'])
        assert ('cs231n/rnn_layers_pytorch.py' in plan['edited']) == (edition == 'pytorch')
        assert 'cs231n/gan_pytorch.py' in plan['edited'] and 'GANs' in plan['notebooks']
