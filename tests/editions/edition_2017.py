# %% [markdown]
# In the manner of 2017: PyTorch 0.2, functions in the notebook, Variables, names that have gone since.
# %%
import cs231n.offline
# %%
import numpy as np
import torch
import torch.nn as nn
import torchvision
import torchvision.datasets as dset
import torchvision.transforms as T
from PIL import Image
from scipy.misc import imread
from scipy.ndimage.filters import gaussian_filter1d
from torch.autograd import Variable
from torch.utils.data import DataLoader, sampler

from cs231n.data_utils import load_imagenet_val
from cs231n.image_utils import SQUEEZENET_MEAN, SQUEEZENET_STD

dtype = torch.FloatTensor
# %%
def preprocess(img, size=224):
    steps = [T.Scale(size), T.ToTensor(), T.Normalize(mean=SQUEEZENET_MEAN.tolist(), std=SQUEEZENET_STD.tolist()),
             T.Lambda(lambda x: x[None])]
    return T.Compose(steps)(img)

model = torchvision.models.squeezenet1_1(pretrained=True)
model.type(dtype)
for param in model.parameters():
    param.requires_grad = False
X, y, class_names = load_imagenet_val(num=5)
print([class_names[label] for label in y])
# %%
X_tensor = torch.cat([preprocess(Image.fromarray(x), size=112) for x in X], dim=0)
X_var, y_var = Variable(X_tensor, requires_grad=True), Variable(torch.LongTensor(y))
scores = model(X_var)
scores.gather(1, y_var.view(-1, 1)).squeeze().backward(torch.ones(5))
saliency = X_var.grad.data.abs().max(1)[0].squeeze()
assert saliency.size() == (5, 112, 112) and saliency.max() > 0
# %%
target_y, X_fooling = 6, Variable(X_tensor[:1].clone(), requires_grad=True)
model.eval()
for i in range(100):
    scores = model(X_fooling)
    if scores.data.max(1)[1][0] == target_y:
        break
    score = scores[0, target_y]
    score.backward()
    grad = X_fooling.grad.data
    X_fooling.data += grad / grad.norm()
    X_fooling.grad.data.zero_()
assert target_y == scores.data.max(1)[1][0], 'The model is not fooled!'
print(i, 'steps to', class_names[target_y], 'score', score.data[0])
# %%
def blur_image(X, sigma=1):
    X_np = X.cpu().clone().numpy()
    for axis in (2, 3):
        X_np = gaussian_filter1d(X_np, sigma, axis=axis)
    X.copy_(torch.Tensor(X_np).type_as(X))
    return X

for target_y in (76, 187, 336, np.random.randint(1000)):
    img = Variable(torch.randn(1, 3, 64, 64).type(dtype), requires_grad=True)
    for t in range(4):
        loss = model(img)[0, target_y] - 1e-3 * torch.sum(img * img)
        loss.backward()
        img.data += 25 * img.grad.data / img.grad.data.norm()
        img.grad.data.zero_()
        blur_image(img.data, sigma=0.5)
    print(class_names[target_y], loss.data[0])
# %%
class ChunkSampler(sampler.Sampler):
    def __init__(self, num_samples, start=0):
        self.num_samples, self.start = num_samples, start

    def __iter__(self):
        return iter(range(self.start, self.start + self.num_samples))

    def __len__(self):
        return self.num_samples

NUM_TRAIN, NUM_VAL, batch_size = 50000, 5000, 128
loaders = []
for count, start in ((NUM_TRAIN, 0), (NUM_VAL, NUM_TRAIN)):
    mnist = dset.MNIST('./cs231n/datasets/MNIST_data', train=True, download=True, transform=T.ToTensor())
    loaders.append(DataLoader(mnist, batch_size=batch_size, sampler=ChunkSampler(count, start)))
imgs = loaders[0].__iter__().next()[0].view(batch_size, 784).numpy().squeeze()
assert imgs.shape == (128, 784) and len(list(ChunkSampler(NUM_VAL, NUM_TRAIN))) == 5000
assert loaders[1].__iter__().next()[0].size() == (128, 1, 28, 28)
# %%
from cs231n.gan_pytorch import Flatten, Unflatten

def initialize_weights(m):
    if isinstance(m, (nn.Linear, nn.ConvTranspose2d)):
        nn.init.xavier_uniform(m.weight.data)

D = nn.Sequential(Unflatten(batch_size, 1, 28, 28), Flatten(), nn.Linear(784, 1)).type(dtype)
G = nn.Sequential(nn.Linear(96, 784), nn.Tanh()).type(dtype)
D.apply(initialize_weights), G.apply(initialize_weights)
bce = nn.BCEWithLogitsLoss()
for x, _ in loaders[0]:
    fake = G(Variable(torch.rand(batch_size, 96) * 2 - 1).type(dtype))
    labels = Variable(torch.ones(batch_size, 1))
    d_total_error = bce(D(2 * (x - 0.5)), labels) + bce(D(fake.detach()), 1 - labels)
    d_total_error.backward()
    break
print('Iter: {}, D: {:.4}'.format(0, d_total_error.data[0]))
