"""The LSTM, one step and a sequence, against three oracles, and on bad input."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cs231n.rnn_layers import lstm_backward, lstm_forward, lstm_step_backward, lstm_step_forward
from tests.reference import rnn_literal
from tests.reference.layer_checks import CHECKS, Layer, assert_all_close, draw, one_output, relative_error, run


def ones(*shape):
    return np.ones(shape)


def step_forward(*inputs):
    next_h, next_c, cache = lstm_step_forward(*inputs)
    return (next_h, next_c), cache


def torch_weights(Wx, Wh, b):
    """Our gates i, f, o, g in torch's order i, f, g, o, one row per gate unit."""
    def reorder(w):
        i, f, o, g = w.T.chunk(4)
        return torch.cat((i, f, g, o))
    return {'weight_ih': reorder(Wx), 'weight_hh': reorder(Wh), 'bias_ih': reorder(b[None])[:, 0],
            'bias_hh': torch.zeros_like(b)}


def torch_step(x, h, c, Wx, Wh, b):
    cell = torch.nn.LSTMCell(x.shape[1], h.shape[1]).double()
    return torch.func.functional_call(cell, torch_weights(Wx, Wh, b), (x, (h, c)))


def torch_lstm(x, h0, Wx, Wh, b):
    lstm = torch.nn.LSTM(x.shape[2], h0.shape[1], batch_first=True).double()
    weights = {f'{name}_l0': w for name, w in torch_weights(Wx, Wh, b).items()}
    h, _ = torch.func.functional_call(lstm, weights, (x, (h0[None], torch.zeros_like(h0[None]))))
    return (h,)


LAYERS = {
    'lstm_step': Layer(step_forward, lstm_step_backward, torch_step,
                       lambda rng: [(3, 5), (3, 7), (3, 7), (5, 28), (7, 28), (28,)]),
    'lstm': Layer(one_output(lstm_forward), lstm_backward, torch_lstm,
                  lambda rng: [(3, 5, 2), (3, 7), (2, 28), (7, 28), (28,)]),
    'lstm_one_step': Layer(one_output(lstm_forward), lstm_backward, torch_lstm,
                           lambda rng: [(1, 1, 2), (1, 3), (2, 12), (3, 12), (12,)]),
}


@pytest.mark.parametrize('check', CHECKS)
@pytest.mark.parametrize('layer', LAYERS.values(), ids=LAYERS)
def test_layer(layer, check):
    check(layer, seed=2)


dimension = st.sampled_from([1, 2, 3, 5])


@given(N=dimension, T=dimension, D=dimension, H=dimension, seed=st.integers(0, 99),
       dtype=st.sampled_from([np.float32, np.float64]))
def test_lstm_equals_the_literal_version(N, T, D, H, seed, dtype):
    layer = LAYERS['lstm']._replace(shapes=lambda rng: [(N, T, D), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,)])
    inputs, (dh,) = draw(layer, seed, dtype)
    h, gradients = rnn_literal.lstm(*(a.astype(float) for a in inputs), dh.astype(float))
    for actual, expected in zip(run(layer, inputs, [dh]), [h, *gradients]):
        assert actual.dtype == dtype
        assert relative_error(actual, expected) < (1e-5 if dtype == np.float32 else 1e-12)


def test_lstm_equals_its_own_steps_at_training_size():
    N, T, D, H = 23, 17, 31, 37
    layer = LAYERS['lstm']._replace(shapes=lambda rng: [(N, T, D), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,)])
    (x, h0, Wx, Wh, b), (dh,) = draw(layer, 0)
    actual = run(layer, (x, h0, Wx, Wh, b), [dh])
    h, c, states, caches = h0, np.zeros_like(h0), [], []
    for t in range(T):
        h, c, cache = lstm_step_forward(x[:, t], h, c, Wx, Wh, b)
        states.append(h)
        caches.append(cache)
    dx, dprev_h, dprev_c, dWx, dWh, db = np.zeros_like(x), 0, np.zeros_like(h0), 0, 0, 0
    for t in reversed(range(T)):
        dx[:, t], dprev_h, dprev_c, *weights = lstm_step_backward(dh[:, t] + dprev_h, dprev_c, caches[t])
        dWx, dWh, db = dWx + weights[0], dWh + weights[1], db + weights[2]
    expected = [np.stack(states, axis=1), dx, dprev_h, dWx, dWh, db]
    assert_all_close(actual, expected, rtol=1e-8, atol=1e-10)


def test_a_plain_0_stands_for_the_first_and_last_cell():
    (x, h, c, *weights), (dh, _) = draw(LAYERS['lstm_step'], 0)
    zero = np.zeros_like(c)
    *expected, cache = lstm_step_forward(x, h, zero, *weights)
    *actual, cache_0 = lstm_step_forward(x, h, 0, *weights)
    assert_all_close(actual, expected, rtol=0)
    assert_all_close(lstm_step_backward(dh, 0, cache_0), lstm_step_backward(dh, zero, cache), rtol=0)


