"""CaptioningSolver: its updates, what it reports, and that a resumed run is the uninterrupted one."""

import json
import math
import signal

import h5py
import numpy as np
import pytest

from cs231n import optim
from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.coco_utils import sample_coco_minibatch

WORDS = ['<NULL>', '<START>', '<END>', *'abcdefgh']


def tiny_data(N=57, images=13, seed=0):
    """COCO-like data: captions whose words depend on the image."""
    rng = np.random.RandomState(seed)
    features = rng.standard_normal((images, 5)).astype(np.float32)
    image_idxs = rng.randint(images, size=N)
    captions = np.zeros((N, 7), np.int32)
    captions[:, 0] = 1
    for row, image in zip(captions, image_idxs):
        length = 2 + image % 4
        row[1:1 + length], row[1 + length] = 3 + (image + np.arange(length)) % 8, 2
    return {'train_captions': captions, 'train_image_idxs': image_idxs, 'train_features': features,
            'train_urls': np.array([f'sample://train/{i}' for i in range(images)]),
            'word_to_idx': {word: i for i, word in enumerate(WORDS)}, 'idx_to_word': WORDS}


DATA = tiny_data()


def build(cell_type='lstm', seed=0, dtype=np.float32):
    return CaptioningRNN(DATA['word_to_idx'], 5, 6, 7, cell_type, dtype, rng=np.random.RandomState(seed))


def solve(model=None, num_epochs=2, **options):
    options = {'update_rule': 'adam', 'optim_config': {'learning_rate': 0.02}, 'batch_size': 10,
               'verbose': False, 'seed': 3, **options}
    return CaptioningSolver(model or build(), DATA, num_epochs=num_epochs, **options)


def assert_same_params(actual, expected):
    assert actual.keys() == expected.keys()
    for name, w in expected.items():
        np.testing.assert_array_equal(actual[name], w, err_msg=name)
        assert actual[name].dtype == w.dtype


# -- the updates

@pytest.mark.parametrize('rule', ['sgd', 'sgd_momentum', 'rmsprop', 'adam'])
def test_train_equals_the_loop_written_out(rule):
    settings = {'learning_rate': 0.01}
    solver = solve(update_rule=rule, optim_config=settings, lr_decay=0.5)
    solver.train()
    model, rng, update = build(), np.random.RandomState(3), getattr(optim, rule)
    configs, losses = {name: dict(settings) for name in model.params}, []
    for t in range(10):  # two epochs of 57 // 10 iterations
        captions, features, _ = sample_coco_minibatch(DATA, batch_size=10, split='train', rng=rng)
        loss, grads = model.loss(features, captions)
        losses.append(loss)
        for name in model.params:
            if t == 5:
                configs[name]['learning_rate'] *= 0.5
            model.params[name], configs[name] = update(model.params[name], grads[name], configs[name])
    assert solver.loss_history == [float(loss) for loss in losses]
    assert_same_params(solver.model.params, model.params)
    assert settings == {'learning_rate': 0.01}
    assert (solver.iteration, solver.epoch) == (10, 2)


@pytest.mark.parametrize('cell_type', ['rnn', 'lstm'])
def test_a_few_captions_are_learnt_by_heart(cell_type):
    model = build(cell_type)
    solver = solve(model, num_epochs=80, optim_config={'learning_rate': 0.03}, batch_size=25)
    solver.train()
    assert solver.loss_history[0] > 7 and np.mean(solver.loss_history[-5:]) < 1
    captions, features, _ = sample_coco_minibatch(DATA, 50, rng=np.random.RandomState(0))
    right = (model.sample(features, 6) == captions[:, 1:]).mean()
    assert right > 0.9


def test_the_global_generator_draws_the_minibatches_by_default():
    histories = []
    for seed in (0, 0, 1):
        np.random.seed(seed)
        solver = solve(seed=None)
        solver.train()
        histories.append(solver.loss_history)
    assert histories[0] == histories[1] != histories[2]


@pytest.mark.parametrize('build_rng', [np.random.RandomState, np.random.default_rng])
def test_a_given_generator_draws_the_minibatches(build_rng):
    histories = []
    for _ in range(2):
        np.random.seed()  # of no influence
        solver = solve(seed=None, rng=build_rng(5))
        solver.train()
        histories.append(solver.loss_history)
    assert histories[0] == histories[1]


