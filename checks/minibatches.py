"""How the minibatches of Question 20 are tried, whose order nobody can know.

Most answers call `update_shallow` for each minibatch. `Watched` sees what it is
called with and answers from a script, so that every feature of the loop can be told.
`Drawn` is for those that do all by themselves: on three samples there are few ways.
"""

import dataclasses

import numpy as np

from checks import words
from checks.probes import (
    ATOL,
    CHANGED,
    EXCEPTION,
    KIND,
    VALUE,
    Probe,
    as_net,
    close,
    error_signature,
    raised,
)
from checks.runner import Outcome

# What to say where a feature of the loop is not what it should be, in this order.
SENTENCES = {
    "changed": "",
    "foreign": "updates with columns that are not columns of `x`",
    "sizes": "should update with minibatches of {right} samples in {T} on {N} "
    "samples, but their sizes are {seen}",
    "labels": "updates with images and labels that do not belong together",
    "everyone": "does not use every sample once in each epoch",
    "shuffled": "takes the samples in the order in which they come",
    "blocks": "always puts the same samples together in a minibatch",
    "anew": "has the same order in the second epoch as in the first",
    "nets": "does not begin each update with what the previous update returned",
    "gamma": "updates with gamma = {seen} where it was called with gamma = {right}",
    "returned": "does not return the network of the last update",
}


def which(net, nets):
    """Return which of some networks this is; -1 for none."""
    net = as_net(net)
    for i, other in enumerate(nets):
        same = net and [part.shape for part in net] == [part.shape for part in other]
        if same and all(map(close, other, net)):
            return i
    return -1


def columns(x, batch):
    """Return which columns of `x` those of a minibatch are; -1 for none."""
    batch = np.asarray(batch, dtype=float)
    if batch.ndim != 2 or len(batch) != len(x):
        return [-1]
    found = []
    for column in batch.T:
        near = np.all(abs(x.T - column) <= ATOL, axis=1)
        found.append(int(near.argmax()) if near.any() else -1)
    return found


def belong(batch, d, labels):
    """Tell whether the labels of a minibatch are those of its samples."""
    labels = np.asarray(labels, dtype=float)
    return labels.shape == (len(d), len(batch)) and np.array_equal(d[:, batch], labels)


