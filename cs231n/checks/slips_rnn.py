"""Wrong answers for the vanilla RNN, and for time in general; see slips.py."""

import numpy as np


def pick(slip, right, **wrong):
    """The entry of wrong that the slip names, else the right one."""
    return wrong.get(slip, right)


def rnn_step_forward(slip, x, prev_h, Wx, Wh, b):
    a = pick(slip, x @ Wx + prev_h @ Wh + b,
             no_bias=x @ Wx + prev_h @ Wh,
             h_left_out=x @ Wx + b,
             x_left_out=prev_h @ Wh + b,
             Wh_transposed=x @ Wx + prev_h @ Wh.T + b)  # (N, H)
    return (pick(slip, np.tanh(a), no_tanh=a, sigmoid=1 / (1 + np.exp(-a)), relu=np.maximum(a, 0)),)


def rnn_step_backward(slip, dnext_h, x, prev_h, Wx, Wh, b):
    N = len(x)
    h, = rnn_step_forward(None, x, prev_h, Wx, Wh, b)
    slope = pick(slip, 1 - h ** 2,
                 no_tanh_prime=1,
                 tanh_prime_of_prev_h=1 - prev_h ** 2,
                 tanh_prime_of_tanh=1 - np.tanh(h) ** 2,
                 no_square=1 - h)
    da = slope * dnext_h  # (N, H)
    before = pick(slip, prev_h, dWh_from_next_h=h)
    share = 1 / N if slip == 'weights_averaged' else 1
    dprev_h = pick(slip, da @ Wh.T, Wh_transposed=da @ Wh)
    db = pick(slip, da.sum(axis=0), db_averaged=da.mean(axis=0), db_over_units=da.sum(axis=1))
    return da @ Wx.T, dprev_h, x.T @ da * share, before.T @ da * share, db * share


def rnn_forward(slip, x, h0, Wx, Wh, b):
    return through_time(slip, x, h0, lambda x_t, h, c: (*rnn_step_forward(None, x_t, h, Wx, Wh, b), c))


def rnn_backward(slip, dh, x, h0, Wx, Wh, b):
    h, = rnn_forward(None, x, h0, Wx, Wh, b)
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)  # (N, T, H)

    def step(t, dnext_h, dnext_c):
        dx, dprev_h, *weights = rnn_step_backward(None, dnext_h, x[:, t], before[:, t], Wx, Wh, b)
        return dx, dprev_h, dnext_c, *weights

    return back_through_time(slip, dh, x, (Wx, Wh, b), step)


def through_time(slip, x, h0, step):
    """The states of a whole sequence, from step(x_t, h, c) -> h, c."""
    N, T, _ = x.shape
    h, c = np.zeros_like(h0) if slip == 'h0_ignored' else h0, h0 if slip == 'c0_is_h0' else np.zeros_like(h0)
    states, cells = np.zeros((2, N, T, h0.shape[1]))
    for t in reversed(range(T)) if slip == 'time_backwards' else range(T):
        states[:, t] = h
        if slip == 'loop_from_1' and t == 0:  # and h0 stays in its place
            continue
        h, c = step(x[:, t], h0 if slip in ('h_not_carried', 'nothing_carried') else h,
                    c * 0 if slip in ('c_not_carried', 'nothing_carried') else c)
        if slip != 'starts_with_h0':
            states[:, t], cells[:, t] = h, c
    return (pick(slip, states, time_first=states.swapaxes(0, 1), last_state_only=h, c_returned=cells),)


def back_through_time(slip, dh, x, weights, step):
    """dx, dh0 and the gradients of the weights.

    step(t, dnext_h, dnext_c) -> dx, dprev_h, dprev_c, and the gradients of the weights at step t.
    """
    T = dh.shape[1]
    dx, sums = np.zeros_like(x), [np.zeros_like(w) for w in weights]
    dprev_h = np.zeros_like(dh[:, 0])
    dprev_c = dh[:, -1] if slip == 'dc_starts_as_dh' else dprev_h
    every_dprev_h = []
    times = pick(slip, range(T - 1, -1, -1), time_forwards=range(T), first_step_skipped=range(T - 1, 0, -1))
    for t in times:
        dnext_h = pick(slip, dh[:, t] + dprev_h,
                       dh_not_carried=dh[:, t],
                       nothing_carried=dh[:, t],
                       only_last_dh=dh[:, t] if t == T - 1 else dprev_h,
                       dh_late=dh[:, min(t + 1, T - 1)] + dprev_h)
        dnext_c = dprev_c * 0 if slip in ('dc_not_carried', 'nothing_carried') else dprev_c
        dx[:, t], dprev_h, dprev_c, *grads = step(t, dnext_h, dnext_c)
        every_dprev_h.append(dprev_h)
        keep = pick(slip, (1, 1, 1), weights_overwritten=(0, 0, 0), db_overwritten=(1, 1, 0))
        sums = [k * total + grad for k, total, grad in zip(keep, sums, grads)]
    dh0 = pick(slip, dprev_h, dh0_zero=dprev_h * 0, dh0_from_last_step=(every_dprev_h or [dprev_h])[0],
               dh0_added_up=sum(every_dprev_h), dh0_is_dc0=dprev_c)
    return dx, dh0, *(total / (T if slip == 'weights_averaged' else 1) for total in sums)
