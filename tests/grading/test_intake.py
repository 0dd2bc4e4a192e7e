"""Whose a submission is and what is in it, as Canvas, Moodle, Gradescope and people hand them out."""

import io
import json
import unicodedata
import zipfile

import pytest

from cs231n.grading.intake import MAX_MODULE, find_submissions
from cs231n.grading.package import edited
from cs231n.grading.trees import Refused

WANTED = edited()
LAYERS, MODEL = 'cs231n/rnn_layers.py', 'cs231n/classifiers/rnn.py'


def zipped(files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, 'w') as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def put(folder, files):
    """Writes {path: text or bytes}; a folder for a path that ends in a slash."""
    for name, data in files.items():
        path = folder / name
        (path if name.endswith('/') else path.parent).mkdir(parents=True, exist_ok=True)
        if not name.endswith('/'):
            path.write_bytes(data.encode() if isinstance(data, str) else data)
    return folder


def opened(path):
    """{slug: Submission}."""
    entries, _ = find_submissions(path, WANTED)
    found = {one.slug: one.open() for one in entries}
    assert len(found) == len(entries)
    return found


def of(source):
    """A zip of a submission that can be told from others."""
    return zipped({LAYERS: f'# {source}', MODEL: f'# {source}'})


# ---- whose it is


def test_canvas(tmp_path):
    found = opened(put(tmp_path, {
        'lovelaceada_12345_67890_submission.zip': of('Ada'),
        'hopper_LATE_222_333_lab-2.zip': of('Grace, the second time'),
        'hopper_LATE_222_333_lab.zip': of('Grace'),
        'hopper_LATE_222_333_lab-10.zip': of('Grace, the last time'),
        'müllerjürgen_444_555_rnn_layers.py': '# loose', 'müllerjürgen_444_555_rnn-1.py': '# loose, too',
        'müllerjürgen_444_555_report.pdf': 'a report', 'team_a_7_8_submission.zip': of('a team'),
        'nobody_99_98_answers.pdf': 'only this',
    }))
    assert set(found) == {'lovelaceada-12345', 'hopper-222', 'mullerjurgen-444', 'team-a-7', 'nobody-99'}
    ada, grace = found['lovelaceada-12345'], found['hopper-222']
    assert (ada.name, ada.students[0].id, ada.late, ada.source) == ('lovelaceada', '12345', False, 'submission.zip')
    assert ada.modules == {LAYERS: b'# Ada', MODEL: b'# Ada'}
    assert ada.missing == tuple(path for path in WANTED if path not in ada.modules)
    assert (grace.late, grace.modules[LAYERS]) == (True, b'# Grace, the last time')
    assert found['mullerjurgen-444'].modules == {LAYERS: b'# loose', MODEL: b'# loose, too'}
    assert found['mullerjurgen-444'].name == 'müllerjürgen'
    assert found['nobody-99'].missing == tuple(WANTED) and not found['nobody-99'].refused


def test_moodle(tmp_path):
    found = opened(put(tmp_path, {
        'Ada Lovelace_123_assignsubmission_file_/submission.zip': of('Ada'),
        'Ada Lovelace_123_assignsubmission_onlinetext_/onlinetext.html': '<p>hello</p>',
        'Jürgen Müller_456_assignsubmission_file_submission.zip': of('Jürgen'),
        'Grace Hopper_789_assignsubmission_file_/': '',
    }))
    assert set(found) == {'ada-lovelace-123', 'jurgen-muller-456', 'grace-hopper-789'}
    assert found['ada-lovelace-123'].modules[LAYERS] == b'# Ada'
    assert found['jurgen-muller-456'].students[0].name == 'Jürgen Müller'
    assert found['jurgen-muller-456'].modules[LAYERS] == '# Jürgen'.encode()


METADATA = """---
submission_11:
  :submitters:
  - :name: Ada Lovelace
    :sid: '0042'
    :email: ada@example.org
  - :name: Grace Hopper
    :sid: '43'
    :email: grace@example.org
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-01-01 10:00:00.000000000 Z
  :score: 3.0
submission_12:
  :submitters:
  - :name: "Jürgen Müller"
    :sid:
    :email: jm@example.org
submission_13:
  :submitters:
  - :name: Handed In Nothing
    :sid: '44'
"""


