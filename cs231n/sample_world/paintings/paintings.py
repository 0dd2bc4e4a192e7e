"""Paintings to take a style from, drawn by code from a seed, and photographs that installed libraries bring.

painting('starry')       a swirling night         after van Gogh
painting('dusk')         a burning sky in bands   after Munch
painting('abstract')     circles, arcs and wedges after Kandinsky
painting('facets')       a guitar in facets       after Braque
painting('mosaic')       gold and blue tesserae   after Ravenna
painting('ink')          mountains and bamboo     after the ink painters of the Song
painting('dots')         a river of pure dots     after Seurat
painting('wave')         a woodcut                after Hokusai
photograph('cat')        a real one
"""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image

from cs231n.sample_world.paintings.by_shape import abstract, facets, mosaic, wave
from cs231n.sample_world.paintings.by_stroke import dots, dusk, ink_wash, starry

PAINTINGS = {
    'starry': starry,
    'dusk': dusk,
    'abstract': abstract,
    'facets': facets,
    'mosaic': mosaic,
    'ink': ink_wash,
    'dots': dots,
    'wave': wave,
}
PHOTOGRAPHS = {  # name -> (library, file): each comes with the library's wheel
    'astronaut': ('skimage', 'data/astronaut.png'),
    'cat': ('skimage', 'data/chelsea.png'),
    'coffee': ('skimage', 'data/coffee.png'),
    'rocket': ('skimage', 'data/rocket.jpg'),
    'galaxies': ('skimage', 'data/hubble_deep_field.jpg'),
    'grass': ('skimage', 'data/grass.png'),
    'gravel': ('skimage', 'data/gravel.png'),
    'bricks': ('skimage', 'data/brick.png'),
    'admiral': ('matplotlib', 'mpl-data/sample_data/grace_hopper.jpg'),
}


@lru_cache(maxsize=32)
def painting(name, seed=0):
    """Return a painting of that name, drawn from a seed: uint8 (288, 288, 3). ValueError: there is none."""
    if name not in PAINTINGS:
        raise ValueError(f'name must be one of {", ".join(PAINTINGS)}, got {name!r}')
    canvas = PAINTINGS[name](np.random.RandomState(seed))  # its stream never changes
    image = np.clip(np.rint(canvas), 0, 255).astype(np.uint8)
    image.flags.writeable = False
    return image


def photograph(name):
    """Return a real photograph of that name: uint8 (H, W, 3). ValueError: there is no such photograph."""
    if name not in PHOTOGRAPHS:
        raise ValueError(f'name must be one of {", ".join(PHOTOGRAPHS)}, got {name!r}')
    library, file = PHOTOGRAPHS[name]
    folder = Path(find_spec(library).origin).parent
    with Image.open(folder / file) as image:
        return np.array(image.convert('RGB'))
