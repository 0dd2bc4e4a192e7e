"""Checks of the notebook LSTM: points, inputs."""

import numpy as np

from cs231n.checks.engine.check import Check
from cs231n.checks.engine.inputs import cases, draw
from cs231n.checks.engine.steps import with_steps
from cs231n.checks.lessons.rnn.checks import SEQUENCE_SIZES, STEP_SIZES

LAYERS = dict(notebook='LSTM', lesson='lstm', module='cs231n.rnn_layers')
GRADIENTS = {'dWx': 'D 4H', 'dWh': 'H 4H', 'db': '4H'}


def _step(seed, N, D, H):
    return draw(seed, 0.7, x=(N, D), prev_h=(N, H), prev_c=(N, H), Wx=(D, 4 * H), Wh=(H, 4 * H), b=(4 * H,))


def _step_back(seed, N, D, H):
    return {**draw(seed + 100, dnext_h=(N, H), dnext_c=(N, H)), **_step(seed, N, D, H)}


def _sequence(seed, N, T, D, H):
    return draw(seed, 0.7, x=(N, T, D), h0=(N, H), Wx=(D, 4 * H), Wh=(H, 4 * H), b=(4 * H,))


def _sequence_back(seed, N, T, D, H):
    return {**draw(seed + 100, dh=(N, T, H)), **_sequence(seed, N, T, D, H)}


def _sigmoid_cases():
    return [draw(1, 3, x=(1, 7)), {'x': np.array([[-1000.0, -30.0, 0.0], [30.0, 1000.0, 1.0]])}]

CHECKS = (
    Check(
        'sigmoid', **LAYERS, points=0, cases=_sigmoid_cases, outputs={'s': 'N D'}),
    with_steps(Check(
        'lstm_step_forward', **LAYERS, points=4, cached=True,
        cases=cases(_step, *STEP_SIZES), outputs={'next_h': 'N H', 'next_c': 'N H'}),
        a='N 4H', i='N H', f='N H', o='N H', g='N H'),
    with_steps(Check(
        'lstm_step_backward', **LAYERS, points=6,
        apart=True, forward='lstm_step_forward', upstream=('dnext_h', 'dnext_c'), cases=cases(_step_back, *STEP_SIZES),
        outputs={'dx': 'N D', 'dprev_h': 'N H', 'dprev_c': 'N H', **GRADIENTS}),
        do='N H', dc='N H', di='N H', df='N H', dg='N H', da='N 4H'),
    Check(
        'lstm_forward', **LAYERS, points=3, cached=True, needs=('lstm_step_forward',),
        cases=cases(_sequence, *SEQUENCE_SIZES), outputs={'h': 'N T H'}),
    Check(
        'lstm_backward', **LAYERS, points=4,
        apart=True, forward='lstm_forward', upstream=('dh',), needs=('lstm_step_backward',),
        cases=cases(_sequence_back, *SEQUENCE_SIZES), outputs={'dx': 'N T D', 'dh0': 'N H', **GRADIENTS}),
)
