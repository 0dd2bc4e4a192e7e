"""Checks of the two ways through a captioning network that decoding.py asks for: one step, and words by chance.

Words drawn by chance are counted over many rows, so that any right way of drawing passes: the share of each word is
compared with its probability.
"""

import numpy as np

from cs231n.checks.engine.check import Check
from cs231n.checks.engine.compare import are_numbers, as_array
from cs231n.checks.engine.errors import Malformed
from cs231n.checks.engine.inputs import draw, stream
from cs231n.checks.lessons.captioning.checks import NULL, START, V, random_params
from cs231n.checks.lessons.decoding import student_side

DECODING = dict(notebook='LSTM', lesson='decoding', module='cs231n.classifiers.decoding')
GATES = {'rnn': 1, 'lstm': 4}
ROWS = 3000       # captions drawn for each picture: the standard deviation of a share is 0.009 at most
TOLERANCE = 0.04  # so that a right answer is called wrong less than once in a million

# Seeds of weights for which each mistake moves some share by more than twice the tolerance.
DRAW_SEEDS = {'rnn': 369, 'lstm': 27}


def _step_cases():
    return [{'cell_type': cell_type, 'params': random_params(seed, 0.7, GATES[cell_type], 3, W, H),
             'words': stream(seed).randint(2, V, size=N), **draw(seed + 100, h=(N, H), c=(N, H))}
            for seed, (cell_type, N, W, H) in enumerate([('rnn', 5, 3, 7), ('lstm', 4, 5, 3)], start=1)]


def _call_step(check, ask, case):
    return ask(student_side.step, case, list(check.outputs))


def draw_case(cell_type, seed, temperature):
    """Two pictures, and large weights that decide the next word, but never for <NULL> or <START>."""
    params = random_params(seed, 1.0, GATES[cell_type], D=5, W=7, H=11)
    params['b_vocab'][[NULL, START]] = -30
    return {'cell_type': cell_type, 'params': params, **draw(seed + 100, features=(2, 5)), 'temperature': temperature}


def _draw_cases():
    return [draw_case('rnn', DRAW_SEEDS['rnn'], 1.6), draw_case('lstm', DRAW_SEEDS['lstm'], 0.6)]


def _call_draw(check, ask, case):
    """Shares of words among the captions, and whether they depend on rng and on nothing else."""
    N = len(case['features'])

    def captions(rows, seed):
        return _words(ask(student_side.drawn, case, rows, 3, seed), rows * N, 3)

    first, again, other = captions(20, 1), captions(20, 1), captions(20, 2)
    chance = int(np.array_equal(first, again)), int(not np.array_equal(first, other))
    hit = np.eye(V)[captions(ROWS, 0).reshape(ROWS, N, 3)]  # (rows, N, 3, V)
    a, b, c = hit.transpose(2, 0, 1, 3)  # each (rows, N, V)
    return [a.mean(axis=0), np.einsum('rna,rnb->nab', a, b) / ROWS, c.mean(axis=0), *chance]


def _words(captions, N, T):
    """Return the captions as integers; Malformed unless they are N captions of T words."""
    captions = as_array(captions)
    if not are_numbers(captions):
        raise Malformed('captions is not an array of numbers')
    if captions.shape != (N, T):
        raise Malformed(f'captions has shape {captions.shape}, expected {(N, T)} = (N, T)')
    strange = captions[~np.isin(captions, np.arange(V))]
    if strange.size:
        raise Malformed(f'captions holds {strange[0]:g}, and the words are 0 to {V - 1}')
    return captions.astype(int)

CHECKS = (
    Check(
        'next_scores', **DECODING, points=2, cases=_step_cases, call=_call_step,
        outputs={'scores': 'N V', 'h': 'N H', 'c': 'N H'},
        needs=('word_embedding_forward', 'rnn_step_forward', 'lstm_step_forward')),
    Check(
        'random_captions', **DECODING, points=2, cases=_draw_cases, call=_call_draw, needs=('next_scores',),
        outputs={'first_words': 'N V', 'second_after_first': 'N V V', 'third_words': 'N V',
                 'equal_rng_repeats': '', 'other_rng_differs': ''},
        facts=True, rtol=TOLERANCE, atol=TOLERANCE),
)
