"""NumPy layers of the captioning model: vanilla RNN, LSTM, word embedding, and affine and softmax over time.

N is the minibatch, T the time steps, D the input, H the hidden state, V the vocabulary. A step function shows
the equations of one time step. A sequence function computes the same with one large product in place of T
small ones wherever no step waits for another: x Wx before the loop, the weight gradients after it.
"""

import numpy as np
from scipy import sparse

from cs231n._shared.arguments import as_floats, check_indices, check_shape, contract, rounded, sum_rows
from cs231n.layers import affine_backward, affine_forward

__all__ = ['affine_backward', 'affine_forward', 'lstm_backward', 'lstm_forward', 'lstm_step_backward',
           'lstm_step_forward', 'rnn_backward', 'rnn_forward', 'rnn_step_backward', 'rnn_step_forward',
           'sigmoid', 'temporal_affine_backward', 'temporal_affine_forward', 'temporal_softmax_loss',
           'word_embedding_backward', 'word_embedding_forward']


@contract(x='N D', prev_h='N H', Wx='D H', Wh='H H', b='H')
def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """Run one time step of a vanilla RNN, next_h = tanh(x Wx + prev_h Wh + b).

    x: (N, D); prev_h: (N, H); Wx: (D, H); Wh: (H, H); b: (H,).
    Returns next_h (N, H) and the cache for `rnn_step_backward`. ValueError if the shapes do not fit together.
    Elman, Cognitive Science 1990.
    """
    # BEGIN SOLUTION: one time step: next_h, and in cache whatever your backward pass needs
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)  # (N, H)
    cache = x, prev_h, Wx, Wh, next_h
    # END SOLUTION
    return next_h, cache


@contract(dnext_h='N H')
def rnn_step_backward(dnext_h, cache):
    """Backpropagate through `rnn_step_forward`: the gradients of Σ dnext_h next_h by all five of its inputs.

    dnext_h: (N, H). Returns dx (N, D), dprev_h (N, H), dWx (D, H), dWh (H, H), db (H,).
    ValueError if dnext_h has another shape than next_h.
    """
    # BEGIN SOLUTION: unpack your cache; from dnext_h back to all five gradients
    x, prev_h, Wx, Wh, next_h = cache
    check_shape('rnn_step_backward: dnext_h', 'N, H', dnext_h, *next_h.shape)
    slope = 1 - next_h**2  # of tanh, at the sum a within it
    da = dnext_h * slope  # (N, H)
    dx, dprev_h = da @ Wx.T, da @ Wh.T
    dWx, dWh, db = x.T @ da, prev_h.T @ da, sum_rows(da)
    # END SOLUTION
    return dx, dprev_h, dWx, dWh, db


@contract(x='N T D', h0='N H', Wx='D H', Wh='H H', b='H')
def rnn_forward(x, h0, Wx, Wh, b):
    """Run a vanilla RNN over a sequence, h_t = tanh(x_t Wx + h_{t-1} Wh + b).

    x: (N, T, D); h0: (N, H); Wx: (D, H); Wh: (H, H); b: (H,).
    Returns h (N, T, H), all hidden states but h0, and the cache for `rnn_backward`.
    ValueError if the shapes do not fit together.
    """
    # BEGIN SOLUTION: all T steps, each from the state before: h, and in cache whatever your backward pass needs
    N, T, D = x.shape
    H = h0.shape[1]
    a = (x.reshape(N * T, D) @ Wx + b).reshape(N, T, H)
    h = np.empty((N, T + 1, H), np.result_type(a, h0, Wh, 0.0))  # h[:, t] enters step t, h[:, t + 1] leaves
    h[:, 0] = h0
    for t in range(T):
        h[:, t + 1] = np.tanh(a[:, t] + h[:, t] @ Wh)
    cache = x, Wx, Wh, h
    h = h[:, 1:].copy()  # the caller may change it, the cache must not
    # END SOLUTION
    return h, cache


