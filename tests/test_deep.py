"""The bonus in deep.py: against shallow.py, and against numerical derivatives."""

import numpy as np
import pytest

import deep
from deep import backprop_minibatch_deep, forwardprop_deep, init_deep, update_deep
from shallow import (
    backprop_minibatch_shallow,
    eval_loss,
    eval_perfs,
    forwardprop_shallow,
    init_shallow,
    label2onehot,
    onehot2label,
    update_shallow,
)


def samples():
    """Return x and d of a small problem: 6 inputs, 20 samples, 3 classes."""
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, (20, 6)).T
    return x, label2onehot(rng.integers(0, 3, 20), num_classes=3)


@pytest.fixture
def problem():
    """Return x, d and a network with three hidden layers, of unequal widths."""
    return *samples(), init_deep([6, 5, 4, 7, 3], rng=2)


def same(net, other):
    return all(map(np.array_equal, net, other)) and len(net) == len(other)


# With one hidden layer


@pytest.mark.parametrize("sizes", [(784, 64, 10), (7, 5, 3)], ids=str)
def test_one_hidden_layer_starts_as_a_shallow_network(sizes):
    assert same(init_deep(sizes, rng=3), init_shallow(*sizes, rng=3))


def test_one_hidden_layer_is_a_shallow_network(capsys):
    x, d = samples()
    net = init_shallow(6, 5, 3, rng=2)
    assert np.array_equal(forwardprop_deep(x, net), forwardprop_shallow(x, net))
    assert same(update_deep(x, d, net, 0.3), update_shallow(x, d, net, 0.3))
    trained = backprop_minibatch_deep(x, d, net, T=3, B=8, gamma=0.3, rng=4)
    printed = capsys.readouterr().out
    expected = backprop_minibatch_shallow(x, d, net, T=3, B=8, gamma=0.3, rng=4)
    assert same(trained, expected)
    assert printed == capsys.readouterr().out
    assert not same(trained, net)


# The functions one by one


def test_init_has_the_shapes_of_the_sizes():
    net = init_deep([6, 5, 4, 3])
    shapes = [(5, 6), (5, 1), (4, 5), (4, 1), (3, 4), (3, 1)]
    assert [array.shape for array in net] == shapes
    assert type(net) is tuple
    assert len(init_deep((6, 3))) == 2, "no hidden layer at all"


def test_init_has_the_scales_of_its_layers():
    net = init_deep([99, 400, 600, 500], rng=0)
    for inputs, gain, W, b in [(99, 2, *net[:2]), (400, 2, *net[2:4])]:
        assert W.var() == pytest.approx(gain / (inputs + 1), rel=0.03)
        assert b.var() == pytest.approx(gain / (inputs + 1), rel=0.3)
    assert net[4].var() == pytest.approx(1 / 601, rel=0.03)
    assert net[5].var() == pytest.approx(1 / 601, rel=0.3)


def test_init_follows_rng():
    sizes = [6, 5, 4, 3]
    assert same(init_deep(sizes, rng=3), init_deep(sizes, rng=3))
    assert not same(init_deep(sizes, rng=3), init_deep(sizes, rng=4))
    assert not same(init_deep(sizes), init_deep(sizes))
    generator = np.random.default_rng(3)
    assert same(init_deep(sizes, rng=generator), init_deep(sizes, rng=3))
    assert not same(init_deep(sizes, rng=generator), init_deep(sizes, rng=3))


@pytest.mark.parametrize(
    "sizes", [[], [6], 6, [6, 0, 3], [6, -5, 3], [6, 5.0, 3], [[6, 5], [5, 3]]], ids=str
)
def test_init_refuses(sizes):
    with pytest.raises(ValueError, match="^sizes must be two or more integers"):
        init_deep(sizes)


def test_forward_by_hand():
    net = (
        np.array([[1.0, -1.0]]),  # a1 = x1 - x2 + 1
        np.array([[1.0]]),
        np.array([[2.0], [-1.0]]),  # a2 = 2 h1, 3 - h1
        np.array([[0.0], [3.0]]),
        np.array([[1.0, 0.0], [0.0, 1.0]]),  # a3 = h2
        np.array([[0.0], [0.0]]),
    )
    x = np.array([[0.0, 1.0, 4.0], [2.0, 0.0, 0.0]])  # a1 = -1, 2, 5
    a3 = np.array([[0.0, 4.0, 10.0], [3.0, 1.0, 0.0]])
    expected = np.exp(a3) / np.exp(a3).sum(axis=0)
    assert np.allclose(forwardprop_deep(x, net), expected, atol=1e-15)


