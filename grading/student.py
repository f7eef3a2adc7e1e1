"""Make the student's edition: this repository without its answers, to hand out.

    python -m grading.student [--to FOLDER]

It is written by rules alone. In `shallow.py` the docstring tells what a function is:
``Question 7: ...`` is an answer, and its body goes; ``Question 13 (given): ...`` and
``Given: ...`` stay. In the notebooks the tags of a cell tell:

answer
    It is an answer. In its place there is a place to write one.
solution
    It explains an answer or gives it away. It is left out.
source, result
    It is given, but what it shows is an answer. Its output is left out.

A cell with none of them is given as it is, and its output says that it is the one to
expect. In the edition, each cell has the tag of its question, and "given" where it is
no place for an answer. `grading/handout/` has the files that only the edition has.
"""

import argparse
import ast
import builtins
import hashlib
import json
import re
import shutil
import sys
import tomllib
from pathlib import Path

import nbformat
import numpy as np

from checks.console import print_anything
from checks.given import ASSIGNMENT, BONUS, CODED, QUESTIONS
from checks.words import listing, spans
from grading.compiling import CourseError, cell_name, faults_of_cells, refuse_stale
from grading.imports import ROOT
from grading.ipynb import TEXT_PLACE
from grading.leaks import DO, Leaks
from tools.files import packed

HANDOUT = Path(__file__).with_name("handout")
MODULES = list(ASSIGNMENT.files)
COPIED = [
    ".gitattributes",
    ".gitignore",
    "LICENSE",
    "MNISTtools.py",
    "checks",
    "data",
    "environment.yml",
    "figures.py",
    "pad.py",
    "requirements.txt",
    "tools/browser.py",
    "tools/lab.py",
    "tools/pages.py",
    "tools/setup.sh",
    "tools/startup.py",
    "tools/templates",
]
MANIFEST = "tools/edition.json"  # what the edition consists of
ANSWERS = {"answer", "solution", "source", "result"}
TAGS = ANSWERS | {"cover", "pad"}
CODE_PLACE = "# Your code for Question {}."
PREDICT = "**Predict first.**"
EXPECTED = "*The result to expect. This cell has not run yet.*"
IMPORT = rf"^from ({'|'.join(Path(m).stem for m in MODULES)}) import (\([^)]*\)|.*)"


class EditionError(Exception):
    """An edition that cannot be made, or not in that place."""


def role(function):
    """Return the number of the question that a function answers, by its docstring.

    It is "given" where it is none, and None where nobody can tell.
    """
    doc = ast.get_docstring(function) or ""
    match = re.match(r"Question ([1-9]\d*)(?: \((given)\))?: |(Given): ", doc)
    if match is None:
        return None
    return "given" if match[2] or match[3] else int(match[1])


def answer_of(function, given):
    """Return the statements of a function that are the answer to its question.

    Those are all but its docstring and the calls of given functions at the start, such
    as checks of arguments.
    """
    body = function.body[1:]
    while body and re.match(rf"({'|'.join(given)})\(", ast.unparse(body[0])):
        body = body[1:]
    return body


def read_module(source, name):
    """Take a module apart.

    Returned are the functions that answer a question (by their names: its number, the
    function, and the statements that are the answer), and what cannot be told.
    """
    functions, problems = {}, []
    tree = ast.parse(source)
    known = {f.name: role(f) for f in tree.body if isinstance(f, ast.FunctionDef)}
    given = [r"_check\w*", *(f for f, what in known.items() if what == "given")]
    for k, node in enumerate(tree.body):
        if isinstance(node, ast.FunctionDef):
            if known[node.name] is None:
                problems.append(
                    f"{name}: the docstring of `{node.name}` must begin with "
                    "'Question N: ', 'Question N (given): ' or 'Given: '"
                )
            elif known[node.name] != "given":
                answer = answer_of(node, given)
                functions[node.name] = (known[node.name], node, answer)
                if not answer:
                    problems.append(f"{name}: `{node.name}` has no answer to take out")
        elif not isinstance(node, ast.Import | ast.ImportFrom) and k > 0:
            problems.append(
                f"{name}, line {node.lineno}: is this an answer or given? "
                "There can be functions and imports only"
            )
    return functions, problems


def make_stubs(source, functions):
    """Return a module with one line in the place of each answer of `read_module`."""
    lines = source.splitlines()
    for name, (n, function, answer) in reversed(functions.items()):
        line = f'    raise NotImplementedError("Question {n}: write {name}")'
        lines[answer[0].lineno - 1 : function.end_lineno] = [line]
    return "\n".join(lines) + "\n"


