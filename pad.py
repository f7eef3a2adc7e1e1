"""A pad to draw digits on, which a network reads while one draws.

`show_pad` shows it in the notebook. The page that it shows holds the network itself and
computes in the browser, in `tools/templates/pad.html`: it asks no kernel and no server,
and works in a saved page as well. `render` says in Python what that page does with a
drawing, and `read_drawings` brings drawings from the pad into the notebook.

A drawing is a list of strokes, and a stroke is an array of shape (n, 2): the points
that the pen went through, x to the right and y down, whole numbers from 0 to 255.
"""

import json
from base64 import b64decode, b64encode
from html import escape
from pathlib import Path

import numpy as np
from IPython.display import display

PAGE = Path(__file__).resolve().parent / "tools" / "templates" / "pad.html"
NETWORK = PAGE.with_name("network.json")  # of Question 20, written by `make record`
PAD = 256  # units that the pad is wide and high
SIDE, BOX = 28, 20  # pixels of an image, and of the box that the digit fills
FINE = 4  # points along each side of a pixel where the ink is looked at
PEN = 1.2  # half the width of the pen, in pixels of the image
# Recorded outputs are searched for paths, addresses and times, as 0x12345 or 5 s: with
# these signs of base64 written as others, no weights look like that by accident.
SIGNS = str.maketrans("/xscn", "!#$(*")
SMALLEST = 32  # units: what is drawn smaller than this is no longer enlarged to the box


def show_pad(*nets, mean=None):
    """Show a pad to draw digits on; the network reads them at once.

    Its weights are rounded to eight bits each, see `quantise`, and become a part of the
    notebook.

    Parameters
    ----------
    *nets : tuple of W1 (n1, 784), b1 (n1, 1), W2 (10, n1), b2 (10, 1), ...
        One network, with any number of hidden layers. With several, the pad shows the
        average of their probabilities.
    mean : (784,) or (784, 1) array, optional
        What was subtracted from the images in [-1, 1] before the training.

    Notes
    -----
    The page is the `srcdoc` of a frame. JupyterLab shows such frames, and so do saved
    pages. Visual Studio Code does in a trusted folder, as users of other libraries tell
    (of folium's maps, and some had to reopen the notebook first: microsoft/vscode,
    issue 266193); with this pad it has not been tried.

    Examples
    --------
    >>> show_pad(net)
    >>> show_pad(net, mean=mean)
    """
    for net in nets:
        _check_net(net)
    if not nets:
        raise ValueError("show_pad needs a network, as in show_pad(net)")
    sizes = " and ".join(str(len(W)) for W in nets[0][:-2:2]) or "no"
    what = f"a network with {sizes} hidden units"
    if len(nets) > 1:
        what = f"the average of {len(nets)} networks"
    _display(what, _as_json(nets, mean))


def show_goal():
    """Show the pad with a network that is trained already, the one of Question 20.

    It needs no answer: its weights are those that notebook 4 has recorded.
    """
    _display("a network with 64 hidden units", NETWORK.read_text(encoding="utf-8"))


def _display(what, nets):
    """Display the pad of networks, given in words and as the page reads them."""
    label = f"A pad to draw digits on, which {what} reads at once"
    page = PAGE.read_text(encoding="utf-8").replace("/* NETS */ []", nets)
    frame = (
        f'<iframe class="pad" title="{label}" srcdoc="{escape(page)}" '
        'allow="clipboard-write" '
        'style="width: 100%; height: 27rem; border: 0; color-scheme: light dark">'
        "Run this cell to see the pad.</iframe>"
    )
    display({"text/plain": f"{label}.", "text/html": frame}, raw=True)


def quantise(W):
    """Round the weights of a layer to eight bits each, with one scale a row.

    Parameters
    ----------
    W : (n, m) array of float
        A row has the weights of one unit.

    Returns
    -------
    codes : (n, m) array of int8
        Whole numbers from -127 to 127.
    scales : (n, 1) array of float
        Of four significant digits; ``codes * scales`` is about `W`.
    """
    largest = np.abs(W).max(axis=1)
    scales = np.array([[float(f"{value / 127:.3e}")] for value in largest])
    codes = np.rint(W / np.where(scales > 0, scales, 1))
    return np.clip(codes, -127, 127).astype(np.int8), scales


def rounded(net, mean=None):
    """Return a network as the pad has it.

    Parameters
    ----------
    net : tuple of W1, b1, W2, b2, ...
    mean : (784,) or (784, 1) array, optional
        As for `show_pad`.

    Returns
    -------
    tuple of W1, b1, W2, b2, ...
        Its weights are those of `quantise`, its biases have four significant digits.
        It needs no mean image: W (x - mean) + b is W x + (b - W mean), so that the mean
        image has become a part of the biases.
    """
    layers = []
    for W, b in zip(net[::2], net[1::2], strict=True):
        codes, scales = quantise(W)
        W = codes * scales
        if mean is not None:
            b, mean = b - W @ np.reshape(mean, (-1, 1)), None
        layers += [W, np.array([[float(f"{value:.3e}")] for value in np.ravel(b)])]
    return tuple(layers)


