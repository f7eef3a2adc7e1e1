"""Write the tables of README.md and the figures from results.json.

    python -m benchmarks.report

The text between the tables is kept: it is written in README.md itself; the README.md
above it gets its tables too. results.json is a list with one entry for each processor,
that measured last in front. The targets, the summary and the machines have columns for
each; the other tables and the figures are those of the first.
"""

import json
import re
from pathlib import Path
from statistics import median

import numpy as np
from matplotlib.figure import Figure

from benchmarks import calls, growth, training
from benchmarks.training import BOTH
from benchmarks.worker import module
from tools.tables import fill, table

HERE = Path(__file__).resolve().parent
READMES = [HERE / "README.md", HERE.parent / "README.md"]
TARGETS = [
    ("training", "here float32", "torch_loop float32", 0.7),
    ("training", "here float32", "jax float32", 0.92),
    ("training", "here float32", "limit float32", 1.7),
    ("training", "here float64", "torch_loop float64", 0.8),
    ("growth", "seconds", "products", 1.3),
    ("growth", "seconds", "shuffled", 1.3),
    ("calls", "load_gz", "inflate", 1.2),
    ("calls", "load_raw", "fromfile", 1.5),
]
SUMMARY = ["here", "torch_loop", "sklearn", "jax", "keras", "limit"]


def named(kind, name):
    """Return what a competitor is called; in growth, what is timed in turn."""
    if kind == "growth":
        return growth.IN_TURN[name]
    return module(kind).COMPETITORS[name][0]


def values(results, kind, name, key="seconds"):
    """Return one figure of all repetitions, and rounds; none if it was not measured."""
    runs = results[kind].get(name, [])
    return np.ravel([run[key] for run in runs if run.get(key) is not None]).tolist()


def middle(numbers, form=".2f", none="missing"):
    """Return a text: the median."""
    return format(median(numbers), form) if numbers else none


def spread(numbers, form=".2f", none="missing"):
    """Return a text: the median, and the smallest and the largest if they differ."""
    if not numbers:
        return none
    least, middle, most = (format(of(numbers), form) for of in [min, median, max])
    return middle if least == most else f"{middle} ({least} .. {most})"


def ratios(results, kind, name, other):
    """Return the ratios of two times in the same repetition, none if one is missing."""
    if kind == "growth":
        times = [values(results, kind, growth.BASE, key) for key in (name, other)]
        return np.divide(*times).tolist()
    runs = results[kind].get(name, []), results[kind].get(other, [])
    pairs = zip(*runs, strict=False)  # an earlier machine may not have both
    return [a["seconds"] / b["seconds"] for a, b in pairs if "seconds" in a.keys() & b]


def fastest_first(results):
    """Return names of competitors in training; those that are missing come last."""
    names = filter(results["training"].get, training.COMPETITORS)  # not earlier ones
    times = {name: values(results, "training", name) for name in names}
    return sorted(times, key=lambda name: median(times[name] or [float("inf")]))


def compared(results, kind, name, reference, unit="s"):
    """Return a row: name, time, time of the reference over it, memory."""
    what, reason = named(kind, name), results[kind][name][0].get("missing")
    if reason:
        return [what, "missing", f"`{reason}`", ""]
    times = values(results, kind, name)
    time = spread([1000 * s for s in times], ".0f") if unit == "ms" else spread(times)
    ratio = spread(ratios(results, kind, reference, name))
    return [what, time, ratio, middle(values(results, kind, name, "peak_MB"), ".0f")]


def training_table(results):
    """Return the epochs of all, each compared with this project in its precision."""
    rows = []
    for name in fastest_first(results):
        own = f"here {name.split()[1]}"
        *row, memory = compared(results, "training", name, own)
        errors = values(results, "training", name, "testing_error")
        rows.append([*row, spread(errors, none=""), memory])
    head = ["", "s per epoch", "this project / it", "testing error after 5 epochs (%)"]
    return table([*head, "peak memory (MB)"], rows)


