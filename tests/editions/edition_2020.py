# %% [markdown]
# In the manner of 2020 to 2024: on Colab, functions in the package; visualization and GANs.
# %%
import cs231n.offline
# %%
from google.colab import drive
drive.mount('/content/drive', force_remount=True)
# %%
import numpy as np
import torch
import torchvision
import torchvision.datasets as dset
import torchvision.transforms as T
from PIL import Image
from torch.utils.data import DataLoader

from cs231n.data_utils import load_imagenet_val
from cs231n.net_visualization_pytorch import compute_saliency_maps, make_fooling_image, preprocess

model = torchvision.models.squeezenet1_1(pretrained=True)
for param in model.parameters():
    param.requires_grad = False
X, y, class_names = load_imagenet_val(num=5)
X_tensor = torch.cat([preprocess(Image.fromarray(x), size=112) for x in X], dim=0)
y_tensor = torch.LongTensor(y)
assert compute_saliency_maps(X_tensor, y_tensor, model).shape == (5, 112, 112)
# %%
idx, target_y = 0, 6
X_fooling = make_fooling_image(X_tensor[idx:idx + 1], target_y, model)
model.eval()
scores = model(X_fooling)
assert target_y == scores.data.max(1)[1][0].item(), 'The model is not fooled!'
print(class_names[y[idx]], '->', class_names[target_y])
# %%
from cs231n.net_visualization_pytorch import create_class_visualization

dtype = torch.FloatTensor
model.type(dtype)
for target_y in (76, np.random.randint(low=0, high=1000)):
    out = create_class_visualization(target_y, model, dtype, num_iterations=2, size=64)
    print(class_names[target_y], tuple(out.shape))
# %%
from cs231n.gan_pytorch import (ChunkSampler, bce_loss, build_dc_classifier, discriminator, discriminator_loss, generator,
                                generator_loss, get_optimizer, ls_discriminator_loss, ls_generator_loss, preprocess_img,
                                run_a_gan)

NUM_TRAIN, NUM_VAL, NOISE_DIM, batch_size = 50000, 5000, 96, 128
mnist_train = dset.MNIST('./cs231n/datasets/MNIST_data', train=True, download=True, transform=T.ToTensor())
loader_train = DataLoader(mnist_train, batch_size=batch_size, sampler=ChunkSampler(NUM_TRAIN, 0))
mnist_val = dset.MNIST('./cs231n/datasets/MNIST_data', train=True, download=True, transform=T.ToTensor())
loader_val = DataLoader(mnist_val, batch_size=batch_size, sampler=ChunkSampler(NUM_VAL, NUM_TRAIN))
iterator = iter(loader_train)
imgs, labels = next(iterator)
imgs = imgs.view(batch_size, 784).numpy().squeeze()
assert imgs.shape == (128, 784) and len(next(iter(loader_val))[0]) == 128
# %%
few = DataLoader(mnist_train, batch_size=batch_size, sampler=ChunkSampler(5 * batch_size + 44, 0))
for d_loss, g_loss in ((discriminator_loss, generator_loss), (ls_discriminator_loss, ls_generator_loss)):
    D, G = discriminator().type(dtype), generator().type(dtype)
    images = run_a_gan(D, G, get_optimizer(D), get_optimizer(G), d_loss, g_loss, few, show_every=2, num_epochs=1,
                       batch_size=batch_size)
    numIter = 0
    for img in images:
        print('Iter: {}'.format(numIter), img.shape)
        numIter += 2
    assert len(images) == 3
assert build_dc_classifier(batch_size)(torch.randn(batch_size, 1, 28, 28)).size() == (batch_size, 1)
