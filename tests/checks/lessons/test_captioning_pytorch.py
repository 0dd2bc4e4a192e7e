"""The checks of the PyTorch edition: right answers pass, every known mistake is told, gradients have to flow."""

import numpy as np
import pytest
import torch

from cs231n import rnn_layers_pytorch as layers
from cs231n.answer_key import computed
from cs231n.checks import all_checks, check
from cs231n.checks.engine.judge import judge
from cs231n.checks.lessons import CHECKS as EVERY
from cs231n.checks.lessons.captioning_pytorch.checks import CHECKS
from cs231n.classifiers import rnn_pytorch
from cs231n.classifiers.rnn_pytorch import CaptioningRNN

BY_NAME = {one.name: one for one in CHECKS}


@pytest.mark.parametrize('one', CHECKS, ids=lambda one: one.name)
def test_the_packages_answers_are_right(one):
    result = judge(one, one.function(), lambda name: EVERY[name].function(), EVERY)
    assert result.passed and result.points == one.points


@pytest.mark.parametrize('name, key', [(name, key) for name, one in BY_NAME.items() for key in one.hints])
def test_every_mistake_differs_from_the_right_answer_and_from_those_of_other_hints(name, key):
    known, hints = computed.outputs(BY_NAME[name]), BY_NAME[name].hints

    def same(other):
        return all(np.shape(a) == np.shape(b) and np.allclose(a, b, 1e-5, 1e-5)
                   for case in known for a, b in zip(case[key], case[other]))
    assert not same('right')
    assert {hints[other] for other in hints if same(other)} == {hints[key]}


def test_a_mistake_in_tensors_is_told():
    result = check(lambda x, prev_h, Wx, Wh, b: torch.tanh(x @ Wx + prev_h @ Wh.T + b), 'rnn_step_forward[pytorch]')
    assert result.hint == BY_NAME['rnn_step_forward[pytorch]'].hints['Wh_transposed']


@pytest.mark.parametrize('cut', [lambda h: h.detach(), lambda h: h.data, lambda h: torch.tensor(h.tolist()).double()])
def test_a_graph_that_is_cut_is_told(cut):
    result = check(lambda *inputs: cut(layers.rnn_step_forward(*inputs)), 'rnn_step_forward[pytorch]')
    assert result.hint == BY_NAME['rnn_step_forward[pytorch]'].hints['no_gradient']


def test_a_gradient_that_stops_at_each_step_is_wrong():
    def forward(x, h, Wx, Wh, b):
        states = []
        for t in range(x.shape[1]):
            h = layers.rnn_step_forward(x[:, t], h.detach(), Wx, Wh, b)
            states.append(h)
        return torch.stack(states, dim=1)
    result = check(forward, 'rnn_forward[pytorch]')
    assert not result.passed and result.hint.startswith('the values are right, but only a part of the gradient'), result


def test_functions_on_tensors_get_the_checks_on_tensors():
    assert check(layers.rnn_step_forward).name == 'rnn_step_forward[pytorch]'
    assert check(CaptioningRNN.loss, cell_type='lstm').name == 'CaptioningRNN.loss[lstm, pytorch]'


def test_an_edition_counts_the_captioning_model_once():
    numpy, pytorch = ({one.name for one in all_checks(which)} for which in ('numpy', 'pytorch'))
    assert numpy == {one.name for one in all_checks()} and not any('pytorch' in name for name in numpy)
    assert pytorch - numpy == set(BY_NAME)
    assert {one.lesson for one in all_checks('numpy')} - {one.lesson for one in all_checks('pytorch')} == {
        'rnn', 'lstm', 'captioning', 'decoding'}
    points = [sum(one.points for one in all_checks(which) if one.notebook in ('RNN', 'LSTM'))
              for which in ('numpy', 'pytorch')]
    assert points[1] == 40, points


class Original(CaptioningRNN):
    """With the constructor of the starter code, which knows no rng, and a parameter of another name."""

    def __init__(self, word_to_idx, input_dim, wordvec_dim, hidden_dim, cell_type, dtype):
        super().__init__(word_to_idx, input_dim, wordvec_dim, hidden_dim, cell_type, dtype)
        self.params['W_feat'] = self.params.pop('W_proj')

    def loss(self, features, captions):
        return CaptioningRNN.loss(self._renamed(), features, captions)

    def sample(self, features, max_length=30):
        return CaptioningRNN.sample(self._renamed(), features, max_length)

    def _renamed(self):
        self.params['W_proj'] = self.params['W_feat']
        return self


@pytest.mark.parametrize('cell_type', ['rnn', 'lstm'])
@pytest.mark.parametrize('method', ['loss', 'sample'])
def test_the_constructor_of_the_starter_code_is_accepted(method, cell_type, monkeypatch):
    monkeypatch.setattr(rnn_pytorch, 'CaptioningRNN', Original)
    before = torch.get_rng_state()
    result = check(getattr(Original, method), name=f'CaptioningRNN.{method}[{cell_type}, pytorch]')
    assert result.passed, result
    assert torch.equal(before, torch.get_rng_state())
