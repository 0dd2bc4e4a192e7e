# %% [markdown]
# In the manner of 2018 and 2019: PyTorch 1.0, style transfer with the functions in the notebook, values to compare with.
# %%
import cs231n.offline
# %%
import numpy as np
import PIL
import torch
import torchvision
import torchvision.transforms as T

from cs231n.image_utils import SQUEEZENET_MEAN, SQUEEZENET_STD

answers = dict(np.load('style-transfer-checks.npz'))
dtype = torch.FloatTensor
cnn = torchvision.models.squeezenet1_1(pretrained=True).features
cnn.type(dtype)
for param in cnn.parameters():
    param.requires_grad = False
# %%
def rel_error(x, y):
    return np.max(np.abs(x - y) / (np.maximum(1e-8, np.abs(x) + np.abs(y))))

def preprocess(img, size=512):
    return T.Compose([T.Resize(size), T.ToTensor(), T.Normalize(SQUEEZENET_MEAN.tolist(), SQUEEZENET_STD.tolist()),
                      T.Lambda(lambda x: x[None])])(img)

def extract_features(x, cnn):
    features = []
    for module in cnn._modules.values():
        x = module(x)
        features.append(x)
    return features

def features_from_img(imgpath, imgsize):
    img = preprocess(PIL.Image.open(imgpath), size=imgsize).type(dtype)
    return extract_features(img, cnn), img
# %%
feats, content = features_from_img('styles/tubingen.jpg', 192)
blank = extract_features(torch.zeros(*content.size()).type(dtype), cnn)
student = 6e-2 * torch.sum((feats[3] - blank[3]) ** 2)
error = rel_error(answers['cl_out'], student.numpy())
print('Maximum error is {:.3f}'.format(error))
assert error < 1e-3
# %%
def gram_matrix(features):
    N, C, H, W = features.size()
    rows = features.view(N, C, H * W)
    return torch.matmul(rows, rows.permute(0, 2, 1)) / (C * H * W)

painted, _ = features_from_img('styles/starry_night.jpg', 192)
error = rel_error(answers['gm_out'], gram_matrix(painted[5]).numpy())
print('Maximum error is {:.3f}'.format(error))
assert error < 1e-3
# %%
layers, weights = [1, 4, 6, 7], [300000, 1000, 15, 3]
student = sum(w * torch.sum((gram_matrix(feats[k]) - gram_matrix(painted[k])) ** 2) for k, w in zip(layers, weights))
error = rel_error(answers['sl_out'], student.numpy())
print('Error is {:.3f}'.format(error))
assert error < 1e-3
# %%
tv = 2e-2 * (torch.sum((content[:, :, 1:] - content[:, :, :-1]) ** 2)
             + torch.sum((content[:, :, :, 1:] - content[:, :, :, :-1]) ** 2))
error = rel_error(answers['tv_out'], tv.numpy())
print('Error is {:.3f}'.format(error))
assert error < 1e-3
# %%
img = content[:, :, :64, :64].clone().requires_grad_()
optimizer = torch.optim.Adam([img], lr=3.0)
for t in range(3):
    optimizer.zero_grad()
    loss = sum(torch.sum((gram_matrix(f) - gram_matrix(g)) ** 2) for f, g in zip(extract_features(img, cnn), painted))
    loss.backward()
    optimizer.step()
print('Iteration', t, loss.item())
for name in ('composition_vii', 'the_scream', 'starry_night'):
    assert PIL.Image.open('styles/%s.jpg' % name).size[0] > 200