@contract(dh='N T H')
def rnn_backward(dh, cache):
    """Backpropagate through `rnn_forward`, from the last time step to the first.

    dh: (N, T, H), what arrives at each state from the loss at its own time. These are the gradients of Σ dh h.
    Returns dx (N, T, D), dh0 (N, H), dWx (D, H), dWh (H, H), db (H,), the last three summed over time.
    ValueError if dh has another shape than h.
    """
    # BEGIN SOLUTION: unpack your cache; from the last step to the first. dprev_h ends as the gradient of h0
    x, Wx, Wh, h = cache
    N, T, D = x.shape
    H = h.shape[2]
    check_shape('rnn_backward: dh', 'N, T, H', dh, N, T, H)
    da = 1 - h[:, 1:]**2  # (N, T, H)
    dprev_h = np.zeros_like(h[:, 0])
    for t in reversed(range(T)):
        da[:, t] *= dh[:, t] + dprev_h
        dprev_h = da[:, t] @ Wh.T
    da = da.reshape(N * T, H)
    dWh = h[:, :-1].reshape(N * T, H).T @ da  # before dx: reshape copies the states
    dWx = x.reshape(N * T, D).T @ da
    dx = (da @ Wx.T).reshape(N, T, D)
    db = sum_rows(da)
    # END SOLUTION
    return dx, dprev_h, dWx, dWh, db


@contract(W='V D')
def word_embedding_forward(x, W):
    """Look up the vector of each word, out[n, t] = W[x[n, t]].

    x: (N, T), or any other shape, integers of any width in 0 … V-1; W: (V, D).
    Returns out (N, T, D) and the cache for `word_embedding_backward`.
    TypeError if x holds no integers, ValueError if one is outside the vocabulary (a negative one, too).
    """
    x = check_indices('word_embedding_forward: x', x, len(W))
    # BEGIN SOLUTION: look up the vector of each word: out, and in cache whatever your backward pass needs
    out = W[x]  # (N, T, D)
    cache = x, len(W)
    # END SOLUTION
    return out, cache


def word_embedding_backward(dout, cache):
    """Backpropagate through `word_embedding_forward`: the gradient of Σ dout out by W. A word may stand in many places.

    dout: (N, T, D). Returns dW (V, D). ValueError if dout does not fit the words.
    """
    # BEGIN SOLUTION: add each gradient to the row of its word, dW; words may repeat
    x, V = cache
    check_shape('word_embedding_backward: dout', 'N, T, D', dout, *x.shape, None)
    D = dout.shape[-1]
    # `dW[x] += dout` would count a repeated word once; this (V, NT) matrix has a 1 per column, at its word.
    one_hot = sparse.csc_matrix((np.ones(x.size, dout.dtype), x.ravel(), np.arange(x.size + 1)), (V, x.size))
    dW = rounded(one_hot @ dout.reshape(x.size, D), dout)  # (V, D)
    # END SOLUTION
    return dW


def sigmoid(x):
    """Compute the logistic function, 1 / (1 + exp(-x)) = exp(min(x, 0)) / (1 + exp(-|x|)), which cannot overflow.

    x: floats of any shape; ±∞ give 1 and 0. Returns the same shape and dtype.
    """
    x = np.asarray(x)
    with np.errstate(under='ignore'):
        return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))


@contract(x='N D', prev_h='N H', prev_c='N H or 0', Wx='D 4H', Wh='H 4H', b='4H')
def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    """Run one time step of an LSTM.

    a = x Wx + prev_h Wh + b holds four blocks of H columns: the input, forget and output gates
    i, f, o = sigmoid(a) and the candidate g = tanh(a). Then, elementwise,
    next_c = f prev_c + i g and next_h = o tanh(next_c).

    x: (N, D); prev_h, prev_c: (N, H); Wx: (D, 4H); Wh: (H, 4H); b: (4H,).
    Returns next_h (N, H), next_c (N, H) and the cache for `lstm_step_backward`.
    ValueError if the shapes do not fit together. Hochreiter & Schmidhuber, Neural Computation 1997.
    """
    # BEGIN SOLUTION: one time step, gates in the order i, f, o, g: next_h, next_c, and your cache
    a = x @ Wx + prev_h @ Wh + b  # (N, 4H)
    a_i, a_f, a_o, a_g = np.split(a, 4, axis=1)  # (N, H) each
    i, f, o, g = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o), np.tanh(a_g)
    next_c = f * prev_c + i * g
    tanh_c = np.tanh(next_c)
    next_h = o * tanh_c
    cache = x, prev_h, prev_c, Wx, Wh, i, f, o, g, tanh_c
    # END SOLUTION
    return next_h, next_c, cache


