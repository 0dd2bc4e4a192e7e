"""Right answers of the PyTorch edition: those of the NumPy edition, and a gradient that flows."""

import numpy as np

from cs231n.answer_key.captioning import oracle as captioning
from cs231n.answer_key.lstm import oracle as lstm
from cs231n.answer_key.rnn import oracle as rnn

RIGHT = np.array(1.0)  # the share of the true slope that autograd finds


def _flowing(function, outputs=1):
    return lambda **case: (*function(**case)[:outputs], RIGHT)


rnn_step_forward, rnn_forward = _flowing(rnn.rnn_step_forward), _flowing(rnn.rnn_forward)
word_embedding_forward = _flowing(rnn.word_embedding_forward)
temporal_affine_forward = _flowing(rnn.temporal_affine_forward)
temporal_softmax_loss = _flowing(rnn.temporal_softmax_loss)
lstm_step_forward, lstm_forward = _flowing(lstm.lstm_step_forward, 2), _flowing(lstm.lstm_forward)
captioning_loss, captioning_sample = _flowing(captioning.captioning_loss), captioning.captioning_sample
