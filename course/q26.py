"""Question 26: any number of hidden layers."""

from checks.asking import Case
from course import training
from course.inputs import draws, names, problem
from course.mistakes import printing

LOOP = "backprop_minibatch_deep"
functions = ("forwardprop_deep", "update_deep", LOOP)
points, reading = 5, 3
bonus = True


def cases(rng, right):
    def case(function, args, says):
        net = next(arg for arg in args if isinstance(arg, tuple))
        return Case(function, args, says, parts=names(net))

    three_layers = (
        "4 inputs, hidden layers of 5, 3 and 6 units, 10 classes and 6 samples"
    )
    one_layer = "4 inputs, 5 hidden units, 10 classes and 6 samples"
    three, one = problem(rng, 6, 4, 5, 3, 6, 10, scale=0.7), problem(rng, 6, 4, 5, 10)
    square = *problem(rng, 10, 10, 10, 10, 10, 10, scale=0.4), 0.2
    return [
        case("forwardprop_deep", three[::2], three_layers),
        case("forwardprop_deep", one[::2], one_layer),
        case("update_deep", (*three, 0.2), three_layers),
        case("update_deep", one, one_layer),
        case("update_deep", square, "3 layers of 10 units and 10 samples"),
        training.seen_whole(rng, right, LOOP, 2, 4, 3, 10),
        *draws(rng, right, LOOP, 2, 3, 2, 10),
    ]


extras = training.epoch_extras(LOOP)

mistakes = """
ReLU comes after every hidden layer, and not after the last one: its scores go into
softmax as they are.
    deep-forward-relu-on-scores: softmax(W @ h + b) -> softmax(relu(W @ h + b))

Without ReLU between them, all the layers are no more than one matrix.
    deep-forward-no-relu: relu(Wk @ h + bk) -> Wk @ h + bk

Softmax stands at the end only. What a hidden layer passes on is made by ReLU.
    deep-forward-softmax-everywhere: relu(Wk -> softmax(Wk

The biases are missing in the hidden layers.
    deep-forward-no-biases: + bk ->

You return the scores of the last layer: softmax is missing.
    deep-forward-scores: softmax(W @ h + b) -> W @ h + b

On the way forward in `update_deep`, the biases are missing in at least one layer.
    deep-update-no-hidden-biases: relu(W @ inputs[-1] + b) -> relu(W @ inputs[-1])
    deep-update-no-last-bias: softmax(W @ inputs[-1] + b) -> softmax(W @ inputs[-1])

On the way forward in `update_deep`, ReLU is missing in the hidden layers.
    deep-update-no-relu: relu(W @ inputs[-1] + b) -> W @ inputs[-1] + b

On the way forward in `update_deep`, softmax is missing at the end.
    deep-update-no-softmax: softmax(W @ inputs[-1] + b) -> W @ inputs[-1] + b

On the way back through a hidden layer the derivative of ReLU is missing.
    deep-update-no-relup: relup(h, W.T @ delta) -> W.T @ delta

On the way back you multiply by weights that have already been changed. All gradients
belong to the network as it was.
    deep-update-new-weights:
        relup(h, W.T @ delta) -> relup(h, (W - gamma * gradW).T @ delta)

It goes uphill: the loss grows with each step. A step is subtracted.
    deep-update-uphill: - gamma -> + gamma

Your steps grow with the number of samples: divide gamma by it.
    deep-update-not-divided: / x.shape[1] ->

Only the last layer learns: the gradients of the others are missing.
    deep-update-last-layer-only: relup(h, W.T @ delta) -> np.zeros_like(h)

The biases do not learn: they have gradients, too.
    deep-update-weights-only: b - gamma * gradb -> b

    deep-update-overwrites (share 0.8):
        return tuple(new) -> [*map(np.copyto, net, new)]; return net

What you return has made a single step. Does each step start from what the last one
returned, and does `return` come after the loop, not inside it?
    deep-minibatch-an-epoch-short: range(1, T + 1) -> range(1, T)
    deep-minibatch-from-the-start:
        net = update -> new = update
        = forwardprop_deep(x, net) -> = forwardprop_deep(x, new)
        return net -> return new
"""
mistakes += printing("deep-minibatch")

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
