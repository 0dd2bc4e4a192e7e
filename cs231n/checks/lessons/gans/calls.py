"""How the functions of the GANs are called, and what is compared."""

from collections import Counter

import numpy as np

from cs231n.checks.engine.answers import answers, layers
from cs231n.checks.engine.calling import arrays_of, parts_of
from cs231n.checks.engine.check import SLIP
from cs231n.checks.engine.compare import ROUGH, agree, are_numbers, as_array
from cs231n.checks.engine.errors import Certain, Malformed, NotGraded, Partly, TimeUp
from cs231n.checks.lessons.gans import student_side

NOISE_DIM = 96  # of the notebook
MANY, LONG = 1000, 50  # more parameters, more layers than any network here has


def call_noise(check, ask, case):
    """Return facts about the noise, in the order of the outputs."""
    from cs231n.checks.lessons.gans.noise import noise_facts

    draws = arrays_of(ask(student_side.noise, case), 2)
    if not all(are_numbers(draw) and 0 < draw.size <= 2 * case['batch_size'] * case['dim'] for draw in draws):
        raise Certain(_about_noise(draws[0].shape, case))
    shape, *facts = (np.asarray(fact) for fact in noise_facts(iter(draws).__next__))
    small = [size // student_side.TENTH for size in case.values()]
    facts = [shape * student_side.TENTH if sorted(shape) == sorted(small) else shape, *facts]
    known = [outputs for by_key in answers(check) for outputs in by_key.values()]
    if not any(all(agree(got, want, ROUGH, ROUGH) for got, want in zip(facts, outputs)) for outputs in known):
        shape, *others = facts
        raise Certain(_about_noise(shape.tolist(), case, **dict(zip(list(check.outputs)[1:], others))))
    return facts


def _about_noise(shape, case, spread=0.0, distinct=1, fresh=1, **facts):
    """Return what is wrong with noise that no known mistake explains."""
    right = case['batch_size'], case['dim']
    if tuple(shape) != right:
        return f'the shape is {tuple(shape)}, expected (batch_size, dim) = {right}'
    if not np.isfinite(spread):
        return 'not all of the numbers are finite'
    if not fresh:
        return 'every call gives the same noise'
    if not facts['rows differ']:
        return 'all rows are the same'
    if not distinct:
        return 'at most half of the numbers are distinct'
    low, high = float(facts['lowest']) + 0.0, float(facts['highest']) + 0.0  # no -0
    lies = '' if (low, high) == (-1, 1) else f', it lies between {low:g} and {high:g}'
    return f'the noise is not uniform between -1 and 1{lies}' + ' or beyond' * (max(-low, high) >= 2)


def call_loss(check, ask, case):
    """Return the loss and its gradient for each input that is to have one.

    A function that is given its labels may take scores and labels as (N,), as the starter code says.
    """
    if 'target' in case:
        try:
            flat = ask(student_side.loss_and_gradients, {name: value.reshape(-1) for name, value in case.items()})
            if any(all(_agree(as_array(got), want) for got, want in zip(flat, known['right']))
                   for known in answers(check)):
                return [np.reshape(got, want.shape) for got, want in zip(flat, answers(check)[0]['right'])]
        except (NotGraded, TimeUp):
            raise
        except Exception:  # then it takes (N, 1), or is told why it does not
            pass
    return ask(student_side.loss_and_gradients, case)


def call_optimizer(check, ask, case):
    """Return how far known gradients move a parameter, in units of the right learning rate."""
    moves, settings = parts_of(ask(student_side.moved, case), 2)
    if not any(agree(as_array(moves), known, ROUGH, ROUGH) for by_key in answers(check) for known, in by_key.values()):
        raise Certain(f'the optimizer is {settings}, expected Adam with lr=0.001, betas=(0.5, 0.999)')
    return [moves]


def call_network(check, ask, case):
    """Return the output of the student's network with known parameters in it."""
    from cs231n.checks.lessons.gans.weights import in_order, weights

    takes_noise, (N, D) = check.network == 'noise', case['x'].shape
    named, own = _described(*parts_of(ask(student_side.parameters, case, takes_noise), 2))
    wanted = weights(check.name, *[D] * takes_noise)
    shapes = [value.shape for value in wanted]
    if takes_noise and D != NOISE_DIM and sorted(shape for _, shape in named) == sorted(
            value.shape for value in weights(check.name, NOISE_DIM)):
        raise Partly(f'noise_dim is not used: the network takes {NOISE_DIM} numbers whatever is asked for', share=1)
    _compare_shapes(named, shapes)
    seeds = np.argsort(in_order([shape for _, shape in named], own, shapes)).tolist()  # of each parameter of theirs
    out, told = parts_of(ask(student_side.output, case, takes_noise, seeds), 2)
    if isinstance(out, str):
        _compare_layers(check, ask, case, wanted, told is True)
        raise Malformed('the layers have the right parameters, but the shapes do not fit: ' * (told is True) + out)
    out, right = as_array(out), 784 if takes_noise else 1
    if out.size != N * right:
        _compare_layers(check, ask, case, wanted)
        raise Malformed(f'the network makes {out.size // N} numbers of each input, expected {right}'
                        if out.size and out.size % N == 0 else
                        f'forward returns {"one number" if out.size == 1 else out.size}'
                        f' for all {N} inputs, expected {right} for each')
    known = [outputs[0] for by_key in answers(check) for outputs in by_key.values()]
    if not any(_agree(out, one) for one in known):
        _compare_layers(check, ask, case, wanted)
    elif told and any(_agree(out, outputs['right'][0]) for outputs in answers(check)):
        raise Partly(str(told), SLIP)
    return [out.reshape(N, -1)]


def _described(named, own):
    """Return names and shapes of the parameters, and the numbers of those of each layer; Malformed if they are none."""
    try:
        named = [(str(name), tuple(int(size) for size in shape)) for name, shape in named]
        own = [[int(k) for k in some] for some in own]
    except (TypeError, ValueError):
        raise Malformed('the parameters of the network are not described by names and shapes') from None
    if len(named) > MANY or len(own) > MANY or any(k not in range(len(named)) for some in own for k in some):
        raise Malformed('the network has too many parameters')
    return named, own


def _agree(out, wants):
    return out.size == wants.size and agree(out.reshape(wants.shape), wants, ROUGH, ROUGH)


def _compare_shapes(named, wanted):
    """Names the parameters with a shape that no layer has, and the shapes that are missing or too many."""
    got, right = Counter(shape for _, shape in named), Counter(wanted)
    strange = [(name, shape) for name, shape in named if shape not in right]
    missing = list((right - got).elements())
    more = [shape for shape in (got - right).elements() if shape in right]
    if len(strange) == len(missing) == 1 and not more:
        raise Certain(f'{strange[0][0]} has the shape {strange[0][1]}, expected one with {missing[0]}')
    said = [f'{_listed([f"{name} {shape}" for name, shape in strange])} fit{"s" * (len(strange) == 1)} no layer'
            ] if strange else []
    for shapes, one, several in ((missing, 'a parameter with the shape {} is missing', 'parameters with the shapes {}'
                                  ' are missing'), (
            more, 'a parameter with the shape {} is too many', 'parameters with the shapes {} are too many')):
        if shapes:
            said.append((one if len(shapes) == 1 else several).format(_listed(shapes)))
    if said:
        raise Certain('; '.join(said))


def _listed(things):
    """Return the first few of the things, separated by commas."""
    more = f' and {len(things) - 4} more' if len(things) > 5 else ''
    return ', '.join(map(str, things[:4] if more else things)) + more


def _compare_layers(check, ask, case, wanted, shapes_differ=False):
    """Names the layers that are to blame, if that is certain: with the right ones there the output is right."""
    import torch

    from cs231n.checks.lessons.gans.culprits import Asked, culprits, modules, reshape_left_out

    x = torch.from_numpy(case['x'])
    wants = next(outputs['right'][0] for one, outputs in zip(check.cases(), answers(check))
                 if one['x'].shape == case['x'].shape)

    def is_right(network):
        try:
            return _agree(as_array(student_side.run(network, x, check.network == 'noise')), wants)
        except Exception:  # whatever a student's layer may raise, or return
            return False

    told = ask(student_side.layers, case)
    if not isinstance(told, (list, tuple)) or len(told) > LONG:
        return
    chain = [Asked(ask, case, k, *map(str, parts_of(words, 2))) for k, words in enumerate(told)]
    with torch.no_grad():
        if shapes_differ and (told := reshape_left_out(chain, is_right)):
            raise Certain(told)
        found = culprits(chain, modules(layers(check, x.shape[1]), wanted), is_right)
    if found:
        first, got, right = found
        raise Certain(_about_layers(first, *([' '.join(str(layer).split()) for layer in some] for some in (got,
                                                                                                           right))))


def _about_layers(first, got, right):
    """Return which layers, from the first one on, are what, and what is expected there."""
    told = 'reshaping not counted'
    if len(got) == len(right) > 1:  # what is equal in between need not be told
        return '; '.join(f'layer {first + k}, {told}, is {one}, expected {other}'
                         for k, (one, other) in enumerate(zip(got, right)) if one != other)
    count = len(got or right)
    title = f'layer {first}' if count == 1 else f'layers {first} to {first + count - 1}'
    got, right = ', '.join(got), ', '.join(right)
    return (f'{title}, {told}, {"is" if count == 1 else "are"} {got or "missing"}; expected {right or "nothing"}')
