"""The judge: right answers are right, mistakes are known, and nothing else counts."""

import ast
import json
import os
import re
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from handed_in import COURSE, TWO
from processes import ROOT, python

import checks
from checks import __main__ as program
from checks import hints, judge, runner
from checks.given import ASSIGNMENT, BONUS, CODED, QUESTIONS
from checks.judge import NOT_ANSWERED, RIGHT, WAITS, WRONG, Judge
from checks.questions import Question, changed, load, pack, save
from checks.runner import Answers, Outcome, TrustedAnswers, read_source
from grading import compiling
from grading.judging import example
from grading.proof import REFERENCE, VARIANTS, Proof, without

FUNCTIONS = [name for n in CODED for name in QUESTIONS[n].functions]
PROOF = Proof(assignment=ASSIGNMENT)
ON_THE_WAY = "on the way"  # what is missing is missing, and the rest is right
STUB = "def relu(a):\n    raise NotImplementedError('Question 12: write relu')"


def answer(name, *changes):
    """Return the right answer to a question, with changes of its text."""
    text = PROOF.course.texts[name]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def judged(source, n, *, deep="", right=PROOF.right):
    """Return the verdict on a text: behind the project's answers, or a whole file.

    Question 12 is the tests' own one, whatever it is in the course this year.
    """
    source = textwrap.dedent(source).strip()
    if source.startswith("import numpy"):
        answers = TrustedAnswers(source)
    else:
        beside = {"deep.py": read_source(ROOT / "deep.py") + deep}
        right_ones = read_source(REFERENCE)
        if STUB in source:
            right_ones = without(right_ones, "relu")
        answers = TrustedAnswers(f"{right_ones}\n\n{source}\n", beside=beside)
    return Judge(answers, COURSE, right).verdict(n)


def student(source, n=17):
    """Return the verdict on a text as `judged` does, where there is no reference."""
    return judged(source, n, right=None)


# Right answers and wrong ones


@pytest.mark.parametrize("path", [REFERENCE, *VARIANTS], ids=lambda path: path.name)
def test_right_answers_in_any_style_are_right(path):
    assert PROOF.of_variant(path) == []


def test_answers_that_are_right_are_right_without_the_reference_too():
    source = read_source(VARIANTS[1])  # with lists, which other answers get as arrays
    numbers = [n for n in CODED if f"def {QUESTIONS[n].functions[0]}(" in source]
    found = PROOF.verdicts(TrustedAnswers(source), numbers, with_reference=False)
    assert PROOF.surprises({}, found) == []


@pytest.mark.parametrize("n", (CODED + BONUS)[::3])
def test_a_mistake_is_wrong_with_its_own_hint_and_spoils_no_other_question(n):
    """One of every third question; `make proof` tries them all."""
    *_, name = PROOF.mistakes(n)
    assert PROOF.of_mistake(n, name) == []
    assert PROOF.of_student(PROOF.with_mistake(n, name), n, WRONG) == []


@pytest.mark.parametrize("function", FUNCTIONS[1::5])
def test_a_missing_function_spoils_no_other_question(function):
    assert PROOF.of_missing(function) == []
    n = ASSIGNMENT.question_of[function]
    assert PROOF.of_student(PROOF.without(function), n, NOT_ANSWERED) == []


def test_what_a_mistake_is_known_by_does_not_change():
    course, question = PROOF.course, QUESTIONS[20]
    judge = Judge(PROOF.right, ASSIGNMENT, PROOF.right)
    for known in question.mistakes[::9]:
        mistake = PROOF.mistakes(20)[known["name"]]
        found = compiling.outcomes_of(course, judge, question, mistake)
        assert pack(found) == pack(known["outcomes"]), known["name"]


def test_what_uses_an_earlier_answer_that_is_wrong_or_missing_waits_for_it():
    source = answer("softmax", ("y / y.sum(axis=0)", "y"))
    assert student(source).verdict == WAITS
    assert student(source).hint == "first Question 7: this answer uses it"
    assert student(source, 16).verdict == judged(source, 17).verdict == RIGHT
    # What is wrong whatever the earlier answer is does not wait.
    source += answer("forwardprop_shallow", ("a1 = W1 @ x + b1", "a1 = x @ W1 + b1"))
    verdict = student(source, 14)
    assert verdict.verdict == WRONG
    assert "`x` has shape (4, 6) and `W1` has shape (5, 4)" in verdict.hint
    # Nor does what right answers in the place of a missing one can tell.
    assert student(STUB, 14).hint == "first Question 12: this answer uses it"
    assert judged(STUB, 14).verdict == RIGHT
    wrong = f"{STUB}\n" + PROOF.wrong(14, "forward-no-b1")["forwardprop_shallow"]
    assert judged(wrong, 14).mistake == "forward-no-b1"


def test_a_number_in_the_place_of_a_function_spoils_no_other_question():
    for name, other in [("relu", 14), ("eval_loss", 18)]:
        assert judged(f"{name} = 3", ASSIGNMENT.question_of[name]).verdict != RIGHT
        assert judged(f"{name} = 3", other).verdict == RIGHT


# What is said of an answer

