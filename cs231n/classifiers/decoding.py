"""Other ways than the greedy one to write captions with a `CaptioningRNN`: by chance, and by beam search.

Captions here are as `CaptioningRNN.sample` returns them: no <START>, and <NULL> after <END>.
"""

import numpy as np

from cs231n._shared.arguments import check_indices, check_shape
from cs231n.layers import affine_forward
from cs231n.rnn_layers import lstm_step_forward, rnn_step_forward, word_embedding_forward


def next_scores(model, words, h, c):
    """Feed one word to each row's network and score every word that may follow.

    words: (N,) integers; h, c: (N, H), of which a vanilla RNN passes c through untouched.
    Returns scores (N, V) and the next h, c. It is one round of the loop in `CaptioningRNN.sample`.
    """
    # BEGIN SOLUTION: one round of the loop in CaptioningRNN.sample, for both cell types
    p = model.params
    x, _ = word_embedding_forward(words, p['W_embed'])  # (N, W)
    if model.cell_type == 'rnn':
        h, _ = rnn_step_forward(x, h, p['Wx'], p['Wh'], p['b'])
    else:
        h, c, _ = lstm_step_forward(x, h, c, p['Wx'], p['Wh'], p['b'])
    scores, _ = affine_forward(h, p['W_vocab'], p['b_vocab'])
    # END SOLUTION
    return scores, h, c


def _first_state(model, features):
    """Return the state that the picture sets: h (N, H) and the cell state c = 0."""
    h, _ = affine_forward(features, model.params['W_proj'], model.params['b_proj'])
    return h, np.zeros_like(h)


def _log_softmax(scores):
    """Return log softmax in float64: sums over a caption must not lose what tells two words apart."""
    shifted = scores.astype(np.float64)
    shifted -= shifted.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def random_captions(model, features, max_length, temperature, rng):
    """Draw each word from softmax(scores / temperature); see `CaptioningRNN.sample`.

    The largest after adding Gumbel noise is such a draw: Maddison et al., NeurIPS 2014, arXiv:1411.0030.
    """
    N = len(features)
    captions = np.full((N, max_length), model._null, np.int32)
    # BEGIN SOLUTION: fill captions as CaptioningRNN.sample does, by next_scores, but draw each word by rng
    h, c = _first_state(model, features)
    words, done = np.full(N, model._start), np.zeros(N, bool)
    for t in range(max_length):
        scores, h, c = next_scores(model, words, h, c)
        words = (scores.astype(np.float64) / temperature + rng.gumbel(size=scores.shape)).argmax(axis=1)
        captions[~done, t] = words[~done]
        done |= words == model._end
        if done.all():
            break
    # END SOLUTION
    return captions


def beam_search(model, features, max_length, beam_width, length_penalty):
    """Keep the beam_width most probable beginnings of each caption; see `CaptioningRNN.sample`.

    A beginning that reaches <END> leaves the beam; a beam of width 1 is then empty, and so the greedy choice.
    Returned, as int32 (N, max_length), is the caption of the highest log-probability / length^length_penalty
    among those that left and those that reached max_length.
    Graves, 2012, arXiv:1211.3711; Sutskever et al., NeurIPS 2014, arXiv:1409.3215.
    """
    N, K, V = len(features), beam_width, len(model.params['W_embed'])
    row = np.arange(N)[:, None]
    h, c = _first_state(model, features.repeat(K, axis=0))  # (N * K, H)
    words = np.full((N, K), model._start)
    beam = np.full((N, K, max_length), model._null, np.int32)
    log_p = np.full((N, K), -np.inf)
    log_p[:, 0] = 0  # all K are alike at first: only one of them may be extended
    best, best_score = np.full((N, max_length), model._null, np.int32), np.full(N, -np.inf)
    for t in range(max_length):
        scores, h, c = next_scores(model, words.reshape(N * K), h, c)
        total = (log_p[:, :, None] + _log_softmax(scores).reshape(N, K, V)).reshape(N, K * V)
        top = np.argsort(-total, axis=1, kind='stable')[:, :K]  # stable: of equals the first, as argmax does
        log_p = np.take_along_axis(total, top, axis=1)  # (N, K)
        parent, words = np.divmod(top, V)  # (N, K)
        beam = beam[row, parent]
        beam[:, :, t] = words
        kept = (row * K + parent).reshape(N * K)
        h, c = h[kept], c[kept]

        leaves = (words == model._end) | (t == max_length - 1)
        score = np.where(leaves, log_p / (t + 1)**length_penalty, -np.inf)
        k = score.argmax(axis=1)
        better = score[row[:, 0], k] > best_score
        best[better], best_score[better] = beam[better, k[better]], score[better, k[better]]
        log_p[leaves] = -np.inf
        if (log_p.max(axis=1) / max_length**length_penalty <= best_score).all():
            break  # longer captions are less probable: no beginning can become the best any more
    return best


def caption_score(model, features, captions, length_penalty):
    """Return log p(caption | picture) / length^length_penalty; see `CaptioningRNN.caption_score`."""
    captions = check_indices('CaptioningRNN.caption_score: captions', captions, len(model.params['W_embed']))
    check_shape('CaptioningRNN.caption_score: captions', 'N, T', captions, len(features), None)
    N, T = captions.shape
    if T == 0:
        raise ValueError(f'CaptioningRNN.caption_score: captions must hold T ≥ 1 words, got {captions.shape}')
    h, c = _first_state(model, features)
    words, alive = np.full(N, model._start), np.ones(N, bool)
    log_p, length = np.zeros(N), np.zeros(N)
    for t in range(T):
        scores, h, c = next_scores(model, words, h, c)
        words = captions[:, t]
        log_p += alive * _log_softmax(scores)[np.arange(N), words]
        length += alive
        alive &= words != model._end
    return log_p / length**length_penalty