def test_training_again_goes_on_for_as_many_epochs():
    twice, once = solve(num_epochs=2), solve(num_epochs=4)
    twice.train()
    twice.train()
    once.train()
    assert twice.loss_history == once.loss_history
    assert_same_params(twice.model.params, once.model.params)


class Spy(dict):
    """Data that note which rows are read."""

    def __init__(self, data):
        super().__init__(data)
        self.rows = []

    class Array:
        def __init__(self, array, rows):
            self.array, self.rows, self.shape = array, rows, array.shape

        def __len__(self):
            return len(self.array)

        def __getitem__(self, index):
            assert np.ndim(index) == 1
            self.rows.append(len(index))
            return self.array[index]

    def spy(self, *names):
        for name in names:
            self[name] = self.Array(self[name], self.rows)
        return self


def test_no_more_than_the_minibatch_is_read():
    data = Spy(DATA).spy('train_captions', 'train_features')
    CaptioningSolver(build(), data, batch_size=10, num_epochs=2, verbose=False, seed=0).train()
    assert len(data.rows) == 20 and max(data.rows) <= 10


def test_memmapped_features(tmp_path):
    features = np.memmap(tmp_path / 'features', np.float32, 'w+', shape=DATA['train_features'].shape)
    features[:] = DATA['train_features']
    data = {**DATA, 'train_features': features}
    solver, expected = CaptioningSolver(build(), data, verbose=False, seed=0, num_epochs=1), solve(seed=0)
    solver.train()
    expected = CaptioningSolver(build(), DATA, verbose=False, seed=0, num_epochs=1)
    expected.train()
    assert solver.loss_history == expected.loss_history


def test_data_in_an_hdf5_file(tmp_path):
    with h5py.File(tmp_path / 'data.h5', 'w') as file:
        for key in ('train_captions', 'train_image_idxs', 'train_features'):
            file[key] = DATA[key]
        data = {**DATA, **file}
        solver, expected = (CaptioningSolver(build(), d, verbose=False, seed=0, num_epochs=1) for d in (data, DATA))
        solver.train()
    expected.train()
    assert solver.loss_history == expected.loss_history


# -- clipping

class Steep:
    """A model whose gradients are as given."""

    def __init__(self, **grads):
        self.params = {name: np.zeros_like(dw) for name, dw in grads.items()}
        self.grads = grads

    def loss(self, features, captions):
        return 1.0, self.grads


def step(**options):
    grads = {'a': np.array([3.0, -0.5]), 'b': np.array([[4.0]])}
    model = Steep(**{name: dw.copy() for name, dw in grads.items()})
    solve(model, num_epochs=1, update_rule='sgd', optim_config={'learning_rate': 1.0}, batch_size=57,
          **options).train()
    for name, dw in grads.items():
        np.testing.assert_array_equal(model.grads[name], dw)  # the model's own arrays stay
    return [*-model.params['a'], *-model.params['b'][0]]


def test_clipping():
    assert step() == [3, -0.5, 4]
    assert step(clip_value=2) == [2, -0.5, 2]
    expected = np.array([3, -0.5, 4]) * 0.1 / math.sqrt(25.25)
    np.testing.assert_allclose(step(clip_norm=0.1), expected, rtol=1e-14)
    assert step(clip_norm=100) == [3, -0.5, 4]
    expected = np.array([2, -0.5, 2]) / math.sqrt(8.25)
    np.testing.assert_allclose(step(clip_value=2, clip_norm=1), expected, rtol=1e-14)


def test_clipping_keeps_float32():
    model = build()
    solve(model, clip_value=0.1, clip_norm=0.01).train()
    assert all(w.dtype == np.float32 for w in model.params.values())


def test_a_loss_and_a_metric_in_an_array_of_one_are_numbers():
    class Steeper(Steep):
        def loss(self, features, captions):
            return np.ones(1), self.grads

    solver = solve(Steeper(a=np.ones(2)), metric=lambda model: np.full((1, 1), 0.5))
    solver.train()
    assert solver.loss_history == [1.0] * 10 and type(solver.loss_history[0]) is float
    assert solver.metric_history == [(5, 0.5), (10, 0.5)]


