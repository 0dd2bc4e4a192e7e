"""Networks as people bring them: wrapped for several devices or for speed, with hooks, made in inference mode."""

import copy
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import torch
from torch import nn
from torch.nn.parallel import DataParallel, DistributedDataParallel
from torch.optim.swa_utils import AveragedModel
from torch.overrides import TorchFunctionMode


def unwrapped(network: Any) -> Any:
    """Return the network inside DataParallel, DistributedDataParallel, AveragedModel and torch.compile, if any."""
    while True:
        if isinstance(network, (DataParallel, DistributedDataParallel, AveragedModel)):
            network = network.module
        elif isinstance(compiled := getattr(network, '_orig_mod', None), nn.Module):  # of torch.compile
            network = compiled
        else:
            return network


def trunk(network: nn.Module) -> nn.Module:
    """Return the part of a network that makes features, unwrapped: `features` if it has that, else all of it."""
    if not isinstance(network, nn.Module):
        raise TypeError(f'the network must be a torch.nn.Module, got {type(network).__name__}')
    network = unwrapped(network)
    part = getattr(network, 'features', None)
    return unwrapped(part) if isinstance(part, nn.Module) else network


def layers(network: nn.Module) -> list[nn.Module]:
    """Return the layers of a network in order, unwrapped; one that stands in two places (a ReLU, say) comes twice."""
    return [unwrapped(layer) for layer in network._modules.values() if layer is not None]


def weight_of(network: nn.Module) -> torch.Tensor:
    """Return one of the network's weights, whose dtype and device inputs should have; a number if it has none."""
    return next(network.parameters(), torch.empty(0))


def differentiable(network: nn.Module) -> nn.Module:
    """Return the network, or a copy if it was made in inference mode, whose tensors take no part in autograd."""
    tensors = chain(network.parameters(), network.buffers())
    return own_copy(network) if any(tensor.is_inference() for tensor in tensors) else network


def own_copy(network: nn.Module) -> nn.Module:
    """Return a copy that shares nothing with the network but the functions that are its hooks.

    Hooks, weight_norm and pruning leave tensors with a graph in a network, which deepcopy refuses: they are copied
    without it. A hook that holds what cannot be copied at all, such as an open file, is shared.
    """
    with torch.inference_mode(False), _WithoutGraphs():
        try:
            return copy.deepcopy(network)
        except TypeError:
            return copy.deepcopy(network, {id(hook): hook for hook in _hooks(network)})


class _WithoutGraphs(TorchFunctionMode):
    """Within it deepcopy copies a tensor that was computed as it copies any other."""

    def __torch_function__(self, func: Callable[..., Any], types: Any, args: tuple = (),
                           kwargs: dict[str, Any] | None = None) -> Any:
        if func is torch.Tensor.__deepcopy__ and not args[0].is_leaf:
            return args[0].detach().clone()
        return func(*args, **(kwargs or {}))


def _hooks(network: nn.Module) -> Iterator[Callable[..., object]]:
    for module in network.modules():
        for name, hooks in vars(module).items():
            if name.endswith('_hooks'):
                yield from hooks.values()
