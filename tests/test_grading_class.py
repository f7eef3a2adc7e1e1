"""A class is graded: the judge's verdicts, marks, feedback, runs that are killed."""

import dataclasses
import html
import json
import re
import subprocess
import sys
import time
import types

import pytest
import yaml
from handed_in import COURSE, page_of, write

from checks.given import ASSIGNMENT, BONUS, CODED, QUESTIONS
from checks.judge import NOT_ANSWERED, NOT_JUDGED, RIGHT, WRONG, Judge, Verdict
from checks.runner import TrustedAnswers, read_source
from grading import (
    feedback,
    grade,
    imports,
    intake,
    invented_class,
    marks,
    sandbox,
    submission,
)
from grading.judging import Grader, example
from grading.proof import REFERENCE, ROOT, VARIANTS, Proof

ANSWERS = read_source(REFERENCE)
PROOF = Proof(assignment=ASSIGNMENT)
SUM_OVER_ALL = PROOF.course.texts["softmax"].replace("y.sum(axis=0)", "y.sum()")
EVIL = '<script>alert("&")</script>'


@pytest.fixture(scope="module")
def box():
    """Return the sandbox of this machine; without bubblewrap, none."""
    try:
        return sandbox.choose("bubblewrap")
    except sandbox.NoSandbox:
        return sandbox.choose("none")


# The judge


def test_it_does_not_begin_where_right_answers_are_not_right(box, monkeypatch):
    monkeypatch.setattr("checks.judge.Trial.fault", "always")
    monkeypatch.setattr("grading.judging.compile_course", lambda *a, **k: ASSIGNMENT)
    with pytest.raises(RuntimeError, match="own answer to Question 4 is wrong"):
        Grader.new(box)


def test_neither_a_module_at_the_top_nor_a_slow_answer_costs_points(box, monkeypatch):
    slow = "def softmax(a):\n    np.arange(10**7) ** 0.5\n"
    source = "import matplotlib.pyplot\n" + ANSWERS.replace("def softmax(a):\n", slow)
    # The many calls of softmax do not end in the time that is planned for them.
    judge = Grader(box, ASSIGNMENT, PROOF.right, pace=0.5)
    monkeypatch.setattr(Grader, "numbers", [6, 7, 14])
    verdicts, problems = judge.verdicts(source)
    assert {verdict.verdict for verdict in verdicts.values()} == {RIGHT}
    assert verdicts[7].lacks == problems == []


def test_an_error_of_the_judge_judges_nothing(monkeypatch):
    monkeypatch.setattr("grading.judging.Judge", lambda *args: 1 / 0)
    verdict = Grader(None, ASSIGNMENT, PROOF.right).verdict(7, None)
    assert verdict.verdict == NOT_JUDGED
    assert "the grader failed here (ZeroDivisionError" in verdict.hint


def test_what_ended_python_is_tried_again(monkeypatch):
    """A machine without memory ends what is right, and not the same one twice."""
    judge = Grader(None, ASSIGNMENT, PROOF.right)
    right = Verdict(ASSIGNMENT.questions[7], RIGHT)
    killed = types.SimpleNamespace(ended="Stopped")
    tried = {7: iter([dataclasses.replace(right, verdict=WRONG, trial=killed), right])}
    monkeypatch.setattr(
        judge, "verdict", lambda n, _: next(tried.get(n, iter([right])))
    )
    verdicts, _ = judge.verdicts("")
    assert {verdict.verdict for verdict in verdicts.values()} == {RIGHT}


def example_of(source, n):
    """Return the example that feedback gives of an answer."""
    answers = TrustedAnswers(f"{ANSWERS}\n\n{source}")
    return example(Judge(answers, COURSE, PROOF.right).verdict(n).trial)