def calls_table(results, competitors):
    """Return calls, each compared with that of this project, in bold, before it."""
    rows, reference = [], None
    for name, (what, *_) in competitors.items():
        reference = name if what.startswith("**") else reference
        rows.append(compared(results, "calls", name, reference, "ms"))
    return table(["", "ms", "our time / its", "peak memory (MB)"], rows)


def summary_table(machines):
    """Return the epochs of the best known, in float32 and in float64 side by side."""

    def time(machine, peer, precision):
        name, own = f"{peer} {precision}", f"here {precision}"
        if name not in training.COMPETITORS:
            return ""
        times = values(machine, "training", name)
        ratio = middle(ratios(machine, "training", own, name))
        return f"{middle(times)} ({ratio})" if times else "missing"

    rows = []
    for peer in SUMMARY:
        names = [f"{peer} {precision}" for precision in BOTH]
        errors = [values(machines[0], "training", n, "testing_error") for n in names]
        times = [time(machine, peer, p) for machine in machines for p in BOTH]
        texts = [middle(found, none="") for found in errors]
        rows.append([training.TABLE[peer][0], *texts, *times])
    head = ["", *(f"testing error (%), {precision}" for precision in BOTH)]
    head += [f"{m['name']}: s, {p}" for m in machines for p in BOTH]
    return table(head, rows)


def speed(results):
    """Return a sentence: an epoch here and of the peers, in both precisions."""
    told = []
    for peer in SUMMARY[:-1]:
        names = [f"{peer} {precision}" for precision in BOTH]
        times = [middle(values(results, "training", n), none="-") for n in names]
        told.append(f"{training.TABLE[peer][0].partition(',')[0]} {' / '.join(times)}")
    where = f"{results['machine']['cores']} cores of {results['machine']['processor']}"
    return f"Seconds an epoch, in {' / '.join(BOTH)}, on {where}: {', '.join(told)}."


def targets_table(machines):
    """Return the ratios that have a target, and whether they meet it."""
    rows = []
    for kind, *names, target in TARGETS:
        what = " / ".join(named(kind, name) for name in names).replace("**", "")
        verdicts = [judged(ratios(m, kind, *names), target) for m in machines]
        rows.append([what, f"at most {target}", *verdicts])
    return table(["ratio", "target", *(m["name"] for m in machines)], rows)


def judged(found, target):
    """Return a text: whether the median of ratios meets the target, and the ratios."""
    if not found:
        return "missing"
    met = round(median(found), 3) <= target  # by the digits that are shown
    return f"{'yes' if met else '**no**'}: {spread(found, '.3f')}"


def machine_table(machines):
    """Return what each machine is and when it was measured."""
    told = [results["machine"] for results in machines]
    rows = [[key, *(str(machine[key]) for machine in told)] for key in told[0]]
    return table(["", *(m["name"] for m in machines)], rows, 1 + len(machines))


def notebooks_table(results):
    """Return how long the notebooks take, and with what."""
    parts = ["seconds", "startup", "computing", "drawing"]
    rows = [
        [name, *(spread(values(results, "notebooks", name, p), ".1f") for p in parts)]
        for name in results["notebooks"]
    ]
    return table(["notebook", "s in all", "start-up", "computing", "drawing"], rows)


def commands_table(results):
    """Return how long the commands take for which people wait."""
    found = results["commands"]
    rows = [[f"`{n}`", spread(values(results, "commands", n), ".1f")] for n in found]
    return table(["command", "s"], rows)


