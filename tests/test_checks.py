"""The judge: right answers are right, mistakes are known, and nothing else counts."""

import ast
import json
import re
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import nbformat
import pytest
from processes import python

import checks
from checks import hints, judge, runner
from checks.cases import told
from checks.given import ASSIGNMENT, BONUS, CODED, QUESTIONS
from checks.judge import NOT_ANSWERED, RIGHT, TO_BE_READ, WAITS, WRONG, Judge
from checks.questions import load, pack, save
from checks.report import Report
from checks.runner import Answers, Outcome, TrustedAnswers, read_source
from grading import compiling
from grading.proof import REFERENCE, VARIANTS, Proof

ROOT = Path(__file__).resolve().parent.parent
FUNCTIONS = [name for n in CODED for name in QUESTIONS[n].functions]
PROOF = Proof(assignment=ASSIGNMENT)
IN_VARIANTS = [  # not those that were added to the course since
    n
    for n in CODED
    if any(
        f"def {QUESTIONS[n].functions[0]}(" in path.read_text("utf-8")
        for path in VARIANTS
    )
]
MISTAKES = [(n, name) for n in CODED + BONUS for name in PROOF.mistakes(n)]


def judged(source, n, assignment=ASSIGNMENT, *, deep=""):
    """Return the verdict on one question by a text behind the project's answers."""
    beside = {"deep.py": read_source(ROOT / "deep.py") + deep}
    text = f"{read_source(REFERENCE)}\n\n{textwrap.dedent(source)}"
    return Judge(TrustedAnswers(text, beside=beside), assignment, PROOF.right).verdict(
        n
    )


def alone(source, n):
    """Return the verdict on one question by a text that stands alone."""
    answers = TrustedAnswers(textwrap.dedent(source))
    return Judge(answers, ASSIGNMENT, PROOF.right).verdict(n)


# Right answers


@pytest.mark.parametrize("path", [REFERENCE, *VARIANTS], ids=lambda path: path.name)
def test_right_answers_in_any_style_are_right(path):
    assert PROOF.of_variant(path) == []
    answers = TrustedAnswers(read_source(path))
    numbers = [n for n in CODED if n in IN_VARIANTS or path == REFERENCE]
    found = PROOF.verdicts(answers, numbers, with_reference=False)
    assert PROOF.surprises({}, found) == []


def test_each_question_has_three_right_variants_at_least():
    assert len(IN_VARIANTS) >= 10
    for function in (f for n in IN_VARIANTS for f in QUESTIONS[n].functions):
        texts = set()
        for path in VARIANTS:
            tree = ast.parse(read_source(path))
            (found,) = [n for n in tree.body if getattr(n, "name", "") == function]
            texts.add(ast.unparse(found))
        assert len(texts) >= 3, function


def test_this_projects_answers_have_all_the_extras():
    verdicts, problems = judge.judge_file(REFERENCE)
    assert problems == []
    assert list(verdicts) == list(QUESTIONS)
    for n, verdict in verdicts.items():
        assert verdict.verdict == (RIGHT if n in CODED + BONUS else TO_BE_READ)
        assert verdict.hint is None
        assert not verdict.lacks, n


# Wrong answers


def test_there_are_mistakes_enough():
    for n in IN_VARIANTS:
        assert len(PROOF.mistakes(n)) >= 4


@pytest.mark.parametrize(("n", "name"), MISTAKES[::3])
def test_a_mistake_is_wrong_with_its_own_hint(n, name):
    """Some only: compiling sees that each is known by its own outcomes."""
    assert PROOF.of_mistake(n, name, [n]) == []


@pytest.mark.parametrize(("n", "name"), MISTAKES[::18])
def test_a_mistake_spoils_no_other_question(n, name):
    assert PROOF.of_mistake(n, name) == []
    answers = PROOF.with_mistake(n, name)
    assert PROOF.of_student(answers, n, WRONG) == []


@pytest.mark.parametrize("n", [20, 26])
def test_what_a_mistake_is_known_by_does_not_change(n):
    course, right = PROOF.course, PROOF.right
    for name, mistake in PROOF.mistakes(n).items():
        args = course, ASSIGNMENT, QUESTIONS[n], mistake, right, 1
        first, *others = [pack(compiling.outcomes_of(*args)) for _ in range(4)]
        assert others == [first] * 3, name


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_missing_function_spoils_no_other_question(function):
    assert PROOF.of_missing(function) == []
    n = ASSIGNMENT.question_of[function]
    assert PROOF.of_student(PROOF.without(function), n, NOT_ANSWERED) == []


@pytest.mark.parametrize(
    ("style", "function"),
    [("mixed", "relu"), ("helpers", "softmax"), ("loops", "eval_perfs")],
)
def test_nor_does_it_in_another_style(style, function):
    source = read_source(ROOT / "grading" / "variants" / f"{style}.py")
    tree = ast.parse(source)
    tree.body = [node for node in tree.body if getattr(node, "name", "") != function]
    found = PROOF.verdicts(TrustedAnswers(ast.unparse(tree)), IN_VARIANTS)
    expected = {ASSIGNMENT.question_of[function]: (NOT_ANSWERED,)}
    assert PROOF.surprises(expected, found) == []


def test_a_wrong_answer_waits_for_an_earlier_one_that_it_uses():
    source = read_source(REFERENCE).replace("a.max(axis=0)", "a.max()")
    source = source.replace("return e * (np", "return 2 * (np")
    answers = TrustedAnswers(source.replace("y / y.sum(axis=0)", "y"))
    judge = Judge(answers, ASSIGNMENT)
    assert judge.verdict(17).verdict == WAITS
    assert judge.verdict(17).hint == "first Question 7: this answer uses it"
    assert judge.verdict(16).verdict == RIGHT
    assert Judge(answers, ASSIGNMENT, PROOF.right).verdict(17).verdict == RIGHT


def test_what_is_wrong_whatever_an_earlier_answer_is_does_not_wait():
    source = read_source(REFERENCE).replace("y / y.sum(axis=0)", "y")
    source = source.replace("a1 = W1 @ x + b1", "a1 = x @ W1 + b1")
    verdict = Judge(TrustedAnswers(source), ASSIGNMENT).verdict(14)
    assert verdict.verdict == WRONG
    assert "`x` has shape (2, 1) and `W1` has shape (3, 2)" in verdict.hint


def test_of_two_wrong_functions_the_mistake_in_the_first_is_told():
    source = "def relu(a):\n    return max(0, a)\n"
    verdict = judged(f"{source}def relup(a, e):\n    return a * e", 12)
    assert verdict.hint == judged(source, 12).hint
    assert verdict.mistake is None


