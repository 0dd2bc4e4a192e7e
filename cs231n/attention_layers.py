"""NumPy layers of attention: a look at the places of a feature map, and an LSTM that looks before each word.

N is the minibatch, T the time steps, D the word vector, H the hidden state, and P the places of a feature map: its rows
laid one after another, as a sentence lays its words. So the map is A (N, P, H), a vector of H numbers at each place.
"""

import numpy as np

from cs231n._shared.arguments import check_shape, contract, sum_rows
from cs231n.rnn_layers import lstm_step_backward, lstm_step_forward, sigmoid

__all__ = ['attention_backward', 'attention_forward', 'attention_step_backward', 'attention_step_forward',
           'dot_product_attention_backward', 'dot_product_attention_forward']


@contract(prev_h='N H', A='N P+ H')
def dot_product_attention_forward(prev_h, A):
    """Look up in a feature map what the state asks for: a mean of all places, weighted by how well each fits.

    s_p = prev_h · A_p / √H, w = softmax(s) over the P places, attn = Σ_p w_p A_p. A score is a sum of H products, which
    grows with √H; divided by it, the softmax begins soft however wide the state is.

    prev_h: (N, H), the query; A: (N, P, H), P ≥ 1, keys and values at once.
    Returns attn (N, H), the weights w (N, P), each row of which sums to 1, and the cache for
    `dot_product_attention_backward`. ValueError if the shapes do not fit together.
    Luong et al., EMNLP 2015, arXiv:1508.04025; the scale: Vaswani et al., NeurIPS 2017, arXiv:1706.03762.
    """
    # BEGIN SOLUTION: scores, softmax over the places, weighted mean: attn, w, and your cache
    H = prev_h.shape[1]
    scores = (A @ prev_h[:, :, None])[:, :, 0] / H**0.5  # (N, P)
    w = np.exp(scores - scores.max(axis=1, keepdims=True))
    w /= w.sum(axis=1, keepdims=True)
    attn = (w[:, None] @ A)[:, 0]  # (N, H)
    cache = prev_h, A, w
    # END SOLUTION
    return attn, w, cache


@contract(dattn='N H')
def dot_product_attention_backward(dattn, cache):
    """Backpropagate through `dot_product_attention_forward`, from attn alone: nobody's loss asks for the weights.

    dattn: (N, H). Returns dprev_h (N, H) and dA (N, P, H). ValueError if dattn has another shape than attn.
    """
    # BEGIN SOLUTION: unpack your cache; A is used twice, so its gradient is a sum of two
    prev_h, A, w = cache
    N, H = prev_h.shape
    check_shape('dot_product_attention_backward: dattn', 'N, H', dattn, N, H)
    ds = _scores_backward(dattn, A, w)  # (N, P)
    dprev_h = (ds[:, None] @ A)[:, 0]
    dA = w[:, :, None] * dattn[:, None] + ds[:, :, None] * prev_h[:, None]  # (N, P, H)
    # END SOLUTION
    return dprev_h, dA


# BEGIN SOLUTION
def _scores_backward(dattn, A, w):
    """Return the gradient of the products prev_h · A_p (N, P): back through the mean, the softmax and the scale."""
    dw = (A @ dattn[:, :, None])[:, :, 0]
    return w * (dw - (w * dw).sum(axis=1, keepdims=True)) / A.shape[2]**0.5
# END SOLUTION


@contract(x='N D', prev_h='N H', prev_c='N H or 0', attn='N H', Wx='D 4H', Wh='H 4H', Wattn='H 4H', b='4H')
def attention_step_forward(x, prev_h, prev_c, attn, Wx, Wh, Wattn, b):
    """Run one time step of an LSTM that is also given what it looked up: a = x Wx + prev_h Wh + attn Wattn + b.

    Gates, cell and state follow from a as in `lstm_step_forward`.

    x: (N, D); prev_h, prev_c, attn: (N, H); Wx: (D, 4H); Wh, Wattn: (H, 4H); b: (4H,).
    Returns next_h (N, H), next_c (N, H) and the cache for `attention_step_backward`.
    ValueError if the shapes do not fit together. Xu et al., ICML 2015, arXiv:1502.03044.
    """
    # BEGIN SOLUTION: one time step: next_h, next_c, and your cache; lstm_step_forward can do most of it
    inputs, weights = np.hstack((x, attn)), np.vstack((Wx, Wattn))  # (N, D + H), (D + H, 4H)
    next_h, next_c, lstm_cache = lstm_step_forward(inputs, prev_h, prev_c, weights, Wh, b)
    cache = x.shape, prev_h.shape, lstm_cache
    # END SOLUTION
    return next_h, next_c, cache


@contract(dnext_h='N H')
def attention_step_backward(dnext_h, dnext_c, cache):
    """Backpropagate through `attention_step_forward`.

    dnext_h, dnext_c: (N, H). Returns dx (N, D), dprev_h (N, H), dprev_c (N, H), dattn (N, H), dWx (D, 4H),
    dWh (H, 4H), dWattn (H, 4H), db (4H,). ValueError if a gradient has another shape than its state.
    """
    # BEGIN SOLUTION: unpack your cache; from both states back to all eight gradients
    (_, D), (N, H), lstm_cache = cache
    check_shape('attention_step_backward: dnext_h', 'N, H', dnext_h, N, H)
    if np.ndim(dnext_c):  # a plain 0 may stand for the last cell gradient
        check_shape('attention_step_backward: dnext_c', 'N, H', dnext_c, N, H)
    dinputs, dprev_h, dprev_c, dweights, dWh, db = lstm_step_backward(dnext_h, dnext_c, lstm_cache)
    dx, dattn = dinputs[:, :D], dinputs[:, D:]
    dWx, dWattn = dweights[:D], dweights[D:]
    # END SOLUTION
    return dx, dprev_h, dprev_c, dattn, dWx, dWh, dWattn, db