def test_an_example_says_what_was_expected_and_what_came():
    found = example_of("def relu(a):\n    return a\n", 12)
    assert found["given"] == {"a": "[[ 1]\n [ 2]\n [-3]]"}
    assert found["expected"] == "[[1]\n [2]\n [0]]"
    assert found["came"] == "[[ 1]\n [ 2]\n [-3]]"
    found = example_of("def update_shallow(x, d, net, gamma=0):\n    return 5", 17)
    assert found["came"] == "5"
    assert found["given"]["net"].startswith("W1 = [[")
    # Scores up to 2000 would hide what is wrong with all others.
    wrong = "def softmax(a):\n    y = np.exp(a - a.max())\n    return y / y.sum()"
    assert "whole numbers" in example_of(f"import numpy as np\n{wrong}", 7)["says"]


# Points


def result_of(name="ada", **mistakes):
    """Return a result in which everything is right, apart from some mistakes."""
    questions = {
        str(n): {"verdict": RIGHT, "extras": [1, 2], "lacks": [], "hint": None,
                 "mistake": None}
        for n in CODED
    }  # fmt: skip
    for n, mistake in mistakes.items():
        questions[n[1:]] |= {"verdict": WRONG, "hint": "No", "mistake": mistake}
        questions[n[1:]] |= {"extras": None, "lacks": None}
    for n in {*QUESTIONS} - {*CODED}:
        verdict = NOT_ANSWERED if n in BONUS else "to be read"
        questions[str(n)] = dict.fromkeys(questions["4"]) | {"verdict": verdict}
    return {
        "submission": name,
        "student": {"name": "Ada", "id": "1815"},
        "sandbox": "none",
        "seed": 5,
        "questions": questions,
        "problems": [],
    }


def points_of(tmp_path, *changes):
    """Return the points of the project with changes in the text of their file."""
    text = marks.as_file()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "points.toml"
    path.write_text(text, encoding="utf-8")
    return marks.read(path)


def test_points_of_the_project_make_a_hundred_and_what_is_read_has_an_answer():
    points = marks.read()
    assert points.most == 100
    assert set(points.questions) == {*QUESTIONS}
    assert all(map(feedback.reference, {*points.reading} & {*QUESTIONS}))


def test_points_count_extras_partial_credit_and_bonus(tmp_path):
    points = points_of(
        tmp_path,
        ("[extras]", "[extras]\n5 = 1 #"),
        ("[partial]", "[partial]\nperfs-fraction = 0.5 #"),
        ("wrong = 0.0", "wrong = 0.2"),
    )
    result = result_of(_16="perfs-fraction", _7=None)
    marks.count(result, points, {8: 2.5, 26: 4.0, "comment": "Good"})
    found = [result["questions"][n]["points"] for n in ("5", "16", "7", "8")]
    assert found == [5.5, 2.5, 1, None]
    assert result["points"] == 12 * 5 + 0.5 - 2.5 - 4 + 2.5 + 4
    assert result["of"] == 100
    assert 8 not in result["unread"] and 26 not in result["unread"]
    points = points_of(tmp_path, ("bonus = [26, 27]", "bonus = [27]"))
    marks.count(result, points, {"comment": ""})
    assert (result["of"], 26 in result["unread"]) == (108, True)


def test_a_file_of_points_with_a_mistake_is_refused(tmp_path):
    for old, new, said in [
        ("4 = 5\n", "4 = 'five'\n", "'five' is no number of points"),
        ("4 = 5\n", "4 = -5\n", "-5 is no number of points"),
        ("wrong = 0.0", "wrong = 50", "50 is no share from 0 to 1"),
        ("\n4 = 5\n", "\n8 = 5\n", "code has no question 8"),
        ("[extras]", "[extra]", "there is no `extra`: is it `extras`?"),
        ("[extras]", "[more]", "there is no `more`: there are feedback, code, "),
        ("[code]", "[code", ""),
    ]:
        with pytest.raises(ValueError, match=f"points.toml: .*{re.escape(said)}"):
            points_of(tmp_path, (old, new))
    with pytest.raises(
        ValueError, match="extras(.|\n)*-5 is(.|\n)*question 8"
    ) as error:
        points_of(tmp_path, ("[extras]", "[extra]"), ("\n4 = 5\n", "\n8 = -5\n"))
    assert len(str(error.value).splitlines()) == 3