@pytest.mark.parametrize("n", [14, 17])
@pytest.mark.parametrize("product", ["({} @ {})", "{}.dot({})", "np.dot({}, {})"])
def test_arrays_in_wrong_places_are_told_however_the_product_is_written(n, product):
    (function,) = QUESTIONS[n].functions
    text = PROOF.course.texts[function]
    text = text.replace("W1, b1, W2, b2 = net", "W1, W2, b1, b2 = net")
    for pair in [("W1", "x"), ("W2", "h1")]:
        text = text.replace(" @ ".join(pair), product.format(*pair))
    assert "in the wrong places" in judged(text, n).hint


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("pass", "`relup` is still empty"),
        ("raise NotImplementedError('Question 12: write relup')", "write relup"),
    ],
)
def test_of_two_functions_both_are_told(body, said):
    verdict = alone(
        f"""
        import numpy as np
        def relu(a): return np.abs(a)
        def relup(a, e): {body}
        """,
        12,
    )
    assert verdict.verdict == NOT_ANSWERED
    assert verdict.hint.startswith(f"{said}; and `relu` takes the absolute value")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ([("W1 - gamma * gradW1", "W1"), ("b1 - gamma * gradb1", "b1"),
          ("W2 - gamma * gradW2", "W2"), ("b2 - gamma * gradb2", "b2")], "step a"),
        ([("W1 - gamma * gradW1", "W1"), ("b1 - gamma * gradb1", "b1"),
          ("W2 - gamma * gradW2", "W2")], "step b"),
        ([("W1 - gamma * gradW1", "W1"), ("b1 - gamma * gradb1", "b1")], "step c"),
        ([("W1 - gamma * gradW1", "W1")], "step e"),
    ],
)  # fmt: skip
def test_an_update_that_is_half_written_is_told_how_far_it_is(change, said):
    text = PROOF.course.texts["update_shallow"]
    for pair in change:
        text = text.replace(*pair)
    verdict = judged(text, 17)
    assert (verdict.verdict, verdict.label) == (WRONG, "on the way")
    assert said in verdict.hint


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("b1 - gamma * gradb1", "b1 - gamma * delta1",
         "b1 should have shape (5, 1), but has (5, 6): there is a column for each"),
        (", keepdims=True", "", "b1 should have shape (5, 1), but has (5, 5)"),
        ("delta2 @ h1.T", "delta2 * h1.T", "`*` is entry by entry"),
        ("delta1 @ x.T", "delta1 @ x", "`x` has shape (4, 6)"),
        ("delta1 @ x.T", "np.dot(delta1, x)",
         "`delta1` has shape (5, 6) and `x` has shape (4, 6), which do not fit in "
         "`np.dot(delta1, x)`: the inner sizes must agree, so transpose one of the "
         f"two; {ASSIGNMENT.note}"),
        ("delta2.sum(axis=1, keepdims=True)", "2 * delta2.sum(axis=1)",
         "b2 should have shape (10, 1), but has (10, 10): a column and a vector make"),
        ("W1 - gamma * gradW1", "2 * W1",
         "b1, W2 and b2 are right; W1: the entry"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_with_its_shape(old, new, said):
    verdict = judged(PROOF.course.texts["update_shallow"].replace(old, new), 17)
    assert verdict.verdict == WRONG
    assert said in verdict.hint or verdict.mistake == "update-no-keepdims"


HALF = """
def update_shallow(x, d, net, gamma=0.05):
    W1, b1, W2, b2 = net
    N = x.shape[1]
    a1 = W1 @ x + b1
    h1 = relu(a1)
    a2 = W2 @ h1 + b2
    y = softmax(a2)
    delta2 = {}
    return W1, b1, W2 - gamma * delta2 @ h1.T, b2 - gamma * {}
"""
SUMS = "delta2.sum(axis=1, keepdims=True)"


@pytest.mark.parametrize(
    ("delta2", "sums", "said"),
    [
        ("y - d", SUMS, "Only the division by the number of samples is missing"),
        ("d - y", SUMS, "Two things are wrong"),
        ("softmaxp(a2, y - d) / N", SUMS, "through a second time. After that"),
        ("softmaxp(a2, y - d)", SUMS, "And divide by the number of samples."),
        ("-d / y / N", SUMS, "it must pass through softmax first"),
        ("y - d / N", SUMS, "`d` alone is divided"),
        ("(y - d) / N", "delta2.sum(axis=1)", "The sum for b2 is a vector"),
    ],
)
def test_what_moves_in_an_update_that_is_half_written_is_diagnosed(delta2, sums, said):
    verdict = judged(HALF.format(delta2, sums), 17)
    assert (verdict.verdict, verdict.label) == (WRONG, "wrong")
    assert said in verdict.hint
    assert verdict.hint.endswith("go on: W1 and b1 have not moved yet.")
    assert verdict.mistake is None  # that may be worth points in a whole update


def test_a_sum_in_which_all_cancels_is_not_called_unwritten():
    verdict = judged(HALF.format("(y - d) / N", "delta2.sum()"), 17)
    assert verdict.label == "on the way"
    assert "y and d cancel" in verdict.hint


@pytest.mark.parametrize("still", [(2, 3), (1, 2, 3), (2,), (0, 3)])
def test_parts_that_are_right_while_others_stand_still_are_on_the_way(still):
    whole = PROOF.course.texts["update_shallow"].replace("def update", "def whole")
    again = f"""
def update_shallow(x, d, net, gamma=0.05):
    new = whole_shallow(x, d, net, gamma)
    return [net[k] if k in {still} else new[k] for k in range(4)]
"""
    verdict = judged(whole + again, 17)
    assert (verdict.verdict, verdict.label) == (WRONG, "on the way")
    assert "entry" not in verdict.hint


@pytest.mark.parametrize(
    ("relu", "label", "said"),
    [
        ("np.maximum(a, 0)", "on the way", "`relu` is right; now write relup"),
        ("np.abs(a)", NOT_ANSWERED, "write relup; and `relu` takes the absolute value"),
        ("a * a", NOT_ANSWERED, "write relup; and `relu([[1], [2], [-3]])`: expected"),
    ],
)
def test_of_two_functions_the_first_is_judged_while_the_second_is_a_stub(
    relu, label, said
):
    stub = 'raise NotImplementedError("Question 12: write relup")'
    source = f"import numpy as np\ndef relu(a): return {relu}\n"
    missing = alone(source, 12)
    assert missing.label == label
    assert "there is no `relup`" in missing.hint
    verdict = alone(f"{source}def relup(a, e): {stub}\n", 12)
    assert (verdict.verdict, verdict.label) == (NOT_ANSWERED, label)
    assert verdict.hint.startswith(said)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{raised}", "write softmax"),
        ("'A docstring.'; np.shape(a); {raised}", "write softmax"),
        ("y = np.exp(a); {raised}", "delete line 2 of answers.py, the `raise`"),
        ("{raised}; return np.exp(a)", "delete line 2 of answers.py, the `raise`"),
    ],
)
def test_code_beside_a_forgotten_raise_is_not_called_unwritten(body, said):
    raised = 'raise NotImplementedError("Question 7: write softmax")'
    verdict = alone(
        f"import numpy as np\ndef softmax(a): {body.format(raised=raised)}\n", 7
    )
    assert verdict.verdict == NOT_ANSWERED
    assert verdict.hint.startswith(said)


