"""CaptioningSolverPytorch: trains a captioning model whose gradients autograd finds."""

import math
from functools import partial
from numbers import Integral, Real

import numpy as np
import torch

from cs231n._shared.progress import progress_bar
from cs231n.coco_utils import sample_coco_minibatch

RULES = {'sgd': torch.optim.SGD, 'sgd_momentum': partial(torch.optim.SGD, momentum=0.9),
         'rmsprop': torch.optim.RMSprop, 'adam': torch.optim.Adam}


class CaptioningSolverPytorch:
    """Train a model with `.params`, tensors, and `.loss(features, captions) -> scalar tensor` on COCO-like data."""

    def __init__(self, model, data, *, update_rule='adam', optim_config=None, lr_decay=1.0, batch_size=100,
                 num_epochs=10, print_every=10, verbose=True, seed=None, clip_norm=None, progress=False):
        """Set up the training; nothing is computed yet.

        data: a dict as from load_coco_data. update_rule: a key of RULES; optim_config: its settings,
        'learning_rate' (default 1e-3) and whatever else torch.optim calls them.
        lr_decay: factor on the learning rate after each epoch. print_every: iterations between two losses
        printed, with verbose. seed: draws the minibatches (default: the global np.random).
        clip_norm: bound on the norm of all gradients together (Pascanu et al., ICML 2013, arXiv:1211.5063).
        progress: show a bar; CS231N_PROGRESS=0 in the environment hides it.
        ValueError on an unknown update rule, or a setting that is not positive.
        """
        if update_rule not in RULES:
            raise ValueError(f'CaptioningSolverPytorch: update_rule must be one of {list(RULES)}, got {update_rule!r}')
        for name, value, kind in (('batch_size', batch_size, Integral), ('num_epochs', num_epochs, Integral),
                                  ('print_every', print_every, Integral), ('lr_decay', lr_decay, Real),
                                  ('clip_norm', math.inf if clip_norm is None else clip_norm, Real)):
            if not (isinstance(value, kind) and value > 0):
                wanted = 'positive integer' if kind is Integral else 'positive number'
                raise ValueError(f'CaptioningSolverPytorch: {name} must be a {wanted}, got {value!r}')
        self.model, self.data = model, data
        self.batch_size, self.num_epochs, self.clip_norm = int(batch_size), num_epochs, clip_norm
        self.print_every, self.verbose, self.progress = print_every, verbose, progress
        self.rng = None if seed is None else np.random.RandomState(seed)
        config = {'learning_rate': 1e-3, **(optim_config or {})}
        self.optimizer = RULES[update_rule](list(model.params.values()), lr=config.pop('learning_rate'), **config)
        self.decay = torch.optim.lr_scheduler.ExponentialLR(self.optimizer, lr_decay)
        self.iterations_per_epoch = max(len(data['train_captions']) // batch_size, 1)
        self.loss_history = []

    def train(self):
        """Run num_epochs epochs; the losses, as numbers, are added to loss_history.

        FloatingPointError when the loss is not finite; the parameters are then those that gave it.
        """
        last = len(self.loss_history) + self.num_epochs * self.iterations_per_epoch
        with progress_bar(total=last, initial=len(self.loss_history), hidden=not self.progress, unit='step') as bar:
            while len(self.loss_history) < last:
                loss = self._step()
                bar.set_postfix(loss=f'{loss:.3f}', refresh=False)
                bar.update()
                t = len(self.loss_history)
                if self.verbose and (t - 1) % self.print_every == 0:
                    print(f'(Iteration {t} / {last}) loss: {loss:f}')

    def _step(self):
        """Draw a minibatch, update every parameter once, and return the loss."""
        captions, features, _urls = sample_coco_minibatch(self.data, self.batch_size, split='train', rng=self.rng)
        loss = self.model.loss(features, captions)
        value = loss.item()
        if not math.isfinite(value):
            raise FloatingPointError(f'the loss is {value} at iteration {len(self.loss_history) + 1}: lower '
                                     "optim_config['learning_rate'], or bound the gradients with clip_norm=5")
        self.optimizer.zero_grad()
        loss.backward()
        if self.clip_norm is not None:
            torch.nn.utils.clip_grad_norm_(self.model.params.values(), self.clip_norm)
        self.optimizer.step()
        self.loss_history.append(value)
        if len(self.loss_history) % self.iterations_per_epoch == 0:
            self.decay.step()
        return value
