"""Numerical gradients, df/dx ≈ (f(x + h) - f(x - h)) / 2h, to hold analytic ones against.

Every function changes one entry of its array at a time, in place, and puts the exact old value back, also
when f raises. Arrays must hold floats, else TypeError: in an integer array the step h would be cut off to 0.
"""

import numpy as np


def _memory(x):
    """Return x, or the array that shares its memory with a PyTorch tensor x: what changes there changes in x."""
    return x.detach().numpy() if hasattr(x, 'detach') else x


def _check_float(argument, x):
    """Raise unless x is an array in which a small step can be taken."""
    if not isinstance(x, np.ndarray) or not np.issubdtype(x.dtype, np.floating):
        got = f'dtype {x.dtype}' if isinstance(x, np.ndarray) else type(x).__name__
        raise TypeError(f'{argument} must be a NumPy array of floats, got {got}')


def _floats(x):
    """X as an array of floats, float32 at least: small unsigned integers would wrap around below zero."""
    x = np.asarray(_memory(x))
    return x.astype(np.result_type(x.dtype, np.float32), copy=False)  # of the dtype: NumPy 1 looks at a number's value


def _difference(f, x, ix, h):
    """Return (f() at x[ix] + h) - (f() at x[ix] - h) and the distance between the two places."""
    old = x[ix]
    try:
        x[ix] = old + h
        above, f_above = x[ix], _floats(np.array(_memory(f()), copy=True))  # f may reuse its output array
        x[ix] = old - h
        below, f_below = x[ix], _floats(np.array(_memory(f()), copy=True))
    finally:
        x[ix] = old
    if above == below:
        raise ValueError(f'h must be larger: {h} is lost in rounding at x = {old} of dtype {x.dtype}')
    # In float32 the step really taken differs from 2h by a noticeable part.
    return f_above - f_below, above - below


def _slope(function, f, x, ix, h):
    """Return the derivative of the number f(x), of whatever shape, with respect to x[ix]."""
    change, distance = _difference(lambda: f(x), x, ix, h)
    if change.size != 1:
        raise ValueError(f'{function}: f must return a number, got an array of shape {change.shape}')
    return change.reshape(()) / distance


def _along(argument, df, change):
    """Return Σ change · df; ValueError unless df has the shape of the change, or is a number."""
    if np.ndim(df) and np.shape(df) != change.shape and not change.size == np.size(df) == 1:
        raise ValueError(f'{argument} must have the shape of f(x), {change.shape}, got {np.shape(df)}')
    return np.sum(np.ravel(change) * np.ravel(df))


def rel_error(x, y):
    """Return the largest relative error of two arrays, max |x - y| / max(|x| + |y|, 1e-8), elementwise."""
    x, y = _floats(x), _floats(y)
    return np.max(np.abs(x - y) / np.maximum(1e-8, np.abs(x) + np.abs(y)))


def eval_numerical_gradient(f, x, verbose=True, h=1e-5):
    """Return df/dx for a function f(x) that gives a number, as an array shaped like x.

    x: float array, or PyTorch tensor, of any shape. verbose prints each entry as it is found. TypeError if x holds no
    floats, ValueError if f gives more than one number.
    """
    array = _memory(x)
    _check_float('eval_numerical_gradient: x', array)
    grad = np.zeros_like(array)
    for ix in np.ndindex(array.shape):
        grad[ix] = _slope('eval_numerical_gradient', lambda _: f(x), array, ix, h)
        if verbose:
            print(ix, grad[ix])
    return grad


def eval_numerical_gradient_array(f, x, df, h=1e-5):
    """Return the gradient of Σ f(x) · df with respect to x, for a function f(x) that gives an array.

    x: float array, or PyTorch tensor, of any shape; df: the gradient arriving at the output, shaped like f(x), or a
    number. TypeError if x holds no floats, ValueError if df has another shape than f(x).
    """
    array, df = _memory(x), _memory(df)
    _check_float('eval_numerical_gradient_array: x', array)
    grad = np.zeros_like(array)
    for ix in np.ndindex(array.shape):
        change, distance = _difference(lambda: f(x), array, ix, h)
        grad[ix] = _along('eval_numerical_gradient_array: df', df, change) / distance
    return grad


def eval_numerical_gradient_blobs(f, inputs, output, h=1e-5):
    """Return a list with, for each input blob, the gradient of Σ output.vals · output.diffs.

    A blob has arrays `vals` and `diffs`; f(*inputs, output) writes its result into output.vals.
    TypeError if an input holds no floats, ValueError if output.diffs has another shape than output.vals.
    """
    grads = []
    for position, blob in enumerate(inputs):
        _check_float(f'eval_numerical_gradient_blobs: inputs[{position}].vals', blob.vals)

        def run():
            f(*inputs, output)
            return output.vals

        grad = np.zeros_like(blob.vals)
        for ix in np.ndindex(grad.shape):
            change, distance = _difference(run, blob.vals, ix, h)
            grad[ix] = _along('eval_numerical_gradient_blobs: output.diffs', output.diffs, change) / distance
        grads.append(grad)
    return grads


def eval_numerical_gradient_net(net, inputs, output, h=1e-5):
    """Return the gradients of `eval_numerical_gradient_blobs` for a net with a method forward()."""
    return eval_numerical_gradient_blobs(lambda *blobs: net.forward(), inputs, output, h=h)


def grad_check_sparse(f, x, analytic_grad, num_checks=10, h=1e-5, *, rng=None):
    """Print numerical and analytic gradient with their relative error at a few random entries of x.

    f(x) gives a number; analytic_grad is shaped like x; rng is a NumPy generator or RandomState (np.random by
    default). TypeError if x holds no floats, ValueError if analytic_grad has another shape or f gives more numbers.
    """
    _check_float('grad_check_sparse: x', x)
    if np.shape(analytic_grad) != x.shape:
        raise ValueError('grad_check_sparse: analytic_grad must have the shape of x, '
                         f'{x.shape}, got {np.shape(analytic_grad)}')
    rng = np.random if rng is None else rng
    for flat in rng.choice(x.size, num_checks):
        ix = np.unravel_index(flat, x.shape)
        numerical, analytic = _slope('grad_check_sparse', f, x, ix, h), analytic_grad[ix]
        error = abs(numerical - analytic) / max(abs(numerical) + abs(analytic), np.finfo(float).tiny)
        print(f'numerical: {numerical:f} analytic: {analytic:f}, relative error: {error:e}')
