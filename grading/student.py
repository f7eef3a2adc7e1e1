"""Make the student's edition: this repository without its answers, to hand out.

    python -m grading.student [--to FOLDER] [--zip FILE]

It is written by rules alone. In `shallow.py` the docstring tells what a function is:
``Question 7: ...`` is an answer, and its body goes; ``Question 13 (given): ...`` and
``Given: ...`` stay. In the notebooks the tags of a cell tell:

answer
    It is an answer. In its place there is a place to write one.
solution
    It explains an answer or gives it away. It is left out.
source, result
    It is given, but what it shows is an answer. Its output is left out.

A cell with none of them is given as it is. In the edition, each cell has the tag of its
question, and "given" where it is no place for an answer. `grading/handout/` has the
files that only the edition has.
"""

import argparse
import ast
import hashlib
import json
import re
import shutil
import sys
from pathlib import Path

import nbformat

import tools.files
from checks.given import BONUS, CODED, QUESTIONS
from grading.leaks import Leaks
from grading.submission import TEXT_PLACE

ROOT = Path(__file__).resolve().parent.parent
HANDOUT = Path(__file__).with_name("handout")
MODULES = ["shallow.py", "deep.py"]
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
    "tools/templates",
]
MANIFEST = "tools/edition.json"  # what the edition consists of
TAGS = {"answer", "solution", "source", "result", "cover"}
CODE_PLACE = "# Your code for Question {}."


class EditionError(Exception):
    """An edition that cannot be made, or not in that place."""


def role(function):
    """Tell what a function is, by its docstring.

    Parameters
    ----------
    function : ast.FunctionDef

    Returns
    -------
    int, "given" or None
        The number of the question that it answers.
    """
    doc = ast.get_docstring(function) or ""
    match = re.match(r"Question ([1-9]\d*)(?: \((given)\))?: |(Given): ", doc)
    if match is None:
        return None
    return "given" if match[2] or match[3] else int(match[1])


