"""Runs the notebook StyleTransfer with ImageNet's SqueezeNet 1.0: python -m benchmarks.real_style WEIGHTS

WEIGHTS: a state dict of torchvision's squeezenet1_0, such as shared/real/squeezenet1_0_imagenet.pt. Each verdict that
the notebook prints must hold with this network as it does with the sample's; prints those that do not, and what a
cell raised, and exits with 1 if there are any. With a folder as second argument the pictures are written there.
"""

import base64
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from cs231n._shared.console import command
from cs231n._shared.paths import ROOT

NOTEBOOK = ROOT / 'notebooks' / 'StyleTransfer.ipynb'
SECONDS = 3600  # for a cell; a network of this size takes twice the time of the sample's
OTHER_NETWORK = """
import torch
from torchvision.models import SqueezeNet1_0_Weights, squeezenet1_0
import cs231n.data.squeezenet as data

def load_squeezenet():
    model = squeezenet1_0()
    model.load_state_dict({{name: value.float() for name, value in torch.load({path!r}, weights_only=True).items()}})
    return model.eval().requires_grad_(False), dict(enumerate(SqueezeNet1_0_Weights.IMAGENET1K_V1.meta['categories']))

data.load_squeezenet = load_squeezenet
"""


def run(notebook, weights):
    """Return the notebook, executed with the network of these weights in place of the one that loads otherwise."""
    first = nbformat.v4.new_code_cell(OTHER_NETWORK.format(path=str(Path(weights).resolve())))
    notebook.cells.insert(0, first)
    NotebookClient(notebook, timeout=SECONDS, allow_errors=True, resources={'metadata': {'path': NOTEBOOK.parent}}
                   ).execute()
    return notebook


def failures(notebook):
    """Return the lines of the outputs that say that something does not hold, and what cells raised."""
    outputs = [output for cell in notebook.cells if cell.cell_type == 'code' for output in cell.outputs]
    lines = [line for output in outputs for line in output.get('text', '').splitlines()]
    return ([line for line in lines if re.search(r': NOT (above|below) |: False\b|\bnan\b', line)]
            + [f'{output.ename}: {output.evalue}' for output in outputs if output.output_type == 'error'])


def save_pictures(notebook, folder):
    """Write every picture of the outputs into a folder, numbered."""
    shown = [(kind, output.data[kind]) for cell in notebook.cells if cell.cell_type == 'code'
             for output in cell.outputs for kind in ('image/png', 'image/jpeg') if kind in output.get('data', {})]
    for number, (kind, picture) in enumerate(shown, start=1):
        Path(folder, f"{number:02d}.{kind.removeprefix('image/')}").write_bytes(base64.b64decode(picture))


@command
def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    notebook = run(nbformat.read(NOTEBOOK, 4), sys.argv[1])
    if len(sys.argv) > 2:
        save_pictures(notebook, sys.argv[2])
    found = failures(notebook)
    print('\n'.join(found) or 'every verdict holds')
    return int(bool(found))


if __name__ == '__main__':
    sys.exit(main())
