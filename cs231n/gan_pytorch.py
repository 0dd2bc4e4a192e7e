"""Generative adversarial networks (Goodfellow et al., 2014) on digits: vanilla, least-squares, convolutional.

Logits, not probabilities, go from the discriminator to the losses; pictures are in [-1, 1] wherever a
network sees them.
"""

from contextlib import contextmanager

import torch
import torch.nn.functional as F
from torch import nn

from cs231n._shared.gan_game import (
    BATCH_SIZE,
    OtherSize,
    batches,
    draw_seed,
    falling_rates,
    fuse,
    in_range,
    pictures,
    say_left_out,
    shown,
    update,
)
from cs231n._shared.gan_layers import (
    ChunkSampler,
    Flatten,
    Unflatten,
    count_params,
    deprocess_img,
    initialize_weights,
    preprocess_img,
)
from cs231n._shared.halves import wide
from cs231n._shared.networks import weight_of
from cs231n.gradient_check import rel_error

__all__ = ['NOISE_DIM', 'ChunkSampler', 'Flatten', 'Unflatten', 'bce_loss', 'build_dc_classifier',
           'build_dc_generator', 'count_params', 'deprocess_img', 'discriminator', 'discriminator_loss',
           'generator', 'generator_loss', 'get_optimizer', 'initialize_weights', 'ls_discriminator_loss',
           'ls_generator_loss', 'preprocess_img', 'rel_error', 'run_a_gan', 'sample_noise']

NOISE_DIM = 96
SHOWN = 16  # pictures in each array that run_a_gan returns


# ---- noise and the fully connected networks ----


@contextmanager
def _seeded(seed):
    """Start random numbers on the CPU from `seed` (unless None) and leave torch's own stream as it was."""
    with torch.random.fork_rng(devices=[], enabled=seed is not None):
        if seed is not None:
            torch.manual_seed(seed)
        yield


def sample_noise(batch_size, dim, seed=None):
    """Draw the generator's input, uniform between -1 and 1.

    batch_size N and dim, positive ints; seed: an int for the same noise each time, else torch's stream goes
    on. Returns float32 (N, dim) on the CPU, each number in [-1, 1).
    """
    with _seeded(seed):
        # BEGIN SOLUTION: return uniform noise between -1 and 1, (batch_size, dim)
        return 2 * torch.rand(batch_size, dim) - 1
        # END SOLUTION


def discriminator(seed=None):
    """Return a fully connected discriminator of real and fake pictures.

    flatten -> Linear(784, 256) -> LeakyReLU(0.01) -> Linear(256, 256) -> LeakyReLU(0.01) -> Linear(256, 1)

    seed: an int for the same initial weights each time. Returns a module that maps pictures (N, 1, 28, 28)
    or (N, 784) in [-1, 1] to logits (N, 1); 267,009 parameters.
    """
    with _seeded(seed):
        # BEGIN SOLUTION: model, the layers listed above
        model = nn.Sequential(
            Flatten(),
            nn.Linear(784, 256),
            nn.LeakyReLU(0.01),
            nn.Linear(256, 256),
            nn.LeakyReLU(0.01),
            nn.Linear(256, 1),
        )
        # END SOLUTION
    return model


def generator(noise_dim=NOISE_DIM, seed=None):
    """Return a fully connected generator of pictures.

    Linear(noise_dim, 1024) -> ReLU -> Linear(1024, 1024) -> ReLU -> Linear(1024, 784) -> Tanh

    noise_dim Z; seed: an int for the same initial weights each time. Returns a module that maps noise (N,
    Z) to pictures (N, 784) in [-1, 1]; 1,858,320 parameters with Z = 4.
    """
    with _seeded(seed):
        # BEGIN SOLUTION: model, the layers listed above
        model = nn.Sequential(
            nn.Linear(noise_dim, 1024),
            nn.ReLU(),
            nn.Linear(1024, 1024),
            nn.ReLU(),
            nn.Linear(1024, 784),
            nn.Tanh(),
        )
        # END SOLUTION
    return model


# ---- losses ----


def bce_loss(input, target):
    """Binary cross-entropy of logits s against labels y, averaged, with no overflow for any finite s.

    mean of -y log σ(s) - (1 - y) log(1 - σ(s)),  with  log σ(s) = min(s, 0) - log(1 + exp(-|s|))

    input s and target y in [0, 1]: floating tensors of one shape. Returns a scalar tensor that gradients
    flow through. ValueError if the shapes differ.
    """
    if input.shape != target.shape:  # (N, 1) and (N,) would make (N, N) losses
        raise ValueError(f'bce_loss: target must have the shape of input, {tuple(input.shape)}, '
                         f'got {tuple(target.shape)}')
    # BEGIN SOLUTION: return the mean, stable for scores of any size; without F.binary_cross_entropy_with_logits
    return -(target * F.logsigmoid(input) + (1 - target) * F.logsigmoid(-input)).mean()
    # END SOLUTION


