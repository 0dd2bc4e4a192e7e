"""Checks of the PyTorch edition of RNN and LSTM: the forward functions on tensors, and whether gradients flow."""

from dataclasses import replace
from functools import partial
from importlib import import_module

import numpy as np

from cs231n.checks.engine.calling import unpack
from cs231n.checks.lessons.captioning.checks import CHECKS as CAPTIONING
from cs231n.checks.lessons.captioning.checks import VOCABULARY
from cs231n.checks.lessons.lstm.checks import CHECKS as LSTM
from cs231n.checks.lessons.rnn.checks import CHECKS as RNN

POINTS = {
    'rnn_step_forward': 4, 'rnn_forward': 5, 'word_embedding_forward': 3, 'temporal_affine_forward': 0,
    'temporal_softmax_loss': 0, 'CaptioningRNN.loss[rnn]': 6, 'CaptioningRNN.sample[rnn]': 6,
    'lstm_step_forward': 5, 'lstm_forward': 5, 'CaptioningRNN.loss[lstm]': 3, 'CaptioningRNN.sample[lstm]': 3,
}
GRADIENT = 'share of the true gradient'
STEP = 1e-5  # of the central difference that autograd's gradient is compared with


def pytorch_name(name):
    """Return the name of the check of this edition: 'f' -> 'f[pytorch]', 'f[lstm]' -> 'f[lstm, pytorch]'."""
    return f'{name[:-1]}, pytorch]' if name.endswith(']') else f'{name}[pytorch]'


def _call(check, function, case):
    """Return the outputs of a function of tensors, and of its gradient how much agrees with a central difference."""
    names = list(check.outputs)[:-1]
    return _with_gradient(case, lambda inputs: unpack(function(*inputs.values()), names))


def _call_method(cell_type, check, function, case):
    """Return the outputs of a method on a model of the package that has these parameters."""
    rest = [value for name, value in case.items() if name != 'params']
    if 'captions' in check.outputs:
        return unpack(function(_model(cell_type, _tensors(case['params'])), *rest), ['captions'])
    return _with_gradient(case['params'],
                          lambda params: unpack(function(_model(cell_type, params), *rest), ['loss']))


def _model(cell_type, params):
    import torch

    (D, H), W = params['W_proj'].shape, len(params['Wx'])
    word_to_idx = {word: index for index, word in enumerate(VOCABULARY)}
    make = import_module('cs231n.classifiers.rnn_pytorch').CaptioningRNN
    model = make(word_to_idx, D, W, H, cell_type, torch.float64, rng=torch.Generator().manual_seed(0))
    model.params = params
    return model


def _tensors(arrays, requires_grad=False):
    import torch

    return {name: torch.tensor(value, requires_grad=requires_grad and value.dtype.kind == 'f')
            for name, value in arrays.items()}


def _with_gradient(arrays, run):
    """Return run(tensors), a list of outputs, and the share of the true slope that autograd finds, 1 if right."""
    import torch

    leaves = _tensors(arrays, requires_grad=True)
    outputs = run(leaves)
    total = _weighted(outputs)
    inputs = {name: leaf for name, leaf in leaves.items() if leaf.requires_grad}
    if not total.requires_grad:
        return [*outputs, 0.0]
    grads = torch.autograd.grad(total, list(inputs.values()), allow_unused=True, materialize_grads=True)
    rng = np.random.RandomState(231)
    ways = {name: torch.from_numpy(rng.standard_normal(leaf.shape)) for name, leaf in inputs.items()}
    found = sum((grad * way).sum() for grad, way in zip(grads, ways.values())).item()
    with torch.no_grad():
        up, down = (_weighted(run(leaves | {name: inputs[name] + step * way for name, way in ways.items()}))
                    for step in (STEP, -STEP))
    true = (up - down).item() / (2 * STEP)
    return [*outputs, 1.0 if np.isclose(found, true, rtol=1e-6, atol=1e-7) else found / true]


def _weighted(outputs):
    """Return one number in which every entry of the outputs has a weight of its own."""
    import torch

    total = torch.zeros((), dtype=torch.float64)
    for output in outputs:
        output = torch.as_tensor(output, dtype=torch.float64).flatten()
        total = total + output @ torch.cos(torch.arange(len(output), dtype=torch.float64))
    return total


def _in_pytorch(one):
    """Return the check of the NumPy edition as one of this edition."""
    method, cell_type = one.name.startswith('CaptioningRNN'), 'lstm' if '[lstm]' in one.name else 'rnn'
    outputs = one.outputs if 'captions' in one.outputs else {
        name: axes for name, axes in one.outputs.items() if name not in ('dx', *one.cases()[0].get('params', ()))}
    if 'captions' not in outputs:
        outputs = {**outputs, GRADIENT: ''}
    return replace(
        one, name=pytorch_name(one.name), lesson='captioning_pytorch', points=POINTS[one.name], outputs=outputs,
        module=f'{one.module}_pytorch', oracle=one.oracle or one.name, cached=False, library='torch',
        needs=tuple(pytorch_name(name) for name in one.needs if name in POINTS),
        call=partial(_call_method, cell_type) if method else _call)


CHECKS = tuple(_in_pytorch(one) for one in (*RNN, *LSTM, *CAPTIONING) if one.name in POINTS)
