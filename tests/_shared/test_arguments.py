"""Contracts of arguments: what they take and refuse, in which words, and that they stay out of the way."""

import inspect
import os
import subprocess
import sys
import time
import traceback

import numpy as np
import pytest

from cs231n._shared.arguments import contract, number, positive, whole
from cs231n._shared.paths import ROOT


@contract(x='N D', prev_c='N H or 0', Wx='D 4H', T=whole(1, 3), lr=number(0), temperature=positive)
def step(x, prev_c, Wx, T=2, lr=0.1, *, temperature=None):
    """Stand for a step of an LSTM."""
    return x, prev_c, Wx


def ones(*shape):
    return np.ones(shape)


def test_what_fits_goes_through_by_position_or_name_and_a_plain_zero_stands_for_a_state():
    assert step(ones(3, 5), ones(3, 2), ones(5, 8))[0].shape == (3, 5)
    assert step(ones(3, 5), 0, ones(5, 8), 3, 0)[1] == 0 and step(Wx=ones(5, 8), x=ones(1, 5), prev_c=0.0)[1] == 0
    assert step(ones(0, 5), ones(0, 2), ones(5, 8), temperature=1)[0].size == 0


@pytest.mark.parametrize('call, kind, words', [
    (lambda: step(ones(3), 0, ones(5, 8)), ValueError, 'step: x must have shape (N, D) = (*, *), got (3,)'),
    (lambda: step(ones(3, 5), ones(4, 2), ones(5, 8)), ValueError,
     'step: prev_c must have shape (N, H) = (3, *), got (4, 2)'),
    (lambda: step(ones(3, 5), ones(3, 2), ones(5, 7)), ValueError,
     'step: Wx must have shape (D, 4H) = (5, 8), got (5, 7)'),
    (lambda: step([[1.0]], 0, ones(1, 4)), TypeError, 'step: x must be a NumPy array, got list'),
    (lambda: step(ones(3, 5), [0], ones(5, 8)), TypeError, 'step: prev_c must be a NumPy array, got list'),
    (lambda: step(ones(3, 5), 0, ones(5, 8), 1.5), TypeError, 'step: T must be an integer, got 1.5'),
    (lambda: step(ones(3, 5), 0, ones(5, 8), 4), ValueError, 'step: T must be one of 1 … 3, got 4'),
    (lambda: step(ones(3, 5), 0, ones(5, 8), lr=np.nan), ValueError, 'step: lr must be at least 0, got nan'),
    (lambda: step(ones(3, 5), 0, ones(5, 8), temperature=0), ValueError, 'step: temperature must be positive, got 0'),
])
def test_what_breaks_it_is_told(call, kind, words):
    for _ in range(2):  # also the second time
        with pytest.raises(kind) as error:
            call()
        assert str(error.value) == words


def test_a_wrong_number_of_arguments_is_told_as_python_does():
    with pytest.raises(TypeError, match=r"step\(\) missing 1 required positional argument: 'Wx'"):
        step(ones(3, 5), 0)
    with pytest.raises(TypeError, match='takes from 3 to 5 positional arguments but 6 were given'):
        step(ones(1, 1), 0, ones(1, 4), 1, 1, 1)


def test_the_signature_is_the_functions_own_and_a_misspelled_contract_is_told_at_once():
    assert list(inspect.signature(step).parameters) == ['x', 'prev_c', 'Wx', 'T', 'lr', 'temperature']
    assert step.__doc__ == 'Stand for a step of an LSTM.' and step.__name__ == 'step'
    with pytest.raises(TypeError, match='<lambda> has no argument y'):
        contract(y='N')(lambda x: x)
    with pytest.raises(ValueError, match='axes must be such as'):
        contract(x='n')


def test_an_error_within_comes_with_one_frame_more():
    @contract(x='N')
    def broken(x):
        raise KeyError('mine')

    with pytest.raises(KeyError) as error:
        broken(ones(1))
    names = [frame.name for frame in traceback.extract_tb(error.value.__traceback__)]
    assert names[-2:] == ['checked', 'broken'] and len(names) == 3


def test_an_edited_function_is_the_new_one_also_where_it_was_imported_by_name(tmp_path):
    """As in a notebook with %autoreload 2."""
    lesson, head = tmp_path / 'lesson.py', ('from cs231n._shared.arguments import contract\n\n'
                                            "@contract(x='N D')\ndef f(x):\n")
    lesson.write_text(head + "    raise NotImplementedError('f: do')\n")
    script = f"""
import os, sys, time
sys.path[:0] = [{str(tmp_path)!r}, {str(ROOT)!r}]
from IPython.testing.globalipapp import start_ipython
shell = start_ipython()
shell.run_line_magic('load_ext', 'autoreload')
shell.run_line_magic('autoreload', '2')
shell.run_cell('import numpy as np; from lesson import f')
open({str(lesson)!r}, 'w').write({head!r} + '    return x.sum()')
os.utime({str(lesson)!r}, ({time.time() + 60}, {time.time() + 60}))
print('edited:', shell.run_cell('f(np.ones((2, 3)))').result)
"""
    told = subprocess.run([sys.executable, '-c', script], capture_output=True, text=True, timeout=300,
                          env={**os.environ, 'IPYTHONDIR': str(tmp_path)})
    assert 'edited: 6.0' in told.stdout, told.stdout + told.stderr
