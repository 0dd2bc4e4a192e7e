"""Five captions for a scene, written by a small grammar."""

from collections import Counter

import numpy as np

from cs231n.sample_world.scenes.palette import COLOURS
from cs231n.sample_world.scenes.places import PLACES
from cs231n.sample_world.scenes.things import FLYING, KINDS

LENGTH = 17      # tokens of a caption with <START>, <END> and the <NULL> that pad it, as in the COCO files
RARE = 25        # a word seen less often than this in the training captions becomes <UNK>
SPECIAL = ('<NULL>', '<START>', '<END>', '<UNK>')

# What people call a thing or a colour, the usual word first; the later ones are rarer.
NOUNS = {kind: (kind,) for kind in KINDS} | {
    'airplane': ('airplane', 'plane', 'jet'), 'bicycle': ('bicycle', 'bike'), 'bus': ('bus', 'coach'),
    'car': ('car', 'automobile'), 'castle': ('castle', 'fortress'), 'cat': ('cat', 'kitten'),
    'flower': ('flower', 'blossom'), 'house': ('house', 'cottage', 'home'), 'lighthouse': ('lighthouse', 'beacon'),
    'mushroom': ('mushroom', 'toadstool'), 'rocket': ('rocket', 'spaceship'), 'sailboat': ('sailboat', 'boat', 'yacht'),
    'tent': ('tent', 'teepee'), 'turtle': ('turtle', 'tortoise'), 'umbrella': ('umbrella', 'parasol'),
    'windmill': ('windmill', 'mill'), 'balloon': ('balloon', 'airship'),
}
COLOUR_WORDS = {colour: (colour,) for colour in COLOURS} | {
    'red': ('red', 'scarlet'), 'yellow': ('yellow', 'golden'), 'purple': ('purple', 'violet'), 'pink': ('pink', 'rosy'),
    'brown': ('brown', 'chestnut'), 'black': ('black', 'dark'), 'blue': ('blue', 'azure'),
    'green': ('green', 'emerald'), 'white': ('white', 'pale'), 'orange': ('orange', 'amber'),
}
SIZE_WORDS = {'small': ('small', 'little', 'tiny'), 'medium': (), 'big': ('big', 'large', 'huge')}
PLACE_PHRASES = {
    'beach': ('on the beach', 'on the sand', 'on a sunny beach', 'at the shore'),
    'city': ('in the city at night', 'in a town at night', 'on a street at night', 'in front of city lights'),
    'desert': ('in the desert', 'among the dunes', 'in a hot desert', 'in the dry wilderness'),
    'forest': ('in the forest', 'in the woods', 'in a dark forest', 'among old trunks'),
    'meadow': ('in the meadow', 'on the grass', 'in a green field', 'on a grassy hill'),
    'moon': ('on the moon', 'in outer space', 'on the lunar surface', 'among craters'),
    'sea': ('on the sea', 'on the water', 'over the waves', 'on the ocean'),
    'snow': ('in the snow', 'on a snowy hill', 'in a winter landscape', 'on frozen ground'),
}
PLACE_CUES = {  # the words that give a place away
    'beach': ('beach', 'sand', 'shore'), 'city': ('city', 'town', 'street', 'lights'),
    'desert': ('desert', 'dunes', 'wilderness'), 'forest': ('forest', 'woods', 'trunks'),
    'meadow': ('meadow', 'grass', 'field', 'grassy'), 'moon': ('moon', 'space', 'lunar', 'craters'),
    'sea': ('sea', 'water', 'waves', 'ocean'), 'snow': ('snow', 'snowy', 'winter', 'frozen'),
}
RELATIONS = {'left': ('left of',), 'right': ('right of',),
             'above': ('above', 'over', 'higher than'), 'below': ('below', 'under', 'beneath', 'lower than')}
RESTING, AIRBORNE = ('stands', 'rests', 'waits', 'sits'), ('floats', 'hovers', 'glides', 'drifts')
FLOURISHES = (
    'lovely', 'pretty', 'old', 'new', 'bright', 'shiny', 'quaint', 'curious', 'charming', 'famous', 'funny', 'humble',
    'fancy', 'neat', 'plain', 'quiet', 'splendid', 'handsome', 'cheerful', 'gentle', 'lonely', 'strange', 'simple',
    'peculiar', 'modest', 'jolly', 'dainty', 'rustic', 'elegant', 'noble')
