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

# The edition in which the captioning model is written: its lessons, which then count in place of the other's.
EDITIONS = {
    'numpy': ('rnn', 'lstm', 'captioning', 'decoding'),
    'pytorch': ('captioning_pytorch',),
}


PLAN = ROOT / 'cs231n' / 'handout.json'  # in a student's folder: its edition, its notebooks, what is written in which


def edition() -> str:
    """Return the edition of this folder: what a student's folder says, else 'numpy'."""
    return json.loads(PLAN.read_text(encoding='utf-8')).get('edition', 'numpy') if PLAN.is_file() else 'numpy'
