"""What the notebooks draw and show. No answer to a question is in here.

Every picture has an alternative text, a sentence that says what it shows: screen
readers read it aloud, and it stands in for the picture where that cannot be seen. Most
functions take it as `alt`; you may leave it out in figures of your own. Some write it
from the numbers: the cell that draws would otherwise tell the answer to the question
above it.
"""

import contextlib
import inspect
import io
import itertools
import pydoc

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown, display

plt.rcParams.update(
    {
        "figure.facecolor": "white",  # also readable on JupyterLab's dark theme
        "figure.constrained_layout.use": True,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "grid.alpha": 0.3,
        "lines.markersize": 4,
    }
)

# Everybody can tell them apart: values, gradients and slopes, the right class, errors.
_BLUE, _ORANGE, _GREEN, _PURPLE = "#0072b2", "#d55e00", "#009e73", "#aa4488"
_CYCLE = [_BLUE, _ORANGE, _GREEN, _PURPLE, "#b07d00", "#3a9ad9", "black", "0.5"]
plt.rcParams["axes.prop_cycle"] = plt.cycler(color=_CYCLE)  # "C0" to "C7"


def show_source(function):
    """Show the source of an answer, so that the page has the code that runs.

    Parameters
    ----------
    function : function
        For example ``softmax``.

    Returns
    -------
    IPython.display.Markdown
        Displayed by Jupyter when it is the last value of a cell.
    """
    return Markdown(f"```python\n{inspect.getsource(function).rstrip()}\n```")


def show_help(function):
    """Print what ``help(function)`` prints, in the same way with every Python.

    Python 3.11 puts blanks into the empty lines, which later ones do not.

    Parameters
    ----------
    function : function
        For example ``MNISTtools.load``.
    """
    text = pydoc.render_doc(function, "Help on %s:", renderer=pydoc.plaintext)
    print("\n".join(line.rstrip() for line in text.splitlines()))


def quiet():
    """Hide what is printed inside a ``with`` block.

    Returns
    -------
    contextlib.AbstractContextManager
        For example ``with quiet(): net = backprop_shallow(x, d, net, T=10)``.
    """
    return contextlib.redirect_stdout(io.StringIO())


# Notebooks 1 to 3


def draw_plan(image):
    """Draw the whole course: the network, and the loop that trains it.

    Parameters
    ----------
    image : (784,) array
        The image at the input, which should show a seven.
    """
    fig, ax = _canvas((10, 4.3), (0, 20), (0, 8.6))
    pixels = np.asarray(image).reshape(28, 28)
    column = pixels.reshape(-1, 1)
    ax.imshow(pixels, cmap="gray", extent=(0.2, 3.6, 3.6, 7), zorder=2)
    ax.imshow(column, cmap="gray", extent=(5.5, 5.9, 2.9, 7.6), aspect="auto", zorder=2)
    units = np.delete(np.linspace(3.3, 7.2, 9), 1)  # the dots stand in the gap
    _dots(ax, 9.7, 3.79, _BLUE)
    for y in units:
        ax.plot(9.7, y, "o", color=_BLUE, markersize=9)
        for end in np.linspace(3.2, 7.3, 10):
            ax.plot([9.9, 13.2], [y, end], color="0.88", linewidth=0.6, zorder=0)
        for start in np.linspace(3.0, 7.5, 24):
            ax.plot([5.9, 9.5], [start, y], color="0.91", linewidth=0.4, zorder=0)
    shares = [0.02, 0.03, 0.05, 0.06, 0.02, 0.03, 0.01, 0.6, 0.06, 0.12]
    for digit, share in enumerate(shares):
        y = 7.3 - digit * 4.1 / 9
        ax.barh(y, 4 * share, 0.3, left=13.7, color=_GREEN if digit == 7 else _BLUE)
        ax.text(13.45, y, digit, ha="center", va="center")
    for x, text in [
        (1.9, "an image\n28 × 28 pixels"),
        (5.7, "a column of 784,\ndrawn much smaller"),
        (9.7, "64 values in between,\nthe hidden units\n(eight are drawn)"),
        (14.7, "ten probabilities\n(made up)"),
    ]:
        ax.text(x, 2.6, text, ha="center", va="top")
    for x, text in [
        (7.75, "64 × 784 weights,\n64 biases, ReLU"),
        (11.5, "10 × 64 weights,\n10 biases, softmax"),
    ]:
        ax.text(x, 8.0, text, ha="center", va="center", color="0.3")
    _arrow(ax, (3.6, 5.3), (5.5, 5.3))
    ax.text(4.5, 5.5, "unroll", ha="center", color="0.3")
    for x, width, text in [
        (0.1, 6.3, "notebook 1"),
        (6.7, 8.8, "notebook 2: ReLU, softmax;   notebook 3: all of it"),
        (15.9, 4.0, "notebooks 3 and 4"),
    ]:
        ax.plot([x, x + width], [0.75, 0.75], color="0.6", linewidth=3)
        ax.text(x + width / 2, 0.35, text, ha="center", va="center", color="0.3")
    box = {"facecolor": "white", "edgecolor": "0.3", "boxstyle": "round"}
    for y, text in [
        (7.1, "1. guess"),
        (5.2, "2. measure\nthe loss"),
        (3.0, "3. nudge\nall weights"),
    ]:
        ax.text(18, y, text, ha="center", va="center", weight="bold", bbox=box)
    _arrow(ax, (18, 6.88), (18, 5.62))
    _arrow(ax, (18, 4.78), (18, 3.42))
    _arrow(ax, (18.95, 3.0), (18.75, 7.1), curve=0.5)
    ax.text(18, 2.0, "again and again", ha="center", va="top", color="0.3")
    fig.suptitle("Training is a loop: guess, measure, nudge")
    _display(
        fig,
        "An image of a seven becomes a column of 784 numbers, 64 hidden units and ten "
        "probabilities, the largest for the seven. Beside it is the loop of training: "
        "guess, measure the loss, nudge all weights, again and again.",
    )


def show_pixels(panels, *, alt=None):
    """Draw the middle of an image as numbers, once for each of its forms.

    The first panel shows where in the image the numbers are.

    Parameters
    ----------
    panels : dict of str to ((784,) array, str)
        Title, image, and the format of its numbers.
    alt : str
        Alternative text.
    """
    n = len(panels)
    ratios = [0.45] + [1] * n
    fig, (small, *axes) = plt.subplots(
        1, n + 1, figsize=(2 + 4.3 * n, 4.2), width_ratios=ratios
    )
    whole = np.asarray(next(iter(panels.values()))[0]).reshape(28, 28)
    small.imshow(whole, cmap="gray")
    frame = plt.Rectangle((7.5, 5.5), 10, 10, fill=False, edgecolor="gold", linewidth=2)
    small.add_patch(frame)
    small.set_title("The whole image", fontsize="medium")
    part = np.s_[6:16, 8:18]
    for ax, (title, (image, form)) in zip(axes, panels.items(), strict=True):
        pixels = np.asarray(image).reshape(28, 28)[part]
        ax.imshow(pixels, cmap="gray")
        middle = (float(pixels.min()) + float(pixels.max())) / 2
        for (i, j), value in np.ndenumerate(pixels):
            ink = "white" if value < middle else "black"
            number = format(value, form)
            ax.text(j, i, number, color=ink, ha="center", va="center", fontsize=8)
        ax.set_title(title)
    for ax in [small, *axes]:
        ax.axis("off")
    _display(fig, alt)


