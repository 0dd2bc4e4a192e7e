"""The recurrent layers written out number by number, in Python floats, straight from the equations."""

from math import exp, log, tanh

import numpy as np


def sigmoid(a):
    return 1 / (1 + exp(-a)) if a > 0 else exp(a) / (1 + exp(a))


def weighted_sums(x, h, Wx, Wh, b):
    """The sums before the nonlinearity, for one example: b_j + Σ_d x_d Wx_dj + Σ_k h_k Wh_kj."""
    return [b[j] + sum(x[d] * Wx[d, j] for d in range(len(x))) + sum(h[k] * Wh[k, j] for k in range(len(h)))
            for j in range(len(b))]


def add_gradients(da, x, h, Wx, Wh, dWx, dWh, db):
    """Add one example's part of the weight gradients in place; return its dx and dprev_h."""
    for j in range(len(da)):
        db[j] += da[j]
        for d in range(len(x)):
            dWx[d, j] += x[d] * da[j]
        for k in range(len(h)):
            dWh[k, j] += h[k] * da[j]
    dx = [sum(da[j] * Wx[d, j] for j in range(len(da))) for d in range(len(x))]
    dh = [sum(da[j] * Wh[k, j] for j in range(len(da))) for k in range(len(h))]
    return np.array(dx), np.array(dh)


def rnn(x, h0, Wx, Wh, b, dh):
    """Return h and the gradients (dx, dh0, dWx, dWh, db) of Σ h · dh."""
    N, T, _ = x.shape
    h = np.zeros((N, T + 1, h0.shape[1]))
    h[:, 0] = h0
    dx, dh0, dWx, dWh, db = (np.zeros(a.shape) for a in (x, h0, Wx, Wh, b))
    for n in range(N):
        for t in range(T):
            h[n, t + 1] = [tanh(a) for a in weighted_sums(x[n, t], h[n, t], Wx, Wh, b)]
        carried = np.zeros(h0.shape[1])
        for t in reversed(range(T)):
            da = [(dh[n, t, j] + carried[j]) * (1 - h[n, t + 1, j]**2) for j in range(len(b))]
            dx[n, t], carried = add_gradients(da, x[n, t], h[n, t], Wx, Wh, dWx, dWh, db)
        dh0[n] = carried
    return h[:, 1:], (dx, dh0, dWx, dWh, db)


def lstm_cell(x, h, c, Wx, Wh, b):
    """Return the gates i, f, o, g and the next cell state of one example."""
    H = len(h)
    a = weighted_sums(x, h, Wx, Wh, b)
    i, f, o = ([sigmoid(a[gate * H + j]) for j in range(H)] for gate in range(3))
    g = [tanh(a[3 * H + j]) for j in range(H)]
    return i, f, o, g, [f[j] * c[j] + i[j] * g[j] for j in range(H)]


def lstm_cell_back(dh, dc, gates, c, next_c):
    """Return the gradient of the four sums and of the cell before, from those of one state and its cell."""
    i, f, o, g = gates
    H = len(dh)
    da, dc_before = np.zeros(4 * H), np.zeros(H)
    for j in range(H):
        tanh_c = tanh(next_c[j])
        dc_j = dc[j] + dh[j] * o[j] * (1 - tanh_c**2)
        da[j] = dc_j * g[j] * i[j] * (1 - i[j])
        da[H + j] = dc_j * c[j] * f[j] * (1 - f[j])
        da[2 * H + j] = dh[j] * tanh_c * o[j] * (1 - o[j])
        da[3 * H + j] = dc_j * i[j] * (1 - g[j]**2)
        dc_before[j] = dc_j * f[j]
    return da, dc_before


def lstm(x, h0, Wx, Wh, b, dh):
    """Return h and the gradients (dx, dh0, dWx, dWh, db) of Σ h · dh; the first cell state is 0."""
    N, T, _ = x.shape
    H = h0.shape[1]
    h, c = np.zeros((N, T + 1, H)), np.zeros((N, T + 1, H))
    h[:, 0] = h0
    dx, dh0, dWx, dWh, db = (np.zeros(a.shape) for a in (x, h0, Wx, Wh, b))
    for n in range(N):
        gates = []
        for t in range(T):
            *ifog, c[n, t + 1] = lstm_cell(x[n, t], h[n, t], c[n, t], Wx, Wh, b)
            gates.append(ifog)
            h[n, t + 1] = [ifog[2][j] * tanh(c[n, t + 1, j]) for j in range(H)]
        carried_h, carried_c = np.zeros(H), np.zeros(H)
        for t in reversed(range(T)):
            da, carried_c = lstm_cell_back(dh[n, t] + carried_h, carried_c, gates[t], c[n, t], c[n, t + 1])
            dx[n, t], carried_h = add_gradients(da, x[n, t], h[n, t], Wx, Wh, dWx, dWh, db)
        dh0[n] = carried_h
    return h[:, 1:], (dx, dh0, dWx, dWh, db)


def word_embedding_gradient(dout, x, V):
    dW = np.zeros((V, dout.shape[2]))
    for n in range(x.shape[0]):
        for t in range(x.shape[1]):
            for d in range(dout.shape[2]):
                dW[x[n, t], d] += dout[n, t, d]
    return dW


def temporal_affine(x, w, b, dout):
    N, T, D = x.shape
    out = np.zeros((N, T, len(b)))
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(b.shape)
    for n in range(N):
        for t in range(T):
            for m in range(len(b)):
                out[n, t, m] = b[m] + sum(x[n, t, d] * w[d, m] for d in range(D))
                db[m] += dout[n, t, m]
                for d in range(D):
                    dx[n, t, d] += dout[n, t, m] * w[d, m]
                    dw[d, m] += dout[n, t, m] * x[n, t, d]
    return out, (dx, dw, db)


def temporal_softmax_loss(x, y, mask):
    N, T, V = x.shape
    loss, dx = 0.0, np.zeros(x.shape)
    for n in range(N):
        for t in range(T):
            if mask[n, t]:
                largest = max(x[n, t])
                total = sum(exp(s - largest) for s in x[n, t])
                loss += (log(total) + largest - x[n, t, y[n, t]]) / N
                for v in range(V):
                    dx[n, t, v] = (exp(x[n, t, v] - largest) / total - (v == y[n, t])) / N
    return loss, dx
