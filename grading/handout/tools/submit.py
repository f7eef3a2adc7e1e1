"""Pack what is handed in: the answers, the notebooks, and the PDF if it was made.

    python -m tools.submit [--name "Ada Lovelace"] [--id 1815]

It first says what is missing or wrong, and packs it all the same.
"""

import argparse
import json
import os
import re
import sys
import zipfile
from pathlib import Path

from checks import check
from checks.questions import BONUS, CODED, QUESTIONS

ROOT = Path(__file__).resolve().parent.parent
PDF = ROOT / "build" / "mnist-from-scratch.pdf"
MODULES = ["shallow.py", "deep.py"]
PLACES = {"*Your answer to Question {}.*", "# Your code for Question {}."}
ADVICE = "delete those that you do not need"


def read_cells(path):
    """Return the cells of a notebook.

    Raises
    ------
    ValueError
        If the file is no notebook.
    """
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for cell in cells:
            cell["source"] = "".join(cell["source"]).strip()
    except (ValueError, KeyError, TypeError):
        raise ValueError(
            f"{path.name} cannot be read: it is no notebook any more"
        ) from None
    return cells


def find_empty(cells):
    """Find the questions of a notebook where an answer is missing.

    All cells that were handed out have the tag "given", but for the places to write
    an answer. So what has no such tag is a place, an answer or a cell that was added.

    Parameters
    ----------
    cells : list of dict

    Returns
    -------
    untouched : list of int
        Nothing is written there.
    begun : list of int
        Something is, and a place is empty still.
    """
    asked, empty, written = {}, set(), set()
    question = None
    for cell in cells:
        tags, source = cell.get("metadata", {}).get("tags", []), cell["source"]
        numbers = [n for n in QUESTIONS if f"q{n}" in tags]
        places = [n for n in QUESTIONS if source in [p.format(n) for p in PLACES]]
        if "given" in tags or numbers or places:
            question = next(iter(places + numbers), None)
        if "given" in tags:
            if question and not QUESTIONS[question].functions:
                asked[question] = True
        elif places or (numbers and not source):
            asked[question] = True
            empty.add(question)
        elif source:
            written.add(question)
    return (
        [n for n in asked if n not in written],
        [n for n in asked if n in written & empty],
    )


def unfinished(cells):
    """Say what is not done in a notebook.

    Parameters
    ----------
    cells : list of dict

    Returns
    -------
    list of str
        Parts of a sentence.
    """
    untouched, begun = (", ".join(map(str, found)) for found in find_empty(cells))
    code = [cell for cell in cells if cell["cell_type"] == "code" and cell["source"]]
    never = sum(cell.get("execution_count") is None for cell in code)
    failed = sum(
        any(output.get("output_type") == "error" for output in cell.get("outputs", []))
        for cell in code
    )
    return [
        *([f"nothing is written yet in questions {untouched}"] if untouched else []),
        *([f"cells are still empty in questions {begun}: {ADVICE}"] if begun else []),
        *([f"{never} of {len(code)} code cells were never run"] if never else []),
        *([f"{failed} ended in an error"] if failed else []),
    ]


def remarks(files):
    """Say what is missing or wrong in what is handed in.

    Parameters
    ----------
    files : list of Path

    Returns
    -------
    list of str
        Lines to print.
    """
    lines = [str(check(*CODED, *BONUS)), ""]
    notebooks = [path for path in files if path.suffix == ".ipynb"]
    for path in notebooks:
        try:
            said = unfinished(read_cells(path))
        except ValueError as error:
            lines.append(str(error))
            continue
        if said:
            lines.append(f"{path.name}: {'; '.join(said)}.")
    expected = json.loads((ROOT / "tools" / "edition.json").read_text("utf-8"))["files"]
    for name in sorted({*MODULES, *filter(is_notebook, expected)}):
        if ROOT / name not in files:
            lines.append(f"{name} is missing.")
    if PDF not in files:
        lines.append("There is no PDF in it: `make pdf` makes one.")
    elif PDF.stat().st_mtime < max(path.stat().st_mtime for path in notebooks):
        lines.append("The PDF is older than the notebooks: `make pdf` makes it anew.")
    return lines


def is_notebook(name):
    """Tell whether a file of the edition is a notebook."""
    return name.endswith(".ipynb")


def ask(what, given, example):
    """Return a name or an ID: what was given, or what is typed now."""
    if not given and sys.stdin.isatty():
        given = input(f"Your {what}: ")
    if not given.strip():
        sys.exit(f"Whose is it? For example: make submit {example}")
    return given.strip()


def main():
    """Say what is missing, pack the files and print where the zip is."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--name", default=os.environ.get("STUDENT_NAME", ""))
    parser.add_argument("--id", default=os.environ.get("STUDENT_ID", ""))
    arguments = parser.parse_args()
    example = 'NAME="Ada Lovelace" ID=1815'
    name = ask("name", arguments.name, example)
    number = ask("ID", arguments.id, example)

    modules = [ROOT / name for name in MODULES if (ROOT / name).exists()]
    if ROOT / "shallow.py" not in modules:
        sys.exit("shallow.py is not there: bring it back, it has your answers")
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    files = [*modules, *notebooks, *filter(Path.exists, [PDF])]
    print("\n".join(remarks(files)))

    target = ROOT / "build" / (re.sub(r"\W+", "-", f"{name}-{number}") + ".zip")
    target.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            inside = path.name if path == PDF else path.relative_to(ROOT)
            archive.write(path, inside)
        who = {"name": name, "id": number}
        archive.writestr("student.json", json.dumps(who, ensure_ascii=False))
    print(f"\nPacked, {len(files)} files and your name: {target}")


if __name__ == "__main__":
    main()
