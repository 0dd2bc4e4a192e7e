"""Changes to other libraries that can be undone, and warnings that are given once."""

import sys
import warnings

_MISSING = object()
_changed = []  # (owner, name, what was there), the latest last
_warned = set()


def put(owner, name, value):
    """Set an attribute of a module or class, or an entry of a dict such as sys.modules, until `undo`."""
    entries = owner if isinstance(owner, dict) else vars(owner)
    _changed.append((owner, name, entries.get(name, _MISSING)))
    _set(owner, name, value)


def _set(owner, name, value):
    if isinstance(owner, dict):
        if value is _MISSING:
            del owner[name]
        else:
            owner[name] = value
    elif value is _MISSING:
        delattr(owner, name)
    else:
        setattr(owner, name, value)


def undo():
    """Put everything back as it was before the first `put`."""
    while _changed:
        _set(*_changed.pop())
    _warned.clear()


def active():
    """Whether something is changed now."""
    return bool(_changed)


def tell(old, new):
    """Warn, once for each old spelling, and show the modern one."""
    if old not in _warned:
        _warned.add(old)
        warnings.warn(f'{old} is gone; write {new}', FutureWarning, stacklevel=_outside())


def _outside():
    """How many frames to go up to leave this package: the line of the notebook is what a warning should show."""
    frame, level = sys._getframe(2), 2
    while frame.f_back and frame.f_globals.get('__name__', '').startswith('cs231n.offline'):
        frame, level = frame.f_back, level + 1
    return level