STILL = [(f"{name} - gamma * grad{name}", name) for name in ("W1", "b1", "W2", "b2")]
SOFTMAX = "import numpy as np\ndef softmax(a): {}"
RAISED = 'raise NotImplementedError("Question 7: write softmax")'
RELU = """import numpy as np
def relu(a): return {}
def relup(a, e): raise NotImplementedError("Question 12: write relup")
"""
FAILS = """
def fail(g, *e):
    if e:
        raise ValueError("a shape")
    return g
def softmaxp(a, e):
    g = softmax(a)
    return {}
"""
SHALLOW, BACKPROP = "update_shallow", "backprop_shallow"
MINIBATCH, SILENT = "backprop_minibatch_shallow", "minibatch-silent"
LINE = PROOF.course.texts[BACKPROP].splitlines()[-2].strip()  # which it prints
MIXED, ORDER = read_source(VARIANTS[2]), "np.argsort(np.random.rand(N))"
assert ORDER in MIXED  # it updates by itself, and has no `rng`
SAID = [  # a question and an answer to it, the verdict in words, and words of the hint
    (17, answer(SHALLOW, *STILL), ON_THE_WAY, "step a"),
    (17, answer(SHALLOW, *STILL[:2]), ON_THE_WAY, "step c"),
    (17, answer(SHALLOW, STILL[0], STILL[3]), ON_THE_WAY, "still"),
    (17, answer(SHALLOW, (" / x.shape[1]", ""), *STILL[:2]), WRONG,
     "Only the division by the number of"),
    (17, answer(SHALLOW, ("b1 - gamma * gradb1", "b1 - gamma * delta1")), WRONG,
     "b1 should have shape (5, 1), but has (5, 6): there is a column for each"),
    (17, answer(SHALLOW, ("delta1 @ x.T", "np.dot(delta1, x)")), WRONG,
     "`delta1` has shape (5, 6) and `x` has shape (4, 6), which do not fit in "
     "`np.dot(delta1, x)`: `@` needs as many columns on its left as rows on its "
     "right, and these are 6 and 4. Which shape should the product have? `.T` swaps "
     f"rows and columns, and the order counts; {ASSIGNMENT.note}"),
    (17, answer(SHALLOW, ("W1, b1, W2, b2 = net", "W1, W2, b1, b2 = net"),
                ("W1 @ x", "np.dot(W1, x)"), ("W2 @ h1", "np.dot(W2, h1)")), WRONG,
     "in the wrong places"),
    (17, answer(SHALLOW, ("W1 - gamma * gradW1", "2 * W1")), WRONG,
     "b1, W2 and b2 are right; W1: the entry"),
    (17, answer(SHALLOW, ("* gradW1", "* 1.0001 * gradW1")), WRONG, "W1: the entry"),
    (20, answer(MINIBATCH, ("rng = np.random.default_rng(rng)", ""),
                ("rng.permutation", "np.random.default_rng(rng).permutation")), WRONG,
     "before the loop"),
    (20, answer(MINIBATCH, ("lbl =", "y = forwardprop_shallow(x, net); lbl ="),
                ("        y =", "        _ =")), WRONG, "the same loss in every line"),
    (20, answer(MINIBATCH, ("x[:, batch]", "x[batch]")), WRONG, "You pick rows"),
    (20, answer(MINIBATCH, ("net, gamma)", "net, gamma / (start + 1))")), WRONG,
     "updates with gamma = 0.3, 0.02308"),
    (20, MIXED.replace(ORDER, "np.arange(N)"), WRONG, "order in which they come"),
    (12, RELU.format("np.maximum(a, 0)"), ON_THE_WAY,
     "`relu` is right; now write relup"),
    (12, RELU.format("np.abs(a)").replace("raise", '"Not yet."; ...  #'), WRONG,
     "expected [[1], [2], [0]], got [[1], [2], [3]]. `relup` is still empty"),
    (12, STUB, ON_THE_WAY, "`relup` is right; now write relu"),
    (7, SOFTMAX.format(f"print(a); {RAISED}"), NOT_ANSWERED, "write softmax"),
    (7, SOFTMAX.format(f"y = np.exp(a); {RAISED}"), NOT_ANSWERED,
     "delete line 2 of answers.py, the `raise`"),
    (15, "def eval_loss(y, d):\n    y[:] = np.log(y)\n    return -np.mean(d * y)",
     WRONG, "`eval_loss` changes `y`, which it was given: "),
    (17, answer(SHALLOW, ("gamma=0.05):", "gamma=0.05):\n    x /= 2; d /= 2")), WRONG,
     "`x` and `d`, which it was given: its caller still needs them unchanged"),
    (7, answer("softmax", ("y.sum(axis=0)", "y.sum(axis=0) * 1.00002")), WRONG,
     "sums to 1.00002. Every number is 1.00002 times what it should be."),
    (18, answer(BACKPROP, ("net = update", "update")), WRONG, "never moves"),
    (18, answer(BACKPROP, ("range(1, T + 1)", "range(1 // T)")), WRONG,
     "W1, b1, W2 and b2 are still what they were"),
    (18, answer(BACKPROP, (LINE, 'print("step", t, "loss", 7)')), WRONG,
     "), but printed 'step 20 loss 7'"),
    (4, "def normalize_MNIST_images(x):\n    return 1 - x / 127.5", WRONG,
     "Every number has the wrong sign."),
    (15, answer("eval_loss", ("d.size", "d.size / 10")), WRONG,
     "Every number is 0.1 times what it should be."),
    (6, "def onehot2label(d):\n    return np.argmax(d, axis=0) - 1", WRONG,
     "Every number is too small by 1."),
    (10, answer("softmaxp", ("return g * e -", "return 1 / a.shape[1] * (g * e -"),
                ("* g\n", "* g)\n")), WRONG,
     "by a factor, the number of columns (7 here): why do you divide by it?"),
    (16, answer("eval_perfs", ("np.mean", "np.sum")), WRONG,
     "the number of columns (8 here): should you divide by it?"),
    (17, answer(SHALLOW, ("W1 @ x", "x @ W1")), WRONG,
     "do not fit in `x @ W1`: they do the other way round, `W1 @ x`"),
    (12, RELU.format("np.abs(a)"), WRONG, "[3]]. After that, write relup"),
    (15, "def eval_loss(y, d):\n    return 0", WRONG, "got 0. Every number is 0."),
    (7, "def softmax(a):\n    y = np.exp(a - a.max(0))\n"
        "    return (y / y.sum(0)).astype(int)", WRONG, "cannot hold fractions"),
    (7, SOFTMAX.format("\n    y = np.zeros_like(a)\n    e = np.exp(a - a.max(0))\n"
                       "    y[:] = e / e.sum(0)\n    return y"), WRONG,
     "cuts off the fractions"),
    (5, "def label2onehot(lbl):\n    d = np.zeros((lbl.max() + 1, lbl.size))\n"
        "    for i in 0, 1, 3:\n        d[lbl[i], i] = 1\n    return d", WRONG,
     "; only columns 0-1, 3 are right"),
    (7, "def softmax(a):\n    return softmax(a)", WRONG,
     "does a function of yours call itself?"),
    (7, "def softmax(a):\n    return a, a", WRONG, "but is a tuple of 2 items"),
    (6, "def onehot2label(d):\n    return d.argmax", WRONG, "brackets were missing"),
    (6, "def onehot2label(d):\n    print(d.argmax(0))", WRONG, "`print` only shows"),
    (7, "def softmax(a):\n    y = 0 * a\n    y[0] = a[:, 0]\n    return y", WRONG,
     "`y[0]` has shape (7,) and `a[:, 0]` has shape (10,), which do not fit in `y[0]"
     " = a[:, 0]`: one index alone picks a row"),
    (7, SOFTMAX.format("return np.summ(a.asType(float))"), WRONG, "is `sum` meant?"),
    (10, FAILS.format("g * e - np.sum(g * e, axis=1) * g"), WRONG,
     "`np.sum(g * e, axis=1)` has shape (10,) and `g` has shape (10, 7), which do"),
    (10, FAILS.format("np.eye(10) * g @ e"), WRONG,
     "`*` is entry by entry, `@` is the matrix product; `"),
    (10, FAILS.format("g[:, 0] @ e[:5, 0].T"), WRONG,
     "`g[:, 0] @ e[:5, 0].T`: `.T` leaves a vector as it is, and `[:, [j]]` picks"),
    (7, "def softmax(a, axis): return a", WRONG,
     "argument: 'axis'; compare its first line with the one in the question"),
    (10, FAILS.format("np.multiply(g.T, e)"), WRONG,
     "do not fit in `np.multiply(g.T, e)`"),
    (10, FAILS.format("np.concatenate([g, e.T])"), WRONG,
     "; here `g` has shape (10, 7), `e` has shape"),
    (10, FAILS.format("a.__iadd__(e) + fail(g, e)"), WRONG,
     "raised ValueError: a shape"),
    (10, FAILS.format("(fail(g) > 0) @ e"), WRONG,
     "`@` needs as many columns on its left as rows on its right, and these are 7 and "
     "10; here `e` has shape (10, 7), `g` has shape"),
]  # fmt: skip


@pytest.mark.parametrize(("n", "source", "label", "hint"), SAID)
def test_it_is_said_what_is_wrong_or_missing(n, source, label, hint):
    verdict = judged(source, n)
    assert (verdict.label, verdict.verdict == RIGHT) == (label, False)
    assert hint in verdict.hint


def test_what_bytes_cannot_hold_and_numpy_that_is_not_imported_are_told():
    source = "def normalize_MNIST_images(x):\n    x -= 127.5\n    return x / 127.5\n"
    said = "array of uint8 cannot hold fractions: write `x = x - 127.5`"
    for other in ("", "\n\ndef relu(a:\n"):
        assert said in judged(source + other, 4).hint
    whole = source.replace("127.5\n    return x", "np.int64([[127]])\n    return x")
    assert "fractions" not in judged(whole, 4).hint
    answers = TrustedAnswers("def softmax(a):\n    return np.exp(a)\n")
    hint = Judge(answers, ASSIGNMENT).verdict(7).hint
    assert "`np` is not there: put `import numpy as np` at the top" in hint


