"""Wrong answers for one step of a captioning network, and for words drawn by chance."""

from statistics import NormalDist

import numpy as np

from cs231n.answer_key.lstm.mistakes import lstm_step_forward
from cs231n.answer_key.recurrence import pick
from cs231n.answer_key.rnn.mistakes import rnn_step_forward

NULL, START, END = 0, 1, 2
CHANCES = (np.arange(100) + 0.5) / 100
NOISE = {  # quantiles of noise that is added instead of Gumbel's
    'uniform_noise': CHANCES,
    'normal_noise': np.array([NormalDist().inv_cdf(u) for u in CHANCES]),
    'noise_subtracted': np.log(-np.log(1 - CHANCES)),
}


def _softmax(scores):
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def next_scores(mistake, cell_type, params, words, h, c):
    x = params['W_embed'][words * 0 + START if mistake == 'words_ignored' else words]  # (N, W)
    weights, state = (params['Wx'], params['Wh'], params['b']), (h, c)
    if cell_type == 'rnn':
        h, = rnn_step_forward(None, x, h, *weights)
        c = pick(mistake, c, rnn_c_zero=c * 0, cell_reset_for_both=c * 0, c_zero=c * 0, rnn_c_is_h=h)
        seen = h
    else:
        h, c = lstm_step_forward(None, x, h, c * 0 if mistake in ('cell_reset', 'cell_reset_for_both') else c, *weights)
        seen = pick(mistake, h, scores_from_c=c, h_and_c_swapped=c)
        h, c = pick(mistake, (h, c), h_and_c_swapped=(c, h), c_not_returned=(h, state[1]), c_zero=(h, c * 0))
    seen = state[0] if mistake == 'scores_before_step' else seen
    scores = seen @ params['W_vocab'] + (0 if mistake == 'no_b_vocab' else params['b_vocab'])
    p = _softmax(scores)
    h, c = pick(mistake, (h, c), state_not_returned=state, h_not_returned=(state[0], c))
    return pick(mistake, scores, softmax=p, log_softmax=np.log(p)), h, c


def _chances(mistake, scores, temperature):
    """(rows, V): how probable each word is to be drawn."""
    if mistake == 'greedy':
        return np.eye(scores.shape[1])[scores.argmax(axis=1)]
    if mistake in NOISE:
        gaps = (scores[:, :, None] - scores[:, None]) / temperature  # (rows, V, V)
        below = np.interp(gaps[..., None] + NOISE[mistake], NOISE[mistake], CHANCES, left=0, right=1)
        below[:, range(len(scores[0])), range(len(scores[0]))] = 1  # none has to be larger than itself
        p = below.prod(axis=2).mean(axis=2)
        return p / p.sum(axis=1, keepdims=True)
    p = _softmax(pick(mistake, scores / temperature, temperature_left_out=scores,
                      temperature_multiplied=scores * temperature))
    return _softmax(p) if mistake == 'noise_on_probabilities' else p


def random_captions(mistake, cell_type, params, features, temperature):
    """Return the probabilities of all captions of three words, each of which is followed to its end."""
    N, V = len(features), len(params['W_embed'])
    h = first_h = features @ params['W_proj'] + params['b_proj']
    c = first_c = h * 0
    fed = np.full(N, NULL if mistake == 'null_starts' else START)
    words, chance = np.zeros((N, 0), int), np.ones(N)
    for _ in range(3):
        h = first_h if mistake in ('h_not_carried', 'state_not_carried') else h
        c = first_c if mistake in ('c_not_carried', 'state_not_carried') else c
        scores, h, c = next_scores(None, cell_type, params, fed, h, c)
        chance = (chance[:, None] * _chances(mistake, scores, temperature)).ravel()
        best, before = scores.argmax(axis=1).repeat(V), fed.repeat(V)
        h, c, first_h, first_c, words = (old.repeat(V, axis=0) for old in (h, c, first_h, first_c, words))
        words = np.column_stack([words, np.tile(range(V), len(scores))])  # (N V^t, t)
        fed = pick(mistake, words[:, -1], word_not_fed=before, best_word_fed=best)
    a, b, c = np.eye(V)[_shown(mistake, words)].reshape(N, V**3, 3, V).transpose(2, 0, 1, 3)
    shares = (np.einsum(form, chance.reshape(N, V**3), *parts) for form, *parts in
              (('nr,nra->na', a), ('nr,nra,nrb->nab', a, b), ('nr,nrc->nc', c)))
    return *shares, int(mistake != 'global_random'), int(mistake not in ('greedy', 'own_generator'))


def _shown(mistake, words):
    """Return the captions, given all words that were drawn, those after <END> as well."""
    ends = words == END
    before = np.cumsum(ends, axis=1) - ends > 0  # True behind the first <END>
    if mistake == 'end_ignored':
        return words
    if mistake == 'end_forgotten':
        before = np.column_stack([ends[:, 0] & False, ends[:, :-1]])
    shown = np.where(before | (ends & (mistake == 'end_left_out')), NULL, words)
    if mistake == 'stops_with_first_row':
        shown[:, 1:] = NULL
    return np.column_stack([shown[:, 0] * 0 + START, shown[:, :-1]]) if mistake == 'start_returned' else shown
