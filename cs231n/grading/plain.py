"""Texts of students as data: one line, without what a terminal, a spreadsheet or a page would obey."""

import unicodedata

LONGEST = 400                # characters of a sentence
JOINERS = '\u200c\u200d'     # invisible, but some scripts and emoji are spelled with them
FORMULA = '=+-@\t\r'         # a cell that begins so is computed by a spreadsheet
MARKDOWN = '\\`*_{}[]<>#|~'  # what Markdown would obey within a line


def plain(text, longest=LONGEST):
    """Return the text in one line: no control or direction characters, no half surrogates, cut at `longest`."""
    text = str(text)[:4 * longest]
    kept = ''.join(' ' if one.isspace() else one for one in text
                   if one in JOINERS or one.isspace() or unicodedata.category(one)[0] != 'C')
    kept = ' '.join(kept.split(' ')).strip()
    return kept if len(kept) <= longest else kept[:longest - 1] + '…'


def cell(value):
    """Return a value for a sheet of people: a text that looks like a formula gets an apostrophe, numbers stay."""
    if not isinstance(value, str):
        return value
    text = plain(value, longest=2000)
    return f"'{text}" if text[:1] in FORMULA and text else text


def markdown(text):
    """Return the text as Markdown that shows it as it is."""
    return ''.join(f'\\{one}' if one in MARKDOWN else one for one in plain(text))


def code(text):
    """Return the text as a code span of Markdown, which nothing in it can end."""
    return f'`{plain(text).replace("`", "ˋ")}`'


def slug(text):
    """Return a name for a file: letters, digits and hyphens only, never empty."""
    text = unicodedata.normalize('NFKD', plain(text)).encode('ascii', 'ignore').decode().lower()
    words = ''.join(one if one.isalnum() else ' ' for one in text).split()
    return '-'.join(words)[:60].strip('-') or 'x'


def megabytes(size):
    """Return a size for a sentence."""
    return f'{size / 1e6:,.0f} MB' if size >= 1e6 else f'{size:,} bytes'
