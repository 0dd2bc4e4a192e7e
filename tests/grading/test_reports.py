"""What a class gets: Gradescope's results, pages, sheets; texts of students are shown, never obeyed."""

import base64
import csv
import io
import json
import re

import pytest
from PIL import Image

from cs231n.checks import CHECKS
from cs231n.checks.engine.result import Result
from cs231n.grading import store
from cs231n.grading.intake import Submission
from cs231n.grading.labels import Student
from cs231n.grading.plain import cell, code, markdown, plain, slug
from cs231n.grading.reports import gradescope, pages, sheets
from cs231n.grading.reports.lookalikes import lookalikes
from tests.support.written_answers import RIGHT

EVIL = '<script>alert(1)</script>{{ 7 * 7 }}\x1b[31m\u202e\n=cmd|"/c calc"!A1 `x` **b** & "quotes"'
HARMLESS = re.compile(r'[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]')


def right(name):
    return Result(name, True, CHECKS[name].points, CHECKS[name].points, verdicts=(('out', True, 'right'),))


def wrong(name, **said):
    return Result(name, False, 0, CHECKS[name].points, verdicts=(('out', False, 'wrong'),), **said)


def found(name='Ada Lovelace', results=(), slug_of=None, **known):
    """A record of a submission."""
    student = known.pop('student', Student(name))
    one = Submission(slug_of or slug(name), (student,), 'submission.zip', **known)
    results = results or [right('rnn_step_forward'), wrong('rnn_step_backward', hint='db is averaged: sum over N.'),
                          wrong('rnn_forward', where='not implemented yet: the loop'),
                          wrong('sigmoid', where='ValueError: no'),
                          Result('rnn_backward', False, 0, 4, not_graded='the disk is full')]
    return store.record(one, 7, [store.as_dict(one) for one in results], 'in a box', 3.0)


# ---- plain texts


def test_a_text_is_one_harmless_line_and_keeps_its_letters():
    assert plain('Zoë\u200d  a\tb\r\nc\x00\x1b[0m\u202e\ud800') == 'Zoë\u200d  a b  c[0m'
    assert len(plain('x' * 10**7)) == 400 and plain('x' * 401).endswith('…')


@pytest.mark.parametrize(('value', 'shown'), [
    ('=1+1', "'=1+1"), ('+1', "'+1"), ('-1', "'-1"), ('@x', "'@x"), ('\t=1', "'=1"), (-1, -1), (2.5, 2.5), ('', ''),
    ('Müller, Jürgen', 'Müller, Jürgen'), (None, None),
])
def test_a_cell_is_no_formula(value, shown):
    assert cell(value) == shown


def test_markdown_shows_what_it_is_given():
    assert markdown('a_b*c <b> [x](y)') == r'a\_b\*c \<b\> \[x\](y)'
    assert code('a ``` b') == '`a ˋˋˋ b`'


@pytest.mark.parametrize('text', ['../../x', 'a/b', '', '日本', 'CON', 'x' * 500, '.hidden', '\x00'])
def test_a_slug_is_the_name_of_a_file(text):
    assert re.fullmatch(r'[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?', slug(text))


# ---- Gradescope

TOP = {'score', 'execution_time', 'output', 'output_format', 'test_output_format', 'test_name_format', 'visibility',
       'stdout_visibility', 'extra_data', 'tests', 'leaderboard'}
TEST = {'score', 'max_score', 'status', 'name', 'name_format', 'number', 'output', 'output_format', 'tags',
        'visibility', 'extra_data'}


def as_gradescope_reads_it(results):
    """Holds results.json to its documents; returns it as read."""
    results = json.loads(json.dumps(results))
    assert results.keys() <= TOP and 'tests' in results
    for test in results['tests']:
        assert test.keys() <= TEST
        assert test['status'] in ('passed', 'failed') and test['output_format'] in ('text', 'md', 'html', 'ansi')
        assert test['visibility'] in ('hidden', 'after_due_date', 'after_published', 'visible')
        assert isinstance(test['output'], str) and '\r' not in test['output']
    assert 'score' in results or all('score' in test for test in results['tests'])
    return results