def make_notebook(notebook, name):
    """Take the answers out of a notebook, which is changed.

    Returned are the cells with what is gone, and what is against the rules, in lines.
    """
    removed, kept = [], []
    problems = [
        f"{cell_name(name, k, cell)}: {why}"
        for k, cell in enumerate(notebook.cells, 1)
        for why in tag_problems(cell)
    ]
    problems += faults_of_cells(name, notebook.cells, QUESTIONS)
    problems += [f"{name}: {why}" for why in question_problems(notebook.cells)]
    for cell in notebook.cells:
        if tags_of(cell) & ANSWERS:
            gone = nbformat.from_dict(cell)
            if tags_of(cell) & {"source", "result"}:
                gone.source = ""
            removed.append(gone)
        if "solution" not in tags_of(cell):
            hand_out(cell)
            if kept and PREDICT in kept[-1].source and "outputs" in cell:
                cell.outputs = []  # else it would stand below the question
            kept.append(cell)
    notebook.cells = kept
    return removed, problems


def tags_of(cell):
    """Return the tags of a cell."""
    return set(cell.metadata.get("tags", []))


def questions_of(cell):
    """Return the numbers of the questions that a cell belongs to."""
    return [n for n in QUESTIONS if f"q{n}" in tags_of(cell)]


def tag_problems(cell):
    """Say what is wrong with the tags of a cell."""
    tags, numbers = tags_of(cell), questions_of(cell)
    if unknown := tags - TAGS - {f"q{n}" for n in QUESTIONS}:
        yield f"unknown tag {', '.join(sorted(unknown))!r}"
    if len(tags & ANSWERS) > 1:
        yield "its tags exclude each other"
    if "answer" in tags and len(numbers) != 1:
        yield "an answer needs the tag of its question"


def question_problems(cells):
    """Say which questions of a notebook have no answer to take out, or no check."""
    answers = [cell for cell in cells if tags_of(cell) & {"answer", "source"}]
    answered = {n for cell in answers for n in questions_of(cell)}
    asked = dict.fromkeys(n for cell in cells for n in questions_of(cell))
    yield from (
        f"Question {n} has no answer to take out" for n in asked if n not in answered
    )
    yield from (
        f"Question {n} must have the cell `check({n})` once, directly below "
        "the sources of its functions, or at its end"
        for n in CODED + BONUS
        if n in asked and not has_check(cells, n)
    )


def hand_out(cell):
    """Make of a cell what the edition has in its place."""
    tags, numbers = tags_of(cell), questions_of(cell)
    if "answer" in tags:
        place = TEXT_PLACE if cell.cell_type == "markdown" else CODE_PLACE
        cell.source = place.format(*numbers or "?")
        cell.metadata = {}
        cell.pop("attachments", None)
    if cell.cell_type == "code":
        cell.execution_count = None
        if tags & ANSWERS:
            cell.outputs = []
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = None
        if cell.outputs:
            said = {"text/markdown": EXPECTED, "text/plain": EXPECTED.strip("*")}
            cell.outputs.insert(0, nbformat.v4.new_output("display_data", said))
    given = ["given"] * ("answer" not in tags)
    cell.metadata["tags"] = [f"q{n}" for n in numbers] + given
    if given:  # JupyterLab and Notebook then keep it as it is
        cell.metadata |= {"editable": False, "deletable": False}


def has_check(cells, n):
    """Tell whether a question has its check, below its sources or at its end."""
    kept = [cell for cell in cells if "solution" not in tags_of(cell)]
    own = [cell.source for cell in kept if n in questions_of(cell)]
    places = [k for k, source in enumerate(own) if source == f"check({n})"]
    sources = [k for k, source in enumerate(own) if source.startswith("show_source(")]
    below = max(sources, default=-1) + 1
    return len(places) == 1 and places[0] in (below, len(own) - 1)


def sources_of(source):
    """Return the text of each function of a module, by name."""
    nodes = [n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef)]
    return {node.name: ast.get_source_segment(source, node) for node in nodes}


def shown_otherwise(notebook, sources):
    """Return the functions that a notebook shows otherwise than they are.

    `sources` has their present texts, by module and name. What shows nothing yet is
    left out.
    """
    found = []
    present = {name: text for own in sources.values() for name, text in own.items()}
    for cell in notebook.cells:
        match = re.fullmatch(r"show_source\((\w+)\)", cell.source)
        for output in cell.outputs if match else []:
            shown = output.get("data", {}).get("text/markdown")
            if shown != f"```python\n{present.get(match[1])}\n```":
                found.append(match[1])
    return found


