"""The drawn digits: MNIST's layout and look, the same arrays each time, and variety like people's."""

import hashlib
import struct

import numpy as np
import pytest
from torchvision.datasets import MNIST

from cs231n.sample_world.digits import digits
from cs231n.sample_world.digits.digits import BOX, SIDE, draw_digits
from cs231n.sample_world.digits.strokes import STROKES

# Digest of draw_digits(50, 7): the same pixels on every machine.
KNOWN = 'ff0616df164e88a8'


@pytest.fixture(scope='module')
def drawn():
    return draw_digits(500, 5)


def test_shapes_types_and_balance(drawn):
    pictures, labels = drawn
    assert (pictures.shape, pictures.dtype, labels.dtype) == ((500, SIDE, SIDE), np.uint8, np.uint8)
    assert np.bincount(labels).tolist() == [50] * 10


def test_the_same_pixels_as_ever():
    pictures, labels = draw_digits(50, 7)
    assert hashlib.sha256(pictures.tobytes() + labels.tobytes()).hexdigest()[:16] == KNOWN


def test_seeds_differ_and_numpys_own_stream_stays():
    before = np.random.get_state()[1].copy()
    assert not np.array_equal(draw_digits(20, 1)[0], draw_digits(20, 2)[0])
    assert np.array_equal(np.random.get_state()[1], before)


def test_no_digits_is_an_error():
    with pytest.raises(ValueError, match='count must be at least 1, got 0'):
        draw_digits(0, 1)


def test_a_digit_fills_the_box_and_its_mass_is_in_the_middle(drawn):
    pictures = drawn[0].astype(float)
    index = np.arange(SIDE)
    for axis in (1, 2):
        lines = pictures.sum(axis=axis)  # (N, 28)
        centre = lines @ index / lines.sum(axis=1)
        assert np.abs(centre - (SIDE - 1) / 2).max() <= 0.5 + 1e-9
    lit = [[np.flatnonzero(picture.max(axis=axis) > 60) for axis in (0, 1)] for picture in pictures]
    longer = np.array([max(map(np.ptp, both)) + 1 for both in lit])
    assert longer.max() <= BOX and np.median(longer) >= BOX - 1


def test_the_ink_is_like_that_of_mnist(drawn):
    pictures = drawn[0] / 255
    assert abs(pictures.mean() - 0.1307) < 0.015 and abs(pictures.std() - 0.3081) < 0.02
    assert abs((pictures > 0).mean() - 0.191) < 0.03  # the share of MNIST's pixels that are not black


def test_no_two_are_alike(drawn):
    rows = drawn[0].reshape(500, -1).astype(float)
    apart = ((rows[:, None, ::7] - rows[None, :, ::7]) ** 2).sum(axis=2)
    assert apart[~np.eye(500, dtype=bool)].min() > 0


def test_people_write_each_digit_in_several_ways():
    assert len(STROKES) == 10 and min(map(len, STROKES)) >= 3
    flat = [point for variants in STROKES for _, curves in variants for curve in curves for point in curve]
    assert np.min(flat) >= 0 and np.max(flat) <= 1
    assert all(len(curve) >= 2 for variants in STROKES for _, curves in variants for curve in curves)


def test_curves_that_share_a_point_meet_there():
    curves = (((0.0, 0.0), (0.5, 0.2), (1.0, 0.0)), ((1.0, 0.0), (0.7, 0.5), (0.4, 1.0)))
    points, weights, ends = digits._skeleton(curves)
    assert len(points) == 5
    moved = weights @ np.random.RandomState(0).standard_normal(points.shape)
    assert np.allclose(moved[ends[0] - 1], moved[ends[0]])  # the end of the first, the start of the second
    assert np.allclose(weights.sum(axis=1), 1)


def test_torchvision_reads_the_files(tmp_path, monkeypatch):
    monkeypatch.setattr(digits, 'BLOCKS', {'train': ((20, 3), (10, 4)), 'test': ((20, 5),)})
    raw = digits.make(tmp_path)
    assert sorted(path.name for path in raw.iterdir()) == [
        f'{name}-{kind}-ubyte' for name in ('t10k', 'train') for kind in ('images-idx3', 'labels-idx1')]
    assert (raw / 'train-images-idx3-ubyte').read_bytes()[:16] == struct.pack('>iiii', 2051, 30, 28, 28)
    for train, split in ((True, 'train'), (False, 'test')):
        dataset = MNIST(tmp_path, train=train)
        blocks = [draw_digits(*block) for block in digits.BLOCKS[split]]
        pictures, labels = (np.concatenate(parts) for parts in zip(*blocks))
        assert np.array_equal(dataset.data.numpy(), pictures)
        assert dataset.targets.tolist() == labels.tolist()


def test_an_interrupt_leaves_no_broken_file(tmp_path, monkeypatch):
    monkeypatch.setattr(digits, 'BLOCKS', {'train': ((10, 3),)})
    digits.make(tmp_path)
    whole = {path.name: path.read_bytes() for path in (tmp_path / 'MNIST' / 'raw').iterdir()}
    monkeypatch.setattr('os.replace', lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    monkeypatch.setattr(digits, 'BLOCKS', {'train': ((10, 0),)})
    with pytest.raises(KeyboardInterrupt):
        digits.make(tmp_path)
    assert {name: (tmp_path / 'MNIST' / 'raw' / name).read_bytes() for name in whole} == whole


def test_the_sample_has_as_many_digits_as_mnist():
    counts = {split: sum(count for count, _ in blocks) for split, blocks in digits.BLOCKS.items()}
    seeds = [seed for blocks in digits.BLOCKS.values() for _, seed in blocks]
    assert counts == {'train': 60_000, 'test': 10_000} and len(set(seeds)) == len(seeds)
