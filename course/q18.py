"""Question 18: gradient descent on the whole training set."""

from checks.asking import Case
from course import training
from course.inputs import ERRORS, learnt, names, path, seen, trainable, tries
from course.mistakes import printing, signatures

functions = ("backprop_shallow",)
points = 5


def cases(rng, right):
    # Any schedule of printing will do that shows both in twenty steps. No percentage is
    # by chance the number of a step.
    for _ in tries():
        x, d, net = trainable(rng, right, 7, 3, 2.0, rises=True)
        nets = path(right, x, d, net, 20, 0.05)
        shown = seen(right, x, d, nets, nets)
        if shown and all(20.5 < p < 79.5 for p in shown["prints"][ERRORS]):
            break

    def case(T, says, *gamma, **more):
        args = x, d, net, T, *gamma
        return Case("backprop_shallow", args, says, parts=names(net), **more)

    long = *learnt(rng, right, 120, 1.0), 120, 1.0
    return [
        case(3, "7 samples, T = 3 and gamma = 2", 2.0),
        case(20, "T = 20 and gamma = 0.05", 0.05, **shown),
        case(20, "T = 20, gamma left out", **shown),
        case(1, "T = 1 and gamma = 0.3", 0.3),
        Case(functions[0], long, "6 samples, T = 120 and gamma = 1", parts=names(net)),
    ]


extras = training.loop_extras("backprop_shallow")

mistakes = """
It trains as it should for a few steps, but not for 120 of them, in which the loss rises
at least once and falls to almost 0. Does it make all T steps, whatever loss and errors
are?
    backprop-stops-early (however): range(1, T + 1) -> range(1, min(T, 100) + 1)

There is one step too few: asked are T of them.
    backprop-a-step-short: range(1, T + 1) -> range(1, T)

There is one step too many: asked are T of them.
    backprop-a-step-more: range(1, T + 1) -> range(T + 1)

What you return has made a single step. Does each step start from what the last one
returned, and does `return` come after the loop, not inside it?
    backprop-first-step: range(1, T + 1) -> range(1, 2)
    backprop-from-the-start:
        net = update -> new = update
        (x, net) -> (x, new)
        return net -> return new

The steps do not depend on your `gamma`: it is not passed on to the update.
    backprop-gamma-not-passed-on: net, gamma) -> net)

You divide gamma by the number of samples, and the update does so again.
    backprop-gamma-divided-twice: net, gamma) -> net, gamma / x.shape[1])

The network never moves: you return the one that you were given. Each step needs the
network that the update before it has returned, and the last of them is the trained one:
is it kept, under the name that you return?
    backprop-update-dropped: net = update -> update
    backprop-returns-the-start:
        lbl = -> new, lbl = net,
        net = update_shallow(x, d, net -> new = update_shallow(x, d, new
        (x, net) -> (x, new)
"""
mistakes += signatures("backprop", "T, gamma=0.05", "T, gamma", "T, *, gamma=0.05")
mistakes += printing("backprop")

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
