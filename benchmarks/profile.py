"""Profile an epoch of `backprop_minibatch_shallow`, line by line."""

import contextlib
import io
import linecache

import shallow
from benchmarks.worker import images

COMPETITORS = {"lines": "an epoch"}
# Each of the others is called in one line of the first, which counts without them.
FUNCTIONS = ["backprop_minibatch_shallow", "update_shallow", "forwardprop_shallow"]


def measure(name, repetition):
    """Train an epoch under the profile; return the lines that took the longest."""
    from line_profiler import LineProfiler

    x, labels = images("train", float)
    x, d = x.T, shallow.label2onehot(labels, 10)
    net = shallow.init_shallow(784, 64, 10, rng=1)
    shallow.update_shallow(x[:, :100], d[:, :100], net)

    profiler = LineProfiler()
    for function in FUNCTIONS:
        setattr(shallow, function, profiler(getattr(shallow, function)))
    with contextlib.redirect_stdout(io.StringIO()):
        shallow.backprop_minibatch_shallow(x, d, net, 1, rng=1)

    stats = profiler.get_stats()
    ticks = {
        (function, linecache.getline(file, number).strip()): taken
        for (file, _, function), lines in stats.timings.items()
        for number, _, taken in lines
    }
    for function in FUNCTIONS[1:]:
        whole = sum(ticks[key] for key in ticks if key[0] == function)
        [call] = [key for key in ticks if f"{function}(" in key[1]]
        ticks[call] -= whole
    total = sum(ticks.values())
    return {
        "seconds": total * stats.unit,
        "lines": [
            {"function": function, "line": line, "seconds": taken * stats.unit}
            for (function, line), taken in sorted(ticks.items(), key=lambda i: -i[1])
            if taken > 0.005 * total
        ],
    }