STEPS = """
def update_shallow(x, d, net, gamma=0.05):
    W1, b1, W2, b2 = net
    a1 = W1 @ x + b1
    h1 = relu(a1)
    pred = softmax(W2 @ h1 + b2)
    err = (pred - d) / x.shape[1]
    G2 = err @ h1.T
    back = W2.T @ err
    err1 = relup(a1, back)
    G1 = err1 @ x.T
"""


def begun(count, line=""):
    """Return the first lines of an update and one more, which does not return it."""
    lines = [*STEPS.splitlines()[: count + 1], f"    {line}", "    return net"]
    return "\n".join(lines)


NEXT = "Go on|Begin|Together"  # what follows is not told where something else is first
SO_FAR = [  # the same where there is no reference, and what is not in the hint
    (17, answer(SHALLOW, *STILL[:2]), ON_THE_WAY,
     "^`gradb1` and `gradW1` are right: step e is done.", NEXT),
    (17, answer(SHALLOW, ("return (", "(")), WRONG,
     "^`update_shallow` returns nothing: is there a `return`?", NEXT),
    (17, answer(SHALLOW, ("W1 @ x + b1", "W1 @ x"), (" / x.shape[1]", "")), WRONG,
     "^`a1` is right but for the addition of b1. `h1` is not right yet: its shape", ""),
    (17, answer(SHALLOW, ("(y - d)", "(d - y)"), *STILL[:2]), WRONG,
     "step up the slope", "is right"),
    (17, begun(5), ON_THE_WAY, "`pred` is right", ""),
    (17, begun(8, "raise NotImplementedError"), ON_THE_WAY, "`back` is right", ""),
    (17, begun(10, "x @ x"), WRONG, "`G1` is right", NEXT),
    (17, begun(5, "err = (d - pred) / 6"), WRONG,
     "`err` has the wrong sign, unless a later line corrects it", ""),
    (17, begun(6, "G2 = err @ x.T @ W1.T"), WRONG, "`G2` is not right yet: its s", ""),
    (17, begun(6, "G2 = err * h1"), WRONG, "`*` is entry by entry, `@` is the", ""),
    (17, answer(SHALLOW, ("(y - d)", "2 * (y - d)")), WRONG,
     "`delta2` is right but for a factor, the same one for all its entries", "bracket"),
    (17, begun(6, "G2 = err @ a1.T"), WRONG, "`G2` has the scores of the hidden", ""),
    (17, begun(4, "y = softmax(h1)"), WRONG,
     "`y` has shape (5, 6), and it is no step of the way: what comes next has shape "
     "(10, 6)", "fits"),
    (17, begun(5, "delta = -d / pred"), ON_THE_WAY, "`delta` is right: it is the", ""),
    (17, STEPS.partition("    a1")[0], ON_THE_WAY, "^`W1`, `b1`, `W2` and `b2` are t",
     ""),
    (5, "def label2onehot(lbl): K = lbl.max() + 1; N = lbl.size", ON_THE_WAY,
     "^`K` and `N` are there. Go on", ""),
    (5, "def label2onehot(lbl): K = lbl.max()", WRONG, "^`label2onehot` returns", ""),
    (5, answer("label2onehot", ("return d", "return d[99]")), WRONG,
     "index 99 is out of bounds", "the way"),
    (5, answer("label2onehot", ("    d[", "    for k in range(len(lbl)):\n        d["),
               ("[lbl, np.arange(lbl.size)]", "[lbl[k], k]"),
               ("return", "    return")), WRONG,
     "it stands inside the loop", "the way"),
    (5, answer("label2onehot", ("np.zeros", "np.nan * np.empty")), WRONG,
     "`np.empty`: what it does not set holds whatever was", "the way"),
    (4, "def normalize_MNIST_images(x):\n    x[:] = x / 127.5 - 1\n    return x", WRONG,
     "^What your function computes or stores keeps the type of `x`, uint8", "the way"),
    (4, "def normalize_MNIST_images(x): return 1 - 2 * x / 255", WRONG,
     "make floats of `x` first", "the way"),
    (4, "def normalize_MNIST_images(x): return 1 - x / 255", WRONG, "expected",
     "make floats"),
    (7, answer("softmax", ("return y / y.sum(axis=0)", "print(y / y.sum(axis=0))")),
     ON_THE_WAY, "`y` is right: these are the exponentials. `softmax` prints", "Go on"),
    (7, answer("softmax", ("y.sum(axis=0)", "y.sum(axis=0).round(2)")), WRONG,
     "these are the exponentials.", "Go on"),
    (7, answer("softmax", ("y / y", "y // y")), WRONG, "should it be `/`?", "Go on"),
    (12, f"{TWO}\ndef relup(a, e): print(e * (a > 0))", WRONG, "prints, but returns",
     "never uses"),
    (20, answer(MINIBATCH, ("lbl =", "best = [np.inf, net]; lbl ="),
                ("loss, errors =", "loss, _ = best = min("
                 "best, [eval_loss(y, d), net], key=lambda kept: kept[0])\n"
                 "        loss, errors ="), ("return net", "return best[1]")), WRONG,
     "does not return what the last update returned", ""),
    (17, begun(6, "g = err.sum(axis=1)"), WRONG,
     "`g` should be a column, of shape (10, 1)", ""),
    (17, begun(6, "delta2 = err.sum(axis=1)"), WRONG,
     "`delta2` has shape (10,), while what the notebook calls so has shape (10, 6)",
     "a column"),
    (17, begun(6, "gradW2 = err.sum(axis=1, keepdims=True)"), WRONG,
     "`gradW2` has shape (10, 1), while what the notebook calls so has (10, 5): it "
     "already holds the values of `gradb2`.", "right"),
    (17, begun(3, "y = W2 @ relu(a1) + b2"), ON_THE_WAY,
     "`y` holds the values of what the notebook calls `a2`, and is right. Go on", ""),
    (17, answer(SHALLOW, ("(y - d) / x.shape[1]",
                          "(y - d).mean(axis=1, keepdims=True)")), WRONG,
     "it already holds the values of `gradb2`", "`delta2` is right"),
    (10, "def softmaxp(a, e): g = softmax(a); s = np.sum(g * e, axis=0)", ON_THE_WAY,
     "Go on with the second term of the formula", "multiplies"),
    (17, begun(8, "err1 = relup(back, a1)"), WRONG,
     "step c is done", "`err1` is right"),
    (17, begun(8, "slope = a1 > 0"), ON_THE_WAY, "No variable holds that yet", ""),
    (17, begun(6, "one = err[:, [0]]"), ON_THE_WAY, "`err` is right", ""),
    (17, begun(6, "g = W2.T @ (pred - d)"), ON_THE_WAY,
     "`g` is right but for the division", ""),
    (17, begun(6, "g = relup(a1, W2.T @ err) @ x"), WRONG,
     "`err` is right: step a is done", NEXT),
    (7, "def softmax(a): M = a.max(axis=1)", WRONG,
     "`M` has shape (10,), a number for each row, but one for each column is", ""),
    (7, "def softmax(a): y = np.zeros_like(a); M = a.max(axis=0)", ON_THE_WAY,
     "`M` is right: it is the largest score of each column.", ""),
    (7, "def softmax(a): M = a.max()", WRONG, "^`M` is the largest score of all", ""),
    (5, "def label2onehot(lbl): d = np.zeros((len(lbl), 10))", WRONG,
     "^`d` has a row for each sample", ""),
    (15, "def eval_loss(y, d): loss = -np.mean(d * np.log(y))", ON_THE_WAY,
     "The right result is there at the end, in `loss`, but not returned.", ""),
    (17, answer(SHALLOW, ("(y - d)", "(d - y)")), WRONG,
     "steps themselves. `delta2` has the wrong sign.", ""),
    (17, answer(SHALLOW, ("return (\n        W1 -",
                          "w1 = W1 - gamma * gradW1; return (\n        0 *")), WRONG,
     "The right W1 is there at the end, in `w1`, but not returned.", ""),
    (14, answer("forwardprop_shallow",
                ("return softmax(a2)", "y = softmax(a2); return a1, y")), WRONG,
     "The right result is there at the end, in `y`, but not returned.", ""),
    (7, answer("softmax", ("return y /", "y = y /")), ON_THE_WAY,
     "`y`, but not returned. `softmax` returns", ""),
]  # fmt: skip


