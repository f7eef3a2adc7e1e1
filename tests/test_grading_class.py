"""A class is graded: the judge's verdicts, marks, feedback, runs that are killed."""

import html
import json
import os
import random
import re
import shutil
import subprocess
import time

import processes
import pytest
import yaml

from checks.given import ASSIGNMENT, BONUS, CODED, QUESTIONS
from checks.judge import NOT_ANSWERED, NOT_JUDGED, RIGHT, Judge
from checks.runner import Answers, TrustedAnswers, read_beside, read_source
from grading import (
    feedback,
    grade,
    imports,
    intake,
    invented_class,
    lms,
    marks,
    sandbox,
    submission,
)
from grading.judging import Grader, alike, example
from grading.proof import REFERENCE, ROOT, VARIANTS, Proof

ANSWERS = read_source(REFERENCE)
PROOF = Proof(assignment=ASSIGNMENT)
MAX_OVER_ALL = PROOF.course.texts["softmax"].replace("a.max(axis=0)", "a.max()")
EVIL = '<script>alert("&")</script>'


@pytest.fixture(scope="module")
def box():
    """Return the sandbox of this machine; without bubblewrap, none."""
    try:
        return sandbox.choose("bubblewrap")
    except sandbox.NoSandbox:
        return sandbox.choose("none")


@pytest.fixture(scope="module")
def judge_of(box):
    return Grader.new(box)


# The same verdicts as `make check`


@pytest.mark.parametrize("path", [REFERENCE, *VARIANTS], ids=lambda path: path.stem)
def test_right_answers_are_right_in_the_sandbox(path, judge_of):
    beside = read_beside(path)
    verdicts, problems = judge_of.verdicts(read_source(path), beside=beside)
    for n, verdict in verdicts.items():
        bonus = n in BONUS and not beside and "update_deep" not in read_source(path)
        assert verdict.verdict == (NOT_ANSWERED if bonus else RIGHT), n
    assert problems == []


@pytest.mark.parametrize("n", CODED)
def test_mistakes_get_the_verdicts_that_make_check_gives(n, box):
    """One for each question: the engine is the same, only the process is another."""
    name = list(PROOF.mistakes(n))[-1]
    (text,) = PROOF.wrong(n, name).values()
    answers = Answers(f"{ANSWERS}\n\n{text}", sandbox=box)
    found = Judge(answers, ASSIGNMENT, PROOF.right).verdict(n)
    assert found.mistake == name
    known = PROOF.verdicts(PROOF.with_mistake(n, name), [n])[n]
    assert found == known


def test_each_run_has_another_seed(box, judge_of, monkeypatch):
    monkeypatch.setattr("grading.judging.compile_course", lambda *a, **k: ASSIGNMENT)
    assert Grader.new(box).seed != judge_of.seed


def test_it_does_not_begin_where_right_answers_are_not_right(box, monkeypatch):
    monkeypatch.setattr("checks.judge.Trial.fault", "always")
    monkeypatch.setattr("grading.judging.compile_course", lambda *a, **k: ASSIGNMENT)
    with pytest.raises(RuntimeError, match="own answer to Question 4 is wrong"):
        Grader.new(box)


def test_an_error_of_the_judge_judges_nothing(judge_of, monkeypatch):
    monkeypatch.setattr("grading.judging.Judge", lambda *args: 1 / 0)
    verdict = judge_of.verdict(7, None)
    assert verdict.verdict == NOT_JUDGED
    assert "the grader failed here (ZeroDivisionError" in verdict.hint


def test_a_module_at_the_top_costs_the_questions_nothing(judge_of):
    verdicts, problems = judge_of.verdicts(f"import matplotlib.pyplot\n{ANSWERS}")
    assert {verdicts[n].verdict for n in CODED} == {RIGHT}
    assert problems == []


def test_a_slow_answer_has_the_time_that_make_check_gives_it(box, judge_of):
    source = ANSWERS.replace(
        "def softmax(a):", "def softmax(a):\n    np.arange(10**7) ** 0.5\n", 1
    )
    quick = Grader(box, judge_of.assignment, judge_of.right)
    quick.pace = 0.5  # in which the many calls of softmax do not end
    verdicts, _ = quick.verdicts(source)
    assert {verdicts[n].verdict for n in CODED} == {RIGHT}
    assert verdicts[7].lacks == []


