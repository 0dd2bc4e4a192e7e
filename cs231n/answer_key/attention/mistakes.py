"""Wrong answers for attention."""

import numpy as np

from cs231n.answer_key.lstm.mistakes import lstm_step_backward, lstm_step_forward
from cs231n.answer_key.recurrence import pick
from cs231n.answer_key.rnn.mistakes import temporal_softmax_loss, word_embedding_backward

NULL, START, END = 0, 1, 2


def _softmax(scores, axis=1):
    p = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return p / p.sum(axis=axis, keepdims=True)


def dot_product_attention_forward(mistake, prev_h, A):
    P, H = A.shape[1:]
    products = np.einsum('nh,nph->np', prev_h, A)
    scores = products / H**0.5
    hard = np.eye(P)[scores.argmax(axis=1)]
    w = pick(mistake, _softmax(scores),
             no_scale=_softmax(products),
             scaled_by_H=_softmax(products / H),
             scaled_by_P=_softmax(products / P**0.5),
             multiplied=_softmax(products * H**0.5),
             over_examples=_softmax(scores, axis=0),
             over_all=np.exp(scores) / np.exp(scores).sum(),
             no_softmax=scores,
             no_exp=scores / scores.sum(axis=1, keepdims=True),
             not_normalised=np.exp(scores),
             hard=hard)
    attn = np.einsum('np,nph->nh', w, A)
    return pick(mistake, attn, unweighted=A.mean(axis=1), averaged=attn / P, h_added=attn + prev_h), w


def dot_product_attention_backward(mistake, dattn, prev_h, A):
    H = A.shape[2]
    _, w = dot_product_attention_forward(None, prev_h, A)
    dw = np.einsum('nh,nph->np', dattn, A)
    centre = (w * dw).sum(axis=1, keepdims=True)
    ds = pick(mistake, w * (dw - centre),
              softmax_dropped=dw * 0,
              softmax_skipped=dw,
              softmax_diagonal=w * (1 - w) * dw,
              no_centre=w * dw,
              centre_unweighted=w * (dw - dw.sum(axis=1, keepdims=True)),
              centre_averaged=w * (dw - dw.mean(axis=1, keepdims=True)))
    ds = ds / pick(mistake, H**0.5, no_scale=1, scaled_by_H=H)
    values, keys = w[:, :, None] * dattn[:, None], ds[:, :, None] * prev_h[:, None]  # (N, P, H)
    dA = pick(mistake, values + keys, values_only=values, keys_only=keys)
    return np.einsum('np,nph->nh', ds, A), dA


def attention_step_forward(mistake, x, prev_h, prev_c, attn, Wx, Wh, Wattn, b):
    by_h, by_attn = pick(mistake, (prev_h @ Wh, attn @ Wattn),
                         attn_left_out=(prev_h @ Wh, 0),
                         h_left_out=(0, attn @ Wattn),
                         attn_by_Wh=(prev_h @ Wh, attn @ Wh),
                         weights_swapped=(prev_h @ Wattn, attn @ Wh))
    b = pick(mistake, b, no_bias=b * 0)
    x = pick(mistake, x, x_left_out=x * 0)
    a = by_h + by_attn + x @ Wx + b  # (N, 4H)
    h, c = lstm_step_forward(None, a, prev_h, prev_c, np.eye(len(b)), Wh * 0, b * 0)  # the sums are known
    return pick(mistake, (h, c), attn_added_to_h=(h + attn, c), outputs_swapped=(c, h))


