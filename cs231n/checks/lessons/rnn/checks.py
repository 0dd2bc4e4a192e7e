"""Checks of the notebook RNN: points, inputs."""

import numpy as np

from cs231n.checks.engine.check import Check
from cs231n.checks.engine.inputs import cases, draw, stream
from cs231n.checks.engine.steps import with_steps

LAYERS = dict(notebook='RNN', lesson='rnn', module='cs231n.rnn_layers')

# Prime sizes, no two alike, so that no axis can pass for another; then one row; one step.
STEP_SIZES = (3, 5, 7), (1, 3, 2), (5, 2, 3)            # N, D, H
SEQUENCE_SIZES = (3, 5, 2, 7), (1, 3, 5, 2), (2, 1, 3, 5)  # N, T, D, H

GRADIENTS = {'dWx': 'D H', 'dWh': 'H H', 'db': 'H'}


def _step(seed, N, D, H):
    return draw(seed, 0.7, x=(N, D), prev_h=(N, H), Wx=(D, H), Wh=(H, H), b=(H,))


def _step_back(seed, N, D, H):
    return {**draw(seed + 100, dnext_h=(N, H)), **_step(seed, N, D, H)}


def _sequence(seed, N, T, D, H):
    return draw(seed, 0.7, x=(N, T, D), h0=(N, H), Wx=(D, H), Wh=(H, H), b=(H,))


def _sequence_back(seed, N, T, D, H):
    return {**draw(seed + 100, dh=(N, T, H)), **_sequence(seed, N, T, D, H)}


def _words(seed, N, T, V, D):
    return {'x': stream(seed).randint(V, size=(N, T), dtype=np.int64), **draw(seed, W=(V, D))}


def _repeated_words(seed, N, T, V, D):
    """Words of which some are rare, some repeat within a caption, and one does not occur."""
    return {**draw(seed + 100, dout=(N, T, D)), **_words(seed, N, T, V - 1, D), **draw(seed, W=(V, D))}


def _affine(seed, N, T, D, M):
    return draw(seed, x=(N, T, D), w=(D, M), b=(M,))


def _affine_back(seed, N, T, D, M):
    return {**draw(seed + 100, dout=(N, T, M)), **_affine(seed, N, T, D, M)}


def _scores(seed, N, T, V):
    rng = stream(seed)
    scores, y = 2 * rng.standard_normal((N, T, V)), rng.randint(V, size=(N, T), dtype=np.int64)
    return {'x': scores, 'y': y, 'mask': rng.rand(N, T) < 0.65}

CHECKS = (
    Check(
        'rnn_step_forward', **LAYERS, points=3, cached=True,
        cases=cases(_step, *STEP_SIZES), outputs={'next_h': 'N H'}),
    with_steps(Check(
        'rnn_step_backward', **LAYERS, points=4, apart=True, forward='rnn_step_forward', upstream=('dnext_h',),
        cases=cases(_step_back, *STEP_SIZES), outputs={'dx': 'N D', 'dprev_h': 'N H', **GRADIENTS}),
        slope='N H', da='N H'),
    Check(
        'rnn_forward', **LAYERS, points=3, cached=True, needs=('rnn_step_forward',),
        cases=cases(_sequence, *SEQUENCE_SIZES), outputs={'h': 'N T H'}),
    Check(
        'rnn_backward', **LAYERS, points=4,
        apart=True, forward='rnn_forward', upstream=('dh',), needs=('rnn_step_backward',),
        cases=cases(_sequence_back, *SEQUENCE_SIZES), outputs={'dx': 'N T D', 'dh0': 'N H', **GRADIENTS}),
    Check(
        'word_embedding_forward', **LAYERS, points=2, cached=True,
        cases=cases(_words, (3, 5, 7, 2), (1, 2, 3, 5)), outputs={'out': 'N T D'}),
    Check(
        'word_embedding_backward', **LAYERS, points=3, apart=True, forward='word_embedding_forward', upstream=('dout',),
        cases=cases(_repeated_words, (3, 7, 5, 2), (1, 2, 5, 3)), outputs={'dW': 'V D'}),
    Check(
        'temporal_affine_forward', **LAYERS, points=0, cached=True,
        cases=cases(_affine, (3, 5, 2, 7)), outputs={'out': 'N T M'}),
    Check(
        'temporal_affine_backward', **LAYERS, points=0, apart=True,
        forward='temporal_affine_forward', upstream=('dout',),
        cases=cases(_affine_back, (3, 5, 2, 7)), outputs={'dx': 'N T D', 'dw': 'D M', 'db': 'M'}),
    Check(
        'temporal_softmax_loss', **LAYERS, points=0,
        cases=cases(_scores, (3, 5, 7), (5, 2, 3), (7, 3, 2)), outputs={'loss': '', 'dx': 'N T V'}),
)