def trial_of(source, n):
    answers = TrustedAnswers(f"{ANSWERS}\n\n{source}")
    return Judge(answers, ASSIGNMENT, PROOF.right).verdict(n).trial


def test_an_example_says_what_was_expected_and_what_came():
    found = example(trial_of("def relu(a):\n    return a\n", 12))
    assert found["given"] == {"a": "[[ 1]\n [ 2]\n [-3]]"}
    assert found["expected"] == "[[1]\n [2]\n [0]]"
    assert found["came"] == "[[ 1]\n [ 2]\n [-3]]"
    found = example(
        trial_of("def update_shallow(x, d, net, gamma=0):\n    return 5", 17)
    )
    assert found["came"] == "5"
    assert found["given"]["net"].startswith("W1 = [[")


@pytest.mark.parametrize(
    "value", ["[[1, [2, 3]], [4]]", "[[1, 2], [3]]", "['a', 1]", "[[], {}]", "[np.nan]"]
)
def test_whatever_a_function_returns_there_is_an_example(value):
    found = example(trial_of(f"def onehot2label(d):\n    return {value}\n", 6))
    assert found["says"] and found["came"]


def test_equal_wrong_answers_are_alike():
    first = "def softmax(a):\n    return a + 5\n"
    second = "def softmax(b):\n    return 5.0 + 1 * b\n"
    third = "def softmax(b):\n    return b + 6\n"
    found = [alike(trial_of(source, 7)) for source in (first, second, third)]
    assert found[0] == found[1] != found[2]


# Points


def result_of(name="ada", **verdicts):
    """Return a result in which everything is right, apart from some verdicts."""
    right = {"verdict": RIGHT, "extras": [1, 2], "lacks": [], "hint": None}
    questions = {str(n): right | {"mistake": None} for n in CODED}
    for n, verdict in verdicts.items():
        questions[n[1:]] = {
            "verdict": "wrong", "extras": None, "lacks": None, "hint": "No",
            "mistake": verdict,
        }  # fmt: skip
    others = {str(n): dict.fromkeys(right, None) for n in QUESTIONS if n not in CODED}
    for n, verdict in others.items():
        verdict["verdict"] = NOT_ANSWERED if int(n) in BONUS else "to be read"
    return {
        "submission": name,
        "student": {"name": "Ada", "id": "1815"},
        "sandbox": "none",
        "seed": 5,
        "questions": others | questions,
        "problems": [],
    }


def points_of(tmp_path, *changes):
    text = marks.as_file()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "points.toml"
    path.write_text(text, encoding="utf-8")
    return marks.read(path)


def test_the_points_of_the_project_make_a_hundred():
    assert marks.read().most == 100
    assert set(marks.read().questions) == {*QUESTIONS}


def test_points_count_extras_partial_credit_and_bonus(tmp_path):
    points = points_of(
        tmp_path,
        ("[extras]", "[extras]\n5 = 1 #"),
        ("[partial]", "[partial]\nperfs-fraction = 0.5 #"),
        ("wrong = 0.0", "wrong = 0.2"),
    )
    result = result_of(_16="perfs-fraction", _7=None)
    marks.count(result, points, {8: 2.5, 26: 4.0, "comment": "Good"})
    found = {n: q["points"] for n, q in result["questions"].items()}
    assert (found["5"], found["16"], found["7"], found["8"]) == (5.5, 2.5, 1, None)
    assert result["points"] == 12 * 5 + 0.5 - 2.5 - 4 + 2.5 + 4
    assert result["of"] == 100
    assert 8 not in result["unread"] and 26 not in result["unread"]
    points = points_of(tmp_path, ("bonus = [26, 27]", "bonus = [27]"))
    marks.count(result, points, {"comment": ""})
    assert (result["of"], 26 in result["unread"]) == (108, True)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("4 = 5\n", "4 = 'five'\n", "'five' is no number of points"),
        ("4 = 5\n", "4 = -5\n", "-5 is no number of points"),
        ("\n4 = 5\n", "\n8 = 5\n", "code has no question 8"),
        ("27 = 5", "99 = 5", "reading has no question 99"),
        ("[extras]", "[extra]", "what is 'extra'?"),
        ("[code]", "[code", "points.toml: "),
    ],
)
def test_a_file_of_points_with_a_mistake_is_refused(old, new, said, tmp_path):
    with pytest.raises(ValueError, match="points.toml") as error:
        points_of(tmp_path, (old, new))
    assert said in str(error.value)


