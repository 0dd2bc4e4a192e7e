"""The NumPy layers in float16 against themselves in float64: sums are as exact as the format of the result allows."""

import numpy as np
import pytest

from cs231n import layers, rnn_layers
from cs231n.classifiers.rnn import CaptioningRNN

N, T, D, H = 3000, 3, 5, 7  # so many that a sum of ones in float16, one after the other, stops at 2048
RNG = np.random.RandomState(0)


def draw(*shape, low=0.0, high=1.0):
    return RNG.uniform(low, high, shape)




def batchnorm(x, gamma, beta):
    return layers.batchnorm_forward(x, gamma, beta, {'mode': 'train'})


LABELS, WORDS = RNG.randint(D, size=N), RNG.randint(D, size=(N, T))
CELLS = [draw(N, T, D), draw(N, H), draw(D, H), draw(H, H), draw(H)]
GATES = [*CELLS[:2], draw(D, 4 * H), draw(H, 4 * H), draw(4 * H)]
CASES = {
    'softmax_loss': (lambda x: layers.softmax_loss(x, LABELS), [draw(N, D, low=-60, high=60)]),
    'svm_loss': (lambda x: layers.svm_loss(x, LABELS), [draw(N, D, low=-60, high=60)]),
    'softmax_loss of many classes': (lambda x: layers.softmax_loss(x, np.array([7])), [np.zeros((1, 70_000))]),
    'temporal_softmax_loss': (lambda x: rnn_layers.temporal_softmax_loss(x, WORDS, np.ones((N, T), bool)),
                              [draw(N, T, D, low=-60, high=60)]),
    'batchnorm_forward': (lambda *args: batchnorm(*args)[:1], [draw(N, D, low=0, high=900), draw(D), draw(D)]),
    'batchnorm_backward': (lambda dout, *args: layers.batchnorm_backward(dout, batchnorm(*args)[1]),
                           [draw(N, D), draw(N, D), draw(D), draw(D)]),
    'affine_backward': (lambda dout, *args: layers.affine_backward(dout, layers.affine_forward(*args)[1]),
                        [draw(N, H), draw(N, D), draw(D, H), draw(H)]),
    'temporal_affine_backward': (
        lambda dout, *args: rnn_layers.temporal_affine_backward(dout, rnn_layers.temporal_affine_forward(*args)[1]),
        [draw(N, T, H), draw(N, T, D), draw(D, H), draw(H)]),
    'word_embedding_backward': (
        lambda dout, W: [rnn_layers.word_embedding_backward(dout, rnn_layers.word_embedding_forward(WORDS, W)[1])],
        [draw(N, T, H), draw(D, H)]),
    'rnn_backward': (lambda dh, *args: rnn_layers.rnn_backward(dh, rnn_layers.rnn_forward(*args)[1])[4:],
                     [draw(N, T, H), *(value / 8 for value in CELLS)]),
    'lstm_backward': (lambda dh, *args: rnn_layers.lstm_backward(dh, rnn_layers.lstm_forward(*args)[1])[4:],
                      [draw(N, T, H), *(value / 8 for value in GATES)]),
    'rnn_step_backward': (
        lambda dh, x, h, *args: rnn_layers.rnn_step_backward(dh, rnn_layers.rnn_step_forward(x[:, 0], h, *args)[1])[4:],
        [draw(N, H), *(value / 8 for value in CELLS)]),
    'lstm_step_backward': (
        lambda dh, x, h, *args: rnn_layers.lstm_step_backward(
            dh, dh, rnn_layers.lstm_step_forward(x[:, 0], h, h, *args)[2])[5:],
        [draw(N, H), *(value / 8 for value in GATES)]),
}


@pytest.mark.parametrize('name', CASES)
def test_float16_is_as_right_as_it_can_be(name):
    call, inputs = CASES[name]
    halves = [value.astype(np.float16) for value in inputs]
    found, want = call(*halves), call(*(value.astype(np.float64) for value in halves))
    for got, exact in zip(found, want, strict=True):
        assert got.dtype == (np.float32 if np.ndim(got) == 0 else np.float16)
        scale = np.abs(exact).max()
        assert np.abs(exact).max() < np.finfo(np.float16).max, 'the format has room for the right value'
        np.testing.assert_allclose(got, exact, rtol=0, atol=4 * np.finfo(np.float16).eps * scale)


def test_running_averages_of_float16_are_not_rounded_away():
    param, x = {'mode': 'train'}, draw(N, D, low=0, high=900).astype(np.float16)
    layers.batchnorm_forward(x, np.ones(D, np.float16), np.zeros(D, np.float16), param)
    np.testing.assert_allclose(param['running_var'], 0.1 * x.astype(float).var(axis=0), rtol=1e-5)
    param['mode'] = 'test'
    out, _ = layers.batchnorm_forward(x, np.ones(D, np.float16), np.zeros(D, np.float16), param)
    assert out.dtype == np.float16 and np.isfinite(out).all()


def test_a_low_temperature_draws_the_best_word_in_float16():
    model = CaptioningRNN({'<NULL>': 0, '<START>': 1, '<END>': 2, 'cat': 3, 'dog': 4}, input_dim=D, hidden_dim=H,
                          wordvec_dim=D, dtype=np.float16, rng=np.random.RandomState(0))
    model.params['b_vocab'][:] = [0, 0, 40, 60, 50]  # over 1e-3 all three are infinite in float16
    drawn = model.sample(draw(4, D), max_length=5, temperature=1e-3, rng=np.random.default_rng(0))
    assert (drawn == 3).all()
