"""`make html`: the website as files, and as a real browser shows it."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urldefrag

import nbformat
import pytest
from bs4 import BeautifulSoup

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
    assert not soups[name].select("script, iframe")


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200], ids=["phone", "desktop"])
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
