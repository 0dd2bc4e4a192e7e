"""The checks of GANs: right texts and valid variants pass, every known mistake is told by its own hint."""

import numpy as np
import pytest
import torch

from cs231n.answer_key.gans import mistakes
from cs231n.checks import check
from cs231n.checks.engine.answers import answers
from cs231n.checks.lessons.gans.checks import CHECKS
from tests.support.written_answers import run

RIGHT = """
import torch
import torch.nn as nn
import torch.nn.functional as F
from cs231n.gan_pytorch import Flatten, Unflatten


def sample_noise(batch_size, dim, seed=None):
    noise = torch.rand(batch_size, dim)
    noise = noise * 2 - 1
    return noise


def discriminator(seed=None):
    model = nn.Sequential(
        Flatten(),
        nn.Linear(784, 256),
        nn.LeakyReLU(0.01),
        nn.Linear(256, 256),
        nn.LeakyReLU(0.01),
        nn.Linear(256, 1),
    )
    return model


def generator(noise_dim=96, seed=None):
    model = nn.Sequential(
        nn.Linear(noise_dim, 1024),
        nn.ReLU(),
        nn.Linear(1024, 1024),
        nn.ReLU(),
        nn.Linear(1024, 784),
        nn.Tanh(),
    )
    return model


def bce_loss(input, target):
    neg_abs = -input.abs()
    loss = input.clamp(min=0) - input * target + (1 + neg_abs.exp()).log()
    return loss.mean()


def discriminator_loss(logits_real, logits_fake):
    N = logits_real.size()
    ones, zeros = torch.ones(N), torch.zeros(N)
    real = bce_loss(logits_real, ones)
    fake = bce_loss(logits_fake, zeros)
    loss = real + fake
    return loss


def generator_loss(logits_fake):
    labels = torch.ones(logits_fake.size())
    loss = bce_loss(logits_fake, labels)
    return loss


def get_optimizer(model):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, betas=(0.5, 0.999))
    return optimizer


def ls_discriminator_loss(scores_real, scores_fake):
    real = 0.5 * ((scores_real - 1) ** 2).mean()
    fake = 0.5 * (scores_fake ** 2).mean()
    loss = real + fake
    return loss


def ls_generator_loss(scores_fake):
    loss = 0.5 * ((scores_fake - 1) ** 2).mean()
    return loss


def build_dc_classifier(batch_size=None):
    return nn.Sequential(
        Unflatten(-1, 1, 28, 28),
        nn.Conv2d(1, 32, 5),
        nn.LeakyReLU(0.01),
        nn.MaxPool2d(2, 2),
        nn.Conv2d(32, 64, 5),
        nn.LeakyReLU(0.01),
        nn.MaxPool2d(2, 2),
        Flatten(),
        nn.Linear(1024, 1024),
        nn.LeakyReLU(0.01),
        nn.Linear(1024, 1),
    )


def build_dc_generator(noise_dim=96):
    return nn.Sequential(
        nn.Linear(noise_dim, 1024),
        nn.ReLU(),
        nn.BatchNorm1d(1024),
        nn.Linear(1024, 6272),
        nn.ReLU(),
        nn.BatchNorm1d(6272),
        Unflatten(-1, 128, 7, 7),
        nn.ConvTranspose2d(128, 64, 4, stride=2, padding=1),
        nn.ReLU(),
        nn.BatchNorm2d(64),
        nn.ConvTranspose2d(64, 1, 4, stride=2, padding=1),
        nn.Tanh(),
        Flatten(),
    )
"""
LEAKY, RELU, LAST_1 = 'nn.LeakyReLU(0.01)', 'nn.ReLU()', 'nn.Linear(256, 1),\n'


def after(line, activation):
    """The edit that leaves out the activation behind a layer."""
    return [(f'{line},\n        {activation},\n', f'{line},\n')]


def entropy(loss):
    """The mistakes that all losses built on cross-entropy share; `loss` is the line before the return."""
    naive = '(lambda s, y: -(y * s.sigmoid().log() + (1 - y) * (1 - s.sigmoid()).log()).mean())('
    torch_bce = 'F.binary_cross_entropy(torch.sigmoid(logits'
    return {
        'sigmoid_first': [('bce_loss(logits', 'bce_loss(torch.sigmoid(logits'), ('real, ones', 'real), ones'),
                          ('fake, zeros', 'fake), zeros'), ('fake, labels', 'fake), labels')],
        'summed': [('bce_loss(', 'F.binary_cross_entropy_with_logits('), ('ones)', "ones, reduction='sum')"),
                   ('zeros)', "zeros, reduction='sum')"), ('labels)', "labels, reduction='sum')")],
        'unstable': [('bce_loss(', naive)],
        'clamped': [('bce_loss(logits', torch_bce), ('real, ones', 'real), ones'),
                    ('fake, zeros', 'fake), zeros'), ('fake, labels', 'fake), labels'),
                    ('.size())', '.size(), dtype=torch.float64)'),
                    ('torch.ones(N), torch.zeros(N)', 'torch.ones(N).double(), torch.zeros(N).double()')],
        'sign': [(loss, f'{loss}\n    loss = -loss')],
        'detached': [('return loss', 'return loss.detach()')],
    }