# -- own update rules, and the attributes of the original

def test_an_own_update_rule_is_found_by_its_name(tmp_path, monkeypatch):
    def sign(w, dw, config=None):
        """As in the lessons on optimisers: a new array, and a state of its own, without a learning rate."""
        return w - 0.25 * np.sign(dw), {'calls': (config or {}).get('calls', 0) + 1, 'a/b': dw.copy()}

    monkeypatch.setattr(optim, 'sign', sign, raising=False)
    model = Steep(a=np.ones(2))
    solver = solve(model, update_rule='sign', optim_config=None, lr_decay=0.5)
    solver.train()
    np.testing.assert_array_equal(model.params['a'], np.full(2, -0.25 * 10))
    assert solver.optim_configs['a']['calls'] == 10 and solver.update_rule is sign
    solver.save(tmp_path / 'saved.npz')
    resumed = CaptioningSolver.resume(tmp_path / 'saved.npz', Steep(a=np.zeros(2)), DATA)
    np.testing.assert_array_equal(resumed.optim_configs['a'].pop('a/b'), solver.optim_configs['a'].pop('a/b'))
    assert resumed.optim_configs == solver.optim_configs and resumed.update_rule is sign
    monkeypatch.delattr(optim, 'sign')
    with pytest.raises(ValueError, match=r"update_rule must be one of .*, got 'sign'"):
        CaptioningSolver.resume(tmp_path / 'saved.npz', Steep(a=np.zeros(2)), DATA)


def test_the_attributes_of_the_original_are_there():
    settings = {'learning_rate': 0.02}
    solver = solve(optim_config=settings)
    assert solver.optim_config is settings and solve(optim_config=None).optim_config == {}
    solver.train()
    assert solver.best_val_acc == 0 and solver.train_acc_history == solver.val_acc_history == []
    assert solver.check_accuracy(DATA['train_features'], DATA['train_captions'], num_samples=3, batch_size=2) == 0.0


def test_reset_forgets_the_training():
    fresh, solver = solve(), solve(metric=lambda model: 1.0)
    solver.train()
    solver._reset()
    assert (solver.iteration, solver.epoch, solver.loss_history, solver.metric_history) == (0, 0, [], [])
    assert solver.best_metric is None and solver.best_params == {} and solver.last_iteration == 10
    assert solver.optim_configs == fresh.optim_configs


def test_a_step_written_for_the_original_works():
    """A subclass whose step is that of the starter code, which sets the new parameters one by one."""
    class Original(CaptioningSolver):
        def _step(self):
            captions, features, _ = sample_coco_minibatch(self.data, self.batch_size, split='train', rng=self.rng)
            loss, grads = self.model.loss(features, captions)
            self.loss_history.append(loss)
            for p, w in self.model.params.items():
                next_w, next_config = self.update_rule(w, grads[p], self.optim_configs[p])
                self.model.params[p] = next_w
                self.optim_configs[p] = next_config

    theirs, ours = Original(build(), DATA, update_rule='adam', batch_size=10, seed=3), solve(optim_config=None)
    for _ in range(5):
        theirs._step()
        ours._step()
    assert_same_params(theirs.model.params, ours.model.params)


# -- what it reports

def test_what_is_printed(capsys):
    solve(verbose=True, print_every=4).train()
    lines = capsys.readouterr().out.splitlines()
    assert [line.rsplit(' ', 1)[0] for line in lines] == [
        '(Iteration 1 / 10) loss:', '(Iteration 5 / 10) loss:', '(Iteration 9 / 10) loss:']
    assert all(0 < float(line.split()[-1]) < 20 for line in lines)


def test_the_bar_is_off_by_default_and_hidden_by_the_environment(capsys, monkeypatch):
    monkeypatch.delenv('CS231N_PROGRESS', raising=False)
    solve().train()
    captured = capsys.readouterr()
    assert captured.out == captured.err == ''
    monkeypatch.setenv('CS231N_PROGRESS', '0')
    solve(progress=True).train()
    captured = capsys.readouterr()
    assert captured.out == captured.err == ''
    monkeypatch.delenv('CS231N_PROGRESS')
    solve(progress=True).train()
    captured = capsys.readouterr()
    assert captured.out == '' and '10/10' in captured.err and 'loss=' in captured.err


