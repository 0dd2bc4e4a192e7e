"""The captioning model that looks: against numbers moved by hand, and against the literal layers, word by word."""

import numpy as np
import pytest

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.gradient_check import eval_numerical_gradient
from tests.reference.attention_literal import look
from tests.reference.rnn_literal import lstm_cell

WORDS = {'<NULL>': 0, '<START>': 1, '<END>': 2, 'cat': 3, 'dog': 4, 'sees': 5}
N, P, D, W, H = 4, 5, 3, 2, 7


def build(seed=0, dtype=np.float64):
    rng = np.random.RandomState(seed)
    model = CaptioningRNN(WORDS, D, W, H, 'attention', dtype, rng=rng)
    model.params = {name: rng.standard_normal(w.shape).astype(dtype) for name, w in model.params.items()}
    return model, rng.standard_normal((N, P, D)).astype(dtype)


CAPTIONS = np.array([[1, 3, 5, 4, 2], [1, 4, 2, 0, 0], [1, 4, 4, 2, 0], [1, 5, 2, 0, 0]])


def test_every_gradient_is_that_of_the_loss():
    model, features = build()
    loss, grads = model.loss(features, CAPTIONS)
    assert set(grads) == set(model.params) and loss > 0
    for name, w in model.params.items():
        numeric = eval_numerical_gradient(lambda _: model.loss(features, CAPTIONS)[0], w, verbose=False, h=1e-6)
        np.testing.assert_allclose(grads[name], numeric, rtol=1e-5, atol=1e-7, err_msg=name)


def literal_captions(model, features, max_length):
    """Greedy captions and maps, one picture and one number at a time."""
    p = model.params
    captions, maps = np.zeros((len(features), max_length), int), np.zeros((len(features), max_length, P))
    for n, picture in enumerate(features):
        A = picture @ p['W_proj'] + p['b_proj']
        h, c, word = A.sum(axis=0) / len(A), np.zeros(H), model._start
        for t in range(max_length):
            w, attn = look(h, A)
            x = np.concatenate([p['W_embed'][word], attn])
            *ifog, c = lstm_cell(x, h, c, np.concatenate([p['Wx'], p['Wattn']]), p['Wh'], p['b'])
            h = np.array(ifog[2]) * np.tanh(c)
            word = captions[n, t] = int(np.argmax(h @ p['W_vocab'] + p['b_vocab']))
            maps[n, t] = w
            if word == model._end:
                break
    return captions, maps


@pytest.mark.parametrize('seed', range(5))
def test_captions_and_maps_are_the_literal_ones(seed):
    model, features = build(seed)
    captions, maps = model.sample(features, 6, return_maps=True)
    expected, looked = literal_captions(model, features, 6)
    np.testing.assert_array_equal(captions, expected)
    np.testing.assert_allclose(maps, looked, rtol=1e-10, atol=1e-12)
    assert captions.dtype == np.int32
    np.testing.assert_array_equal(model.sample(features, 6), captions)


def test_a_map_sums_to_1_up_to_the_end_and_is_0_behind_it():
    model, features = build(3)
    model.params['b_vocab'][2] += 3  # short captions
    captions, maps = model.sample(features, 9, return_maps=True)
    ended = np.cumsum(captions == 2, axis=1) - (captions == 2) > 0
    assert ended.any() and not ended.all()
    np.testing.assert_allclose(maps.sum(axis=2), ~ended)


def test_what_is_trained_in_float32_stays_so():
    model, features = build(0, np.float32)
    loss, grads = model.loss(features.astype(np.float64), CAPTIONS)
    assert all(grads[name].dtype == np.float32 for name in model.params)
    assert abs(loss - build()[0].loss(build()[1], CAPTIONS)[0]) < 1e-4


def test_other_cells_draw_what_they_drew_without_attention():
    one = CaptioningRNN(WORDS, D, W, H, 'attention', rng=np.random.RandomState(5)).params
    other = CaptioningRNN(WORDS, D, W, H, 'lstm', rng=np.random.RandomState(5)).params
    assert list(one) == [*other, 'Wattn'] and one['Wattn'].shape == (H, 4 * H)
    for name, w in other.items():
        np.testing.assert_array_equal(one[name], w)


BAD = {
    'features without places': (lambda m, f: m.loss(f[:, 0], CAPTIONS),
                                'CaptioningRNN.loss: features must have shape (N, P, D) = (*, *, 3), got (4, 3)'),
    'features of another width': (lambda m, f: m.sample(f[:, :, :2]),
                                  'CaptioningRNN.sample: features must have shape (N, P, D) = (*, *, 3), got (4, 5,'),
    'no place': (lambda m, f: m.sample(f[:, :0]),
                 'CaptioningRNN.sample: features must hold P ≥ 1 places, got (4, 0, 3)'),
    'a beam': (lambda m, f: m.sample(f, beam_width=2),
               'CaptioningRNN.sample: with attention, temperature must be None and beam_width 1, got None and 2'),
    'chance': (lambda m, f: m.sample(f, temperature=0.5, rng=np.random.default_rng(0)),
               'CaptioningRNN.sample: with attention, temperature must be None and beam_width 1, got 0.5 and 1'),
    'a score': (lambda m, f: m.caption_score(f, CAPTIONS),
                "CaptioningRNN.caption_score: cell_type must be 'rnn' or 'lstm', got 'attention'"),
    'maps of an LSTM': (lambda m, f: CaptioningRNN(WORDS, D, W, H, 'lstm').sample(f[:, 0], return_maps=True),
                        "CaptioningRNN.sample: return_maps must be False unless cell_type is 'attention', got True"),
    'another cell': (lambda m, f: CaptioningRNN(WORDS, D, W, H, 'gru'),
                     "CaptioningRNN: cell_type must be 'rnn', 'lstm' or 'attention', got 'gru'"),
}


@pytest.mark.parametrize('call, message', BAD.values(), ids=BAD)
def test_bad_input_names_the_argument(call, message):
    with pytest.raises(ValueError) as error:
        call(*build())
    assert str(error.value).startswith(message)
