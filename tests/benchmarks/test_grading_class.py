"""The table in docs/grading.md is that of the result file."""

import json

from benchmarks import grading_class


def test_the_page_shows_what_was_measured():
    figures = json.loads((grading_class.ROOT / 'benchmarks' / 'grading_class.json').read_text(encoding='utf-8'))
    text = grading_class.PAGE.read_text(encoding='utf-8')
    assert grading_class.drawn(text, figures) == text and len(grading_class.MARKED.findall(text)) == 1
    figures['efficiency'] = 3
    assert grading_class.drawn(text, figures) != text
