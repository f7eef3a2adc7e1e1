"""The questions of the assignment, and what each one that asks for code asks.

The probes of a question decide its verdict. Its extras are what this project's
docstrings add to the assignment: nice to have, and never a reason for "wrong".
"""

import dataclasses

import numpy as np

from checks import words
from checks.minibatches import Drawn, Watched
from checks.probes import Probe, as_array, as_net

REFUSALS = ("ValueError", "TypeError")  # raised on purpose, an IndexError is not


@dataclasses.dataclass(frozen=True)
class Extra:
    """Something that is nice to have.

    Attributes
    ----------
    lacks : str
        What an answer lacks that does not have it: "does not ...".
    met : function of a function `call`
        Tells whether an answer has it.
    """

    lacks: str
    met: object


@dataclasses.dataclass(frozen=True)
class Question:
    """A question; without functions it is for a human to read.

    Attributes
    ----------
    title : str
        As in the notebooks.
    functions : tuple of str
        The functions that answer it.
    probes : tuple of Probe
        In the order in which their faults are told.
    extras : tuple of Extra
        What is nice to have.
    bonus : bool
        Whether nothing is missing where it is not answered.
    """

    title: str
    functions: tuple = ()
    probes: tuple = ()
    extras: tuple = ()
    bonus: bool = False


def is_array(outcome, expected):
    """Tell whether an outcome is an array, up to the last digits."""
    value = as_array(outcome.value)
    expected = np.asarray(expected)
    return (
        not outcome.error
        and value is not None
        and value.shape == expected.shape
        and np.allclose(value, expected, atol=1e-9, equal_nan=False)
    )


def refuses(function, *args, **kwargs):
    """Make the test that a call is refused by an exception that is raised for that."""
    return lambda call: bool(
        (error := call(function, *args, **kwargs).error) and error["type"] in REFUSALS
    )


def gives(expected, function, *args, **kwargs):
    """Make the test that a call gives an array or a number."""
    return lambda call: is_array(call(function, *args, **kwargs), expected)


def columns_contiguous(function, *args):
    """Make the test that the columns of the result are contiguous in memory."""
    return lambda call: (
        isinstance(value := call(function, *args).value, np.ndarray)
        and value.flags.f_contiguous
    )


def columns_sum_to(total, why=""):
    """Make the identity that every column of a result has this sum."""

    def say(value):
        sums = value.sum(axis=0)
        if np.allclose(sums, total):
            return None
        k = np.argmax(abs(sums - total))
        return (
            f"every column of the result should sum to {total}{why}, but column {k} "
            f"sums to {words.number(sums[k])}"
        )

    return say


def _little_memory(call):
    x = np.zeros((1000, 784), np.uint8).T
    outcome = call("normalize_MNIST_images", x, measure=True)
    return not outcome.error and outcome.peak < 1.1 * x.size * 8


def _floats_unchanged(call):
    x = np.array([[0.0, 51.0], [102.0, 255.0]])
    outcome = call("normalize_MNIST_images", x)
    return not outcome.changed


# A network of two inputs, two hidden units and two classes, with three samples.
X = np.array([[0.5, -1.0, 0.25], [1.0, 0.5, -0.75]])
D = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])
NET = (
    np.array([[0.5, -0.25], [1.0, 0.75]]),
    np.array([[0.1], [-0.2]]),
    np.array([[0.3, -0.6], [0.2, 0.9]]),
    np.array([[0.0], [0.1]]),
)
THREE = np.log([[1.0], [2.0], [3.0]])


def _survives_saturation(call):
    huge = tuple(1e4 * array for array in NET)
    net = as_net(call("update_shallow", X, D, huge).value)
    return net is not None and all(np.isfinite(array).all() for array in net)


def _lines(function, *args):
    return lambda call: (
        len((out := call(function, *args)).printed.strip().splitlines()) == args[3]
        and not out.error
    )


