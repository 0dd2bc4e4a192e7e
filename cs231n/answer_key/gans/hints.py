"""What each known mistake in the notebook GANs is told."""

LEAKY = 'LeakyReLU(0.01)'
NOISE_HINTS = {
    'zero_to_one': 'the noise lies between 0 and 1: torch.rand does that; scale it to between -1 and 1.',
    'normal': 'the noise is normally distributed, as from torch.randn: it is to be uniform between -1 and 1.',
    'half': 'the noise lies between -0.5 and 0.5: it is to lie between -1 and 1.',
    'twice': 'the noise lies between -2 and 2: it is to lie between -1 and 1.',
    'shape_swapped': 'the shape is (dim, batch_size): one row for each picture, (batch_size, dim).',
    'one_row': 'all rows are the same: draw batch_size rows, or every picture will be the same.',
    'whole_numbers': 'the noise consists of whole numbers: draw real numbers between -1 and 1.',
    'few_values': 'the same numbers come again and again, as rounded ones do: draw batch_size * dim real numbers.',
    'not_uniform': 'the noise lies between about -1 and 1, but is not uniform there: 2 * torch.rand(...) - 1 is.',
    'seed_fixed': 'every call gives the same noise: draw other numbers each time.',
}
ENTROPY_HINTS = {
    'sigmoid_first': 'the sigmoid is applied twice: the loss takes logits and has the sigmoid in it.',
    'summed': 'the loss is summed over the minibatch: average it.',
    'unstable': 'log(sigmoid(s)) is log(0) for large scores: use F.logsigmoid, or max(s, 0) - s y + log(1 +'
                ' exp(-|s|)).',
    'clamped': 'the gradient vanishes for large scores: F.binary_cross_entropy clamps the log; use the form'
               ' with logits.',
    'sign': 'the sign is wrong: the loss is the negative log-likelihood.',
    'detached': 'the loss has no gradient: .item(), .data and .detach() cut the loss off.',
}
BCE_HINTS = {
    **ENTROPY_HINTS,
    'labels_flipped': 'the labels are flipped: y goes with log σ(s), 1 - y with log(1 - σ(s)).',
    'overflow': 'exp(s) is infinite for large scores: log(1 + exp(s)) is max(s, 0) + log(1 + exp(-|s|)), or'
                ' F.softplus.',
    'first_term_only': 'the term of the label 0 is missing: add -(1 - y) log(1 - σ(s)).',
}
DISCRIMINATOR_LOSS_HINTS = {
    **ENTROPY_HINTS,
    'labels_swapped': 'the labels are swapped: real pictures have 1, fakes 0.',
    'fake_as_real': 'the fakes have the label 1: that is the wish of the generator; here it is 0.',
    'real_only': 'the fakes are left out: add their loss with the label 0.',
    'fake_only': 'the real pictures are left out: add their loss with the label 1.',
    'fakes_detached': 'no gradient reaches the scores of the fakes: leave out detach(), run_a_gan has cut off G'
                      ' already.',
    'halved': 'the loss is halved: add the means of the two kinds, each weighs 1.',
    'subtracted': 'the loss of the fakes is subtracted: add it.',
}
GENERATOR_LOSS_HINTS = {
    **ENTROPY_HINTS,
    'labels_swapped': 'the labels are swapped: the generator wants its fakes to have the label 1.',
    'minimax': 'this is E log(1 - D), whose gradient vanishes while D is sure: minimise -E log D.',
}
SQUARE_HINTS = {
    'summed': 'the squares are summed over the minibatch: average them.',
    'sigmoid_first': 'a sigmoid is applied first: in a least-squares GAN the score itself is D.',
    'cross_entropy': 'this is cross-entropy: in a least-squares GAN it is the mean of squares.',
    'mean_squared_after': 'the mean is squared: square each difference from the target, then average.',
    'absolute': 'this is the mean of absolute values: square the difference from the target.',
    'detached': ENTROPY_HINTS['detached'],
}
LS_DISCRIMINATOR_HINTS = {
    **SQUARE_HINTS,
    'halves_left_out': 'the halves are left out: 1/2 of each of the two means.',
    'half_of_real_only': 'the half of the second term is left out: 1/2 of each of the two means.',
    'half_of_fake_only': 'the half of the first term is left out: 1/2 of each of the two means.',
    'labels_swapped': 'the targets are swapped: real pictures go to 1, fakes to 0.',
    'real_to_minus_one': 'the real pictures go to -1: their target is 1, (score - 1)².',
    'fakes_to_minus_one': 'the fakes go to -1: their target is 0.',
    'real_only': 'the fakes are left out: add half the mean of their squares.',
    'fake_only': 'the real pictures are left out: add half the mean of (score - 1)².',
}
LS_GENERATOR_HINTS = {
    **SQUARE_HINTS,
    'half_left_out': 'the half is left out: 1/2 of the mean.',
    'target_minus_one': 'the target is -1: the generator wants its fakes to score 1, (score - 1)².',
    'target_zero': 'the target is 0: the generator wants its fakes to score 1.',
}
OPTIMIZER_HINTS = {
    'default_betas': 'the betas are those that Adam has by default: give it betas=(0.5, 0.999).',
    'betas_swapped': 'the betas are swapped: beta1 = 0.5, beta2 = 0.999.',
    'beta2_99': 'beta2 is 0.99: betas=(0.5, 0.999).',
    'beta2_missing': 'beta2 is 0.9: betas=(0.5, 0.999).',
    'lr_1e_2': 'the learning rate is 1e-2: it is to be 1e-3.',
    'lr_1e_4': 'the learning rate is 1e-4: it is to be 1e-3.',
    'lr_2e_4': 'the learning rate is 2e-4: it is to be 1e-3.',
    'sgd': 'this is plain gradient descent: use torch.optim.Adam.',
}
LEAKY_HINTS = {
    'relu': f'the activations are ReLU: a discriminator has {LEAKY}, so that gradients reach G everywhere.',
    'slope_02': f'the slope of the leaky ReLU is 0.2: it is to be {LEAKY}.',
    'slope_01': f'the slope of the leaky ReLU is 0.1: it is to be {LEAKY}.',
    'tanh_hidden': f'tanh in the hidden layers: use {LEAKY}.',
    'no_activations': f'there is no activation at all: {LEAKY} after each layer but the last.',
    'no_activation_1': f'the activation after the first layer is missing: {LEAKY}.',
    'no_activation_2': f'the activation after the second layer is missing: {LEAKY}.',
    'sigmoid_last': 'a sigmoid ends the network: return the logits, the loss has the sigmoid in it.',
    'tanh_last': 'a tanh ends the network: return the scores as they are.',
    'activation_last': 'an activation ends the network: return the scores of the last layer as they are.',
}
RELU_HINTS = {
    'leaky': 'the activations are leaky: the generator has plain ReLU in its hidden layers.',
    'tanh_hidden': 'tanh in the hidden layers: use ReLU there, tanh only at the end.',
    'no_activations': 'the hidden layers have no activation: ReLU after each layer but the last.',
    'no_activation_1': 'the activation after the first layer is missing: ReLU.',
    'no_activation_2': 'the activation after the second layer is missing: ReLU.',
    'no_tanh': 'the tanh at the end is missing: pictures lie between -1 and 1.',
    'sigmoid_last': 'a sigmoid ends the network: tanh, since pictures lie between -1 and 1.',
    'relu_last': 'a ReLU ends the network: tanh, since pictures lie between -1 and 1.',
}

