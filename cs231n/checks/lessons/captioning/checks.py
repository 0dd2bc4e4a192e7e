"""Checks of CaptioningRNN.loss and CaptioningRNN.sample, for both types of cell."""

import numpy as np

from cs231n.checks.engine.check import Check
from cs231n.checks.engine.compare import are_numbers
from cs231n.checks.engine.inputs import draw, stream
from cs231n.checks.engine.steps import with_steps
from cs231n.checks.lessons.captioning import student_side
from cs231n.checks.lessons.captioning.student_side import MODEL, VOCABULARY

NULL, START, END = 0, 1, 2
V = len(VOCABULARY)

# Seeds of weights for which each mistake of sampling shows, and greedy decoding has no near tie.
SAMPLE_SEEDS = {'rnn': (606, 665), 'lstm': (785, 911)}


def _checks(cell_type, notebook, loss_points, sample_points):
    """Return the checks of loss and sample for one type of cell."""
    gates, columns = (1, 'H') if cell_type == 'rnn' else (4, '4H')
    sequence = f'{cell_type}_forward', f'{cell_type}_backward'
    grads = {'W_proj': 'D H', 'b_proj': 'H', 'W_embed': 'V W', 'Wx': f'W {columns}', 'Wh': f'H {columns}',
             'b': columns, 'W_vocab': 'H V', 'b_vocab': 'V'}

    def loss_cases():
        # Neither N, T nor the words in a caption are as many as D, W, H or V, for which a factor would be taken.
        return [_loss_case(1, gates, N=5, T=8, D=3, W=2, H=7), _loss_case(2, gates, N=1, T=3, D=2, W=5, H=7)]

    def sample_cases():
        return [_sample_case(seed, gates, N, length, D=5, W=7, H=11)
                for seed, (N, length) in zip(SAMPLE_SEEDS[cell_type], [(7, 13), (5, 17)])]

    def loss(check, ask, case):
        return ask(student_side.loss_and_grads, case, cell_type)

    def sample(check, ask, case):
        return ask(student_side.captions, case, cell_type)

    return (
        with_steps(
            Check(f'CaptioningRNN.loss[{cell_type}]', notebook, 'captioning', MODEL, loss_points, loss_cases,
                  {'loss': '', **grads}, oracle='captioning_loss', call=loss, apart=True,
                  needs=('word_embedding_forward', sequence[0], 'temporal_affine_forward',
                         'temporal_softmax_loss', 'temporal_affine_backward', sequence[1],
                         'word_embedding_backward')),
            h0='N H', x='N T W', h='N T H', scores='N T V', loss='',
            dscores='N T V', dh='N T H', dx='N T W', dh0='N H'),
        Check(f'CaptioningRNN.sample[{cell_type}]', notebook, 'captioning', MODEL, sample_points, sample_cases,
              {'captions': 'N T'}, oracle='captioning_sample', call=sample,
              settle=after_end, needs=('word_embedding_forward', f'{cell_type}_step_forward')),
    )


def random_params(seed, scale, gates, D, W, H):
    """Parameters of a model whose cell has so many gates, drawn from one seed."""
    return draw(seed, scale, W_proj=(D, H), b_proj=(H,), W_embed=(V, W), Wx=(W, gates * H), Wh=(H, gates * H),
                b=(gates * H,), W_vocab=(H, V), b_vocab=(V,))


def loss_captions(seed, N, T):
    """Captions of several lengths, so that a mask of the input words differs from one of the targets."""
    rng = stream(seed)
    captions = rng.randint(3, V, size=(N, T + 1), dtype=np.int64)
    captions[:, 0] = START
    for row, caption in enumerate(captions):
        end = T - row % (T - 1)
        caption[end:] = NULL
        caption[end] = END
    return captions


def _loss_case(seed, gates, N, T, D, W, H):
    params = random_params(seed, 0.7, gates, D, W, H)
    return {'params': params, **draw(seed + 100, features=(N, D)), 'captions': loss_captions(seed, N, T)}


def _sample_case(seed, gates, N, length, D, W, H):
    """Large weights, so that the word fed and the state decide the next word; no <NULL>, no <START>."""
    params = random_params(seed, 1.0, gates, D, W, H)
    params['b_vocab'][[NULL, START]] = -30
    return {'params': params, **draw(seed + 100, features=(N, D)), 'max_length': length}


def after_end(outputs):
    """Captions with <NULL> behind the first <END>: what a sampler keeps there is its own affair."""
    captions, = outputs
    if captions.ndim != 2 or not are_numbers(captions):
        return outputs
    ended = np.cumsum(captions == END, axis=1) - (captions == END) > 0  # True behind the first <END>
    return [np.where(ended, NULL, captions)]

CHECKS = (
    *_checks('rnn', 'RNN', loss_points=6, sample_points=4),
    *_checks('lstm', 'LSTM', loss_points=3, sample_points=3),
)