@pytest.mark.parametrize(("n", "source", "label", "said", "unsaid"), SO_FAR)
def test_a_student_is_told_how_far_the_variables_have_come(
    n, source, label, said, unsaid
):
    verdict = student(source, n)
    assert verdict.label == label
    found = verdict.hint.find(said.removeprefix("^"))
    assert found == 0 if said.startswith("^") else found >= 0, verdict.hint
    assert not unsaid or not re.search(unsaid, verdict.hint), verdict.hint


@pytest.mark.parametrize(
    ("n", "old", "new", "said"),
    [
        (5, "= 1\n", "== 1\n", "`d[lbl, np.arange(lbl.size)] == 1`: `==` compares"),
        (5, "return d\n", "d\n", "`d`: it computes a value and does not return it"),
        (17, "gradW2 = delta2", "gradW2 = 0; delta2", "`delta2 @ h1.T`: it computes"),
        (12, "return np", "print(a); np", "`np.maximum(a, 0)`: it computes a value"),
        (12, "return np", "np.copyto(a, 0); return 2 * np", None),
        (5, "    return d\n", "    for i in lbl:\n        return 2 * d\n",
         "`return 2 * d`: it stands inside the loop"),
        (16, "!= lbl", "is not lbl", "values are compared with `!=`"),
        (7, "return y", "z =+ 2 * y; return z", "`=+` gives a name a new value"),
        (7, "y.sum(", "2 ** y.sum(", None),
        (7, "y.sum(", "(2 ^ y.size) * y.sum(", "a power is written `**`"),
        (18, "lbl =", "gamma, lbl = 0.05,", "it overwrites `gamma`, which the"),
        (7, "return y", "for k in a: z = 2 * y\n    return z", "gives `z` a new value"),
        (7, "return y", "for k in a[0]:\n        if k > -9: z = 2 * y\n    return z",
         "only in rounds in which `k > -9`, so that"),
        (7, "return y", "for k in a[0]:\n        if k > 0: z = y\n"
         "        else: z = 2 * y\n    return z", None),
        (7, "y = np", "K, N = a.shape; y = N + np", "`K` is not used after that"),
        (15, "/ d.size", "// (3 * d.size)", "should it be `/`?"),
        (20, "(x, net)", "(x * (N // 2), net)", None),
        (16, "!= lbl", "!= 3", "the function never uses `lbl`, which it is given"),
    ],
)  # fmt: skip
def test_a_slip_in_the_text_is_told(n, old, new, said):
    (name, *_) = QUESTIONS[n].functions
    source = TWO if n == 12 else PROOF.course.texts[name]
    assert old in source
    verdict = judged(source.replace(old, new), n)
    assert verdict.verdict == WRONG
    assert (said or "Look at") in verdict.hint if said else "Look" not in verdict.hint


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return exp(a)", "`exp` is a function of NumPy, so write `np.exp`"),
        (
            "return math.exp(a)",
            "put `import math` at the top of the file, or write `np.` in",
        ),
        ("import math; return a / math.sqrt(a.sum(0))", "and `np.sqrt` takes arrays"),
        ("total = a.sum(0); return a / totl", "there is no `totl`; is `total` meant?"),
        ("return a / lbl.size", "its arguments (`a`), what it computes from them"),
        ("sum = a; return sum / sum(a)", "and hides the function of that name: give"),
        ("helper = helper(a); return helper", "of yours is called `helper`, too, and"),
        ("if a.size < 0: b = 1\n    return b", "`b` is read before a line that is run"),
        ("b = a; return b(2)", "`b` is an array of shape (10, 7), and round brackets"),
        ("for k in a.size: pass", "so let the loop run over `range(a.size)`"),
        ("return float(a) / 2", "the method `astype(float)` converts a whole array"),
        ("for k in range(a): pass", "`a` is an array: how often should the loop run?"),
        ("return np.exp[a]", "`np.exp` is a function: call it, as `np.exp(...)`"),
        ("return a / a.sum", "`a.sum` is a function: call it, as `a.sum(...)`"),
        ("Ab = ac = a; return ab", "there is no `ab`; is `Ab` meant?"),
        ("return a.astype(flaot)", "there is no `flaot`; is `float` meant?"),
        ("return np.helper(a)", "NumPy has no `helper`: your own file has it"),
        ("return a.max(axis=0, keepdim=True)", "is `keepdims` meant?"),
        ("return max(a, axis=0)", "Python's own `max` has no `axis`: write `np.max`"),
        ("return np.zeros((3, a.shape))", "`a.shape` is (10, 7), a tuple with a"),
        ("return np.zeros(a.shape[2])", "`a.shape` is (10, 7), a tuple with a number"),
        ("return a / a.shape", "`a.shape` is (10, 7), a tuple with a number"),
        (
            "return max(a, 0)",
            "Python's `max` needs a single True or False, and a whole",
        ),
        ("return a if a > 0 else 0", "`if` needs a single True or False"),
        ("return numpy.exp(a)", "`numpy` is imported as `np`, so write `np.` for it"),
        (
            "return a if a > 0 and a < 9 else 0",
            "`and` needs a single True or False",
        ),
        ("return a[0] == np.arange(9)", "do not fit in `a[0] == np.arange(9)`"),
        ("return a,", "is a tuple of one item, as a comma at the end makes it"),
        ("return np.arange(a)", "one number is needed here, and this is a whole array"),
        (
            "return (a,) - 0.1 * (a,)",
            "a list or a tuple has no arithmetic: take its parts",
        ),
        ("for k in len(a): pass", "so let the loop run over `range(len(a))`"),
        ("for k in range(784): a[k]", "the loop over `range(784)` reaches 10, but"),
        ("b = [a[0, j] for j in range(len(a))]", "reaches 7, but axis 1 has only 7"),
        ("p = a.sort(); return p[0]", "`p` is None here: either nobody gave it"),
        ("retrun(a)", "there is no `retrun`; is `return` meant?"),
    ],
)
def test_what_python_says_of_names_is_told_in_plain_words(body, said):
    source = f"import numpy as np\ndef helper(a): return a\ndef softmax(a):\n    {body}"
    hint = student(source, 7).hint
    assert said in hint and "Error" not in hint


def test_what_cannot_be_read_is_told_with_its_line_also_where_it_is_called():
    answers = TrustedAnswers(
        "import numpy as np\ndef softmax(a):\n    return helper(np.exp(a))\n\n"
        "def helper(y):\n    return y / y.sum(axis=0\n\n\ndef b():\n  for t in x:\n"
        "  pass\n\n\ndef c():\n    print 'x'\n\n\ndef d(a):\n    retrun a\n"
    )
    lines = {name: said.partition(":")[0] for name, said in answers.unread.items()}
    line = "answers.py, line {}".format
    assert lines == {"helper": line(6), "b": line(11), "c": line(15), "d": line(19)}
    assert "; is `return` meant by `retrun`?" in answers.unread["d"]
    assert "meant" not in answers.unread["c"]
    hint = Judge(answers, ASSIGNMENT).verdict(7).hint
    assert "`helper` is not there, since answers.py, line 6 could not be read" in hint


