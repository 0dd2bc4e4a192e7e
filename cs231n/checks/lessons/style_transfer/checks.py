"""Checks of the notebook StyleTransfer: points, inputs."""

from cs231n.checks.engine.check import SLIP, Check
from cs231n.checks.engine.inputs import cases, draw
from cs231n.checks.lessons.style_transfer import student_side

MODULE = dict(notebook='StyleTransfer', lesson='style_transfer', module='cs231n.style_transfer_pytorch',
              library='torch')


def _content(seed, N, C, H, W):
    maps = draw(seed, content_current=(N, C, H, W), content_original=(N, C, H, W))
    return {'content_weight': 0.3 + seed, **maps}


def _features(seed, N, C, H, W, normalize):
    return {**draw(seed, features=(N, C, H, W)), 'normalize': normalize}


def _style(seed, N, C):
    """Four layers of different size, of which some count, and not the first."""
    sizes = (5, 7), (3, 4), (2, 5), (3, 3)
    layers = ((1, 3), (2, 3, 1), (0, 2))[seed - 1]
    return {'feats': {k: draw(10 * seed + k, feats=(N, C, *size))['feats'] for k, size in enumerate(sizes)},
            'style_layers': layers,
            'style_targets': {k: draw(50 * seed + k, 0.4, target=(N, C, C))['target'] for k in range(len(layers))},
            'style_weights': (0.5, 3.0, 1.7)[:len(layers)]}


def _picture(seed, N, H, W):
    return {**draw(seed, img=(N, 3, H, W)), 'tv_weight': 0.4 + seed}


def _call(check, ask, case):
    return ask(student_side.value_and_gradients, case)


def _matrices(outputs):
    """Count a Gram matrix (C, C) as (1, C, C)."""
    gram, gradient = outputs
    return [gram[None] if gram.ndim == 2 and gram.dtype != object else gram, gradient]

CHECKS = (
    Check(
        'content_loss', **MODULE, points=3, call=_call, one_picture=1,
        cases=cases(_content, (1, 3, 5, 7), (2, 5, 3, 2), (1, 2, 3, 5)), outputs={'loss': '', 'gradient': 'N C H W'}),
    Check(
        'gram_matrix', **MODULE, points=4, call=_call, settle=_matrices, one_picture=SLIP,
        cases=cases(_features, (1, 3, 5, 7, True), (2, 5, 3, 2, True), (3, 2, 5, 3, False), (1, 5, 2, 3, False)),
        outputs={'gram': 'N C C', 'gradient': 'N C H W'}),
    Check(
        'style_loss', **MODULE, points=4, call=_call, needs=('gram_matrix',), one_picture=1,
        cases=cases(_style, (1, 3), (2, 3), (1, 5)),
        outputs={'loss': '', **{f'gradient at layer {k}': 'N C H W' for k in range(4)}}),
    Check(
        'tv_loss', **MODULE, points=4, call=_call, one_picture=1,
        cases=cases(_picture, (1, 5, 7), (2, 3, 5), (1, 3, 2)), outputs={'loss': '', 'gradient': 'N C H W'}),
)
