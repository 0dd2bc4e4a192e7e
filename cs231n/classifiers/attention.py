"""The captioning model that looks before each word: `CaptioningRNN` with cell_type='attention'.

Its features are a vector at each of P places, (N, P, D). Projected to H numbers at each place they are the map A that
the words are looked up in; its mean is the first state.
"""

import numpy as np

from cs231n.attention_layers import (
    attention_backward,
    attention_forward,
    attention_step_forward,
    dot_product_attention_forward,
)
from cs231n.layers import affine_forward
from cs231n.rnn_layers import (
    temporal_affine_backward,
    temporal_affine_forward,
    temporal_softmax_loss,
    word_embedding_backward,
    word_embedding_forward,
)


def attention_loss(model, features, captions_in, captions_out):
    """Compute the loss of the next words and all gradients; see `CaptioningRNN.loss`.

    A = features W_proj + b_proj at each place, h_1 … h_T from `attention_forward`, scores_t = h_t W_vocab + b_vocab.

    model: with params and _null; features: (N, P, D); captions_in, captions_out: (N, T) integers, read and to be
    answered; an answer of <NULL> does not count. Returns the loss, summed over time and averaged over the minibatch,
    and a dict of gradients with the keys of params.
    """
    p, grads = model.params, {}
    # BEGIN SOLUTION: as in CaptioningRNN.loss, with a map A in place of the first state
    A, proj_cache = temporal_affine_forward(features, p['W_proj'], p['b_proj'])  # (N, P, H): places for time steps
    x, embed_cache = word_embedding_forward(captions_in, p['W_embed'])  # (N, T, W)
    h, _, cell_cache = attention_forward(x, A, p['Wx'], p['Wh'], p['Wattn'], p['b'])  # (N, T, H)
    scores, vocab_cache = temporal_affine_forward(h, p['W_vocab'], p['b_vocab'])  # (N, T, V)
    loss, dscores = temporal_softmax_loss(scores, captions_out, captions_out != model._null)

    dh, grads['W_vocab'], grads['b_vocab'] = temporal_affine_backward(dscores, vocab_cache)
    dx, dA, grads['Wx'], grads['Wh'], grads['Wattn'], grads['b'] = attention_backward(dh, cell_cache)
    grads['W_embed'] = word_embedding_backward(dx, embed_cache)
    _, grads['W_proj'], grads['b_proj'] = temporal_affine_backward(dA, proj_cache)
    # END SOLUTION
    return loss, grads


def attention_captions(model, features, max_length):
    """Write captions word by word, and remember where each word was looked up; see `CaptioningRNN.sample`.

    model: with params, _null, _start and _end; features: (N, P, D).
    Returns captions, int32 (N, max_length), no <START> and <NULL> after <END>; and maps (N, max_length, P), the weights
    of the look before each word, 0 after <END>.
    """
    N, P, _ = features.shape
    captions = np.full((N, max_length), model._null, np.int32)
    maps = np.zeros((N, max_length, P), features.dtype)
    # BEGIN SOLUTION: the loop of CaptioningRNN.sample, with a look before each step: fill captions and maps
    p = model.params
    A, _ = temporal_affine_forward(features, p['W_proj'], p['b_proj'])  # (N, P, H)
    h = A.mean(axis=1)
    c = np.zeros_like(h)
    word, done = np.full(N, model._start), np.zeros(N, bool)
    for t in range(max_length):
        x, _ = word_embedding_forward(word, p['W_embed'])  # (N, W)
        attn, w, _ = dot_product_attention_forward(h, A)
        h, c, _ = attention_step_forward(x, h, c, attn, p['Wx'], p['Wh'], p['Wattn'], p['b'])
        scores, _ = affine_forward(h, p['W_vocab'], p['b_vocab'])  # (N, V)
        word = scores.argmax(axis=1)
        captions[~done, t], maps[~done, t] = word[~done], w[~done]
        done |= word == model._end
        if done.all():
            break
    # END SOLUTION
    return captions, maps