# Feedback


def flat_text(page):
    """Return the words of a page."""
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


ADA = submission.Submission("ada")
PICTURE = "data:image/png;base64,iVBORw0KGgo="


def test_feedback_shows_what_was_written_as_text_and_fetches_nothing():
    handed_in = submission.Submission("ada", source=f"def softmax(a):\n    {EVIL!r}\n")
    typed = f"{EVIL} [x](javascript:1) ![](http://host/x.png) $\\frac{{1}}{{2}}$"
    deep = "$" + r"\sqrt" * 900 + "$ $$ \\left( $$"
    handed_in.answers = {
        8: [("text", typed), ("output", EVIL)],
        21: [("text", deep), ("image", PICTURE)],
    }
    result = result_of(_7=EVIL) | {"problems": [EVIL]}
    result["student"]["name"] = EVIL
    page = page_of(handed_in, result, {8: 2.0, "comment": EVIL})
    assert "<script" not in page
    assert {link[0] for link in re.findall('href="([^"]*)"', page)} == {"#"}
    assert not re.search(r"(src|url)\W+(https?:)?//", page)
    assert page.count(f'src="{PICTURE}"') == 1
    assert 'alt="Your figure 1 for Question 21"' in page
    assert "<mfrac>" in page
    assert "   1  def softmax(a):" in page
    flat = flat_text(page)
    assert "8. the derivative with respect to its own score 2 of 3 points" in flat
    assert "9. the derivatives with respect to the other scores not read yet" in flat
    assert f"Your instructor: {EVIL}" in flat
    assert EVIL in flat.partition("About your files")[2]
    assert "No text or figure for this question was found in your notebooks." in flat


def test_feedback_shows_the_reference_answers_to_text_alone(tmp_path):
    handed_in = submission.Submission("ada", source="")
    handed_in.answers = {8: [("text", "By the quotient rule.")]}
    page = page_of(handed_in, result_of())
    assert "The reference answer" in page and "Beyond the question" in page
    for path in [REFERENCE, *VARIANTS]:
        for line in read_source(path).split("\n"):
            if line.strip().startswith("return ") and len(line.strip()) > 20:
                assert line.strip() not in page
    quiet = points_of(tmp_path, ("reference = true", "reference = false"))
    page = page_of(handed_in, result_of(), points=quiet)
    assert "The reference answer" not in page and "Beyond" not in page


def test_words_and_other_code_are_shown_also_where_they_give_no_points():
    softmax = "def softmax(a):\n    return a\n"
    handed_in = submission.Submission("ada", source=softmax)
    handed_in.beside = {"deep.py": "from shallow import softmax\nupdate_deep = 5\n"}
    commented = softmax.replace(":\n", ": # so\n")
    handed_in.answers = {
        4: [("output", "Of a given cell.")],
        7: [("text", "The two are equal."), ("code", commented)],
        12: [("code", "def relu(a):\n    return abs(a)\n")],
        18: [("image", PICTURE)],  # words are asked
    }
    result = result_of()
    result["questions"]["26"]["verdict"] = RIGHT
    code, _, read = page_of(handed_in, result).partition('id="read"')
    assert "1  def softmax(a):" in code and "2  update_deep = 5" in code
    flat = flat_text(read)
    assert "7. softmax no points of its own Your answer The two are equal." in flat
    assert "abs(a)" in flat and "# so" not in flat and "Of a given" not in flat
    assert 'alt="Your figure 1 for Question 18"' in read


