"""What a picture has kept of another, where it is known: a blur spares colours, a swap of channels spares lines."""

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter

from cs231n.metrics.pictures import LUMA, kept
from cs231n.sample_world.paintings.paintings import photograph

CAT = photograph('cat')[50:250, 75:275]


def test_a_picture_keeps_all_of_itself():
    assert list(kept(CAT, CAT).values()) == pytest.approx([1, 1, 1])
    assert kept(Image.fromarray(CAT), CAT) == kept(CAT, CAT)


def test_a_blur_takes_fine_lines_first_and_colours_last():
    found = kept(gaussian_filter(CAT.astype(float), (5, 5, 0)), CAT)
    assert found['fine lines'] < 0.4 < 0.8 < found['coarse shapes'] and found['colours'] > 0.9


def test_the_complementary_colours_leave_the_lines_alone():
    found = kept(2 * (CAT @ LUMA[:, None]) - CAT, CAT)
    assert list(found.values()) == pytest.approx([1, 1, -1])


def test_noise_keeps_nothing():
    noise = np.random.RandomState(0).uniform(0, 255, CAT.shape)
    assert all(abs(share) < 0.1 for share in kept(noise, CAT).values())


@pytest.mark.parametrize('picture, words', [
    (CAT[:50], r'must have one shape \(H, W, 3\), got \(50, 200, 3\) and \(200, 200, 3\)'),
    (CAT[..., 0], r'got \(200, 200\)'),
    (np.full(CAT.shape, 7), 'must have fine lines to compare, got a flat one'),
])
def test_what_cannot_be_compared_is_named(picture, words):
    with pytest.raises(ValueError, match=words):
        kept(picture, CAT)
