"""Answers that stand in notebooks, as they did in the editions of 2016 to 2019: code cells -> modules."""

import ast
import json
import re
from functools import cache

from cs231n.checks import all_checks
from cs231n.grading.package import given

MAX_CELL = 100_000     # characters
MAX_VALUES = 2_000_000  # brackets and commas of a file: more would fill the memory as JSON


def modules_of_notebooks(notebooks, paths):
    """({path: source of a module}, sentences) for those modules of which some function stands in a notebook.

    notebooks: {name: bytes}. A module is the one that students are given, followed by what the student defined.
    """
    found, notes = {}, []
    for name, data in notebooks.items():
        try:
            nodes = list(_definitions(data))
            text = '\n\n'.join(map(ast.unparse, nodes))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, MemoryError):
            notes.append(f'{name} is damaged, so nothing was read from it')
            continue
        defined = {node.name for node in nodes if hasattr(node, 'name')}
        for path in paths:
            if written := defined & _asked(path):
                found[path] = found.get(path, given()[path].decode()) + f'\n\n{text}\n'
                notes.append(f'{path} was read from {name}: {", ".join(sorted(written))}')
    return {path: text.encode() for path, text in found.items()}, notes


def _definitions(data):
    """Return the statements of all code cells that define something."""
    if sum(map(data.count, (b'[', b'{', b','))) > MAX_VALUES:
        raise ValueError('too many values')
    for one in json.loads(data)['cells']:
        if one['cell_type'] == 'code':
            text = ''.join(one['source'])[:MAX_CELL]
            text = re.sub(r'^[%!].*$', '', text, flags=re.M)  # commands of IPython
            try:
                nodes = ast.parse(text).body
            except (SyntaxError, ValueError):
                continue
            yield from (kept for node in nodes if (kept := _kept(node)))


def _kept(node):
    """Return a definition, a constant, or an import that may fail; None if a statement is none of these."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return node
    if isinstance(node, (ast.Import, ast.ImportFrom)):  # of a library, or of what that edition had in its package
        passed = ast.ExceptHandler(ast.Name('ImportError'), None, [ast.Pass()])
        return ast.Try([node], [passed], [], [])
    if isinstance(node, ast.Assign):
        try:
            ast.literal_eval(node.value)
        except (ValueError, TypeError, SyntaxError):
            return None
        return node
    return None


@cache
def _asked(path):
    """Return the names of the functions that are asked for in a module."""
    return {one.name.partition('[')[0].partition('.')[0] for one in all_checks()
            if one.module.replace('.', '/') + '.py' == path}
