"""What is asked, a folder a lesson: inputs, outputs and points; no right or wrong answers."""

from importlib import import_module

from cs231n.course.assignment import NOTEBOOKS

# {name: Check}, in the order of the notebooks and of their lessons
CHECKS = {one.name: one for notebook, lessons in NOTEBOOKS.items() for lesson in lessons
          for one in import_module(f'{__name__}.{lesson}.checks').CHECKS if one.notebook == notebook}