@contract(dnext_h='N H')
def lstm_step_backward(dnext_h, dnext_c, cache):
    """Backpropagate through `lstm_step_forward`: the gradients of Σ (dnext_h next_h + dnext_c next_c) by its inputs.

    dnext_h, dnext_c: (N, H).
    Returns dx (N, D), dprev_h (N, H), dprev_c (N, H), dWx (D, 4H), dWh (H, 4H), db (4H,).
    ValueError if a gradient has another shape than its state.
    """
    # BEGIN SOLUTION: unpack your cache; back through both outputs and the four gates, to all six gradients
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, tanh_c = cache
    check_shape('lstm_step_backward: dnext_h', 'N, H', dnext_h, *prev_h.shape)
    if np.ndim(dnext_c):  # a plain 0 may stand for the last cell gradient
        check_shape('lstm_step_backward: dnext_c', 'N, H', dnext_c, *prev_h.shape)
    dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
    di, df, do, dg = dc * g, dc * prev_c, dnext_h * tanh_c, dc * i
    da = np.hstack((di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)))  # (N, 4H)
    dprev_c = dc * f
    dx, dprev_h = da @ Wx.T, da @ Wh.T
    dWx, dWh, db = x.T @ da, prev_h.T @ da, sum_rows(da)
    # END SOLUTION
    return dx, dprev_h, dprev_c, dWx, dWh, db


@contract(x='N T D', h0='N H', Wx='D 4H', Wh='H 4H', b='4H')
def lstm_forward(x, h0, Wx, Wh, b):
    """Run an LSTM over a sequence, `lstm_step_forward` at each time step, from the cell state 0.

    x: (N, T, D); h0: (N, H); Wx: (D, 4H); Wh: (H, 4H); b: (4H,).
    Returns h (N, T, H), all hidden states but h0, and the cache for `lstm_backward`.
    ValueError if the shapes do not fit together.
    """
    # BEGIN SOLUTION: all T steps, starting with a cell of zeros: h, and in cache whatever your backward pass needs
    N, T, D = x.shape
    H = h0.shape[1]
    gates = (x.reshape(N * T, D) @ Wx).astype(np.result_type(x, h0, Wx, Wh, b, 0.0), copy=False).reshape(N, T, 4 * H)
    gates += b
    h = np.empty((N, T + 1, H), gates.dtype)  # h[:, t] and c[:, t] enter step t, those at t + 1 leave it
    c = np.zeros_like(h)
    h[:, 0] = h0
    for t in range(T):
        a = gates[:, t]  # (N, 4H), a view: the gates replace the sums
        a += h[:, t] @ Wh
        a[:, :3 * H] *= 0.5  # sigmoid(a) = (1 + tanh(a / 2)) / 2, so that one tanh serves all four gates
        np.tanh(a, out=a)
        a[:, :3 * H] += 1
        a[:, :3 * H] *= 0.5
        i, f, o, g = np.split(a, 4, axis=1)
        c[:, t + 1] = f * c[:, t] + i * g
        h[:, t + 1] = o * np.tanh(c[:, t + 1])
    cache = x, Wx, Wh, h, c, gates
    h = h[:, 1:].copy()  # the caller may change it, the cache must not
    # END SOLUTION
    return h, cache