@pytest.mark.parametrize('shape', ['folder', 'zip'])
def test_gradescope(tmp_path, shape):
    files = {'assignment_1_export/submission_metadata.yml': METADATA,
             f'assignment_1_export/submission_11/{LAYERS}': '# Ada and Grace',
             'assignment_1_export/submission_12/rnn_layers.py': '# Jürgen'}
    path = put(tmp_path / 'in', files)
    if shape == 'zip':
        path = tmp_path / 'export.zip'
        path.write_bytes(zipped(files))
    found = opened(path)
    assert set(found) == {'ada-lovelace-grace-hopper-0042', 'handed-in-nothing-44'} | {
        slug for slug in found if slug.startswith('jurgen-muller-')}
    both = found['ada-lovelace-grace-hopper-0042']
    assert [(one.name, one.id, one.email) for one in both.students] == [
        ('Ada Lovelace', '0042', 'ada@example.org'), ('Grace Hopper', '43', 'grace@example.org')]
    assert both.modules == {LAYERS: b'# Ada and Grace'}
    assert found['handed-in-nothing-44'].missing == tuple(WANTED)


@pytest.mark.parametrize('text', ['[', '- a', 'submission_1: 3', '!!python/object/apply:os.system ["touch evil"]'])
def test_metadata_of_another_kind_is_refused(tmp_path, text):
    put(tmp_path, {'submission_metadata.yml': text, f'submission_1/{LAYERS}': '#'})
    with pytest.raises(Refused, match='not as'):
        opened(tmp_path)


def test_folders_zips_and_files_by_name(tmp_path):
    found = opened(put(tmp_path, {
        f'ada/cs231n-assignment3/{LAYERS}': '# Ada', 'grace.zip': zipped({f'cs231n-assignment3/{MODEL}': '# Grace'}),
        'group-1.zip': of(1), 'group-2.zip': of(2), 'alan_rnn_layers.py': '# Alan', 'notes.txt': 'mine',
    }))
    assert set(found) == {'ada', 'grace', 'group-1', 'group-2', 'alan'}
    assert found['ada'].modules == {LAYERS: b'# Ada'} and found['grace'].modules == {MODEL: b'# Grace'}
    assert found['group-1'].modules[LAYERS] == b'# 1' and found['group-2'].modules[LAYERS] == b'# 2'
    assert found['alan'].modules == {LAYERS: b'# Alan'}
    assert find_submissions(tmp_path, WANTED)[1] == ['notes.txt']


def test_one_submission_alone(tmp_path):
    put(tmp_path / 'ada', {LAYERS: '# Ada'})
    (tmp_path / 'grace.zip').write_bytes(of('Grace'))
    (tmp_path / 'wrapped.zip').write_bytes(zipped({f'cs231n-assignment3/{LAYERS}': '# wrapped'}))
    assert {slug: one.modules[LAYERS] for path in ('ada', 'grace.zip', 'wrapped.zip', f'ada/{LAYERS}')
            for slug, one in opened(tmp_path / path).items()}.keys() >= {'ada', 'grace', 'wrapped'}


def test_the_zip_of_a_class_is_opened_as_it_is(tmp_path):
    (tmp_path / 'submissions.zip').write_bytes(zipped({
        'ada_1_2_submission.zip': of('Ada'), 'grace_3_4_submission.zip': of('Grace')}))
    found = opened(tmp_path / 'submissions.zip')
    assert {slug: one.modules[LAYERS] for slug, one in found.items()} == {'ada-1': b'# Ada', 'grace-3': b'# Grace'}


def test_names_that_differ_in_marks_alone_are_two_students(tmp_path):
    found = opened(put(tmp_path, {f'Jürgen/{LAYERS}': '# 1', f'Jurgen/{LAYERS}': '# 2'}))
    assert len(found) == 2 and all(slug.startswith('jurgen-') for slug in found)


def test_a_name_keeps_its_umlauts_and_loses_what_a_terminal_obeys(tmp_path):
    name = unicodedata.normalize('NFD', 'Zoë') + '\x1b[31m\u202e\n'
    one, = opened(put(tmp_path, {f'{name}_1_2_x.zip': of('Zoë')})).values()
    assert unicodedata.normalize('NFC', one.name) == 'Zoë[31m'


