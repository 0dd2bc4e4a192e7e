"""Web pages of executed notebooks: one page each, and an index of their pictures."""

import base64
import html
import os
import re
import tempfile
from pathlib import Path

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
.pictures { display: grid; gap: .75rem;
  grid-template-columns: repeat(auto-fill, minmax(min(11rem, 45%), 1fr)); }
.pictures a { display: block; background: #fff; padding: .4rem;
  border: 1px solid var(--line); border-radius: .5rem; }
.pictures a:hover, .pictures a:focus { border-color: var(--ink); }
.pictures img { display: block; width: 100%; height: 8.5rem; object-fit: contain; }
pre.failure { overflow-x: auto; padding: .75rem 1rem; background: var(--card);
  border-left: 4px solid #c0392b; }
"""


def write_atomically(path, content):
    """Writes text or bytes to a temporary file beside `path`, then renames it: never a half-written file."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode("utf-8") if isinstance(content, str) else content
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, 0o644)  # mkstemp's 0600 would hide the page from a web server
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def title(result) -> str:
    """The notebook's first heading, else its name."""
    texts = (cell.source for cell in result.notebook.cells if cell.cell_type == "markdown")
    headings = (re.search(r"^#+ +(.+)$", text, re.M) for text in texts)
    return next((heading[1].strip() for heading in headings if heading), result.name)


def pictures(notebook) -> list[tuple[str, bytes]]:
    """All PNG outputs in order, each with the id of its cell."""
    return [
        (cell.get("id", ""), base64.b64decode(output["data"]["image/png"]))
        for cell in notebook.cells if cell.cell_type == "code"
        for output in cell.outputs if "image/png" in output.get("data", {})
    ]


def write_page(result, folder):
    """Writes `folder`/NAME.html, the executed notebook as one page."""
    from nbconvert import HTMLExporter  # half a second that `save` need not wait for

    resources = {"metadata": {"name": title(result)}}
    page, _ = HTMLExporter().from_notebook_node(result.notebook, resources=resources)
    write_atomically(Path(folder) / f"{result.name}.html", page)


def section(result, folder) -> str:
    """The part of the index about one notebook; its pictures are written to `folder`/pictures."""
    name, links = result.name, []
    for old in (folder / "pictures").glob(f"{name}-*.png"):
        old.unlink()
    for number, (cell, png) in enumerate(pictures(result.notebook), start=1):
        source = f"pictures/{name}-{number:02d}.png"
        write_atomically(folder / source, png)
        links.append(f'<a href="{name}.html#cell-id={html.escape(cell)}">'
                     f'<img loading="lazy" src="{source}" alt="{name}, picture {number}"></a>')
    failure = f'<pre class="failure">{html.escape(result.failure)}</pre>' if result.failure else ""
    return (
        f'<section>\n<h2><a href="{name}.html">{html.escape(title(result))}</a></h2>\n'
        f"<p>{html.escape(result.summary())}</p>\n{failure}"
        f'<div class="pictures">{"".join(links)}</div>\n</section>'
    )


def write_index(results, folder):
    """Writes `folder`/index.html: each notebook's time, memory and pictures, which link to their cells."""
    folder = Path(folder)
    sections = "\n".join(section(result, folder) for result in results)
    seconds = sum(result.seconds for result in results)
    write_atomically(folder / "index.html", f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>CS231n assignment 3</title>
<style>{STYLE}</style>
<h1>CS231n assignment 3</h1>
<p>{len(results)} notebooks, executed in {seconds:.0f} s. A picture leads to the cell that drew it.</p>
{sections}
</html>
""")
