"""The pad: drawn on in a real browser, beside the same computation in Python."""

import json
import re
import shutil
from base64 import b64decode
from html import unescape

import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from handwriting import pages
from nbconvert import HTMLExporter
from processes import ROOT
from test_notebooks import PASSING, outputs_of, recorded
from test_pages import PALE_TEXT, TOO_WIDE, watched

import pad
from deep import forwardprop_deep, init_deep
from MNISTtools import load
from pad import SIGNS, read_drawings, render, rounded, show_pad
from shallow import eval_perfs, normalize_MNIST_images
from tools import pages as site

DRAWINGS = list(pages())  # 62, and each way to write is there twice
ONE = 6  # the shortest: each of its moves may be shown
SMALL = init_deep([784, 9, 10], rng=1)


def displayed(*nets, **options):
    """Return what `show_pad` displays, by its MIME types."""
    shown = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pad, "display", lambda data, raw: shown.append(data))
        show_pad(*nets, **options)
    [data] = shown
    return data


def html_of(*nets, **options):
    """Return the HTML that `show_pad` displays."""
    return displayed(*nets, **options)["text/html"]


def recorded_pads():
    """Return the recorded pads, in order, each with what its notebook says in words."""
    found = []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        notebook = nbformat.read(path, 4)
        shown = [o.get("data", {}).get("text/html", "") for o in outputs_of(notebook)]
        found += [(pad, recorded(notebook)) for pad in shown if 'class="pad"' in pad]
    return found


def networks(html):
    """Return the networks that a pad has in it."""
    signs = {sign: code for code, sign in SIGNS.items()}
    read = []
    for net in json.loads(re.search(r"NETS = (\[.*\]);", unescape(html))[1]):
        layers = []
        for layer in net:
            codes = b64decode(layer["codes"].translate(signs))
            codes = np.frombuffer(codes, np.int8)
            W = codes.reshape(-1, layer["inputs"]) * np.c_[layer["scales"]]
            layers += [W, np.c_[layer["biases"]]]
        read.append(tuple(layers))
    return read


@pytest.fixture(scope="module")
def best():
    """Return a pad with the network of the last recorded one: the best."""
    return html_of(*networks(recorded_pads()[-1][0]))


MOVES = """(canvas, points) => {
    const box = canvas.getBoundingClientRect(), pointerId = pointer;
    for (const [x, y] of points) canvas.dispatchEvent(new PointerEvent("pointermove", {
        pointerId, clientX: box.left + x * box.width, clientY: box.top + y * box.height
    }));
}"""
CUT_OFF = """[...document.querySelectorAll("button, #answer span")].filter(
    tag => tag.scrollWidth > tag.clientWidth + 1
).map(tag => tag.textContent)"""


class Pad:
    """A pad in the page of a browser, used as a person uses it."""

    def __init__(self, page):
        self.page = page
        self.element = page.locator("iframe.pad").last
        self.element.wait_for()
        self.frame = self.element.content_frame
        self.frame.locator("#bars li").last.wait_for()

    def evaluate(self, code):
        return self.frame.locator("body").evaluate(f"() => {code}")

    def place(self, x, y):
        """Return where a point of the pad, in parts of it, is in the window."""
        self.canvas.scroll_into_view_if_needed()
        box = self.canvas.bounding_box()
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    @property
    def canvas(self):
        return self.frame.locator("#pad")

    @property
    def heard(self):
        return self.frame.locator("#heard").text_content()

    def draw(self, strokes, *, slowly=False):
        """Draw with the mouse and return the digit that is read.

        Of its moves, the browser shows a picture each only if it draws slowly.
        """
        for stroke in strokes:
            first, *others = stroke
            self.page.mouse.move(*self.place(*first))
            self.page.mouse.down()
            if slowly:
                for point in others:
                    self.page.mouse.move(*self.place(*point))
            else:
                self.canvas.evaluate(MOVES, [list(map(float, p)) for p in others])
            self.page.mouse.up()
        return self.evaluate("result.first")

    def drawing(self):
        """Return the strokes as the page has them."""
        return [np.array(stroke) for stroke in self.evaluate("strokes")]

    def clear(self):
        self.frame.locator("#clear").click()


def open_pad(page, html, background="white"):
    page.set_content(f'<body style="background: {background}">{html}')
    return Pad(page)


@pytest.fixture
def one(page):
    """Open a pad; its network is small, and what it reads is chance."""
    return open_pad(page, html_of(SMALL))


def whole(strokes):
    """Return a drawing as the page would have it."""
    return [np.floor(256 * stroke).astype(int) for stroke in strokes]


