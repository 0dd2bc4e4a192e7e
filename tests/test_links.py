"""Every link of a document leads to a file and a heading that are there."""

import pytest

from tests.support.links import ROOT, anchors, broken, documents, links

STUDENT = '.student.md'  # these lie at the top of what a student gets


@pytest.mark.parametrize('path', sorted(documents()), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path):
    assert broken(path, documents()[path], ROOT if path.name.endswith(STUDENT) else None) == []


@pytest.mark.parametrize('text', ['[x](no.md)', '[x](README.md#no-such-heading)', '[x](#nowhere)', '![x](docs/no.png)'])
def test_a_broken_link_is_found(text):
    assert broken(ROOT / 'README.md', text) == links(text) != []


def test_what_is_no_link_of_the_repository_is_left_alone():
    assert broken(ROOT / 'README.md', '[x](http://x.invalid) and `code`\n```\n[x](no.md)\n```\n') == []


def test_anchors_are_those_of_web_pages():
    assert anchors('# Two *words*, `one` line\n## [A](b.md) - c\n') == {'two-words-one-line', 'a---c'}
