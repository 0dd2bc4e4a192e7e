"""What runs beside the student's functions of tensors: plain arrays in, outputs and slopes out."""

from importlib import import_module

import numpy as np

from cs231n.checks.engine.calling import unpack
from cs231n.checks.engine.compare import as_array
from cs231n.checks.lessons.captioning.student_side import VOCABULARY, own_names

STEP = 1e-5  # of the central difference that autograd's gradient is compared with


def layer(function, find, case, names):
    """Return the outputs of a function of tensors, and two slopes: see _with_slopes."""
    return _with_slopes(case, lambda inputs: unpack(function(*inputs.values()), names))


def loss(function, find, case, cell_type):
    """Return the loss, and two slopes: see _with_slopes."""
    params, *rest = case.values()
    return _with_slopes(params, lambda tensors: unpack(function(_model(cell_type, tensors), *rest), ['loss']))


def captions(function, find, case, cell_type):
    """Return what `sample` says of the pictures."""
    params, *rest = case.values()
    return [as_array(value) for value in unpack(function(_model(cell_type, _tensors(params)), *rest), ['captions'])]


def _model(cell_type, params):
    import torch

    (D, H), W = params['W_proj'].shape, len(params['Wx'])
    word_to_idx = {word: index for index, word in enumerate(VOCABULARY)}
    make = import_module('cs231n.classifiers.rnn_pytorch').CaptioningRNN
    with torch.random.fork_rng(devices=[]):  # a constructor of one's own may draw from torch's global stream
        model = make(word_to_idx, D, W, H, cell_type, torch.float64)
    model.params = {own: params[name] for name, own in own_names(model.params, params).items()}
    return model


def _tensors(arrays, requires_grad=False):
    import torch

    return {name: torch.tensor(value, requires_grad=requires_grad and value.dtype.kind == 'f')
            for name, value in arrays.items()}


def _with_slopes(arrays, run):
    """Return run(tensors), a list of outputs, the slope along some way by autograd, and by a central difference."""
    import torch

    leaves, found = _tensors(arrays, requires_grad=True), 0.0
    outputs = run(leaves)
    total = _weighted(outputs)
    inputs = {name: leaf for name, leaf in leaves.items() if leaf.requires_grad}
    ways = {name: torch.from_numpy(way) for name, way in way_through(arrays).items()}
    if total.requires_grad:
        grads = torch.autograd.grad(total, list(inputs.values()), allow_unused=True, materialize_grads=True)
        found = sum((grad * way).sum() for grad, way in zip(grads, ways.values())).item()
    with torch.no_grad():
        up, down = (_weighted(run(leaves | {name: inputs[name] + step * way for name, way in ways.items()}))
                    for step in (STEP, -STEP))
    return [as_array(value) for value in (*outputs, found, (up - down).item() / (2 * STEP))]


def _weighted(outputs):
    """Return one number in which every entry of the outputs has a weight of its own."""
    import torch

    total = torch.zeros((), dtype=torch.float64)
    for output in outputs:
        output = torch.as_tensor(output, dtype=torch.float64).flatten()
        total = total + output @ torch.from_numpy(weights(len(output)))
    return total


def weights(count):
    """Return what so many entries of an output count in one number."""
    return np.cos(np.arange(count, dtype=float))


def way_through(arrays):
    """{name: step} for each input of floats: the way along which slopes are taken."""
    rng = np.random.RandomState(231)
    return {name: rng.standard_normal(value.shape) for name, value in arrays.items() if value.dtype.kind == 'f'}
