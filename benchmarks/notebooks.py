"""Execute one notebook, and split its wall time into start-up, computing and drawing.

Start-up is the time from starting the kernel until the modules are imported. Drawing is
the time inside the project's drawing functions and inside Matplotlib's rendering (the
rest of what makes a figure is a few calls). Computing is all else.
"""

import os
import time

import matplotlib.font_manager  # noqa: F401  lists the fonts now, not in the kernel
import nbformat
from nbclient import NotebookClient

from tools.execute import NOTEBOOKS, ThisPython

COMPETITORS = {
    path.name[:2]: (path.name, path) for path in sorted(NOTEBOOKS.glob("*.ipynb"))
}
PREAMBLE = """
def _measure_drawing():
    import functools, time
    import matplotlib.backend_bases
    import MNISTtools, deep, figures, shallow
    state = {"seconds": 0.0, "depth": 0}

    def timed(function):
        @functools.wraps(function)
        def wrapper(*arguments, **settings):
            state["depth"] += 1
            start = time.perf_counter()
            try:
                return function(*arguments, **settings)
            finally:
                state["depth"] -= 1
                if state["depth"] == 0:
                    state["seconds"] += time.perf_counter() - start
        return wrapper

    for module, names in [
        (figures, ["plot_curves", "show_digits", "show_weights", "show_confusion"]),
        (MNISTtools, ["show"]),
        (matplotlib.backend_bases.FigureCanvasBase, ["print_figure"]),
    ]:
        for name in names:
            setattr(module, name, timed(getattr(module, name)))
    return state

_drawing = _measure_drawing()
"""


def measure(name, repetition):
    """Execute the notebook."""
    os.environ.pop("MPLBACKEND", None)
    notebook = nbformat.read(COMPETITORS[name][1], as_version=4)
    first, last = map(
        nbformat.v4.new_code_cell, [PREAMBLE, "print(_drawing['seconds'])"]
    )
    notebook.cells = [first, *notebook.cells, last]
    client = NotebookClient(
        notebook,
        kernel_manager_class=ThisPython,
        resources={"metadata": {"path": str(NOTEBOOKS)}},
        timeout=600,
    )

    start = time.perf_counter()
    with client.setup_kernel():
        client.execute_cell(first, 0)
        startup = time.perf_counter() - start
        for index, cell in enumerate(notebook.cells[1:], start=1):
            client.execute_cell(cell, index)
        total = time.perf_counter() - start
    drawing = float(last.outputs[0].text)
    return {
        "seconds": total,
        "startup": startup,
        "computing": total - startup - drawing,
        "drawing": drawing,
    }
