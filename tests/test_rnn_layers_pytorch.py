"""The layers on tensors: the numbers of the NumPy ones, and gradients that are those of their backward passes."""

import numpy as np
import pytest
import torch

from cs231n import rnn_layers as numpy_layers
from cs231n import rnn_layers_pytorch as layers
from cs231n.gradient_check import rel_error

N, T, D, H, V = 3, 5, 2, 7, 11
GATES = {'rnn': 1, 'lstm': 4}


def drawn(*shape):
    return np.random.RandomState(sum(shape)).standard_normal(shape)


def inputs(cell, sequence):
    G = GATES[cell] * H
    states = [drawn(N, H)] if sequence or cell == 'rnn' else [drawn(N, H), drawn(H, N).T.copy()]
    return [drawn(N, T, D) if sequence else drawn(N, D), *states, drawn(D, G), drawn(H, G), drawn(G)]


def compare(name, arrays, outputs=1):
    """The function of both modules on the same numbers: its values, and the gradients for the same upstream ones."""
    tensors = [torch.tensor(array, requires_grad=array.dtype.kind == 'f') for array in arrays]
    got = getattr(layers, name)(*tensors)
    got = got if isinstance(got, tuple) else (got,)
    *want, cache = getattr(numpy_layers, name)(*arrays)
    assert len(got) == len(want) == outputs
    upstream = [drawn(*array.shape) for array in want]
    wanted_grads = getattr(numpy_layers, name.replace('forward', 'backward'))(*upstream, cache)
    wanted_grads = wanted_grads if isinstance(wanted_grads, tuple) else (wanted_grads,)
    leaves = [tensor for tensor in tensors if tensor.requires_grad]
    grads = torch.autograd.grad(got, leaves, [torch.tensor(dout) for dout in upstream])
    for one, other in zip((*got, *grads), (*want, *wanted_grads), strict=True):
        assert rel_error(one.detach().numpy(), other) < 1e-9


@pytest.mark.parametrize('cell', GATES)
def test_steps_and_sequences(cell):
    compare(f'{cell}_step_forward', inputs(cell, sequence=False), outputs=2 if cell == 'lstm' else 1)
    compare(f'{cell}_forward', inputs(cell, sequence=True))


def test_words_and_affine_layers():
    words = np.random.RandomState(0).randint(V, size=(N, T))
    compare('word_embedding_forward', [words, drawn(V, D)])
    compare('temporal_affine_forward', [drawn(N, T, D), drawn(D, H), drawn(H)])
    compare('affine_forward', [drawn(N, 2, D), drawn(2 * D, H), drawn(H)])


def test_the_loss_over_words():
    rng = np.random.RandomState(1)
    x, y, mask = 3 * drawn(N, T, V), rng.randint(V, size=(N, T)), rng.rand(N, T) < 0.6
    scores = torch.tensor(x, requires_grad=True)
    loss = layers.temporal_softmax_loss(scores, torch.tensor(y), torch.tensor(mask))
    want, dx = numpy_layers.temporal_softmax_loss(x, y, mask)
    assert loss.shape == () and rel_error(loss.item(), want) < 1e-12
    assert rel_error(torch.autograd.grad(loss, scores)[0].numpy(), dx) < 1e-9
    assert layers.temporal_softmax_loss(scores, torch.tensor(y, dtype=torch.int16), torch.tensor(mask).float()) == loss


@pytest.mark.parametrize('dtype', [torch.float32, torch.float64])
def test_the_dtype_is_that_of_the_inputs(dtype):
    arrays = [torch.tensor(array, dtype=dtype) for array in inputs('lstm', sequence=True)]
    assert layers.lstm_forward(*arrays).dtype == dtype


@pytest.mark.parametrize('call, error, message', [
    (lambda: layers.rnn_step_forward(np.zeros((2, 3)), *[torch.zeros(1)] * 4), TypeError,
     'rnn_step_forward: x must be a tensor, got ndarray'),
    (lambda: layers.rnn_forward(torch.zeros(2, 3, 4), torch.zeros(5, 6), *[torch.zeros(1)] * 3), ValueError,
     r'rnn_forward: h0 must have shape \(N, H\) = \(2, \*\), got \(5, 6\)'),
    (lambda: layers.lstm_forward(torch.zeros(2, 3, 4), torch.zeros(2, 6), torch.zeros(4, 6), *[torch.zeros(1)] * 2),
     ValueError, r'lstm_forward: Wx must have shape \(D, 4H\) = \(4, 24\), got \(4, 6\)'),
    (lambda: layers.word_embedding_forward(torch.tensor([[0, 3]]), torch.zeros(3, 2)), ValueError,
     'word_embedding_forward: x must lie in 0 … 2, got 3'),
    (lambda: layers.word_embedding_forward(torch.zeros(1, 2), torch.zeros(3, 2)), TypeError, 'must hold integers'),
    (lambda: layers.temporal_softmax_loss(torch.zeros(1, 2, 3), torch.zeros(1, 2).long(), torch.full((1, 2), 0.5)),
     ValueError, 'mask must be boolean'),
])
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_the_loss_of_halves_is_added_up_in_floats(dtype):
    N, T, V = 2000, 16, 100
    x, y, mask = torch.zeros(N, T, V, dtype=dtype), torch.zeros(N, T, dtype=torch.long), torch.ones(N, T)
    loss = layers.temporal_softmax_loss(x, y, mask)
    torch.testing.assert_close(loss, torch.tensor(T * np.log(V), dtype=torch.float32), rtol=1e-4, atol=0)
