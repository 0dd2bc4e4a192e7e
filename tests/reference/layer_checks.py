"""What holds for every layer: two oracles agree, float32 stays float32, layout and arguments are left alone.

A `Layer` wraps one forward/backward pair so that all look alike: forward(*inputs) -> outputs, cache and
backward(*douts, cache) -> gradients of the inputs, each a tuple; `torch` gives the outputs from tensors.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch

from cs231n.gradient_check import eval_numerical_gradient_array


class Layer(NamedTuple):
    forward: Callable
    backward: Callable
    torch: Callable
    shapes: Callable  # of a RandomState -> list of input shapes


def one_output(forward):
    """Wrap a forward function that returns one output and the cache."""
    def wrapped(*inputs):
        out, cache = forward(*inputs)
        return (out,), cache
    return wrapped


def draw(layer, seed, dtype=np.float64):
    """Return random inputs and random gradients of the outputs."""
    rng = np.random.RandomState(seed)
    inputs = [rng.standard_normal(shape).astype(dtype) for shape in layer.shapes(rng)]
    douts = [rng.standard_normal(out.shape).astype(dtype) for out in layer.forward(*inputs)[0]]
    return inputs, douts


def run(layer, inputs, douts):
    """Return outputs and gradients of the inputs as one list."""
    outs, cache = layer.forward(*inputs)
    return [*outs, *layer.backward(*douts, cache)]


def assert_all_close(actual, expected, **tolerances):
    assert len(actual) == len(expected)
    for position, (a, e) in enumerate(zip(actual, expected)):
        np.testing.assert_allclose(a, e, err_msg=f'output {position}', **tolerances)


def relative_error(actual, expected):
    """Return the largest difference over the largest value, or over 1, the size of the inputs, if larger."""
    return np.max(np.abs(actual - expected)) / max(np.max(np.abs(expected)), 1)


def check_torch(layer, seed):
    inputs, douts = draw(layer, seed)
    tensors = [torch.tensor(a, requires_grad=True) for a in inputs]
    outs = layer.torch(*tensors)
    torch.autograd.backward(outs, [torch.tensor(d) for d in douts])
    expected = [t.detach().numpy() for t in outs] + [t.grad.numpy() for t in tensors]
    assert_all_close(run(layer, inputs, douts), expected, rtol=1e-9, atol=1e-11)


def check_differences(layer, seed):
    inputs, douts = draw(layer, seed)
    gradients = run(layer, inputs, douts)[len(douts):]
    assert len(gradients) == len(inputs)
    for x, dx in zip(inputs, gradients):
        expected = sum(eval_numerical_gradient_array(lambda _, k=k: layer.forward(*inputs)[0][k], x, dout)
                       for k, dout in enumerate(douts))
        np.testing.assert_allclose(dx, expected, rtol=1e-6, atol=1e-8)


def check_float32(layer, seed):
    inputs, douts = draw(layer, seed, np.float32)
    actual = run(layer, inputs, douts)
    expected = run(layer, [a.astype(np.float64) for a in inputs], [d.astype(np.float64) for d in douts])
    for a, e in zip(actual, expected):
        assert a.dtype == np.float32 and e.dtype == np.float64
        assert relative_error(a, e) < 1e-5


def strided(a):
    """Return a copy of `a` whose entries lie apart and, along the first axis, backwards."""
    apart = np.zeros([2 * n for n in a.shape], a.dtype)[tuple(slice(None, None, 2) for _ in a.shape)][::-1]
    apart[...] = a
    return apart


def check_layout(layer, seed):
    inputs, douts = draw(layer, seed)
    expected = run(layer, inputs, douts)
    for layout in (np.asfortranarray, strided):
        actual = run(layer, [layout(a) for a in inputs], [layout(d) for d in douts])
        assert_all_close(actual, expected, rtol=1e-11, atol=1e-13)


def check_arguments_untouched(layer, seed):
    inputs, douts = draw(layer, seed)
    before = [a.copy() for a in (*inputs, *douts)]
    outs, cache = layer.forward(*inputs)
    outs_before = [out.copy() for out in outs]
    layer.backward(*douts, cache)
    for a, b in zip((*inputs, *douts, *outs), (*before, *outs_before)):
        np.testing.assert_array_equal(a, b)


CHECKS = [check_torch, check_differences, check_float32, check_layout, check_arguments_untouched]
