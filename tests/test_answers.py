"""The answers in shallow.py and deep.py, against what they were not written from.

`make mutants` runs this file alone, so it needs nothing of the other tests.
"""

import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest

from deep import backprop_minibatch_deep, forwardprop_deep, init_deep, update_deep
from shallow import (
    backprop_minibatch_shallow,
    backprop_shallow,
    bend,
    eval_loss,
    eval_perfs,
    forwardprop_shallow,
    init_shallow,
    label2onehot,
    normalize_MNIST_images,
    onehot2label,
    relu,
    relup,
    softmax,
    softmaxp,
    update_shallow,
)

# What both modules do, on small networks: 6 inputs and 3 classes, unequal widths.
KINDS = {
    "shallow": SimpleNamespace(
        net=init_shallow(6, 5, 3, rng=2),
        init=lambda **options: init_shallow(6, 5, 3, **options),
        forward=forwardprop_shallow,
        update=update_shallow,
        minibatches=backprop_minibatch_shallow,
    ),
    "deep": SimpleNamespace(
        net=init_deep([6, 5, 4, 7, 3], rng=2),
        init=lambda **options: init_deep([6, 5, 4, 7, 3], **options),
        forward=forwardprop_deep,
        update=update_deep,
        minibatches=backprop_minibatch_deep,
    ),
}
TRAININGS = [backprop_shallow, backprop_minibatch_shallow, backprop_minibatch_deep]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(params=KINDS.values(), ids=KINDS)
def kind(request):
    return request.param


@pytest.fixture(params=TRAININGS, ids=lambda function: function.__name__)
def training(request):
    """Return a function that trains, a network for it, and settings that it repeats."""
    which = "deep" if request.param is backprop_minibatch_deep else "shallow"
    settings = {} if request.param is backprop_shallow else {"B": 8, "rng": 0}
    return request.param, KINDS[which].net, settings


@pytest.fixture
def samples():
    """Return x and d of a small problem: 6 inputs, 20 samples, 3 classes."""
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, (20, 6)).T
    return x, label2onehot(rng.integers(0, 3, 20), num_classes=3)


def same(net, other):
    return len(net) == len(other) and all(map(np.array_equal, net, other))


def types(arrays):
    return {array.dtype.name for array in arrays}


def slope(f, array, eps=1e-6):
    """Return the central differences of a function with respect to an array's entries.

    The entries are changed in place, and are the same afterwards.
    """
    found = np.empty_like(array)
    for index in np.ndindex(array.shape):
        before, values = array[index], []
        for sign in (1, -1):
            array[index] = before + sign * eps
            values.append(f())
        array[index] = before
        found[index] = (values[0] - values[1]) / (2 * eps)
    return found


# Question 4


def test_normalize_maps_the_scale_of_the_format_to_a_new_array(rng):
    levels = np.array([[0, 51], [102, 255]], dtype=np.uint8)
    assert np.allclose(normalize_MNIST_images(levels), [[-1, -0.6], [-0.2, 1]])
    assert np.allclose(normalize_MNIST_images(levels[:1]), [[-1, -0.6]])
    assert normalize_MNIST_images(levels)[[0, 1], [0, 1]].tolist() == [-1, 1]
    x = rng.integers(0, 256, (1000, 784), dtype=np.uint8).T
    tracemalloc.start()
    out = normalize_MNIST_images(x)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.1 * out.nbytes, "it makes a second array of that size"
    assert out.dtype == np.float64 and out.flags.f_contiguous
    floats = x.astype(float)
    assert np.array_equal(normalize_MNIST_images(floats), out)
    assert np.array_equal(floats, x), "an array of floats was changed"


# Questions 5 and 6


