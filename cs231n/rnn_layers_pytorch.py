"""PyTorch layers of the captioning model, forward only: RNN, LSTM, word embedding, affine and softmax over time.

The functions of `cs231n.rnn_layers` once more, on tensors: no caches and no backward passes, since autograd records
what is done and finds the gradients. N is the minibatch, T the time steps, D the input, H the hidden state, V the
vocabulary. Every function works on the device and in the dtype of what it is given.
"""

from functools import partial

import torch
import torch.nn.functional as F

from cs231n._shared.arguments import check_shape
from cs231n._shared.halves import wide

__all__ = ['affine_forward', 'lstm_forward', 'lstm_step_forward', 'rnn_forward', 'rnn_step_forward',
           'temporal_affine_forward', 'temporal_softmax_loss', 'word_embedding_forward']


_check_shape = partial(check_shape, kind=torch.Tensor)


def _check_weights(function, D, H, Wx, Wh, b, gates=''):
    """Check the three parameters of a recurrent layer; gates is '' for the RNN and '4' for the LSTM."""
    G = int(gates or 1) * H
    _check_shape(f'{function}: Wx', f'D, {gates}H', Wx, D, G)
    _check_shape(f'{function}: Wh', f'H, {gates}H', Wh, H, G)
    _check_shape(f'{function}: b', f'{gates}H', b, G)


def _check_words(argument, words, V):
    """Return `words` as int64, which indexing wants; raise unless they are integers in 0 … V-1."""
    words = torch.as_tensor(words)
    if words.is_floating_point() or words.is_complex() or words.dtype == torch.bool:
        raise TypeError(f'{argument} must hold integers, got dtype {words.dtype}')
    outside = words[(words < 0) | (words >= V)]
    if len(outside):
        raise ValueError(f'{argument} must lie in 0 … {V - 1}, got {outside[0]}')
    return words.long()


def affine_forward(x, w, b):
    """Compute a fully connected layer, out = x w + b, each example flattened to a row first.

    x: (N, d_1, …, d_k) with D = d_1 ⋯ d_k; w: (D, M); b: (M,). Returns out (N, M).
    ValueError if the shapes do not fit together.
    """
    _check_shape('affine_forward: w', 'D, M', w, x.shape[1:].numel(), None)
    _check_shape('affine_forward: b', 'M', b, w.shape[1])
    return x.flatten(1) @ w + b


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """Run one time step of a vanilla RNN, next_h = tanh(x Wx + prev_h Wh + b).

    x: (N, D); prev_h: (N, H); Wx: (D, H); Wh: (H, H); b: (H,). Returns next_h (N, H).
    ValueError if the shapes do not fit together. Elman, Cognitive Science 1990.
    """
    _check_shape('rnn_step_forward: x', 'N, D', x, None, None)
    _check_shape('rnn_step_forward: prev_h', 'N, H', prev_h, len(x), None)
    _check_weights('rnn_step_forward', x.shape[1], prev_h.shape[1], Wx, Wh, b)
    # BEGIN SOLUTION: one time step: next_h
    next_h = torch.tanh(x @ Wx + prev_h @ Wh + b)  # (N, H)
    # END SOLUTION
    return next_h


def rnn_forward(x, h0, Wx, Wh, b):
    """Run a vanilla RNN over a sequence, h_t = tanh(x_t Wx + h_{t-1} Wh + b).

    x: (N, T, D), T ≥ 1; h0: (N, H); Wx: (D, H); Wh: (H, H); b: (H,).
    Returns h (N, T, H), all hidden states but h0. ValueError if the shapes do not fit together.
    """
    _check_shape('rnn_forward: x', 'N, T, D', x, None, None, None)
    _check_shape('rnn_forward: h0', 'N, H', h0, len(x), None)
    _check_weights('rnn_forward', x.shape[2], h0.shape[1], Wx, Wh, b)
    # BEGIN SOLUTION: all T steps, each from the state before: h. Gather the states in a list, and stack them
    states = [h0]
    for x_t in x.unbind(dim=1):  # (N, D) each
        states.append(rnn_step_forward(x_t, states[-1], Wx, Wh, b))
    h = torch.stack(states[1:], dim=1)  # (N, T, H)
    # END SOLUTION
    return h


