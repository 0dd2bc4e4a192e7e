"""Beam search against trying every caption, random captions against the softmax, and the scores."""

import numpy as np
import pytest

from cs231n.classifiers import decoding as sampling
from cs231n.classifiers.rnn import CaptioningRNN
from tests.reference import captioning_literal

V = 5
VOCABULARY = {'<NULL>': 0, '<START>': 1, '<END>': 2, 'cat': 3, 'dog': 4}
CELLS = pytest.mark.parametrize('cell_type', ['rnn', 'lstm'])
FEATURES = np.random.RandomState(0).standard_normal((11, 3))


def build(cell_type, seed=0, dtype=np.float64):
    model = CaptioningRNN(VOCABULARY, 3, 3, 7, cell_type, dtype)
    rng = np.random.RandomState(seed)
    for name, w in model.params.items():
        model.params[name] = rng.standard_normal(w.shape).astype(dtype)
    model.params['b_vocab'][2] -= 1  # captions of several words
    return model


@CELLS
@pytest.mark.parametrize('length_penalty', [0, 0.7, 1])
def test_a_beam_as_wide_as_the_vocabulary_finds_the_best_caption_of_two_words(cell_type, length_penalty):
    for seed in range(5):
        model = build(cell_type, seed)
        captions = model.sample(FEATURES, 2, beam_width=V, length_penalty=length_penalty)
        scores = model.caption_score(FEATURES, captions, length_penalty=length_penalty)
        best = [captioning_literal.best_score(model, picture, 2, length_penalty) for picture in FEATURES]
        np.testing.assert_allclose(scores, best, rtol=1e-10)


@CELLS
@pytest.mark.parametrize('seed', [0, 1, 4])
@pytest.mark.parametrize('length_penalty', [0, 1])
def test_the_score_never_falls_as_the_beam_grows_and_reaches_the_best(cell_type, length_penalty, seed):
    model, pictures = build(cell_type, seed), FEATURES[:5]
    scores = np.array([
        model.caption_score(pictures, model.sample(pictures, 4, beam_width=k, length_penalty=length_penalty),
                            length_penalty=length_penalty)
        for k in range(1, V + 1)])
    best = [captioning_literal.best_score(model, picture, 4, length_penalty) for picture in pictures]
    assert (np.diff(scores, axis=0) > -1e-9).all()
    np.testing.assert_allclose(scores[-1], best, rtol=1e-9)


@CELLS
def test_a_beam_finds_what_the_greedy_choice_misses(cell_type):
    model = build(cell_type)
    greedy, beam = (model.caption_score(FEATURES, model.sample(FEATURES, 4, beam_width=k)) for k in (1, 3))
    assert (beam > greedy + 1e-3).any()


def test_the_search_goes_on_after_a_short_caption_has_ended():
    model = CaptioningRNN(VOCABULARY, 3, V, V, dtype=np.float64)  # each word sees only the one before it
    p = model.params
    p['W_embed'], p['Wx'], p['Wh'] = 20 * np.eye(V), np.eye(V), np.zeros((V, V))
    p['W_vocab'] = np.full((V, V), -20.0)
    p['W_vocab'][1, [2, 3]] = np.log([0.6, 0.4])  # <START> is followed by <END> or cat,
    p['W_vocab'][3, 2] = 0  # cat always by <END>: (log 0.4 + log 1) / 2 is more than log 0.6
    assert model.sample(FEATURES[:1], 3).tolist() == [[2, 0, 0]]
    for length_penalty, expected in ((1, [3, 2, 0]), (0, [2, 0, 0])):
        captions = model.sample(FEATURES[:1], 3, beam_width=2, length_penalty=length_penalty)
        assert captions.tolist() == [expected]


@CELLS
@pytest.mark.parametrize('dtype', [np.float32, np.float64])
def test_a_beam_of_width_1_is_greedy(cell_type, dtype):
    model = build(cell_type, dtype=dtype)
    greedy = model.sample(FEATURES, 17)
    np.testing.assert_array_equal(model.sample(FEATURES, 17, beam_width=1), greedy)
    for length_penalty in (0, 1):
        beam = sampling.beam_search(model, FEATURES.astype(dtype), 17, 1, length_penalty)
        np.testing.assert_array_equal(beam, greedy)


