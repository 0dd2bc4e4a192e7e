"""Times the captioning code against PyTorch and against the textbook's way: python -m benchmarks.speed

Both sides of a ratio run by turns in one process; a figure is the median of the turns. All arrays are float32;
the textbook is tests/reference/stepwise.py. The floor is the time of the matrix products alone. Each number of
threads gets a process of its own. Writes benchmarks/speed.json.
"""

import json
import os
import platform
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from statistics import median

from cs231n._shared.console import command

N_ALL, T, W, H, V, D = (25, 64, 128), 16, 256, 512, 1004, 512
THREADS, TURNS = (1, 2), 11
ROOT = Path(__file__).resolve().parents[1]


def by_turns(works, turns=TURNS):
    """{name: function} -> {name: median milliseconds}; the functions run one after the other, `turns` times."""
    times = {name: [] for name in works}
    for turn in range(turns + 1):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            if turn:  # the first one warms up
                times[name].append(time.perf_counter() - start)
    return {name: 1000 * median(values) for name, values in times.items()}


def peak_bytes(work):
    """The most memory that NumPy holds at once during work(), in bytes."""
    tracemalloc.start()
    work()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def draw(*shapes, scale=1.0):
    import numpy as np

    rng = np.random.RandomState(0)
    return [(scale * rng.standard_normal(shape)).astype(np.float32) for shape in shapes]


def cell_works(cell, N):
    """Forward and backward of a recurrent layer: ours, the textbook's, also in float64, PyTorch's, and the floor."""
    import numpy as np
    import torch

    from cs231n import rnn_layers
    from tests.reference import stepwise

    G = 4 * H if cell == 'lstm' else H
    x, h0, dh, a, b = draw((N, T, W), (N, H), (N, T, H), (N * T, G), (G,))
    Wx, Wh = draw((W, G), (H, G), scale=0.05)
    net = {'lstm': torch.nn.LSTM, 'rnn': torch.nn.RNN}[cell](W, H, batch_first=True)
    tensors = [torch.from_numpy(v).requires_grad_() for v in (x, h0[None])]
    state = (tensors[1], torch.zeros(1, N, H)) if cell == 'lstm' else tensors[1]

    def run(module, x=x):
        _, cache = getattr(module, f'{cell}_forward')(x, h0, Wx, Wh, b)
        getattr(module, f'{cell}_backward')(dh, cache)

    def pytorch():
        for v in [*net.parameters(), *tensors]:
            v.grad = None
        net(tensors[0], state)[0].backward(torch.from_numpy(dh))

    def floor():
        rows, step = h0, a[:N]
        x.reshape(N * T, W) @ Wx, a @ Wx.T, x.reshape(N * T, W).T @ a, dh.reshape(N * T, H).T @ a
        for _ in range(T):
            rows @ Wh, step @ Wh.T

    wide = x.astype(np.float64)  # one such array, made by np.zeros without a dtype, and all that follows is float64
    return {'ours': lambda: run(rnn_layers), 'textbook': lambda: run(stepwise), 'pytorch': pytorch, 'floor': floor,
            'textbook in float64': lambda: run(stepwise, wide)}


def captioning(cell, N):
    """A model, a minibatch of full captions, and the same model in PyTorch, with its Adam."""
    import numpy as np
    import torch

    from cs231n.classifiers.rnn import CaptioningRNN

    words = {'<NULL>': 0, '<START>': 1, '<END>': 2} | {f'w{k}': k for k in range(3, V)}
    model = CaptioningRNN(words, D, W, H, cell, rng=np.random.RandomState(0))
    features, = draw((N, D))
    captions = np.random.RandomState(1).randint(3, V, (N, T + 1))

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.project, self.embed = torch.nn.Linear(D, H), torch.nn.Embedding(V, W)
            self.cell = {'lstm': torch.nn.LSTM, 'rnn': torch.nn.RNN}[cell](W, H, batch_first=True)
            self.vocab = torch.nn.Linear(H, V)

        def forward(self, features, words):
            h0 = self.project(features)[None]
            h, _ = self.cell(self.embed(words), (h0, torch.zeros_like(h0)) if cell == 'lstm' else h0)
            return self.vocab(h)

    return model, features, captions, Net()


def step_works(cell, N):
    """A step of training, that is loss, gradients and Adam: ours, the textbook's, PyTorch's."""
    import numpy as np
    import torch

    from cs231n import optim
    from tests.reference import stepwise

    model, features, captions, net = captioning(cell, N)
    ours = {name: {} for name in model.params}
    theirs = {name: {'learning_rate': 1e-3, 'm': 0 * w, 'v': 0 * w, 't': 0} for name, w in model.params.items()}
    adam, words = torch.optim.Adam(net.parameters()), torch.from_numpy(captions)

    def step():
        _, grads = model.loss(features, captions)
        for name, grad in grads.items():
            optim.adam(model.params[name], grad, ours[name])

    def textbook():
        _, grads = stepwise.captioning_loss(model, features, captions)
        for name, grad in grads.items():
            model.params[name] = stepwise.adam(model.params[name], grad, theirs[name]).astype(np.float32)

    def in_float64():
        _, grads = stepwise.captioning_loss(model, features.astype(np.float64), captions)
        for name, grad in grads.items():
            model.params[name] = stepwise.adam(model.params[name], grad, theirs[name]).astype(np.float32)

    def pytorch():
        adam.zero_grad()
        scores = net(torch.from_numpy(features), words[:, :-1])
        torch.nn.functional.cross_entropy(scores.flatten(0, 1), words[:, 1:].flatten(), reduction='sum').backward()
        adam.step()

    return {'ours': step, 'textbook': textbook, 'pytorch': pytorch, 'textbook in float64': in_float64}


