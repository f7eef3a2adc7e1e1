"""Inputs for the cases, drawn from the generator of a question, and extras."""

import itertools

import numpy as np

from checks.asking import Drawn, Extra

LOSS, ERRORS = "the loss", "the percentage of errors"

# The network of notebook 3: whether exactly one of two inputs is 1.
XOR = (
    np.array([[1.0, 1.0], [1.0, 1.0]]),
    np.array([[0.0], [-1.0]]),
    np.array([[0.0, 0.0], [2.0, -4.0]]),
    np.array([[0.0], [-1.0]]),
)


def numbers(rng, *shape, scale=1.0):
    """Return numbers of both signs, none of them small, with three decimals."""
    sizes = rng.uniform(0.2, 1.5, shape) * rng.choice([-1, 1], shape)
    return np.round(scale * sizes, 3)


def network(rng, *sizes, scale=1.0):
    """Return a network whose biases count; the sizes begin with the inputs."""
    shapes = [
        shape
        for n, m in zip(sizes, sizes[1:], strict=False)
        for shape in [(m, n), (m, 1)]
    ]
    return tuple(numbers(rng, *shape, scale=scale) for shape in shapes)


def names(net):
    """Return what the arrays of a network are called: W1, b1, W2, b2 and so on."""
    return tuple(f"{'Wb'[k % 2]}{k // 2 + 1}" for k in range(len(net)))


def labels(rng, N, K=10):
    """Return N labels that are no pattern."""
    return rng.permutation(np.arange(N) % K)


def one_hot(lbl, K=10):
    """Return one-hot columns."""
    return np.asfortranarray(np.eye(K)[:, lbl])


def predictions(rng, lbl, wrong, K=10):
    """Return predictions of which the first few are wrong, none of them certain."""
    lbl = np.asarray(lbl)
    y = rng.uniform(0.2, 1, (K, lbl.size))
    said = lbl.copy()
    said[:wrong] = (said[:wrong] + rng.integers(1, K, wrong)) % K
    # Every second one has more than one half of the probability.
    certain = np.where(np.arange(lbl.size) % 2, 12, 1)
    y[said, np.arange(lbl.size)] = certain * rng.uniform(1.2, 2.5, lbl.size)
    return np.round(y / y.sum(axis=0), 4)


def tries():
    """Count 1000 tries, of which one should do, and then give up."""
    yield from range(1000)
    raise ValueError("no problem found in 1000 tries; was `eval_loss` changed?")


def problem(rng, N, *sizes, scale=1.0):
    """Return x, d and net, with hidden units that are on for some samples only.

    No score is near the corner of ReLU, so that rounding decides nothing.
    """
    for _ in tries():
        x, net = numbers(rng, N, sizes[0]).T, network(rng, *sizes, scale=scale)
        d = one_hot(labels(rng, N, sizes[-1]), sizes[-1])
        h, good = x, True
        for W, b in zip(net[:-2:2], net[1:-2:2], strict=True):
            a = W @ h + b
            on = (a > 0).mean(axis=1)
            good &= abs(a).min() > 0.01 and on.max() > 0 and on.min() < 1
            h = np.maximum(a, 0)
        if good:
            return x, d, net


def trainable(rng, right, N, T, gamma, *, rises=False, sizes=(2, 3, 10)):
    """Return a problem with some errors after each step, of which none is the best.

    Where the loss rises with the last step, one sees who stops early or keeps the best.
    """
    for _ in tries():
        x, d, net = problem(rng, N, *sizes)
        told = printed(right, x, d, path(right, x, d, net, T, gamma))
        losses, errors = told[LOSS], told[ERRORS]
        if all(20 < error < 95 for error in errors) and rises == (
            losses[-1] > losses[-2]
        ):
            return x, d, net


