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
import statistics
import sys
from pathlib import Path

import matplotlib

from tools.tables import fill, table

HERE = Path(__file__).resolve().parent
NAMES = {
    "here": "**this project**, updates only, float64",
    "here_32": "**this project**, updates only, float32",
    "here_printing": "this project, evaluating each epoch, float64",
    "here_rows": "this project, rows contiguous, float64",
    "torch_loop": "PyTorch, plain loop, float32",
    "torch_loop_64": "PyTorch, plain loop, float64",
    "torch_loader": "PyTorch, `DataLoader`, float32",
    "torch_loader_64": "PyTorch, `DataLoader`, float64",
    "sklearn": "scikit-learn, `MLPClassifier`, float32",
    "sklearn_64": "scikit-learn, `MLPClassifier`, float64",
    "keras": "Keras on JAX, `fit`, float32",
    "jax": "JAX, `jit`, float32",
    "limit": "limit: the matrix products alone, float64",
    "limit_32": "limit: the matrix products alone, float32",
    "gather": "part: copying the shuffled minibatches, float64",
    "copy": "to compare: one copy of the data, float64",
    "load_gz": "**`MNISTtools.load`**, .gz",
    "inflate": "bare `zlib.decompress`",
    "gunzip": "`gzip.open(...).read()`",
    "idx2numpy_gz": "idx2numpy, .gz",
    "load_raw": "**`MNISTtools.load`**, raw",
    "fromfile": "bare `numpy.fromfile`",
    "idx2numpy_raw": "idx2numpy, raw",
    "torchvision_raw": "torchvision, raw",
    "normalize": "**`normalize_MNIST_images`**",
    "astype": "bare `astype`, bytes to float64",
    "steps copy": "bare copy of the result",
    "forward": "**`forwardprop_shallow`**",
    "forward_products": "limit: its matrix products alone",
    "update": "**`update_shallow`**, full batch",
    "update_products": "limit: its matrix products alone",
}
TARGETS = [
    ("training", "here_32", "torch_loop", 0.7),
    ("training", "here_32", "jax", 0.92),
    ("training", "here_32", "limit_32", 1.7),
    ("training", "here", "torch_loop_64", 0.8),
    ("reading", "load_gz", "inflate", 1.2),
    ("reading", "load_raw", "fromfile", 1.5),
]

SUMMARY = [
    "here",
    "here_32",
    "limit",
    "limit_32",
    "torch_loop",
    "torch_loop_64",
    "sklearn",
    "sklearn_64",
    "keras",
    "jax",
]
BASE = "60000 64 100"
LIMITS = {
    "in their original order": 1,
    "on the shuffled minibatches of an epoch": 2,
}


def values(runs, key="seconds"):
    """Return one figure of all repetitions."""
    return [run[key] for run in runs if run.get(key) is not None]


def spread(numbers, form="{:.2f}"):
    """Return a text: the median, and the smallest and the largest if they differ."""
    middle, *ends = map(
        form.format, [statistics.median(numbers), min(numbers), max(numbers)]
    )
    return middle if set(ends) == {middle} else f"{middle} ({ends[0]} .. {ends[1]})"


def ratios(results, kind, name, other):
    """Return the ratios of two times in the same repetition, none if one is missing."""
    if not {name, other} <= results[kind].keys():  # measured before there was one
        return []
    pairs = zip(results[kind][name], results[kind][other], strict=True)
    return [a["seconds"] / b["seconds"] for a, b in pairs if "seconds" in a.keys() & b]


def here(name):
    """Return what a competitor is compared with: this project in its precision."""
    return "here_32" if NAMES[name].endswith("float32") else "here"


def to_products(runs, which):
    """Return the ratios of an epoch to its matrix products, timed in turn."""
    return [times[0] / times[which] for run in runs for times in run["rounds"]]


def growing(size):
    """Return where a size of the network and the data stands in the table."""
    N, Nh, B = map(int, size.split())
    return B != 100, Nh != 64, N, Nh, B


def compared(results, kind, names, form, reference=None):
    """Return rows: name, time, time of the reference (or `here`) over it, memory."""
    rows = []
    for name in names:
        runs = results[kind][name]
        what = NAMES.get(f"{kind} {name}", NAMES[name])
        if "missing" in runs[0]:
            rows.append([what, "missing", f"`{runs[0]['missing']}`", ""])
            continue
        to_it = ratios(results, kind, reference or here(name), name)
        rows.append(
            [
                what,
                spread([t * form[1] for t in values(runs)], form[0]),
                spread(to_it) if to_it else "missing",
                f"{statistics.median(values(runs, 'peak_MB')):.0f}",
            ]
        )
    return rows