def part_works(N):
    """{row: {side: function}} for the parts of a step."""
    import numpy as np

    from cs231n import rnn_layers
    from tests.reference import stepwise

    scores, dout, table = draw((N, T, V), (N, T, W), (V, W))
    words = np.random.RandomState(2).randint(0, V, (N, T))
    mask = np.ones((N, T), bool)
    _, cache = rnn_layers.word_embedding_forward(words, table)
    return {
        'word_embedding_backward': {'ours': lambda: rnn_layers.word_embedding_backward(dout, cache),
                                    'textbook': lambda: stepwise.word_embedding_backward(dout, words, V)},
        'temporal_softmax_loss': {'ours': lambda: rnn_layers.temporal_softmax_loss(scores, words, mask),
                                  'textbook': lambda: stepwise.temporal_softmax_loss(scores, words, mask)}}


def checking_works():
    """The numerical gradient of x that a notebook asks for, N = 2, T = 10: two evaluations for each entry."""
    import numpy as np

    from cs231n import rnn_layers
    from cs231n.gradient_check import eval_numerical_gradient_array
    from tests.reference import stepwise

    shapes = (2, 10, 3), (2, 6), (3, 24), (6, 24), (24,), (2, 10, 6)
    x, *weights, dh = (np.random.RandomState(3).standard_normal(shape) for shape in shapes)
    forward = lambda x: rnn_layers.lstm_forward(x, *weights)[0]
    return {'ours': lambda: eval_numerical_gradient_array(forward, x, dh),
            'textbook': lambda: stepwise.numerical_gradient(forward, x, dh)}


def sampling_works(cell):
    """Greedy captions of 1,000 pictures."""
    from tests.reference import stepwise

    model, *_ = captioning(cell, 1)
    features, = draw((1000, D))
    return {'ours': lambda: model.sample(features, 16), 'textbook': lambda: stepwise.sample(model, features, 16)}


def measure():
    """All rows for the number of threads of this process -> {row: {side: figure}}."""
    rows = {}

    def add(row, works, memory=False, turns=TURNS):
        rows[row] = {f'{side} ms': round(ms, 2) for side, ms in by_turns(works, turns).items()}
        if memory:
            rows[row] |= {f'{side} MB': round(peak_bytes(works[side]) / 1e6, 1) for side in ('ours', 'textbook')}
        print(row, rows[row], file=sys.stderr, flush=True)

    for cell in ('lstm', 'rnn'):
        for N in N_ALL:
            add(f'{cell} forward + backward, N = {N}', cell_works(cell, N))
            add(f'{cell} captioning step, N = {N}', step_works(cell, N), memory=True)
        add(f'{cell} greedy sampling, 1,000 captions', sampling_works(cell), turns=1)
    for N in N_ALL:
        for row, works in part_works(N).items():
            add(f'{row}, N = {N}', works, memory=True)
    add('numerical gradient of lstm_forward', checking_works())
    return rows


def import_seconds():
    """Importing the NumPy side of the package in a fresh process, beyond the interpreter's own start."""
    code = ('import time; start = time.perf_counter(); import cs231n.classifiers.rnn, cs231n.captioning_solver; '
            'seconds = time.perf_counter() - start; import sys; assert "torch" not in sys.modules; print(seconds)')
    runs = [subprocess.run([sys.executable, '-c', code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
            for _ in range(5)]
    return round(median(map(float, runs)), 3)


def machine():
    """What was measured on."""
    import numpy as np
    import torch
    from threadpoolctl import threadpool_info

    blas = next(f"{i['internal_api']} {i['version']} {i['architecture']}" for i in threadpool_info()
                if i['user_api'] == 'blas')
    return {'processor': platform.machine(), 'cores': os.cpu_count(), 'python': platform.python_version(),
            'numpy': np.__version__, 'torch': torch.__version__, 'blas': blas}


@command
def main():
    if '--measure' in sys.argv:
        sys.path.insert(0, str(ROOT / 'tests'))
        import torch
        torch.set_num_threads(int(os.environ['OMP_NUM_THREADS']))
        print(json.dumps(measure()))
        return
    figures = {'machine': machine(), 'sizes': {'T': T, 'W': W, 'H': H, 'V': V, 'D': D}, 'threads': {},
               'import of the NumPy side, seconds': import_seconds()}
    for threads in THREADS:
        env = os.environ | {'OMP_NUM_THREADS': str(threads), 'OPENBLAS_NUM_THREADS': str(threads)}
        out = subprocess.run([sys.executable, '-m', 'benchmarks.speed', '--measure'], cwd=ROOT, env=env, check=True,
                             stdout=subprocess.PIPE, text=True).stdout
        figures['threads'][str(threads)] = json.loads(out)
    Path(__file__).with_suffix('.json').write_text(json.dumps(figures, indent=1) + '\n', encoding='utf-8')


if __name__ == '__main__':
    sys.exit(main())
