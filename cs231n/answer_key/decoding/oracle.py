"""Right answers for decoding.py, in PyTorch and float64."""

import numpy as np
import torch

from cs231n.answer_key.lstm.oracle import lstm_step
from cs231n.answer_key.rnn.oracle import rnn_step

PAD, FIRST, LAST = 0, 1, 2  # the words <NULL>, <START> and <END>


def _after(cell_type, p, word, h, c):
    """One row: the scores (V,) of the words that may follow, and the state (1, H) and cell behind this word."""
    weights, x = (p['Wx'], p['Wh'], p['b']), p['W_embed'][word][None]  # (1, W)
    h, c = lstm_step(x, h, c, *weights) if cell_type == 'lstm' else (*rnn_step(x, h, *weights), c)
    return torch.addmm(p['b_vocab'], h, p['W_vocab'])[0], h, c


def next_scores(cell_type, params, words, h, c):
    """Row by row."""
    p = {name: torch.as_tensor(value) for name, value in params.items()}
    rows = [_after(cell_type, p, int(word), torch.as_tensor(one[None]), torch.as_tensor(cell[None]))
            for word, one, cell in zip(words, h, c)]
    scores, h, c = zip(*rows)
    return torch.stack(scores).numpy(), torch.cat(h).numpy(), torch.cat(c).numpy()


def random_captions(cell_type, params, features, temperature):
    """Probabilities of first words, of first and second words together, and of third words, by a walk over all."""
    p = {name: torch.as_tensor(value) for name, value in params.items()}
    V = len(params['W_embed'])
    first, second, third = np.zeros((len(features), V)), np.zeros((len(features), V, V)), np.zeros((len(features), V))

    def walk(n, said, chance, word, h, c):
        if len(said) == 1:
            first[n, said[0]] += chance
        if len(said) == 2:
            second[n, said[0], said[1]] += chance
        if len(said) == 3:
            third[n, said[2]] += chance
        elif LAST in said:
            walk(n, (*said, PAD), chance, PAD, h, c)
        else:
            scores, h, c = _after(cell_type, p, word, h, c)
            for v, q in enumerate(torch.softmax(scores / temperature, dim=0).tolist()):
                walk(n, (*said, v), chance * q, v, h, c)

    for n, feature in enumerate(torch.as_tensor(features)):
        h = torch.addmm(p['b_proj'], feature[None], p['W_proj'])  # (1, H)
        walk(n, (), 1.0, FIRST, h, torch.zeros_like(h))
    return first, second, third, 1, 1
