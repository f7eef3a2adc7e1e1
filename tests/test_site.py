"""`make html`: the website as files, and as a real browser shows it."""

import json
import os
import re
import subprocess
import sys
from base64 import b64decode
from pathlib import Path
from urllib.parse import urldefrag

import nbformat
import pytest
from bs4 import BeautifulSoup

from tools import pages

ROOT = Path(__file__).resolve().parent.parent
SECTIONS = ["01_data", "02_activations", "03_backprop", "04_training", "05_deeper"]
SECTIONS += ["06_curvature"]
PAGES = ["index", *SECTIONS]

# Each returns a list of what is wrong on the page.
RAW_LATEX = r"""(() => {
    const copy = document.body.cloneNode(true);
    copy.querySelectorAll("pre, code").forEach(box => box.remove());
    return copy.textContent.match(/.{0,30}(\$|\\[a-zA-Z(\[])./g) || [];
})()"""
UNRENDERED = """[...document.querySelectorAll("math")].filter(math => {
    const box = math.getBoundingClientRect();
    return !getComputedStyle(math).display.includes("math")
        || !(box.width > 0 && box.height > 0) || math.querySelector("merror");
}).map(math => math.outerHTML)"""
MISSING_PICTURES = """[...document.images].filter(image => !image.naturalWidth)
    .map(image => image.outerHTML.slice(0, 80))"""
