"""Wrong answers for the LSTM."""

import numpy as np

from cs231n.answer_key.recurrence import back_through_time, pick, through_time


def sigmoid(mistake, x):
    s = 1 / (1 + np.exp(-x))
    return (pick(mistake, s,
                 sign=1 / (1 + np.exp(x)),
                 overflow=np.exp(x) / (1 + np.exp(x)),
                 derivative=s * (1 - s),
                 tanh=np.tanh(x)),)


def _order(mistake, begins):
    """Return the order of the gates that a mistake, or one of a pair, names behind so many letters."""
    return next((one.removeprefix(begins) for one in (mistake or '').split('+') if one.startswith(begins)), 'ifog')


def _gates(mistake, a):
    """i, f, o, g before their nonlinearity, each (N, H)."""
    N, H = a.shape[0], a.shape[1] // 4
    if mistake == 'gates_interleaved':
        return a.reshape(N, H, 4).transpose(2, 0, 1)
    order = _order(mistake, 'order_')
    return [a[:, k * H:(k + 1) * H] for k in map(order.index, 'ifog')]


def lstm_step_forward(mistake, x, prev_h, prev_c, Wx, Wh, b):
    a = pick(mistake, x @ Wx + prev_h @ Wh + b,
             no_bias=x @ Wx + prev_h @ Wh,
             bias_twice=x @ Wx + prev_h @ Wh + 2 * b,
             h_left_out=x @ Wx + b,
             x_left_out=prev_h @ Wh + b)  # (N, 4H)
    a_i, a_f, a_o, a_g = _gates(mistake, a)
    i, f, o = (np.tanh(v) if mistake == 'gates_by_tanh' else sigmoid(None, v)[0] for v in (a_i, a_f, a_o))
    g = pick(mistake, np.tanh(a_g), g_by_sigmoid=sigmoid(None, a_g)[0], g_linear=a_g)
    c = pick(mistake, f * prev_c + i * g,
             no_forget_gate=prev_c + i * g,
             no_input_gate=f * prev_c + g,
             cell_not_kept=i * g,
             forget_on_h=f * prev_h + i * g)
    h = pick(mistake, o * np.tanh(c),
             no_tanh_of_c=o * c,
             no_output_gate=np.tanh(c),
             h_from_prev_c=o * np.tanh(prev_c),
             sigmoid_of_c=o * sigmoid(None, c)[0])
    return pick(mistake, (h, c), outputs_swapped=(c, h), tanh_kept_in_c=(h, np.tanh(c)))


def lstm_step_backward(mistake, dnext_h, dnext_c, x, prev_h, prev_c, Wx, Wh, b):
    N = len(x)
    a_i, a_f, a_o, a_g = _gates(None, x @ Wx + prev_h @ Wh + b)
    (i,), (f,), (o,), g = sigmoid(None, a_i), sigmoid(None, a_f), sigmoid(None, a_o), np.tanh(a_g)
    h, c = lstm_step_forward(None, x, prev_h, prev_c, Wx, Wh, b)
    tanh_c = np.tanh(c)

    through_h = dnext_h * pick(mistake, o * (1 - tanh_c ** 2),
                               one_minus_c2=o * (1 - c ** 2),
                               square_inside_tanh=o * (1 - np.tanh(c ** 2)),
                               no_tanh_prime_of_c=o,
                               no_square_of_tanh_c=o * (1 - tanh_c),
                               no_output_gate=1 - tanh_c ** 2)
    dc = pick(mistake, dnext_c + through_h, no_dnext_c=through_h, no_path_through_h=dnext_c)
    do = dnext_h * pick(mistake, tanh_c, no_tanh_in_do=c)
    seen = dnext_c if mistake == 'gates_from_dnext_c' else dc
    df = seen * pick(mistake, prev_c, df_from_next_c=c)
    di, dg = pick(mistake, (seen * g, seen * i), di_dg_swapped=(seen * i, seen * g))
    dprev_c = pick(mistake, dc * f, dprev_c_from_dnext_c=dnext_c * f, dprev_c_without_f=dc)
    slopes = pick(mistake, [gate * (1 - gate) for gate in (i, f, o)],
                  no_gate_derivatives=[1, 1, 1], tanh_prime_on_gates=[1 - gate ** 2 for gate in (i, f, o)])
    slopes = [pick(mistake, slope, **{f'no_slope_of_{name}': 1, f'half_slope_of_{name}': 1 - gate})
              for name, gate, slope in zip('ifo', (i, f, o), slopes)]
    slope_g = pick(mistake, 1 - g ** 2,
                   no_tanh_prime_of_g=1, sigmoid_prime_on_g=g * (1 - g), no_square_of_g=1 - g)

    parts = {gate: d * slope for gate, d, slope in zip('ifog', (di, df, do, dg), [*slopes, slope_g])}
    order = _order(mistake, 'stacked_')
    da = np.concatenate([parts[gate] for gate in order], axis=1)  # (N, 4H)
    share = 1 / N if mistake == 'weights_averaged' else 1
    before = pick(mistake, prev_h, dWh_from_next_h=h)
    db = pick(mistake, da.sum(axis=0), db_averaged=da.mean(axis=0), db_not_summed=da, db_one_number=da.sum())
    return da @ Wx.T, da @ Wh.T, dprev_c, x.T @ da * share, before.T @ da * share, db * share


def lstm_forward(mistake, x, h0, Wx, Wh, b):
    return through_time(mistake, x, h0, lambda x_t, h, c: lstm_step_forward(None, x_t, h, c, Wx, Wh, b))


def lstm_backward(mistake, dh, x, h0, Wx, Wh, b):
    h, = lstm_forward(None, x, h0, Wx, Wh, b)
    c, = lstm_forward('c_returned', x, h0, Wx, Wh, b)
    h_before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)      # (N, T, H)
    c_before = np.concatenate([h0[:, None] * 0, c[:, :-1]], axis=1)  # (N, T, H)
    return back_through_time(mistake, dh, x, (Wx, Wh, b), lambda t, dnext_h, dnext_c: lstm_step_backward(
        None, dnext_h, dnext_c, x[:, t], h_before[:, t], c_before[:, t], Wx, Wh, b))