@pytest.mark.parametrize(
    ("one", "expected"), [("True", WRONG), ("1", RIGHT), ("1.0", RIGHT)]
)
def test_one_hot_columns_of_truth_values_are_told_to_be_no_numbers(one, expected):
    source = f"""
    def label2onehot(lbl):
        return (np.arange(lbl.max() + 1)[:, None] == lbl) * {one}
    """
    verdict = judged(source, 5)
    assert verdict.verdict == expected
    assert verdict.mistake == ("onehot-booleans" if expected == WRONG else None)


def test_what_an_earlier_answer_spoils_names_it():
    source = read_source(REFERENCE).replace("a - a.max(axis=0)", "a")
    student = Judge(TrustedAnswers(source), ASSIGNMENT)
    for n in (10, 17):
        assert student.verdict(n).verdict == RIGHT
        assert "may come from Question 7" in student.verdict(n).lacks[-1]
    # Where right answers take its place, nothing is spoiled.
    marker = Judge(TrustedAnswers(source), ASSIGNMENT, PROOF.right)
    assert not any("Question 7" in lack for lack in marker.verdict(17).lacks)


def test_a_notebook_tells_what_lies_beyond_the_question_in_a_sentence():
    source = "def relup(a, e):\n    return np.where(a < 0, 0, e)"
    page = Report([judged(source, 12)])._repr_html_()
    assert "</b>; extras 0 of 1. Beyond the question: your answer lets the" in page
    assert ".." not in page


@pytest.mark.parametrize("eps", ["1e-3", "1e-6", "1e-8", "1e-10"])
def test_a_finite_difference_is_no_backward_pass(eps):
    source = f"def softmaxp(a, e):\n    return (softmax(a + {eps} * e) - softmax(a))"
    assert judged(f"{source} / {eps}", 10).verdict == WRONG


@pytest.mark.parametrize(
    "body",
    [
        "np.where(d.T == 1)[1]",
        "np.arange(10) @ d",
        "np.argmax(d > 0.5, axis=0)",
        "[list(c).index(1) for c in d.T]",
        "np.array([np.flatnonzero(c == 1).item() for c in d.T])",
    ],
)
def test_labels_of_one_hot_columns_alone_are_wrong_and_worth_most(body):
    verdict = judged(f"def onehot2label(d):\n    return {body}", 6)
    assert verdict.verdict == WRONG
    assert "prediction" in verdict.hint
    assert PROOF.mistakes(6)[verdict.mistake].share == 0.8


@pytest.mark.parametrize(
    ("n", "source", "share"),
    [
        (4, "def normalize_MNIST_images(x):\n    return x / x.max() * 2 - 1", 0.8),
        (7, "def softmax(a):\n    return np.exp(a) / np.exp(a).sum(0)", 0.6),
        (7, "def softmax(a):\n    y = np.exp(np.longdouble(a))\n"
            "    return y / y.sum(0)", 0.6),
        (7, "def softmax(a):\n    y = np.exp(np.clip(a, -700, 700))\n"
            "    return y / y.sum(0)", 0.6),
        (12, "def relu(a):\n    a *= a > 0\n    return a", 0.8),
    ],
)  # fmt: skip
def test_an_answer_of_a_kind_that_is_nearly_right_is_worth_its_share(n, source, share):
    verdict = judged(source, n)
    assert verdict.verdict == WRONG
    assert PROOF.mistakes(n)[verdict.mistake].share == share


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("100 - e", "that of the right answers"),
        ("l, e / 100", "neither a fraction nor"),
        ("f'{t}: {e:.1f}'", "The loss is missing"),
        ("'step', t", "should print the loss"),
    ],
)
def test_a_training_that_prints_too_little_is_worth_most(printed, said):
    source = f"""
    def backprop_shallow(x, d, net, T, gamma=0.05):
        for t in range(T):
            net = update_shallow(x, d, net, gamma)
            y = forwardprop_shallow(x, net)
            l, e = eval_loss(y, d), eval_perfs(y, onehot2label(d))
            if t % 50 == 49:
                print({printed})
        return net
    """
    verdict = judged(source, 18)
    assert verdict.verdict == WRONG
    assert said in verdict.hint
    assert PROOF.mistakes(18)[verdict.mistake].share == 0.8


def test_no_hint_begins_with_a_name_that_a_sentence_would_make_large():
    hints_ = [m["hint"] for question in QUESTIONS.values() for m in question.mistakes]
    assert not [said for said in hints_ if re.match(r"[a-z]\w*\d", said)]


def test_that_a_sample_is_a_column_is_told_where_that_does_not_fit():
    text = PROOF.course.texts["forwardprop_shallow"]
    for change, noted in [("x @ W1", True), ("W1 @ x.T", True), ("W1.T @ x", False)]:
        verdict = judged(text.replace("W1 @ x", change), 14)
        assert f"do not fit in `{change}`" in verdict.hint
        assert (ASSIGNMENT.note in verdict.hint) == noted
    turned = PROOF.course.texts["softmax"].replace("y / y.sum(axis=0)", "y.T")
    assert ASSIGNMENT.note in judged(turned, 7).hint


def test_a_mistake_spelled_in_another_way_is_known():
    verdict = judged(
        """
        def softmax(a):
            e = np.exp(a - np.amax(a))
            return np.divide(e, np.sum(e, 0))
        """,
        7,
    )
    assert (verdict.verdict, verdict.mistake) == (WRONG, "softmax-max-over-all")


# What decides, and what does not