def attention_step_backward(mistake, dnext_h, dnext_c, x, prev_h, prev_c, attn, Wx, Wh, Wattn, b):
    N, D = x.shape
    dnext_c = pick(mistake, dnext_c, no_dnext_c=dnext_c * 0)
    dnext_h = pick(mistake, dnext_h, no_dnext_h=dnext_h * 0)
    both, weights = np.concatenate([x, attn], axis=1), np.concatenate([Wx, Wattn])
    dboth, dprev_h, dprev_c, dW, dWh, db = lstm_step_backward(
        None, dnext_h, dnext_c, both, prev_h, prev_c, weights, Wh, b)
    dattn, dWattn = dboth[:, D:], dW[D:]
    dattn, dprev_h = pick(mistake, (dattn, dprev_h),
                          dattn_zero=(dattn * 0, dprev_h),
                          dattn_by_Wh=(dprev_h, dprev_h),
                          swapped=(dprev_h, dattn),
                          dattn_in_dprev_h=(dattn, dprev_h + dattn))
    dWh, dWattn = pick(mistake, (dWh, dWattn), dWattn_from_h=(dWh, dWh), weights_swapped=(dWattn, dWh))
    share = 1 / N if mistake == 'weights_averaged' else 1
    db = pick(mistake, db, db_averaged=db / N)
    return dboth[:, :D], dprev_h, dprev_c, dattn, dW[:D] * share, dWh * share, dWattn * share, db * share


def _first_state(mistake, A):
    h0 = A.mean(axis=1)
    return pick(mistake, h0, h0_zero=h0 * 0, h0_sum=A.sum(axis=1), h0_is_a_place=A[:, 0])


def _asked_by(mistake, h, before, first_h):
    """Return the state that the look of a step is asked by."""
    return pick(mistake, h, looks_once=first_h, look_late=before)


def attention_forward(mistake, x, A, Wx, Wh, Wattn, b):
    N, T, _ = x.shape
    before = h = first_h = _first_state(mistake, A)
    c = h if mistake == 'c0_is_h0' else h * 0
    states, maps = np.zeros((N, T, A.shape[2])), np.zeros((N, T, A.shape[1]))
    for t in reversed(range(T)) if mistake == 'time_backwards' else range(T):
        attn, w = dot_product_attention_forward(None, _asked_by(mistake, h, before, first_h), A)
        attn = pick(mistake, attn, unweighted=A.mean(axis=1))
        before, enter = h, first_h if mistake in ('h_not_carried', 'nothing_carried') else h
        c = c * 0 if mistake in ('c_not_carried', 'nothing_carried') else c
        h, c = attention_step_forward(None, x[:, t], enter, c, attn, Wx, Wh, Wattn, b)
        states[:, t] = pick(mistake, h, starts_with_h0=before)
        maps[:, t] = pick(mistake, w, maps_late=dot_product_attention_forward(None, h, A)[1])
    return pick(mistake, (states, maps), time_first=(states.swapaxes(0, 1), maps.swapaxes(0, 1)))


def attention_backward(mistake, dh, x, A, Wx, Wh, Wattn, b):
    (N, T, _), (_, P, H) = x.shape, A.shape
    h, c = np.zeros((2, N, T + 1, H))
    h[:, 0] = A.mean(axis=1)
    looked = np.zeros((N, T, H))
    for t in range(T):
        looked[:, t], _ = dot_product_attention_forward(None, h[:, t], A)
        h[:, t + 1], c[:, t + 1] = attention_step_forward(
            None, x[:, t], h[:, t], c[:, t], looked[:, t], Wx, Wh, Wattn, b)
    dx, dA, sums = np.zeros_like(x), np.zeros_like(A), [np.zeros_like(w) for w in (Wx, Wh, Wattn, b)]
    dprev_h, dprev_c = np.zeros((2, N, H))
    for t in range(T) if mistake == 'time_forwards' else reversed(range(T)):
        dnext_h = pick(mistake, dh[:, t] + dprev_h, dh_not_carried=dh[:, t],
                       only_last_dh=dh[:, t] if t == T - 1 else dprev_h)
        dnext_c = pick(mistake, dprev_c, dc_not_carried=dprev_c * 0)
        dx[:, t], dprev_h, dprev_c, dattn, *grads = attention_step_backward(
            None, dnext_h, dnext_c, x[:, t], h[:, t], c[:, t], looked[:, t], Wx, Wh, Wattn, b)
        by_look = {'look_dropped': None, 'values_only': 'values_only'}.get(mistake)
        asked, dA_t = dot_product_attention_backward(by_look, dattn, h[:, t], A)
        dprev_h = dprev_h + pick(mistake, asked, look_not_carried=asked * 0, look_dropped=asked * 0)
        dA = pick(mistake, dA + dA_t, dA_overwritten=dA_t, look_dropped=dA)
        sums = [grad if mistake == 'weights_overwritten' else total + grad for total, grad in zip(sums, grads)]
    dA = dA + pick(mistake, dprev_h[:, None] / P, h0_left_out=0, h0_sum=dprev_h[:, None])
    share = 1 / T if mistake == 'weights_averaged' else 1
    return pick(mistake, dx, dx_reversed=dx[:, ::-1]), dA, *(total * share for total in sums)


