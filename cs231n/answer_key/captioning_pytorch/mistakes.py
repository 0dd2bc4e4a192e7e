"""Wrong answers of the PyTorch edition: those of the NumPy edition, and one through which no gradient flows."""

import numpy as np

from cs231n.answer_key.captioning import mistakes as captioning
from cs231n.answer_key.lstm import mistakes as lstm
from cs231n.answer_key.rnn import mistakes as rnn


def _flowing(function, outputs=1):
    def wrong(mistake, **case):
        share = {'no_gradient': 0.0, 'part_of_gradient': 0.5}.get(mistake)
        return *function(mistake if share is None else None, **case)[:outputs], np.array(1.0 if share is None else
                                                                                         share)
    return wrong


rnn_step_forward, rnn_forward = _flowing(rnn.rnn_step_forward), _flowing(rnn.rnn_forward)
word_embedding_forward = _flowing(rnn.word_embedding_forward)
temporal_softmax_loss = _flowing(rnn.temporal_softmax_loss)
lstm_step_forward, lstm_forward = _flowing(lstm.lstm_step_forward, 2), _flowing(lstm.lstm_forward)
captioning_loss, captioning_sample = _flowing(captioning.captioning_loss), captioning.captioning_sample
