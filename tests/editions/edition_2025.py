# %% [markdown]
# In the manner of 2025 and 2026: captions in PyTorch, forward only.
# %%
import cs231n.offline
# %%
import numpy as np
import torch

from cs231n.captioning_solver_pytorch import CaptioningSolverPytorch
from cs231n.classifiers.rnn_pytorch import CaptioningRNN
from cs231n.coco_utils import decode_captions, load_coco_data, sample_coco_minibatch
from cs231n.gradient_check import eval_numerical_gradient
from cs231n.rnn_layers_pytorch import *

def rel_error(x, y):
    return np.max(np.abs(x - y) / (np.maximum(1e-8, np.abs(x) + np.abs(y))))
# %%
N, T, D, H = 2, 3, 4, 5
x = torch.linspace(-0.1, 0.3, steps=N * T * D).reshape(N, T, D)
h0 = torch.linspace(-0.3, 0.1, steps=N * H).reshape(N, H)
Wx = torch.linspace(-0.2, 0.4, steps=D * H).reshape(D, H)
Wh = torch.linspace(-0.4, 0.1, steps=H * H).reshape(H, H)
b = torch.linspace(-0.7, 0.1, steps=H)
h = rnn_forward(x, h0, Wx, Wh, b)
assert torch.allclose(h[:, 0], rnn_step_forward(x[:, 0], h0, Wx, Wh, b)) and h.shape == (N, T, H)
# %%
for cell_type, low, high, expected in (('rnn', -1.5, 0.3, 9.83235591003), ('lstm', -0.5, 1.7, 9.82445935443)):
    N, D, W, H, T = 10, 20, 30, 40, 13
    word_to_idx = {'<NULL>': 0, 'cat': 2, 'dog': 3}
    V = len(word_to_idx)
    model = CaptioningRNN(word_to_idx, input_dim=D, wordvec_dim=W, hidden_dim=H, cell_type=cell_type,
                          dtype=torch.float64)
    for k, v in model.params.items():
        model.params[k] = torch.linspace(-1.4, 1.3, steps=v.numel(), dtype=torch.float64).reshape(*v.shape)
    features = torch.linspace(low, high, steps=N * D, dtype=torch.float64).reshape(N, D)
    captions = (torch.arange(N * T) % V).reshape(N, T)
    loss = model.loss(features, captions)
    print('difference:', abs(loss - expected).item())
    assert abs(loss - expected) < 1e-10
# %%
torch.manual_seed(231)
features, captions = torch.randn(2, 4, dtype=torch.float64), torch.randint(V, size=(2, 3))
model = CaptioningRNN(word_to_idx, input_dim=4, wordvec_dim=5, hidden_dim=6, cell_type='rnn', dtype=torch.float64)
loss = model.loss(features, captions)
loss.backward()
for name in sorted(model.params):
    num = eval_numerical_gradient(lambda _: model.loss(features, captions), model.params[name], verbose=False, h=1e-5)
    error = rel_error(num, model.params[name].grad.numpy())
    print('%s relative error: %e' % (name, error))
    assert error < 1e-6
# %%
np.random.seed(231)
torch.manual_seed(231)
small_data = load_coco_data(max_train=50)
small_rnn_model = CaptioningRNN(cell_type='rnn', word_to_idx=small_data['word_to_idx'],
                                input_dim=small_data['train_features'].shape[1], hidden_dim=512, wordvec_dim=256)
small_rnn_solver = CaptioningSolverPytorch(small_rnn_model, small_data, update_rule='adam', num_epochs=50, batch_size=25,
                                           optim_config={'learning_rate': 5e-3}, lr_decay=0.95, verbose=True,
                                           print_every=10)
small_rnn_solver.train()
print('Final loss: ', small_rnn_solver.loss_history[-1])
assert small_rnn_solver.loss_history[-1] < 0.1
# %%
gt_captions, features, urls = sample_coco_minibatch(small_data, split='train', batch_size=2)
print(decode_captions(small_rnn_model.sample(features), small_data['idx_to_word']))
