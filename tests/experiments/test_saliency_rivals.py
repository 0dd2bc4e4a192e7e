"""The rivals of the gradient: against Captum, and what they do to what they are given."""

import pytest
import torch
from captum.attr import LayerGradCam, NoiseTunnel, Occlusion, Saliency
from torch import nn

from cs231n.experiments.saliency_rivals import grad_cam, occlusion, smooth_grad
from cs231n.net_visualization_pytorch import compute_saliency_maps

K = 5


class Net(nn.Module):
    """A smooth network with the two halves of a SqueezeNet; `channels` of the picture are all that it sees."""

    def __init__(self, channels=slice(None)):
        super().__init__()
        torch.manual_seed(1)
        self.features = nn.Sequential(nn.Conv2d(3, 7, 3, stride=2), nn.Tanh())
        self.classifier = nn.Sequential(nn.Conv2d(7, K, 1), nn.Softplus(), nn.AdaptiveAvgPool2d(1))
        seen = torch.zeros(1, 3, 1, 1)
        seen[:, channels] = 1
        self.features[0].weight.data *= seen
        self.double().requires_grad_(False)

    def forward(self, X):
        return self.classifier(self.features(X)).flatten(1)


def pictures(N=3, H=19, W=23):
    return torch.randn(N, 3, H, W, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


y = torch.tensor([4, 0, 4])


def test_occlusion_is_that_of_captum():
    theirs = Occlusion(Net()).attribute(pictures(), (3, 7, 7), strides=(3, 4, 4), baselines=0, target=y)
    ours = occlusion(pictures(), y, Net(), patch=7, stride=4)
    torch.testing.assert_close(ours, theirs[:, 0], rtol=1e-5, atol=1e-7, check_dtype=False)  # theirs is float32
    assert ours.abs().max() > 1e-3


def test_grad_cam_is_that_of_captum():
    net = Net()
    X = pictures().requires_grad_()
    theirs = LayerGradCam(net, net.features).attribute(X, target=y, relu_attributions=True)
    theirs = LayerGradCam.interpolate(theirs, (19, 23), 'bilinear')[:, 0].detach()
    torch.testing.assert_close(grad_cam(pictures(), y, net), theirs, rtol=1e-10, atol=1e-12)
    assert theirs.max() > 0


def test_smooth_grad_is_that_of_captum_in_the_mean():
    net, X = Net(channels=1), pictures(1)  # one channel: whether its maximum is taken before or after the mean is one
    deviation = 0.15 * (X.max() - X.min()).item()
    torch.manual_seed(0)
    theirs = NoiseTunnel(Saliency(net)).attribute(
        X, nt_type='smoothgrad', nt_samples=3000, nt_samples_batch_size=500, stdevs=deviation, target=y[:1])
    ours = smooth_grad(X, y[:1], net, count=3000)
    assert (ours - theirs.amax(1)).abs().mean() < 0.02 * ours.mean()
    assert (ours - compute_saliency_maps(X, y[:1], net)).abs().mean() > 0.05 * ours.mean()  # the noise does something


def test_smooth_grad_without_noise_is_the_saliency_map():
    torch.testing.assert_close(smooth_grad(pictures(), y, Net(), noise=0), compute_saliency_maps(pictures(), y, Net()))


@pytest.mark.parametrize('method', [smooth_grad, occlusion, grad_cam])
def test_nothing_is_changed_and_each_picture_stands_for_itself(method):
    more = {'patch': 7, 'stride': 4} if method is occlusion else {'count': 1} if method is smooth_grad else {}
    X, net = pictures(), Net()
    before = X.clone()
    maps = method(X, y, net, **more)
    assert maps.shape == (3, 19, 23) and not maps.requires_grad and torch.equal(X, before) and not X.requires_grad
    torch.testing.assert_close(maps[:1], method(X[:1], y[:1], net, **more))


@pytest.mark.parametrize('patch, stride', [(20, 4), (7, 8), (7, 0)])
def test_squares_that_do_not_fit_are_named(patch, stride):
    with pytest.raises(ValueError, match='occlusion: patch and stride must be such that'):
        occlusion(pictures(), y, Net(), patch, stride)


def test_a_count_of_none_is_named():
    with pytest.raises(ValueError, match='smooth_grad: count must be 1 or more, got 0'):
        smooth_grad(pictures(), y, Net(), count=0)
