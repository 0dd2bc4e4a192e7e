"""A right solution of the RNN and LSTM notebooks as students write it, and what edits of its text give."""

from cs231n.checks import all_checks

RIGHT = """
import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x.dot(Wx) + prev_h.dot(Wh) + b)
    cache = (x, prev_h, Wx, Wh, b, next_h)
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, b, next_h = cache
    da = dnext_h * (1 - next_h ** 2)
    dx = da.dot(Wx.T)
    dprev_h = da.dot(Wh.T)
    dWx = x.T.dot(da)
    dWh = prev_h.T.dot(da)
    db = np.sum(da, axis=0)
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    h = np.zeros((N, T, h0.shape[1]))
    cache = []
    prev_h = h0
    for t in range(T):
        prev_h, step = rnn_step_forward(x[:, t], prev_h, Wx, Wh, b)
        h[:, t] = prev_h
        cache.append(step)
    return h, cache


def rnn_backward(dh, cache):
    N, T, H = dh.shape
    x, _, Wx, Wh, b, _ = cache[0]
    dx = np.zeros((N, T, x.shape[1]))
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dprev_h = np.zeros((N, H))
    for t in reversed(range(T)):
        dx[:, t], dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dprev_h, cache[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    dh0 = dprev_h
    return dx, dh0, dWx, dWh, db


def word_embedding_forward(x, W):
    return W[x], (x, W.shape)


def word_embedding_backward(dout, cache):
    x, shape = cache
    dW = np.zeros(shape)
    np.add.at(dW, x, dout)
    return dW


def temporal_affine_forward(x, w, b):
    return x.dot(w) + b, (x, w)


def temporal_affine_backward(dout, cache):
    x, w = cache
    return dout.dot(w.T), np.einsum('ntd,ntm->dm', x, dout), dout.sum(axis=(0, 1))


def temporal_softmax_loss(x, y, mask):
    N, T, V = x.shape
    scores = x.reshape(N * T, V)
    y, mask = y.reshape(N * T), mask.reshape(N * T)
    probs = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    loss = -np.sum(mask * np.log(probs[np.arange(N * T), y])) / N
    dx = probs.copy()
    dx[np.arange(N * T), y] -= 1
    dx /= N
    dx *= mask[:, None]
    return loss, dx.reshape(N, T, V)


def sigmoid(x):
    z = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, z) / (1 + z)


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    a = x.dot(Wx) + prev_h.dot(Wh) + b
    H = prev_h.shape[1]
    a_i, a_f, a_o, a_g = np.split(a, 4, axis=1)
    i, f, o, g = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o), np.tanh(a_g)
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    cache = (x, prev_h, prev_c, Wx, Wh, b, i, f, o, g, next_c, next_h)
    return next_h, next_c, cache


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, b, i, f, o, g, next_c, next_h = cache
    tanh_c = np.tanh(next_c)
    dc = dnext_c + dnext_h * o * (1 - tanh_c ** 2)
    do = dnext_h * tanh_c
    df = dc * prev_c
    di = dc * g
    dg = dc * i
    dprev_c = dc * f
    da_i, da_f, da_o = di * i * (1 - i), df * f * (1 - f), do * o * (1 - o)
    da_g = dg * (1 - g ** 2)
    da = np.hstack((da_i, da_f, da_o, da_g))
    dx = da.dot(Wx.T)
    dprev_h = da.dot(Wh.T)
    dWx = x.T.dot(da)
    dWh = prev_h.T.dot(da)
    db = np.sum(da, axis=0)
    return dx, dprev_h, dprev_c, dWx, dWh, db


def lstm_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    h = np.zeros((N, T, h0.shape[1]))
    cache = []
    prev_h, prev_c = h0, np.zeros_like(h0)
    for t in range(T):
        prev_h, prev_c, step = lstm_step_forward(x[:, t], prev_h, prev_c, Wx, Wh, b)
        h[:, t] = prev_h
        cache.append(step)
    return h, cache


def lstm_backward(dh, cache):
    N, T, H = dh.shape
    x, _, _, Wx, Wh, b = cache[0][:6]
    dx = np.zeros((N, T, x.shape[1]))
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dprev_h, dprev_c = np.zeros((N, H)), np.zeros((N, H))
    for t in reversed(range(T)):
        step = lstm_step_backward(dh[:, t] + dprev_h, dprev_c, cache[t])
        dx[:, t], dprev_h, dprev_c, dWx_t, dWh_t, db_t = step
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    dh0 = dprev_h
    return dx, dh0, dWx, dWh, db


def next_scores(model, words, h, c):
    p = model.params
    x = p['W_embed'][words]
    if model.cell_type == 'lstm':
        h, c, _ = lstm_step_forward(x, h, c, p['Wx'], p['Wh'], p['b'])
    else:
        h, _ = rnn_step_forward(x, h, p['Wx'], p['Wh'], p['b'])
    scores = h.dot(p['W_vocab']) + p['b_vocab']
    return scores, h, c


def first_state(model, features):
    h = features.dot(model.params['W_proj']) + model.params['b_proj']
    return h, np.zeros_like(h)


def random_captions(model, features, max_length, temperature, rng):
    N = len(features)
    captions = np.full((N, max_length), model._null, np.int32)
    h, c = first_state(model, features)
    word, done = np.full(N, model._start), np.zeros(N, bool)
    for t in range(max_length):
        scores, h, c = next_scores(model, word, h, c)
        logits = scores / temperature
        word = (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)
        captions[~done, t] = word[~done]
        done |= word == model._end
    return captions


class CaptioningRNN:
    def loss(self, features, captions):
        captions_in = captions[:, :-1]
        captions_out = captions[:, 1:]
        mask = captions_out != self._null
        W_proj, b_proj = self.params['W_proj'], self.params['b_proj']
        W_embed = self.params['W_embed']
        Wx, Wh, b = self.params['Wx'], self.params['Wh'], self.params['b']
        W_vocab, b_vocab = self.params['W_vocab'], self.params['b_vocab']
        forward = lstm_forward if self.cell_type == 'lstm' else rnn_forward
        backward = lstm_backward if self.cell_type == 'lstm' else rnn_backward
        h0 = features.dot(W_proj) + b_proj
        x, embed_cache = word_embedding_forward(captions_in, W_embed)
        h, h_cache = forward(x, h0, Wx, Wh, b)
        scores, vocab_cache = temporal_affine_forward(h, W_vocab, b_vocab)
        loss, dscores = temporal_softmax_loss(scores, captions_out, mask)
        grads = {}
        dh, grads['W_vocab'], grads['b_vocab'] = temporal_affine_backward(dscores, vocab_cache)
        dx, dh0, grads['Wx'], grads['Wh'], grads['b'] = backward(dh, h_cache)
        grads['W_embed'] = word_embedding_backward(dx, embed_cache)
        grads['W_proj'] = features.T.dot(dh0)
        grads['b_proj'] = dh0.sum(axis=0)
        return loss, grads

    def sample(self, features, max_length=30):
        N = features.shape[0]
        captions = self._null * np.ones((N, max_length), dtype=np.int32)
        W_proj, b_proj = self.params['W_proj'], self.params['b_proj']
        W_embed = self.params['W_embed']
        Wx, Wh, b = self.params['Wx'], self.params['Wh'], self.params['b']
        W_vocab, b_vocab = self.params['W_vocab'], self.params['b_vocab']
        h0 = features.dot(W_proj) + b_proj
        h, c = h0, np.zeros_like(h0)
        word = np.array([self._start] * N)
        for t in range(max_length):
            x = W_embed[word]
            if self.cell_type == 'lstm':
                h, c, _ = lstm_step_forward(x, h, c, Wx, Wh, b)
            else:
                h, _ = rnn_step_forward(x, h, Wx, Wh, b)
            scores = h.dot(W_vocab) + b_vocab
            word = scores.argmax(axis=1)
            captions[:, t] = word
        return captions
"""


def write(name, *edits):
    """The function of that name, such as 'CaptioningRNN.loss', from RIGHT, with edits (old, new) in its text.

    An old text must occur in the function; all its occurrences there are replaced.
    """
    method = name.partition('.')[2]
    start = RIGHT.index(f'\n    def {method}(' if method else f'\ndef {name}(')
    ends = [RIGHT.find(mark, start + 1) for mark in ('\ndef ', '\nclass ', '\n    def ')]
    end = min([at for at in ends if at > 0], default=len(RIGHT))
    text = RIGHT[start:end]
    for old, new in edits:
        assert old in text, f'{name} has no {old!r}'
        text = text.replace(old, new)
    return run(RIGHT[:start] + text + RIGHT[end:], name)


def run(source, name):
    """The function of that name that the source text defines."""
    namespace = {}
    exec(compile(source, '<cell>', 'exec'), namespace)
    top, _, method = name.partition('.')
    return getattr(namespace[top], method) if method else namespace[top]


def layer_checks():
    """The checks of the notebooks RNN and LSTM, whose functions RIGHT holds."""
    return [one for one in all_checks() if one.notebook in ('RNN', 'LSTM')]