def test_points_of_humans_are_read_back_and_never_overwritten(tmp_path):
    path, points = tmp_path / "to_read.csv", marks.read()
    marks.Reading(path, points).save({"ada": "Ada", "=bob": "-1"})
    rows, *_ = marks.read_table(path)
    assert rows[0][:4] == ["submission", "name", "1", "2"]
    assert rows[2][:2] == ["'=bob", "'-1"]  # no formula
    # As a spreadsheet in Europe saves it, with a column and a row of one's own.
    text = "submission;name;8;seen;comment\r\nada;Ada;2,5;yes;Nice\r\nold;Old;1;;\r\n"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    reading = marks.Reading(path, points)
    assert reading.match(["ada", "eve"]) == ["    old (line 3): no such submission"]
    assert reading.of("ada") == {8: 2.5, "comment": "Nice"}
    assert reading.of("eve") == {"comment": ""}
    reading.save({"ada": "Ada", "eve": "Eve"})
    rows, comma, _ = marks.read_table(path)
    assert (comma, rows[0][:5]) == (";", ["submission", "name", "8", "seen", "comment"])
    assert [row[:5] for row in rows[1:]] == [
        ["ada", "Ada", "2,5", "yes", "Nice"],
        ["old", "Old", "1", "", ""],
        ["eve", "Eve", "", "", ""],
    ]
    path.write_text("submission,8\nada,two\n")
    with pytest.raises(ValueError, match="ada, question 8: 'two' is no number"):
        marks.Reading(path, points)


# Feedback


def page_of(handed_in, **verdicts):
    result = result_of(**verdicts)
    result["problems"] = [EVIL]
    result["student"]["name"] = EVIL
    marks.count(result, marks.read(), {8: 2.0, "comment": EVIL})
    return feedback.page(result, handed_in, marks.read())


def test_feedback_shows_what_was_written_as_text_and_fetches_nothing():
    handed_in = submission.Submission("ada", source=f"def softmax(a):\n    {EVIL!r}\n")
    handed_in.answers = {
        8: [
            (
                "text",
                f"{EVIL} [x](javascript:1) ![](http://host/x.png) $\\frac{{1}}{{2}}$",
            ),
            ("output", EVIL),
        ],
        21: [
            ("text", "$" + r"\sqrt" * 900 + "$ $$ \\left( $$"),
            ("image", "data:image/png;base64,iVBORw0KGgo="),
        ],
    }
    page = page_of(handed_in, _7=EVIL)
    assert "<script" not in page
    assert {link[0] for link in re.findall('href="([^"]*)"', page)} == {"#"}
    assert not re.search(r"(src|url)\W+(https?:)?//", page)
    assert page.count('src="data:image/png;base64,iVBORw0KGgo="') == 1
    assert "<mfrac>" in page
    assert "   1  def softmax(a):" in page
    assert "prefers-color-scheme: dark" in page
    flat = flat_text(page)
    assert "8. the derivative with respect to its own score 2 of 3 points" in flat
    assert (
        "9. the derivatives with respect to the other scores not read yet, of" in flat
    )
    assert f"Your instructor: {EVIL}" in flat and f"About your files {EVIL}" in flat
    assert 'alt="Your figure 1 for Question 21"' in page
    assert "No text or figure for this question was found in your notebooks." in flat


def test_feedback_shows_the_reference_answers_to_text_alone(tmp_path):
    handed_in = submission.Submission("ada", source="")
    handed_in.answers = {8: [("text", "By the quotient rule.")]}
    page = page_of(handed_in)
    assert "The reference answer" in page and "Beyond the question" in page
    for path in [REFERENCE, *VARIANTS]:
        for line in read_source(path).split("\n"):
            if line.strip().startswith("return ") and len(line.strip()) > 20:
                assert line.strip() not in page
    quiet = points_of(tmp_path, ("reference = true", "reference = false"))
    result = result_of()
    marks.count(result, quiet, {"comment": ""})
    page = feedback.page(result, handed_in, quiet)
    assert "The reference answer" not in page and "Beyond" not in page


