"""Lets a notebook written for an older edition of the assignment run here, offline: `import cs231n.offline` on top.

What torchvision would download comes from datasets/ or the sample world, and names that libraries have removed since
2017 work again, each with one warning that shows the modern spelling. Nothing else changes, and
`cs231n.offline.disable()` puts everything back; `cs231n.offline.enable()` does what the import did.
"""

from cs231n.offline import downloads, patches, removed_names

__all__ = ['disable', 'enable']


def enable():
    """Redirect downloads, give back removed names, and say so; nothing if that is done already."""
    if not patches.active():
        removed_names.restore()
        downloads.redirect()
        print("cs231n.offline: torchvision's SqueezeNet and MNIST come from datasets/ or the sample world, and names "
              'that libraries have removed work again. cs231n.offline.disable() undoes it.')


def disable():
    """Put everything back as it was."""
    patches.undo()


enable()
