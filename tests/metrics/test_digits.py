"""Fréchet distance against closed forms, coverage by hand, the reader of digits on digits it has not seen."""

import json

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm

from cs231n.metrics.digits import coverage, evaluate, frechet_distance
from cs231n.sample_world.digits.digits import draw_digits
from cs231n.sample_world.digits.reader import READER_WEIGHTS, load_digit_net, look
from cs231n.sample_world.training import train_digit_net


def with_moments(mean, C, N, seed=0):
    """N rows whose mean and covariance are exactly these."""
    x = np.random.RandomState(seed).standard_normal((N, len(mean)))
    x = x - x.mean(axis=0)
    x = x @ np.linalg.inv(np.linalg.cholesky(np.cov(x, rowvar=False, ddof=1).reshape(len(mean), -1))).T
    values, vectors = np.linalg.eigh(C)
    return x @ (vectors * np.sqrt(values.clip(min=0))).T + mean


def random_covariance(D, seed):
    A = np.random.RandomState(seed).standard_normal((D, D))
    return A @ A.T


@pytest.mark.parametrize('D', [1, 2, 7])
def test_equal_covariances_leave_the_distance_of_the_means(D):
    C, shift = random_covariance(D, 1), np.arange(1.0, D + 1)
    a, b = with_moments(np.zeros(D), C, 40), with_moments(shift, C, 50, seed=3)
    assert frechet_distance(a, b) == pytest.approx(shift @ shift, rel=1e-9)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-9)


def test_commuting_covariances():
    a = with_moments(np.zeros(3), np.diag([1.0, 4.0, 9.0]), 30)
    b = with_moments(np.zeros(3), np.diag([16.0, 1.0, 0.25]), 20, seed=1)
    assert frechet_distance(a, b) == pytest.approx((1 - 4) ** 2 + (2 - 1) ** 2 + (3 - 0.5) ** 2, rel=1e-9)


@pytest.mark.parametrize('D', [2, 5, 11])
def test_any_covariances_by_the_general_matrix_root(D):
    C_a, C_b = random_covariance(D, 1), random_covariance(D, 2)
    a, b = with_moments(np.zeros(D), C_a, 60), with_moments(np.ones(D), C_b, 70, seed=5)
    want = D + np.trace(C_a + C_b - 2 * sqrtm(C_a @ C_b).real)
    assert frechet_distance(a, b) == pytest.approx(want, rel=1e-9)
    assert frechet_distance(b, a) == pytest.approx(want, rel=1e-9)


def test_a_feature_that_never_varies_does_no_harm():
    C = np.diag([2.0, 0.0, 3.0])
    a, b = with_moments(np.zeros(3), C, 30), with_moments(np.array([0, 1.0, 0]), C, 30, seed=2)
    assert frechet_distance(a, b) == pytest.approx(1, rel=1e-6)


@pytest.mark.parametrize('a, b', [((3, 2), (3, 4)), ((1, 2), (3, 2)), ((6,), (6,))])
def test_shapes_that_do_not_fit(a, b):
    with pytest.raises(ValueError, match='must have shape'):
        frechet_distance(np.zeros(a), np.zeros(b))


@pytest.mark.parametrize('labels, want', [
    (np.arange(1000) % 10, (10, 1.0)),
    (np.full(50, 3), (1, 0.0)),
    ([0] * 500 + [1] * 500, (2, np.log(2) / np.log(10))),
    ([0] * 995 + [1] * 5, (1, (0.995 * -np.log(0.995) + 0.005 * -np.log(0.005)) / np.log(10))),
])
def test_coverage(labels, want):
    assert coverage(labels) == (want[0], pytest.approx(want[1]))


@pytest.mark.parametrize('labels', [[], [3, 10], [-1]])
def test_coverage_of_no_digits(labels):
    with pytest.raises(ValueError, match='labels must be some of 0'):
        coverage(labels)


@pytest.fixture(scope='module')
def unseen():
    pictures, labels = draw_digits(400, 77)
    return pictures / 127.5 - 1, labels


def test_the_reader_reads_digits_it_has_not_seen(unseen):
    probabilities = look(unseen[0])[1]
    assert (probabilities.argmax(axis=1) == unseen[1]).mean() >= 0.98
    assert np.allclose(probabilities.sum(axis=1), 1)


def test_the_card_tells_what_the_weights_are():
    card = json.loads(READER_WEIGHTS.with_suffix('.json').read_text())
    assert card['parameters'] == sum(p.numel() for p in load_digit_net().parameters())
    assert READER_WEIGHTS.stat().st_size < 250_000
    assert card['accuracy on the drawn test digits'] >= 0.99


def test_shapes_and_chunks_make_no_difference(unseen):
    flat = torch.tensor(unseen[0], dtype=torch.float32).reshape(-1, 784)
    features, probabilities = look(flat)
    assert (features.shape, probabilities.shape) == ((400, 64), (400, 10))
    one_by_one = np.concatenate([look(row[None])[0] for row in flat[:5]])
    assert np.allclose(features[:5], one_by_one, atol=1e-5)
    assert np.array_equal(look(flat.reshape(-1, 1, 28, 28))[0], features)


@pytest.mark.parametrize('pictures, words', [
    (np.zeros((2, 28, 28)) + 255, r'pictures must lie in \[-1, 1\], got 255 to 255'),
    (np.full((2, 784), np.nan), 'got nan to nan'),
    (np.zeros((2, 2 * 784)), r'pictures must have shape .* got \(2, 1568\)'),  # not four pictures
    (np.zeros(784), r'got \(784,\)'),
])
def test_what_is_no_picture_is_not_read(pictures, words):
    with pytest.raises(ValueError, match=words):
        look(pictures)


def test_real_digits_are_judged_well_and_noise_badly(unseen):
    pictures, _ = unseen
    good = evaluate(pictures[:200], pictures[200:])
    bad = evaluate(np.random.RandomState(0).uniform(-1, 1, (200, 784)), pictures[200:])
    assert good['covered'] == 10 and good['evenness'] > 0.99 and good['clear'] > 0.95
    assert bad['covered'] < 10 and bad['frechet'] > 10 * good['frechet']


def test_a_collapsed_generator_shows(unseen):
    pictures, labels = unseen
    sevens = evaluate(pictures[labels == 7], pictures)
    assert sevens['covered'] <= 2 and sevens['evenness'] < 0.2


def test_the_reader_can_be_trained_again_and_gives_the_same_each_time():
    before = torch.get_rng_state()
    one, other = (train_digit_net.train(epochs=2, digits=300) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters()))
    assert torch.equal(torch.get_rng_state(), before)
    assert 0.2 < train_digit_net.accuracy(one, 200, 5) < 1  # it has begun to learn
    assert one.training


@pytest.mark.parametrize('pictures, real, told', [(0, 3, 'pictures must .* got 0'), (1, 3, 'pictures must .* got 1'),
                                                  (3, 0, 'real must .* got 0')])
def test_too_few_pictures_are_named(pictures, real, told):
    with pytest.raises(ValueError, match=f'evaluate: {told}'):
        evaluate(np.zeros((pictures, 784)), np.zeros((real, 784)))
