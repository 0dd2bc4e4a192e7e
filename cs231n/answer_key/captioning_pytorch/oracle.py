"""Right answers of the PyTorch edition: those of the NumPy edition, a gradient that flows, and the slope it tells."""

import numpy as np

from cs231n.answer_key.captioning import oracle as captioning
from cs231n.answer_key.lstm import oracle as lstm
from cs231n.answer_key.rnn import oracle as rnn
from cs231n.checks.lessons.captioning_pytorch.student_side import way_through, weights

RIGHT = np.array(1.0)  # the share of the true slope that autograd finds
STEP = 1e-4


def _flowing(function, outputs=1):
    return lambda **case: (*function(**case)[:outputs], RIGHT)


def _slope(function, outputs=1):
    """Return a function of a case: the slope of all outputs together, by a difference of the fourth order."""
    def slope(**case):
        inputs = case.get('params', case)
        way = way_through(inputs)

        def value(step):
            moved = {name: array + step * way[name] if name in way else array for name, array in inputs.items()}
            found = function(**(case | {'params': moved} if 'params' in case else moved))[:outputs]
            return sum(output.ravel() @ weights(output.size) for output in found)
        near, far = ((value(step) - value(-step)) / (2 * step) for step in (STEP, 2 * STEP))
        return (np.array((4 * near - far) / 3),)
    return slope


rnn_step_forward, rnn_forward = _flowing(rnn.rnn_step_forward), _flowing(rnn.rnn_forward)
word_embedding_forward = _flowing(rnn.word_embedding_forward)
temporal_affine_forward = _flowing(rnn.temporal_affine_forward)
temporal_softmax_loss = _flowing(rnn.temporal_softmax_loss)
lstm_step_forward, lstm_forward = _flowing(lstm.lstm_step_forward, 2), _flowing(lstm.lstm_forward)
captioning_loss, captioning_sample = _flowing(captioning.captioning_loss), captioning.captioning_sample

rnn_step_forward_slope, rnn_forward_slope = _slope(rnn.rnn_step_forward), _slope(rnn.rnn_forward)
word_embedding_forward_slope = _slope(rnn.word_embedding_forward)
temporal_affine_forward_slope = _slope(rnn.temporal_affine_forward)
temporal_softmax_loss_slope = _slope(rnn.temporal_softmax_loss)
lstm_step_forward_slope, lstm_forward_slope = _slope(lstm.lstm_step_forward, 2), _slope(lstm.lstm_forward)
captioning_loss_slope = _slope(captioning.captioning_loss)