def test_label2onehot_by_hand():
    d = label2onehot(np.array([2, 0, 1, 2]))
    assert d.tolist() == [[0, 1, 0, 0], [0, 0, 1, 0], [1, 0, 0, 1]]
    assert d.dtype == np.float64 and d.flags.f_contiguous
    assert label2onehot([2]).tolist() == [[0], [0], [1]]
    for count in (10, np.int64(10)):  # a place for classes that are missing
        assert label2onehot([0, 1], count).shape == (10, 2)
    for dtype in ["uint8", "int8", "int64", "uint64"]:
        assert label2onehot(np.array([0, 9], dtype=dtype)).shape == (10, 2)
    single = label2onehot([1, 0], dtype=np.float32)
    assert single.dtype == np.float32 and single.tolist() == [[0, 1], [1, 0]]


def test_label2onehot_says_what_it_refuses():
    for lbl, complaint in [
        ([3, -1], "from -1 to 3"),
        ([3, 10], r"must lie in 0\.\.9, but .* from 3 to 10"),
        ([1.0, 2.0], "float64"),
        ([[1, 2]], r"\(1, 2\)"),
        (3, r"\(\)"),
        (np.array([], np.int64), r"\(0,\) and its type int64"),
    ]:
        with pytest.raises(ValueError, match=complaint):
            label2onehot(np.array(lbl), num_classes=10)


def test_onehot2label_undoes_it_and_takes_the_most_probable_class(rng):
    lbl = rng.integers(0, 10, 100)
    assert np.array_equal(onehot2label(label2onehot(lbl, 10)), lbl)
    y = np.array([[0.1, 0.5], [0.7, 0.3], [0.2, 0.2]])
    assert onehot2label(y).tolist() == [1, 0]


# Questions 7 to 12


def test_softmax_of_known_scores_and_its_jacobian_by_central_differences(rng):
    assert np.allclose(softmax(np.log([1, 2, 3])), [1 / 6, 2 / 6, 3 / 6], atol=1e-15)
    two = np.log([[1, 1], [2, 1], [3, 2]])
    expected = [[1 / 6, 1 / 4], [2 / 6, 1 / 4], [3 / 6, 2 / 4]]
    assert np.allclose(softmax(two), expected, atol=1e-15)
    a, e = rng.standard_normal((2, 4, 4))  # square: a wrong axis would go unnoticed
    for j in range(4):
        steps = a[:, [j]] + 1e-5 * np.eye(4), a[:, [j]] - 1e-5 * np.eye(4)
        jacobian = (softmax(steps[0]) - softmax(steps[1])) / 2e-5
        assert np.allclose(softmaxp(a, e)[:, j], jacobian.T @ e[:, j], atol=1e-10)
        assert np.allclose(softmaxp(a[:, j], e[:, j]), softmaxp(a, e)[:, j], atol=1e-15)


def test_large_scores_and_integers_of_any_size_are_safe():
    a = 1e4 * np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert softmax(a).tolist() == [[1, 0], [0, 0.5], [0, 0.5]]
        assert np.isfinite(softmaxp(a, a)).all()
    for dtype in ["bool", "uint8", "int8", "int64"]:
        a = np.array([[3, 100], [1, 120], [0, 0]]).astype(dtype)
        assert softmax(a).dtype == np.float64
        assert np.allclose(softmax(a), softmax(a.astype(float)), atol=1e-15)
        assert np.allclose(softmax(a.tolist()), softmax(a), atol=1e-15)
    # The difference does not fit into a byte.
    assert softmax(np.array([100, -100], dtype=np.int8))[0] == 1


def test_relu_of_the_assignment_and_its_slope_by_central_differences(rng):
    assert relu(np.array([1, 2, -3])).tolist() == [1, 2, 0]
    assert relu(np.array([1e308, -np.inf])).tolist() == [1e308, 0]
    a, e = np.array([1, 2, -3, 0]), np.array([5, -6, 7, 8])
    assert relup(a, e).tolist() == [5, -6, 0, 0]
    assert relup(np.array([-np.inf, -1e4, 1e308]), np.ones(3)).tolist() == [0, 0, 1]
    a, e = rng.standard_normal((2, 10, 50))
    a[abs(a) < 1e-4] = 1
    numeric = (relu(a + 1e-6 * e) - relu(a - 1e-6 * e)) / 2e-6
    assert np.allclose(relup(a, e), numeric, atol=1e-8)


