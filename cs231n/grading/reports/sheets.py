"""Tables of points: grades.csv for people, and the sheets of Canvas and Moodle, filled in as they were exported."""

import re
import unicodedata
from io import StringIO

import pandas

from cs231n.grading.plain import cell, plain
from cs231n.grading.store import max_points, points

CANVAS = 'Student', 'ID', 'SIS User ID', 'SIS Login ID', 'Section'
ASSIGNMENT = re.compile(r'.+ \(\d+\)')
IDENTIFIER = re.compile(r'[^\d\s][^\d]*\d+')
GRADE = {'grade', 'bewertung', 'note', 'nota', 'calificación', 'qualificació', 'avaliação', 'valutazione', 'cijfer',
         'karakter', 'betyg', 'arvosana', 'ocena', 'známka', 'hodnocení', 'not', 'оценка', 'оцінка', '成绩', '成績'}
MAIL = 'email address', 'e-mail-adresse', 'email', 'e-mail', 'adresse de courriel', 'dirección de correo'


class SheetError(ValueError):
    """A sheet that is not as it is expected, and what is wrong with it."""


def grades(records, earlier):
    """grades.csv as text: a row for each student; earlier: {slug: points before, or None}."""
    notebooks = list(dict.fromkeys(one['notebook'] for found in records for one in found['results']))
    rows = []
    for found in records:
        for student in found['students']:
            row = {'name': student['name'], 'id': student['id'], 'email': student['email'],
                   'submission': found['slug'], 'late': 'late' if found['late'] else '',
                   'points': points(found), 'of': max_points(found), 'points before': earlier.get(found['slug']),
                   'not graded': sum(one['outcome'] == 'not graded' for one in found['results'])}
            for notebook in notebooks:
                row[notebook] = sum(one['points'] for one in found['results'] if one['notebook'] == notebook)
            row |= {'missing': ', '.join(found['missing']), 'refused': found['refused'],
                    'notes': '; '.join(found['notes']), 'graded': found['graded']}
            rows.append({name: cell(value) for name, value in row.items()})
    return _text(pandas.DataFrame(rows, dtype=object))


def _text(frame, header=True, separator=','):
    return frame.to_csv(index=False, header=header, sep=separator, quoting=1, lineterminator='\r\n')


def read_sheet(path):
    """Return (the cells of a CSV as a table of texts, its separator, whether it has a byte order mark)."""
    try:
        data = path.read_bytes()
        text = data.decode('utf-8-sig')
    except OSError as error:
        raise SheetError(f'{path} cannot be read: {error.strerror}') from None
    except UnicodeDecodeError:
        raise SheetError(f'{path} must be UTF-8, and is not: in Excel save it as "CSV UTF-8"') from None
    first = text.partition('\n')[0]
    separator = max(',;\t', key=first.count)
    try:
        table = pandas.read_csv(StringIO(text), header=None, dtype=str, keep_default_na=False, sep=separator)
    except (pandas.errors.ParserError, pandas.errors.EmptyDataError) as error:
        raise SheetError(f'{path} is no sheet: {plain(error)}') from None
    return table, separator, data.startswith(b'\xef\xbb\xbf')


def fill_canvas(path, records, column=None):
    """Return (the import form as bytes, sentences): the rows of graded students, with the columns that Canvas needs.

    column: the assignment's name, or a part of it; needed if the sheet has several.
    """
    table, separator, mark = read_sheet(path)
    head = [name.strip() for name in table.iloc[0]]
    if 'Student' not in head or 'ID' not in head:
        raise SheetError(f'{path} must have the columns Student and ID, as Canvas exports them; it has {head[:8]}')
    at = head.index(_assignment(path, head, column))
    first = next((row for row in range(1, len(table)) if table.iloc[row, head.index('ID')].strip()), len(table))
    people = [{name: table.iloc[row, head.index(name)].strip() for name in CANVAS if name in head}
              for row in range(first, len(table))]
    filled, said = _match(people, records, _canvas_keys, f'{path.name}')
    for row, earned in filled.items():
        table.iloc[first + row, at] = f'{earned:g}'
    said += _about_maximum([table.iloc[row, at] for row in range(1, first)], records, path.name)
    kept = [*range(first), *(first + row for row in sorted(filled))]
    columns = [head.index(name) for name in CANVAS if name in head]
    return _bytes(table.iloc[kept, [*columns, at]], separator, mark), said


