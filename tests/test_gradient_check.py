"""The numerical gradients against closed forms, and that they leave no trace."""

from types import SimpleNamespace

import numpy as np
import pytest

from cs231n.gradient_check import (
    eval_numerical_gradient,
    eval_numerical_gradient_array,
    eval_numerical_gradient_blobs,
    eval_numerical_gradient_net,
    grad_check_sparse,
    rel_error,
)


def draw(*shape):
    return np.random.RandomState(sum(shape)).standard_normal(shape)


@pytest.mark.parametrize('shape', [(), (5,), (2, 3, 5), (0,)])
def test_gradient_of_a_number(shape):
    x = np.array(draw(*shape))
    grad = eval_numerical_gradient(lambda x: np.sum(np.sin(x)), x, verbose=False)
    assert grad.shape == shape
    np.testing.assert_allclose(grad, np.cos(x), rtol=1e-8)


def test_gradient_of_an_array():
    x, w, df = draw(3, 5), draw(5, 7), draw(3, 7)
    np.testing.assert_allclose(eval_numerical_gradient_array(lambda x: x @ w, x, df), df @ w.T, rtol=1e-7)
    np.testing.assert_allclose(eval_numerical_gradient_array(lambda w: x @ w, w, df), x.T @ df, rtol=1e-7)
    np.testing.assert_allclose(eval_numerical_gradient_array(np.sin, x, 1), np.cos(x), rtol=1e-7)


def test_float32_is_differentiated_with_the_step_really_taken():
    x = np.array([0.1, 1, 30], np.float32)
    grad = eval_numerical_gradient(lambda x: 3 * x.astype(float).sum(), x, verbose=False, h=1e-4)
    assert grad.dtype == np.float32
    np.testing.assert_allclose(grad, 3, rtol=1e-6)


def test_f_may_return_the_same_array_each_time():
    x, out = draw(5), np.zeros(5)
    grad = eval_numerical_gradient_array(lambda x: np.sin(x, out=out), x, np.ones(5))
    np.testing.assert_allclose(grad, np.cos(x), rtol=1e-7)


def test_gradient_of_blobs_and_of_a_net():
    a, b = (SimpleNamespace(vals=draw(n)) for n in (3, 5))
    out = SimpleNamespace(vals=np.zeros((3, 5)), diffs=draw(3, 5))

    def outer(a, b, out):
        out.vals[:] = np.outer(a.vals, b.vals)

    net = SimpleNamespace(forward=lambda: outer(a, b, out))
    for grads in (eval_numerical_gradient_blobs(outer, (a, b), out),
                  eval_numerical_gradient_net(net, (a, b), out)):
        da, db = grads
        np.testing.assert_allclose(da, out.diffs @ b.vals, rtol=1e-7)
        np.testing.assert_allclose(db, a.vals @ out.diffs, rtol=1e-7)


@pytest.mark.parametrize('layout', [np.ascontiguousarray, np.asfortranarray, lambda x: x[::-1]])
def test_x_is_restored_to_the_bit(layout):
    x = layout(draw(3, 5) * 1e-3)
    before = x.copy()
    eval_numerical_gradient(np.sum, x, verbose=False)
    eval_numerical_gradient_array(np.sin, x, 1)
    grad_check_sparse(np.sum, x, np.ones_like(x), rng=np.random.RandomState(0))
    np.testing.assert_array_equal(x, before)


def test_x_is_restored_when_f_raises():
    def fail(x):
        raise RuntimeError('no')

    x = draw(5)
    before = x.copy()
    with pytest.raises(RuntimeError):
        eval_numerical_gradient(fail, x)
    np.testing.assert_array_equal(x, before)


def test_what_is_printed(capsys):
    x = np.array([1.0, 2.0])
    assert grad_check_sparse(lambda x: np.sum(x**2), x, 2 * x, 3, rng=np.random.RandomState(0)) is None
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    for line in lines:
        assert line.startswith(('numerical: 2.000000 analytic: 2.000000, relative error: ',
                                'numerical: 4.000000 analytic: 4.000000, relative error: '))
        assert float(line.split()[-1]) < 1e-9
    eval_numerical_gradient(np.sum, x, verbose=False)
    eval_numerical_gradient_array(np.sin, x, 1)
    assert capsys.readouterr().out == ''
    eval_numerical_gradient(np.sum, x)
    assert [line.split(')')[0] for line in capsys.readouterr().out.splitlines()] == ['(0,', '(1,']


def test_sparse_check_shows_an_error_and_survives_a_gradient_of_zero(capsys):
    x = np.array([1.0])
    grad_check_sparse(lambda x: np.sum(x**2), x, 4 * x, 1)
    assert 0.3 < float(capsys.readouterr().out.split()[-1]) < 0.4  # |2 - 4| / (2 + 4)
    grad_check_sparse(lambda x: 0.0, x, 0 * x, 1)
    assert float(capsys.readouterr().out.split()[-1]) == 0


def test_sparse_check_draws_from_the_given_generator(capsys):
    x = np.arange(1000.0)
    outputs = []
    for _ in range(2):
        grad_check_sparse(lambda x: np.sum(x**2), x, 2 * x, 5, rng=np.random.RandomState(3))
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1] != ''


