"""The checks of CaptioningRNN take the constructor of the starter code, and parameters under other names."""

import numpy as np
import pytest

from cs231n.checks import check
from cs231n.classifiers import rnn
from tests.support.written_answers import RIGHT, run

ORIGINAL = """
    def __init__(self, word_to_idx, input_dim=512, wordvec_dim=128, hidden_dim=128, cell_type='rnn', dtype=np.float32):
        self.cell_type, self.dtype, V = cell_type, dtype, len(word_to_idx)
        self._null, self._start, self._end = (word_to_idx[word] for word in ('<NULL>', '<START>', '<END>'))
        size = {'lstm': 4, 'rnn': 1}[cell_type] * hidden_dim
        shapes = {'W_embed': (V, wordvec_dim), 'W_proj': (input_dim, hidden_dim), 'b_proj': hidden_dim,
                  'Wx': (wordvec_dim, size), 'Wh': (hidden_dim, size), 'b': size, 'W_vocab': (hidden_dim, V),
                  'b_vocab': V}
        self.params = {name: np.random.standard_normal(shape) for name, shape in shapes.items()}
"""
TEXT = RIGHT.replace('class CaptioningRNN:\n', f'class CaptioningRNN:\n{ORIGINAL}\n')
OTHER_NAMES = TEXT
for old, new in ('W_proj', 'W_feat'), ('W_embed', 'E'), ("'Wx'", "'W_x'"), ("'b'", "'bias'"), ("'b_vocab'", "'b_out'"):
    OTHER_NAMES = OTHER_NAMES.replace(old, new)


@pytest.mark.parametrize('cell_type', ['rnn', 'lstm'])
@pytest.mark.parametrize('method', ['loss', 'sample'])
@pytest.mark.parametrize('text', [TEXT, OTHER_NAMES], ids=['names of the starter code', 'other names'])
def test_the_constructor_of_the_starter_code_is_accepted(text, method, cell_type, monkeypatch):
    monkeypatch.setattr(rnn, 'CaptioningRNN', run(text, 'CaptioningRNN'))
    np.random.seed(3)
    before = np.random.get_state()[1].copy()
    result = check(run(text, f'CaptioningRNN.{method}'), name=f'CaptioningRNN.{method}', cell_type=cell_type)
    assert result.passed and result.hint is result.where is result.note is None, result
    assert np.array_equal(before, np.random.get_state()[1])


def test_a_mistake_under_other_names_is_still_told(monkeypatch):
    monkeypatch.setattr(rnn, 'CaptioningRNN', run(OTHER_NAMES, 'CaptioningRNN'))
    lines = "        grads['W_feat'] = features.T.dot(dh0)\n        grads['b_proj'] = dh0.sum(axis=0)\n"
    wrong = OTHER_NAMES.replace(lines, '')
    assert wrong != OTHER_NAMES
    assert check(run(wrong, 'CaptioningRNN.loss')).hint.startswith('grads has no W_proj and b_proj')
