"""Wrong answers for the notebook GANs, one thing wrong in each, named by `mistake`.

Losses return their value and its gradients; networks are evaluated with known weights, layer by layer.
"""

import numpy as np
import torch
import torch.nn.functional as F

from cs231n.answer_key.recurrence import pick
from cs231n.checks.lessons.gans.noise import noise_facts
from cs231n.checks.lessons.gans.weights import weights

SLOPE = 0.01  # of the leaky ReLUs


# ---- noise ----


def sample_noise(mistake, batch_size, dim):
    rng = np.random.RandomState(0)
    shape = (dim, batch_size) if mistake == 'shape_swapped' else (batch_size, dim)

    def draw():
        source = np.random.RandomState(0) if mistake == 'seed_fixed' else rng
        if mistake == 'normal':
            return source.standard_normal(shape)
        low, high = pick(mistake, (-1, 1), zero_to_one=(0, 1), half=(-0.5, 0.5), twice=(-2, 2))
        if mistake == 'one_row':
            return source.uniform(low, high, shape[1]) * np.ones(shape)
        if mistake == 'whole_numbers':
            return source.randint(-1, 2, shape)
        if mistake == 'few_values':
            return source.randint(-100, 101, shape) / 100
        if mistake == 'not_uniform':
            return np.tanh(source.standard_normal(shape))
        return source.uniform(low, high, shape)

    return noise_facts(draw)


# ---- losses ----


def with_gradients(loss, *inputs):
    """loss(tensors) and its gradients for each of the inputs -> a tuple of arrays."""
    leaves = [torch.tensor(value, requires_grad=True) for value in inputs]
    value = loss(*leaves)
    grads = torch.autograd.grad(value, leaves, allow_unused=True, materialize_grads=True)
    return value.detach().numpy(), *(grad.numpy() for grad in grads)


def _cross_entropy(mistake, s, y):
    """Binary cross-entropy of logits, with the mistakes that all losses built on it share."""
    p = torch.sigmoid(s)
    each = pick(mistake, lambda: F.binary_cross_entropy_with_logits(s, y, reduction='none'),
                sigmoid_first=lambda: F.binary_cross_entropy_with_logits(p, y, reduction='none'),
                unstable=lambda: -(y * torch.log(p) + (1 - y) * torch.log(1 - p)),
                clamped=lambda: F.binary_cross_entropy(p, y, reduction='none'))()
    total = each.sum() if mistake == 'summed' else each.mean()
    return -total if mistake == 'sign' else total


def _detached(outputs):
    """Return the value without its gradients."""
    return outputs[0], *(None for _ in outputs[1:])


def bce_loss(mistake, input, target):
    y = torch.tensor(1 - target if mistake == 'labels_flipped' else target)

    def loss(s):
        if mistake == 'first_term_only':
            log = torch.log(torch.sigmoid(s)) if mistake == 'unstable' else F.logsigmoid(s)
            total = -(y * log).sum() * (-1 if mistake == 'sign' else 1)
            return total if mistake == 'summed' else total / y.numel()
        if mistake == 'overflow':
            return (torch.log(1 + torch.exp(s)) - s * y).mean()
        return _cross_entropy(mistake, s, y)

    outputs = with_gradients(loss, input)
    return _detached(outputs) if mistake == 'detached' else outputs


def discriminator_loss(mistake, logits_real, logits_fake):
    def loss(real, fake):
        label_real, label_fake = pick(mistake, (1, 0), labels_swapped=(0, 1), fake_as_real=(1, 1))
        on_real = _cross_entropy(mistake, real, torch.full_like(real, label_real))
        on_fake = _cross_entropy(mistake, fake, torch.full_like(fake, label_fake))
        on_fake = on_fake.detach() if mistake == 'fakes_detached' else on_fake
        total = pick(mistake, on_real + on_fake, real_only=on_real + 0 * fake.sum(),
                     fake_only=on_fake + 0 * real.sum(), subtracted=on_real - on_fake)
        return total / 2 if mistake == 'halved' else total

    outputs = with_gradients(loss, logits_real, logits_fake)
    return _detached(outputs) if mistake == 'detached' else outputs


def generator_loss(mistake, logits_fake):
    def loss(fake):
        as_fake = _cross_entropy(mistake, fake, torch.zeros_like(fake))
        return pick(mistake, _cross_entropy(mistake, fake, torch.ones_like(fake)), labels_swapped=as_fake,
                    minimax=-as_fake)

    outputs = with_gradients(loss, logits_fake)
    return _detached(outputs) if mistake == 'detached' else outputs


def _squares(mistake, s, target):
    s = torch.sigmoid(s) if mistake == 'sigmoid_first' else s
    each = (s - target).abs() if mistake == 'absolute' else (s - target) ** 2
    return (s - target).mean() ** 2 if mistake == 'mean_squared_after' else (
        each.sum() if mistake == 'summed' else each.mean())


def ls_discriminator_loss(mistake, scores_real, scores_fake):
    def loss(real, fake):
        if mistake == 'cross_entropy':
            return (_cross_entropy(None, real, torch.ones_like(real))
                    + _cross_entropy(None, fake, torch.zeros_like(fake)))
        target_real, target_fake = pick(mistake, (1, 0), labels_swapped=(0, 1), fakes_to_minus_one=(1, -1),
                                        real_to_minus_one=(-1, 0))
        on_real, on_fake = _squares(mistake, real, target_real), _squares(mistake, fake, target_fake)
        return pick(mistake, (on_real + on_fake) / 2, halves_left_out=on_real + on_fake,
                    half_of_real_only=on_real / 2 + on_fake, half_of_fake_only=on_real + on_fake / 2,
                    real_only=on_real / 2 + 0 * fake.sum(), fake_only=on_fake / 2 + 0 * real.sum())

    outputs = with_gradients(loss, scores_real, scores_fake)
    return _detached(outputs) if mistake == 'detached' else outputs