BLOB = SimpleNamespace(vals=np.arange(3), diffs=np.ones(3))
REFUSALS = {
    'eval_numerical_gradient: x': lambda x: eval_numerical_gradient(np.sum, x),
    'eval_numerical_gradient_array: x': lambda x: eval_numerical_gradient_array(np.sin, x, 1),
    'grad_check_sparse: x': lambda x: grad_check_sparse(np.sum, x, x),
    'eval_numerical_gradient_blobs: inputs[0].vals': lambda x: eval_numerical_gradient_blobs(
        None, [SimpleNamespace(vals=x)], BLOB),
}


@pytest.mark.parametrize('x, got', [(np.arange(3), 'dtype int64'), ([1.0, 2.0], 'list')])
@pytest.mark.parametrize('argument', REFUSALS)
def test_arrays_without_fractions_are_refused(argument, x, got):
    with pytest.raises(TypeError) as error:
        REFUSALS[argument](x)
    assert str(error.value) == f'{argument} must be a NumPy array of floats, got {got}'


def test_a_step_lost_in_rounding_is_refused():
    with pytest.raises(ValueError, match=r'h must be larger: 1e-05 is lost in rounding at x = 10000\.0'):
        eval_numerical_gradient(np.sum, np.array([1e4], np.float32))


@pytest.mark.parametrize('dtype', [np.uint8, np.int64, np.float16])
def test_no_number_wraps_around_or_rounds_to_nothing(dtype):
    one, two = np.array([0, 1], dtype), np.array([0, 2], dtype)
    assert rel_error(one, two) == rel_error(two, one) == pytest.approx(1 / 3)
    falling = eval_numerical_gradient_array(lambda x: (5 - x).astype(dtype), np.array([2.0]), 1, h=1.0)
    assert falling == -1


def test_gradients_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r'df must have the shape of f\(x\), \(2, 3\), got \(3,\)'):
        eval_numerical_gradient_array(np.sin, np.ones((2, 3)), np.ones(3))
    with pytest.raises(ValueError, match=r'analytic_grad must have the shape of x, \(2, 3\), got \(3,\)'):
        grad_check_sparse(np.sum, np.ones((2, 3)), np.ones(3))


@pytest.mark.parametrize('shape', [(1,), (1, 1)])
def test_one_number_in_an_array_is_a_number(capsys, shape):
    x = draw(3, 5)

    def f(x):
        return np.sum(np.sin(x)).reshape(shape)

    expected = eval_numerical_gradient(lambda x: np.sum(np.sin(x)), x, verbose=False)
    np.testing.assert_array_equal(eval_numerical_gradient(f, x, verbose=False), expected)
    for df in (1, np.array(1.0), np.ones(1), np.ones(shape)):
        np.testing.assert_array_equal(eval_numerical_gradient_array(f, x, df), expected)
        np.testing.assert_array_equal(eval_numerical_gradient_array(lambda x: np.sum(np.sin(x)), x, df), expected)
    out = SimpleNamespace(vals=np.zeros(shape), diffs=np.array(1.0))
    grads = eval_numerical_gradient_blobs(lambda blob, out: out.vals.fill(np.sum(np.sin(blob.vals))),
                                          [SimpleNamespace(vals=x)], out)
    np.testing.assert_array_equal(grads, [expected])
    grad_check_sparse(f, x, np.cos(x), 3, rng=np.random.RandomState(0))
    assert all(float(line.split()[-1]) < 1e-8 for line in capsys.readouterr().out.splitlines())


@pytest.mark.parametrize('shape', [(2,), (0,), (3, 5)])
def test_more_or_less_than_one_number_is_refused(shape):
    x = np.ones((3, 5))
    for name, call in (('eval_numerical_gradient', lambda f: eval_numerical_gradient(f, x, verbose=False)),
                       ('grad_check_sparse', lambda f: grad_check_sparse(f, x, x))):
        with pytest.raises(ValueError) as error:
            call(lambda x: np.zeros(shape))
        assert str(error.value) == f'{name}: f must return a number, got an array of shape {shape}'


def test_diffs_of_another_shape_are_refused():
    out = SimpleNamespace(vals=np.zeros((2, 3)), diffs=np.ones(3))
    with pytest.raises(ValueError, match=r'output.diffs must have the shape of f\(x\), \(2, 3\), got \(3,\)'):
        eval_numerical_gradient_blobs(lambda blob, out: None, [SimpleNamespace(vals=np.ones(5))], out)


def test_float64_is_differentiated_in_float64_on_every_release_of_numpy():
    x = np.arange(1.0, 13).reshape(3, 4)
    rounding = 2 * 650 * np.finfo(float).eps / 2e-5  # 650 is the sum, which is taken twice
    grad = eval_numerical_gradient(lambda x: (x**2).sum(), x, verbose=False)
    np.testing.assert_allclose(grad, 2 * x, rtol=0, atol=rounding)
    assert rel_error(1.0, 1 + 1e-9) == pytest.approx(5e-10, rel=1e-6)
    assert rel_error(np.array(1e-3), np.array(1e-3 + 1e-15)) == pytest.approx(5e-13, rel=1e-3)