def test_activations_keep_the_type_of_floats(rng):
    for dtype in ["float16", "float32", "float64"]:
        a, e = rng.standard_normal((2, 4, 5)).astype(dtype)
        assert types([softmax(a), softmaxp(a, e), relu(a), relup(a, e)]) == {dtype}


# Question 13, and 26


# With one input, or one hidden unit, the 1 that is added to their number counts most.
@pytest.mark.parametrize("sizes", [(1, 5000, 2), (2, 1, 5000), (99, 400, 600, 500)])
def test_init_has_the_shapes_and_scales_of_its_layers(sizes):
    net = init_deep(sizes, rng=0)
    assert type(net) is tuple and len(net) == 2 * len(sizes) - 2
    for k, (n, m) in enumerate(zip(sizes, sizes[1:], strict=False)):
        variance = (2 if k < len(sizes) - 2 else 1) / (n + 1)
        for array, shape in zip(net[2 * k : 2 * k + 2], [(m, n), (m, 1)], strict=True):
            assert array.shape == shape
            precision = np.sqrt(2 / array.size)  # of a variance of so many numbers
            assert array.var() == pytest.approx(variance, rel=4 * precision)
            assert abs(array.mean()) < 4 * np.sqrt(variance / array.size)
    if len(sizes) == 3:
        assert same(net, init_shallow(*sizes, rng=0))


def test_init_follows_rng_and_leaves_the_global_random_state_alone(kind):
    before = np.random.get_state()[1].copy()
    assert not same(kind.init(rng=5), kind.init(rng=6))
    assert not same(kind.init(), kind.init())
    generator = np.random.default_rng(5)
    assert same(kind.init(rng=generator), kind.init(rng=5))
    assert not same(kind.init(rng=generator), kind.init(rng=5))
    assert np.array_equal(np.random.get_state()[1], before)


def test_init_refuses_what_are_no_sizes():
    assert len(init_deep([6, 3])) == 2, "no hidden layer at all"
    for sizes in [[6], 6, [6, 0, 3], [6, 5.0, 3], [[6, 5], [5, 3]]]:
        with pytest.raises(ValueError, match="^sizes must be two or more integers"):
            init_deep(sizes)


# Questions 14 to 16


def test_forwardprop_with_plain_loops(kind, samples):
    x, _ = samples
    y = kind.forward(x, kind.net)
    assert y.shape == (3, 20)
    for n in range(20):
        h = x[:, n].tolist()
        for k in range(0, len(kind.net), 2):
            W, b = kind.net[k].tolist(), kind.net[k + 1].tolist()
            a = [
                sum(w * u for w, u in zip(row, h, strict=True)) + b[j][0]
                for j, row in enumerate(W)
            ]
            h = [max(0, score) for score in a]
        p = np.exp(a)
        assert np.allclose(y[:, n], p / p.sum(), atol=1e-14)
    # Without a hidden layer it is softmax regression.
    W, b = kind.net[0], kind.net[1]
    assert np.allclose(forwardprop_deep(x, (W, b)), softmax(W @ x + b), atol=1e-14)


def test_loss_and_errors_by_hand():
    y = np.array([[0.5, 0.75], [0.5, 0.25]])
    assert eval_loss(y, np.eye(2)) == pytest.approx(np.log(8) / 4)
    half = np.full((2, 1), 0.5)  # a soft label counts for every class
    assert eval_loss(half, half) == pytest.approx(np.log(2) / 2)
    with np.errstate(all="raise"):  # it is never nan
        assert eval_loss(np.eye(3), np.eye(3)) == 0
        assert eval_loss(np.zeros((3, 3)), np.eye(3)) == np.inf
    y = np.array([[0.9, 0.2, 0.4, 0.0], [0.1, 0.8, 0.6, 1.0]])
    for lbl, errors in [([0, 1, 1, 1], 0), ([0, 1, 0, 1], 25), ([1, 0, 0, 0], 100)]:
        found = eval_perfs(y, np.array(lbl))
        assert found == errors
        assert type(found) is type(eval_loss(y, y)) is float


