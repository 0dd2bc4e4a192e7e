"""What the checks of network visualization put an answer on: a small classifier, and what is compared."""

import numpy as np


def scores(X, weights):
    """(N, K) scores of the pictures (N, C, H, W), and the hidden activations (N, M)."""
    A, B, c, D, e = weights.values()
    x = X.reshape(len(X), -1)
    hidden = np.tanh(x @ B + c)
    return x @ A + hidden @ D + e, hidden


def fooling_facts(X, target_y, weights, X_fooling, X_after):
    """Return the outputs that are compared: the class of X_fooling, X after the call, and X_fooling unless it fools.

    All pictures that fool are equal, as zeros, because many ways lead there: other step sizes, a fixed
    number of steps.
    """
    X_fooling = np.asarray(X_fooling, dtype=float)
    if X_fooling.shape != X.shape or not np.isfinite(X_fooling).all():
        return np.array(-1), X_after, X_fooling
    found = scores(X_fooling, weights)[0].argmax()
    return found, X_after, np.zeros_like(X) if found == target_y else X_fooling


def unseen(step, weights):
    """Return the length of that part of a step (1, C, H, W) on which no score depends: gradients have none."""
    seen = np.hstack([weights['A'], weights['B']])  # (P, K + M), all gradients lie in its span
    step = step.reshape(-1)
    return np.linalg.norm(step - seen @ np.linalg.lstsq(seen, step, rcond=None)[0])


def is_on_the_way(X, target_y, weights, X_fooling, steps):
    """Whether so many steps of about length 1 have led uphill, along the gradient where that is the same everywhere."""
    step = (X_fooling - X).reshape(-1)
    rise = scores(X_fooling, weights)[0][0, target_y] - scores(X, weights)[0][0, target_y]
    slope = weights['A'][:, target_y]
    along = step @ slope / max(np.linalg.norm(step) * np.linalg.norm(slope), 1e-12)
    return rise > 0 and np.linalg.norm(step) > 0.4 * steps and (weights['D'].any() or along > 0.9)