def test_gradescope_gets_points_hints_and_what_was_not_graded():
    results = as_gradescope_reads_it(gradescope.results(found()))
    tests = {test['name']: test for test in results['tests']}
    assert (tests['rnn_step_forward']['score'], tests['rnn_step_forward']['status']) == (3, 'passed')
    assert tests['rnn_step_backward']['output'] == '**Wrong:** `out`\n\n**Hint:** db is averaged: sum over N.'
    assert tests['rnn_forward']['output'].startswith('To do')
    assert 'score' not in tests['rnn_backward'] and 'costs no points' in tests['rnn_backward']['output']
    assert results['score'] == 3 and 'graded again' in results['output']
    whole = as_gradescope_reads_it(gradescope.results(found(results=[right('sigmoid')])))
    assert 'score' not in whole


def test_hints_wait_for_the_due_date_where_asked():
    results = as_gradescope_reads_it(gradescope.results(found(), hints_after_due=True))
    shown = [test for test in results['tests'] if test['visibility'] == 'visible']
    later = [test for test in results['tests'] if test['visibility'] == 'after_due_date']
    assert not any(test['output'] for test in shown) and {test['name'] for test in shown} == {
        one['name'] for one in found()['results']}
    assert any('averaged' in test['output'] for test in later)
    assert sum(test['max_score'] for test in later) == 0


def test_a_refused_submission_says_why_on_gradescope():
    record = found(refused='it is encrypted', results=[right('sigmoid')])
    record['results'] = store.not_graded(['sigmoid'], 'it is encrypted')
    assert 'was not opened: `it is encrypted`' in gradescope.results(record)['output']


# ---- pages


def evil():
    return found(EVIL, [wrong('rnn_step_forward', where=EVIL, note=EVIL),
                        wrong('rnn_forward', hint=EVIL)], missing=('cs231n/x.py',), notes=(EVIL,))


@pytest.mark.parametrize('page', [
    lambda: pages.feedback(evil()), lambda: pages.class_page([evil()], 7, strays=[EVIL], pairs=[
        {'one': EVIL, 'other': EVIL, 'share': 90, 'other_share': 80}])])
def test_nothing_of_a_student_is_obeyed_by_a_page(page):
    text = page()
    assert '<script' not in text and '&lt;script&gt;' in text and '49' not in re.sub(r'base64,[^"]*', '', text)
    assert not re.search(r'[\x00-\x09\x0b-\x1f\u202a-\u202e]', pages.plain(text, len(text)))
    assert "default-src 'none'" in text and not re.search(r'\b(href|src)="(?!data:)', text)


def test_nothing_of_a_student_is_obeyed_by_gradescope():
    text = json.dumps(gradescope.results(evil()), ensure_ascii=False)
    for test in gradescope.results(evil())['tests']:
        for line in test['output'].split('\n'):
            assert line.count('`') in (0, 2) and not HARMLESS.search(line)
    assert '\\\\<script' in text or '`<script' in text


def test_the_feedback_of_a_student():
    text = pages.feedback(found(missing=('cs231n/gan_pytorch.py',)), before=2)
    for words in ('Ada Lovelace', '<b>3</b> of 14 points, 2 before', 'db is averaged: sum over N.', 'to do',
                  'Missing: <code>cs231n/gan_pytorch.py</code>', '1 could not be graded yet', 'seed 7', 'in a box'):
        assert words in text
    assert 'Not opened: it is encrypted' in pages.feedback(found(refused='it is encrypted'))


def test_the_page_of_a_class_tells_misconceptions_most_frequent_first():
    often, seldom = wrong('rnn_step_forward', hint='often'), wrong('rnn_step_forward', hint='seldom')
    records = [found(f'S{k}', [often]) for k in range(3)] + [found('T', [seldom]), found('U', [right('sigmoid')])]
    records.append(found('V', refused='it is a bomb'))
    text = pages.class_page(records, 7)
    assert text.index('<td>often</td><td>S0, S1, S2</td>') < text.index('<td>seldom</td><td>T</td>')
    assert '<td>V</td><td>submission.zip</td><td>it is a bomb</td>' in text
    assert 'Look alike' not in text
    pictures = re.findall(r'data:image/png;base64,([^"]+)', text)
    assert [Image.open(io.BytesIO(base64.b64decode(one))).size[0] for one in pictures] == [880, 880]


