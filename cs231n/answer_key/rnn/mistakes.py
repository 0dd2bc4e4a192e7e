"""Wrong answers for the vanilla RNN, word vectors and the loss over words."""

import numpy as np

from cs231n.answer_key.recurrence import back_through_time, pick, through_time


def rnn_step_forward(mistake, x, prev_h, Wx, Wh, b):
    a = pick(mistake, x @ Wx + prev_h @ Wh + b,
             no_bias=x @ Wx + prev_h @ Wh,
             bias_twice=x @ Wx + prev_h @ Wh + 2 * b,
             h_left_out=x @ Wx + b,
             x_left_out=prev_h @ Wh + b,
             Wh_transposed=x @ Wx + prev_h @ Wh.T + b)  # (N, H)
    return (pick(mistake, np.tanh(a), no_tanh=a, sigmoid=1 / (1 + np.exp(-a)), relu=np.maximum(a, 0)),)


def rnn_step_backward(mistake, dnext_h, x, prev_h, Wx, Wh, b):
    N = len(x)
    h, = rnn_step_forward(None, x, prev_h, Wx, Wh, b)
    slope = pick(mistake, 1 - h ** 2,
                 no_tanh_prime=1,
                 tanh_prime_of_prev_h=1 - prev_h ** 2,
                 tanh_prime_of_a=1 - rnn_step_forward('no_tanh', x, prev_h, Wx, Wh, b)[0] ** 2,
                 tanh_prime_of_tanh=1 - np.tanh(h) ** 2,
                 plus_square=1 + h ** 2,
                 no_square=1 - h)
    da = slope * dnext_h  # (N, H)
    before = pick(mistake, prev_h, dWh_from_next_h=h)
    share = 1 / N if mistake == 'weights_averaged' else 1
    dprev_h = pick(mistake, da @ Wh.T, Wh_transposed=da @ Wh)
    db = pick(mistake, da.sum(axis=0), db_averaged=da.mean(axis=0), db_over_units=da.sum(axis=1), db_not_summed=da,
              db_from_dnext_h=dnext_h.sum(axis=0), db_one_number=da.sum())
    dWx, dWh = x.T @ da * share, before.T @ da * share
    return (da @ Wx.T, dprev_h, dWx.T if mistake == 'dWx_transposed' else dWx,
            dWh.T if mistake == 'dWh_transposed' else dWh, db * share)


def rnn_forward(mistake, x, h0, Wx, Wh, b):
    return through_time(mistake, x, h0, lambda x_t, h, c: (*rnn_step_forward(None, x_t, h, Wx, Wh, b), c))


def rnn_backward(mistake, dh, x, h0, Wx, Wh, b):
    h, = rnn_forward(None, x, h0, Wx, Wh, b)
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)  # (N, T, H)

    def step(t, dnext_h, dnext_c):
        dx, dprev_h, *weights = rnn_step_backward(None, dnext_h, x[:, t], before[:, t], Wx, Wh, b)
        return dx, dprev_h, dnext_c, *weights

    return back_through_time(mistake, dh, x, (Wx, Wh, b), step)


def word_embedding_forward(mistake, x, W):
    return (W[x - 1] if mistake == 'off_by_one' else W[x],)


def word_embedding_backward(mistake, dout, x, W):
    dW = np.zeros_like(W)
    if mistake == 'repeats_once':
        dW[x] += dout
    else:
        np.add.at(dW, x, 1 if mistake == 'counts' else dout)
    if mistake == 'repeats_averaged':
        dW /= np.maximum(np.bincount(x.ravel(), minlength=len(W)), 1)[:, None]
    return (dW,)


def temporal_softmax_loss(mistake, x, y, mask):
    N, T, _ = x.shape
    x = x * mask[:, :, None] if mistake == 'mask_on_scores' else x
    p = np.exp(x) / np.exp(x).sum(axis=2, keepdims=True)  # (N, T, V)
    hit = np.zeros_like(p)
    np.put_along_axis(hit, y[:, :, None], 1, axis=2)
    keep_loss, keep_dx = pick(mistake, (mask, mask), mask_left_out=(mask | True, mask | True),
                              mask_on_scores=(mask | True, mask | True), mask_only_in_dx=(mask | True, mask),
                              mask_only_in_loss=(mask, mask | True))
    count = pick(mistake, N, averaged_over_T=N * T, averaged_over_words=mask.sum(), not_averaged=1)
    loss = -(np.log((p * hit).sum(axis=2)) * keep_loss).sum() / count
    dx = pick(mistake, p - hit, only_softmax_in_dx=p, sign_of_dx=hit - p) * keep_dx[:, :, None] / count
    return (-loss if mistake == 'sign_of_loss' else loss), (dx * N if mistake == 'dx_not_averaged' else dx)