def probabilities(drawing, *nets, mean=None):
    """Return what the networks of a pad say of a drawing, in Python."""
    x = render(drawing).reshape(-1, 1) / 127.5 - 1
    y = [forwardprop_deep(x, rounded(net, mean)) for net in nets]
    return np.mean(y, axis=0).ravel()


# Without a browser


def test_a_pad_is_small_recorded_alike_everywhere_and_has_the_network():
    for units, largest, dtype in [(64, 150_000, float), (800, 900_000, np.float32)]:
        net = tuple(array.astype(dtype) for array in init_deep([784, units, 10], rng=1))
        net[0][2] = 0  # a unit that has died
        mean = np.full((784, 1), -0.7, dtype)
        html = html_of(net, mean=mean)
        assert len(html.encode()) < largest
        for kind, pattern in PASSING.items():
            assert not re.search(pattern, f"{html} {unescape(html)}"), kind
        [inside] = networks(html)
        for array, shown in zip(rounded(net, mean), inside, strict=True):
            np.testing.assert_allclose(shown, array, rtol=1e-3, atol=1e-5)
        for W, W8 in zip(net[::2], rounded(net)[::2], strict=True):
            step = np.abs(W).max(axis=1, keepdims=True) / 127
            assert (np.abs(W8 - W) <= 0.51 * step).all()
    # Nor does the smallest disagreement of processors change it.
    net = init_deep([784, 64, 10], rng=3)
    assert html_of(tuple(array * (1 + 1e-13) for array in net)) == html_of(net)


def test_a_recorded_pad_has_the_network_whose_errors_are_printed():
    """So that eight bits change no answer on more than 0.05 % of the testing set."""
    x, lbl = load("testing")
    x = normalize_MNIST_images(x)
    (goal, _), *pads = recorded_pads()
    assert goal in [html for html, _ in pads]  # of notebook 1: that of Question 20
    for html, printed in pads:
        y = np.mean([forwardprop_deep(x, net) for net in networks(html)], axis=0)
        errors = eval_perfs(y, lbl)
        known = [float(number) for number in re.findall(r"(\d+\.\d+) %", printed)]
        assert min(abs(errors - number) for number in known) <= 0.05, errors


def test_what_is_no_network_is_refused():
    few, small = init_deep([784, 9], rng=1), init_deep([80, 10], rng=1)
    for net in [(), (1, 2), few, small, [None] * 4]:
        with pytest.raises(ValueError, match="show_pad needs a network as a tuple W1"):
            show_pad(net)
    with pytest.raises(ValueError, match="as in show_pad"):
        show_pad()