def test_the_code_of_a_question_is_that_of_the_file_that_defines_it():
    handed_in = submission.Submission("ada", source="def softmax(a):\n    return a\n")
    handed_in.beside = {"deep.py": "from shallow import softmax\nupdate_deep = 5\n"}
    assert feedback.code_for(7, handed_in) == handed_in.source
    assert feedback.code_for(26, handed_in) == handed_in.beside["deep.py"]


def test_where_nothing_was_written_one_sentence_says_so():
    result = result_of()
    marks.count(result, marks.read(), {"comment": ""})
    page = feedback.page(result, submission.Submission("ada"), marks.read())
    assert "so there is nothing to read" in page
    assert "The reference answer" not in page and 'id="read8"' not in page


def test_feedback_begins_with_what_is_decided_and_what_to_look_at():
    points, result = marks.read(), result_of(_7=None)
    result["questions"]["26"]["verdict"] = RIGHT
    for n in (15, 16, 17):
        hint = "not yet" if n > 15 else "`eval_loss` is still empty"
        result["questions"][str(n)] |= {"verdict": NOT_ANSWERED, "hint": hint}
    page = feedback.page(counted(result), submission.Submission("ada"), points)
    flat = flat_text(page)
    assert "45 points so far, of 60 that are decided (with 5 for the bonus)" in flat
    assert "; 40 more are for 16 questions that your instructor has not" in flat
    assert "Right: 8 of 12 questions that ask for code. Wrong: 7. softmax ." in flat
    assert "Not answered : 15, 16, 17." in flat
    assert "make check Q=7 judges Question 7" in flat and 'href="#q7"' in page
    assert "16. the percentage of errors, 17. one step of gradient descent. Not" in flat
    assert 'id="q7"' in page and 'id="q15"' not in page
    assert "(bonus): right 5 of 5 points" in flat
    some = dict.fromkeys(set(points.reading) - {24, 26, 27}, 1) | {27: 4}
    page = feedback.page(counted(result, some), submission.Submission("ada"), points)
    flat = flat_text(page)
    assert "64 points so far, of 98 that are decided (with 9 for the bonus); 2" in flat
    assert "more are for 1 question that" in flat
    page = feedback.page(
        counted(result, some | {24: 1.5}), submission.Submission("ada"), points
    )
    assert "65.5 of 100 points (with 9 for the bonus)." in flat_text(page)


def test_points_that_are_decided_follow_the_file_of_points(tmp_path):
    points = points_of(tmp_path, ("bonus = [26, 27]", "bonus = [27]"))
    result = result_of()
    result["questions"]["26"]["verdict"] = RIGHT
    page = feedback.page(
        counted(result, {}, points), submission.Submission("ada"), points
    )
    assert "65 points so far, of 65 that are decided ; 43 more" in flat_text(page)


def counted(result, given=None, points=None):
    """Return a result with its points."""
    marks.count(result, points or marks.read(), (given or {}) | {"comment": ""})
    return result