def label(results):
    """Return a short name of the machine: its processor and the kernels of its BLAS."""
    told = results["machine"]
    name = re.sub(r"\(\w+\)| Processor| CPU.*", "", told["processor"])
    return ", ".join([name, *re.findall(r"\w+ kernels", told.get("BLAS", ""))])


def aims(results):
    """Return the ratios that have a target: (what, ratios, target)."""
    found = [
        (f"{NAMES[name]} / {NAMES[other]}", ratios(results, kind, name, other), target)
        for kind, name, other, target in TARGETS
    ]
    found[4:4] = [
        (
            f"{NAMES['here']} / its matrix products alone, {how}",
            to_products(results["growth"][BASE], which),
            1.3,
        )
        for how, which in LIMITS.items()
    ]
    return found


def judged(found, target):
    """Return a text: whether the median of ratios meets the target, and the ratios."""
    if not found:
        return "missing"
    met = round(statistics.median(found), 3) <= target  # by the digits that are shown
    return f"{'yes' if met else '**no**'}: {spread(found, '{:.3f}')}"


def described(results):
    """Return what a machine is and when it was measured, by names."""
    told = {"": label(results), **results["machine"]}
    told["peers"] = ", ".join(f"{n} {v}" for n, v in told.get("peers", {}).items())
    told["not installed"] = ", ".join(results["not_installed"]) or "nothing"
    told["measured"] = (
        f"{results['date']}, {results['minutes']} minutes, load average before "
        f"{results['load_before'][0]} and after {results['load_after'][0]}"
    )
    told["disturbed by other programs"] = ", ".join(results["disturbed"]) or "nothing"
    return told


def make_tables(machines):
    """Return the tables by name, from the list of the machines' results."""
    results = machines[0]
    labels = [label(machine) for machine in machines]
    tables = {}
    told = [described(machine) for machine in machines]
    head, *rows = [
        [str(key).replace("_", " "), *(str(machine.get(key, "")) for machine in told)]
        for key in told[0]
    ]
    tables["machine"] = table(head, rows, 1 + len(machines))

    rows = [
        [
            same[0][0].replace("**", ""),
            f"at most {same[0][2]}",
            *(judged(found, target) for _, found, target in same),
        ]
        for same in zip(*map(aims, machines), strict=True)
    ]
    tables["targets"] = table(["ratio", "target met?", *labels], rows)

    runs = results["training"]
    order = sorted(
        (name for name in runs if "seconds" in runs[name][0]),
        key=lambda name: statistics.median(values(runs[name])),
    )
    order += [name for name in runs if name not in order]
    rows = compared(results, "training", order, ("{:.2f}", 1))
    for row, name in zip(rows, order, strict=True):
        errors = values(runs[name], "testing_error")
        row.insert(3, spread(errors) if errors else "")
    head = [
        "",
        "s per epoch",
        "this project / it",
        "testing error after 5 epochs (%)",
        "peak memory (MB)",
    ]
    tables["training"] = table(head, rows)

    rows = []
    for name in (name for name in order if name in SUMMARY):
        errors = values(runs[name], "testing_error")
        row = [NAMES[name], f"{statistics.median(errors):.2f}" if errors else ""]
        for machine in machines:
            times = values(machine["training"].get(name, []))
            to_it = ratios(machine, "training", here(name), name)
            for found in [times, to_it]:
                row.append(f"{statistics.median(found):.2f}" if found else "missing")
        rows.append(row)
    head = ["", "testing error after 5 epochs (%)"]
    for name in labels:
        head += [f"{name}: s per epoch", "this project / it"]
    tables["summary"] = table(head, rows)

    head = ["", "ms", "our time / its", "peak memory (MB)"]
    rows = []
    for reference, names in [
        ("load_gz", ["load_gz", "inflate", "gunzip", "idx2numpy_gz"]),
        ("load_raw", ["load_raw", "fromfile", "idx2numpy_raw", "torchvision_raw"]),
    ]:
        rows += compared(results, "reading", names, ("{:.0f}", 1000), reference)
    tables["reading"] = table(head, rows)
    rows = []
    for reference, names in [
        ("normalize", ["normalize", "astype", "copy"]),
        ("forward", ["forward", "forward_products"]),
        ("update", ["update", "update_products"]),
    ]:
        rows += compared(results, "steps", names, ("{:.0f}", 1000), reference)
    tables["steps"] = table(head, rows)

    parts = ["seconds", "startup", "computing", "drawing"]
    rows = [
        [name, *(spread(values(runs, part), "{:.1f}") for part in parts)]
        for name, runs in results["notebooks"].items()
    ]
    tables["notebooks"] = table(
        ["notebook", "s in all", "start-up", "computing", "drawing"], rows
    )

    rows = []
    for size in sorted(results["growth"], key=growing):
        runs = results["growth"][size]
        rows.append(
            [
                *size.split(),
                f"{statistics.median(values(runs)):.2f}",
                f"{statistics.median(values(runs, 'products')):.2f}",
                f"{statistics.median(values(runs, 'shuffled')):.2f}",
                *(f"{statistics.median(to_products(runs, k)):.2f}" for k in (1, 2)),
                f"{statistics.median(values(runs, 'peak_MB')):.0f}",
                f"{runs[0]['data_MB']:.0f}",
            ]
        )
    tables["growth"] = table(
        [
            "N",
            "Nh",
            "B",
            "s per epoch",
            "products alone (s)",
            "and shuffled (s)",
            "epoch / products",
            "epoch / shuffled products",
            "peak memory (MB)",
            "of it, the images (MB)",
        ],
        rows,
        0,
    )

    [profile] = results["profile"]["lines"]
    tables["profile"] = table(
        ["function", "line", "ms", "share (%)"],
        [
            [
                f"`{line['function']}`",
                f"`{line['line']}`",
                f"{1000 * line['seconds']:.0f}",
                f"{100 * line['seconds'] / profile['seconds']:.1f}",
            ]
            for line in profile["lines"]
        ],
        2,
    )
    return tables


