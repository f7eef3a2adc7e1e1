"""Whoever changes the course: a new question, another convention, another course."""

import json
import re
import shutil
import subprocess
import sys
import textwrap

import nbformat
import pytest
from handed_in import KEPT, forget_mistakes
from processes import ROOT, python

from checks import __main__ as program
from checks.judge import NOT_ANSWERED, RIGHT, WAITS, WRONG, Judge
from checks.questions import STALE, is_stale, load, pack, save
from checks.runner import Answers, TrustedAnswers
from checks.words import spans
from grading import compiling, feedback, grade, gradescope, marks, proof, student
from grading.compiling import (
    Course,
    CourseError,
    changed,
    compile_course,
    faults_of_cells,
    worthless,
)
from grading.grade import failed
from grading.mistakes import read
from grading.student import old_names, shown_otherwise, with_questions
from grading.submission import Submission

NEW = max(Course().modules) + 1  # the number of a question that is added in a copy
LEAKY = '''"""Question NEW: leaky ReLU."""

import numpy as np

from checks.asking import Case
from course.inputs import numbers

functions = ("leaky", "leakyp")
points = 5
bonus = True


def cases(rng, right):
    a, e = numbers(rng, 5, 4), numbers(rng, 5, 4)
    return [
        Case("leaky", (np.array([[1.0], [-2.0]]),)),
        Case("leaky", (a,), "random scores of shape (5, 4)"),
        Case("leakyp", (a, e), "random scores and directions of shape (5, 4)"),
    ]


def facts(right):
    return {"slope": right.leaky(1.0) - right.leaky(0.0), "at": right.leaky(-1.0)}


mistakes = """
`leaky` is 0 for negative scores, as ReLU is. At -1 it should be {at:.2f}.
    leaky-flat: 0.2 * a -> 0 * a
"""
steps = "What should become of a negative score?\\n\\nLook up `np.where`."
'''
ANSWERS = '''

def leaky(a):
    """Question NEW: leaky rectified linear unit."""
    return np.where(np.asarray(a) > 0, a, 0.2 * a)


def leakyp(a, e):
    """Question NEW: directional derivative of `leaky`."""
    return np.where(np.asarray(a) > 0, e, 0.2 * e)
'''
CELLS = [
    ("markdown", "### Question NEW: leaky ReLU\n\nWrite `leaky` and `leakyp`.", []),
    ("code", "show_source(leaky)", ["source"]),
    ("code", "show_source(leakyp)", ["source"]),
    ("code", "check(NEW)", ["result"]),
    ("markdown", "## What stood here before", []),
]
STATISTICS = {
    "q1.py": '''"""Question 1: the mean."""
from checks.asking import Case
functions = ("mean",)
def cases(rng, right):
    return [Case("mean", (rng.uniform(size=4).round(3),)) for _ in range(2)]
mistakes = """You have the sum.
    mean-sum: / len(x) ->"""
''',
    "q2.py": '''"""Question 2: the variance."""
from checks.asking import Case
functions = ("var",)
def cases(rng, right):
    return [Case("var", (rng.uniform(size=5).round(3),)) for _ in range(2)]
mistakes = """You have the deviation.
    var-root: ** 2) -> ** 2) ** 0.5"""
''',
    "answers.py": '''import numpy as np
def mean(x):
    """Question 1: the mean."""
    return np.sum(x) / len(x)
def var(x):
    """Question 2: the variance."""
    return mean((x - mean(x)) ** 2)
''',
}


def run(folder, *arguments):
    """Run a program of a copy of the project; return what it printed."""
    done = python("-m", *arguments, cwd=folder)
    return done.returncode, done.stdout + done.stderr