def word_embedding_forward(x, W):
    """Look up the vector of each word, out[n, t] = W[x[n, t]].

    x: (N, T), or any other shape, integers of any width in 0 … V-1; W: (V, D). Returns out (N, T, D).
    TypeError if x holds no integers, ValueError if one is outside the vocabulary (a negative one, too).
    """
    _check_shape('word_embedding_forward: W', 'V, D', W, None, None)
    x = _check_words('word_embedding_forward: x', x, len(W))
    # BEGIN SOLUTION: look up the vector of each word: out
    out = W[x]  # (N, T, D)
    # END SOLUTION
    return out


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    """Run one time step of an LSTM.

    a = x Wx + prev_h Wh + b holds four blocks of H columns: the input, forget and output gates
    i, f, o = sigmoid(a) and the candidate g = tanh(a). Then, elementwise,
    next_c = f prev_c + i g and next_h = o tanh(next_c).

    x: (N, D); prev_h, prev_c: (N, H); Wx: (D, 4H); Wh: (H, 4H); b: (4H,). Returns next_h (N, H), next_c (N, H).
    ValueError if the shapes do not fit together. Hochreiter & Schmidhuber, Neural Computation 1997.
    """
    _check_shape('lstm_step_forward: x', 'N, D', x, None, None)
    _check_shape('lstm_step_forward: prev_h', 'N, H', prev_h, len(x), None)
    _check_shape('lstm_step_forward: prev_c', 'N, H', prev_c, *prev_h.shape)
    _check_weights('lstm_step_forward', x.shape[1], prev_h.shape[1], Wx, Wh, b, gates='4')
    # BEGIN SOLUTION: one time step, gates in the order i, f, o, g: next_h, next_c
    i, f, o, g = (x @ Wx + prev_h @ Wh + b).chunk(4, dim=1)  # (N, H) each
    next_c = torch.sigmoid(f) * prev_c + torch.sigmoid(i) * torch.tanh(g)
    next_h = torch.sigmoid(o) * torch.tanh(next_c)
    # END SOLUTION
    return next_h, next_c


def lstm_forward(x, h0, Wx, Wh, b):
    """Run an LSTM over a sequence, `lstm_step_forward` at each time step, from the cell state 0.

    x: (N, T, D), T ≥ 1; h0: (N, H); Wx: (D, 4H); Wh: (H, 4H); b: (4H,).
    Returns h (N, T, H), all hidden states but h0. ValueError if the shapes do not fit together.
    """
    _check_shape('lstm_forward: x', 'N, T, D', x, None, None, None)
    _check_shape('lstm_forward: h0', 'N, H', h0, len(x), None)
    _check_weights('lstm_forward', x.shape[2], h0.shape[1], Wx, Wh, b, gates='4')
    # BEGIN SOLUTION: all T steps, starting with a cell of zeros: h. Gather the states in a list, and stack them
    states, c = [h0], torch.zeros_like(h0)
    for x_t in x.unbind(dim=1):  # (N, D) each
        next_h, c = lstm_step_forward(x_t, states[-1], c, Wx, Wh, b)
        states.append(next_h)
    h = torch.stack(states[1:], dim=1)  # (N, T, H)
    # END SOLUTION
    return h


def temporal_affine_forward(x, w, b):
    """Apply one affine layer at every time step, out_t = x_t w + b.

    x: (N, T, D); w: (D, M); b: (M,). Returns out (N, T, M). ValueError if the shapes do not fit together.
    """
    _check_shape('temporal_affine_forward: x', 'N, T, D', x, None, None, None)
    _check_shape('temporal_affine_forward: w', 'D, M', w, x.shape[2], None)
    _check_shape('temporal_affine_forward: b', 'M', b, w.shape[1])
    return x @ w + b


def temporal_softmax_loss(x, y, mask, verbose=False):
    """Compute the cross-entropy of each next word, summed over time and averaged over the minibatch.

    loss = -1/N Σ_{n,t} mask[n, t] log softmax(x[n, t])[y[n, t]]

    x: (N, T, V) scores of any size; y: (N, T) integers in 0 … V-1;
    mask: (N, T) booleans, False where the loss ignores the place (padding). verbose prints a shape.
    Returns the loss, a scalar tensor that gradients flow through. ValueError on other shapes, words outside the
    vocabulary, a mask of other values than 0 and 1; TypeError on words that are not integers.
    """
    _check_shape('temporal_softmax_loss: x', 'N, T, V', x, None, None, None)
    N, T, V = x.shape
    if N == 0:
        raise ValueError(f'temporal_softmax_loss: x must hold at least one example, got shape {tuple(x.shape)}')
    y, mask = _check_words('temporal_softmax_loss: y', y, V), torch.as_tensor(mask)
    _check_shape('temporal_softmax_loss: y', 'N, T', y, N, T)
    _check_shape('temporal_softmax_loss: mask', 'N, T', mask, N, T)
    if not torch.equal(mask, mask.bool().to(mask.dtype)):
        raise ValueError('temporal_softmax_loss: mask must be boolean, got values other than 0 and 1')

    each = F.cross_entropy(wide(x).reshape(N * T, V), y.reshape(N * T).to(x.device), reduction='none')  # (N T,)
    if verbose:
        print('x_flat:', (N * T, V))
    return each[mask.reshape(N * T).bool().to(x.device)].sum() / N
