"""A module as it comes is made gradable without running it, and what stood in the way is said."""

import ast

import pytest

from cs231n.grading.cleaning import cleaned

RIGHT = '"""Layers."""\n\nimport numpy as np\n\n\ndef f(x):\n    return np.tanh(x)\n'


def test_an_ordinary_module_is_left_as_it_is():
    for text in (RIGHT, RIGHT + '\nSIZE = 3\nG = np.ones(3)\nif __name__ == "__main__":\n    print(f(G))\n', ''):
        assert cleaned(text) == (text, [])
    for text in ('def f(a, b):\n    return (a\n        % b\n    )\n',
                 "def f(a):\n    raise ValueError('x %s'\n        % a)\n"):
        assert cleaned(text) == (text, [])


def test_python_2_is_converted():
    text, said = cleaned('import numpy as np\n\n\ndef f(x):\n\tfor i in xrange(3):\n\t\tprint "x", i\n'
                         '\treturn np.tanh(x)\n')
    assert said == ['it is written in Python 2 and was converted to Python 3']
    namespace = {}
    exec(text, namespace)
    assert namespace['f'](0) == 0


def test_notebook_code_does_not_run_and_lines_keep_their_numbers():
    shown = 'for i in range(3):\n    plt.plot(i)\nplt.show()\n!ls\n\n\n'
    text = '%matplotlib inline\n' + RIGHT + shown + 'def g(): return 1\n'
    source, said = cleaned(text)
    assert 'plt' not in source and '%' not in source and 'ls' not in source
    assert source.split('\n').index('def g(): return 1') == text.split('\n').index('def g(): return 1')
    assert said == ['commands of IPython were left out',
                    'line 9 was left out, since a module only defines, and this would run as it is imported: '
                    'for i in range(3):',
                    'line 11 was left out, since a module only defines, and this would run as it is imported: '
                    'plt.show()']


def test_a_gpu_is_not_asked_for():
    source, said = cleaned('import torch\n\ndtype = torch.cuda.FloatTensor\nnet = lambda m: m.cuda().type(dtype)\n')
    assert source.endswith('dtype = torch.FloatTensor\nnet = lambda m: m.type(dtype)\n')
    assert said == ['it asks for a GPU by torch.cuda, and was graded without one']


def test_an_import_of_a_helper_that_is_not_there_is_left_out():
    text = 'import numpy\nfrom cs231n.layers import affine_forward\nfrom cs231n.my_helpers import go\nimport cs231n.x\n'
    source, said = cleaned(text, modules={'cs231n.layers'})
    assert source.split('\n') == [*text.split('\n')[:2], '', '', '']
    assert said[0] == ('line 3 was left out, since there is no module cs231n.my_helpers: '
                       'from cs231n.my_helpers import go')
    assert len(said) == 2


@pytest.mark.parametrize('text', ['def f(:\n', 'x = (\n', 'for', '\0', 'é' * 9 + ' ?', 'print "a\n'])
def test_what_is_no_python_comes_back_with_a_sentence(text):
    source, said = cleaned(text)
    assert source == text and len(said) == 1 and said[0].startswith('it cannot be read as Python')


def test_what_is_returned_can_be_read():
    messy = 'print 1\n%time\nx = 3\nwhile x: x -= 1\n\n\ndef f(a, (b, c)):\n    return `a`, b <> c\n'
    source, said = cleaned(messy)
    ast.parse(source)
    assert len(said) >= 3 and 'def f' in source
