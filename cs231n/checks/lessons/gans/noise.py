"""What is asked of noise, as numbers."""

import numpy as np


def noise_facts(draw):
    """Return what can be said of draw(), which returns random numbers: shape, range, spread, whether they repeat.

    The last fact, uniform between -1 and 1, is by the greatest distance D of the share of numbers below x from
    (x + 1) / 2 (Kolmogorov-Smirnov): right noise has √n D > 3 once in thirty million.
    """
    first, second = np.asarray(draw()), np.asarray(draw())
    limited = first.clip(-2, 2)  # where the largest of normal numbers lies is chance
    ordered, n = np.sort(first, axis=None).astype(float), max(first.size, 1)
    distinct = 1 + np.count_nonzero(np.diff(ordered)) > 0.5 * n
    rows = np.ptp(np.atleast_2d(first), axis=0).any()
    uniform = distinct and np.abs((ordered + 1) / 2 - (np.arange(n) + 0.5) / n).max() < 3 / np.sqrt(n)
    fresh = first.shape == second.shape and not np.array_equal(first, second)
    facts = limited.min(), limited.max(), first.std()
    return (np.array(first.shape), *(round(float(fact), 1) for fact in facts), float(distinct), float(fresh),
            float(rows), float(uniform))
