"""The captioning model in PyTorch: known losses, gradients and captions of the NumPy one, a solver that learns."""

import numpy as np
import pytest
import torch

from cs231n.captioning_solver_pytorch import CaptioningSolverPytorch
from cs231n.classifiers import rnn, rnn_pytorch
from cs231n.coco_utils import decode_captions
from cs231n.gradient_check import eval_numerical_gradient, rel_error

WORDS = {word: k for k, word in enumerate(('<NULL>', '<START>', '<END>', 'a', 'cat', 'dog', 'sleeps'))}


def pair(cell_type, seed=0):
    """The same network twice."""
    model = rnn.CaptioningRNN(WORDS, 5, 3, 7, cell_type, np.float64, rng=np.random.RandomState(seed))
    other = rnn_pytorch.CaptioningRNN(WORDS, 5, 3, 7, cell_type, torch.float64)
    for name, w in model.params.items():
        other.params[name] = torch.tensor(2 * w, requires_grad=True)
        model.params[name] = 2 * w
    rng = np.random.RandomState(seed + 1)
    captions = rng.randint(3, 7, size=(4, 6))
    captions[:, 0], captions[0, 3:], captions[2, 5] = 1, 0, 2
    return model, other, rng.standard_normal((4, 5)), captions


@pytest.mark.parametrize('cell_type, low, high, want', [
    ('rnn', -1.5, 0.3, 9.83235591003), ('lstm', -0.5, 1.7, 9.82445935443)])
def test_known_losses(cell_type, low, high, want):
    model = rnn_pytorch.CaptioningRNN({'<NULL>': 0, 'cat': 2, 'dog': 3}, input_dim=20, wordvec_dim=30, hidden_dim=40,
                                      cell_type=cell_type, dtype=torch.float64)
    line = lambda a, b, n: torch.linspace(a, b, steps=n, dtype=torch.float64)
    for name, w in model.params.items():
        model.params[name] = line(-1.4, 1.3, w.numel()).reshape(*w.shape)
    loss = model.loss(line(low, high, 200).reshape(10, 20), (torch.arange(130) % 3).reshape(10, 13))
    assert abs(loss - want) < 1e-10 and loss.shape == () and not loss.requires_grad


@pytest.mark.parametrize('cell_type', ['rnn', 'lstm'])
def test_loss_gradients_and_captions_of_both_worlds(cell_type):
    model, other, features, captions = pair(cell_type)
    want, grads = model.loss(features, captions)
    loss = other.loss(torch.tensor(features), torch.tensor(captions))
    loss.backward()
    assert rel_error(loss.item(), want) < 1e-12
    for name, grad in grads.items():
        assert rel_error(other.params[name].grad.numpy(), grad) < 1e-8, name
    wanted = model.sample(features, max_length=9)
    found = other.sample(torch.tensor(features), max_length=9)
    assert np.array_equal(found, wanted) and found.dtype == torch.int64
    names = list(WORDS)
    assert decode_captions(found, names) == decode_captions(wanted, names)
    assert other.loss(features, captions) == loss  # arrays are taken, too


@pytest.mark.parametrize('cell_type', ['rnn', 'lstm'])
def test_central_differences_through_a_tensor_that_requires_gradients(cell_type):
    _, model, features, captions = pair(cell_type, seed=3)
    model.loss(features, captions).backward()
    for name in ('W_embed', 'Wh', 'b_proj'):
        numeric = eval_numerical_gradient(lambda _: model.loss(features, captions), model.params[name], verbose=False)
        assert rel_error(numeric, model.params[name].grad.numpy()) < 1e-6, name


def test_parameters_are_leaves_of_the_asked_dtype_and_seed():
    make = lambda seed: rnn_pytorch.CaptioningRNN(WORDS, dtype=np.float64, rng=torch.Generator().manual_seed(seed))
    one, same, other = make(1), make(1), make(2)
    assert all(w.requires_grad and w.is_leaf and w.dtype == torch.float64 for w in one.params.values())
    assert torch.equal(one.params['Wx'], same.params['Wx']) and not torch.equal(one.params['Wx'], other.params['Wx'])