LEAKY_MISTAKES = {
    'relu': [(LEAKY, RELU)],
    'slope_02': [(LEAKY, 'nn.LeakyReLU(0.2)')],
    'slope_01': [(LEAKY, 'nn.LeakyReLU(0.1)')],
    'tanh_hidden': [(LEAKY, 'nn.Tanh()')],
    'no_activations': [(f'        {LEAKY},\n', '')],
}
RELU_MISTAKES = {
    'leaky': [(RELU, LEAKY)],
    'tanh_hidden': [(RELU, 'nn.Tanh()')],
    'no_activations': [(f'        {RELU},\n', '')],
    'no_tanh': [('        nn.Tanh(),\n', '')],
    'sigmoid_last': [('nn.Tanh()', 'nn.Sigmoid()')],
    'relu_last': [('nn.Tanh()', RELU)],
}
LOSS_D, LOSS_G = 'loss = real + fake', 'loss = bce_loss(logits_fake, labels)'
SQUARES = ('((scores_fake - 1) ** 2)', '(scores_fake ** 2)', '((scores_real - 1) ** 2)')
MISTAKES = {
    'sample_noise': {
        'zero_to_one': [('noise * 2 - 1', 'noise')],
        'normal': [('torch.rand(', 'torch.randn('), ('noise * 2 - 1', 'noise')],
        'half': [('noise * 2 - 1', 'noise - 0.5')],
        'twice': [('noise * 2 - 1', 'noise * 4 - 2')],
        'shape_swapped': [('torch.rand(batch_size, dim)', 'torch.rand(dim, batch_size)')],
        'one_row': [('torch.rand(batch_size, dim)', 'torch.rand(1, dim).repeat(batch_size, 1)')],
        'whole_numbers': [('noise * 2 - 1', 'torch.randint(-1, 2, (batch_size, dim))')],
        'few_values': [('noise * 2 - 1', 'torch.randint(-100, 101, (batch_size, dim)) / 100')],
        'not_uniform': [('torch.rand(', 'torch.randn('), ('noise * 2 - 1', 'noise.tanh()')],
        'seed_fixed': [('noise = torch.rand', 'torch.manual_seed(1)\n    noise = torch.rand')],
    },
    'discriminator': {
        **LEAKY_MISTAKES,
        'no_activation_1': after('nn.Linear(784, 256)', LEAKY),
        'no_activation_2': after('nn.Linear(256, 256)', LEAKY),
        **{key: [(LAST_1, f'{LAST_1}        {layer},\n')] for key, layer in
           (('sigmoid_last', 'nn.Sigmoid()'), ('tanh_last', 'nn.Tanh()'), ('activation_last', LEAKY))},
    },
    'generator': {
        **RELU_MISTAKES,
        'no_activation_1': after('nn.Linear(noise_dim, 1024)', RELU),
        'no_activation_2': after('nn.Linear(1024, 1024)', RELU),
    },
    'bce_loss': {
        'sigmoid_first': [('neg_abs =', 'input = torch.sigmoid(input)\n    neg_abs =')],
        'summed': [('.mean()', '.sum()')],
        'unstable': [('return loss.mean()', 'p = torch.sigmoid(input)\n'
                      '    return -(target * torch.log(p) + (1 - target) * torch.log(1 - p)).mean()')],
        'clamped': [('return loss.mean()', 'return F.binary_cross_entropy(torch.sigmoid(input), target)')],
        'sign': [('return loss.mean()', 'return -loss.mean()')],
        'detached': [('return loss.mean()', 'return loss.data.mean()')],
        'labels_flipped': [('input * target', 'input * (1 - target)')],
        'overflow': [('return loss.mean()', 'return (torch.log(1 + torch.exp(input)) - input * target).mean()')],
        'first_term_only': [('return loss.mean()', 'return -(target * F.logsigmoid(input)).mean()')],
    },
    'discriminator_loss': {
        **entropy(LOSS_D),
        'labels_swapped': [('logits_real, ones', 'logits_real, zeros'),
                           ('logits_fake, zeros', 'logits_fake, ones')],
        'fake_as_real': [('logits_fake, zeros', 'logits_fake, ones')],
        'fakes_detached': [('bce_loss(logits_fake', 'bce_loss(logits_fake.detach()')],
        'real_only': [(LOSS_D, 'loss = real')],
        'fake_only': [(LOSS_D, 'loss = fake')],
        'halved': [(LOSS_D, 'loss = (real + fake) / 2')],
        'subtracted': [(LOSS_D, 'loss = real - fake')],
    },
    'generator_loss': {
        **entropy(LOSS_G),
        'labels_swapped': [('torch.ones', 'torch.zeros')],
        'minimax': [(LOSS_G, 'loss = -bce_loss(logits_fake, 1 - labels)')],
    },
    'get_optimizer': {
        'default_betas': [(', betas=(0.5, 0.999)', '')],
        'betas_swapped': [('(0.5, 0.999)', '(0.999, 0.5)')],
        'beta2_missing': [('(0.5, 0.999)', '(0.5, 0.9)')],
        'beta2_99': [('(0.5, 0.999)', '(0.5, 0.99)')],
        'lr_1e_2': [('lr=1e-3', 'lr=1e-2')],
        'lr_1e_4': [('lr=1e-3', 'lr=1e-4')],
        'lr_2e_4': [('lr=1e-3', 'lr=2e-4')],
        'sgd': [('Adam(', 'SGD('), (', betas=(0.5, 0.999)', '')],
    },
    'ls_discriminator_loss': {
        'summed': [('.mean()', '.sum()')],
        'sigmoid_first': [('real = 0.5', 'scores_real, scores_fake = scores_real.sigmoid(),'
                           ' scores_fake.sigmoid()\n    real = 0.5')],
        'cross_entropy': [(LOSS_D, 'loss = (F.softplus(-scores_real) + F.softplus(scores_fake)).mean()')],
        'absolute': [(SQUARES[2], '(scores_real - 1).abs()'), (SQUARES[1], 'scores_fake.abs()')],
        'detached': [('return loss', 'return loss.item()')],
        'halves_left_out': [('0.5 * ', '')],
        'half_of_real_only': [('fake = 0.5 * ', 'fake = ')],
        'half_of_fake_only': [('real = 0.5 * ', 'real = ')],
        'labels_swapped': [('scores_real - 1', 'scores_real'), ('scores_fake **', '(scores_fake - 1) **')],
        'real_to_minus_one': [('scores_real - 1', 'scores_real + 1')],
        'mean_squared_after': [('((scores_real - 1) ** 2).mean()', '(scores_real - 1).mean() ** 2'),
                               ('(scores_fake ** 2).mean()', 'scores_fake.mean() ** 2')],
        'fakes_to_minus_one': [('scores_fake **', '(scores_fake + 1) **')],
        'real_only': [(LOSS_D, 'loss = real')],
        'fake_only': [(LOSS_D, 'loss = fake')],
    },
    'ls_generator_loss': {
        'summed': [('.mean()', '.sum()')],
        'sigmoid_first': [('loss =', 'scores_fake = torch.sigmoid(scores_fake)\n    loss =')],
        'cross_entropy': [('0.5 * ((scores_fake - 1) ** 2)', 'F.softplus(-scores_fake)')],
        'mean_squared_after': [('((scores_fake - 1) ** 2).mean()', '(scores_fake - 1).mean() ** 2')],
        'absolute': [(SQUARES[0], '(scores_fake - 1).abs()')],
        'detached': [('return loss', 'return loss.detach()')],
        'half_left_out': [('0.5 * ', '')],
        'target_minus_one': [('scores_fake - 1', 'scores_fake + 1')],
        'target_zero': [('scores_fake - 1', 'scores_fake')],
    },
    'build_dc_classifier': {
        **LEAKY_MISTAKES,
        'no_activation_1': after('nn.Conv2d(1, 32, 5)', LEAKY),
        'no_activation_2': after('nn.Conv2d(32, 64, 5)', LEAKY),
        'no_activation_3': after('nn.Linear(1024, 1024)', LEAKY),
        'average_pool': [('MaxPool2d', 'AvgPool2d')],
        **{key: [('nn.Linear(1024, 1),\n', f'nn.Linear(1024, 1),\n        {layer},\n')] for key, layer in
           (('sigmoid_last', 'nn.Sigmoid()'), ('tanh_last', 'nn.Tanh()'), ('activation_last', LEAKY))},
    },
    'build_dc_generator': {
        **RELU_MISTAKES,
        'no_activation_1': after('nn.Linear(noise_dim, 1024)', RELU),
        'no_activation_2': after('nn.Linear(1024, 6272)', RELU),
        'no_activation_3': after('nn.ConvTranspose2d(128, 64, 4, stride=2, padding=1)', RELU),
        'norm_before_relu': [
            (f'        {RELU},\n        {norm},\n', f'        {norm},\n        {RELU},\n')
            for norm in ('nn.BatchNorm1d(1024)', 'nn.BatchNorm1d(6272)', 'nn.BatchNorm2d(64)')],
    },
}
OWN_MODULE = """class D(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b, self.c = nn.Linear(784, 256), nn.Linear(256, 256), nn.Linear(256, 1)
        def forward(self, x):
            x = x.view(x.size(0), -1)
            return self.c(F.leaky_relu(self.b(F.leaky_relu(self.a(x)))))
    return D()
    model = nn.Sequential("""
