"""Which layer of a network it is that differs."""

import torch

from cs231n.checks.lessons.gans import student_side

RESHAPES = {'Flatten()': ('Flatten', (1,)), 'Unflatten(-1, 128, 7, 7)': ('Unflatten', (1, (128, 7, 7))),
            'Unflatten(-1, 1, 28, 28)': ('Unflatten', (1, (1, 28, 28)))}


class Asked(torch.nn.Module):
    """The k-th layer of the student's network, wherever that is."""

    def __init__(self, ask, case, k, kind, words):
        super().__init__()
        self.ask, self.case, self.k, self.words = ask, case, k, words
        self.reshapes = kind in ('Flatten', 'Unflatten', 'Identity')

    def forward(self, x):
        """Return what the layer makes of x."""
        return torch.from_numpy(self.ask(student_side.through_layer, self.case, self.k, x.numpy()))

    def __str__(self):
        return self.words


def modules(words, wanted):
    """Return the layers that were written down as str(layer), with the wanted parameters in them."""
    with torch.random.fork_rng(devices=[]):
        layers = [eval(layer, vars(torch.nn)) for layer in words]
    for parameter, value in zip(torch.nn.Sequential(*layers).double().parameters(), wanted):
        parameter.data = torch.from_numpy(value)
    return layers


def culprits(chain, right, is_right):
    """Return (number of the first one, student's layers, those that belong there), as few as mend the chain; or None.

    A layer is only called wrong if the others, with the right ones in its place, give the right output: then no other
    is to blame. A model with a forward of its own cannot be taken apart like this.
    """
    got = [layer for layer in chain if not layer.reshapes]

    def mended(kept, behind):
        """Return the chain with all counted layers replaced, but for so many at its start and at its end."""
        found, k, new = [], 0, list(right[kept:len(right) - behind])
        for layer in chain:
            if k == len(got) - behind:  # where a layer is missing, it comes before those that are kept
                found, new = found + new, []
            if layer.reshapes:
                found.append(layer)
                continue
            if k < kept or k >= len(got) - behind:
                found.append(layer)
            elif new:
                found.append(new.pop(0))
            k += 1
        return torch.nn.Sequential(*found, *new)

    shorter = min(len(got), len(right))
    ways = [(kept, total - kept) for total in range(shorter, 0, -1) for kept in range(total, -1, -1)]
    for kept, behind in ways:
        if is_right(mended(kept, behind)):
            found = got[kept:len(got) - behind], right[kept:len(right) - behind]
            return (kept + 1, *found) if found != ([], []) else None
    return None


def reshape_left_out(chain, is_right):
    """Say which reshape is missing, and before which layer, if with it there the output is right; or ''."""
    for words, (kind, sizes) in RESHAPES.items():
        layer = getattr(torch.nn, kind)(*sizes)
        for k in range(len(chain) + 1):
            if is_right(torch.nn.Sequential(*chain[:k], layer, *chain[k:])):
                return f'{words} is missing ' + (f'before {" ".join(str(chain[k]).split())}' if k < len(chain) else
                                                 'at the end')
    return ''
