"""`make pdf`: the document that a student hands in, read back with Poppler's tools."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from tools import browser, pages

ROOT = Path(__file__).resolve().parent.parent
NAME, NUMBER = """Zoë "Ü" O'Neil & <b>Łukasz</b> $x %s""", "A-1#2 'x'"

STYLE = (ROOT / "tools/templates/course/print.css").read_text("utf-8")
TOO_WIDE = """[...document.body.querySelectorAll("*")].filter(
    tag => tag.getBoundingClientRect().right > innerWidth + 1
        || tag.matches("pre") && tag.scrollWidth > tag.clientWidth + 1
).map(tag => Math.round(tag.getBoundingClientRect().right) + tag.textContent)"""

needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="Poppler (pdftotext) is not installed"
)
headings = [
    heading
    for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
    for cell in nbformat.read(path, as_version=4).cells
    if cell.cell_type == "markdown"
    for heading in re.findall(r"^### (Question \d+: .+)", cell.source, re.M)
]


def print_to(folder, **variables):
    """Run `make pdf`."""
    return subprocess.run(
        [sys.executable, "-m", "tools.pages", "pdf", "--to", folder],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def pdf(executable, tmp_path_factory):
    """Print the notebooks."""
    folder = tmp_path_factory.mktemp("pdf")
    run = print_to(folder, STUDENT_NAME=NAME, STUDENT_ID=NUMBER)
    assert (run.returncode, run.stderr) == (0, "")
    [path] = folder.iterdir()
    return path


def poppler(program, *arguments):
    command = [program, *arguments]
    run = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    return run.stdout


@pytest.fixture(scope="module")
def leaves(pdf):
    """Read the text of each page."""
    return poppler("pdftotext", "-layout", "-enc", "UTF-8", pdf, "-").split("\f")[:-1]


@needs_poppler
def test_front_page_has_name_and_number(leaves):
    assert NAME in leaves[0] and NUMBER in leaves[0]
    assert not re.search("Question", leaves[0])


@needs_poppler
def test_each_page_has_name_and_number_and_the_number_of_the_page(leaves):
    for number, leaf in enumerate(leaves, 1):
        last_line = leaf.rstrip().splitlines()[-1]
        assert last_line.strip().startswith(f"{NAME} · {NUMBER} ")
        assert last_line.endswith(f" {number} / {len(leaves)}")


@needs_poppler
def test_contents_lead_to_every_question(pdf, leaves):
    assert len(headings) == 27
    for heading in headings:
        assert heading in leaves[1]
    listed = poppler("pdfinfo", "-dests", pdf)
    targets = {
        int(number): int(leaf)
        for leaf, number in re.findall(
            r'^ *(\d+) .*"[^"]*-Question-(\d+)', listed, re.M
        )
    }
    assert sorted(targets) == [*range(1, 28)]
    for number, heading in enumerate(headings, 1):
        assert heading in leaves[targets[number] - 1]


@needs_poppler
def test_formulas_are_typeset(leaves):
    text = "\n".join(leaves).replace(NAME, "")
    assert not re.search(r"\$|\\(frac|sum|begin|exp|partial|delta)", text)


@needs_poppler
def test_every_figure_is_whole_on_one_page(pdf):
    figures = [
        output
        for path in (ROOT / "notebooks").glob("*.ipynb")
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    listed = poppler("pdfimages", "-list", pdf).splitlines()[2:]
    drawn = [line for line in listed if line.split()[2] == "image"]
    assert len(drawn) == len(figures)  # a split one would be drawn on both pages


@needs_poppler
def test_no_output_is_lost_or_cut_off(leaves):
    text = re.sub(r"\s+", "", "".join(leaves))
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                for line in output.get("text", "").splitlines():
                    assert re.sub(r"\s+", "", line) in text, line


def test_outline_leads_to_every_question(pdf):
    printed = pdf.read_bytes()
    assert b"/Type /Outlines" in printed
    for heading in headings:
        assert f"/Title ({heading})".encode() in printed


@needs_poppler
def test_pictures_are_described_in_words(pdf):
    assert re.search(r"^Tagged: +yes$", poppler("pdfinfo", pdf), re.M)
    printed = pdf.read_bytes()
    for section in pages.read_sections():
        for image in BeautifulSoup(section.html, "html.parser").select("img"):
            alt = re.sub(r"([()\\])", r"\\\1", image["alt"])  # as PDF writes them
            assert f"/Alt ({alt})".encode() in printed


def test_no_line_is_longer_than_the_page_is_wide(page, tmp_path, monkeypatch):
    notebooks = tmp_path / "notebooks"
    shutil.copytree(ROOT / "notebooks", notebooks)
    long = "x" * 300
    printed = nbformat.v4.new_output("stream", text=long)
    cell = nbformat.v4.new_code_cell(f"print('{long}')", outputs=[printed])
    mine = nbformat.v4.new_notebook(cells=[cell])
    nbformat.write(mine, notebooks / "05_mine.ipynb")
    monkeypatch.setattr(pages, "NOTEBOOKS", notebooks)
    html = tmp_path / "print.html"
    html.write_text(pages.document(NAME * 5, NUMBER), "utf-8")

    (margin,) = re.findall(r"margin: 20mm (\d+)mm", STYLE)
    width = round((210 - 2 * int(margin)) / 25.4 * 96)  # A4, in CSS pixels
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(media="print")
    page.goto(html.as_uri())
    assert page.locator("pre").count() > 100
    assert page.evaluate(TOO_WIDE) == []


def test_without_a_browser_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(browser, "find_browser", lambda: None)
    with pytest.raises(SystemExit, match="(?s)apt install chromium.* CHROME="):
        pages.build_pdf(tmp_path, "", "")
    assert not list(tmp_path.iterdir())


def test_a_browser_that_prints_nothing_is_told_and_the_last_pdf_stays(
    monkeypatch, tmp_path
):
    monkeypatch.setenv("CHROME", sys.executable)  # it knows none of the options
    last = tmp_path / "mnist-from-scratch.pdf"
    last.write_text("the last one")
    with pytest.raises(SystemExit, match="(?s)printed nothing.* 131 .* CHROME="):
        pages.build_pdf(tmp_path, "", "")
    assert list(tmp_path.iterdir()) == [last]
    assert last.read_text() == "the last one"


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
@pytest.mark.skipif(os.name == "nt", reason="the stand-in for Python is a shell script")
@pytest.mark.parametrize("name", [NAME, "", "a $(b) ${c} `d` \\ ; e"])
def test_make_passes_name_and_number_on(tmp_path, name):
    shutil.copy(ROOT / "Makefile", tmp_path)
    for needed in ["requirements.txt", "pyproject.toml", "tools/setup.sh"]:
        path = tmp_path / needed
        path.parent.mkdir(exist_ok=True)
        path.touch()
    stand_in = tmp_path / ".venv/bin/python"
    stand_in.parent.mkdir(parents=True)
    stand_in.write_text('#!/bin/sh\nprintf "%s|%s" "$STUDENT_NAME" "$STUDENT_ID"\n')
    stand_in.chmod(0o755)
    (tmp_path / ".venv/ready").write_text(f"{tmp_path.resolve()}\n")
    told = [f"NAME={name}"] if name else []
    environment = {**os.environ, "NAME": "of-this-computer"}
    environment.pop("MAKEFLAGS", None)
    run = subprocess.run(
        ["make", "--silent", "pdf", *told, f"ID={NUMBER}"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (run.stdout, run.stderr) == (f"{name}|{NUMBER}", "")
