"""The three classic pictures of the assignment: with the original paintings if they are on disk, else counterparts."""

import numpy as np

from cs231n.data.decoding import as_rgb
from cs231n.data.registry import root_of
from cs231n.data.worlds import choose_world
from cs231n.sample_world.paintings.paintings import painting, photograph

ORIGINALS = {'Composition VII': 'composition_vii.jpg', 'The Scream': 'the_scream.jpg',
             'The Starry Night': 'starry_night.jpg'}
COUNTERPARTS = 'abstract', 'dusk', 'starry'  # after the same three painters


def load_classics():
    """Return the content of the three classics and their paintings, by Kandinsky, Munch and van Gogh or after them.

    Takes what `get_datasets.sh styles` put on disk if it is whole, else pictures that need no download, and says in
    one line which. Returns ({name of the content: picture}, {name of a painting: picture}), uint8 arrays (H, W, 3).
    """
    if choose_world('styles') == 'real':
        return originals(root_of('styles') / 'styles')
    return {'astronaut': photograph('astronaut')[:350, 50:400]}, {name: painting(name) for name in COUNTERPARTS}


def originals(folder):
    """Return the view of Tübingen and the three paintings, as load_classics does; folder: where their files are.

    FileNotFoundError: one is missing.
    """
    read = lambda file: np.array(as_rgb(folder / file))
    return {'Tübingen': read('tubingen.jpg')}, {name: read(file) for name, file in ORIGINALS.items()}