def show_onehot(d, labels, *, alt=None):
    """Draw one-hot columns, with the label of each above it.

    Parameters
    ----------
    d : (10, n) array
        One-hot columns.
    labels : (n,) array of int
        What to write above them.
    alt : str
        Alternative text.
    """
    fig, ax = plt.subplots(figsize=(0.5 * len(labels) + 1, 4))
    ax.imshow(d, cmap="Blues", vmax=1.4)
    for (i, j), value in np.ndenumerate(d):
        colour = "white" if value else "0.7"
        ax.text(j, i, f"{value:.0f}", ha="center", va="center", color=colour)
    ax.set_title("Each label becomes a column with a single 1")
    ax.set(xticks=range(len(labels)), yticks=range(10), ylabel="class (row)")
    ax.set_xticklabels(labels)
    ax.set_xlabel("label of the sample", labelpad=8)
    ax.xaxis.set_label_position("top")
    ax.tick_params(top=True, bottom=False, labeltop=True, labelbottom=False)
    ax.grid(visible=False)
    _display(fig, alt)


def show_bars(*panels, alt=None):
    """Draw bars for classes, in panels side by side.

    Parameters
    ----------
    *panels : dict
        One per panel: ``values`` are the heights; all other entries are passed to
        ``Axes.set``.
    alt : str
        Alternative text.
    """
    width = 10 if len(panels) > 1 else 6.5
    fig, axes = plt.subplots(1, len(panels), figsize=(width, 3), squeeze=False)
    for ax, panel in zip(axes.flat, panels, strict=True):
        values = np.asarray(panel["values"])
        ax.bar(range(len(values)), values, color=_BLUE)
        room = 0.03 * np.ptp(np.append(values, 0))
        for k, value in enumerate(values):
            up = value >= 0
            at = value + room if up else value - room
            ax.text(
                k,
                at,
                f"{value:.2f}",
                ha="center",
                va="bottom" if up else "top",
                fontsize=8,
            )
        ax.axhline(0, color="black", linewidth=0.8)
        ax.margins(y=0.15)
        ax.set_xticks(range(len(values)))
        ax.set(**{key: panel[key] for key in panel if key != "values"})
        ax.grid(visible=False, axis="x")
    _display(fig, alt)


def show_guess(image, y, label):
    """Draw an image beside the ten probabilities that a network gives it.

    Parameters
    ----------
    image : (784,) array
    y : (10,) array
        The probabilities.
    label : int
        What the image shows: the bar of another colour.
    """
    fig, (left, right) = plt.subplots(
        1, 2, figsize=(8, 3), gridspec_kw={"width_ratios": [1, 2.2]}
    )
    left.imshow(np.asarray(image).reshape(28, 28), cmap="gray")
    left.set_title(f"image, label {label}")
    left.axis("off")
    colours = [_GREEN if k == label else _BLUE for k in range(len(y))]
    right.bar(range(len(y)), y, color=colours)
    right.axhline(0.1, color="0.4", linestyle=":")
    right.text(9.6, 0.1, "1/10", ha="right", va="bottom", color="0.4")
    style = {"ha": "center", "va": "bottom", "fontsize": 8}
    style["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
    for k, share in enumerate(y):
        colour = _GREEN if k == label else "black"
        right.text(k, share + 0.004, f"{share:.2f}", color=colour, **style)
    right.text(
        9.6, max(y), "green: the right class", color=_GREEN, ha="right", va="top"
    )
    right.margins(y=0.12)
    right.set(
        title="An untrained network bets on some class by chance",
        xlabel="class",
        ylabel="probability",
        xticks=range(10),
    )
    right.grid(visible=False, axis="x")
    most = int(np.argmax(y))
    alt = (
        f"An image with the label {label}, and ten bars: the untrained network gives "
        f"class {most} the most, {y[most]:.2f}, and the right class {y[label]:.2f}."
    )
    _display(fig, alt)


def plot_differences(f, slope, t, eps):
    """Draw a curve with its tangent, its forward and its central difference.

    Parameters
    ----------
    f, slope : function
        The curve and its derivative, of arrays.
    t, eps : float
        Where, and how far the points lie apart.
    """
    fig, axes = plt.subplots(1, 2, figsize=(10, 3.5), sharey=True)
    x = np.linspace(t - 1.6 * eps, t + 1.6 * eps, 200)
    for ax, start, name in zip(axes, [t, t - eps], ["Forward", "Central"], strict=True):
        end = t + eps
        chord = (f(end) - f(start)) / (end - start)
        ax.plot(x, f(x), color="black")
        ax.plot(x, f(t) + slope(t) * (x - t), color=_BLUE, linestyle="--")
        ax.plot(x, f(start) + chord * (x - start), color=_ORANGE)
        ax.plot([start, end], [f(start), f(end)], "o", color=_ORANGE, markersize=7)
        ax.plot(t, f(t), "o", color=_BLUE, markersize=5)
        ax.set_title(f"{name} difference: slope {chord:.3f}, tangent {slope(t):.3f}")
        names = ["$t - \\varepsilon$", "$t$", "$t + \\varepsilon$"]
        ticks = [t - eps, t, t + eps]
        ax.set_xticks(
            ticks, [f"{name} = {x:g}" for name, x in zip(names, ticks, strict=True)]
        )
    near, far = t - 1.3 * eps, t + 1.1 * eps
    secant = (f(t + eps) - f(t)) / eps
    for x, y, text, colour in [
        (near, f(near) + 0.4, "curve: exp", "black"),
        (far, f(t) + slope(t) * (far - t) - 0.75, "tangent", _BLUE),
        (near, f(t) + secant * (near - t) - 0.5, "secant", _ORANGE),
    ]:
        axes[0].text(x, y, text, color=colour)
    _display(
        fig,
        "Twice the exponential curve with its tangent at t. The secant through t and "
        "t + eps is much steeper than the tangent; the one through t - eps and t + eps "
        "is nearly parallel to it.",
    )


def show_matrix(matrix, *, title="", xlabel="", ylabel="", alt=None):
    """Draw a square matrix: red positive, blue negative, with its entries.

    Parameters
    ----------
    matrix : (K, K) array
    title, xlabel, ylabel : str
    alt : str
        Alternative text.
    """
    limit = np.abs(matrix).max()
    fig, ax = plt.subplots(figsize=(6.4, 5.2))
    drawn = ax.imshow(matrix, cmap="RdBu_r", vmin=-limit, vmax=limit)
    for (i, j), value in np.ndenumerate(matrix):
        colour = "white" if abs(value) > 0.6 * limit else "black"
        text = f"{value:.3f}"
        ax.text(j, i, text, ha="center", va="center", fontsize=7, color=colour)
    ticks = range(len(matrix))
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel, xticks=ticks, yticks=ticks)
    ax.grid(visible=False)
    fig.colorbar(drawn, ax=ax, shrink=0.8, label="entry")
    _display(fig, alt)


