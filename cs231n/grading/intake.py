"""Finds the submissions in what a learning platform hands out in bulk, and the modules in each.

Nothing of a student is run or written here: modules are kept apart by student, in memory, until they are written into
a fresh folder to be graded. What is missing is missing.
"""

import hashlib
import io
import re
import tokenize
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cs231n.grading.cleaning import cleaned
from cs231n.grading.from_notebooks import modules_of_notebooks
from cs231n.grading.labels import GRADESCOPE, MAX_METADATA, METADATA, Label, read_label, read_metadata, version
from cs231n.grading.package import CHECKS_FOLDER, given
from cs231n.grading.plain import plain, slug
from cs231n.grading.trees import MAX_INNER, Refused, Tree, open_folder, open_regular, open_zip
from cs231n.handout.stages import left_out

MAX_MODULE = 2**18        # bytes of one module; the largest of the assignment has 2**14
MAX_NOTEBOOK = 2**26      # bytes: pictures stand in it
MAX_NOTEBOOKS = 50
MAX_OWN = 20              # modules that a student added
DEPTH = 3                 # zips within zips
ENCODINGS = {'utf-8', 'utf-8-sig', 'ascii', 'iso-8859-1', 'iso-8859-15', 'cp1252'}
OTHERS = ('.7z', '.rar', '.tar', '.gz', '.tgz', '.bz2', '.xz')
PLAIN_PATH = re.compile(r'(\w+/){0,3}\w+\.py', re.ASCII)
NOTEBOOK = re.compile(r'(RNN|LSTM|NetworkVisualization|StyleTransfer|GANs|Generative|Network_Vis|Style_).{0,40}\.ipynb')


@dataclass(frozen=True)
class Submission:
    """What one student, or one group, handed in.

    slug        names its files in the output; no two submissions have the same
    students    a Student for each member of a group
    source      what it was read from
    modules     {path in the package: source}, such as 'cs231n/rnn_layers.py'
    missing     the paths of those that are not there
    notes       sentences about what was found
    refused     why it was not opened, in a sentence; empty if it was
    """

    slug: str
    students: tuple
    source: str
    late: bool = False
    modules: dict = field(default_factory=dict)
    missing: tuple = ()
    notes: tuple = ()
    refused: str = ''

    @property
    def name(self):
        """The name, or the names of a group."""
        return ', '.join(one.name for one in self.students)

    @property
    def digest(self):
        """Changes with what was handed in, not with whose it is."""
        found = hashlib.sha256(self.refused.encode())
        for name, data in sorted(self.modules.items()):
            found.update(f'{name} {len(data)}\n'.encode() + data)
        return found.hexdigest()


@dataclass(frozen=True)
class Entry:
    """One student's files, not yet opened; open() -> Submission."""

    slug: str
    open: Callable


def find_submissions(path, wanted):
    """Return ([an Entry for each student], [names of files that are nobody's]) in a folder, a zip or a file.

    wanted: the paths of the modules that are asked for. Refused if the whole cannot be opened; what is wrong with one
    student's files is told in their Submission.
    """
    path = Path(path)
    if not path.exists():
        raise Refused(f'{plain(path)}: there is no such file or folder')
    known = {name.rpartition('/')[2] for name in wanted}
    if path.is_dir():
        tree, name = _descend(open_folder(path), path.resolve().name, known)
    elif path.suffix.lower() == '.zip':
        tree, name = _descend(open_zip(path), None, known)[0], path.name
    else:
        tree, name = Tree({path.name: path.stat().st_size}, lambda name, limit: _head(path, limit)), path.name
    if METADATA in tree.sizes:
        groups, strays = _of_gradescope(tree)
    elif _is_one(tree, known):
        groups, strays = {name: [(read_label(name, known), '', tree)]}, []
    else:
        groups, strays = _by_student(tree, known)
    entries = [_entry(parts, wanted) for parts in groups.values()]
    slugs = [one.slug for one in entries]
    if twice := {one for one in slugs if slugs.count(one) > 1}:
        raise Refused(f'{plain(path)}: two submissions have the same name: {", ".join(sorted(twice))}')
    return entries, strays


