"""Open JupyterLab with the first notebook on the left and the answers on the right.

    python -m tools.lab [OPTION ...]

The options are those of JupyterLab. The windows are in a workspace of this project, in
build/lab/: what is open and where is kept there until the next time.
"""

import contextlib
import json
import os
import sys
from pathlib import Path

import nbformat
from jupyter_server.serverapp import ServerApp
from jupyterlab.labapp import main
from nbformat.sign import NotebookNotary

from checks.given import ASSIGNMENT

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / "build" / "lab"
FIRST = min(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
LEFT = f"notebooks/{FIRST}.ipynb"
RIGHT = ASSIGNMENT.files[0]


def tab(name):
    """Return a part of the window with one tab in it."""
    return {"type": "tab-area", "currentIndex": 0, "widgets": [name]}


WORKSPACE = {
    "data": {
        "layout-restorer:data": {
            "main": {
                "dock": {
                    "type": "split-area",
                    "orientation": "horizontal",
                    "sizes": [0.6, 0.4],
                    "children": [tab(f"notebook:{LEFT}"), tab(f"editor:{RIGHT}")],
                },
                "current": f"notebook:{LEFT}",
            },
        },
        f"notebook:{LEFT}": {"data": {"path": LEFT, "factory": "Notebook"}},
        f"editor:{RIGHT}": {"data": {"path": RIGHT, "factory": "Editor"}},
    },
    "metadata": {"id": "default"},
}
# A pop-up asks whether one wants news of Jupyter, over what one wants to read.
NO_NEWS = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}


def prepare():
    """Write what JupyterLab reads when it starts, where it is not there yet."""
    if not OWN.exists():
        trust()
    for path, content in [
        ("workspaces/default-37a8.jupyterlab-workspace", WORKSPACE),
        ("labconfig/page_config.json", NO_NEWS),
    ]:
        file = OWN / path
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(content), encoding="utf-8")
    paths = [os.environ.get("JUPYTER_CONFIG_PATH"), str(OWN)]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    # What the kernels begin with, where the user has nothing of the kind.
    os.environ.setdefault("PYTHONSTARTUP", str(ROOT / "tools" / "startup.py"))
    # As the Makefile has it, for who has no `make`.
    os.environ.setdefault("OMP_NUM_THREADS", "1")


def trust():
    """Trust the notebooks as they came: else the pad in them is not shown at first."""
    notary = NotebookNotary()
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        with contextlib.suppress(ValueError):  # it is no notebook any more
            notary.sign(nbformat.read(path, as_version=4))


if __name__ == "__main__":
    prepare()
    ServerApp.static_custom_path.tag(config=True)  # else it cannot be chosen
    # JupyterLab does not start as root without this; in a container, one often is.
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    main(
        [
            f"--ServerApp.root_dir={ROOT}",
            f"--ServerApp.static_custom_path={ROOT / 'tools' / 'templates' / 'lab'}",
            f"--LabApp.workspaces_dir={OWN / 'workspaces'}",
            "--LabApp.custom_css=True",
            *["--allow-root"] * is_root,
            *sys.argv[1:],
        ]
    )