@pytest.mark.parametrize('margin', [0, np.spacing(np.float32(1))])
def test_equal_and_almost_equal_scores_are_resolved_as_by_the_greedy_choice(margin):
    vocabulary = {**VOCABULARY, **{f'word {i}': i for i in range(V, 101)}}
    model = CaptioningRNN(vocabulary, 3, 3, 7)
    for w in model.params.values():
        w[:] = 0
    model.params['b_vocab'][3:] = 1
    model.params['b_vocab'][50] += margin  # the smallest step there is in float32
    greedy = model.sample(FEATURES, 7)
    assert (greedy == (50 if margin else 3)).all()
    for width in (1, 3):
        beam = sampling.beam_search(model, FEATURES.astype(np.float32), 7, width, 1)
        np.testing.assert_array_equal(beam, greedy)


@CELLS
def test_beam_captions_are_well_formed(cell_type):
    captions = build(cell_type).sample(FEATURES, 13, beam_width=3)
    assert captions.shape == (11, 13) and captions.dtype == np.int32
    assert (captions == 2).any()
    for row in captions:
        if 2 in row:
            assert (row[list(row).index(2) + 1:] == 0).all()
    assert build(cell_type).sample(FEATURES, 0, beam_width=3).shape == (11, 0)
    assert build(cell_type).sample(FEATURES[:0], 7, beam_width=3).shape == (0, 7)


@CELLS
def test_pictures_do_not_disturb_one_another(cell_type):
    model = build(cell_type)
    together = model.sample(FEATURES, 9, beam_width=3)
    alone = [model.sample(FEATURES[n:n + 1], 9, beam_width=3)[0] for n in range(11)]
    np.testing.assert_array_equal(together, alone)


# -- scores

@CELLS
def test_caption_score_is_the_normalised_log_probability(cell_type):
    model = build(cell_type)
    captions = np.array([[3, 4, 2, 0, 0], [2, 0, 0, 0, 0], [3, 3, 4, 4, 3]])
    lengths = [3, 1, 5]
    for length_penalty in (0, 0.5, 1):
        log_p = [captioning_literal.log_probability(model, picture, words[:length])
                 for picture, words, length in zip(FEATURES, captions, lengths)]
        expected = log_p / np.array(lengths)**length_penalty
        scores = model.caption_score(FEATURES[:3], captions, length_penalty=length_penalty)
        np.testing.assert_allclose(scores, expected, rtol=1e-11)
    np.testing.assert_allclose(model.caption_score(FEATURES[:3], captions), expected, rtol=1e-11)


@CELLS
def test_the_probabilities_of_all_captions_add_up_to_1(cell_type):
    model = build(cell_type)
    captions = np.array([[*words, 0, 0][:3] for words in captioning_literal.all_captions(V, 2, 3)])
    pictures = np.repeat(FEATURES[:1], len(captions), axis=0)
    total = np.exp(model.caption_score(pictures, captions, length_penalty=0)).sum()
    np.testing.assert_allclose(total, 1, rtol=1e-12)


def test_caption_score_agrees_with_the_loss():
    model = build('lstm')
    captions = np.array([[1, 3, 4, 2, 0], [1, 4, 2, 0, 0]])
    loss, _ = model.loss(FEATURES[:2], captions)
    score = model.caption_score(FEATURES[:2], captions[:, 1:], length_penalty=0)
    np.testing.assert_allclose(loss, -score.sum() / 2, rtol=1e-12)


# -- by chance

@CELLS
def test_words_are_drawn_from_the_softmax(cell_type):
    model, temperature = build(cell_type), 1.7
    pictures = np.repeat(FEATURES[:1], 20000, axis=0)
    captions = model.sample(pictures, 2, temperature=temperature, rng=np.random.default_rng(0))
    h = FEATURES[0] @ model.params['W_proj'] + model.params['b_proj']
    scores, h, c = captioning_literal.next_word_scores(model, 1, h, np.zeros(7))
    for position, rows in ((0, captions), (1, captions[captions[:, 0] == 3])):
        p = np.exp(scores / temperature) / np.exp(scores / temperature).sum()
        seen = np.bincount(rows[:, position], minlength=V) / len(rows)
        np.testing.assert_allclose(seen, p, atol=5 * np.sqrt(0.25 / len(rows)))  # five standard deviations
        scores, h, c = captioning_literal.next_word_scores(model, 3, h, c)