def test_forward_without_a_hidden_layer():
    x = np.log([[1.0, 2.0], [3.0, 2.0]])
    y = forwardprop_deep(x, (np.eye(2), np.zeros((2, 1))))
    assert np.allclose(y, [[1 / 4, 1 / 2], [3 / 4, 1 / 2]], atol=1e-15)


@pytest.mark.parametrize("hidden", [[], [5], [5, 4, 7]], ids=str)
def test_update_is_the_gradient_by_central_differences(hidden):
    x, d = samples()
    net = init_deep([6, *hidden, 3], rng=2)
    eps = 1e-6
    stepped = update_deep(x, d, net, gamma=1)
    assert [array.shape for array in stepped] == [array.shape for array in net]
    for k, array in enumerate(net):
        for index in np.ndindex(array.shape):
            losses = []
            for sign in (1, -1):
                moved = [part.copy() for part in net]
                moved[k][index] += sign * eps
                losses.append(3 * eval_loss(forwardprop_deep(x, moved), d))
            slope = (losses[0] - losses[1]) / (2 * eps)
            used = array[index] - stepped[k][index]
            assert used == pytest.approx(slope, abs=1e-8), f"parameter {k}, {index}"


def test_update_is_proportional_to_gamma(problem):
    x, d, net = problem
    whole, half = update_deep(x, d, net, 0.1), update_deep(x, d, net)
    for start, far, near in zip(net, whole, half, strict=True):
        assert np.allclose(far - start, 2 * (near - start), atol=1e-15)
        assert not np.array_equal(near, start)


@pytest.mark.parametrize("B", [8, 100])
def test_minibatches_repeat_update_in_the_drawn_order(problem, capsys, B):
    x, d, net = problem
    trained = backprop_minibatch_deep(x, d, net, T=2, B=B, gamma=0.1, rng=3)
    lines = capsys.readouterr().out.splitlines()
    rng = np.random.default_rng(3)
    for t in (1, 2):
        order = rng.permutation(20)
        for start in range(0, 20, B):
            batch = order[start : start + B]
            net = update_deep(x[:, batch], d[:, batch], net, 0.1)
        y = forwardprop_deep(x, net)
        loss, errors = eval_loss(y, d), eval_perfs(y, onehot2label(d))
        assert lines[t - 1] == f"epoch {t:2}: loss {loss:.4f}, errors {errors:5.2f} %"
    assert same(trained, net)
    assert len(lines) == 2


def test_training_has_the_defaults_of_the_shallow_one():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (6, 250))
    d = label2onehot(rng.integers(0, 3, 250))
    net = init_deep([6, 5, 3], rng=rng)
    assert same(update_deep(x, d, net), update_shallow(x, d, net))
    found = backprop_minibatch_deep(x, d, net, T=1, rng=0)
    assert same(found, backprop_minibatch_shallow(x, d, net, T=1, rng=0))


def test_rng_is_given_by_name(problem):
    with pytest.raises(TypeError, match="positional"):
        init_deep([6, 3], 0)
    with pytest.raises(TypeError, match="positional"):
        backprop_minibatch_deep(*problem, 1, 100, 0.05, 0)


@pytest.mark.parametrize("sizes", [[1, 2], [1, 1, 1, 2]], ids=str)
def test_training_takes_a_single_number(sizes):
    net = init_deep(sizes, rng=0)
    backprop_minibatch_deep(np.ones((1, 1)), label2onehot([0], 2), net, T=1)


def test_minibatches_follow_rng(problem):
    train = backprop_minibatch_deep
    first = train(*problem, T=2, B=4, rng=3)
    assert same(first, train(*problem, T=2, B=4, rng=3))
    assert not same(first, train(*problem, T=2, B=4, rng=4))
    assert not same(train(*problem, T=1, B=4), train(*problem, T=1, B=4))