def render(drawing, *, prepare=True):
    """Make an image of a drawing, in the same way as the pad.

    The images of MNIST were made from the handwriting like this: the digit was scaled,
    in proportion, to a box of 20 by 20 pixels. A pixel's grey level is the part of its
    area that has ink on it. Then the digit was moved, by whole pixels, until its centre
    of mass was in the middle of 28 by 28 pixels. The pad draws the strokes again at
    the size of the box, so that the line is as thick in a small digit as in a large
    one.

    Parameters
    ----------
    drawing : list of (n, 2) array of int
        Its strokes.
    prepare : bool
        False leaves the digit where it is, and as large as it is: the pad as a whole
        becomes 28 by 28 pixels.

    Returns
    -------
    (784,) array of uint8
        From 0, paper, to 255, ink: a column of `x` as `MNISTtools.load` returns it.
    """
    scale, shift = SIDE / PAD, np.zeros(2)
    if prepare and drawing:
        points = np.concatenate(drawing)
        low, high = points.min(axis=0), points.max(axis=0)
        scale = (BOX - 2 * PEN) / max(*(high - low), SMALLEST)
        shift = SIDE / 2 - scale * (low + high) / 2  # the box is in the middle
        ink = _ink(drawing, scale, shift)
        centre = np.arange(SIDE) + 0.5
        mass = np.array([ink.sum(axis=0) @ centre, ink.sum(axis=1) @ centre])
        move = np.floor(SIDE / 2 - mass / ink.sum() + 0.5)
        room = (SIDE - BOX) / 2
        shift = shift + np.clip(move, -room, room)
    return np.floor(255 * _ink(drawing, scale, shift).ravel() + 0.5).astype(np.uint8)


def read_drawings(text, *, prepare=True):
    """Bring drawings from the pad into the notebook.

    Parameters
    ----------
    text : str
        What the pad gives under "Keep your digits".
    prepare : bool
        Whether the images are prepared as those of MNIST were, see `render`.

    Returns
    -------
    x : (784, n) array of uint8
        The images, one per column, as `MNISTtools.load` returns them.
    lbl : (n,) array of int64
        What each was meant to be.

    Raises
    ------
    ValueError
        If the text was not copied as a whole.
    """
    drawings, labels = [], []
    for number, word in enumerate(text.split(), start=1):
        try:
            label, drawing = _unpack(word)
        except (ValueError, IndexError):
            raise ValueError(
                f"drawing {number} cannot be read: copy the whole text from the pad, "
                "from the first sign to the last"
            ) from None
        labels.append(label)
        drawings.append(render(drawing, prepare=prepare))
    x = np.array(drawings, dtype=np.uint8).reshape(-1, SIDE**2).T
    return x, np.array(labels, dtype=np.int64)


def _unpack(word):
    """Return the label and the strokes that a word of the pad's text stands for."""
    label, _, coded = word.partition(":")
    data = np.frombuffer(b64decode(coded, validate=True), np.uint8)
    drawing, start = [], 0
    while start < len(data):  # the number of points, then the points
        end = start + 1 + 2 * int(data[start])
        drawing.append(data[start + 1 : end].reshape(-1, 2).astype(int))
        if len(drawing[-1]) != data[start]:
            raise ValueError("a stroke is cut off")
        start = end
    if label not in list("0123456789") or not drawing:
        raise ValueError("no label or no stroke")
    return int(label), drawing


def _ink(drawing, scale, shift):
    """Return the part of each pixel that is ink, of points at scale * point + shift."""
    along = (np.arange(SIDE * FINE) + 0.5) / FINE
    x, y = np.meshgrid(along, along)
    nearest = np.full(x.shape, np.inf)  # the distance to the line
    for stroke in drawing:
        points = scale * np.asarray(stroke) + shift
        starts = points[[0, *range(len(points) - 1)]]
        for (x0, y0), (x1, y1) in zip(starts, points, strict=True):
            dx, dy = x1 - x0, y1 - y0
            length = dx * dx + dy * dy or 1  # a single point is a line of length 0
            t = np.clip(((x - x0) * dx + (y - y0) * dy) / length, 0, 1)
            nearest = np.minimum(nearest, np.hypot(x - x0 - t * dx, y - y0 - t * dy))
    fine = np.clip((PEN - nearest) * FINE + 0.5, 0, 1)
    return fine.reshape(SIDE, FINE, SIDE, FINE).mean(axis=(1, 3))


def _as_json(nets, mean):
    """Return networks as the page reads them."""
    written = []
    for net in nets:
        exact = rounded(net, mean)
        layers = []
        for W, b in zip(net[::2], exact[1::2], strict=True):
            codes, scales = quantise(W)
            layers.append(
                {
                    "inputs": W.shape[1],
                    "scales": scales.ravel().tolist(),
                    "biases": b.ravel().tolist(),
                    "codes": b64encode(codes.tobytes()).decode().translate(SIGNS),
                }
            )
        written.append(layers)
    return json.dumps(written, separators=(",", ":"))


def _check_net(net):
    """Refuse what is no network for images of 784 pixels."""
    shapes = [np.shape(array) for array in net]
    n, fits = SIDE**2, len(shapes) >= 2 and len(shapes) % 2 == 0
    for W, b in zip(shapes[::2], shapes[1::2], strict=False):
        fits = fits and len(W) == 2 and W[1] == n and b == (W[0], 1)
        n = W[0] if W else None
    if not fits or n != 10:
        raise ValueError(
            "show_pad needs a network as a tuple W1, b1, W2, b2, ... that makes 10 "
            f"probabilities of {SIDE**2} pixels, not one of the shapes {shapes}"
        )