OTHER_ORDER = OWN_MODULE.replace('self.a, self.b, self.c = nn.Linear(784, 256), nn.Linear(256, 256), nn.Linear(256, 1)',
                                 'self.c, self.b, self.a = nn.Linear(256, 1), nn.Linear(256, 256), nn.Linear(784, 256)')
SEPARATE = OWN_MODULE[:OWN_MODULE.index('self.a,')] + """for part in 'wb':
                for k, (out, into) in enumerate(((256, 784), (256, 256), (1, 256))):
                    setattr(self, f'{part}{k}', nn.Parameter(torch.randn(*(out, into)[:2 if part == 'w' else 1])))
        def forward(self, x):
            x = F.leaky_relu(F.linear(x.flatten(1), self.w0, self.b0))
            return F.linear(F.leaky_relu(F.linear(x, self.w1, self.b1)), self.w2, self.b2)
    return D()
    model = nn.Sequential("""
BIAS_FIRST = SEPARATE.replace("'wb'", "'bw'")
FLAT = OWN_MODULE.replace('x = x.view(x.size(0), -1)', 'N, D = x.shape')
CAST = 'class Cast(nn.Module):\n        def forward(self, x):\n            return x.float()\n' \
    '    return nn.Sequential(Cast(), '


def own(lines):
    """The edit after which the discriminator is a module with these lines in its forward."""
    return [('model = nn.Sequential(', OWN_MODULE.replace('x = x.view(x.size(0), -1)', lines).replace(
        '            return self.c(F.leaky_relu(self.b(F.leaky_relu(self.a(x)))))\n', ''))]


