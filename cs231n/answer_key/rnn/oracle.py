"""Right answers, in PyTorch and float64, every gradient by autograd; no code is shared with the layers.

Each function takes the inputs of a check by name and returns a tuple of outputs.
"""

import torch
import torch.nn.functional as F

from cs231n.answer_key.autograd import gradients_of, outputs_of

# one step, and a sequence: tensors in, a tuple of tensors out

def rnn_step(x, prev_h, Wx, Wh, b):
    return (torch.tanh(x @ Wx + prev_h @ Wh + b),)


def rnn(x, h, Wx, Wh, b):
    states = []
    for x_t in x.unbind(dim=1):
        h, = rnn_step(x_t, h, Wx, Wh, b)
        states.append(h)
    return (torch.stack(states, dim=1),)  # (N, T, H)


def _affine(x, w, b):
    return (x @ w + b,)


# what the checks ask for

def rnn_step_forward(x, prev_h, Wx, Wh, b):
    return outputs_of(rnn_step, x, prev_h, Wx, Wh, b)


def rnn_step_backward(dnext_h, x, prev_h, Wx, Wh, b):
    return gradients_of(rnn_step, (dnext_h,), x, prev_h, Wx, Wh, b)


def rnn_step_backward_steps(dnext_h, x, prev_h, Wx, Wh, b):
    a = x @ Wx + prev_h @ Wh + b
    tanh = lambda a: (torch.tanh(a),)
    return gradients_of(tanh, (torch.ones(a.shape),), a) + gradients_of(tanh, (dnext_h,), a)


def rnn_forward(x, h0, Wx, Wh, b):
    return outputs_of(rnn, x, h0, Wx, Wh, b)


def rnn_backward(dh, x, h0, Wx, Wh, b):
    return gradients_of(rnn, (dh,), x, h0, Wx, Wh, b)


def word_embedding_forward(x, W):
    return (F.embedding(torch.as_tensor(x), torch.as_tensor(W)).numpy(),)


def word_embedding_backward(dout, x, W):
    return gradients_of(lambda weight: (F.embedding(torch.as_tensor(x), weight),), (dout,), W)


def temporal_affine_forward(x, w, b):
    return outputs_of(_affine, x, w, b)


def temporal_affine_backward(dout, x, w, b):
    return gradients_of(_affine, (dout,), x, w, b)


def word_loss(scores, y, mask):
    """Cross-entropy of the words that the mask keeps, summed over time, averaged over the minibatch."""
    each = F.cross_entropy(scores.flatten(0, 1), torch.as_tensor(y).flatten(), reduction='none')  # (N T,)
    return each[torch.as_tensor(mask).flatten()].sum() / len(y)


def temporal_softmax_loss(x, y, mask):
    scores = torch.tensor(x, requires_grad=True)
    loss = word_loss(scores, y, mask)
    loss.backward()
    return loss.detach().numpy(), scores.grad.numpy()