KIND_OF = {word: kind for kind, words in NOUNS.items() for word in words}
COLOUR_OF = {word: colour for colour, words in COLOUR_WORDS.items() for word in words}
PLACE_OF = {word: place for place, words in PLACE_CUES.items() for word in words}


def _usual(words, rng):
    """Return mostly the first word, now and then one of the others."""
    return words[0] if len(words) == 1 or rng.random_sample() < 0.85 else words[1 + rng.randint(len(words) - 1)]


def relation(a, b):
    """Return where thing a is as seen from thing b: left, right, above or below, whichever is most true."""
    dx, dy = a.x - b.x, a.y - b.y
    return ('left' if dx < 0 else 'right') if abs(dx) >= abs(dy) else ('above' if dy < 0 else 'below')


def _noun_phrase(thing, rng, size=0.4):
    words = []
    if SIZE_WORDS[thing.size] and rng.random_sample() < size:
        words.append(_usual(SIZE_WORDS[thing.size], rng))
    if rng.random_sample() < 0.03:
        words.append(FLOURISHES[min(rng.randint(len(FLOURISHES)), rng.randint(len(FLOURISHES)))])
    words += [_usual(COLOUR_WORDS[thing.colour], rng), _usual(NOUNS[thing.kind], rng)]
    return ('an ' if words[0][0] in 'aeiou' else 'a ') + ' '.join(words)


def _write(things, place, rng):
    """Return one caption, as text."""
    where = _usual(PLACE_PHRASES[place], rng)
    order = sorted(things, key=lambda t: t.x)  # named as one reads, from left to right, with few exceptions: a colour
    if len(order) > 1 and rng.random_sample() < 0.03:  # comes before its noun, when only the order tells whose it is
        order = [order[1], order[0], *order[2:]]
    if rng.random_sample() < 0.25:  # not everything is worth mentioning
        order = order[:1]
    first, form = order[0], rng.random_sample()
    if len(order) == 1:
        if form < 0.62:
            return f'{_noun_phrase(first, rng)} {where}'
        if form < 0.74:
            return f'there is {_noun_phrase(first, rng)} {where}'
        if form < 0.88:
            verb = _usual(AIRBORNE if first.kind in FLYING else RESTING, rng)
            return f'{_noun_phrase(first, rng)} {verb} {where}'
        return f'{where} there is {_noun_phrase(first, rng)}'
    if len(order) == 3 and form < 0.3:
        return ' '.join([_noun_phrase(first, rng, 0) + ' and', _noun_phrase(order[1], rng, 0) + ' and',
                         _noun_phrase(order[2], rng, 0), where])
    second = order[1] if len(order) == 2 or rng.random_sample() < 0.7 else order[2]
    a, b = _noun_phrase(first, rng, 0), _noun_phrase(second, rng, 0)
    if form > 0.9:
        return f'{where} there is {a} next to {b}' if form > 0.95 else f'{a} and {b} {where}'
    return f'{a} {_usual(RELATIONS[relation(first, second)], rng)} {b} {where}'


def captions(things, place, rng, count=5):
    """Write `count` different captions of a scene as lists of words, each short enough for LENGTH tokens."""
    found = []
    while len(found) < count:
        words = _write(things, place, rng).split()
        if len(words) <= LENGTH - 2 and words not in found:
            found.append(words)
    return found


def vocabulary(texts):
    """Return (idx_to_word, word_to_idx): the words of the captions, commonest first, after the special ones."""
    counts = Counter(word for words in texts for word in words)
    known = sorted((w for w, n in counts.items() if n >= RARE), key=lambda w: (-counts[w], w))
    idx_to_word = [*SPECIAL, *known]
    return idx_to_word, {word: k for k, word in enumerate(idx_to_word)}


def encode(words, word_to_idx):
    """Turn words into int32 (LENGTH,): <START>, the words (<UNK> for the rare ones), <END>, <NULL> as padding."""
    row = np.full(LENGTH, word_to_idx['<NULL>'], np.int32)
    tokens = ['<START>', *words, '<END>']
    row[:len(tokens)] = [word_to_idx.get(word, word_to_idx['<UNK>']) for word in tokens]
    return row


def plain_text(words):
    """Return words as they are shown to a person: without special tokens."""
    return ' '.join(word for word in words if word not in SPECIAL)


assert set(PLACE_PHRASES) == set(PLACES)
