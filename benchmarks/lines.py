"""Profile an epoch of `backprop_minibatch_shallow`, line by line.

    python -m benchmarks.lines [--quick]

Each line of the training functions of `shallow` gets the time until the next line
starts, without the functions of `shallow` that it calls: they have lines of their own.
"""

import argparse
import collections
import contextlib
import io
import linecache
import sys
import time

from benchmarks.worker import images, report


def main():
    """Train an epoch under the profile and report the lines that took the longest."""
    import shallow

    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    x, labels = images("train", float, 2000 if arguments.quick else None)
    x, d = x.T, shallow.label2onehot(labels, 10)
    net = shallow.init_shallow(784, 64, 10, rng=1)
    shallow.update_shallow(x[:, :100], d[:, :100], net)

    taken = collections.Counter()
    current = (None, 0)
    since = 0.0

    def trace(frame, event, argument):
        nonlocal current, since
        now = time.perf_counter()
        taken[current] += now - since
        if frame.f_code.co_filename != shallow.__file__:
            since = time.perf_counter()
            return None
        if event == "return":
            frame = frame.f_back
        ours = frame.f_code.co_filename == shallow.__file__
        current = (frame.f_code.co_name, frame.f_lineno) if ours else (None, 0)
        since = time.perf_counter()
        return trace

    with contextlib.redirect_stdout(io.StringIO()):
        since = time.perf_counter()
        sys.settrace(trace)
        shallow.backprop_minibatch_shallow(x, d, net, 1, rng=1)
        sys.settrace(None)

    del taken[None, 0]
    total = sum(taken.values())
    lines = [
        {
            "function": function,
            "line": linecache.getline(shallow.__file__, number).strip(),
            "seconds": seconds,
        }
        for (function, number), seconds in taken.most_common()
        if seconds > 0.005 * total
    ]
    report(seconds=total, lines=lines)


if __name__ == "__main__":
    main()
