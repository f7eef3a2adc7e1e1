"""`make html` and `make pdf`: the website and the document that a student hands in.

Both are read as files; a real browser shows the first, Poppler's tools read the second.
"""

import contextlib
import io
import json
import re
import shutil
import struct
import sys
from base64 import b64decode
from collections import Counter
from html import unescape
from urllib.parse import urldefrag

import nbformat
import pytest
from bs4 import BeautifulSoup
from processes import ROOT, run
from test_notebooks import outputs_of, read

from checks.given import QUESTIONS
from tools import browser, pages

NOTEBOOKS = {p.stem: read(p.stem) for p in sorted((ROOT / "notebooks").glob("*.ipynb"))}
PAGES = ["index", *NOTEBOOKS]
TEXTS = {
    name: "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    for name, notebook in NOTEBOOKS.items()
}
HEADINGS = re.findall(r"^### (Question \d+: .+)", "\n".join(TEXTS.values()), re.M)
OUTPUTS = [output for notebook in NOTEBOOKS.values() for output in outputs_of(notebook)]
NAME, NUMBER = """Zoë "Ü" O'Neil & <b>Łukasz</b> $x %s""", "A-1#2 'x'"
STYLE = (ROOT / "tools/templates/course/print.css").read_text("utf-8")
needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="Poppler (pdftotext) is not installed"
)

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
CUT_OFF = """[...document.body.querySelectorAll("*")].filter(
    tag => tag.getBoundingClientRect().right > innerWidth + 1
        || tag.matches("pre") && tag.scrollWidth > tag.clientWidth + 1
).map(tag => Math.round(tag.getBoundingClientRect().right) + tag.textContent)"""