# Question 17


@pytest.mark.parametrize("hidden", [[], [5], [5, 4, 7]], ids=str)
def test_update_is_the_gradient_by_central_differences(samples, hidden):
    x, d = samples
    net = init_deep([6, *hidden, 3], rng=2)
    for update in [update_deep, update_shallow][: 2 if len(hidden) == 1 else 1]:
        stepped, default = update(x, d, net, gamma=1), update(x, d, net)
        assert len(stepped) == len(net)
        for array, new, near in zip(net, stepped, default, strict=True):
            # The loss that is descended is the sum over the classes.
            numeric = slope(lambda: 3 * eval_loss(forwardprop_deep(x, net), d), array)
            assert np.allclose(array - new, numeric, atol=1e-8)
            assert np.allclose(array - near, 0.05 * numeric, atol=1e-8)


def test_update_survives_saturation(kind, samples):
    huge = tuple(1e4 * array for array in kind.net)
    with np.errstate(invalid="raise", divide="raise"):
        new = kind.update(*samples, huge)
    assert all(np.isfinite(array).all() for array in new)


# Questions 18, 20 and 26


def told(word, t, x, d, net, forward):
    """Return the line that is printed after so many steps or epochs."""
    y = forward(x, net)
    loss, errors = eval_loss(y, d), eval_perfs(y, onehot2label(d))
    return f"{word} {t:2}: loss {loss:.4f}, errors {errors:5.2f} %"


def test_backprop_repeats_update_and_prints(samples, capsys):
    net, lines = KINDS["shallow"].net, []
    trained = backprop_shallow(*samples, net, T=3, gamma=0.1)
    for t in (1, 2, 3):
        net = update_shallow(*samples, net, 0.1)
        lines.append(told("iteration", t, *samples, net, forwardprop_shallow))
    assert same(trained, net)
    assert capsys.readouterr().out.splitlines() == lines


@pytest.mark.parametrize("B", [1, 8, 100])
def test_minibatches_repeat_update_in_the_drawn_order(kind, samples, capsys, B):
    x, d = samples
    trained = kind.minibatches(x, d, kind.net, T=2, B=B, gamma=0.1, rng=3)
    lines = capsys.readouterr().out.splitlines()
    net, rng = kind.net, np.random.default_rng(3)
    for t in (1, 2):
        order = rng.permutation(20)
        for start in range(0, 20, B):
            batch = order[start : start + B]
            net = kind.update(x[:, batch], d[:, batch], net, 0.1)
        assert lines[t - 1] == told("epoch", t, x, d, net, kind.forward)
    assert same(trained, net) and len(lines) == 2


def test_minibatches_follow_rng(kind, samples):
    def train(T, rng, net=kind.net):
        return kind.minibatches(*samples, net, T=T, B=4, rng=rng)

    first = train(2, 3)
    assert same(first, train(2, 3)) and not same(first, train(2, 4))
    assert not same(train(1, None), train(1, None))
    generator = np.random.default_rng(3)  # two calls with one generator are one call
    assert same(first, train(1, generator, train(1, generator)))


def test_training_has_the_defaults_of_the_assignment(training, rng):
    train, net, settings = training
    x = rng.uniform(-1, 1, (6, 250))
    d = label2onehot(rng.integers(0, 3, 250))
    told = {key: {"B": 100, "rng": 0}[key] for key in settings}
    found = train(x, d, net, T=2, **{"rng": 0} if settings else {})
    assert same(found, train(x, d, net, T=2, gamma=0.05, **told))