def _assignment(path, head, column):
    known = [name for name in head if ASSIGNMENT.fullmatch(name)]
    found = [name for name in known if column is None or column.lower() in name.lower()]
    if column in known:
        found = [column]
    if len(found) != 1:
        raise SheetError(f'{path}: which column is the assignment? --canvas-column must name one of {known}'
                         + (f', got {column!r}' if column else ''))
    return found[0]


def fill_moodle(path, records, column=None):
    """Return (the worksheet with the grades filled in as bytes, sentences); all other cells stay as they are."""
    table, separator, mark = read_sheet(path)
    head = [name.strip().lower() for name in table.iloc[0]]
    body = table.iloc[1:]
    wanted = {column.lower()} if column else GRADE
    at = next((k for k, name in enumerate(head) if name in wanted), None)
    numbered = next((k for k in range(len(head)) if len(body)
                     and all(IDENTIFIER.fullmatch(value.strip()) for value in body.iloc[:, k])), None)
    if at is None or numbered is None:
        lacks = 'for the grade: name it with --moodle-column' if at is None else 'like Identifier ("Participant 123")'
        raise SheetError(f'{path}: there is no column {lacks}; the columns are {list(table.iloc[0])}')
    mail = next((k for k, name in enumerate(head) if name in MAIL), None)
    people = [{'id': re.search(r'\d+$', row.iloc[numbered].strip())[0], 'name': row.iloc[numbered + 1].strip(),
               'email': '' if mail is None else row.iloc[mail].strip()} for _, row in body.iterrows()]
    filled, said = _match(people, records, _moodle_keys, path.name)
    comma = at + 1 < len(head) and body.iloc[:, at + 1].str.fullmatch(r'\d+,\d+').any()
    for row, earned in filled.items():
        text = f'{earned:.2f}'
        table.iloc[1 + row, at] = text.replace('.', ',') if comma else text
    if at + 1 < len(head):
        said += _about_maximum(body.iloc[:, at + 1].str.replace(',', '.'), records, path.name)
    return _bytes(table, separator, mark), said


def _bytes(table, separator, mark):
    return _text(table, header=False, separator=separator).encode('utf-8-sig' if mark else 'utf-8')


def _about_maximum(values, records, sheet):
    """Return a sentence if a sheet's maximum, a number among the values, is not that of the checks."""
    found = {float(value) for value in values if re.fullmatch(r'\s*\d+(\.\d+)?\s*', value)}
    most = max(map(max_points, records), default=0)
    return [f'{sheet}: the maximum is {", ".join(f"{one:g}" for one in sorted(found))} there, and {most:g} here'] \
        if found and found != {most} else []


def _canvas_keys(person):
    yield 'canvas', person.get('ID')
    yield 'id', person.get('SIS User ID')
    yield 'email', person.get('SIS Login ID')
    yield 'name', ' '.join(reversed(person['Student'].split(', ', 1)))
    yield 'name', person['Student']
    yield 'name', person.get('SIS Login ID')


def _moodle_keys(person):
    yield 'moodle', person['id']
    yield 'email', person['email']
    yield 'name', person['name']


def _keys(student):
    """By what a student is found in a sheet, the surest first."""
    if student['system'] in ('canvas', 'moodle'):  # a number of theirs is nobody's elsewhere
        yield student['system'], student['id']
    else:
        yield 'id', student['id'] or student['name']
    yield 'email', student['email']
    yield 'name', student['name']


def _folded(text):
    return unicodedata.normalize('NFC', text).casefold()


def _match(people, records, keys_of, sheet):
    """({row: points}, sentences about who was not found). A key that several rows have finds none of them."""
    rows = {}
    for row, person in enumerate(people):
        for kind, value in keys_of(person):
            if value:
                rows.setdefault((kind, _folded(value)), set()).add(row)
    filled, said = {}, []
    for found in records:
        if points(found) is None:
            continue
        for student in found['students']:
            hits = (rows.get((kind, _folded(value)), ()) for kind, value in _keys(student) if value)
            row = next((min(hit) for hit in hits if len(hit) == 1), None)
            if row is None:
                said.append(f'{sheet}: nobody there is {plain(student["name"])} {plain(student["id"])}'.rstrip())
            elif row in filled:
                said.append(f'{sheet}: two submissions are of {plain(student["name"])}: the better one counts')
                filled[row] = max(filled[row], points(found))
            else:
                filled[row] = points(found)
    return filled, said
