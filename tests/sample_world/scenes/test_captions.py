"""The grammar only says what is true, and the judge finds out when a caption is not."""

import numpy as np
import pytest

from cs231n.sample_world.build import scene_captions
from cs231n.sample_world.scenes.caption_truth import true_claims
from cs231n.sample_world.scenes.captions import COLOUR_OF, KIND_OF, LENGTH, PLACE_OF, encode, relation, vocabulary
from cs231n.sample_world.scenes.scenes import Thing, plan

RED_CAT = Thing('cat', 'red', 'small', 60, 150, 60)
BLUE_BUS = Thing('bus', 'blue', 'big', 160, 140, 120)
GREEN_KITE = Thing('kite', 'green', 'small', 70, 40, 60)
SCENE = (RED_CAT, BLUE_BUS, GREEN_KITE), 'snow'


@pytest.fixture(scope='module')
def written():
    return [scene_captions('train', i) for i in range(1500)]


def test_five_different_captions_that_fit_in_seventeen_tokens(written):
    for five in written:
        assert len(five) == len({tuple(words) for words in five}) == 5
        assert max(map(len, five)) <= LENGTH - 2


def test_every_caption_is_true_and_names_thing_colour_and_place(written):
    for index, five in enumerate(written):
        place, _, things, _ = plan('train', index)
        for words in five:
            verdict = true_claims(words, things, place)
            said = [verdict[c] for c in ('thing', 'all things', 'colour', 'all colours', 'place')]
            assert all(said), (words, things, place)
            assert verdict['relation'] in (True, None)


def test_captions_have_variety(written):
    words = {w for five in written for caption in five for w in caption}
    assert 150 <= len(words) <= 400
    texts = [tuple(c) for five in written for c in five]
    assert len(set(texts)) > 0.9 * len(texts)
    assert {len(t) for t in texts} >= set(range(6, 16))
    assert len({t[:3] for t in texts}) > 300


def test_captions_are_the_same_every_time():
    assert scene_captions('val', 3) == scene_captions('val', 3) != scene_captions('val', 4)


@pytest.mark.parametrize('caption, expected', [
    ('a red cat to the left of a blue bus in the snow', (True, True, True, True)),
    ('a scarlet kitten left of a huge coach in a winter landscape', (True, True, True, True)),
    ('a red cat to the right of a blue bus in the snow', (True, True, True, False)),
    ('a green kite above a red cat in the snow', (True, True, True, True)),
    ('a green kite below a red cat in the snow', (True, True, True, False)),
    ('a blue cat in the snow', (True, False, True, None)),
    ('a red dog in the snow', (None, None, True, None)),
    ('a red castle in the snow', (False, False, True, None)),
    ('a red cat and a castle in the snow', (True, True, True, None)),
    ('a red castle above a red cat in the snow', (False, False, True, False)),
    ('a red cat on the beach', (True, True, False, None)),
    ('a red cat', (True, True, None, None)),
    ('in the snow there is a cat', (True, None, True, None)),
    ('', (None, None, None, None)),
    ('in a dark forest there is a red cat', (True, True, False, None)),
])
def test_the_judge(caption, expected):
    verdict = true_claims(caption, *SCENE)
    assert tuple(verdict[claim] for claim in ('thing', 'colour', 'place', 'relation')) == expected
    assert true_claims(caption.split(), *SCENE) == verdict


def test_the_judge_looks_at_every_thing():
    assert true_claims('a red cat and a castle', *SCENE)['all things'] is False
    assert true_claims('a red cat and a bus', *SCENE)['all things'] is True
    assert true_claims('in the snow', *SCENE)['all things'] is None


def test_the_judge_looks_at_every_colour():
    assert true_claims('a red cat and a big blue bus', *SCENE)['all colours'] is True
    assert true_claims('a red cat and a big red bus', *SCENE)['all colours'] is False
    assert true_claims('a cat and a red bus and a green kite', *SCENE)['all colours'] is False
    assert true_claims('a cat and a bus', *SCENE)['all colours'] is None


def test_relations_go_both_ways():
    assert relation(RED_CAT, BLUE_BUS) == 'left' and relation(BLUE_BUS, RED_CAT) == 'right'
    assert relation(GREEN_KITE, RED_CAT) == 'above' and relation(RED_CAT, GREEN_KITE) == 'below'


def test_words_mean_one_thing():
    assert not set(KIND_OF) & set(COLOUR_OF) and not set(KIND_OF) & set(PLACE_OF) and not set(COLOUR_OF) & set(PLACE_OF)


def test_rare_words_become_unknown():
    idx_to_word, word_to_idx = vocabulary([['a', 'cat']] * 30 + [['a', 'quokka']])
    assert idx_to_word == ['<NULL>', '<START>', '<END>', '<UNK>', 'a', 'cat']
    row = encode(['a', 'quokka'], word_to_idx)
    assert row.dtype == np.int32 and row.tolist() == [1, 4, 3, 2] + [0] * 13