def old_names(notebook, name, functions):
    """Return what a notebook imports or names and nobody defines, in lines.

    Such are old names in the imports of answers and, in the given texts, in backticks
    and before a bracket. `functions` are by module.
    """
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    known = {*dir(builtins), *dir(np), *re.findall(r"\w+", "\n".join(code))}
    known = known.union(*functions.values())
    for k, cell in enumerate(notebook.cells, 1):
        old = []
        for module, names in re.findall(IMPORT, cell.source, re.M):
            imported = re.findall(r"(\w+)(?: as \w+)?", names)
            old += [(f, module) for f in imported if f not in functions[module]]
        if cell.cell_type == "markdown" and not tags_of(cell) & ANSWERS:
            for quoted in re.findall(r"`([^`\n]+)`", cell.source):
                calls = re.findall(r"(?<![\w.])([A-Za-z_]\w*)\(", quoted)
                old += [(call, f"`{quoted}`") for call in calls if call not in known]
        for function, where in old:
            yield f"{cell_name(name, k, cell)}: there is no `{function}` ({where})"


def with_questions(readme, questions):
    """Return the edition's README with the questions of each notebook in its table.

    `questions` has their numbers by the name of the notebook's file. The rows of
    notebooks that are not there are left out.
    """

    def row(match):
        numbers = questions.get(match[1])
        if not numbers:
            return ""
        extra = [n for n in numbers if QUESTIONS[n].bonus]
        own = spans(n for n in numbers if n not in extra)
        bonus = f"{spans(extra)}, a bonus" if extra else ""
        both = " and ".join(filter(None, [own, bonus]))
        return f"| `notebooks/{match[1]}` | {both} |{match[2]}"

    return re.sub(r"\| `notebooks/([^`]+)` \|[^|]*\|(.*\n)", row, readme)


def with_modules(pyproject, files):
    """Return the edition's pyproject.toml with the modules that it has."""
    modules = sorted(path[:-3] for path in files if re.fullmatch(r"\w+\.py", path))
    return re.sub(
        "^py-modules = .*", f"py-modules = {json.dumps(modules)}", pyproject, flags=re.M
    )


def gone_modules(files):
    """Return where an edition names a module that it does not have, in lines."""
    names = {Path(path).name for path in files}
    for path, content in files.items():
        if path in ("Makefile", "README.md") or path.startswith("tools/"):
            named = set(re.findall(r"\b\w+\.py\b", content.decode()))
            for name in sorted(named - names):
                yield f"{path} of the edition names `{name}`, which it does not have"


def make_edition():
    """Make the student's edition.

    Returns
    -------
    dict of str to bytes
        The files, by their paths.

    Raises
    ------
    CourseError
        If the judge was made from other files.
    EditionError
        If something is neither given nor an answer, or an answer would remain.
    """
    refuse_stale()
    leaks, problems, answers, asked = Leaks(), [], {}, {}
    files = read_files(HANDOUT, HANDOUT)
    for entry in COPIED:
        files |= read_files(ROOT / entry, ROOT)
    for name in MODULES:
        source = (ROOT / name).read_text(encoding="utf-8")
        functions, found = read_module(source, name)
        problems += found
        if not found:
            files[name] = make_stubs(source, functions).encode()
        for function, (n, _, answer) in functions.items():
            answers.setdefault(n, set()).add(function)
            leaks.add_code(f"`{function}`", answer)
    judged = {n: {*question.functions} for n, question in QUESTIONS.items()}
    problems += [
        f"Question {n}: the judge asks for {in_words(judged.get(n))}, and what answers "
        f"it is {in_words(answers.get(n))}"
        for n in sorted({*CODED, *BONUS, *answers})
        if judged.get(n) != answers.get(n)
    ]
    sources = {
        path.stem: sources_of(path.read_text("utf-8")) for path in ROOT.glob("*.py")
    }
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        if not any("tags" in cell.metadata for cell in notebook.cells):
            continue  # it has no question: it is to read, and explains answers
        asked[path.name] = sorted({n for c in notebook.cells for n in questions_of(c)})
        problems += old_names(notebook, path.name, sources)
        if old := shown_otherwise(notebook, sources):
            problems.append(
                f"{path.name} was recorded with other answers ({', '.join(old)}): run "
                "`make record`"
            )
        place = f"notebooks/{path.name}"
        numbers = {(place, c.id): k for k, c in enumerate(notebook.cells, 1)}
        leaks.numbers |= numbers
        removed, found = make_notebook(notebook, path.name)
        problems += found
        files[place] = (nbformat.writes(notebook) + "\n").encode()
        for cell in removed:
            number = numbers[place, cell.id]
            leaks.add_cell(f"{path.name}, cell {number} (id {cell.id})", cell)
    problems += [
        f"Question {n}: no cell of a notebook has the tag `q{n}`"
        for n in QUESTIONS
        if not any(n in numbers for numbers in asked.values())
    ]
    readme = with_questions(files["README.md"].decode(), asked)
    problems += [
        f"grading/handout/README.md: its table has no row for `notebooks/{name}`"
        for name in asked
        if f"`notebooks/{name}`" not in readme
    ]
    files["README.md"] = readme.encode()
    pyproject = with_modules(files["pyproject.toml"].decode(), files)
    files["pyproject.toml"] = pyproject.encode()
    problems += gone_modules(files)
    if not problems and (found := leaks.find(files)):
        problems = [*found, DO]
    if problems:
        raise EditionError("\n".join(problems))
    digests = {path: digest_of(files[path]) for path in sorted(files)}
    manifest = {"files": digests, "given": given_cells(files)}
    files[MANIFEST] = (json.dumps(manifest, indent=1) + "\n").encode()
    return dict(sorted(files.items()))


