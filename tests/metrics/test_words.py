"""Which words lie near each other, and whether they mean the same."""

import numpy as np
import pytest

from cs231n.metrics import words


def test_the_nearest_by_hand():
    vectors = np.array([[1, 0], [2, 0.2], [0, 3], [9, 9]])
    index = {'cat': 0, 'kitten': 1, 'bus': 2, 'coach': 3}
    found = words.nearest(vectors, index, ['cat', 'kitten', 'bus', 'unknown'], count=2)
    assert list(found) == ['cat', 'kitten', 'bus']
    assert [other for other, _ in found['cat']] == ['kitten', 'bus']
    assert found['cat'][0][1] == pytest.approx(2 / np.hypot(2, 0.2)) and found['cat'][1][1] == pytest.approx(0)


def test_meanings_are_those_of_the_sample_world():
    assert words.same_meaning('kitten', 'cat') and words.same_meaning('ocean', 'waves')
    assert not words.same_meaning('cat', 'bus') and not words.same_meaning('of', 'of')


def test_synonyms_are_counted():
    index = {word: k for k, word in enumerate(('cat', 'kitten', 'bus', 'coach', 'guitar', 'of'))}
    vectors = np.array([[1, 0, 0], [1, 0.1, 0], [0, 0.5, 1], [1, 0.3, 0], [0, 1, 0], [0, 0, 1]])
    share, chance = words.synonyms_found(vectors, index)
    assert share == 0.5  # cat and kitten; bus and coach are apart, guitar has no synonym, of no meaning
    assert chance == pytest.approx(1 / 4)


def test_one_word_has_no_neighbour():
    with pytest.raises(ValueError, match='nearest: words must hold two or more of the vocabulary, got 1'):
        words.nearest(np.eye(2), {'cat': 0, 'bus': 1}, ['cat'])