# ---- what is in it


def one(tmp_path, files):
    return next(iter(opened(put(tmp_path, {'ada_1_2_submission.zip': zipped(files)})).values()))


def test_what_make_submit_hands_in(tmp_path):
    files = {path: f'# {path}' for path in WANTED} | {
        'notebooks/RNN.ipynb': '{}', 'html/RNN.html': '<p>', 'manifest.json': '{}'}
    found = one(tmp_path, files)
    assert found.modules == {path: f'# {path}'.encode() for path in WANTED} and found.missing == found.notes == ()


def test_the_whole_folder_of_a_student_is_as_good(tmp_path):
    found = one(tmp_path, {f'cs231n-assignment3/{LAYERS}': '# mine', 'cs231n-assignment3/cs231n/layers.py': '# given',
                           'cs231n-assignment3/cs231n/checks/engine/judge.py': '# cheats',
                           'cs231n-assignment3/cs231n/helpers.py': '# my own',
                           'cs231n-assignment3/build/submission.zip': of('an old one')})
    assert found.modules[LAYERS] == b'# mine' and found.modules['cs231n/helpers.py'] == b'# my own'
    assert 'cs231n/layers.py' not in found.modules and not any('checks' in path for path in found.modules)


def test_a_zip_in_a_zip_is_opened_but_not_without_end(tmp_path):
    inner = of('deep')
    assert one(tmp_path, {'submission.zip': inner}).modules[LAYERS] == b'# deep'
    for _ in range(4):
        inner = zipped({'x.zip': inner})
    assert 'zip in a zip' in one(tmp_path, {'x.zip': inner}).refused


def test_files_that_a_browser_numbered(tmp_path):
    assert one(tmp_path, {'rnn_layers (1).py': '# mine'}).modules == {LAYERS: b'# mine'}


def test_the_same_module_twice(tmp_path):
    same = one(tmp_path / '1', {'a/rnn_layers.py': '#', 'b/rnn_layers.py': '#'})
    assert same.modules == {LAYERS: b'#'}
    differs = one(tmp_path / '2', {'a/rnn_layers.py': '# 1', 'b/rnn_layers.py': '# 2'})
    assert 'twice, with different contents' in differs.refused and differs.modules == {}
    nearer = one(tmp_path / '3', {LAYERS: '# mine', f'backup/{LAYERS}': '# old'})
    assert nearer.modules == {LAYERS: b'# mine'} and 'more than once' in nearer.notes[0]


@pytest.mark.parametrize(('data', 'words'), [
    ('x = 1  # Müller'.encode('latin-1'), 'must be UTF-8'), ('x = 1'.encode('utf-16'), 'null bytes'),
    (b'x = 1\0', 'null bytes'), (b'# -*- coding: rot13 -*-\nk = 1', 'must be UTF-8'),
    (b'# -*- coding: utf-7 -*-\nx = 1', 'utf-7'), (b'# -*- coding: nonsense -*-\nx = 1', 'must be UTF-8'),
])
def test_a_module_that_python_cannot_read_counts_as_missing_and_is_named(tmp_path, data, words):
    found = one(tmp_path, {LAYERS: data, MODEL: '#'})
    assert LAYERS in found.missing and found.modules == {MODEL: b'#'} and words in found.notes[0]


@pytest.mark.parametrize('data', ['x = "Müller"'.encode('utf-8-sig'),
                                  '# -*- coding: latin-1 -*-\nx = "Müller"'.encode('latin-1')])
def test_a_module_that_says_its_encoding_is_taken(tmp_path, data):
    assert one(tmp_path, {LAYERS: data}).modules == {LAYERS: data}


@pytest.mark.parametrize(('files', 'words'), [
    ({LAYERS: '#' * (MAX_MODULE + 1)}, 'at most'), ({'../x.py': ''}, 'leaves its folder'), ({'/x.py': ''}, 'relative'),
])
def test_a_refusal_is_told_and_concerns_one_student(tmp_path, files, words):
    put(tmp_path, {'grace_3_4_submission.zip': of('Grace')})
    found = one(tmp_path, files)
    assert words in found.refused and found.modules == {} and found.missing == tuple(WANTED)
    assert opened(tmp_path)['grace-3'].modules[LAYERS] == b'# Grace'


