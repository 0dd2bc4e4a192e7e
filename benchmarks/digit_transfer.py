"""How well the reader of drawn digits reads people's handwriting: python -m benchmarks.digit_transfer PATH

PATH: the file digits.csv.gz that scikit-learn brings along (sklearn/datasets/data), 1,797 digits of 43 people at
8 x 8 pixels of 17 grey levels (Alpaydin & Kaynak, 1998). They are enlarged, given MNIST's contrast, fitted into its box
and centred by mass. The ways of writing 1, 7 and 9, the pens and the contrast were chosen with these digits at hand, so
this is a development figure; it is not the accuracy on MNIST. Writes benchmarks/digit_transfer.json.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from scipy.ndimage import zoom

from cs231n._shared.console import command
from cs231n.sample_world.digits.digits import BOX, _centre
from cs231n.sample_world.digits.reader import look

RESULTS = Path(__file__).with_suffix('.json')


def enlarge(image):
    """(8, 8) grey levels 0 ... 16 -> ink uint8 (20, 20) that touches the box on two sides."""
    ink = zoom(image / 16, BOX / 8, order=3, grid_mode=True, mode='grid-constant')
    ink = np.clip(2 * (ink - 0.3), 0, 1)  # the grey of an enlarged edge becomes ink or paper again
    rows, columns = (np.flatnonzero(ink.max(axis=axis) > 0.25) for axis in (1, 0))
    ink = ink[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
    ink = zoom(ink, BOX / max(ink.shape), order=1, grid_mode=True, mode='nearest')[:BOX, :BOX]
    H, W = ink.shape
    box = np.zeros((BOX, BOX))
    box[(BOX - H) // 2:(BOX - H) // 2 + H, (BOX - W) // 2:(BOX - W) // 2 + W] = ink
    return np.rint(255 * box.clip(0, 1)).astype(np.uint8)


@command
def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('path')
    table = np.loadtxt(parser.parse_args().path, delimiter=',')
    images, labels = table[:, :64].reshape(-1, 8, 8), table[:, 64].astype(int)
    pictures = _centre(np.stack([enlarge(image) for image in images]))
    right = look(pictures / 127.5 - 1)[1].argmax(axis=1) == labels
    found = {'handwritten digits': len(labels), 'read rightly': round(float(right.mean()), 4),
             'of each digit': [round(float(right[labels == digit].mean()), 3) for digit in range(10)]}
    RESULTS.write_text(json.dumps(found, indent=1) + '\n', encoding='utf-8')
    print(found)


if __name__ == '__main__':
    sys.exit(main())
