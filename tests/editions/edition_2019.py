# %% [markdown]
# Habits of 2018 to 2024 that the other files have not: magics, Colab's head, other ways to ask for weights, old calls.
# %%
import cs231n.offline
# %%
from __future__ import print_function

from google.colab import drive

drive.mount('/content/drive', force_remount=True)
FOLDERNAME = 'cs231n/assignments/assignment3/'
assert FOLDERNAME is not None, 'enter the name of the folder'
import sys

sys.path.append('/content/drive/My Drive/{}'.format(FOLDERNAME))
%cd /content/drive/My\ Drive/$FOLDERNAME/cs231n/datasets/
!bash no_such_script_get_datasets.sh
%cd /content/drive/My\ Drive/$FOLDERNAME
# %%
import json
import os
import time

import matplotlib.pyplot as plt
import numpy as np

from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.coco_utils import decode_captions, load_coco_data, sample_coco_minibatch
from cs231n.gradient_check import eval_numerical_gradient, eval_numerical_gradient_array
from cs231n.image_utils import image_from_url
from cs231n.rnn_layers import *

%matplotlib inline
plt.rcParams['figure.figsize'] = (10.0, 8.0)
plt.rcParams['image.interpolation'] = 'nearest'
plt.rcParams['image.cmap'] = 'gray'
%load_ext autoreload
%autoreload 2
# %%
data = load_coco_data(pca_features=True)
for k, v in data.items():
    if type(v) == np.ndarray:
        print(k, type(v), v.shape, v.dtype)
    else:
        print(k, type(v), len(v))
captions, features, urls = sample_coco_minibatch(data, batch_size=3)
for caption, url in zip(captions, urls):
    plt.imshow(image_from_url(url))
    plt.axis('off')
    plt.title(decode_captions(caption, data['idx_to_word']))
    plt.show()
# %%
import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision
import torchvision.transforms as T
from scipy.misc import imread, imresize, imsave
from torch.autograd import Variable
from torchvision.models import squeezenet1_1

networks = [squeezenet1_1(pretrained=True), squeezenet1_1(True), squeezenet1_1(weights='IMAGENET1K_V1'),
            squeezenet1_1(weights='DEFAULT'), squeezenet1_1(weights=torchvision.models.SqueezeNet1_1_Weights.DEFAULT),
            torchvision.models.squeezenet.squeezenet1_1(pretrained=True),
            torchvision.models.get_model('squeezenet1_1', weights='DEFAULT'),
            torch.hub.load('pytorch/vision:v0.6.0', 'squeezenet1_1', pretrained=True)]
x = torch.randn(1, 3, 64, 64)
assert all(torch.equal(networks[0].eval()(x), other.eval()(x)) for other in networks)
# %%
from cs231n.data_utils import load_imagenet_val
from cs231n.net_visualization_pytorch import (
    blur_image, class_visualization_update_step, compute_saliency_maps, create_class_visualization, deprocess, jitter,
    make_fooling_image, preprocess)

X, y, class_names = load_imagenet_val(num=5)
model = networks[0]
dtype = torch.FloatTensor
model.type(dtype)
img = create_class_visualization(76, model, dtype, num_iterations=2, show_every=1)
plt.imshow(deprocess(img.clone().cpu()))
plt.title('%s\nIteration %d / %d' % (class_names[76], 2, 2))
plt.gcf().set_size_inches(4, 4)
plt.show()
X_tensor = torch.cat([preprocess(T.ToPILImage()(x)) for x in X])
plt.imshow(compute_saliency_maps(X_tensor, torch.LongTensor(y), model).numpy()[0], cmap=plt.cm.hot)
# %%
scores = model(Variable(X_tensor, volatile=True))
assert isinstance(scores, Variable)
print(F.softmax(scores).data.max(1)[0].size(), F.log_softmax(scores).size(), F.sigmoid(scores).mean().data[0])
loss = F.mse_loss(scores, Variable(torch.zeros(scores.size())), size_average=False)
print('%.1f' % (loss.data[0] / loss.data[0]), type(loss.data.cpu().numpy()), np.asscalar(np.array(1.0)))
best = torch.max(scores, 1)[1]
print(best.data[0], scores.data.norm(), torch.nn.utils.clip_grad_norm([nn.Parameter(torch.ones(2))], 1.0) is not None)
# %%
D = nn.Sequential(nn.Linear(784, 4), nn.LeakyReLU(0.01), nn.Linear(4, 1))
for m in D.modules():
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform(m.weight)
        nn.init.xavier_normal(m.weight.data)
        nn.init.kaiming_normal(m.weight)
        nn.init.constant(m.bias, 0)
mnist = torchvision.datasets.MNIST('./cs231n/datasets/MNIST_data', train=True, download=True, transform=T.ToTensor())
print(mnist.train_data.size(), mnist.train_labels.size(), len(mnist))
loader = torch.utils.data.DataLoader(mnist, batch_size=8)
imgs = iter(loader).next()[0].view(8, 784).numpy().squeeze()
for x, _ in loader:
    logits = D(2 * (x.type(dtype).view(-1, 784) - 0.5))
    print(logits.data.size(), nn.BCEWithLogitsLoss(size_average=True)(logits, Variable(torch.ones(8, 1))).data[0] > 0)
    break
# %%
from cs231n.style_transfer_pytorch import (
    content_loss, extract_features, features_from_img, gram_matrix, preprocess, rel_error, style_loss, tv_loss)

cnn = torchvision.models.squeezenet1_1(pretrained=True).features
cnn.type(torch.FloatTensor)
for param in cnn.parameters():
    param.requires_grad = False
import PIL

answers = dict(np.load('style-transfer-checks.npz').items())
content_img = preprocess(PIL.Image.open('styles/tubingen.jpg'), size=192)
feats = extract_features(content_img.type(dtype), cnn)
feats_of_file, img_var = features_from_img('styles/starry_night.jpg', 192, cnn)
student = content_loss(6e-2, feats[2], torch.zeros(feats[2].size()).type(dtype)).data.numpy()
print(sorted(answers), student.shape, len(feats))
image = imresize(imread('styles/tubingen.jpg'), 0.5)
print(image.dtype, image.ndim)
# %%
word_vectors = nn.Embedding(10, 4)
word_vectors.weight.data.uniform_(-0.1, 0.1)
x = np.ones((2, 3), dtype=np.int)
print(word_vectors(Variable(torch.LongTensor(x.astype(np.int64)))).size(), np.float is float, np.bool is bool)