def discriminator_loss(logits_real, logits_fake):
    """Return the discriminator's loss: real pictures have the label 1, fakes the label 0.

    -E[log D(x)] - E[log(1 - D(G(z)))], with D the sigmoid of the logits

    logits_real, logits_fake: (N, 1) or (N,), not necessarily equally many. Returns a scalar tensor.
    Goodfellow et al., NeurIPS 2014, arXiv:1406.2661.
    """
    # BEGIN SOLUTION: return the sum of both losses; use bce_loss
    return (bce_loss(logits_real, torch.ones_like(logits_real))
            + bce_loss(logits_fake, torch.zeros_like(logits_fake)))
    # END SOLUTION


def generator_loss(logits_fake):
    """Return the generator's loss, in the form that does not saturate: it wants its fakes to be taken for real.

    -E[log D(G(z))], with D the sigmoid of the logits

    logits_fake: (N, 1) or (N,). Returns a scalar tensor. Goodfellow et al., NeurIPS 2014, section 3,
    arXiv:1406.2661.
    """
    # BEGIN SOLUTION: return the loss; use bce_loss
    return bce_loss(logits_fake, torch.ones_like(logits_fake))
    # END SOLUTION


def ls_discriminator_loss(scores_real, scores_fake):
    """Return the discriminator's loss in a least-squares GAN: scores of real pictures to 1, of fakes to 0.

    1/2 E[(D(x) - 1)²] + 1/2 E[D(G(z))²], with D the scores themselves, no sigmoid

    scores_real, scores_fake: (N, 1) or (N,). Returns a scalar tensor. Mao et al., ICCV 2017,
    arXiv:1611.04076.
    """
    # BEGIN SOLUTION: return the sum of both halves
    loss = 0.5 * ((wide(scores_real) - 1) ** 2).mean() + 0.5 * (wide(scores_fake) ** 2).mean()
    return loss.to(scores_fake.dtype)
    # END SOLUTION


def ls_generator_loss(scores_fake):
    """Return the generator's loss in a least-squares GAN: scores of its fakes to 1.

    1/2 E[(D(G(z)) - 1)²], with D the scores themselves, no sigmoid

    scores_fake: (N, 1) or (N,). Returns a scalar tensor. Mao et al., ICCV 2017, arXiv:1611.04076.
    """
    # BEGIN SOLUTION: return the loss
    return (0.5 * ((wide(scores_fake) - 1) ** 2).mean()).to(scores_fake.dtype)
    # END SOLUTION


def get_optimizer(model):
    """Adam for the parameters of `model`: learning rate 1e-3, β1 = 0.5, β2 = 0.999.

    The low β1 forgets old gradients soon, since the other network keeps changing the goal. Returns a
    torch.optim.Optimizer. Radford et al., ICLR 2016, arXiv:1511.06434.
    """
    # BEGIN SOLUTION: return the optimizer
    return torch.optim.Adam(model.parameters(), lr=1e-3, betas=(0.5, 0.999))
    # END SOLUTION


# ---- the deep convolutional networks ----


def build_dc_classifier(batch_size=None):
    """Return a convolutional discriminator.

    unflatten to (N, 1, 28, 28) -> Conv(32 of 5 x 5) -> LeakyReLU(0.01) -> MaxPool(2) -> Conv(64 of 5 x 5) ->
    LeakyReLU(0.01) -> MaxPool(2) -> flatten -> Linear(1024, 1024) -> LeakyReLU(0.01) -> Linear(1024, 1)

    batch_size: not needed, any N is taken. Returns a module that maps pictures (N, 784) or (N, 1, 28, 28)
    in [-1, 1] to scores (N, 1); 1,102,721 parameters. After Radford et al., ICLR 2016, arXiv:1511.06434.
    """
    # BEGIN SOLUTION: return the network, the layers listed above
    return nn.Sequential(
        Unflatten(-1, 1, 28, 28),
        nn.Conv2d(1, 32, 5),
        nn.LeakyReLU(0.01),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5),
        nn.LeakyReLU(0.01),
        nn.MaxPool2d(2),
        Flatten(),
        nn.Linear(4 * 4 * 64, 4 * 4 * 64),
        nn.LeakyReLU(0.01),
        nn.Linear(4 * 4 * 64, 1),
    )
    # END SOLUTION


def build_dc_generator(noise_dim=NOISE_DIM):
    """Return a convolutional generator.

    Linear(noise_dim, 1024) -> ReLU -> BatchNorm -> Linear(1024, 6272) -> ReLU -> BatchNorm -> unflatten to
    (N, 128, 7, 7) -> ConvTranspose(64 of 4 x 4, stride 2, padding 1) -> ReLU -> BatchNorm ->
    ConvTranspose(1 of 4 x 4, stride 2, padding 1) -> Tanh -> flatten

    noise_dim Z. Returns a module that maps noise (N, Z) to pictures (N, 784) in [-1, 1]; in training mode N
    is at least 2, for batch normalization. 6,580,801 parameters with Z = 4. After Chen et al. (InfoGAN),
    appendix C, arXiv:1606.03657.
    """
    # BEGIN SOLUTION: return the network, the layers listed above
    return nn.Sequential(
        nn.Linear(noise_dim, 1024),
        nn.ReLU(),
        nn.BatchNorm1d(1024),
        nn.Linear(1024, 7 * 7 * 128),
        nn.ReLU(),
        nn.BatchNorm1d(7 * 7 * 128),
        Unflatten(-1, 128, 7, 7),
        nn.ConvTranspose2d(128, 64, 4, stride=2, padding=1),
        nn.ReLU(),
        nn.BatchNorm2d(64),
        nn.ConvTranspose2d(64, 1, 4, stride=2, padding=1),
        nn.Tanh(),
        Flatten(),
    )
    # END SOLUTION


