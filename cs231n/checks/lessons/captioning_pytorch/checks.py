"""Checks of the PyTorch edition of RNN and LSTM: the forward functions on tensors, and whether gradients flow.

The slope that autograd finds is compared with a known one where the outputs are right, so that it has to be computed;
where they are wrong it is compared with a difference of those outputs, so that a slip in them is not told twice.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from cs231n.checks.engine.answers import answers
from cs231n.checks.engine.calling import arrays_of
from cs231n.checks.engine.compare import ROUGH, agree, are_numbers, fit
from cs231n.checks.engine.errors import Malformed
from cs231n.checks.lessons.captioning.checks import CHECKS as CAPTIONING
from cs231n.checks.lessons.captioning_pytorch import student_side
from cs231n.checks.lessons.lstm.checks import CHECKS as LSTM
from cs231n.checks.lessons.rnn.checks import CHECKS as RNN

POINTS = {
    'rnn_step_forward': 4, 'rnn_forward': 5, 'word_embedding_forward': 3, 'temporal_affine_forward': 0,
    'temporal_softmax_loss': 0, 'CaptioningRNN.loss[rnn]': 6, 'CaptioningRNN.sample[rnn]': 6,
    'lstm_step_forward': 5, 'lstm_forward': 5, 'CaptioningRNN.loss[lstm]': 3, 'CaptioningRNN.sample[lstm]': 3,
}
GRADIENT = 'share of the true gradient'


def pytorch_name(name):
    """Return the name of the check of this edition: 'f' -> 'f[pytorch]', 'f[lstm]' -> 'f[lstm, pytorch]'."""
    return f'{name[:-1]}, pytorch]' if name.endswith(']') else f'{name}[pytorch]'


def _call(check, ask, case):
    """Return the outputs of a function of tensors, and of its gradient how much agrees with a central difference."""
    return _with_share(check, ask(student_side.layer, case, list(check.outputs)[:-1]))


def _call_method(cell_type, check, ask, case):
    """Return the outputs of a method on a model of the package that has these parameters."""
    if 'captions' in check.outputs:
        return ask(student_side.captions, case, cell_type)
    return _with_share(check, ask(student_side.loss, case, cell_type))


def _with_share(check, values):
    """Return the outputs, and how much of the true slope autograd found: 1 all of it, 0 nothing, 0.5 something else."""
    *outputs, found, true = arrays_of(values, len(check.outputs) + 1)
    if not all(are_numbers(slope) and slope.size == 1 for slope in (found, true)):
        raise Malformed('the gradient of the outputs is not a number')
    for case, slope in zip(answers(check), answers(*check.also)):
        if all(agree(fit(got, want), want, ROUGH, ROUGH) for got, want in zip(outputs, case['right'])):
            true, = slope['right']
    found, true = found.item(), true.item()
    return [*outputs, 1.0 if np.isclose(found, true, rtol=1e-6, atol=1e-7) else 0.5 * (found != 0)]


def _in_pytorch(one):
    """Return the check of the NumPy edition as one of this edition."""
    method, cell_type = one.name.startswith('CaptioningRNN'), 'lstm' if '[lstm]' in one.name else 'rnn'
    outputs = one.outputs if 'captions' in one.outputs else {
        name: axes for name, axes in one.outputs.items() if name not in ('dx', *one.cases()[0].get('params', ()))}
    if 'captions' not in outputs:
        outputs = {**outputs, GRADIENT: ''}
    made = replace(
        one, name=pytorch_name(one.name), lesson='captioning_pytorch', points=POINTS[one.name], outputs=outputs,
        module=f'{one.module}_pytorch', oracle=one.oracle or one.name, cached=False, library='torch', also=(),
        needs=tuple(pytorch_name(name) for name in one.needs if name in POINTS),
        call=partial(_call_method, cell_type) if method else _call)
    if 'captions' in outputs:
        return made
    return replace(made, also=(replace(made, name=f'{made.name[:-1]}, slope]', oracle=f'{made.oracle}_slope',
                                       outputs={'slope': ''}),))


CHECKS = tuple(_in_pytorch(one) for one in (*RNN, *LSTM, *CAPTIONING) if one.name in POINTS)