TWICE = [('model = nn.Sequential(', 'leaky = nn.LeakyReLU(0.01)\n    model = nn.Sequential('),
         (f'        {LEAKY},', '        leaky,')]
VARIANTS = {
    'uniform_': ('sample_noise', [('torch.rand(batch_size, dim)',
                                   'torch.empty(batch_size, dim).uniform_(0, 1)')]),
    'D in place': ('discriminator', [('LeakyReLU(0.01)', 'LeakyReLU(negative_slope=1e-2, inplace=True)')]),
    'D as a class': ('discriminator', [('model = nn.Sequential(', OWN_MODULE)]),
    'D defined in another order': ('discriminator', [('model = nn.Sequential(', OTHER_ORDER)]),
    'D with biases behind': ('discriminator', [('model = nn.Sequential(', SEPARATE)]),
    'D with biases first': ('discriminator', [('model = nn.Sequential(', BIAS_FIRST)]),
    'D in float32': ('discriminator', [('model = nn.Sequential(', OWN_MODULE.replace('-1)', '-1).float()'))]),
    'D in FloatTensor': ('discriminator', [('model = nn.Sequential(',
                                            OWN_MODULE.replace('-1)', '-1).type(torch.FloatTensor)'))]),
    'G in float32': ('generator', [('model = nn.Sequential(', CAST)]),
    'DC D in float32': ('build_dc_classifier', [('return nn.Sequential(', CAST)]),
    'DC D with an Unflatten it does not use': ('build_dc_classifier', [
        ('return nn.Sequential(', 'class D(nn.Sequential):\n        unused = Unflatten(64, 1, 28, 28)\n'
         '        def forward(self, x):\n            for layer in list(self)[:-1]:\n                x = layer(x)\n'
         '            return x\n    return D('), ('1024, 1),\n', '1024, 1), Unflatten(64, 1, 28, 28),\n')]),
    'D gives (N,)': ('discriminator', [('nn.Linear(256, 1),', 'nn.Linear(256, 1), nn.Flatten(0),')]),
    'G gives pictures': ('generator', [('nn.Tanh(),', 'nn.Tanh(), Unflatten(-1, 1, 28, 28),')]),
    'bce by torch': ('bce_loss', [('return loss.mean()',
                                   'return F.binary_cross_entropy_with_logits(input, target)')]),
    'bce by softplus': ('bce_loss', [('return loss.mean()', 'loss = target * F.softplus(-input)\n'
                                      '    return (loss + (1 - target) * F.softplus(input)).mean()')]),
    'loss of shape (1,)': ('bce_loss', [('loss.mean()', 'loss.mean().reshape(1)')]),
    'D loss by BCEWithLogitsLoss': ('discriminator_loss', [('bce_loss(', 'nn.BCEWithLogitsLoss()(')]),
    'G loss by logsigmoid': ('generator_loss', [(LOSS_G, 'loss = -F.logsigmoid(logits_fake).mean()')]),
    'LS by mse_loss': ('ls_discriminator_loss', [('((scores_real - 1) ** 2).mean()',
                                                  'F.mse_loss(scores_real, torch.ones_like(scores_real))')]),
    'positional lr': ('get_optimizer', [('lr=1e-3', '0.001')]),
    'DC D without Unflatten': ('build_dc_classifier', [('        Unflatten(-1, 1, 28, 28),\n', '')]),
    'DC D by nn.Unflatten': ('build_dc_classifier', [
        ('Unflatten(-1, 1, 28, 28)', 'Flatten(), nn.Unflatten(1, (1, 28, 28))')]),
    'DC D with its batch size or any': ('build_dc_classifier', [('Unflatten(-1,', 'Unflatten(batch_size or -1,')]),
    'DC D activates after pooling': ('build_dc_classifier', [
        (f'{LEAKY},\n        nn.MaxPool2d(2, 2),\n', f'nn.MaxPool2d(2, 2),\n        {LEAKY},\n')]),
    'DC G gives pictures': ('build_dc_generator', [('        Flatten(),\n', '')]),
    'DC G by size': ('build_dc_generator', [('nn.Linear(1024, 6272)', 'nn.Linear(1024, 7 * 7 * 128)')]),
}
TOLD = {  # crashes and other slips that are told in a sentence
    'None': ('sample_noise', [('return noise', 'return')], 'returns None'),
    'an array': ('sample_noise', [('return noise', 'return noise.numpy()')], 'ndarray, expected a tensor'),
    'float64': ('sample_noise', [('return noise', 'return noise.double()')], 'float64'),
    'no module': ('discriminator', [('return model', 'return [model]')], 'expected a torch.nn.Module'),
    'narrow': ('discriminator', [('256', '128')],
               '1.weight (128, 784), 1.bias (128,), 3.weight (128, 128), 3.bias (128,), 5.weight (1, 128) fit no'),
    'no bias': ('generator', [('1024, 784)', '1024, 784, bias=False)')],
                'a parameter with the shape (784,) is missing'),
    'one layer more': ('discriminator', [(LAST_1, LAST_1 + '        nn.Linear(1, 1),\n')],
                       '6.weight (1, 1) fits no layer; a parameter with the shape (1,) is too many'),
    'kernel of 3': ('build_dc_classifier', [('32, 5', '32, 3')],
                    '1.weight has the shape (32, 1, 3, 3), expected one with (32, 1, 5, 5)'),
    'no batch norm': ('build_dc_generator', [('nn.BatchNorm1d(1024),', '')],
                      'parameters with the shapes (1024,), (1024,) are missing'),
    'another slope': ('discriminator', [(f'(256, 256),\n        {LEAKY}', '(256, 256),\n        nn.ELU()')],
                      'layer 4, reshaping not counted, is ELU(alpha=1.0); expected LeakyReLU'),
    'a list': ('bce_loss', [('return loss.mean()', 'return [loss.mean()]')], 'it returns a list, expected a tensor'),
    'not averaged': ('bce_loss', [('loss.mean()', 'loss')], 'the shape (5, 1): average it'),
    'padded': ('build_dc_classifier', [('nn.Conv2d(1, 32, 5)', 'nn.Conv2d(1, 32, 5, padding=2)')],
               'layer 1, reshaping not counted, is Conv2d(1, 32, kernel_size=(5, 5), stride=(1, 1), padding=(2, 2))'),
    'not flattened': ('build_dc_classifier', [('        Flatten(),\n', '')],
                      'Flatten() is missing before Linear(in_features=1024, out_features=1024, bias=True)'),
    'no padding': ('build_dc_generator', [('1, 4, stride=2, padding=1', '1, 4, stride=2')], 'layer 10, reshaping'),
    'constant in the log': ('bce_loss', [
        ('return loss.mean()', 'p = torch.sigmoid(input)\n    loss = -target * torch.log(p + 1e-9)\n'
         '    return (loss - (1 - target) * torch.log(1 - p + 1e-9)).mean()')],
        'right for moderate inputs, but not for large ones, up to 900: '),
    'too few numbers': ('generator', [('nn.Tanh(),', 'nn.Tanh(), nn.MaxPool1d(2),')], 'layer 7, reshaping not'),
    'too few behind the layers': ('generator', [
        ('return model', 'model.register_forward_hook(lambda m, x, out: out[:, ::2])\n    return model')],
        'makes 392 numbers'),
    'on another loss': ('discriminator_loss', [(LOSS_D, 'loss = real + 2 * fake')], 'dlogits_fake'),
    'no optimizer': ('get_optimizer', [('return optimizer', 'return model')], 'expected an optimizer'),
    'a valid layer before a wrong one': (
        'generator', [('024),\n        nn.ReLU(),\n        nn.Linear(1024, 1', '024),\n        nn.ReLU(True),\n'
                      '        nn.Linear(1024, 1'),
                      ('nn.ReLU(),\n        nn.Linear(1024, 784)', 'nn.GELU(),\n        nn.Linear(1024, 784)')],
        "layer 4, reshaping not counted, is GELU(approximate='none'); expected ReLU()"),
    'one object for two layers': ('discriminator', [*TWICE, (LAST_1, LAST_1 + '        nn.Softplus(),\n')],
                                  'layer 6, reshaping not counted, is Softplus(beta=1.0, threshold=20.0); expected'),
    'pooling first and one more': ('build_dc_classifier', [
        (f'{LEAKY},\n        nn.MaxPool2d(2, 2),\n', f'nn.MaxPool2d(2, 2),\n        {LEAKY},\n'),
        ('nn.Linear(1024, 1),\n', 'nn.Linear(1024, 1), nn.ELU()\n')], 'layer 10, reshaping not counted, is ELU'),
    'two missing layers': ('build_dc_classifier', [
        (f'64, 5),\n        {LEAKY},\n        nn.MaxPool2d(2, 2),', '64, 5),')],
        'layers 5 to 6, reshaping not counted, are missing; expected LeakyReLU(negative_slope=0.01), MaxPool2d('),
    'layer order and width': ('discriminator', [('model = nn.Sequential(',
                                                 OTHER_ORDER.replace('256, 256', '200, 256'))],
                              'b.weight has the shape (256, 200), expected one with (256, 256)'),
    'no forward': ('discriminator', [('return model', 'return nn.ModuleList(model)')],
                   'Module [ModuleList] is missing the required "forward" function'),
    'an error of its own': ('discriminator', own("raise RuntimeError('hello')"), 'RuntimeError: hello (cell, line '),
    'a shape in forward': ('discriminator', own('return x.flatten(1) @ x.flatten(1)'),
                           'cannot be multiplied (5x784 and 5x784) (cell, line 20)'),
    'forward gives None': ('discriminator', own('pass'), 'forward returns None: is the return'),
    'forward gives a tuple': ('discriminator', own('return x, x'), 'forward returns a tuple, expected a tensor'),
    'forward gives an array': ('discriminator', own('return x.numpy()'), 'forward returns a ndarray, expected'),
    'a scalar': ('discriminator', own('return x.mean()'), 'forward returns one number for all 5 inputs'),
    'two wrong layers': ('discriminator', [(LEAKY, 'nn.GELU()')], "layer 2, reshaping not counted, is"
                                                                  " GELU(approximate='none'), expected LeakyReLU"),
    'lazy': ('discriminator', [('nn.Linear(784, 256)', 'nn.LazyLinear(256)')],
             '1.weight has no shape before the first input: write nn.Linear with both sizes'),
    'random': ('build_dc_classifier', [('Flatten(),', 'Flatten(), nn.Dropout(0.5),')], 'Dropout'),
}
LIMITED = {  # right within limits that are told: (function, edits, share of the points, words)
    'noise_dim ignored': ('generator', [('noise_dim, 1024', '96, 1024')], 1, 'noise_dim is not used'),
    'D without Flatten': ('discriminator', [('        Flatten(),\n', '')], 0.8, 'begin with Flatten()'),
    'D on flat pictures': ('discriminator', [('model = nn.Sequential(', FLAT)], 0.8, 'begin with Flatten()'),
    'D asserts flat pictures': ('discriminator', [
        ('model = nn.Sequential(', FLAT.replace('N, D = x.shape', 'assert x.dim() == 2'))], 0.8, 'run_a_gan'),
    'batch size of the argument': ('build_dc_classifier', [('Unflatten(-1', 'Unflatten(batch_size')], 0.8,
                                   'Unflatten has a fixed batch size, or None'),
    'batch size fixed': ('build_dc_classifier', [('=None', '=5'), ('Unflatten(-1', 'Unflatten(batch_size')], 0.8,
                         'Unflatten(-1, ...) takes any'),
    'batch size of a global': ('build_dc_classifier', [('Unflatten(-1', 'Unflatten(128')], 0.8, 'Unflatten(-1, ...)'),
    'batch size of G': ('build_dc_generator', [('Unflatten(-1', 'Unflatten(128')], 0.8, 'Unflatten(-1, ...)'),
    'batch size asked for': ('build_dc_classifier', [('batch_size=None', 'batch_size'),
                                                     ('Unflatten(-1', 'Unflatten(batch_size')], 0.8, 'asks for'),
}
ELEMENTS = 'torch.tensor([[torch.rand(1).item() for _ in range(dim)] for _ in range(batch_size)])'
BY_NAME = {one.name: one for one in CHECKS}
CASES = [pytest.param(name, key, id=f'{name}-{key}') for name, one in BY_NAME.items() for key in one.hints]