@CELLS
def test_random_captions_are_reproducible_well_formed_and_greedy_when_cold(cell_type):
    model = build(cell_type)

    def draw(seed, temperature=1.0):
        return model.sample(FEATURES, 13, temperature=temperature, rng=np.random.default_rng(seed))

    captions = draw(0)
    np.testing.assert_array_equal(draw(0), captions)
    assert (draw(1) != captions).any()
    assert captions.shape == (11, 13) and captions.dtype == np.int32
    for row in captions:
        if 2 in row:
            assert (row[list(row).index(2) + 1:] == 0).all()
    np.testing.assert_array_equal(draw(0, temperature=1e-9), model.sample(FEATURES, 13))


# -- bad input

@pytest.mark.parametrize('options, kind, message', [
    ({'beam_width': V + 1}, ValueError, 'CaptioningRNN.sample: beam_width must be one of 1 … 5, got 6'),
    ({'beam_width': 0}, ValueError, 'CaptioningRNN.sample: beam_width must be at least 1, got 0'),
    ({'beam_width': 1.5}, TypeError, 'CaptioningRNN.sample: beam_width must be an integer, got 1.5'),
    ({'max_length': None}, TypeError, 'CaptioningRNN.sample: max_length must be an integer, got None'),
    ({'max_length': -1}, ValueError, 'CaptioningRNN.sample: max_length must be at least 0, got -1'),
    ({'length_penalty': '1'}, TypeError, "CaptioningRNN.sample: length_penalty must be a number, got '1'"),
    ({'temperature': [1]}, TypeError, 'CaptioningRNN.sample: temperature must be a number, got [1]'),
    ({'beam_width': 2, 'length_penalty': np.nan}, ValueError,
     'CaptioningRNN.sample: length_penalty must be one of 0 … 100, got nan'),
    ({'beam_width': 2, 'length_penalty': -1}, ValueError,
     'CaptioningRNN.sample: length_penalty must be one of 0 … 100, got -1'),
    ({'temperature': 0, 'rng': np.random.default_rng(0)}, ValueError,
     'CaptioningRNN.sample: temperature must be positive, got 0'),
    ({'temperature': np.nan, 'rng': np.random.default_rng(0)}, ValueError,
     'CaptioningRNN.sample: temperature must be positive, got nan'),
    ({'temperature': 1}, TypeError,
     'CaptioningRNN.sample: with a temperature, rng must be a np.random.Generator, got NoneType'),
    ({'temperature': 1, 'rng': np.random.RandomState(0)}, TypeError,
     'CaptioningRNN.sample: with a temperature, rng must be a np.random.Generator, got RandomState'),
    ({'temperature': 1, 'rng': np.random.default_rng(0), 'beam_width': 2}, ValueError,
     'CaptioningRNN.sample: beam_width and temperature exclude each other'),
])
def test_bad_options_of_sample(options, kind, message):
    with pytest.raises(kind) as error:
        build('rnn').sample(FEATURES, **options)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize('captions, message', [
    (np.full((11, 3), V), 'CaptioningRNN.caption_score: captions must lie in 0 … 4, got 5'),
    (np.full((11, 3), -1), 'CaptioningRNN.caption_score: captions must lie in 0 … 4, got -1'),
    (np.zeros((2, 3), int),
     'CaptioningRNN.caption_score: captions must have shape (N, T) = (11, *), got (2, 3)'),
    (np.zeros((11, 0), int), 'CaptioningRNN.caption_score: captions must hold T ≥ 1 words, got (11, 0)'),
])
def test_bad_captions_to_score(captions, message):
    with pytest.raises(ValueError) as error:
        build('rnn').caption_score(FEATURES, captions)
    assert str(error.value) == message


@pytest.mark.parametrize('penalty', [np.nan, -5, 1000.0])
def test_the_score_refuses_what_is_no_penalty(penalty):
    model, captions = build('rnn'), np.ones((2, 3), int)
    with pytest.raises(ValueError, match=r'CaptioningRNN\.caption_score: length_penalty must be one of 0 … 100'):
        model.caption_score(FEATURES[:2], captions, length_penalty=penalty)
