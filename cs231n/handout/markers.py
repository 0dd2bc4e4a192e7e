"""Solutions between `# BEGIN SOLUTION: task` and `# END SOLUTION`: taken out, and put back.

Inside a function a solution becomes a stub that raises NotImplementedError with the task. Outside of one, without
a task, it is a helper that only the answer needs, and leaves a line in its place. In the text cells of a notebook the
markers are HTML comments, and a place for the student's answer remains.
"""

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import cast

CODE = re.compile(r'^(?P<indent> *)# (?:(?P<begin>BEGIN SOLUTION)(?:: (?P<task>\S.*))?|(?P<end>END SOLUTION))$')
TEXT = re.compile(r'^(?P<indent>)<!-- (?:(?P<begin>BEGIN SOLUTION)(?P<task>)|(?P<end>END SOLUTION)) -->$')
ANY = re.compile(r'\b(BEGIN|END)[ _-]*SOLUTION', re.IGNORECASE)

YOURS, END_OF_YOURS = '# ---- your code: {} ----', '# ---- end of your code ----'
HELPERS = '# ---- room for helper functions of your own ----'
ANSWER = '**Your answer:** *write it here.*'


class MarkerError(ValueError):
    """A marker is unbalanced, nested, stray or without its task; says where."""


@dataclass(frozen=True)
class Block:
    """One solution: lines[first:last + 1] of its text, markers included; function is '' outside of one."""

    first: int
    last: int
    indent: str
    task: str
    function: str
    lines: tuple[str, ...]


def blocks(text: str, where: str, grammar: re.Pattern[str] = CODE) -> list[Block]:
    """Return the solutions in a text, in order. MarkerError, with file and line, if the markers make no sense."""
    lines = text.split('\n')
    found: list[Block] = []
    begin: tuple[int, re.Match[str]] | None = None
    for number, line in enumerate(lines):
        mark = grammar.match(line)
        if mark is None:
            if ANY.search(line):
                raise MarkerError(f'{where}:{number + 1}: a stray marker, not on a line of its own: {line.strip()}')
        elif mark['begin'] and begin is not None:
            raise MarkerError(f'{where}:{number + 1}: a solution inside the one that begins in line {begin[0] + 1}')
        elif mark['begin']:
            begin = number, mark
        elif begin is None:
            raise MarkerError(f'{where}:{number + 1}: the end of a solution that has not begun')
        elif mark['indent'] != begin[1]['indent']:
            raise MarkerError(f'{where}:{number + 1}: indented otherwise than its beginning in line {begin[0] + 1}')
        else:
            first, opening = begin
            found.append(Block(first, number, opening['indent'], opening['task'] or '', '',
                               tuple(lines[first:number + 1])))
            begin = None
    if begin is not None:
        raise MarkerError(f'{where}:{begin[0] + 1}: a solution without an end')
    return found


def code_blocks(text: str, where: str) -> list[Block]:
    """Return the solutions in Python source, each with the function it lies in, such as 'CaptioningRNN.loss'."""
    found = blocks(text, where)
    if not found:
        return []
    spans = list(_functions(ast.parse(text, where)))
    named = []
    for block in found:
        body = block.first + 2  # its first line of code, counted from 1; a comment may stand behind a function's end
        around = [name for name, first, last in spans if first < body - 1 and body <= last]
        function = around[-1] if around else ''
        if function and not block.task:
            raise MarkerError(f'{where}:{block.first + 1}: no task is given to who writes {function}')
        named.append(Block(block.first, block.last, block.indent, block.task, function, block.lines))
    return named


def _functions(tree: ast.AST, prefix: str = '') -> Iterator[tuple[str, int, int]]:
    """Yield (qualified name, first line, last line) of every function, outer ones first."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            if isinstance(node, ast.FunctionDef):
                yield prefix + node.name, node.lineno, cast(int, node.end_lineno)  # parsed from text, so it is known
            yield from _functions(node, f'{prefix}{node.name}.')
        else:
            yield from _functions(node, prefix)


def _stub(block: Block) -> list[str]:
    """Return the lines that take the place of a solution."""
    if not block.task:
        return [HELPERS]
    name = block.function or 'this cell'
    lines = [YOURS.format(name), f'# {block.task}', f'raise NotImplementedError({f"{name}: {block.task}"!r})',
             END_OF_YOURS]
    return [block.indent + line for line in lines]


def stub(text: str, where: str) -> str | None:
    """Return Python source without its solutions; None if nothing is left of a module but its docstring."""
    lines = text.split('\n')
    for block in reversed(code_blocks(text, where)):
        lines[block.first:block.last + 1] = _stub(block)
    stubbed = '\n'.join(lines)
    only_helpers = HELPERS in lines and len(ast.parse(stubbed).body) <= 1
    return None if only_helpers else stubbed


def fill(stubbed: str, text: str, where: str, functions: Collection[str] | None = None) -> str:
    """Return the stubbed source with the solutions of `text` put back: those of some functions, or all.

    Helpers outside of functions come back in any case.
    """
    lines, at = stubbed.split('\n'), 0
    for block in code_blocks(text, where):
        start = lines.index(_stub(block)[0], at)
        length = len(_stub(block))
        if functions is not None and block.function and block.function not in functions:
            at = start + length
            continue
        lines[start:start + length] = block.lines
        at = start + len(block.lines)
    return '\n'.join(lines)


def clear_text(text: str, where: str) -> str:
    """Return a text cell with a place for an answer where the model answer was."""
    lines = text.split('\n')
    for block in reversed(blocks(text, where, TEXT)):
        lines[block.first:block.last + 1] = [ANSWER]
    if re.search(r'\*\*Answer\b', '\n'.join(lines)):
        raise MarkerError(f'{where}: an answer that is not marked as a solution')
    return '\n'.join(lines)
