"""Where a captioning network looks, held to where things are: the sample world knows the pixels of each."""

from typing import NamedTuple

import numpy as np
from scipy.ndimage import distance_transform_edt

from cs231n.data.grids import SIDE, START, STEP
from cs231n.sample_world.scenes.captions import COLOUR_OF, KIND_OF
from cs231n.sample_world.scenes.scenes import scene

NEAR = 15  # pixels that a peak may lie beside a thing, as in the pointing game
CENTRES = START + STEP * np.arange(SIDE)  # of the places, along a row or a column


class Look(NamedTuple):
    """One word that names a thing or its colour, and how its look at the picture was.

    picture, step: the word is the one at `step` of the caption of `picture`; word: as it is said; names: 'thing' or
    'colour'; thing: the number, in its scene, of the thing that is named, None if there is none; mass: how much of the
    look's weight lies on it; area: how much of the picture it covers; hit: whether the peak lies on it; luck: at how
    many of the places it would; right: whether what the word says is true.
    """

    picture: int
    step: int
    word: str
    names: str
    thing: int | None
    mass: float
    area: float
    hit: bool
    luck: float
    right: bool


def cover(masks):
    """Return how much of each place a thing covers: bool (n, 224, 224) -> (n, P), 0 … 1.

    A place is a square as wide as the way to the next. The 9 x 9 of them leave out a rim of 10 pixels.
    """
    edges = np.rint(START + STEP * (np.arange(SIDE + 1) - 0.5)).astype(int)
    inner = np.asarray(masks, float)[:, edges[0]:edges[-1], edges[0]:edges[-1]]
    sums = np.add.reduceat(np.add.reduceat(inner, edges[:-1] - edges[0], axis=1), edges[:-1] - edges[0], axis=2)
    return (sums / np.outer(np.diff(edges), np.diff(edges))).reshape(len(masks), SIDE * SIDE)


def near(mask):
    """Tell for each place whether its centre lies on a thing or at most 15 pixels beside it: bool (224, 224) -> (P,).

    The pointing game: Zhang et al., ECCV 2016, arXiv:1608.00507.
    """
    centres = np.rint(CENTRES).astype(int)
    return (distance_transform_edt(~mask)[np.ix_(centres, centres)] <= NEAR).ravel()


def named_words(words):
    """Return (step, names, kind) of each word of a caption that names a thing or, before it, its colour.

    words: a list of words. names: 'thing' or 'colour'; kind: of the thing that is meant.
    """
    found, kind = [], None
    for step in reversed(range(len(words))):
        if words[step] in KIND_OF:
            kind = KIND_OF[words[step]]
            found.append((step, 'thing', kind))
        elif words[step] in COLOUR_OF and kind:
            found.append((step, 'colour', kind))
            kind = None  # a colour belongs to the noun behind it alone
    return found[::-1]


def looks(captions, maps, urls):
    """Hold the looks of captions of sample scenes to the truth.

    captions: N strings of words from the first on; maps: (N, T, P), row t the weights of the look before word t,
    which need not sum to 1; urls: the N addresses sample://split/index. Returns a list of Look, one for each word that
    names a thing or its colour. ValueError if the numbers do not fit.
    """
    if not len(captions) == len(maps) == len(urls) or np.ndim(maps) != 3 or maps.shape[2] != SIDE * SIDE:
        raise ValueError(f'looks: maps must have shape (N, T, P) = ({len(captions)}, *, {SIDE * SIDE}), and urls hold '
                         f'{len(captions)}, got {np.shape(maps)} and {len(urls)}')
    found = []
    for n, (caption, url) in enumerate(zip(captions, urls)):
        split, _, index = str(url).removeprefix('sample://').partition('/')
        place, words = scene(split, int(index)), caption.split()
        covered, close = cover(place.masks), [near(mask) for mask in place.masks]
        for step, names, kind in named_words(words):
            k = next((k for k, thing in enumerate(place.things) if thing.kind == kind), None)
            w = maps[n, step] / max(maps[n, step].sum(), 1e-12)
            right = k is not None and (names == 'thing' or COLOUR_OF[words[step]] == place.things[k].colour)
            on = (0.0, 0.0, False, 0.0) if k is None else (
                float(w @ covered[k]), float(covered[k].mean()), bool(close[k][w.argmax()]), float(close[k].mean()))
            found.append(Look(n, step, words[step], names, k, *on, right))
    return found


def summary(found):
    """Return {'thing' or 'colour': {'mass', 'chance', 'times', 'hit', 'luck', 'count'}} over looks at what is there.

    mass: the mean share of the weight on the named thing; chance: its mean share of the picture; times: mass over
    chance; hit: how often the peak lies on it; luck: how often a place drawn at random would.
    ValueError without such a look.
    """
    table = {}
    for names in ('thing', 'colour'):
        some = [one for one in found if one.names == names and one.thing is not None]
        if not some:
            raise ValueError(f'summary: found must hold looks of words that name a {names} in the scene, got none')
        mass, chance, hit, luck = (float(np.mean([getattr(one, key) for one in some]))
                                   for key in ('mass', 'area', 'hit', 'luck'))
        table[names] = {'mass': mass, 'chance': chance, 'times': mass / chance, 'hit': hit, 'luck': luck,
                        'count': len(some)}
    return table
