"""Right answers of the captioning model, in PyTorch and float64."""

import numpy as np
import torch
import torch.nn.functional as F

from cs231n.answer_key.lstm.oracle import lstm, lstm_step
from cs231n.answer_key.rnn.oracle import rnn, rnn_step, word_loss


def _is_lstm(params):
    return params['Wx'].shape[1] == 4 * params['Wh'].shape[0]


def captioning_loss(params, features, captions):
    p = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    loss = _forward(p, features, captions)[-1]
    loss.backward()
    return loss.detach().numpy(), *(tensor.grad.numpy() for tensor in p.values())


def _forward(p, features, captions):
    """Every value on the way from the features to the loss: h0, x, h, scores, loss."""
    h0 = torch.as_tensor(features) @ p['W_proj'] + p['b_proj']  # (N, H)
    x = F.embedding(torch.as_tensor(captions[:, :-1]), p['W_embed'])  # (N, T, W)
    h, = (lstm if _is_lstm(p) else rnn)(x, h0, p['Wx'], p['Wh'], p['b'])  # (N, T, H)
    scores = h @ p['W_vocab'] + p['b_vocab']  # (N, T, V)
    return h0, x, h, scores, word_loss(scores, captions[:, 1:], captions[:, 1:] != 0)


def captioning_loss_steps(params, features, captions):
    p = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    h0, x, h, scores, loss = _forward(p, features, captions)
    back = torch.autograd.grad(loss, (scores, h, x, h0))
    return tuple(value.detach().numpy() for value in (h0, x, h, scores, loss, *back))


def captioning_sample(params, features, max_length):
    """Greedy decoding from <START> (word 1), one image at a time."""
    p = {name: torch.as_tensor(value) for name, value in params.items()}
    weights = p['Wx'], p['Wh'], p['b']
    captions = np.zeros((len(features), max_length), dtype=int)
    for row, feature in zip(captions, torch.as_tensor(features)):
        h, word = (feature @ p['W_proj'] + p['b_proj'])[None], 1  # (1, H)
        c = torch.zeros_like(h)
        for t in range(max_length):
            x = p['W_embed'][word][None]  # (1, W)
            h, c = lstm_step(x, h, c, *weights) if _is_lstm(params) else (*rnn_step(x, h, *weights), c)
            row[t] = word = int((h @ p['W_vocab'] + p['b_vocab']).argmax())
    return (captions,)