HINTS = {
    'sample_noise': NOISE_HINTS,
    'discriminator': LEAKY_HINTS,
    'generator': RELU_HINTS,
    'bce_loss': BCE_HINTS,
    'discriminator_loss': DISCRIMINATOR_LOSS_HINTS,
    'generator_loss': GENERATOR_LOSS_HINTS,
    'get_optimizer': OPTIMIZER_HINTS,
    'ls_discriminator_loss': LS_DISCRIMINATOR_HINTS,
    'ls_generator_loss': LS_GENERATOR_HINTS,
    'build_dc_classifier': {
        **LEAKY_HINTS,
        'no_activation_3': f'the activation after the first linear layer is missing: {LEAKY}.',
        'average_pool': 'the pooling takes the average: use MaxPool2d.',
    },
    'build_dc_generator': {
        **RELU_HINTS,
        'no_activation_3': 'the activation after the first transposed convolution is missing: ReLU.',
        'norm_before_relu': 'batch normalization comes before ReLU: here it comes after, ReLU first.',
    },
}

ENTROPY_STAGES = ('summed', 'sign', 'detached'), ('sigmoid_first', 'unstable', 'clamped')
LEAKY_STAGES = (('relu', 'slope_02', 'slope_01', 'tanh_hidden', 'no_activations', 'no_activation_1', 'no_activation_2'),
                ('sigmoid_last', 'tanh_last', 'activation_last'))
RELU_STAGES = (('leaky', 'tanh_hidden', 'no_activations', 'no_activation_1', 'no_activation_2'),
               ('no_tanh', 'sigmoid_last', 'relu_last'))
STAGES = {  # mistakes of which those of two stages are often made together
    'sample_noise': (('shape_swapped',), ('zero_to_one', 'normal', 'half')),
    'discriminator': LEAKY_STAGES,
    'generator': RELU_STAGES,
    'build_dc_generator': ((*RELU_STAGES[0], 'norm_before_relu'), RELU_STAGES[1]),
    'build_dc_classifier': (*LEAKY_STAGES, ('average_pool',)),
    'bce_loss': (('labels_flipped', 'first_term_only'), *ENTROPY_STAGES),
    'discriminator_loss': (('labels_swapped', 'fake_as_real', 'real_only', 'fake_only'), ('halved',), *ENTROPY_STAGES),
    'generator_loss': (('labels_swapped', 'minimax'), *ENTROPY_STAGES),
    'ls_discriminator_loss': (('halves_left_out',), ('labels_swapped', 'fakes_to_minus_one', 'real_to_minus_one'),
                              ('summed', 'sigmoid_first', 'detached', 'mean_squared_after', 'absolute')),
    'ls_generator_loss': (('half_left_out',), ('target_zero', 'target_minus_one'),
                          ('summed', 'sigmoid_first', 'detached', 'mean_squared_after', 'absolute')),
    'get_optimizer': (('lr_1e_2', 'lr_1e_4', 'lr_2e_4'), ('default_betas', 'beta2_missing', 'beta2_99')),
}
