"""Valid answers pass without a word, however they are written; so does the package's own solution."""

import pytest

from cs231n.checks import check
from tests.support.variants import VARIANTS
from tests.support.written_answers import layer_checks, run


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
