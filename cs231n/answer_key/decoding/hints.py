"""What each known mistake in decoding.py is told."""

CELL_RESET = 'the cell starts at zero in each round: pass the c that comes in to lstm_step_forward.'
NOT_GUMBEL = ('the noise is normal, or Gumbel noise with the wrong sign: add rng.gumbel, or -log(-log(u)) with u'
              ' uniform.')

HINTS = {
    'next_scores': {
        'state_not_returned': 'h and c come back as they came in: return the state after the step.',
        'h_not_returned': 'h comes back as it came in: return the h after the step.',
        'c_not_returned': 'c comes back as it came in: return the c after the LSTM step.',
        'c_zero': 'the c that is returned is zero: return the c after the LSTM step.',
        'cell_reset': CELL_RESET,
        'cell_reset_for_both': CELL_RESET,
        'rnn_c_zero': 'a vanilla RNN returns c = 0: it passes the c that comes in through untouched.',
        'rnn_c_is_h': 'a vanilla RNN returns its h as c: it passes the c that comes in through untouched.',
        'h_and_c_swapped': 'h and c are exchanged: lstm_step_forward returns next_h first.',
        'no_b_vocab': 'b_vocab is left out: scores = h W_vocab + b_vocab.',
        'scores_before_step': 'the scores come from the state before the step: take the step, then score its h.',
        'scores_from_c': 'the scores of the LSTM come from its cell: scores = h W_vocab + b_vocab.',
        'softmax': 'the scores are turned into probabilities: return them before the softmax.',
        'log_softmax': 'the scores are turned into log-probabilities: return them before the softmax.',
        'words_ignored': 'every row is fed <START>: feed the words that come in.',
    },
    'random_captions': {
        'temperature_left_out': 'the temperature has no effect: the scores alone are divided by it, before chance'
                                ' comes in.',
        'temperature_multiplied': 'the scores are multiplied by the temperature: divide by it.',
        'greedy': 'the best word is taken: draw a word from softmax(scores / temperature), another one for each rng.',
        'uniform_noise': 'the noise is uniform, rng.random: only Gumbel noise makes the largest a draw from the'
                         ' softmax.',
        'normal_noise': NOT_GUMBEL,
        'noise_subtracted': NOT_GUMBEL,
        'noise_on_probabilities': 'the Gumbel noise is added to probabilities: add it to scores / temperature.',
        'word_not_fed': 'every step is fed <START>: feed the word that the step before has drawn.',
        'best_word_fed': 'the best word is fed: feed the word that was drawn.',
        'null_starts': 'the first word fed is <NULL>: start with model._start.',
        'start_returned': '<START> is returned in column 0: the first column is the first drawn word.',
        'end_ignored': 'words follow after <END>: leave <NULL> in a row that has ended.',
        'end_forgotten': 'a row goes on two words after <END>: once it has ended, it stays so.',
        'end_left_out': '<END> itself is missing: write it, and leave <NULL> after it.',
        'stops_with_first_row': 'all captions end as soon as one says <END>: the other rows go on.',
        'state_not_carried': 'every step starts from the first state: pass on the h and c of the step before.',
        'h_not_carried': 'every step starts from the first h: pass on the h of the step before.',
        'c_not_carried': 'the cell of the LSTM is reset at every step: pass on the c of the step before.',
        'global_random': 'equal generators give other captions: draw from rng, not from np.random.',
        'own_generator': 'another generator gives the same captions: draw from rng, and make no generator here.',
    },
}
