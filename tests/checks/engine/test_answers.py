"""The known answers: the oracles are right, and every wrong answer differs from all others."""

import numpy as np
import pytest
import torch

from cs231n import rnn_layers
from cs231n.answer_key.captioning import oracle as captioning_oracle
from cs231n.answer_key.computed import part
from cs231n.answer_key.lstm import oracle as lstm_oracle
from cs231n.answer_key.rnn import oracle as rnn_oracle
from cs231n.checks import check
from cs231n.checks.engine import answers as where
from cs231n.checks.engine import stored
from cs231n.checks.engine.answers import NoAnswers, answers
from cs231n.checks.engine.compare import agree, as_array
from cs231n.checks.engine.inputs import draw
from cs231n.checks.grader import grade as grading
from cs231n.checks.lessons.captioning import checks as captioning_checks
from cs231n.checks.lessons.captioning import student_side
from tests.support.written_answers import layer_checks, write

WITH_MISTAKES = [one for one in layer_checks() if one.hints]
SAMPLING = [one for one in layer_checks() if 'sample' in one.name]


@pytest.mark.parametrize('one', WITH_MISTAKES, ids=lambda one: one.name)
def test_without_a_mistake_the_mistakes_are_right(one):
    with np.errstate(all='ignore'):
        for case, known in zip(one.cases(), answers(one), strict=True):
            outputs = getattr(part(one.lesson, 'mistakes'), one.oracle or one.name)(None, **case)
            outputs = one.settle([as_array(output) for output in outputs])
            assert len(outputs) == len(known['right']) == len(one.outputs)
            assert all(
                agree(got, want, 1e-10, 1e-10) for got, want in zip(outputs, known['right'], strict=True)
            )


@pytest.mark.parametrize('one', layer_checks(), ids=lambda one: one.name)
def test_known_answers_are_far_apart(one):
    """A thousand times farther than an answer in float32 strays, so that no hint is given by chance."""
    known = answers(one)
    keys = ['right', *one.hints]
    for k, key in enumerate(keys):
        for other in keys[:k]:
            assert not all(
                agree(got, want, 1e-2, 1e-2)
                for case in known
                for got, want in zip(case[key], case[other], strict=True)
            ), (key, other)


@pytest.mark.parametrize('one', layer_checks(), ids=lambda one: one.name)
def test_inputs_are_made_anew_and_equal(one):
    first, second = one.cases(), one.cases()
    for case, again in zip(first, second, strict=True):
        for name, value in case.items():
            assert (
                np.array_equal(value, again[name])
                if not isinstance(value, dict)
                else value is not again[name]
            )
            assert not isinstance(value, np.ndarray) or not np.shares_memory(value, again[name])


@pytest.mark.parametrize('one', layer_checks(), ids=lambda one: one.name)
def test_shapes_of_the_outputs_fit_their_axis_names(one):
    for known in answers(one):
        sizes = {}
        for axes, want in zip(one.outputs.values(), known['right'], strict=True):
            assert want.ndim == len(axes.split())
            for letter, size in zip(axes.split(), want.shape, strict=True):
                assert sizes.setdefault(letter, size) == size


def test_lstm_oracle_agrees_with_pytorch():
    """PyTorch keeps the gates in the order i, f, g, o and the weights transposed."""
    case = draw(5, x=(3, 5, 2), h0=(3, 7), Wx=(2, 28), Wh=(7, 28), b=(28,))
    lstm = torch.nn.LSTM(2, 7, batch_first=True, dtype=torch.float64)
    reorder = np.r_[0:14, 21:28, 14:21]
    with torch.no_grad():
        for name, weight in (
            ('weight_ih_l0', case['Wx'].T),
            ('weight_hh_l0', case['Wh'].T),
            ('bias_ih_l0', case['b']),
        ):
            getattr(lstm, name).copy_(torch.as_tensor(weight[reorder]))
        lstm.bias_hh_l0.zero_()
        h0 = torch.as_tensor(case['h0'])[None]
        want, _ = lstm(torch.as_tensor(case['x']), (h0, torch.zeros_like(h0)))
    (got,) = lstm_oracle.lstm_forward(**case)
    assert agree(got, want.numpy(), 1e-12, 1e-12)