def _follows_rng(function):
    def met(call):
        def run(net=NET, T=3, **rng):
            outcome = call(function, X, D, net, T, 1, 0.5, **rng)
            return None if outcome.error else as_net(outcome.value)

        def differ(*nets):
            pairs = [(nets[0], net) for net in nets[1:] if net and nets[0]]
            return any(not all(map(np.array_equal, *pair)) for pair in pairs)

        def epoch_by_epoch(seed):  # each with a generator of its own
            net = NET
            for _ in range(3):
                net = run(net, 1, rng=seed)
            return net

        seeds = range(4)  # by chance one of them may show no difference
        nets = [run(rng=seed) for seed in seeds]
        return (
            None not in nets
            and not differ(nets[0], run(rng=0))
            and differ(*nets)
            and any(differ(nets[seed], epoch_by_epoch(seed)) for seed in seeds)
            and differ(*(run() for _ in range(5)))
        )

    return met


def _training_extras(function, *B):
    return (
        Extra(
            "prints more or fewer lines than one for each step or epoch",
            _lines(function, X, D, NET, 3, *B),
        ),
        Extra("does not refuse T = 0", refuses(function, X, D, NET, 0)),
        Extra(
            "does not refuse gamma = -1", refuses(function, X, D, NET, 1, gamma=-1.0)
        ),
        Extra(
            "does not refuse a `d` with more rows than the network has outputs",
            refuses(function, X, np.vstack([D, D]), NET, 1),
        ),
    )


NO_RNG = (
    "does not draw its order from `rng`: one generator for all epochs, and by default "
    "a new one at each call"
)
ONE_LAYER = "4 inputs, 5 hidden units, 10 classes"
THREE_LAYERS = "4 inputs, hidden layers of 5, 3 and 6 units, 10 classes"

