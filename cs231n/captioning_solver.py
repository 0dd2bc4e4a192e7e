"""CaptioningSolver: trains a captioning model by minibatch gradient descent."""

import copy
import math
from functools import partial
from numbers import Integral, Real

import numpy as np

from cs231n import optim
from cs231n._shared.progress import progress_bar
from cs231n._shared.resumable import Resumable, at_once, rng_state, set_rng_state
from cs231n.coco_utils import sample_coco_minibatch


class CaptioningSolver(Resumable):
    """Train a model with `.params` and `.loss(features, captions) -> loss, grads` on COCO-like data.

    The data stay where they are, an array, a memmap or an HDF5 dataset: each iteration reads one minibatch.
    """

    def __init__(self, model, data, *, update_rule='sgd', optim_config=None, lr_decay=1.0, batch_size=100,
                 num_epochs=10, print_every=10, verbose=True, seed=None, rng=None, clip_value=None,
                 clip_norm=None, metric=None, metric_every=None, progress=False):
        """Set up the training; nothing is computed yet.

        data: a dict as from load_coco_data. update_rule: the name of a function in `cs231n.optim`, which may be
        one of your own; optim_config: its settings.
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
        rules = tuple(name for name, rule in vars(optim).items() if callable(rule) and not name.startswith('_'))
        if update_rule not in rules:
            raise ValueError(f'CaptioningSolver: update_rule must be one of {rules}, got {update_rule!r}')
        if seed is not None and rng is not None:
            raise ValueError('CaptioningSolver: seed and rng exclude each other')
        self.model, self.data = model, data
        self.update_rule, self.rule_name, self.batch_size = getattr(optim, update_rule), update_rule, batch_size
        self.num_epochs, self.print_every, self.verbose = num_epochs, print_every, verbose
        self.clip_value, self.clip_norm = clip_value, clip_norm
        self.metric, self.metric_every, self.progress = metric, metric_every, progress
        self.lr_decay, self.optim_config = lr_decay, {} if optim_config is None else optim_config
        for name in ('batch_size', 'num_epochs', 'print_every', 'metric_every', 'clip_value', 'clip_norm', 'lr_decay'):
            value, kind = getattr(self, name), Real if name in ('clip_value', 'clip_norm', 'lr_decay') else Integral
            if value is None and name in ('metric_every', 'clip_value', 'clip_norm'):
                continue
            if not (isinstance(value, kind) and value > 0):
                wanted = 'positive integer' if kind is Integral else 'positive number'
                raise ValueError(f'CaptioningSolver: {name} must be a {wanted}, got {value!r}')
        self.rng = np.random.RandomState(seed) if seed is not None else rng
        self.lr_decay = float(lr_decay)  # Python's: NumPy's would not come back from a saved state as it was
        self.iterations_per_epoch = max(len(data['train_captions']) // batch_size, 1)
        self._reset()

    def _reset(self):
        """Forget all training but the parameters themselves."""
        config = {key: float(value) if isinstance(value, np.floating) else value
                  for key, value in self.optim_config.items()}
        self.optim_configs = {name: copy.deepcopy(config) for name in self.model.params}
        self.iteration = self.epoch = 0
        self.last_iteration = self.num_epochs * self.iterations_per_epoch
        self.loss_history, self.metric_history, self.metric_due = [], [], False
        self.best_params, self.best_metric = {}, None
        self.best_val_acc, self.train_acc_history, self.val_acc_history = 0, [], []  # the original's: never filled

    def train(self):
        """Run the epochs that are left, or num_epochs more where none is; losses are added to loss_history.

        An interrupt loses the step it falls into and nothing else: calling train again goes on from there.
        FloatingPointError when the loss is not finite; the parameters are then those that gave it.
        """
        if self.metric_due:  # an interrupt kept it from being measured
            self._measure()
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
        before, iteration = rng_state(self.rng), self.iteration
        try:
            loss, grads = self._loss()
            self._update(loss, self._clip(grads))
        except BaseException:  # an interrupt, too: the next train() must draw this minibatch again
            if self.iteration == iteration:
                set_rng_state(self.rng, before)
            raise
        if self.metric_due:
            self._measure()
        return loss

    def _update(self, loss, grads):
        """Apply the update rule to every parameter, count the step, and let the learning rate decay after an epoch.

        The rules work in place, so they get copies, and all that is new takes its place at once.
        """
        params, configs, iteration = {}, {}, self.iteration + 1
        for name, w in self.model.params.items():
            params[name], configs[name] = self.update_rule(w.copy(), grads[name],
                                                           copy.deepcopy(self.optim_configs[name]))
        end_of_epoch = iteration % self.iterations_per_epoch == 0
        if end_of_epoch:
            for config in configs.values():
                if 'learning_rate' in config:
                    config['learning_rate'] *= self.lr_decay
        due = iteration % self.metric_every == 0 if self.metric_every else end_of_epoch
        at_once(
            partial(self.model.params.update, params), partial(self.loss_history.append, loss),
            partial(vars(self).update, optim_configs=configs, iteration=iteration, epoch=self.epoch + end_of_epoch,
                    metric_due=bool(self.metric and due)))

    def _loss(self):
        """Draw a minibatch and return its loss, a float, and the gradients."""
        captions, features, _urls = sample_coco_minibatch(
            self.data, batch_size=self.batch_size, split='train', rng=self.rng)
        loss, grads = self.model.loss(features, captions)
        loss = float(np.asarray(loss).item())  # a number, also in an array of one
        if not np.isfinite(loss):
            raise FloatingPointError(
                f'the loss is {loss} at iteration {self.iteration + 1} of {self.last_iteration}: lower '
                "optim_config['learning_rate'], or bound the gradients with clip_norm=5 or clip_value=1")
        return loss, grads

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
        value = float(np.asarray(self.metric(self.model)).item())
        changes = {'metric_due': False}
        if value > (-math.inf if self.best_metric is None else self.best_metric):
            changes['best_metric'] = value
            changes['best_params'] = {name: w.copy() for name, w in self.model.params.items()}
        at_once(partial(self.metric_history.append, (self.iteration, value)), partial(vars(self).update, changes))

    def check_accuracy(self, X, y, num_samples=None, batch_size=100):
        """Return 0.0, as in the original: captions have no accuracy. Give `metric` a measure that you trust."""
        return 0.0