def write(name, edits=()):
    """The function of that name from RIGHT, with the edits (old, new) that occur in its text; one must."""
    start = RIGHT.index(f'\ndef {name}(')
    end = RIGHT.find('\ndef ', start + 1)
    end = end if end > 0 else len(RIGHT)
    before, text, behind = RIGHT[:start], RIGHT[start:end], RIGHT[end:]
    assert not edits or any(old in text for old, _ in edits), f'{name} has none of {edits}'
    for old, new in edits:
        text = text.replace(old, new)
    return run(before + text + behind, name)


@pytest.mark.parametrize('name', BY_NAME)
def test_the_right_text_and_the_package_pass(name):
    for function in (write(name), BY_NAME[name].function()):
        result = check(function)
        assert result.passed and result.points == BY_NAME[name].points, result
        assert result.hint is result.where is result.note is None


@pytest.mark.parametrize('name, key', CASES)
def test_a_mistake_is_told_by_its_own_hint(name, key):
    result = check(write(name, MISTAKES[name][key]))
    assert not result.passed and result.points == 0
    assert (result.hint, result.where) == (BY_NAME[name].hints[key], None), result


@pytest.mark.parametrize('key', VARIANTS)
def test_a_valid_variant_passes_without_a_word(key):
    result = check(write(*VARIANTS[key]))
    assert result.passed, result
    assert result.hint is result.where is result.note is None


