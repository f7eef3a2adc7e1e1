"""How a training loop on minibatches is tried, whose order nobody can know.

Most answers call another function for each minibatch. `Watched` sees what that is
called with and answers from a script, so that every feature of the loop can be told.
`Drawn` is for those that do all by themselves, and for how the order is drawn: on a few
samples there are few ways.
"""

import dataclasses
import itertools

import numpy as np

from checks import cases, words
from checks.cases import Case, as_arrays, close

# What to say where a feature of the loop is not what it should be, in this order.
SENTENCES = {
    "changed": "",
    "foreign": "updates with columns that are not columns of `{samples}`",
    "sizes": "should update with minibatches of {right} samples in {rounds} on {N} "
    "samples, but their sizes are {seen}",
    "labels": "updates with samples and labels that do not belong together: each "
    "sample must keep its own label when they are shuffled",
    "everyone": "does not use every sample once in each epoch: all of them have one "
    "turn, and the last minibatch may be smaller",
    "shuffled": "has the same minibatches as if the samples were taken in the order in "
    "which they come",
    "blocks": "always puts the same samples together in a minibatch: shuffle all the "
    "samples, not the minibatches or within them",
    "anew": "has the same order in the second epoch as in the first: make the "
    "generator once, before the loop, and let each epoch draw a new order from it",
    "states": "does not begin each update with what the previous update returned",
    "rate": "updates with {rate} = {seen} where it was called with {rate} = {right}",
    "returned": "does not return what the last update returned",
}


def which(state, states):
    """Return which of some tuples of arrays this is; -1 for none."""
    state = as_arrays(state)
    for i, other in enumerate(states):
        same = state and [a.shape for a in state] == [a.shape for a in other]
        if same and all(map(close, other, state)):
            return i
    return -1


def columns(x, batch):
    """Return which columns of `x` those of a minibatch are; -1 for none."""
    batch = np.asarray(batch, dtype=float)
    if batch.ndim != 2 or len(batch) != len(x):
        return [-1]
    found = []
    for column in batch.T:
        near = np.all(abs(x.T - column) <= cases.ATOL, axis=1)
        found.append(int(near.argmax()) if near.any() else -1)
    return found


def belong(batch, d, labels):
    """Tell whether the labels of a minibatch are those of its samples."""
    labels = np.asarray(labels, dtype=float)
    return labels.shape == (len(d), len(batch)) and np.array_equal(d[:, batch], labels)


@dataclasses.dataclass(frozen=True)
class Watched(Case):
    """Trains on minibatches, where every update is seen and answered from a script.

    The arguments begin with the samples, their labels, the state to begin with (a tuple
    of arrays) and the number of epochs.

    """

    update: str = ""  # makes one update, from samples, labels, a state and a rate
    # Functions that are such an update where they have certain arguments.
    also: dict = dataclasses.field(default_factory=dict)
    script: tuple = ()  # what the updates answer, one after the other
    sizes: tuple = ()  # of the minibatches
    rate: float = 0.0  # what every update should be called with
    in_order: tuple = ()  # what comes out if the samples are taken as they come
    # Arguments by name, left out where they raise an exception.
    optional: dict = dataclasses.field(default_factory=dict)

    def run(self, call):
        """Call the function; updates are answered from the script."""
        seen = []

        def answer(name, arguments):
            args = list(arguments.values())
            single = self.also.get(name)
            if single and all(arguments[key] == value for key, value in single.items()):
                args = [v for key, v in arguments.items() if key not in single]
            elif name != self.update:
                return None
            seen.append(args)
            return [self.script[min(len(seen), len(self.script)) - 1]]

        outcome = call(self.function, *self.args, ask=answer, **self.optional)
        if self.optional and outcome.error and not outcome.is_final:
            seen.clear()
            outcome = call(self.function, *self.args, ask=answer)
        outcome.updates = seen
        return outcome

    def expected_features(self):
        """Return the features of a right answer."""
        sizes, last = list(self.sizes), len(self.script)
        right = {"changed": [], "foreign": False, "sizes": sizes, "labels": True}
        right |= {"everyone": True, "shuffled": True, "blocks": False, "anew": True}
        return right | {"states": [True, True], "rate": self.rate, "returned": last}

    def signature(self, outcome):
        """Return the features of the loop, none of which depends on chance."""
        x, d, state, T = self.args[:4]
        updates = outcome.updates[: 10 * len(self.sizes)]  # so many are wrong anyway
        if outcome.error:
            return cases.error_signature(outcome) | {"alone": not updates}
        if not updates:
            return {"alone": True}
        N, B, an_epoch = x.shape[1], max(self.sizes), len(self.sizes) // T
        batches = [columns(x, update[0]) for update in updates]
        starts = range(0, len(batches), an_epoch)
        epochs = [[sorted(b) for b in batches[i : i + an_epoch]] for i in starts]
        in_order = [list(range(i, min(i + B, N))) for i in range(0, N, B)]
        sizes = [sorted(map(len, epoch), reverse=True) for epoch in epochs]
        pairs = zip(batches, updates, strict=True)
        states = [state, *self.script]
        rates = [float(np.mean(update[3])) for update in updates]
        begun = [which(update[2], states) for update in updates]
        return {
            "changed": outcome.changed,
            "foreign": any(-1 in batch for batch in batches),
            "sizes": sum(sizes, []),
            "labels": all(belong(batch, d, update[1]) for batch, update in pairs),
            "everyone": all(sorted(sum(epoch, [])) == [*range(N)] for epoch in epochs),
            "shuffled": epochs[0] != in_order,
            "blocks": all(batch in in_order for epoch in epochs for batch in epoch),
            "anew": epochs[:1] != epochs[1:2],
            "states": [begun[0] == 0, begun == list(range(len(begun)))],
            "rate": rates[0] if len(set(rates)) == 1 else rates,
            "returned": which(outcome.value, states),
        } | self.told(outcome)

    def first_fault(self, outcome):
        """Return None or the first fault, as `Case` does."""
        seen = self.signature(outcome)
        if "error" in seen:
            # Of an answer that does all by itself, what it asks for is known in the
            # smaller cases only, so these tell what is wrong with it.
            if seen["alone"] and not outcome.is_final:
                return None
            return cases.EXCEPTION, f"{self.written()} {cases.raised(outcome.error)}"
        if outcome.value is None:
            return (
                cases.KIND,
                f"`{self.function}` returns nothing: is there a `return`?",
            )
        if "alone" in seen:
            return self._alone_fault(outcome)
        wrong = [k for k, right in self.expected_features().items() if seen[k] != right]
        if not wrong:
            return self.line_fault(outcome)
        key, T = wrong[0], self.args[3]
        if key == "changed":
            return cases.CHANGED, self.overwritten(outcome)
        sentence = SENTENCES[key].format(
            right=values(self.expected_features()[key]),
            seen=values(seen[key]),
            N=self.args[0].shape[1],
            rounds=f"{T} epoch{'s' * (T > 1)}",
            samples=self.names[0],
            rate=self.names[-1],
        )
        return cases.VALUE, f"`{self.function}` {sentence}"

    def _alone_fault(self, outcome):
        """Look at an answer that updates by itself: only what chance does not touch."""
        value = as_arrays(outcome.value)
        shapes = [part.shape for part in self.args[2]]
        if value is None or [part.shape for part in value] != shapes:
            names = ", ".join(words.parts(self.parts, shapes))
            said = f"should return {names} in the shapes of those that it was given, "
            came = f"but returned {words.kind(outcome.value)}"
            return cases.KIND, f"`{self.function}` {said}{came}"
        if outcome.changed:
            return cases.CHANGED, self.overwritten(outcome)
        if which(value, [self.in_order]) == 0:
            return cases.VALUE, f"`{self.function}` {SENTENCES['shuffled']}"
        return None