def test_of_two_wrong_functions_the_mistake_in_the_first_is_told():
    source = "def relu(a):\n    return max(0, a)\n"
    verdict = judged(f"{source}def relup(a, e):\n    return a * e", 12)
    assert verdict.hint == judged(source, 12).hint
    assert verdict.mistake is None


def test_an_order_that_is_random_and_no_shuffle_is_wrong():
    orders = [
        "np.roll(np.arange(N), rng.integers(N))",
        "np.r_[rng.permutation(N // 2), N // 2 + rng.permutation(N - N // 2)]",
    ]
    sources = [answer(MINIBATCH, ("rng.permutation(N)", order)) for order in orders]
    order = orders[0].replace("rng", "np.random.default_rng()")
    for source in [*sources, MIXED.replace(ORDER, order)]:
        verdict = judged(source, 20)
        assert verdict.verdict == WRONG
        assert "does not shuffle all the samples" in verdict.hint


def test_a_name_from_code_that_is_not_run_here_is_told_so(tmp_path):
    size = "len(np.unique(ltrain))"
    for line, rows in [(f"K = {size}", "K"), ("", size)]:
        cells = [
            "import numpy as np\nimport MNISTtools\nxtrain, ltrain = MNISTtools.load()",
            line,
            f"def label2onehot(lbl):\n    return np.eye({rows})[:, lbl]",
        ]
        code = [nbformat.v4.new_code_cell(cell) for cell in cells]
        path = tmp_path / "mine.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=code), path)
        verdicts, problems = judge.judge_file(path, [5])
        said = "`ltrain` is not there: what makes it is not run here"
        assert said in verdicts[5].hint
        assert [said in problem for problem in problems] == [True] * bool(line)


def test_a_loop_on_minibatches_that_does_not_end_is_told_to_be_one(monkeypatch):
    monkeypatch.setattr(runner, "LONGEST", 2**23)
    change = "for start in range(0, N, B)", "while start := 1"
    endless = answer(MINIBATCH, change)
    answers = Answers(f"{read_source(REFERENCE)}\n\n{endless}")
    hint = Judge(answers, ASSIGNMENT, PROOF.right).verdict(20).hint
    assert "perhaps a loop never ends" in hint


MISTAKES = [  # a question, an answer to it, the mistake that it is, and its share
    (6, "def onehot2label(d):\n    return np.argmax(d, axis=0, keepdims=True)",
     "label-row-matrix", 0.8),
    (5, answer("label2onehot", ("int(lbl.max()) + 1", "np.unique(lbl).size"),
               ("num_classes, lbl.size", "num_classes, len(lbl)")),
     "onehot-counts-classes", 0),
    (7, "def softmax(a):\n    e = np.exp(a - np.amax(a))\n"
        "    return np.divide(e, np.sum(e, 0))", "softmax-max-over-all", 0.6),
    (6, "def onehot2label(d):\n    return np.arange(10) @ d",
     "label-of-one-hot-columns-alone", 0.8),
    (5, "def label2onehot(lbl):\n    return np.arange(lbl.max() + 1)[:, None] == lbl",
     "onehot-booleans", 0.8),
    (10, "def softmaxp(a, e):\n    return (softmax(a + 1e-8 * e) - softmax(a)) / 1e-8",
     "softmaxp-forward-difference-1e-8", 0),
    (20, answer(MINIBATCH, ("rng.permutation", "np.arange")),
     "minibatch-not-shuffled", 0),
    (4, "def normalize_MNIST_images(x):\n    return x / x.max() * 2 - 1",
     "normalize-right-for-all-of-MNIST", 0.8),
    (7, "def softmax(a):\n    y = np.exp(np.longdouble(a))\n    return y / y.sum(0)",
     "softmax-unsafe", 0.6),
    (7, "def softmax(a):\n    y = a - a.max(0)\n    np.exp(y, out=y)\n"
        "    y /= y.sum(0)\n    return y", "softmax-whole-numbers", 0.8),
    (18, answer(BACKPROP, (LINE, "print(100 - errors)")), "backprop-accuracy-alone",
     0.8),
    (18, answer(BACKPROP, (LINE, f"t % 50 or {LINE}")), "backprop-silent", 0.8),
    (17, answer(SHALLOW, ("gamma=0.05", "gamma=1")), "update-other-default", 0.8),
    (20, answer(MINIBATCH, ("net, gamma)", "net, gamma / B)")),
     "minibatch-rate-divided-by-B", 0),
    (20, answer(MINIBATCH, ("for start in range(0, N, B)", "parts = int(np.ceil(N / B))"
                            "\n        for batch in np.array_split(order, parts)"),
                ("batch = order[start : start + B]", "")),
     "minibatch-equal-parts", 0.6),
    # Only what is printed is wrong, and in some cases it is right.
    (20, answer(MINIBATCH, ("(y, lbl)", "(y, lbl) * (N < 99)")), SILENT, 0.8),
]  # fmt: skip


@pytest.mark.parametrize(("n", "source", "mistake", "share"), MISTAKES)
def test_a_mistake_in_other_words_is_recognised_and_worth_its_share(
    n, source, mistake, share
):
    verdict = judged(source, n)
    assert (verdict.verdict, verdict.mistake) == (WRONG, mistake)
    assert PROOF.mistakes(n)[mistake].share == share


def test_labels_in_another_order_are_never_right_by_chance():
    moved = "permutation(N); x, d = x[:, order], d[:, order]; order = np.arange(N)"
    source = answer(MINIBATCH, ("permutation(N)", moved))
    found = [judged(source, 20) for _ in range(12)]
    assert {verdict.mistake for verdict in found} <= {"minibatch-no-errors", SILENT}
    assert PROOF.mistakes(20)["minibatch-no-errors"].share == 0.8
    assert any("take the labels from `d` after that" in v.hint for v in found)


def test_a_hint_names_what_it_is_about_and_where():
    backward = "def update_deep(x, d, net, gamma=0.05):\n    return [*net][::-1]\n"
    assert "`update_deep(" in judged("", 26, deep=backward).hint
    broken = "\n\ndef forwardprop_deep(x, net):\n    return x / 'a'\n"
    assert re.search(r"\(deep\.py, line \d+\)$", judged("", 26, deep=broken).hint)
    assert judged(SOFTMAX.format("return a / 'a'"), 7).hint.endswith(" (line 2)")
    every = [m["hint"] for question in QUESTIONS.values() for m in question.mistakes]
    assert not [said for said in every if re.match(r"[a-z]\w*\d", said)]  # not made W1


# What decides, and what does not

BROKEN = """
def onehot2label(d):
    raise NotImplementedError("Question 6")
def softmax(a):
    return a
def relu(a):
    raise NotImplementedError("Question 12")
def eval_perfs(y, lbl):
    return 1
def update_shallow(x, d, net, gamma=0.05):
    return net
"""
RIGHT_TOO = [  # right answers that look otherwise, which stand beside broken ones
    (7, "def softmax(a):\n    a = a.astype('f4')\n    y = np.exp(a - a.max(0))\n"
        "    return y / y.sum(0)"),
    (12, "def relu(a):\n    'Question 12'\nrelu = lambda a: np.maximum(a, 0)\n"
         "def relup(a, e):\n    return np.where(a >= 0, e, 0)"),
    (15, "def eval_loss(y, d):\n    return np.array(-np.mean(d * np.log(y + 1e-9)))"),
    (18, "def backprop_shallow(x, d, net, T, gamma=0.05):\n"
         "    if T == 0:\n        return net\n"
         "    net = update_shallow(x, d, net, gamma)\n"
         "    y = forwardprop_shallow(x, net)\n"
         "    print(T, eval_loss(y, d), eval_perfs(y, onehot2label(d)))\n"
         "    return backprop_shallow(x, d, net, T - 1, gamma)"),
    (20, "def backprop_minibatch_shallow(x, d, net, T, B=100, gamma=0.05):\n"
         "    for t in range(T):\n"
         "        p = np.random.permutation(x.shape[1])\n"
         "        x, d = x[:, p], d[:, p]\n"
         "        for k in range(0, x.shape[1], B):\n"
         "            part = x[:, k : k + B], d[:, k : k + B]\n"
         "            net = backprop_shallow(*part, net, 1, gamma)\n"
         "            print('batch', forwardprop_shallow(part[0], net).max())\n"
         "        y = forwardprop_shallow(x, net)\n"
         "        print(t, eval_loss(y, d), eval_perfs(y, onehot2label(d)))\n"
         "    return net"),
    *[(20, "import time\n" + answer(MINIBATCH,
                                    ("default_rng(rng)", f"default_rng({seed})")))
      for seed in ["7", "int(time.time())"]],
]  # fmt: skip


