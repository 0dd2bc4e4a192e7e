"""Checks of the notebook StyleTransfer: points, inputs, and what each known mistake is told."""

import numpy as np

from .core import Check
from .inputs import cases, draw
from .running import Malformed

MODULE = dict(notebook='StyleTransfer', module='cs231n.style_transfer_pytorch')
NO_GRADIENT = 'the value is right, but no gradient flows: no .data, detach(), item() or NumPy on the way.'

CONTENT_HINTS = {
    'mean': 'this is the mean over all entries: sum the squares.',
    'per_picture': 'the loss is divided by N: sum over everything.',
    'per_pixel': 'the loss is divided by the number of pixels: sum over everything.',
    'no_weight': 'content_weight is left out.',
    'weight_squared': 'content_weight is squared: multiply the sum of squares by it once.',
    'root': 'the square root is too much: w times the sum of squares.',
    'half': 'the factor 1/2 of the paper is not in this loss: w times the sum of squares.',
    'absolute': 'absolute differences are summed: square them.',
    'not_squared': 'the differences are not squared.',
    'sum_squared': 'the sum is squared: square each difference, then sum.',
    'no_gradient': NO_GRADIENT,
}
GRAM_HINTS = {
    'one_picture_only': 'right for one picture, but N > 1 fails: keep N in front, features.reshape(N, C, H * W).',
    'first_picture': 'only the first picture has a Gram matrix: return (N, C, C).',
    'batch_in_channels': 'the pictures are mixed into the channels: reshape to (N, C, H * W), not to (N * C, H * W).',
    'batch_in_pixels': 'reshaping to (C, N * H * W) mixes up the pictures: reshape to (N, C, H * W).',
    'batch_summed': 'the pictures are added up: each keeps a Gram matrix of its own, (N, C, C).',
    'by_pixels': 'divided by H · W: the normaliser is C · H · W.',
    'by_channels': 'divided by C: the normaliser is C · H · W.',
    'by_batch': 'divided by N · C · H · W: the normaliser is C · H · W, whatever N is.',
    'never_normalized': 'normalize has no effect: if it is True, divide by C · H · W.',
    'always_normalized': 'normalize=False must leave out the division.',
    'pixels_by_pixels': 'these are products of pixels: F Fᵀ, not Fᵀ F, so that the matrix is C by C.',
    'viewed_as_rows': 'a reshape to (N, H * W, C) does not move the axes: reshape to (N, C, H * W), then transpose.',
    'centred': 'the mean of each channel is subtracted: the Gram matrix takes the features as they are.',
    'no_gradient': NO_GRADIENT,
}
STYLE_HINTS = {
    'mean': 'this is the mean over the entries of the Gram matrix: sum the squares.',
    'no_weight': 'style_weights are left out.',
    'first_weight': 'all layers get the first weight: style_weights[i] belongs to style_layers[i].',
    'weight_squared': 'the weights are squared: multiply each sum of squares by its weight once.',
    'root': 'the square root is too much: w times the sum of squares.',
    'half': 'a factor 1/2 is too much: w times the sum of squares.',
    'absolute': 'absolute differences are summed: square them.',
    'not_squared': 'the differences are not squared.',
    'averaged_over_layers': 'the loss is averaged over the layers: sum them.',
    'last_layer': 'only the last layer counts: the loss is overwritten, add up with +=.',
    'first_layer': 'only the first layer counts: the return stands inside the loop.',
    'by_position': 'feats[i] is the wrong layer: the current features are feats[style_layers[i]].',
    'gram_not_normalized': 'the Gram matrix is not normalised: the targets were made with normalize=True.',
    'no_gradient': NO_GRADIENT,
}
TV_HINTS = {
    'mean': 'these are means: sum the squares.',
    'per_pixel': 'the loss is divided by the number of entries: sum the squares.',
    'no_weight': 'tv_weight is left out.',
    'weight_squared': 'tv_weight is squared: multiply by it once.',
    'weight_once': 'tv_weight multiplies only one of the two sums: put both into brackets.',
    'root': 'the square root is too much: w times the sum of squares.',
    'half': 'a factor 1/2 is too much: w times the sum of squares.',
    'absolute': 'absolute differences are summed: square them.',
    'not_squared': 'the differences are not squared.',
    'only_rows': 'only neighbours one above the other are compared: add those side by side.',
    'only_columns': 'only neighbours side by side are compared: add those one above the other.',
    'wraps_around': 'roll compares the last row with the first: the edges have no neighbour there; use slices.',
    'cropped': 'the differences in the last row and the last column are missing: slice one axis only for each.',
    'across_channels': 'red is compared with green: neighbours lie along H and W only.',
    'first_picture': 'only the first picture counts: sum over N too.',
    'no_gradient': NO_GRADIENT,
}


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
    """The function's value, and its gradients for the features or the picture."""
    import torch  # here, so that the checks of the NumPy layers need not wait for it

    from .style_oracles import leaf, with_gradients

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
    except RuntimeError:
        if name != 'features' or len(watched) == 1:
            raise
        return [None, None]  # what a reshape for one picture does with several
    return _outputs(returned, [watched], with_gradients)


def _outputs(returned, leaves, with_gradients):
    if returned is None:
        raise Malformed('it returns None: is the return statement missing?')
    return list(with_gradients(returned, *leaves))


def _matrices(outputs):
    """A Gram matrix (C, C) counts as (1, C, C)."""
    gram, gradient = outputs
    return [gram[None] if gram.ndim == 2 and gram.dtype != object else gram, gradient]


CHECKS = (
    Check(
        'content_loss', **MODULE, points=3, call=_call, hints=CONTENT_HINTS,
        cases=cases(_content, (1, 3, 5, 7), (2, 5, 3, 2)), outputs={'loss': '', 'gradient': 'N C H W'}),
    Check(
        'gram_matrix', **MODULE, points=4, call=_call, hints=GRAM_HINTS, settle=_matrices,
        cases=cases(_features, (1, 3, 5, 7, True), (2, 5, 3, 2, True), (3, 2, 5, 3, False)),
        outputs={'gram': 'N C C', 'gradient': 'N C H W'}),
    Check(
        'style_loss', **MODULE, points=4, call=_call, hints=STYLE_HINTS, needs=('gram_matrix',),
        cases=cases(_style, (1, 3), (2, 3)),
        outputs={'loss': '', **{f'gradient at layer {k}': 'N C H W' for k in range(4)}}),
    Check(
        'tv_loss', **MODULE, points=4, call=_call, hints=TV_HINTS,
        cases=cases(_picture, (1, 5, 7), (2, 3, 5)), outputs={'loss': '', 'gradient': 'N C H W'}),
)