@pytest.mark.parametrize('key', LIMITED)
def test_what_limits_a_right_answer_is_told_and_costs_little(key):
    name, edits, share, words = LIMITED[key]
    result = check(write(name, edits))
    assert result.passed == (share == 1) and result.points == round(share * result.max_points, 1), result
    assert result.hint is None and words in (result.note if result.passed else result.where), result


def test_a_mistake_beside_a_fixed_batch_size_is_told():
    edits = [('Unflatten(-1', 'Unflatten(128'), (LEAKY, RELU)]
    result = check(write('build_dc_classifier', edits))
    assert result.points == 0 and result.hint == BY_NAME['build_dc_classifier'].hints['relu'], result


@pytest.mark.parametrize('edits', [[('neg_abs =', 'input = input.squeeze(); neg_abs =')],
                                   [('neg_abs =', 'N, = input.shape; neg_abs =')]])
def test_bce_loss_may_take_scores_and_labels_without_an_axis_of_one(edits):
    result = check(write('bce_loss', edits))
    assert result.passed and result.hint is result.where is result.note is None, result


@pytest.mark.parametrize('edits, hint', [([], None), ([('noise * 2 - 1', 'noise')], 'zero_to_one')])
def test_noise_that_a_slow_loop_draws_is_judged_on_fewer_numbers(edits, hint):
    result = check(write('sample_noise', [('torch.rand(batch_size, dim)', ELEMENTS), *edits]))
    assert result.passed == (hint is None) and result.hint == BY_NAME['sample_noise'].hints.get(hint), result


