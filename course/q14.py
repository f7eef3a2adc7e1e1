"""Question 14: forward propagation."""

import numpy as np

from checks.asking import Case, Mistake
from course.inputs import XOR, mixed_up, names, problem

functions = ("forwardprop_shallow",)
points = 5


def cases(rng, right):
    def case(N, *sizes):
        x, _, net = problem(rng, N, *sizes)
        says = "{} inputs, {} hidden units, {} classes and {} sample{}"
        says = says.format(*sizes, N, "s" * (N > 1))
        return Case("forwardprop_shallow", (x, net), says, parts=names(net))

    return [case(1, 2, 3, 10), case(6, 4, 5, 10), case(10, 10, 10, 10)]


def facts(right):
    return {"one": float(right.forwardprop_shallow(np.ones((2, 1)), XOR)[1, 0])}


extras = []

LEAKY = "a leaky one, which keeps a small part of what is negative"
mistakes = [
    Mistake(
        "forward-no-b1",
        "The biases of the hidden layer are missing.",
        (" + b1", ""),
    ),
    Mistake(
        "forward-no-b2",
        "The biases of the output layer are missing.",
        (" + b2", ""),
    ),
    Mistake(
        "forward-no-biases",
        "The biases are missing, in both layers.",
        (" + b1", ""),
        (" + b2", ""),
    ),
    Mistake(
        "forward-no-relu",
        "The hidden layer has no activation function, or its result is not "
        "used. Without it, two layers can do no more than a single one.",
        ("relu(a1)", "a1"),
    ),
    Mistake(
        "forward-no-softmax",
        "You return the scores of the output layer. Predictions are probabilities.",
        ("softmax(a2)", "a2"),
    ),
    Mistake(
        "forward-relu-for-softmax",
        "The output layer has the activation function of the hidden layer. "
        "Predictions are probabilities: every column sums to 1.",
        ("softmax(a2)", "relu(a2)"),
    ),
    Mistake(
        "forward-relu-twice",
        "There is a ReLU too many: it cuts off the negative scores before they "
        "become probabilities.",
        ("softmax(a2)", "softmax(relu(a2))"),
    ),
    Mistake(
        "forward-softmax-for-relu",
        "The hidden layer has the activation function of the output layer.",
        ("relu(a1)", "softmax(a1)"),
    ),
    *(
        Mistake(
            f"forward-{name}-for-relu",
            f"The activation function of your hidden layer is {what}, and not ReLU.",
            ("relu(a1)", value),
        )
        for name, what, value in [
            ("sigmoid", "the sigmoid function", "1 / (1 + np.exp(-a1))"),
            ("tanh", "the hyperbolic tangent", "np.tanh(a1)"),
            ("leaky", LEAKY, "np.maximum(a1, 0.01 * a1)"),
            ("leakier", LEAKY, "np.maximum(a1, 0.1 * a1)"),
        ]
    ),
    *(
        Mistake(
            f"forward-sigmoid-for-softmax{more}",
            "The activation function of your output layer is the sigmoid function: the "
            f"columns do not sum to 1. {rest}Predictions of several classes need "
            "softmax.",
            ("softmax(a2)", "1 / (1 + np.exp(-a2))"),
            *changes,
        )
        for more, rest, changes in [
            ("", "", []),
            (
                "-and-relu",
                "In the hidden layer it stands in the place of ReLU. ",
                [("relu(a1)", "1 / (1 + np.exp(-a1))")],
            ),
        ]
    ),
    Mistake(
        "forward-bias-behind-relu",
        "You add the biases of the hidden layer after its activation function. "
        "They belong before it.",
        ("x + b1", "x"),
        ("relu(a1)", "relu(a1) + b1"),
    ),
    *mixed_up("forward"),
    Mistake(
        "forward-labels",
        "You return the most probable class. The question asks for the "
        "probabilities of all classes.",
        ("softmax(a2)", "np.argmax(a2, axis=0)"),
    ),
    Mistake(
        "forward-transposed",
        "Your predictions have one row per sample. In this assignment a sample "
        "is a column.",
        ("softmax(a2)", "softmax(a2).T"),
    ),
    Mistake(
        "forward-sizes-as-numbers",
        "It only works for one size of network. Question 22 changes the number "
        "of hidden units: take all sizes from the arrays that you are given.",
        (
            "    h1 = relu(a1)",
            "    h1 = np.zeros((64, x.shape[1]))\n    h1[:] = relu(a1)",
        ),
    ),
]

earned = "You have a whole network: an image goes in, and ten probabilities come out."
steps = """
Notebook 3 begins with four formulas. Send one image through the XOR network below by
hand: for x = (1, 1), what are `a1`, `h1` and `a2`?

Write the shapes below each other. `W1` is (64, 784) and `x` is (784, N); which product
of the two has the shape (64, N)? In NumPy the matrix product is `@`, while `*` goes
entry by entry. A bias of shape (64, 1) is added to all N columns by broadcasting.

`net` is a tuple of four arrays, and Python lets you give names to all four in one
assignment. After that, translate the formulas one by one, a line for each, in the order
in which they stand.

You have written both activation functions in notebook 2. Which one comes after the
first layer, and which one after the second? Check the result: each column should sum to
1, and for the column x = (1, 1) the XOR network should give class 1 the probability
{one:.4f}.
"""