def flat_text(page):
    """Return the words of a page."""
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("long\nlines (of\n  an) editor", "<p>long lines (of an) editor</p>"),
        ("two\n\nparts", "<p>two</p> <p>parts</p>"),
        ("1. *Gap.* It\n   grows", "<ol> <li><em>Gap.</em> It grows</li> </ol>"),
        ("- a\n  b\n- c", "<ul> <li>a b</li> <li>c</li> </ul>"),
        ("# Head\ntext", "<p><strong>Head</strong></p> <p>text</p>"),
        ("so\n$$ x $$\nand", "<p>so <SET>[x]</span> and</p>"),
        ("see $a\n= b$ and `c $d$`", "<p>see [a=b] and <code>c $d$</code></p>"),
        ("5 $ or 6 $ and", "<p>5 $ or 6 $ and</p>"),
        ("a $5\n\nand $x$", "<p>a $5</p> <p>and [x]</p>"),
        ("```python\nfor x in y:\n    $z$\n```", "<pre>for x in y: $z$ </pre>"),
        ("**For $N$ samples**", "<p><strong>For [N] samples</strong></p>"),
        (
            "<b onclick=x>hi</b> [x](javascript:1)",
            "<p>&lt;b onclick=x&gt;hi&lt;/b&gt; x</p>",
        ),
        (r"\begin{align}a&=b\end{align}", "<p><SET>[a=b]</span></p>"),
        ("$$ {{{ $$", "<p><SET>$$ {{{ $$</span></p>"),
    ],
)
def test_text_is_set_as_markdown_means_it(typed, shown):
    found = re.sub(
        "<math.*?</math>",
        lambda m: f"[{re.sub(r'<[^>]+>|[^a-zN=]', '', m[0])}]",
        feedback.written(typed),
        flags=re.S,
    )
    found = found.replace('span class="display"', "SET")
    assert " ".join(found.split()) == shown


def test_formulas_can_stay_as_they_were_typed():
    assert feedback.written("so $x_1$", plain=True) == "<p>so $x_1$</p>\n"


@pytest.mark.parametrize(
    ("made", "shown"),
    [
        ("<table><tr><td onclick=x>1</td></tr>", "<td>1</td>"),
        ("<p>a</div></main></table><b>c", "<p>a<b>c</b></p>"),
        ("<script>alert(1)</script><style>*{}</style>", feedback.INTERACTIVE),
        ("<iframe src=http://x></iframe><svg onload=x>", feedback.INTERACTIVE),
        ("<script>never closed", feedback.INTERACTIVE),
    ],
)
def test_html_is_made_harmless(made, shown):
    assert shown in feedback.harmless(made)
    assert not re.search("script|onclick|onload|iframe|http", feedback.harmless(made))


def test_every_question_for_a_human_has_a_reference_answer():
    for n in marks.read().reading:
        if n in QUESTIONS:
            assert feedback.reference(n), n


def test_the_page_of_the_class_counts(tmp_path):
    results = {
        "ada": result_of(),
        "bob": result_of(_7="softmax-max-over-all"),
        "eve": result_of(_7="softmax-max-over-all", _12=None),
        "max": result_of(_12=None),
    }
    for name, key in [("eve", "abc"), ("max", "abc")]:
        results[name]["questions"]["12"]["alike"] = key
    results["max"]["questions"]["7"] |= {"verdict": "wrong", "hint": EVIL}
    results["a?b"] = result_of("a?b", **{f"_{n}": None for n in CODED})
    for n in CODED:
        results["a?b"]["questions"][str(n)] |= {"alike": "Timeout", "hint": "Stop"}
    results["a?b"]["problems"] = [EVIL]
    for result in results.values():
        marks.count(result, marks.read(), {"comment": ""})
    feedback.write_class(tmp_path, results, marks.read())
    page = (tmp_path / "class.html").read_text(encoding="utf-8")
    flat = flat_text(page)
    assert "Points so far, of 60 that are decided: lowest 0, median 50, highest" in flat
    assert "Hardest: 7. softmax (20 % right)" in flat
    assert "7. softmax 1 4 0" in flat
    assert "2 7 softmax-max-over-all No. bob, eve" in flat
    assert flat.count("12 No. eve, max") == 1
    assert "1 that nobody else has of 5 question what was said" in flat
    assert f"a?b {', '.join(map(str, CODED))} Stop." in flat
    assert flat.count("Stop.") == flat.count(f"7 {EVIL}. max") == 1
    assert '<a href="a%3Fb/feedback.html">a?b</a>' in page
    students = re.findall("<a href=[^>]*>([^<]*)</a>", page)
    assert students == ["a?b", "eve", "max", "bob", "ada"]
    assert "eve Ada 50 7, 12" in flat and f"18, 20 {EVIL} eve" in flat
    assert "<script" not in page and "<details open><summary>5 sub" in page
    picture = (tmp_path / "class.svg").read_text(encoding="utf-8")
    assert "20 %" in picture and ">4</text>" in picture


# Canvas and Moodle


CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Quiz (11),MNIST (12),Final Score
    Points Possible,,,,,10,100,(read only)