def test_a_gpu_that_is_not_there_is_told_in_a_sentence():
    said = check(write('sample_noise', [('return noise', 'return noise.type(torch.cuda.FloatTensor)')])).where
    assert torch.cuda.is_available() or said.startswith('the code asks for a GPU'), said


@pytest.mark.parametrize('name, one, other', [
    ('get_optimizer', 'lr_1e_4', 'beta2_99'), ('discriminator', 'relu', 'sigmoid_last'),
    ('discriminator_loss', 'fake_as_real', 'summed'), ('ls_discriminator_loss', 'halves_left_out', 'summed'),
    ('build_dc_classifier', 'slope_02', 'average_pool'), ('sample_noise', 'shape_swapped', 'zero_to_one')])
def test_two_frequent_mistakes_at_once_are_both_told(name, one, other):
    result, hints = check(write(name, MISTAKES[name][one] + MISTAKES[name][other])), BY_NAME[name].hints
    assert result.hint == f'{hints[one]} Also: {hints[other]}' and result.where is None, result


@pytest.mark.parametrize('key', TOLD)
def test_other_mistakes_are_told_in_a_sentence(key):
    name, edits, words = TOLD[key]
    result = check(write(name, edits))
    assert not result.passed and words in (result.hint or result.where) and not (result.hint and result.where), result