# ---- the game ----


def run_a_gan(D, G, D_solver, G_solver, discriminator_loss, generator_loss, loader_train, show_every=250,
              batch_size=BATCH_SIZE, noise_size=96, num_epochs=10, *, rng=None, history=None, progress=True,
              verbose=False, g_steps=1, falling=False):
    """Train a GAN: in each step D learns to tell a batch of pictures from as many fakes, then G to fool D.

    D: maps pictures (N, ...) in [-1, 1] to scores; G: maps noise (N, noise_size) to pictures. Both learn in
    place. D_solver, G_solver: their optimizers.
    discriminator_loss: (scores_real, scores_fake) -> loss; generator_loss: scores_fake -> loss.
    loader_train: gives batches, x or (x, labels), x in [0, 1].
    show_every: steps between two arrays of the result.
    batch_size: if named, batches of another size are left out, and so are those, the last of an epoch, that
    networks or losses made for the size of the first one refuse; a line says how many. Else all are used.
    rng: a torch.Generator that all noise comes from (default: torch's global one).
    history: a dict; the losses of all steps are appended to its lists 'D' and 'G'.
    progress: show a bar; CS231N_PROGRESS=0 in the environment hides it. verbose: print the losses, too,
    whenever an array is kept.
    g_steps: how often G learns for each time that D does.
    falling: let both learning rates fall along a line, from what they are to 0 after the last step, so that the two
    come to rest instead of circling around each other; they are set back at the end.

    Returns a list of float32 arrays (16, ...) in [-1, 1]: what G makes of the same 16 noises after the first
    step and after each show_every more. Raises ValueError if show_every or g_steps < 1, if x is not in [0, 1] or if the
    loader gives no batch to learn from; TypeError if it gives something else, or has no length although rates are to
    fall; FloatingPointError, before the update, if a loss is NaN or infinite. A network whose parameters are all frozen
    stays as it is; the other learns.
    """
    for name, value in (('show_every', show_every), ('g_steps', g_steps)):
        if value < 1:
            raise ValueError(f'{name} must be at least 1, got {value}')
    like = weight_of(G)  # its device and dtype are everybody's
    noise = lambda N: sample_noise(N, noise_size, seed=draw_seed(rng)).to(like)
    history = {} if history is None else history
    fixed, images, step, usual, left_out = noise(SHOWN), [], 0, None, []
    rates = falling_rates((fuse(D_solver), fuse(G_solver)), num_epochs, loader_train, falling)
    with shown(num_epochs, loader_train, progress) as bar, rates as fall:
        for x in batches(loader_train, num_epochs):
            bar.update()
            fall()
            try:
                if batch_size is not BATCH_SIZE and len(x) != batch_size:
                    raise OtherSize
                fake, loss_D = _judged(D, G, x, noise, discriminator_loss, generator_loss, usual)
            except OtherSize:
                left_out.append(len(x))
                continue
            step, usual = step + 1, len(x) if usual is None else usual
            update('D', loss_D, D_solver, D, history, step)
            for again in range(g_steps):
                fake = G(noise(len(fake))).reshape(fake.shape) if again else fake
                loss_G = generator_loss(D(fake))  # through D, but no gradient is left in D
                update('G', loss_G, G_solver, G, history, step)
            if (step - 1) % show_every == 0:
                images.append(pictures(G, fixed))
                if verbose:
                    print(f'Iter: {step - 1}, D: {loss_D.item():.4}, G: {loss_G.item():.4}')
    say_left_out(left_out, step, usual or batch_size)
    return images


def _judged(D, G, x, noise, discriminator_loss, generator_loss, usual):
    """Return fakes, as many as real pictures x, and the loss of D; OtherSize if their number is refused."""
    like = weight_of(G)
    real = preprocess_img(in_range(x).to(like))
    try:
        fake = G(noise(max(len(x), 2)))  # batch normalization needs two
        fake = fake.reshape(len(fake), *real.shape[1:])  # for D, fakes look like real pictures
        scores_real, scores_fake = D(real), D(fake.detach())  # detached: G is not to learn from this
        loss = discriminator_loss(scores_real, scores_fake)
        if usual not in (None, len(x)):
            generator_loss(scores_fake.detach())  # refused now rather than after D has learned
    except (RuntimeError, ValueError) as error:
        if usual in (None, len(x)):
            raise
        raise OtherSize from error
    return fake, loss
