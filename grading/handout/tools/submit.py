"""Pack what is handed in: answers, notebooks, pictures, and the PDF if it was made.

    python -m tools.submit [--name "Ada Lovelace"] [--id 1815]

It first says what is missing or wrong, and packs it all the same.
"""

import argparse
import ast
import hashlib
import json
import os
import re
import sys
import zipfile
from pathlib import Path
from urllib.parse import unquote

from checks import check
from checks.console import print_anything
from checks.given import ASSIGNMENT, BONUS, CODED
from checks.texts import find_empty, read_cells

ROOT = Path(__file__).resolve().parent.parent
PDF = ROOT / "build" / "mnist-from-scratch.pdf"
MODULES = list(ASSIGNMENT.files)
ADVICE = "delete those that you do not need"
PICTURE = re.compile(
    r"!\[[^]]*\]\(<?([^)>\"]+?)>?(?: +\"[^)]*)?\)|<img [^>]*?src=\"([^\"]+)"
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


def changed(cells, given):
    """Say which given cells of a notebook are not there as they were handed out."""
    here = {hashlib.sha256(c["source"].encode()).hexdigest()[:16] for c in cells}
    gone = [question for question, digest in given if digest not in here]
    if not gone:
        return []
    places = [f"Question {n}" if n else "the text around" for n in dict.fromkeys(gone)]
    return [f"{len(gone)} given cells were changed or are gone ({', '.join(places)})"]


def old_sources(cells):
    """Say which functions a notebook shows otherwise than they are saved now."""
    modules = [ROOT / name for name in MODULES if (ROOT / name).exists()]
    saved = {}
    for path in modules:
        saved |= functions(path.read_text(encoding="utf-8"))
    old = []
    for cell in cells:
        if match := re.fullmatch(r"show_source\((\w+)\)", cell["source"]):
            shown = functions(shown_code(cell)).get(match[1])
            if shown and shown != saved.get(match[1]):
                old.append(match[1])
    return [f"it shows another {', '.join(old)} than is saved: run it again"] * bool(
        old
    )


def functions(text):
    """Return what each function does, by its name; comments do not count."""
    try:
        nodes = ast.parse(text).body
    except (SyntaxError, ValueError):
        return {}  # the judge has said so
    return {f.name: ast.dump(f) for f in nodes if isinstance(f, ast.FunctionDef)}


def shown_code(cell):
    """Return the code that a cell shows."""
    data = [output.get("data", {}) for output in cell.get("outputs", [])]
    text = "".join("".join(one.get("text/markdown", "")) for one in data)
    return text.removeprefix("```python\n").removesuffix("\n```")


def find_pictures(cells):
    """Find the files with pictures that the texts of a notebook show.

    Returns
    -------
    found : list of Path
    problems : list of str
        What cannot be packed, and where it is.
    """
    found, problems = [], []
    for k, cell in enumerate(cells, 1):
        if cell["cell_type"] != "markdown":
            continue
        for match in PICTURE.finditer(cell["source"]):
            name = match[1] or match[2]
            if re.match(r"(attachment|data|https?):", name):
                continue
            path = (ROOT / "notebooks" / unquote(name)).resolve()
            if not path.is_file():
                problems.append(f"the picture {name} of cell {k} is missing")
            elif not path.is_relative_to(ROOT):
                problems.append(
                    f"move the picture {name} of cell {k} beside the notebook"
                )
            else:
                found.append(path)
    return found, problems


def find_files(edition):
    """Find what is handed in: answers, own modules, notebooks, pictures and the PDF."""
    modules = [ROOT / name for name in MODULES if (ROOT / name).exists()]
    own = [path for path in sorted(ROOT.glob("*.py")) if path.name not in edition]
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    pictures = []
    for path in notebooks:
        try:
            pictures += find_pictures(read_cells(path))[0]
        except ValueError:
            pass  # `remarks` says so
    pdf = filter(Path.exists, [PDF])
    return list(dict.fromkeys([*modules, *own, *notebooks, *pictures, *pdf]))


def remarks(files, edition):
    """Say what is missing or wrong in what is handed in.

    Parameters
    ----------
    files : list of Path
    edition : dict
        What was handed out, as tools/edition.json has it.

    Returns
    -------
    list of str
        Lines to print.
    """
    lines = [str(check(*CODED, *BONUS)), ""]
    notebooks = [path for path in files if path.suffix == ".ipynb"]
    for path in notebooks:
        try:
            cells = read_cells(path)
            given = edition.get("given", {}).get(f"notebooks/{path.name}", [])
            said = unfinished(cells) + changed(cells, given) + old_sources(cells)
            said += find_pictures(cells)[1]
        except ValueError as error:
            lines.append(str(error))
            continue
        if said:
            lines.append(f"{path.name}: {'; '.join(said)}.")
    for name in sorted({*MODULES, *filter(is_notebook, edition["files"])}):
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
    print_anything()
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--name", default=os.environ.get("STUDENT_NAME", ""))
    parser.add_argument("--id", default=os.environ.get("STUDENT_ID", ""))
    arguments = parser.parse_args()
    example = 'NAME="Ada Lovelace" ID=1815'
    name = ask("name", arguments.name, example)
    number = ask("ID", arguments.id, example)

    if not (ROOT / MODULES[0]).exists():
        sys.exit(f"{MODULES[0]} is not there: bring it back, it has your answers")
    edition = json.loads((ROOT / "tools" / "edition.json").read_text("utf-8"))
    files = find_files(edition["files"])
    print("\n".join(remarks(files, edition)))

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
