"""Question 17: one step of gradient descent."""

import itertools

import numpy as np

from checks.asking import Case, Extra, Mistake
from course import OVERWRITES, training
from course.inputs import XOR, mixed_up, names, problem

functions = ("update_shallow",)
points, reading = 5, 4  # the derivation


def cases(rng, right):
    def case(problem, *gamma):
        x, d, net = problem
        says = "{} inputs, {} hidden units, 10 classes and {} sample{}"
        says = says.format(*net[0].shape[::-1], x.shape[1], "s" * (x.shape[1] > 1))
        return Case("update_shallow", (x, d, net, *gamma), says, parts=names(net))

    middle = problem(rng, 6, 4, 5, 10)
    return [
        case(middle, 0.2),
        case(middle),
        case(problem(rng, 1, 2, 3, 10), 1.0),
        case(problem(rng, 10, 10, 10, 10), 0.2),
        case(problem(rng, 5, 3, 4, 10), 1000.0),  # even a step of 1/60000 is seen
    ]


# A network of two inputs, two hidden units and two classes, whose softmax saturates.
HUGE = tuple(
    1e4 * np.array(part)
    for part in (
        [[0.5, -0.25], [1.0, 0.75]],
        [[0.1], [-0.2]],
        [[0.3, -0.6], [0.2, 0.9]],
        [[0.0], [0.1]],
    )
)


def facts(right):
    x, d = np.ones((2, 1)), np.array([[1.0], [0.0]])
    yes, no = right.forwardprop_shallow(x, XOR)[:, 0]
    new = right.update_shallow(x, d, XOR, 1.0)
    return {"yes": float(yes), "no": float(no), "first": float((XOR[2] - new[2])[0, 0])}


extras = [
    Extra(
        "gives nan where a probability is 0 (softmax saturates)",
        "finite",
        "update_shallow",
        (
            np.array([[0.5, -1.0, 0.25], [1.0, 0.5, -0.75]]),
            np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]]),
            HUGE,
        ),
    ),
]

