"""Valid answers pass without a word, however they are written; so does the package's own solution."""

import pytest
import test_gan_checks
import test_network_checks
import test_style_checks
from student import layer_checks, run
from variants import VARIANTS

from cs231n.checks import check


@pytest.mark.parametrize('one', layer_checks(), ids=lambda one: one.name)
def test_solution_gets_full_points(one):
    result = check(one.function(), name=one.name)
    assert result.passed and result.points == one.points, result
    assert result.hint is result.where is result.note is None


@pytest.mark.parametrize('key', VARIANTS)
def test_valid_variant_passes_without_a_word(key):
    name, source = VARIANTS[key]
    result = check(run(source, name.split('[')[0]), name=name)
    assert result.passed and result.points == result.max_points, result
    assert result.hint is result.where is result.note is None


def test_variants_are_many_and_differ_from_the_usual_text():
    assert len(VARIANTS) >= 25
    sources = [
        source for key, (_, source) in VARIANTS.items() if not key.startswith(('sampling_', 'embedding_'))
    ]
    assert len(set(sources)) >= 25


def test_every_notebook_has_valid_variants_that_nobody_would_guess():
    """Its own test in each of the modules holds that none loses a point or draws a hint."""
    others = [len(module.VARIANTS) for module in (test_gan_checks, test_network_checks, test_style_checks)]
    assert min(others) >= 15 and sum(others) + len(VARIANTS) >= 100
