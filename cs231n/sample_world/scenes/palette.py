"""The colours of the sample world: ten names, each a small cloud of RGB values that a person calls by that name."""

import numpy as np

COLOURS = {  # name -> (centre, how far a sample may stray from it), 0..255
    'red': ((214, 40, 40), 18),
    'orange': ((245, 135, 30), 14),
    'yellow': ((248, 215, 55), 16),
    'green': ((52, 150, 62), 20),
    'blue': ((38, 92, 205), 20),
    'purple': ((128, 58, 168), 18),
    'pink': ((246, 140, 185), 16),
    'white': ((242, 242, 240), 10),
    'black': ((34, 34, 38), 12),
    'brown': ((122, 76, 42), 14),
}


def sample(name, rng):
    """Draw one RGB value (3,) float32 in 0..255 that goes by this name."""
    centre, spread = COLOURS[name]
    return np.clip(np.float32(centre) + rng.uniform(-spread, spread, 3).astype(np.float32), 0, 255)


def mix(colour, other, share):
    """Go `share` of the way from one RGB value to another, float32 (3,)."""
    colour, other = np.float32(colour), np.float32(other)
    return colour + np.float32(share) * (other - colour)


def roles(main, rng):
    """Return the paint of a thing: role -> RGB. The first role, main, carries the colour that the thing is named by."""
    bright = float(main.mean())
    trims = [c for c in ((196, 60, 50), (64, 72, 92), (236, 200, 80), (235, 235, 232), (92, 60, 40))
             if np.abs(np.float32(c) - main).sum() > 150]
    return {
        'main': main,
        'dark': mix(main, (10, 10, 20), 0.38 if bright > 60 else -0.45),
        'light': mix(main, (255, 255, 255), 0.35),
        'trim': np.float32(trims[rng.randint(len(trims))]) + rng.uniform(-12, 12, 3).astype(np.float32),
        'white': np.float32((244, 243, 238)),
        'black': np.float32((30, 30, 34)),
        'glass': np.float32((176, 214, 235)) + rng.uniform(-15, 15, 3).astype(np.float32),
        'wood': np.float32((134, 90, 52)) + rng.uniform(-16, 16, 3).astype(np.float32),
        'metal': np.float32((168, 172, 178)) + rng.uniform(-12, 12, 3).astype(np.float32),
        'leaf': np.float32((74, 140, 62)) + rng.uniform(-16, 16, 3).astype(np.float32),
        'glow': np.float32((252, 206, 84)) + rng.uniform(-10, 3, 3).astype(np.float32),
        'cream': np.float32((240, 224, 190)) + rng.uniform(-10, 10, 3).astype(np.float32),
    }
