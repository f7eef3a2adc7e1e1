"""Write the tables of README.md and the figures from results.json.

    python -m benchmarks.report [FOLDER]

The folder has results.json and gets the rest; it is that of this file by default, and
then the README.md above it gets its tables too. The text between the tables is kept: it
is written in README.md itself.

results.json is a list with one entry for each processor, that measured last in front.
The targets, the summary and the machines have columns for each; the other tables and
the figures are those of the first.
"""

import json
import re
import sys
from pathlib import Path
from statistics import median

import matplotlib

from benchmarks import commands, reading, steps, training
from benchmarks.growth import BASE
from tools.tables import fill, table

HERE = Path(__file__).resolve().parent
LABELS = {
    kind.__name__.rpartition(".")[2]: {
        name: label for name, (label, *_) in kind.COMPETITORS.items()
    }
    for kind in [training, reading, steps]
}
PRECISION = {name: found[2] for name, found in training.COMPETITORS.items()}
ROUNDS = {  # what an epoch is compared with in growth.py, and its place there
    "its matrix products alone, in their original order": 1,
    "its matrix products alone, on the shuffled minibatches of an epoch": 2,
}
TARGETS = [
    ("training", "here_32", "torch_loop", 0.7),
    ("training", "here_32", "jax", 0.92),
    ("training", "here_32", "limit_32", 1.7),
    ("training", "here", "torch_loop_64", 0.8),
    *(("training", "here", products, 1.3) for products in ROUNDS),
    ("reading", "load_gz", "inflate", 1.2),
    ("reading", "load_raw", "fromfile", 1.5),
]
SUMMARY = {  # by precision, each in the same order
    "float32": ["here_32", "torch_loop", "sklearn", "jax", "keras", "limit_32"],
    "float64": ["here", "torch_loop_64", "sklearn_64", None, None, "limit"],
}


def named(kind, name):
    """Return what a competitor is called, with its precision in training."""
    label = LABELS[kind].get(name, name)
    known = kind == "training" and name in PRECISION
    return f"{label}, {PRECISION[name]}" if known else label


def values(runs, key="seconds"):
    """Return one figure of all repetitions."""
    return [run[key] for run in runs if run.get(key) is not None]


def spread(numbers, form="{:.2f}", none="missing"):
    """Return a text: the median, and the smallest and the largest if they differ."""
    if not numbers:
        return none
    middle, *ends = map(form.format, [median(numbers), min(numbers), max(numbers)])
    return middle if set(ends) == {middle} else f"{middle} ({ends[0]} .. {ends[1]})"


def middle(numbers, form="{:.2f}"):
    """Return a text: the median."""
    return form.format(median(numbers)) if numbers else "missing"


def ratios(results, kind, name, other):
    """Return the ratios of two times in the same repetition, none if one is missing."""
    if other in ROUNDS:
        return to_products(results["growth"][BASE], ROUNDS[other])
    if not {name, other} <= results[kind].keys():  # measured before there was one
        return []
    pairs = zip(results[kind][name], results[kind][other], strict=True)
    return [a["seconds"] / b["seconds"] for a, b in pairs if "seconds" in a.keys() & b]


def to_products(runs, which):
    """Return the ratios of an epoch to its matrix products, timed in turn."""
    return [times[0] / times[which] for run in runs for times in run["rounds"]]


def here(name):
    """Return what a competitor is compared with: this project in its precision."""
    return SUMMARY[PRECISION[name]][0]


def label(results):
    """Return a short name of the machine: its processor and the kernels of its BLAS."""
    told = results["machine"]
    name = re.sub(r"\(\w+\)| Processor| CPU.*", "", told["processor"])
    return ", ".join([name, *re.findall(r"\w+ kernels", told.get("BLAS", ""))])


def fastest_first(runs):
    """Return names of competitors; those that are missing come last."""
    return sorted(runs, key=lambda name: median(values(runs[name]) or [float("inf")]))


def compared(results, kind, name, reference, form, scale=1):
    """Return a row: name, time, time of the reference over it, memory."""
    what, found = named(kind, name), results[kind][name]
    if "missing" in found[0]:
        return [what, "missing", f"`{found[0]['missing']}`", ""]
    time = spread([seconds * scale for seconds in values(found)], form)
    ratio = spread(ratios(results, kind, reference, name))
    return [what, time, ratio, middle(values(found, "peak_MB"), "{:.0f}")]


