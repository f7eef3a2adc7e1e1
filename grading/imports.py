"""Which files of this repository a program needs, told from its imports."""

import ast
from pathlib import Path

from course import FILES

ROOT = Path(__file__).resolve().parent.parent


def needed(*paths):
    """Return some files of this repository, and those that they import."""
    found, todo = set(), [path.resolve() for path in paths]
    while todo:
        path = todo.pop()
        if path in found or not path.is_file():
            continue
        found.add(path)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
                names += [f"{node.module}.{alias.name}" for alias in node.names]
            for name in names:
                place = ROOT.joinpath(*name.split("."))
                todo += [place.with_suffix(".py"), place / "__init__.py"]
                todo += [p / "__init__.py" for p in place.parents if p != ROOT]
    return {path for path in found if path.is_relative_to(ROOT)}


def of_the_judge():
    """Return the files on which a verdict of `make grade` depends."""
    here = Path(__file__).parent
    course = sorted((ROOT / "course").glob("*.py"))
    answers = [ROOT / name for name in (*FILES, "MNISTtools.py")]
    data = ROOT / "checks" / "questions.json.gz"
    code = needed(here / "judging.py", here / "launch.py", *course, *answers)
    return code | {data}
