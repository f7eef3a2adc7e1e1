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
from checks.texts import AGAIN, find_empty, lost_pictures, read_cells

ROOT = Path(__file__).resolve().parent.parent
PDF = ROOT / "build" / "mnist-from-scratch.pdf"
MODULES = [ROOT / name for name in ASSIGNMENT.files]
ADVICE = "delete those that you do not need"
PICTURE = re.compile(
    r"!\[[^]]*\]\(<?([^)>\"]+?)>?(?: +\"[^)]*)?\)|<img [^>]*?src=\"([^\"]+)"
)


def unfinished(cells):
    """Say, in parts of a sentence, what is not done in a notebook."""
    untouched, begun = map(numbered, find_empty(cells))
    code = [cell for cell in cells if cell["cell_type"] == "code" and cell["source"]]
    never = sum(cell.get("execution_count") is None for cell in code)
    failed = sum(
        any(output.get("output_type") == "error" for output in cell.get("outputs", []))
        for cell in code
    )
    return [
        *([f"nothing is written yet in {untouched}"] if untouched else []),
        *([f"cells are still empty in {begun}: {ADVICE}"] if begun else []),
        *([f"{never} of {len(code)} code cells were never run"] if never else []),
        *([f"{failed} ended in an error"] if failed else []),
    ]


def numbered(numbers):
    """Write the numbers of one question or several, "" for none."""
    plural = "s" * (len(numbers) > 1)
    return f"question{plural} {', '.join(map(str, numbers))}" if numbers else ""


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
    saved = {}
    for path in filter(Path.exists, MODULES):
        saved |= functions(path.read_text(encoding="utf-8"))
    old = []
    for cell in cells:
        if match := re.fullmatch(r"show_source\((\w+)\)", cell["source"]):
            shown = functions(shown_code(cell)).get(match[1])
            if shown and shown != saved.get(match[1]):
                old.append(match[1])
    said = f"it shows another {', '.join(old)} than is saved: run it again"
    return [said] * bool(old)


def functions(text):
    """Return what each function does, by its name; comments do not count."""
    try:
        nodes = ast.parse(text).body
        return {f.name: ast.dump(f) for f in nodes if isinstance(f, ast.FunctionDef)}
    except (SyntaxError, ValueError, RecursionError):
        return {}  # the judge has said so


def shown_code(cell):
    """Return the code that a cell shows."""
    data = [output.get("data", {}) for output in cell.get("outputs", [])]
    text = "".join("".join(one.get("text/markdown", "")) for one in data)
    return text.removeprefix("```python\n").removesuffix("\n```")


def find_pictures(cells):
    """Return the files with pictures that texts show, and why others are not packed."""
    found, problems = [], []
    for k, cell in enumerate(cells, 1):
        if cell["cell_type"] != "markdown":
            continue
        lost = lost_pictures(cell)
        problems += [f"the picture {n} is not in cell {k}: {AGAIN}" for n in lost]
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


def look_at(path, given):
    """Return the pictures that a notebook shows, and in lines what is amiss in it."""
    try:
        cells = read_cells(path)
    except ValueError as error:
        return [], [str(error)]
    pictures, lost = find_pictures(cells)
    said = unfinished(cells) + changed(cells, given) + old_sources(cells) + lost
    return pictures, [f"{path.name}: {'; '.join(said)}."] if said else []


def gather(edition):
    """Return the files to hand in, and in lines what is missing or wrong in them.

    They are answers, own modules, notebooks, their pictures and the PDF. `edition` is
    what was handed out, as tools/edition.json has it.
    """
    own = (p for p in sorted(ROOT.glob("*.py")) if p.name not in edition["files"])
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    files = [*filter(Path.exists, MODULES), *own, *notebooks]
    lines = [str(check(*CODED, *BONUS)), ""]
    for path in notebooks:
        given = edition.get("given", {}).get(f"notebooks/{path.name}", [])
        pictures, said = look_at(path, given)
        files += pictures
        lines += said
    handed_out = {ROOT / name for name in edition["files"] if name.endswith(".ipynb")}
    for path in sorted({*MODULES, *handed_out}.difference(files)):
        lines.append(f"{path.relative_to(ROOT).as_posix()} is missing.")
    if not PDF.exists():
        lines.append("There is no PDF in it: `make pdf` makes one.")
    else:
        files.append(PDF)
        if PDF.stat().st_mtime < max((p.stat().st_mtime for p in notebooks), default=0):
            said = "The PDF is older than the notebooks: `make pdf` makes it anew."
            lines.append(said)
    return list(dict.fromkeys(files)), lines


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

    if not MODULES[0].exists():
        sys.exit(f"{MODULES[0].name} is not there: bring it back, it has your answers")
    edition = json.loads((ROOT / "tools" / "edition.json").read_text("utf-8"))
    files, lines = gather(edition)
    print("\n".join(lines))

    target = ROOT / "build" / (re.sub(r"\W+", "-", f"{name}-{number}") + ".zip")
    target.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            inside = path.name if path == PDF else path.relative_to(ROOT)
            archive.write(path, inside)
        who = {"name": name, "id": number}
        archive.writestr("student.json", json.dumps(who, ensure_ascii=False))
    print(f"\nPacked {len(files)} files and your name: {target}")


if __name__ == "__main__":
    main()
