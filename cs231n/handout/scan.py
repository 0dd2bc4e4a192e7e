"""Looks for what has leaked: every line of every solution, in every file of the handout, whatever its kind.

A line is compared without white space, so a leak may be wrapped or indented otherwise. Looked into are sources, all
strings of a notebook (cells, outputs, metadata), the texts that pictures carry, and the arrays of data files; a file
of any other kind, such as a compiled one, is a leak by itself.
"""

import ast
import base64
import html
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from PIL import Image

from cs231n.handout.markers import TEXT, blocks, code_blocks
from cs231n.handout.stages import ANSWER_KEY, left_out

SHORTEST = 14  # characters without white space; what is shorter says nothing by itself
SAYS_NOTHING = re.compile(r'^\s*(def |class |from |import |with |for |if |else:|@|\'\w+\'[,:]|\w+,$|""|super\(\)|'
                          r'(\w+ = )?parser\.|print\(|return (True|False|None)?$|sys\.exit\(|raise |'
                          r'return .*\.join\(lines\))')
KINDS = {'.py', '.ipynb', '.md', '.txt', '.toml', '.sh', '.tsv', '.json', '.pt', '.npz', '.jpg', '.png', '.gitignore'}
NAMES = {'LICENSE', 'MANIFEST.in', 'Makefile'}
GIVEN = {  # lines of solutions, without white space, that also stand in code that students are given
    'withtorch.no_grad():', 'nn.MaxPool2d(2),', 'fortinrange(max_length):', 'fortinrange(T):',
    'rng=np.random.RandomState(0)', 'NULL,START,END=0,1,2',
    'h,c=_first_state(model,features)', 'scores,h,c=next_scores(model,words,h,c)',
    'loss.backward()', 'missed=scores.argmax(dim=1)!=target',
}


class Leak(Exception):
    """Something of a solution is in the handout."""


def squeezed(text: str) -> str:
    """Return the text without white space."""
    return re.sub(r'\s+', '', text)


def without_comment(line: str) -> str:
    """Return a line of code without the comment at its end."""
    return re.sub(r'(^|\s)#.*$', '', line)


def needles(root: Path) -> dict[str, str]:
    """Return {line of a solution, without white space: where it stands}, of the whole repository."""
    found: dict[str, str] = {}

    def add(text: str, where: str) -> None:
        text = squeezed(text)
        if len(text) >= SHORTEST and text not in GIVEN:
            found.setdefault(text, where)

    for path in sorted(root.glob('cs231n/**/*.py')):
        name, text = path.relative_to(root).as_posix(), path.read_text(encoding='utf-8')
        if name.startswith(f'{ANSWER_KEY}/'):
            for line, number in _saying(text):
                add(line, f'{name}:{number}')
            for sentence, number in _sentences(text):
                add(sentence, f'{name}:{number}')
        elif left_out(name):  # machinery, of which a line or two may well be the same by chance; three are not
            lines = [line for line, _ in _saying(text)]
            for k, (_, number) in enumerate(_saying(text)[:max(1, len(lines) - 2)]):
                add(''.join(lines[k:k + 3]), f'{name}:{number}')
        else:
            for block in code_blocks(text, name):
                for number, line in enumerate(block.lines[1:-1], start=block.first + 2):
                    add(without_comment(line), f'{name}:{number}')
    for path in sorted(root.glob('notebooks/**/*.ipynb')):
        for cell in json.loads(path.read_text(encoding='utf-8'))['cells']:
            where, text = f'{path.name}, cell {cell["id"]}', ''.join(cell['source'])
            for block in blocks(text, where, TEXT) if cell['cell_type'] == 'markdown' else code_blocks(text, where):
                for line in block.lines[1:-1]:
                    add(line, where)
    return found


def _saying(source: str) -> list[tuple[str, int]]:
    """Return (line of code without its comment, number) of the lines in a module that say something."""
    return [(without_comment(line), number) for number, line in enumerate(source.split('\n'), start=1)
            if line.strip() and not SAYS_NOTHING.match(line)]


def _sentences(source: str) -> Iterator[tuple[str, int]]:
    """Yield (text, line) of each string that is no docstring and no single word: a hint, however many its lines."""
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.count(' ') > 1 \
                and id(node) not in docstrings:
            yield node.value, node.lineno


def findings(files: Mapping[str, bytes], wanted: Mapping[str, str]) -> list[str]:
    """Return one line for each leak in {path: bytes}; wanted: what needles() returns."""
    found = []
    for name, data in files.items():
        suffix = '.' + name.rpartition('.')[2]
        if suffix not in KINDS and name.rpartition('/')[2] not in NAMES:
            found.append(f'{name}: a kind of file that has no place in a handout')
        hay = '\0'.join(texts(name, data))
        hay = squeezed(hay + '\0' + html.unescape(hay) if '&' in hay else hay)
        found += [f'{name}: {where}: {needle[:60]}' for needle, where in wanted.items() if needle in hay]
    return found


def texts(name: str, data: bytes) -> Iterator[str]:
    """Yield every text that can be read out of a file."""
    yield data.decode('utf-8', errors='replace')
    if name.endswith('.ipynb'):
        yield from _strings(json.loads(data))
    elif name.endswith(('.npz', '.pt')):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.namelist():
                yield entry
                raw = archive.read(entry)
                yield raw.decode('latin-1')
                yield raw.decode('utf-32-le', errors='ignore')  # how NumPy stores strings
    elif name.endswith(('.png', '.jpg')):
        yield from _in_picture(data)


def _strings(value: object) -> Iterator[str]:
    """Yield all strings in a JSON document, keys too, lists of lines joined; of pictures the texts that they carry."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield key
            if key.startswith('image/') and key != 'image/svg+xml':
                yield from _in_picture(base64.b64decode(''.join(one)))
            yield from _strings(one)
    elif isinstance(value, list):
        if all(isinstance(one, str) for one in value):
            yield ''.join(value)
        else:
            for one in value:
                yield from _strings(one)
    elif isinstance(value, str):
        yield value


def _in_picture(data: bytes) -> Iterator[str]:
    """Yield comments and other texts in the file of a picture."""
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        for value in [*picture.info.values(), *picture.getexif().values()]:
            yield value.decode('latin-1') if isinstance(value, bytes) else str(value)