def growth_table(results):
    """Return how time and memory grow with the data, the network and the minibatch."""
    head = ["N", "Nh", "B", "s per epoch", "products alone (s)", "and shuffled (s)"]
    head += ["epoch / products", "epoch / shuffled products"]
    head += ["peak memory (MB)", "of it, the images (MB)"]
    rows = []
    for size in filter(results["growth"].get, growth.COMPETITORS):
        times = [values(results, "growth", size, key) for key in growth.IN_TURN]
        times += [np.divide(times[0], products).tolist() for products in times[1:]]
        peak = middle(values(results, "growth", size, "peak_MB"), ".0f")
        data = 8 * 784 * int(size.split()[0]) / 1e6
        rows.append([*size.split(), *map(middle, times), peak, f"{data:.0f}"])
    return table(head, rows, 0)


def profile_table(results):
    """Return the lines of an epoch that take the longest."""
    [profile] = results["profile"]["lines"]
    rows = []
    for function, line, seconds in profile["lines"]:
        ms, share = 1000 * seconds, 100 * seconds / profile["seconds"]
        rows.append([f"`{function}`", f"`{line}`", f"{ms:.0f}", f"{share:.1f}"])
    return table(["function", "line", "ms", "share (%)"], rows, 2)


def make_tables(machines):
    """Return the tables by name, from the list of the machines' results."""
    first = machines[0]
    return {
        "speed": speed(first),
        "summary": summary_table(machines),
        "targets": targets_table(machines),
        "machine": machine_table(machines),
        "training": training_table(first),
        "reading": calls_table(first, calls.READING),
        "steps": calls_table(first, calls.STEPS),
        "notebooks": notebooks_table(first),
        "commands": commands_table(first),
        "growth": growth_table(first),
        "profile": profile_table(first),
    }


def draw_epochs(results):
    """Draw the time of an epoch of each competitor."""
    fig = Figure(figsize=(8, 4.5), layout="constrained")
    ax = fig.subplots()
    for name in fastest_first(results):
        times = values(results, "training", name)
        if times and not name.startswith("gather"):
            what = re.sub(r"[*`]", "", named("training", name))
            colour = {"here": "C0", "limit": "C1"}.get(re.split("[ _]", name)[0], "C7")
            ax.barh(what, median(times), color=colour)
            ax.plot([min(times), max(times)], [what, what], color="black")
    ax.invert_yaxis()
    title = f"One epoch of training ({results['name']})"
    ax.set(title=title, xlabel="seconds (bar: median; line: range)")
    return fig


def draw_growth(results):
    """Draw the time of an epoch against each of N, Nh and B."""
    fig = Figure(figsize=(10, 3.6), layout="constrained")
    axes = fig.subplots(1, 3, sharey=True)
    ticks = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]
    for k, (ax, name) in enumerate(zip(axes, growth.SERIES, strict=True)):
        sizes = [size for size in growth.SERIES[name] if size in results["growth"]]
        x = [int(size.split()[k]) for size in sizes]
        for key, style, what in [
            ("seconds", "C0o-", "an epoch here"),
            ("shuffled", "C2^:", "its matrix products, shuffled"),
            ("products", "C1s--", "its matrix products alone"),
        ]:
            y = [median(values(results, "growth", size, key)) for size in sizes]
            ax.plot(x, y, style, label=what)
        ax.set(xscale="log", yscale="log", xlabel=name)
        ax.set_xticks(x, x)
        ax.set_yticks(ticks, ticks)
        ax.minorticks_off()
        ax.grid(alpha=0.3)
    axes[0].set_ylabel("seconds per epoch")
    axes[0].legend(loc="upper left")
    return fig


def write(folder):
    """Write the tables and the figures of the results in a folder."""
    machines = json.loads((folder / "results.json").read_text())
    tables = make_tables(machines)
    targets = READMES if folder == HERE else [folder / "README.md"]
    for readme, target in zip(READMES, targets, strict=False):
        text = fill(readme.read_text(encoding="utf-8"), tables)
        target.write_text(text, encoding="utf-8", newline="\n")
    draw_epochs(machines[0]).savefig(folder / "epoch.png", dpi=110)
    draw_growth(machines[0]).savefig(folder / "growth.png", dpi=110)


if __name__ == "__main__":
    write(HERE)
