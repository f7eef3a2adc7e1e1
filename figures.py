"""What the notebooks draw and show. No answer to a question is in here.

Every drawing function takes `alt`, a sentence that says what the picture shows: screen
readers read it aloud, and it stands in for the picture where that cannot be seen.
"""

import contextlib
import inspect
import io
import pydoc

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown, display

plt.rcParams.update(
    {
        "figure.facecolor": "white",  # also readable on JupyterLab's dark theme
        "figure.constrained_layout.use": True,
        "axes.grid": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "grid.alpha": 0.3,
        "lines.markersize": 4,
    }
)


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


def show_evidence(maps, *, alt):
    """Draw a map of 28 by 28 pixels for each digit: red speaks for it, blue against.

    Parameters
    ----------
    maps : (10, 784) array
        The evidence of a pixel for a digit, on one scale for all digits.
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
    fig, axes = plt.subplots(1, len(paths), figsize=(11, 3), sharey=True)
    along, across = np.meshgrid(np.linspace(-1, 11, 121), np.linspace(-3.2, 3.2, 81))
    loss = (curvatures[0] * along**2 + curvatures[1] * across**2) / 2
    for ax, (title, path) in zip(axes, paths.items(), strict=True):
        ax.contour(along, across, loss, levels=12, colors="0.75", linewidths=0.8)
        ax.plot(*path.T, "C0.-")
        ax.plot(*path[0], "C1o", markersize=7)
        ax.plot(0, 0, "k+", markersize=10)
        ax.set(title=title, xlabel="along the valley", xlim=(-1, 11), ylim=(-3.2, 3.2))
        ax.grid(visible=False)
    axes[0].set_ylabel("across the valley")
    _display(fig, alt)


# All notebooks


def show_digits(x, titles, *, alt, columns=10):
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
    """
    images = np.asarray(x).T
    side = int(np.sqrt(images.shape[1]))
    rows = -(-len(images) // columns)
    fig, axes = plt.subplots(
        rows, columns, figsize=(columns, 1.3 * rows), squeeze=False
    )
    for ax in axes.flat:
        ax.axis("off")
    for ax, image, title in zip(axes.flat, images, titles, strict=False):
        ax.imshow(image.reshape(side, side), cmap="gray", interpolation="nearest")
        ax.set_title(title, fontsize="medium")
    _display(fig, alt)


def plot_curves(*panels, alt):
    """Draw curves in panels, side by side.

    Parameters
    ----------
    *panels : dict
        One per panel: ``curves`` is a dict of a name to ``(x, y)`` or to
        ``(x, y, format)`` with a format of ``plt.plot`` such as ``"C0.--"``; ``legend``
        says where the legend is; all other entries are passed to ``Axes.set``: title,
        xlabel, ylabel, xscale...
    alt : str
        Alternative text.
    """
    width = 5 * len(panels) if len(panels) > 1 else 6.5
    fig, axes = plt.subplots(1, len(panels), figsize=(width, 3.4), squeeze=False)
    for ax, panel in zip(axes.flat, panels, strict=True):
        for name, curve in panel["curves"].items():
            ax.plot(*curve, label=name)
        own = {"curves", "legend"}
        ax.set(**{key: panel[key] for key in panel if key not in own})
        if "xticks" in panel:
            ax.minorticks_off()
        if len(panel["curves"]) > 1:
            ax.legend(loc=panel.get("legend", "best"))
    _display(fig, alt)


def show_weights(W1, *, alt, columns=16, title=None):
    """Draw the weights of each hidden unit as an image.

    Blue is negative, white is zero and red positive, on one scale for all the units.

    Parameters
    ----------
    W1 : (Nh, 784) array
        Weights of the hidden layer.
    alt : str
        Alternative text.
    columns : int
        Images in a row.
    title : str, optional
        By default it tells the number of hidden units.
    """
    side = int(np.sqrt(W1.shape[1]))
    rows = -(-len(W1) // columns)
    limit = np.quantile(np.abs(W1), 0.995)  # the few largest would make the rest pale
    fig, axes = plt.subplots(
        rows, columns, figsize=(0.62 * columns, 0.62 * rows + 0.4), squeeze=False
    )
    for ax in axes.flat:
        ax.axis("off")
    for ax, w in zip(axes.flat, W1, strict=False):
        drawn = ax.imshow(w.reshape(side, side), cmap="RdBu_r", vmin=-limit, vmax=limit)
    fig.suptitle(title or f"First-layer weights of the {len(W1)} hidden units")
    fig.colorbar(drawn, ax=axes, shrink=0.8, label="weight")
    _display(fig, alt)


def show_confusion(counts, *, alt):
    """Draw a confusion matrix, with the number of samples in each square.

    The colours show the mistakes only: the diagonal would drown them.

    Parameters
    ----------
    counts : (K, K) array of int
        ``counts[i, j]`` samples of class i were predicted as j.
    alt : str
        Alternative text.
    """
    mistakes = np.where(np.eye(len(counts), dtype=bool), 0, counts)
    fig, ax = plt.subplots(figsize=(6, 5))
    drawn = ax.imshow(mistakes, cmap="Reds")
    for (i, j), count in np.ndenumerate(counts):
        colour = "white" if mistakes[i, j] > mistakes.max() / 2 else "black"
        weight = "bold" if i == j else "normal"
        ax.text(j, i, count, ha="center", va="center", color=colour, weight=weight)
    ticks = range(len(counts))
    ax.set(title="Confusion matrix", xlabel="predicted", ylabel="true label")
    ax.set(xticks=ticks, yticks=ticks)
    ax.grid(visible=False)
    fig.colorbar(drawn, ax=ax, label="mistakes")
    _display(fig, alt)


def _display(fig, alt):
    """Display a figure with its alternative text, then let go of its memory."""
    display(fig, metadata={"image/png": {"alt": alt}})
    plt.close(fig)