@pytest.mark.parametrize('metric_every, iterations', [(None, [5, 10]), (3, [3, 6, 9])])
def test_the_best_parameters_are_kept(metric_every, iterations):
    seen = []

    def metric(model):
        seen.append({name: w.copy() for name, w in model.params.items()})
        return [float('nan'), 0.5, 0.25][len(seen) - 1] if metric_every else [0.5, 0.25][len(seen) - 1]

    solver = solve(metric=metric, metric_every=metric_every)
    solver.train()
    assert [iteration for iteration, _ in solver.metric_history] == iterations
    assert solver.best_metric == 0.5
    assert_same_params(solver.best_params, seen[1 if metric_every else 0])
    assert (solver.model.params['W_vocab'] != solver.best_params['W_vocab']).any()


def test_without_a_metric_there_is_no_best():
    solver = solve()
    solver.train()
    assert solver.best_params == {} and solver.best_metric is None and solver.metric_history == []


@pytest.mark.parametrize('value', [np.nan, np.inf, -np.inf])
def test_a_loss_that_is_not_finite_stops_the_training(value):
    class Fails(Steep):
        def loss(self, features, captions):
            return (1.0 if self.params['a'][0] > -2.5 else value), self.grads

    model = Fails(a=np.ones(1))
    solver = solve(model, update_rule='sgd', optim_config={'learning_rate': 1.0})
    with pytest.raises(FloatingPointError) as error:
        solver.train()
    assert str(error.value) == (
        f"the loss is {value} at iteration 4 of 10: lower optim_config['learning_rate'], "
        'or bound the gradients with clip_norm=5 or clip_value=1')
    assert solver.loss_history == [1.0] * 3 and model.params['a'] == -3


# -- saving and resuming

@pytest.mark.parametrize('rule', ['sgd', 'sgd_momentum', 'rmsprop', 'adam'])
@pytest.mark.parametrize('dtype', [np.float32, np.float64])
def test_a_resumed_run_is_the_uninterrupted_one_to_the_bit(tmp_path, rule, dtype):
    options = {'update_rule': rule, 'optim_config': {'learning_rate': dtype(0.01)}, 'lr_decay': dtype(0.9),
               'clip_norm': 3}  # NumPy's scalars, too, have to come back as they were
    whole = solve(build(dtype=dtype), num_epochs=4, **options)
    whole.train()
    half = solve(build(dtype=dtype), num_epochs=2, **options)
    half.train()
    half.save(tmp_path / 'half.npz')
    resumed = CaptioningSolver.resume(tmp_path / 'half.npz', build(dtype=dtype, seed=9), DATA, num_epochs=4)
    resumed.train()
    assert resumed.loss_history == whole.loss_history
    assert_same_params(resumed.model.params, whole.model.params)
    assert resumed.epoch == whole.epoch == 4


@pytest.mark.parametrize('rng', [
    None, np.random.RandomState(3), np.random.default_rng(3), np.random.Generator(np.random.MT19937(3))])
def test_every_kind_of_generator_is_resumed(tmp_path, rng):
    np.random.seed(3)
    half = solve(seed=None, rng=rng)
    half.train()
    half.save(tmp_path / 'half.npz')
    half.train()
    np.random.seed(0)
    resumed = CaptioningSolver.resume(tmp_path / 'half.npz', build(), DATA)
    resumed.train()  # done already: as many epochs more
    assert resumed.loss_history == half.loss_history and len(half.loss_history) == 20
    assert_same_params(resumed.model.params, half.model.params)


class Interrupting(CaptioningRNN):
    """A model during whose n-th loss the user interrupts, as in a notebook."""

    calls_left = 7

    def loss(self, features, captions):
        self.calls_left -= 1
        if self.calls_left == 0:
            raise KeyboardInterrupt
        return super().loss(features, captions)


