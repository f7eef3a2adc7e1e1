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
from checks.questions import CODED

ROOT = Path(__file__).resolve().parent.parent
PDF = ROOT / "build" / "mnist-from-scratch.pdf"
PLACES = {"*Your answer to Question {}.*", "# Your code for Question {}."}


def empty_places(path):
    """Find where a notebook still waits for an answer.

    Parameters
    ----------
    path : Path
        The notebook.

    Returns
    -------
    list of int
        The questions, once for each place.

    Raises
    ------
    ValueError
        If the file is no notebook.
    """
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]).strip() for cell in cells]
    except (ValueError, KeyError, TypeError):
        raise ValueError(
            f"{path.name} cannot be read: it is no notebook any more"
        ) from None
    numbers = [re.search(r"\d+", source) for source in sources]
    return [
        int(number[0])
        for number, source in zip(numbers, sources, strict=True)
        if number and any(source == place.format(number[0]) for place in PLACES)
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
    lines = [str(check(*CODED)), ""]
    notebooks = [path for path in files if path.suffix == ".ipynb"]
    for path in notebooks:
        try:
            empty = empty_places(path)
        except ValueError as error:
            lines.append(str(error))
            continue
        if empty:
            which = ", ".join(map(str, dict.fromkeys(empty)))
            lines.append(f"{path.name}: places to write are empty in questions {which}")
    if PDF not in files:
        lines.append("There is no PDF in it: `make pdf` makes one.")
    elif PDF.stat().st_mtime < max(path.stat().st_mtime for path in notebooks):
        lines.append("The PDF is older than the notebooks: `make pdf` makes it anew.")
    return lines


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

    modules = [path for path in [ROOT / "shallow.py"] if path.exists()]
    if not modules:
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
    print(f"Packed, {len(files)} files: {target}")


if __name__ == "__main__":
    main()
