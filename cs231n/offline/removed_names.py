"""Names that notebooks of 2017 to 2019 use and that libraries have removed since; each tells its modern spelling."""

import importlib.util
import sys
import types
import warnings

import numpy as np
import scipy.ndimage
import torch
import torchvision
from PIL import Image
from torch import nn

from .patches import put, tell

NUMPY = {'int': int, 'float': float, 'bool': bool, 'object': object, 'str': str}


def restore():
    """Give back every name that is missing."""
    _iterators()
    _scalars()
    _variables()
    _transforms()
    _initialisers()
    _numpy_types()
    _scipy()
    _colab()


def _fill(owner, name, value):
    """Set an attribute that is missing."""
    if not hasattr(owner, name):
        put(owner, name, value)


def _renamed(function, old, new):
    """Return the function under its old name."""
    def renamed(*args, **kwargs):
        tell(old, new)
        return function(*args, **kwargs)
    renamed.__doc__ = f'{new}, under its old name.'
    return renamed


def _iterators():
    def next_(self):
        tell('loader.__iter__().next()', 'next(iter(loader))')
        return next(self)
    _fill(torch.utils.data.dataloader._BaseDataLoaderIter, 'next', next_)


def _scalars():
    """Let loss.data[0] and scores.max(1)[1][0, 0] be taken, from when there was no tensor without dimensions."""
    getitem = torch.Tensor.__getitem__

    def getitem_of_old(self, index):
        try:
            return getitem(self, index)
        except IndexError:
            places = index if isinstance(index, tuple) else (index,)
            surplus = places[self.ndim:]
            if not surplus or any(type(place) is not int or place for place in surplus):
                raise
        tell('loss.data[0]', 'loss.item()') if self.ndim == 0 else tell('best[0, 0] of one dimension', 'best[0]')
        return getitem(self, places[:self.ndim]) if self.ndim else self.item()
    put(torch.Tensor, '__getitem__', getitem_of_old)


def _variables():
    """Let Variable(x, volatile=True) be written, from when that was how no gradient was recorded."""
    class Variable(torch.autograd.Variable):
        def __new__(cls, data, requires_grad=False, volatile=None):
            if volatile is not None:
                tell('Variable(x, volatile=True)', 'x, within torch.no_grad()')
            return torch.autograd.variable.Variable(data, requires_grad and not volatile)
    put(torch.autograd, 'Variable', Variable)


def _transforms():
    T = torchvision.transforms
    _fill(T, 'Scale', _renamed(T.Resize, 'T.Scale', 'T.Resize'))
    _fill(T, 'RandomSizedCrop', _renamed(T.RandomResizedCrop, 'T.RandomSizedCrop', 'T.RandomResizedCrop'))


def _initialisers():
    for name in [name for name in dir(nn.init) if name.endswith('_') and not name.startswith('_')]:
        old = name.removesuffix('_')
        _fill(nn.init, old, _renamed(getattr(nn.init, name), f'nn.init.{old}', f'nn.init.{name}'))


def _numpy_types():
    missing = np.__getattr__

    def getattr_(name):
        if name == 'asscalar':
            return _renamed(np.ndarray.item, 'np.asscalar(x)', 'x.item()')
        if name in NUMPY:
            tell(f'np.{name}', name)
            return NUMPY[name]
        return missing(name)
    put(np, '__getattr__', getattr_)


def _scipy():
    misc = _module('scipy.misc')
    for function in (imread, imresize, imsave):
        new = {'imread': 'np.array(PIL.Image.open(path))', 'imresize': 'PIL.Image.Image.resize',
               'imsave': 'PIL.Image.fromarray(image).save(path)'}[function.__name__]
        _fill(misc, function.__name__, _renamed(function, f'scipy.misc.{function.__name__}', new))
    filters = _module('scipy.ndimage.filters')
    for name in scipy.ndimage.__all__ if not hasattr(filters, '__file__') else ():
        new = f'scipy.ndimage.{name}'
        put(filters, name, _renamed(getattr(scipy.ndimage, name), f'scipy.ndimage.filters.{name}', new))


def _module(name):
    """Return the module of that name, or an empty one in its place."""
    with warnings.catch_warnings():
        warnings.simplefilter('ignore', DeprecationWarning)  # some releases have it, but say that it will go
        try:
            return importlib.import_module(name)
        except ImportError:
            module, (parent, _, last) = types.ModuleType(name), name.rpartition('.')
            put(sys.modules, name, module)
            put(sys.modules[parent], last, module)
            return module


def _colab():
    """Put a stand-in for google.colab, whose drive there is no need to mount anywhere else."""
    if importlib.util.find_spec('google') is None or importlib.util.find_spec('google.colab') is None:
        drive, colab = types.ModuleType('google.colab.drive'), types.ModuleType('google.colab')
        drive.mount = _renamed(lambda *args, **kwargs: None, 'google.colab', 'no drive.mount: this is not Colab')
        colab.drive = drive
        put(sys.modules, 'google.colab', colab)
        put(sys.modules, 'google.colab.drive', drive)


# ---- what scipy.misc had ----


def imread(name, flatten=False, mode=None):
    """Return a picture as an array: uint8 (H, W, 3), (H, W, 4) or (H, W); float32 if flattened to grey."""
    with Image.open(name) as image:
        if mode is not None:
            image = image.convert(mode)
        elif image.mode == 'P':
            image = image.convert('RGBA' if 'transparency' in image.info else 'RGB')
        return np.array(image.convert('F') if flatten else image)


def imresize(arr, size, interp='bilinear', mode=None):
    """Return a picture resized: size is a percentage (int), a fraction (float) or (height, width)."""
    image = Image.fromarray(np.asarray(arr), mode) if mode else Image.fromarray(np.asarray(arr))
    if isinstance(size, int | float):
        share = size / 100 if isinstance(size, int) else size
        width, height = (int(side * share) for side in image.size)
    else:
        height, width = size
    return np.array(image.resize((width, height), getattr(Image.Resampling, interp.upper())))


def imsave(name, arr):
    """Write an array as a picture, its values stretched to 0..255 unless they are uint8."""
    arr = np.asarray(arr)
    if arr.dtype != np.uint8:
        low, high = arr.min(), arr.max()
        arr = np.uint8(255 * (arr - low) / ((high - low) or 1) + 0.5)
    Image.fromarray(arr).save(name)
