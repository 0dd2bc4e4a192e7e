"""Attention and the LSTM that looks, written out number by number, in Python floats, straight from the equations."""

from math import exp, sqrt, tanh

import numpy as np

from tests.reference.rnn_literal import add_gradients, lstm_cell, lstm_cell_back


def look(h, A):
    """Return the weights of the places and the weighted mean, for one example: A is P vectors of H numbers."""
    P, H = A.shape
    scores = [sum(h[k] * A[p, k] for k in range(H)) / sqrt(H) for p in range(P)]
    total = sum(exp(score - max(scores)) for score in scores)
    w = [exp(score - max(scores)) / total for score in scores]
    return w, [sum(w[p] * A[p, k] for p in range(P)) for k in range(H)]


def look_back(dattn, h, A, w, dA):
    """Add one look's part to the gradient of the map in place; return that of the state."""
    P, H = A.shape
    dw = [sum(dattn[k] * A[p, k] for k in range(H)) for p in range(P)]
    dh = np.zeros(H)
    for p in range(P):
        ds = sum(dw[q] * w[q] * ((p == q) - w[p]) for q in range(P))  # Σ_q dw_q dw_q/ds_p, the softmax's Jacobian
        for k in range(H):
            dA[p, k] += w[p] * dattn[k] + ds * h[k] / sqrt(H)
            dh[k] += ds * A[p, k] / sqrt(H)
    return dh


def attention_lstm(x, A, Wx, Wh, Wattn, b, dh):
    """Return h, the weights w and the gradients (dx, dA, dWx, dWh, dWattn, db) of Σ h · dh."""
    N, T, D = x.shape
    P, H = A.shape[1:]
    W = np.concatenate([Wx, Wattn])  # x and what was looked up enter side by side
    h, c, w = np.zeros((N, T + 1, H)), np.zeros((N, T + 1, H)), np.zeros((N, T, P))
    dx, dA, dW, dWh, db = (np.zeros(a.shape) for a in (x, A, W, Wh, b))
    for n in range(N):
        h[n, 0] = [sum(A[n, p, k] for p in range(P)) / P for k in range(H)]
        gates, inputs = [], []
        for t in range(T):
            w[n, t], attn = look(h[n, t], A[n])
            inputs.append([*x[n, t], *attn])
            *ifog, c[n, t + 1] = lstm_cell(inputs[t], h[n, t], c[n, t], W, Wh, b)
            gates.append(ifog)
            h[n, t + 1] = [ifog[2][j] * tanh(c[n, t + 1, j]) for j in range(H)]
        carried_h, carried_c = np.zeros(H), np.zeros(H)
        for t in reversed(range(T)):
            da, carried_c = lstm_cell_back(dh[n, t] + carried_h, carried_c, gates[t], c[n, t], c[n, t + 1])
            dinput, carried_h = add_gradients(da, inputs[t], h[n, t], W, Wh, dW, dWh, db)
            dx[n, t] = dinput[:D]
            carried_h = carried_h + look_back(dinput[D:], h[n, t], A[n], w[n, t], dA[n])
        dA[n] += carried_h / P  # the mean of the map is the first state
    return h[:, 1:], w, (dx, dA, dW[:D], dWh, dW[D:], db)