@pytest.mark.parametrize('noise, key', [
    ('(noise * 200).round() / 100 - 1', 'few_values'),
    ('noise * 1.94 - 0.97', 'not_uniform'),
    ('2 * torch.distributions.Beta(0.9, 1.1).sample((batch_size, dim)) - 1', 'not_uniform'),
    ('(noise * 2 - 1) * 0.99', 'not_uniform'),
])
def test_noise_that_is_nearly_uniform_is_told_for_what_it_is(noise, key):
    result = check(write('sample_noise', [('noise * 2 - 1', noise)]))
    assert not result.passed and result.hint == BY_NAME['sample_noise'].hints[key], result


@pytest.mark.parametrize('noise, words', [
    *((noise, 'the noise is not uniform between -1 and 1') for noise in (
        'torch.randn(batch_size, dim) / 3', 'torch.randn(batch_size, dim) * 0.2', 'torch.randn(batch_size, dim) * 2',
        'torch.sin(torch.randn(batch_size, dim))', '(noise * 2 - 1) * 0.2', 'noise * 3 - 1')),
    ('torch.randn(batch_size, dim).clamp(-1, 1)', 'the noise is not uniform between -1 and 1'),
    ('noise.round() * 2 - 1', 'at most half of the numbers are distinct'),
    ('noise / 0 - noise / 0', 'not all of the numbers are finite'),
    ('noise > 0.5', 'the noise is torch.bool'),
    ('noise.flatten() * 2 - 1', 'the shape is (1000000,), expected (batch_size, dim) = (500, 2000)'),
    ('noise[:0]', 'the shape is (0, 2000), expected (batch_size, dim) = (500, 2000)'),
    ('noise[:1] * 0', 'the shape is (1, 2000), expected'),
    ('torch.zeros(batch_size, dim)', 'every call gives the same noise'),
])
def test_other_noise_is_told_in_a_true_sentence(noise, words):
    result = check(write('sample_noise', [('noise * 2 - 1', noise)]))
    assert not result.passed and (result.hint or result.where).startswith(words), result


def test_noise_without_chance_is_not_said_to_have_a_seed():
    result = check(write('sample_noise', [('noise * 2 - 1', 'torch.linspace(-1, 1, batch_size * dim).view(-1, dim)')]))
    assert result.hint.startswith('every call gives the same noise') and 'seed' not in result.hint


@pytest.mark.parametrize('seed', range(20))
def test_right_noise_is_right_whatever_the_seed(seed):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        assert check(write('sample_noise')).passed


def test_a_learning_rate_is_not_told_as_a_size():
    said = check(write('get_optimizer', [('lr=1e-3', 'lr=3e-3')])).hint
    asked = 'Adam with lr=0.001, betas=(0.5, 0.999)'
    assert said == f'the optimizer is Adam with lr=0.003, betas=(0.5, 0.999), expected {asked}'


def test_a_layer_is_not_blamed_where_functions_run_between_the_layers():
    wrong = OWN_MODULE.replace('F.leaky_relu(self.a(x))', 'F.leaky_relu(self.a(x), 0.05)')
    result = check(write('discriminator', [('model = nn.Sequential(', wrong)]))
    assert result.hint is None and result.where.startswith('out differs first at'), result
    missing = check(write('build_dc_generator', [('nn.BatchNorm2d(64),', 'nn.BatchNorm2d(64), nn.ReLU(),')]))
    assert missing.hint == 'layer 10, reshaping not counted, is ReLU(); expected nothing'


@pytest.mark.parametrize('name', ['discriminator_loss', 'generator_loss'])
def test_a_loss_is_not_told_the_mistake_of_bce_loss(name):
    source = RIGHT.replace('return loss.mean()', 'return loss.sum()')
    result = check(run(source, name))
    assert result.hint is None
    assert result.where == 'fix bce_loss first: the loss is summed over the minibatch: average it.'


@pytest.mark.parametrize('name', BY_NAME)
def test_the_mistakes_are_right_without_one(name):
    one = BY_NAME[name]
    for case, known in zip(one.cases(), answers(one), strict=True):
        for got, want in zip(getattr(mistakes, name)(None, **case), known['right'], strict=True):
            assert np.allclose(got, want, 1e-7, 1e-9)


def test_every_mistake_has_a_short_hint_and_points_add_up():
    assert {name: set(found) for name, found in MISTAKES.items()} == \
        {one.name: set(one.hints) for one in CHECKS}
    hints = {hint for one in CHECKS for hint in one.hints.values()}
    assert len(hints) >= 60
    assert all(len(hint) <= 150 and '\n' not in hint and hint.endswith('.') for hint in hints)
    assert sum(one.points for one in CHECKS) == 22 and {one.notebook for one in CHECKS} == {'GANs'}


def test_a_check_leaves_no_trace():
    torch.manual_seed(3)
    before = torch.get_rng_state()
    for one in CHECKS:
        check(one.function())
    assert torch.equal(torch.get_rng_state(), before)


def test_the_valid_variants_are_many():
    assert len(VARIANTS) >= 15