@pytest.mark.parametrize(("n", "source"), RIGHT_TOO)
def test_what_the_question_does_not_ask_does_not_decide(n, source):
    others = [
        ast.unparse(node)
        for node in ast.parse(BROKEN).body
        if node.name not in QUESTIONS[n].functions
    ]
    verdict = judged("\n".join([*others, "", source]), n)
    assert (verdict.verdict, verdict.hint) == (RIGHT, None)


def test_own_functions_that_only_fit_together_are_right_where_they_fit():
    source = "def eval_perfs(y, lbl):\n    return np.mean(y.argmax(axis=0) != lbl)\n"
    source += answer(BACKPROP, (", eval_perfs(", ", 100 * eval_perfs("))
    assert judged(source, 18).verdict == RIGHT
    assert judged(source, 16).mistake == "perfs-fraction"


def test_a_file_with_everything_that_python_allows_is_read():
    source = """
    from __future__ import annotations

    import functools
    from fractions import Fraction
    from typing import TYPE_CHECKING

    import numpy as np

    if TYPE_CHECKING:
        from numpy.typing import NDArray


    def onehot2label(d: NDArray) -> NDArray:
        return np.argmax(d, axis=0)


    exp = functools.partial(lambda k, b: np.exp(b - b.max(k)), 0)
    softmax = lambda b: exp(b) / exp(b).sum(0)
    relu = np.frompyfunc(lambda v: max(v, 0), 1, 1)
    relup = np.frompyfunc(lambda v, w: w if v > 0 else 0, 2, 1)


    def eval_perfs(y, lbl):
        return Fraction(100 * int(np.sum(y.argmax(0) != lbl)), len(lbl))
    """
    answers = TrustedAnswers(textwrap.dedent(source))
    assert answers.problems == []
    judge = Judge(answers, COURSE, PROOF.right)
    for n in (6, 7, 12, 16):
        assert (judge.verdict(n).verdict, judge.verdict(n).hint) == (RIGHT, None), n


# What is nice to have


@pytest.mark.parametrize(
    ("n", "source", "lack"),
    [
        (5, "def label2onehot(lbl, num_classes=10):\n"
            "    if np.min(lbl) < 0:\n        raise ValueError('negative')\n"
            "    d = np.zeros((num_classes, len(lbl)))\n"
            "    d[lbl, np.arange(len(lbl))] = 1\n    return d",
         "does not refuse a label of "),
        (5, "def label2onehot(lbl, num_classes=9): return np.eye(max(lbl) + 1)[:, lbl]",
         "does not take the number of rows from an optional argument `num_classes`"),
        (6, "def onehot2label(d): return np.argmax(d, axis=0).astype(float)", "floats"),
        (15, "def eval_loss(y, d): return -np.mean(np.nan_to_num(d * np.log(y)))",
         "is not infinite"),
        (20, answer(MINIBATCH, ("np.random.default_rng(rng)", "np.random"),
                    ("lbl =", "rng.seed(7); lbl =")), "`rng`"),
        (20, answer(MINIBATCH, *[(f"\n        {word}", f"\n            {word}")
                                 for word in ("y =", "loss", "print")]),
         "prints more or fewer"),
    ],
)  # fmt: skip
def test_an_extra_that_is_missing_is_told(n, source, lack):
    verdict = judged(source, n)
    assert verdict.verdict == RIGHT
    assert lack in "; ".join(verdict.lacks)


def test_what_an_earlier_answer_spoils_names_it():
    source = answer("softmax", ("a - a.max(axis=0)", "a"))
    for n in (10, 17):
        assert student(source, n).verdict == RIGHT
        assert "may come from Question 7" in student(source, n).lacks[-1]
    # Where right answers take its place, nothing is spoiled.
    assert not any("Question 7" in lack for lack in judged(source, 17).lacks)


# The compiled questions


def test_another_seed_gives_the_same_verdicts(tmp_path):
    course = compiling.Course()
    course.modules = {n: course.modules[n] for n in (7, 15)}
    for n in course.modules:
        course.mistakes[n] = course.mistakes[n][::3]
    save(compiling.compile_course(course, 2232724543), tmp_path / "secret.json.gz")
    proof = Proof(course, load(tmp_path / "secret.json.gz"))
    assert proof.surprises({}, proof.verdicts(course.right())) == []
    for n in proof.judged:
        for name in proof.mistakes(n):
            assert proof.of_mistake(n, name, [n]) == [], name


def test_nothing_in_the_engine_is_of_this_course():
    """No function, number of a question or file of this course, and not its subject."""
    names = {*PROOF.course.texts, *ASSIGNMENT.parameters, "MNIST", "gamma", "shallow"}
    names |= {Path(name).stem for name in ASSIGNMENT.files}
    for path in (ROOT / "checks").glob("*.py"):
        text = read_source(path)
        code = "\n".join(
            ast.unparse(node)
            for node in ast.parse(text).body
            if not isinstance(node, ast.Expr)
        )
        found = [name for name in names if re.search(rf"\b{name}\b", code)]
        assert not found, (path.name, found)


# The worker

LABELS = "def onehot2label(d): return d.argmax(axis=0)\n"


def own_process(source, numbers, path="shallow.py"):
    """Judge a file in a process of its own, as a student's; tell its problems too."""
    answers = Answers(f"import numpy as np\n{textwrap.dedent(source)}", path)
    judge = Judge(answers, COURSE, PROOF.right)
    return {v.number: v for v in judge.verdicts(numbers)}, answers.problems


def test_the_verdicts_are_the_same_in_a_process_of_its_own():
    wrong = {n: next(iter(PROOF.mistakes(n))) for n in CODED}
    texts = [text for n in CODED[::2] for text in PROOF.wrong(n, wrong[n]).values()]
    source = "\n\n".join([read_source(REFERENCE), *texts])
    verdicts, _ = own_process(source.replace("from __future__", "#"), CODED)
    for n in CODED:
        assert verdicts[n].mistake == (wrong[n] if n in CODED[::2] else None)


def test_what_does_not_end_is_stopped_and_the_rest_is_judged(monkeypatch):
    monkeypatch.setattr(runner, "SECONDS", 0.5)
    monkeypatch.setattr(runner, "IMPORT", 0.5)
    source = "def relu(a):\n    while True: pass\ndef relup(a, e): return e * (a > 0)\n"
    verdicts, _ = own_process(source + LABELS, [6, 12])
    assert verdicts[6].verdict == RIGHT
    assert verdicts[12].verdict == WRONG
    assert "did not end within 0.5 seconds" in verdicts[12].hint
    verdicts, problems = own_process(f"while True: pass\n{LABELS}", [6])
    assert "did not end within 0.5 seconds" in problems[0]
    assert verdicts[6].verdict == RIGHT


