"""Checks of the notebook GANs: points, inputs."""

import numpy as np

from cs231n.checks.engine.check import Check
from cs231n.checks.engine.inputs import cases, draw, stream
from cs231n.checks.lessons.gans.calls import call_loss, call_network, call_noise, call_optimizer

MODULE = dict(notebook='GANs', lesson='gans', module='cs231n.gan_pytorch', library='torch')


# ---- inputs ----


def _scores(seed, N):
    return draw(seed, 2, scores_fake=(N, 1))


def _two_scores(seed, N):
    return draw(seed, 2, scores_real=(N, 1), scores_fake=(N, 1))


def _logit_cases(*names):
    """Logits as they come, then some so large that a careless sigmoid is 0 or 1."""

    def make():
        large = np.array([[-900.0], [-50.0], [1.5], [50.0], [900.0]])
        return [draw(1, 2, **{name: (7, 1) for name in names}),
                {name: large * (-1) ** k for k, name in enumerate(names)}]
    return make


def _bce_cases():
    labels = np.array([[1.0], [0], [0], [1], [1]])
    moderate = {**draw(3, 2, input=(5, 1)), 'target': labels}
    return [moderate, {'input': np.array([[900.0], [-900], [50], [-50], [2]]), 'target': labels}]


def _pictures(seed, N):
    return {'x': stream(seed).uniform(-1, 1, (N, 784))}


def _noise(seed, N, noise_dim):
    return {'x': stream(seed).uniform(-1, 1, (N, noise_dim))}


def _steps():
    return [draw(1, start=(2, 2), gradients=(4, 2, 2))]  # so that no learning rate is M or D times the right one


def _network(name, points, cases, letters, takes):
    return Check(name, **MODULE, points=points, cases=cases, outputs={'out': letters}, call=call_network, network=takes,
                 seconds=30)

CHECKS = (
    Check(
        'sample_noise', **MODULE, points=1, cases=lambda: [{'batch_size': 500, 'dim': 2000}],
        outputs={'shape': 'K', 'lowest': '', 'highest': '', 'spread': '', 'distinct': '', 'fresh': '',
                 'rows differ': '', 'uniform': ''},
        call=call_noise, facts=True),
    _network('discriminator', 2, cases(_pictures, (5,), (3,)), 'N K', 'pictures'),
    _network('generator', 2, cases(_noise, (5, 7), (3, 96)), 'N P', 'noise'),
    Check('bce_loss', **MODULE, points=2, cases=_bce_cases, outputs={'loss': '', 'dinput': 'N K'},
          call=call_loss),
    Check('discriminator_loss', **MODULE, points=2, cases=_logit_cases('logits_real', 'logits_fake'),
          outputs={'loss': '', 'dlogits_real': 'N K', 'dlogits_fake': 'N K'},
          call=call_loss, needs=('bce_loss',)),
    Check('generator_loss', **MODULE, points=2, cases=_logit_cases('logits_fake'),
          outputs={'loss': '', 'dlogits_fake': 'N K'}, call=call_loss,
          needs=('bce_loss',)),
    Check('get_optimizer', **MODULE, points=1, cases=_steps, outputs={'moves': 'M D'},
          call=call_optimizer),
    Check('ls_discriminator_loss', **MODULE, points=2, cases=cases(_two_scores, (7,), (5,)),
          outputs={'loss': '', 'dscores_real': 'N K', 'dscores_fake': 'N K'},
          call=call_loss),
    Check('ls_generator_loss', **MODULE, points=2, cases=cases(_scores, (7,), (5,)),
          outputs={'loss': '', 'dscores_fake': 'N K'}, call=call_loss),
    _network('build_dc_classifier', 3, cases(_pictures, (5,), (3,)), 'N K', 'pictures'),
    _network('build_dc_generator', 3, cases(_noise, (5, 7), (3, 96)), 'N P', 'noise'),
)
