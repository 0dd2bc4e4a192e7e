"""Gives four contents six styles and measures every result: python -m benchmarks.style_grid

Three questions to each of the 24 pictures: what is left of the style loss; whose Gram matrices are nearest among the
six styles (each layer in units of the mean distance between two styles); whose features at the content layer are
nearest among the four contents. The last is asked of the raw features too, and of features with each channel's mean
and deviation over the picture taken out: these carry the palette, which belongs to style (Huang and Belongie,
arXiv:1703.06868). All are asked of the network that made the pictures, the sample SqueezeNet with average pooling,
and again of the same network with the maximum pooling that it was trained with.
Writes benchmarks/style_grid.json, and with a file name as argument also the pictures as one sheet.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from cs231n._shared.console import command
from cs231n.data.squeezenet import load_squeezenet
from cs231n.experiments.style_optimisation import RECIPE, _trunk, style_transfer
from cs231n.sample_world.paintings.paintings import painting, photograph
from cs231n.sample_world.scenes.scenes import scene
from cs231n.style_transfer_pytorch import content_loss, extract_features, gram_matrix, preprocess

SIZE = 176
STYLES = 'starry', 'dusk', 'mosaic', 'ink', 'dots', 'wave'
LAYER, LAYERS = RECIPE['content_layer'], RECIPE['style_layers']


def contents():
    """{name: uint8 array}: three photographs, cut to squares, and a scene."""
    return {'cat': photograph('cat')[:, 75:375], 'coffee': photograph('coffee')[:, 100:500],
            'astronaut': photograph('astronaut')[:350, 50:400], 'scene': scene('val', 7).image}


class Judge:
    """Measures pictures with one network."""

    def __init__(self, net, sources):
        self.net = net
        self.grams = [self.look(painting(name))[1] for name in STYLES]
        self.sources = {name: self.look(image) for name, image in sources.items()}
        self.unit = np.mean([self._distances(grams) for grams in self.grams], axis=(0, 1))  # (layers,)

    def look(self, image):
        """The features of a picture at the content layer, and its Gram matrices at the style layers."""
        with torch.no_grad():
            feats = extract_features(preprocess(image, SIZE), self.net, [LAYER, *LAYERS])
        return feats[LAYER], [gram_matrix(feats[layer]) for layer in LAYERS]

    def _distances(self, grams):
        return np.array([[float((g - a).square().sum()) for g, a in zip(grams, other)] for other in self.grams])

    def verdict(self, content, style, result):
        """What is left of the style loss, and the style and the content that are nearest."""
        maps, grams = self.look(result)
        j = STYLES.index(style)
        before = self._distances(self.sources[content][1])[j] / self.unit
        after = self._distances(grams) / self.unit
        sources = {name: other[0] for name, other in self.sources.items()}
        raw, white = ({name: float(content_loss(1, f(maps), f(other))) for name, other in sources.items()}
                      for f in (lambda x: x, whitened))
        return {'style_left': round(float(after[j].sum() / before.sum()), 4),
                'nearest_style': STYLES[int(after.sum(axis=1).argmin())],
                'nearest_content': min(white, key=white.get), 'nearest_raw_content': min(raw, key=raw.get)}


def whitened(maps):
    """Features (N, C, H, W) with the mean of each channel taken out and its deviation divided out."""
    return (maps - maps.mean(dim=(2, 3), keepdim=True)) / (maps.std(dim=(2, 3), keepdim=True) + 1e-6)


def paint(net):
    """Every content in every style: (content, style, picture, share of the style loss that the last step saw)."""
    for content, image in contents().items():
        for style in STYLES:
            losses = []
            picture = style_transfer(image, painting(style), SIZE, SIZE, **RECIPE, model=net,
                                     callback=lambda step, x, parts: losses.append(parts['style']))  # noqa: B023
            yield content, style, picture, losses[-1] / losses[0]


@command
def main():
    net, _ = load_squeezenet()
    judges = {pooling: Judge(_trunk(net, pooling)[0], contents()) for pooling in ('avg', 'max')}
    sheet, rows, start = Image.new('RGB', (SIZE * len(STYLES), SIZE * len(contents()))), [], time.perf_counter()
    for k, (content, style, picture, left) in enumerate(paint(net)):
        sheet.paste(picture, (k % len(STYLES) * SIZE, k // len(STYLES) * SIZE))
        rows.append({'content': content, 'style': style, 'style_loss_left': round(left, 4)}
                    | {pooling: judge.verdict(content, style, picture) for pooling, judge in judges.items()})
        print(rows[-1], flush=True)
    figures = {'size': SIZE, 'steps': RECIPE['steps'], 'pictures': len(rows),
               'largest_style_loss_left': max(row['style_loss_left'] for row in rows)}
    for pooling in judges:
        verdicts = [(row, row[pooling]) for row in rows]
        figures[pooling] = {
            'own_style_nearest': sum(v['nearest_style'] == row['style'] for row, v in verdicts),
            'own_content_nearest': sum(v['nearest_content'] == row['content'] for row, v in verdicts),
            'own_raw_content_nearest': sum(v['nearest_raw_content'] == row['content'] for row, v in verdicts)}
    figures |= {'seconds': round(time.perf_counter() - start, 1), 'rows': rows}
    Path(__file__).with_suffix('.json').write_text(json.dumps(figures, indent=1) + '\n', encoding='utf-8')
    if len(sys.argv) > 1:
        sheet.save(sys.argv[1])


if __name__ == '__main__':
    sys.exit(main())