def test_feedback_begins_with_what_is_decided_and_what_to_look_at():
    result = result_of(_7=None)
    result["questions"]["26"]["verdict"] = RIGHT
    for n in (15, 16, 17):
        hint = "not yet" if n > 15 else "`eval_loss` could not be read: line 3"
        found = {"verdict": NOT_ANSWERED, "hint": hint, "unread": n == 15}
        result["questions"][str(n)] |= found
    page = page_of(ADA, result)
    flat = flat_text(page)
    assert "45 points so far, of 60 that are decided and 5 for the bonus ;" in flat
    assert "; 40 more are for 16 questions for which you handed in nothing" in flat
    assert "Right: 8 of 12 questions that ask for code. Wrong: 7. softmax ." in flat
    assert "Not answered : 16, 17. Cannot be read : 15." in flat
    assert "make check Q=7 judges Question 7" in flat and 'href="#q7"' in page
    assert "16. the percentage of errors, 17. one step of gradient descent. Not" in flat
    assert 'id="q7"' in page and 'id="q16"' not in page
    assert "(bonus): right 5 of 5 points" in flat
    assert "The reference answer" not in page  # before anything was written
    some = dict.fromkeys(set(marks.read().reading) - {24, 25, 26, 27}, 1) | {27: 4}
    bob = submission.Submission("bob", answers={24: [("text", "It is.")]})
    flat = flat_text(page_of(bob, result, some))
    assert "; 2 more are for 1 question that your instructor has not marked" in flat
    assert "; 4 more are for 1 question for which you handed in nothing to" in flat
    flat = flat_text(page_of(ADA, result, some | {24: 1.5, 25: 1}))
    assert "65.5 of 100 points (with 9 for the bonus)." in flat


def test_text_is_set_as_markdown_means_it():
    for typed, shown in [
        ("long\nlines (of\n  an) editor", "<p>long lines (of an) editor</p>"),
        ("1. *Gap.* It\n   grows", "<ol> <li><em>Gap.</em> It grows</li> </ol>"),
        ("# Head\ntext", "<p><strong>Head</strong></p> <p>text</p>"),
        ("so\n$$ x $$\nand", "<p>so <SET>[x]</span> and</p>"),
        ("see $a\n= b$ and `c $d$`", "<p>see [a=b] and <code>c $d$</code></p>"),
        ("```python\nfor x in y:\n    $z$\n```", "<pre>for x in y: $z$ </pre>"),
        ("<b onclick=x>hi</b>", "<p>&lt;b onclick=x&gt;hi&lt;/b&gt;</p>"),
        (r"\begin{align}a&=b\end{align}", "<p><SET>[a=b]</span></p>"),
        ("$$ {{{ $$", "<p><SET>$$ {{{ $$</span></p>"),
    ]:
        found = re.sub(
            "<math.*?</math>",
            lambda m: f"[{re.sub(r'<[^>]+>|[^a-zN=]', '', m[0])}]",
            feedback.written(typed),
            flags=re.S,
        )
        found = found.replace('span class="display"', "SET")
        assert " ".join(found.split()) == shown


def test_html_is_made_harmless():
    for made, shown in [
        ("<table><tr><td onclick=x>1</td></tr>", "<td>1</td>"),
        ("<p>a</div></main></table><b>c", "<p>a<b>c</b></p>"),
        ("<iframe src=http://x></iframe><svg onload=x>", feedback.INTERACTIVE),
        ("<script>never closed", feedback.INTERACTIVE),
    ]:
        found = feedback.harmless(made)
        assert shown in found and not re.search("script|onclick|onload|http", found)


def class_page(folder, results):
    """Write the page of a class; return it, its words and its picture."""
    for result in results.values():
        marks.count(result, marks.read(), {"comment": ""})
    feedback.write_class(folder, results, marks.read())
    page = (folder / "class.html").read_text(encoding="utf-8")
    return page, flat_text(page), (folder / "class.svg").read_text(encoding="utf-8")