def test_an_interrupted_run_is_finished_by_train_and_by_resume(tmp_path):
    args = DATA['word_to_idx'], 5, 6, 7, 'lstm'
    solver = solve(Interrupting(*args, rng=np.random.RandomState(0)))
    with pytest.raises(KeyboardInterrupt):
        solver.train()
    assert len(solver.loss_history) == solver.iteration == 6
    solver.save(tmp_path / 'saved.npz')
    solver.train()
    resumed = CaptioningSolver.resume(tmp_path / 'saved.npz', build(), DATA)
    resumed.train()
    whole = solve()
    whole.train()
    assert solver.loss_history == resumed.loss_history == whole.loss_history


class Interruption:
    """An update rule during whose n-th call the user interrupts, in the middle of a step."""

    def __init__(self, monkeypatch, rule, calls_left):
        self.update, self.calls_left = getattr(optim, rule), calls_left
        monkeypatch.setattr(optim, rule, self)

    def __call__(self, w, dw, config):
        self.calls_left -= 1
        updated = self.update(w, dw, config)
        if self.calls_left == 0:
            raise KeyboardInterrupt
        return updated


@pytest.mark.parametrize('call', [1, 2, 8, 9, 20, 40, 41])
@pytest.mark.parametrize('rule', ['sgd', 'sgd_momentum', 'rmsprop', 'adam'])
def test_an_interrupt_between_two_parameters_takes_the_whole_step_back(monkeypatch, rule, call):
    whole = solve(update_rule=rule)
    whole.train()
    Interruption(monkeypatch, rule, call)
    solver = solve(update_rule=rule)
    with pytest.raises(KeyboardInterrupt):
        solver.train()
    steps = (call - 1) // len(solver.model.params)
    assert solver.iteration == len(solver.loss_history) == steps and solver.epoch == steps // 5
    assert rule != 'adam' or {config.get('t', 0) for config in solver.optim_configs.values()} == {steps}
    solver.train()
    assert solver.loss_history == whole.loss_history and solver.iteration == 10
    assert_same_params(solver.model.params, whole.model.params)


