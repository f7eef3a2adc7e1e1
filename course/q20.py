"""Question 20: minibatches."""

from checks.asking import Case, Watched
from course import training
from course.inputs import (
    ERRORS,
    LOSS,
    draws,
    half_right,
    learnt,
    names,
    needs_order,
    network,
    problem,
    refuses,
    seen,
    tries,
)
from course.mistakes import printing, signatures

LOOP = "backprop_minibatch_shallow"
functions = (LOOP,)
points = 5


def cases(rng, right):
    def watched(N, T, says, *settings):
        B, gamma = settings or (100, 0.05)
        sizes = [min(B, N - i) for i in range(0, N, B)] * T
        an_epoch = len(sizes) // T
        decides = N > 100  # fewer samples have the right percentage by chance
        for _ in tries():
            x, d, net = problem(rng, N, 2, 3, 10)
            script = tuple(network(rng, 2, 3, 10) for _ in sizes)
            # With several epochs, some print before an update: the first is left out.
            nets = [net, *script[an_epoch - 1 :: an_epoch]]
            d = half_right(rng, right, x, nets) if decides else d
            shown = seen(right, x, d, nets[T > 1 :], nets)
            if not shown or decides and not needs_order(right, x, d, nets):
                continue
            losses = shown["prints"][LOSS]
            if T == 1 or losses[-1] > losses[0]:  # the best network is not the last
                break
        if not decides:
            del shown["prints"][ERRORS]
        return Watched(
            LOOP,
            (x, d, net, T, *settings),
            says,
            script[-1],
            parts=names(net),
            update="update_shallow",
            also={"backprop_shallow": {"T": 1}},
            script=script,
            sizes=tuple(sizes),
            rate=gamma,
            in_order=training.in_order(right, x, d, net, T, B, gamma),
            optional={"rng": 1},
            **shown,
        )

    whole = training.seen_whole(rng, right, LOOP, 2, 3, 10)
    long = *learnt(rng, right, 120, 1.0), 120, 6, 1.0
    few = problem(rng, 6, 2, 3, 10)
    says, one_batch = "6 samples, T = 1, B = 6 and gamma = 0.3", (1, 6, 0.3)
    return [
        watched(30, 2, "30 samples, T = 2, B = 12 and gamma = 0.3", 12, 0.3),
        watched(36, 1, "36 samples, T = 1, B = 12 and gamma = 0.3", 12, 0.3),
        watched(105, 1, "105 samples, T = 1, B and gamma left out"),
        whole,
        Case(LOOP, (*few, *one_batch), says, parts=whole.parts),
        Case(LOOP, long, "T = 120, B = 6 = N and gamma = 1", parts=whole.parts),
        *draws(rng, right, LOOP, 2, 2, 10),
    ]


extras = [
    *training.epoch_extras(LOOP),
    refuses(LOOP, "B = 0", training.X, training.D, training.NET, 1, 0),
]