def test_the_page_of_the_class_counts(tmp_path):
    every = {f"_{n}": None for n in CODED}
    results = {
        "ada": result_of(),
        "bob": result_of(_7="softmax-sum-over-all"),
        "eve": result_of(_7="softmax-sum-over-all", _12=None),
        "max": result_of(_7=None, _12=None),
        "a?b": result_of(**every) | {"problems": [EVIL]},
        "cat": result_of(**every) | {"no_code": True},
    }
    results["max"]["questions"]["7"] |= {"hint": EVIL}
    for n in map(str, CODED):
        results["a?b"]["questions"][n] |= {"ended": "Timeout", "hint": "Stop"}
        results["cat"]["questions"][n] |= {"verdict": NOT_ANSWERED}
    page, flat, picture = class_page(tmp_path, results)
    assert "Points so far, of 60 that are decided: lowest 0, median 50, highest" in flat
    assert "Hardest: 7. softmax (20 % right)" in flat and ", with the bonus" not in flat
    assert "7. softmax 1 4 0" in flat
    assert "2 7 softmax-sum-over-all No. bob, eve" in flat
    assert flat.count("12 No. eve, max") == 1
    assert "1 that nobody else has of 5 question what was said" in flat
    assert f"a?b {', '.join(map(str, CODED))} Stop." in flat
    assert flat.count("Stop.") == flat.count(f"7 {EVIL}. max") == 1
    assert '<a href="a%3Fb/feedback.html">a?b</a>' in page
    students = re.findall("<a href=[^>]*>([^<]*)</a>", page)
    assert students == ["a?b", "cat", "eve", "max", "bob", "ada"]
    assert "6 submissions, of which 5 have code;" in flat and "cat Ada no code" in flat
    assert "eve Ada 50 7, 12" in flat and f"18, 20 {EVIL} cat" in flat
    assert "<script" not in page and "<details open><summary>6 sub" in page
    assert "20 %" in picture and ">4</text>" in picture
    assert "cannot be read" not in picture


def test_the_page_of_the_class_knows_ties_the_bonus_and_what_cannot_be_read(tmp_path):
    result = result_of(_7=None, _12=None)
    result["questions"]["26"] = result["questions"]["4"]
    for n in (14, 15):
        found = {"verdict": NOT_ANSWERED, "hint": "write it", "unread": n == 15}
        result["questions"][str(n)] |= found
    _, flat, picture = class_page(tmp_path, {"ada": result})
    assert "Hardest: 7. softmax; 12. ReLU; 14. " in flat
    assert "(0 % right each)" in flat
    assert "highest 45, with the bonus on top." in flat
    assert "7, 12 14; cannot be read: 15" in flat
    assert "cannot be read" in picture


# Runs


GRADE = """
import dataclasses, sys
from checks.given import ASSIGNMENT
from grading import grade, judging

judging.Grader.numbers = [7, 12]
judging.compile_course = lambda course, seed: dataclasses.replace(ASSIGNMENT, seed=seed)
sys.exit(grade.main())
"""


