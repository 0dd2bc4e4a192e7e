"""Right answers of the LSTM, in PyTorch and float64."""

import torch

from cs231n.answer_key.autograd import gradients_of, outputs_of


def _gates(a):
    i, f, o, g = a.chunk(4, dim=1)  # (N, H) each
    return torch.sigmoid(i), torch.sigmoid(f), torch.sigmoid(o), torch.tanh(g)


def lstm_step(x, prev_h, prev_c, Wx, Wh, b):
    i, f, o, g = _gates(x @ Wx + prev_h @ Wh + b)
    next_c = f * prev_c + i * g
    return o * torch.tanh(next_c), next_c


def lstm(x, h, Wx, Wh, b):
    states, c = [], torch.zeros_like(h)
    for x_t in x.unbind(dim=1):
        h, c = lstm_step(x_t, h, c, Wx, Wh, b)
        states.append(h)
    return (torch.stack(states, dim=1),)  # (N, T, H)


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    return outputs_of(lstm_step, x, prev_h, prev_c, Wx, Wh, b)


def lstm_step_backward(dnext_h, dnext_c, x, prev_h, prev_c, Wx, Wh, b):
    return gradients_of(lstm_step, (dnext_h, dnext_c), x, prev_h, prev_c, Wx, Wh, b)


def lstm_step_forward_steps(x, prev_h, prev_c, Wx, Wh, b):
    a = x @ Wx + prev_h @ Wh + b
    return a, *outputs_of(_gates, a)


def lstm_step_backward_steps(dnext_h, dnext_c, x, prev_h, prev_c, Wx, Wh, b):
    a = x @ Wx + prev_h @ Wh + b
    i, f, o, g = outputs_of(_gates, a)
    do, dc = gradients_of(lambda o, c: (o * torch.tanh(c), c), (dnext_h, dnext_c), o, f * prev_c + i * g)
    di, df, dg = gradients_of(lambda i, f, g: (f * torch.as_tensor(prev_c) + i * g,), (dc,), i, f, g)
    return do, dc, di, df, dg, *gradients_of(_gates, (di, df, do, dg), a)


def lstm_forward(x, h0, Wx, Wh, b):
    return outputs_of(lstm, x, h0, Wx, Wh, b)


def lstm_backward(dh, x, h0, Wx, Wh, b):
    return gradients_of(lstm, (dh,), x, h0, Wx, Wh, b)


def sigmoid(x):
    return (torch.special.expit(torch.as_tensor(x)).numpy(),)
