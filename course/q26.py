"""Question 26: any number of hidden layers."""

from checks.asking import Case, Mistake
from course import OVERWRITES, training
from course.inputs import draws, names, path, problem, seen, trainable

LOOP = "backprop_minibatch_deep"
functions = ("forwardprop_deep", "update_deep", LOOP)
points, reading = 5, 3
bonus = True


def cases(rng, right):
    def case(function, args, says, **more):
        net = next(arg for arg in args if isinstance(arg, tuple))
        return Case(function, args, says, parts=names(net), **more)

    three_layers = (
        "4 inputs, hidden layers of 5, 3 and 6 units, 10 classes and 6 samples"
    )
    one_layer = "4 inputs, 5 hidden units, 10 classes and 6 samples"
    three, one = problem(rng, 6, 4, 5, 3, 6, 10, scale=0.7), problem(rng, 6, 4, 5, 10)
    square = *problem(rng, 10, 10, 10, 10, 10, 10, scale=0.4), 0.2
    shown = None
    while not shown:
        x, d, net = trainable(rng, right, 6, 2, 0.05, sizes=(2, 4, 3, 10))
        shown = seen(right, x, d, path(right, x, d, net, 2, 0.05)[1:])
    whole = "6 samples, T = 2, B and gamma left out"
    return [
        case("forwardprop_deep", three[::2], three_layers),
        case("forwardprop_deep", one[::2], one_layer),
        case("update_deep", (*three, 0.2), three_layers),
        case("update_deep", one, one_layer),
        case("update_deep", square, "3 layers of 10 units and 10 samples"),
        case(LOOP, (x, d, net, 2), whole, **shown),
        *draws(rng, right, LOOP, 2, 3, 2, 10),
    ]


extras = [training.follows_rng(LOOP), *training.loop_extras(LOOP, 2)]

UPDATE = """
a, h = [], [x]
for k in range(0, len(net), 2):
    a.append(net[k] @ h[-1] + net[k + 1])
    h.append(relu(a[-1]))
delta = softmax(a[-1]) - d
step = gamma / x.shape[1]
new = list(net)
for k in range(len(net) - 2, -1, -2):
    new[k] = net[k] - step * delta @ h[k // 2].T
    new[k + 1] = net[k + 1] - step * delta.sum(axis=1, keepdims=True)
    if k > 0:
        delta = relup(a[k // 2 - 1], net[k].T @ delta)
return tuple(new)
"""

mistakes = [
    Mistake(
        "deep-forward-relu-on-scores",
        "ReLU comes after every hidden layer, and not after the last one: its "
        "scores go into softmax as they are.",
        ("softmax(W @ h + b)", "softmax(relu(W @ h + b))"),
    ),
    Mistake(
        "deep-forward-no-relu",
        "Without ReLU between them, all the layers are no more than one matrix.",
        ("relu(Wk @ h + bk)", "Wk @ h + bk"),
    ),
    Mistake(
        "deep-forward-softmax-everywhere",
        "Softmax stands at the end only. What a hidden layer passes on is made "
        "by ReLU.",
        ("relu(Wk", "softmax(Wk"),
    ),
    Mistake(
        "deep-forward-no-biases",
        "The biases are missing in the hidden layers.",
        (" + bk", ""),
    ),
    Mistake(
        "deep-forward-scores",
        "You return the scores of the last layer: softmax is missing.",
        ("softmax(W @ h + b)", "W @ h + b"),
    ),
    Mistake(
        "deep-update-no-relup",
        "On the way back through a hidden layer the derivative of ReLU is missing.",
        ("relup(h, W.T @ delta)", "W.T @ delta"),
    ),
    Mistake(
        "deep-update-new-weights",
        "On the way back you multiply by weights that have already been "
        "changed. All gradients belong to the network as it was.",
        update_deep=UPDATE.replace("net[k].T", "new[k].T"),
    ),
    Mistake(
        "deep-update-uphill",
        "It goes uphill: the loss grows with each step. A step is subtracted.",
        ("- gamma", "+ gamma"),
    ),
    Mistake(
        "deep-update-not-divided",
        "Your steps grow with the number of samples: divide gamma by it.",
        (" / x.shape[1]", ""),
    ),
    Mistake(
        "deep-update-last-layer-only",
        "Only the last layer learns: the gradients of the others are missing.",
        update_deep=UPDATE.replace("-1, -2", "len(net) - 3, -2"),
    ),
    Mistake(
        "deep-update-weights-only",
        "The biases do not learn: they have gradients, too.",
        ("b - gamma * gradb", "b"),
    ),
    Mistake(
        "deep-update-overwrites",
        "Your function changes the network that it was given. Compute new "
        "arrays: `W = W - ...` makes one, `W -= ...` does not.",
        (
            "    return tuple(new)",
            "    for old, array in zip(net, new, strict=True):\n"
            "        old[:] = array\n"
            "    return net",
        ),
        share=OVERWRITES,
    ),
    training.from_the_start("deep-minibatch"),
    *training.printing("deep-minibatch"),
    Mistake(
        "deep-minibatch-an-epoch-short",
        training.ONE_STEP,
        ("range(1, T + 1)", "range(1, T)"),
    ),
]

earned = "Your network can now be as deep as you like."
steps = """
Take two hidden layers, and write down the forward formulas and then the gradients from
the last layer to the first. Which formulas of Question 17 stay as they are, and which
ones appear twice with other indices? Each delta follows from the one above it, and
always in the same way.

Forward: `net[::2]` are the weights and `net[1::2]` the biases, and `zip` pairs them.
All layers but the last do the same. How does the last one differ? Keep a list of what
enters each layer, beginning with `x`, because the way back needs it.

Backward: go through the layers from the last to the first; `reversed` does that to a
list. Each round begins with the delta of its layer and makes three things: the gradient
of the weights, from delta and what entered the layer; the gradient of the biases; and
the delta of the layer below, through the old weights and ReLU. In which round is the
third one not needed?

The new arrays come up in the opposite order, but must be returned as `W1, b1, W2, b2`
and so on: put each new pair in front of those that you have. `relup` asks only where
its first argument is positive. Is a hidden unit positive after ReLU exactly where it
was before? If so, the list of what entered the layers is all that you need.

The training loop is that of Question 20; which two functions in it must be replaced?
Check everything with one hidden layer, where `deep.py` and `shallow.py` should give the
same numbers: `np.allclose` compares two arrays.

The scales: do the calculation of Question 13 for one layer in the middle of the
network, and find by how much it multiplies the mean square of the signals. Do the same
for the gradients on their way back. What becomes of the factor when all weights and
biases are halved or doubled, and what does it amount to after 16 layers?
"""
