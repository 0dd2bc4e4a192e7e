"""Where the score of a word is sensitive: the gradient of each word of a caption to each place of the picture."""

import numpy as np

from cs231n.attention_layers import attention_backward, attention_forward
from cs231n.rnn_layers import word_embedding_forward


def word_gradients(model, features, captions):
    """Return how strongly the score of each word depends on each place, |d score / d features| as a norm over D.

    model: a CaptioningRNN with attention; features: (N, P, D); captions: (N, T) as `sample` returns them, which are
    fed as in training. Returns (N, T, P), 0 where the word is <NULL>. Saliency: Simonyan et al., arXiv:1312.6034.
    """
    p, (N, T) = model.params, captions.shape
    A = features @ p['W_proj'] + p['b_proj']  # (N, P, H)
    fed = np.column_stack([np.full(N, model._start), captions[:, :-1]])
    x, _ = word_embedding_forward(fed, p['W_embed'])  # (N, T, W)
    found = np.zeros((N, T, A.shape[1]), A.dtype)
    for t in range(T):  # the steps after t have no part in its score
        h, _, cache = attention_forward(x[:, :t + 1], A, p['Wx'], p['Wh'], p['Wattn'], p['b'])
        dh = np.zeros_like(h)
        dh[:, t] = p['W_vocab'].T[captions[:, t]]
        dA = attention_backward(dh, cache)[1]
        found[:, t] = np.linalg.norm(dA @ p['W_proj'].T, axis=2)
    return found * (captions != model._null)[:, :, None]
