"""Checks of CaptioningRNN.loss and CaptioningRNN.sample, for both types of cell."""

from importlib import import_module

import numpy as np

from .compare import are_numbers
from .core import Check
from .inputs import draw
from .running import Malformed, unpack

MODEL = 'cs231n.classifiers.rnn'
NULL, START, END = 0, 1, 2
VOCABULARY = ['<NULL>', '<START>', '<END>', 'a', 'cat', 'dog', 'sees', 'the', 'moon', 'and', 'sleeps']
V = len(VOCABULARY)

# Seeds of weights for which each mistake of sampling shows, and greedy decoding has no near tie.
SAMPLE_SEEDS = {'rnn': (606, 665), 'lstm': (785, 911)}

LOSS_HINTS = {
    'not_shifted': 'each word is asked to predict itself: the targets are captions[:, 1:].',
    'both_shifted': 'each word is asked to predict itself: the inputs are captions[:, :-1].',
    'shifted_backwards': 'inputs and targets are exchanged: read captions[:, :-1], predict captions[:, 1:].',
    'mask_from_in': 'the mask is taken from the input words: mask = captions_out != self._null.',
    'mask_left_out': 'the mask is left out: a <NULL> among the targets adds nothing to the loss.',
    'averaged_over_T': 'the loss is averaged over time too: sum over T, divide by N only.',
    'divided_again': 'the loss is divided by N twice: temporal_softmax_loss has already averaged it.',
    'h0_grad_missing': 'grads has no W_proj and b_proj: send dh0 of the backward pass through the affine'
                       ' layer of the features.',
    'h0_grad_zero': 'the gradients of W_proj and b_proj are zero: send dh0 of the backward pass through the'
                    ' affine layer of the features.',
    'embed_grad_missing': 'grads has no W_embed: send dx of the backward pass through'
                          ' word_embedding_backward.',
    'no_b_proj': 'b_proj is left out: h0 = features W_proj + b_proj.',
    'no_b_vocab': 'b_vocab is left out: scores = h W_vocab + b_vocab.',
    'features_ignored': 'the features are not used: the first state is h0 = features W_proj + b_proj.',
    'features_ignored_and_no_grad': 'the features are not used: the first state is h0 = features W_proj +'
                                    ' b_proj, and its gradient goes to W_proj and b_proj.',
}
SAMPLE_HINTS = {
    'word_not_fed': 'every step is fed <START>: feed the word that the step before has sampled.',
    'row_0_fed': 'every image is fed the word of the first image: feed each row its own word.',
    'null_starts': 'the first word fed is <NULL>: start with self._start.',
    'start_returned': '<START> is returned in column 0: the first column is the first sampled word.',
    'features_ignored': 'the features are not used: the first state is features W_proj + b_proj.',
    'no_b_proj': 'b_proj is left out: h0 = features W_proj + b_proj.',
    'no_b_vocab': 'b_vocab is left out: scores = h W_vocab + b_vocab.',
    'scores_before_step': 'the scores come from the state before the step: take the step, then score next_h.',
    'stops_with_first_row': 'all captions end as soon as one says <END>: the other rows go on.',
}
STATE_HINTS = {
    'rnn': {
        'h_not_carried': 'every step starts from h0: pass on the next_h of the step before.',
    },
    'lstm': {
        'h_not_carried': 'every step starts from h0: pass on the next_h of the step before.',
        'c_not_carried': 'the cell is reset at every step: pass on the next_c of the step before.',
        'nothing_carried': 'every step starts from h0 and an empty cell: pass on next_h and next_c of the'
                           ' step before.',
        'c0_is_h0': 'the cell starts as h0: before the first word the cell is zero.',
    },
}


