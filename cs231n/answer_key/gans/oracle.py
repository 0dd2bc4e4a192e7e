"""Right answers for the notebook GANs: losses with derivatives by hand, networks from PyTorch's layers."""

import numpy as np
import torch
from scipy.special import expit
from torch import nn

from cs231n.checks.lessons.gans.noise import noise_facts
from cs231n.checks.lessons.gans.weights import weights


def sample_noise(batch_size, dim):
    rng = np.random.default_rng(1)
    return noise_facts(lambda: rng.uniform(-1, 1, (batch_size, dim)))


def _entropy(s, y):
    """Cross-entropy of logits s against labels y, averaged, and its derivative by s."""
    each = y * np.logaddexp(0, -s) + (1 - y) * np.logaddexp(0, s)
    return each.mean(), (expit(s) - y) / s.size


def bce_loss(input, target):
    return _entropy(input, target)


def discriminator_loss(logits_real, logits_fake):
    (on_real, d_real), (on_fake, d_fake) = _entropy(logits_real, 1), _entropy(logits_fake, 0)
    return on_real + on_fake, d_real, d_fake


def generator_loss(logits_fake):
    return _entropy(logits_fake, 1)


def ls_discriminator_loss(scores_real, scores_fake):
    loss = 0.5 * np.mean((scores_real - 1) ** 2) + 0.5 * np.mean(scores_fake ** 2)
    return loss, (scores_real - 1) / scores_real.size, scores_fake / scores_fake.size


def ls_generator_loss(scores_fake):
    return 0.5 * np.mean((scores_fake - 1) ** 2), (scores_fake - 1) / scores_fake.size


def get_optimizer(start, gradients):
    parameter = nn.Parameter(torch.tensor(start))
    solver = torch.optim.Adam([parameter], lr=1e-3, betas=(0.5, 0.999))
    for gradient in gradients:
        parameter.grad = torch.tensor(gradient)
        solver.step()
    return ((parameter.detach().numpy() - start) / 1e-3,)


def layers(name, noise_dim=None):
    """Return the layers of a network that have a say in its result, in order."""
    leaky, relu = lambda: nn.LeakyReLU(0.01), nn.ReLU
    return {
        'discriminator': lambda: [nn.Linear(784, 256), leaky(), nn.Linear(256, 256), leaky(),
                                  nn.Linear(256, 1)],
        'generator': lambda: [nn.Linear(noise_dim, 1024), relu(), nn.Linear(1024, 1024), relu(),
                              nn.Linear(1024, 784), nn.Tanh()],
        'build_dc_classifier': lambda: [
            nn.Unflatten(1, (1, 28, 28)), nn.Conv2d(1, 32, 5), leaky(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 5),
            leaky(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1024, 1024), leaky(), nn.Linear(1024, 1)],
        'build_dc_generator': lambda: [
            nn.Linear(noise_dim, 1024), relu(), nn.BatchNorm1d(1024), nn.Linear(1024, 6272), relu(),
            nn.BatchNorm1d(6272), nn.Unflatten(1, (128, 7, 7)), nn.ConvTranspose2d(128, 64, 4, 2, 1), relu(),
            nn.BatchNorm2d(64), nn.ConvTranspose2d(64, 1, 4, 2, 1), nn.Tanh(), nn.Flatten()],
    }[name]()


@torch.no_grad()
def _network(name, x, noise_dim=None):
    with torch.random.fork_rng(devices=[]):
        model = nn.Sequential(*layers(name, noise_dim)).double()
    for parameter, value in zip(model.parameters(), weights(name, noise_dim), strict=True):
        parameter.copy_(torch.from_numpy(value))
    return (model(torch.from_numpy(x)).numpy(),)


def discriminator(x):
    return _network('discriminator', x)


def generator(x):
    return _network('generator', x, x.shape[1])


def build_dc_classifier(x):
    return _network('build_dc_classifier', x)


def build_dc_generator(x):
    return _network('build_dc_generator', x, x.shape[1])
