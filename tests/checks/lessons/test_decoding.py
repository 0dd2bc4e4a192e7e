"""Words drawn by chance: no right answer is called wrong and no wrong one right, whatever the dice say."""

from itertools import combinations

import numpy as np
import pytest

from cs231n.checks import CHECKS, check
from cs231n.checks.engine.answers import answers
from cs231n.checks.lessons.captioning.checks import END
from cs231n.checks.lessons.decoding.checks import ROWS, TOLERANCE
from tests.support.written_answers import RIGHT, run, write

DRAW = CHECKS['random_captions']
GUMBEL = 'rng.gumbel(size=logits.shape)'


def shares(outputs):
    """All shares among the outputs in a row, without what is said of the generators."""
    return np.concatenate([np.ravel(one) for one in outputs[:3]])


def chance_to_stray(p, by):
    """An upper bound on the chance that a share of ROWS draws is at least so far from p: Chernoff's."""
    total = np.zeros_like(p)
    for q in (p + by, p - by):
        inside = (q > 0) & (q < 1) & (p > 0) & (p < 1)
        x, y = q[inside], p[inside]
        total[inside] += np.exp(-ROWS * (x * np.log(x / y) + (1 - x) * np.log((1 - x) / (1 - y))))
        total += (q == 1) * p**ROWS
    return total


def test_a_right_answer_is_called_wrong_less_than_once_in_a_million():
    known = np.concatenate([shares(case['right']) for case in answers(DRAW)])
    assert chance_to_stray(known, TOLERANCE * (1 + known)).sum() < 1e-6
    assert chance_to_stray(np.array([0.5]), np.array([0.03]))[0] < 0.05  # the bound bounds something


def test_every_mistake_is_farther_from_the_others_than_chance_can_carry_it():
    """Farther than twice the tolerance in one share at least, or told apart by its hint or its generators."""
    known = answers(DRAW)
    texts = {'right': 'right', **DRAW.hints}
    for one, other in combinations(texts, 2):
        found, wanted = (np.concatenate([shares(case[key]) for case in known]) for key in (one, other))
        apart = (np.abs(found - wanted) / (1 + np.maximum(found, wanted))).max()
        same_generators = all(case[one][3:] == case[other][3:] for case in known)
        assert apart > 2.5 * TOLERANCE or texts[one] == texts[other] or not same_generators, (one, other, apart)


def test_some_captions_end_at_each_word_and_some_go_on():
    for case in answers(DRAW):
        first, second, third, *_ = case['right']
        assert (first[:, END].max() > 0.05) and (first[:, END] < 0.9).all()
        for p in (first, second.sum(axis=1), third):
            np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-12)
        assert (second[:, END, 1:] == 0).all() and (third[:, 0] > first[:, END]).all()


@pytest.mark.parametrize('seed', range(5))
def test_other_dice_give_the_same_verdict(seed):
    again = ('N = len(features)', f'N = len(features)\n    rng.random({seed})')
    assert check(write('random_captions', again)).passed
    multiplied = ('scores / temperature', 'scores * temperature')
    assert check(write('random_captions', again, multiplied)).hint == DRAW.hints['temperature_multiplied']


def test_an_unknown_mistake_is_told_by_the_word_whose_share_is_wrong():
    result = check(write('random_captions', (GUMBEL, 'rng.gumbel(size=logits.shape) * (np.arange(11) != 4)')))
    assert not result.passed and result.hint is None
    assert result.where.startswith('first_words differs first at n='), result
    one_for_all = check(write('random_captions', (GUMBEL, 'rng.gumbel(size=logits.shape[1])')))
    assert not one_for_all.passed and one_for_all.hint is None and 'first_words' in one_for_all.where, one_for_all


def test_shares_that_stray_no_farther_than_chance_are_not_named():
    result = check(write('random_captions', ('captions[~done, t] = word[~done]',
                                             'captions[~done, t] = word[~done] if t < 2 else 3')))
    assert result.hint is None and result.where.startswith('third_words differs first'), result


@pytest.mark.parametrize('returned, said', [
    ('None', 'it returns None'),
    ('captions[:, :2]', 'captions has shape (40, 2), expected (40, 3) = (N, T)'),
    ('captions + 9', 'captions holds '),
    ('captions / 7', 'captions holds 1.14286, and the words are 0 to 10'),
    ('captions * np.nan', 'captions holds nan, and the words are 0 to 10'),
    ('captions.astype(str)', 'captions is not an array of numbers'),
])
def test_what_is_no_caption_is_told(returned, said):
    result = check(write('random_captions', ('return captions', f'return {returned}')))
    assert not result.passed and result.hint is None and result.where.startswith(said), result


def test_a_wrong_step_is_told_before_the_captions_that_rest_on_it():
    text = RIGHT.replace("h.dot(p['W_vocab']) + p['b_vocab']", "h.dot(p['W_vocab'])")
    result = check(run(text, 'random_captions'))
    assert result.hint is None and result.where.startswith('fix next_scores first: b_vocab is left out'), result
    text = RIGHT.replace('f * prev_c + ', '')
    for name in ('next_scores', 'random_captions'):
        assert check(run(text, name)).where.startswith('fix lstm_step_forward first: prev_c is not used')


def test_one_cell_type_is_not_enough():
    result = check(write('next_scores', ("if model.cell_type == 'lstm':", 'if True:')))
    assert not result.passed and result.hint is None and 'ValueError' in result.where, result
    two = check(write('next_scores', ('return scores, h, c', 'return scores, h')))
    assert two.where == 'it returns 2 values, expected 3: scores, h, c'
