"""Profile an epoch of `backprop_minibatch_shallow`, line by line."""

import linecache

import shallow
from benchmarks.worker import problem, updates

COMPETITORS = ["lines"]
# Each of the others is called in one line of the first, which counts without them.
FUNCTIONS = ["backprop_minibatch_shallow", "update_shallow", "forwardprop_shallow"]


def measure(name, repetition):
    """Train an epoch under the profile; return the lines that took the longest."""
    from line_profiler import LineProfiler

    x, d, net = problem()
    updates(x, d, net, [slice(100)])
    profiler = LineProfiler(*[getattr(shallow, name) for name in FUNCTIONS])
    profiler.runcall(shallow.backprop_minibatch_shallow, x, d, net, 1, rng=1)

    stats = profiler.get_stats()
    taken = {
        (function, linecache.getline(file, number).strip()): ticks * stats.unit
        for (file, _, function), lines in stats.timings.items()
        for number, _, ticks in lines
    }
    for function in FUNCTIONS[1:]:
        [call] = [key for key in taken if f"{function}(" in key[1]]
        taken[call] -= sum(taken[key] for key in taken if key[0] == function)
    total = sum(taken.values())
    ordered = sorted(taken.items(), key=lambda item: -item[1])
    lines = [[*line, time] for line, time in ordered if time > 0.005 * total]
    return {"seconds": total, "lines": lines}