@pytest.mark.parametrize(
    ("n", "source"),
    [
        (5, "def label2onehot(lbl):\n    return 1 * (np.arange(10)[:, None] == lbl)"),
        (6, "def onehot2label(d):\n    return np.argmax(d, axis=0)[None]"),
        (6, "def onehot2label(d):\n    return [float(i) for i in np.argmax(d, 0)]"),
        (7, "def softmax(a):\n    a = a.astype('f4')\n    y = np.exp(a - a.max(0))\n"
            "    return y / y.sum(0)"),
        (12, "def relup(a, e):\n    return np.where(a >= 0, e, 0)"),
        (15, "def eval_loss(y, d):\n"
             "    return np.array(-np.mean(d * np.log(y + 1e-9)))"),
        (16, "def eval_perfs(y, lbl):\n    return 100 * np.mean(y.argmax(0) != lbl)"),
        (18, "def backprop_shallow(x, d, net, T, gamma=0.05):\n"
             "    for t in range(T):\n"
             "        y = forwardprop_shallow(x, net)\n"
             "        e = eval_perfs(y, onehot2label(d))\n"
             "        print(f'{t}: {eval_loss(y, d):.3} and {e:.0f} percent')\n"
             "        net = update_shallow(x, d, net, gamma)\n"
             "    return list(net)"),
        (18, "def backprop_shallow(x, d, net, T, gamma=0.05):\n"
             "    for t in range(T):\n"
             "        net = update_shallow(x, d, net, gamma)\n"
             "        if t % 1000 == 999:\n"
             "            y = forwardprop_shallow(x, net)\n"
             "            print(eval_loss(y, d), eval_perfs(y, onehot2label(d)))\n"
             "    return net"),
    ],
)  # fmt: skip
def test_what_the_question_does_not_ask_does_not_decide(n, source):
    verdict = judged(source, n)
    assert (verdict.verdict, verdict.hint) == (RIGHT, None)


def test_extras_are_told_apart():
    verdict = judged(
        """
        def label2onehot(lbl, num_classes=10):
            if np.min(lbl) < 0:
                raise ValueError("negative")
            d = np.zeros((num_classes, len(lbl)))
            d[lbl, np.arange(len(lbl))] = 1
            return d
        """,
        5,
    )
    assert verdict.verdict == RIGHT
    assert verdict.extras == [2, 5]
    assert verdict.extras_line == "extras 2 of 5"
    assert verdict.lacks[0].startswith("does not refuse a label of ")


MINIBATCH = """
def backprop_minibatch_shallow(x, d, net, T, B=100, gamma=0.05, *, rng=None):
    {}
    for _ in range(T):
        order = {}.permutation(x.shape[1])
        for i in range(0, x.shape[1], B):
            batch = order[i : i + B]
            net = update_shallow(x[:, batch], d[:, batch], net, gamma)
        y = forwardprop_shallow(x, net)
        print(eval_loss(y, d), eval_perfs(y, onehot2label(d)))
    return net
"""
ONE = "rng = np.random.default_rng(rng)"


@pytest.mark.parametrize(
    ("n", "source", "lack"),
    [
        (4, "def normalize_MNIST_images(x):\n"
            "    return np.linspace(-1, 1, 256)[x]", "changes the array"),
        (12, "def relu(a):\n    a = np.asarray(a)\n    return a * (a > 0)",
         "largest float"),
        (20, MINIBATCH.format(ONE, "rng"), "`rng`"),
        (20, MINIBATCH.format(ONE, "rng"), "prints more or fewer"),
    ],
)  # fmt: skip
def test_an_extra_that_is_there_is_not_called_missing(n, source, lack):
    verdict = judged(source, n)
    assert verdict.verdict == RIGHT
    assert lack not in "; ".join(verdict.lacks)


@pytest.mark.parametrize(
    ("n", "source", "lack"),
    [
        (15, "def eval_loss(y, d):\n"
             "    return -np.mean(np.nan_to_num(d * np.log(y)))", "is not infinite"),
        (20, MINIBATCH.format("", "np.random.default_rng(rng)"), "`rng`"),
        (20, MINIBATCH.format("rng = np.random.default_rng(rng or 0)", "rng"), "`rng`"),
        (20, MINIBATCH.format(ONE, "rng").replace("        y =", "            y =")
             .replace("        print", "            print"), "prints more or fewer"),
    ],
)  # fmt: skip
def test_an_extra_that_is_missing_is_told(n, source, lack):
    verdict = judged(source, n)
    assert verdict.verdict == RIGHT
    assert lack in "; ".join(verdict.lacks)


def test_what_an_earlier_function_of_the_question_lacks_is_told_first():
    backward = "def update_deep(x, d, net, gamma=0.05):\n    return [*net][::-1]\n"
    verdict = judged("", 26, deep=backward)
    assert "`update_deep(" in verdict.hint


def test_the_file_of_a_line_is_told_where_there_are_two():
    broken = "\n\ndef forwardprop_deep(x, net):\n    return x / 'a'\n"
    verdict = judged("", 26, deep=broken)
    assert re.search(r"\(deep\.py, line \d+\)$", verdict.hint)
    verdict = alone("def softmax(a): return a / 'a'", 7)
    assert verdict.hint.endswith(" (line 1)")


def test_of_what_is_printed_the_last_line_is_told():
    verdict = judged(
        """
        def backprop_shallow(x, d, net, T, gamma=0.05):
            for t in range(T):
                net = update_shallow(x, d, net, gamma)
                print("step", t, "loss", 7)
            return net
        """,
        18,
    )
    assert "(at the end: " in verdict.hint and "'step 19 loss 7'" in verdict.hint


def test_own_functions_that_only_fit_together_are_right_where_they_fit():
    source = """
    def eval_perfs(y, lbl):
        return np.mean(y.argmax(axis=0) != lbl)


    def backprop_shallow(x, d, net, T, gamma=0.05):
        for t in range(T):
            net = update_shallow(x, d, net, gamma)
            y = forwardprop_shallow(x, net)
            print(eval_loss(y, d), 100 * eval_perfs(y, onehot2label(d)))
        return net
    """
    assert judged(source, 18).verdict == RIGHT
    assert judged(source, 16).mistake == "perfs-fraction"


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