"Lovelace, Ada",501,1815,ada@x.org,A,7,,
"Babbage, Charles",502,1791,cb@x.org,A,8,,
"Turing, Alan",503,1912,at@x.org,A,,3,
"Student, Test",504,,t,A,,,
"""
MOODLE = """\
\ufeffIdentifier,Full name,Email address,Status,Grade,Maximum Grade,Feedback comments
Participant 77,Ada Lovelace,ada@x.org,Submitted,,100,
Participant 78,Charles Babbage,cb@x.org,Submitted,,100,
"""


def results_for_schools():
    found = {}
    for name, number in [
        ("lovelaceada_501", ""),
        ("somebody", "1791"),
        ("nobody", "9999"),
        ("turingalan_503", ""),
        ("Ada Lovelace_77_assignsubmission_file", ""),
    ]:
        found[name] = result_of(name)
        found[name]["student"] = {"name": "Alan Turing", "id": number}
        marks.count(found[name], marks.read(), {8: 1.5, "comment": "Nice"})
    found["turing_503"] = found["turingalan_503"]
    return found


def test_canvas_gets_marks_by_its_own_identifiers_alone(tmp_path):
    export, to = tmp_path / "export.csv", tmp_path / "canvas.csv"
    export.write_text(CANVAS)
    lines = lms.canvas(export, to, results_for_schools(), "MNIST")
    rows, *_ = marks.read_table(to)
    assert [row[6] for row in rows[2:]] == ["61.5", "61.5", "3", ""]
    assert [row[5] for row in rows] == ["Quiz (11)", "10", "7", "8", "", ""]
    assert "    Turing, Alan: more than one submission, or not surely this one" in lines
    assert "    Student, Test: no submission" in lines
    assert {"    nobody", "    turingalan_503", "    turing_503"} <= set(lines)
    with pytest.raises(ValueError, match='say ASSIGNMENT="..."'):
        lms.canvas(export, to, {})
    with pytest.raises(ValueError, match="there is none"):
        lms.canvas(export, to, {}, "Other")


def test_moodle_gets_marks_by_its_own_identifiers_alone(tmp_path):
    export, to = tmp_path / "export.csv", tmp_path / "moodle.csv"
    export.write_text(MOODLE, encoding="utf-8")
    lines = lms.moodle(export, to, results_for_schools())
    rows, _, encoding = marks.read_table(to)
    assert encoding == "utf-8-sig"
    assert [row[4] for row in rows[1:]] == ["61.5", ""]
    assert [row[6] for row in rows[1:]] == ["Nice", ""]
    assert "    Participant 78: no submission" in lines
    export.write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="no grading worksheet"):
        lms.moodle(export, to, {})


# Runs


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grade a class of three, all right, by a run that is killed and one that goes on.

    Returns where, the times of the results after the first run, and what the second
    one said.
    """
    to = tmp_path_factory.mktemp("graded")
    (to / "class").mkdir()
    for i in range(3):
        invented_class.hand_in(to / "class", i, f"student{i}", f"{ANSWERS}\n# {i}\n")
    process, end = run(to / "class", to / "grades"), time.monotonic() + 120
    while not times(to / "grades") and time.monotonic() < end:
        time.sleep(random.uniform(0.05, 0.3))
    process.kill()
    process.communicate()
    done = times(to / "grades")
    said, _ = run(to / "class", to / "grades").communicate()
    return to, done, said


@pytest.fixture
def again(graded, tmp_path):
    """Copy that class and its grades, so that a test can change them."""
    shutil.copytree(graded[0], tmp_path, dirs_exist_ok=True)
    return tmp_path / "class", tmp_path / "grades"


