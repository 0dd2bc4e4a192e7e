"""BLEU and truth of captions."""

import numpy as np
import pytest

from cs231n.coco_utils import decode_captions, load_coco_data
from cs231n.metrics.captions import bleu4, clean, evaluate, evaluate_people, judged, truth, wrong_words
from cs231n.sample_world.scenes.scenes import plan


def test_bleu_of_a_copy_is_one_and_of_other_words_zero():
    assert bleu4(['a red cat on the moon'], [['a red cat on the moon', 'x']]) == pytest.approx(1)
    assert bleu4(['a red cat on the moon'], [['one blue dog in our house']]) == 0


def test_bleu_by_hand():
    """4 of 5 words, 3 of 4 pairs, 2 of 3 triples, 1 of 2 runs of four; as long as the reference."""
    expected = (4 / 5 * 3 / 4 * 2 / 3 * 1 / 2) ** (1 / 4)
    assert bleu4(['a red cat sits here'], [['a red cat sits there']]) == pytest.approx(expected, rel=1e-9)


def test_bleu_punishes_brevity():
    expected = np.exp(1 - 8 / 4)
    assert bleu4(['a red cat sits'], [['a red cat sits on the green grass']]) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize('captions, references, told', [
    (['a'], [], r'references must hold one list for each of 1 captions.* got 0 lists'),
    (['a', 'b'], [['a'], ['b', 'c']], r'references must .* got 2 lists of lengths \[1, 2\]'),
    (['a'], [[]], r'references must .* not empty, got 1 lists of lengths \[0\]'),
    ([], [], 'captions must hold at least one, got none')])
def test_bleu_refuses_what_does_not_fit(captions, references, told):
    with pytest.raises(ValueError, match=f'bleu4: {told}'):
        bleu4(captions, references)


def test_truth_counts_what_is_said():
    _, _, things, _ = plan('val', 0)
    thing, other = things[0], next(k for k in ('cat', 'bus') if k not in {t.kind for t in things})
    texts = [f'<START> a {thing.colour} {thing.kind} <END>', f'a {thing.colour} {other}', 'nothing at all', '']
    table = truth(texts, ['sample://val/0'] * 4)
    assert table['thing'] == (0.5, 0.5) and table['colour'] == (0.5, 0.5)
    assert table['place'] == (0.0, 0.0) == table['relation']
    assert judged(texts, ['sample://val/0'] * 4) == [True, False, False, False]
    assert judged(['x'], ['http://example.org/1.jpg']) is None


@pytest.mark.parametrize('caption, wrong', [
    ('<START> a {a.colour} {a.kind} {side} a {b.colour} {b.kind} <END>', ''),
    ('a {c} {a.kind} {side} a {b.colour} {b.kind}', '{c}'),
    ('a {a.colour} {k} {side} a {b.colour} {b.kind}', '{k} {side}'),
    ('a {a.colour} {a.kind} {other} a {b.colour} {b.kind}', '{other}'),
    ('a {a.kind} {p}', '{p}'),
    ('a {a.colour} {a.kind} and a {k} and a {c} {b.kind}', '{k} {c}'),
    ('', '')])
def test_wrong_words_are_found(caption, wrong):
    place, _, things, _ = plan('val', 3)
    a, b = sorted(things, key=lambda thing: thing.x)[:2]
    names = {'a': a, 'b': b, 'side': 'left of', 'other': 'right of', 'k': 'bus', 'p': 'sea', 'c': 'red'}
    assert not {a.kind, b.kind} & {'bus'} and 'red' not in (a.colour, b.colour) and place != 'sea' and len(things) == 2
    words = clean(caption.format(**names)).split()
    found, = wrong_words([caption.format(**names)], ['sample://val/3'])
    assert ' '.join(words[k] for k in found) == wrong.format(**names)


def test_a_caption_with_a_thing_is_right_if_and_only_if_no_word_of_it_is_wrong():
    data = load_coco_data()
    urls, captions = data['val_urls'][:200], evaluate_people(data, 'val', 200, of_other_scenes=True)['captions']
    captions[::3] = evaluate_people(data, 'val', 200)['captions'][::3]
    right = judged(captions, urls)
    assert right == [not wrong for wrong in wrong_words(captions, urls)] and 60 < sum(right) < 80
    assert wrong_words(['x'], ['http://example.org/1.jpg']) is None