@contract(dh='N T H')
def lstm_backward(dh, cache):
    """Backpropagate through `lstm_forward`, from the last time step to the first.

    dh: (N, T, H), what arrives at each hidden state from the loss at its own time. These are the gradients of Σ dh h.
    Returns dx (N, T, D), dh0 (N, H), dWx (D, 4H), dWh (H, 4H), db (4H,), the last three summed over time.
    ValueError if dh has another shape than h.
    """
    # BEGIN SOLUTION: unpack your cache; carry two gradients back in time. dprev_h ends as the gradient of h0
    x, Wx, Wh, h, c, gates = cache
    N, T, D = x.shape
    H = h.shape[2]
    check_shape('lstm_backward: dh', 'N, T, H', dh, N, T, H)
    da = np.empty_like(gates)  # (N, T, 4H)
    dprev_h, dprev_c = np.zeros_like(h[:, 0]), np.zeros_like(c[:, 0])
    for t in reversed(range(T)):
        i, f, o, g = np.split(gates[:, t], 4, axis=1)
        tanh_c = np.tanh(c[:, t + 1])
        dnext_h = dh[:, t] + dprev_h
        dc = dprev_c + dnext_h * o * (1 - tanh_c * tanh_c)
        da_i, da_f, da_o, da_g = np.split(da[:, t], 4, axis=1)
        da_i[:] = dc * g * i * (1 - i)
        da_f[:] = dc * c[:, t] * f * (1 - f)
        da_o[:] = dnext_h * tanh_c * o * (1 - o)
        da_g[:] = dc * i * (1 - g * g)
        dprev_h = da[:, t] @ Wh.T
        dprev_c = dc * f
    da = da.reshape(N * T, 4 * H)
    dWh = h[:, :-1].reshape(N * T, H).T @ da  # before dx: reshape copies the states
    dWx = x.reshape(N * T, D).T @ da
    dx = (da @ Wx.T).reshape(N, T, D)
    db = sum_rows(da)
    # END SOLUTION
    return dx, dprev_h, dWx, dWh, db


@contract(x='N T D', w='D M', b='M')
def temporal_affine_forward(x, w, b):
    """Apply one affine layer at every time step, out_t = x_t w + b.

    x: (N, T, D); w: (D, M); b: (M,). Returns out (N, T, M) and the cache for `temporal_affine_backward`.
    ValueError if the shapes do not fit together.
    """
    N, T, D = x.shape
    out = x.reshape(N * T, D) @ w + b
    return out.reshape(N, T, len(b)), (x, w)


@contract(dout='N T M')
def temporal_affine_backward(dout, cache):
    """Backpropagate through `temporal_affine_forward`.

    dout: (N, T, M). Returns dx (N, T, D), dw (D, M), db (M,), the last two summed over time.
    ValueError if dout has another shape than the output.
    """
    x, w = cache
    N, T, D = x.shape
    M = w.shape[1]
    check_shape('temporal_affine_backward: dout', 'N, T, M', dout, N, T, M)
    dout = dout.reshape(N * T, M)
    dx = (dout @ w.T).reshape(N, T, D)
    dw = x.reshape(N * T, D).T @ dout
    return dx, dw, sum_rows(dout)


@contract(x='N+ T V', mask='N T')
def temporal_softmax_loss(x, y, mask, verbose=False):
    """Compute the cross-entropy of each next word, summed over time and averaged over the minibatch.

    loss = -1/N Σ_{n,t} mask[n, t] log softmax(x[n, t])[y[n, t]]

    x: (N, T, V) scores of any size; y: (N, T) integers in 0 … V-1;
    mask: (N, T) booleans, False where the loss ignores the place (padding). verbose prints a shape.
    Returns the loss and dx (N, T, V), 0 where mask is False.
    ValueError on other shapes, words outside the vocabulary, a mask of other values than 0 and 1;
    TypeError on words that are not integers.
    """
    N, T, V = x.shape
    y = check_indices('temporal_softmax_loss: y', y, V, like=mask)
    keep = mask.reshape(N * T).astype(bool)
    if not np.array_equal(keep, mask.reshape(N * T)):
        raise ValueError('temporal_softmax_loss: mask must be boolean, got values other than 0 and 1')

    rows, y = np.arange(N * T), y.reshape(N * T)
    scores = as_floats(x).reshape(N * T, V)
    dx = scores - scores.max(axis=1, keepdims=True)  # the largest becomes 0, so exp cannot overflow
    target = dx[rows, y]
    np.exp(dx, out=dx)  # from here on this one array becomes the gradient
    total = np.einsum('rv->r', dx)  # each row's sum, faster than dx.sum(axis=1)
    loss = np.where(keep, np.log(total) - target, 0).reshape(N, T).sum(axis=1).mean()
    dx *= (1 / (N * total))[:, None]
    dx[rows, y] -= 1 / N
    dx[~keep] = 0
    if verbose:
        print('dx_flat:', dx.shape)
    return loss, rounded(dx.reshape(N, T, V), x)