def learnt(rng, right, T, gamma):
    """Return a problem that is learnt long before the last of T steps.

    The loss also rises on the way, so that one sees who stops early for any reason.
    """
    for _ in tries():
        x, d, net = problem(rng, 6, 2, 3, 10)
        told = printed(right, x, d, path(right, x, d, net, T // 2, gamma))
        losses = np.array(told[LOSS])
        is_low = losses[-1] < losses[0] / 30 and told[ERRORS][-1] == 0
        if is_low and np.diff(losses).max() > 0:
            return x, d, net


def update(right, x, d, net, gamma):
    """Return a network after a step of gradient descent."""
    step = right.update_shallow if len(net) == 4 else right.update_deep
    return step(x, d, net, gamma)


def classify(right, x, net):
    """Return the predictions of a network."""
    forward = right.forwardprop_shallow if len(net) == 4 else right.forwardprop_deep
    return forward(x, net)


def path(right, x, d, net, T, gamma):
    """Return the networks before and after each of T steps."""
    nets = [net]
    for _ in range(T):
        nets.append(update(right, x, d, nets[-1], gamma))
    return nets


def printed(right, x, d, nets):
    """Return the loss and the percentage of errors of each of some networks."""
    found = {LOSS: [], ERRORS: []}
    for net in nets:
        y = classify(right, x, net)
        found[LOSS].append(right.eval_loss(y, d))
        found[ERRORS].append(right.eval_perfs(y, d.argmax(axis=0)))
    return found


def half_right(rng, right, x, nets):
    """Return one-hot columns that each of one or two networks predicts for half."""
    said = np.array([classify(right, x, net).argmax(axis=0) for net in nets])
    lbl = said[rng.integers(len(nets), size=x.shape[1]), np.arange(x.shape[1])]
    lost = rng.random(lbl.size) < 0.5 / len(nets) ** 2
    return one_hot(np.where(lost, labels(rng, lbl.size), lbl))


def needs_order(right, x, d, nets):
    """Tell whether labels in a random order give other percentages, not by chance.

    By chance, the part `a` of N samples has its label, give or take the standard
    deviation. The errors should then be neither those that are right nor the rest.
    """
    hits = [1 - error / 100 for error in printed(right, x, d, nets)[ERRORS]]
    for net in nets:
        said = one_hot(classify(right, x, net).argmax(axis=0))
        a = d.mean(axis=1) @ said.mean(axis=1)
        gap = 4 * np.sqrt(a * (1 - a) / x.shape[1])
        if min(hits) < a + gap or max(hits) > 1 - a - gap:
            return False
    return True


def seen(right, x, d, nets, passed):
    """Return the fields of a case that say what a training with these networks prints.

    `passed` are all that it passes, from before the first step on. None stands for
    networks with a percentage of errors that a known mistake may print for another
    reason: it is that of the right answers, or of the entries of `d`.
    """
    prints = printed(right, x, d, nets)
    accuracies = [100 - error for error in prints[ERRORS]]
    said = [classify(right, x, net).argmax(axis=0) for net in nets]
    others = [*accuracies, *(100 * np.mean(lbl != d) for lbl in said)]
    if abs(np.subtract.outer(others, prints[ERRORS])).min() < 1.1:  # also when rounded
        return None
    losses = printed(right, x, d, passed)[LOSS]
    return {"prints": prints, "instead": accuracies, "losses": losses}


def drawn(right, x, d, net, T, B, gamma):
    """Return all networks that T epochs in two minibatches each can lead to."""
    N, found = x.shape[1], (net,)
    for _ in range(T):
        found = tuple(
            update(right, x[:, rest], d[:, rest], half, gamma)
            for net in found
            for first in map(list, itertools.combinations(range(N), B))
            for rest in [[i for i in range(N) if i not in first]]
            for half in [update(right, x[:, first], d[:, first], net, gamma)]
        )
    return found


def draws(rng, right, function, *sizes):
    """Return the cases that look at the order that is drawn: see `Drawn`."""
    found = []
    for N, T, B, calls in [(3, 2, 2, 40), (6, 1, 4, 200)]:
        args = *problem(rng, N, *sizes), T, B, 0.5
        says = f"{N} samples, T = {T}, B = {B} and gamma = 0.5"
        more = {"parts": names(args[2]), "possible": drawn(right, *args)}
        found.append(Drawn(function, args, says, calls=calls, **more))
    return found


def refuses(function, what, *args, **kwargs):
    """Return the extra that a function refuses some arguments."""
    return Extra(f"does not refuse {what}", "refuses", function, args, kwargs)
