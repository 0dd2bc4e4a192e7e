"""Class pictures that people can name: the network is asked at many views, and the picture is painted in soft waves.

Both stand around class_visualization_update_step, which stays as it is: `View` is a model in whose place it climbs,
`dream` hands its step on from the pixels to the waves that the picture consists of.
"""

import math

import torch
import torch.nn.functional as F

from cs231n._shared.networks import weight_of
from cs231n._shared.normalisation import mean_and_std
from cs231n.net_visualization_pytorch import class_visualization_update_step

# Directions in which the colours of photographs vary independently: brightness first, then blue to yellow, then red to
# green (Olah et al., distill.pub/2017/feature-visualization, whose matrix this is).
COLOURS = torch.tensor([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]]) / 0.468
RATE, FINEST, CONTRAST = 0.08, 0.2, 0.25  # length of Adam's steps; cycles a pixel; of the first picture


class View(torch.nn.Module):
    """A SqueezeNet that sees its pictures from somewhere else each time, and looks to the middle.

    A picture is turned by up to `turn` degrees and zoomed by a factor of up to 1 ± `zoom`, anew in each call. The
    score of a class is the mean of its last map (N, K, h, w), weighted by a Gaussian about the middle whose sigma is
    `centre` times half a side; centre=None weights all places alike, as the network itself does.
    generator: a CPU torch.Generator for the views, seed 0 if None.
    Source: Olah et al., distill.pub/2017/feature-visualization (transformation robustness).
    """

    def __init__(self, model, zoom=0.4, turn=10, centre=0.5, generator=None):
        super().__init__()
        self.model, self.zoom, self.turn, self.centre = model, zoom, turn, centre
        self.generator = generator or torch.Generator().manual_seed(0)

    def forward(self, X):
        """Return the scores (N, K) of pictures (N, 3, H, W), each seen from a place of its own."""
        maps = self.model.classifier[:2](self.model.features(self._moved(X)))  # (N, K, h, w), before the last ReLU
        if self.centre is None:
            return maps.mean((2, 3))
        down, right = (torch.linspace(-1, 1, n).to(maps) for n in maps.shape[2:])
        weights = torch.exp(-(down[:, None] ** 2 + right**2) / (2 * self.centre**2))  # (h, w)
        return (maps * weights).sum((2, 3)) / weights.sum()

    def _moved(self, X):
        zoom, turn = (2 * torch.rand(2, len(X), generator=self.generator) - 1).to(X)  # (N,) each, -1..1
        zoom, turn = 1 + self.zoom * zoom, math.radians(self.turn) * turn
        cos, sin, none = zoom * turn.cos(), zoom * turn.sin(), torch.zeros_like(zoom)
        rows = torch.stack([cos, -sin, none], 1), torch.stack([sin, cos, none], 1)
        grid = F.affine_grid(torch.stack(rows, 1), list(X.shape), align_corners=False)  # (N, H, W, 2)
        return F.grid_sample(X, grid, padding_mode='reflection', align_corners=False)


def dream(target_y, model, size=128, steps=80, generator=None, show=None):
    """Return pictures that the model loves as the classes target_y, painted in waves: (N, 3, size, size), normalised.

    A picture is sigmoid(C · IFFT(a · z)): z what is learned, the height of each wave; a = 1 / f · exp(−(f / 0.2)²), so
    that broad waves grow fast and fine ones hardly; C the colours in which they grow. Each step asks
    class_visualization_update_step where the pixels want to go, takes that as the gradient, and lets Adam move z;
    its rate falls along a cosine. target_y: a sequence of N classes; model: such as View(model);
    generator: of the first picture, seed 231 if None; show: called as show(t, pictures) at steps 1, 2, 4, 8, … and the
    last.
    Source: Olah et al., distill.pub/2017/feature-visualization (preconditioning).
    """
    waves = _Waves(len(target_y), size, weight_of(model), generator or torch.Generator().manual_seed(231))
    adam = torch.optim.Adam([waves.heights], lr=RATE)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(adam, steps)
    for t in range(1, steps + 1):
        picture = waves.picture()
        wanted = picture.detach().clone()
        class_visualization_update_step(wanted, model, target_y, 0, 1)
        adam.zero_grad()
        picture.backward(picture.detach() - wanted)  # minus the step: Adam goes downhill
        adam.step()
        cosine.step()
        if show is not None and (t & (t - 1) == 0 or t == steps):
            show(t, waves.picture().detach())
    return waves.picture().detach()


class _Waves:
    """Pictures as sums of waves: their heights (N, 3, size, size // 2 + 1, 2) are what is learned."""

    def __init__(self, N, size, like, generator):
        self.size, (self.mean, self.std) = size, mean_and_std(like)
        f = (torch.fft.fftfreq(size)[:, None] ** 2 + torch.fft.rfftfreq(size) ** 2).sqrt()  # cycles a pixel
        self.scale = (CONTRAST / f.clamp(min=1 / size) * torch.exp(-((f / FINEST) ** 2))).to(like)
        start = 0.01 * torch.randn(N, 3, *f.shape, 2, generator=generator)
        self.heights, self.colours = start.to(like).requires_grad_(), COLOURS.to(like)

    def picture(self):
        waves = torch.view_as_complex(self.heights) * self.scale
        pixels = torch.fft.irfft2(waves, s=(self.size, self.size), norm='ortho')  # (N, 3, size, size)
        colours = torch.sigmoid(torch.einsum('nchw,dc->ndhw', pixels, self.colours))
        return (colours - self.mean) / self.std
