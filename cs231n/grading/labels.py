"""Whose a file is: the names that Canvas, Moodle and Gradescope give to what they hand out in bulk."""

import re
from dataclasses import dataclass

import yaml

from cs231n.grading.plain import plain
from cs231n.grading.trees import Refused

CANVAS = re.compile(r'(?P<who>[^/]+?)(?P<late>_LATE)?_(?P<id>\d{1,20})_(?P<work>\d{1,20})_(?P<file>[^/]+)')
MOODLE = re.compile(r'(?P<who>[^/]+)_(?P<id>\d{1,20})_assignsubmission_[a-z]+_?(?P<file>[^/]*)')
GRADESCOPE = re.compile(r'submission_(?P<id>\d{1,20})')
AGAIN = re.compile(r'(?P<stem>.+)-(?P<number>\d{1,3})(?P<ending>\.\w{1,6})?')
METADATA = 'submission_metadata.yml'
MAX_METADATA = 2**26  # bytes


@dataclass(frozen=True)
class Student:
    """One person, as far as a name tells; system: whose number the id is, 'canvas', 'moodle' or 'gradescope'."""

    name: str
    id: str = ''
    email: str = ''
    system: str = ''


@dataclass(frozen=True)
class Label:
    """What the name of a file or folder says: who handed it in, whether late, and how they called it."""

    key: str
    students: tuple
    file: str = ''
    late: bool = False


def read_label(name, known=()):
    """Return the Label of a file's or folder's name; known: the names of files that may follow a student's name."""
    for system, pattern in (('moodle', MOODLE), ('canvas', CANVAS)):
        if found := pattern.fullmatch(name):
            parts = found.groupdict()
            who = Student(plain(parts['who']), parts['id'], system=system)
            return Label(f'{system} {who.id}', (who,), parts['file'], bool(parts.get('late')))
    for file in known:
        if name.lower().endswith(f'_{file}'.lower()):
            who = plain(name[:-len(file) - 1])
            return Label(f'name {who}', (Student(who),), file)
    stem = re.sub(r'\.(zip|py|ipynb)$', '', name, flags=re.I)
    return Label(f'name {plain(stem)}', (Student(plain(stem)),), name if stem != name else '')


def version(file):
    """('lab.zip', 2) of 'lab-2.zip': Canvas numbers what is handed in again."""
    found = AGAIN.fullmatch(file)
    return (found['stem'] + (found['ending'] or ''), int(found['number'])) if found else (file, 0)


class _Reader(getattr(yaml, 'CSafeLoader', yaml.SafeLoader)):
    """Plain data only; Ruby's own types become what they are made of."""


def _ruby(loader, suffix, node):
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return loader.construct_sequence(node, deep=True) if isinstance(node, yaml.SequenceNode) else str(node.value)


_Reader.add_multi_constructor('!ruby/', _ruby)


def read_metadata(data):
    """{'submission_7': Label} from Gradescope's submission_metadata.yml. Refused if it is not as they write it."""
    try:
        found = yaml.load(data, _Reader)
        return {name: _of_gradescope(name, about) for name, about in found.items()}
    except (yaml.YAMLError, AttributeError, TypeError, ValueError, RecursionError) as error:
        raise Refused(f'{METADATA} is not as Gradescope writes it: {plain(error)}') from None


def _of_gradescope(name, about):
    def get(mapping, key):
        return plain(mapping.get(f':{key}', mapping.get(key)) or '')

    people = about.get(':submitters', about.get('submitters')) or []
    students = tuple(Student(get(one, 'name'), get(one, 'sid'), get(one, 'email'), 'gradescope') for one in people)
    return Label(f'gradescope {name}', students or (Student(plain(name)),))
