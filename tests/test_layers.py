"""Affine, ReLU, batch normalisation and the classification losses against PyTorch and central differences."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from cs231n.gradient_check import eval_numerical_gradient
from cs231n.layers import (
    affine_backward,
    affine_forward,
    batchnorm_backward,
    batchnorm_forward,
    relu_backward,
    relu_forward,
    softmax_loss,
    spatial_batchnorm_backward,
    spatial_batchnorm_forward,
    svm_loss,
)
from tests.reference.layer_checks import CHECKS, Layer, assert_all_close, one_output, relative_error, strided


def training(batchnorm):
    """Run a batch normalisation in training mode, with its running averages thrown away."""
    return one_output(lambda x, gamma, beta: batchnorm(x, gamma, beta, {'mode': 'train'}))


def torch_batchnorm(x, gamma, beta):
    return (functional.batch_norm(x, None, None, gamma, beta, training=True, eps=1e-5),)


LAYERS = {
    'affine': Layer(one_output(affine_forward), affine_backward,
                    lambda x, w, b: (x.flatten(1) @ w + b,), lambda rng: [(3, 2, 5), (10, 7), (7,)]),
    'relu': Layer(one_output(relu_forward), lambda dout, cache: (relu_backward(dout, cache),),
                  lambda x: (torch.relu(x),), lambda rng: [(3, 5, 7)]),
    'batchnorm': Layer(training(batchnorm_forward), batchnorm_backward, torch_batchnorm,
                       lambda rng: [(5, 3), (3,), (3,)]),
    'spatial batchnorm': Layer(training(spatial_batchnorm_forward), spatial_batchnorm_backward,
                               torch_batchnorm, lambda rng: [(3, 5, 2, 7), (5,), (5,)]),
}


@pytest.mark.parametrize('check', CHECKS)
@pytest.mark.parametrize('layer', LAYERS.values(), ids=LAYERS)
def test_layer(layer, check):
    check(layer, seed=3)


# -- classification losses

def torch_svm(x, y):
    return functional.multi_margin_loss(x, y) * x.shape[1]  # torch divides by the number of classes


LOSSES = {'svm': (svm_loss, torch_svm), 'softmax': (softmax_loss, functional.cross_entropy)}


@pytest.mark.parametrize('name', LOSSES)
@given(N=st.integers(1, 7), C=st.integers(1, 7), seed=st.integers(0, 99))
def test_loss_equals_torch(name, N, C, seed):
    loss_function, oracle = LOSSES[name]
    rng = np.random.RandomState(seed)
    x, y = rng.standard_normal((N, C)), rng.randint(C, size=N)
    scores = torch.tensor(x, requires_grad=True)
    expected = oracle(scores, torch.tensor(y))
    expected.backward()
    actual = loss_function(x, y)
    assert_all_close(actual, [expected.item(), scores.grad.numpy()], rtol=1e-9, atol=1e-12)
    assert_all_close(loss_function(strided(x), strided(y)), actual, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize('name', LOSSES)
def test_loss_gradient_dtype_and_arguments(name):
    loss_function, _ = LOSSES[name]
    rng = np.random.RandomState(0)
    x, y = rng.standard_normal((5, 7)), rng.randint(7, size=5).astype('u1')
    before = x.copy()
    loss, dx = loss_function(x, y)
    np.testing.assert_array_equal(x, before)
    numerical = eval_numerical_gradient(lambda x: loss_function(x, y)[0], x, verbose=False)
    np.testing.assert_allclose(dx, numerical, rtol=1e-6, atol=1e-9)
    loss32, dx32 = loss_function(x.astype(np.float32), y)
    assert loss32.dtype == dx32.dtype == np.float32
    assert relative_error(dx32, dx) < 1e-5 and abs(loss32 - loss) < 1e-5 * abs(loss)


@pytest.mark.parametrize('loss', [svm_loss, softmax_loss])
def test_losses_of_whole_numbers(loss):
    x, y = np.array([[3, 1, 2], [0, 4, 4]], np.uint8), np.array([1, 2])
    for actual, expected in zip(loss(x, y), loss(x.astype(float), y)):
        np.testing.assert_array_equal(actual, expected)


def test_softmax_loss_of_huge_scores():
    with np.errstate(over='raise', divide='raise', invalid='raise'):
        loss, dx = softmax_loss(np.array([[1e30, -1e30], [0, 1e4]]), np.array([0, 0]))
    assert loss == 5000
    np.testing.assert_array_equal(dx, [[0, 0], [-0.5, 0.5]])


# -- batch normalisation

@pytest.mark.parametrize('dtype', [np.float32, np.float64])
def test_batchnorm_running_averages_and_test_mode(dtype):
    rng = np.random.RandomState(0)
    x, gamma, beta = (rng.standard_normal(shape).astype(dtype) for shape in ((7, 3), 3, 3))
    start = np.array([1, 2, 3], dtype), np.array([4, 5, 6], dtype)
    bn = {'mode': 'train', 'momentum': 0.7, 'eps': 1e-2, 'running_mean': start[0], 'running_var': start[1]}
    out, _ = batchnorm_forward(x, gamma, beta, bn)
    expected = gamma * (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-2) + beta
    np.testing.assert_allclose(out, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(bn['running_mean'], 0.7 * start[0] + 0.3 * x.mean(0), rtol=1e-6)
    np.testing.assert_allclose(bn['running_var'], 0.7 * start[1] + 0.3 * x.var(0), rtol=1e-6)
    assert start[0].tolist() == [1, 2, 3] and start[1].tolist() == [4, 5, 6]

    bn = {**bn, 'mode': 'test'}
    before = dict(bn)
    out, _ = batchnorm_forward(x, gamma, beta, bn)
    tensors = [torch.tensor(a) for a in (x, bn['running_mean'], bn['running_var'], gamma, beta)]
    expected = functional.batch_norm(*tensors, eps=1e-2)
    np.testing.assert_allclose(out, expected.numpy(), rtol=1e-5, atol=1e-6)
    assert bn == before
    assert out.dtype == bn['running_mean'].dtype == bn['running_var'].dtype == dtype


def test_spatial_batchnorm_test_mode():
    x = np.random.RandomState(0).standard_normal((2, 3, 5, 7))
    bn = {'mode': 'train'}
    spatial_batchnorm_forward(x, np.ones(3), np.zeros(3), bn)
    np.testing.assert_allclose(bn['running_mean'], 0.1 * x.mean(axis=(0, 2, 3)), rtol=1e-12)
    out, cache = spatial_batchnorm_forward(x, np.ones(3), np.zeros(3), {**bn, 'mode': 'test'})
    scale = np.sqrt(bn['running_var'] + 1e-5)
    expected = (x.transpose(0, 2, 3, 1) - bn['running_mean']) / scale
    np.testing.assert_allclose(out.transpose(0, 2, 3, 1), expected, rtol=1e-12, atol=1e-13)
    assert cache is None


def test_batchnorm_of_no_example_keeps_the_running_averages():
    bn = {'mode': 'train', 'running_mean': np.zeros(3), 'running_var': np.ones(3)}
    for forward, shape in ((batchnorm_forward, (0, 3)), (spatial_batchnorm_forward, (0, 3, 2, 5))):
        with pytest.raises(ValueError, match='x must hold at least one example'):
            forward(np.ones(shape), np.ones(3), np.zeros(3), bn)
    assert np.array_equal(bn['running_mean'], np.zeros(3)) and np.array_equal(bn['running_var'], np.ones(3))
    out, _ = batchnorm_forward(np.ones((0, 3)), np.ones(3), np.zeros(3), {**bn, 'mode': 'test'})
    assert out.shape == (0, 3)


# -- bad input

BAD = {
    'w': (lambda: affine_forward(np.ones((3, 2, 5)), np.ones((5, 7)), np.ones(7)),
          'affine_forward: w must have shape (D, M) = (10, *), got (5, 7)'),
    'b': (lambda: affine_forward(np.ones((3, 5)), np.ones((5, 7)), np.ones((1, 7))),
          'affine_forward: b must have shape (M) = (7), got (1, 7)'),
    'dout': (lambda: affine_backward(np.ones((3, 1)), affine_forward(
        np.ones((3, 5)), np.ones((5, 7)), np.ones(7))[1]),
        'affine_backward: dout must have shape (N, M) = (3, 7), got (3, 1)'),
    'dout of relu': (lambda: relu_backward(np.ones(5), relu_forward(np.ones((3, 5)))[1]),
                     'relu_backward: dout must have shape (like x) = (3, 5), got (5,)'),
    'scores': (lambda: softmax_loss(np.ones(3), np.ones(3, int)), 'softmax_loss: x must have shape (N, C)'),
    'no example': (lambda: svm_loss(np.ones((0, 3)), np.ones(0, int)),
                   'svm_loss: x must have shape (N, C) = (1 or more, *), got (0, 3)'),
    'labels': (lambda: svm_loss(np.ones((3, 5)), np.ones((3, 1), int)),
               'svm_loss: y must have shape (3,), got (3, 1)'),
    'label too large': (lambda: softmax_loss(np.ones((2, 5)), np.array([0, 5])),
                        'softmax_loss: y must lie in 0 … 4, got 5'),
    'label negative': (lambda: svm_loss(np.ones((2, 5)), np.array([0, -1])),
                       'svm_loss: y must lie in 0 … 4, got -1'),
    'gamma': (lambda: batchnorm_forward(np.ones((5, 3)), np.ones(5), np.ones(3), {'mode': 'train'}),
              'batchnorm_forward: gamma must have shape (D) = (3), got (5,)'),
    'mode': (lambda: batchnorm_forward(np.ones((5, 3)), np.ones(3), np.ones(3), {'mode': 'eval'}),
             "batchnorm_forward: bn_param['mode'] must be 'train' or 'test', got 'eval'"),
    'no mode': (lambda: batchnorm_forward(np.ones((5, 3)), np.ones(3), np.ones(3), {}),
                "batchnorm_forward: bn_param['mode'] must be 'train' or 'test', got None"),
    'nothing to train on': (lambda: batchnorm_forward(np.ones((0, 3)), np.ones(3), np.ones(3), {'mode': 'train'}),
                            'batchnorm_forward: x must hold at least one example'),
    'image': (lambda: spatial_batchnorm_forward(np.ones((5, 3)), np.ones(3), np.ones(3), {'mode': 'train'}),
              'spatial_batchnorm_forward: x must have shape (N, C, H, W)'),
}


@pytest.mark.parametrize('call, message', BAD.values(), ids=BAD)
def test_bad_input_names_the_argument(call, message):
    with pytest.raises(ValueError) as error:
        call()
    assert str(error.value).startswith(message)


@pytest.mark.parametrize('loss_function', [svm_loss, softmax_loss])
def test_labels_must_be_integers(loss_function):
    with pytest.raises(TypeError, match='y must hold integers, got dtype float64'):
        loss_function(np.ones((2, 5)), np.array([0.0, 1.0]))
