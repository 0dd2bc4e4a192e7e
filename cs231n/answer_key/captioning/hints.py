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
    'start_in_row_0': '<START> goes to the first image alone, the others begin with <NULL>: all rows start with it.',
    'start_in_row_0_not_fed': '<START> goes to the first image alone, and no word is fed back: start all rows with it,'
                              ' then feed each its word.',
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

STAGES = {  # mistakes of which those of two stages are often made together
    f'CaptioningRNN.sample[{cell_type}]': (('start_returned', 'null_starts'), ('word_not_fed', 'h_not_carried'))
    for cell_type in STATE_HINTS
}

HINTS = {
    **{f'CaptioningRNN.loss[{cell_type}]': LOSS_HINTS for cell_type in STATE_HINTS},
    **{f'CaptioningRNN.sample[{cell_type}]': {**SAMPLE_HINTS, **hints} for cell_type, hints in STATE_HINTS.items()},
}
