"""The cells of a notebook that one of them needs."""

import ast
import re


def _names(statement):
    """The names that a statement gives to the notebook, and those that it takes from it."""
    given, taken = set(), set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name):
            (taken if isinstance(node.ctx, ast.Load) else given).add(node.id)
        elif isinstance(node, ast.arg):
            given.add(node.arg)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            given |= {(alias.asname or alias.name).partition('.')[0] for alias in node.names}
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return {statement.name}, taken - given  # its own names stay within
    return given, taken


def names(source):
    """The names that a code cell gives, and those that it takes from cells before it."""
    given, taken = set(), set()
    for statement in ast.parse(re.sub(r'^\s*[%!].*$', '', source, flags=re.M)).body:
        gives, takes = _names(statement)
        taken |= takes - given - (gives if isinstance(statement, ast.For) else set())
        given |= gives
    return given, taken


def cells_for(notebook, tag):
    """The code cells with a tag and, before them, those that give the names which they take."""
    kept, wanted = [], set()
    for cell in reversed([cell for cell in notebook.cells if cell.cell_type == 'code']):
        given, taken = names(cell.source)
        if tag in cell.metadata.get('tags', []) or given & wanted:
            kept.insert(0, cell)
            wanted = (wanted - given) | taken
    return kept