def run(folder, to, *arguments):
    level = "bubblewrap" if sandbox.shutil.which("bwrap") else "none"
    command = [*invented_class.command(folder, to, 2), "--sandbox", level, *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def times(to):
    return {path.parent.name: path.stat().st_mtime_ns for path in to.glob("*/*.json")}


def test_a_killed_run_resumes(graded):
    to, done, said = graded
    assert done
    assert done.items() <= times(to / "grades").items()
    assert said.startswith(f"3 submissions, {3 - len(done) or 'none'} judged")
    rows = (to / "grades" / "gradebook.csv").read_text().splitlines()[1:]
    assert [row.split(",")[0] for row in rows] == [f"student{i}" for i in range(3)]
    assert all(",60,100," in row for row in rows)


def test_a_run_says_its_sandbox_and_its_seed(graded):
    assert re.search(r"^Sandbox: \w+\. Seed: \d+\.$", graded[2], re.M)


def test_only_what_has_changed_is_judged_again_and_points_are_counted_anew(again):
    folder, to = again
    before, table = times(to), to / "to_read.csv"
    (folder / "student0.py").write_text(f"{ANSWERS}\n\n{MAX_OVER_ALL}")
    rows, *_ = marks.read_table(table)
    assert rows[2][0] == "student1"
    rows[2][rows[0].index("8")] = "3"
    marks.write_table(table, rows)
    said, _ = run(folder, to).communicate()
    assert said.startswith("3 submissions, 1 judged, in ")
    changed = {name for name, at in times(to).items() if at != before[name]}
    assert changed == {"student0", "student1"}
    book = (to / "gradebook.csv").read_text()
    assert ",55,100," in book and ",63,100," in book
    page = (to / "student1" / "feedback.html").read_text(encoding="utf-8")
    assert "63 points so far, of 63 that are decided" in page
    result = json.loads((to / "student1" / "results.json").read_text())
    assert (result["points"], result["questions"]["7"]["points"]) == (63, 5)


def test_a_changed_judge_judges_again(monkeypatch, tmp_path):
    before = grade.digest_of_the_judge()
    assert grade.digest_of_the_judge() == before
    used = {path.relative_to(ROOT).as_posix() for path in imports.of_the_judge()}
    for name in ["deep.py", "course/q07.py", "checks/worker.py", "grading/launch.py"]:
        assert name in used
    assert not used & {"grading/hostile.py", "grading/student.py"}
    other = tmp_path / "deep.py"
    other.write_text("# changed")
    monkeypatch.setattr("grading.judging.ROOT", tmp_path)
    monkeypatch.setattr("grading.judging.of_the_judge", lambda: {other})
    assert grade.digest_of_the_judge() != before


def test_a_folder_without_submissions_is_told(tmp_path):
    with pytest.raises(ValueError, match="there is no submission in it"):
        grade.grade(tmp_path, tmp_path / "grades", marks.read())


def test_mistakes_on_the_command_line_are_told_in_a_sentence(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr("sys.argv", ["grade", str(tmp_path / "no folder")])
    assert grade.main() == 2
    said = capsys.readouterr().err
    assert "No such file or directory" in said and "Traceback" not in said


def test_the_class_that_make_writes_is_large_and_its_marks_are_known(tmp_path):
    expected = invented_class.write(tmp_path)
    assert set(expected) == set(intake.find(tmp_path)[0])
    assert len(expected) >= 100
    results = {name: result_of(name) for name in expected}
    for result in results.values():
        marks.count(result, marks.read(), {"comment": ""})
    bad = invented_class.surprises(expected, results, marks.read())
    wrong = [name for name, said in expected.items() if said]
    assert {line.split(",")[0].split(":")[0] for line in bad} == set(wrong)


def test_the_workflow_of_the_edition_checks_each_push():
    path = ROOT / "grading" / "handout" / ".github" / "workflows" / "check.yml"
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert "push" in said[True]  # YAML 1.1 takes `on` for a truth value
    (job,) = said["jobs"].values()
    assert any("python -m checks" in step.get("run", "") for step in job["steps"])
    assert said["permissions"] == {"contents": "read"}


@pytest.mark.skipif(sandbox.shutil.which("make") is None, reason="there is no make")
def test_the_makefile_passes_the_options_on():
    outside = {k: v for k, v in os.environ.items() if k != "MAKEFLAGS"}
    options = ["SUBMISSIONS=my class", "JOBS=3", "CANVAS=a b.csv"]
    done = processes.run("make", "-n", "grade", *options, env=outside)
    flat = " ".join(done.stdout.replace("\\", " ").split())
    assert '-m grading.grade "my class"' in flat
    assert "--jobs 3" in flat and '--canvas "a b.csv"' in flat