def test_what_sleeps_is_stopped_and_a_busy_machine_is_no_fault(monkeypatch):
    monkeypatch.setattr(runner, "ASLEEP", 0.5)
    source = "import time\ndef onehot2label(d): time.sleep(100)\n"
    verdicts, _ = own_process(source, [6])
    assert verdicts[6].verdict == WRONG
    assert "waits for something" in verdicts[6].hint
    monkeypatch.setattr(runner, "PATIENCE", 1)
    monkeypatch.setattr(runner, "usage", lambda session: (0.0, True))  # no time for it
    verdicts, _ = own_process("def onehot2label(d):\n    while True: pass\n", [6])
    assert verdicts[6].verdict == judge.NOT_JUDGED
    assert "too busy" in verdicts[6].hint
    # Where the machine is busy, a loop that calls other functions waits for the judge.
    monkeypatch.setattr(runner, "usage", lambda session: (0.0, False))
    loop = "while True: net = update_shallow(x, d, net, gamma)"
    training = f"def backprop_shallow(x, d, net, T, gamma=0.05):\n    {loop}\n"
    training += "def update_shallow(x, d, net, gamma=0.05): return net\n"
    verdicts, _ = own_process(training, [18])
    assert "too busy" in verdicts[18].hint
    monkeypatch.setattr(runner.sys, "executable", "/bin/false")
    verdicts, _ = own_process(LABELS, [6, 12])
    assert {v.verdict for v in verdicts.values()} == {judge.NOT_JUDGED}


def test_references_that_are_called_at_the_same_time_leave_the_output_alone():
    source = "import time\ndef nap(): time.sleep(0.2); print('z')\n"
    shown, first, second = sys.stdout, *map(TrustedAnswers, [source] * 2)
    with ThreadPoolExecutor(2) as pool:
        early = pool.submit(first.functions.call, "nap", [], {})
        time.sleep(0.1)  # so that the one which began later also ends later
        late = pool.submit(second.functions.call, "nap", [], {})
    assert sys.stdout is shown
    assert [early.result()["printed"], late.result()["printed"]] == ["z\n", "z\n"]


def test_a_students_own_module_and_a_progress_bar_are_imported():
    answers = Answers(
        "from helpers import *\nfrom tqdm.auto import tqdm\nimport tqdm as other\n"
        "def onehot2label(d):\n"
        "    return [largest(c) for c in other.tqdm(tqdm(d.T, desc='x'))]\n",
        beside={"helpers.py": "def largest(c):\n    return c.argmax()\n"},
    )
    assert Judge(answers, ASSIGNMENT).verdict(6).verdict == RIGHT
    assert answers.problems == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory")
def test_an_answer_that_takes_too_much_memory_is_told_so():
    body = "return np.ones(2**29).cumsum()"
    verdicts, _ = own_process(f"def onehot2label(d): {body}\n", [6])
    assert verdicts[6].verdict == WRONG
    assert "more than 2 GB of memory" in verdicts[6].hint


def test_a_file_that_cannot_be_imported_is_told_and_judged():
    relus = TWO.removeprefix("import numpy as np\n")
    for line, problem in [
        ("raise SystemExit", "SystemExit"),
        ("print 'Python 2'", "SyntaxError: Missing parentheses"),
    ]:
        verdicts, problems = own_process(f"{LABELS}{line}\n\n\n{relus}", [6, 12])
        assert problems[0].startswith(f"shallow.py, line 3: {problem}")
        assert verdicts[6].verdict == verdicts[12].verdict == RIGHT


@pytest.mark.parametrize("n", [6, 17])
def test_whatever_is_returned_has_a_verdict_and_is_an_example(n):
    (function,) = QUESTIONS[n].functions
    for value in ["None", "object()", "[[1, [2, 3]], [4]]", "10**5000", "lambda: 0",
                  "np.array([None])", "np.ones(2**22)", "['a', 1]", "[[], {}]",
                  "np.full((3, 3), np.nan)"]:  # fmt: skip
        verdict = judged(f"def {function}(*args):\n    return {value}", n)
        assert verdict.verdict == WRONG
        assert verdict.hint and len(verdict.hint) < 250
        assert example(verdict.trial)["says"]


def test_a_reply_that_the_worker_did_not_write_is_no_answer(monkeypatch):
    reply = dict.fromkeys(["value", "error", "peak"], None)
    reply |= {"printed": "", "changed": []}
    assert Outcome.of(reply).error is None
    for changes in [
        {"value": {"array": "AAAA", "dtype": "|O8", "shape": [1], "columns": False}},
        {"value": 10**30},
        {"error": {"type": "ValueError"}},
        {"changed": [[float("inf")]]},
    ]:
        outcome = Outcome.of(reply | changes)
        assert outcome.error["type"] == "Stopped"
        assert "it sent no proper reply" in outcome.error["reason"]
    monkeypatch.setattr(runner, "LONGEST", 2000)
    with Answers("def relu(a):\n    return [a] * 900\n").open() as process:
        assert "returned more than" in process.call("relu", 1.0).error["reason"]


# How one meets it


def test_the_command_prints_a_line_for_each_question_or_json():
    done = python("-m", "checks")
    assert (done.returncode, done.stderr) == (0, "")
    numbers = re.findall(r"^([ \d]\d)  \w", done.stdout, re.M)
    assert list(map(int, numbers)) == list(QUESTIONS)
    extras = re.findall(r"extras (\d+) of (\d+)", done.stdout)
    assert extras and all(met == count for met, count in extras)
    count = f"{len(CODED)} of {len(CODED)}"
    assert done.stdout.endswith(f"{count} questions that ask for code are right.\n")
    questions = json.loads(python("-m", "checks", "--json", 7, 8).stdout)["questions"]
    said = {"verdict": "right", "extras": [1, 1], "lacks": [], "parts": []}
    said |= {"hint": None, "mistake": None, "unread": False, "label": "right"}
    assert questions["7"] == said
    assert questions["8"]["verdict"] == "to be read"


