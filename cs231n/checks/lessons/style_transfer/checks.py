"""Checks of the notebook StyleTransfer: points, inputs."""

import numpy as np

from cs231n.checks.engine.check import SLIP, Check
from cs231n.checks.engine.errors import Malformed
from cs231n.checks.engine.inputs import cases, draw

MODULE = dict(notebook='StyleTransfer', lesson='style_transfer', module='cs231n.style_transfer_pytorch',
              library='torch')

# What PyTorch says of (N, C, H, W) where it expects a single picture, or its matrix.
TOO_MANY = 'is invalid for input of size', 'expects a tensor with <= 2 dimensions', 'must be a matrix'


def _content(seed, N, C, H, W):
    maps = draw(seed, content_current=(N, C, H, W), content_original=(N, C, H, W))
    return {'content_weight': 0.3 + seed, **maps}


def _features(seed, N, C, H, W, normalize):
    return {**draw(seed, features=(N, C, H, W)), 'normalize': normalize}


def _style(seed, N, C):
    """Four layers of different size, of which some count, and not the first."""
    sizes = (5, 7), (3, 4), (2, 5), (3, 3)
    layers = ((1, 3), (2, 3, 1))[seed - 1]
    return {'feats': {k: draw(10 * seed + k, feats=(N, C, *size))['feats'] for k, size in enumerate(sizes)},
            'style_layers': layers,
            'style_targets': {k: draw(50 * seed + k, 0.4, target=(N, C, C))['target'] for k in range(len(layers))},
            'style_weights': (0.5, 3.0, 1.7)[:len(layers)]}


def _picture(seed, N, H, W):
    return {**draw(seed, img=(N, 3, H, W)), 'tv_weight': 0.4 + seed}


def _call(check, function, case):
    """Return the function's value, and its gradients for the features or the picture."""
    import torch  # here, so that the checks of the NumPy layers need not wait for it

    from cs231n.checks.lessons.style_transfer.gradients import leaf, with_gradients

    if 'feats' in case:
        leaves = [leaf(value) for value in case['feats'].values()]
        targets = [torch.tensor(value) for value in case['style_targets'].values()]
        return _outputs(function(leaves, case['style_layers'], targets, case['style_weights']), leaves, with_gradients)
    name = next(name for name in ('content_current', 'features', 'img') if name in case)
    watched = leaf(case[name])
    values = {key: torch.tensor(value) if isinstance(value, np.ndarray) else value for key, value in case.items()}
    values[name] = watched
    if values.get('normalize'):
        del values['normalize']  # it is the default
    try:
        returned = function(*values.values())
    except RuntimeError as error:
        if name == 'features' and _is_for_one_picture(function, values, error):
            return [None, None]  # what a reshape for one picture does with several
        raise
    return _outputs(returned, [watched], with_gradients)


def _is_for_one_picture(function, values, error):
    """Whether several pictures are too many for a reshape or a product that is right for each of them alone."""
    if len(values['features']) == 1 or not any(words in str(error) for words in TOO_MANY):
        return False
    try:
        for picture in values['features'].detach():
            function(picture[None], *list(values.values())[1:])
    except Exception:  # then the number of pictures is not what the error is about
        return False
    return True


def _outputs(returned, leaves, with_gradients):
    if returned is None:
        raise Malformed('it returns None: is the return statement missing?')
    if isinstance(returned, (list, tuple)):
        raise Malformed(f'it returns a {type(returned).__name__}, expected a tensor')
    return list(with_gradients(returned, *leaves))


def _matrices(outputs):
    """Count a Gram matrix (C, C) as (1, C, C)."""
    gram, gradient = outputs
    return [gram[None] if gram.ndim == 2 and gram.dtype != object else gram, gradient]


CHECKS = (
    Check(
        'content_loss', **MODULE, points=3, call=_call, one_picture=1,
        cases=cases(_content, (1, 3, 5, 7), (2, 5, 3, 2)), outputs={'loss': '', 'gradient': 'N C H W'}),
    Check(
        'gram_matrix', **MODULE, points=4, call=_call, settle=_matrices, one_picture=SLIP,
        cases=cases(_features, (1, 3, 5, 7, True), (2, 5, 3, 2, True), (3, 2, 5, 3, False)),
        outputs={'gram': 'N C C', 'gradient': 'N C H W'}),
    Check(
        'style_loss', **MODULE, points=4, call=_call, needs=('gram_matrix',), one_picture=1,
        cases=cases(_style, (1, 3), (2, 3)),
        outputs={'loss': '', **{f'gradient at layer {k}': 'N C H W' for k in range(4)}}),
    Check(
        'tv_loss', **MODULE, points=4, call=_call, one_picture=1,
        cases=cases(_picture, (1, 5, 7), (2, 3, 5)), outputs={'loss': '', 'gradient': 'N C H W'}),
)
