"""Saliency maps held against the truth: the mask of the thing that the picture shows."""

import numpy as np
from scipy.ndimage import distance_transform_edt, gaussian_filter

SMOOTHING = 4.0  # sigma in pixels, of 224: one pixel alone is no peak


def peak_distance(saliency, mask):
    """Return how many pixels the highest point of a map (H, W), a little blurred, lies from the thing; 0 is on it.

    mask: bool (H, W), the thing. ValueError if the shapes differ or the mask is empty.
    Source: the pointing game, Zhang et al., arXiv:1608.00507.
    """
    _check(saliency, mask)
    return float(distance_transform_edt(~mask).flat[gaussian_filter(saliency, SMOOTHING).argmax()])


def light_ratio(saliency, mask):
    """Return how many times as bright a map (H, W) is on the thing as on the rest; what is negative counts as dark.

    1 is chance: a map that does not know where the thing is. mask: bool (H, W). ValueError as peak_distance.
    """
    _check(saliency, mask)
    light = np.maximum(saliency, 0)
    return float(light[mask].mean() / max(light[~mask].mean(), 1e-12))


def _check(saliency, mask):
    if saliency.shape != mask.shape or mask.dtype != bool or not mask.any() or mask.all():
        raise ValueError(f'mask: expected bool of the shape {saliency.shape} with some of both, got {mask.dtype} '
                         f'{mask.shape} with {int(mask.sum())} set')
