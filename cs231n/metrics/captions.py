"""How good captions are: BLEU against what people would write, and, in the sample world, whether they are true."""

import numpy as np
from sacrebleu.metrics import BLEU

from cs231n.coco_utils import decode_captions
from cs231n.sample_world.scenes.caption_truth import true_claims
from cs231n.sample_world.scenes.captions import COLOUR_OF, KIND_OF, PLACE_OF, RELATIONS, plain_text
from cs231n.sample_world.scenes.scenes import plan

CLAIMS = ('thing', 'all things', 'colour', 'place', 'relation')


def bleu4(captions, references):
    """Return BLEU-4 of a corpus, 0..1: how many runs of one to four words stand in one of the references.

    Times a penalty where captions are shorter than their references.

    captions: N strings; references: for each of them a list of R strings, R the same for all. No smoothing.
    ValueError if the numbers do not fit, or without captions or references.
    Papineni et al., ACL 2002; computed by sacrebleu (Post, arXiv:1804.08771).
    """
    if len(captions) == 0:
        raise ValueError('bleu4: captions must hold at least one, got none')
    lengths = sorted({len(r) for r in references})
    if len(captions) != len(references) or len(lengths) != 1 or lengths[0] == 0:
        raise ValueError(f'bleu4: references must hold one list for each of {len(captions)} captions, all equally long '
                         f'and not empty, got {len(references)} lists of lengths {lengths}')
    streams = [list(stream) for stream in zip(*references, strict=True)]
    metric = BLEU(tokenize='none', smooth_method='none', lowercase=False, force=True)
    return metric.corpus_score(list(captions), streams).score / 100


def truth(captions, urls):
    """Return how often captions of sample scenes are true, by what is known about the scenes.

    captions: N strings; urls: the N addresses sample://split/index of their scenes. Returns {claim: (share, said)} for
    the five claims of `true_claims`: `said` is the share of captions that make the claim at all, and
    `share` how many of those are right.
    ValueError if an address is not that of a sample scene, or without a caption for each.
    """
    _check_pairs('truth', captions, urls)
    verdicts = [true_claims(clean(caption), *_scene_of(url)) for caption, url in zip(captions, urls)]
    table = {}
    for claim in CLAIMS:
        made = [v[claim] for v in verdicts if v[claim] is not None]
        table[claim] = (float(np.mean(made)) if made else 0.0, len(made) / len(verdicts))
    return table


def judged(captions, urls):
    """Return whether each caption names a thing and says nothing wrong, a list of bool; None for photographs."""
    _check_pairs('judged', captions, urls)
    if not str(urls[0]).startswith('sample://'):
        return None
    verdicts = [true_claims(clean(caption), *_scene_of(url)) for caption, url in zip(captions, urls)]
    return [v['thing'] is True and False not in v.values() for v in verdicts]


def wrong_words(captions, urls):
    """Return for each caption the places of its wrong words, counted from 0 in `clean(caption)`; None for photographs.

    Wrong are a thing that is not there, the colour of one that is there, the place, and the words of the relation
    between the first two things: a caption without any is what `judged` calls right, if it names a thing.
    ValueError without an address for each caption.
    """
    _check_pairs('wrong_words', captions, urls)
    if not str(urls[0]).startswith('sample://'):
        return None
    return [_wrong_words(clean(caption).split(), *_scene_of(url)) for caption, url in zip(captions, urls)]


def _wrong_words(words, things, place):
    nouns = [k for k, word in enumerate(words) if word in KIND_OF]
    there = {thing.kind: thing for thing in things}
    wrong = [k for k in nouns if KIND_OF[words[k]] not in there]
    for k in nouns:
        colours = [j for j in range(max(k - 2, 0), k) if words[j] in COLOUR_OF]
        if k not in wrong and colours and COLOUR_OF[words[colours[-1]]] != there[KIND_OF[words[k]]].colour:
            wrong.append(colours[-1])
    where = [k for k, word in enumerate(words) if word in PLACE_OF]
    wrong += [k for k in where[:1] if PLACE_OF[words[k]] != place]
    if true_claims(words, things, place)['relation'] is False:
        between = range(nouns[0] + 1, nouns[1])
        wrong += [k for k in between if any(words[k] in phrase.split() for one in RELATIONS.values() for phrase in one)]
    return sorted(wrong)