def read_submission(folder, students, wanted):
    """Return the Submission that a folder holds, whatever the names in it."""
    label = Label('', tuple(students))
    return _entry([(label, '', open_folder(folder))], wanted).open()


def _head(path, limit):
    with open_regular(path) as file:
        return file.read(limit + 1)


def _is_one(tree, known):
    """Whether a tree is what one student handed in, not a class."""
    return any(name in ('cs231n', 'notebooks') or name in known or NOTEBOOK.fullmatch(name) for name in tree.top())


def _descend(tree, name, known):
    """Past folders that hold nothing but one folder, such as assignment_1_export/."""
    while len(top := tree.top()) == 1 and top[0] not in tree.sizes and not _is_one(tree, known):
        if read_label(top[0]).students[0].system or tree.bad.keys() & set(top):
            break
        tree, name = tree.below(top[0]), top[0]
    return tree, name


def _of_gradescope(tree):
    labels = read_metadata(tree.read(METADATA, MAX_METADATA))
    top = [name for name in tree.top() if name != METADATA]
    folders = [name for name in top if GRADESCOPE.fullmatch(name)]
    groups = {name: [(labels.get(name) or read_label(name), '', tree.below(name))]
              for name in dict.fromkeys([*folders, *labels])}
    return groups, [plain(name) for name in top if name not in folders]


def _by_student(tree, known):
    """({key of a student: [(label, name of the file or '', Tree)]}, names of files that are nobody's)."""
    groups, strays = defaultdict(list), []
    for name in tree.top():
        label = read_label(name, known)
        is_folder = name not in tree.sizes and name not in tree.bad
        handed_in = name.lower().endswith(('.zip', '.py', '.ipynb', *OTHERS))
        if is_folder:
            groups[label.key].append((label, '', tree.below(name)))
        elif label.students[0].system or handed_in or name in tree.bad:
            groups[label.key].append((label, label.file or name, tree.only(name)))
        else:
            strays.append(plain(name))
    return groups, strays


def _entry(parts, wanted):
    label = parts[0][0]
    first = label.students[0]
    name = slug(' '.join(one.name for one in label.students))
    if first.id:
        name += f'-{slug(first.id)}'
    elif name != first.name:
        name += '-' + hashlib.sha256(label.key.encode()).hexdigest()[:8]
    return Entry(name, lambda: _open(name, label.students, _latest(parts), wanted))


def _latest(parts):
    """Without the files that Canvas has a later version of."""
    newest = {}
    for k, (label, file, tree) in enumerate(parts):
        stem, number = version(file) if label.students[0].system == 'canvas' else (file, 0)
        key = stem or k
        if key not in newest or number > newest[key][0]:
            newest[key] = number, (label, stem, tree)
    return [part for _, part in newest.values()]


def _open(name, students, parts, wanted):
    source = ', '.join(dict.fromkeys(file or 'a folder' for _, file, _ in parts))
    known = {'slug': name, 'students': students, 'source': plain(source),
             'late': any(label.late for label, _, _ in parts)}
    try:
        found, notes = {}, []
        for _, file, tree in parts:
            tree.check()
            if file:  # by the name that the student gave it
                (real,) = tree.sizes
                tree = Tree({file: tree.sizes[real]}, lambda _, limit, tree=tree, real=real: tree.reader(real, limit))
            _collect(tree, '', wanted, found, notes)
        extra = sorted(path for path in found if path.endswith('.py') and path not in wanted)[:MAX_OWN]
        modules = {path: _chosen(path, found[path], notes) for path in [*wanted, *extra] if path in found}
        modules = {path: data for path, data in modules.items() if data is not None}
        lacking = [path for path in wanted if path not in modules]
        if lacking and (notebooks := found.get('notebooks')):
            more, said = modules_of_notebooks({path: read() for path, read in notebooks[:MAX_NOTEBOOKS]}, lacking)
            modules.update(more)
            notes += said
        modules = dict(_cleaned(modules, notes))
        return Submission(**known, modules=modules, missing=tuple(path for path in wanted if path not in modules),
                          notes=tuple(map(plain, notes)))
    except Refused as error:
        return Submission(**known, missing=tuple(wanted), refused=plain(error))


