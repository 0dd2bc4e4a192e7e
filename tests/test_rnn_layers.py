"""The vanilla RNN, word embedding and temporal layers against three oracles, and on bad input."""

import re
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cs231n import rnn_layers
from cs231n._shared.paths import ROOT
from cs231n.gradient_check import eval_numerical_gradient
from cs231n.rnn_layers import (
    rnn_backward,
    rnn_forward,
    rnn_step_backward,
    rnn_step_forward,
    sigmoid,
    temporal_affine_backward,
    temporal_affine_forward,
    temporal_softmax_loss,
    word_embedding_backward,
    word_embedding_forward,
)
from tests.reference import rnn_literal
from tests.reference.layer_checks import (
    CHECKS,
    Layer,
    assert_all_close,
    draw,
    one_output,
    relative_error,
    run,
    strided,
)

WORDS = np.array([[0, 3, 1], [2, 1, 1]])  # 1 stands three times, 4 never


def torch_rnn(x, h0, Wx, Wh, b):
    """torch.nn.RNN with these parameters, kept in the graph."""
    T, H = x.shape[1], h0.shape[1]
    rnn = torch.nn.RNN(x.shape[2], H, batch_first=True).double()
    names = {'weight_ih_l0': Wx.T, 'weight_hh_l0': Wh.T, 'bias_ih_l0': b, 'bias_hh_l0': torch.zeros_like(b)}
    h, _ = torch.func.functional_call(rnn, names, (x, h0[None]))
    assert h.shape[1] == T
    return (h,)


LAYERS = {
    'rnn_step': Layer(
        one_output(rnn_step_forward), rnn_step_backward,
        lambda x, h, Wx, Wh, b: (torch.tanh(x @ Wx + h @ Wh + b),),
        lambda rng: [(3, 5), (3, 7), (5, 7), (7, 7), (7,)]),
    'rnn': Layer(
        one_output(rnn_forward), rnn_backward, torch_rnn,
        lambda rng: [(3, 5, 2), (3, 7), (2, 7), (7, 7), (7,)]),
    'rnn_one_step': Layer(
        one_output(rnn_forward), rnn_backward, torch_rnn,
        lambda rng: [(1, 1, 2), (1, 3), (2, 3), (3, 3), (3,)]),
    'word_embedding': Layer(
        one_output(lambda W: word_embedding_forward(WORDS, W)),
        lambda dout, cache: (word_embedding_backward(dout, cache),),
        lambda W: (torch.nn.functional.embedding(torch.tensor(WORDS), W),),
        lambda rng: [(5, 7)]),
    'temporal_affine': Layer(
        one_output(temporal_affine_forward), temporal_affine_backward,
        lambda x, w, b: (x @ w + b,),
        lambda rng: [(3, 5, 2), (2, 7), (7,)]),
}


@pytest.mark.parametrize('check', CHECKS)
@pytest.mark.parametrize('layer', LAYERS.values(), ids=LAYERS)
def test_layer(layer, check):
    check(layer, seed=1)


dimension = st.sampled_from([1, 2, 3, 5])


@given(N=dimension, T=dimension, D=dimension, H=dimension, seed=st.integers(0, 99),
       dtype=st.sampled_from([np.float32, np.float64]))
def test_rnn_equals_the_literal_version(N, T, D, H, seed, dtype):
    layer = LAYERS['rnn']._replace(shapes=lambda rng: [(N, T, D), (N, H), (D, H), (H, H), (H,)])
    inputs, (dh,) = draw(layer, seed, dtype)
    h, gradients = rnn_literal.rnn(*(a.astype(float) for a in inputs), dh.astype(float))
    for actual, expected in zip(run(layer, inputs, [dh]), [h, *gradients]):
        assert actual.dtype == dtype
        assert relative_error(actual, expected) < (1e-5 if dtype == np.float32 else 1e-12)