def test_arguments_are_left_alone(training, kind, samples):
    train, net, settings = training
    before = [array.copy() for array in (*samples, *net, *kind.net)]
    train(*samples, net, T=2, **settings)
    stepped = kind.update(*samples, kind.net)
    assert same(before, (*samples, *net, *kind.net))
    assert not any(map(np.array_equal, stepped, kind.net))


def test_what_the_assignment_has_not_is_given_by_name(samples, kind):
    for call in [
        lambda: label2onehot([0], 1, float),
        lambda: init_shallow(6, 5, 3, 0),
        lambda: init_deep([6, 3], 0),
        lambda: kind.minibatches(*samples, kind.net, 1, 100, 0.05, 0),
        lambda: bend(np.zeros((784, 1)), 1),
    ]:
        with pytest.raises(TypeError, match="positional"):
            call()


@pytest.mark.parametrize("gamma", [0.05, np.float64(0.05)], ids=["plain", "NumPy's"])
def test_float32_stays_float32_and_agrees_with_float64(training, kind, samples, gamma):
    train, net, settings = training
    settings = {"T": 3, "gamma": gamma, **settings}
    x, d, *net32 = [array.astype(np.float32) for array in (*samples, *net)]
    trained = train(x, d, net32, **settings)
    double = train(*samples, net, **settings)
    for array, single in zip(double, trained, strict=True):
        assert np.allclose(array, single, atol=1e-6)
    small = [array.astype(np.float32) for array in kind.net]
    y = kind.forward(x, small)
    assert types([y, *kind.update(x, d, small, gamma), *trained]) == {"float32"}
    assert type(eval_loss(y, d)) is type(eval_perfs(y, onehot2label(d))) is float


# Bent images


def test_bend_moves_the_pixels_by_as_much_as_it_says():
    """Ramps tell the places that were looked up: interpolation is exact for them."""
    i = np.arange(28.0)
    ramps = np.stack([*np.meshgrid(i, i, indexing="ij"), np.outer(i, i)], axis=-1)
    x = ramps.reshape(784, 3)
    places = np.array([bend(x, rng=k).reshape(28, 28, 3) for k in range(400)])
    assert np.allclose(places[..., 2], places[..., 0] * places[..., 1], atol=1e-9)
    places = places[..., :2]
    assert places.min() == 0 and places.max() == 27
    moved = (places - ramps[..., :2])[:, 13:15, 13:15].mean(axis=(1, 2))
    assert abs(moved.mean()) < 0.15
    # The shift 0.49 and the smooth field 1; the middle is where the affine map is 0.
    assert moved.var() == pytest.approx(0.49 + 1, rel=0.15)
    assert abs(np.corrcoef(moved.T)[0, 1]) < 0.2, "up and sideways alike"
    for d in (1, 3, 6):
        for far in (places[:, 13 + d, 13], places[:, 13, 13 + d]):
            change = far - places[:, 13, 13] - (far - places[:, 13, 13]).mean(axis=0)
            expected = 0.01 * d**2 + 2 * (1 - np.exp(-((d / 8) ** 2)))
            assert change.var() == pytest.approx(expected, rel=0.2)


class Drawn(np.random.Generator):
    """Draws no shift, one number for all slopes, and one for all of the field."""

    slope = field = 0.0

    def standard_normal(self, size):
        drawn = {(2, 2): self.slope, (2, 28, 28): self.field}
        return np.full(size, drawn.get(size, 0.0))


def test_bend_by_a_known_map(rng):
    drawn = Drawn(np.random.PCG64())
    noise = rng.uniform(-1, 1, (784, 2))
    assert np.allclose(bend(noise, rng=drawn), noise, atol=1e-12), "nothing moves"
    drawn.slope = 1.0  # and the middle stays where it is
    x = np.indices((28, 28)).reshape(2, 784).T.astype(float)
    moved = (bend(x, rng=drawn) - x).reshape(28, 28, 2)
    assert np.allclose(moved[13, 13], -0.1) and np.allclose(moved[14, 14], 0.1)
    assert np.allclose(moved[13, 14], 0) and np.allclose(moved[10, 12], -0.5)
    drawn.slope, drawn.field = 0.0, 0.1  # as strong at the edge as in the middle
    nearness = np.exp(-(np.subtract.outer(range(28), range(28)) ** 2) / 32)
    sums = nearness.sum(axis=1) / np.sqrt((nearness**2).sum(axis=1))
    moved = (bend(x, rng=drawn) - x).reshape(28, 28, 2)
    assert np.allclose(moved[:20, :20, 0], 0.1 * np.outer(sums, sums)[:20, :20])


