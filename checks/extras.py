"""What is nice to have in an answer that is right: tests of it, and what they need."""

import dataclasses

import numpy as np

from checks.cases import as_array, as_arrays

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
    """Tell whether all that is drawn comes from `rng`, and anew where there is none.

    The arguments are those of a training loop: samples, labels, a state, the number of
    epochs and more.
    """
    samples, labels, start, T, *more = extra.args

    def run(state=start, T=T, **rng):
        outcome = call(extra.function, samples, labels, state, T, *more, **rng)
        return None if outcome.error else as_arrays(outcome.value)

    def differ(*states):
        pairs = [(states[0], state) for state in states[1:] if state and states[0]]
        return any(not all(map(np.array_equal, *pair)) for pair in pairs)

    def epoch_by_epoch(seed):  # each with a generator of its own
        state = start
        for _ in range(T):
            state = run(state, 1, rng=seed)
        return state

    seeds = range(4)  # by chance one of them may show no difference
    states = [run(rng=seed) for seed in seeds]
    return (
        None not in states
        and not differ(states[0], run(rng=0))
        and differ(*states)
        and any(differ(states[seed], epoch_by_epoch(seed)) for seed in seeds)
        and differ(*(run() for _ in range(5)))
    )


TESTS = {
    test.__name__: test
    for test in (contiguous, finite, gives, lines, little_memory, refuses, unchanged)
}
