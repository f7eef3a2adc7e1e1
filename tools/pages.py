"""Bring the recorded notebooks into a form to read. Nothing is executed.

    python -m tools.pages html    a website of six pages, in build/html/
    python -m tools.pages pdf     one document to hand in, build/mnist-from-scratch.pdf

The name and the ID on the front page of the PDF are --name and --id, or those in the
variables STUDENT_NAME and STUDENT_ID; without them there are lines to fill in.
"""

import argparse
import base64
import copy
import functools
import mimetypes
import os
import re
import sys
import tomllib
from binascii import a2b_base64
from html import escape
from pathlib import Path
from urllib.parse import unquote

import jinja2
import nbformat
from bs4 import BeautifulSoup
from markupsafe import Markup
from math_core import LatexError, LatexToMathML
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.formatters import HtmlFormatter

from checks.console import print_anything
from tools.browser import print_pdf

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
BUILD = ROOT / "build"
TEMPLATES = Path(__file__).resolve().parent / "templates"
PICTURES = {f"image/{kind}" for kind in ("png", "jpeg", "gif", "webp", "svg+xml")}
WIDGET = "application/vnd.jupyter.widget-view+json"

to_mathml = LatexToMathML()
layouts = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES / "course"),
    autoescape=True,
    trim_blocks=True,
)


class Renderer(IPythonRenderer):
    """Markdown as HTML, with formulas as MathML: that needs no script, no network."""

    def __init__(self, place):
        super().__init__(escape=False)
        self.place = place

    def inline_math(self, body):
        """Return a formula within a line."""
        return formula(body, self.place, on_its_own=False)

    def block_math(self, body):
        """Return a formula on its own."""
        html = formula(body, self.place, on_its_own=True)
        return f'<span class="formula">{html}</span>'

    def latex_environment(self, name, body):
        """Return an environment without dollar signs around it."""
        return self.block_math(rf"\begin{{{name}}}{body}\end{{{name}}}")

    def link(self, text, url, title=None):
        """Return a link; to a page where it was to a notebook."""
        url = re.sub(r"^([\w.-]+)\.ipynb(?=#|$)", r"\1.html", url)
        return super().link(text, url, title)

    def image(self, text, url, title=None):
        """Return a picture; `embed` looks for what is in it."""
        return super(IPythonRenderer, self).image(text, url, title)


class Exporter(HTMLExporter):
    """Makes the HTML of a notebook's cells with the template of this project."""

    @jinja2.pass_context
    def markdown2html(self, context, source):
        """Return Markdown as HTML, with its pictures."""
        cell = context["cell"]
        html = to_html(source, cell.metadata.place)
        return embed(html, cell) if "<img" in html else html


exporter = Exporter(template_name="course", extra_template_basedirs=[str(TEMPLATES)])


def to_html(source, place=""):
    """Return Markdown as HTML; what is wrong with it is told with this place."""
    return MarkdownWithMath(renderer=Renderer(place)).render(source)


def formula(latex, place, on_its_own):
    """Return the MathML of a formula; one with a mistake is shown as it is written."""
    try:
        return to_mathml.convert_with_local_state(latex, displaystyle=on_its_own)
    except LatexError as error:
        plain = re.sub(r"\x1b\[[\d;]*m", "", str(error)).strip()  # without colours
        reason = plain.partition("\n")[0].removeprefix("Error: ")
        tell(f"{place}: this is not a formula: {latex.strip()}\n    {reason}")
        return f"<code>{escape(latex)}</code>"


@functools.cache
def tell(problem):
    """Say what cannot be shown, once."""
    print(problem, file=sys.stderr)


def embed(html, cell):
    """Put the pictures of a cell into its HTML, pasted ones and files."""
    soup = BeautifulSoup(html, "html.parser")
    for image in soup.select("img[src]"):
        source = image["src"]
        if not source.startswith(("data:", "http:", "https:")):
            try:
                kind, data = picture(source, cell)
                image["src"] = f"data:{kind};base64,{data}"
            except ValueError as error:
                tell(f"{cell.metadata.place}: {error}")
                image.replace_with(f"[{error}]")
    return str(soup)


