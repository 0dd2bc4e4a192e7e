"""Right answers, in PyTorch and float64, every gradient by autograd; no code is shared with the layers.

Each function takes the inputs of a check by name and returns a tuple of outputs.
"""

import numpy as np
import torch
import torch.nn.functional as F

from .gan_oracles import (  # noqa: F401
    bce_loss,
    build_dc_classifier,
    build_dc_generator,
    discriminator,
    discriminator_loss,
    generator,
    generator_loss,
    get_optimizer,
    ls_discriminator_loss,
    ls_generator_loss,
    sample_noise,
)
from .network_oracles import (  # noqa: F401
    class_visualization_raw_step,
    class_visualization_update_step,
    compute_saliency_maps,
    make_fooling_image,
)
from .sampling_oracles import next_scores, random_captions  # noqa: F401
from .style_oracles import content_loss, gram_matrix, style_loss, tv_loss  # noqa: F401


def _call(function, *inputs):
    """The outputs of a function of tensors, as arrays."""
    with torch.no_grad():
        outputs = function(*(torch.as_tensor(value) for value in inputs))
    return tuple(output.numpy() for output in outputs)


def _gradients(function, upstream, *inputs):
    """d(sum of outputs times upstream)/d(each input), as arrays."""
    leaves = [torch.tensor(value, requires_grad=True) for value in inputs]
    upstream = [torch.as_tensor(value) for value in upstream]
    outputs = function(*leaves)
    grads = torch.autograd.grad(outputs, leaves, upstream, allow_unused=True, materialize_grads=True)
    return tuple(grad.numpy() for grad in grads)


# one step, and a sequence: tensors in, a tuple of tensors out

def _rnn_step(x, prev_h, Wx, Wh, b):
    return (torch.tanh(x @ Wx + prev_h @ Wh + b),)


def _lstm_step(x, prev_h, prev_c, Wx, Wh, b):
    i, f, o, g = (x @ Wx + prev_h @ Wh + b).chunk(4, dim=1)  # (N, H) each
    next_c = torch.sigmoid(f) * prev_c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(next_c), next_c


def _rnn(x, h, Wx, Wh, b):
    states = []
    for x_t in x.unbind(dim=1):
        h, = _rnn_step(x_t, h, Wx, Wh, b)
        states.append(h)
    return (torch.stack(states, dim=1),)  # (N, T, H)


def _lstm(x, h, Wx, Wh, b):
    states, c = [], torch.zeros_like(h)
    for x_t in x.unbind(dim=1):
        h, c = _lstm_step(x_t, h, c, Wx, Wh, b)
        states.append(h)
    return (torch.stack(states, dim=1),)  # (N, T, H)


def _affine(x, w, b):
    return (x @ w + b,)


def _is_lstm(params):
    return params['Wx'].shape[1] == 4 * params['Wh'].shape[0]


# what the checks ask for

def rnn_step_forward(x, prev_h, Wx, Wh, b):
    return _call(_rnn_step, x, prev_h, Wx, Wh, b)


def rnn_step_backward(dnext_h, x, prev_h, Wx, Wh, b):
    return _gradients(_rnn_step, (dnext_h,), x, prev_h, Wx, Wh, b)


def rnn_forward(x, h0, Wx, Wh, b):
    return _call(_rnn, x, h0, Wx, Wh, b)


def rnn_backward(dh, x, h0, Wx, Wh, b):
    return _gradients(_rnn, (dh,), x, h0, Wx, Wh, b)


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    return _call(_lstm_step, x, prev_h, prev_c, Wx, Wh, b)


def lstm_step_backward(dnext_h, dnext_c, x, prev_h, prev_c, Wx, Wh, b):
    return _gradients(_lstm_step, (dnext_h, dnext_c), x, prev_h, prev_c, Wx, Wh, b)


def lstm_forward(x, h0, Wx, Wh, b):
    return _call(_lstm, x, h0, Wx, Wh, b)


def lstm_backward(dh, x, h0, Wx, Wh, b):
    return _gradients(_lstm, (dh,), x, h0, Wx, Wh, b)


def sigmoid(x):
    return (torch.special.expit(torch.as_tensor(x)).numpy(),)


def word_embedding_forward(x, W):
    return (F.embedding(torch.as_tensor(x), torch.as_tensor(W)).numpy(),)


def word_embedding_backward(dout, x, W):
    return _gradients(lambda weight: (F.embedding(torch.as_tensor(x), weight),), (dout,), W)


def temporal_affine_forward(x, w, b):
    return _call(_affine, x, w, b)


def temporal_affine_backward(dout, x, w, b):
    return _gradients(_affine, (dout,), x, w, b)


def _word_loss(scores, y, mask):
    """Cross-entropy of the words that the mask keeps, summed over time, averaged over the minibatch."""
    each = F.cross_entropy(scores.flatten(0, 1), torch.as_tensor(y).flatten(), reduction='none')  # (N T,)
    return each[torch.as_tensor(mask).flatten()].sum() / len(y)


def temporal_softmax_loss(x, y, mask):
    scores = torch.tensor(x, requires_grad=True)
    loss = _word_loss(scores, y, mask)
    loss.backward()
    return loss.detach().numpy(), scores.grad.numpy()


def captioning_loss(params, features, captions):
    p = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    h0 = torch.as_tensor(features) @ p['W_proj'] + p['b_proj']  # (N, H)
    words = F.embedding(torch.as_tensor(captions[:, :-1]), p['W_embed'])  # (N, T, W)
    h, = (_lstm if _is_lstm(params) else _rnn)(words, h0, p['Wx'], p['Wh'], p['b'])  # (N, T, H)
    loss = _word_loss(h @ p['W_vocab'] + p['b_vocab'], captions[:, 1:], captions[:, 1:] != 0)
    loss.backward()
    return loss.detach().numpy(), *(tensor.grad.numpy() for tensor in p.values())


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
            h, c = _lstm_step(x, h, c, *weights) if _is_lstm(params) else (*_rnn_step(x, h, *weights), c)
            row[t] = word = int((h @ p['W_vocab'] + p['b_vocab']).argmax())
    return (captions,)