@pytest.mark.parametrize('name', ['ada_1_2_submission.7z', 'ada.rar', 'ada.tar.gz', 'ada_1_2_x.zip'])
def test_another_archive_is_no_submission_and_is_named(tmp_path, name):
    found, = opened(put(tmp_path, {name: b'Rar!'})).values()
    assert 'no zip' in (found.refused + ' '.join(found.notes)) and found.missing == tuple(WANTED)


def test_a_link_among_the_submissions_is_refused_not_followed(tmp_path):
    put(tmp_path / 'class', {f'ada/{LAYERS}': '# Ada'})
    (tmp_path / 'class' / 'eve').symlink_to(tmp_path / 'class' / 'ada')
    (tmp_path / 'class' / 'mallory').mkdir()
    (tmp_path / 'class' / 'mallory' / 'rnn_layers.py').symlink_to(tmp_path / 'class' / 'ada' / LAYERS)
    found = opened(tmp_path / 'class')
    assert found['ada'].modules == {LAYERS: b'# Ada'}
    assert 'link' in found['eve'].refused and 'link' in found['mallory'].refused


def test_what_is_missing_is_never_that_of_the_student_before(tmp_path):
    found = opened(put(tmp_path, {'ada.zip': of('Ada'), 'bea.zip': zipped({MODEL: '# Bea'}), 'cleo.zip': zipped({})}))
    assert found['bea'].modules == {MODEL: b'# Bea'} and LAYERS in found['bea'].missing
    assert found['cleo'].modules == {} and found['cleo'].missing == tuple(WANTED)


def test_the_digest_is_of_what_was_handed_in(tmp_path):
    found = opened(put(tmp_path, {'ada.zip': of('same'), 'bea.zip': of('same'), 'cleo.zip': of('other')}))
    assert found['ada'].digest == found['bea'].digest != found['cleo'].digest


@pytest.mark.parametrize('name', ['nothing', 'a.zip'])
def test_what_is_not_there_or_no_zip_is_an_error(tmp_path, name):
    if name == 'a.zip':
        (tmp_path / name).write_text('no zip')
    with pytest.raises(Refused):
        opened(tmp_path / name)


# ---- answers in notebooks


def notebook(*cells):
    return json.dumps({'cells': [{'cell_type': 'code', 'source': cell} for cell in cells], 'nbformat': 4})


GRAM = """%matplotlib inline
import torch
from cs231n.classifiers.squeezenet import SqueezeNet
def gram_matrix(features, normalize=True):
    N, C, H, W = features.size()
    return mine(features)
"""


def test_functions_in_a_notebook_become_a_module(tmp_path):
    cells = 'SCALE = 3\nplot(1)', 'def mine(x):\n    return x', GRAM
    found = one(tmp_path, {'StyleTransfer-PyTorch.ipynb': notebook(*cells)})
    source = found.modules['cs231n/style_transfer_pytorch.py'].decode()
    namespace = {'__name__': 'cs231n.style_transfer_pytorch'}
    exec(compile(source, 'module', 'exec'), namespace)
    assert namespace['SCALE'] == 3 and namespace['mine'](5) == 5 and 'plot(1)' not in source
    assert namespace['gram_matrix'].__code__.co_names[-1] == 'mine'
    assert callable(namespace['tv_loss'])  # as it is given
    assert any('was read from' in note and 'gram_matrix' in note for note in found.notes)


def test_a_module_comes_before_a_notebook(tmp_path):
    path = 'cs231n/style_transfer_pytorch.py'
    found = one(tmp_path, {path: '# mine', 'StyleTransfer.ipynb': notebook(GRAM)})
    assert found.modules == {path: b'# mine'}


@pytest.mark.parametrize('data', ['', '[]', '{"cells": 3}', '[' * 100_000, '{"cells": [{"cell_type": "code"}]}',
                                  '[' + '0,' * 3_000_000 + '0]', notebook('def gram_matrix(' + '(' * 5000)])
def test_a_damaged_notebook_is_no_trouble(tmp_path, data):
    found = one(tmp_path, {'StyleTransfer.ipynb': data, LAYERS: '#'})
    assert found.modules == {LAYERS: b'#'} and not found.refused
