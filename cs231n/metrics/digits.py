"""How good a generator of digits is, in numbers: Fréchet distance, coverage of the ten, clearness.

All three look through the eyes of a small network that reads digits, whose weights come with the project: a
Fréchet distance has a meaning only among figures that were taken with the same features.
"""

import numpy as np

from cs231n.sample_world.digits.reader import look

CLEAR = 0.9  # a picture that the reader reads with this probability is read clearly


def frechet_distance(a, b):
    """Return the Fréchet distance of two sets of features, each taken for a normal distribution.

    |mean_a - mean_b|^2 + trace(C_a + C_b - 2 (C_a C_b)^(1/2)),  C the covariances

    a (N, D) and b (M, D) with N, M > 1 -> float, 0 for equal distributions. With few rows (less
    than a few times D) it comes out too large. The root's trace is taken from the eigenvalues of the symmetric
    C_a^(1/2) C_b C_a^(1/2), which are those of C_a C_b and stay real when a covariance is singular. These ten
    lines, which tests hold to closed forms and to the general root, make a metrics library unnecessary.
    ValueError: the shapes do not fit. Heusel et al. (FID), NeurIPS 2017, arXiv:1706.08500.
    """
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1] or min(len(a), len(b)) < 2:
        raise ValueError(f'a and b must have shape (N, D) and (M, D), N and M > 1, got {a.shape} and {b.shape}')
    C_a, C_b = np.cov(a, rowvar=False, ddof=1), np.cov(b, rowvar=False, ddof=1)
    C_a, C_b = np.atleast_2d(C_a), np.atleast_2d(C_b)  # (D, D), also for D = 1
    values, vectors = np.linalg.eigh(C_a)
    root = (vectors * np.sqrt(values.clip(min=0))) @ vectors.T
    overlap = np.sqrt(np.linalg.eigvalsh(root @ C_b @ root).clip(min=0)).sum()
    shift = a.mean(axis=0) - b.mean(axis=0)
    return float(max(shift @ shift + np.trace(C_a) + np.trace(C_b) - 2 * overlap, 0))


def coverage(labels, classes=10, at_least=0.01):
    """Return how many of the classes occur among labels, and how evenly.

    labels: ints 0 ... classes - 1, (N,). A class is covered if at least the share `at_least` of the labels
    are its. Returns (number of classes covered, evenness): the entropy of the shares divided by its largest
    value, log(classes); 1 if all are equally frequent, 0 if there is only one. ValueError: no labels, or
    one too large.
    """
    labels = np.asarray(labels)
    if labels.size == 0 or labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f'labels must be some of 0 ... {classes - 1}, got {labels[:10]}')
    shares = np.bincount(labels, minlength=classes) / len(labels)
    some = shares[shares > 0]
    return int((shares >= at_least).sum()), float(-(some * np.log(some)).sum() / np.log(classes) + 0.0)


def evaluate(pictures, real):
    """Judge generated pictures against real ones, both as `look` takes them.

    Returns a dict: frechet, the distance of their features; covered and evenness of the ten digits, as the
    reader of digits reads the pictures; clear, the share of pictures that it reads with a probability of
    0.9 or more. ValueError: fewer than two pictures or real ones.
    """
    for name, some in (('pictures', pictures), ('real', real)):
        if len(some) < 2:
            raise ValueError(f'evaluate: {name} must hold at least two pictures, got {len(some)}')
    features, probabilities = look(pictures)
    covered, evenness = coverage(probabilities.argmax(axis=1))
    return {'frechet': frechet_distance(features, look(real)[0]), 'covered': covered, 'evenness': evenness,
            'clear': float((probabilities.max(axis=1) >= CLEAR).mean())}