@pytest.mark.parametrize('size', [1e3, 1e30])
@pytest.mark.parametrize('dtype', [np.float32, np.float64])
def test_saturated_gates_give_finite_numbers_without_a_warning(dtype, size):
    (x, *weights), (dh,) = draw(LAYERS['lstm'], 0, dtype)
    with np.errstate(over='raise', divide='raise', invalid='raise'):
        outs = run(LAYERS['lstm'], (x * dtype(size), *weights), [dh])
    assert all(np.isfinite(out).all() for out in outs)


@pytest.mark.parametrize('N, T', [(0, 3), (3, 0)])
def test_lstm_of_nothing_is_empty(N, T):
    h, cache = lstm_forward(ones(N, T, 2), ones(N, 5), ones(2, 20), ones(5, 20), ones(20))
    assert h.shape == (N, T, 5)
    dx, dh0, *weights = lstm_backward(h, cache)
    assert dx.shape == (N, T, 2) and dh0.shape == (N, 5)
    assert all((w == 0).all() for w in weights)


def test_integer_input_is_not_truncated():
    inputs = [np.ones(shape, int) for shape in ((2, 3, 5), (2, 7), (5, 28), (7, 28), (28,))]
    h, _ = lstm_forward(*inputs)
    np.testing.assert_array_equal(h, lstm_forward(*(a.astype(float) for a in inputs))[0])
    assert h.dtype == np.float64


def step_cache():
    return lstm_step_forward(ones(3, 5), ones(3, 7), ones(3, 7), ones(5, 28), ones(7, 28), ones(28))[-1]


BAD = {
    'x': (lambda: lstm_step_forward(ones(5), ones(3, 7), ones(3, 7), ones(5, 28), ones(7, 28), ones(28)),
          'lstm_step_forward: x must have shape (N, D) = (*, *), got (5,)'),
    'prev_h': (lambda: lstm_step_forward(
        ones(3, 5), ones(1, 7), ones(3, 7), ones(5, 28), ones(7, 28), ones(28)),
               'lstm_step_forward: prev_h must have shape (N, H) = (3, *), got (1, 7)'),
    'prev_c': (lambda: lstm_step_forward(
        ones(3, 5), ones(3, 7), ones(1, 7), ones(5, 28), ones(7, 28), ones(28)),
               'lstm_step_forward: prev_c must have shape (N, H) = (3, 7), got (1, 7)'),
    'Wx': (lambda: lstm_step_forward(ones(3, 5), ones(3, 7), ones(3, 7), ones(5, 7), ones(7, 28), ones(28)),
           'lstm_step_forward: Wx must have shape (D, 4H) = (5, 28), got (5, 7)'),
    'Wh': (lambda: lstm_forward(ones(3, 2, 5), ones(3, 7), ones(5, 28), ones(28, 7), ones(28)),
           'lstm_forward: Wh must have shape (H, 4H) = (7, 28), got (28, 7)'),
    'b': (lambda: lstm_forward(ones(3, 2, 5), ones(3, 7), ones(5, 28), ones(7, 28), ones(7)),
          'lstm_forward: b must have shape (4H) = (28), got (7,)'),
    'sequence x': (lambda: lstm_forward(ones(3, 5), ones(3, 7), ones(5, 28), ones(7, 28), ones(28)),
                   'lstm_forward: x must have shape (N, T, D)'),
    'h0': (lambda: lstm_forward(ones(3, 2, 5), ones(2, 7), ones(5, 28), ones(7, 28), ones(28)),
           'lstm_forward: h0 must have shape (N, H) = (3, *), got (2, 7)'),
    'dnext_h': (lambda: lstm_step_backward(ones(3, 1), ones(3, 7), step_cache()),
                'lstm_step_backward: dnext_h must have shape (N, H) = (3, 7), got (3, 1)'),
    'dnext_c': (lambda: lstm_step_backward(ones(3, 7), ones(3, 1), step_cache()),
                'lstm_step_backward: dnext_c must have shape (N, H) = (3, 7), got (3, 1)'),
    'dh': (lambda: lstm_backward(ones(3, 7), lstm_forward(
        ones(3, 2, 5), ones(3, 7), ones(5, 28), ones(7, 28), ones(28))[1]),
        'lstm_backward: dh must have shape (N, T, H) = (*, *, *), got (3, 7)'),
}


@pytest.mark.parametrize('call, message', BAD.values(), ids=BAD)
def test_bad_input_names_the_argument(call, message):
    with pytest.raises(ValueError) as error:
        call()
    assert str(error.value).startswith(message)