@pytest.mark.parametrize("k", [0, 14, 35])
def test_prepared_as_mnist_is(k):
    drawing = whole(DRAWINGS[k][1])
    image = render(drawing).reshape(28, 28) / 255
    inked = np.argwhere(image > 0)
    height, width = np.ptp(inked, axis=0) + 1
    assert 19 <= max(height, width) <= 21
    centre = np.array([np.arange(28) @ image.sum(axis=k) for k in (1, 0)])
    assert np.abs(centre / image.sum() - 13.5).max() <= 0.55
    assert image.max() == 1
    moved = [np.clip(stroke // 2 + 60, 0, 255) for stroke in drawing]
    same = render(moved).reshape(28, 28) / 255
    # Neither size nor place matter; but the centre may be rounded to the next pixel.
    shifts = [np.roll(same, (i, j), (0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    assert min(np.abs(shifted - image).mean() for shifted in shifts) < 0.03
    raw = render(moved, prepare=False).reshape(28, 28)
    assert np.abs(raw / 255 - image).mean() > 0.03


def test_drawings_copied_in_part_are_refused_and_none_are_no_images():
    for text in ["3", "x:AQEB", "3:AgEB", "3:A", "3:", "33:AQEB"]:
        with pytest.raises(ValueError, match="drawing 2 cannot be read"):
            read_drawings(f"3:AQEB {text}")
    x, lbl = read_drawings("")
    assert (x.shape, x.dtype) == ((784, 0), np.uint8)
    assert (lbl.shape, lbl.dtype) == ((0,), np.int64)


def test_handwriting_is_read(best):
    """By the best network; that the browser has the same numbers is tested below."""
    nets, wrong = networks(best), []
    for k, (label, strokes) in enumerate(DRAWINGS):
        if (read := probabilities(whole(strokes), *nets).argmax()) != label:
            wrong.append((k, label, read))
    assert len(DRAWINGS) >= 60 and len(wrong) <= 3, wrong


# In a browser


@pytest.mark.parametrize(
    ("sizes", "count", "mean"),
    [
        ([784, 64, 10], 1, None),
        ([784, 40, 20, 10], 2, np.linspace(-1, 0.5, 784)),
        ([784, 10], 1, np.linspace(-1, 0.5, 784)),
    ],
    ids=["shallow", "two deep ones", "no hidden layer"],
)
def test_the_same_numbers_as_in_python(page, sizes, count, mean):
    nets = [init_deep(sizes, rng=k) for k in range(count)]
    one = open_pad(page, html_of(*nets, mean=mean))
    for _, strokes in (DRAWINGS[0], DRAWINGS[31]):
        one.draw(strokes)
        drawing = one.drawing()
        pixels = np.array([*one.evaluate("Array.from(result.pixels)")])
        assert np.abs(pixels - render(drawing).astype(int)).max() <= 1
        expected = probabilities(drawing, *nets, mean=mean)
        np.testing.assert_allclose(one.evaluate("result.y"), expected, atol=1e-3)
        for stroke, meant in zip(drawing, strokes, strict=True):
            np.testing.assert_allclose(stroke[0], 256 * meant[0], atol=2)
        one.clear()


def test_what_one_sees_is_what_was_computed(one):
    one.draw(DRAWINGS[ONE][1], slowly=True)
    context = "find('image').getContext('2d')"
    seen = one.evaluate(f"Array.from({context}.getImageData(0, 0, 28, 28).data)")
    pixels = one.evaluate("Array.from(result.pixels)")
    np.testing.assert_array_equal(seen[::4], pixels)
    texts = one.frame.locator("#bars li").all_inner_texts()
    assert [text.split()[0] for text in texts] == list("0123456789")
    for text, part in zip(texts, one.evaluate("result.y"), strict=True):
        assert abs(int(re.search(r"(\d+) %", text)[1]) - 100 * part) <= 1
    first = str(one.evaluate("result.first"))
    assert one.frame.locator("#bars .first").inner_text().startswith(first)
    assert one.frame.locator("#answer b").inner_text() == first


def test_a_finger_draws(chromium, best):
    context = chromium.new_context(
        viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    one, session = open_pad(page, best), context.new_cdp_session(page)

    def touch(kind, *points):
        points = [dict(zip("xy", one.place(*point), strict=True)) for point in points]
        told = {"type": kind, "touchPoints": points}
        session.send("Input.dispatchTouchEvent", told)

    label, strokes = DRAWINGS[ONE]
    for first, *others in strokes:
        touch("touchStart", first)
        for point in others:
            touch("touchMove", point)
        touch("touchEnd")
    # It does not scroll the page; a finger that is dispatched never would.
    assert one.canvas.evaluate("pad => getComputedStyle(pad).touchAction") == "none"
    assert len(one.drawing()) == len(strokes)
    assert one.evaluate("result.first") == label
    context.close()


def test_a_keyboard_clears(page, one):
    for key in ["Escape", "Delete", "Tab+Enter"]:
        one.draw(DRAWINGS[0][1])
        assert len(one.drawing()) > 0 and one.heard != "The pad is empty."
        one.canvas.focus()
        for part in key.split("+"):
            page.keyboard.press(part)
        assert one.drawing() == []
        assert one.heard == "The pad is empty."
        assert one.evaluate("result.pixels.every(level => level === 0)")
        assert one.frame.locator("#answer b").inner_text() == ""


def test_a_screen_reader_hears_the_answer(page, best):
    one = open_pad(page, best)
    assert one.frame.locator("#heard").get_attribute("aria-live") == "polite"
    assert one.heard == ""  # the example is not read aloud
    label, strokes = DRAWINGS[0]
    assert one.draw(strokes) == label
    assert re.fullmatch(rf"I read a {label}, (> )?\d+ % sure(; .*)?\.", one.heard)
    assert one.element.get_attribute("title").startswith("A pad to draw digits on")
    soup = BeautifulSoup(one.evaluate("document.body.innerHTML"), "html.parser")
    for tag in soup.select("canvas, ol, textarea, [role=group]"):
        named = soup.find(id=tag.get("aria-labelledby"))
        assert tag.get("aria-label") or named.text, tag


def test_digits_that_are_kept_come_into_the_notebook(one):
    one.frame.locator("summary").click()
    labels = one.frame.locator("#labels button")
    assert labels.first.is_disabled()  # the example is nobody's
    expected, meant = [], []
    for label, strokes in DRAWINGS[::20]:
        one.draw(strokes)
        expected.append(render(one.drawing()))
        meant.append(label)
        labels.nth(label).click()
        assert one.drawing() == []
    right = one.frame.locator("#score").inner_text()
    assert right.startswith(f"{len(meant)} kept, ")
    names = {}
    exec(one.frame.locator("#text").input_value(), names)
    assert len(names["drawings"]) < 700 * len(meant)
    x, lbl = names["x"], names["lbl"]
    np.testing.assert_array_equal(x, np.transpose(expected))
    np.testing.assert_array_equal(lbl, meant)
    raw, _ = read_drawings(names["drawings"], prepare=False)
    assert raw.shape == x.shape and (raw != x).any()
    one.frame.locator("#forget").click()
    exec(one.frame.locator("#text").input_value(), names)
    assert len(names["lbl"]) == len(meant) - 1


def test_a_long_stroke_is_kept_whole(one):
    turns = np.linspace(0, 14 * np.pi, 400)
    one.draw([np.array([0.5 + 0.4 * np.cos(turns), 0.5 + 0.4 * np.sin(turns)]).T])
    drawing = one.drawing()
    assert max(map(len, drawing)) <= 255 and sum(map(len, drawing)) > 300
    np.testing.assert_array_equal(drawing[0][-1], drawing[1][0])
    one.frame.locator("summary").click()
    one.frame.locator("#labels button").first.click()
    text = one.evaluate("kept[0].code")
    np.testing.assert_array_equal(read_drawings(f"0:{text}")[0][:, 0], render(drawing))


DARK, LIGHT = "rgb(17, 17, 17)", "rgb(255, 255, 255)"


@pytest.mark.parametrize(("before", "background"), [(LIGHT, DARK), (DARK, LIGHT)])
def test_as_the_browser_shows_it(page, before, background):
    """In JupyterLab's theme, which may change, and is not that of the browser."""
    asked, complaints = watched(page)
    page.emulate_media(color_scheme="light" if background == DARK else "dark")
    one = open_pad(page, html_of(init_deep([784, 300, 100, 10], rng=1)), before)
    colour = "getComputedStyle(document.body).backgroundColor"
    assert one.evaluate(colour) == before
    page.evaluate(f"document.body.style.background = '{background}'")
    assert one.evaluate(colour) == background
    page.set_viewport_size({"width": 416, "height": 600})  # with the page's margins
    assert one.evaluate("[innerWidth, innerHeight <= 600]") == [400, True]
    drawn, read = one.canvas.bounding_box(), one.frame.locator("#bars").bounding_box()
    assert drawn["x"] + drawn["width"] < read["x"], "both are seen in a narrow pane"
    one.frame.locator("summary").click()
    for width in [256, 360, 640, 1100]:
        page.set_viewport_size({"width": width, "height": 900})
        for fault in [TOO_WIDE, PALE_TEXT, CUT_OFF]:
            assert one.evaluate(fault) == []
        assert one.frame.locator("#bars i").first.bounding_box()["width"] > 60
        root = "document.documentElement"
        assert one.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
        fits = f"{root}.scrollHeight <= innerHeight + 1"  # no bar to scroll
        page.frames[-1].wait_for_function(fits)
    assert complaints == [] and asked == []


# In notebooks, saved pages and the website


def test_in_a_saved_page_and_on_the_first_page_of_the_website(
    page, tmp_path, monkeypatch
):
    folder, new = tmp_path / "notebooks", nbformat.v4
    folder.mkdir()
    shutil.copy(ROOT / "notebooks" / "01_data.ipynb", folder)
    outputs = [new.new_output("display_data", displayed(SMALL))]
    cell = new.new_code_cell("show_pad(net)", outputs=outputs, execution_count=1)
    text = new.new_markdown_cell("# 5. More: text")
    for name, one in [("04_with", cell), ("05_without", text)]:
        nbformat.write(new.new_notebook(cells=[one]), folder / f"{name}.ipynb")
    html, _ = HTMLExporter().from_filename(str(folder / "04_with.ipynb"))
    (tmp_path / "pad.html").write_text(html, "utf-8")
    monkeypatch.setattr(site, "NOTEBOOKS", folder)
    page.route("https://**", lambda route: route.abort())  # nbconvert asks for MathJax
    for path in [tmp_path / "pad.html", site.build_html(tmp_path / "html")]:
        page.goto(path.as_uri())
        assert page.locator("iframe.pad").count() == 1
        one = Pad(page)
        one.draw(DRAWINGS[0][1])
        expected = probabilities(one.drawing(), SMALL)
        np.testing.assert_allclose(one.evaluate("result.y"), expected, atol=1e-3)
