"""A student's module as it can be graded: source text in, source text and what stood in the way out. Nothing is run.

Lines keep their numbers, so that what is said of a line is true of the file as it was handed in.
"""

import ast
import re
from functools import cache

LONGEST = 200_000  # characters of a module in Python 2: the conversion takes seconds
SHOWN = 40  # characters of a line that a sentence quotes
RUN = ast.Expr, ast.For, ast.While, ast.With, ast.Assert, ast.AugAssign, ast.Delete, ast.Raise
UNREADABLE = SyntaxError, ValueError, RecursionError, MemoryError  # which ast.parse raises
GPU = (
    (re.compile(r'\btorch\.cuda\.(\w*Tensor)\b'), r'torch.\1'),
    (re.compile(r'\.cuda\(\)'), ''),
)


def cleaned(source, modules=None):
    """Return (source, sentences): Python 2 as Python 3, no GPU, and no notebook code that runs at import.

    source: the text of a module; modules: names of the modules of the package that there are, such as
    'cs231n.layers', and then imports of others of cs231n are left out. A text that cannot be read as Python comes back
    as it is, with a sentence that says where.
    """
    sentences, text = [], source.replace('\r\n', '\n')
    if not _is_python(text):  # in Python a line may begin with an operator
        without = re.sub(r'^[ \t]*[%!].*$', '', text, flags=re.M)
        sentences += ['commands of IPython were left out'] * (without != text)
        text = without
    try:
        tree = ast.parse(text)
    except UNREADABLE as error:
        text = _python_3(text)
        if text is None:
            line = getattr(error, 'lineno', None)
            return source, [f'it cannot be read as Python{f", line {line}" if line else ""}: {str(error)[:SHOWN * 2]}']
        tree = ast.parse(text)
        sentences.append('it is written in Python 2 and was converted to Python 3')
    for pattern, instead in GPU:
        if pattern.search(text):
            text = pattern.sub(instead, text)
            sentences.append('it asks for a GPU by torch.cuda, and was graded without one')
    text, left_out = _without(text, modules, tree.body)
    sentences += [f'line {line} was left out, since {why}: {code}' for line, why, code in left_out[:3]]
    if len(left_out) > 3:
        sentences.append(f'{len(left_out) - 3} more such lines were left out')
    return text, list(dict.fromkeys(sentences))


def _is_python(text):
    try:
        ast.parse(text)
        return True
    except UNREADABLE:
        return False


def _python_3(text):
    """Return the text converted from Python 2; None if it is neither, or longer than a student's module."""
    if len(text) > LONGEST:
        return None
    try:
        converted = str(_converter().refactor_string(text.expandtabs(8).rstrip() + '\n', 'module'))
        ast.parse(converted)
        return converted
    except Exception:  # the parser and the fixers raise a dozen types on what is no Python
        return None


@cache
def _converter():
    from fissix.refactor import RefactoringTool, get_fixers_from_package

    return RefactoringTool(get_fixers_from_package('fissix.fixes'))


def _runs(node, modules):
    """Return why a statement is left out: it is notebook code, or imports what there is not. '' if it stays."""
    if isinstance(node, ast.ImportFrom | ast.Import) and modules is not None:
        names = [node.module or ''] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
        missing = [name for name in names if name.partition('.')[0] == 'cs231n' and not _is_there(name, modules)]
        return f'there is no module {missing[0]}' if missing else ''
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):  # a docstring
        return ''
    return 'a module only defines, and this would run as it is imported' if isinstance(node, RUN) else ''


def _is_there(name, modules):
    return name in modules or any(one.startswith(f'{name}.') for one in modules)


def _without(text, modules, statements):
    """Return the text with empty lines in place of what is left out, and (line, why, its code) for each of these."""
    lines, told = text.split('\n'), []
    for node in statements:
        why = _runs(node, modules)
        if not why:
            continue
        first, last = node.lineno - 1, node.end_lineno
        told.append((node.lineno, why, lines[first].strip()[:SHOWN]))
        lines[first:last] = [''] * (last - first)
    return '\n'.join(lines), told
