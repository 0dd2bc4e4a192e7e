"""What a wheel holds: the package without what students do not get, with the tables and weights of datasets/."""

from pathlib import Path

from setuptools import find_packages, setup

KEPT = ()  # what is in the repository and in no wheel: whole folders
# BEGIN MAINTAINERS
KEPT = ('cs231n.answer_key', 'cs231n.handout', 'cs231n.grading', 'cs231n.sample_world.training')
# END MAINTAINERS

requirements = Path(__file__).with_name('requirements.txt').read_text(encoding='utf-8')
needed = [line.partition('#')[0].strip() for line in requirements.partition('# BEGIN MAINT' 'AINERS')[0].splitlines()]

setup(
    packages=[*find_packages(include=['cs231n*'], exclude=[f'{name}{end}' for name in KEPT for end in ('', '.*')]),
              'cs231n.datasets'],
    package_dir={'cs231n.datasets': 'datasets'},
    package_data={'': ['*.json', '*.npz'],
                  'cs231n.datasets': ['README.md', 'files.tsv', 'sample/*.pt', 'sample/*net.json']},
    install_requires=[line for line in needed if line],
)
