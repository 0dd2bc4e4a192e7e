"""Read by Jupyter in the image that the Dockerfile makes: whoever starts for the first time gets a copy to work on."""

import shutil
from pathlib import Path

home = Path.home() / 'cs231n'
if not home.exists():
    shutil.copytree('/opt/cs231n', home, ignore=shutil.ignore_patterns('coco_captioning', 'MNIST', 'cache'))
