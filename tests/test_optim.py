"""The update rules against torch.optim, step by step."""

import numpy as np
import pytest
import torch

from cs231n import optim
from tests.reference.layer_checks import strided

RULES = {
    'sgd': ({'learning_rate': 0.03}, lambda p: torch.optim.SGD(p, lr=0.03)),
    'sgd_momentum': ({'learning_rate': 0.03, 'momentum': 0.8},
                     lambda p: torch.optim.SGD(p, lr=0.03, momentum=0.8)),
    'rmsprop': ({'learning_rate': 0.03, 'decay_rate': 0.9, 'epsilon': 1e-6},
                lambda p: torch.optim.RMSprop(p, lr=0.03, alpha=0.9, eps=1e-6)),
    'adam': ({'learning_rate': 0.03, 'beta1': 0.8, 'beta2': 0.99, 'epsilon': 1e-6},
             lambda p: torch.optim.Adam(p, lr=0.03, betas=(0.8, 0.99), eps=1e-6)),
}
DEFAULTS = {
    'sgd': {'learning_rate': 1e-2},
    'sgd_momentum': {'learning_rate': 1e-2, 'momentum': 0.9},
    'rmsprop': {'learning_rate': 1e-2, 'decay_rate': 0.99, 'epsilon': 1e-8},
    'adam': {'learning_rate': 1e-3, 'beta1': 0.9, 'beta2': 0.999, 'epsilon': 1e-8},
}


def descend(rule, w, config, layout=np.ascontiguousarray, steps=20):
    """Return the path of w under a rule, with gradients that come from a fixed stream."""
    rng = np.random.RandomState(1)
    w, path = layout(w.copy()), []
    for _ in range(steps):
        dw = rng.standard_normal(w.shape).astype(w.dtype)
        w, config = getattr(optim, rule)(w, layout(dw), config)
        path.append(w.copy())
    return path


@pytest.mark.parametrize('layout', [np.ascontiguousarray, np.asfortranarray, strided])
@pytest.mark.parametrize('rule', RULES)
def test_rule_equals_torch(rule, layout):
    settings, build = RULES[rule]
    w = np.random.RandomState(0).standard_normal((5, 7))
    tensor = torch.tensor(w, requires_grad=True)
    optimizer, rng = build([tensor]), np.random.RandomState(1)
    for actual in descend(rule, w, dict(settings), layout):
        tensor.grad = torch.tensor(rng.standard_normal(w.shape))
        optimizer.step()
        np.testing.assert_allclose(actual, tensor.detach().numpy(), rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize('rule', RULES)
def test_defaults(rule):
    w = np.ones((2, 3))
    _, config = getattr(optim, rule)(w.copy(), np.full((2, 3), 0.5))
    assert DEFAULTS[rule].items() <= config.items()
    implicit, explicit = descend(rule, w, None), descend(rule, w, dict(DEFAULTS[rule]))
    np.testing.assert_array_equal(implicit, explicit)


@pytest.mark.parametrize('learning_rate', [0.03, np.float64(0.03)])
@pytest.mark.parametrize('rule', RULES)
def test_float32_stays_float32(rule, learning_rate):
    w = np.random.RandomState(0).standard_normal((5, 7)).astype(np.float32)
    config = {'learning_rate': learning_rate}
    w32 = descend(rule, w, config)[-1]
    assert w32.dtype == np.float32
    assert all(value.dtype == np.float32 for value in config.values() if isinstance(value, np.ndarray))
    w64 = descend(rule, w.astype(float), {'learning_rate': 0.03})[-1]
    np.testing.assert_allclose(w32, w64, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize('rule', RULES)
def test_a_single_number_is_updated_like_one_of_many(rule):
    update = getattr(optim, rule)
    (one, alone), (many, among) = (update(np.ones(shape), np.full(shape, 0.5)) for shape in ((), (3,)))
    for _ in range(3):
        one, alone = update(one, np.array(0.25), alone)
        many, among = update(many, np.full(3, 0.25), among)
    assert one.shape == () and np.array_equal(np.full(3, one), many)


@pytest.mark.parametrize('rule', RULES)
def test_float16_stays_finite_and_near_float64(rule):
    """Its squares of small gradients, and epsilon, are 0: they are kept in float32."""
    rng = np.random.RandomState(0)
    w, dw = rng.standard_normal((5, 7)).astype(np.float16), (1e-4 * rng.standard_normal((5, 7))).astype(np.float16)
    dw[0] = 0
    half, _ = getattr(optim, rule)(w.copy(), dw)
    double, _ = getattr(optim, rule)(w.astype(float), dw.astype(float))
    assert half.dtype == np.float16
    np.testing.assert_allclose(half, double, rtol=1e-3)


@pytest.mark.parametrize('rule', RULES)
def test_the_weight_is_updated_in_place_and_the_gradient_left_alone(rule):
    w, dw = np.ones((2, 3)), np.full((2, 3), 0.5)
    config = {}
    next_w, next_config = getattr(optim, rule)(w, dw, config)
    assert next_w is w and next_config is config
    assert (w < 1).all()
    np.testing.assert_array_equal(dw, 0.5)


@pytest.mark.parametrize('rule', RULES)
def test_a_gradient_of_another_shape_is_refused(rule):
    with pytest.raises(ValueError) as error:
        getattr(optim, rule)(np.ones((2, 3)), np.ones(3))
    assert str(error.value) == f'{rule}: dw must have shape (like w) = (2, 3), got (3,)'


@pytest.mark.parametrize('dtype', [np.float16, np.float32, np.float64])
@pytest.mark.parametrize('rule', RULES)
def test_a_single_number_is_as_wide_as_one_of_many(rule, dtype):
    """Of its dtype, not of its value, by which NumPy 1 took float64 for float32."""
    one, many = (getattr(optim, rule)(np.ones(shape, dtype), np.full(shape, 0.1, dtype)) for shape in ((), (3,)))
    widths = [{key: value.dtype for key, value in config.items() if isinstance(value, np.ndarray)}
              for _, config in (one, many)]
    assert widths[0] == widths[1] and one[0].dtype == dtype
    np.testing.assert_array_equal(np.full(3, one[0]), many[0])