CANCEL = (
    "If you have written the line of b2, look at its sum: each score needs a sum of "
    "its own, while over all entries of `delta2`, y and d cancel."
)
SECOND_TIME = (
    "`y - d` has already passed through softmax (that is the simplification). You "
    "passed it through a second time."
)
AT_THE_SCORES = (
    "You used the gradient with respect to the predictions as if it were the one with "
    "respect to the scores: it must pass through softmax first."
)
LAST = "b2 - gamma * gradb2"
SIGMOID = "1 / (1 + np.exp(-a{}))"
LEAKY = "a leaky one, which keeps a small part of what is negative"
WITH = (
    "Together with the gradient of {}, that is step b. Then go on with step c, what "
    "reaches the hidden units. No variable holds that yet."
)
ALL = (
    "Together with the gradient of {}, that is the last of the four gradients. Then "
    "take the step, and return the new network."
)
WHOLE = "is right but for the division by the number of samples. With that,"
waypoints = {
    # What is right on the way, and is no step of its own.
    "x, d, W1, b1, W2, b2, a1, h1, a2, a1 > 0": "",
    "d / y, -d / y, -d / y / x.shape[1], -d": "",
    "y": "is right: the way forward is done. Begin with step a, the error signal of "
    "the scores. No variable holds that yet.",
    "y - d": f"{WHOLE} step a is done.",
    "delta2": "is right: step a is done. Go on with step b, the gradients of W2 and "
    "b2. No variable holds these yet.",
    "x.shape[1] * gradb2": f"{WHOLE} it is the gradient of b2.",
    "gradb2, gamma * gradb2, b2 - gamma * gradb2": f"is right. {WITH.format('W2')}",
    "x.shape[1] * gradW2": f"{WHOLE} it is the gradient of W2.",
    "gradW2, gamma * gradW2, W2 - gamma * gradW2": f"is right. {WITH.format('b2')}",
    "W2.T @ (y - d)": f"{WHOLE} step c is done.",
    "W2.T @ delta2": "is right: step c is done. Go on with step d, what of it passes "
    "back through ReLU. No variable holds that yet.",
    "x.shape[1] * delta1": f"{WHOLE} steps c and d are done.",
    "delta1": "is right: steps c and d are done. Go on with step e, the gradients of "
    "W1 and b1. No variable holds these yet.",
    "x.shape[1] * gradb1": f"{WHOLE} it is the gradient of b1.",
    "gradb1, gamma * gradb1, b1 - gamma * gradb1": f"is right. {ALL.format('W1')}",
    "x.shape[1] * gradW1": f"{WHOLE} it is the gradient of W1.",
    "gradW1, gamma * gradW1, W1 - gamma * gradW1": f"is right. {ALL.format('b1')}",
}
mistakes = [
    Mistake(
        "update-gamma-whole",
        "Only the division by the number of samples is missing, so your step is too "
        "long. The gradient is that of the mean loss: divide `delta2` in step a, and "
        "all that follows is divided, too.",
        (" / x.shape[1]", ""),
    ),
    Mistake(
        "update-gamma-divided-twice",
        "Your step is too short by the number of samples: you divide by it "
        "twice. Step a is the place for it. Is it also in a gradient, or in the step?",
        ("/ x.shape[1]", "/ x.shape[1] ** 2"),
    ),
    Mistake(
        "update-hidden-divided-twice",
        "`delta2` is divided by the number of samples, and `delta1` is computed from "
        "it, so that it is divided already. You divide a second time in the hidden "
        "layer.",
        ("W2.T @ delta2", "W2.T @ delta2 / x.shape[1]"),
    ),
    Mistake(
        "update-W1-divided-twice",
        "`delta2` is divided by the number of samples, and `delta1` is computed from "
        "it, so that it is divided already. You divide a second time in the gradient "
        "of W1.",
        ("delta1 @ x.T", "delta1 @ x.T / x.shape[1]"),
    ),
    Mistake(
        "update-output-divided-twice",
        "In the output layer you divide by the number of samples twice. In the hidden "
        "layer you do so once.",
        ("gradW2 = delta2 ", "gradW2 = delta2 / x.shape[1] "),
        ("gradb2 = delta2.sum", "gradb2 = (delta2 / x.shape[1]).sum"),
    ),
    Mistake(
        "update-divides-d-alone",
        "In your error signal `d` alone is divided by the number of samples, since `/` "
        "comes before `-`. The whole difference should be divided.",
        ("(y - d) / x.shape[1]", "y - d / x.shape[1]"),
    ),
    Mistake(
        "update-divided-by-inputs",
        "You divided by the number of rows of `x`, that is of inputs. The samples are "
        "its columns.",
        ("x.shape[1]", "len(x)"),
    ),
    Mistake(
        "update-divided-by-classes",
        "You divided by the number of entries of `d`, as `eval_loss` does, which "
        "averages over the classes, too. Here the loss is averaged over the samples "
        "alone.",
        ("x.shape[1]", "d.size"),
        relies_on=(("eval_loss", "/ d.size"),),
    ),
    Mistake(
        "update-divided-by-all-entries",
        "You divided by the number of all entries of `x`. Divide by the number of "
        "samples, which are its columns.",
        ("x.shape[1]", "x.size"),
    ),
    Mistake(
        "update-divided-by-60000",
        "You divided by 60,000, whatever `x` holds. Divide by the number of samples "
        "that `x` has: in Question 20, it will be a minibatch.",
        ("x.shape[1]", "60000"),
    ),
    *(
        Mistake(
            f"update-no-gamma{more}",
            f"Your step is the whole gradient: `gamma` does not appear in it. {rest}",
            ("gamma * ", ""),
            *changes,
        )
        for more, rest, changes in [
            ("", "How far to go is what `gamma` says.", []),
            (
                "-whole",
                "And divide by the number of samples.",
                [(" / x.shape[1]", "")],
            ),
        ]
    ),
    *(
        Mistake(
            f"update-slope-of-sigmoid{more}",
            "You multiply `y - d` by y (1 - y), the slope of the sigmoid function, as "
            "one does with squared errors. With softmax and the loss of Question 15, "
            f"what you derived is simpler.{rest}",
            ("(y - d) / x.shape[1]", f"(y - d) * y * (1 - y){divided}"),
        )
        for more, rest, divided in [
            ("", "", " / x.shape[1]"),
            ("-whole", " And divide by the number of samples.", ""),
        ]
    ),
    *mixed_up("update"),
    *(
        Mistake(
            f"update-returned-{name}",
            "You return the four arrays in another order. It should be that of `net`: "
            "`W1`, `b1`, `W2`, `b2`, layer by layer.",
            ("    return (", "    W1, b1, W2, b2 = ("),
            (f"{LAST},\n    )", f"{LAST},\n    )\n    return {order}"),
        )
        for name, order in [
            ("weights-first", "W1, W2, b1, b2"),
            ("last-layer-first", "W2, b2, W1, b1"),
            ("biases-first", "b1, W1, b2, W2"),
        ]
    ),
    Mistake(
        "update-gamma-ignored",
        "The step does not depend on the `gamma` that the function is given.",
        ("float(gamma)", "0.05"),
    ),
    Mistake(
        "update-up",
        "You step up the slope and not down: look at the signs, of the error signal "
        "`delta2` and of the step.",
        ("- gamma", "+ gamma"),
    ),
    Mistake(
        "update-up-and-whole",
        "Two things are wrong. You step up the slope and not down: look at the signs, "
        "of `delta2` and of the step. And you do not divide by the number of samples.",
        ("(y - d) / x.shape[1]", "d - y"),
    ),
    Mistake(
        "update-hidden-up",
        "W1 and b1 move up the slope. Their step needs the same sign as that of W2 and "
        "b2.",
        ("W1 - gamma", "W1 + gamma"),
        ("b1 - gamma", "b1 + gamma"),
    ),
    Mistake(
        "update-output-up",
        "W2 and b2 move up the slope. Their step needs the same sign as that of W1 and "
        "b1.",
        ("W2 - gamma", "W2 + gamma"),
        ("b2 - gamma", "b2 + gamma"),
    ),
    Mistake(
        "update-new-W2",
        "The error signal of the hidden units is computed with the W2 that you have "
        "just changed. The gradient belongs to the old one.",
        ("    delta1 = relup", "    W2 = W2 - gamma * gradW2\n    delta1 = relup"),
        ("        W2 - gamma * gradW2,", "        W2,"),
    ),
    *(
        Mistake(
            f"update-no-keepdims-in-{b}",
            f"The sum for {b} is a vector, and a column minus a vector is a square "
            "matrix. The biases should stay columns.",
            (f"{delta}.sum(axis=1, keepdims=True)", f"{delta}.sum(axis=1)"),
        )
        for b, delta in [("b1", "delta1"), ("b2", "delta2")]
    ),
    Mistake(
        "update-no-keepdims",
        "A sum over the columns is a vector, and a column minus a vector is a "
        "square matrix. The biases should stay columns.",
        (", keepdims=True", ""),
    ),
    Mistake(
        "update-b1-over-all",
        "All entries of b1 move by the same amount: your sum runs over the whole "
        "matrix. Each unit has a sum of its own.",
        ("delta1.sum(axis=1, keepdims=True)", "delta1.sum()"),
    ),
    Mistake(
        "update-biases-over-all",
        "Your sums for the biases run over the whole matrix, where y and d cancel in "
        "b2. Each unit has a sum of its own.",
        ("axis=1, keepdims=True", ""),
    ),
    Mistake(
        "update-biases-divided-twice",
        "For the biases you took the mean over the samples, although `delta2` is "
        "divided by their number already. Add up.",
        (".sum(", ".mean("),
    ),
    Mistake(
        "update-biases-forgotten",
        f"The weights are right, but the biases are what they were. {CANCEL}",
        ("b1 - gamma * gradb1", "b1"),
        ("b2 - gamma * gradb2", "b2"),
        partway=True,
    ),
    Mistake(
        "update-b2-forgotten",
        f"W1, b1 and W2 are right, but b2 is what it was. {CANCEL}",
        ("b2 - gamma * gradb2", "b2"),
        partway=True,
    ),
    Mistake(
        "update-output-forgotten",
        "W1 and b1 are right, so `delta2` and `delta1` are. W2 and b2 have not moved "
        f"yet (step b). {CANCEL}",
        ("W2 - gamma * gradW2", "W2"),
        ("b2 - gamma * gradb2", "b2"),
        partway=True,
    ),
    Mistake(
        "update-entry-by-entry",
        "In the gradient of W2 you multiply entry by entry, with `*`. It adds up over "
        "the samples, and that takes the matrix product `@` and one of the two factors "
        "transposed.",
        ("delta2 @ h1.T", "delta2 * h1"),
    ),
    Mistake(
        "update-entry-by-entry-in-W1",
        "In the gradient of W1 you multiply entry by entry, with `*`. It adds up over "
        "the samples, and that takes the matrix product `@` and one of the two factors "
        "transposed.",
        ("delta1 @ x.T", "delta1 * x"),
    ),
    Mistake(
        "update-hidden-forgotten",
        "W2 and b2 are right: steps a and b are done. W1 and b1 have not moved "
        "yet: go on with step c, the error signal of the hidden units.",
        ("W1 - gamma * gradW1", "W1"),
        ("b1 - gamma * gradb1", "b1"),
        partway=True,
    ),
    Mistake(
        "update-no-relup",
        "`delta2` is right. The error signal passes into the hidden layer as if that "
        "had no activation function: where ReLU is flat, nothing should pass.",
        ("relup(a1, W2.T @ delta2)", "W2.T @ delta2"),
    ),
    Mistake(
        "update-relu-for-relup",
        "`delta2` is right. For the hidden layer you applied ReLU to the error signal; "
        "what decides is where `a1` is positive.",
        ("relup(a1, W2.T @ delta2)", "relu(W2.T @ delta2)"),
    ),
    *(
        Mistake(
            f"update-relup-turned-round{more}",
            "`delta2` is right. You gave `relup` its two arguments the other way "
            "round: `a1` decides, and the error signal is what is let through.",
            ("relup(a1, W2.T @ delta2)", f"relup(W2.T @ delta2, a1){divided}"),
        )
        for more, divided in [("", ""), ("-and-divided", " / x.shape[1]")]
    ),
    Mistake(
        "update-relu-for-slope",
        "`delta2` is right. In the hidden layer you multiply the error signal by ReLU "
        "itself. It should be multiplied by ReLU's slope, as your function of Question "
        "12 does.",
        ("relup(a1, W2.T @ delta2)", "relu(a1) * (W2.T @ delta2)"),
    ),
    Mistake(
        "update-scores-for-slope",
        "`delta2` is right. In the hidden layer you multiply the error signal by `a1`. "
        "It should be multiplied by ReLU's slope there, as your function of Question "
        "12 does.",
        ("relup(a1, W2.T @ delta2)", "a1 * (W2.T @ delta2)"),
    ),
    Mistake(
        "update-relup-at-a2",
        "`delta2` is right. You send it back through ReLU at `a2`, where there is "
        "none. ReLU comes after `a1`: first take the error signal back through W2.",
        ("relup(a1, W2.T @ delta2)", "W2.T @ relup(a2, delta2)"),
    ),
    Mistake(
        "update-loss-for-gradient",
        "You sent the loss itself back through the network. What goes back is "
        "its gradient with respect to the predictions, which the question asks "
        "you to derive first.",
        ("(y - d) /", "softmaxp(a2, -d * np.log(y)) /"),
    ),
    Mistake(
        "update-difference-through-softmax",
        SECOND_TIME,
        ("(y - d) /", "softmaxp(a2, y - d) /"),
    ),
    Mistake(
        "update-difference-through-softmax-whole",
        f"{SECOND_TIME} And divide by the number of samples.",
        ("(y - d) / x.shape[1]", "softmaxp(a2, y - d)"),
    ),
    Mistake(
        "update-quotient-not-through-softmax",
        AT_THE_SCORES,
        ("(y - d) /", "(-d / y) /"),
    ),
    Mistake(
        "update-quotient-not-through-softmax-whole",
        f"{AT_THE_SCORES} And divide by the number of samples.",
        ("(y - d) / x.shape[1]", "-d / y"),
    ),
    Mistake(
        "update-scores-for-hidden",
        "The gradient of W2 has `a1` in it where the hidden units themselves, "
        "`h1`, belong.",
        ("h1.T", "a1.T"),
    ),
    Mistake(
        "update-returns-gradients",
        "You return the gradients. The question asks for the new network.",
        ("W1 - gamma * gradW1", "gradW1"),
        ("b1 - gamma * gradb1", "gradb1"),
        ("W2 - gamma * gradW2", "gradW2"),
        ("b2 - gamma * gradb2", "gradb2"),
    ),
    *(
        Mistake(
            f"update-returns-steps-{name}",
            "Your new arrays are the steps alone. Each should be the old array minus "
            "its step.",
            *((f"{a} - gamma", f"{sign}gamma") for a in ("W1", "b1", "W2", "b2")),
        )
        for name, sign in [("up", ""), ("down", "-")]
    ),
    Mistake(
        "update-returns-sums",
        "You return the gradients. The question asks for the new network.",
        (" / x.shape[1]", ""),
        ("W1 - gamma * gradW1", "gradW1"),
        ("b1 - gamma * gradb1", "gradb1"),
        ("W2 - gamma * gradW2", "gradW2"),
        ("b2 - gamma * gradb2", "gradb2"),
    ),
    *(
        Mistake(
            f"update-overwrites-{'-'.join(arrays)}",
            "You change the arrays of the network that you were given (`W1 -= ...` and "
            "`W1[:] = ...` do that), and so the caller's network. Make new arrays.",
            *((f"        {a} - gamma * grad{a},", f"        {a},") for a in arrays),
            *(
                ("    return (", f"    {a} -= gamma * grad{a}\n    return (")
                for a in arrays
            ),
            share=OVERWRITES,
        )
        for count in range(1, 5)
        for arrays in itertools.combinations(["W1", "b1", "W2", "b2"], count)
    ),
    Mistake(
        "update-no-return",
        "Your function computes a new network and does not return it.",
        ("    return (", "    net = ("),
    ),
    Mistake(
        "update-nothing-yet",
        "The network comes back as it was. Begin with step a, the error signal "
        f"`delta2` of the scores; b2 is the first that can move with it. {CANCEL}",
        update_shallow="return net",
        partway=True,
    ),
    Mistake(
        "update-b2-only",
        "Your b2 is right, so `delta2` is: step a is done. Go on with step b, the "
        "gradient of W2.",
        ("W1 - gamma * gradW1", "W1"),
        ("b1 - gamma * gradb1", "b1"),
        ("W2 - gamma * gradW2", "W2"),
        partway=True,
    ),
    Mistake(
        "update-W2-only",
        f"W2 is right, so `delta2` is. b2 is what it was (step b). {CANCEL}",
        ("W1 - gamma * gradW1", "W1"),
        ("b1 - gamma * gradb1", "b1"),
        ("b2 - gamma * gradb2", "b2"),
        partway=True,
    ),
    Mistake(
        "update-b1-but-not-W1",
        "W2, b2 and b1 are right, so `delta1` is: steps a to d are done. What is left "
        "is the gradient of W1 (step e).",
        ("W1 - gamma * gradW1", "W1"),
        partway=True,
    ),
    Mistake(
        "update-W1-but-not-b1",
        "W2, b2 and W1 are right, so `delta1` is. What is left is b1 (step e).",
        ("b1 - gamma * gradb1", "b1"),
        partway=True,
    ),
    Mistake(
        "update-scores-for-relup-of-y",
        "You took the backward pass of softmax at the probabilities `y`. It is taken "
        "at the scores, `a2`.",
        ("(y - d) /", "softmaxp(y, -d / y) /"),
    ),
    *(
        Mistake(
            f"update-{name}-for-relu",
            f"The activation function of your hidden layer is {what}, and not ReLU.",
            ("relu(a1)", value),
            ("relup(a1, W2.T @ delta2)", f"({slope}) * (W2.T @ delta2)"),
        )
        for name, what, value, slope in [
            ("sigmoid", "the sigmoid function", SIGMOID.format(1), "h1 * (1 - h1)"),
            ("tanh", "the hyperbolic tangent", "np.tanh(a1)", "1 - h1**2"),
            ("leaky", LEAKY, "np.maximum(a1, 0.01 * a1)", "np.where(a1 > 0, 1, 0.01)"),
            ("leakier", LEAKY, "np.maximum(a1, 0.1 * a1)", "np.where(a1 > 0, 1, 0.1)"),
        ]
    ),
    Mistake(
        "update-sigmoid-for-softmax",
        "The activation function of your output layer is the sigmoid function. "
        "Predictions of several classes need softmax.",
        ("softmax(a2)", SIGMOID.format(2)),
    ),
    Mistake(
        "update-sigmoids",
        "The activation function of both your layers is the sigmoid function. It "
        "should be ReLU in the hidden layer and softmax at the end.",
        ("softmax(a2)", SIGMOID.format(2)),
        ("relu(a1)", SIGMOID.format(1)),
        ("relup(a1, W2.T @ delta2)", "h1 * (1 - h1) * (W2.T @ delta2)"),
    ),
    *training.signatures(
        "update", "net, gamma=0.05", "net, gamma", "net, *, gamma=0.05"
    ),
    Mistake(
        "update-no-relu-forward",
        "On the way forward ReLU is missing: the hidden units are `a1` as they come.",
        ("h1 = relu(a1)", "h1 = a1"),
    ),
]

