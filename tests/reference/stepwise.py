"""The captioning model as a textbook writes it: one time step after the other, everything in the dtype of its input.

Vectorised over the minibatch, but without a thought for speed: the layers of `cs231n` must give the same numbers.
"""

import numpy as np


def sigmoid(x):
    """The two halves of the axis apart, so that exp never overflows."""
    positive, z = x >= 0, np.zeros_like(x)
    z[positive] = np.exp(-x[positive])
    z[~positive] = np.exp(x[~positive])
    top = np.ones_like(x)
    top[~positive] = z[~positive]
    return top / (1 + z)


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x.dot(Wx) + prev_h.dot(Wh) + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h ** 2)
    return da.dot(Wx.T), da.dot(Wh.T), x.T.dot(da), prev_h.T.dot(da), da.sum(axis=0)


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, _ = x.shape
    h, caches, prev_h = np.zeros((N, T, h0.shape[1]), x.dtype), [], h0
    for t in range(T):
        prev_h, cache = rnn_step_forward(x[:, t], prev_h, Wx, Wh, b)
        h[:, t] = prev_h
        caches.append(cache)
    return h, caches


def rnn_backward(dh, caches):
    x, prev_h, Wx, Wh, _ = caches[0]
    dx, dprev_h = np.zeros((*dh.shape[:2], x.shape[1]), dh.dtype), np.zeros_like(prev_h)
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[1], dh.dtype)
    for t in reversed(range(dh.shape[1])):
        dx[:, t], dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dprev_h, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dprev_h, dWx, dWh, db


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    H = prev_h.shape[1]
    a = x.dot(Wx) + prev_h.dot(Wh) + b
    i, f, o = (sigmoid(a[:, k * H:(k + 1) * H]) for k in range(3))
    g = np.tanh(a[:, 3 * H:])
    next_c = f * prev_c + i * g
    return o * np.tanh(next_c), next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
    do = dnext_h * np.tanh(next_c)
    dc = dnext_c + dnext_h * o * (1 - np.tanh(next_c) ** 2)
    df, di, dg = dc * prev_c, dc * g, dc * i
    da = np.concatenate((di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g ** 2)), axis=1)
    return da.dot(Wx.T), da.dot(Wh.T), dc * f, x.T.dot(da), prev_h.T.dot(da), da.sum(axis=0)


def lstm_forward(x, h0, Wx, Wh, b):
    N, T, _ = x.shape
    h, caches, prev_h, prev_c = np.zeros((N, T, h0.shape[1]), x.dtype), [], h0, np.zeros_like(h0)
    for t in range(T):
        prev_h, prev_c, cache = lstm_step_forward(x[:, t], prev_h, prev_c, Wx, Wh, b)
        h[:, t] = prev_h
        caches.append(cache)
    return h, caches


def lstm_backward(dh, caches):
    x, prev_h, _, Wx, Wh, *_ = caches[0]
    dx, dprev_h, dprev_c = np.zeros((*dh.shape[:2], x.shape[1]), dh.dtype), np.zeros_like(prev_h), np.zeros_like(prev_h)
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[1], dh.dtype)
    for t in reversed(range(dh.shape[1])):
        dx[:, t], dprev_h, dprev_c, dWx_t, dWh_t, db_t = lstm_step_backward(dh[:, t] + dprev_h, dprev_c, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dprev_h, dWx, dWh, db


def word_embedding_backward(dout, x, V):
    dW = np.zeros((V, dout.shape[2]), dout.dtype)
    np.add.at(dW, x, dout)
    return dW


def temporal_softmax_loss(x, y, mask):
    N, T, V = x.shape
    x_flat, y_flat, mask_flat = x.reshape(N * T, V), y.reshape(N * T), mask.reshape(N * T)
    probs = np.exp(x_flat - np.max(x_flat, axis=1, keepdims=True))
    probs /= np.sum(probs, axis=1, keepdims=True)
    loss = -np.sum(mask_flat * np.log(probs[np.arange(N * T), y_flat])) / N
    dx = probs.copy()
    dx[np.arange(N * T), y_flat] -= 1
    dx /= N
    dx *= mask_flat[:, None]
    return loss, dx.reshape(N, T, V)


def numerical_gradient(f, x, df, h=1e-5):
    """(f(x + h) - f(x - h)) / 2h, times df, one entry of x after the other."""
    grad = np.zeros_like(x)
    for ix in np.ndindex(x.shape):
        old = x[ix]
        x[ix] = old + h
        above = f(x).copy()
        x[ix] = old - h
        below = f(x).copy()
        x[ix] = old
        grad[ix] = np.sum((above - below) * df) / (2 * h)
    return grad


def captioning_loss(model, features, captions):
    """`CaptioningRNN.loss` with the layers above."""
    p, grads = model.params, {}
    words, answers = captions[:, :-1], captions[:, 1:]
    forward, backward = (rnn_forward, rnn_backward) if model.cell_type == 'rnn' else (lstm_forward, lstm_backward)
    h0 = features.dot(p['W_proj']) + p['b_proj']
    h, caches = forward(p['W_embed'][words], h0, p['Wx'], p['Wh'], p['b'])
    N, T, H = h.shape
    scores = (h.reshape(N * T, H).dot(p['W_vocab']) + p['b_vocab']).reshape(N, T, -1)
    loss, dscores = temporal_softmax_loss(scores, answers, answers != model._null)
    dscores = dscores.reshape(N * T, -1)
    grads['W_vocab'], grads['b_vocab'] = h.reshape(N * T, H).T.dot(dscores), dscores.sum(axis=0)
    dh = dscores.dot(p['W_vocab'].T).reshape(N, T, H)
    dx, dh0, grads['Wx'], grads['Wh'], grads['b'] = backward(dh, caches)
    grads['W_embed'] = word_embedding_backward(dx, words, len(p['W_embed']))
    grads['W_proj'], grads['b_proj'] = features.T.dot(dh0), dh0.sum(axis=0)
    return loss, grads


def adam(w, dw, config):
    """One step of Adam: config holds learning_rate, m, v and t -> the new w."""
    config['t'] += 1
    config['m'] = 0.9 * config['m'] + 0.1 * dw
    config['v'] = 0.999 * config['v'] + 0.001 * dw ** 2
    m, v = config['m'] / (1 - 0.9 ** config['t']), config['v'] / (1 - 0.999 ** config['t'])
    return w - config['learning_rate'] * m / (np.sqrt(v) + 1e-8)


def sample(model, features, max_length=30):
    """Greedy captions, one picture after the other."""
    p, captions = model.params, np.zeros((len(features), max_length), np.int32)
    for n in range(len(features)):
        h = features[n:n + 1].dot(p['W_proj']) + p['b_proj']
        c, word = np.zeros_like(h), model._start
        for t in range(max_length):
            x = p['W_embed'][[word]]
            if model.cell_type == 'rnn':
                h, _ = rnn_step_forward(x, h, p['Wx'], p['Wh'], p['b'])
            else:
                h, c, _ = lstm_step_forward(x, h, c, p['Wx'], p['Wh'], p['b'])
            word = int(np.argmax(h.dot(p['W_vocab']) + p['b_vocab']))
            captions[n, t] = word
            if word == model._end:
                break
    return captions
