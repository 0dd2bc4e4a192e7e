"""Where a network looks, against the known places of things."""

import numpy as np
import pytest

from cs231n.metrics.attention import CENTRES, cover, looks, named_words, near, summary
from cs231n.sample_world.scenes.scenes import scene

P = 81


def first_with_two_things():
    return next(n for n in range(100) if len(scene('val', n).things) == 2)


def test_the_cover_of_a_place_is_its_share_of_pixels():
    masks = np.zeros((2, 224, 224), bool)
    masks[0], masks[1, :, :112] = True, True
    whole, half = cover(masks)
    np.testing.assert_allclose(whole, 1)
    columns = half.reshape(9, 9)
    assert (columns[:, :4] == 1).all() and (columns[:, 5:] == 0).all()
    np.testing.assert_allclose(columns[:, 4], (112 - 99) / (122 - 99))  # the middle one: pixels 99 to 121


def test_near_is_within_15_pixels_of_the_centre():
    for beside, found in ((14, True), (16, False)):
        mask = np.zeros((224, 224), bool)
        mask[int(CENTRES[2]), round(CENTRES[6]) + beside] = True
        assert near(mask)[2 * 9 + 6] == found


def test_a_colour_belongs_to_the_noun_behind_it():
    words = ['red', 'and', 'a', 'small', 'blue', 'kitten', 'left', 'of', 'a', 'tree', 'on', 'the', 'green', 'grass']
    assert named_words(words) == [(4, 'colour', 'cat'), (5, 'thing', 'cat'), (9, 'thing', 'tree')]


def test_a_look_at_the_thing_alone_has_all_its_mass_on_it():
    n = first_with_two_things()
    (a, b), masks = scene('val', n).things, scene('val', n).masks
    maps = np.zeros((1, 6, P))
    maps[0, 1], maps[0, 2] = cover(masks)[0] == cover(masks)[0].max(), cover(masks)[1]  # the second one looks beside it
    maps[0, 5] = 1 / P
    found = looks([f'a {a.colour} {a.kind} and a {b.kind}'], maps, [f'sample://val/{n}'])
    colour, noun, other = found
    assert (colour.names, colour.thing, colour.right, colour.hit) == ('colour', 0, True, True)
    np.testing.assert_allclose(colour.mass, cover(masks)[0].max())
    assert noun.thing == 0 and not noun.hit and noun.mass < 0.1
    np.testing.assert_allclose([other.mass, other.area], cover(masks)[1].mean())
    np.testing.assert_allclose(other.luck, near(masks[1]).mean())


def test_a_wrong_word_is_told():
    thing = scene('val', 0).things[0]
    absent = next(k for k in ('bus', 'cat', 'tree', 'kite') if k not in {t.kind for t in scene('val', 0).things})
    colour = 'red' if thing.colour != 'red' else 'blue'
    found = looks([f'a {colour} {thing.kind} and a {absent}'], np.ones((1, 6, P)), ['sample://val/0'])
    assert [(one.names, one.thing is None, one.right) for one in found] == [
        ('colour', False, False), ('thing', False, True), ('thing', True, False)]


def test_the_summary_takes_means_over_the_looks_whose_thing_is_there():
    n = first_with_two_things()
    a, b = scene('val', n).things
    texts = [f'{a.colour} {a.kind} {b.kind}']
    found = looks(texts, np.ones((1, 3, P)), [f'sample://val/{n}'])
    table = summary(found)
    assert table['thing']['count'] == 2 and table['colour']['count'] == 1
    assert table['thing']['times'] == pytest.approx(1) and table['colour']['times'] == pytest.approx(1)
    with pytest.raises(ValueError, match='summary: found must hold looks'):
        summary([])


@pytest.mark.parametrize('maps, urls', [(np.ones((1, 3, 7)), ['sample://val/0']), (np.ones((2, 3, P)), ['sample://val/0']),
                                        (np.ones((1, P)), ['sample://val/0']), (np.ones((1, 3, P)), [])])
def test_what_does_not_fit_is_refused(maps, urls):
    with pytest.raises(ValueError, match='looks: maps must have shape'):
        looks(['a cat'], maps, urls)