def training_table(results):
    """Return the epochs of all, each compared with this project in its precision."""
    rows = []
    for name in fastest_first(results["training"]):
        row = compared(results, "training", name, here(name), "{:.2f}")
        errors = values(results["training"][name], "testing_error")
        rows.append([*row[:3], spread(errors, none=""), *row[3:]])
    head = ["", "s per epoch", "this project / it", "testing error after 5 epochs (%)"]
    return table([*head, "peak memory (MB)"], rows)


def calls_table(results, kind):
    """Return calls, each compared with that of this project, in bold, before it."""
    rows, reference = [], None
    for name, what in LABELS[kind].items():
        reference = name if what.startswith("**") else reference
        rows.append(compared(results, kind, name, reference, "{:.0f}", 1000))
    return table(["", "ms", "our time / its", "peak memory (MB)"], rows)


def summary_table(machines):
    """Return the epochs of the best known, in float32 and in float64 side by side."""

    def error(machine, name):
        none = name is None or name.startswith("limit")
        runs = machine["training"].get(name, [])
        return "" if none else middle(values(runs, "testing_error"))

    def time(machine, name):
        if name is None:
            return ""
        times = values(machine["training"].get(name, []))
        ratio = middle(ratios(machine, "training", here(name), name))
        return f"{middle(times)} ({ratio})" if times else "missing"

    head = ["", *(f"testing error (%), {precision}" for precision in SUMMARY)]
    head += [f"{label(m)}: s, {precision}" for m in machines for precision in SUMMARY]
    rows = []
    for pair in zip(*SUMMARY.values(), strict=True):
        errors = [error(machines[0], name) for name in pair]
        times = [time(machine, name) for machine in machines for name in pair]
        rows.append([LABELS["training"][pair[0]], *errors, *times])
    return table(head, rows)


def speed(results):
    """Return a sentence: an epoch here and of the peers, at equal precision."""
    runs, parts = results["training"], []
    for precision, (own, *peers, _) in SUMMARY.items():
        took = middle(values(runs.get(own, [])), "{:.2f} s")
        took = took.replace("missing", "a time not measured yet")
        others = [
            f"{LABELS['training'][name]} {middle(values(runs.get(name, [])))}"
            for name in filter(None, peers)
        ]
        parts.append(f"{took} in {precision} ({'; '.join(others)})")
    return f"On {label(results)}, an epoch takes this project {' and '.join(parts)}."


def targets_table(machines):
    """Return the ratios that have a target, and whether they meet it."""
    rows = []
    for kind, name, other, target in TARGETS:
        what = f"{named(kind, name)} / {named(kind, other)}".replace("**", "")
        found = [ratios(machine, kind, name, other) for machine in machines]
        verdicts = [judged(numbers, target) for numbers in found]
        rows.append([what, f"at most {target}", *verdicts])
    return table(["ratio", "target met?", *map(label, machines)], rows)


def judged(found, target):
    """Return a text: whether the median of ratios meets the target, and the ratios."""
    if not found:
        return "missing"
    met = round(median(found), 3) <= target  # by the digits that are shown
    return f"{'yes' if met else '**no**'}: {spread(found, '{:.3f}')}"


def machine_table(machines):
    """Return what each machine is and when it was measured."""
    columns = []
    for results in machines:
        told = {"": label(results), **results["machine"]}
        told["peers"] = ", ".join(f"{n} {v}" for n, v in told.get("peers", {}).items())
        told["not installed"] = ", ".join(results["not_installed"]) or "nothing"
        told["measured"] = (
            f"{results['date']}, {results['minutes']} minutes, load average before "
            f"{results['load_before'][0]} and after {results['load_after'][0]}"
        )
        disturbed = ", ".join(results["disturbed"])
        told["disturbed by other programs"] = disturbed or "nothing"
        columns.append(told)
    head, *rows = [
        [key.replace("_", " "), *(str(told.get(key, "")) for told in columns)]
        for key in columns[0]
    ]
    return table(head, rows, 1 + len(machines))


def notebooks_table(results):
    """Return how long the notebooks take, and with what."""
    parts = ["seconds", "startup", "computing", "drawing"]
    rows = [
        [name, *(spread(values(runs, part), "{:.1f}") for part in parts)]
        for name, runs in results["notebooks"].items()
    ]
    return table(["notebook", "s in all", "start-up", "computing", "drawing"], rows)


def commands_table(results):
    """Return how long the commands take for which people wait."""
    found = results.get("commands", {})
    rows = [
        [what, spread(values(found.get(name, [])), "{:.1f}")]
        for name, (what, *_) in commands.COMPETITORS.items()
    ]
    return table(["command", "s"], rows)


