"""What the assignment consists of."""

import json

from cs231n._shared.paths import ROOT

# The notebooks in their order, and the lessons that each asks about: folders in checks/lessons/ and in the answer key.
NOTEBOOKS = {
    'RNN': ('rnn', 'captioning'),
    'LSTM': ('lstm', 'captioning', 'decoding'),
    'NetworkVisualization': ('network_visualization',),
    'StyleTransfer': ('style_transfer',),
    'GANs': ('gans',),
}
# What goes beyond the five, in notebooks/extra: nobody has to do it, and its points are told apart.
EXTRA = {
    'Attention': ('attention',),
}

# The edition in which the captioning model is written: its lessons, which then count in place of the other's.
EDITIONS = {
    'numpy': ('rnn', 'lstm', 'captioning', 'decoding', 'attention'),
    'pytorch': ('captioning_pytorch',),
}
PLAN = ROOT / 'cs231n' / 'handout.json'  # in a student's folder: its edition, its notebooks, what is written in which


def path_of(notebook: str) -> str:
    """Return where the notebook of this name lies in the repository."""
    return f'notebooks/{"extra/" * (notebook in EXTRA)}{notebook}.ipynb'


def edition() -> str:
    """Return the edition of this folder: what a student's folder says, else 'numpy'."""
    return json.loads(PLAN.read_text(encoding='utf-8')).get('edition', 'numpy') if PLAN.is_file() else 'numpy'
