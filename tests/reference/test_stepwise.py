"""The fast layers give what the textbook's loop over time steps gives, in float64 to 1e-12 and in float32 to 1e-5."""

import numpy as np
import pytest

from cs231n import optim, rnn_layers
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.gradient_check import eval_numerical_gradient_array
from tests.reference import stepwise
from tests.reference.layer_checks import relative_error

BOUNDS = {np.float64: 1e-12, np.float32: 1e-5}
DTYPES = pytest.mark.parametrize('dtype', BOUNDS)
CELLS = pytest.mark.parametrize('cell', ['rnn', 'lstm'])
N, T, D, H, V = 7, 13, 11, 17, 19


def assert_equal(ours, textbook, dtype):
    assert len(ours) == len(textbook)
    for a, b in zip(ours, textbook, strict=True):
        assert a.dtype == b.dtype == dtype and a.shape == b.shape
        assert relative_error(a, b) < BOUNDS[dtype]


@DTYPES
@CELLS
def test_a_sequence(cell, dtype):
    rng, G = np.random.RandomState(0), {'rnn': 1, 'lstm': 4}[cell] * H
    shapes = (N, T, D), (N, H), (D, G), (H, G), (G,), (N, T, H)
    *inputs, dh = ((rng.standard_normal(shape) / np.sqrt(shape[0])).astype(dtype) for shape in shapes)
    results = []
    for module in (rnn_layers, stepwise):
        h, cache = getattr(module, f'{cell}_forward')(*inputs)
        results.append([h, *getattr(module, f'{cell}_backward')(dh, cache)])
    assert_equal(*results, dtype)


@DTYPES
@CELLS
def test_a_training_step_and_its_captions(cell, dtype):
    words = {'<NULL>': 0, '<START>': 1, '<END>': 2} | {f'w{k}': k for k in range(3, V)}
    model = CaptioningRNN(words, D, 5, H, cell, dtype, rng=np.random.RandomState(1))
    rng = np.random.RandomState(2)
    for w in model.params.values():
        w += 0.3 * rng.standard_normal(w.shape).astype(dtype)
    features, captions = rng.standard_normal((N, D)).astype(dtype), rng.randint(0, V, (N, T))
    loss, grads = model.loss(features, captions)
    expected, textbook = stepwise.captioning_loss(model, features, captions)
    assert abs(loss - expected) < BOUNDS[dtype] * abs(expected)
    assert grads.keys() == textbook.keys() == model.params.keys()
    assert_equal(list(grads.values()), [textbook[name] for name in grads], dtype)
    assert np.array_equal(model.sample(features, 9), stepwise.sample(model, features, 9))


@DTYPES
def test_adam(dtype):
    rng = np.random.RandomState(3)
    w = rng.standard_normal((N, D)).astype(dtype)
    ours, textbook, theirs = w.copy(), w.copy(), {'learning_rate': 0.01, 'm': 0 * w, 'v': 0 * w, 't': 0}
    config = {'learning_rate': 0.01}
    for _ in range(5):
        dw = rng.standard_normal(w.shape).astype(dtype)
        ours, config = optim.adam(ours, dw, config)
        textbook = stepwise.adam(textbook, dw, theirs)
    assert_equal([ours], [textbook], dtype)


@CELLS
def test_the_same_bits_every_time(cell):
    rng = np.random.RandomState(4)
    words = {'<NULL>': 0} | {f'w{k}': k for k in range(1, V)}
    model = CaptioningRNN(words, D, 5, H, cell, rng=rng)
    features, captions = rng.standard_normal((N, D)), rng.randint(0, V, (N, T))
    (loss, grads), (again, repeated) = (model.loss(features, captions) for _ in range(2))
    assert loss == again and all(np.array_equal(grads[name], repeated[name]) for name in grads)


def test_a_numerical_gradient():
    x, w, df = (np.random.RandomState(0).standard_normal(shape) for shape in ((3, 5), (5, 7), (3, 7)))
    before = x.copy()
    ours, textbook = (way(lambda x: np.tanh(x @ w), x, df)
                      for way in (eval_numerical_gradient_array, stepwise.numerical_gradient))
    assert relative_error(ours, textbook) < 1e-9
    np.testing.assert_array_equal(x, before)