def test_bend_follows_rng_keeps_types_and_treats_all_images_alike(rng):
    x = rng.uniform(-1, 1, (784, 5))
    before, bent = x.copy(), bend(x, rng=1)
    assert np.array_equal(x, before) and not np.array_equal(bend(x), bent)
    assert abs(bent).max() <= 1, "no pixel is brighter than those it is the mean of"
    assert np.array_equal(bend(x[:, ::-1], rng=1), bent[:, ::-1])
    single = bend(x.astype(np.float32), rng=np.random.default_rng(1))
    assert single.dtype == np.float32 and np.allclose(single, bent, atol=1e-5)


# What is refused


def test_training_refuses_shapes_that_do_not_fit(samples):
    """All trainings refuse them with one function; see below."""
    x, d = samples
    names = ["x", "d", *(f"{part}{k}" for k in (1, 2, 3, 4) for part in "Wb")]
    parts = dict(zip(names, [x, d, *KINDS["deep"].net], strict=True))
    for name, shape, complaint in [
        ("x", (7, 20), r"^x must have shape \(6, 20\).* is \(7, 20\)"),
        ("x", (6,), "^x must be a matrix"),
        ("x", (6, 0), "^x must be a matrix"),
        ("x", (6, 20, 1), "^x must be a matrix"),
        ("d", (3, 19), r"^d must have shape \(3, 20\).* is \(3, 19\)"),
        ("b1", (1, 5), r"^b1 must have shape \(5, 1\)"),
        ("W2", (4, 6), r"^W2 must have shape \(4, 5\)"),
        ("W4", (2, 7), r"^b4 must have shape \(2, 1\)"),
        ("b4", (3,), "^net must be pairs of matrices"),
        ("b4", (3, 1, 1), "^net must be pairs of matrices"),
    ]:
        x, d, *net = (parts | {name: np.zeros(shape)}).values()
        with pytest.raises(ValueError, match=complaint):
            backprop_minibatch_deep(x, d, net, T=1)


def test_training_refuses_before_it_starts_what_no_training_has(
    training, samples, capsys
):
    train, net, settings = training
    x, d = samples
    for bad in [(x[:5], d, net), (x, d[:2], net), (x, d, net[:0]), (x, d, net[:-1])]:
        with pytest.raises(ValueError, match="^(x|d|net) must"):
            train(*bad, T=1)
    steps = (0, -0.1, np.nan, np.inf, float("inf"))
    for name, values in {"T": (0, 1.5), "B": (0, 2.5), "gamma": steps}.items():
        for value in values if settings or name != "B" else ():
            with pytest.raises(ValueError, match=f"^{name} must"):
                train(x, d, net, **{"T": 1} | {name: value})
    assert capsys.readouterr().out == ""


def test_the_smallest_numbers_are_enough_and_half_a_layer_is_an_error(samples):
    one = np.ones((1, 1)), label2onehot([0], 2)
    for train in (backprop_shallow, backprop_minibatch_shallow):
        train(*one, init_shallow(1, 1, 2), T=1)
    backprop_minibatch_deep(*one, init_deep([1, 2]), T=1, B=1)
    net = KINDS["deep"].net[:-1]
    for call in [forwardprop_deep, lambda x, net: update_deep(x, samples[1], net)]:
        with pytest.raises(ValueError, match="shorter"):
            call(samples[0], net)