def picture(source, cell):
    """Return the type and the base64 of a picture that was pasted or is a file."""
    name = unquote(source).removeprefix("attachment:")
    if source.startswith("attachment:"):
        attached = cell.get("attachments", {}).get(name)
        if not attached:
            raise ValueError(f"the picture {name} is not in the cell: paste it again")
        kind, data = next(iter(attached.items()))
    else:
        kind = mimetypes.guess_type(name)[0]
        try:
            data = base64.b64encode((NOTEBOOKS / name).read_bytes()).decode()
        except OSError:
            raise ValueError(f"there is no picture notebooks/{name}") from None
    if kind not in PICTURES:
        raise ValueError(f"{name} is no picture that a browser shows: save it as PNG")
    return kind, data


def read_notebook(path):
    """Read a notebook in a form that can be shown, whatever program has saved it."""
    try:
        notebook = nbformat.read(path, as_version=4)
        notebook.metadata.pop("widgets", None)  # they need a script, or are missing
        edition = any("given" in c.metadata.get("tags", []) for c in notebook.cells)
        for k, cell in enumerate(notebook.cells, 1):
            prepare(cell, f"{path.name}, cell {k}", edition)
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        sys.exit(f"{path.name} cannot be read: {error or 'it is no notebook any more'}")
    except nbformat.ValidationError as error:
        sys.exit(f"{path.name} cannot be read: {error.message}")
    return notebook


def prepare(cell, place, edition):
    """Give a cell its place and look, and leave out what only a live notebook shows."""
    tags = cell.setdefault("metadata", nbformat.from_dict({})).get("tags", [])
    asked = [f" (Question {t[1:]})" for t in tags if re.fullmatch(r"q\d+", t)]
    cell.metadata.place = place + "".join(asked[:1])
    cell.metadata.tags = [*tags, *part(cell, tags, edition)]
    if cell.cell_type != "code":
        return
    if cell.setdefault("execution_count", 0) is None:
        cell.outputs = []  # it was never run: they are somebody else's
    for output in cell.setdefault("outputs", []):
        data = output.get("data", {})
        if data.pop(WIDGET, None) and not PICTURES & set(data):
            tell(f"{cell.metadata.place}: an interactive figure cannot be shown here")


def part(cell, tags, edition):
    """Return whether a cell is a question or an answer, for its look."""
    if cell.source.startswith("### Question"):
        return ["asked"]
    if cell.source.startswith("## "):
        return []  # of the notebook as a whole
    own = edition and "given" not in tags  # an answer of the student
    if own or "show_source(" in cell.source or {"answer", "solution"} & set(tags):
        return ["answered"]
    return []


def export(notebook):
    """Return the HTML of the cells; one that cannot be shown is told and left out."""
    try:
        return exporter.from_notebook_node(notebook)[0]
    except Exception as error:
        if len(notebook.cells) == 1:
            reason = f"{type(error).__name__}: {error}"
            tell(f"{notebook.cells[0].metadata.place} cannot be shown ({reason})")
            return ""
        if not notebook.cells:
            raise
    parts = [nbformat.from_dict({**notebook, "cells": [c]}) for c in notebook.cells]
    return "\n".join(map(export, parts))


class Section:
    """A notebook as the pages need it."""

    def __init__(self, path):
        notebook = read_notebook(path)
        html = export(notebook)
        soup = BeautifulSoup(html, "html.parser")
        texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
        self.name = path.stem  # of its file
        self.html, self.soup = Markup(html), soup  # of its cells, and the same parsed
        self.heading, self.title = heading(soup.find("h1"), path.stem)
        self.short = self.title.partition(":")[0]
        self.questions = [
            {"id": h3["id"], "heading": heading(h3)[0]}
            for h3 in soup.find_all("h3")
            if re.match(r"Question \d", h3.text)
        ]
        pictures = soup.select('.jp-OutputArea img[src^="data:image/png"]')
        widest = max(pictures, key=width, default=None)
        self.picture = widest and widest.attrs
        # The first sentence on what one does there: below the title, if nowhere else.
        below = texts[0].partition("\n\n")[2].partition("\n\n")[0] if texts else ""
        task = paragraph("What you'll do", texts) or below
        self.summary = markdown(re.split(r"(?<=[.!?])\s+(?=[A-Z])", task)[0])
        self.duration = markdown(paragraph("How long it takes", texts))
        pads = soup.select("iframe.pad")  # to draw on, see `pad.show_pad`
        self.pad = Markup(pads[-1]) if pads else None


