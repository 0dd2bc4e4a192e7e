"""Networks as people bring them: wrapped, with hooks that store tensors, reparametrised, in inference mode."""

import threading
import warnings

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, prune

from cs231n._shared.networks import differentiable, layers, own_copy, trunk, unwrapped, weight_of

X = torch.linspace(-1, 1, 3 * 49).reshape(1, 3, 7, 7)


def old(name, module):
    """A reparametrisation of torch.nn.utils that is replaced by now, and keeps a tensor with a graph in the module."""
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        return getattr(nn.utils, name)(module)


class Store:
    """A hook that keeps what it sees, in itself and in the module."""

    def __init__(self):
        self.seen = []

    def hook(self, module, inputs, out):
        self.seen.append(out)
        module.seen = {'out': [out]}


def plain():
    return nn.Conv2d(3, 2, 3)


def stored(store):
    net = plain()
    net.register_forward_hook(store.hook)
    return net


NETS = {
    'plain': plain,
    'weight_norm': lambda: old('weight_norm', plain()),
    'spectral_norm': lambda: old('spectral_norm', plain()),
    'pruned': lambda: prune.random_unstructured(plain(), 'weight', 0.5),
    'parametrised': lambda: parametrizations.weight_norm(plain()),
    'hooked': lambda: stored(Store()),
}


@pytest.mark.parametrize('name', NETS)
def test_a_copy_gives_the_same_and_leaves_the_network_alone(name):
    torch.manual_seed(0)
    net = nn.Sequential(NETS[name](), nn.ReLU()).eval()
    want = net(X)  # leaves tensors with a graph in it
    state = {key: value.clone() for key, value in net.state_dict().items()}
    attributes = dict(vars(net[0]))
    copy = own_copy(net).requires_grad_(False)
    assert torch.equal(copy(X), want) and not copy(X).requires_grad
    copy.double()(X.double())
    assert all(torch.equal(value, state[key]) for key, value in net.state_dict().items())
    assert {key for key, value in vars(net[0]).items() if value is not attributes[key]} == set()
    assert all(p.requires_grad for p in net.parameters()) and torch.equal(net(X), want)


def test_what_a_hook_has_stored_stays_the_callers():
    store = Store()
    net = stored(store)
    net(X)
    own_copy(net)(X)
    assert len(store.seen) == 1


def test_a_hook_that_cannot_be_copied_is_shared():
    store = Store()
    store.lock = threading.Lock()
    net = stored(store)
    want = net(X)
    assert torch.equal(own_copy(net)(X), want) and len(store.seen) == 2


# torch.compile compiles at the first call; until then it needs no compiler
WRAPS = {'DataParallel': nn.DataParallel, 'compile': torch.compile,
         'AveragedModel': torch.optim.swa_utils.AveragedModel,
         'both': lambda net: nn.DataParallel(torch.compile(net))}


@pytest.mark.parametrize('name', WRAPS)
def test_wrappers_come_off_wherever_they_are(name):
    wrap = WRAPS[name]

    class Model(nn.Module):
        def __init__(self, features):
            super().__init__()
            self.features = features

    relu = nn.ReLU()
    inner = nn.Sequential(plain(), relu, wrap(plain()), relu)
    for model in (wrap(inner), Model(wrap(inner)), wrap(Model(inner)), wrap(Model(wrap(inner)))):
        found = layers(trunk(model))
        assert [type(layer) for layer in found] == [nn.Conv2d, nn.ReLU, nn.Conv2d, nn.ReLU]
    net = nn.Linear(2, 3)
    assert type(unwrapped(wrap(net))) is nn.Linear and unwrapped(net) is net


def test_features_that_are_no_module_do_not_count():
    net = nn.Sequential(plain())
    net.features = 64
    assert trunk(net) is net
    with pytest.raises(TypeError, match=r'must be a torch\.nn\.Module, got NoneType'):
        trunk(None)


def test_a_network_of_inference_mode_takes_part_in_autograd_as_a_copy():
    with torch.inference_mode():
        made = nn.Sequential(plain(), nn.BatchNorm2d(2)).eval()
    outside = nn.Sequential(plain())
    assert differentiable(outside) is outside
    with torch.inference_mode():
        net = differentiable(made)
    (grad,) = torch.autograd.grad(net(X.clone().requires_grad_()).sum(), net[0].weight)
    assert grad.shape == (2, 3, 3, 3) and torch.equal(net[0].weight, made[0].weight)


def test_a_weight_of_a_network_without_any():
    assert weight_of(nn.ReLU()).dtype == torch.float32
    assert weight_of(plain().double()).dtype == torch.float64
