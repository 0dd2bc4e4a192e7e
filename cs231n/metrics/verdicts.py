"""Numbers with a verdict: what a notebook prints, of which the replay compares the verdict on every processor."""

import numpy as np


def verdict(name, value, above=None, below=None, form='.2f'):
    """Return a line with a number and whether it is as expected: 'BLEU-4 0.71: above 0.5'.

    If it is not, the line says so: 'BLEU-4 0.41: NOT above 0.5'. Whoever replays the notebook on another processor
    may get another last digit: tests/nbval.cfg masks the number before the colon, and the rest is compared.

    name: what was measured; value: a number, or an array that holds one; above, below: bounds, of which the value
    itself is out; form: how the number is written, '.0%' as 94 %. TypeError: value or a bound is no number.
    ValueError: no bound, or `form` is not one for numbers.
    """
    number = _number('value', value)
    bounds = [(word, _number(word, bound)) for word, bound in (('above', above), ('below', below)) if bound is not None]
    if not bounds:
        raise ValueError('verdict: above or below must be given, got neither')
    try:
        written = format(number, form).replace('%', ' %')
    except ValueError as error:
        raise ValueError(f"verdict: form must be a format of numbers such as '.2f' or '.0%', got {form!r}") from error
    said = []
    for word, bound in bounds:
        holds = number > bound if word == 'above' else number < bound
        limit = f'{100 * bound:.12g} %' if form.endswith('%') else f'{bound:.12g}'
        said.append(f"{'' if holds else 'NOT '}{word} {limit}")
    return f"{name} {written}: {', '.join(said)}"


def _number(argument, value):
    """Return a number as a float."""
    array = np.asarray(value.detach().cpu() if hasattr(value, 'detach') else value)
    if array.size != 1 or array.dtype.kind not in 'bfiu':
        raise TypeError(f'verdict: {argument} must be a number, got {type(value).__name__}')
    return float(array.reshape(-1)[0])