def heading(tag, default=""):
    """Return a heading as HTML and as text, without the sign that links to it."""
    if tag is None:
        return Markup(default), default
    inner = copy.copy(tag)
    for sign in inner.select("a.anchor-link"):
        sign.decompose()
    return Markup(inner.decode_contents()), inner.text


def width(image):
    """Return the width of an embedded PNG picture in pixels, 0 of a damaged one."""
    try:
        return int.from_bytes(a2b_base64(image["src"].partition(",")[2][:32])[16:20])
    except ValueError:
        return 0


def paragraph(opening, texts):
    """Return the rest of the paragraph that opens with these words in bold type."""
    pattern = rf"^\*\*{opening}\.\*\*\s+(.*?)(?:\n\n|\Z)"
    found = (re.search(pattern, text, re.M | re.S) for text in texts)
    return next((match[1] for match in found if match), "")


def markdown(source):
    """Return one paragraph of Markdown as HTML, without the paragraph's own tags."""
    html = to_html(source).strip()
    return Markup(html.removeprefix("<p>").removesuffix("</p>"))


def read_sections():
    """Return the sections, one for each notebook."""
    return [Section(path) for path in sorted(NOTEBOOKS.glob("*.ipynb"))]


def read_title():
    """Return the title of the course."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["project"]["description"]


def style(*names):
    """Return style sheets, with the colours of code."""
    sheets = [(TEMPLATES / "course" / name).read_text("utf-8") for name in names]
    return "\n".join([HtmlFormatter().get_style_defs(".highlight"), *sheets])


def build_html(folder):
    """Write the website into a folder and return its first page."""
    dark = HtmlFormatter(style="github-dark").get_style_defs(".highlight")
    sheet = style("style.css") + f"@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"
    sections = read_sections()
    pads = [section.pad for section in sections if section.pad]
    first = layouts.get_template("contents.html.j2").render(
        title=read_title(), sections=sections, pad=pads[-1] if pads else None
    )
    files = {"style.css": sheet, "index.html": first}
    page = layouts.get_template("page.html.j2")
    around = zip([None, *sections], sections, [*sections[1:], None], strict=False)
    for previous, section, following in around:
        text = page.render(section=section, previous=previous, next=following)
        files[f"{section.name}.html"] = text
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return folder / "index.html"


def unite(section):
    """Make the links of a section fit into one document with all the sections."""
    soup = section.soup
    for tag in soup.select("[id]"):
        tag["id"] = f"{section.name}-{tag['id']}"
    for tag in soup.select("a.anchor-link"):
        tag.decompose()
    for tag in soup.select("a[href]"):
        match = re.fullmatch(r"(?:([\w.-]+)\.html)?(?:#(.+))?", tag["href"])
        if match and any(match.groups()):
            parts = [match[1] or section.name, *filter(None, [match[2]])]
            tag["href"] = "#" + "-".join(parts)
    section.html = Markup(soup)


def document(name, number):
    """Return all notebooks as one page to print, for a student."""
    sections = read_sections()
    for section in sections:
        unite(section)
    return layouts.get_template("print.html.j2").render(
        printed=True,
        title=read_title(),
        name=name,
        number=number,
        footer=css_string(" · ".join(filter(None, [name, number]))),
        sections=sections,
        style=Markup(style("style.css", "print.css")),
    )


def css_string(text):
    """Return a text as a string of CSS, with its signs as their numbers."""
    signs = (sign if sign.isalnum() else rf"\{ord(sign):x} " for sign in text)
    return Markup(f'"{"".join(signs)}"')


def build_pdf(folder, name, number):
    """Print all notebooks into one document in a folder and return its path."""
    target = folder / "mnist-from-scratch.pdf"
    try:
        print_pdf(document(name, number), target)
    except OSError as error:
        sys.exit(f"The PDF could not be printed. {error}")
    return target


def main():
    """Build what the command line asks for."""
    print_anything()
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("form", choices=["html", "pdf"])
    parser.add_argument("--to", type=Path, default=BUILD, help="the folder, or build/")
    parser.add_argument("--name", default=os.environ.get("STUDENT_NAME", ""))
    parser.add_argument("--id", default=os.environ.get("STUDENT_ID", ""))
    arguments = parser.parse_args()
    folder = arguments.to.resolve()
    if arguments.form == "html":
        built = build_html(folder / "html")
    else:
        built = build_pdf(folder, arguments.name, arguments.id)
    print(f"From the notebooks as they are saved: {os.path.relpath(built)}")


if __name__ == "__main__":
    main()
