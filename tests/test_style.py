"""The style of all code, also in the notebooks, its imports, and the workflows."""

import ast
import re
import shutil
import sysconfig

import nbformat
import pytest
from processes import ROOT, run

COMMANDS = [
    "ruff check --quiet .",
    "ruff format --check --quiet .",
    "zizmor --offline --strict-collection --quiet --no-progress .github",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_linters_find_nothing(command):
    name, *options = command.split()
    done = run(shutil.which(name, path=sysconfig.get_path("scripts")), *options)
    assert done.returncode == 0, f"\n{done.stdout}{done.stderr}"


def sources(room):
    """Yield the code of a module, a folder or the notebooks."""
    for path in [ROOT / f"{room}.py", *(ROOT / room).rglob("*.py")]:
        if path.exists():
            yield path.read_text(encoding="utf-8")
    for path in (ROOT / room).glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                yield re.sub(r"^%.*", "", cell.source, flags=re.M)


def imports(room):
    """Return the first names of what a room imports."""
    found = set()
    for node in (n for source in sources(room) for n in ast.walk(ast.parse(source))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module.partition(".")[0])
    return found


def test_imports_are_those_of_the_picture_for_contributors():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    drawn = dict(re.findall(r"^    (\w+) +-> (.+)", text, re.M))
    modules = {path.stem for path in ROOT.glob("*.py")} - {"conftest"}
    rooms = {"notebooks", *modules, *(path.parent.name for path in ROOT.glob("*/*.py"))}
    assert {"grading", "course", "checks"} <= drawn.keys() <= rooms
    for room in rooms - {"tests"}:
        expected = set(re.findall(r"\w+", drawn.get(room, ""))) & rooms
        assert (imports(room) & rooms) - {room} == expected, room