QUESTIONS = {
    1: Question("shapes and sizes"),
    2: Question("one image and its label"),
    3: Question("range and type"),
    4: Question(
        "images in [-1, 1]",
        ("normalize_MNIST_images",),
        (
            Probe("levels", "normalize_MNIST_images", dtype="float64"),
            Probe("dark", "normalize_MNIST_images", dtype="float64"),
            Probe(
                "images",
                "normalize_MNIST_images",
                "uint8 images of 12 pixels as columns",
                dtype="float64",
            ),
        ),
        (
            Extra(
                "does not keep a column in one piece in memory, as `x` does",
                columns_contiguous(
                    "normalize_MNIST_images", np.ones((3, 4), np.uint8).T
                ),
            ),
            Extra(
                "changes the array that it was given if that is float64 already",
                _floats_unchanged,
            ),
            Extra("needs memory for more than its result", _little_memory),
        ),
    ),
    5: Question(
        "labels as one-hot columns",
        ("label2onehot",),
        (
            Probe("ten", "label2onehot", "each label from 0 to 9 once"),
            Probe("more", "label2onehot", "13 labels from 0 to 9"),
            Probe("gap", "label2onehot", "labels of which some do not occur"),
        ),
        (
            Extra(
                "has no optional argument `num_classes`, or does not follow it",
                gives(
                    np.eye(5)[:, :2], "label2onehot", np.array([0, 1]), num_classes=5
                ),
            ),
            Extra(
                "does not refuse negative labels",
                refuses("label2onehot", np.array([9, 3, -1])),
            ),
            Extra(
                "does not refuse a label of `num_classes` or more",
                refuses("label2onehot", np.array([3, 10]), num_classes=10),
            ),
            Extra(
                "does not refuse labels that are not integers",
                refuses("label2onehot", np.array([1.0, 9.0])),
            ),
            Extra(
                "does not keep a column in one piece in memory",
                columns_contiguous("label2onehot", np.arange(10)),
            ),
        ),
    ),
    6: Question(
        "and back to labels",
        ("onehot2label",),
        (
            Probe("three", "onehot2label", "10 classes; labels 2, 0, 1", row=True),
            Probe("ten", "onehot2label", "one-hot columns for 0 to 9, mixed", row=True),
            Probe("more", "onehot2label", "13 one-hot columns", row=True),
        ),
        (
            Extra(
                "does not give the most probable class of a prediction",
                gives(
                    [1, 0, 2],
                    "onehot2label",
                    np.array([[0.1, 0.5, 0.32], [0.7, 0.3, 0.28], [0.2, 0.2, 0.4]]),
                ),
            ),
        ),
    ),
    7: Question(
        "softmax",
        ("softmax",),
        (
            Probe(
                "logs",
                "softmax",
                "the scores log 1, log 2, ... log 10 as a column",
                identity=columns_sum_to(1),
            ),
            Probe(
                "random",
                "softmax",
                "random scores of shape (10, 7)",
                identity=columns_sum_to(1),
            ),
            Probe("square", "softmax", "random scores of shape (10, 10)"),
            Probe("large", "softmax", "scores up to 2000"),
            Probe("apart", "softmax", "scores around 0 in a column, -2000 in the next"),
            Probe("small", "softmax", "scores around -1000"),
        ),
        (
            Extra(
                "does not take one column alone, as a vector",
                gives([1 / 6, 2 / 6, 3 / 6], "softmax", THREE[:, 0]),
            ),
            Extra(
                "is wrong for scores of type int8",
                gives([[1], [0]], "softmax", np.array([[100], [-100]], np.int8)),
            ),
        ),
    ),
    8: Question("the derivative with respect to its own score"),
    9: Question("the derivatives with respect to the other scores"),
    10: Question(
        "the directional derivative of softmax",
        ("softmaxp",),
        (
            Probe(
                "column",
                "softmaxp",
                "10 whole numbers as a column, and 10 others",
                identity=columns_sum_to(0, ", since those of softmax always sum to 1"),
            ),
            Probe(
                "random", "softmaxp", "random scores and directions of shape (10, 7)"
            ),
            Probe(
                "square", "softmaxp", "random scores and directions of shape (10, 10)"
            ),
        ),
        (
            Extra(
                "does not take one column alone, as a vector",
                gives([0.25, -0.25], "softmaxp", np.zeros(2), np.array([1.0, 0.0])),
            ),
            Extra(
                "gives nan or inf for large scores",
                gives(
                    [[0.0], [0.0]],
                    "softmaxp",
                    np.array([[1e4], [-1e4]]),
                    np.array([[1.0], [2.0]]),
                ),
            ),
        ),
    ),
    11: Question("a numerical check"),
    12: Question(
        "ReLU",
        ("relu", "relup"),
        (
            Probe("sheet", "relu"),
            Probe("random", "relu", "random scores of shape (5, 4)"),
            Probe("slope", "relup"),
            Probe("slopes", "relup", "random scores and directions of shape (5, 4)"),
        ),
        (
            Extra("`relu` does not take a list", gives([1, 2, 0], "relu", [1, 2, -3])),
            Extra(
                "`relup` is not 0 at 0, where ReLU has its corner",
                gives([[0.0]], "relup", np.array([[0.0]]), np.array([[2.0]])),
            ),
            Extra(
                "`relu` is wrong near the largest float",
                gives([[1e308, 0]], "relu", np.array([[1e308, -1e308]])),
            ),
        ),
    ),
    13: Question("initial weights"),
    14: Question(
        "forward propagation",
        ("forwardprop_shallow",),
        (
            Probe(
                "small",
                "forwardprop_shallow",
                "2 inputs, 3 hidden units, 10 classes and 1 sample",
            ),
            Probe(
                "random",
                "forwardprop_shallow",
                "4 inputs, 5 hidden units, 10 classes and 6 samples",
            ),
            Probe(
                "square",
                "forwardprop_shallow",
                "10 inputs, 10 hidden units, 10 classes and 10 samples",
            ),
        ),
    ),
    15: Question(
        "the loss",
        ("eval_loss",),
        (
            Probe(
                "tenth", "eval_loss", "every entry of y is 1/10; 10 classes, 4 samples"
            ),
            Probe("half", "eval_loss", "1/2 for the right one of 10 classes, 1 sample"),
            Probe(
                "certain",
                "eval_loss",
                "0.002 for the right one of 10 classes, 1 sample",
            ),
            Probe("random", "eval_loss", "predictions for 10 classes and 8 samples"),
        ),
        (
            Extra(
                "is not 0 for a perfect prediction (0 * log(0) should count as 0)",
                gives(0.0, "eval_loss", np.eye(3), np.eye(3)),
            ),
            Extra(
                "is not infinite where the true class was predicted with probability 0",
                lambda call: (
                    call("eval_loss", np.eye(2)[:, :1], np.eye(2)[:, 1:]).value
                    == np.inf
                ),
            ),
        ),
    ),
    16: Question(
        "the percentage of errors",
        ("eval_perfs",),
        (
            Probe(
                "four",
                "eval_perfs",
                "predictions for 10 classes and 4 samples, 1 wrong",
            ),
            Probe(
                "random",
                "eval_perfs",
                "predictions for 10 classes and 8 samples, 3 wrong",
            ),
            Probe(
                "square",
                "eval_perfs",
                "predictions for 10 classes and 10 samples, 7 wrong",
            ),
            Probe("all", "eval_perfs", "predictions that are all right"),
        ),
    ),
    17: Question(
        "one step of gradient descent",
        ("update_shallow",),
        (
            Probe(
                "random",
                "update_shallow",
                "4 inputs, 5 hidden units, 10 classes and 6 samples",
            ),
            Probe(
                "default",
                "update_shallow",
                "4 inputs, 5 hidden units, 10 classes and 6 samples",
            ),
            Probe(
                "one",
                "update_shallow",
                "2 inputs, 3 hidden units, 10 classes and 1 sample",
            ),
            Probe(
                "square",
                "update_shallow",
                "10 inputs, 10 hidden units, 10 classes and 10 samples",
            ),
        ),
        (
            Extra(
                "gives nan where a probability is 0 (softmax saturates)",
                _survives_saturation,
            ),
        ),
    ),
    18: Question(
        "gradient descent on the whole training set",
        ("backprop_shallow",),
        (
            Probe(
                "steps",
                "backprop_shallow",
                "7 samples, T = 3 and gamma = 2",
                prints=True,
            ),
            Probe(
                "default", "backprop_shallow", "T = 2 and gamma left out", prints=True
            ),
            Probe("one", "backprop_shallow", "T = 1 and gamma = .3", prints=True),
        ),
        _training_extras("backprop_shallow"),
    ),
    19: Question("the testing set"),
    20: Question(
        "minibatches",
        ("backprop_minibatch_shallow",),
        (
            Watched(
                "watched",
                "backprop_minibatch_shallow",
                "30 samples, T = 2, B = 12 and gamma = .3",
                prints=True,
            ),
            Watched(
                "even",
                "backprop_minibatch_shallow",
                "36 samples, T = 1, B = 12 and gamma = .3",
                prints=True,
            ),
            Watched(
                "default",
                "backprop_minibatch_shallow",
                "105 samples, T = 1, B and gamma left out",
                prints=True,
            ),
            Probe(
                "whole",
                "backprop_minibatch_shallow",
                "6 samples, T = 2, B and gamma left out",
                prints=True,
            ),
            Drawn(
                "drawn",
                "backprop_minibatch_shallow",
                "3 samples, T = 2, B = 2 and gamma = .5",
            ),
        ),
        (
            Extra(NO_RNG, _follows_rng("backprop_minibatch_shallow")),
            *_training_extras("backprop_minibatch_shallow", 2),
            Extra(
                "does not refuse B = 0",
                refuses("backprop_minibatch_shallow", X, D, NET, 1, 0),
            ),
        ),
    ),
    21: Question("full batch against minibatches"),
    22: Question("the number of hidden units"),
    23: Question("the step size"),
    24: Question("the size of the minibatches"),
    25: Question("the number of epochs"),
    26: Question(
        "any number of hidden layers",
        ("forwardprop_deep", "update_deep", "backprop_minibatch_deep"),
        (
            Probe("forward", "forwardprop_deep", f"{THREE_LAYERS} and 6 samples"),
            Probe("shallow", "forwardprop_deep", f"{ONE_LAYER} and 6 samples"),
            Probe("update", "update_deep", f"{THREE_LAYERS} and 6 samples"),
            Probe("default", "update_deep", f"{ONE_LAYER} and 6 samples"),
            Probe("square", "update_deep", "3 layers of 10 units and 10 samples"),
            Probe(
                "whole",
                "backprop_minibatch_deep",
                "6 samples, T = 2, B and gamma left out",
                prints=True,
            ),
            Drawn(
                "drawn",
                "backprop_minibatch_deep",
                "3 samples, T = 2, B = 2 and gamma = .5",
            ),
        ),
        (
            Extra(NO_RNG, _follows_rng("backprop_minibatch_deep")),
            *_training_extras("backprop_minibatch_deep", 2),
        ),
        bonus=True,
    ),
    27: Question("several hidden layers in place of one", bonus=True),
}
# The questions that ask for code, and the bonus that does.
CODED = [n for n, q in QUESTIONS.items() if q.functions and not q.bonus]
BONUS = [n for n, q in QUESTIONS.items() if q.functions and q.bonus]
