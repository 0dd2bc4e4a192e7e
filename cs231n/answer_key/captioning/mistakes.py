"""Wrong answers for the captioning model."""

import numpy as np

from cs231n.answer_key.lstm.mistakes import lstm_backward, lstm_forward, lstm_step_forward
from cs231n.answer_key.recurrence import pick
from cs231n.answer_key.rnn.mistakes import (
    rnn_backward,
    rnn_forward,
    rnn_step_forward,
    temporal_softmax_loss,
    word_embedding_backward,
)

NULL, START, END = 0, 1, 2


def captioning_loss(mistake, params, features, captions):
    W_proj, b_proj, W_embed, Wx, Wh, b, W_vocab, b_vocab = params.values()
    lstm = Wx.shape[1] == 4 * len(Wh)
    forward, backward = (lstm_forward, lstm_backward) if lstm else (rnn_forward, rnn_backward)
    early, late = captions[:, :-1], captions[:, 1:]
    words, targets = pick(mistake, (early, late), not_shifted=(early, early), both_shifted=(late, late),
                          shifted_backwards=(late, early), not_shifted_but_mask=(early, early),
                          shifted_backwards_but_mask=(late, early))
    mask = pick(mistake, targets, mask_from_in=words, not_shifted_but_mask=late,
                shifted_backwards_but_mask=late) != NULL
    mask = pick(mistake, mask, mask_inverted=targets == NULL, mask_from_end=targets != END)
    h0 = _start_state(mistake, features, W_proj, b_proj)

    x = W_embed[words]  # (N, T, W)
    h, = forward(None, x, h0, Wx, Wh, b)
    scores = h @ W_vocab + (0 if mistake == 'no_b_vocab' else b_vocab)  # (N, T, V)
    loss, dscores = temporal_softmax_loss(mistake, scores, targets, mask)
    if mistake == 'divided_again':
        loss, dscores = loss / len(words), dscores / len(words)

    dx, dh0, dWx, dWh, db = backward(None, dscores @ W_vocab.T, x, h0, Wx, Wh, b)
    dW_vocab = np.einsum('nth,ntv->hv', h, dscores)
    dW_embed, = word_embedding_backward(None, dx, words, W_embed)
    dW_proj, db_proj = features.T @ dh0, dh0.sum(axis=0)
    if mistake in ('h0_grad_missing', 'features_ignored_and_no_grad'):
        dW_proj = db_proj = None
    if mistake == 'h0_grad_zero':
        dW_proj, db_proj = dW_proj * 0, db_proj * 0
    if mistake == 'embed_grad_missing':
        dW_embed = None
    return loss, dW_proj, db_proj, dW_embed, dWx, dWh, db, dW_vocab, dscores.sum(axis=(0, 1))


def _start_state(mistake, features, W_proj, b_proj):
    h0 = features @ W_proj + b_proj  # (N, H)
    return pick(mistake, h0, no_b_proj=h0 - b_proj, features_ignored=h0 * 0, features_ignored_and_no_grad=h0 * 0)


def captioning_sample(mistake, params, features, max_length):
    W_proj, b_proj, W_embed, Wx, Wh, b, W_vocab, b_vocab = params.values()
    N, lstm = len(features), Wx.shape[1] == 4 * len(Wh)
    first_h = h = _start_state(mistake, features, W_proj, b_proj)
    first_c = c = h if mistake == 'c0_is_h0' else h * 0
    word = np.full(N, NULL if mistake == 'null_starts' else START)
    if mistake in ('start_in_row_0', 'start_in_row_0_not_fed'):
        word[1:] = NULL
    captions, fed = np.zeros((N, max_length), dtype=int), word
    for t in range(max_length):
        h = first_h if mistake in ('h_not_carried', 'nothing_carried') else h
        c = first_c if mistake in ('c_not_carried', 'nothing_carried') else c
        before, x = h, W_embed[fed]
        if lstm:
            h, c = lstm_step_forward(None, x, h, c, Wx, Wh, b)
        else:
            h, = rnn_step_forward(None, x, h, Wx, Wh, b)
        h, c = (c, h) if mistake == 'h_and_c_swapped' else (h, c)
        state = before if mistake == 'scores_before_step' else h
        scores = state @ W_vocab + (0 if mistake == 'no_b_vocab' else b_vocab)
        captions[:, t] = word = scores.argmax(axis=1)
        fed = pick(mistake, word, word_not_fed=fed, start_in_row_0_not_fed=fed, null_fed=word * 0 + NULL,
                   row_0_fed=word[[0] * N])
        if mistake == 'stops_with_first_row' and (word == END).any():
            break
    if mistake == 'start_kept':
        captions = np.concatenate([np.full((N, 1), START), captions], axis=1)
    if mistake == 'start_returned':
        captions = np.concatenate([np.full((N, 1), START), captions[:, :-1]], axis=1)
    return (captions,)
