"""What runs beside the student's attention: plain arrays in, plain arrays out."""

from types import SimpleNamespace

from cs231n.checks.engine.calling import unpack
from cs231n.checks.engine.compare import as_array
from cs231n.checks.engine.errors import Malformed


def _model(params):
    """Return all of a CaptioningRNN that its functions of attention use."""
    return SimpleNamespace(params=params, cell_type='attention', _null=0, _start=1, _end=2)


def captions(function, find, case):
    """Return what the model says of the pictures, and where it looked."""
    params, features, max_length = case.values()
    return [as_array(value) for value in unpack(function(_model(params), features, max_length), ['captions', 'maps'])]


def loss_and_grads(function, find, case):
    """Return the loss, and its gradients in the order of the parameters."""
    params, *inputs = case.values()
    loss, grads = unpack(function(_model(params), *inputs), ['loss', 'grads'])
    if not isinstance(grads, dict):
        raise Malformed(f'grads is a {type(grads).__name__}, expected a dictionary with the keys of params')
    return [as_array(value) for value in (loss, *(grads.get(name) for name in params))]