@pytest.mark.parametrize('call, error, message', [
    (lambda m: m.loss(np.zeros((2, 4)), np.ones((2, 3), int)), ValueError, r'loss: features must have shape \(N, D\)'),
    (lambda m: m.loss(np.full((2, 5), np.nan), np.ones((2, 3), int)), ValueError, 'loss: features must be finite'),
    (lambda m: m.loss(np.zeros((2, 5)), np.ones((2, 1), int)), ValueError, 'loss: captions must have shape'),
    (lambda m: m.loss(np.zeros((2, 5)), np.full((2, 3), 7)), ValueError, 'must lie in 0 … 6, got 7'),
    (lambda m: m.sample(np.zeros((2, 5)), -1), ValueError, 'max_length must be at least 0, got -1'),
    (lambda m: rnn_pytorch.CaptioningRNN({'<NULL>': 0}, 5).sample(np.zeros((2, 5))), ValueError, '<START>'),
    (lambda m: m.sample(np.zeros((2, 5)), 2.5), TypeError, 'max_length must be an integer, got 2.5'),
    (lambda m: rnn_pytorch.CaptioningRNN({'cat': 0}), ValueError, "must contain '<NULL>'"),
    (lambda m: rnn_pytorch.CaptioningRNN({'<NULL>': 0, 'cat': 0}), ValueError, "got 0 for '<NULL>' and 'cat'"),
    (lambda m: rnn_pytorch.CaptioningRNN({'<NULL>': 2, 'cat': 1}), ValueError, r"'<NULL>' an index in 0 … 1, got 2"),
    (lambda m: rnn_pytorch.CaptioningRNN(WORDS, cell_type='gru'), ValueError, "cell_type must be 'rnn' or 'lstm'"),
    (lambda m: rnn_pytorch.CaptioningRNN(WORDS, dtype=torch.int64), ValueError, 'dtype must be a floating type'),
    (lambda m: CaptioningSolverPytorch(m, {}, update_rule='adagrad'), ValueError, 'update_rule must be one of'),
    (lambda m: CaptioningSolverPytorch(m, {}, batch_size=0), ValueError, 'batch_size must be a positive integer'),
])
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call(rnn_pytorch.CaptioningRNN(WORDS, 5, 3, 7))


def tiny(T=6):
    rng = np.random.RandomState(0)
    captions = rng.randint(3, 7, size=(8, T))
    captions[:, 0], captions[:, -1] = 1, 2
    return {'train_captions': captions, 'train_image_idxs': np.arange(8), 'idx_to_word': list(WORDS),
            'train_features': rng.standard_normal((8, 5)).astype(np.float32), 'train_urls': np.array(['x'] * 8)}


@pytest.mark.parametrize('rule', ['adam', 'rmsprop', 'sgd_momentum'])
def test_the_solver_learns_prints_and_is_repeatable(rule, capsys):
    histories = []
    for _ in range(2):
        model = rnn_pytorch.CaptioningRNN(WORDS, 5, 8, 24, rng=torch.Generator().manual_seed(0))
        solver = CaptioningSolverPytorch(model, tiny(), update_rule=rule, batch_size=4, num_epochs=10, print_every=10,
                                         optim_config={'learning_rate': 1e-2}, lr_decay=0.95, seed=1)
        solver.train()
        histories.append(solver.loss_history)
    assert histories[0] == histories[1] and len(histories[0]) == 20
    assert histories[0][-1] < 0.7 * histories[0][0]
    assert solver.optimizer.param_groups[0]['lr'] == pytest.approx(1e-2 * 0.95**10)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [f'(Iteration {k} / 20) loss: {histories[0][k - 1]:f}' for k in (1, 11)]


def test_a_loss_that_is_not_finite_stops_before_the_update():
    model = rnn_pytorch.CaptioningRNN(WORDS, 5, 8, 9)
    with torch.no_grad():
        model.params['b_vocab'][3] = torch.inf
    before = model.params['Wx'].detach().clone()
    with pytest.raises(FloatingPointError, match=r'the loss is (nan|inf) at iteration 1'):
        CaptioningSolverPytorch(model, tiny(), batch_size=4, num_epochs=1, verbose=False).train()
    assert torch.equal(model.params['Wx'], before)
