"""Saliency maps held against a mask whose answer can be counted."""

import numpy as np
import pytest

from cs231n.metrics.saliency import light_ratio, peak_distance

MASK = np.zeros((60, 50), bool)
MASK[20:40, 10:30] = True


def spot(i, j):
    saliency = np.zeros(MASK.shape)
    saliency[i, j] = 1
    return saliency


@pytest.mark.parametrize('i, j, away', [(30, 20, 0), (30, 29, 0), (30, 36, 7), (14, 20, 6), (43, 33, np.hypot(4, 4))])
def test_a_peak_lies_as_far_from_the_thing_as_it_is(i, j, away):
    assert peak_distance(spot(i, j), MASK) == pytest.approx(away)


def test_one_pixel_alone_is_no_peak():
    saliency = spot(55, 45)
    saliency[25:35, 15:25] = 0.5
    assert peak_distance(saliency, MASK) == 0


def test_brightness_is_that_of_the_thing_over_that_of_the_rest():
    assert light_ratio(np.where(MASK, 6.0, 2.0), MASK) == pytest.approx(3)
    assert light_ratio(np.ones(MASK.shape), MASK) == pytest.approx(1)
    assert light_ratio(np.where(MASK, -6.0, 2.0), MASK) == 0


@pytest.mark.parametrize('function', [peak_distance, light_ratio])
@pytest.mark.parametrize('mask', [MASK[:-1], MASK.astype(int), np.zeros_like(MASK), np.ones_like(MASK)])
def test_a_mask_that_is_none_is_named(function, mask):
    with pytest.raises(ValueError, match='mask: expected bool of the shape'):
        function(spot(3, 3), mask)