@pytest.mark.parametrize("n", [17, 20])
@pytest.mark.parametrize(
    ("delta2", "factor"),
    [
        ("(softmax(a2) - d) / N", "gamma"),
        ("gamma / N * (d - softmax(a2))", "-1"),
        ("softmaxp(a2, -d / softmax(a2) / N)", "gamma"),
        ("softmaxp(a2, d / softmax(a2))", "-gamma / N"),
    ],
)
@pytest.mark.parametrize(
    "delta1",
    ["relup(a1, W2.T @ delta2)", "relup(h1, 1) * (W2.T @ delta2)"],
)
def test_updates_in_any_form_are_right_beside_broken_ones(n, delta2, factor, delta1):
    update = f"""
    W1, b1, W2, b2 = net
    N = x.shape[1]
    a1 = W1 @ x + b1
    h1 = relu(a1)
    a2 = W2 @ h1 + b2
    delta2 = {delta2}
    delta1 = {delta1}
    net = (
        W1 - ({factor}) * delta1 @ x.T,
        b1 - ({factor}) * delta1.sum(axis=1, keepdims=True),
        W2 - ({factor}) * delta2 @ h1.T,
        b2 - ({factor}) * delta2.sum(axis=1, keepdims=True),
    )
"""
    head = "def update_shallow(x, d, net, gamma=0.05):"
    source = f"{head}{update}    return net\n"
    if n == 20:
        source = f"""
def backprop_minibatch_shallow(X, D, net, T, B=100, gamma=0.05):
  for _ in range(T):
    order = np.random.permutation(X.shape[1])
    for i in range(0, X.shape[1], B):
     x, d = X[:, order[i : i + B]], D[:, order[i : i + B]]
{textwrap.indent(update, " ")}
    y = forwardprop_shallow(X, net)
    loss = np.mean([eval_loss(y[:, [k]], D[:, [k]]) for k in range(len(y.T))])
    print(loss, eval_perfs(y, onehot2label(D)))
  return net
"""
    broken = "def relup(a, e):\n    raise NotImplementedError\n"
    broken += "def softmaxp(a, e):\n    raise NotImplementedError\n"
    for before in ("", BROKEN.partition("def update")[0] + broken):
        verdict = judged(f"{before}\n{source}", n)
        assert (verdict.verdict, verdict.hint) == (RIGHT, None)


def test_a_file_with_everything_that_python_allows_is_read():
    source = """
    from __future__ import annotations

    import functools
    import sys
    from collections import namedtuple
    from fractions import Fraction
    from typing import TYPE_CHECKING

    import numpy as np

    if TYPE_CHECKING:
        from numpy.typing import NDArray

    Net = namedtuple("Net", "W1 b1 W2 b2")


    def onehot2label(d: NDArray) -> NDArray:
        return np.argmax(d, axis=0)


    softmax = functools.partial(lambda a, b: np.exp(b - b.max(0)) / np.exp(b - b.max(0)).sum(0), 0)
    relu = np.frompyfunc(lambda v: max(v, 0), 1, 1)
    relup = np.frompyfunc(lambda v, w: w if v > 0 else 0, 2, 1)


    def eval_perfs(y, lbl):
        return Fraction(100 * int(np.sum(y.argmax(0) != lbl)), len(lbl))


    def log(*words, file=sys.stdout):
        print(*words, file=file)


    def update_shallow(x, d, net, gamma=0.05, step=None):
        return Net(*net)


    def backprop_shallow(x, d, net, T, gamma=0.05, update=update_shallow):
        for _ in range(T):
            net = Net(*update(x, d, net, gamma))
            y = forwardprop_shallow(x, net)
            log(eval_loss(y, d), eval_perfs(y, d.argmax(0)))
        return net
    """  # noqa: E501
    answers = TrustedAnswers(textwrap.dedent(source))
    assert answers.problems == []
    judge = Judge(answers, ASSIGNMENT, PROOF.right)
    found = {
        n: (judge.verdict(n).verdict, judge.verdict(n).hint) for n in [6, 7, 12, 16]
    }
    assert found == dict.fromkeys(found, (RIGHT, None))


@pytest.mark.parametrize(
    ("n", "source"),
    [
        (16, "def eval_perfs(y, lbl):\n"
             "    lbl = onehot2label(label2onehot(lbl))\n"
             "    return 100 * np.mean(onehot2label(y) != lbl)"),
        (17, "def update_shallow(x, d, net, gamma=0.05):\n"
             "    W1, b1, W2, b2 = [np.copy(part) for part in net]\n"
             "    a1 = W1 @ x + b1\n    h1 = relu(a1)\n    a2 = W2 @ h1 + b2\n"
             "    delta2 = softmaxp(a2, -d / softmax(a2))\n"
             "    delta1 = relup(a1, W2.T @ delta2)\n"
             "    for part, delta, h in [(W1, delta1, x), (W2, delta2, h1)]:\n"
             "        part -= gamma / x.shape[1] * delta @ h.T\n"
             "    for part, delta in [(b1, delta1), (b2, delta2)]:\n"
             "        part -= gamma / x.shape[1] * delta.sum(1)[:, None]\n"
             "    return [W1, b1, W2, b2]"),
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
    ],
)  # fmt: skip
def test_unusual_right_answers_are_right_beside_broken_ones(n, source):
    others = [
        ast.unparse(node)
        for node in ast.parse(BROKEN).body
        if node.name not in QUESTIONS[n].functions
    ]
    for before in ("", "\n".join(others)):
        verdict = judged(f"{before}\n\n{source}", n)
        assert (verdict.verdict, verdict.hint) == (RIGHT, None)


def test_an_answer_that_overwrites_is_told_so():
    verdict = judged(
        "def eval_loss(y, d):\n    y[:] = np.log(y)\n    return -np.mean(d * y)", 15
    )
    assert verdict.verdict == WRONG
    assert verdict.hint.startswith("`eval_loss` changes `y`, which it was given: ")


def test_a_missing_return_is_not_a_missing_answer():
    verdict = judged("def relu(a):\n    b = np.maximum(a, 0)", 12)
    assert (verdict.verdict, "`return`" in verdict.hint) == (WRONG, True)
    for body in ["pass", "...", '"""Not yet."""', "raise NotImplementedError"]:
        assert judged(f"def relu(a):\n    {body}", 12).verdict == NOT_ANSWERED


def test_stubs_below_do_not_make_an_answer_unanswered():
    stub = "def relu(a):\n    raise NotImplementedError('Question 12: write relu')\n"
    assert judged(stub, 14).verdict == RIGHT
    verdict = judged(stub, 12)
    said = "`relup` is right; now write relu"
    assert (verdict.verdict, verdict.hint) == (NOT_ANSWERED, said)


def test_what_needs_a_missing_function_where_nobody_knows_it_waits_for_it():
    stub = "def relu(a):\n    raise NotImplementedError('Question 12: write relu')\n"
    elsewhere = PROOF.wrong(14, "forward-no-b1")["forwardprop_shallow"]
    verdict = judged(stub + elsewhere, 14)
    assert (verdict.verdict, verdict.mistake) == (WRONG, "forward-no-b1")
    answers = TrustedAnswers(f"{read_source(REFERENCE)}\n\n{stub}")
    verdict = Judge(answers, ASSIGNMENT).verdict(14)
    assert verdict.hint == "first Question 12: this answer uses it"


