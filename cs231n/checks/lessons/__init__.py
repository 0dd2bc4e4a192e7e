"""What is asked, a folder a lesson: inputs, outputs and points; no right or wrong answers."""

from importlib import import_module

from cs231n.course.assignment import EDITIONS, EXTRA, NOTEBOOKS

LESSONS = {notebook: (*lessons, *(EDITIONS['pytorch'] if notebook in ('RNN', 'LSTM') else ()))
           for notebook, lessons in (NOTEBOOKS | EXTRA).items()}

# {name: Check}, in the order of the notebooks and of their lessons, those of both editions
CHECKS = {one.name: one for notebook, lessons in LESSONS.items() for lesson in lessons
          for one in import_module(f'{__name__}.{lesson}.checks').CHECKS if one.notebook == notebook}
