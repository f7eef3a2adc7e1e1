"""Make the judge's data: inputs, results, known points and what mistakes answer.

    python -m grading.probes [--seed 1] [--to checks/seed1.json]

Everything follows from the seed and from the answers of this repository. A student has
the data of seed 1; whoever marks can make others in a second or two.
"""

import argparse
import dataclasses
from pathlib import Path

import numpy as np

from checks import data as files
from checks.judge import Trial
from checks.minibatches import Drawn, Watched
from checks.questions import QUESTIONS
from checks.runner import TrustedAnswers, read_beside, read_source
from checks.standins import SIGNATURES, bind, rows
from grading.mistakes import MISTAKES, QUESTION_OF

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "shallow.py"
BROKEN = ("NameError", "UnboundLocalError")
BY_CHANCE = ("value", "shuffled", "anew", "told")  # parts of a signature
VARIANTS = sorted(Path(__file__).with_name("variants").glob("*.py"))


def reference(more="", deep=""):
    """Return the answers of this repository, with some text behind each file."""
    beside = {
        name: f"{text}\n\n{deep}" for name, text in read_beside(REFERENCE).items()
    }
    return TrustedAnswers(f"{read_source(REFERENCE)}\n\n{more}", beside=beside)


def with_mistake(mistake):
    """Return the answers of this repository with a mistake in the place of one."""
    return reference(**{"deep" if mistake.question == 26 else "more": mistake.source})