def test_a_name_that_is_bound_anew_is_not_empty():
    source = "def relu(a):\n    'Question 12'\nrelu = lambda a: np.maximum(a, 0)\n"
    assert judged(source, 12).verdict == RIGHT


def test_steps_that_grow_shorter_within_an_epoch_are_seen():
    source = """
    def backprop_minibatch_shallow(x, d, net, T, B=100, gamma=0.05):
        N = x.shape[1]
        for _ in range(T):
            order = np.random.permutation(N)
            for i in range(0, N, B):
                batch = order[i : i + B]
                net = update_shallow(x[:, batch], d[:, batch], net, gamma / (i + 1))
            y = forwardprop_shallow(x, net)
            print(eval_loss(y, d), eval_perfs(y, onehot2label(d)))
        return net
    """
    assert "updates with gamma = 0.3, 0.02308" in judged(source, 20).hint


@pytest.mark.parametrize("gap", [1e-4, -1e-4])
def test_a_small_error_is_an_error(gap):
    source = read_source(REFERENCE).replace(
        "gamma = float(gamma)", f"gamma = {1 + gap} * gamma"
    )
    assert alone(source, 17).verdict == WRONG


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("    for t in range(T):\n        order = np.argsort(np.random.rand(N))\n",
         "    order = np.argsort(np.random.rand(N))\n    for t in range(T):\n",
         "has the same order in the second epoch as in the first"),
        ("np.argsort(np.random.rand(N))", "np.arange(N)",
         "as if the samples were taken in the order in which"),
        ("n = xb.shape[1]", "n = B", "W2: the entry"),
        ("ds = d[:, order]", "ds = d", "W2: the entry"),
        ("n = xb.shape[1]\n",
         "n = xb.shape[1]\n            if k and n < B:\n                break\n",
         "what no order of the samples leads to"),
        ("np.argsort(np.random.rand(N))", "np.random.randint(0, N, N)", "W2: the"),
    ],
)  # fmt: skip
def test_mistakes_with_minibatches_by_those_who_call_nothing(old, new, hint):
    source = read_source(ROOT / "grading" / "variants" / "alone.py")
    before, name, after = source.partition("def backprop_minibatch_shallow")
    assert old in after
    verdict = alone(before + name + after.replace(old, new), 20)
    assert verdict.verdict == WRONG
    assert hint in verdict.hint


@pytest.mark.parametrize(
    "order",
    [
        "np.roll(np.arange(N), rng.integers(N))",
        "np.r_[rng.permutation(N // 2), N // 2 + rng.permutation(N - N // 2)]",
        "np.arange(N)[:: rng.choice([-1, 1])]",
    ],
)
def test_an_order_that_is_random_and_no_shuffle_is_wrong_every_time(order):
    text = PROOF.course.texts["backprop_minibatch_shallow"]
    assert "rng.permutation(N)" in text
    alone = read_source(ROOT / "grading" / "variants" / "alone.py")
    shuffle = "np.argsort(np.random.rand(N))"
    assert shuffle in alone
    alone = alone.replace(shuffle, order.replace("rng", "np.random.default_rng()"))
    for source in [text.replace("rng.permutation(N)", order), alone] * 2:
        verdict = judged(source, 20)
        assert verdict.verdict == WRONG
        assert "does not shuffle all the samples" in verdict.hint


@pytest.mark.parametrize("seed", ["7", "int(time.time())"])
def test_a_seed_of_ones_own_is_right(seed):
    source = PROOF.course.texts["backprop_minibatch_shallow"]
    own = source.replace("default_rng(rng)", f"default_rng({seed})")
    assert judged(f"import time\n\n{own}", 20).verdict == RIGHT


def test_minibatches_that_chance_brings_are_right_every_time():
    for _ in range(6):
        verdict = judged("", 20)
        assert verdict.verdict == RIGHT, verdict.hint


# The compiled questions


@pytest.fixture(scope="module")
def other_seed(tmp_path_factory):
    """Compile with another seed, and read it again."""
    path = tmp_path_factory.mktemp("data") / "secret.json.gz"
    save(compiling.compile_course(PROOF.course, 2232724543), path)
    return load(path)


def test_another_seed_gives_the_same_verdicts(other_seed):
    proof = Proof(PROOF.course, other_seed)
    for n, name in MISTAKES[::10]:
        assert proof.of_mistake(n, name, [n]) == [], name
    # Answers of their own: the reference asks itself, and that takes half a minute.
    assert proof.surprises({}, proof.verdicts(proof.course.right())) == []


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


def test_no_answer_can_be_read_from_the_judge():
    """Of what is handed out, no line is one of an answer, and no text names one."""
    handed_out = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "checks").rglob("*.py")
    )
    lines = {re.sub(r"\s", "", line) for line in handed_out.splitlines()}
    for path in [REFERENCE, *VARIANTS]:
        for node in ast.parse(read_source(path)).body:
            if getattr(node, "name", "") in FUNCTIONS:
                for part in ast.walk(node):
                    if isinstance(part, ast.Assign | ast.Return | ast.AugAssign):
                        text = re.sub(r"\s", "", ast.unparse(part))
                        assert text not in lines or len(text) < 12, text


# The worker


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(runner, "SECONDS", 1)
    monkeypatch.setattr(runner, "IMPORT", 1)


def own_process(source, numbers, path="shallow.py"):
    answers = Answers(textwrap.dedent(source), path)
    judge = Judge(answers, ASSIGNMENT, PROOF.right)
    return {v.number: v for v in judge.verdicts(numbers)}, answers.problems


def test_the_verdicts_are_the_same_in_a_process_of_its_own():
    for n in CODED:
        name = next(iter(PROOF.mistakes(n)))
        (text,) = PROOF.wrong(n, name).values()
        verdicts, _ = own_process(f"{read_source(REFERENCE)}\n\n{text}", [n])
        assert verdicts[n].mistake == name


def test_an_answer_that_does_not_end_is_stopped(quick):
    source = "import numpy as np\ndef relu(a):\n    while True: pass\n"
    source += "def relup(a, e): return e * (a > 0)\n"
    source += "def onehot2label(d): return d.argmax(axis=0)\n"
    verdicts, _ = own_process(source, [6, 12])
    assert verdicts[6].verdict == RIGHT
    assert verdicts[12].verdict == WRONG
    assert "did not end within 1 second" in verdicts[12].hint