@pytest.mark.parametrize('url', ['http://example.org/1.jpg', 'sample://val/x', 'sample://val'])
def test_truth_needs_scenes(url):
    with pytest.raises(ValueError, match='urls'):
        truth(['a cat'], [url])


@pytest.mark.parametrize('function', [truth, judged, wrong_words])
@pytest.mark.parametrize('captions, urls', [
    ([], []), (['a cat'], []), (['a cat', 'a dog'], ['sample://val/0']), (['a cat'], ['sample://val/0'] * 2)])
def test_every_caption_needs_an_address(function, captions, urls):
    with pytest.raises(ValueError, match=rf'{function.__name__}: urls must .* got {len(urls)} for {len(captions)}'):
        function(captions, urls)


class Parrot:
    """Says of each picture what its first reference says."""

    def __init__(self, data):
        self.data = data

    def sample(self, features):
        return self.data['val_captions'][::5, 1:][:len(features)]


def test_evaluate_gives_a_parrot_full_marks():
    data = load_coco_data()
    result = evaluate(Parrot(data), data, 'val', 60)
    assert len(result['captions']) == 60 and result['bleu4'] == pytest.approx(1)
    reference = decode_captions(data['val_captions'][15], data['idx_to_word'])
    assert result['captions'][3] == ' '.join(reference.split()[1:-1])
    assert all(share == 1 for share, _ in result['truth'].values())


def few_images(captioned):
    """Data of three images, of which some have a caption."""
    return {'val_features': np.zeros((3, 5), np.float32), 'val_urls': np.array(['http://host/1.jpg'] * 3),
            'val_captions': np.tile([1, 3, 2], (len(captioned), 1)), 'val_image_idxs': np.array(captioned),
            'idx_to_word': ['<NULL>', '<START>', '<END>', 'cat']}


@pytest.mark.parametrize('captioned, settings, error, told', [
    ([0, 2], {}, ValueError, 'data must hold a caption for each image, got none for image 1 of val'),
    ([0, 1, 2], {'count': 0}, ValueError, 'count must be one of 1 … 3, the number of images, got 0'),
    ([0, 1, 2], {'count': -1}, ValueError, 'count must be one of 1 … 3, the number of images, got -1'),
    ([0, 1, 2], {'count': 4}, ValueError, 'count must be one of 1 … 3, the number of images, got 4'),
    ([0, 1, 2], {'count': 2.0}, TypeError, 'count must be an int or None, got float'),
    ([0, 1, 2], {'count': True}, TypeError, 'count must be an int or None, got bool'),
    ([0, 1, 2], {'split': 'test'}, ValueError, "split must be 'train' or 'val', got 'test'"),
])
def test_evaluate_names_what_is_missing(captioned, settings, error, told):
    with pytest.raises(error, match=f'evaluate: {told}'):
        evaluate(Parrot(few_images(captioned)), few_images(captioned), **settings)


def test_evaluate_asks_for_captions_only_of_the_images_it_takes():
    data = few_images([0, 0])
    assert evaluate(Parrot(data), data, count=np.int64(1)) == {'captions': ['cat'], 'bleu4': 0, 'truth': None}


def test_people_are_right_and_their_bleu_is_by_what_the_others_wrote():
    data = load_coco_data()
    people = evaluate_people(data, 'val', 60)
    assert all(share == 1 for share, _ in people['truth'].values()) and 0.5 < people['bleu4'] < 0.8
    texts = [clean(text) for text in decode_captions(data['val_captions'][:300], data['idx_to_word'])]
    assert people['captions'] == texts[::5]
    assert people['bleu4'] == bleu4(texts[::5], [texts[k + 1:k + 5] for k in range(0, 300, 5)])


def test_chance_is_what_was_written_of_another_scene():
    data = load_coco_data()
    chance, people = evaluate_people(data, 'val', 60, of_other_scenes=True), evaluate_people(data, 'val', 60)
    assert chance['captions'] == people['captions'][-1:] + people['captions'][:-1]
    assert chance['bleu4'] < 0.2 and all(share < 0.3 for share, _ in chance['truth'].values())


def test_one_caption_alone_has_no_others_to_be_held_to():
    with pytest.raises(ValueError, match='evaluate_people: data must hold two captions or more for each image'):
        evaluate_people(few_images([0, 1, 1, 2, 2]))
    with pytest.raises(ValueError, match="evaluate_people: split must be 'train' or 'val', got 'test'"):
        evaluate_people(few_images([0, 1, 2]), 'test')