def numbered(text):
    """Give the new question its number."""
    return text.replace("NEW", str(NEW))


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Copy the project, and add a question to it."""
    folder = tmp_path_factory.mktemp("a copy") / "course"
    left_out = shutil.ignore_patterns(".venv", ".git", "build", "*.egg-info")
    shutil.copytree(ROOT, folder, ignore=left_out)
    forget_mistakes(folder / "course")
    assert len(LEAKY.splitlines()) <= 40
    (folder / "course" / f"q{NEW}.py").write_text(numbered(LEAKY))
    shallow = folder / "shallow.py"
    shallow.write_text(shallow.read_text() + numbered(ANSWERS))
    path = folder / "notebooks" / "02_activations.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    kinds = [cell["cell_type"] for cell in notebook["cells"]]
    place = kinds.index("code") + 1  # soon: the cells above it are run, too
    first = notebook["cells"][place - 1]
    source = "".join(first["source"])
    assert "from shallow import " in source
    first["source"] = source + "\nfrom shallow import leaky, leakyp"
    for k, (kind, source, tags) in enumerate(CELLS):
        cell = {"cell_type": kind, "id": f"new{k}", "source": numbered(source)}
        cell["metadata"] = {"tags": [f"q{NEW}", *tags]}
        if kind == "code":
            cell |= {"outputs": [], "execution_count": 99}
        notebook["cells"].insert(place + k, cell)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    code, said = run(folder, "grading.compiling")
    assert code == 0, said
    return folder


def test_a_new_question_is_judged_and_the_others_as_before(copy):
    before = load().questions
    new = load(copy / "checks" / "questions.json.gz").questions
    assert set(new) == {*before, NEW}
    for n, question in before.items():
        assert repr(new[n].cases) == repr(question.cases), n
    assert pack(new[KEPT].mistakes) == pack(before[KEPT].mistakes)
    code, said = run(copy, "checks")
    assert code == 0
    assert re.search(rf"{NEW}  leaky ReLU +right", said)
    source = (copy / "shallow.py").read_text()
    (copy / "wrong.py").write_text(source.replace("0.2 * a", "0 * a"))
    code, said = run(copy, "checks", NEW, "--answers", "wrong.py")
    assert "At -1 it should be -0.20." in " ".join(said.split())
    assert "Look up" not in run(copy, "checks", "--hint", NEW)[1]
    assert "Look up `np.where`" in run(copy, "checks", "--hint", NEW)[1]


def test_the_edition_pytest_and_points_know_a_new_question(copy):
    code, said = run(copy, "grading.student")
    assert code == 0, said
    readme = (copy / "build" / "student" / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"02_activations.ipynb` \| 7-12 and {NEW}, a bonus \|", readme)
    stubs = (copy / "build" / "student" / "shallow.py").read_text()
    assert f"Question {NEW}: write leakyp" in stubs and "0.2 *" not in stubs
    options = "--nbval", "-m", f"q{NEW}", "-p", "no:xdist"
    code, said = run(copy, "pytest", "notebooks/02_activations.ipynb", *options)
    assert re.search(rf"{NEW}  leaky ReLU +\d/\d  right", said), said
    ask = f"from grading import marks; r = marks.read(); print(r.code[{NEW}], r.bonus)"
    done = python("-c", ask, cwd=copy)
    assert done.stdout.startswith("5 ") and str(NEW) in done.stdout, done.stderr


@pytest.fixture
def statistics(tmp_path):
    """Another course: two functions, thirty lines with the answers."""
    assert sum(len(text.splitlines()) for text in STATISTICS.values()) <= 30
    for name, text in STATISTICS.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def compiled(folder, notebooks=None):
    """Compile another course."""
    return compile_course(Course(folder, folder, notebooks))


def refused(*arguments):
    """Return why another course is not compiled."""
    with pytest.raises(CourseError) as error:
        compiled(*arguments)
    return str(error.value)


def test_another_course_is_judged_by_the_same_engine(statistics, monkeypatch, capsys):
    path, wrong = statistics / "questions.json.gz", statistics / "sums.py"
    save(compiled(statistics), path)
    right = STATISTICS["answers.py"]
    sums = right.replace(" / len(x)", "")
    wrong.write_text(sums)
    words = ["checks", "--data", str(path), "--answers", str(wrong)]
    monkeypatch.setattr(sys, "argv", words)
    assert program.main() == 1
    said = capsys.readouterr().out
    assert "You have the sum." in said
    assert "First Question 1: this answer uses it." in said
    assignment = load(path)
    reference = TrustedAnswers(right, files=assignment.files)
    for source, first, second, marked in [
        (right, RIGHT, RIGHT, RIGHT),
        (sums, WRONG, WAITS, RIGHT),  # where there is a reference, nothing waits
        (right.replace("** 2)", "** 2) ** 0.5"), RIGHT, WRONG, WRONG),
        (right.partition("def var")[0], RIGHT, NOT_ANSWERED, NOT_ANSWERED),
    ]:
        answers = TrustedAnswers(source, files=assignment.files)
        for beside, expected in [(None, second), (reference, marked)]:
            found = [v.verdict for v in Judge(answers, assignment, beside).verdicts()]
            assert found == [first, expected]


SUM = "You have the sum."
OLD = "/ len(x) ->"
UNMET = """("mean",)
from checks.asking import Extra
extras = [Extra("is no mean", {})]
"""
EXTRA = UNMET.format
GIVES_UP = """    from course.inputs import tries
    list(tries())
    return"""
TWIN = f"{OLD}\n\nOther.\n    twin: / len(x) -> * 1"
ROOT_OF = "    var-root:"
STILL_TRUE = "    Its hint says: You have the sum.\n    Is that still true?"


def test_the_example_for_contributors_is_short_and_compiles(tmp_path):
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition("## Add or change a question\n")[2]
    example = section.partition("\n**To change")[0].strip()
    assert len(example.splitlines()) <= 25
    code = re.search(r"```python\n(.*?)```", example, re.S)[1]
    (tmp_path / "q28.py").write_text(textwrap.dedent(code))
    answers = "import numpy as np\n\n\ndef lrelu(a, slope=0.01):\n    return {}\n"
    answers += "\n\ndef lrelup(a, e, slope=0.01):\n    return {}\n"
    returned = re.findall(r"`return (.*?)`", example)
    (tmp_path / "answers.py").write_text(answers.format(*returned))
    question = compiled(tmp_path).questions[28]
    assert [len(question.cases), len(question.extras)] == [2, 1]
    assert [known["name"] for known in question.mistakes] == ["lrelu-flat"]


def change(path, *pairs):
    """Put new texts in the place of old ones in a file, where they stand last."""
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        head, found, tail = text.rpartition(old)
        assert found, old
        text = head + new + tail
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("q1.py", OLD, f"{OLD} / len(x) * 1.0", "no case sees it: it is right"),
        ("q1.py", OLD, f"{OLD} / len(x)", "it is the right answer"),
        ("answers.py", "/ len(x)", "/ (len(x) - 1)",
         f"mean-sum: the answer has no text '/ len(x)' to change\n{STILL_TRUE}"),
        ("q2.py", ROOT_OF, f"{ROOT_OF} mean has / N\n{ROOT_OF}",
         "mistake var-root: its hint relies on '/ N' in `mean`"),
        ("q1.py", OLD, f"{OLD} / len(y)", "a broken one: NameError: name"),
        ("q1.py", OLD, "return (x", "mean-sum: what it makes of `mean` is no Python"),
        ("q1.py", f"    mean-sum: {OLD}", "", "q1.py: no mistake stands below the hin"),
        ("q1.py", OLD, f"{OLD}\nYou", "q1.py: 'You' should be a mistake, `    name:"),
        ("q1.py", ": /", " (weight 0.5): /", "mean-sum: 'weight 0.5' should be one of"),
        ("q1.py", OLD, TWIN, "mistake twin: it looks the same as mean-sum"),
        ("q1.py", OLD, TWIN.replace("twin", "mean-sum"), "another one of this name"),
        ("q1.py", SUM, "", "q1.py: mistake mean-sum: no hint stands above it"),
        ("q1.py", OLD, "x = 1 = 2", "cannot assign to literal; is the arrow `->` miss"),
        ("q1.py", SUM, "return np.sum(x)/len(x)!", "`return np.sum(x) / len(x)`"),
        ("q2.py", "You have the", "Try `(x-mean(x))**2`.", "er: `(x - mean(x)) ** 2`"),
        ("q1.py", SUM, "It is 0.25.", "it types the number 0.25: let `facts` return"),
        ("q1.py", SUM, "It is {half:.2f}.", "no number `half`: let `facts` return one"),
        ("q1.py", SUM, "It is {.", "cannot be filled in"),
        ("q1.py", SUM, "See Question 7.", "mean-sum: there is no Question 7"),
        ("q1.py", '("mean",)', '("mean", "median")', "there is no `median` in answ"),
        ("q1.py", '("mean",)', '("means",)', "answers.py: is it `mean`?"),
        ("q1.py", 'Case("mean"', 'Case("meen"', "not name: is it `mean`?"),
        ("q1.py", "Question 1: the", "The", "should begin with a docstring"),
        ("q2.py", "Question 2", "Question 1", "its docstring says Question 1, and its"),
        ("q1.py", "3),)", "3))", "case 1 calls `mean` with arguments that are not a"),
        ("q1.py", "    return", GIVES_UP, "line 6: ValueError: no problem found in 10"),
        ("q1.py", "return [", "[", "`cases` returns None, and should return a list"),
        ("q1.py", "def", "facts = print\ndef", "`facts` returns None, and should"),
        ("q1.py", "rng.uniform(", "right.men(", "no function `men` in the answers: is"),
        ("q1.py", '("mean",)', EXTRA('"givess", "mean"'), "no test `givess`: th"),
        ("q1.py", '("mean",)', EXTRA('"finite", "meen"'), "is it `mean`?"),
        ("q1.py", '("mean",)', EXTRA('"finite", "mean", (1)'), "not a tuple: is"),
        ("q1.py", '("mean",)', EXTRA('"unchanged", "mean", (1,)'), "always met"),
        ("q1.py", '("mean",)', EXTRA('"finite", "mean", (1,)'), "not meet the"),
        ("answers.py", "return np", "while 1: np", "1: `mean` does not end (line 4)"),
        ("answers.py", "Question 1", "Question 7", "`mean`: there is no Question 7"),
        ("q1.py", '("mean",)', '("mean", "var")', "Question 1: `var` has no case"),
        ("q1.py", '("mean",)', '("mean")', "`functions` is 'mean', and should"),
        ("q1.py", '("mean",)', '("mean",)\npoint = 5', "`point`: is it `points`?"),
        ("q1.py", '("mean",)', '("mean",)\nweight = 5', "no field `weight`: they are"),
        ("q1.py", '("mean",)', '("mean",)\npoints = -5', "q1.py: `points` is -5, and"),
        ("q1.py", "right):", "right)", "q1.py, line 4: SyntaxError: expected ':'"),
        ("q1.py", "rng.uniform(", "rng.unform(", "q1.py, line 5: AttributeError: "),
        ("answers.py", "def mean(x):", "def mean(x)", "answers.py, line 2: Syn"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(statistics, file, old, new, said, monkeypatch):
    monkeypatch.setattr(compiling, "SECONDS", 0.5)
    change(statistics / file, (old, new))
    told = refused(statistics)
    assert said in told
    assert ("still true?" in told) == ("has no text" in said or "relies on" in said)


def test_a_function_that_is_gone_is_told_once(statistics, monkeypatch):
    monkeypatch.syspath_prepend(statistics)
    shared = statistics / "shared_inputs.py"
    shared.write_text("def draw(right):\n    return right.spread(1)\n")
    uses_it = "    import shared_inputs\n    shared_inputs.draw(right)\n    return"
    for file in ("q1.py", "q2.py"):
        change(statistics / file, ("    return", uses_it))
    assert refused(statistics) == (
        f"{statistics.name}/shared_inputs.py, line 2: AttributeError: there is no "
        "function `spread` in the answers"
    )


def test_a_mistake_that_does_not_end_has_a_hint(statistics, monkeypatch):
    monkeypatch.setattr(compiling, "SECONDS", 0.5)
    change(statistics / "q1.py", (OLD, f"{OLD}\n\nOn it goes.\n    loop: while 1: x"))
    assignment, endless = compiled(statistics), "def mean(x):\n    while True: pass"
    answers = Answers(endless, files=assignment.files, seconds=0.5)
    assert Judge(answers, assignment).verdict(1).hint == "On it goes."


def test_two_files_of_one_question_are_refused(statistics):
    shutil.copy(statistics / "q1.py", statistics / "q1 (copy).py")
    assert "are both Question 1" in refused(statistics)


def test_after_another_loss_this_course_is_compiled_but_for_what_no_longer_fits(
    tmp_path,
):
    shutil.copytree(ROOT / "course", tmp_path / "course")
    forget_mistakes(tmp_path / "course")
    shutil.copy(ROOT / "course" / "q15.py", tmp_path / "course")
    for name in Course().files:
        shutil.copy(ROOT / name, tmp_path)
    change(tmp_path / "shallow.py", ("/ d.size", "/ d.shape[1]"))
    with pytest.raises(CourseError) as error:
        compile_course(Course(tmp_path / "course", tmp_path, None))
    told = [line for line in str(error.value).splitlines() if line[0] != " "]
    assert len(told) > 1 and "the answer has no text '/ d.size' to change" in told[0]
    assert {line.partition(", mistake")[0] for line in told} == {"Question 15"}


def test_all_that_does_not_fit_is_told_at_once(statistics):
    named = '("mean",)'
    change(statistics / "q1.py", (named, f"{named}\npoint = 5"), ("len(x)", "len(y)"))
    change(statistics / "q2.py", ('("var",)', '"var"'))
    (statistics / "q3.py").write_text("(")
    assert [line for line in refused(statistics).splitlines() if line[0] != " "] == [
        f"{statistics.name}/q1.py: there is no field `point`: is it `points`?",
        f"{statistics.name}/q2.py: `functions` is 'var', and should be a tuple of "
        'names, such as ("softmax",)',
        f"{statistics.name}/q3.py, line 1: SyntaxError: '(' was never closed",
        "Question 1, mistake mean-sum: the answer has no text '/ len(y)' to change",
    ]


IMPORTS = """%matplotlib inline
from checks import check, show_source as show
def show_source(function):
    try:
        show(function, [line for line in function], display)
    except TypeError as error:
        print(error, unknown)