def test_the_page_of_a_class_without_any_points():
    record = found(refused='no')
    record['results'] = store.not_graded(['sigmoid'], 'no')
    assert 'None yet' in pages.class_page([record], 7)
    assert 'None yet' in pages.class_page([], 7)


# ---- sheets


def rows(data):
    return list(csv.reader(io.StringIO(data.decode('utf-8-sig') if isinstance(data, bytes) else data)))


def graded(points, name, **known):
    record = found(name, [right('sigmoid')], **known)
    record['results'][0].update(points=points, max_points=100)
    return record


def test_grades_are_quoted_whole_and_no_formulas():
    text = sheets.grades([graded(5, '=HYPERLINK("x"), Müller'), graded(7.5, 'Zoë')], {'zoe': 3})
    head, first, second = rows(text)
    assert first[0] == "'=HYPERLINK(\"x\"), Müller" and second[0] == 'Zoë'
    assert second[head.index('points')] == '7.5' and second[head.index('points before')] == '3'
    assert all(line.startswith('"') and line.endswith('"') for line in text.strip().split('\r\n'))


CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,"Assignment 2 (1)","Assignment 3 (2)",Final Score
    Points Possible,,,,,10,100,(read only)
"Lovelace, Ada",101,S1,ada,"A, B",9,,80
"Müller, Jürgen",102,S2,jm,A,8,50,70
"Hopper, Grace",103,S3,grace,A,7,,60
"=1+1, Eve",104,S4,eve,A,7,,60
"""


@pytest.fixture
def canvas(tmp_path):
    path = tmp_path / 'canvas.csv'
    path.write_text(CANVAS, encoding='utf-8')
    return path


def test_canvas_gets_the_rows_that_were_graded_and_the_columns_it_needs(canvas):
    records = [graded(55, 'lovelaceada', student=Student('lovelaceada', '101', system='canvas')),
               graded(66, 'Ju\u0308rgen Müller'.replace('u\u0308', 'ü')), graded(77, 'eve'),
               graded(1, 'Nobody', student=Student('Nobody', '999', system='canvas'))]
    data, said = sheets.fill_canvas(canvas, records, 'assignment 3')
    assert rows(data) == [
        ['Student', 'ID', 'SIS User ID', 'SIS Login ID', 'Section', 'Assignment 3 (2)'],
        ['    Points Possible', '', '', '', '', '100'],
        ['Lovelace, Ada', '101', 'S1', 'ada', 'A, B', '55'], ['Müller, Jürgen', '102', 'S2', 'jm', 'A', '66'],
        ['=1+1, Eve', '104', 'S4', 'eve', 'A', '77']]
    assert said == ['canvas.csv: nobody there is Nobody 999']


def test_a_number_of_one_system_is_nobody_in_another(canvas):
    record = graded(55, 'x', student=Student('x', '101', system='moodle'))
    data, said = sheets.fill_canvas(canvas, [record], 'assignment 3')
    assert len(rows(data)) == 2 and 'nobody' in said[0]


def test_a_name_that_two_have_finds_neither(tmp_path):
    path = tmp_path / 'canvas.csv'
    path.write_text('Student,ID,A (1)\n"Li, Wei",1,\n"Li, Wei",2,\n', encoding='utf-8')
    data, said = sheets.fill_canvas(path, [graded(5, 'Wei Li')])
    assert len(rows(data)) == 1 and 'nobody there is Wei Li' in said[0]


def test_what_was_not_graded_leaves_the_sheet_as_it_is(canvas):
    record = found('ada', refused='no')
    record['results'] = store.not_graded(['sigmoid'], 'no')
    assert len(rows(sheets.fill_canvas(canvas, [record], 'assignment 3')[0])) == 2


def test_another_maximum_is_told(canvas):
    record = graded(5, 'ada')
    record['results'][0]['max_points'] = 56
    _, said = sheets.fill_canvas(canvas, [record], 'assignment 3')
    assert said == ['canvas.csv: the maximum is 100 there, and 56 here']


@pytest.mark.parametrize(('column', 'words'), [(None, 'which column'), ('Assignment', 'which column'), ('Z', "'Z'")])
def test_canvas_asks_which_assignment(canvas, column, words):
    with pytest.raises(sheets.SheetError, match=words):
        sheets.fill_canvas(canvas, [], column)


MOODLE = {
    'English': """Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Last modified (grade)"
