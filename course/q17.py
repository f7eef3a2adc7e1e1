"""Question 17: one step of gradient descent."""

import numpy as np

from checks.asking import Case, Extra, Mistake
from course.inputs import XOR, names, problem

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

mistakes = [
    Mistake(
        "update-gamma-whole",
        "Your step is too long by the number of samples: the gradient is that "
        "of the mean loss, so something must be divided by it.",
        (" / x.shape[1]", ""),
    ),
    Mistake(
        "update-gamma-divided-twice",
        "Your step is too short by the number of samples: you divide by it "
        "twice. Is it in gamma, and also in the errors or the gradients?",
        ("/ x.shape[1]", "/ x.shape[1] ** 2"),
    ),
    Mistake(
        "update-divided-by-inputs",
        "You divided gamma by the number of rows of `x`, that is of inputs. The "
        "samples are its columns.",
        ("x.shape[1]", "len(x)"),
    ),
    Mistake(
        "update-divided-by-classes",
        "You descend the loss as `eval_loss` averages it, over the classes too. "
        "This question divides gamma by the number of samples alone.",
        ("x.shape[1]", "d.size"),
        relies_on=(("eval_loss", "/ d.size"),),
    ),
    Mistake(
        "update-gamma-ignored",
        "The step does not depend on the `gamma` that the function is given.",
        ("float(gamma)", "0.05"),
    ),
    Mistake(
        "update-up",
        "You step up the slope and not down: look at the signs, of the error "
        "and of the step.",
        ("- gamma", "+ gamma"),
    ),
    Mistake(
        "update-new-W2",
        "W2 and b2 are right. W1 and b1 are computed with the W2 that you have "
        "just changed; the gradient belongs to the old one.",
        ("    delta1 = relup", "    W2 = W2 - gamma * gradW2\n    delta1 = relup"),
        ("        W2 - gamma * gradW2,", "        W2,"),
    ),
    Mistake(
        "update-no-keepdims",
        "A sum over the columns is a vector, and a column minus a vector is a "
        "square matrix. The biases should stay columns.",
        (", keepdims=True", ""),
    ),
    Mistake(
        "update-biases-over-all",
        "All biases of a layer move by the same amount: the sum runs over the "
        "whole matrix. Each unit has a sum of its own.",
        ("axis=1, keepdims=True", ""),
    ),
    Mistake(
        "update-biases-divided-twice",
        "The weights are right. For the biases you took the mean over the "
        "samples *and* divided gamma by their number.",
        (".sum(", ".mean("),
    ),
    Mistake(
        "update-biases-forgotten",
        "The weights are right, but the biases stay what they were.",
        ("b1 - gamma * gradb1", "b1"),
        ("b2 - gamma * gradb2", "b2"),
    ),
    Mistake(
        "update-hidden-forgotten",
        "W2 and b2 are right: steps a and b are done. W1 and b1 have not moved "
        "yet: go on with step c, the error of the hidden units.",
        ("W1 - gamma * gradW1", "W1"),
        ("b1 - gamma * gradb1", "b1"),
        partway=True,
    ),
    Mistake(
        "update-no-relup",
        "The output layer is right. The error passes into the hidden layer as "
        "if that had no activation function: where ReLU is flat, nothing should "
        "pass.",
        ("relup(a1, W2.T @ delta2)", "W2.T @ delta2"),
    ),
    Mistake(
        "update-relu-for-relup",
        "The output layer is right. For the hidden layer you applied ReLU to "
        "the error; what decides is where `a1` is positive.",
        ("relup(a1, W2.T @ delta2)", "relu(W2.T @ delta2)"),
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
        "`y - d` has already passed through softmax (that is the "
        "simplification). You passed it through a second time.",
        ("(y - d) /", "softmaxp(a2, y - d) /"),
    ),
    Mistake(
        "update-quotient-not-through-softmax",
        "You used the gradient with respect to the predictions as if it were "
        "the one with respect to the scores: it must pass through softmax "
        "first.",
        ("(y - d) /", "(-d / y) /"),
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
    Mistake(
        "update-returns-sums",
        "You return the gradients. The question asks for the new network.",
        (" / x.shape[1]", ""),
        ("W1 - gamma * gradW1", "gradW1"),
        ("b1 - gamma * gradb1", "gradb1"),
        ("W2 - gamma * gradW2", "gradW2"),
        ("b2 - gamma * gradb2", "gradb2"),
    ),
    Mistake(
        "update-overwrites",
        "You change the arrays of the network that you were given (`W1 -= ...` "
        "and `W1[:] = ...` do that), and so the caller's network. Make new "
        "arrays.",
        (
            "    return (",
            "    W1 -= gamma * gradW1\n    b1 -= gamma * gradb1\n"
            "    W2 -= gamma * gradW2\n    b2 -= gamma * gradb2\n"
            "    return (",
        ),
        ("        W1 - gamma * gradW1,", "        W1,"),
        ("        b1 - gamma * gradb1,", "        b1,"),
        ("        W2 - gamma * gradW2,", "        W2,"),
        ("        b2 - gamma * gradb2,", "        b2,"),
    ),
    Mistake(
        "update-no-return",
        "Your function computes a new network and does not return it.",
        ("    return (", "    net = ("),
    ),
    Mistake(
        "update-nothing-yet",
        "The network comes back as it was. Begin with step a, the error `delta2` of "
        "the scores; b2 is the first that can move with it.",
        update_shallow="return net",
        partway=True,
    ),
    Mistake(
        "update-b2-only",
        "b2 is right, so `delta2` is: step a is done. Go on with step b, the gradient "
        "of W2.",
        ("W1 - gamma * gradW1", "W1"),
        ("b1 - gamma * gradb1", "b1"),
        ("W2 - gamma * gradW2", "W2"),
        partway=True,
    ),
    Mistake(
        "update-W2-only",
        "W2 is right, so `delta2` is; b2 has not moved yet (step b).",
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
        "You passed the error through softmax at the probabilities `y`. Its derivative "
        "is taken at the scores, `a2`.",
        ("(y - d) /", "softmaxp(y, -d / y) /"),
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
Begin with the graph of the XOR network. The prediction there is ({yes:.3f}, {no:.3f}),
and d is (1, 0). Below a2 stand -{no:.3f} and {no:.3f}. How do you get these two from
the prediction and d? If you can explain each derivative in the graph by the ones to its
right, you have all five steps.

Step a. In the loss -sum_i d_i log y_i, how many terms contain a given y_i? Find the
derivative with respect to it. These derivatives are the upstream gradient of softmax,
so put them in the place of e in the formula of Question 10b, where g(a) is now y. Two
things become simple: y_i times d_i / y_i, and the sum of all the d_i.

Step b. Which scores contain the entry W2_ij? So its gradient is a product of two
numbers, one with the index i and one with the index j. For N samples these products are
added up, and that is what a matrix product does. The shapes say which factor to
transpose: (10, N) and (64, N) should give (10, 64).

Step b, the bias. It is the weight of an input that is always 1, so only the errors are
added up, over the samples. The result needs the shape (10, 1): look up the arguments
`axis` and `keepdims` of `sum`. You can now test: return the new `W2` and `b2` with the
old `W1` and `b1`, and run `check(17)`.

Steps c and d. The hidden unit h1_j reaches all the scores, through column j of W2. So
its gradient adds up, over all scores i, the error of the score times the weight that
leads there. Which product does that, so that (10, 64) and (10, N) give (64, N)? Use the
old weights. What then passes ReLU, you can leave to your function of Question 12: which
array decides, and which one is let through?

Step e. The first layer is like the second: compare what goes into it and what comes
out. So its two gradients are those of step b with other names. For the mean over the
samples, divide by their number, the second entry of the shape of `x`. If you divide the
error at the scores, everything after it is divided, too.

The whole function, in order: the four lines of Question 14, where all of `a1`, `h1`,
`a2` and `y` are kept; the steps a to e; and last four new arrays, each the old one
minus `gamma` times its gradient. Do not use `-=`, which would change the network of the
caller. Then try one step with `gamma` = 1 on the XOR network, as the cell below your
code does: old minus new is the gradient, and for the first entry of `W2` it should be
{first:.3f}.
"""