mistakes = """
It trains as it should for a few epochs, but not for 120 of them, in which the loss
rises at least once and falls to almost 0. Does it make all T epochs, whatever loss and
errors are?
    minibatch-stops-early (however): range(1, T + 1) -> range(1, min(T, 100) + 1)

Each minibatch has the samples that stand beside each other in `x`. If you drew a random
order: does it pick from all columns?
    minibatch-not-shuffled: rng.permutation(N) -> np.arange(N)

When B does not divide the number of samples, the last ones are left out. The last
minibatch of an epoch may be smaller, but it counts.
    minibatch-last-dropped: range(0, N, B) -> range(0, N - N % B, B)

The last minibatch is left out in every epoch, even where it has all of its B samples.
Where does your `range` end? It should come up to the number of samples.
    minibatch-range-too-short: range(0, N, B) -> range(0, N - B, B)

Without a third argument, `range` goes on by 1: the minibatches overlap. The next one
begins B samples later.
    minibatch-range-by-1 (varies): range(0, N, B) -> range(0, N)

Your minibatches have 100 samples, whatever `B` is. That is only its default.
    minibatch-always-100:
        (0, N, B) -> (0, N, 100)
        start + B -> start + 100

`len(x)` is the number of rows of `x`, that is of inputs. The samples are its columns.
    minibatch-len-for-N: N = x.shape[1] -> N = len(x)

You pick rows of `x`, or of `d`. A sample is a column: the first index is for the rows,
and the second one for the columns.
    minibatch-rows: x[:, batch], d[:, batch] -> x[batch], d[batch]
    minibatch-rows-of-d: d[:, batch] -> d[batch]

`permutation` was given `x`, whose rows it shuffles. Give it the number of samples: it
then returns numbers of columns in random order.
    minibatch-permutation-of-x: permutation(N) -> permutation(x)

Your minibatches of an epoch are of equal sizes, as `np.array_split` makes them. All of
them should have B samples, but for the last one, which may be smaller.
    minibatch-equal-parts (share 0.6):
        for start in range(0, N, B) -> for batch in np.array_split(order, -(-N // B))
        batch = order[start : start + B] -> pass
    minibatch-fewer-equal-parts (share 0.6):
        for start in range(0, N, B) -> for batch in np.array_split(order, N // B or 1)
        batch = order[start : start + B] -> pass

`update_shallow` divides by the number of samples in its minibatch already. You divide
gamma once more.
    minibatch-rate-divided-by-B: net, gamma) -> net, gamma / B)
    minibatch-rate-divided-by-the-size: net, gamma) -> net, gamma / batch.size)

There is only one update in each epoch. An epoch goes through all samples, with one
update for each minibatch.
    minibatch-one-an-epoch: range(0, N, B) -> range(1)

There are fewer epochs than T. Does the loop run T times, and does `return` come after
it, not inside it?
    minibatch-an-epoch-short: range(1, T + 1) -> range(1, T)

The minibatches overlap by a sample: the end of a slice does not belong to it.
    minibatch-overlapping: start + B] -> start + B + 1]

You shuffle the columns of `x` and `d` in place, and so those of whoever called you.
Pick the columns by a random order in place of moving them.
    minibatch-overwrites (varies, share 0.8):
        permutation(N) -> permutation(N); x[:], d[:] = x[:, order], d[:, order]
        order[start -> np.arange(N)[start
"""
STALE = """
    minibatch-stale-labels (share 0.8):
        permutation(N) -> permutation(N); x, d = x[:, order], d[:, order]
        order[start -> np.arange(N)[start"""
mistakes += printing("minibatch", STALE)
mistakes += """
It trains as it should, but what it prints is not right. Are loss and errors those of
the last minibatch? The question asks for those on all of `x`.
    minibatch-loss-of-the-last (varies, share 0.8):
        (x, net) -> (x[:, batch], net)
        (y, d) -> (y, d[:, batch])
        (y, lbl) -> (y, lbl[batch])
"""
mistakes += signatures(
    "minibatch",
    "T, B=100, gamma=0.05, *",
    "T, B, gamma, *",
    "T, *, B=100, gamma=0.05",
    "T, B=100, *, gamma=0.05",
)

earned = """This is stochastic gradient descent. Nearly all networks are trained by this
or a variant such as Adam, the largest ones too."""
steps = """
Take 7 samples and B = 3. Shuffle the numbers 0 to 6 on paper, and cut them into
minibatches. How many are there in one epoch, how large is the last one, and how often
does each sample come up?

There are two loops, one inside the other: the epochs, and the minibatches of an epoch.
Where is the random order drawn: before both, in the outer one or in the inner one? The
generator itself is made only once, before both.

The method `permutation` of the generator returns the numbers 0 to N - 1 in random
order. A slice of these numbers is one minibatch: it names columns. An array can be
indexed with such an array of numbers, and then gives these columns. Use the same
numbers for `x` and for `d`, so that every image keeps its label.

With a third argument, `range` counts in larger steps: try `list(range(0, 7, 3))`. These
are the places where the minibatches begin. What happens to a slice that reaches beyond
the end? Try `np.arange(7)[6:9]`. So the smaller last minibatch needs no special case.

In the inner loop there is one update for each minibatch, on its columns alone, and its
result is the network for the next one. After the inner loop, but still within the
epoch, print the loss and the errors on all of `x`, as in Question 18. Check it: with B
= N, one epoch should give the same network as one step of Question 18, apart from
rounding.
"""
