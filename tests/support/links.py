"""Links of documents and notebooks: `python tests/support/links.py` asks the web for those that lead there."""

import json
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINK = re.compile(r'!?\[[^\]]*\]\(<?([^)\s>]+)>?[^)]*\)|<(https?://[^>]+)>')
BLOCKS = re.compile(r'^(```|~~~).*?^\1', re.M | re.S)


def documents():
    """Return {path: text} of all documents and of the texts of all notebooks."""
    found = {}
    for name in ('.', 'docs', 'datasets', 'benchmarks', '.github', 'cs231n', 'notebooks'):
        folder, pattern = ROOT / name, '*' if name == '.' else '**/*'
        for path in folder.glob(pattern + '.md'):
            found[path] = path.read_text(encoding='utf-8')
        for path in folder.glob(pattern + '.ipynb'):
            cells = json.loads(path.read_text(encoding='utf-8'))['cells']
            found[path] = '\n\n'.join(''.join(cell['source']) for cell in cells if cell['cell_type'] == 'markdown')
    return {path: text for path, text in found.items() if '.ipynb_checkpoints' not in path.parts}


def links(text):
    """Return where a text leads, code left out."""
    return [match[1] or match[2] for match in LINK.finditer(BLOCKS.sub('', text))]


def anchors(text):
    """Return the anchors that a web page makes of a text's headings."""
    titles = re.findall(r'^#+ +(.+?) *#*$', BLOCKS.sub('', text), re.M)
    plain = [re.sub(r'\[([^\]]*)\]\([^)]*\)', r'\1', title).lower() for title in titles]
    return {re.sub(r'[^\w\- ]', '', title).replace(' ', '-') for title in plain}


def broken(path, text, base=None):
    """Return the links of a document that lead to no file or heading of the repository."""
    wrong = []
    for link in links(text):
        if re.match(r'[a-z]+:', link):
            continue
        name, _, anchor = link.partition('#')
        target = (base or path.parent) / name if name else path
        has_heads = anchor and target.suffix == '.md' and target.is_file()
        if not target.exists() or (has_heads and anchor not in anchors(target.read_text(encoding='utf-8'))):
            wrong.append(link)
    return wrong


def answer(address):
    """Return '' if somebody answers at an address, else what came instead."""
    request = urllib.request.Request(address, headers={'User-Agent': 'Mozilla/5.0 (link check)'})
    try:
        with urllib.request.urlopen(request, timeout=30):
            return ''
    except urllib.error.HTTPError as error:
        return '' if error.code in (403, 405, 429) else f'{error.code} {error.reason}'  # there, but not for a script
    except (OSError, ValueError) as error:
        return str(error)


def main():
    """Ask for every address once; returns how many did not answer."""
    where = {}
    for path, text in documents().items():
        for link in links(text):
            if link.startswith(('http://', 'https://')):
                where.setdefault(link.partition('#')[0], []).append(path.relative_to(ROOT).as_posix())
    dead = {address: told for address in sorted(where) if (told := answer(address))}
    for address, told in dead.items():
        print(f'{address}: {told} (in {", ".join(sorted(set(where[address])))})')
    print(f'{len(where)} addresses, {len(dead)} without an answer')
    return len(dead)


if __name__ == '__main__':
    sys.exit(main() > 0)