def in_words(functions):
    """Return the names of functions in words."""
    return listing(sorted(functions)) if functions else "nothing"


def digest_of(content):
    """Return the digest of a file or a cell; None where there is none."""
    return None if content is None else hashlib.sha256(content).hexdigest()


def given_cells(files):
    """Return the digests of the given cells of each notebook, by their questions."""
    given = {}
    for path in sorted(path for path in files if path.endswith(".ipynb")):
        given[path] = []
        for cell in json.loads(files[path])["cells"]:
            tags, source = cell["metadata"]["tags"], "".join(cell["source"]).strip()
            if "given" in tags:
                digest = digest_of(source.encode())[:16]
                question = next((int(tag[1:]) for tag in tags if tag != "given"), None)
                given[path].append([question, digest])
    return given


def read_files(path, root):
    """Read a file, or those in a folder, by their paths from a root."""
    paths = [path] if path.is_file() else sorted(path.rglob("*"))
    return {
        file.relative_to(root).as_posix(): file.read_bytes()
        for file in paths
        if file.is_file() and "__pycache__" not in file.parts
    }


def write_edition(files, folder):
    """Write an edition into a folder that is new, or that has an earlier one.

    What the folder holds beside an edition stays. So does a file that was changed
    there: the new one is not written then. Returned are the paths that were "added",
    "changed" and "removed", and those that were "kept" though they differ.
    """
    if folder.exists() and not folder.is_dir():
        raise EditionError(f"{folder} is a file, and not a folder")
    try:
        old = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    except FileNotFoundError:
        old = {}
        if folder.exists() and any(path.name != ".git" for path in folder.iterdir()):
            raise EditionError(
                f"{folder} is not empty and holds no edition: name another folder"
            ) from None
    except (ValueError, KeyError, TypeError):
        raise EditionError(
            f"{folder / MANIFEST} cannot be read: bring it back, or name another folder"
        ) from None

    done = {"added": [], "changed": [], "removed": [], "kept": []}
    for path in sorted({*old, *files} - {MANIFEST}):
        target, new = folder / path, files.get(path)
        here = target.read_bytes() if target.is_file() else None
        if here == new:
            continue
        if digest_of(here) != old.get(path):  # changed or removed by hand
            if new is None or digest_of(new) != old.get(path):
                done["kept"].append(path)
        elif new is None:
            target.unlink()
            for parent in target.relative_to(folder).parents[:-1]:
                if not any((folder / parent).iterdir()):
                    (folder / parent).rmdir()
            done["removed"].append(path)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(new)
            done["added" if here is None else "changed"].append(path)
    (folder / MANIFEST).parent.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).write_bytes(files[MANIFEST])
    return done


def write_zip(files, target):
    """Pack an edition into a zip, in a folder of its name."""
    named = {f"{target.stem}/{path}": content for path, content in files.items()}
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(packed(named))


def main():
    """Write the edition that the command line asks for."""
    print_anything()
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--to", type=Path, metavar="FOLDER", help="build/student/, made anew, or this"
    )
    arguments = parser.parse_args()
    folder = arguments.to or ROOT / "build" / "student"
    try:
        files = make_edition()
        if arguments.to is None:
            shutil.rmtree(folder, ignore_errors=True)
            project = tomllib.loads(files["pyproject.toml"].decode())["project"]
            packed_to = folder.with_name(f"{project['name']}.zip")
            write_zip(files, packed_to)
        done = write_edition(files, folder)
    except (CourseError, EditionError, OSError) as error:
        sys.exit(f"No edition was written.\n{error}")
    print(f"The student's edition: {folder} ({len(files)} files)")
    if arguments.to is None:
        print(f"The same, packed:      {packed_to.relative_to(ROOT)}")
        return
    for what, paths in done.items():
        for path in paths:
            print(f"{what:8} {path}")
    if done["kept"]:
        print("Kept, as they were changed there: remove them to get the new ones.")
    if not any(done.values()):
        print("It was up to date.")


if __name__ == "__main__":
    main()
