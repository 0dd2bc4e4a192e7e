"""Checks of the notebook Attention: points, inputs."""

import numpy as np

from cs231n.checks.engine.check import Check
from cs231n.checks.engine.compare import are_numbers
from cs231n.checks.engine.inputs import cases, draw
from cs231n.checks.lessons.attention import student_side
from cs231n.checks.lessons.captioning.checks import NULL, START, V, after_end, loss_captions

LAYERS = dict(notebook='Attention', lesson='attention', module='cs231n.attention_layers')
MODEL = dict(notebook='Attention', lesson='attention', module='cs231n.classifiers.attention')
LOOK_SIZES = (3, 5, 7), (1, 3, 2)                    # N, P, H
STEP_SIZES = (3, 5, 7), (1, 3, 2)                    # N, D, H
SEQUENCE_SIZES = (2, 5, 3, 7, 11), (1, 3, 2, 5, 7)   # N, T, D, H, P
GRADIENTS = {'dWx': 'D 4H', 'dWh': 'H 4H', 'dWattn': 'H 4H', 'db': '4H'}
PARAMS = {'W_proj': 'D H', 'b_proj': 'H', 'W_embed': 'V W', 'Wx': 'W 4H', 'Wh': 'H 4H', 'b': '4H', 'W_vocab': 'H V',
          'b_vocab': 'V', 'Wattn': 'H 4H'}
SAMPLE_SEEDS = 57, 92  # of weights for which each mistake of sampling shows, and greedy decoding has no near tie


def _look(seed, N, P, H):
    return draw(seed, prev_h=(N, H), A=(N, P, H))


def _look_back(seed, N, P, H):
    return {**draw(seed + 100, dattn=(N, H)), **_look(seed, N, P, H)}


def _step(seed, N, D, H):
    return draw(seed, 0.7, x=(N, D), prev_h=(N, H), prev_c=(N, H), attn=(N, H), Wx=(D, 4 * H), Wh=(H, 4 * H),
                Wattn=(H, 4 * H), b=(4 * H,))


def _step_back(seed, N, D, H):
    return {**draw(seed + 100, dnext_h=(N, H), dnext_c=(N, H)), **_step(seed, N, D, H)}


def _sequence(seed, N, T, D, H, P):
    """Draw a map of large numbers, for which the looks are sharp enough to differ from step to step."""
    return {**draw(seed, 0.7, x=(N, T, D)), **draw(seed + 200, 1.5, A=(N, P, H)),
            **draw(seed + 300, 0.7, Wx=(D, 4 * H), Wh=(H, 4 * H), Wattn=(H, 4 * H), b=(4 * H,))}


def _sequence_back(seed, N, T, D, H, P):
    return {**draw(seed + 100, dh=(N, T, H)), **_sequence(seed, N, T, D, H, P)}


def _params(seed, scale, D, W, H):
    sizes = {'D': D, 'H': H, 'V': V, 'W': W, '4H': 4 * H}
    return draw(seed, scale, **{name: tuple(sizes[axis] for axis in axes.split()) for name, axes in PARAMS.items()})


def _loss_case(seed, N, T, P, D, W, H):
    captions = loss_captions(seed, N, T)
    return {'params': _params(seed, 0.7, D, W, H), **draw(seed + 100, features=(N, P, D)),
            'captions_in': captions[:, :-1], 'captions_out': captions[:, 1:]}


def _sample_cases():
    found = []
    for seed, (N, length) in zip(SAMPLE_SEEDS, [(7, 13), (5, 17)]):
        params = _params(seed, 1.0, D=5, W=7, H=11)
        params['b_vocab'][[NULL, START]] = -30
        found.append({'params': params, **draw(seed + 100, features=(N, 3, 5)), 'max_length': length})
    return found


def _call_loss(check, ask, case):
    return ask(student_side.loss_and_grads, case)


def _call_captions(check, ask, case):
    return ask(student_side.captions, case)


def _after_end(outputs):
    """Captions with <NULL>, and maps with 0, behind the first <END>: what is kept there is each sampler's affair."""
    captions, maps = outputs
    settled, = after_end([captions])
    if maps.ndim != 3 or captions.shape != maps.shape[:2] or not are_numbers(maps) or not are_numbers(captions):
        return [settled, maps]
    return [settled, np.where((settled == NULL)[:, :, None], 0, maps)]

CHECKS = (
    Check(
        'dot_product_attention_forward', **LAYERS, points=4, cached=True,
        cases=cases(_look, *LOOK_SIZES), outputs={'attn': 'N H', 'w': 'N P'}),
    Check(
        'dot_product_attention_backward', **LAYERS, points=5,
        apart=True, forward='dot_product_attention_forward', upstream=('dattn',),
        cases=cases(_look_back, *LOOK_SIZES), outputs={'dprev_h': 'N H', 'dA': 'N P H'}),
    Check(
        'attention_step_forward', **LAYERS, points=2, cached=True,
        cases=cases(_step, *STEP_SIZES), outputs={'next_h': 'N H', 'next_c': 'N H'}),
    Check(
        'attention_step_backward', **LAYERS, points=2,
        apart=True, forward='attention_step_forward', upstream=('dnext_h', 'dnext_c'),
        cases=cases(_step_back, *STEP_SIZES),
        outputs={'dx': 'N D', 'dprev_h': 'N H', 'dprev_c': 'N H', 'dattn': 'N H', **GRADIENTS}),
    Check(
        'attention_forward', **LAYERS, points=3, cached=True,
        needs=('dot_product_attention_forward', 'attention_step_forward'),
        cases=cases(_sequence, *SEQUENCE_SIZES), outputs={'h': 'N T H', 'w': 'N T P'}),
    Check(
        'attention_backward', **LAYERS, points=5,
        apart=True, forward='attention_forward', upstream=('dh',),
        needs=('dot_product_attention_backward', 'attention_step_backward'),
        cases=cases(_sequence_back, *SEQUENCE_SIZES), outputs={'dx': 'N T D', 'dA': 'N P H', **GRADIENTS}),
    Check(
        'attention_loss', **MODEL, points=4, call=_call_loss, apart=True,
        needs=('attention_forward', 'attention_backward'),
        cases=cases(_loss_case, (5, 8, 3, 4, 2, 7), (1, 3, 5, 2, 4, 7)), outputs={'loss': '', **PARAMS}),
    Check(
        'attention_captions', **MODEL, points=5, call=_call_captions, settle=_after_end,
        needs=('dot_product_attention_forward', 'attention_step_forward'),
        cases=_sample_cases, outputs={'captions': 'N T', 'maps': 'N T P'}),
)
