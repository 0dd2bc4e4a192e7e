"""Whether what a caption says of a scene is true."""

from cs231n.sample_world.scenes.captions import COLOUR_OF, KIND_OF, PLACE_OF, RELATIONS


def true_claims(caption, things, place):
    """Hold a caption to the truth about its scene.

    `caption` is a string or a list of words, `things` and `place` are those of the Scene. Returns a dict of True,
    False or None (the caption does not say): `thing`, the first thing it names is there, `all things`, every one is;
    `colour`, the first has the colour it says, `all colours`, every one has; `place`; and `relation`, the first lies
    where it says from the second.
    """
    words = caption.split() if isinstance(caption, str) else list(caption)
    nouns = [k for k, word in enumerate(words) if word in KIND_OF]
    there = {thing.kind: thing for thing in things}
    named = [there.get(KIND_OF[words[k]]) for k in nouns]
    right = [_colour_holds(words[max(k - 2, 0):k], thing) for k, thing in zip(nouns, named, strict=True)]
    said = [holds for holds in right if holds is not None]
    places = [PLACE_OF[word] for word in words if word in PLACE_OF]
    verdict = {'thing': named[0] is not None if named else None, 'all things': None not in named if named else None,
               'colour': right[0] if right else None, 'all colours': all(said) if said else None,
               'place': places[0] == place if places else None, 'relation': None}
    if len(nouns) > 1:
        between = ' '.join(words[nouns[0] + 1:nouns[1]])
        claims = [name for name, phrases in RELATIONS.items() if any(f' {p} ' in f' {between} ' for p in phrases)]
        if claims:
            a, b = named[:2]
            verdict['relation'] = bool(a and b) and _holds(claims[0], a, b)
    return verdict


def _colour_holds(before, thing):
    """Tell whether the thing has the colour that the words before its noun say; None if they name no colour."""
    said = [COLOUR_OF[word] for word in before if word in COLOUR_OF]
    return (thing is not None and said[-1] == thing.colour) if said else None


def _holds(claim, a, b):
    """Tell whether a is left of, right of, above or below b, by their centres. Two of the four can be true at once."""
    return {'left': a.x < b.x, 'right': a.x > b.x, 'above': a.y < b.y, 'below': a.y > b.y}[claim]
