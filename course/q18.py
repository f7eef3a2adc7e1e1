"""Question 18: gradient descent on the whole training set."""

import numpy as np

from checks.asking import Case, Mistake
from course import training
from course.inputs import ERRORS, names, path, printed, trainable

functions = ("backprop_shallow",)
points = 5


def cases(rng, right):
    # Any schedule will do that shows both within twenty steps, also before an update.
    # By chance, no percentage of errors is that of the right answers, that of the
    # entries of `d`, or the number of a step.
    while True:
        x, d, net = trainable(rng, right, 7, 3, 2.0, rises=True)
        nets = path(right, x, d, net, 20, 0.05)[1:]
        shown = printed(right, x, d, nets)
        said = [right.forwardprop_shallow(x, net).argmax(axis=0) for net in nets]
        of_entries = [100 * np.mean(lbl != d) for lbl in said]
        accuracies = [100 - error for error in shown[ERRORS]]
        others = np.round([*of_entries, *accuracies], 6)
        is_told_apart = not np.isin(others, np.round(shown[ERRORS], 6)).any()
        if is_told_apart and all(20.5 < error < 79.5 for error in shown[ERRORS]):
            break

    def case(T, says, *gamma, **more):
        args = x, d, net, T, *gamma
        return Case("backprop_shallow", args, says, parts=names(net), **more)

    seen = {"prints": shown, "instead": accuracies}
    return [
        case(3, "7 samples, T = 3 and gamma = 2", 2.0),
        case(20, "T = 20 and gamma = 0.05", 0.05, **seen),
        case(20, "T = 20, gamma left out", **seen),
        case(1, "T = 1 and gamma = 0.3", 0.3),
    ]


extras = training.loop_extras("backprop_shallow")

NO_ERRORS = (
    "It trains as it should and prints the loss. The percentage of errors is missing: "
    "of the wrong answers (no fraction), on all of `x`, with at least two digits. If "
    "you do print one: `eval_perfs` needs labels, such as 3, and `d` has one-hot "
    "columns."
)
mistakes = [
    Mistake(
        "backprop-a-step-short",
        "There is one step too few: asked are T of them.",
        ("range(1, T + 1)", "range(1, T)"),
    ),
    Mistake(
        "backprop-a-step-more",
        "There is one step too many: asked are T of them.",
        ("range(1, T + 1)", "range(T + 1)"),
    ),
    Mistake(
        "backprop-first-step",
        training.ONE_STEP,
        ("    return net", "        return net"),
    ),
    *training.wrong_gamma("backprop", "the number of samples", "x.shape[1]"),
    *training.signatures("backprop", "T, gamma=0.05", "T, gamma", "T, *, gamma=0.05"),
    training.from_the_start("backprop"),
    Mistake(
        "backprop-update-dropped",
        "The network never changes: what the update returns is not kept.",
        ("net = update", "update"),
    ),
    Mistake(
        "backprop-returns-the-start",
        "You return the network that you were given, and not the trained one.",
        ("lbl = ", "new, lbl = net, "),
        ("net = update_shallow(x, d, net", "new = update_shallow(x, d, new"),
        ("(x, net)\n        loss", "(x, new)\n        loss"),
    ),
    training.no_return("backprop"),
    training.silent("backprop", "as it goes, at least once within twenty steps"),
    Mistake(
        "backprop-no-errors",
        NO_ERRORS,
        (", errors {errors:5.2f} %", ""),
    ),
    Mistake(
        "backprop-accuracy",
        "It trains as it should and prints the loss. But the percentage that it prints "
        "is that of the right answers: the question asks for that of the wrong ones.",
        ("eval_perfs(y, lbl)", "100 - eval_perfs(y, lbl)"),
    ),
    Mistake("backprop-errors-of-one-hot", NO_ERRORS, ("(y, lbl)", "(y, d)")),
    Mistake(
        "backprop-no-loss",
        "It trains as it should and prints the errors. The loss is missing: "
        "that of Question 15, on all of `x`, with at least two digits.",
        ("loss {loss:.4f}, ", ""),
    ),
]

earned = "Your network learns. The next questions make it learn faster."
steps = """
How would you take two steps by hand, in two lines of a cell, with `update_shallow`?
What does the second step start from?

It is a loop that runs T times. In every round the network that `update_shallow` returns
takes the place of the one before, so give it the name with which the next round begins.
Do not forget to pass `gamma` on.

To show how it goes, predict with `forwardprop_shallow` on all of `x`, and give the
prediction to `eval_loss` and `eval_perfs`. The second of these wants labels, but you
have only `d`. Which of your functions turns it back? Once, before the loop, is enough.

An f-string prints names and values in one line and can round them: look up its format
specification. Does `return` stand after the loop, and not inside it? With T = 1 you
should get the network that a single `update_shallow` returns.

When you describe the training, say more than "it goes down". Between which steps does
the loss fall, where does it rise, and by how much? How far had it come after 20 steps,
and how far after 100?
"""