"""
BROKEN = "from shallow import (, mean"


def test_a_cell_that_lacks_a_tag_or_names_what_is_not_there_is_told():
    new, own = nbformat.v4, {"metadata": {"tags": ["q2"]}}
    cells = [
        new.new_markdown_cell("### Question 2: the variance\n\nSee Question 7.", **own),
        new.new_code_cell("show_source(var)", **own),
        new.new_code_cell("check(2)", metadata={"tags": ["result"]}),
        new.new_markdown_cell("## On your own"),
        new.new_code_cell("check(1), mean(var)"),
        new.new_code_cell(BROKEN),
        new.new_markdown_cell("**Answer.** The sum."),
        new.new_code_cell(IMPORTS, metadata={"tags": ["q9"]}),
    ]
    found = faults_of_cells("1.ipynb", cells, {1, 2})
    nowhere = "which the notebook neither imports nor defines"
    assert [re.sub(r" \('.*'\)", "", line) for line in found] == [
        "1.ipynb, cell 1: there is no Question 7",
        "1.ipynb, cell 2: it needs the tag `source`",
        f"1.ipynb, cell 2: it uses `var`, {nowhere}",
        "1.ipynb, cell 3: it needs the tag `q2`",
        "1.ipynb, cell 7: it begins as an answer does: tag it `answer` or `solution`",
        "1.ipynb, cell 8: there is no Question 9",
        f"1.ipynb, cell 8: it uses `unknown`, {nowhere}",
    ]


@pytest.mark.parametrize(
    ("heading", "reading", "said"),
    [
        ("###", 5, "Question 2: its `reading` is 5, and no cell with the tag `q2` has "
         "the tag `answer`"),
        ("##", 0, "Question 1 stands in no notebook: add a heading "
         "`### Question 1: the mean` and the tag `q1`"),
    ],
)  # fmt: skip
def test_a_question_whose_cells_are_missing_is_told(statistics, heading, reading, said):
    change(statistics / "q2.py", ('("var",)', f'("var",)\nreading = {reading}'))
    headings = [f"{heading} Question 1: the mean", "### Question 2: the variance"]
    cells = [
        nbformat.v4.new_markdown_cell(text, metadata={"tags": [f"q{n}"]})
        for n, text in enumerate(headings, 1)
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), statistics / "1.ipynb")
    assert refused(statistics, statistics) == said


def test_a_question_without_points_is_told(statistics):
    named = '("mean",)'
    change(statistics / "q1.py", (named, f"{named}\npoints = 5"))
    said = ["Question 2 is worth nothing: its `points` is 0."]
    assert worthless(Course(statistics, statistics, None)) == said


def test_one_question_can_be_proved_alone(statistics, monkeypatch, capsys):
    course = Course(statistics, statistics, None)
    alone = proof.Proof(course, compile_course(course))
    monkeypatch.setattr(proof, "Proof", lambda: alone)
    monkeypatch.setattr(proof, "REFERENCE", statistics / "answers.py")
    monkeypatch.setattr(proof, "VARIANTS", [])
    monkeypatch.setattr(sys, "argv", ["proof", "2"])
    assert proof.main() == 0
    rows = re.findall(r"^ *(\d+)  ", capsys.readouterr().out, re.M)
    assert rows == ["2"]
    monkeypatch.setattr(sys, "argv", ["proof", "3"])
    with pytest.raises(SystemExit, match="asks for code: 1-2"):
        proof.main()


def test_a_body_needs_a_question_with_one_function():
    [mistake] = read("Both.\n    both-one: return 1")
    with pytest.raises(ValueError, match="several functions"):
        mistake.sources(dict.fromkeys(["leaky", "leakyp"], "def f(a): ..."))


def test_an_answer_that_means_something_else_is_told_until_that_is_committed(
    statistics,
):
    path, data = statistics / "answers.py", statistics / "before.json.gz"

    def told():
        return changed(Course(statistics, statistics, None), data)

    save(compiled(statistics), data)
    assert told() == []
    path.write_text(path.read_text().replace("len(x)\n", "(len(x) - 1)\n"))
    assert told() == [1, 2]
    me = "-c user.name=Ada -c user.email=ada@example.org"
    for command in ("init -q", "add .", f"{me} commit -qm before"):
        subprocess.run(["git", *command.split()], cwd=statistics, check=True)
    data.unlink()  # as if it were compiled anew
    assert told() == [1, 2]
    shutil.rmtree(statistics / ".git")
    assert told() == []


def test_the_judge_here_is_made_from_the_files_here(monkeypatch):
    compiling.refuse_stale()
    asked = compiling.asked_in(compiling.NOTEBOOKS)
    place, task, heading = asked[1]
    changed_task = asked | {1: (place, f"{task} Why?", heading)}
    monkeypatch.setattr(compiling, "asked_in", lambda folder: changed_task)
    with pytest.raises(CourseError, match="made from other files"):
        compiling.refuse_stale()


def test_where_a_question_is_gone_all_places_are_named_at_once(tmp_path):
    variants = tmp_path / "grading" / "variants"
    shutil.copytree(ROOT / "grading" / "variants", variants)
    for name in Course().files:
        shutil.copy(ROOT / name, tmp_path)
    course = Course(answers=tmp_path)
    course.numbers.remove(12)
    said = [*compiling.gone_from_answers(course)]
    variants = [f"grading/variants/{name}.py" for name in ("idioms", "loops")]
    for place in ["shallow.py", *variants]:
        assert f"{place}, `relup`: there is no Question 12" in said


def test_a_judge_that_was_made_from_other_files_is_told(copy, statistics):
    path, data = copy / "shallow.py", copy / "checks" / "questions.json.gz"
    text = path.read_text(encoding="utf-8")
    try:
        for same in [
            text.replace("\n", "\r\n"),
            text.replace("leaky rectified linear unit", "ReLU with a leak"),
            text.replace("0.2 * a)", "0.2  *  a)  # a fifth"),
        ]:
            assert same != text
            path.write_bytes(same.encode())
            assert not is_stale(load(data), copy)
        path.write_text(text.replace("0.2 * a", "0.1 * a"), encoding="utf-8")
        assert is_stale(load(data), copy)
        code, said = run(copy, "checks", NEW)
        assert code == 1 and STALE in said and "wrong" in said
    finally:
        path.write_text(text, encoding="utf-8")
    (statistics / "shallow.py").write_text("")  # as with students: no course/
    assert not is_stale(load(data), statistics)
    course = copy / "course" / f"q{NEW}.py"
    try:
        course.write_text(numbered(LEAKY).replace("points = 5", "points = 6"))
        assert is_stale(load(data), copy)
    finally:
        course.write_text(numbered(LEAKY))


@pytest.mark.parametrize(
    ("program", "words"), [(student, []), (gradescope, ["build"]), (grade, ["."])]
)
def test_nothing_is_handed_out_or_graded_then(program, words, monkeypatch, capsys):
    monkeypatch.setattr(compiling.questions, "is_stale", lambda *made: True)
    monkeypatch.setattr(sys, "argv", ["program", *words])
    try:
        said = program.main() and capsys.readouterr().err
    except SystemExit as error:
        said = error.code
    assert said.strip().endswith(STALE)


def test_old_names_and_an_old_source_in_a_notebook_are_told():
    new, source = nbformat.v4, "def relu(a):\n    return a"
    shown = new.new_code_cell("show_source(relu)")
    data = {"text/markdown": f"```python\n{source}\n```"}
    shown.outputs = [new.new_output("display_data", data)]
    imported = "%matplotlib inline\nfrom shallow import leak, relu as r\n"
    imported += "from figures import show_source"
    texts = ["Write `relup(a, e)`, and not `sum(a)` or `relu(a)` or $f(x)$.", "`g(x)`"]
    cells = [*map(new.new_markdown_cell, texts), new.new_code_cell(imported), shown]
    cells[1].metadata["tags"] = ["q8", "answer"]
    notebook, sources = new.new_notebook(cells=cells), {"shallow": {"relu": source}}
    told = [
        re.sub(r" \('.*'\)", "", said) for said in old_names(notebook, "2", sources)
    ]
    assert told == [
        "2, cell 1: there is no `relup` (`relup(a, e)`)",
        "2, cell 3: there is no `leak` (shallow)",
    ]
    assert shown_otherwise(notebook, sources) == []
    sources["shallow"]["relu"] += " + 1"
    assert shown_otherwise(notebook, sources) == ["relu"]


def test_the_table_of_the_edition_follows_the_course():
    rows = "| `notebooks/5.ipynb` | ? | x |\n| `notebooks/6.ipynb` | ? | y |\n"
    for numbers, said in [
        ([26, 27], "26-27, a bonus"),
        ([1, 2, 27], "1-2 and 27, a bonus"),
    ]:
        assert with_questions(f"{rows}End.\n", {"5.ipynb": numbers}) == (
            f"| `notebooks/5.ipynb` | {said} | x |\nEnd.\n"
        )
    assert spans([1, 2, 3, 5, 7, 8]) == "1-3, 5, 7-8"


def test_points_are_adjusted_by_hand(tmp_path):
    path = tmp_path / "to_read.csv"
    path.write_text(
        "submission,8,adjust,comment\nada,2,-5,late\neve,3,+1.5,\nliz,2,,\n"
    )
    points = marks.read()
    reading = marks.Reading(path, points)
    reading.match(["ada", "eve", "liz"])
    pages = {}
    for name, adjusted in [("ada", -5), ("eve", 1.5), ("liz", 0)]:
        handed_in = Submission(name)
        result = failed(handed_in)
        result["questions"]["7"] |= {"verdict": RIGHT}
        marks.count(result, points, reading.of(name))
        found = points.code[7] + reading.of(name)[8] + adjusted
        assert result["points"] == found
        head, row = marks.gradebook({name: result}, points)
        cells = dict(zip(head, row, strict=True))
        assert cells["adjust"] == (f"{adjusted:g}" if adjusted else "")
        pages[name] = feedback.page(result, handed_in, points)
    assert "<strong>Adjusted by -5:</strong> late" in pages["ada"]
    assert "<strong>Adjusted by +1.5.</strong>" in pages["eve"]
    assert "Adjusted" not in pages["liz"]
    low = failed(Submission("low"))
    marks.count(low, points, {"comment": "", "adjust": -5})
    assert low["points"] == 0