def test_an_interrupt_at_any_moment_loses_no_step_and_repeats_none():
    def metric(model):
        return float(model.params['W_vocab'].sum())

    options = dict(num_epochs=40, metric=metric, metric_every=3, lr_decay=0.9)
    whole, solver = solve(**options), solve(**options)
    whole.train()
    moments, interrupts = np.random.RandomState(0), 0

    def interrupt(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        while solver.iteration < solver.last_iteration or solver.metric_due:
            try:
                patience = 1 + interrupts / 50  # so that a slow machine, too, gets to the end
                signal.setitimer(signal.ITIMER_REAL, patience * moments.uniform(0.0005, 0.01))
                solver.train()
                signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                interrupts += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert interrupts > 10
    assert solver.loss_history == whole.loss_history and solver.metric_history == whole.metric_history
    assert_same_params(solver.model.params, whole.model.params)
    assert_same_params(solver.best_params, whole.best_params)
    assert solver.optim_configs['b']['learning_rate'] == whole.optim_configs['b']['learning_rate']


def test_an_interrupted_metric_is_measured_when_training_goes_on(tmp_path):
    def metric(model):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return float(len(calls))

    calls = []
    solver = solve(metric=metric, metric_every=2)
    with pytest.raises(KeyboardInterrupt):
        solver.train()
    assert solver.iteration == 4 and solver.metric_history == [(2, 1.0)]
    solver.save(tmp_path / 'saved.npz')
    solver.train()
    assert [iteration for iteration, _ in solver.metric_history] == [2, 4, 6, 8, 10]
    resumed = CaptioningSolver.resume(tmp_path / 'saved.npz', build(), DATA, metric=metric)
    resumed.train()
    assert [iteration for iteration, _ in resumed.metric_history] == [2, 4, 6, 8, 10]


@pytest.mark.parametrize('name', ['encoder/W', '/', 'a//b', 'params/W', 'W.npy', '..', '', 'meta', 'file', 'W%2Fx',
                                  'a b', 'größe', 'C:\\W', 'W\0', '\ud800', 'x' * 300])
def test_parameters_of_any_name_are_resumed(tmp_path, name):
    model = Steep(**{name: np.ones(2), 'W': np.zeros(3)})
    solver = solve(model, metric=lambda model: 1.0, update_rule='adam')
    solver.train()
    solver.save(tmp_path / 'saved.npz')
    resumed = CaptioningSolver.resume(tmp_path / 'saved.npz', Steep(**{name: np.zeros(2), 'W': np.zeros(3)}), DATA)
    assert_same_params(resumed.model.params, model.params)
    assert_same_params(resumed.best_params, solver.best_params)
    for key in ('m', 'v'):
        np.testing.assert_array_equal(resumed.optim_configs[name][key], solver.optim_configs[name][key])
    assert resumed.optim_configs[name]['t'] == 10


def test_saving_into_a_missing_folder_makes_it_and_what_is_in_the_way_is_named(tmp_path):
    solver = solve()
    solver.save(tmp_path / 'new/folder/saved.npz')
    assert CaptioningSolver.resume(tmp_path / 'new/folder/saved.npz', build(), DATA).iteration == 0
    (tmp_path / 'file').write_text('')
    with pytest.raises(OSError) as error:
        solver.save(tmp_path / 'file/saved.npz')
    assert error.value.filename == str(tmp_path / 'file/saved.npz') and '.tmp' not in str(error.value)


def test_the_best_is_resumed_too(tmp_path):
    def metric(model):
        return -np.abs(model.params['W_vocab']).sum()  # falls as the weights grow

    whole = solve(num_epochs=4, metric=metric, metric_every=2)
    whole.train()
    half = solve(num_epochs=2, metric=metric, metric_every=2)
    half.train()
    half.save(tmp_path / 'half.npz')
    resumed = CaptioningSolver.resume(tmp_path / 'half.npz', build(), DATA, num_epochs=4, metric=metric)
    assert_same_params(resumed.best_params, half.best_params)
    resumed.train()
    assert resumed.metric_history == whole.metric_history and len(whole.metric_history) == 10
    assert resumed.best_metric == whole.best_metric
    assert_same_params(resumed.best_params, whole.best_params)


def test_the_file_holds_no_pickle_and_settings_are_kept(tmp_path):
    solver = solve(clip_value=0.5, lr_decay=np.float64(0.75), batch_size=np.int64(10))
    solver.train()
    solver.save(tmp_path / 'saved.npz')
    with np.load(tmp_path / 'saved.npz', allow_pickle=False) as file:
        assert set(DATA['word_to_idx']).isdisjoint(file)
        meta = json.loads(str(file['meta']))
    assert meta['settings']['clip_value'] == 0.5 and meta['settings']['lr_decay'] == 0.75
    resumed = CaptioningSolver.resume(tmp_path / 'saved.npz', build(), DATA, clip_value=None)
    assert resumed.clip_value is None and resumed.lr_decay == 0.75 and resumed.batch_size == 10


def test_a_failed_save_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / 'saved.npz'
    solver = solve()
    solver.save(path)
    before = path.read_bytes()

    def fail(file, **arrays):
        file.write(b'half')
        raise OSError('disk full')

    monkeypatch.setattr(np, 'savez', fail)
    with pytest.raises(OSError, match='disk full'):
        solver.save(path)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_a_file_for_another_model_is_refused(tmp_path):
    path = tmp_path / 'saved.npz'
    solve().save(path)
    model = build('rnn')
    before = {name: w.copy() for name, w in model.params.items()}
    for other in (model, build(dtype=np.float64)):
        with pytest.raises(ValueError, match=r'CaptioningSolver\.resume: model\.params must be .*, got '):
            CaptioningSolver.resume(path, other, DATA)
    assert_same_params(model.params, before)


@pytest.mark.parametrize('content', [b'', b'not a solver', 'truncated', 'npy', 'npz', 'pickle', 'other json'])
def test_a_file_that_is_no_saved_solver_is_refused(tmp_path, content):
    path = tmp_path / 'saved.npz'
    solve().save(path)
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content == 'truncated':
        path.write_bytes(path.read_bytes()[:-100])
    else:
        with open(path, 'wb') as file:
            if content == 'npy':
                np.save(file, np.ones(3))
            else:
                meta = {'npz': np.ones(3), 'pickle': np.array([{}], object), 'other json': '{}'}
                np.savez(file, meta=meta[content])
    with pytest.raises(ValueError, match=r'resume: path must be a file of save, got .*saved\.npz'):
        CaptioningSolver.resume(path, build(), DATA)


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        CaptioningSolver.resume(tmp_path / 'none.npz', build(), DATA)


# -- bad input

@pytest.mark.parametrize('options, message', [
    ({'update_rule': 'np'}, "CaptioningSolver: update_rule must be one of ('sgd', 'sgd_momentum', 'rmsprop', "
                            "'adam'), got 'np'"),
    ({'seed': 1, 'rng': np.random.RandomState(0)}, 'CaptioningSolver: seed and rng exclude each other'),
    ({'batch_size': 0}, 'CaptioningSolver: batch_size must be a positive integer, got 0'),
    ({'num_epochs': -1}, 'CaptioningSolver: num_epochs must be a positive integer, got -1'),
    ({'print_every': 0}, 'CaptioningSolver: print_every must be a positive integer, got 0'),
    ({'clip_norm': 0}, 'CaptioningSolver: clip_norm must be a positive number, got 0'),
    ({'clip_value': -1}, 'CaptioningSolver: clip_value must be a positive number, got -1'),
    ({'batch_size': None}, 'CaptioningSolver: batch_size must be a positive integer, got None'),
    ({'print_every': None}, 'CaptioningSolver: print_every must be a positive integer, got None'),
    ({'lr_decay': None}, 'CaptioningSolver: lr_decay must be a positive number, got None'),
    ({'batch_size': 7.5}, 'CaptioningSolver: batch_size must be a positive integer, got 7.5'),
    ({'num_epochs': '3'}, "CaptioningSolver: num_epochs must be a positive integer, got '3'"),
    ({'lr_decay': 0}, 'CaptioningSolver: lr_decay must be a positive number, got 0'),
    ({'metric_every': 0}, 'CaptioningSolver: metric_every must be a positive integer, got 0'),
])
def test_bad_settings_name_the_argument(options, message):
    with pytest.raises(ValueError) as error:
        solve(**options)
    assert str(error.value) == message


def test_an_unknown_setting_is_refused():
    with pytest.raises(TypeError, match='learning_rate'):
        solve(learning_rate=1e-3)


# ---- a file with malformed fields ----


def changed(meta, path, value):
    *before, last = path
    for key in before:
        meta = meta[key]
    meta[last] = value


@pytest.mark.parametrize('path, value', [
    (['rng'], 5), (['rng'], []), (['rng', 0], 'Evil'), (['rng', 1], {}), (['rng', 1], None),
    (['rng', 1, 'bit_generator'], 'test'), (['rng', 1, 'bit_generator'], 'ndarray'), (['rng', 1, 'state'], 'x'),
    (['iteration'], '5'), (['epoch'], None), (['last_iteration'], 1.5), (['loss_history'], {}),
    (['loss_history'], ['x']), (['metric_history'], [1]), (['metric_history'], [[1, 2, 3]]), (['metric_due'], 'yes'),
    (['best_metric'], 'high'), (['configs'], []), (['configs', 'W_proj'], 3), (['configs'], {}), (['settings'], {}),
    (['settings', 'batch_size'], 'many'), (['settings', 'update_rule'], 'no_such_rule'), (['settings', 'more'], 1),
])
def test_a_malformed_field_is_an_error_that_names_the_file_and_changes_nothing(tmp_path, path, value):
    solver = solve(num_epochs=1, update_rule='adam', seed=None, rng=np.random.default_rng(3))
    solver.train()
    solver.save(tmp_path / 'good.npz')
    with np.load(tmp_path / 'good.npz') as file:
        arrays = dict(file)
    meta = json.loads(str(arrays['meta']))
    changed(meta, path, value)
    arrays['meta'] = np.array(json.dumps(meta))
    np.savez(tmp_path / 'bad.npz', **arrays)
    model, state = build(seed=9), np.random.get_state()[1].tolist()
    before = {name: w.copy() for name, w in model.params.items()}
    with pytest.raises(ValueError, match=r'resume: path must be a file of save, got .*bad\.npz'):
        CaptioningSolver.resume(tmp_path / 'bad.npz', model, DATA)
    assert np.random.get_state()[1].tolist() == state
    assert_same_params(model.params, before)
