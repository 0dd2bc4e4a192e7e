"""What each known mistake in the notebook NetworkVisualization is told."""

SALIENCY_HINTS = {
    'cross_entropy': 'this is the gradient of the cross-entropy loss: take the unnormalised score.',
    'cross_entropy_sum': 'this is the gradient of the cross-entropy loss, or of log softmax: take the'
                         ' score of class y itself.',
    'softmaxed_cross_entropy': 'this is the gradient of the cross-entropy of softmaxed scores: take the unnormalised'
                               ' score of class y itself.',
    'softmax': 'this is the gradient of the probability: take the score of class y before the softmax.',
    'all_scores': 'this is the gradient of the sum over all classes: pick the score of class y of each'
                  ' picture first.',
    'every_label': 'each map adds up the scores of all N labels, as scores[:, y] does, which is (N, N): picture n'
                   ' has its label y[n] alone.',
    'top_score': 'this is the gradient of the highest score: take the score of the given class y.',
    'largest_of_all': 'only the largest score of the whole batch is followed: take the score of class y of each'
                      ' picture, and add them up.',
    'first_row_all_labels': 'the scores of all N labels are read off the first picture: picture n has its own label'
                            ' y[n], as in gather(1, y.view(-1, 1)).',
    'first_label': 'every picture is asked for the label of the first one, y[0]: picture n has its own label y[n].',
    'averaged_over_N': 'the scores are averaged over the batch: add them up, so that no map depends on N.',
    'first_only': 'only the first picture has a map: add up the scores of all pictures before backward().',
    'no_abs': 'the absolute value is missing: take abs() of the gradient, then the maximum over the'
              ' channels.',
    'max_before_abs': 'the maximum is taken before the absolute value: abs() first, then max over the'
                      ' channels.',
    'mean_over_channels': 'this is the mean over the channels: take the maximum.',
    'sum_over_channels': 'this is the sum over the channels: take the maximum.',
    'mean_of_signed': 'this is the mean of the signed gradient: abs() first, then the maximum over the'
                      ' channels.',
    'abs_of_sum': 'the channels are added up before the absolute value: abs() first, then the maximum.',
    'norm_over_channels': 'this is the length of the gradient over the channels: take the maximum of abs().',
    'squared': 'the gradient is squared: take its absolute value.',
    'negative_cut_off': 'what is negative is cut off, as a ReLU does: take the absolute value, abs().',
    'smallest': 'the minimum over the channels is taken: take the maximum.',
    'first_channel': 'only the first channel is looked at: take the maximum over the channels, dim 1.',
    'max_over_all': 'each picture gets one number, the maximum over all its pixels: take it over the channels alone,'
                    ' dim 1.',
    'picture': 'these are the values of the picture: take its gradient, X.grad.',
    'max_over_rows': 'the maximum is over the rows, dim 2: take it over the channels, dim 1.',
    'max_over_columns': 'the maximum is over the columns, the last axis: take it over the channels, dim 1.',
    'axis_kept': 'the axis of the channels is still there, with length 1: leave out keepdim.',
    'max_over_pictures': 'the maximum is over the pictures, dim 0: take it over the channels, dim 1.',
    'channels_kept': 'the channels are still there: take the maximum over dim 1.',
    'pair': 'torch.max(x, dim) returns a pair, the values and their places: return the values.',
    'indices': 'these are the places of the maximum: torch.max(x, dim) gives values first, places second.',
    'times_input': 'the gradient is multiplied by the picture: saliency is the gradient alone.',
    'rescaled': 'each map is divided by its maximum: return the gradient as it is, imshow scales the'
                ' colours.',
    'stretched': 'the maps are stretched from 0 to 1: return the gradient as it is, imshow scales the colours.',
    'stretched_each': 'each map is stretched from 0 to 1: return the gradient as it is, imshow scales the colours.',
    'rescaled_by_batch': 'the maps are divided by the largest of the batch: no map may depend on the other'
                         ' pictures.',
}
FOOLING_HINTS = {
    'input_changed': 'X itself was changed: work on X.clone().',
    'unchanged': 'X_fooling is still X: return the picture that the steps were added to.',
    'descends': 'the steps go downhill: add the gradient of the score of target_y, to raise it.',
    'not_normalised': 'the gradient is not normalised: a step is g / ‖g‖, or flat places are never left.',
    'times_norm': 'the gradient is multiplied by its norm: divide by it, a step is g / ‖g‖.',
    'climbs_on_loss': 'the steps climb on the cross-entropy loss, away from target_y: go down the loss, or up the'
                      ' score.',
    'current_class': 'the class that the model sees already is raised: raise the score of target_y.',
    'one_step': 'only one step is taken: repeat, up to 100 times, until the model says target_y.',
    'restarts': 'every step starts from X again: X_fooling has to keep what the steps before have gained.',
    'only_step_kept': 'X_fooling is replaced by the step: add the step to X_fooling.',
    'not_zeroed': 'the gradients of earlier steps are still in .grad: zero it after each step.',
    'all_scores': 'the scores of all classes are raised: raise that of target_y alone.',
}
CLASS_HINTS = {
    'l2_left_out': 'the L2 term has no effect: its gradient, 2 λ img, must be subtracted (values from .data'
                   ' have none).',
    'l2_sign': 'the sign of the L2 term is wrong: climb on score − λ ‖img‖².',
    'l2_not_squared': 'the L2 norm is not squared: the term is λ ‖img‖², its gradient 2 λ img.',
    'l2_without_2': 'the factor 2 is missing: the gradient of λ ‖img‖² is 2 λ img.',
    'l2_without_lambda': 'l2_reg is not used: the term is l2_reg · ‖img‖².',
    'l2_absolute': 'absolute values are penalised: the term is λ ‖img‖², the sum of squares.',
    'l2_mean': 'the L2 term is averaged over the pixels: sum their squares.',
    'l2_number': 'the number λ ‖img‖² is subtracted from every slope: subtract its gradient, 2 λ img.',
    'l2_outside_unscaled': 'img shrinks by 2 λ img whatever learning_rate is: subtract 2 λ img from the gradient of the'
                           ' score.',
    'l2_shrunk_after': 'img is multiplied by 1 − 2 λ whatever learning_rate is: subtract 2 λ img from the gradient of'
                       ' the score.',
    'l2_added_after': '2 λ img is added to the normalised gradient: subtract it, best before normalising.',
    'l2_added_outside': '2 λ img is added to img without learning_rate: subtract it from the gradient of the score.',
    'descends': 'the step goes downhill: add the gradient of score − λ ‖img‖² to img.',
    'not_zeroed': 'the gradient of the call before is still in .grad: only the first call is right. Zero it.',
    'not_zeroed_l2_by_hand': 'the gradient of the score of the call before is still in .grad: zero it after each call.',
    'times_norm': 'the gradient is multiplied by its norm: divide by it, the step is lr · g / ‖g‖.',
    'softmax': 'this is the gradient of the probability: take the score of target_y before the softmax.',
    'log_softmax': 'this is the gradient of the cross-entropy loss: take the score of target_y.',
    'softmaxed_log_softmax': 'this is the gradient of the cross-entropy of softmaxed scores: take the score of'
                             ' target_y.',
    'all_scores': 'the sum of all scores is raised: raise the score of target_y alone.',
    'top_score': 'the highest score is raised: raise the score of target_y.',
    'learning_rate_twice': 'learning_rate multiplies the step twice: the step is lr · g / ‖g‖.',
    'zeroed_too_early': 'nan: the gradient was zeroed before the step, which divides 0 by 0; img.grad.zero_() comes'
                        ' last, as g is the same tensor.',
    'no_learning_rate': 'learning_rate is not used: the step is lr · g / ‖g‖.',
    'not_in_place': 'img has not changed: change its pixels in place, img.data += step.',
    'replaced': 'img is replaced by the step: add the step to img.',
}
# What shows in other pictures alike if the step is not normalised, or if the L2 term is outside of it.
RAW_ALSO = ('l2_added_after', 'l2_added_outside', 'l2_outside_unscaled', 'l2_shrunk_after', 'times_norm',
            'not_in_place',
            'zeroed_too_early')