def test_deep_learns_a_few_samples_by_heart(problem):
    x, d, net = problem
    for _ in range(2000):
        net = update_deep(x, d, net, gamma=0.3)
    assert eval_perfs(forwardprop_deep(x, net), onehot2label(d)) == 0


def test_arguments_are_left_alone(problem):
    x, d, net = problem
    before = [array.copy() for array in (x, d, *net)]
    forwardprop_deep(x, net)
    update_deep(x, d, net)
    backprop_minibatch_deep(x, d, net, T=2)
    assert same(before, (x, d, *net))


@pytest.mark.parametrize("gamma", [0.05, np.float64(0.05)], ids=["plain", "NumPy's"])
def test_float32_stays_float32(problem, gamma):
    x, d, net = problem
    x, d, *net = [array.astype(np.float32) for array in (x, d, *net)]
    found = [
        forwardprop_deep(x, net),
        *update_deep(x, d, net, gamma),
        *backprop_minibatch_deep(x, d, net, T=1, gamma=gamma),
    ]
    assert {array.dtype.name for array in found} == {"float32"}


# What is refused


@pytest.mark.parametrize(
    ("name", "shape", "complaint"),
    [
        ("x", (7, 20), r"^x must have shape \(6, 20\).* is \(7, 20\)"),
        ("x", (6,), "^x must be a matrix"),
        ("x", (6, 0), "^x must be a matrix"),
        ("x", (6, 20, 1), "^x must be a matrix"),
        ("d", (3, 19), r"^d must have shape \(3, 20\).* is \(3, 19\)"),
        ("d", (20,), r"^d must have shape \(3, 20\)"),
        ("b1", (1, 5), r"^b1 must have shape \(5, 1\)"),
        ("W2", (4, 6), r"^W2 must have shape \(4, 5\)"),
        ("b3", (6, 1), r"^b3 must have shape \(7, 1\)"),
        ("W4", (3, 5), r"^W4 must have shape \(3, 7\)"),
        ("W4", (2, 7), r"^b4 must have shape \(2, 1\)"),
        ("b4", (3,), "^net must be pairs of matrices"),
        ("b4", (3, 1, 1), "^net must be pairs of matrices"),
    ],
)
def test_training_refuses_shapes_that_do_not_fit(problem, name, shape, complaint):
    x, d, net = problem
    names = ["x", "d", *(f"{kind}{k}" for k in (1, 2, 3, 4) for kind in "Wb")]
    parts = dict(zip(names, [x, d, *net], strict=True)) | {name: np.zeros(shape)}
    x, d, *net = parts.values()
    with pytest.raises(ValueError, match=complaint):
        backprop_minibatch_deep(x, d, net, T=1)


def test_half_a_layer_is_an_error_everywhere(problem):
    x, d, net = problem
    with pytest.raises(ValueError, match="shorter"):
        forwardprop_deep(x, net[:-1])
    with pytest.raises(ValueError, match="shorter"):
        update_deep(x, d, net[:-1])


@pytest.mark.parametrize("count", [0, 1, 7])
def test_training_refuses_half_a_layer(problem, count):
    x, d, net = problem
    with pytest.raises(ValueError, match="^net must be pairs of matrices"):
        backprop_minibatch_deep(x, d, net[:count], T=1)


@pytest.mark.parametrize(
    "setting",
    [
        {"T": 0},
        {"T": 1.5},
        {"B": 0},
        {"B": 2.5},
        {"gamma": 0},
        {"gamma": -0.1},
        {"gamma": np.nan},
        {"gamma": np.inf},
        {"gamma": float("inf")},
    ],
    ids=str,
)
def test_training_refuses_settings_out_of_range(problem, setting):
    [name] = setting
    with pytest.raises(ValueError, match=f"^{name} must"):
        backprop_minibatch_deep(*problem, **{"T": 1} | setting)


def test_training_refuses_before_it_starts(problem, monkeypatch):
    x, d, net = problem
    monkeypatch.setattr(deep, "update_deep", None)
    with pytest.raises(ValueError, match="^d must"):
        backprop_minibatch_deep(x, d[:2], net, T=1)