"Participant 12","Ada, Lovelace",ada@example.org,Submitted,,100.00,-
"Participant 34","Jürgen Müller",jm@example.org,Submitted,50.00,100.00,"Monday, 5 May"
""",
    'Deutsch': """Identifikator;Vollständiger Name;E-Mail-Adresse;Status;Bewertung;Bestwertung;Zuletzt geändert
Teilnehmer/in12;Ada, Lovelace;ada@example.org;Abgegeben;;100,00;-
Teilnehmer/in34;Jürgen Müller;jm@example.org;Abgegeben;50,00;100,00;-
""",
}


@pytest.mark.parametrize('language', MOODLE)
@pytest.mark.parametrize('mark', ['utf-8', 'utf-8-sig'])
def test_moodle_gets_its_own_sheet_with_nothing_but_grades_changed(tmp_path, language, mark):
    path = tmp_path / 'moodle.csv'
    path.write_text(MOODLE[language], encoding=mark)
    records = [graded(72.5, 'Ada Lovelace', student=Student('Ada Lovelace', '12', system='moodle')),
               graded(60, 'Jürgen Müller')]
    data, said = sheets.fill_moodle(path, records)
    separator = ',' if language == 'English' else ';'
    before = list(csv.reader(io.StringIO(MOODLE[language]), delimiter=separator))
    after = list(csv.reader(io.StringIO(data.decode(mark)), delimiter=separator))
    assert data.startswith(b'\xef\xbb\xbf') == (mark == 'utf-8-sig') and not said
    assert [row[4] for row in after[1:]] == (['72.50', '60.00'] if language == 'English' else ['72,50', '60,00'])
    assert [row[:4] + row[5:] for row in after] == [row[:4] + row[5:] for row in before]


@pytest.mark.parametrize(('data', 'words'), [
    (b'', 'no sheet'), ('Vollständig'.encode('latin-1'), 'UTF-8'), (b'a,b\n1,2,3\n', 'no sheet'),
    (b'Identifier,Name\nParticipant 1,x\n', 'for the grade'), (b'Name,Grade\nx,1\n', 'like Identifier'),
])
def test_a_sheet_of_another_kind_is_refused(tmp_path, data, words):
    path = tmp_path / 'sheet.csv'
    path.write_bytes(data)
    with pytest.raises(sheets.SheetError, match=words):
        sheets.fill_moodle(path, [])


# ---- look-alikes


def test_submissions_that_look_alike_are_found_and_what_was_given_is_not():
    path, lines = 'cs231n/rnn_layers.py', RIGHT.split('\n\n\n')
    from cs231n.grading.package import given
    copied = RIGHT.replace('prev_h', 'before').replace('cache', 'kept')  # by another name
    other = '\n\n\n'.join(f'def f{k}(x):\n    return [y + {k} for y in x if y != {k}]' for k in range(len(lines)))
    stub = given()[path].decode()
    modules = {'ada': RIGHT, 'bea': copied, 'cleo': other, 'stub1': stub, 'stub2': stub,
               'slow': 'x = "' + '\\' * 50_000}
    pairs = lookalikes({name: {path: text.encode()} for name, text in modules.items()}, seconds=300)
    assert [{pair['one'], pair['other']} for pair in pairs] == [{'ada', 'bea'}] and pairs[0]['share'] > 80


def test_a_search_for_lookalikes_that_takes_too_long_is_ended():
    with pytest.raises(TimeoutError, match='no result after'):
        lookalikes({'a': {}, 'b': {}}, seconds=0.01)