def test_the_exit_status_is_that_of_the_questions_asked_for(
    tmp_path, monkeypatch, capsys
):
    def run(*arguments):
        words = ["python -m checks", *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", words)
        return program.main()

    path = tmp_path / "mine.py"
    path.write_text("import numpy as np\ndef softmax(a): return np.exp(a)\n")
    # Question 7 is wrong, 6 is missing, and 8 and 11 are to be read.
    for numbers, status in [([7], 1), ([6], 1), ([8, 11], 0)]:
        assert run(*numbers, "--answers", path) == status
    for bad, said in [
        ([max(QUESTIONS) + 1], "there is no question"),
        (["--answers", tmp_path / "none.py"], "cannot read"),
        ([7, "--watch"], "leave out the numbers"),
        ([7, "--data", path], "is no file of compiled questions"),
    ]:
        with pytest.raises(SystemExit) as left:
            run(*bad)
        told = capsys.readouterr().err
        assert left.value.code == 2 and said in told
        assert told.startswith("usage: python -m checks")


def test_a_command_whose_reader_has_left_ends_without_a_traceback():
    command = [sys.executable, "-m", "checks", "6", "7"]
    for numbers in ([], ["--json"]):  # printed line by line, and at the end
        reader, writer = os.pipe()
        process = subprocess.Popen(
            [*command, *numbers], cwd=ROOT, stdout=writer, stderr=subprocess.PIPE
        )
        os.close(writer)
        os.close(reader)
        assert process.communicate()[1] == b""


def test_a_cell_judges_what_is_saved_now(tmp_path, monkeypatch):
    path = tmp_path / "shallow.py"
    monkeypatch.setattr(checks, "ROOT", tmp_path)
    path.write_text("import numpy as np\ndef softmax(a): return np.exp(a)\n")
    report = checks.check(7)
    assert "Question 7 (softmax): <b style=" in report._repr_html_()
    assert ">wrong</b>. You have the exponentials" not in report._repr_html_()
    assert re.search(r"but column \d sums to \d+\.", " ".join(repr(report).split()))
    path.write_text(read_source(REFERENCE))
    report = checks.check(7)
    assert ">right</b>; extras 1 of 1" in report._repr_html_()
    assert repr(report).startswith(" 7  softmax ")
    assert checks.check("7").verdicts == report.verdicts
    assert checks.hint("7a").question is QUESTIONS[7]
    for ask in (checks.check, checks.hint):
        with pytest.raises(ValueError, match="no question 99"):
            ask(99)
    path.unlink()
    with pytest.raises(FileNotFoundError, match="cannot read .*shallow.py"):
        checks.check(7)


def test_watching_shows_the_sentence_that_asks_for_the_function():
    for n in CODED:
        task = QUESTIONS[n].task
        assert task.startswith(f"Write `{QUESTIONS[n].functions[0]}("), n
        assert task.endswith(".") and not re.search(r"[$\\]|\*\w", task), n


def test_watching_goes_on_to_the_next_question(tmp_path):
    path = tmp_path / "shallow.py"
    source = read_source(REFERENCE)
    right = "y = np.exp(a - a.max(axis=0))"
    path.write_text(source.replace(right, "y = np.exp(a - a.max())"))
    watching = subprocess.Popen(
        [sys.executable, "-m", "checks", "--watch", "--answers", str(path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        until(watching, "You subtract the maximum of all of `a`.")
        until(watching, f" of {len(CODED)} right")
        new = tmp_path / "shallow.py.new"
        new.write_text(f"{source}\n\ndef eval_loss(y, d):\n    return 7.0\n")
        new.replace(path)  # as editors do
        until(watching, f"15  {QUESTIONS[15].title}")
        path.write_text(source)  # while the other questions are being judged
        until(watching, "Question 7 is now right. Well done! Scores now become")
        until(watching, "Questions 15, 18, 20 are now right. Well done! This is")
        until(watching, f"{len(CODED)} of {len(CODED)} right")
        assert watching.wait(10) == 0
    finally:
        watching.kill()
        watching.stdout.close()
        watching.wait()


def until(process, text, seconds=60):
    """Read lines until one has a text; after a time, the process is ended."""
    clock = threading.Timer(seconds, process.kill)
    clock.start()
    try:
        for line in process.stdout:
            if text in line:
                return
    finally:
        clock.cancel()
    raise AssertionError(f"ended without {text!r}")


# Hints


@pytest.fixture(autouse=True)
def seen(tmp_path, monkeypatch):
    """Keep which hints were seen apart from the user's own."""
    monkeypatch.setattr(hints, "SEEN", tmp_path / "build" / "hints.json")


def test_a_hint_shows_one_step_and_folds_those_before_it():
    question = Question(7, "softmax", steps=("first g_i", "`b`, sum_j a_j"))
    assert "step 1 of 2" in repr(hints.next_step(question))
    last = hints.next_step(question)
    assert "step 2 of 2" in repr(last) and "first" not in repr(last)
    assert "That was the last one. The text above the question" in repr(last)
    shown, _, folded = last._repr_html_().partition("<details>")
    assert "&sum;<sub>j</sub> <i>a</i><sub>j</sub>" in shown
    assert "<li>first <i>g</i><sub>i</sub></li>" in folded
    assert "step 1 of 2" in repr(hints.next_step(question))  # they begin again
    hints.SEEN.write_text("broken")
    assert "step 1 of 2" in hints.next_step(question)._repr_html_()
    assert "no hints" in repr(hints.next_step(Question(7, "softmax")))


LABELLED = (
    "Draw it.",
    "Step a. Divide.",
    "Steps b and c. Go on.",
    "Step d. Nearly.",
    "The whole of the steps a to d.",
)
PARTS = "Part a. Derive it.", "Part b, the code. Write it.", "Part b, the code, too."


@pytest.mark.parametrize(
    ("steps", "said", "verdict", "number"),
    [
        (LABELLED, "it is nearly right", WRONG, 4),
        (LABELLED, "begin with step a, the error", WRONG, 2),
        (LABELLED, "step a is done. Go on with step b, the sum", WRONG, 3),
        (LABELLED, "steps b and c are done", WRONG, 4),
        (LABELLED, "step d is done", WRONG, 5),
        (PARTS, "write it", NOT_ANSWERED, 1),
        (PARTS, "there is a mistake", WRONG, 2),
    ],
)
def test_hints_begin_where_the_answer_stands(steps, said, verdict, number):
    verdict = judge.Verdict(Question(7, "softmax", steps=steps), verdict, said)
    assert hints.begin(steps, verdict) == number


def test_a_hint_tells_what_is_wrong_and_goes_to_the_step_on_that():
    def shown(*changes):
        source = answer(SHALLOW, *changes)
        return repr(hints.next_step(QUESTIONS[17], judged(source, 17)))

    relup, whole = ("relup(a1, W2.T @ delta2)", "W2.T @ delta2"), (" / x.shape[1]", "")
    first = shown(relup)
    assert "`check(17)` says: `delta2` is right. The error signal passes" in first
    assert "Steps c and d." in first
    assert "Step e." in shown(relup)  # the same is wrong: one step further
    assert "Step a." in (first := shown(whole))
    assert "There are 5 more, on steps that come later." in first
    again = shown(whole)  # the same is wrong: that is not said again
    assert "Step b." in again and "says" not in again
    assert "says" not in shown()


def test_hints_go_on_from_what_is_half_written_and_spend_none_on_slips():
    def shown(n, body):
        name = QUESTIONS[n].functions[-1]
        head = answer(name).partition(":\n")[0]
        return repr(hints.next_step(QUESTIONS[n], student(f"{head}:\n    {body}", n)))

    for step in (3, 4, 5):
        assert f"step {step} of 5" in shown(7, "M = a.max(axis=1)")
    half = "W1, b1, W2, b2 = net; a1 = W1 @ x + b1; "
    assert "The way forward" in shown(17, f"{half}h1 = relu(a1)")
    raised = 'raise NotImplementedError("Question 4: write it")'
    assert "Delete line" in shown(4, f"y = x / 127.5 - 1; {raised}")
    for body in ("return x.asType(float)", "return xx"):
        said = shown(4, body)
        assert "Mend this first" in said and "step 1" not in said
    assert "step 2 of 5" in shown(4, "y = x / 127.5")
    waits = student(f"{STUB}\n{answer(SHALLOW)}")
    said = repr(hints.next_step(QUESTIONS[17], waits))
    assert "`hint(12)` helps with that." in said and "Ask again" not in said


def test_a_given_function_that_was_changed_is_told():
    source = read_source(REFERENCE)
    given = next(name for name in ASSIGNMENT.kept if f"def {name}(" in source)
    head = re.search(rf"def {given}\(.*\n", source)[0]
    deep = f"\n\ndef deep(a):\n    return {'a + ' * 1500}a\n"
    assert changed({"mine.py": source + deep}, ASSIGNMENT.kept) == []
    other = source.replace(head, f"{head}    'Other words.'\n    again = 1\n")
    (said,) = changed({"mine.py": other}, ASSIGNMENT.kept)
    assert said.startswith(f"The given function `{given}` in mine.py was changed")
    # One that is an answer may be anything, and one that is not there is not needed.
    assert changed({"mine.py": "def softmax(a): pass"}, ASSIGNMENT.kept) == []