def test_rnn_equals_its_own_steps_at_training_size():
    N, T, D, H = 23, 17, 31, 37
    layer = LAYERS['rnn']._replace(shapes=lambda rng: [(N, T, D), (N, H), (D, H), (H, H), (H,)])
    (x, h0, Wx, Wh, b), (dh,) = draw(layer, 0)
    Wx, Wh = Wx / np.sqrt(D), Wh / np.sqrt(H)
    actual = run(layer, (x, h0, Wx, Wh, b), [dh])
    states, caches = [h0], []
    for t in range(T):
        next_h, cache = rnn_step_forward(x[:, t], states[-1], Wx, Wh, b)
        states.append(next_h)
        caches.append(cache)
    dx, dprev_h, dWx, dWh, db = np.zeros_like(x), 0, 0, 0, 0
    for t in reversed(range(T)):
        dx[:, t], dprev_h, *weights = rnn_step_backward(dh[:, t] + dprev_h, caches[t])
        dWx, dWh, db = dWx + weights[0], dWh + weights[1], db + weights[2]
    expected = [np.stack(states[1:], axis=1), dx, dprev_h, dWx, dWh, db]
    assert_all_close(actual, expected, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize('N, T', [(0, 3), (3, 0)])
def test_rnn_of_nothing_is_empty(N, T):
    h, cache = rnn_forward(np.ones((N, T, 2)), np.ones((N, 5)), np.ones((2, 5)), np.ones((5, 5)), np.ones(5))
    assert h.shape == (N, T, 5)
    dx, dh0, *weights = rnn_backward(h, cache)
    assert dx.shape == (N, T, 2) and dh0.shape == (N, 5)
    assert all((w == 0).all() for w in weights)


def test_integer_input_is_not_truncated():
    x, h0 = np.ones((2, 3, 5), int), np.zeros((2, 7), int)
    Wx, Wh, b = np.full((5, 7), 1), np.zeros((7, 7), int), np.full(7, -4)
    h, _ = rnn_forward(x, h0, Wx, Wh, b)
    np.testing.assert_allclose(h, np.tanh(1.0), rtol=1e-12)


# -- word embedding

@pytest.mark.parametrize('dtype', ['i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8'])
def test_words_of_every_integer_dtype(dtype):
    W, dout = np.random.RandomState(0).standard_normal((5, 7)), np.ones((2, 3, 7))
    out, cache = word_embedding_forward(WORDS.astype(dtype), W)
    np.testing.assert_array_equal(out, W[WORDS])
    np.testing.assert_array_equal(word_embedding_backward(dout, cache)[:, 0], [1, 3, 1, 1, 0])


def test_the_version_to_show_in_class_equals_the_answer():
    text = (ROOT / 'docs' / 'instructor.md').read_text(encoding='utf-8')
    shown = {'np': np}
    blocks = re.findall(r'```python\n(.*?)```', text, re.S)
    exec(next(block for block in blocks if 'def word_embedding' in block), shown)
    rng = np.random.RandomState(0)
    x, W, dout = rng.randint(5, size=(3, 7)), rng.standard_normal((5, 2)), rng.standard_normal((3, 7, 2))
    _, cache = word_embedding_forward(x, W)
    np.testing.assert_allclose(shown['word_embedding_backward'](dout, (x, 5)), word_embedding_backward(dout, cache),
                               rtol=1e-12, atol=1e-12)


@given(N=dimension, T=dimension, V=dimension, D=dimension, seed=st.integers(0, 99))
def test_word_embedding_backward_equals_the_literal_version(N, T, V, D, seed):
    rng = np.random.RandomState(seed)
    x, W, dout = rng.randint(V, size=(N, T)), np.ones((V, D)), rng.standard_normal((N, T, D))
    for layout in (np.ascontiguousarray, np.asfortranarray, strided):
        _, cache = word_embedding_forward(layout(x), W)
        dW = word_embedding_backward(layout(dout), cache)
        expected = rnn_literal.word_embedding_gradient(dout, x, V)
        np.testing.assert_allclose(dW, expected, rtol=1e-12, atol=1e-13)


def test_word_embedding_of_other_shapes():
    W = np.arange(10.0).reshape(5, 2)
    assert word_embedding_forward(np.array([3, 1]), W)[0].tolist() == [[6, 7], [2, 3]]
    out, cache = word_embedding_forward(np.zeros((0, 3), int), W)
    assert out.shape == (0, 3, 2)
    np.testing.assert_array_equal(word_embedding_backward(out, cache), np.zeros((5, 2)))


# -- sigmoid

@pytest.mark.parametrize('dtype', [np.float32, np.float64])
def test_sigmoid_at_every_size(dtype):
    x = np.array([-np.inf, -1e30, -1000, -89, -30, -1, -1e-30, 0, 1e-30, 1, 30, 1000, np.inf], dtype)
    with np.errstate(all='raise'):
        y = sigmoid(x)
    assert y.dtype == dtype
    expected = torch.sigmoid(torch.tensor(x, dtype=torch.float64)).numpy()
    info = np.finfo(dtype)
    np.testing.assert_allclose(y, expected, rtol=4 * info.eps, atol=info.smallest_normal)
    assert np.isnan(sigmoid(np.array([np.nan], dtype))).all()


def test_sigmoid_of_numbers_integers_and_layouts():
    assert sigmoid(0.0) == 0.5
    np.testing.assert_allclose(sigmoid(np.array([-1, 0, 2])), 1 / (1 + np.exp([1.0, 0, -2])), rtol=1e-15)
    x = np.random.RandomState(0).standard_normal((5, 7))
    before = x.copy()
    np.testing.assert_array_equal(sigmoid(strided(x)), sigmoid(x))
    np.testing.assert_array_equal(x, before)


# -- temporal layers

@given(N=dimension, T=dimension, D=dimension, M=dimension, seed=st.integers(0, 99))
def test_temporal_affine_equals_the_literal_version(N, T, D, M, seed):
    layer = LAYERS['temporal_affine']._replace(shapes=lambda rng: [(N, T, D), (D, M), (M,)])
    inputs, (dout,) = draw(layer, seed)
    out, gradients = rnn_literal.temporal_affine(*inputs, dout)
    assert_all_close(run(layer, inputs, [dout]), [out, *gradients], rtol=1e-10, atol=1e-12)


def softmax_case(seed, N=3, T=5, V=7, scale=1.0, dtype=np.float64):
    rng = np.random.RandomState(seed)
    x = scale * rng.standard_normal((N, T, V)).astype(dtype)
    return x, rng.randint(V, size=(N, T)), rng.rand(N, T) > 0.3


@given(N=dimension, T=dimension, V=dimension, seed=st.integers(0, 99))
def test_temporal_softmax_loss_equals_the_literal_version(N, T, V, seed):
    x, y, mask = softmax_case(seed, N, T, V, scale=3)
    expected = rnn_literal.temporal_softmax_loss(x, y, mask)
    assert_all_close(temporal_softmax_loss(x, y, mask), expected, rtol=1e-10, atol=1e-13)


def test_temporal_softmax_loss_equals_torch():
    x, y, mask = softmax_case(0)
    scores = torch.tensor(x, requires_grad=True)
    answers = torch.where(torch.tensor(mask), torch.tensor(y), -100)  # -100: ignored
    total = torch.nn.functional.cross_entropy(scores.flatten(0, 1), answers.flatten(), reduction='sum')
    expected = total / len(x)
    expected.backward()
    loss, dx = temporal_softmax_loss(x, y, mask)
    np.testing.assert_allclose(loss, expected.item(), rtol=1e-12)
    np.testing.assert_allclose(dx, scores.grad.numpy(), rtol=1e-10, atol=1e-14)
    numerical = eval_numerical_gradient(lambda x: temporal_softmax_loss(x, y, mask)[0], x, verbose=False)
    np.testing.assert_allclose(dx, numerical, rtol=1e-6, atol=1e-9)


def test_temporal_softmax_loss_of_whole_numbers():
    x, y, mask = np.arange(24).reshape(2, 3, 4) % 5, np.zeros((2, 3), int), np.ones((2, 3), bool)
    for actual, expected in zip(temporal_softmax_loss(x, y, mask), temporal_softmax_loss(x.astype(float), y, mask)):
        np.testing.assert_array_equal(actual, expected)


def test_temporal_softmax_loss_sums_over_time_and_averages_over_the_minibatch():
    N, T, V = 100, 10, 10
    loss, _ = temporal_softmax_loss(np.zeros((N, T, V)), np.zeros((N, T), int), np.ones((N, T), bool))
    np.testing.assert_allclose(loss, T * np.log(V), rtol=1e-12)


@pytest.mark.parametrize('dtype', [np.float32, np.float64])
@pytest.mark.parametrize('scale', [1, 1e4, 1e30])
def test_temporal_softmax_loss_of_huge_scores(dtype, scale):
    x, y, mask = softmax_case(0, scale=scale, dtype=dtype)
    with np.errstate(over='raise', divide='raise', invalid='raise'):
        loss, dx = temporal_softmax_loss(x, y, mask)
    assert np.isfinite(loss) and np.isfinite(dx).all()
    assert loss.dtype == dtype and dx.dtype == dtype
    shifted = temporal_softmax_loss(x.astype(float) + 0.5, y, mask)
    np.testing.assert_allclose(loss, shifted[0], rtol=1e-5)


def test_temporal_softmax_loss_layout_arguments_and_padding():
    x, y, mask = softmax_case(0)
    before = x.copy(), y.copy(), mask.copy()
    expected = temporal_softmax_loss(x, y, mask)
    for layout in (np.asfortranarray, strided):
        actual = temporal_softmax_loss(layout(x), layout(y), layout(mask))
        assert_all_close(actual, expected, rtol=1e-12, atol=1e-14)
    for a, b in zip((x, y, mask), before):
        np.testing.assert_array_equal(a, b)
    assert (expected[1][~mask] == 0).all() and (expected[1][mask] != 0).all()
    x[~mask] = 1e6  # what stands in the padding is of no concern
    assert_all_close(temporal_softmax_loss(x, y, mask), expected, rtol=1e-12, atol=1e-14)
    assert_all_close(temporal_softmax_loss(x, y.astype('u1'), mask.astype(int)), expected, rtol=0)
    assert temporal_softmax_loss(x, y, np.zeros_like(mask))[0] == 0


def test_temporal_softmax_loss_prints_only_when_asked(capsys):
    temporal_softmax_loss(*softmax_case(0))
    assert capsys.readouterr().out == ''
    temporal_softmax_loss(*softmax_case(0), verbose=True)
    assert capsys.readouterr().out == 'dx_flat: (15, 7)\n'


# -- bad input

def ones(*shape):
    return np.ones(shape)


BAD = {
    'x of a step': (lambda: rnn_step_forward(ones(3, 4, 5), ones(3, 7), ones(5, 7), ones(7, 7), ones(7)),
                    'rnn_step_forward: x must have shape (N, D) = (*, *), got (3, 4, 5)'),
    'prev_h': (lambda: rnn_step_forward(ones(3, 5), ones(2, 7), ones(5, 7), ones(7, 7), ones(7)),
               'rnn_step_forward: prev_h must have shape (N, H) = (3, *), got (2, 7)'),
    'Wx': (lambda: rnn_step_forward(ones(3, 5), ones(3, 7), ones(7, 5), ones(7, 7), ones(7)),
           'rnn_step_forward: Wx must have shape (D, H) = (5, 7), got (7, 5)'),
    'Wh': (lambda: rnn_forward(ones(3, 2, 5), ones(3, 7), ones(5, 7), ones(7, 28), ones(7)),
           'rnn_forward: Wh must have shape (H, H) = (7, 7), got (7, 28)'),
    'b that would broadcast': (lambda: rnn_forward(
        ones(3, 2, 5), ones(3, 7), ones(5, 7), ones(7, 7), ones(1)),
                               'rnn_forward: b must have shape (H) = (7), got (1,)'),
    'x of a sequence': (lambda: rnn_forward(ones(3, 5), ones(3, 7), ones(5, 7), ones(7, 7), ones(7)),
                        'rnn_forward: x must have shape (N, T, D)'),
    'h0': (lambda: rnn_forward(ones(3, 2, 5), ones(7), ones(5, 7), ones(7, 7), ones(7)),
           'rnn_forward: h0 must have shape (N, H) = (3, *), got (7,)'),
    'dnext_h': (lambda: rnn_step_backward(ones(1, 7), rnn_step_forward(
        ones(3, 5), ones(3, 7), ones(5, 7), ones(7, 7), ones(7))[1]),
                'rnn_step_backward: dnext_h must have shape (N, H) = (3, 7), got (1, 7)'),
    'dh': (lambda: rnn_backward(ones(3, 1, 7), rnn_forward(
        ones(3, 2, 5), ones(3, 7), ones(5, 7), ones(7, 7), ones(7))[1]),
           'rnn_backward: dh must have shape (N, T, H) = (3, 2, 7), got (3, 1, 7)'),
    'W of the embedding': (lambda: word_embedding_forward(WORDS, ones(5)),
                           'word_embedding_forward: W must have shape (V, D)'),
    'word too large': (lambda: word_embedding_forward(WORDS, ones(3, 7)),
                       'word_embedding_forward: x must lie in 0 … 2, got 3'),
    'word negative': (lambda: word_embedding_forward(WORDS - 1, ones(5, 7)),
                      'word_embedding_forward: x must lie in 0 … 4, got -1'),
    'dout of the embedding': (lambda: word_embedding_backward(
        ones(3, 2, 7), word_embedding_forward(WORDS, ones(5, 7))[1]),
        'word_embedding_backward: dout must have shape (N, T, D) = (2, 3, *), got (3, 2, 7)'),
    'w': (lambda: temporal_affine_forward(ones(3, 2, 5), ones(7, 5), ones(5)),
          'temporal_affine_forward: w must have shape (D, M) = (5, *), got (7, 5)'),
    'b': (lambda: temporal_affine_forward(ones(3, 2, 5), ones(5, 7), ones(5)),
          'temporal_affine_forward: b must have shape (M) = (7), got (5,)'),
    'dout of the affine': (lambda: temporal_affine_backward(
        ones(3, 2, 1), temporal_affine_forward(ones(3, 2, 5), ones(5, 7), ones(7))[1]),
        'temporal_affine_backward: dout must have shape (N, T, M) = (3, 2, 7), got (3, 2, 1)'),
    'scores': (lambda: temporal_softmax_loss(ones(6, 7), ones(6).astype(int), ones(6) > 0),
               'temporal_softmax_loss: x must have shape (N, T, V)'),
    'no example': (lambda: temporal_softmax_loss(ones(0, 2, 7), np.ones((0, 2), int), ones(0, 2) > 0),
                   'temporal_softmax_loss: x must have shape (N, T, V) = (1 or more, *, *)'),
    'answers': (lambda: temporal_softmax_loss(ones(3, 2, 7), np.ones((3, 1), int), ones(3, 2) > 0),
                'temporal_softmax_loss: y must have shape (3, 2), got (3, 1)'),
    'answer too large': (lambda: temporal_softmax_loss(ones(3, 2, 7), np.full((3, 2), 7), ones(3, 2) > 0),
                         'temporal_softmax_loss: y must lie in 0 … 6, got 7'),
    'answer negative': (lambda: temporal_softmax_loss(ones(3, 2, 7), np.full((3, 2), -1), ones(3, 2) > 0),
                        'temporal_softmax_loss: y must lie in 0 … 6, got -1'),
    'mask shape': (lambda: temporal_softmax_loss(ones(3, 2, 7), np.ones((3, 2), int), ones(3) > 0),
                   'temporal_softmax_loss: mask must have shape (N, T) = (3, 2), got (3,)'),
    'mask values': (lambda: temporal_softmax_loss(ones(3, 2, 7), np.ones((3, 2), int), ones(3, 2) / 2),
                    'temporal_softmax_loss: mask must be boolean'),
}


@pytest.mark.parametrize('call, message', BAD.values(), ids=BAD)
def test_bad_input_names_the_argument(call, message):
    with pytest.raises(ValueError) as error:
        call()
    assert str(error.value).startswith(message)


@pytest.mark.parametrize('call, message', [
    (lambda: word_embedding_forward(WORDS * 1.0, ones(5, 7)), 'word_embedding_forward: x must hold integers'),
    (lambda: word_embedding_forward(WORDS > 0, ones(5, 7)), 'word_embedding_forward: x must hold integers'),
    (lambda: temporal_softmax_loss(ones(3, 2, 7), ones(3, 2), ones(3, 2) > 0),
     'temporal_softmax_loss: y must hold integers, got dtype float64'),
    (lambda: rnn_step_forward([[1.0]], ones(1, 1), ones(1, 1), ones(1, 1), ones(1)),
     'rnn_step_forward: x must be a NumPy array, got list'),
])
def test_bad_types_name_the_argument(call, message):
    with pytest.raises(TypeError) as error:
        call()
    assert str(error.value).startswith(message)


def test_import_needs_no_torch():
    code = 'import sys, cs231n.rnn_layers, cs231n.classifiers.rnn; sys.exit("torch" in sys.modules)'
    assert subprocess.run([sys.executable, '-c', code], cwd=ROOT, timeout=600).returncode == 0


@pytest.mark.parametrize('forward, backward, gates', [(rnn_layers.rnn_forward, rnn_layers.rnn_backward, 1),
                                                      (rnn_layers.lstm_forward, rnn_layers.lstm_backward, 4)])
def test_what_becomes_of_h_is_no_matter_to_the_cache(forward, backward, gates):
    rng = np.random.RandomState(0)
    N, T, D, H = 2, 3, 5, 7
    shapes = (N, T, D), (N, H), (D, gates * H), (H, gates * H), (gates * H,)
    h, cache = forward(*(rng.standard_normal(shape) for shape in shapes))
    dh = np.ones_like(h)
    wanted = backward(dh, cache)
    h *= 0.5  # dropout in place, say
    for got, want in zip(backward(dh, cache), wanted):
        assert np.array_equal(got, want)