OUTSIDE_TOO = ('l2_not_squared', 'l2_without_2', 'l2_without_lambda', 'l2_absolute', 'l2_mean', 'not_zeroed',
               'softmax', 'log_softmax',
               'softmaxed_log_softmax', 'all_scores', 'top_score', 'no_learning_rate', 'learning_rate_twice',
                   'replaced')

HINTS = {
    'compute_saliency_maps': SALIENCY_HINTS,
    'make_fooling_image': FOOLING_HINTS,
    'class_visualization_update_step': CLASS_HINTS,
    'class_visualization_update_step[raw]': {key: hint for key, hint in CLASS_HINTS.items() if key not in RAW_ALSO},
    'class_visualization_update_step[l2 outside]': {key: CLASS_HINTS[key] for key in OUTSIDE_TOO},
}

CLASS_STAGES = (
    ('log_softmax', 'softmax', 'softmaxed_log_softmax', 'all_scores', 'top_score'),
    ('l2_left_out', 'l2_not_squared', 'l2_without_2', 'l2_absolute', 'l2_mean', 'l2_without_lambda'),
    ('l2_sign', 'descends'),
    ('not_zeroed', 'no_learning_rate', 'learning_rate_twice'),
)
STAGES = {  # mistakes of which those of two stages are often made together
    'compute_saliency_maps': (
        ('cross_entropy', 'cross_entropy_sum', 'softmaxed_cross_entropy', 'softmax', 'all_scores', 'top_score',
         'every_label', 'first_only', 'largest_of_all', 'first_row_all_labels',
         'first_label'),
        ('no_abs', 'max_before_abs', 'mean_over_channels', 'sum_over_channels', 'mean_of_signed', 'abs_of_sum',
         'norm_over_channels', 'negative_cut_off', 'pair', 'indices', 'rescaled'),
        ('averaged_over_N',),
    ),
    'make_fooling_image': (('climbs_on_loss', 'all_scores', 'current_class', 'descends'),
                           ('one_step', 'not_normalised', 'not_zeroed', 'restarts')),
    'class_visualization_update_step': CLASS_STAGES,
    'class_visualization_update_step[raw]': CLASS_STAGES,
}
