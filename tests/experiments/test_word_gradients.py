"""The gradient of a word's score to each place, against central differences."""

import numpy as np

from cs231n.attention_layers import attention_forward
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.experiments.word_gradients import word_gradients
from cs231n.rnn_layers import temporal_affine_forward, word_embedding_forward

WORDS = {'<NULL>': 0, '<START>': 1, '<END>': 2, 'cat': 3, 'dog': 4}


def score(model, features, captions, n, t):
    """The score of word t of caption n."""
    p = model.params
    A, _ = temporal_affine_forward(features, p['W_proj'], p['b_proj'])
    fed = np.column_stack([np.full(len(captions), model._start), captions[:, :-1]])
    h = attention_forward(word_embedding_forward(fed, p['W_embed'])[0], A, p['Wx'], p['Wh'], p['Wattn'], p['b'])[0]
    return (h[n, t] @ p['W_vocab'] + p['b_vocab'])[captions[n, t]]


def test_the_gradient_is_that_of_the_words_own_score():
    rng = np.random.RandomState(0)
    model = CaptioningRNN(WORDS, 3, 5, 7, 'attention', np.float64, rng=rng)
    model.params = {name: rng.standard_normal(w.shape) for name, w in model.params.items()}
    features, captions = rng.standard_normal((2, 4, 3)), np.array([[3, 4, 2], [4, 2, 0]])
    found = word_gradients(model, features, captions)
    assert found.shape == (2, 3, 4) and (found[1, 2] == 0).all()
    for n, t in ((0, 0), (0, 2), (1, 1)):
        expected = np.zeros((4, 3))
        for place in np.ndindex(4, 3):
            up, down = features.copy(), features.copy()
            up[(n, *place)] += 1e-5
            down[(n, *place)] -= 1e-5
            expected[place] = (score(model, up, captions, n, t) - score(model, down, captions, n, t)) / 2e-5
        np.testing.assert_allclose(found[n, t], np.linalg.norm(expected, axis=1), rtol=1e-5)
