"""Question 17: one step of gradient descent."""

import itertools

import numpy as np

from checks.asking import Case, Extra
from course.inputs import XOR, names, problem
from course.mistakes import WAY, forward, mixed_up, signatures
from course.training import NET, D, X

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
        (X, D, tuple(1e4 * array for array in NET)),
    )
]

WITH = (
    "Together with the gradient of {}, that is step b. Then go on with step c, what "
    "reaches the hidden units. No variable holds that yet."
)
ALL = (
    "Together with the gradient of {}, that is the last of the four gradients. Take a "
    "step with each of the four, and return the four new arrays."
)
WHOLE = "is right but for the division by the number of samples. With that,"
waypoints = {
    # What is right on the way, and is no step of its own.
    "d": "",
    **WAY,
    "d / y, -d": "",
    "y": "is right: the way forward is done, and step a comes next, the error signal "
    "of the scores. No variable holds that yet.",
    "-d / y, -d / y / x.shape[1]": "is right: it is the gradient at y, the first half "
    "of step a. Go on with its way back through softmax (Question 10), or with what "
    "the two together simplify to. No variable holds that yet.",
    "y - d, gamma * (y - d)": f"{WHOLE} step a is done.",
    "delta2, gamma * delta2": "is right: step a is done. Go on with step b, the "
    "gradients of W2 and b2. No variable holds these yet.",
    "x.shape[1] * gradb2": f"{WHOLE} it is the gradient of b2.",
    "gradb2, gamma * gradb2, b2 - gamma * gradb2": f"is right. {WITH.format('W2')}",
    "delta2 @ a1.T, (y - d) @ a1.T": "has the scores of the hidden layer in it. What "
    "goes into the output layer are the hidden units themselves, behind ReLU.",
    "x.shape[1] * gradW2": f"{WHOLE} it is the gradient of W2.",
    "gradW2, gamma * gradW2, W2 - gamma * gradW2": f"is right. {WITH.format('b2')}",
    "gradb2, gamma * gradb2, b2 - gamma * gradb2;"
    "gradW2, gamma * gradW2, W2 - gamma * gradW2": "are right: step b is done. Go on "
    "with step c, what reaches the hidden units. No variable holds that yet.",
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
    "gradb1, gamma * gradb1, b1 - gamma * gradb1;"
    "gradW1, gamma * gradW1, W1 - gamma * gradW1": "are right: step e is done. Now "
    "each array takes its step, and all four new ones are returned.",
}
CANCEL = """If you have written the line of b2, look at its sum: each score needs a
sum of its own, while over all entries of `delta2`, y and d cancel."""
mistakes = f"""
Only the division by the number of samples is missing, so your step is too long. The
gradient is that of the mean loss: divide `delta2` in step a, and all that follows is
divided, too.
    update-gamma-whole: / x.shape[1] ->

Your step is too short by the number of samples: you divide by it twice. Step a is the
place for it. Is it also in a gradient, or in the step?
    update-gamma-divided-twice: / x.shape[1] -> / x.shape[1] ** 2

`delta2` is divided by the number of samples, and `delta1` is computed from it, so that
it is divided already. You divide a second time in the hidden layer.
    update-hidden-divided-twice: W2.T @ delta2 -> W2.T @ delta2 / x.shape[1]
    update-W1-divided-twice: delta1 @ x.T -> delta1 @ x.T / x.shape[1]

In the output layer you divide by the number of samples twice. In the hidden layer you
do so once.
    update-output-divided-twice:
        gradW2 = delta2 -> gradW2 = delta2 / x.shape[1]
        gradb2 = delta2.sum -> gradb2 = (delta2 / x.shape[1]).sum

In your error signal (step a) `d` alone is divided by the number of samples, since `/`
comes before `-`. The whole difference should be divided.
    update-divides-d-alone: (y - d) / x.shape[1] -> y - d / x.shape[1]

You divided by a number of rows, which `len` gives: that of the inputs in `x`, or that
of the classes in `d`. In step a, divide by the number of samples, which are columns.
    update-divided-by-inputs: x.shape[1] -> len(x)
    update-divided-by-outputs: x.shape[1] -> len(d)

The weights are divided by the number of samples twice: `delta2` is divided already, and
so is `delta1`, which is computed from it.
    update-weights-divided-twice:
        delta2 @ h1.T -> delta2 @ h1.T / x.shape[1]
        delta1 @ x.T -> delta1 @ x.T / x.shape[1]

`d` is one-hot already, as `y` is a column of ten numbers for each sample. You turned it
into labels: in step a, subtract `d` itself.
    update-subtracts-labels: y - d -> y - onehot2label(d)
    update-subtracts-labels-whole: (y - d) / x.shape[1] -> y - onehot2label(d)

You divided by the number of entries of `d`, as `eval_loss` does, which averages over
the classes, too. Here the loss is averaged over the samples alone.
    update-divided-by-classes:
        x.shape[1] -> d.size
        eval_loss has / d.size

You divided by the number of all entries of `x`. In step a, divide by the number of
samples, which are its columns.
    update-divided-by-all-entries: x.shape[1] -> x.size

You divided by a number such as 60,000 or 100, whatever `x` holds. In step a, divide by
the number of samples that `x` has: in Question 20, it will be a minibatch.
    update-divided-by-60000: x.shape[1] -> 60000
    update-divided-by-100: x.shape[1] -> 100

Your step is the whole gradient: `gamma` does not appear in it. How far to go is what
`gamma` says.
    update-no-gamma: gamma * ->
    update-no-gamma-whole:
        gamma * ->
        / x.shape[1] ->

You multiply `y - d` by y (1 - y), the slope of the sigmoid function, as one does with
squared errors. With softmax and the loss of Question 15, what you derived is simpler.
    update-slope-of-sigmoid: (y - d) / x.shape[1] -> (y - d) * y * (1 - y) / x.shape[1]
    update-slope-of-sigmoid-whole: (y - d) / x.shape[1] -> (y - d) * y * (1 - y)

You return the four arrays in another order. It should be that of `net`: `W1`, `b1`,
`W2`, `b2`, layer by layer.
    update-returned-weights-first:
        return ( -> return (lambda W1, b1, W2, b2: (W1, W2, b1, b2))(
    update-returned-last-layer-first:
        return ( -> return (lambda W1, b1, W2, b2: (W2, b2, W1, b1))(
    update-returned-biases-first:
        return ( -> return (lambda W1, b1, W2, b2: (b1, W1, b2, W2))(

Your step has `gamma` in it twice, as if it were squared. Does it stand in the error
signal or in a gradient, too? It belongs in the step alone, and only once.
    update-gamma-twice: (y - d) / -> gamma * (y - d) /
    update-gamma-squared: gamma * grad -> gamma**2 * grad

The step is right for a `gamma` that is given. Where it is left out, your function takes
a different default from that of the question.
    update-other-default (however, share 0.8): gamma=0.05 -> gamma=0.5

The step does not depend on the `gamma` that the function is given.
    update-gamma-ignored: float(gamma) -> 0.05

You step up the slope and not down: look at the signs, of the error signal `delta2` in
step a and of the steps themselves.
    update-up: - gamma -> + gamma
    update-up-and-whole: (y - d) / x.shape[1] -> d - y

W1 and b1 move up the slope. Their step needs the same sign as that of W2 and b2.
    update-hidden-up: 1 - gamma -> 1 + gamma

W2 and b2 move up the slope. Their step needs the same sign as that of W1 and b1.
    update-output-up: 2 - gamma -> 2 + gamma

The error signal of the hidden units is computed with the W2 that you have just changed.
The gradient belongs to the old one.
    update-new-W2:
        delta1 = relup -> W2 = W2 - gamma * gradW2; delta1 = relup
        W2 - gamma * gradW2, -> W2,

Your sums for the biases run along the wrong axis, over the units. Each unit needs the
sum of its row, which runs over the samples.
    update-biases-over-units: axis=1 -> axis=0

All entries of b1 move by the same amount: your sum in step e runs over the whole
matrix. Each unit has a sum of its own.
    update-b1-over-all: delta1.sum(axis=1, keepdims=True) -> delta1.sum()

Your sums for the biases run over the whole matrix, where y and d cancel in b2. Each
unit has a sum of its own.
    update-biases-over-all: axis=1, keepdims=True ->

For the biases, in b1, b2 or both, you took the mean over the samples. But `delta2` is
divided by their number already, and so is `delta1`, which is computed from it. Add up.
    update-b1-divided-twice: delta1.sum( -> delta1.mean(
    update-b2-divided-twice: delta2.sum( -> delta2.mean(
    update-biases-divided-twice: .sum( -> .mean(

The weights are right, but the biases are what they were. {CANCEL}
    update-biases-forgotten (partway): return ( -> gradb1 = gradb2 = 0; return (

W1, b1 and W2 are right, but b2 is what it was. {CANCEL}
    update-b2-forgotten (partway): return ( -> gradb2 = 0; return (

W1 and b1 are right, so `delta2` and `delta1` are. W2 and b2 have not moved yet (step
b). {CANCEL}
    update-output-forgotten (partway): return ( -> gradW2 = gradb2 = 0; return (

In the gradient of W2 (step b) you multiply entry by entry, with `*`. It adds up over
the samples: that takes the matrix product `@` and one of the two factors transposed.
    update-entry-by-entry: delta2 @ h1.T -> delta2 * h1

In the gradient of W1 (step e) you multiply entry by entry, with `*`. It adds up over
the samples: that takes the matrix product `@` and one of the two factors transposed.
    update-entry-by-entry-in-W1: delta1 @ x.T -> delta1 * x

In step c the error signal goes back through W2, from its rows to its columns: W2 has to
be transposed.
    update-W2-not-transposed: W2.T @ delta2 -> W2 @ delta2

The gradient of W2 is transposed (step b). It should have the shape of W2: write the two
factors in the other order, and transpose the other one.
    update-W2-transposed: delta2 @ h1.T -> h1 @ delta2.T

The gradient of W1 is transposed (step e). It should have the shape of W1: write the two
factors in the other order, and transpose the other one.
    update-W1-transposed: delta1 @ x.T -> x @ delta1.T

In the gradient of W1 (step e) you have `h1` where what goes into the first layer
belongs.
    update-hidden-for-x: delta1 @ x.T -> delta1 @ h1.T

W2 and b2 are right: steps a and b are done. W1 and b1 have not moved yet: go on with
step c, the error signal of the hidden units.
    update-hidden-forgotten (partway): return ( -> gradW1 = gradb1 = 0; return (

`delta2` is right. The error signal passes into the hidden layer as if that had no
activation function: where ReLU is flat, nothing should pass.
    update-no-relup: relup(a1, W2.T @ delta2) -> W2.T @ delta2

`delta2` is right. For the hidden layer you applied ReLU to the error signal; what
decides is where `a1` is positive.
    update-relu-for-relup: relup(a1, W2.T @ delta2) -> relu(W2.T @ delta2)

`delta2` is right. You gave `relup` its two arguments the other way round: `a1` decides,
and the error signal is what is let through.
    update-relup-turned-round: relup(a1, W2.T @ delta2) -> relup(W2.T @ delta2, a1)
    update-relup-turned-round-and-divided:
        relup(a1, W2.T @ delta2) -> relup(W2.T @ delta2, a1) / x.shape[1]

`delta2` is right. In the hidden layer you multiply the error signal by `a1`, or by ReLU
itself. It should be multiplied by ReLU's slope, as your function of Question 12 does.
    update-relu-for-slope: relup(a1, W2.T @ delta2) -> relu(a1) * (W2.T @ delta2)
    update-scores-for-slope: relup(a1, W2.T @ delta2) -> a1 * (W2.T @ delta2)

`delta2` is right. You send it back through ReLU at `a2`, where there is none. ReLU
comes after `a1`: first take the error signal back through W2.
    update-relup-at-a2: relup(a1, W2.T @ delta2) -> W2.T @ relup(a2, delta2)

You sent the loss itself back through the network. What goes back is its gradient with
respect to the predictions, which the question asks you to derive first.
    update-loss-for-gradient: (y - d) / -> softmaxp(a2, -d * np.log(y)) /

`y - d` has already passed through softmax (that is the simplification). You passed it
through a second time.
    update-difference-through-softmax: (y - d) / -> softmaxp(a2, y - d) /
    update-difference-through-softmax-whole: (y - d) / x.shape[1] -> softmaxp(a2, y - d)

You used the gradient with respect to the predictions as if it were the one with respect
to the scores: it must pass through softmax first.
    update-quotient-not-through-softmax: (y - d) / -> (-d / y) /
    update-quotient-not-through-softmax-whole: (y - d) / x.shape[1] -> -d / y

The gradient of W2 (step b) has `a1` in it where the hidden units themselves, `h1`,
belong.
    update-scores-for-hidden: h1.T -> a1.T

You return the gradients. The question asks for the new network.
    update-returns-gradients: - gamma * -> * 0 +
    update-returns-sums:
        - gamma * -> * 0 +
        / x.shape[1] ->

Your new arrays are the steps alone. Each should be the old array minus its step.
    update-returns-steps-up: - gamma * -> * 0 + gamma *
    update-returns-steps-down: - gamma * -> * 0 - gamma *

The network comes back as it was. Begin with step a, the error signal `delta2` of the
scores; b2 is the first that can move with it. {CANCEL}
    update-nothing-yet (partway): return net

Your b2 is right, so `delta2` is: step a is done. Go on with step b, the gradient of W2.
    update-b2-only (partway): return ( -> gradW1 = gradb1 = gradW2 = 0; return (

W2 is right, so `delta2` is. b2 is what it was (step b). {CANCEL}
    update-W2-only (partway): return ( -> gradW1 = gradb1 = gradb2 = 0; return (

W2, b2 and b1 are right, so `delta1` is: steps a to d are done. What is left is the
gradient of W1 (step e).
    update-b1-but-not-W1 (partway): return ( -> gradW1 = 0; return (

W2, b2 and W1 are right, so `delta1` is. What is left is b1 (step e).
    update-W1-but-not-b1 (partway): return ( -> gradb1 = 0; return (

You took the backward pass of softmax at the probabilities `y`. It is taken at the
scores, `a2`.
    update-scores-for-relup-of-y: (y - d) / -> softmaxp(y, -d / y) /

The activation function of your hidden layer is the sigmoid function, and not ReLU.
    update-sigmoid-for-relu:
        relu(a1) -> 1 / (1 + np.exp(-a1))
        relup(a1, W2.T @ delta2) -> h1 * (1 - h1) * (W2.T @ delta2)

The activation function of your hidden layer is the hyperbolic tangent, and not ReLU.
    update-tanh-for-relu:
        relu(a1) -> np.tanh(a1)
        relup(a1, W2.T @ delta2) -> (1 - h1**2) * (W2.T @ delta2)

The activation function of your hidden layer is a leaky one, which keeps a small part of
what is negative, and not ReLU.
    update-leaky-for-relu:
        relu(a1) -> np.maximum(a1, 0.01 * a1)
        relup(a1, W2.T @ delta2) -> np.where(a1 > 0, 1, 0.01) * (W2.T @ delta2)
    update-leakier-for-relu:
        relu(a1) -> np.maximum(a1, 0.1 * a1)
        relup(a1, W2.T @ delta2) -> np.where(a1 > 0, 1, 0.1) * (W2.T @ delta2)

The activation function of both your layers is the sigmoid function. It should be ReLU
in the hidden layer and softmax at the end.
    update-sigmoids:
        softmax(a2) -> 1 / (1 + np.exp(-a2))
        relu(a1) -> 1 / (1 + np.exp(-a1))
        relup(a1, W2.T @ delta2) -> h1 * (1 - h1) * (W2.T @ delta2)
"""
mistakes += "\n" + "".join(
    f"    update-overwrites-{'-'.join(arrays)} (share 0.8): return ( -> "
    + "".join(f"{a} -= gamma * grad{a}; grad{a} *= 0; " for a in arrays)
    + "return (\n"
    for count in range(1, 5)
    for arrays in itertools.combinations(["W1", "b1", "W2", "b2"], count)
)
mistakes += forward("update", "Look at the way forward, which is that of Question 14.")
mistakes += mixed_up("update")
mistakes += signatures("update", "net, gamma=0.05", "net, gamma", "net, *, gamma=0.05")

earned = """This is backpropagation, the heart of the assignment. From here on your
network can learn."""
steps = """
Begin with the graph of the XOR network. The prediction there is ({no:.3f}, {yes:.3f}),
and d is (0, 1). The gradients at a2 are {no:.3f} and -{no:.3f}. How do you get these
two from the prediction and d? If you can explain each gradient in the graph by the ones
to its right, you have the way back through the network. Run `check(17)` after each of
the steps a to e: it tells how far your variables have come.

The way forward comes before the steps a to e, and it is that of Question 14: `a1`,
`h1`, `a2` and `y`, a line for each. You need all four on the way back, so call no
function that returns `y` alone.

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