def _check_pairs(function, captions, urls):
    """Raise unless there are captions, and an address for each."""
    if len(captions) == 0 or len(captions) != len(urls):
        raise ValueError(f'{function}: urls must hold one for each caption, and captions at least one, '
                         f'got {len(urls)} for {len(captions)}')


def _scene_of(url):
    scheme, _, rest = str(url).partition('://')
    split, _, index = rest.partition('/')
    if scheme != 'sample' or not index.isdigit():
        raise ValueError(f'urls must be addresses such as sample://val/12, got {url!r}')
    place, _, things, _ = plan(split, int(index))
    return things, place


def evaluate(model, data, split='val', count=None, **sampling):
    """Caption the first `count` images of a split (default: all) and judge the captions.

    data: as from load_coco_data, with all its captions (not max_train). Keywords go to `model.sample`. Returns
    {'captions': N strings, 'bleu4': 0..1, 'truth': as from `truth`, or None for photographs}.
    TypeError or ValueError: another split, another count than 1 … the number of images, an image without a caption.
    """
    count = _count('evaluate', data, split, count)
    references = _references(data, split, count)
    tokens = model.sample(data[f'{split}_features'][:count], **sampling)
    captions = [clean(text) for text in decode_captions(tokens, data['idx_to_word'])]
    return _evaluation(captions, references, data[f'{split}_urls'][:count])


def evaluate_people(data, split='val', count=None, *, of_other_scenes=False):
    """Judge one person's captions as `evaluate` judges those of a model, by what the others wrote.

    of_other_scenes: whether to take what was written about the image before, which is what a writer reaches who does
    not see: chance. Returns and raises the same as `evaluate`; ValueError also if an image has one caption only.
    """
    count = _count('evaluate_people', data, split, count)
    references = _references(data, split, count)
    captions = [written[0] for written in references]
    if of_other_scenes:
        captions = captions[-1:] + captions[:-1]
    elif min(map(len, references)) < 2:
        raise ValueError('evaluate_people: data must hold two captions or more for each image, got a single one')
    else:
        references = [written[1:] for written in references]
    return _evaluation(captions, references, data[f'{split}_urls'][:count])


def _count(function, data, split, count):
    """Return the number of images to take, or raise what `evaluate` promises."""
    if f'{split}_features' not in data:
        raise ValueError(f"{function}: split must be 'train' or 'val', got {split!r}")
    images = len(data[f'{split}_features'])
    count = images if count is None else count
    if isinstance(count, bool) or not isinstance(count, (int, np.integer)):
        raise TypeError(f'{function}: count must be an int or None, got {type(count).__name__}')
    if not 1 <= count <= images:
        raise ValueError(f'{function}: count must be one of 1 … {images}, the number of images, got {count}')
    return count


def _evaluation(captions, references, urls):
    """Return captions with their BLEU-4, by as many references for each as all have, and how often they are true."""
    fewest = min(len(r) for r in references)
    score = bleu4(captions, [r[:fewest] for r in references])
    return {'captions': captions, 'bleu4': score,
            'truth': truth(captions, urls) if str(urls[0]).startswith('sample://') else None}


def _references(data, split, count):
    """Return what people wrote of each of the first images of a split; ValueError where that is nothing."""
    found = [[] for _ in range(count)]
    written = decode_captions(data[f'{split}_captions'], data['idx_to_word'])
    for owner, text in zip(data[f'{split}_image_idxs'], written, strict=True):
        if owner < count:
            found[owner].append(clean(text))
    if [] in found:
        raise ValueError(f'evaluate: data must hold a caption for each image, got none for image {found.index([])} of '
                         f'{split}; max_train leaves captions out')
    return found


def clean(text):
    """Return a decoded caption as people write it: without <START> and <END>."""
    return plain_text(text.split())
