"""The extension of a student's notebooks: cells wait for what is not written, everything else fails as ever."""

import pytest
from nbformat import v4, write

from cs231n._shared.paths import ROOT
from cs231n.course.execution import execute
from cs231n.course.student_extension import names_bound, stamp

SETUP = f"""%reload_ext cs231n.course.student_extension
file = {str(ROOT / 'cs231n' / 'stub.py')!r}
exec(compile("def stub():\\n    raise NotImplementedError('stub: return one')", file, 'exec'))"""


def run(folder, *sources):
    """The execution of a notebook with these cells after the first."""
    path = folder / 'N.ipynb'
    write(v4.new_notebook(cells=[v4.new_code_cell(source) for source in (SETUP, *sources)]), path)
    return execute(path, {'PYTHONPATH': str(ROOT)})


def texts(result):
    return [[output.get('text') or output.get('data', {}).get('text/plain', '') for output in cell.outputs]
            for cell in result.notebook.cells]


def test_cells_wait_and_the_next_ones_run(tmp_path):
    result = run(
        tmp_path,
        'value = stub()\ndef use(): return value\nimport json as js',
        'print(value)',
        '%reload_ext cs231n.course.student_extension',
        'squares = [use() for _ in range(3)]',
        "print('still here')",
        'value, use = 3, lambda: 4',
        'print(value + use())',
    )
    assert result.failure is None
    waits = 'This cell waits for stub.'
    assert texts(result)[1:] == [['This cell waits for stub: return one.'], [waits], [], [waits], ['still here\n'], [],
                                 ['7\n']]


@pytest.mark.parametrize('source, name', [
    ('unknown', 'NameError'),
    ("raise NotImplementedError('mine: not yet')", 'NotImplementedError'),
    ('raise NotImplementedError', 'NotImplementedError'),
    ('1 / 0', 'ZeroDivisionError'),
])
def test_other_errors_fail_as_ever(tmp_path, source, name):
    result = run(tmp_path, 'value = stub()', f'def f():\n    {source}\nf()', "print('not reached')")
    assert name in result.failure and 'cell [3] of 4' in result.failure
    assert [output.output_type for output in result.notebook.cells[2].outputs] == ['error']
    assert result.notebook.cells[3].outputs == []


def test_names_that_a_cell_binds():
    source = 'a, (b, *c) = 1, (2, 3)\nfor d in []: pass\ndef e(): pass\nclass F: pass\n'
    source += 'import g.h, i as j\nx.y = z[0] = 1\n[k for k in l]\ndef m(n):\n    o = 1'
    assert names_bound(source) == set('abcdeFgjm')


def test_the_solved_repository_has_no_stamp():
    assert stamp() == 'files of this run, for make submit: '
