"""What StyleTransfer says holds with ImageNet's network too; what does not would be found."""

import nbformat
import pytest
from nbformat import v4

from benchmarks import real_style
from tests.support.real_data import real_files


def _notebook(*texts, error=False):
    outputs = [v4.new_output('stream', name='stdout', text=text) for text in texts]
    outputs += [v4.new_output('error', ename='KeyError', evalue="'x'", traceback=[])] if error else []
    return v4.new_notebook(cells=[v4.new_markdown_cell('a: NOT above 1'), v4.new_code_cell('1', outputs=outputs)])


def test_what_does_not_hold_is_found():
    found = real_style.failures(_notebook('a 0.71: above 0.5\nb 0.41: NOT above 0.5\n', 'c: False\n', error=True))
    assert found == ['b 0.41: NOT above 0.5', 'c: False', "KeyError: 'x'"]
    assert real_style.failures(_notebook('a 0.71: above 0.5\n')) == []


def test_the_saved_notebook_holds_with_the_network_of_the_sample():
    assert real_style.failures(nbformat.read(real_style.NOTEBOOK, 4)) == []


@pytest.mark.slow
def test_the_same_verdicts_hold_with_imagenets_network():
    weights = real_files('squeezenet1_0_imagenet.pt') / 'squeezenet1_0_imagenet.pt'
    assert real_style.failures(real_style.run(nbformat.read(real_style.NOTEBOOK, 4), weights)) == []
