"""Question 14: forward propagation."""

import numpy as np

from checks.asking import Case
from course.inputs import XOR, names, problem
from course.mistakes import WAY, forward, mixed_up

functions = ("forwardprop_shallow",)
points = 5


def cases(rng, right):
    def case(N, *sizes):
        x, _, net = problem(rng, N, *sizes)
        says = "{} inputs, {} hidden units, {} classes and {} sample{}"
        says = says.format(*sizes, N, "s" * (N > 1))
        return Case("forwardprop_shallow", (x, net), says, parts=names(net))

    return [case(6, 4, 5, 10), case(1, 2, 3, 10), case(10, 10, 10, 10)]


def facts(right):
    return {"one": float(right.forwardprop_shallow(np.ones((2, 1)), XOR)[1, 0])}


waypoints = WAY
mistakes = forward("forward")
mistakes += """
The activation function of your hidden layer is the sigmoid function, and not ReLU.
    forward-sigmoid-for-relu: relu(a1) -> 1 / (1 + np.exp(-a1))

The activation function of your hidden layer is the hyperbolic tangent, and not ReLU.
    forward-tanh-for-relu: relu(a1) -> np.tanh(a1)

The activation function of your hidden layer is a leaky one, which keeps a small part of
what is negative, and not ReLU.
    forward-leaky-for-relu: relu(a1) -> np.maximum(a1, 0.01 * a1)
    forward-leakier-for-relu: relu(a1) -> np.maximum(a1, 0.1 * a1)

The activation function of your output layer is the sigmoid function: the columns do not
sum to 1. In the hidden layer it stands in the place of ReLU. Predictions of several
classes need softmax.
    forward-sigmoid-for-softmax-and-relu:
        softmax(a2) -> 1 / (1 + np.exp(-a2))
        relu(a1) -> 1 / (1 + np.exp(-a1))

You return the most probable class. The question asks for the probabilities of all
classes.
    forward-labels: softmax(a2) -> np.argmax(a2, axis=0)

It only works for one size of network. Question 22 changes the number of hidden units:
take all sizes from the arrays that you are given.
    forward-sizes-as-numbers:
        h1 = relu(a1) -> h1 = np.zeros((64, x.shape[1])); h1[:] = relu(a1)
"""
mistakes += mixed_up("forward")

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