def ls_generator_loss(mistake, scores_fake):
    def loss(fake):
        if mistake == 'cross_entropy':
            return _cross_entropy(None, fake, torch.ones_like(fake))
        squares = _squares(mistake, fake, pick(mistake, 1, target_zero=0, target_minus_one=-1))
        return squares if mistake == 'half_left_out' else squares / 2

    outputs = with_gradients(loss, scores_fake)
    return _detached(outputs) if mistake == 'detached' else outputs


# ---- the optimizer ----


def get_optimizer(mistake, start, gradients):
    """Adam by hand -> how far each parameter has moved, in units of the learning rate asked for."""
    lr = pick(mistake, 1e-3, lr_1e_2=1e-2, lr_1e_4=1e-4, lr_2e_4=2e-4)
    beta1, beta2 = pick(mistake, (0.5, 0.999), default_betas=(0.9, 0.999), betas_swapped=(0.999, 0.5),
                        beta2_missing=(0.5, 0.9), beta2_99=(0.5, 0.99))
    x, m, v = start.copy(), np.zeros_like(start), np.zeros_like(start)
    for t, g in enumerate(gradients, start=1):
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g ** 2
        step = (m / (1 - beta1 ** t)) / (np.sqrt(v / (1 - beta2 ** t)) + 1e-8)
        x = x - lr * (g if mistake == 'sgd' else step)
    return ((x - start) / 1e-3,)


# ---- networks ----


def _hidden(mistake, x, layer, slope):
    """Return the activation behind a hidden layer: leaky ReLU, or ReLU if slope is 0."""
    if mistake in (f'no_activation_{layer}', 'no_activations'):
        return x
    slope = pick(mistake, slope, relu=0.0, leaky=0.01, slope_02=0.2, slope_01=0.1)
    return torch.tanh(x) if mistake == 'tanh_hidden' else F.leaky_relu(x, slope)


def _last(mistake, x, right):
    return pick(mistake, right, sigmoid_last=torch.sigmoid(x), tanh_last=torch.tanh(x), no_tanh=x,
                relu_last=F.relu(x), activation_last=F.leaky_relu(x, SLOPE))


def discriminator(mistake, x):
    w1, b1, w2, b2, w3, b3 = map(torch.from_numpy, weights('discriminator'))
    x = _hidden(mistake, F.linear(torch.from_numpy(x), w1, b1), 1, SLOPE)  # (N, 256)
    x = F.linear(_hidden(mistake, F.linear(x, w2, b2), 2, SLOPE), w3, b3)  # (N, 1)
    return (_last(mistake, x, x).numpy(),)


def generator(mistake, x):
    w1, b1, w2, b2, w3, b3 = map(torch.from_numpy, weights('generator', x.shape[1]))
    x = _hidden(mistake, F.linear(torch.from_numpy(x), w1, b1), 1, 0.0)  # (N, 1024)
    x = F.linear(_hidden(mistake, F.linear(x, w2, b2), 2, 0.0), w3, b3)  # (N, 784)
    return (_last(mistake, x, torch.tanh(x)).numpy(),)


def build_dc_classifier(mistake, x):
    w1, b1, w2, b2, w3, b3, w4, b4 = map(torch.from_numpy, weights('build_dc_classifier'))
    pool = pick(mistake, F.max_pool2d, average_pool=F.avg_pool2d)
    x = torch.from_numpy(x).reshape(-1, 1, 28, 28)
    x = pool(_hidden(mistake, F.conv2d(x, w1, b1), 1, SLOPE), 2)                     # (N, 32, 12, 12)
    x = pool(_hidden(mistake, F.conv2d(x, w2, b2), 2, SLOPE), 2).flatten(1)          # (N, 1024)
    x = F.linear(_hidden(mistake, F.linear(x, w3, b3), 3, SLOPE), w4, b4)            # (N, 1)
    return (_last(mistake, x, x).numpy(),)


def build_dc_generator(mistake, x):
    known = map(torch.from_numpy, weights('build_dc_generator', x.shape[1]))
    w1, b1, g1, h1, w2, b2, g2, h2, w3, b3, g3, h3, w4, b4 = known
    norm = lambda x, g, h: F.batch_norm(x, None, None, g, h, training=True)

    def act_and_norm(x, layer, g, h):
        if mistake == 'norm_before_relu':
            return F.relu(norm(x, g, h))
        return norm(_hidden(mistake, x, layer, 0.0), g, h)

    x = act_and_norm(F.linear(torch.from_numpy(x), w1, b1), 1, g1, h1)                       # (N, 1024)
    x = act_and_norm(F.linear(x, w2, b2), 2, g2, h2).reshape(-1, 128, 7, 7)
    x = act_and_norm(F.conv_transpose2d(x, w3, b3, stride=2, padding=1), 3, g3, h3)          # (N, 64, 14, 14)
    x = F.conv_transpose2d(x, w4, b4, stride=2, padding=1).flatten(1)                        # (N, 784)
    return (_last(mistake, x, torch.tanh(x)).numpy(),)
