"""What each known mistake in CaptioningRNN is told."""

NOT_SHIFTED = 'each word is asked to predict itself: the targets are captions_out, captions[:, 1:].'
EXCHANGED = 'inputs and targets are exchanged: read captions_in, captions[:, :-1], and predict captions_out, the rest.'
LOSS_HINTS = {
    'not_shifted': NOT_SHIFTED,
    'not_shifted_but_mask': NOT_SHIFTED,
    'both_shifted': 'each word is asked to predict itself: the inputs are captions_in, captions[:, :-1].',
    'shifted_backwards': EXCHANGED,
    'shifted_backwards_but_mask': EXCHANGED,
    'mask_from_in': 'the mask is taken from the input words: mask = captions_out != self._null.',
    'mask_left_out': 'the mask is left out: a <NULL> among the targets adds nothing to the loss.',
    'mask_inverted': 'the mask is turned round, it keeps <NULL> alone: mask = captions_out != self._null.',
    'mask_from_end': 'the mask leaves out <END>: mask = captions_out != self._null.',
    'averaged_over_words': 'the loss is divided by the number of words: sum over T, divide by N.',
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
    'null_fed': 'after <START> every step is fed <NULL>, from a column that is still empty: feed the word of the step'
                ' before.',
    'row_0_fed': 'every image is fed the word of the first image: feed each row its own word.',
    'null_starts': 'the first word fed is <NULL>: start with self._start.',
    'start_in_row_0': '<START> goes to the first image alone, the others begin with <NULL>: all rows start with it.',
    'start_in_row_0_not_fed': '<START> goes to the first image alone, and no word is fed back: start all rows with it,'
                              ' then feed each its word.',
    'start_kept': '<START> stands before the words, which makes a column too many: the first column is the first'
                  ' sampled word.',
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
        'h_and_c_swapped': 'h and c are exchanged: lstm_step_forward returns next_h first.',
        'c0_is_h0': 'the cell starts as h0: before the first word the cell is zero.',
    },
}

LOSS_STAGES = (('not_shifted', 'both_shifted', 'shifted_backwards'),
               ('mask_from_in', 'mask_left_out', 'mask_inverted', 'mask_from_end'),
               ('averaged_over_T', 'averaged_over_words', 'divided_again'),
               ('no_b_proj', 'no_b_vocab', 'features_ignored'), ('h0_grad_missing', 'h0_grad_zero',
                                                                 'embed_grad_missing'))
STAGES = {  # mistakes of which those of two stages are often made together
    **{f'CaptioningRNN.sample[{cell_type}]': (('start_returned', 'null_starts', 'features_ignored', 'no_b_proj'),
                                              ('word_not_fed', 'null_fed', 'row_0_fed'), tuple(hints))
       for cell_type, hints in STATE_HINTS.items()},
    **{f'CaptioningRNN.loss[{cell_type}]': LOSS_STAGES for cell_type in STATE_HINTS},
}

HINTS = {
    **{f'CaptioningRNN.loss[{cell_type}]': LOSS_HINTS for cell_type in STATE_HINTS},
    **{f'CaptioningRNN.sample[{cell_type}]': {**SAMPLE_HINTS, **hints} for cell_type, hints in STATE_HINTS.items()},
}
