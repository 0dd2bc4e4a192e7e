"""Solutions are taken out and put back to the byte; a marker that makes no sense stops with file and line."""

import ast

import pytest

from cs231n._shared.paths import ROOT
from cs231n.handout.markers import ANSWER, HELPERS, MarkerError, clear_text, code_blocks, fill, stub
from cs231n.handout.stages import left_out

MODULES = [path for path in sorted((ROOT / 'cs231n').rglob('*.py'))
           if not left_out(path.relative_to(ROOT).as_posix())]
SOURCE = '''"""A module."""
import math


def double(x):
    """Twice x."""
    if x is None:
        raise TypeError('x')
    # BEGIN SOLUTION: return twice x
    y = _twice(x)  # the trick
    return y
    # END SOLUTION


# BEGIN SOLUTION
def _twice(x):
    return 2 * x
# END SOLUTION


class Shape:
    def area(self):
        with open('x'):
            # BEGIN SOLUTION: area, a number
            area = math.pi
            # END SOLUTION
        return area
'''


def test_a_stub_raises_with_the_function_and_its_task():
    stubbed = stub(SOURCE, 'm.py')
    space = {}
    exec(stubbed, space)
    with pytest.raises(NotImplementedError, match=r'^double: return twice x$'):
        space['double'](1)
    with pytest.raises(TypeError):
        space['double'](None)
    assert '_twice' not in space and 'trick' not in stubbed and 'math.pi' not in stubbed
    assert '    # ---- your code: double ----\n    # return twice x\n    raise Not' in stubbed
    assert "            raise NotImplementedError('Shape.area: area, a number')\n" in stubbed
    assert stubbed.count(HELPERS) == 1


def test_solutions_are_put_back_to_the_byte():
    stubbed = stub(SOURCE, 'm.py')
    assert fill(stubbed, SOURCE, 'm.py') == SOURCE
    one = fill(stubbed, SOURCE, 'm.py', {'Shape.area'})
    assert 'math.pi' in one and 'trick' not in one and 'return 2 * x' in one


def test_functions_are_named_as_in_python():
    assert [block.function for block in code_blocks(SOURCE, 'm.py')] == ['double', '', 'Shape.area']


def test_a_module_that_is_nothing_but_a_solution_goes():
    assert stub('"""A helper."""\n\n# BEGIN SOLUTION\nx = 1\n# END SOLUTION\n', 'm.py') is None
    assert stub('"""A helper."""\n\ny = 2\n# BEGIN SOLUTION\nx = 1\n# END SOLUTION\n', 'm.py') is not None
    assert stub('"""Nothing to take out."""\n', 'm.py') == '"""Nothing to take out."""\n'


@pytest.mark.parametrize('path', MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_module_comes_back_to_the_byte(path):
    name, text = path.relative_to(ROOT).as_posix(), path.read_text(encoding='utf-8')
    stubbed = stub(text, name)
    if stubbed is not None:
        ast.parse(stubbed)
        assert fill(stubbed, text, name) == text
        assert (stubbed == text) == (code_blocks(text, name) == [])


def test_every_solution_of_the_package_is_found():
    count = sum(len(code_blocks(path.read_text(encoding='utf-8'), path.name)) for path in MODULES)
    assert count == sum(path.read_text(encoding='utf-8').count('# BEGIN SOL' 'UTION') for path in MODULES) >= 30


B, E = '    # BEGIN SOLUTION: do it\n', '    # END SOLUTION\n'
WRONG = {
    'unbalanced': ('def f():\n' + B + '    x = 1\n', 'm.py:2: a solution without an end'),
    'only an end': ('def f():\n    x = 1\n' + E, 'm.py:3: the end of a solution that has not begun'),
    'nested': ('def f():\n' + B + B + E + E, 'm.py:3: a solution inside the one that begins in line 2'),
    'stray': ('def f():\n    x = 1  # BEGIN SOLUTION\n', 'm.py:2: a stray marker'),
    'misspelt': ('def f():\n    # Begin solution\n    x = 1\n', 'm.py:2: a stray marker'),
    'in a string': ("x = 'END SOLUTION'\n", 'm.py:1: a stray marker'),
    'without a task': ('def f():\n    # BEGIN SOLUTION\n    x = 1\n' + E, 'm.py:2: no task is given to who writes f'),
    'indented': ('def f():\n' + B + '    x = 1\n  # END SOLUTION\n', 'm.py:4: indented otherwise'),
}


@pytest.mark.parametrize('key', WRONG)
def test_a_wrong_marker_is_told_with_file_and_line(key):
    text, words = WRONG[key]
    with pytest.raises(MarkerError) as error:
        code_blocks(text, 'm.py')
    assert str(error.value).startswith(words)


def test_a_place_for_the_answer_remains_in_a_text_cell():
    text = '**Question 1.** Why?\n<!-- BEGIN SOLUTION -->\n**Answer.** So.\n<!-- END SOLUTION -->\nMore.'
    assert clear_text(text, 'N.ipynb, cell a') == f'**Question 1.** Why?\n{ANSWER}\nMore.'
    assert clear_text('No question', 'N.ipynb, cell a') == 'No question'


@pytest.mark.parametrize('text', ['> **Answer.** So.', '<!-- BEGIN SOLUTION -->\n**Answer.** So.',
                                  'x <!-- BEGIN SOLUTION -->', '<!-- END SOLUTION -->'])
def test_an_answer_that_is_not_marked_stops_with_its_cell(text):
    with pytest.raises(MarkerError, match=r'^N\.ipynb, cell a:'):
        clear_text(text, 'N.ipynb, cell a')


def test_a_solution_in_a_code_cell_becomes_a_stub():
    assert stub('# BEGIN SOLUTION: plot it\nplot()\n# END SOLUTION', 'N.ipynb, cell a').splitlines()[2] \
        == "raise NotImplementedError('this cell: plot it')"
