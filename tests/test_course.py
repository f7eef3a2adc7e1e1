"""Whoever changes the course: a new question, another convention, another course."""

import json
import re
import shutil

import pytest
from processes import ROOT, python

from checks.judge import NOT_ANSWERED, RIGHT, WAITS, WRONG, Judge
from checks.questions import load, save
from checks.runner import Answers, TrustedAnswers
from grading.compiling import Course, CourseError, compile_course

LEAKY = '''"""Question 28: leaky ReLU."""

import numpy as np

from checks.asking import Case, Mistake
from course.inputs import numbers

functions = ("lrelu", "lrelup")
points = 5
bonus = True


def cases(rng, right):
    a, e = numbers(rng, 5, 4), numbers(rng, 5, 4)
    return [
        Case("lrelu", (np.array([[1.0], [-2.0]]),)),
        Case("lrelu", (a,), "random scores of shape (5, 4)"),
        Case("lrelup", (a, e), "random scores and directions of shape (5, 4)"),
    ]


def facts(right):
    return {"slope": right.lrelu(1.0) - right.lrelu(0.0), "at": right.lrelu(-1.0)}


mistakes = [
    Mistake(
        "lrelu-flat",
        "`lrelu` is 0 for negative scores, as ReLU is. At -1 it should be {at:.2f}.",
        ("0.01 * a", "0 * a"),
    ),
]
steps = ["What should become of a negative score?", "Look up `np.where`."]
'''
ANSWERS = '''

def lrelu(a):
    """Question 28: leaky rectified linear unit."""
    return np.where(np.asarray(a) > 0, a, 0.01 * a)


def lrelup(a, e):
    """Question 28: directional derivative of `lrelu`."""
    return np.where(np.asarray(a) > 0, e, 0.01 * e)
'''
CELLS = [
    ("markdown", "### Question 28: leaky ReLU\n\nWrite `lrelu` and `lrelup`.", []),
    ("code", "show_source(lrelu)", ["source"]),
    ("code", "show_source(lrelup)", ["source"]),
    ("code", "check(28)", ["result"]),
]
STATISTICS = {
    "q1.py": '''"""Question 1: the mean."""
from checks.asking import Case, Mistake
functions = ("mean",)
def cases(rng, right):
    return [Case("mean", (rng.uniform(size=4).round(3),)) for _ in range(2)]
mistakes = [Mistake("mean-sum", "You have the sum.", (" / len(x)", ""))]
''',
    "q2.py": '''"""Question 2: the variance."""
from checks.asking import Case, Mistake
functions = ("var",)
def cases(rng, right):
    return [Case("var", (rng.uniform(size=5).round(3),)) for _ in range(2)]
mistakes = [Mistake("var-root", "You have the deviation.", ("** 2)", "** 2) ** 0.5"))]
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


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Copy the project, and add a question to it."""
    folder = tmp_path_factory.mktemp("a copy") / "course"
    left_out = shutil.ignore_patterns(".venv", ".git", "build", "*.egg-info")
    shutil.copytree(ROOT, folder, ignore=left_out)
    assert len(LEAKY.splitlines()) <= 40
    (folder / "course" / "q28.py").write_text(LEAKY)
    shallow = folder / "shallow.py"
    shallow.write_text(shallow.read_text() + ANSWERS)
    path = folder / "notebooks" / "02_activations.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for k, (kind, source, tags) in enumerate(CELLS):
        cell = {"cell_type": kind, "id": f"new{k}", "source": source}
        cell["metadata"] = {"tags": ["q28", *tags]}
        if kind == "code":
            cell |= {"outputs": [], "execution_count": 99}
        notebook["cells"].append(cell)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    code, said = run(folder, "grading.compiling")
    assert code == 0, said
    return folder


def test_a_new_question_is_judged_and_the_others_as_before(copy):
    before = load().questions
    new = load(copy / "checks" / "questions.json.gz").questions
    assert set(new) == {*before, 28}
    for n, question in before.items():
        assert repr(new[n].cases) == repr(question.cases), n
        names = [mistake["name"] for mistake in question.mistakes]
        assert [mistake["name"] for mistake in new[n].mistakes] == names
    code, said = run(copy, "checks")
    assert code == 0
    assert re.search(r"28  leaky ReLU +right", said)
    source = (copy / "shallow.py").read_text()
    (copy / "wrong.py").write_text(source.replace("0.01 * a", "0 * a"))
    code, said = run(copy, "checks", 28, "--answers", "wrong.py")
    assert "At -1 it should be -0.01." in " ".join(said.split())
    assert "Look up" not in run(copy, "checks", "--hint", 28)[1]
    assert "Look up `np.where`" in run(copy, "checks", "--hint", 28)[1]


def test_the_edition_pytest_and_points_know_a_new_question(copy):
    code, said = run(copy, "grading.student")
    assert code == 0, said
    stubs = (copy / "build" / "student" / "shallow.py").read_text()
    assert "Question 28: write lrelup" in stubs and "0.01" not in stubs
    code, said = run(
        copy, "pytest", "--nbval", "notebooks", "-m", "q28", "-p", "no:xdist"
    )
    assert re.search(r"28  leaky ReLU +\d/\d  right", said), said
    ask = "from grading import marks; print(marks.read().code[28], marks.read().bonus)"
    done = python("-c", ask, cwd=copy)
    assert done.stdout.startswith("5 ") and "28" in done.stdout, done.stderr


def test_where_the_convention_changes_compiling_tells_what_no_longer_fits(tmp_path):
    for name in ("shallow.py", "deep.py"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert name != "shallow.py" or "/ d.size" in text
        (tmp_path / name).write_text(text.replace("/ d.size", "/ d.shape[1]"))
    problems = []
    compile_course(Course(answers=tmp_path), problems=problems)
    said = "\n".join(problems)
    for mistake in [
        "Question 15, mistake loss-sum",
        "Question 15, mistake loss-over-samples-alone",
        "Question 15, mistake loss-over-classes-alone",
        "Question 17, mistake update-divided-by-classes: its hint relies on '/ d.size'",
    ]:
        assert mistake in said


@pytest.fixture
def statistics(tmp_path):
    """Another course: two functions, thirty lines with the answers."""
    assert sum(len(text.splitlines()) for text in STATISTICS.values()) <= 30
    for name, text in STATISTICS.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def compiled(folder):
    """Compile another course."""
    return compile_course(Course(folder, folder, None))


def test_another_course_is_judged_by_the_same_engine(statistics):
    path = statistics / "questions.json.gz"
    save(compiled(statistics), path)
    right = STATISTICS["answers.py"]
    sums = right.replace(" / len(x)", "")
    (statistics / "sums.py").write_text(sums)
    code, said = run(
        ROOT, "checks", "--data", path, "--answers", statistics / "sums.py"
    )
    assert code == 1
    assert (
        "You have the sum." in said and "First Question 1: this answer uses it." in said
    )
    assignment = load(path)
    for source, expected in [
        (right, (RIGHT, RIGHT)),
        (sums, (WRONG, WAITS)),
        (right.replace("** 2)", "** 2) ** 0.5"), (RIGHT, WRONG)),
        (right.partition("def var")[0], (RIGHT, NOT_ANSWERED)),
    ]:
        answers = Answers(source, files=assignment.files)
        found = [v.verdict for v in Judge(answers, assignment).verdicts()]
        assert tuple(found) == expected
    reference = TrustedAnswers(right, files=assignment.files)
    marked = Judge(Answers(sums, files=()), assignment, reference)
    assert [v.verdict for v in marked.verdicts()] == [WRONG, RIGHT]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((" / len(x)", " / len(x) * 1.0"), "no case sees it: it is right"),
        ((" / len(x)", " / len(x)"), "it is the right answer"),
        ((" / len(y)", ""), "the answer has no text ' / len(y)' to change"),
        ((" / len(x)", " / len(y)"), "it is no wrong answer, but a broken one"),
        ((" / len(x)", " /"), "is no Python"),
    ],
)
def test_a_mistake_that_is_none_is_refused(statistics, change, said):
    old = '(" / len(x)", "")'
    text = STATISTICS["q1.py"].replace(old, repr(change))
    (statistics / "q1.py").write_text(text)
    with pytest.raises(CourseError, match="Question 1, mistake mean-sum: ") as error:
        compiled(statistics)
    assert said in str(error.value)


def test_what_only_some_inputs_show_is_refused(statistics):
    large = 'Mistake("large", "No.", mean="return np.sum(x) / len(x) + (x[0] > 0.7)"), '
    text = STATISTICS["q1.py"].replace("mistakes = [", f"mistakes = [{large}")
    (statistics / "q1.py").write_text(text)
    said = []
    for seed in range(9):
        compile_course(Course(statistics, statistics, None), seed, said)
    assert any("no case sees it with seed" in problem for problem in said), said


SUM = "You have the sum."
TWIN = 'Mistake("twin", "Other.", ("/ len(x)", "* 1"))'


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("q1.py", '("mean",)', '("mean", "median")', "there is no `median`"),
        ("q1.py", SUM, "Write np.sum(x) / len(x).", "a line of the answer"),
        ("q1.py", SUM, "It is 0.25.", "it types the number 0.25"),
        ("q1.py", SUM, "It is {half:.2f}.", "cannot be filled in"),
        ("q1.py", "]\n", f"] + [{TWIN}]\n", "looks the same"),
        ("q1.py", '(" / len(x)", "")', "median='return 1'", "no function `median`"),
        ("q1.py", "Question 1: the", "The", "should begin with a docstring"),
        ("q2.py", "Question 2", "Question 1", "there is a Question 1 already"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(statistics, file, old, new, said):
    text = STATISTICS[file]
    head, found, tail = text.rpartition(old)
    assert found
    (statistics / file).write_text(head + new + tail)
    with pytest.raises(CourseError) as error:
        compiled(statistics)
    assert said in str(error.value)


def test_a_course_without_answers_is_refused(statistics):
    (statistics / "answers.py").write_text("")
    with pytest.raises(
        CourseError, match="Question 1: there is no `mean` in answers.py"
    ):
        compiled(statistics)
