"""Arrays are compared, and their differences put into words."""

import numpy as np
import torch

from cs231n.checks.engine.compare import agree, as_array, difference, fit


def words(got, want, axes='', dims=None):
    return difference('y', axes, as_array(got), as_array(want), dims or {})[1]


def test_zero_stands_for_an_array_of_zeros():
    want = np.zeros((2, 3))
    assert agree(fit(as_array(0), want), want, 0, 0)
    assert fit(as_array(1), want).shape == ()
    assert fit(as_array('0'), want).shape == ()


def test_scalars_of_any_shape():
    for value in (1.5, [1.5], [[1.5]], np.float32(1.5), torch.tensor([1.5], requires_grad=True)):
        assert agree(fit(as_array(value), np.array(1.5)), np.array(1.5), 0, 0)
    assert fit(as_array([1.5, 1.5]), np.array(1.5)).shape == (2,)


def test_a_list_of_tensors_with_a_graph_is_no_array_of_numbers():
    assert words([torch.ones(2, requires_grad=True)], np.ones(2)) == 'y is not an array of numbers'


def test_agreement_has_a_bound_and_a_shape():
    assert agree(np.array([1 + 1e-9]), np.array([1.0]), 1e-8, 0)
    assert not agree(np.array([1 + 1e-7]), np.array([1.0]), 1e-8, 0)
    assert not agree(np.ones(3), np.ones((1, 3)), 1, 1)
    assert not agree(np.array(['a']), np.ones(1), 1, 1)
    assert agree(np.array([np.nan]), np.array([np.nan]), 0, 0)
    assert not agree(np.array([np.nan]), np.array([1.0]), 1, 1)


def test_missing_values():
    assert words(None, np.ones(2)) == 'y is missing'
    assert agree(as_array(None), as_array(None), 0, 0)
    assert not agree(as_array(None), np.ones(2), 1, 1)


def test_places():
    want = np.arange(24.0).reshape(2, 3, 4) + 1
    got = want.copy()
    got[1, 2, 3] = 7
    assert words(got, want, 'N T H') == (
        'y differs first at n=1, timestep t=2, h=3: got 7, expected 24;'
        ' wrong in row 1, right in 0; wrong at timestep 2, right at 0, 1'
    )
    got = np.ones((3, 8))
    got[:, 4] = 5
    assert (
        words(got, np.ones((3, 8)), 'D 4H')
        == 'y differs first at d=0, gate o, h=0: got 5, expected 1; wrong in gate o, right in i, f, g'
    )


def test_factors():
    want = np.array([1.0, -2.0, 0.0])
    assert words(-want, want, 'H') == 'y differs first at h=0: got -1, expected 1; only the sign is wrong'
    assert words(want / 5, want, 'H', {'T': 5, 'N': 3}).endswith(
        'everywhere 0.2 times the right value (that is 1/T)'
    )
    assert words(want / 5, want, 'H', {'T': 5, 'N': 5}).endswith('everywhere 0.2 times the right value')
    assert words(0 * want, want, 'H').endswith('it is zero everywhere')
    assert words(want + 1, want, 'H') == 'y differs first at h=0: got 2, expected 1'


def test_one_number_is_called_a_multiple_only_if_the_factor_has_a_name():
    assert words(3.0, 1.0) == words(3.0, 1.0, dims={'N': 2}) == 'y: got 3, expected 1'
    assert words(2.0, 1.0, dims={'N': 2}) == 'y: got 2, expected 1'  # a forgotten 2 is no N
    assert words(3, 1, dims={'N': 3}) == 'y: got 3, expected 1'  # a class is no size
    assert words(3.0, 1.0, dims={'N': 3}) == 'y: got 3, expected 1; 3 times the right value (that is N)'
    assert words(0.0, 1.0) == 'y: got 0, expected 1; it is zero'


def test_numbers_are_short_and_rounding_noise_is_zero():
    assert words(1 / 3, 2e-17) == 'y: got 0.3333, expected 0'


def test_integers_where_floats_belong_are_named():
    assert 'y holds integers (int64)' in words(np.zeros((2, 3), np.int64), np.full((2, 3), 0.5))
    assert 'integers' not in words(np.zeros((2, 3), np.int64), np.ones((2, 3), np.int64))
