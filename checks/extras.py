"""What is nice to have in an answer that is right: tests of it, and what they need."""

import dataclasses

import numpy as np

from checks.cases import as_array, as_arrays
from checks.words import listing

REFUSALS = ("ValueError", "TypeError")  # raised on purpose, an IndexError is not


@dataclasses.dataclass(frozen=True)
class Extra:
    """Something that is nice to have."""

    lacks: str  # what an answer lacks that does not have it: "does not ..."
    test: str  # the function of this module that tells whether an answer has it
    function: str  # what is called, with these arguments
    args: tuple = ()
    kwargs: dict = dataclasses.field(default_factory=dict)
    value: object = None  # what the test compares with

    def __post_init__(self):
        """Refuse a test that does not exist."""
        known = [*TESTS, "follows_rng"]
        if self.test not in known:
            raise ValueError(f"no test `{self.test}`: they are {listing(known)}")

    def met(self, call):
        """Tell whether an answer has it."""
        if self.test == "follows_rng":
            return follows_rng(call, self)
        look = "memory" if self.test == "little_memory" else ""
        outcome = call(self.function, *self.args, **self.kwargs, look=look)
        return bool(TESTS[self.test](outcome, self))


def refuses(outcome, _):
    """Tell whether a call is refused by an exception that is raised for that."""
    return outcome.error and outcome.error["type"] in REFUSALS


def gives(outcome, extra):
    """Tell whether a call gives an array or a number, up to the last digits."""
    value, expected = as_array(outcome.value), np.asarray(extra.value)
    return (
        not outcome.error
        and value is not None
        and value.shape == expected.shape
        and np.allclose(value, expected, atol=1e-9, equal_nan=False)
    )


def contiguous(outcome, _):
    """Tell whether the columns of the result are contiguous in memory."""
    return isinstance(outcome.value, np.ndarray) and outcome.value.flags.f_contiguous


def unchanged(outcome, _):
    """Tell whether the arguments are left as they were."""
    return not outcome.changed


def whole(outcome, _):
    """Tell whether the result holds whole numbers."""
    return np.asarray(outcome.value).dtype.kind in "iu"


def little_memory(outcome, extra):
    """Tell whether little more memory is needed than for the result, `value` bytes."""
    known = not outcome.error and outcome.peak is not None
    return known and outcome.peak < 1.1 * extra.value


def finite(outcome, _):
    """Tell whether the arrays that are returned have finite numbers only."""
    arrays = as_arrays(outcome.value)
    return arrays is not None and all(np.isfinite(part).all() for part in arrays)


def lines(outcome, extra):
    """Tell how many lines are printed."""
    printed = outcome.printed.strip().splitlines()
    return not outcome.error and len(printed) == extra.value


def follows_rng(call, extra):
    """Tell whether orders are those of one generator, and others where none is given.

    They are `np.random.default_rng(rng).permutation(N)`. The arguments are those of a
    training loop on minibatches of one sample: samples, labels, a state, the number of
    epochs and more.
    """
    samples, labels, start, T, *more = extra.args

    def run(state=start, columns=slice(None), T=T, **rng):
        args = samples[:, columns], labels[:, columns], state, T, *more
        outcome = call(extra.function, *args, **rng)
        return () if outcome.error else as_arrays(outcome.value) or ()

    def agree(first, second):
        return len(first) == len(second) and all(map(np.allclose, first, second))

    for seed in range(3):
        rng, state = np.random.default_rng(seed), start
        for k in (k for _ in range(T) for k in rng.permutation(samples.shape[1])):
            state = run(state, [k], 1)  # there is one order of a single sample
        if not state or not agree(state, run(rng=seed)):
            return False
    first, *others = (run() for _ in range(5))
    return not all(agree(first, other) for other in others)


TESTS = {
    test.__name__: test
    for test in (
        contiguous,
        finite,
        gives,
        lines,
        little_memory,
        refuses,
        unchanged,
        whole,
    )
}