def attention_loss(mistake, params, features, captions_in, captions_out):
    W_proj, b_proj, W_embed, Wx, Wh, b, W_vocab, b_vocab, Wattn = params.values()
    words, targets = pick(mistake, (captions_in, captions_out), exchanged=(captions_out, captions_in))
    A = features @ W_proj + (0 if mistake == 'no_b_proj' else b_proj)  # (N, P, H)
    x, cell = W_embed[words], (Wx, Wh, Wattn, b)
    h, _ = attention_forward(None, x, A, *cell)
    scores = h @ W_vocab + (0 if mistake == 'no_b_vocab' else b_vocab)
    mask = pick(mistake, targets, mask_from_in=words) != NULL
    masking = 'mask_left_out' if mistake == 'mask_left_out' else None
    loss, dscores = temporal_softmax_loss(masking, scores, targets, mask)
    if mistake == 'divided_again':
        loss, dscores = loss / len(words), dscores / len(words)

    dx, dA, dWx, dWh, dWattn, db = attention_backward(None, dscores @ W_vocab.T, x, A, *cell)
    dW_proj, db_proj = np.einsum('npd,nph->dh', features, dA), dA.sum(axis=(0, 1))
    dW_proj, db_proj = pick(mistake, (dW_proj, db_proj), proj_grad_missing=(None, None),
                            proj_grad_by_mean=(features.mean(axis=1).T @ dA.sum(axis=1), db_proj))
    dWattn = pick(mistake, dWattn, Wattn_grad_missing=None)
    dW_embed, = word_embedding_backward(None, dx, words, W_embed)
    dW_embed = pick(mistake, dW_embed, embed_grad_missing=None)
    dW_vocab = np.einsum('nth,ntv->hv', h, dscores)
    return loss, dW_proj, db_proj, dW_embed, dWx, dWh, db, dW_vocab, dscores.sum(axis=(0, 1)), dWattn


def attention_captions(mistake, params, features, max_length):
    W_proj, b_proj, W_embed, Wx, Wh, b, W_vocab, b_vocab, Wattn = params.values()
    N, P = features.shape[:2]
    A = features @ W_proj + (0 if mistake == 'no_b_proj' else b_proj)
    before = h = first_h = _first_state(mistake, A)
    c = h if mistake == 'c0_is_h0' else h * 0
    word = np.full(N, NULL if mistake == 'null_starts' else START)
    captions, looked, fed = np.zeros((N, max_length), int), np.zeros((N, max_length, P)), word
    for t in range(max_length):
        attn, w = dot_product_attention_forward(None, _asked_by(mistake, h, before, first_h), A)
        attn = pick(mistake, attn, unweighted=A.mean(axis=1))
        before, enter = h, first_h if mistake in ('h_not_carried', 'nothing_carried') else h
        c = c * 0 if mistake in ('c_not_carried', 'nothing_carried') else c
        h, c = attention_step_forward(None, W_embed[fed], enter, c, attn, Wx, Wh, Wattn, b)
        state = before if mistake == 'scores_before_step' else h
        scores = state @ W_vocab + (0 if mistake == 'no_b_vocab' else b_vocab)
        captions[:, t] = word = scores.argmax(axis=1)
        looked[:, t] = pick(mistake, w, maps_late=dot_product_attention_forward(None, h, A)[1], maps_left_out=w * 0)
        fed = pick(mistake, word, word_not_fed=fed)
        if mistake == 'stops_with_first_row' and (word == END).any():
            break
    if mistake == 'start_returned':
        captions = np.concatenate([np.full((N, 1), START), captions[:, :-1]], axis=1)
    return captions, looked
