"""Execute the notebooks: for `make run` into build/, for `make record` in place.

    python -m tools.execute [--in-place] [NAME ...]

A NAME is how a notebook's name begins, such as 02; without one, all are executed.
"""

import argparse
import base64
import multiprocessing
import os
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from html import unescape
from pathlib import Path

import matplotlib.font_manager  # noqa: F401  lists the fonts now: a kernel would tell
import nbformat
from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbconvert import HTMLExporter
from nbconvert.preprocessors import CellExecutionError, ExecutePreprocessor

from checks.console import print_anything
from tools.files import write

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
BUILD = ROOT / "build"
COVER = NOTEBOOKS / "cover.png"
NETWORK = ROOT / "tools" / "templates" / "network.json"
OF_ONE_RUN = {"execution", "ExecuteTime", "collapsed", "scrolled"}  # in the metadata


class ThisPython(AsyncKernelManager):
    """Starts kernels with the Python that runs this, whatever else is installed."""

    options = ["--log-level=ERROR"]
    env = {}

    @property
    def kernel_spec(self):
        """The same specification for every name of a kernel."""
        return KernelSpec(
            resource_dir=RESOURCES, env=self.env, **get_kernel_dict(self.options)
        )


class CheckingPython(ThisPython):
    """The same, but a number next to a rounding boundary is an error."""

    options = [*ThisPython.options, "--ext=tools.rounding"]
    env = {"PYTHONPATH": str(ROOT)}


def execute(notebook, recording=False):
    """Execute a notebook in place; return what failed and where, None if nothing did.

    While recording, a number next to a rounding boundary is a failure: see rounding.py.
    """
    code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in code_cells:
        cell.outputs, cell.execution_count = [], None
    current = None

    def on_cell_start(cell, cell_index):
        nonlocal current
        current = cell

    executor = ExecutePreprocessor(
        kernel_manager_class=CheckingPython if recording else ThisPython,
        coalesce_streams=True,
        record_timing=False,
        timeout=600,
        on_cell_start=on_cell_start,
    )
    try:  # a client's own `execute` would not end on SIGTERM, as `main` wants it
        executor.preprocess(notebook, {"metadata": {"path": str(NOTEBOOKS)}})
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        if isinstance(error, CellExecutionError):
            reason = f"{error.ename}: {error.evalue}"
        else:
            reason = str(error).partition("\n")[0]
        tags = current.metadata.get("tags", [])
        question = [f"question {tag[1:]}" for tag in tags if re.fullmatch(r"q\d+", tag)]
        number = code_cells.index(current)
        first_line = current.source.partition("\n")[0]
        where = ", ".join([*question, f"cell [{number + 1}] ({first_line})"])
        return f"{where}\n    {reason}"
    finally:
        tidy(notebook)
    return None


def tidy(notebook):
    """Leave no version, time or path in the metadata: a second run makes no diff."""
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python"}
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": kernel | {"name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for cell in notebook.cells:
        for key in OF_ONE_RUN:
            cell.metadata.pop(key, None)


def save_shown(notebook):
    """Save what is shown elsewhere too, from the cells tagged ``cover`` and ``pad``.

    These are the picture in the README and the network of the pad in notebook 1.
    """
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        data = next((out.data for out in cell.get("outputs", []) if "data" in out), {})
        if "cover" in tags:
            COVER.write_bytes(base64.b64decode(data["image/png"]))
        if "pad" in tags:
            nets = re.search(r"NETS = (.*);", unescape(data["text/html"]))[1]
            NETWORK.write_text(nets, encoding="utf-8")


def final_error(notebook):
    """Return the lines of the outputs that tell the final testing error."""
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    text = "\n".join(out.text for out in outputs if out.output_type == "stream")
    return re.findall(r"^Final testing error:.*", text, re.MULTILINE)


def execute_file(path, in_place):
    """Execute a notebook and write it, into build/ or in place.

    Returned are the seconds that it took, what failed, as `execute` tells it, and the
    lines on the final testing error.
    """
    start = time.perf_counter()
    notebook = nbformat.read(path, as_version=4)
    failure = execute(notebook, recording=in_place)
    to = path if in_place and not failure else BUILD / path.name
    write(to, nbformat.writes(notebook) + "\n")
    if to == path:
        save_shown(notebook)
    elif not failure:
        html, _ = HTMLExporter().from_notebook_node(notebook)
        write(BUILD / path.with_suffix(".html").name, html)
    return time.perf_counter() - start, failure, final_error(notebook)


def main():
    """Execute the notebooks that the command line names, two at a time."""
    print_anything()
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--in-place", action="store_true", help="record the outputs")
    parser.add_argument("names", nargs="*", metavar="NAME", help="such as 02")
    arguments = parser.parse_args()
    os.environ.pop("MPLBACKEND", None)  # the pictures go into the notebook

    paths = sorted(
        path
        for path in NOTEBOOKS.glob("*.ipynb")
        if path.name.startswith(tuple(arguments.names or [""]))
    )
    if not paths:
        sys.exit(f"No notebook in {NOTEBOOKS} has such a name: {arguments.names}")

    results = []
    with ProcessPoolExecutor(min(2, os.cpu_count())) as pool:
        largest_first = sorted(paths, key=lambda path: -path.stat().st_size)
        tasks = {
            path: pool.submit(execute_file, path, arguments.in_place)
            for path in largest_first  # they run longest, so the others fill the rest
        }
        try:
            for path in paths:
                print(f"{path.name} ...", end=" ", flush=True)
                seconds, failure, lines = tasks[path].result()
                print(f"{seconds:.0f} s")
                if failure:
                    partly = (BUILD / path.name).relative_to(ROOT)
                    sys.exit(
                        f"{path.name} failed in {failure}\nExecuted so far: {partly}"
                    )
                results += lines
        except BaseException:  # Ctrl-C, too
            for process in multiprocessing.active_children():
                process.terminate()  # its kernel sees that, and ends as well
            raise

    if not arguments.in_place:
        print(f"Executed notebooks and HTML pages: {BUILD.relative_to(ROOT)}/")
    for line in results:
        print(line)


if __name__ == "__main__":
    main()
