"""CaptioningSolver: trains a captioning model by minibatch gradient descent."""

import math
from numbers import Integral, Real

import numpy as np

from cs231n import optim
from cs231n._shared.progress import progress_bar
from cs231n._shared.resumable import Resumable, rng_state, set_rng_state
from cs231n.coco_utils import sample_coco_minibatch

RULES = ('sgd', 'sgd_momentum', 'rmsprop', 'adam')



class CaptioningSolver(Resumable):
    """Train a model with `.params` and `.loss(features, captions) -> loss, grads` on COCO-like data.

    The data stay where they are, an array, a memmap or an HDF5 dataset: each iteration reads one minibatch.
    """

    def __init__(self, model, data, *, update_rule='sgd', optim_config=None, lr_decay=1.0, batch_size=100,
                 num_epochs=10, print_every=10, verbose=True, seed=None, rng=None, clip_value=None,
                 clip_norm=None, metric=None, metric_every=None, progress=False):
        """Set up the training; nothing is computed yet.

        data: a dict as from load_coco_data. update_rule: one of `cs231n.optim`; optim_config: its settings.
        lr_decay: factor on the learning rate after each epoch. print_every: iterations between two losses
        printed, with verbose.
        seed, or rng (a NumPy generator or RandomState): draws the minibatches; default the global np.random.
        clip_value: bound on each entry of the gradients; clip_norm: bound on the norm of all of them together
        (Pascanu et al., ICML 2013, arXiv:1211.5063).
        metric: a function of the model, larger is better, called every metric_every iterations (default: each
        epoch); best_params and best_metric keep the best, metric_history has all as (iteration, value).
        progress: show a bar; CS231N_PROGRESS=0 in the environment hides it.
        ValueError on an unknown update rule, or a setting that is not positive.
        """
        if update_rule not in RULES:
            raise ValueError(f'CaptioningSolver: update_rule must be one of {RULES}, got {update_rule!r}')
        if seed is not None and rng is not None:
            raise ValueError('CaptioningSolver: seed and rng exclude each other')
        self.model, self.data = model, data
        self.update_rule, self.lr_decay, self.batch_size = update_rule, lr_decay, batch_size
        self.num_epochs, self.print_every, self.verbose = num_epochs, print_every, verbose
        self.clip_value, self.clip_norm = clip_value, clip_norm
        self.metric, self.metric_every, self.progress = metric, metric_every, progress
        for name in ('batch_size', 'num_epochs', 'print_every', 'metric_every', 'clip_value', 'clip_norm', 'lr_decay'):
            value, kind = getattr(self, name), Real if name in ('clip_value', 'clip_norm', 'lr_decay') else Integral
            if value is not None and not (isinstance(value, kind) and value > 0):
                wanted = 'positive integer' if kind is Integral else 'positive number'
                raise ValueError(f'CaptioningSolver: {name} must be a {wanted}, got {value!r}')
        self.rng = np.random.RandomState(seed) if seed is not None else rng
        # Python's floats: those of NumPy would not come back from a saved state as they were.
        self.lr_decay, config = float(lr_decay), dict(optim_config or {})
        config = {key: float(value) if isinstance(value, np.floating) else value for key, value in config.items()}
        self.optim_configs = {name: dict(config) for name in model.params}
        self.iterations_per_epoch = max(len(data['train_captions']) // batch_size, 1)
        self.iteration = self.epoch = 0
        self.last_iteration = num_epochs * self.iterations_per_epoch
        self.loss_history, self.metric_history = [], []
        self.best_params, self.best_metric = {}, None

    def train(self):
        """Run the epochs that are left, or num_epochs more where none is; losses are added to loss_history.

        FloatingPointError when the loss is not finite; the parameters are then those that gave it.
        """
        if self.iteration >= self.last_iteration:
            self.last_iteration += self.num_epochs * self.iterations_per_epoch
        with progress_bar(total=self.last_iteration, initial=self.iteration, unit='step', leave=True,
                          hidden=not self.progress) as bar:
            while self.iteration < self.last_iteration:
                loss = self._step()
                bar.set_postfix(loss=f'{loss:.3f}', refresh=False)
                bar.update()
                if self.verbose and (self.iteration - 1) % self.print_every == 0:
                    print(f'(Iteration {self.iteration} / {self.last_iteration}) loss: {loss:f}')

    def _step(self):
        """Update every parameter once, do what is due at this iteration, and return the loss."""
        before = rng_state(self.rng)
        try:
            loss, grads = self._loss()
        except BaseException:  # an interrupt, too: the next train() must draw this minibatch again
            set_rng_state(self.rng, before)
            raise
        grads = self._clip(grads)
        update, params, configs = getattr(optim, self.update_rule), self.model.params, self.optim_configs
        for name, w in params.items():
            params[name], configs[name] = update(w, grads[name], configs[name])
        self.loss_history.append(loss)
        self.iteration += 1
        end_of_epoch = self.iteration % self.iterations_per_epoch == 0
        if end_of_epoch:
            self.epoch += 1
            for config in configs.values():
                config['learning_rate'] *= self.lr_decay
        if self.metric and (self.iteration % self.metric_every == 0 if self.metric_every else end_of_epoch):
            self._measure()
        return loss

    def _loss(self):
        """Draw a minibatch and return its loss, a float, and the gradients."""
        captions, features, _urls = sample_coco_minibatch(
            self.data, batch_size=self.batch_size, split='train', rng=self.rng)
        loss, grads = self.model.loss(features, captions)
        if not np.isfinite(loss):
            raise FloatingPointError(
                f'the loss is {loss} at iteration {self.iteration + 1} of {self.last_iteration}: lower '
                "optim_config['learning_rate'], or bound the gradients with clip_norm=5 or clip_value=1")
        return float(loss), grads

    def _clip(self, grads):
        """Return the gradients within clip_value and clip_norm."""
        if self.clip_value is not None:
            grads = {name: np.clip(dw, -self.clip_value, self.clip_value) for name, dw in grads.items()}
        if self.clip_norm is not None:
            norm = math.hypot(*(float(np.linalg.norm(dw)) for dw in grads.values()))
            if norm > self.clip_norm:
                grads = {name: dw * (self.clip_norm / norm) for name, dw in grads.items()}
        return grads

    def _measure(self):
        """Call the metric and keep a copy of the parameters if they are the best so far."""
        value = float(self.metric(self.model))
        self.metric_history.append((self.iteration, value))
        if value > (-math.inf if self.best_metric is None else self.best_metric):
            self.best_metric = value
            self.best_params = {name: w.copy() for name, w in self.model.params.items()}