def test_rnn_oracle_agrees_with_pytorch():
    case = draw(6, x=(3, 5, 2), h0=(3, 7), Wx=(2, 7), Wh=(7, 7), b=(7,))
    rnn = torch.nn.RNN(2, 7, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        for name, weight in (
            ('weight_ih_l0', case['Wx'].T),
            ('weight_hh_l0', case['Wh'].T),
            ('bias_ih_l0', case['b']),
        ):
            getattr(rnn, name).copy_(torch.as_tensor(weight))
        rnn.bias_hh_l0.zero_()
        want, _ = rnn(torch.as_tensor(case['x']), torch.as_tensor(case['h0'])[None])
    (got,) = rnn_oracle.rnn_forward(**case)
    assert agree(got, want.numpy(), 1e-12, 1e-12)


@pytest.mark.parametrize(
    'cell_type, features, want', [('rnn', (-1.5, 0.3), 9.83235591003), ('lstm', (-0.5, 1.7), 9.82445935443)]
)
def test_captioning_oracle_gives_the_known_losses(cell_type, features, want):
    D, W, H, V = 20, 30, 40, 3
    G = H if cell_type == 'rnn' else 4 * H
    shapes = {
        'W_proj': (D, H),
        'b_proj': (H,),
        'W_embed': (V, W),
        'Wx': (W, G),
        'Wh': (H, G),
        'b': (G,),
        'W_vocab': (H, V),
        'b_vocab': (V,),
    }
    params = {
        name: np.linspace(-1.4, 1.3, int(np.prod(shape))).reshape(shape) for name, shape in shapes.items()
    }
    captions = (np.arange(10 * 13) % 3).reshape(10, 13)
    loss, *_ = captioning_oracle.captioning_loss(params, np.linspace(*features, 10 * D).reshape(10, D), captions)
    assert abs(loss - want) < 1e-10


@pytest.mark.parametrize('one', SAMPLING, ids=lambda one: one.name)
def test_each_mistake_of_sampling_changes_many_words(one):
    """Far more than one word in ten, so that the words after an <END>, or a near tie, do not decide."""
    for known in answers(one):
        (right,) = known['right']
        for key in one.hints:
            (wrong,) = known[key]
            if wrong.shape != right.shape:  # told by that
                continue
            assert (wrong != right).mean() > 0.1, key


@pytest.mark.parametrize('one', SAMPLING, ids=lambda one: one.name)
def test_sampling_has_no_near_tie_and_captions_that_end_and_that_do_not(one):
    for case, known in zip(one.cases(), answers(one), strict=True):
        (captions,) = known['right']
        ended = (captions == captioning_checks.END).any(axis=1)
        assert ended.any() and not ended.all()
        gaps = _gaps_between_the_two_best(one, case)
        behind = (
            np.cumsum(captions == captioning_checks.END, axis=1) - (captions == captioning_checks.END) > 0
        )
        assert gaps[~behind].min() > 0.05


def _gaps_between_the_two_best(one, case):
    """(N, T): how far the best score is above the second best, told by a sampler that writes it down."""
    gaps = []
    sample = write(
        'CaptioningRNN.sample',
        ('word = scores.argmax(axis=1)', 'word = scores.argmax(axis=1); self.scores.append(scores)'),
    )

    model = student_side.model_with('lstm' if '[lstm]' in one.name else 'rnn', case['params'])
    model.scores = gaps
    sample(model, case['features'], case['max_length'])
    best = np.sort(np.stack(gaps, axis=1), axis=2)  # (N, T, V)
    return best[:, :, -1] - best[:, :, -2]


# ---- a student's folder whose file of answers is missing or damaged


@pytest.fixture(params=[None, b'', b'no zip', b'PK\3\4 cut', 'another', 'flipped'])
def spoiled(request, tmp_path, monkeypatch):
    """A file of answers in this state; there is no code that computes them, either."""
    path = tmp_path / 'answers.npz'
    if isinstance(request.param, bytes):
        path.write_bytes(request.param)
    elif request.param:
        name = 'sigmoid' if request.param == 'another' else 'rnn_step_forward'
        np.savez(path, **{f'{name}/0/right/0': np.arange(99)})
        if request.param == 'flipped':
            data = bytearray(path.read_bytes())
            data[300] ^= 1
            path.write_bytes(data)
    monkeypatch.setattr(where, 'STORED', path)
    monkeypatch.setattr(where, 'COMPUTED', 'cs231n.nowhere')
    monkeypatch.setattr(stored, 'STORED', path)
    caches = stored._stored, stored._outputs, stored._hints
    for one in caches:
        one.cache_clear()
    yield path
    for one in caches:
        one.cache_clear()


def test_without_the_file_of_answers_nothing_is_graded_and_it_is_named(spoiled, capsys):
    assert grading.main(['rnn_step_forward']) == 2
    out, err = capsys.readouterr()
    assert not out and err.count('\n') == 1 and str(spoiled) in err and 'unpack it again' in err
    with pytest.raises(NoAnswers, match='unpack it again'):
        check(rnn_layers.rnn_step_forward)
