"""TeX as MathML, which browsers show without a script from elsewhere, spaced as TeX would."""

import html
import re
from xml.etree import ElementTree

from latex2mathml.converter import convert

NAMESPACE = 'http://www.w3.org/1998/Math/MathML'
TAG = f'{{{NAMESPACE}}}'
# Words that TeX sets with a thin space on either side.
OPERATORS = {'log', 'ln', 'exp', 'max', 'min', 'tanh', 'sinh', 'cosh', 'sin', 'cos', 'tan', 'lim', 'sup', 'inf',
             'softmax', 'argmax', 'argmin', 'diag', 'tr'}
CLOSING = ')', ']', '}', '⟩'
THIN = '0.167em'
ElementTree.register_namespace('', NAMESPACE)


def formula(body: str, display: str = 'inline') -> str:
    r"""Return TeX as MathML; `aligned`, which the converter does not know, is set as its twin `split`.

    Words in \mathrm keep together, since the converter sets letter by letter, and words that are operators get their
    spaces. What the converter cannot read, such as a slip of the pen in a student's answer, stays TeX.
    """
    tex = re.sub(r'\\(?:mathrm|operatorname)\*?\{([A-Za-z]{2,})\}', r'\\text{\1}', body.strip())
    try:
        math = ElementTree.fromstring(convert(tex.replace('{aligned}', '{split}'), display=display))
    except Exception:  # it has a dozen
        return f'<code>{html.escape(body.strip())}</code>'
    for element in math.iter(f'{TAG}mo'):
        if element.text in OPERATORS:  # as the others, for which spaces are put in by hand
            element.tag = f'{TAG}mi'
    for row in math.iter():
        _space(row)
    return ElementTree.tostring(math, encoding='unicode')


def _space(row: ElementTree.Element) -> None:
    """Put thin spaces beside the operators of a row, but not beside brackets and signs; none behind a leading minus."""
    if row.tag not in (f'{TAG}math', f'{TAG}mrow', f'{TAG}mtd', f'{TAG}mstyle'):
        return
    children = list(row)
    for place in range(len(children) - 1, 0, -1):
        before, after = children[place - 1], children[place]
        if (_is_operator(before) and _ordinary(after)) or (_is_operator(after) and _ordinary(before, CLOSING)):
            row.insert(place, ElementTree.Element(f'{TAG}mspace', width=THIN))
        elif after.text == '−' and not _ordinary(before, CLOSING):
            after.set('form', 'prefix')


def _is_operator(element: ElementTree.Element) -> bool:
    """Say whether this is such a word, bare or with an index."""
    while element.tag in (f'{TAG}msub', f'{TAG}msup', f'{TAG}msubsup', f'{TAG}munder') and len(element):
        element = element[0]
    return element.tag in (f'{TAG}mi', f'{TAG}mtext') and (element.text or '') in OPERATORS


def _ordinary(element: ElementTree.Element, brackets: tuple[str, ...] = ()) -> bool:
    """Say whether an operator keeps its distance from this neighbour: log x and (a) log, but not log(a) or = log."""
    core = element[0] if element.tag in (f'{TAG}msub', f'{TAG}munder') and len(element) else element
    return core.text in brackets if core.tag == f'{TAG}mo' else core.tag != f'{TAG}mspace'
