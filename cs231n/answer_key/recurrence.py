"""Recurrence over time with one thing wrong, for any cell."""

import numpy as np


class Pair(str):
    """Two mistakes at once, 'one+other': equal to either."""

    def __eq__(self, other):
        return other in self.split('+')

    __hash__ = str.__hash__


def pick(mistake, right, **wrong):
    """Return the entry of wrong that the mistake names, else the right one."""
    return next((value for name, value in wrong.items() if mistake == name), right)


def through_time(mistake, x, h0, step):
    """Return the states of a whole sequence, from step(x_t, h, c) -> h, c."""
    N, T, _ = x.shape
    h, c = np.zeros_like(h0) if mistake == 'h0_ignored' else h0, h0 if mistake == 'c0_is_h0' else np.zeros_like(h0)
    states, cells = np.zeros((2, N, T, h0.shape[1]))
    for t in reversed(range(T)) if mistake == 'time_backwards' else range(T):
        states[:, t] = h
        if mistake == 'loop_from_1' and t == 0:  # and h0 stays in its place
            continue
        h, c = step(x[:, t], h0 if mistake in ('h_not_carried', 'nothing_carried') else h,
                    c * 0 if mistake in ('c_not_carried', 'nothing_carried') else c)
        if mistake != 'starts_with_h0':
            states[:, t], cells[:, t] = h, c
    return (pick(mistake, states, time_first=states.swapaxes(0, 1), last_state_only=h, c_returned=cells),)


def back_through_time(mistake, dh, x, weights, step):
    """dx, dh0 and the gradients of the weights.

    step(t, dnext_h, dnext_c) -> dx, dprev_h, dprev_c, and the gradients of the weights at step t.
    """
    T = dh.shape[1]
    dx, sums = np.zeros_like(x), [np.zeros_like(w) for w in weights]
    dprev_h = np.zeros_like(dh[:, 0])
    dprev_c = dh[:, -1] if mistake == 'dc_starts_as_dh' else dprev_h
    every_dprev_h = []
    times = pick(mistake, range(T - 1, -1, -1), time_forwards=range(T), first_step_skipped=range(T - 1, 0, -1))
    for t in times:
        dnext_h = pick(mistake, dh[:, t] + dprev_h,
                       dh_not_carried=dh[:, t],
                       nothing_carried=dh[:, t],
                       only_last_dh=dh[:, t] if t == T - 1 else dprev_h,
                       dh_late=dh[:, min(t + 1, T - 1)] + dprev_h)
        dnext_c = dprev_c * 0 if mistake in ('dc_not_carried', 'nothing_carried') else dprev_c
        dx[:, t], dprev_h, dprev_c, *grads = step(t, dnext_h, dnext_c)
        every_dprev_h.append(dprev_h)
        keep = pick(mistake, (1, 1, 1), weights_overwritten=(0, 0, 0), db_overwritten=(1, 1, 0))
        sums = [k * total + grad for k, total, grad in zip(keep, sums, grads)]
    dh0 = pick(mistake, dprev_h, dh0_zero=dprev_h * 0, dh0_from_last_step=(every_dprev_h or [dprev_h])[0],
               dh0_added_up=sum(every_dprev_h), dh0_is_dc0=dprev_c)
    dx = dx[:, ::-1] if mistake == 'dx_reversed' else dx
    return dx, dh0, *(total / (T if mistake == 'weights_averaged' else 1) for total in sums)