def _cleaned(modules, notes):
    """Yield (path, source as it can be graded) for each module, and note what stood in the way."""
    there = {path.removesuffix('.py').replace('/', '.') for path in (*given(), *modules)}
    for path, data in modules.items():
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text, said = cleaned(data.decode(encoding), there)
        notes += [f'{path}: {one}' for one in said]
        yield path, text.encode(encoding) if said else data


def _collect(tree, start, wanted, found, notes, depth=0):
    """Add the files of a tree to found: {path of a module, or 'notebooks': [(where it lies, read)]}."""
    for name in sorted(tree.sizes, key=lambda name: (name.count('/'), name)):
        if name.endswith('.ipynb'):
            found.setdefault('notebooks', []).append(
                (start + name, lambda name=name: tree.read(name, MAX_NOTEBOOK)))
        elif path := _module(name, wanted) or _own(name):
            found.setdefault(path, []).append((start + name, lambda name=name: tree.read(name, MAX_MODULE)))
        elif name.lower().endswith(OTHERS):
            notes.append(f'{name} is no zip, and was not opened')
    if all(path in found for path in wanted):
        return
    for name in [name for name in tree.sizes if name.lower().endswith('.zip')]:
        if depth == DEPTH:
            raise Refused('it is a zip in a zip in a zip in a zip')
        inner = open_zip(io.BytesIO(tree.read(name, MAX_INNER)))
        inner.check()
        _collect(inner, f'{start}{name}/', wanted, found, notes, depth + 1)


def _module(name, wanted):
    """Return the path of the module that a file is by its name; None if it is none of those asked for."""
    parts = name.split('/')
    for path in wanted:
        if name == path or name.endswith(f'/{path}'):
            return path
    if 'cs231n' in parts[:-1]:
        return None
    loose = re.sub(r' ?\(\d{1,3}\)(?=\.py$)', '', parts[-1]).lower()  # as browsers number what they save twice
    return next((path for path in wanted if loose == path.rpartition('/')[2]), None)


def _own(name):
    """Return the path of a module that students are not given, but added to the package; None if it is none."""
    _, _, path = f'/{name}'.rpartition('/cs231n/')
    own = name.endswith('.py') and path != f'/{name}' and PLAIN_PATH.fullmatch(path)
    path = f'cs231n/{path}'
    return path if own and path not in given() and not left_out(path) and not path.startswith(CHECKS_FOLDER) else None


def _chosen(path, places, notes):
    """Return the source of a module, that of the shortest path where it lies; None if it is no source."""
    depth = min(where.count('/') for where, _ in places)
    nearest = [(where, read()) for where, read in places if where.count('/') == depth]
    if len({data for _, data in nearest}) > 1:
        raise Refused(f'{path} is in it twice, with different contents: '
                      + ' and '.join(plain(where) for where, _ in nearest[:2]))
    where, data = nearest[0]
    if why := _no_source(data):
        notes.append(f'{where} {why}, so it counts as missing')
        return None
    if len(places) > len(nearest):
        notes.append(f'{path} is in it more than once: read was {where}')
    return data


def _no_source(data):
    """Why the bytes are no text that Python reads; None if they are one."""
    if b'\0' in data:
        return 'holds null bytes: it must be saved as UTF-8'
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        if encoding not in ENCODINGS:
            return f'is encoded as {plain(encoding, 20)}: it must be UTF-8'
        data.decode(encoding)
    except (SyntaxError, UnicodeError, LookupError):
        return 'is not encoded as it says: it must be UTF-8'
    return None