def captioning_checks(cell_type, notebook, loss_points, sample_points):
    """The checks of loss and sample for one type of cell."""
    gates, columns = (1, 'H') if cell_type == 'rnn' else (4, '4H')
    sequence = f'{cell_type}_forward', f'{cell_type}_backward'
    grads = {'W_proj': 'D H', 'b_proj': 'H', 'W_embed': 'V W', 'Wx': f'W {columns}', 'Wh': f'H {columns}',
             'b': columns, 'W_vocab': 'H V', 'b_vocab': 'V'}

    def loss_cases():
        return [_loss_case(1, gates, N=5, T=7, D=3, W=2, H=7), _loss_case(2, gates, N=1, T=3, D=2, W=5, H=3)]

    def sample_cases():
        return [_sample_case(seed, gates, N, length, D=5, W=7, H=11)
                for seed, (N, length) in zip(SAMPLE_SEEDS[cell_type], [(7, 13), (5, 17)])]

    def call(check, function, case):
        return _call_method(check, function, cell_type, **case)

    return (
        Check(f'CaptioningRNN.loss[{cell_type}]', notebook, MODEL, loss_points, loss_cases,
              {'loss': '', **grads}, LOSS_HINTS, oracle='captioning_loss', call=call,
              needs=('word_embedding_forward', sequence[0], 'temporal_affine_forward',
                     'temporal_softmax_loss', 'temporal_affine_backward', sequence[1],
                     'word_embedding_backward')),
        Check(f'CaptioningRNN.sample[{cell_type}]', notebook, MODEL, sample_points, sample_cases,
              {'captions': 'N T'}, {**SAMPLE_HINTS, **STATE_HINTS[cell_type]},
              oracle='captioning_sample', call=call, settle=_after_end,
              needs=(f'{cell_type}_step_forward',)),
    )


def _params(seed, scale, gates, D, W, H):
    return draw(seed, scale, W_proj=(D, H), b_proj=(H,), W_embed=(V, W), Wx=(W, gates * H), Wh=(H, gates * H),
                b=(gates * H,), W_vocab=(H, V), b_vocab=(V,))


def _loss_case(seed, gates, N, T, D, W, H):
    """Captions of several lengths, so that a mask of the input words differs from one of the targets."""
    rng = np.random.RandomState(seed)
    captions = rng.randint(3, V, size=(N, T + 1), dtype=np.int64)
    captions[:, 0] = START
    for row, caption in enumerate(captions):
        end = T - row % (T - 1)
        caption[end:] = NULL
        caption[end] = END
    params = _params(seed, 0.7, gates, D, W, H)
    return {'params': params, **draw(seed + 100, features=(N, D)), 'captions': captions}


def _sample_case(seed, gates, N, length, D, W, H):
    """Large weights, so that the word fed and the state decide the next word; no <NULL>, no <START>."""
    params = _params(seed, 1.0, gates, D, W, H)
    params['b_vocab'][[NULL, START]] = -30
    return {'params': params, **draw(seed + 100, features=(N, D)), 'max_length': length}


def _call_method(check, function, cell_type, params, features, **rest):
    """The method's outputs on a model of the package that has these parameters."""
    H, W = len(params['Wh']), len(params['Wx'])
    word_to_idx = {word: index for index, word in enumerate(VOCABULARY)}
    rng = np.random.RandomState(0)  # so that the global stream stays where it is
    make = import_module(MODEL).CaptioningRNN
    model = make(word_to_idx, features.shape[1], W, H, cell_type, np.float64, rng=rng)
    model.params = params
    returned = function(model, features, *rest.values())
    if list(check.outputs) == ['captions']:
        return unpack(returned, ['captions'])
    loss, grads = unpack(returned, ['loss', 'grads'])
    if not isinstance(grads, dict):
        raise Malformed(f'grads is a {type(grads).__name__}, expected a dictionary with the keys of params')
    return [loss, *(grads.get(name) for name in params)]


def _after_end(outputs):
    """Captions with <NULL> behind the first <END>: what a sampler keeps there is its own affair."""
    captions, = outputs
    if captions.ndim != 2 or not are_numbers(captions):
        return outputs
    ended = np.cumsum(captions == END, axis=1) - (captions == END) > 0  # True behind the first <END>
    return [np.where(ended, NULL, captions)]
