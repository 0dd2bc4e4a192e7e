"""Trains captioning networks as LSTM.ipynb does, judges them on unseen scenes: python -m benchmarks.captioning

An LSTM, a vanilla RNN that sees the same captions, and one that trains three times as long, about as long as the LSTM.
Writes benchmarks/captioning.json. The seconds are those of the training alone.
"""

import json
import os
import sys
import time
from pathlib import Path

import numpy as np

from cs231n._shared.console import command
from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.coco_utils import load_coco_data
from cs231n.metrics.captions import evaluate

THREADS = int(os.environ.get('OMP_NUM_THREADS', os.cpu_count()))
SETTINGS = {'LSTM': {'cell_type': 'lstm', 'num_epochs': 3, 'lr_decay': 0.6},
            'vanilla RNN, the same captions': {'cell_type': 'rnn', 'num_epochs': 3, 'lr_decay': 0.6},
            'vanilla RNN, three times the steps': {'cell_type': 'rnn', 'num_epochs': 9, 'lr_decay': 0.8}}


def learn(data, cell_type, num_epochs, lr_decay):
    """Train one network as the notebook does -> the model and the seconds it took."""
    np.random.seed(231)
    model = CaptioningRNN(data['word_to_idx'], cell_type=cell_type, input_dim=data['train_features'].shape[1],
                          hidden_dim=256, wordvec_dim=128)
    solver = CaptioningSolver(model, data, update_rule='adam', optim_config={'learning_rate': 2.5e-3},
                              lr_decay=lr_decay, num_epochs=num_epochs, batch_size=64, clip_norm=5.0,
                              verbose=False, progress=True)
    start = time.perf_counter()
    solver.train()
    return model, time.perf_counter() - start


@command
def main():
    data, figures = load_coco_data(), {}
    for name, settings in SETTINGS.items():
        model, seconds = learn(data, **settings)
        result = evaluate(model, data, 'val', 1000)
        truth = {claim: round(share, 4) for claim, (share, _) in result['truth'].items()}
        said = {claim: round(part, 4) for claim, (_, part) in result['truth'].items()}
        figures[name] = settings | {'threads': THREADS, 'seconds': round(seconds, 1),
                                    'bleu4': round(result['bleu4'], 4), 'true': truth, 'said': said, 'scenes': 1000}
        print(name, figures[name])
    Path(__file__).with_suffix('.json').write_text(json.dumps(figures, indent=1) + '\n', encoding='utf-8')


if __name__ == '__main__':
    sys.exit(main())
