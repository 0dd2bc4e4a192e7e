"""Runs NetworkVisualization with ImageNet's network and photographs, and keeps what its verdicts say.

    python -m benchmarks.visualization_real FOLDER

FOLDER holds squeezenet1_0_imagenet.pt, a state dict of torchvision's SqueezeNet 1.0, and imagenet_val_25.npz; neither
is part of the project. The loader of the project takes SqueezeNet 1.1, so a first cell puts this network in its place:
the cells after it are those of the notebook, word for word.

Writes benchmarks/visualization_real.json: {cell: the lines it printed}, and which verdicts do not hold.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat

from cs231n._shared.console import command
from cs231n._shared.paths import ROOT
from cs231n.course.execution import execute

RESULTS = Path(__file__).with_suffix('.json')
NOTEBOOK = ROOT / 'notebooks' / 'NetworkVisualization.ipynb'
FILES = WEIGHTS, PHOTOGRAPHS = 'squeezenet1_0_imagenet.pt', 'imagenet_val_25.npz'
LOADER = """
import torch
from torchvision.models import SqueezeNet1_0_Weights, squeezenet1_0
from cs231n.data import squeezenet

def load_squeezenet():
    model = squeezenet1_0()
    model.load_state_dict({{k: v.float() for k, v in torch.load({path!r}, weights_only=True).items()}})
    return model.eval().requires_grad_(False), dict(enumerate(SqueezeNet1_0_Weights.IMAGENET1K_V1.meta['categories']))

squeezenet.load_squeezenet = load_squeezenet
"""


def printed(folder):
    """Run the notebook with the network and the photographs in a folder: {id of a cell: the lines it printed}.

    RuntimeError: a cell failed.
    """
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    first = nbformat.v4.new_code_cell(LOADER.format(path=str(Path(folder, WEIGHTS).resolve())))
    with tempfile.TemporaryDirectory() as place:
        shutil.copy(Path(folder, PHOTOGRAPHS), place)
        path = Path(place, NOTEBOOK.name)
        nbformat.write(nbformat.from_dict({**notebook, 'cells': [first, *notebook.cells]}), path)
        result = execute(path, env={'CS231N_DATASETS': place, 'CS231N_DATA': 'real'})
    if result.failure:
        raise RuntimeError(result.failure)
    texts = {cell.id: [out.text for out in cell.outputs if out.output_type == 'stream']
             for cell in result.notebook.cells if cell.cell_type == 'code'}
    return {cell: ''.join(text).splitlines() for cell, text in texts.items() if text}


def false_verdicts(lines):
    """Of {cell: lines}, those that say that something is not as expected."""
    wrong = lambda line: 'NOT ' in line or line.endswith(': False') or 'nan' in line.split() or 'Warning' in line
    return [line for cell in lines.values() for line in cell if wrong(line)]


@command
def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('folder', type=Path, help=f'with {" and ".join(FILES)}')
    lines = printed(parser.parse_args().folder)
    lines.pop('networkvisualization-03', None)  # the versions of this machine
    results = {'not as expected': false_verdicts(lines), 'printed': lines}
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + '\n', encoding='utf-8')
    print(json.dumps(results, indent=1, ensure_ascii=False))


if __name__ == '__main__':
    sys.exit(main())