def plot_switch(t, value, slope):
    """Draw a function with a corner at 0 beside its derivative, which jumps there.

    Parameters
    ----------
    t, value, slope : (n,) arrays
        Points, the function and its derivative.
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(10, 3.2))
    left.plot(t, value, color=_BLUE, linewidth=2)
    left.set(title="ReLU keeps what is positive", xlabel="t", ylabel="relu(t)")
    for part in (t < 0, t > 0):
        right.plot(t[part], slope[part], color=_ORANGE, linewidth=2)
    right.plot(0, 1, "o", color=_ORANGE, markerfacecolor="white", markersize=8)
    right.plot(0, 0, "o", color=_ORANGE, markersize=8)
    right.text(0.15, 0.0, "at 0 we take 0", va="center", color=_ORANGE)
    right.set(
        title="Its slope is off, then on",
        xlabel="t",
        ylabel="relup(t, 1)",
        ylim=(-0.2, 1.2),
    )
    _display(
        fig,
        "Two panels over t from -3 to 3. On the left ReLU: 0 up to t = 0, then t. On "
        "the right its derivative: 0 up to and with t = 0, a filled dot, then 1, from "
        "an open dot on.",
    )


def plot_softmax(t, y):
    """Draw the probabilities of three classes while the score of the first one rises.

    Parameters
    ----------
    t : (n,) array
        The score of class 0; those of the classes 1 and 2 are 0 and 1.
    y : (3, n) array
        The probabilities.
    """
    plot_curves(
        {
            "curves": {
                "class 0, score t": (t, y[0]),
                "class 1, score 0": (t, y[1], "C3--"),
                "class 2, score 1": (t, y[2], "C7-."),
            },
            "labels": {
                "class 0, score t": (2.6, 0.72),
                "class 1, score 0": (-5.8, 0.2),
                "class 2, score 1": (-5.8, 0.66),
            },
            "title": "A small lead gets a larger share, a clear lead nearly all",
            "xlabel": "score t of class 0",
            "ylabel": "probability",
        },
        alt="Three curves: the probability of class 0 rises from 0 to 1 as its score t "
        "grows; those of classes 1 and 2 fall to 0, class 2 always above class 1.",
    )


def plot_bends(t, parts):
    """Draw three functions of one variable, and beside them their sum.

    Parameters
    ----------
    t : (n,) array
    parts : dict of str to (n,) array
        The functions by their names.
    """
    total = sum(parts.values())
    styles = ["C0-", "C3--", "C7-."]
    places = [(-1, 2.2), (0.35, -3.6), (1.75, 0.15), (2.3, -0.8)]
    curves = {
        name: (t, values, style)
        for (name, values), style in zip(parts.items(), styles, strict=True)
    }
    curves["sum"] = t, total, "k-"
    plot_curves(
        {
            "curves": curves,
            "labels": dict(zip(curves, places, strict=True)),
            "title": "Three units, each with one bend, and their sum",
            "xlabel": "t",
        },
        {
            "curves": {"sum": (t, total, "k-")},
            "title": "The sum alone, enlarged: a bump",
            "xlabel": "t",
            "ylim": (-0.1, 1.1),
        },
        alt="On the left three functions, each flat up to a bend and straight after "
        "it, and their sum. On the right the sum alone: 0 up to -1, a peak of 1 at 0, "
        "and 0 again from 1 on.",
    )


def plot_learning(seen, errors, *, baseline):
    """Draw how the errors fall with the number of minibatches, and a baseline.

    Parameters
    ----------
    seen, errors : list of float
        Numbers of minibatches, from 0 on, and the percentages of misread images.
    baseline : float
        The percentage of another method.
    """
    start, end = errors[0], errors[-1]
    plot_curves(
        {
            "curves": {
                "softmax regression": (seen, errors, "C3o-"),
                "nearest mean image": ([0, seen[-1]], [baseline, baseline], "C7:"),
            },
            "labels": {
                "softmax regression": (12, 52),
                "nearest mean image": (0, baseline - 7),
            },
            "marks": [
                (seen[-1], end, f"{end:.1f} %", "below"),
                (seen[-1], baseline, f"{baseline:.1f} %"),
            ],
            "title": "A hundred minibatches do most of the learning",
            "xlabel": "minibatches (logarithmic from 1 on)",
            "ylabel": "training images misread (%)",
            "xscale": "symlog",
            "xlim": (-0.2, 6000),
            "xticks": [0, 1, 10, 100, 1000],
            "xticklabels": [0, 1, 10, 100, 1000],
            "ylim": (0, 100),
        },
        alt=f"The percentage of misread images falls from {start:.0f} to {end:.0f}. "
        f"The baseline at {baseline:.0f} is passed early.",
    )


def plot_descent(f, slope, paths):
    """Draw steps of gradient descent on a curve, a panel for each path.

    Parameters
    ----------
    f, slope : function
        The curve and its derivative, of arrays.
    paths : dict of str to list of float
        Title of a panel, and where the steps led. The second panel gets the tangent at
        the start of its path, and its first step along the axis.
    """
    fig, axes = plt.subplots(1, len(paths), figsize=(10, 3.1), sharey=True)
    w = np.linspace(-2.6, 6.8, 200)
    for ax, (title, path) in zip(axes, paths.items(), strict=True):
        path = np.array(path)
        ax.plot(w, f(w), color="0.5")
        ax.plot(path, f(path), "o-", color=_ORANGE, markersize=6, linewidth=1)
        ax.plot(path[0], f(path[0]), "o", color=_BLUE, markersize=10)
        ax.text(path[0] + 0.2, f(path[0]) - 2.5, "start", color=_BLUE)
        ax.set(title=title, xlabel="$w$")
    start = next(iter(paths.values()))[0]
    near = np.array([start - 1.7, start + 1.8])
    axes[1].plot(near, f(start) + slope(start) * (near - start), "k--")
    place = {"ha": "right", "va": "center"}
    axes[1].text(start + 0.7, f(start) + 8, f"tangent: slope {slope(start):g}", **place)
    first = list(paths.values())[1][1]
    step = start - first
    product = f"{step / slope(start):.1f} · {slope(start):g} = {step:.1f}"
    _arrow(axes[1], (start - 0.3, f(start)), (first, f(start)), color=_BLUE)
    axes[1].plot([first, first], [f(first), f(start)], ":", color=_BLUE)
    axes[1].text(first - 0.2, f(start), product, color=_BLUE, **place)
    axes[0].set_ylabel("$L(w) = (w - 2)^2$")
    _display(
        fig,
        "The curve (w - 2)^2 three times, with four steps from w = 5. With the small "
        "learning rate they creep down, with the medium one they come near the bottom, "
        "with the large one they jump from side to side and climb. In the middle an "
        f"arrow shows how long the first step is: {step:.1f}.",
    )


def show_templates(W, *, title="", alt=None):
    """Draw each row of a matrix of weights as an image: red positive, blue negative.

    Parameters
    ----------
    W : (10, 784) array
        A row per class.
    title, alt : str
        Title of the figure, and its alternative text.
    """
    limit = np.abs(W).max()
    fig, axes = plt.subplots(2, 5, figsize=(8, 3.9))
    for digit, (ax, w) in enumerate(zip(axes.flat, W, strict=True)):
        drawn = ax.imshow(w.reshape(28, 28), cmap="RdBu_r", vmin=-limit, vmax=limit)
        ax.set_title(digit, fontsize="medium")
        ax.axis("off")
    fig.suptitle(title)
    fig.colorbar(drawn, ax=axes, shrink=0.8, label="weight")
    _display(fig, alt)


def draw_network(formulas=None):
    """Draw the arrays of Questions 13 to 17, and the way back from the loss.

    Parameters
    ----------
    formulas : dict of str to str, optional
        How "delta2" and "delta1" are computed, and the gradients of "W2", "b2", "W1"
        and "b1". Without them, the way back is pale and has no words.
    """
    told = formulas or dict.fromkeys(["delta2", "delta1", "W2", "b2", "W1", "b1"], "")
    orange, blue = (_ORANGE, _BLUE) if formulas else ("#f6dcc8", "#d3e5f0")
    fig, ax = _canvas((11, 6.4), (0, 22), (-1.2, 12))
    forward, gradient, backward = 8.6, 4.7, 1.5  # the heights of the three rows
    edges = {}
    for name, shape, centre in [
        ("x", (784, "N"), 0.9),
        ("W_1", (64, 784), 4.0),
        ("b_1", (64, 1), 6.5),
        ("a_1", (64, "N"), 8.2),
        ("h_1", (64, "N"), 10.5),
        ("W_2", (10, 64), 12.7),
        ("b_2", (10, 1), 14.4),
        ("a_2", (10, "N"), 16.0),
        ("y", (10, "N"), 18.4),
    ]:
        words = {"x": "images ", "y": "guesses "}.get(name, "")
        text = f"{words}${name}$\n{shape[0]} × {shape[1]}"
        edges[name] = _array(ax, (centre, forward), shape, text, _BLUE)
        if name in ["a_1", "a_2"]:
            text = f"$\\delta{name[1:]}$\n{shape[0]} × {shape[1]}" if formulas else ""
            edges[f"d{name}"] = _array(ax, (centre, backward), shape, text, orange)
        elif name[0] in "Wb":
            text = told[name.replace("_", "")] if name[0] == "W" else ""
            edges[f"d{name}"] = _array(ax, (centre, gradient), shape, text, orange)
    _array(ax, (18.4, 5.6), (10, "N"), "labels $d$\n10 × N", "0.3")
    loss, radius = 20.9, 0.6
    ax.add_patch(plt.Circle((loss, forward), radius, fill=False))
    ax.text(loss, forward, "$L$", ha="center", va="center", fontsize=13)
    ax.text(loss, forward + 0.75, "loss\na number", ha="center", va="bottom")

    for start, end, text in [
        ("x", "W_1", ""),
        ("b_1", "a_1", ""),
        ("a_1", "h_1", "ReLU"),
        ("h_1", "W_2", ""),
        ("b_2", "a_2", ""),
        ("a_2", "y", "softmax"),
    ]:
        here, there = edges[start][1], edges[end][0]
        _arrow(ax, (here, forward), (there, forward), color=_BLUE)
        ax.text((here + there) / 2, forward + 0.1, text, ha="center", va="bottom")
    _arrow(ax, (edges["y"][1], forward), (loss - radius, forward), color=_BLUE)
    _arrow(ax, (18.9, 5.6), (loss - 0.42, forward - 0.42))

    # The error signal comes to a gradient from the right, the activity from the left.
    for k, source in [(1, "x"), (2, "h_1")]:
        middles = []
        for name in [f"W_{k}", f"b_{k}"]:
            left, right, bottom, top = edges[f"d{name}"]
            middles.append((left + right) / 2)
            _arrow(ax, (middles[-1], backward), (middles[-1], bottom), color=orange)
            end = edges[name][2]
            _arrow(ax, (middles[-1], top), (middles[-1], end), color=orange)
        ax.text(right + 0.15, gradient, told[f"b{k}"], va="center", color=orange)
        if formulas:
            place = np.mean(middles), (top + end) / 2
            ax.text(*place, "nudge", ha="center", va="center", color=orange)
        line = [edges[f"da_{k}"][0], middles[0]], [backward, backward]
        ax.plot(*line, color=orange, linewidth=1)
        start = (edges[source][0] + edges[source][1]) / 2
        ax.plot([start, start], [edges[source][2], gradient], color=blue, linewidth=1)
        _arrow(ax, (start, gradient), (edges[f"dW_{k}"][0], gradient), color=blue)
        ax.text(edges[f"W_{k}"][1] + 0.3, forward, "+", ha="center", va="center")
    ax.plot([loss, loss], [forward - radius, backward], color=orange, linewidth=1)
    for start, end, at, text in [
        (loss, edges["da_2"][1], 18.8, told["delta2"]),
        (middles[0], edges["da_1"][1], 11.0, told["delta1"]),
    ]:
        _arrow(ax, (start, backward), (end, backward), color=orange)
        ax.text(at, backward - 0.2, text, ha="center", va="top", color=orange)
    if formulas:  # delta1 also needs a1, for ReLU's switch, and W2
        x, y = edges["a_1"][1] - 0.2, edges["da_1"][3] + 1
        _arrow(ax, (x, edges["a_1"][2]), (x, y), color=blue)
        left, _, bottom, _ = edges["W_2"]
        x, y = left - 0.25, bottom + 0.2
        ax.plot([left, x], [y, y], color=blue, linewidth=1)
        _arrow(ax, (x, y), (x, backward), color=blue)
    ax.text(11, 11.4, "forward: guess and measure", ha="center", color=_BLUE)
    alt = (
        "Arrays as rectangles. Forward: images x, W1 and b1, a1, ReLU, h1, W2 and b2, "
        "a2, softmax, guesses y, which the loss L compares with the labels d. "
    )
    if formulas:
        title = "The guess flows forward, the error signal back; "
        title += "each gradient has the shape of its array"
        text = "backward: every gradient needs the error signal at its right (orange), "
        text += "those of the weights also the activity at their left (blue);\n"
        text += "$\\delta_1$ also needs $a_1$ and $W_2$ (blue)"
        alt += (
            "Arrows lead back from the loss to delta2, of the shape of a2, and on to "
            "delta1, of that of a1. The gradients of W2 and b2 are made of delta2, "
            "those of W1 and b1 of delta1, and those of W2 and W1 also of h1 and x. "
            "Delta1 also needs W2 and a1. Each has its formula."
        )
    else:
        title = "The guess flows forward to the loss; Question 17 finds the way back"
        text = (
            "backward, in Question 17: a gradient for each array of weights and biases"
        )
        alt += "The way back is pale: Question 17 finds it."
    ax.text(11, -0.3, text, ha="center", va="top", color=_ORANGE)
    fig.suptitle(title)
    _display(fig, alt)


def _array(ax, centre, shape, text, color):
    """Draw an array as a rectangle with words; return its left, right, bottom and top.

    The words stand above it, or in it where it is a matrix of weights.
    """
    lengths = {784: 3.8, 64: 2.2, 10: 1.2, "N": 1.0, 1: 0.3}
    height, width = lengths[shape[0]], lengths[shape[1]]
    left, bottom = centre[0] - width / 2, centre[1] - height / 2
    right, top = left + width, bottom + height
    ax.add_patch(plt.Rectangle((left, bottom), width, height, fill=False, color=color))
    place = {"ha": "center", "color": color}
    if shape[1] in [64, 784]:
        ax.text(*centre, text, va="center", **place)
    else:
        ax.text(centre[0], top + 0.1, text, va="bottom", **place)
    if shape[1] == "N":  # a column for each sample
        inner = np.linspace(left, right, 5)[1:-1]
        ax.vlines(inner, bottom, top, color=color, linewidth=0.5)
    return left, right, bottom, top


def show_signals(signals):
    """Draw how the values in a network are distributed, for some scales of its weights.

    Parameters
    ----------
    signals : dict of str to dict of str to array
        For each title of a column: the values by their names, a row each.
    """
    names = list(next(iter(signals.values())))
    fig, axes = plt.subplots(len(names), len(signals), figsize=(10, 7), squeeze=False)
    for column, (title, values) in zip(axes.T, signals.items(), strict=True):
        column[0].set_title(title)
        for ax, name in zip(column, names, strict=True):
            bins = {"bins": 40}
            if name == "y":  # 0.1 is in the middle of a bar, not on an edge
                bins = {"bins": 35, "range": (0, 1)}
            ax.hist(values[name].ravel(), color=_BLUE, **bins)
            size = f"mean square\n{_power(np.mean(values[name] ** 2))}"
            if name == "y":
                largest = values[name].max(axis=0).mean()
                size = f"largest of ten,\non average {largest:.2f}"
            elif name == "h1":
                ax.text(
                    0.1, 0.93, "silent", fontsize=9, va="top", transform=ax.transAxes
                )
            place = {"ha": "right", "va": "top", "transform": ax.transAxes}
            ax.text(0.97, 0.93, size, fontsize=9, **place)
            ax.set_yticks([])
            ax.locator_params(axis="x", nbins=5)
            if name == "y":
                ax.set_xticks([0, 0.1, 0.5, 1])
            if ax in axes[:, 0]:
                ax.set_ylabel(name, rotation=0, labelpad=12)
    fig.suptitle(
        "Histograms of the values: small weights leave all classes equal, "
        "large ones make the network certain"
    )
    parts = []
    for title, values in signals.items():
        low, high = np.percentile(values["y"], [5, 95])
        parts.append(f"{title}, nine in ten lie from {low:.2f} to {high:.2f}")
    alt = (
        f"Histograms of {', '.join(names)}. Of the probabilities y: {'; '.join(parts)}."
    )
    _display(fig, alt)


def _power(number):
    """Return a number with two digits, as a power of ten where it is long."""
    if 0.01 <= number < 10:
        return f"{number:#.2g}"
    digits, exponent = f"{number:.1e}".split("e")
    return f"${digits} \\times 10^{{{int(exponent)}}}$"


def draw_graph(net, values, gradients, factors):
    """Draw a network of two units in each layer: values, gradients, and two weights.

    Parameters
    ----------
    net : tuple of W1, b1, W2, b2
    values, gradients : dict of str to array
        Of "x", "a1", "h1", "a2" and "y", each of shape (2,), and of "loss", of shape
        (1,); there is no gradient of "x".
    factors : dict of str to array
        The local derivatives: ``factors["h1"][m, k]`` is that of the value m at the
        right of "h1" with respect to ``h1[k]``.
    """
    W1, b1, W2, b2 = net
    places = {"x": 1, "a1": 4.4, "h1": 7.8, "a2": 11.6, "y": 16.6, "loss": 21.2}
    layers = list(places)
    ratios = [7.2, 7, 3.6]
    fig, (top, bottom, strip) = plt.subplots(
        3, 1, figsize=(6.8, 8), height_ratios=ratios
    )
    nodes = {(n, k): (places[n], [4.7, 1.3][k]) for n in layers for k in [0, 1]}
    del nodes["loss", 1]
    nodes["loss", 0] = places["loss"], 3
    for (name, k), place in nodes.items():
        label = "loss" if name == "loss" else f"{name}[{k}]"
        _node(top, place, label, values[name][k], _BLUE)
        if name in gradients:
            _node(bottom, place, label, gradients[name][k], _ORANGE)
    for start, end in itertools.pairwise(layers):
        W = {"x": W1, "h1": W2}.get(start)
        for k, m in itertools.product([0, 1], [0] if end == "loss" else [0, 1]):
            here, there = nodes[start, k], nodes[end, m]
            if start == "x":
                _edge(top, here, there, f"{W[m, k]:g}", "0.6")
                continue
            factor = factors[start][m][k]
            if W is None and factor == 0 and (start == "y" or k != m):
                continue  # nothing flows here, forward or back
            _edge(top, here, there, "" if W is None else f"{W[m, k]:g}", "0.6")
            flows = factor != 0 and gradients[end][m] != 0
            text = f"$\\times$ {_short(factor)}"
            _edge(bottom, there, here, text, _ORANGE if flows else "0.6")
    text = "$x$ is given:\nno gradient\nis needed"
    bottom.text(places["x"], 3, text, ha="center", va="center", color="0.3")
    weights = []
    for x, (weight, i, j, source, end) in [
        (2.0, ("W2", 1, 0, "h1", "a2")),
        (13.2, ("W1", 0, 1, "x", "a1")),
    ]:
        activity, signal = values[source][j], gradients[end][i]
        name = f"{weight}[{i}, {j}]"
        _node(strip, (x, 1.3), f"activity\n{source}[{j}]", activity, _BLUE)
        _node(strip, (x + 3, 1.3), f"error signal\nat {end}[{i}]", signal, _ORANGE)
        _node(strip, (x + 6, 1.3), f"gradient of\n{name}", activity * signal, _ORANGE)
        for place, sign in [(x + 1.5, "$\\times$"), (x + 4.5, "=")]:
            strip.text(place, 1.3, sign, ha="center", va="center", fontsize=13)
        weights.append(f"{name} {_short(activity * signal).strip('()')}")
    for start, text in [
        ("x", f"W1 on the arrows,\nb1 = ({b1[0, 0]:g}, {b1[1, 0]:g})"),
        ("a1", "ReLU"),
        ("h1", f"W2 on the arrows,\nb2 = ({b2[0, 0]:g}, {b2[1, 0]:g})"),
        ("a2", "softmax"),
        ("y", "-log y[1]"),
    ]:
        end = layers[layers.index(start) + 1]
        middle = (places[start] + places[end]) / 2
        top.text(middle, 6.9, text, ha="center", va="top")
    for ax, height in zip([top, bottom, strip], ratios, strict=True):
        ax.set(xlim=(0, 22.2), ylim=(-0.2, height - 0.2))
        ax.axis("off")
    top.set_title("Forward: values, from left to right", color=_BLUE)
    title = (
        "Backward: the gradient at the right, times the local derivative\n"
        "on the arrow (grey: carries 0)"
    )
    bottom.set_title(title, color=_ORANGE)
    strip.set_title(
        "Weights: the activity at the left, times the error signal at the right"
    )
    told = [
        ", ".join(
            f"{name} ({', '.join(_short(v).strip('()') for v in numbers[name])})"
            for name in numbers
        )
        for numbers in (values, gradients)
    ]
    _display(
        fig,
        f"A network, twice. Values: {told[0]}. Gradients: {told[1]}. Below, the "
        f"gradients of two weights: {', '.join(weights)}.",
    )


def _short(number):
    """Return a number with up to three decimals; a minus sign gets parentheses."""
    text = f"{number + 0:.3f}".rstrip("0").rstrip(".")
    return f"({text})" if text.startswith("-") else text


def _node(ax, place, label, number, color):
    """Draw a circle with a number in it and its name above."""
    x, y = place
    ax.plot(x, y, "o", color="white", markeredgecolor=color, markersize=36)
    style = {"ha": "center", "va": "center", "color": color, "weight": "bold"}
    style["fontsize"] = 9
    ax.text(x, y, _short(number).strip("()"), **style)
    ax.text(x, y + 1.02, label, ha="center", va="bottom", fontsize=9)


def _edge(ax, start, end, text, color):
    """Draw an arrow between two circles of `_node`, with words on it."""
    _arrow(ax, start, end, color=color, gap=18)
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    part = 0.67 if abs(start[1] - end[1]) > 2 else 0.6  # not where two of them cross
    place = np.average([start, end], axis=0, weights=[part, 1 - part])
    ink = "0.3" if color == "0.6" else color
    ax.text(*place, text, ha="center", va="center", bbox=box, color=ink, fontsize=9)


def show_outer(delta, image, W, *, alt=None):
    """Draw an outer product: a column of error signals times an image.

    Parameters
    ----------
    delta : dict of int to float
        The error signals of some units, by their numbers.
    image : (784,) array
    W : (n, 784) array
        Their product.
    alt : str
        Alternative text.
    """
    n = len(delta)
    fig, axes = plt.subplots(1, n + 1, figsize=(10, 2.3))
    limit = np.abs(W).max()
    axes[0].imshow(image.reshape(28, 28), cmap="gray")
    axes[0].set_title("image $x$", fontsize="medium")
    for ax, (k, signal), w in zip(axes[1:], delta.items(), W, strict=True):
        drawn = ax.imshow(w.reshape(28, 28), cmap="RdBu_r", vmin=-limit, vmax=limit)
        ax.set_title(f"unit {k}:\n{signal:.3f} times $x$", fontsize="medium")
    for ax in axes:
        ax.axis("off")
    fig.colorbar(drawn, ax=axes, shrink=0.8, label="gradient")
    fig.suptitle("Each row of the gradient is the image, scaled by one error signal")
    _display(fig, alt)


def show_progress(x, labels, guesses):
    """Draw images in a row, and below each what a network said about it at some steps.

    Parameters
    ----------
    x : (784, n) array
        Images, one per column.
    labels : (n,) array of int
    guesses : dict of int to (n,) array of int
        The step, and the predicted labels; the wrong ones stand in dark boxes.
    """
    n = len(labels)
    fig, axes = plt.subplots(1, n, figsize=(10, 1.7))
    for j, ax in enumerate(axes):
        ax.imshow(x[:, j].reshape(28, 28), cmap="gray")
        ax.axis("off")
        for row, (step, said) in enumerate(guesses.items()):
            right = said[j] == labels[j]
            y = -0.55 - 0.75 * row
            ax.text(
                0.5,
                y,
                said[j],
                ha="center",
                va="center",
                transform=ax.transAxes,
                color="black" if right else "white",
                bbox={
                    "facecolor": "white" if right else "0.2",
                    "edgecolor": "none",
                    "pad": 2,
                },
            )
            if j == 0:
                ax.text(
                    -0.5,
                    y,
                    f"step {step}",
                    ha="right",
                    va="center",
                    transform=ax.transAxes,
                )
    fig.suptitle(
        "What the network says about the twenty images: its mistakes, in boxes, vanish"
    )
    right = [
        f"{np.sum(said == labels)} at step {step}" for step, said in guesses.items()
    ]
    alt = f"{n} images, and what is said about each. Right are {', '.join(right)}."
    _display(fig, alt)


def plot_check(steps, deviations):
    """Draw the deviations of a numerical check against its step, both logarithmic.

    Parameters
    ----------
    steps : (n,) array
    deviations : dict of str to (n,) array
        Those of "forward" and "central" differences, and of "central, with bug".
    """
    forms = {"forward": "C0o-", "central": "C3s-", "central, with bug": "C7:"}
    best = [
        f"{name} ones near a step of {steps[np.argmin(deviations[name])]:.0e}"
        for name in ["forward", "central"]
    ]
    plot_curves(
        {
            "curves": {name: (steps, deviations[name], forms[name]) for name in forms},
            "labels": {
                "forward": (3e-6, 1e-4),
                "central": (1e-3, 1e-8),
                "central, with bug": (1e-9, 2e-5),
            },
            "title": "A correct formula makes a V; a bug stops at its own size",
            "xlabel": "step $\\varepsilon$",
            "ylabel": "relative deviation",
            "xscale": "log",
            "yscale": "log",
        },
        alt="Two V shapes on logarithmic scales. Of the differences, the "
        f"{' and the '.join(best)} deviate least. With a bug, central ones stop "
        f"at {min(deviations['central, with bug']):.0e}.",
    )


def plot_one_step(gammas, after, promised, default):
    """Draw the loss after one step of gradient descent against the step size.

    Parameters
    ----------
    gammas, after, promised : (n,) arrays
        Step sizes from 0 on, the loss after a step, and what its gradient promises.
    default : float
        The loss after a step of size 0.05.
    """
    best = np.argmin(after)
    few = slice(0, 8)
    plot_curves(
        {
            "curves": {
                "loss after one step": (gammas, after, "C0-"),
                "what the gradient promises": (gammas[few], promised[few], "C1--"),
                "loss before the step": (gammas[[0, -1]], after[[0, 0]], "C7:"),
            },
            "labels": {
                "loss after one step": (0.079, 2.75),
                "what the gradient promises": (0.019, 2.14),
                "loss before the step": (0.0005, after[0] + 0.02),
            },
            "marks": [
                (gammas[best], after[best], f"best: {gammas[best]:.4f}", "below"),
                (0.05, default, "default: 0.05", "below"),
            ],
            "title": "The gradient says where downhill is, not how far",
            "xlabel": "step size $\\gamma$",
            "ylabel": "loss L on 1,000 images",
        },
        alt="The loss after one step falls along its tangent at first and is smallest, "
        f"{after[best]:.2f}, at gamma = {gammas[best]:.4f}. It is {default:.2f} at the "
        f"default and ends at {after[-1]:.2f}, where {after[0]:.2f} was the start.",
    )


def plot_memorised(losses, errors):
    """Draw loss and errors on a few images, step by step, and mark the last error.

    Parameters
    ----------
    losses, errors : list of float
        The mean loss L, and what `eval_perfs` returns, after each step.
    """
    steps, first = range(len(losses)), errors.index(0)
    plot_curves(
        {
            "curves": {"loss": (steps, losses)},
            "marks": [(first, losses[first], f"step {first}")],
            "title": "The loss goes on falling ...",
            "xlabel": "step",
            "ylabel": "loss L on twenty images",
            "ylim": (0, None),
        },
        {
            "curves": {"errors": (steps, errors, "C3-")},
            "marks": [(first, 0, f"step {first}: all right")],
            "title": "... after the last error is gone",
            "xlabel": "step",
            "ylabel": "errors (%)",
        },
        alt=f"The errors on a few images reach 0 at step {first}, where the loss is "
        f"{losses[first]:.2f}; it goes on falling to {losses[-1]:.2f}.",
    )


def _canvas(size, xlim, ylim):
    """Return a figure and axes to draw a diagram on, without ticks."""
    fig, ax = plt.subplots(figsize=size)
    ax.set(xlim=xlim, ylim=ylim)
    ax.axis("off")
    return fig, ax


def _dots(ax, x, y, color):
    """Draw three small dots above each other: there are more units than are drawn."""
    ax.plot([x] * 3, [y - 0.15, y, y + 0.15], ".", color=color, markersize=3)


def _arrow(ax, start, end, color="0.3", curve=0, gap=0):
    """Draw an arrow in a diagram; its ends may keep a distance, in points."""
    style = {
        "arrowstyle": "-|>",
        "color": color,
        "connectionstyle": f"arc3,rad={curve}",
        "shrinkA": gap,
        "shrinkB": gap,
    }
    ax.annotate("", xy=end, xytext=start, arrowprops=style)


# Notebooks 4 to 6


def show_probabilities(image, predictions, *, alt):
    """Draw an image beside the probabilities that networks give to the ten digits.

    Parameters
    ----------
    image : (784, 1) array
        The image.
    predictions : dict of str to (10,) array
        The probabilities, by the name of their network.
    alt : str
        Alternative text.
    """
    fig, axes = plt.subplots(
        1, 1 + len(predictions), figsize=(9, 2.4), width_ratios=[1, 2, 2]
    )
    axes[0].imshow(image.reshape(28, 28), cmap="gray", interpolation="nearest")
    axes[0].axis("off")
    for ax, (name, y) in zip(axes[1:], predictions.items(), strict=True):
        ax.bar(range(10), y, color="C0")
        ax.set(title=name, xlabel="digit", ylabel="probability", ylim=(0, 1))
        ax.set_xticks(range(10))
    _display(fig, alt)


def show_evidence(maps, *, title, alt):
    """Draw a map of 28 by 28 pixels for each digit: red speaks for it, blue against.

    Parameters
    ----------
    maps : (10, 784) array
        The evidence of a pixel for a digit, on one scale for all digits.
    title : str
    alt : str
        Alternative text.
    """
    limit = np.abs(maps).max()
    fig, axes = plt.subplots(2, 5, figsize=(8, 3.7))
    for digit, (ax, values) in enumerate(zip(axes.flat, maps, strict=True)):
        drawn = ax.imshow(
            values.reshape(28, 28), cmap="RdBu_r", vmin=-limit, vmax=limit
        )
        ax.set_title(f"for a {digit}", fontsize="medium")
        ax.axis("off")
    fig.suptitle(title)
    fig.colorbar(drawn, ax=axes, shrink=0.8, label="evidence of ink")
    _display(fig, alt)


def show_valley(paths, curvatures, *, alt):
    """Draw paths of gradient descent in a valley, a panel each.

    Parameters
    ----------
    paths : dict of str to (T + 1, 2) array
        The points of each path, by the title of its panel.
    curvatures : pair of float
        Those of the loss ``(c1 * u1**2 + c2 * u2**2) / 2`` along its two axes.
    alt : str
        Alternative text.
    """
    fig, axes = plt.subplots(1, len(paths), figsize=(3.7 * len(paths), 3), sharey=True)
    along, across = np.meshgrid(np.linspace(-1, 11, 121), np.linspace(-3.6, 3.6, 81))
    loss = (curvatures[0] * along**2 + curvatures[1] * across**2) / 2
    for ax, (title, path) in zip(axes, paths.items(), strict=True):
        ax.contour(along, across, loss, levels=12, colors="0.75", linewidths=0.8)
        ax.plot(*path.T, "C0.-")
        ax.plot(*path[0], "C1o", markersize=7)
        ax.plot(0, 0, "k+", markersize=10)
        ax.set(title=title, xlabel="along the valley", xlim=(-1, 11), ylim=(-3.6, 3.6))
        ax.grid(visible=False)
    axes[0].set_ylabel("across (stretched)")
    _display(fig, alt)


# All notebooks


def show_digits(x, titles, *, alt=None, columns=10, size=1, title=None, rows=()):
    """Draw images in rows, with a title above each.

    Parameters
    ----------
    x : (784, n) array
        Images, one per column, in any range; each is drawn on its own scale.
    titles : sequence of n str or int
        What to write above each image.
    alt : str
        Alternative text.
    columns : int
        Images in a row.
    size : float
        Width of an image, in inches.
    title : str, optional
        What the whole figure shows.
    rows : sequence of str, optional
        What to write on the left of each row.
    """
    images = np.asarray(x).T
    side = int(np.sqrt(images.shape[1]))
    count = -(-len(images) // columns)
    fig, axes = plt.subplots(
        count, columns, figsize=(size * columns, (size + 0.3) * count), squeeze=False
    )
    for ax in axes.flat:
        ax.axis("off")
    for ax, image, name in zip(axes.flat, images, titles, strict=False):
        ax.imshow(image.reshape(side, side), cmap="gray", interpolation="nearest")
        ax.set_title(name, fontsize="medium")
    for ax, name in zip(axes[:, 0], rows, strict=False):
        ax.text(-0.1, 0.5, name, transform=ax.transAxes, ha="right", va="center")
    if title:
        fig.suptitle(title)
    _display(fig, alt)


def plot_curves(*panels, alt=None):
    """Draw curves in panels, side by side.

    Parameters
    ----------
    *panels : dict
        One per panel: ``curves`` is a dict of a name to ``(x, y)`` or to
        ``(x, y, format)`` with a format of ``plt.plot`` such as ``"C0.--"``; ``legend``
        says where the legend is: as ``Axes.legend`` does, "outside", below all panels,
        or None for nowhere; ``labels``, a dict of a name to ``(x, y)``, puts the
        names beside the curves in its place; ``marks`` is a list of ``(x, y, text)``,
        points with words at the right, or where a fourth entry says: "below", "above";
        ``bars`` is a list of ``(x, y, size)``, vertical bars up and down from points;
        ``spans`` is a list of ``(first, last)``, parts of the x axis shaded in grey;
        all other entries are passed to ``Axes.set``: title, xlabel, ylabel, xscale...
    alt : str
        Alternative text.
    """
    width = 5 * len(panels) if len(panels) > 1 else 6.5
    fig, axes = plt.subplots(1, len(panels), figsize=(width, 3.4), squeeze=False)
    for ax, panel in zip(axes.flat, panels, strict=True):
        for name, curve in panel["curves"].items():
            (line,) = ax.plot(*curve, label=name)
            if name in panel.get("labels", {}):
                ax.text(*panel["labels"][name], name, color=line.get_color())
        for x, y, text, *where in panel.get("marks", []):
            ax.plot(x, y, "o", color="black", markersize=6)
            places = {"right": (6, 6), "below": (6, -14), "above": (-30, 12)}
            place = places[where[0] if where else "right"]
            ax.annotate(text, (x, y), xytext=place, textcoords="offset points")
        for x, y, size in panel.get("bars", []):
            ax.errorbar(x, y, size, fmt="none", ecolor="0.4", capsize=3)
        for first, last in panel.get("spans", []):
            ax.axvspan(first, last, color="0.5", alpha=0.25, linewidth=0)
        own = {"curves", "legend", "labels", "marks", "bars", "spans"}
        ax.set(**{key: panel[key] for key in panel if key not in own})
        if "xticks" in panel:
            ax.minorticks_off()
        legend = panel.get("legend", "best")
        if legend == "outside":
            handles = ax.get_legend_handles_labels()
            fig.legend(*handles, loc="outside lower center", ncols=3)
        elif legend and len(panel["curves"]) > 1 and "labels" not in panel:
            ax.legend(loc=legend)
    _display(fig, alt)


def show_weights(W1, *, alt=None, title=None, label="weight", outlined=()):
    """Draw the weights of each hidden unit as an image.

    Blue is negative, white is zero and red positive, on one scale for all the units.

    Parameters
    ----------
    W1 : (Nh, 784) array
        Weights of the hidden layer.
    alt : str
        Alternative text.
    title : str, optional
        By default it tells the number of hidden units.
    label : str
        What the colours stand for.
    outlined : sequence of int, optional
        The units to draw in a frame, with their number.
    """
    side = int(np.sqrt(W1.shape[1]))
    rows = -(-len(W1) // 16)
    limit = np.quantile(np.abs(W1), 0.995)  # the few largest would make the rest pale
    size = 0.7 * 16, 0.66 * rows + 0.4
    fig, axes = plt.subplots(rows, 16, figsize=size, squeeze=False)
    fig.get_layout_engine().set(w_pad=0.02, h_pad=0.02, wspace=0, hspace=0)
    for unit, ax in enumerate(axes.flat):
        ax.set(xticks=[], yticks=[])
        ax.grid(visible=False)
        ax.spines[:].set_visible(unit in outlined)
        if unit in outlined:
            ax.text(1, 2, unit, va="top")
    for ax, w in zip(axes.flat, W1, strict=False):
        drawn = ax.imshow(w.reshape(side, side), cmap="RdBu_r", vmin=-limit, vmax=limit)
    fig.suptitle(title or f"First-layer weights of the {len(W1)} hidden units")
    fig.colorbar(drawn, ax=axes, shrink=0.8, pad=0.01, fraction=0.03, label=label)
    _display(fig, alt)


def show_confusion(counts, *, title="", alt=None):
    """Draw a confusion matrix, with the number of samples in each square.

    The red squares show the mistakes only: the diagonal, in grey, would drown them.

    Parameters
    ----------
    counts : (K, K) array of int
        ``counts[i, j]`` samples of class i were predicted as j.
    title : str
    alt : str
        Alternative text.
    """
    mistakes = np.where(np.eye(len(counts), dtype=bool), 0, counts)
    fig, ax = plt.subplots(figsize=(6, 5))
    drawn = ax.imshow(mistakes, cmap="Reds")
    for (i, j), count in np.ndenumerate(counts):
        colour = "white" if mistakes[i, j] > mistakes.max() / 2 else "black"
        colour = "0.4" if i == j else colour
        ax.text(j, i, count, ha="center", va="center", color=colour)
    ticks = range(len(counts))
    ax.set(title=title, xlabel="predicted", ylabel="true label")
    ax.set(xticks=ticks, yticks=ticks)
    ax.grid(visible=False)
    fig.colorbar(drawn, ax=ax, label="mistakes")
    _display(fig, alt)


def _display(fig, alt):
    """Display a figure with its alternative text, then let go of its memory."""
    display(fig, metadata={"image/png": {"alt": alt} if alt else {}})
    plt.close(fig)
