"""How near words lie to each other, and whether near ones mean the same: the sample world knows what words mean."""

import numpy as np

from cs231n.sample_world.scenes.captions import COLOUR_OF, KIND_OF, PLACE_OF

MEANING = {**KIND_OF, **COLOUR_OF, **PLACE_OF}  # 'kitten': 'cat', 'scarlet': 'red', 'dunes': 'desert', …


def nearest(vectors, word_to_idx, words, count=3):
    """Return for each word the others that lie nearest: {word: [(other, cosine of the angle), …]}, nearest first.

    vectors: (V, W), a row for each word; word_to_idx: {word: its row}; words: among which neighbours are looked for,
    those that the vocabulary does not have being left out. ValueError if fewer than two are left.
    """
    known = [word for word in words if word in word_to_idx]
    if len(known) < 2:
        raise ValueError(f'nearest: words must hold two or more of the vocabulary, got {len(known)}')
    rows = np.float64([vectors[word_to_idx[word]] for word in known])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = rows @ rows.T
    np.fill_diagonal(cosines, -np.inf)
    order = np.argsort(-cosines, axis=1)[:, :min(count, len(known) - 1)]
    return {word: [(known[j], float(cosines[k, j])) for j in order[k]] for k, word in enumerate(known)}


def same_meaning(one, other):
    """Tell whether both are words for the same thing, colour or place of the sample world."""
    return one in MEANING and MEANING[one] == MEANING.get(other)


def synonyms_found(vectors, word_to_idx):
    """Return how often the nearest word means the same, and how often a word drawn by chance would.

    Both are shares of the words for things, colours and places that have a synonym in the vocabulary; nearest among
    all of these words. Returns (share, chance), floats.
    """
    known = [word for word in MEANING if word in word_to_idx]
    alike = {word: sum(same_meaning(word, other) for other in known) - 1 for word in known}
    asked = [word for word in known if alike[word]]
    found = nearest(vectors, word_to_idx, known, count=1)
    share = np.mean([same_meaning(word, found[word][0][0]) for word in asked])
    return float(share), float(np.mean([alike[word] / (len(known) - 1) for word in asked]))
