"""The notebooks as files: questions, tags, recorded outputs. No cell is executed."""

import ast
import base64
import inspect
import io
import re

import matplotlib.image
import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from processes import ROOT, python

import deep
import MNISTtools
import shallow
from checks.given import ASSIGNMENT
from checks.questions import STALE
from grading.student import shown_otherwise
from tools.execute import OF_ONE_RUN

FOLDER = ROOT / "notebooks"
QUESTIONS = {  # those of the course, in each notebook by their numbers
    path.stem: [
        n
        for n, question in ASSIGNMENT.questions.items()
        if question.place == f"notebook {k}"
    ]
    for k, path in enumerate(sorted(FOLDER.glob("*.ipynb")), 1)
}
METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}
ANSWERS = {
    name: function
    for module in (shallow, deep)
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if not name.startswith("_") and function.__module__ == module.__name__
}
# What differs from machine to machine, from run to run or from release to release.
PASSING = {
    "a path": r"(?<![\w.])/\w[\w.-]*/\w|\b[A-Za-z]:\\\w|~/",
    "a date or a time of day": r"\b\d{4}-\d\d-\d\d\b|\b\d\d?:\d\d:\d\d\b",
    "a duration": r"\d\s?(?:ns|[uµ]s|ms|s|sec|seconds?|min|minutes?)\b",
    "an address": r"0x[0-9a-fA-F]{5,}",
    "a version": r"\b\d+\.\d+\.\d+\b",
    "the repr of a NumPy scalar": r"\bnp\.(?:float|u?int|bool|str)\w*\(",
    "a warning": r"\w*Warning\b",
    "the word of a judge of other answers": re.escape(STALE),
}

NUMBER = r"(?<![\d.])\d+\.\d\d+(?![\d.])"  # with two decimals or more


@pytest.fixture(params=QUESTIONS)
def name(request):
    """Each of the notebooks."""
    return request.param


def read(name):
    """Read a notebook."""
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


@pytest.fixture
def notebook(name):
    return read(name)


@pytest.fixture
def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def headings(cell):
    """Return the headings of levels 1 to 3 of a cell."""
    if cell.cell_type != "markdown":
        return []
    without_code = re.sub(r"^```.*?^```", "", cell.source, flags=re.M | re.S)
    return re.findall(r"^#{1,3} .*", without_code, re.M)


def question_of(heading):
    """Return the number in the heading of a question, None in any other."""
    match = re.fullmatch(r"### Question ([1-9]\d*): \S.*", heading)
    return int(match[1]) if match else None


def tags_of(cell):
    return cell.metadata.get("tags", [])


def question_tags(cell):
    return [tag for tag in tags_of(cell) if re.fullmatch(r"q\d+", tag)]


def texts(output):
    """Return what an output says in words, not in pixels."""
    if output.output_type == "stream":
        return [output.text]
    data = output.get("data", {})
    return [value for kind, value in data.items() if kind.startswith("text/")]


def outputs_of(notebook):
    """Return all recorded outputs of a notebook."""
    return [out for cell in notebook.cells for out in cell.get("outputs", [])]


def recorded(notebook):
    """Return all that a notebook says in words in its outputs."""
    return "\n".join(text for out in outputs_of(notebook) for text in texts(out))


def about(cell):
    """Return words by which to find a cell in a message."""
    return f"cell {question_tags(cell)} {cell.source[:60]!r}"


def test_every_question_stands_in_order_at_the_head_of_its_cell(name, notebook):
    lines = [(line, cell) for cell in notebook.cells for line in headings(cell)]
    found = [question_of(line) for line, _ in lines]
    assert [n for n in found if n is not None] == list(QUESTIONS[name])
    for line, cell in lines:
        if "question" in line.lower() and line.startswith("###"):
            assert question_of(line), f"not '### Question N: title': {line!r}"
            title = ASSIGNMENT.questions[question_of(line)].title
            assert line.endswith(f": {title}"), "run: make compile"
            assert cell.source.startswith(line), f"{line!r} does not open its cell"


def test_cells_carry_the_tag_of_their_question(name, notebook):
    question = None
    for cell in notebook.cells:
        for line in headings(cell):
            question = question_of(line)
        expected = [] if question is None else [f"q{question}"]
        assert question_tags(cell) == expected, f"{name}: {about(cell)}"