def values(value):
    """Write a number or some."""
    numbers = value if isinstance(value, list) else [value]
    more = [] if len(numbers) <= 12 else ["..."]
    return ", ".join([*map(words.number, numbers[:12]), *more])


@dataclasses.dataclass(frozen=True)
class Drawn(Case):
    """Trains on a few samples, in two minibatches an epoch, again and again.

    Whatever is drawn, only some results can come out, and all of them are known: by the
    samples of the first minibatch of each epoch. In two epochs, they should not always
    be the same. In one, all choices should come up, but for one at most: of four out of
    six samples there are 15, and a right answer misses two of them in 200 calls with a
    probability below 105 * (13/15)^200, which is 4e-11. An answer that draws the same
    in nearly every call, from a seed of its own, can't be told from a wrong one, and
    passes.

    """

    # The results; after two epochs, those of the second one for each of the first.
    possible: tuple = ()
    calls: int = 40  # how often the function is called, unless all is clear before

    def run(self, call):
        """Call the function many times; the value is a list of what came out."""
        found = []
        while len(found) < self.calls:
            outcome = super().run(call)
            if outcome.error:
                return outcome
            found.append(which(outcome.value, self.possible))
            if self.is_drawn(found):
                break
        outcome.value = found
        return outcome

    def is_drawn(self, found):
        """Tell whether enough results came out: nearly all, or two unlike epochs."""
        if self.args[3] == 1:
            return len(set(found)) >= len(self.possible) - 1
        ways = round(len(self.possible) ** 0.5)
        return any(len({*divmod(k, ways)}) == 2 for k in found)

    def first_fault(self, outcome):
        """Return None or the first fault, as `Case` does."""
        if outcome.error:
            return cases.EXCEPTION, f"{self.written()} {cases.raised(outcome.error)}"
        found = outcome.value
        if -1 in found:
            return cases.VALUE, (
                f"{self.written()} returned what no order of the samples leads to, "
                "with an update for each minibatch, the smaller one at the end"
            )
        changes = sum(a != b for a, b in itertools.pairwise(found))
        if self.is_drawn(found) or changes < self.calls / 4:
            return None
        if self.args[3] == 1:
            return cases.ORDER, (
                f"`{self.function}` does not shuffle all the samples: in {self.calls} "
                f"calls with {self.says}, only {len(set(found))} of the "
                f"{len(self.possible)} possible first minibatches came up"
            )
        return cases.VALUE, f"`{self.function}` {SENTENCES['anew']}"

    def signature(self, outcome):
        """Return nothing: what comes out depends on chance."""
        return {}