class Inputs:
    """The inputs of the probes, drawn from a seed."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def numbers(self, *shape, scale=1.0):
        """Return numbers of both signs, none of them small, with three decimals."""
        sizes = self.rng.uniform(0.2, 1.5, shape) * self.rng.choice([-1, 1], shape)
        return np.round(scale * sizes, 3)

    def net(self, *sizes, scale=1.0):
        """Return a network whose biases count; the sizes begin with the inputs."""
        shapes = [
            shape
            for n, m in zip(sizes, sizes[1:], strict=False)
            for shape in [(m, n), (m, 1)]
        ]
        return tuple(self.numbers(*shape, scale=scale) for shape in shapes)

    def samples(self, N, Ni):
        """Return images as `MNISTtools.load` lays them out: contiguous columns."""
        return self.numbers(N, Ni).T

    def labels(self, N, K=10):
        """Return N labels that are no pattern."""
        return self.rng.permutation(np.arange(N) % K)

    def predictions(self, lbl, wrong, K=10):
        """Return predictions of which the first few are wrong, none of them certain."""
        lbl = np.asarray(lbl)
        y = self.rng.uniform(0.2, 1, (K, lbl.size))
        said = lbl.copy()
        said[:wrong] = (said[:wrong] + self.rng.integers(1, K, wrong)) % K
        # Every second one has more than one half of the probability.
        certain = np.where(np.arange(lbl.size) % 2, 12, 1)
        y[said, np.arange(lbl.size)] = certain * self.rng.uniform(1.2, 2.5, lbl.size)
        return np.round(y / y.sum(axis=0), 4)


def one_hot(lbl, K=10):
    """Return one-hot columns."""
    return np.asfortranarray(np.eye(K)[:, lbl])


def ten_rows(rows):
    """Return scores for ten classes: two rows as given, the others like the first."""
    first, second = np.array(rows, dtype=float)
    return np.stack([first - 1, second, *[first - 1] * 7, first])


def column(draw):
    """Return ten small whole numbers, none of them 0, as a column."""
    return draw.rng.choice([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0], (10, 1))


def problem(draw, N, *sizes, scale=1.0):
    """Return x, d and net, with hidden units that are on for some samples only.

    No score is near the corner of ReLU, so that rounding decides nothing.
    """
    while True:
        x, net = draw.samples(N, sizes[0]), draw.net(*sizes, scale=scale)
        d = one_hot(draw.labels(N, sizes[-1]), sizes[-1])
        h, good = x, True
        for W, b in zip(net[:-2:2], net[1:-2:2], strict=True):
            a = W @ h + b
            on = (a > 0).mean(axis=1)
            good &= abs(a).min() > 0.01 and on.max() > 0 and on.min() < 1
            h = np.maximum(a, 0)
        if good:
            return x, d, net


def inputs(seed):
    """Return what each probe calls its function with.

    Returns
    -------
    dict
        By question and name of the probe: `args`, and for training loops what else
        the probe needs.
    """
    draw = Inputs(seed)
    normal, labels = draw.rng.standard_normal, draw.labels
    ten, more = labels(10), labels(13)
    gap = draw.rng.permutation([0, 9, 1, 8, 2, 7, 7])  # some labels do not occur
    a, e = normal((2, 10, 7))
    square, direction = normal((2, 10, 10))
    scores, slopes = draw.numbers(5, 4), draw.numbers(5, 4)
    scores[0, 0] = -abs(scores[0, 0])  # np.vectorize takes the type from the first one
    few = labels(4)
    certain = np.where(np.arange(10) == 3, 0.002, 0.998 / 9)  # and wrong
    sheet = np.array([[1], [2], [-3]])
    small, middle = problem(draw, 1, 2, 3, 10), problem(draw, 6, 4, 5, 10)
    even = problem(draw, 10, 10, 10, 10)
    eight = np.array([7, 7, 7, 1, 7, 4, 1, 9])  # unequal classes, errors in one
    training = trainable(draw, 7, 3, 2.0, rises=True)
    found = {
        4: {
            "levels": [np.array([[0, 51], [102, 255]], np.uint8)],
            "dark": [np.array([[17, 51], [102, 153]], np.uint8)],
            "images": [draw.rng.integers(0, 256, (7, 12)).astype(np.uint8).T],
        },
        5: {"ten": [ten], "more": [more], "gap": [gap]},
        6: {
            "three": [one_hot([2, 0, 1])],
            "ten": [one_hot(ten)],
            "more": [one_hot(more)],
        },
        7: {
            "logs": [np.log(np.arange(1.0, 11))[:, None]],
            "random": [np.round(3 * a, 3)],
            "square": [np.round(3 * square, 3)],
            "large": [ten_rows([[1000, -2000], [999, 2000]])],
            "apart": [ten_rows([[0, -2000], [1, -2001]])],
            "small": [ten_rows([[-1000], [-1001]])],
        },
        10: {
            "column": [column(draw), column(draw)],
            "random": [np.round(a, 3), np.round(e, 3)],
            "square": [np.round(square, 3), np.round(direction, 3)],
        },
        12: {
            "sheet": [sheet],
            "random": [scores],
            "slope": [sheet.astype(float), np.array([[5.0], [-6.0], [7.0]])],
            "slopes": [scores, slopes],
        },
        14: {
            "small": [small[0], small[2]],
            "random": [middle[0], middle[2]],
            "square": [even[0], even[2]],
        },
        15: {
            "tenth": [np.full((10, 4), 0.1), one_hot(few)],
            "half": [np.where(np.arange(10) == 3, 0.5, 0.5 / 9)[:, None], one_hot([3])],
            "random": [draw.predictions(eight, 2), one_hot(eight)],
            "certain": [certain[:, None], one_hot([3])],
        },
        16: {
            "four": [draw.predictions(few, 1), few],
            "random": [draw.predictions(eight, 3), eight],
            "square": [draw.predictions(ten, 7), ten],
            "all": [draw.predictions(few, 0), few],
        },
        17: {
            "random": [*middle, 0.2],
            "default": [*middle],
            "one": [*small, 1.0],
            "square": [*even, 0.2],
        },
        18: {
            "steps": [*training, 3, 2.0],
            "default": [*training, 2],
            "one": [*training, 1, 0.3],
        },
        20: {
            "watched": [*problem(draw, 30, 2, 3, 10), 2, 12, 0.3],
            "even": [*problem(draw, 36, 2, 3, 10), 1, 12, 0.3],
            "default": [*problem(draw, 105, 2, 3, 10), 1],
            "whole": [*trainable(draw, 6, 2, 0.05), 2],
            "drawn": [*problem(draw, 3, 2, 2, 10), 2, 2, 0.5],
        },
    }
    three = problem(draw, 6, 4, 5, 3, 6, 10, scale=0.7)
    one = problem(draw, 6, 4, 5, 10)
    found[26] = {
        "forward": [three[0], three[2]],
        "shallow": [one[0], one[2]],
        "update": [*three, 0.2],
        "default": [*one],
        "square": [*problem(draw, 10, 10, 10, 10, 10, 10, scale=0.4), 0.2],
        "whole": [*trainable(draw, 6, 2, 0.05, sizes=(2, 4, 3, 10)), 2],
        "drawn": [*problem(draw, 3, 2, 3, 2, 10), 2, 2, 0.5],
    }
    return {
        n: {name: {"args": args} for name, args in probes.items()}
        for n, probes in found.items()
    }


def trainable(draw, N, T, gamma, rises=False, sizes=(2, 3, 10)):
    """Return a problem with some errors after each step, of which none is the best.

    Where the loss rises with the last step, one sees who stops early or keeps the best.
    """
    answers = reference()
    while True:
        x, d, net = problem(draw, N, *sizes)
        told = [
            progress(answers, x, d, now) for now in path(answers, x, d, net, T, gamma)
        ]
        losses, errors = zip(*told, strict=True)
        if all(20 < error < 95 for error in errors) and rises == (
            losses[-1] > losses[-2]
        ):
            return x, d, net


def path(answers, x, d, net, steps, gamma):
    """Return the networks before and after each of some steps."""
    nets = [net]
    for _ in range(steps):
        nets.append(value(answers, f"update_{kind(net)}", x, d, nets[-1], gamma))
    return nets


def kind(net):
    """Return the ending of the functions that a network needs."""
    return "shallow" if len(net) == 4 else "deep"


def value(answers, name, *args):
    """Return what a function returns, which must not fail."""
    outcome = answers.call(name, *args)
    if outcome.error:
        raise RuntimeError(f"{name}: {outcome.error['reason']}")
    return outcome.value


def progress(answers, x, d, net):
    """Return the loss and the percentage of errors of a network."""
    y = value(answers, f"forwardprop_{kind(net)}", x, net)
    return value(answers, "eval_loss", y, d), value(
        answers, "eval_perfs", y, d.argmax(axis=0)
    )


def complete(answers, n, name, given, draw):
    """Add to the inputs of a probe what its result should be."""
    probe = next(probe for probe in QUESTIONS[n].probes if probe.name == name)
    args = given["args"]
    if not probe.function.startswith("backprop"):
        given["expected"] = value(answers, probe.function, *args)
        return
    x, d, net, T = args[:4]
    gamma = args[-1] if len(args) > 4 else 0.05
    B = args[4] if n != 18 and len(args) > 4 else 100
    N = x.shape[1]
    if isinstance(probe, Watched):
        starts = range(0, N, B)
        given["sizes"] = [min(B, N - i) for i in starts] * T
        given["gamma"] = gamma
        given["script"] = [draw.net(2, 3, 10) for _ in given["sizes"]]
        nets = [net, *given["script"][len(starts) - 1 :: len(starts)]]
        alone = net
        for i in [*starts] * T:
            alone = value(
                answers,
                "update_shallow",
                x[:, i : i + B],
                d[:, i : i + B],
                alone,
                gamma,
            )
        given["in order"] = alone
        given["expected"] = given["script"][-1]
    elif isinstance(probe, Drawn):
        given["possible"] = [
            epoch(answers, *args, last=second, net=epoch(answers, *args, last=first))
            for first in range(3)
            for second in range(3)
        ]
        return
    else:
        nets = path(answers, x, d, net, T, gamma)
        given["expected"] = nets[-1]
    # Where there are several rounds, those who print before an update show the second.
    told = [progress(answers, x, d, now) for now in nets[T > 1 :]]
    given["losses"], given["errors"] = map(list, zip(*told, strict=True))


def epoch(answers, x, d, first, T, B, gamma, last, net=None):
    """Return the network after an epoch on three samples, one of them left for last."""
    net = first if net is None else net
    for batch in [[i for i in range(3) if i != last], [last]]:
        update = f"update_{kind(net)}"
        net = value(answers, update, x[:, batch], d[:, batch], net, gamma)
    return net


class Tracer:
    """Answers stand-ins with what is right, and keeps what they ask."""

    def __init__(self, answers):
        self.answers = answers
        self.found = {}

    def ask(self, name, args, kwargs, asked, script=None):
        """Answer as `standins.Ask` would, if it knew everything."""
        arguments = bind(name, args, kwargs)
        asked.append((name, arguments))
        if script is not None and name == "update_shallow":
            calls = sum(other == name for other, _ in asked)
            return [tuple(script[min(calls, len(script)) - 1])]
        if name not in TRACED:
            return None
        result = value(self.answers, name, *arguments.values())
        self.keep(name, arguments, result)
        return [result]

    def keep(self, name, arguments, result):
        """Keep the rows of a call, and those of calls that are near at hand."""
        a = np.asarray(arguments.get("a", 0.0), dtype=float)
        if name == "relup":  # at the scores, and at what ReLU makes of them
            for at in (a, np.maximum(a, 0)):
                slope = value(self.answers, name, at, np.ones(at.shape))
                self.keep_rows(name, [at, 1.0], slope)
            return
        if name == "softmaxp":
            a = a.reshape(len(a), -1)
            units = [np.tile(unit[:, None], a.shape[1]) for unit in np.eye(len(a))]
            parts = [value(self.answers, name, a, unit) for unit in units]
            self.keep_rows(name, [a, 1.0], np.transpose(parts, (2, 1, 0)))
            return
        self.keep_rows(name, list(arguments.values()), result)
        if name == "softmax":
            self.keep_rows(name, [a - a.max(axis=0)], result)
        if name in ("eval_loss", "eval_perfs"):  # also sample by sample
            for k in range(len(arguments["y"].T)):
                one = [np.asarray(array)[..., [k]] for array in arguments.values()]
                self.keep_rows(name, one, value(self.answers, name, *one))

    def keep_rows(self, name, args, result):
        """Keep the rows of a call."""
        keys, take, _ = rows(name, bind(name, args, {}))
        for key, row in zip(keys, take(result), strict=True):
            short = tuple(np.round(key, 9) + 0.0)
            self.found.setdefault((name, len(key), len(row)), {})[short] = (key, row)

    def follow(self, variants, name, *args, script=None):
        """Call the function of each variant and follow what it asks."""

        def ask(*asked):
            return self.ask(*asked, script=script)

        question = QUESTIONS[QUESTION_OF[name]]
        others = [other for other in SIGNATURES if other not in question.functions]
        for variant in variants:
            variant.call(name, *args, standins=others, ask=ask)

    def tables(self):
        """Return what was asked, as `standins.Tables` reads it."""
        tables = {}
        for (name, *_), points in self.found.items():
            keys, values = map(np.array, zip(*points.values(), strict=True))
            tables.setdefault(name, []).append([keys, values])
        return tables


TRACED = [
    name
    for name in SIGNATURES
    if not name.startswith(("normalize", "backprop")) and not name.endswith("deep")
]


def trace(answers, variants, n, probes):
    """Return the known points of a question: all that right answers ask."""
    tracer = Tracer(answers)
    if n in (16, 18, 20, 26):  # labels as one-hot columns, and back
        tracer.ask("onehot2label", [np.eye(10)], {}, [])
        tracer.ask("label2onehot", [np.arange(10)], {}, [])
    if n in (14, 17, 18, 20, 26):  # for those who write a bias as the weight of a 1
        tracer.ask("relu", [np.ones(1)], {}, [])
    for probe in QUESTIONS[n].probes:
        given = probes[probe.name]
        args, script = given["args"], given.get("script")
        if isinstance(probe, Drawn):
            trace_epochs(tracer, answers, variants, *args)
            continue
        if probe.function != "backprop_minibatch_deep":
            tracer.follow(variants, probe.function, *args, script=script)
        if isinstance(probe, Watched):  # some print in the midst of an epoch
            for net in [args[2], *script]:
                tracer.ask("forwardprop_shallow", [args[0], net], {}, [])
        elif probe.function.startswith("backprop"):  # some write the updates out
            x, d, net, T = args[:4]
            gamma = args[4] if len(args) > 4 else 0.05
            for now in path(answers, x, d, net, T, gamma):
                tracer.follow(variants, f"update_{kind(net)}", x, d, now, gamma)
                if kind(net) == "deep":
                    trace_printing(tracer, answers, variants, x, d, now)
    return tracer.tables()


def trace_epochs(tracer, answers, variants, x, d, net, T, B, gamma):
    """Follow what is asked on all ways through two epochs of three samples."""
    nets, deep = [net], kind(net) == "deep"
    for epoch in range(T + 1):
        for net in nets:  # what is printed before and after
            if deep:
                trace_printing(tracer, answers, variants, x, d, net)
            else:
                args = x, d, net, 1, gamma
                tracer.follow(variants, "backprop_shallow", *args, script=[net])
        after = []
        for net in nets if epoch < T else []:
            for last in range(3):
                now = net
                for batch in [[i for i in range(3) if i != last], [last]]:
                    xb, db = x[:, batch], d[:, batch]
                    update = f"update_{kind(net)}"
                    tracer.follow(variants, update, xb, db, now, gamma)
                    if not deep:
                        args = xb, db, now, 1, gamma
                        tracer.follow(variants, "backprop_shallow", *args)
                    now = value(answers, update, xb, db, now, gamma)
                    if deep:
                        trace_printing(tracer, answers, variants, x, d, now)
                    else:
                        tracer.ask("forwardprop_shallow", [x, now], {}, [])
                after.append(now)
        nets = after


def trace_printing(tracer, answers, variants, x, d, net):
    """Follow what is asked to print the loss and the errors of a deep network."""
    tracer.follow(variants, "forwardprop_deep", x, net)
    y = value(answers, "forwardprop_deep", x, net)
    lbl = d.argmax(axis=0)
    for name, args in [
        ("eval_loss", [y, d]),
        ("eval_perfs", [y, lbl]),
        ("onehot2label", [y]),
        ("onehot2label", [d]),
    ]:
        tracer.ask(name, args, {}, [])


def make(seed):
    """Make the judge's data for a seed.

    Returns
    -------
    dict
        As `checks.data.load` returns them.
    """
    answers = reference()
    # Another copy of the reference: while that is traced, this one says what is right.
    variants = [reference(), *(TrustedAnswers(read_source(p)) for p in VARIANTS)]
    draw = Inputs([seed, 1])
    questions = {}
    for n, probes in inputs(seed).items():
        for name, given in probes.items():
            complete(answers, n, name, given, draw)
        # As a file keeps them, so that the numbers below are those of the file.
        probes = files.unpack(files.pack(probes))
        tables = files.unpack(files.pack(trace(answers, variants, n, probes)))
        questions[n] = {"probes": probes, "tables": tables, "mistakes": []}
    for mistake in MISTAKES:
        given = questions[mistake.question]
        outcomes = outcomes_of(mistake, given)
        given["mistakes"].append(
            {"name": mistake.name, "hint": mistake.hint, "outcomes": outcomes}
        )
    return {"seed": seed, "questions": questions}


def outcomes_of(mistake, given):
    """Return the signatures of a mistake: what it is known by.

    None stands for a probe whose outcome is always left to chance. Of a mistake that
    varies, some parts of the other signatures are left out too.
    """
    answers, question = with_mistake(mistake), QUESTIONS[mistake.question]
    drawn = [probe.name for probe in question.probes if isinstance(probe, Drawn)]
    rest = [probe for probe in question.probes if probe.name not in drawn]
    question = dataclasses.replace(question, probes=rest)
    trial = Trial(question, given | {"mistakes": []}, answers, given["tables"])
    found = trial.signatures()
    if any(part.get("error") in BROKEN for part in found.values()):
        raise ValueError(f"{mistake.name} is no wrong answer, but a broken one")
    left_out = BY_CHANCE if mistake.varies else ()
    return dict.fromkeys(drawn) | {
        name: {key: part for key, part in parts.items() if key not in left_out}
        for name, parts in found.items()
    }


def main():
    """Write the file that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--to", type=Path, default=files.SEED_1, metavar="FILE")
    arguments = parser.parse_args()
    files.save(make(arguments.seed), arguments.to)
    size = arguments.to.stat().st_size / 1000
    print(f"{arguments.to}: {len(MISTAKES)} mistakes, {size:.0f} kB")


if __name__ == "__main__":
    main()
