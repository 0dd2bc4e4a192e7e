"""Attention, one look, one step and a sequence, against three oracles, and on bad input."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cs231n.attention_layers import (
    attention_backward,
    attention_forward,
    attention_step_backward,
    attention_step_forward,
    dot_product_attention_backward,
    dot_product_attention_forward,
)
from tests.reference import attention_literal
from tests.reference.layer_checks import CHECKS, Layer, assert_all_close, draw, relative_error, run
from tests.test_lstm_layers import torch_step


def ones(*shape):
    return np.ones(shape)


def without_weights(forward):
    """Wrap a forward function that returns an output, the weights of its looks, and the cache."""
    def wrapped(*inputs):
        out, _, cache = forward(*inputs)
        return (out,), cache
    return wrapped


def step_forward(*inputs):
    next_h, next_c, cache = attention_step_forward(*inputs)
    return (next_h, next_c), cache


def torch_look(h, A):
    return (torch.nn.functional.scaled_dot_product_attention(h[:, None], A, A)[:, 0],)


def torch_attention_step(x, h, c, attn, Wx, Wh, Wattn, b):
    return torch_step(torch.cat((x, attn), 1), h, c, torch.cat((Wx, Wattn)), Wh, b)


def torch_attention(x, A, *weights):
    h, states = A.mean(1), []
    c = torch.zeros_like(h)
    for x_t in x.unbind(1):
        h, c = torch_attention_step(x_t, h, c, *torch_look(h, A), *weights)
        states.append(h)
    return (torch.stack(states, 1),)


def sequence(N, T, D, H, P):
    return lambda rng: [(N, T, D), (N, P, H), (D, 4 * H), (H, 4 * H), (H, 4 * H), (4 * H,)]


LAYERS = {
    'look': Layer(without_weights(dot_product_attention_forward), dot_product_attention_backward, torch_look,
                  lambda rng: [(3, 7), (3, 5, 7)]),
    'look_at_one_place': Layer(without_weights(dot_product_attention_forward), dot_product_attention_backward,
                               torch_look, lambda rng: [(1, 3), (1, 1, 3)]),
    'step': Layer(step_forward, attention_step_backward, torch_attention_step,
                  lambda rng: [(3, 5), (3, 7), (3, 7), (3, 7), (5, 28), (7, 28), (7, 28), (28,)]),
    'sequence': Layer(without_weights(attention_forward), attention_backward, torch_attention,
                      sequence(3, 5, 2, 7, 11)),
    'one_step': Layer(without_weights(attention_forward), attention_backward, torch_attention, sequence(1, 1, 2, 3, 5)),
}


@pytest.mark.parametrize('check', CHECKS)
@pytest.mark.parametrize('layer', LAYERS.values(), ids=LAYERS)
def test_layer(layer, check):
    check(layer, seed=2)


dimension = st.sampled_from([1, 2, 3, 5])


@given(N=dimension, T=dimension, D=dimension, H=dimension, P=dimension, seed=st.integers(0, 99),
       dtype=st.sampled_from([np.float32, np.float64]))
def test_attention_equals_the_literal_version(N, T, D, H, P, seed, dtype):
    layer = LAYERS['sequence']._replace(shapes=sequence(N, T, D, H, P))
    inputs, (dh,) = draw(layer, seed, dtype)
    h, w, gradients = attention_literal.attention_lstm(*(a.astype(float) for a in inputs), dh.astype(float))
    weights = attention_forward(*inputs)[1]
    for actual, expected in zip([*run(layer, inputs, [dh]), weights], [h, *gradients, w]):
        assert actual.dtype == dtype
        assert relative_error(actual, expected) < (1e-5 if dtype == np.float32 else 1e-12)


def test_attention_equals_its_own_looks_and_steps_at_training_size():
    layer = LAYERS['sequence']._replace(shapes=sequence(23, 17, 31, 37, 41))
    (x, A, *weights), (dh,) = draw(layer, 0)
    actual = [*run(layer, (x, A, *weights), [dh]), attention_forward(x, A, *weights)[1]]
    h, c, states, maps, caches = A.mean(axis=1), np.zeros_like(A[:, 0]), [], [], []
    for t in range(17):
        attn, w, look = dot_product_attention_forward(h, A)
        h, c, step = attention_step_forward(x[:, t], h, c, attn, *weights)
        states.append(h), maps.append(w), caches.append((look, step))
    dx, dA, sums, dh_t, dc = np.zeros_like(x), np.zeros_like(A), [0] * 4, 0, np.zeros_like(c)
    for t in reversed(range(17)):
        look, step = caches[t]
        dx[:, t], dprev_h, dc, dattn, *grads = attention_step_backward(dh[:, t] + dh_t, dc, step)
        dlook, dA_t = dot_product_attention_backward(dattn, look)
        dh_t, dA, sums = dprev_h + dlook, dA + dA_t, [total + grad for total, grad in zip(sums, grads)]
    dA += dh_t[:, None] / 41
    assert_all_close(actual, [np.stack(states, axis=1), dx, dA, *sums, np.stack(maps, axis=1)], rtol=1e-8, atol=1e-10)


def test_the_weights_of_a_look_are_positive_and_sum_to_1():
    _, w, _ = dot_product_attention_forward(*draw(LAYERS['look'], 0)[0])
    assert (w > 0).all()
    np.testing.assert_allclose(w.sum(axis=1), 1)


def test_where_all_places_fit_alike_the_look_is_their_mean():
    A = np.random.RandomState(0).standard_normal((2, 5, 3))
    attn, w, _ = dot_product_attention_forward(np.zeros((2, 3)), A)
    np.testing.assert_allclose(attn, A.mean(axis=1))
    np.testing.assert_allclose(w, 1 / 5)


def test_scores_of_any_size_give_finite_numbers():
    h, A = draw(LAYERS['look'], 0)[0]
    with np.errstate(over='raise', divide='raise', invalid='raise'):
        attn, w, cache = dot_product_attention_forward(1e6 * h, A)
        gradients = dot_product_attention_backward(attn, cache)
    np.testing.assert_allclose(w.max(axis=1), 1)
    assert all(np.isfinite(one).all() for one in gradients)


@pytest.mark.parametrize('N, T', [(0, 3), (3, 0)])
def test_attention_of_nothing_is_empty(N, T):
    h, w, cache = attention_forward(ones(N, T, 2), ones(N, 7, 5), ones(2, 20), ones(5, 20), ones(5, 20), ones(20))
    assert h.shape == (N, T, 5) and w.shape == (N, T, 7)
    dx, dA, *weights = attention_backward(h, cache)
    assert dx.shape == (N, T, 2) and dA.shape == (N, 7, 5)
    assert all((one == 0).all() for one in weights)


STEP = [ones(3, 5), ones(3, 7), ones(3, 7), ones(3, 7), ones(5, 28), ones(7, 28), ones(7, 28), ones(28)]
SEQUENCE = [ones(3, 2, 5), ones(3, 11, 7), ones(5, 28), ones(7, 28), ones(7, 28), ones(28)]


def with_one(inputs, position, other):
    return [*inputs[:position], other, *inputs[position + 1:]]


BAD = {
    'query': (lambda: dot_product_attention_forward(ones(7), ones(3, 11, 7)),
              'dot_product_attention_forward: prev_h must have shape (N, H) = (*, *), got (7,)'),
    'map': (lambda: dot_product_attention_forward(ones(3, 7), ones(3, 7, 11)),
            'dot_product_attention_forward: A must have shape (N, P, H) = (3, 1 or more, 7), got (3, 7, 11)'),
    'no place': (lambda: dot_product_attention_forward(ones(3, 7), ones(3, 0, 7)),
                 'dot_product_attention_forward: A must have shape (N, P, H) = (3, 1 or more, 7), got (3, 0, 7)'),
    'dattn': (lambda: dot_product_attention_backward(
        ones(3, 1), dot_product_attention_forward(ones(3, 7), ones(3, 11, 7))[2]),
              'dot_product_attention_backward: dattn must have shape (N, H) = (3, 7), got (3, 1)'),
    'attn': (lambda: attention_step_forward(*with_one(STEP, 3, ones(3, 5))),
             'attention_step_forward: attn must have shape (N, H) = (3, 7), got (3, 5)'),
    'Wattn of a step': (lambda: attention_step_forward(*with_one(STEP, 6, ones(5, 28))),
                        'attention_step_forward: Wattn must have shape (H, 4H) = (7, 28), got (5, 28)'),
    'dnext_h': (lambda: attention_step_backward(ones(3, 1), ones(3, 7), attention_step_forward(*STEP)[2]),
                'attention_step_backward: dnext_h must have shape (N, H) = (3, 7), got (3, 1)'),
    'dnext_c': (lambda: attention_step_backward(ones(3, 7), ones(3, 1), attention_step_forward(*STEP)[2]),
                'attention_step_backward: dnext_c must have shape (N, H) = (3, 7), got (3, 1)'),
    'A': (lambda: attention_forward(*with_one(SEQUENCE, 1, ones(2, 11, 7))),
          'attention_forward: A must have shape (N, P, H) = (3, 1 or more, *), got (2, 11, 7)'),
    'Wattn': (lambda: attention_forward(*with_one(SEQUENCE, 4, ones(7, 7))),
              'attention_forward: Wattn must have shape (H, 4H) = (7, 28), got (7, 7)'),
    'dh': (lambda: attention_backward(ones(3, 7), attention_forward(*SEQUENCE)[2]),
           'attention_backward: dh must have shape (N, T, H) = (*, *, *), got (3, 7)'),
    'longer dh': (lambda: attention_backward(ones(3, 3, 7), attention_forward(*SEQUENCE)[2]),
                  'attention_backward: dh must have shape (N, T, H) = (3, 2, 7), got (3, 3, 7)'),
}


@pytest.mark.parametrize('call, message', BAD.values(), ids=BAD)
def test_bad_input_names_the_argument(call, message):
    with pytest.raises(ValueError) as error:
        call()
    assert str(error.value) == message
