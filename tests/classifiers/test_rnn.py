"""CaptioningRNN: known losses, gradients by two oracles, greedy captions, and what it says to bad input."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.gradient_check import eval_numerical_gradient
from tests.reference import captioning_literal

WORDS = ['<NULL>', '<START>', '<END>', 'a', 'cat', 'on', 'mat']
VOCABULARY = {word: i for i, word in enumerate(WORDS)}
CELLS = pytest.mark.parametrize('cell_type', ['rnn', 'lstm'])


def build(cell_type, dtype=np.float64, seed=0, scale=1.0, vocabulary=VOCABULARY):
    """A small model with parameters so large that each word depends on the picture and the words before."""
    model = CaptioningRNN(vocabulary, 5, 3, 11, cell_type, dtype)
    rng = np.random.RandomState(seed)
    for name, w in model.params.items():
        model.params[name] = (scale * rng.standard_normal(w.shape)).astype(dtype)
    return model


def minibatch(seed=0, N=3, T=7):
    """Features and captions as in the data: <START> … <END> <NULL> …"""
    rng = np.random.RandomState(seed)
    captions = rng.randint(3, len(WORDS), size=(N, T))
    captions[:, 0] = 1
    for row in captions:
        end = rng.randint(1, T)
        row[end:end + 1], row[end + 1:] = 2, 0
    return rng.standard_normal((N, 5)), captions


@pytest.mark.parametrize('cell_type, features, expected', [
    ('rnn', np.linspace(-1.5, 0.3, 200), 9.83235591003),
    ('lstm', np.linspace(-0.5, 1.7, 200), 9.82445935443),
])
def test_known_loss(cell_type, features, expected):
    vocabulary = {'<NULL>': 0, 'cat': 2, 'dog': 3}
    model = CaptioningRNN(vocabulary, 20, 30, 40, cell_type, np.float64)
    for name, w in model.params.items():
        model.params[name] = np.linspace(-1.4, 1.3, w.size).reshape(w.shape)
    captions = (np.arange(10 * 13) % 3).reshape(10, 13)
    loss, grads = model.loss(features.reshape(10, 20), captions)
    assert abs(loss - expected) < 1e-10
    assert grads.keys() == model.params.keys()
    assert all(grads[name].shape == w.shape for name, w in model.params.items())


@CELLS
def test_gradients_equal_central_differences(cell_type):
    model = build(cell_type, scale=0.5)
    features, captions = minibatch()
    _, grads = model.loss(features, captions)
    assert set(grads) == set(model.params)
    for name, w in model.params.items():
        numerical = eval_numerical_gradient(lambda _: model.loss(features, captions)[0], w, verbose=False)
        np.testing.assert_allclose(grads[name], numerical, rtol=1e-6, atol=1e-8, err_msg=name)


def torch_loss(p, features, captions, cell_type):
    """The same loss from plain tensors, one time step at a time."""
    h = features @ p['W_proj'] + p['b_proj']
    c, loss = torch.zeros_like(h), 0
    for t in range(captions.shape[1] - 1):
        a = p['W_embed'][captions[:, t]] @ p['Wx'] + h @ p['Wh'] + p['b']
        if cell_type == 'rnn':
            h = torch.tanh(a)
        else:
            i, f, o, g = a.chunk(4, dim=1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
        scores = h @ p['W_vocab'] + p['b_vocab']
        loss = loss + cross_entropy(scores, captions[:, t + 1], ignore_index=0, reduction='sum')
    return loss / len(captions)


@CELLS
@given(N=st.sampled_from([1, 2, 5]), T=st.sampled_from([2, 3, 7, 13]), seed=st.integers(0, 99))
def test_loss_and_gradients_equal_torch(cell_type, N, T, seed):
    model, (features, captions) = build(cell_type, seed=seed), minibatch(seed, N, T)
    p = {name: torch.tensor(w, requires_grad=True) for name, w in model.params.items()}
    expected = torch_loss(p, torch.tensor(features), torch.tensor(captions), cell_type)
    expected.backward()
    loss, grads = model.loss(features, captions)
    np.testing.assert_allclose(loss, expected.item(), rtol=1e-11)
    for name, w in p.items():
        np.testing.assert_allclose(grads[name], w.grad.numpy(), rtol=1e-8, atol=1e-10, err_msg=name)


@CELLS
def test_float32_stays_float32_and_arguments_are_left_alone(cell_type):
    model, reference = build(cell_type, np.float32), build(cell_type)
    features, captions = minibatch()
    before = features.copy(), captions.copy(), {name: w.copy() for name, w in model.params.items()}
    loss, grads = model.loss(features, captions)  # features in float64: the model's dtype rules
    expected, expected_grads = reference.loss(features, captions)
    assert loss.dtype == np.float32 and abs(loss - expected) < 1e-5 * expected
    for name, dw in grads.items():
        assert dw.dtype == np.float32
        np.testing.assert_allclose(dw, expected_grads[name], rtol=1e-4, atol=1e-5)
    model.sample(features)
    np.testing.assert_array_equal(features, before[0])
    np.testing.assert_array_equal(captions, before[1])
    for name, w in model.params.items():
        np.testing.assert_array_equal(w, before[2][name])


@CELLS
def test_layout_and_integer_dtype_of_the_input_do_not_matter(cell_type):
    model, (features, captions) = build(cell_type), minibatch()
    loss, grads = model.loss(features, captions)
    for dtype in ('i1', 'u1', 'i4', 'u8'):
        inputs = np.asfortranarray(features), np.asfortranarray(captions.astype(dtype))
        other, other_grads = model.loss(*inputs)
        np.testing.assert_allclose(other, loss, rtol=1e-12)
        np.testing.assert_allclose(other_grads['W_embed'], grads['W_embed'], rtol=1e-10, atol=1e-12)


@CELLS
def test_initial_parameters(cell_type):
    gates = 1 if cell_type == 'rnn' else 4
    model = CaptioningRNN(VOCABULARY, 512, 128, 64, cell_type, rng=np.random.RandomState(0))
    assert {name: w.shape for name, w in model.params.items()} == {
        'W_proj': (512, 64), 'b_proj': (64,), 'W_embed': (7, 128), 'Wx': (128, gates * 64),
        'Wh': (64, gates * 64), 'b': (gates * 64,), 'W_vocab': (64, 7), 'b_vocab': (7,)}
    assert all(w.dtype == np.float32 for w in model.params.values())
    for name, spread in {'W_embed': 0.01, 'W_proj': 512**-0.5, 'Wx': 128**-0.5, 'Wh': 64**-0.5}.items():
        assert 0.9 < model.params[name].std() / spread < 1.1
    assert all((model.params[name] == 0).all() for name in ('b', 'b_proj', 'b_vocab'))
    assert (model._null, model._start, model._end) == (0, 1, 2)


def test_the_global_seed_or_a_generator_decides_the_parameters():
    def draw(**kwargs):
        return CaptioningRNN(VOCABULARY, 5, 3, 2, **kwargs).params['W_vocab']

    np.random.seed(5)
    expected = draw()
    np.random.seed(5)
    np.testing.assert_array_equal(draw(), expected)
    np.testing.assert_array_equal(draw(rng=np.random.RandomState(5)), expected)
    np.testing.assert_array_equal(draw(rng=np.random.default_rng(5)), draw(rng=np.random.default_rng(5)))


# -- greedy captions

@CELLS
@pytest.mark.parametrize('seed', range(5))
def test_greedy_captions_equal_the_literal_version(cell_type, seed):
    model = build(cell_type, seed=seed, scale=2)
    features, _ = minibatch(seed, N=23)
    captions = model.sample(features, max_length=13)
    np.testing.assert_array_equal(captions, captioning_literal.greedy(model, features, 13))
    assert captions.shape == (23, 13) and np.issubdtype(captions.dtype, np.integer)
    assert len({tuple(row) for row in captions}) > 5  # the pictures matter
    np.testing.assert_array_equal(model.sample(features, max_length=5), captions[:, :5])


@CELLS
def test_after_end_comes_null(cell_type):
    features, _ = minibatch(N=101)
    models = [build(cell_type, seed=seed, scale=3) for seed in range(5)]
    captions = np.concatenate([model.sample(features, 17) for model in models])
    ends = (captions == 2).argmax(axis=1)
    assert len(set(ends[(captions == 2).any(axis=1)])) > 2  # captions of several lengths
    for row, end in zip(captions, ends):
        if row[end] == 2:
            assert (row[end + 1:] == 0).all()


@CELLS
def test_the_default_length_is_30_and_any_is_allowed(cell_type):
    model, (features, _) = build(cell_type), minibatch()
    model.params['b_vocab'][2] = -100  # never ends
    assert model.sample(features).shape == (3, 30)
    assert model.sample(features, 100).shape == (3, 100)
    assert model.sample(features, max_length=0).shape == (3, 0)
    assert model.sample(features[:0]).shape == (0, 30)


@CELLS
def test_a_model_learns_a_handful_of_captions_by_heart(cell_type):
    model = CaptioningRNN(VOCABULARY, 5, 7, 23, cell_type, np.float64, rng=np.random.RandomState(0))
    features, captions = minibatch(N=5)
    for _ in range(300):
        loss, grads = model.loss(features, captions)
        for name, dw in grads.items():
            model.params[name] -= 0.2 * np.clip(dw, -1, 1)
    assert loss < 0.2
    np.testing.assert_array_equal(model.sample(features, captions.shape[1] - 1), captions[:, 1:])


# -- bad input

def loss_of(features=None, captions=None):
    default = minibatch()
    model = build('rnn')
    features, captions = (d if a is None else a for a, d in zip((features, captions), default))
    return model.loss(features, captions)


BAD = {
    'cell_type': (lambda: CaptioningRNN(VOCABULARY, cell_type='gru'),
                  "CaptioningRNN: cell_type must be 'rnn', 'lstm' or 'attention', got 'gru'"),
    'dtype': (lambda: CaptioningRNN(VOCABULARY, dtype=np.int32),
              'CaptioningRNN: dtype must be a floating type'),
    'vocabulary': (lambda: CaptioningRNN({'cat': 0}), "CaptioningRNN: word_to_idx must contain '<NULL>'"),
    'two words': (lambda: CaptioningRNN({'<NULL>': 0, 'cat': 0}), 'CaptioningRNN: word_to_idx must give each word an '
                                                                  "index of its own, got 0 for '<NULL>' and 'cat'"),
    'far index': (lambda: CaptioningRNN({'<NULL>': 2, 'cat': 1}), "CaptioningRNN: word_to_idx must give '<NULL>' an "
                                                                  'index in 0 … 1, got 2'),
    'negative index': (lambda: CaptioningRNN({'<NULL>': 0, '<END>': -1}),
                       "CaptioningRNN: word_to_idx must give '<END>' an index in 0 … 1, got -1"),
    'width': (lambda: loss_of(features=np.ones((3, 6))),
              'CaptioningRNN.loss: features must have shape (N, D) = (*, 5), got (3, 6)'),
    'NaN': (lambda: loss_of(features=np.full((3, 5), np.nan)), 'CaptioningRNN.loss: features must be finite'),
    'number of captions': (lambda: loss_of(captions=np.ones((2, 7), int)),
                           'CaptioningRNN.loss: captions must have shape (N, T) = (3, *), got (2, 7)'),
    'one caption': (lambda: loss_of(captions=np.ones(3, int)),
                    'CaptioningRNN.loss: captions must have shape (N, T) = (3, *), got (3,)'),
    'T = 0': (lambda: loss_of(captions=np.ones((3, 0), int)),
              'CaptioningRNN.loss: captions must hold T ≥ 2 words, got (3, 0)'),
    'T = 1': (lambda: loss_of(captions=np.ones((3, 1), int)),
              'CaptioningRNN.loss: captions must hold T ≥ 2 words, got (3, 1)'),
    'word too large': (lambda: loss_of(captions=np.full((3, 7), 7)),
                       'CaptioningRNN.loss: captions must lie in 0 … 6, got 7'),
    'word negative': (lambda: loss_of(captions=np.full((3, 7), -1)),
                      'CaptioningRNN.loss: captions must lie in 0 … 6, got -1'),
    'no example': (lambda: loss_of(np.ones((0, 5)), np.ones((0, 7), int)),
                   'CaptioningRNN.loss: features must hold N ≥ 1 examples, got (0, 5)'),
    'sampled width': (lambda: build('rnn').sample(np.ones((3, 6))),
                      'CaptioningRNN.sample: features must have shape (N, D) = (*, 5), got (3, 6)'),
    'sampled infinity': (lambda: build('rnn').sample(np.full((3, 5), np.inf)),
                         'CaptioningRNN.sample: features must be finite'),
    'one picture': (lambda: build('rnn').sample(np.ones(5)),
                    'CaptioningRNN.sample: features must have shape (N, D) = (*, 5), got (5,)'),
    'max_length': (lambda: build('rnn').sample(np.ones((3, 5)), -1),
                   'CaptioningRNN.sample: max_length must be at least 0, got -1'),
}


@pytest.mark.parametrize('call, message', BAD.values(), ids=BAD)
def test_bad_input_names_the_argument(call, message):
    with pytest.raises(ValueError) as error:
        call()
    assert str(error.value).startswith(message)


def test_captions_must_be_integers():
    with pytest.raises(TypeError, match='loss: captions must hold integers, got dtype float64'):
        loss_of(captions=np.ones((3, 7)))


@pytest.mark.parametrize('missing', ['<START>', '<END>'])
def test_a_vocabulary_without_start_or_end_can_train_but_not_sample(missing):
    vocabulary = {word: i for word, i in VOCABULARY.items() if word != missing}
    vocabulary['extra'] = VOCABULARY[missing]
    model, (features, captions) = build('rnn', vocabulary=vocabulary), minibatch()
    assert np.isfinite(model.loss(features, captions)[0])
    for call in (lambda: model.sample(features), lambda: model.sample(features, beam_width=2),
                 lambda: model.caption_score(features, captions)):
        with pytest.raises(ValueError, match="word_to_idx must contain '<START>' and '<END>'"):
            call()