def draw(results, folder):
    """Draw the two figures."""
    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    plt.rcParams.update({"svg.hashsalt": "", "figure.constrained_layout.use": True})
    runs = results["training"]
    names = [n for n in runs if "seconds" in runs[n][0] and n not in ("gather", "copy")]
    names.sort(key=lambda name: statistics.median(values(runs[name])))
    fig, ax = plt.subplots(figsize=(8, 4.5))
    for row, name in enumerate(names):
        times = values(runs[name])
        own = name.startswith("here")
        colour = "C1" if name.startswith("limit") else "C0" if own else "C7"
        ax.barh(row, statistics.median(times), color=colour)
        ax.plot([min(times), max(times)], [row, row], color="black")
    ax.set_yticks(range(len(names)), [re.sub(r"[*`]", "", NAMES[n]) for n in names])
    ax.invert_yaxis()
    ax.set(
        title=f"One epoch of training ({label(results)})",
        xlabel="seconds (bar: median; line: range)",
    )
    fig.savefig(folder / "epoch.png", dpi=110)

    fig, axes = plt.subplots(1, 3, figsize=(10, 3.6), sharey=True)
    sizes = [tuple(map(int, size.split())) for size in results["growth"]]
    base = tuple(map(int, BASE.split()))
    for ax, index, name in zip(
        axes, range(3), ["images N", "hidden units Nh", "batch size B"], strict=True
    ):
        along = sorted(
            size
            for size in sizes
            if all(size[k] == base[k] for k in range(3) if k != index)
        )
        x = [size[index] for size in along]
        found = [results["growth"][" ".join(map(str, size))] for size in along]
        for key, style, what in [
            ("seconds", "C0o-", "an epoch here"),
            ("shuffled", "C2^:", "its matrix products, shuffled"),
            ("products", "C1s--", "its matrix products alone"),
        ]:
            y = [statistics.median(values(runs, key)) for runs in found]
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
    fig.savefig(folder / "growth.png", dpi=110)


def main():
    """Write tables and figures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    machines = json.loads((folder / "results.json").read_text())
    tables = make_tables(machines)
    targets = {HERE / "README.md": folder / "README.md"}
    if folder.resolve() == HERE:
        targets[HERE.parent / "README.md"] = HERE.parent / "README.md"
    for source, target in targets.items():
        text = fill(source.read_text(encoding="utf-8"), tables)
        target.write_text(text, encoding="utf-8", newline="\n")
    draw(machines[0], folder)


if __name__ == "__main__":
    main()