def command(sections, *arguments):
    """Run `python -m tools.pages` in this process; it has nothing to complain of."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stderr(said):
        patch.setattr(pages, "read_sections", lambda: sections)
        patch.setattr(sys, "argv", ["pages", *map(str, arguments)])
        patch.setenv("STUDENT_NAME", NAME)
        patch.setenv("STUDENT_ID", NUMBER)
        pages.main()
    assert said.getvalue() == ""


@pytest.fixture(scope="module")
def sections():
    """Read the notebooks, once for the website and for the document."""
    return pages.read_sections()


@pytest.fixture(scope="module")
def site(sections, tmp_path_factory):
    """Build the website."""
    folder = tmp_path_factory.mktemp("site")
    command(sections, "html", "--to", folder)
    return folder / "html"


@pytest.fixture(scope="module")
def soups(site):
    """Read the pages of the website."""
    return {
        name: BeautifulSoup((site / f"{name}.html").read_text("utf-8"), "html.parser")
        for name in PAGES
    }


# The website, as files


def test_questions_and_answers_are_marked_formulas_set_and_neighbours_linked(soups):
    neighbours = [None, *NOTEBOOKS, None]
    for k, (name, text) in enumerate(TEXTS.items(), 1):
        soup = soups[name]
        asked = soup.select(".celltag_asked h3")
        assert len(asked) == len(soup.select("h3[id^=Question]"))
        assert len(soup.select(".celltag_answered")) >= len(asked)
        text = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.S)
        formulas = re.findall(r"\$\$.+?\$\$|\$.+?\$", text, re.S)
        assert len(soup.select("math")) == len(formulas), name
        for rel, target in [("prev", neighbours[k - 1]), ("next", neighbours[k + 1])]:
            links = {link["href"] for link in soup.select(f"a[rel={rel}]")}
            assert links == ({f"{target}.html"} if target else set())


def test_the_first_page_presents_every_notebook_and_question(soups):
    first = soups["index"]
    assert [link.text for link in first.select(".questions a")] == HEADINGS
    assert len(HEADINGS) == len(QUESTIONS)
    opening = " ".join(first.select_one("h1 + p").text.split())
    counts = f"{len(NOTEBOOKS)} notebooks with {len(QUESTIONS)} questions, "
    assert opening.startswith(counts)
    cards = first.select(".card")
    assert [card.h2.a["href"] for card in cards] == [f"{n}.html" for n in NOTEBOOKS]
    html = [o.get("data", {}).get("text/html", "") for o in OUTPUTS]
    *_, last = [one for one in html if 'class="pad"' in one]
    pads = unescape(last), first.select_one("iframe.pad")["srcdoc"]
    (shown,) = {re.search(r"NETS = (\[.*\]);", pad)[1] for pad in pads}
    assert len(shown) > 100_000, "the best network, and no other"
    for card in cards:
        assert card.img["src"].startswith("data:image/png;base64,")
        assert card.select_one(".time").text.strip()
        assert re.match(r"[A-Z].*\.$", card.p.text.strip(), re.S)


def test_every_link_leads_somewhere_and_nothing_is_fetched_from_elsewhere(site, soups):
    files = {path.name for path in site.iterdir()}
    assert files == {"style.css", *(f"{name}.html" for name in PAGES)}
    for name, soup in soups.items():
        for link in soup.select("a[href]"):
            page, fragment = urldefrag(link["href"])
            if not page.startswith(("http:", "https:")):
                target = soups[page.removesuffix(".html") or name]
                assert not fragment or target.find(id=fragment), link
        for tag in soup.select("[src], link[href]"):
            address = tag.get("src") or tag["href"]
            assert address.startswith("data:") or address == "style.css", tag
        assert not soup.select("script, iframe:not(.pad[srcdoc])")
        for heading in soup.select(".jp-Cell :is(h1, h2, h3)"):
            assert heading.select_one("a.anchor-link")["href"] == f"#{heading['id']}"


def test_pictures_are_described_in_words(soups):
    for name, soup in soups.items():
        texts = [image.get("alt", "") for image in soup.select("img")]
        assert texts and len(set(texts)) == len(texts), name
        for text in texts:
            assert len(text.split()) > 4 and "No description" not in text, text


def watched(page):
    """Return lists of what a page asks for and complains of, which go on to fill."""
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(error.message))
    return asked, complaints


@pytest.mark.parametrize("name", PAGES)
def test_as_the_browser_shows_it(site, page, name):
    """Narrow and dark, then wide and light: colours do not depend on the width."""
    asked, complaints = watched(page)
    address = (site / f"{name}.html").as_uri()
    for width, scheme in [(390, "dark"), (1200, "light")]:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        if width == 390:
            page.goto(address)
            page.evaluate("document.fonts.ready.then(() => true)")
            assert page.evaluate(RAW_LATEX) == []
            assert page.evaluate(MISSING_PICTURES) == []
        for fault in [UNRENDERED, TOO_WIDE, PALE_TEXT]:
            assert page.evaluate(fault) == []
        root = "document.documentElement"
        assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
        back = page.evaluate("getComputedStyle(document.body).backgroundColor")
        red = int(re.search(r"\d+", back)[0])
        assert red < 50 if scheme == "dark" else red > 200
    width = page.locator("meta[name=viewport]").get_attribute("content")
    assert width.startswith("width=device-width")  # as a telephone needs it
    fetched = {url for url in asked if not url.startswith("data:")}
    assert fetched == {address, f"{site.as_uri()}/style.css"}
    assert complaints == []


# The document


@pytest.fixture(scope="module")
def printed(site, sections, executable, tmp_path_factory):
    """Print the notebooks, after the site was made; return the page and the PDF."""
    folder = tmp_path_factory.mktemp("pdf")
    source = folder / "print.html"

    def print_pdf(html, target):
        source.write_text(html, "utf-8")
        browser.print_pdf(html, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "print_pdf", print_pdf)
        command(sections, "pdf", "--to", folder / "new")
    [path] = (folder / "new").iterdir()
    return source, path


def poppler(program, *arguments):
    return run(program, *arguments, check=True).stdout


@pytest.fixture(scope="module")
def leaves(printed):
    """Read the text of each page."""
    pdf = printed[1]
    return poppler("pdftotext", "-layout", "-enc", "UTF-8", pdf, "-").split("\f")[:-1]


@needs_poppler
def test_each_page_has_name_and_number_and_the_number_of_the_page(leaves):
    assert NAME in leaves[0] and NUMBER in leaves[0] and "Question" not in leaves[0]
    for number, leaf in enumerate(leaves, 1):
        last_line = leaf.rstrip().splitlines()[-1]
        assert last_line.strip().startswith(f"{NAME} · {NUMBER} ")
        assert last_line.endswith(f" {number} / {len(leaves)}")


@needs_poppler
def test_contents_and_outline_lead_to_every_question(printed, leaves):
    pdf = printed[1]
    listed = poppler("pdfinfo", "-dests", pdf)
    found = re.findall(r'^ *(\d+) .*"[^"]*-Question-(\d+)', listed, re.M)
    targets = {int(number): int(leaf) for leaf, number in found}
    assert sorted(targets) == list(QUESTIONS)
    assert b"/Type /Outlines" in pdf.read_bytes()
    for number, heading in enumerate(HEADINGS, 1):
        assert heading in leaves[1]
        assert heading in leaves[targets[number] - 1]
        assert f"/Title ({heading})".encode() in pdf.read_bytes()


@needs_poppler
def test_formulas_are_typeset_and_no_output_is_lost_or_cut_off(leaves):
    text = "\n".join(leaves).replace(NAME, "")
    formula = re.compile(r"\$|\\(?:frac|sum|begin|exp|partial|delta)")
    cells = [cell for notebook in NOTEBOOKS.values() for cell in notebook.cells]
    # The labels of figures are printed as they are in the code.
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    assert Counter(formula.findall(text)) == Counter(formula.findall(code))
    text = re.sub(r"\s+", "", text)
    for output in OUTPUTS:
        for line in output.get("text", "").splitlines():
            assert re.sub(r"\s+", "", line) in text, line


@needs_poppler
def test_every_figure_is_whole_on_one_page_and_described_in_words(printed):
    """The pads are drawn as well, but with canvases of other sizes than figures."""
    source, pdf = printed
    figures = Counter(
        struct.unpack(">II", b64decode(output.data["image/png"])[16:24])
        for output in OUTPUTS
        if "image/png" in output.get("data", {})
    )
    lines = map(str.split, poppler("pdfimages", "-list", pdf).splitlines()[2:])
    drawn = Counter((int(x[3]), int(x[4])) for x in lines if x[2] == "image")
    # One that was split would be drawn on both pages.
    assert {size: drawn[size] for size in figures} == figures
    assert re.search(r"^Tagged: +yes$", poppler("pdfinfo", pdf), re.M)
    texts = re.findall(r'<img[^>]*? alt="([^"]*)"', source.read_text("utf-8"))
    assert len(texts) > 20
    for text in texts:
        alt = re.sub(r"([()\\])", r"\\\1", unescape(text))  # as PDF writes them
        assert f"/Alt ({alt})".encode() in pdf.read_bytes()


def test_no_line_is_longer_than_the_page_is_wide(printed, page, tmp_path, monkeypatch):
    long = "x" * 300
    output = nbformat.v4.new_output("stream", text=long)
    cell = nbformat.v4.new_code_cell(long, outputs=[output], execution_count=1)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "mine.ipynb")
    monkeypatch.setattr(pages, "read_sections", lambda: [pages.Section(mine)])
    mine, html = tmp_path / "mine.ipynb", tmp_path / "mine.html"
    html.write_text(pages.document(NAME * 5, NUMBER), "utf-8")
    (margin,) = re.findall(r"margin: 20mm (\d+)mm", STYLE)
    width = round((210 - 2 * int(margin)) / 25.4 * 96)  # A4, in CSS pixels
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(media="print")
    for source, least in [(printed[0], 100), (html, 2)]:
        page.goto(source.as_uri())
        assert page.locator("pre").count() >= least
        assert page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (None, "(?s)apt install chromium.* CHROME="),
        (sys.executable, "(?s)printed nothing.* 131 .* CHROME="),  # it has no options
    ],
)
def test_without_a_browser_that_prints_it_is_told_and_the_last_pdf_stays(
    command, said, monkeypatch, tmp_path
):
    monkeypatch.setattr(browser, "find_browser", lambda: command)
    monkeypatch.setattr(pages, "document", lambda name, number: "<p>short</p>")
    last = tmp_path / "mnist-from-scratch.pdf"
    last.write_text("the last one")
    with pytest.raises(SystemExit, match=said):
        pages.build_pdf(tmp_path, "", "")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["the last one"]


# Notebooks as students and other programs leave them

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42"
    "mP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
)
EMBEDDED = f'src="data:image/png;base64,{PNG}"'
WIDGET = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}
ATTACHED = {"a b.png": {"image/png": PNG}}
SHOWN = [  # the same picture in five ways, and a number
    ("![p](attachment:a%20b.png)", ATTACHED),
    ('<img src="attachment:a b.png" width="9">', ATTACHED),
    (f"![p](data:image/png;base64,{PNG})", {}),  # as Colab pastes it
    ("![p](photo.png)", {}),
    {**WIDGET, "image/png": PNG},  # a widget without its state
    {"text/plain": "forty-two"},  # never counted, as by PyCharm
]
TOLD = [  # a cell, and what is said of it
    ("![p](attachment:gone.png)", "the picture gone.png is not in the cell: paste it"),
    ("![p](no.png)", "there is no picture notebooks/no.png"),
    ("![p](photo.heic)", "photo.heic is no picture that a browser shows"),
    (r"Because $\frac{δ}$.", r"this is not a formula: \frac{\u03b4}"),
    (r"$$\begin{aligned} a$$", "this is not a formula"),
    ({"image/svg+xml": 3}, "cannot be shown"),
]


def show(cells, folder, monkeypatch):
    """Make the page of one notebook, as JSON that needs no library."""
    made = []
    for cell in cells:
        if isinstance(cell, dict):
            output = {"output_type": "display_data", "metadata": {}, "data": cell}
            more = {"cell_type": "code", "source": "1", "outputs": [output]}
        else:
            source, attached = cell
            more = {"cell_type": "markdown", "source": source}
            more |= {"attachments": attached} if attached else {}
        made.append({"metadata": {}} | more)
    state = {"application/vnd.jupyter.widget-state+json": {"1": {}}}
    notebook = {"nbformat": 4, "nbformat_minor": 0, "metadata": {"widgets": state}}
    (folder / "a.ipynb").write_text(json.dumps(notebook | {"cells": made}), "utf-8")
    (folder / "photo.png").write_bytes(b64decode(PNG))
    (folder / "photo.heic").write_bytes(b"ftypheic")
    monkeypatch.setattr(pages, "NOTEBOOKS", folder)
    monkeypatch.setattr(sys, "argv", ["pages", "html", "--to", str(folder)])
    pages.tell.cache_clear()
    pages.main()
    return (folder / "html/a.html").read_text("utf-8")


def test_what_students_and_other_programs_save_is_shown(tmp_path, monkeypatch, capsys):
    page = show(SHOWN, tmp_path, monkeypatch)
    assert page.count(EMBEDDED) == 5 and "forty-two" in page
    assert capsys.readouterr().err == ""


def test_questions_answers_and_given_text_look_different_in_the_edition_too():
    new = nbformat.v4.new_markdown_cell
    for cell, tag, look in [
        (new("### Question 8: why?"), ["given"], ["asked"]),
        (new("Because."), [], ["answered"]),
        (new("Note that"), ["given"], []),
        (nbformat.v4.new_code_cell("show_source(relu)"), ["given"], ["answered"]),
    ]:
        assert pages.part(cell, ["q8", *tag], edition=True) == look


def test_what_cannot_be_shown_is_told_with_its_place(tmp_path, monkeypatch):
    """On a console that has not every character, which ends nothing."""
    said = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stderr", said)
    cells = [cell if isinstance(cell, dict) else (cell, {}) for cell, _ in TOLD]
    page = show([("# Begin", {}), *cells, ("The end", {})], tmp_path, monkeypatch)
    assert "The end" in page
    said.flush()
    lines = said.buffer.getvalue().decode("ascii")
    for k, (_, told) in enumerate(TOLD, 2):
        assert re.search(rf"a\.ipynb, cell {k}:? {re.escape(told)}", lines), told
    for content in ["{", '{"cells": 3, "nbformat": 4, "nbformat_minor": 5}']:
        (tmp_path / "a.ipynb").write_text(content)
        with pytest.raises(SystemExit, match="^a.ipynb cannot be read: "):
            pages.build_html(tmp_path / "html")
