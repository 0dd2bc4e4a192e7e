"""How good captions are: BLEU against what people would write, and, in the sample world, whether they are true."""

import numpy as np
from sacrebleu.metrics import BLEU

from cs231n.coco_utils import decode_captions
from cs231n.sample_world.scenes.caption_truth import true_claims
from cs231n.sample_world.scenes.captions import plain_text
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
    if f'{split}_features' not in data:
        raise ValueError(f"evaluate: split must be 'train' or 'val', got {split!r}")
    images = len(data[f'{split}_features'])
    count = images if count is None else count
    if isinstance(count, bool) or not isinstance(count, (int, np.integer)):
        raise TypeError(f'evaluate: count must be an int or None, got {type(count).__name__}')
    if not 1 <= count <= images:
        raise ValueError(f'evaluate: count must be one of 1 … {images}, the number of images, got {count}')
    references = _references(data, split, count)
    features, urls = data[f'{split}_features'][:count], data[f'{split}_urls'][:count]
    tokens = model.sample(features, **sampling)
    captions = [clean(text) for text in decode_captions(tokens, data['idx_to_word'])]
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
