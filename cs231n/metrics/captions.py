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
    ValueError if the numbers do not fit. Papineni et al., ACL 2002; computed by sacrebleu (Post, arXiv:1804.08771).
    """
    if len(captions) != len(references) or len({len(r) for r in references}) != 1:
        raise ValueError(f'references must be one list for each of {len(captions)} captions, all equally long, '
                         f'got {len(references)} lists of lengths {sorted({len(r) for r in references})}')
    streams = [list(stream) for stream in zip(*references, strict=True)]
    metric = BLEU(tokenize='none', smooth_method='none', lowercase=False, force=True)
    return metric.corpus_score(list(captions), streams).score / 100


def truth(captions, urls):
    """Return how often captions of sample scenes are true, by what is known about the scenes.

    captions: N strings; urls: the N addresses sample://split/index of their scenes. Returns {claim: (share, said)} for
    the five claims of `true_claims`: `said` is the share of captions that make the claim at all, and
    `share` how many of those are right.
    ValueError if an address is not that of a sample scene.
    """
    verdicts = [true_claims(clean(caption), *_scene_of(url)) for caption, url in zip(captions, urls, strict=True)]
    table = {}
    for claim in CLAIMS:
        made = [v[claim] for v in verdicts if v[claim] is not None]
        table[claim] = (float(np.mean(made)) if made else 0.0, len(made) / max(len(verdicts), 1))
    return table


def judged(captions, urls):
    """Return whether each caption names a thing and says nothing wrong, a list of bool; None for photographs."""
    if not str(urls[0]).startswith('sample://'):
        return None
    verdicts = [true_claims(clean(caption), *_scene_of(url)) for caption, url in zip(captions, urls, strict=False)]
    return [v['thing'] is True and False not in v.values() for v in verdicts]


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
    """
    features, urls = data[f'{split}_features'][:count], data[f'{split}_urls'][:count]
    tokens = model.sample(features, **sampling)
    captions = [clean(text) for text in decode_captions(tokens, data['idx_to_word'])]
    owners = data[f'{split}_image_idxs']
    written = decode_captions(data[f'{split}_captions'], data['idx_to_word'])
    references = [[] for _ in captions]
    for owner, text in zip(owners, written, strict=True):
        if owner < len(references):
            references[owner].append(clean(text))
    fewest = min(len(r) for r in references)
    score = bleu4(captions, [r[:fewest] for r in references])
    return {'captions': captions, 'bleu4': score,
            'truth': truth(captions, urls) if str(urls[0]).startswith('sample://') else None}


def clean(text):
    """Return a decoded caption as people write it: without <START> and <END>."""
    return plain_text(text.split())