def growth_table(results):
    """Return how time and memory grow with the data, the network and the minibatch."""
    head = ["N", "Nh", "B", "s per epoch", "products alone (s)", "and shuffled (s)"]
    head += ["epoch / products", "epoch / shuffled products"]
    head += ["peak memory (MB)", "of it, the images (MB)"]
    rows = []
    for N, Nh, B in sorted(sizes(results), key=lambda s: (s[2] != 100, s[1] != 64, s)):
        runs = results["growth"][f"{N} {Nh} {B}"]
        figures = [values(runs, key) for key in ["seconds", "products", "shuffled"]]
        figures += [to_products(runs, which) for which in ROUNDS.values()]
        memory = [middle(values(runs, k), "{:.0f}") for k in ["peak_MB", "data_MB"]]
        rows.append([str(N), str(Nh), str(B), *map(middle, figures), *memory])
    return table(head, rows, 0)


def sizes(results):
    """Return the sizes N, Nh, B that an epoch was timed with."""
    return [tuple(map(int, size.split())) for size in results["growth"]]


def profile_table(results):
    """Return the lines of an epoch that take the longest."""
    [profile] = results["profile"]["lines"]
    rows = []
    for line in profile.get("lines", []):
        ms, share = 1000 * line["seconds"], 100 * line["seconds"] / profile["seconds"]
        code = [f"`{line['function']}`", f"`{line['line']}`"]
        rows.append([*code, f"{ms:.0f}", f"{share:.1f}"])
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
        "reading": calls_table(first, "reading"),
        "steps": calls_table(first, "steps"),
        "notebooks": notebooks_table(first),
        "commands": commands_table(first),
        "growth": growth_table(first),
        "profile": profile_table(first),
    }


def draw_epochs(results, plt):
    """Draw the time of an epoch of each competitor."""
    runs = results["training"]
    names = [name for name in fastest_first(runs) if name not in ("gather", "copy")]
    names = [name for name in names if values(runs[name])]
    fig, ax = plt.subplots(figsize=(8, 4.5))
    for row, name in enumerate(names):
        times = values(runs[name])
        colour = {"here": "C0", "limit": "C1"}.get(name.partition("_")[0], "C7")
        ax.barh(row, median(times), color=colour)
        ax.plot([min(times), max(times)], [row, row], color="black")
    labels = [re.sub(r"[*`]", "", named("training", name)) for name in names]
    ax.set_yticks(range(len(names)), labels)
    ax.invert_yaxis()
    ax.set_title(f"One epoch of training ({label(results)})")
    ax.set_xlabel("seconds (bar: median; line: range)")
    return fig


def draw_growth(results, plt):
    """Draw the time of an epoch against each of N, Nh and B."""
    fig, axes = plt.subplots(1, 3, figsize=(10, 3.6), sharey=True)
    base = tuple(map(int, BASE.split()))
    names = ["images N", "hidden units Nh", "batch size B"]
    for k, (ax, name) in enumerate(zip(axes, names, strict=True)):
        others = base[:k] + base[k + 1 :]
        along = sorted(s for s in sizes(results) if s[:k] + s[k + 1 :] == others)
        x = [size[k] for size in along]
        found = [results["growth"][" ".join(map(str, size))] for size in along]
        for key, style, what in [
            ("seconds", "C0o-", "an epoch here"),
            ("shuffled", "C2^:", "its matrix products, shuffled"),
            ("products", "C1s--", "its matrix products alone"),
        ]:
            y = [median(values(runs, key)) for runs in found]
            ax.plot(x, y, style, label=what)
        ax.set(xscale="log", yscale="log", xlabel=name)
        ax.set_xticks(x, x)
        ax.minorticks_off()
        ax.grid(alpha=0.3)
    ticks = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]
    axes[0].set_yticks(ticks, ticks)
    axes[0].minorticks_off()
    axes[0].set_ylabel("seconds per epoch")
    axes[0].legend(loc="upper left")
    return fig


def main():
    """Write tables and figures."""
    folder = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else HERE
    machines = json.loads((folder / "results.json").read_text())
    tables = make_tables(machines)
    targets = {HERE / "README.md": folder / "README.md"}
    if folder == HERE:
        targets[HERE.parent / "README.md"] = HERE.parent / "README.md"
    for source, target in targets.items():
        text = fill(source.read_text(encoding="utf-8"), tables)
        target.write_text(text, encoding="utf-8", newline="\n")
    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    plt.rcParams["figure.constrained_layout.use"] = True
    draw_epochs(machines[0], plt).savefig(folder / "epoch.png", dpi=110)
    draw_growth(machines[0], plt).savefig(folder / "growth.png", dpi=110)


if __name__ == "__main__":
    main()