def test_of_extras_that_were_not_tried_nothing_is_said(quick):
    source = "import numpy as np\ndef softmax(a):\n    while a.ndim == 1: pass\n"
    source += "    y = np.exp(a - a.max(axis=0))\n    return y / y.sum(axis=0)\n"
    verdicts, _ = own_process(source, [7])
    assert verdicts[7].verdict == RIGHT
    assert verdicts[7].extras_line == "extras 0 of 1"
    assert verdicts[7].lacks == ["was stopped before all of these were tried"]


def test_what_sleeps_is_stopped_and_a_busy_machine_is_no_fault(monkeypatch):
    monkeypatch.setattr(runner, "ASLEEP", 1)
    source = "import time\ndef onehot2label(d): time.sleep(100)\n"
    verdicts, _ = own_process(source, [6])
    assert (verdicts[6].verdict, "waits for something" in verdicts[6].hint) == (
        WRONG,
        True,
    )
    monkeypatch.setattr(runner, "PATIENCE", 1)
    monkeypatch.setattr(runner, "usage", lambda session: (0.0, True))  # no time for it
    verdicts, _ = own_process("def onehot2label(d):\n    while True: pass\n", [6])
    assert verdicts[6].verdict == judge.NOT_JUDGED
    assert "too busy" in verdicts[6].hint


def test_where_no_process_can_be_started_nothing_is_judged(monkeypatch):
    monkeypatch.setattr(runner.sys, "executable", "/bin/false")
    verdicts, _ = own_process("def onehot2label(d): return d\n", [6, 12])
    assert {v.verdict for v in verdicts.values()} == {judge.NOT_JUDGED}


def test_a_students_own_module_and_a_progress_bar_are_imported():
    answers = Answers(
        "from helpers import *\nfrom tqdm.auto import tqdm\nimport tqdm as other\n"
        "def onehot2label(d):\n"
        "    return [largest(c) for c in other.tqdm(tqdm(d.T, desc='x'))]\n",
        beside={"helpers.py": "def largest(c):\n    return c.argmax()\n"},
    )
    assert Judge(answers, ASSIGNMENT).verdict(6).verdict == RIGHT
    assert answers.problems == []


def test_what_is_too_large_to_be_sent_is_told_so():
    source = "import numpy as np\ndef onehot2label(d): return np.ones(2**22)\n"
    verdicts, _ = own_process(source, [6])
    assert "an object of type ndarray (too large)" in verdicts[6].hint


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory")
def test_an_answer_that_takes_too_much_memory_is_stopped():
    source = "import numpy as np\ndef onehot2label(d): return np.ones(2**29).cumsum()\n"
    verdicts, _ = own_process(source, [6])
    assert verdicts[6].verdict == WRONG
    assert "more than 2 GB of memory" in verdicts[6].hint


def test_an_answer_that_ends_python_is_wrong():
    source = "import os\ndef onehot2label(d): os._exit(0)\n"
    source += "def softmax(a): raise SystemExit\n"
    verdicts, _ = own_process(source, [6, 7])
    assert "it ended Python" in verdicts[6].hint
    assert "SystemExit" in verdicts[7].hint


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("import no_such_module", "line 3: ModuleNotFoundError: No module named"),
        ("1 / 0", "line 3: ZeroDivisionError: division by zero"),
        ("print 'Python 2'", "line 3: SyntaxError: Missing parentheses"),
        ("def half(a:\n    return a", "line 3: SyntaxError: "),
        ("x = '''", "line 3: SyntaxError: unterminated triple-quoted string"),
        ("raise SystemExit", "line 3: SystemExit"),
    ],
)
def test_a_file_that_cannot_be_imported_is_told_and_judged_where_possible(
    line, problem
):
    source = "import numpy as np\ndef onehot2label(d): return d.argmax(axis=0)\n"
    source += f"{line}\n\n\ndef relu(a):\n    return np.maximum(a, 0)\n"
    source += "\n\ndef relup(a, e):\n    return e * (a > 0)\n"
    verdicts, problems = own_process(source, [6, 12])
    assert problems[0].startswith(f"shallow.py, {problem}")
    assert verdicts[6].verdict == RIGHT
    if "'''" not in line:  # which swallows the rest
        assert verdicts[12].verdict == RIGHT


def test_a_file_that_does_not_end_is_told_and_judged(quick):
    source = "import numpy as np\nwhile True: pass\n"
    source += "def onehot2label(d): return d.argmax(axis=0)\n"
    verdicts, problems = own_process(source, [6])
    assert "did not end within 1 second" in problems[0]
    assert verdicts[6].verdict == RIGHT


def test_what_an_answer_prints_or_writes_does_no_harm():
    source = """
    import os, sys
    import numpy as np


    def onehot2label(d):
        print("{}\\n" * 1000)
        os.write(1, b'{"value": 1}')
        sys.__stdout__.write("right")
        sys.stderr.write("right")
        return d.argmax(axis=0)
    """
    verdicts, _ = own_process(source, [6])
    assert verdicts[6].verdict == RIGHT


@pytest.mark.parametrize(
    "value",
    ["'text'", "None", "{}", "object()", "[[1, 2], [3]]", "(1, 'a')", "1e999",
     "10**5000", "lambda: 0", "np.array([None])", "np.ones(3, complex)",
     "np.full((3, 3), np.nan)"],
)  # fmt: skip
@pytest.mark.parametrize("n", [6, 15, 17])
def test_whatever_is_returned_has_a_verdict(n, value):
    (function,) = QUESTIONS[n].functions
    verdict = judged(f"def {function}(*args):\n    return {value}", n)
    assert verdict.verdict == WRONG
    assert verdict.hint and len(verdict.hint) < 250


REPLY = {"value": None, "error": None, "printed": "", "changed": [], "peak": None}


@pytest.mark.parametrize(
    "changes",
    [
        {"value": 5},
        {"value": {"array": "AAAA", "dtype": "|O8", "shape": [1], "columns": False}},
        {"value": {"array": "AAAA", "dtype": "<f8", "shape": [1e999], "columns": 1}},
        {"value": {"number": 10**30}},
        {"error": "no"},
        {"error": {"type": "ValueError"}},
        {"changed": [[]]},
        {"changed": [[float("inf")]]},
        {"changed": 5},
    ],
)
def test_a_reply_that_the_worker_did_not_write_is_no_answer(changes):
    assert Outcome.of(REPLY).error is None
    outcome = Outcome.of(REPLY | changes)
    assert outcome.error["type"] == "Stopped"
    assert "it sent no proper reply" in outcome.error["reason"]


