"""Web pages of executed notebooks: one page each, and an index of their pictures; whole without a network."""

import base64
import copy
import html
import re
from collections.abc import Sequence
from typing import NamedTuple

import nbformat
from jinja2 import DictLoader, pass_context
from jinja2.runtime import Context
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.filters.metadata import get_metadata
from nbformat import NotebookNode

from cs231n.course.execution import Execution
from cs231n.course.formulas import formula

STYLE = """
:root { color-scheme: light dark;
  --paper: #faf9f7; --ink: #22252a; --soft: #6b7079; --card: #fff; --line: #e3e1dc; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181c; --ink: #e8e6e1; --soft: #9aa0aa; --card: #1f2227; --line: #33373e; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.7rem; margin: 0; }
h2 { font-size: 1.25rem; margin: 0; }
a { color: inherit; text-decoration-color: var(--soft); text-underline-offset: .2em; }
p { margin: .2rem 0 1rem; color: var(--soft); }
section { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: 1.25rem; }
.pictures { display: grid; gap: .75rem; align-items: center;
  grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); }
.pictures a { display: block; background: #fff; padding: .4rem;
  border: 1px solid var(--line); border-radius: .5rem; }
.pictures a:hover, .pictures a:focus { border-color: var(--ink); }
.pictures img { display: block; width: 100%; max-height: 16rem; object-fit: contain; }
pre.failure { overflow-x: auto; padding: .75rem 1rem; background: var(--card);
  border-left: 4px solid #c0392b; }
"""
JPEG = b'\xff\xd8'  # how such a file begins
PAGE_STYLE = """
/* MathML Core leaves the alignment of columns to CSS; without a font that has tables for mathematics, indices stand on
the line. */
math { font-family: "STIX Two Math", "Latin Modern Math", "Cambria Math", "DejaVu Math TeX Gyre", math; }
mtd[columnalign=left] { text-align: left; } mtd[columnalign=right] { text-align: right; }
.formula { overflow-x: auto; overflow-y: hidden; padding: .2rem 0; }
body.jp-Notebook { padding-top: 0; }
main { max-width: 64rem; margin: 0 auto; }
.jp-RenderedHTMLCommon table { display: block; width: fit-content; max-width: 100%; overflow-x: auto; }
.jp-RenderedHTMLCommon td { vertical-align: top; }
.jp-InputArea-editor .highlight pre, .jp-RenderedText pre { overflow-x: auto; }
.jp-RenderedImage img { height: auto; background: #fff; }
[id] { scroll-margin-top: 3.5rem; }
nav { position: sticky; top: 0; z-index: 9; max-width: 64rem; margin: 0 auto; padding: .5rem .75rem;
  display: flex; gap: 1.5rem; align-items: baseline; font: 15px/1.5 system-ui, sans-serif;
  background: var(--jp-layout-color0); color: var(--jp-content-font-color1);
  border-bottom: 1px solid var(--jp-border-color1); }
nav a { color: inherit; } nav summary { cursor: pointer; }
nav ol { list-style: none; max-height: 60vh; overflow-y: auto; margin: .5rem 0 0; padding: 0; }
nav li { padding: .2rem 0; } nav li.deep { padding-left: 1.25rem; }
@media (max-width: 40rem) {
  body.jp-Notebook { padding: 0 .25rem; }
  .jp-InputPrompt, .jp-OutputPrompt { display: none; }
  .jp-RenderedImage { overflow-x: auto; } .jp-RenderedImage img { min-width: min(34rem, 150vw); max-width: none; }
  math[display=block] { font-size: 90%; } }
@media (prefers-color-scheme: dark) {
  :root { color-scheme: dark; }
  .jp-OutputArea [style*="#2e8540"] { color: #6fcf86 !important; }
  .jp-OutputArea [style*="#b50909"], .jp-OutputArea [style*="#c0392b"] { color: #ff9b8f !important; } }
"""
# nbconvert's page, dark for whoever prefers it, and with the words that tell what is on a picture.
TEMPLATE = """{% extends 'lab/index.html.j2' %}
{% macro picture(output, kind) %}
<div class="jp-RenderedImage jp-OutputArea-output">
<img src="data:{{ kind }};base64,{{ output.data[kind] | escape_html }}"
{%- for key in ('alt', 'width', 'height') if output | get_metadata(key, kind) %}
{{ key }}="{{ output | get_metadata(key, kind) | escape_html }}"
{%- endfor %}>
</div>
{% endmacro %}
{% block notebook_css %}{{ super() }}
{{ resources.include_css('static/theme-dark.css') | replace('<style', '<style media="(prefers-color-scheme: dark)"') }}
<style>{{ resources.page_style | safe }}</style>
{% endblock %}
{% block data_png scoped %}{{ picture(output, 'image/png') }}{% endblock %}
{% block data_jpg scoped %}{{ picture(output, 'image/jpeg') }}{% endblock %}
"""


def title(result: Execution) -> str:
    """Return the notebook's first heading, else its name."""
    texts = (cell.source for cell in result.notebook.cells if cell.cell_type == 'markdown')
    headings = (re.search(r'^#+ +(.+)$', text, re.M) for text in texts)
    return next((heading[1].strip() for heading in headings if heading), result.name)


def head_line(notebook: NotebookNode) -> str:
    """Return what the head of a notebook says of points, time and memory, without marks; '' if it has no head."""
    found = re.search(r'<!-- measured: head -->\n(.+?)\n\n', notebook.cells[0].source if notebook.cells else '', re.S)
    return ' '.join(found[1].replace('**', '').split()) if found else ''