@dataclasses.dataclass(frozen=True)
class Watched(Probe):
    """Trains on minibatches, where every update is seen and answered from a script."""

    def expected(self, given):
        """Return the features of a right answer."""
        return {
            "changed": [],
            "foreign": False,
            "sizes": given["sizes"],
            "labels": True,
            "everyone": True,
            "shuffled": True,
            "blocks": False,
            "anew": True,
            "nets": [True, True],
            "gamma": given["gamma"],
            "returned": len(given["script"]),
        }

    def signature(self, given, outcome):
        """Return the features of the loop, none of which depends on chance."""
        updates = [args for name, args in outcome.asked if name == "update_shallow"]
        updates = updates[: 10 * len(given["sizes"])]  # that many are wrong anyway
        if outcome.error:
            return error_signature(outcome) | {"alone": not updates}
        if not updates:
            return {"alone": True}
        x, d, net, T = given["args"][:4]
        N, B, an_epoch = x.shape[1], max(given["sizes"]), len(given["sizes"]) // T
        batches = [columns(x, update["x"]) for update in updates]
        epochs = [
            [sorted(batch) for batch in batches[i : i + an_epoch]]
            for i in range(0, len(batches), an_epoch)
        ]
        in_order = [list(range(i, min(i + B, N))) for i in range(0, N, B)]
        sizes = [sorted(map(len, epoch), reverse=True) for epoch in epochs]
        pairs = zip(batches, updates, strict=True)
        nets = [net, *given["script"]]
        steps = [float(np.mean(update["gamma"])) for update in updates]
        starts = [which(update["net"], nets) for update in updates]
        return {
            "changed": outcome.changed,
            "foreign": any(-1 in batch for batch in batches),
            "sizes": sum(sizes, []),
            "labels": all(belong(batch, d, update["d"]) for batch, update in pairs),
            "everyone": all(
                sorted(sum(epoch, [])) == sum(in_order, []) for epoch in epochs
            ),
            "shuffled": epochs[0] != in_order,
            "blocks": all(batch in in_order for epoch in epochs for batch in epoch),
            "anew": epochs[:1] != epochs[1:2],
            "nets": [starts[0] == 0, starts == list(range(len(starts)))],
            "gamma": steps[0] if len(set(steps)) == 1 else steps,
            "returned": which(outcome.value, nets),
        } | self.told(given, outcome)

    def fault(self, given, outcome):
        """Return None or the first fault, as `Probe.fault` does."""
        seen = self.signature(given, outcome)
        if "error" in seen:
            # Of an answer that does all by itself, what it asks for is known in the
            # smaller probes only, so these tell what is wrong with it.
            if seen["alone"] and not outcome.is_final:
                return None
            return EXCEPTION, f"{self.written(given)} {raised(outcome.error)}"
        if outcome.value is None:
            return KIND, f"`{self.function}` returns nothing: is there a `return`?"
        if "alone" in seen:
            return self._alone_fault(given, outcome)
        x, T = given["args"][0], given["args"][3]
        for key, right in self.expected(given).items():
            if seen[key] != right and key == "changed":
                return CHANGED, self.overwritten(given, outcome)
            if seen[key] != right:
                sentence = SENTENCES[key].format(
                    right=values(right),
                    seen=values(seen[key]),
                    N=x.shape[1],
                    T=f"{T} epoch{'s' * (T > 1)}",
                )
                return VALUE, f"`{self.function}` {sentence}"
        return self.line_fault(given, outcome)

    def _alone_fault(self, given, outcome):
        """Look at an answer that updates by itself: only what chance does not touch."""
        value = as_net(outcome.value)
        shapes = [part.shape for part in given["args"][2]]
        if value is None or [part.shape for part in value] != shapes:
            return KIND, (
                f"`{self.function}` should return W1, b1, W2, b2 in the shapes of the "
                f"network that it was given, but returned {words.kind(outcome.value)}"
            )
        if outcome.changed:
            return CHANGED, self.overwritten(given, outcome)
        if which(value, [given["in order"]]) == 0:
            return VALUE, f"`{self.function}` {SENTENCES['shuffled']}"
        return None


def values(value):
    """Write a number or some."""
    numbers = value if isinstance(value, list) else [value]
    more = [] if len(numbers) <= 12 else ["..."]
    return ", ".join([*map(words.number, numbers[:12]), *more])


@dataclasses.dataclass(frozen=True)
class Drawn(Probe):
    """Trains on three samples in minibatches of two, again and again.

    Whatever is drawn, only nine networks can come out, and the data have them all: by
    the sample that comes last in the first epoch, and the one in the second. An answer
    that always draws the same, from a seed of its own, can't be told from one that
    draws a single order for both epochs, and passes.
    """

    calls: int = 20

    def run(self, call, given, tables):
        """Call the function many times; the value is a list of what came out."""
        found, outcome = [], Outcome()
        while len(found) < self.calls and not outcome.error:
            outcome = super().run(call, given, tables)
            found.append(outcome.value)
        outcome.value = found
        return outcome

    def fault(self, given, outcome):
        """Return None or the first fault, as `Probe.fault` does."""
        if outcome.error:
            return EXCEPTION, f"{self.written(given)} {raised(outcome.error)}"
        found = [which(value, given["possible"]) for value in outcome.value]
        if -1 in found:
            return VALUE, (
                f"{self.written(given)} returned a network that no order of the "
                "samples leads to, with an update for each minibatch, the smaller one "
                "at the end"
            )
        drawn = {divmod(number, 3) for number in found}
        if len(drawn) > 1 and all(first == second for first, second in drawn):
            return VALUE, f"`{self.function}` {SENTENCES['anew']}"
        return None

    def signature(self, given, outcome):
        """Return nothing: what comes out depends on chance."""
        return {}