TOO_WIDE = """[...document.body.querySelectorAll("*")].filter(
    tag => !tag.closest("math") && !tag.parentElement.closest("pre, table, .formula")
        && tag.getBoundingClientRect().right > document.documentElement.clientWidth + 1
).map(tag => tag.outerHTML.slice(0, 80))"""
# The contrast of each piece of text with what is behind it, as WCAG 2 computes it.
PALE_TEXT = """(() => {
    const parts = colour => colour.match(/[\\d.]+/g).map(Number);
    const light = colour => {
        const [r, g, b] = parts(colour).map(
            c => c <= 10 ? c / 3294 : ((c / 255 + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = tag => {
        if (!tag) return "rgb(255, 255, 255)";
        const colour = getComputedStyle(tag).backgroundColor;
        return parts(colour)[3] === 0 ? behind(tag.parentElement) : colour;
    };
    const pale = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const tag = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || !tag.getClientRects().length) continue;
        const [a, b] = [getComputedStyle(tag).color, behind(tag)];
        const [dark, bright] = [light(a), light(b)].sort((x, y) => x - y);
        const contrast = (bright + 0.05) / (dark + 0.05);
        if (contrast < 4.5) pale.add(`${tag.className}: ${a} on ${b}`);
    }
    return [...pale];
})()"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the website."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "tools.pages", "html", "--to", folder]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert (run.returncode, run.stderr) == (0, "")
    return folder / "html"


@pytest.fixture(scope="module")
def soups(site):
    return {
        name: BeautifulSoup((site / f"{name}.html").read_text("utf-8"), "html.parser")
        for name in PAGES
    }


def markdown_without_code(name):
    """Return the text of a notebook, without what is between backticks."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    return re.sub(r"```.*?```|`[^`]*`", "", "\n\n".join(cells), flags=re.S)


def test_every_question_and_its_answers_are_marked(soups):
    for name in SECTIONS:
        asked = soups[name].select(".celltag_asked h3")
        assert len(asked) == len(soups[name].select("h3[id^=Question]"))
        assert len(soups[name].select(".celltag_answered")) >= len(asked)


def test_six_pages_and_their_style(site):
    names = sorted(path.name for path in site.iterdir())
    assert names == sorted([*(f"{name}.html" for name in PAGES), "style.css"])


def test_the_first_page_lists_every_question(soups):
    links = [link.text for link in soups["index"].select(".questions a")]
    assert [int(re.match(r"Question (\d+): \S", text)[1]) for text in links] == [
        *range(1, 28)
    ]


def test_the_first_page_counts_notebooks_and_questions(soups):
    opening = " ".join(soups["index"].select_one("h1 + p").text.split())
    assert opening.startswith(f"{len(SECTIONS)} notebooks with 27 questions, ")


def test_the_first_page_presents_every_section(soups):
    cards = soups["index"].select(".card")
    assert [card.h2.a["href"] for card in cards] == [
        f"{name}.html" for name in SECTIONS
    ]
    for card in cards:
        assert card.img["src"].startswith("data:image/png;base64,")
        assert re.search(r"Reading time: about \d+ minutes\. \w", card.text)
        assert re.match(r"[A-Z].*\.$", card.p.text.strip(), re.S)


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(soups, name):
    for link in soups[name].select("a[href]"):
        page, fragment = urldefrag(link["href"])
        if not page.startswith(("http:", "https:")):
            target = soups[page.removesuffix(".html") or name]
            assert not fragment or target.find(id=fragment), link


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_fetched_from_elsewhere(soups, name):
    for tag in soups[name].select("[src], link[href]"):
        address = tag.get("src") or tag["href"]
        assert address.startswith("data:") or address == "style.css", tag
    assert not soups[name].select("script, iframe:not(.pad[srcdoc])")


def test_sections_lead_to_their_neighbours(soups):
    for name, following in zip(SECTIONS, SECTIONS[1:], strict=False):
        for place, target in [(name, following), (following, name)]:
            rel = "next" if target == following else "prev"
            links = {link["href"] for link in soups[place].select(f"a[rel={rel}]")}
            assert links == {f"{target}.html"}
    assert not soups[SECTIONS[0]].select("a[rel=prev]")
    assert not soups[SECTIONS[-1]].select("a[rel=next]")


@pytest.mark.parametrize("name", SECTIONS)
def test_headings_have_links(soups, name):
    for heading in soups[name].select("main :is(h1, h2, h3)"):
        assert heading.select_one("a.anchor-link")["href"] == f"#{heading['id']}"


@pytest.mark.parametrize("name", PAGES)
def test_pictures_are_described_in_words(soups, name):
    texts = [image.get("alt", "") for image in soups[name].select("img")]
    assert texts
    for text in texts:
        assert len(text.split()) > 4, text
        assert "No description" not in text
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("name", SECTIONS)
def test_every_formula_is_there(soups, name):
    written = re.findall(r"\$\$.+?\$\$|\$.+?\$", markdown_without_code(name), re.S)
    assert len(soups[name].select("math")) == len(written)


# Notebooks as students and other programs leave them

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42"
    "mP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
)
EMBEDDED = f'src="data:image/png;base64,{PNG}"'
WIDGET = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}
SHOWN = {  # cells, and what their page must have
    "pasted": (
        [("![p](attachment:a%20b.png)", {"a b.png": {"image/png": PNG}})],
        EMBEDDED,
    ),
    "pasted as HTML": (
        [('<img src="attachment:a.png" width="9">', {"a.png": {"image/png": PNG}})],
        EMBEDDED,
    ),
    "pasted in Colab": ([(f"![p](data:image/png;base64,{PNG})", {})], EMBEDDED),
    "a file beside it": ([("![p](photo.png)", {})], EMBEDDED),
    "a widget without its state": ([{**WIDGET, "image/png": PNG}], EMBEDDED),
    "never counted, as by PyCharm": ([{"text/plain": "forty-two"}], "forty-two"),
}
TOLD = {  # a cell, and what is said of it
    "![p](attachment:gone.png)": "the picture gone.png is not in the cell: paste it",
    "![p](no.png)": "there is no picture notebooks/no.png",
    "![p](photo.heic)": "photo.heic is no picture that a browser shows",
    r"Because $\frac{1}$.": r"this is not a formula: \frac{1}",
    r"$$\begin{aligned} a$$": "this is not a formula",
}


def show(cells, folder, monkeypatch):
    """Make the page of one notebook, as JSON that needs no library."""
    made = []
    for cell in cells:
        if isinstance(cell, dict):
            output = {"output_type": "display_data", "metadata": {}, "data": cell}
            made.append({"cell_type": "code", "source": "1", "metadata": {}})
            made[-1]["outputs"] = [output]
        else:
            source, attached = cell
            made.append({"cell_type": "markdown", "source": source, "metadata": {}})
            made[-1] |= {"attachments": attached} if attached else {}
    state = {"application/vnd.jupyter.widget-state+json": {"1": {}}}
    notebook = {"nbformat": 4, "nbformat_minor": 0, "metadata": {"widgets": state}}
    (folder / "a.ipynb").write_text(json.dumps(notebook | {"cells": made}), "utf-8")
    (folder / "photo.png").write_bytes(b64decode(PNG))
    (folder / "photo.heic").write_bytes(b"ftypheic")
    monkeypatch.setattr(pages, "NOTEBOOKS", folder)
    monkeypatch.setattr(pages, "told", set())
    pages.build_html(folder / "html")
    return (folder / "html/a.html").read_text("utf-8")


@pytest.mark.parametrize("case", SHOWN)
def test_what_students_and_other_programs_save_is_shown(
    tmp_path, monkeypatch, capsys, case
):
    cells, expected = SHOWN[case]
    assert expected in show(cells, tmp_path, monkeypatch)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("edition", [True, False])
def test_questions_answers_and_given_text_look_different(edition):
    new = nbformat.v4.new_markdown_cell
    cells = [new("### Question 8: why?"), new("Because."), new("Note that")]
    cells += [nbformat.v4.new_code_cell("show_source(relu)")]
    tags = ["given", "", "given", "given"] if edition else ["", "answer", "", "source"]
    for cell, tag in zip(cells, tags, strict=True):
        cell.metadata.tags = ["q8", *tag.split()]
    found = [pages.part(cell, cell.metadata.tags, edition) for cell in cells]
    assert found == [["asked"], ["answered"], [], ["answered"]]


@pytest.mark.parametrize("source", TOLD)
def test_what_cannot_be_shown_is_told_with_its_place(
    tmp_path, monkeypatch, capsys, source
):
    page = show([("# Begin", {}), (source, {}), ("The end", {})], tmp_path, monkeypatch)
    assert "The end" in page
    assert f"a.ipynb, cell 2: {TOLD[source]}" in capsys.readouterr().err


def test_a_cell_that_fails_is_left_out_and_one_that_is_no_notebook_told(
    tmp_path, monkeypatch, capsys
):
    broken = {"image/svg+xml": 3}
    page = show([("# Begin", {}), broken, ("The end", {})], tmp_path, monkeypatch)
    assert "The end" in page
    assert "a.ipynb, cell 2 cannot be shown" in capsys.readouterr().err
    for content in [
        "{",
        "[]",
        "{}",
        '{"cells": 3, "nbformat": 4, "nbformat_minor": 5}',
    ]:
        (tmp_path / "a.ipynb").write_text(content)
        with pytest.raises(SystemExit, match="^a.ipynb cannot be read: "):
            pages.build_html(tmp_path / "html")


def test_a_console_without_a_character_ends_nothing(tmp_path, monkeypatch):
    show([("Because $\\frac{δ}$.", {})], tmp_path, monkeypatch)
    code = f"""import sys, pathlib, tools.pages as pages
pages.NOTEBOOKS = pathlib.Path({str(tmp_path)!r})
sys.argv = ["", "html", "--to", {str(tmp_path)!r}]
pages.main()"""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, capture_output=True, env=environment, cwd=ROOT)
    assert run.returncode == 0
    assert rb"\u03b4" in run.stderr


# Colours do not depend on the width, nor what is too wide on the colours.
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1200, "light")])
@pytest.mark.parametrize("name", PAGES)
def test_as_the_browser_shows_it(site, chromium, name, width, scheme):
    page = chromium.new_page(
        viewport={"width": width, "height": 800},
        is_mobile=width < 500,
        color_scheme=scheme,
    )
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(error.message))
    address = (site / f"{name}.html").as_uri()
    page.goto(address)
    page.evaluate("document.fonts.ready.then(() => true)")
    for fault in [RAW_LATEX, UNRENDERED, MISSING_PICTURES, TOO_WIDE, PALE_TEXT]:
        assert page.evaluate(fault) == []
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
    back = page.evaluate("getComputedStyle(document.body).backgroundColor")
    red = int(re.search(r"\d+", back)[0])
    assert red < 50 if scheme == "dark" else red > 200

    fetched = {url for url in asked if not url.startswith("data:")}
    assert fetched == {address, f"{site.as_uri()}/style.css"}
    assert complaints == []
    page.close()
