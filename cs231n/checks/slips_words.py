"""Wrong answers for word vectors, the loss over words, and the captioning model; see slips.py."""

import numpy as np

from .slips_lstm import lstm_backward, lstm_forward, lstm_step_forward
from .slips_rnn import pick, rnn_backward, rnn_forward, rnn_step_forward

NULL, START, END = 0, 1, 2


def word_embedding_forward(slip, x, W):
    return (W[x - 1] if slip == 'off_by_one' else W[x],)


def word_embedding_backward(slip, dout, x, W):
    dW = np.zeros_like(W)
    if slip == 'repeats_once':
        dW[x] += dout
    else:
        np.add.at(dW, x, 1 if slip == 'counts' else dout)
    if slip == 'repeats_averaged':
        dW /= np.maximum(np.bincount(x.ravel(), minlength=len(W)), 1)[:, None]
    return (dW,)


def temporal_softmax_loss(slip, x, y, mask):
    N, T, _ = x.shape
    x = x * mask[:, :, None] if slip == 'mask_on_scores' else x
    p = np.exp(x) / np.exp(x).sum(axis=2, keepdims=True)  # (N, T, V)
    hit = np.zeros_like(p)
    np.put_along_axis(hit, y[:, :, None], 1, axis=2)
    keep_loss, keep_dx = pick(slip, (mask, mask), mask_left_out=(mask | True, mask | True),
                              mask_on_scores=(mask | True, mask | True), mask_only_in_dx=(mask | True, mask),
                              mask_only_in_loss=(mask, mask | True))
    count = pick(slip, N, averaged_over_T=N * T, averaged_over_words=mask.sum(), not_averaged=1)
    loss = -(np.log((p * hit).sum(axis=2)) * keep_loss).sum() / count
    dx = pick(slip, p - hit, only_softmax_in_dx=p, sign_of_dx=hit - p) * keep_dx[:, :, None] / count
    return (-loss if slip == 'sign_of_loss' else loss), (dx * N if slip == 'dx_not_averaged' else dx)


def captioning_loss(slip, params, features, captions):
    W_proj, b_proj, W_embed, Wx, Wh, b, W_vocab, b_vocab = params.values()
    lstm = Wx.shape[1] == 4 * len(Wh)
    forward, backward = (lstm_forward, lstm_backward) if lstm else (rnn_forward, rnn_backward)
    early, late = captions[:, :-1], captions[:, 1:]
    words, targets = pick(slip, (early, late), not_shifted=(early, early), both_shifted=(late, late),
                          shifted_backwards=(late, early), not_shifted_but_mask=(early, early),
                          shifted_backwards_but_mask=(late, early))
    mask = pick(slip, targets, mask_from_in=words, not_shifted_but_mask=late, shifted_backwards_but_mask=late) != NULL
    h0 = _start_state(slip, features, W_proj, b_proj)

    x = W_embed[words]  # (N, T, W)
    h, = forward(None, x, h0, Wx, Wh, b)
    scores = h @ W_vocab + (0 if slip == 'no_b_vocab' else b_vocab)  # (N, T, V)
    softmax_slip = slip if slip in ('mask_left_out', 'averaged_over_T') else None
    loss, dscores = temporal_softmax_loss(softmax_slip, scores, targets, mask)
    if slip == 'divided_again':
        loss, dscores = loss / len(words), dscores / len(words)

    dx, dh0, dWx, dWh, db = backward(None, dscores @ W_vocab.T, x, h0, Wx, Wh, b)
    dW_vocab = np.einsum('nth,ntv->hv', h, dscores)
    dW_embed, = word_embedding_backward(None, dx, words, W_embed)
    dW_proj, db_proj = features.T @ dh0, dh0.sum(axis=0)
    if slip in ('h0_grad_missing', 'features_ignored_and_no_grad'):
        dW_proj = db_proj = None
    if slip == 'h0_grad_zero':
        dW_proj, db_proj = dW_proj * 0, db_proj * 0
    if slip == 'embed_grad_missing':
        dW_embed = None
    return loss, dW_proj, db_proj, dW_embed, dWx, dWh, db, dW_vocab, dscores.sum(axis=(0, 1))


def _start_state(slip, features, W_proj, b_proj):
    h0 = features @ W_proj + b_proj  # (N, H)
    return pick(slip, h0, no_b_proj=h0 - b_proj, features_ignored=h0 * 0, features_ignored_and_no_grad=h0 * 0)


def captioning_sample(slip, params, features, max_length):
    W_proj, b_proj, W_embed, Wx, Wh, b, W_vocab, b_vocab = params.values()
    N, lstm = len(features), Wx.shape[1] == 4 * len(Wh)
    first_h = h = _start_state(slip, features, W_proj, b_proj)
    first_c = c = h if slip == 'c0_is_h0' else h * 0
    word = np.full(N, NULL if slip == 'null_starts' else START)
    captions, fed = np.zeros((N, max_length), dtype=int), word
    for t in range(max_length):
        h = first_h if slip in ('h_not_carried', 'nothing_carried') else h
        c = first_c if slip in ('c_not_carried', 'nothing_carried') else c
        before, x = h, W_embed[fed]
        if lstm:
            h, c = lstm_step_forward(None, x, h, c, Wx, Wh, b)
        else:
            h, = rnn_step_forward(None, x, h, Wx, Wh, b)
        state = before if slip == 'scores_before_step' else h
        scores = state @ W_vocab + (0 if slip == 'no_b_vocab' else b_vocab)
        captions[:, t] = word = scores.argmax(axis=1)
        fed = pick(slip, word, word_not_fed=fed, row_0_fed=word[[0] * N])
        if slip == 'stops_with_first_row' and (word == END).any():
            break
    if slip == 'start_returned':
        captions = np.concatenate([np.full((N, 1), START), captions[:, :-1]], axis=1)
    return (captions,)
