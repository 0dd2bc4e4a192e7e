# %% [markdown]
# In the manner of 2017 to 2024: captions with NumPy, the settings with which fifty captions are learned by heart.
# %%
import cs231n.offline
# %%
import numpy as np

from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.coco_utils import decode_captions, load_coco_data, sample_coco_minibatch
from cs231n.gradient_check import eval_numerical_gradient, eval_numerical_gradient_array
from cs231n.image_utils import image_from_url
from cs231n.rnn_layers import *

def rel_error(x, y):
    return np.max(np.abs(x - y) / (np.maximum(1e-8, np.abs(x) + np.abs(y))))

data = load_coco_data(pca_features=True)
for k, v in data.items():
    print(k, type(v), getattr(v, 'shape', len(v)))
# %%
captions, features, urls = sample_coco_minibatch(data, batch_size=3)
for caption, url in zip(captions, urls):
    assert image_from_url(url).shape == (224, 224, 3)
    print(decode_captions(caption, data['idx_to_word']))
# %%
x, h, Wx, Wh, b = (np.random.randn(*shape) for shape in ((4, 10), (4, 5), (10, 5), (5, 5), (5,)))
out, cache = rnn_step_forward(x, h, Wx, Wh, b)
dnext_h = np.random.randn(*out.shape)
dWh_num = eval_numerical_gradient_array(lambda Wh: rnn_step_forward(x, h, Wx, Wh, b)[0], Wh, dnext_h)
assert rel_error(dWh_num, rnn_step_backward(dnext_h, cache)[3]) < 1e-6
# %%
final = []
for seed in SEEDS:
    np.random.seed(seed)
    small_data = load_coco_data(max_train=50)
    small_rnn_model = CaptioningRNN(cell_type='rnn', word_to_idx=data['word_to_idx'],
                                    input_dim=data['train_features'].shape[1], hidden_dim=512, wordvec_dim=256)
    small_rnn_solver = CaptioningSolver(small_rnn_model, small_data, update_rule='adam', num_epochs=50, batch_size=25,
                                        optim_config={'learning_rate': 5e-3}, lr_decay=0.95, verbose=True,
                                        print_every=10)
    small_rnn_solver.train()
    final.append(small_rnn_solver.loss_history[-1])
print('Final loss: ', final)
assert max(final) < 0.1
# %%
gt_captions, features, urls = sample_coco_minibatch(small_data, split='train', batch_size=2)
sample_captions = decode_captions(small_rnn_model.sample(features), data['idx_to_word'])
for gt_caption, sample_caption in zip(decode_captions(gt_captions, data['idx_to_word']), sample_captions):
    print(sample_caption, '| GT:', gt_caption)