@contract(x='N T D', A='N P+ H', Wx='D 4H', Wh='H 4H', Wattn='H 4H', b='4H')
def attention_forward(x, A, Wx, Wh, Wattn, b):
    """Run an LSTM that looks at a feature map before each step, with the state of the step before.

    The first state is the mean of the map, h_0 = 1/P Σ_p A_p, the first cell 0. Then for t = 1 … T: attn_t by
    `dot_product_attention_forward` of h_{t-1} and A, and h_t by `attention_step_forward`.

    x: (N, T, D); A: (N, P, H); Wx: (D, 4H); Wh, Wattn: (H, 4H); b: (4H,).
    Returns h (N, T, H), all hidden states but h0, the weights w (N, T, P) of each look, and the cache for
    `attention_backward`. ValueError if the shapes do not fit together.
    """
    # BEGIN SOLUTION: all T steps from the mean of the map: h, w, and in cache whatever your backward pass needs
    N, T, D = x.shape
    P, H = A.shape[1:]
    dtype = np.result_type(x, A, Wx, Wh, Wattn, b, 0.0)
    gates = (x.reshape(N * T, D) @ Wx + b).astype(dtype, copy=False).reshape(N, T, 4 * H)
    h, attn = np.empty((N, T + 1, H), dtype), np.empty((N, T, H), dtype)  # h[:, t] enters step t, h[:, t + 1] leaves
    c, w = np.zeros_like(h), np.empty((N, T, P), dtype)
    h[:, 0] = A.mean(axis=1)
    for t in range(T):
        attn[:, t], w[:, t], _ = dot_product_attention_forward(h[:, t], A)
        a = gates[:, t]  # (N, 4H), a view: the gates replace the sums
        a += h[:, t] @ Wh + attn[:, t] @ Wattn
        a[:, :3 * H], a[:, 3 * H:] = sigmoid(a[:, :3 * H]), np.tanh(a[:, 3 * H:])
        i, f, o, g = np.split(a, 4, axis=1)
        c[:, t + 1] = f * c[:, t] + i * g
        h[:, t + 1] = o * np.tanh(c[:, t + 1])
    cache = x, A, Wx, Wh, Wattn, h, c, gates, attn, w
    h, w = h[:, 1:].copy(), w.copy()  # the caller may change them, the cache must not
    # END SOLUTION
    return h, w, cache


@contract(dh='N T H')
def attention_backward(dh, cache):
    """Backpropagate through `attention_forward`, from the last time step to the first.

    dh: (N, T, H), what arrives at each hidden state from above. State t also gets gradient from step t + 1, by three
    ways: through Wh, through the cell, and through the look it asked for.
    Returns dx (N, T, D), dA (N, P, H), dWx (D, 4H), dWh (H, 4H), dWattn (H, 4H), db (4H,), all but dx summed over time.
    ValueError if dh has another shape than h.
    """
    # BEGIN SOLUTION: unpack your cache; back in time through step and look, and at the end through the mean
    x, A, Wx, Wh, Wattn, h, c, gates, attn, w = cache
    N, T, D = x.shape
    P, H = A.shape[1:]
    check_shape('attention_backward: dh', 'N, T, H', dh, N, T, H)
    da, dattn, ds = np.empty_like(gates), np.empty_like(attn), np.empty_like(w)
    dprev_h, dprev_c = np.zeros_like(h[:, 0]), np.zeros_like(c[:, 0])
    for t in reversed(range(T)):
        i, f, o, g = np.split(gates[:, t], 4, axis=1)
        tanh_c = np.tanh(c[:, t + 1])
        dnext_h = dh[:, t] + dprev_h
        dc = dprev_c + dnext_h * o * (1 - tanh_c**2)
        da[:, t] = np.hstack((dc * g * i * (1 - i), dc * c[:, t] * f * (1 - f), dnext_h * tanh_c * o * (1 - o),
                              dc * i * (1 - g**2)))
        dattn[:, t] = da[:, t] @ Wattn.T
        ds[:, t] = _scores_backward(dattn[:, t], A, w[:, t])
        dprev_h = da[:, t] @ Wh.T + (ds[:, None, t] @ A)[:, 0]
        dprev_c = dc * f
    # Both uses of A at all steps: two products over time, where a sum of outer products would write dA 2T times.
    dA = w.swapaxes(1, 2) @ dattn + ds.swapaxes(1, 2) @ h[:, :-1] + dprev_h[:, None] / P  # (N, P, H)
    da = da.reshape(N * T, 4 * H)
    dWh, dWattn = h[:, :-1].reshape(N * T, H).T @ da, attn.reshape(N * T, H).T @ da
    dWx, db = x.reshape(N * T, D).T @ da, sum_rows(da)
    dx = (da @ Wx.T).reshape(N, T, D)
    # END SOLUTION
    return dx, dA, dWx, dWh, dWattn, db
