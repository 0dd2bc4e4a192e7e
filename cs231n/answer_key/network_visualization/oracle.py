"""Right answers for the notebook NetworkVisualization, by autograd in float64."""

import torch

from cs231n.checks.lessons.network_visualization.classifier import Net
from cs231n.checks.lessons.network_visualization.facts import fooling_facts


def _double(X, weights):
    return torch.tensor(X, dtype=torch.float64), Net(weights, torch.float64)


def compute_saliency_maps(X, y, weights):
    X, net = _double(X, weights)
    slopes = [torch.autograd.functional.jacobian(net, x[None])[0, k, 0] for x, k in zip(X, y.tolist())]
    return (torch.stack(slopes).abs().max(dim=1).values.numpy(),)


def make_fooling_image(X, target_y, weights):
    x, net = _double(X, weights)
    for _ in range(100):
        if net(x).argmax() == target_y:
            break
        step = torch.autograd.functional.jacobian(lambda p: net(p)[0, target_y], x)
        x = x + step / step.norm()
    return fooling_facts(X, target_y, weights, x.numpy(), X)


def class_visualization_update_step(img, second, target_y, l2_reg, learning_rate, weights, normalise=True,
                                    outside=False):
    pictures = []
    for start in (img, second):
        x, net = _double(start, weights)
        score_less_norm = lambda p, net=net: net(p)[0, target_y] - (0 if outside else l2_reg * p.pow(2).sum())
        up = torch.autograd.functional.jacobian(score_less_norm, x)
        step = up / (up.norm() if normalise else 1) - (2 * l2_reg * x if outside else 0)
        pictures.append((x + learning_rate * step).numpy())
    return tuple(pictures)


def class_visualization_raw_step(**case):
    return class_visualization_update_step(**case, normalise=False)


def class_visualization_l2_outside(**case):
    return class_visualization_update_step(**case, outside=True)
