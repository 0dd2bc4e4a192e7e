"""BLEU and truth of captions."""

import numpy as np
import pytest

from cs231n.coco_utils import decode_captions, load_coco_data
from cs231n.metrics.captions import bleu4, evaluate, judged, truth
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


@pytest.mark.parametrize('url', ['http://example.org/1.jpg', 'sample://val/x', 'sample://val'])
def test_truth_needs_scenes(url):
    with pytest.raises(ValueError, match='urls'):
        truth(['a cat'], [url])


@pytest.mark.parametrize('function', [truth, judged])
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
