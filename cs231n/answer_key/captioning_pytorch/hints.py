"""What each known mistake in the PyTorch edition of RNN and LSTM is told."""

from cs231n.answer_key.captioning.hints import HINTS as CAPTIONING
from cs231n.answer_key.captioning.hints import STAGES as CAPTIONING_STAGES
from cs231n.answer_key.lstm.hints import HINTS as LSTM
from cs231n.answer_key.lstm.hints import STAGES as LSTM_STAGES
from cs231n.answer_key.rnn.hints import HINTS as RNN
from cs231n.answer_key.rnn.hints import STAGES as RNN_STAGES
from cs231n.checks.lessons.captioning_pytorch.checks import pytorch_name

NO_GRADIENT = {'no_gradient': 'the values are right, but no gradient flows back: leave out .data, .detach(), .item(),'
                              ' NumPy and no_grad on the way.',
               'part_of_gradient': 'the values are right, but only a part of the gradient flows back: what is passed'
                                   ' on or looked up is cut off by detach(), .data or tensor().'}
BACKWARD_ONLY = ('h0_grad_missing', 'h0_grad_zero', 'embed_grad_missing', 'features_ignored_and_no_grad')
LAYERS = {
    name: {**hints[name], **NO_GRADIENT}
    for hints, names in ((RNN, ('rnn_step_forward', 'rnn_forward', 'word_embedding_forward')),
                         (LSTM, ('lstm_step_forward', 'lstm_forward'))) for name in names
}
HINTS = {
    **{f'{name}[pytorch]': hints for name, hints in LAYERS.items()},
    **{f'CaptioningRNN.loss[{cell}, pytorch]': {
        **{key: hint for key, hint in CAPTIONING[f'CaptioningRNN.loss[{cell}]'].items() if key not in BACKWARD_ONLY},
        **NO_GRADIENT} for cell in ('rnn', 'lstm')},
    **{f'CaptioningRNN.sample[{cell}, pytorch]': CAPTIONING[f'CaptioningRNN.sample[{cell}]']
       for cell in ('rnn', 'lstm')},
}
STAGES = {
    pytorch_name(name): tuple(tuple(key for key in stage if key in HINTS[pytorch_name(name)]) for stage in stages)
    for name, stages in {**RNN_STAGES, **LSTM_STAGES, **CAPTIONING_STAGES}.items() if pytorch_name(name) in HINTS
}