def test_file_is_as_make_record_writes_it(name, notebook, code_cells):
    text = (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")
    nbformat.validate(notebook)
    assert text == nbformat.writes(notebook) + "\n", "run: make record"
    assert notebook.metadata == METADATA, "run: make record"
    for cell in notebook.cells:
        assert not OF_ONE_RUN & set(cell.metadata), f"{about(cell)}; run: make record"
    counts = [cell.execution_count for cell in code_cells]
    assert counts == list(range(1, len(counts) + 1)), "run: make record"


def test_outputs_have_no_error_and_hold_elsewhere(code_cells):
    for cell in code_cells:
        for output in cell.outputs:
            assert output.output_type != "error", about(cell)
            assert output.get("name") != "stderr", f"{about(cell)}: {output.text}"
            for kind, pattern in PASSING.items():
                for text in texts(output):
                    match = re.search(pattern, text)
                    assert not match, f"{about(cell)} prints {kind}: {match[0]!r}"


def test_cells_are_compared_short_and_define_no_answer(code_cells):
    for cell in code_cells:
        switches = [tag for tag in tags_of(cell) if tag.startswith(("nbval", "raises"))]
        assert not switches and "NBVAL_" not in cell.source, about(cell)
        assert len(cell.source.splitlines()) <= 25, about(cell)
        # Python 3.13 indents the empty lines of a docstring no more, as 3.12 did.
        assert not re.search(r"\bhelp\(", cell.source), about(cell)
        # It would silence nothing under nbval, which runs cells without a history.
        assert not cell.source.rstrip().endswith(";"), about(cell)
        tree = ast.parse(TransformerManager().transform_cell(cell.source))
        defined = {
            getattr(node, "name", getattr(node, "id", None))
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
            or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
        }
        assert not defined & set(ANSWERS), about(cell)


def test_every_picture_has_a_number_beside_it_and_a_background(code_cells):
    # Pictures are not compared; so the same cell says in print what they show. And a
    # transparent one would have black letters on the dark theme's black.
    for cell in code_cells:
        pictures = [out for out in cell.outputs if "image/png" in out.get("data", {})]
        words = [t for out in cell.outputs if out not in pictures for t in texts(out)]
        if pictures:
            assert re.search(r"\d", " ".join(words)), about(cell)
        for output in pictures:
            png = io.BytesIO(base64.b64decode(output.data["image/png"]))
            pixels = matplotlib.image.imread(png)
            assert pixels.shape[2] == 3 or (pixels[..., 3] == 1).all(), about(cell)


def test_shown_source_is_the_present_source(notebook, code_cells):
    for cell in code_cells:
        shows = cell.source.startswith("show_source(")
        assert shows == ("source" in tags_of(cell)), about(cell)
        assert not shows or len(cell.outputs) == 1, "run: make record"
    functions = ANSWERS | {"load": MNISTtools.load, "show": MNISTtools.show}
    sources = {f: inspect.getsource(functions[f]).rstrip() for f in functions}
    assert shown_otherwise(notebook, {"all": sources}) == [], "run: make record"


def test_every_answer_is_shown_at_its_question(name, code_cells):
    shown = {
        (re.sub(r"\W*show_source\W*|\W+$", "", cell.source), *question_tags(cell))
        for cell in code_cells
        if "source" in tags_of(cell)
    }
    numbers = {function: answered(ANSWERS[function]) for function in ANSWERS}
    due = {(f, f"q{n}") for f, n in numbers.items() if n in QUESTIONS[name]}
    assert due <= shown


def answered(function):
    """Return the number of the question that a function answers, by its docstring."""
    match = re.match(
        r"Question ([1-9]\d*)(?: \(given\))?: \w", inspect.getdoc(function) or ""
    )
    return int(match[1]) if match else None


def test_answers_are_in_the_order_of_the_questions_that_their_docstrings_name():
    asked = [n for numbers in QUESTIONS.values() for n in numbers]
    assert sorted(asked) == list(ASSIGNMENT.questions), "each stands in a notebook"
    for module in (shallow, deep):
        found = [f for f in ANSWERS.values() if f.__module__ == module.__name__]
        by_line = sorted(found, key=lambda f: f.__code__.co_firstlineno)
        numbers = [answered(function) for function in by_line]
        assert numbers == sorted(numbers) and set(numbers) <= set(asked)


def test_notebooks_import_the_modules_beside_them():
    """Not those of another copy, from which .venv was made."""
    names = ["MNISTtools", "figures", "deep", "shallow"]
    code = "import importlib.util as u, sys; found = map(u.find_spec, sys.argv[1:]); "
    done = python("-c", f"{code}print(*[s.origin for s in found])", *names, cwd=FOLDER)
    expected = [str(ROOT / f"{name}.py") for name in names]
    assert done.stdout.strip() == " ".join(expected), done.stderr
    assert shallow.__file__ == str(ROOT / "shallow.py")


# Numbers in the texts that no cell prints: from a formula, or of an earlier version.
FROM_ELSEWHERE = {
    "04_training": {"0.98", "1.12"},
    "05_deeper": {"0.0087", "0.97"},
}


@pytest.mark.parametrize("name", FROM_ELSEWHERE)
def test_numbers_in_the_texts_are_those_recorded(notebook, name):
    """Each number with two decimals or more stands in an output or in the code."""
    known = FROM_ELSEWHERE[name] | {*re.findall(NUMBER, recorded(notebook))}
    told = {}
    for cell in notebook.cells:
        numbers = re.findall(NUMBER, cell.source)
        if cell.cell_type == "markdown":
            told |= dict.fromkeys(numbers, about(cell))
        else:
            known |= {*numbers}
    assert len(told) > 15
    assert not told.keys() - known, {n: told[n] for n in told.keys() - known}


def test_sixteen_layers_are_worst_where_the_text_of_notebook_5_says_so():
    """Their numbers differ from machine to machine, so only their order is recorded."""
    said = recorded(read("05_deeper"))
    assert "most testing errors after one epoch: L = 16\n" in said
    assert "L = 16: worst at gamma = 0.2\n" in said


def test_no_prediction_is_given_away_by_the_cell_below(notebook):
    """A text that tells the finding is then written by the function that draws."""
    asked = False
    for cell in notebook.cells:
        if cell.cell_type == "code" and asked:
            assert "alt=" not in cell.source, about(cell)
            asked = False
        asked = asked or "**Predict first.**" in cell.source
