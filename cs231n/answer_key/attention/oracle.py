"""Right answers of attention, in PyTorch and float64."""

import numpy as np
import torch
import torch.nn.functional as F

from cs231n.answer_key.autograd import gradients_of, outputs_of
from cs231n.answer_key.lstm.oracle import lstm_step
from cs231n.answer_key.rnn.oracle import word_loss


def look(h, A):
    w = torch.softmax(torch.einsum('nh,nph->np', h, A) * A.shape[2]**-0.5, dim=1)  # (N, P)
    return torch.einsum('np,nph->nh', w, A), w


def step(x, prev_h, prev_c, attn, Wx, Wh, Wattn, b):
    return lstm_step(torch.cat([x, attn], dim=1), prev_h, prev_c, torch.cat([Wx, Wattn]), Wh, b)


def sequence(x, A, Wx, Wh, Wattn, b):
    h, states, maps = A.mean(dim=1), [], []
    c = torch.zeros_like(h)
    for x_t in x.unbind(dim=1):
        attn, w = look(h, A)
        h, c = step(x_t, h, c, attn, Wx, Wh, Wattn, b)
        states.append(h)
        maps.append(w)
    return torch.stack(states, dim=1), torch.stack(maps, dim=1)  # (N, T, H), (N, T, P)


def dot_product_attention_forward(prev_h, A):
    return outputs_of(look, prev_h, A)


def dot_product_attention_backward(dattn, prev_h, A):
    return gradients_of(lambda *inputs: look(*inputs)[0], (dattn,), prev_h, A)


def attention_step_forward(x, prev_h, prev_c, attn, Wx, Wh, Wattn, b):
    return outputs_of(step, x, prev_h, prev_c, attn, Wx, Wh, Wattn, b)


def attention_step_backward(dnext_h, dnext_c, x, prev_h, prev_c, attn, Wx, Wh, Wattn, b):
    return gradients_of(step, (dnext_h, dnext_c), x, prev_h, prev_c, attn, Wx, Wh, Wattn, b)


def attention_forward(x, A, Wx, Wh, Wattn, b):
    return outputs_of(sequence, x, A, Wx, Wh, Wattn, b)


def attention_backward(dh, x, A, Wx, Wh, Wattn, b):
    return gradients_of(lambda *inputs: sequence(*inputs)[0], (dh,), x, A, Wx, Wh, Wattn, b)


def _cell(p):
    return p['Wx'], p['Wh'], p['Wattn'], p['b']


def attention_loss(params, features, captions_in, captions_out):
    p = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    A = torch.as_tensor(features) @ p['W_proj'] + p['b_proj']  # (N, P, H)
    h, _ = sequence(F.embedding(torch.as_tensor(captions_in), p['W_embed']), A, *_cell(p))
    loss = word_loss(h @ p['W_vocab'] + p['b_vocab'], captions_out, captions_out != 0)
    loss.backward()
    return loss.detach().numpy(), *(tensor.grad.numpy() for tensor in p.values())


def attention_captions(params, features, max_length):
    """Greedy decoding from <START> (word 1), one picture at a time, with the map of each word."""
    p = {name: torch.as_tensor(value) for name, value in params.items()}
    captions = np.zeros((len(features), max_length), dtype=int)
    looked = np.zeros((len(features), max_length, features.shape[1]))
    for n, feature in enumerate(torch.as_tensor(features)):
        A = (feature @ p['W_proj'] + p['b_proj'])[None]  # (1, P, H)
        h, word = A.mean(dim=1), 1
        c = torch.zeros_like(h)
        for t in range(max_length):
            attn, w = look(h, A)
            h, c = step(p['W_embed'][word][None], h, c, attn, *_cell(p))
            captions[n, t] = word = int((h @ p['W_vocab'] + p['b_vocab']).argmax())
            looked[n, t] = w[0]
    return captions, looked
