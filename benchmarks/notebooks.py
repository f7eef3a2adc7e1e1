"""Execute one notebook, and split its wall time into start-up, computing and drawing.

Start-up is the time from starting the kernel until the modules are imported. Drawing is
the time inside the functions of figures.py and inside `pyplot.show`, which renders (the
rest of what makes a figure is a few calls). Computing is all else.
"""

import os
import time

from benchmarks.worker import ROOT, seconds

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
COMPETITORS = {path.name[:2]: path for path in NOTEBOOKS}
FIRST = "import benchmarks.notebooks as _here; _drawing = _here.time_drawing()"
LAST = "print(sum(_drawing), _here.time.time())"


def time_drawing():
    """Import the modules, print the time; return a list that gets what figures take."""
    import matplotlib.pyplot

    import deep  # noqa: F401  imported in the notebooks, as the others are
    import figures

    found = []

    def timed(function):
        return lambda *rest, **named: found.append(seconds(function, *rest, **named))

    for name in ["plot_curves", "show_digits", "show_weights", "show_confusion"]:
        setattr(figures, name, timed(getattr(figures, name)))
    matplotlib.pyplot.show = timed(matplotlib.pyplot.show)
    print(time.time())
    return found


def measure(name, repetition):
    """Execute the notebook."""
    import nbformat

    from tools.execute import execute

    os.environ.pop("MPLBACKEND", None)
    os.environ["OMP_NUM_THREADS"] = "1"  # as `make run` has it
    notebook = nbformat.read(COMPETITORS[name], as_version=4)
    first, last = map(nbformat.v4.new_code_cell, [FIRST, LAST])
    notebook.cells = [first, *notebook.cells, last]
    start = time.time()
    if failure := execute(notebook):
        raise RuntimeError(failure)
    imported = float(first.outputs[0].text)
    drawing, end = map(float, last.outputs[0].text.split())
    return {
        "seconds": end - start,
        "startup": imported - start,
        "computing": end - imported - drawing,
        "drawing": drawing,
    }