@pytest.mark.parametrize("in_a_cell", [True, False])
def test_a_name_from_code_that_is_not_run_here_is_told_so(in_a_cell, tmp_path):
    size = "len(np.unique(ltrain))"
    rows = "K" if in_a_cell else size
    cells = [
        "import numpy as np\nimport MNISTtools\nxtrain, ltrain = MNISTtools.load()",
        f"K = {size}" if in_a_cell else "",
        f"def label2onehot(lbl):\n    return np.eye({rows})[:, lbl]",
    ]
    path = tmp_path / "mine.ipynb"
    code = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=code), path)
    verdicts, problems = judge.judge_file(path, [5])
    said = "`ltrain` is not there: what makes it is not run here"
    assert said in verdicts[5].hint
    assert [said in problem for problem in problems] == [True] * in_a_cell


def test_a_loop_on_minibatches_that_does_not_end_is_told_to_be_one(monkeypatch):
    monkeypatch.setattr(runner, "LONGEST", 2**23)
    source = PROOF.course.texts["backprop_minibatch_shallow"]
    endless = source.replace("for start in range(0, N, B)", "while start := 1")
    assert endless != source
    answers = Answers(f"{read_source(REFERENCE)}\n\n{endless}")
    hint = Judge(answers, ASSIGNMENT, PROOF.right).verdict(20).hint
    assert "times: does a loop never end?" in hint


def test_a_process_that_sends_too_much_is_stopped(monkeypatch):
    monkeypatch.setattr(runner, "LONGEST", 5000)
    with Answers("def relu(a):\n    return [a] * 900\n").open() as process:
        assert "returned more than" in process.call("relu", 1.0).error["reason"]


def test_a_long_exponent_is_a_number_like_another():
    assert not told("1e" + "9" * 5000, [0.5])
    assert told("it is 5.0e-1", [0.5])


# How one meets it


def run(*arguments, cwd=ROOT):
    return python("-m", "checks", *arguments, cwd=cwd)


def test_the_command_prints_a_line_for_each_question_or_json():
    done = run()
    assert (done.returncode, done.stderr) == (0, "")
    numbers = re.findall(r"^([ \d]\d)  \w", done.stdout, re.M)
    assert list(map(int, numbers)) == list(QUESTIONS)
    count = f"{len(CODED)} of {len(CODED)}"
    assert done.stdout.endswith(f"{count} questions that ask for code are right.\n")
    questions = json.loads(run("--json", 7, 8).stdout)["questions"]
    assert list(questions) == ["7", "8"]
    said = {"verdict": "right", "extras": [1, 1], "lacks": [], "parts": []}
    assert questions["7"] == said | {"hint": None, "mistake": None}
    assert questions["8"]["verdict"] == "to be read"


def test_the_exit_status_is_that_of_the_questions_asked_for(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("import numpy as np\ndef softmax(a): return np.exp(a)\n")
    assert run(7, "--answers", path).returncode == 1
    assert run(6, "--answers", path).returncode == 1  # not answered
    assert run(8, 11, "--answers", path).returncode == 0  # to be read
    assert run(7).returncode == 0
    for wrong in [
        (max(QUESTIONS) + 1,),
        ("seven",),
        ("--answers", tmp_path / "none.py"),
        ("--colour",),
        ("--json", "--watch"),
        (7, "--watch"),
        ("--watch", "--answers", tmp_path / "none.py"),
    ]:
        done = run(*wrong)
        assert done.returncode == 2
        assert done.stderr.startswith("usage: python -m checks")
    done = run(7, "--data", path)
    assert (done.returncode, "is no file of compiled questions" in done.stderr) == (
        2,
        True,
    )


def test_a_cell_judges_what_is_saved_now(tmp_path, monkeypatch):
    path = tmp_path / "shallow.py"
    monkeypatch.setattr(checks, "ROOT", tmp_path)
    path.write_text("import numpy as np\ndef softmax(a): return np.exp(a)\n")
    report = checks.check(7)
    assert "Question 7 (softmax): <b style=" in report._repr_html_()
    assert ">wrong</b>. You have the exponentials" not in report._repr_html_()
    assert "but column 0 sums to 55." in " ".join(repr(report).split())
    path.write_text(read_source(REFERENCE))
    assert ">right</b>; extras 1 of 1" in checks.check(7)._repr_html_()
    assert repr(checks.check(7)).startswith(" 7  softmax ")
    assert repr(checks.check()).endswith(
        f"{len(CODED)} of {len(CODED)} questions that ask for code are right."
    )
    with pytest.raises(ValueError, match="no question 99"):
        checks.check(99)
    path.unlink()
    with pytest.raises(FileNotFoundError, match="cannot read .*shallow.py"):
        checks.check(7)


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
        new.write_text(source.replace("return np.maximum(a, 0)", "return abs(a)"))
        new.replace(path)  # as editors do
        until(watching, "12  ReLU")
        path.write_text(source)  # while the other questions are being judged
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


def test_a_hint_goes_one_step_further_each_time(tmp_path, monkeypatch):
    monkeypatch.setattr(hints, "SEEN", tmp_path / "build" / "hints.json")
    question = QUESTIONS[7].__class__(7, "softmax", steps=("one", "two"))
    assert "hint 1 of 2" in repr(hints.next_step(question))
    for _ in range(2):  # asked again, it stays there
        assert repr(hints.next_step(question)).endswith("That was the last one.")
    hints.SEEN.write_text("broken")
    assert "hint 1 of 2" in hints.next_step(question)._repr_html_()
    with pytest.raises(ValueError, match="no question 99"):
        checks.hint(99)


def test_titles_are_those_of_the_notebooks():
    titles = {}
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            for n, title in re.findall(
                r"^### Question (\d+): (.+)$", cell.source, re.M
            ):
                titles[int(n)] = title
    assert titles == {n: question.title for n, question in QUESTIONS.items()}


@pytest.mark.parametrize(("eps", "verdict"), [("1e-12", RIGHT), ("1e-2", WRONG)])
def test_a_printed_loss_may_be_kept_from_infinity(other_seed, eps, verdict):
    source = f"""
    def backprop_shallow(x, d, net, T, gamma=0.05):
        for t in range(T):
            net = update_shallow(x, d, net, gamma)
            y = forwardprop_shallow(x, net)
            loss = -np.sum(d * np.log(y + {eps})) / d.size
            print(repr(float(loss)), 100 * np.mean(y.argmax(0) != d.argmax(0)))
        return net
    """
    found = judged(source, 18, other_seed)
    assert found.verdict == verdict, found.hint
