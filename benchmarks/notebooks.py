"""Execute one notebook, and split its wall time into start-up, computing and drawing.

Start-up is the time from starting the kernel until the modules are imported. Drawing is
the time inside the project's drawing functions and inside Matplotlib's rendering (the
rest of what makes a figure is a few calls). Computing is all else.
"""

import os
import time

import nbformat

from tools.execute import NOTEBOOKS, execute

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
print(__import__("time").time())
"""
END = "print(_drawing['seconds'], __import__('time').time())"


def measure(name, repetition):
    """Execute the notebook."""
    os.environ.pop("MPLBACKEND", None)
    notebook = nbformat.read(COMPETITORS[name][1], as_version=4)
    first, last = map(nbformat.v4.new_code_cell, [PREAMBLE, END])
    notebook.cells = [first, *notebook.cells, last]
    start = time.time()
    failure = execute(notebook)
    if failure:
        raise RuntimeError(failure)
    imported = float(first.outputs[0].text)
    drawing, end = map(float, last.outputs[0].text.split())
    return {
        "seconds": end - start,
        "startup": imported - start,
        "computing": end - imported - drawing,
        "drawing": drawing,
    }