earned = (
    "This is backpropagation, the heart of the assignment. From here on your network "
    "can learn."
)
steps = """
Begin with the graph of the XOR network. The prediction there is ({no:.3f}, {yes:.3f}),
and d is (0, 1). The gradients at a2 are {no:.3f} and -{no:.3f}. How do you get these
two from the prediction and d? If you can explain each gradient in the graph by the ones
to its right, you have the way back through the network. Run `check(17)` after each of
the steps a to e: it tells how far your variables have come.

Step a. In the loss -sum_i d_i log y_i, how many terms contain a given y_i? Find the
derivative with respect to it. These derivatives are the upstream gradient of softmax,
so put them in the place of e in the formula of Question 10b, where g(a) is now y. What
cancels, and what do the entries of d add up to? Then take N samples: with which factor
does the loss of one of them count in the mean? With that factor in `delta2`, all that
follows has it, too. (N is the second entry of the shape of `x`.)

Step b. Which scores contain the entry W2_ij? So its gradient is a product of two
numbers, one with the index i and one with the index j. For N samples these products are
added up, and that is what a matrix product does. The shapes say which factor to
transpose: (10, N) and (64, N) should give (10, 64).

Step b, the bias. It is the weight of an input that is always 1, so only the errors are
added up, over the samples. The result needs the shape (10, 1): look up the arguments
`axis` and `keepdims` of `sum`.

Steps c and d. The hidden unit h1_j reaches all the scores, through column j of W2. So
its gradient adds up, over all scores i, the error of the score times the weight that
leads there. Which product does that, so that (10, 64) and (10, N) give (64, N)? Use the
old weights. Leave what passes through ReLU to your function of Question 12: which array
decides, and which one is let through?

Step e. Compare the two layers: what goes into each, and what comes out? Which array now
plays the part that `delta2` had in step b, and which one that of `h1`? The division by
the number of samples was in step a. Does it have to be done again?

The whole function, in order: the four lines of Question 14, where all of `a1`, `h1`,
`a2` and `y` are kept; the steps a to e; and last four new arrays, each the old one
minus `gamma` times its gradient. Do not use `-=`, which would change the network of the
caller. Then try one step with `gamma` = 1 on the XOR network, as the cell below your
code does: old minus new is the gradient, and for the first entry of `W2` it should be
{first:.3f}.
"""