class Picture(NamedTuple):
    """A picture among the outputs: the id of its cell, its bytes, and what it shows in words ('' if nobody said)."""

    cell: str
    content: bytes
    alt: str


def pictures(notebook: NotebookNode) -> list[Picture]:
    """Return all PNG and JPEG outputs in order."""
    return [
        Picture(cell.get('id', ''), base64.b64decode(output['data'][kind]),
                get_metadata(output, 'alt', kind) or '')
        for cell in notebook.cells if cell.cell_type == 'code'
        for output in cell.outputs for kind in ('image/png', 'image/jpeg') if kind in output.get('data', {})
    ]


class MathRenderer(IPythonRenderer):
    """Markdown to HTML with the formulas as MathML, which browsers show without a script from elsewhere."""

    def block_math(self, body: str) -> str:
        """Render a formula of its own line, which scrolls where the screen is narrower."""
        return f'<div class="formula">{formula(body, "block")}</div>'

    def inline_math(self, body: str) -> str:
        """Render a formula within a line."""
        return formula(body)


class PageExporter(HTMLExporter):
    """nbconvert's page, but for the formulas and the words on pictures."""

    def __init__(self) -> None:
        super().__init__(extra_loaders=[DictLoader({'page.html.j2': TEMPLATE})], template_file='page.html.j2')

    @pass_context
    def markdown2html(self, context: Context, source: str) -> str:
        """Return a text cell as HTML; the template calls this as its filter."""
        attachments = context['cell'].get('attachments', {})
        renderer = MathRenderer(
            escape=False, attachments=attachments, anchor_link_text=self.anchor_link_text
        )
        try:
            return MarkdownWithMath(renderer=renderer).render(source)
        except Exception:  # such as a picture that was not attached: the text is there all the same
            return f'<pre>{html.escape(source)}</pre>'


def _bare(notebook: NotebookNode) -> NotebookNode:
    """Return a copy without what editors note for themselves, of which Colab's widgets are not as nbconvert wants them.

    A widget is shown by its text: it lived in a kernel that is gone.
    """
    notebook = copy.deepcopy(notebook)
    notebook.metadata = nbformat.from_dict({'language_info': {'name': 'python'}})
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({})
        for output in cell.get('outputs', ()):
            if 'text/plain' in output.get('data', {}):
                output.data.pop('application/vnd.jupyter.widget-view+json', None)
    return notebook


def page(result: Execution, home: str = '') -> str:
    """Return the executed notebook as one HTML page that loads nothing; what links to a notebook leads to its page.

    home: the address of the page that lists all notebooks, to lead back to; none if empty.
    """
    resources = {'metadata': {'name': title(result)}, 'page_style': PAGE_STYLE}
    text, _ = PageExporter().from_notebook_node(_bare(result.notebook), resources=resources)
    text = re.sub(r'<script src="https?://[^>]*>\s*</script>', '', text)
    text = re.sub(r'<a href="(?:\.\./|extra/)?(\w+)\.ipynb"', r'<a href="\1.html"', text)
    return text.replace('<main>', f'{navigation(text, home)}<main>', 1)


def navigation(text: str, home: str) -> str:
    """Return the list of contents of a page, by its headings, and the way back."""
    headings = re.findall(r'<h([23]) id="([^"]+)"[^>]*>(.+?)<a class="anchor-link"', text, re.S)
    back = f'<a href="{home}">← all notebooks</a>' if home else ''
    items = ''.join(f'<li{" class=deep" * (level == "3")}><a href="#{place}">{heading}</a></li>'
                    for level, place, heading in headings)
    contents = f'<details><summary>Contents</summary><ol>{items}</ol></details>' if items else ''
    return f'<nav aria-label="contents">{back}{contents}</nav>' if back or contents else ''


def picture_file(name: str, number: int, content: bytes) -> str:
    """Return where the `number`-th picture of a notebook lies, seen from the index page; numbers start at 1."""
    return f"pictures/{name}-{number:02d}.{'jpg' if content.startswith(JPEG) else 'png'}"


def section(result: Execution) -> str:
    """Return the part of the index about one notebook."""
    name, links = result.name, []
    for number, (cell, content, alt) in enumerate(pictures(result.notebook), start=1):
        words = html.escape(alt or f'a picture of the notebook {title(result)}')
        links.append(f'<a href="{name}.html#cell-id={html.escape(cell)}" title="{words}"><img loading="lazy" '
                     f'src="{picture_file(name, number, content)}" alt="{words}"></a>')
    failure = f'<pre class="failure">{html.escape(result.failure)}</pre>\n' if result.failure else ''
    return (
        f'<section>\n<h2><a href="{name}.html">{html.escape(title(result))}</a></h2>\n'
        f'<p>{html.escape(head_line(result.notebook))}</p>\n'
        f'<p>This run: {html.escape(result.summary())}.</p>\n{failure}'
        f'<div class="pictures">{"".join(links)}</div>\n</section>'
    )


def index(results: Sequence[Execution]) -> str:
    """Return the index page: each notebook's time, memory and pictures, which link to their cells."""
    sections = '\n'.join(map(section, results))
    seconds = sum(result.seconds for result in results)
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>CS231n assignment 3</title>
<style>{STYLE}</style>
<h1>CS231n assignment 3</h1>
<p>{len(results)} notebooks, executed in {seconds:.0f} s. A picture leads to the cell that drew it.</p>
{sections}
</html>
"""