def is_given_call(statement, given):
    """Tell whether a statement calls a given function, such as a check of arguments."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and isinstance(statement.value.func, ast.Name)
        and statement.value.func.id in given
    )


def answer_of(function, given):
    """Return the statements of a function that are the answer to its question.

    Those are all but its docstring and the calls of given functions at the start.
    """
    body = function.body[1:]
    while body and is_given_call(body[0], given):
        body = body[1:]
    return body


def read_module(source, name):
    """Take the functions of a module apart.

    Parameters
    ----------
    source : str
    name : str
        What the file is called.

    Returns
    -------
    functions : dict of str to (int, ast.FunctionDef, list of ast.stmt)
        The functions that answer a question, by their names: the number of the
        question, the function, and the statements that are the answer.
    problems : list of str
        What cannot be told to be an answer or given.
    """
    functions, problems = {}, []
    tree = ast.parse(source)
    known = {f.name: role(f) for f in tree.body if isinstance(f, ast.FunctionDef)}
    given = {function for function, what in known.items() if what == "given"}
    given |= {  # what one module checks for another
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name.startswith("_check")
    }
    for k, node in enumerate(tree.body):
        if isinstance(node, ast.FunctionDef):
            if known[node.name] is None:
                problems.append(
                    f"{name}: the docstring of `{node.name}` must begin with "
                    "'Question N: ', 'Question N (given): ' or 'Given: '"
                )
            elif node.name not in given:
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
    """Take the answers out of a module.

    Parameters
    ----------
    source : str
    functions : dict
        As `read_module` returns them.

    Returns
    -------
    str
        The same text with one line in the place of each answer.
    """
    lines = source.splitlines()
    for name, (n, function, answer) in reversed(functions.items()):
        line = f'    raise NotImplementedError("Question {n}: write {name}")'
        lines[answer[0].lineno - 1 : function.end_lineno] = [line]
    return "\n".join(lines) + "\n"


def make_notebook(notebook, name):
    """Take the answers out of a notebook.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        It is changed.
    name : str
        What the file is called.

    Returns
    -------
    removed : list of nbformat.NotebookNode
        What was taken out: cells with the source and the outputs that are gone.
    problems : list of str
        What is against the rules.
    """
    removed, problems, kept = [], [], []
    answered, last = set(), {}
    for k, cell in enumerate(notebook.cells):
        tags = set(cell.metadata.get("tags", []))
        numbers = [n for n in QUESTIONS if f"q{n}" in tags]
        unknown = tags - TAGS - {f"q{n}" for n in QUESTIONS}
        about = f"{name}, cell {k + 1} ({cell.source[:40]!r})"
        if unknown:
            problems.append(f"{about}: unknown tag {', '.join(sorted(unknown))!r}")
        if len(tags & {"answer", "solution", "source", "result"}) > 1:
            problems.append(f"{about}: its tags exclude each other")
        if "answer" in tags and len(numbers) != 1:
            problems.append(f"{about}: an answer needs the tag of its question")
        if tags & {"answer", "source"}:
            answered |= set(numbers)
        last |= dict.fromkeys(numbers, cell)

        if tags & {"answer", "solution", "source", "result"}:
            gone = nbformat.from_dict(cell)
            if tags & {"source", "result"}:
                gone.source = ""
            removed.append(gone)
        if "solution" in tags:
            continue
        if "answer" in tags:
            place = TEXT_PLACE if cell.cell_type == "markdown" else CODE_PLACE
            cell.source = place.format(*numbers or "?")
            cell.metadata = {}
            cell.pop("attachments", None)
        if cell.cell_type == "code":
            cell.execution_count = None
            if tags & TAGS - {"cover"}:
                cell.outputs = []
            for output in cell.outputs:
                if "execution_count" in output:
                    output.execution_count = None
        cell.metadata.pop("tags", None)
        new = [f"q{n}" for n in numbers] + ["given"] * ("answer" not in tags)
        cell.metadata["tags"] = new
        if "answer" not in tags:  # JupyterLab and Notebook then keep it as it is
            cell.metadata |= {"editable": False, "deletable": False}
        kept.append(cell)
    notebook.cells = kept
    problems += [
        f"{name}: Question {n} has no answer to take out"
        for n in last
        if n not in answered
    ]
    problems += [
        f"{name}: Question {n} must have the cell `check({n})` once, directly below "
        "the sources of its functions, or at its end"
        for n in CODED + BONUS
        if n in last and not has_check(notebook.cells, n)
    ]
    return removed, problems


def has_check(cells, n):
    """Tell whether a question has its check, below its sources or at its end."""
    own = [cell.source for cell in cells if f"q{n}" in cell.metadata["tags"]]
    places = [k for k, source in enumerate(own) if source == f"check({n})"]
    sources = [k for k, source in enumerate(own) if source.startswith("show_source(")]
    return len(places) == 1 and places[0] in (
        max(sources, default=-1) + 1,
        len(own) - 1,
    )


def make_edition():
    """Make the student's edition.

    Returns
    -------
    dict of str to bytes
        The files, by their paths.

    Raises
    ------
    EditionError
        If something is neither given nor an answer, or an answer would remain.
    """
    files, problems, answers = {}, [], {}
    leaks = Leaks()
    for entry in COPIED:
        files |= read_files(ROOT / entry, ROOT)
    files |= read_files(HANDOUT, HANDOUT)
    for name in MODULES:
        source = (ROOT / name).read_text(encoding="utf-8")
        functions, found = read_module(source, name)
        problems += found
        if not found:
            files[name] = make_stubs(source, functions).encode()
        for function, (n, _, answer) in functions.items():
            answers.setdefault(n, set()).add(function)
            leaks.add_code(f"`{function}`", answer)
    problems += [
        f"Question {n}: the judge asks for {', '.join(QUESTIONS[n].functions)}, "
        f"and the answers are {', '.join(sorted(answers.get(n, []))) or 'missing'}"
        for n in sorted({*CODED, *BONUS, *answers})
        if set(QUESTIONS[n].functions) != answers.get(n, set())
    ]
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        if not any("tags" in cell.metadata for cell in notebook.cells):
            continue  # it has no question: it is to read, and explains answers
        removed, found = make_notebook(notebook, path.name)
        problems += found
        files[f"notebooks/{path.name}"] = (nbformat.writes(notebook) + "\n").encode()
        for cell in removed:
            leaks.add_cell(f"{path.name}, cell {cell.id}", cell)
    if not problems:
        problems = leaks.find(files)
    if problems:
        raise EditionError("\n".join(problems))
    digests = {path: hashlib.sha256(files[path]).hexdigest() for path in sorted(files)}
    manifest = {"files": digests, "given": given_cells(files)}
    files[MANIFEST] = (json.dumps(manifest, indent=1) + "\n").encode()
    return dict(sorted(files.items()))


def given_cells(files):
    """Return the digests of the given cells of each notebook, by their questions."""
    given = {}
    for path in sorted(path for path in files if path.endswith(".ipynb")):
        given[path] = []
        for cell in json.loads(files[path])["cells"]:
            tags, source = cell["metadata"]["tags"], "".join(cell["source"]).strip()
            if "given" in tags:
                digest = hashlib.sha256(source.encode()).hexdigest()[:16]
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
    """Write an edition into a folder, or bring the one that is there up to date.

    What the folder holds beside an edition stays. So does a file that was changed
    there: the new one is not written then.

    Parameters
    ----------
    files : dict of str to bytes
        The edition.
    folder : Path
        It is new, empty, a fresh git checkout, or holds an earlier edition.

    Returns
    -------
    dict of str to list of str
        The paths that were "added", "changed" and "removed", and those that were
        "kept" though they differ.

    Raises
    ------
    EditionError
        If the folder holds something else.
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
        digest = None if here is None else hashlib.sha256(here).hexdigest()
        if here == new:
            continue
        if digest != old.get(path):  # changed or removed by hand
            if new is None or hashlib.sha256(new).hexdigest() != old.get(path):
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
    """Pack an edition; the same edition gives the same bytes.

    Parameters
    ----------
    files : dict of str to bytes
    target : Path
        The zip; the files are in a folder of its name in it.
    """
    inside = {f"{target.stem}/{path}": content for path, content in files.items()}
    tools.files.write_zip(target, inside)


def main():
    """Write the edition that the command line asks for."""
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
            write_zip(files, ROOT / "build" / "mnist-from-scratch.zip")
        done = write_edition(files, folder)
    except (EditionError, OSError) as error:
        sys.exit(f"No edition was written.\n{error}")
    print(f"The student's edition: {folder} ({len(files)} files)")
    if arguments.to is None:
        print("The same, packed:      build/mnist-from-scratch.zip")
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