def start(root, level, *arguments):
    """Start `make grade`; to save time, it asks little of what is compiled already."""
    folders = [root / "class", "--to", root / "to", "--sandbox", level]
    return subprocess.Popen(
        [sys.executable, "-c", GRADE, *folders, *arguments],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_a_killed_run_goes_on_and_judges_only_what_is_new_or_has_changed(box, tmp_path):
    for name in ("ada", "bob", "eve"):
        write(tmp_path, {f"class/{name}.py": f"{ANSWERS}\n# {name}\n"})
    to = tmp_path / "to"
    process, end = start(tmp_path, box.level), time.monotonic() + 600
    while not (to / "bob" / "results.json").exists():
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.1)
    process.kill()
    process.communicate()
    before = {path.parent.name for path in to.glob("*/results.json")}
    assert {"ada", "bob"} <= before
    handed_in_again = {"class/ada.py": f"{ANSWERS}\n\n{SUM_OVER_ALL}"}
    write(tmp_path, handed_in_again | {"to/to_read.csv": "submission,8\nbob,3\n"})
    said, _ = start(tmp_path, box.level, "--jobs", "2").communicate()
    judged = len({"ada", "bob", "eve"} - (before - {"ada"}))
    assert said.startswith(f"3 submissions, {judged} judged, in ")
    assert re.search(r"^Sandbox: \w+\. Seed: \d+\.$", said, re.M)
    paths = [to / name / "results.json" for name in ("ada", "bob")]
    ada, bob = (json.loads(path.read_text(encoding="utf-8")) for path in paths)
    assert ada["seed"] != bob["seed"]  # each run has its own, and bob was left alone
    softmax = ada["questions"]["7"]
    assert (softmax["verdict"], softmax["mistake"]) == (WRONG, "softmax-sum-over-all")
    assert (bob["points"], bob["questions"]["7"]["points"]) == (13, 5)  # 3 by a human
    page = (to / "bob" / "feedback.html").read_text(encoding="utf-8")
    assert "13 points so far, of 63 that are decided" in page
    rows = (to / "gradebook.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert len(rows) == 3 and ",5,100," in rows[0]


def test_a_changed_judge_judges_again(monkeypatch, tmp_path):
    used = {path.relative_to(ROOT).as_posix() for path in imports.of_the_judge()}
    assert used >= {"deep.py", "course/q07.py", "checks/worker.py", "grading/launch.py"}
    assert not used & {"grading/hostile.py", "grading/student.py"}
    other, found = tmp_path / "deep.py", []
    monkeypatch.setattr("grading.judging.ROOT", tmp_path)
    monkeypatch.setattr("grading.judging.of_the_judge", lambda: {other})
    for text in ["", "", "# changed"]:
        other.write_text(text)
        found.append(grade.digest_of_the_judge())
    assert found[0] == found[1] != found[2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("none", "[Errno 2] No such file or directory: 'none'"),
        ("empty", "empty: there is no submission in it"),
        ("class", sandbox.MISSING),
        ("class --canvas export.csv --assignment Other",
         "export.csv: the assignments in this export of Canvas's gradebook are "
         "['MNIST (12)']: there is none to fill"),
    ],
)  # fmt: skip
def test_where_nothing_can_be_graded_one_sentence_says_why(
    words, said, tmp_path, monkeypatch, capsys
):
    write(tmp_path, {"class/ada.py": "x = 1", "export.csv": "Student,ID,MNIST (12)\n"})
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
    monkeypatch.setattr("sys.argv", ["grade", *words.split(), "--to", "grades"])
    assert grade.main() == 2
    assert capsys.readouterr().err.replace(f"{tmp_path}/", "") == f"{said}\n"
    assert not list(tmp_path.glob("grades/*"))


def test_the_class_that_make_writes_is_large_and_its_marks_are_known(tmp_path):
    expected, points = invented_class.write(tmp_path), marks.read()
    assert set(expected) == set(intake.find(tmp_path)[0])
    assert len(expected) >= 60
    results = {name: result_of(name) for name in expected}
    for result in results.values():
        marks.count(result, points, {"comment": ""})
    bad = invented_class.surprises(expected, results, points)
    wrong = [name for name, said in expected.items() if said]
    assert {line.split(",")[0].split(":")[0] for line in bad} == set(wrong)


def test_the_workflow_of_the_edition_checks_each_push():
    path = ROOT / "grading" / "handout" / ".github" / "workflows" / "check.yml"
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert "push" in said[True]  # YAML 1.1 takes `on` for a truth value
    (job,) = said["jobs"].values()
    assert any("python -m checks" in step.get("run", "") for step in job["steps"])
    assert said["permissions"] == {"contents": "read"}
