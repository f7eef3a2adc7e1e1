"""The answers in shallow.py and deep.py, against what they were not written from.

`make mutants` runs this file alone, so it needs nothing of the other tests.
"""

import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest

import deep
import shallow
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
        place=(shallow, "update_shallow"),
    ),
    "deep": SimpleNamespace(
        net=init_deep([6, 5, 4, 7, 3], rng=2),
        init=lambda **options: init_deep([6, 5, 4, 7, 3], **options),
        forward=forwardprop_deep,
        update=update_deep,
        minibatches=backprop_minibatch_deep,
        place=(deep, "update_deep"),
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
    """Return a function that trains, and a network for it."""
    which = "deep" if request.param is backprop_minibatch_deep else "shallow"
    return request.param, KINDS[which].net


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


def test_normalize_uses_the_scale_of_the_format_and_hits_both_ends():
    levels = np.array([[0, 51], [102, 255]], dtype=np.uint8)
    assert np.allclose(normalize_MNIST_images(levels), [[-1, -0.6], [-0.2, 1]])
    assert np.allclose(normalize_MNIST_images(levels[:1]), [[-1, -0.6]])
    assert normalize_MNIST_images(levels)[[0, 1], [0, 1]].tolist() == [-1, 1]


def test_normalize_gives_one_new_array_of_float64_with_contiguous_columns(rng):
    x = rng.integers(0, 256, (7, 4), dtype=np.uint8).T
    before, floats = x.copy(), x.astype(float)
    out = normalize_MNIST_images(x)
    assert out.dtype == np.float64 and out.flags.f_contiguous
    assert np.array_equal(x, before)
    assert np.array_equal(normalize_MNIST_images(floats), out)
    assert np.array_equal(floats, before), "an array of floats was changed"
    large = np.zeros((1000, 784), dtype=np.uint8).T
    tracemalloc.start()
    normalize_MNIST_images(large)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.1 * large.size * 8


# Questions 5 and 6


def test_label2onehot_by_hand():
    d = label2onehot(np.array([2, 0, 1, 2]))
    assert d.tolist() == [[0, 1, 0, 0], [0, 0, 1, 0], [1, 0, 0, 1]]
    assert d.dtype == np.float64 and d.flags.f_contiguous
    assert label2onehot([2]).tolist() == [[0], [0], [1]]
    assert label2onehot(np.array([0, 1])).shape == (2, 2)
    for count in (10, np.int64(10)):  # a place for classes that are missing
        assert label2onehot([0, 1], count).shape == (10, 2)
    for dtype in ["uint8", "int8", "int64", "uint64"]:
        assert label2onehot(np.array([0, 9], dtype=dtype)).shape == (10, 2)
    single = label2onehot([1, 0], dtype=np.float32)
    assert single.dtype == np.float32
    assert np.array_equal(single, label2onehot([1, 0]))


@pytest.mark.parametrize(
    ("lbl", "complaint"),
    [
        ([3, -1], "from -1 to 3"),
        ([3, 10], r"must lie in 0\.\.9, but .* from 3 to 10"),
        ([1.0, 2.0], "float64"),
        ([True, False], "bool"),
        ([[1, 2]], r"\(1, 2\)"),
        ([], r"\(0,\)"),
        (np.array([], np.int64), r"\(0,\) and its type int64"),
        (3, r"\(\)"),
        (["1"], "<U1"),
    ],
)
def test_label2onehot_says_what_it_refuses(lbl, complaint):
    with pytest.raises(ValueError, match=complaint):
        label2onehot(np.array(lbl), num_classes=10)


def test_onehot2label_undoes_it_and_takes_the_most_probable_class(rng):
    lbl = rng.integers(0, 10, 100)
    assert np.array_equal(onehot2label(label2onehot(lbl, 10)), lbl)
    y = np.array([[0.1, 0.5], [0.7, 0.3], [0.2, 0.2]])
    assert onehot2label(y).tolist() == [1, 0]


# Questions 7 to 12


def test_softmax_of_known_scores():
    assert np.allclose(softmax(np.log([1, 2, 3])), [1 / 6, 2 / 6, 3 / 6], atol=1e-15)
    two = np.log([[1, 1], [2, 1], [3, 2]])
    expected = [[1 / 6, 1 / 4], [2 / 6, 1 / 4], [3 / 6, 2 / 4]]
    assert np.allclose(softmax(two), expected, atol=1e-15)


def test_softmax_and_softmaxp_work_column_by_column(rng):
    a, e = rng.standard_normal((2, 4, 4))  # square: a wrong axis would go unnoticed
    y, delta = softmax(5 * a), softmaxp(a, e)
    for j in range(4):
        assert np.allclose(y[:, j], softmax(5 * a[:, j]), atol=1e-15)
        assert y[:, j].sum() == pytest.approx(1, abs=1e-14)
        assert np.allclose(delta[:, j], softmaxp(a[:, j], e[:, j]), atol=1e-15)
    assert np.allclose(delta.sum(axis=0), 0, atol=1e-15)
    assert np.allclose(softmaxp(a, np.ones((4, 4))), 0, atol=1e-15)


def test_large_scores_and_small_integers_are_safe(rng):
    a = 1e4 * np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert softmax(a).tolist() == [[1, 0], [0, 0.5], [0, 0.5]]
        assert softmax(-a).tolist() == [[0, 1], [0, 0], [1, 0]]
        assert np.isfinite(softmaxp(a, a)).all()
    for dtype in ["bool", "uint8", "int8", "int32", "int64", "float32"]:
        a = np.array([[3, 100], [1, 120], [0, 0]]).astype(dtype)
        expected = softmax(a.astype(float))
        assert np.allclose(softmax(a), expected, atol=1e-7)
        assert dtype == "float32" or softmax(a).dtype == np.float64
        assert np.allclose(softmax(a.tolist()), expected, atol=1e-15)
    # The difference does not fit into a byte.
    assert softmax(np.array([100, -100], dtype=np.int8))[0] == 1


def test_softmaxp_is_the_jacobian_by_central_differences(rng):
    a, eps = rng.standard_normal(10), 1e-5
    jacobian = np.array(
        [(softmax(a + eps * u) - softmax(a - eps * u)) / (2 * eps) for u in np.eye(10)]
    ).T
    assert np.allclose(jacobian, jacobian.T, atol=1e-10)
    for u in np.eye(10):
        assert np.allclose(softmaxp(a, u), jacobian.T @ u, atol=1e-10)


def test_relu_of_the_assignment():
    assert relu(np.array([1, 2, -3])).tolist() == [1, 2, 0]
    assert relu(np.array([[1.5, -2.0], [0.0, 3.0]])).tolist() == [[1.5, 0], [0, 3]]
    assert relu(np.array([1e308, -np.inf])).tolist() == [1e308, 0]
    a, e = np.array([1, 2, -3, 0]), np.array([5, -6, 7, 8])
    assert relup(a, e).tolist() == [5, -6, 0, 0]
    assert relup(np.array([-np.inf, -1e4, 1e308]), np.ones(3)).tolist() == [0, 0, 1]


def test_relup_by_central_differences(rng):
    a, e = rng.standard_normal((2, 10, 50))
    a[abs(a) < 1e-4] = 1
    numeric = (relu(a + 1e-6 * e) - relu(a - 1e-6 * e)) / 2e-6
    assert np.allclose(relup(a, e), numeric, atol=1e-8)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_activations_keep_the_type_of_floats(rng, dtype):
    a, e = rng.standard_normal((2, 4, 5)).astype(dtype)
    assert types([softmax(a), softmaxp(a, e), relu(a), relup(a, e)]) == {dtype}


# Question 13, and 26


# With one input, or one hidden unit, the 1 that is added to their number counts most.
@pytest.mark.parametrize(
    "sizes", [(31, 400, 3000), (1, 5000, 2), (2, 1, 5000), (99, 400, 600, 500)], ids=str
)
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
    assert len(init_deep([6, 3])) == 2, "no hidden layer at all"


def test_init_follows_rng_and_leaves_the_global_random_state_alone(kind):
    before = np.random.get_state()[1].copy()
    assert same(kind.init(rng=5), kind.init(rng=5))
    assert not same(kind.init(rng=5), kind.init(rng=6))
    assert not same(kind.init(), kind.init())
    generator = np.random.default_rng(5)
    assert same(kind.init(rng=generator), kind.init(rng=5))
    assert not same(kind.init(rng=generator), kind.init(rng=5))
    assert np.array_equal(np.random.get_state()[1], before)


@pytest.mark.parametrize(
    "sizes", [[], [6], 6, [6, 0, 3], [6, -5, 3], [6, 5.0, 3], [[6, 5], [5, 3]]], ids=str
)
def test_init_refuses(sizes):
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


def test_a_network_without_a_hidden_layer_is_softmax_regression():
    x = np.log([[1.0, 2.0], [3.0, 2.0]])
    y = forwardprop_deep(x, (np.eye(2), np.zeros((2, 1))))
    assert np.allclose(y, [[1 / 4, 1 / 2], [3 / 4, 1 / 2]], atol=1e-15)


def test_loss_by_hand():
    y = np.array([[0.5, 0.75], [0.5, 0.25]])
    assert eval_loss(y, np.eye(2)) == pytest.approx(np.log(8) / 4)
    tenth, d = np.full((10, 30), 0.1), label2onehot(np.arange(30) % 10)
    assert eval_loss(tenth, d) == pytest.approx(0.2302585)
    assert type(eval_loss(tenth, tenth)) is float
    half = np.full((2, 1), 0.5)  # a soft label counts for every class
    assert eval_loss(half, half) == pytest.approx(np.log(2) / 2)
    with np.errstate(all="raise"):  # it is never nan
        assert eval_loss(np.eye(3), np.eye(3)) == 0
        assert eval_loss(np.eye(3)[::-1], np.eye(3)) == np.inf
        assert eval_loss(np.zeros((3, 3)), np.eye(3)) == np.inf


def test_perfs_by_hand():
    y = np.array([[0.9, 0.2, 0.4, 0.0], [0.1, 0.8, 0.6, 1.0]])
    for lbl, errors in [([0, 1, 1, 1], 0), ([0, 1, 0, 1], 25), ([1, 0, 0, 0], 100)]:
        found = eval_perfs(y, np.array(lbl))
        assert found == errors and type(found) is float


# Question 17


@pytest.mark.parametrize("hidden", [[], [5], [5, 4, 7]], ids=str)
def test_update_is_the_gradient_by_central_differences(samples, hidden):
    x, d = samples
    net = init_deep([6, *hidden, 3], rng=2)
    for update in [update_deep, update_shallow][: 2 if len(hidden) == 1 else 1]:
        stepped = update(x, d, net, gamma=1)
        assert len(stepped) == len(net)
        for array, new in zip(net, stepped, strict=True):
            # The loss that is descended is the sum over the classes.
            numeric = slope(lambda: 3 * eval_loss(forwardprop_deep(x, net), d), array)
            assert np.allclose(array - new, numeric, atol=1e-8)


def test_update_is_proportional_to_gamma_and_averages_over_samples(kind, samples):
    x, d = samples
    whole, half = kind.update(x, d, kind.net, 0.1), kind.update(x, d, kind.net)
    twice = kind.update(np.hstack([x, x]), np.hstack([d, d]), kind.net)
    for start, far, near, once in zip(kind.net, whole, half, twice, strict=True):
        assert far.shape == start.shape
        assert np.allclose(far - start, 2 * (near - start), atol=1e-15)
        assert not np.array_equal(near, start)
        assert np.allclose(near, once, atol=1e-15)


def test_update_survives_saturation(kind, samples):
    huge = tuple(1e4 * array for array in kind.net)
    with np.errstate(invalid="raise", divide="raise"):
        new = kind.update(*samples, huge)
    assert all(np.isfinite(array).all() for array in new)


def test_updates_learn_a_few_samples_by_heart(kind, samples):
    x, d = samples
    net = kind.net
    for _ in range(2000):
        net = kind.update(x, d, net, gamma=0.4)
    assert eval_perfs(kind.forward(x, net), onehot2label(d)) == 0


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


@pytest.mark.parametrize("B", [1, 8, 20, 100])
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


def test_minibatches_share_out_the_samples_with_their_labels(
    kind, samples, monkeypatch
):
    x, d = samples
    seen = []

    def spy(x, d, net, gamma):
        assert gamma == 0.3
        seen.append(list(zip(x[0].tolist(), onehot2label(d).tolist(), strict=True)))
        return net

    monkeypatch.setattr(*kind.place, spy)
    kind.minibatches(x, d, kind.net, T=2, B=8, gamma=0.3, rng=0)
    assert [len(batch) for batch in seen] == [8, 8, 4, 8, 8, 4]
    first, second = sum(seen[:3], []), sum(seen[3:], [])
    pairs = list(zip(x[0].tolist(), onehot2label(d).tolist(), strict=True))
    assert sorted(first) == sorted(second) == sorted(pairs)
    assert first != second, "each epoch has a new order"
    assert first != pairs, "the samples are not shuffled"


def test_minibatches_follow_rng(kind, samples):
    def train(T, rng, net=kind.net):
        return kind.minibatches(*samples, net, T=T, B=4, rng=rng)

    first = train(2, 3)
    assert same(first, train(2, 3)) and not same(first, train(2, 4))
    assert not same(train(1, None), train(1, None))
    generator = np.random.default_rng(3)  # two calls with one generator are one call
    assert same(first, train(1, generator, train(1, generator)))


def test_one_hidden_layer_is_a_shallow_network(samples, capsys):
    net = KINDS["shallow"].net
    one, other = (kind.minibatches for kind in KINDS.values())
    assert same(*[train(*samples, net, 3, 8, 0.3, rng=4) for train in (one, other)])
    printed = capsys.readouterr().out.splitlines()
    assert printed[:3] == printed[3:] and len(printed) == 6
    assert np.array_equal(
        forwardprop_deep(samples[0], net), forwardprop_shallow(samples[0], net)
    )


def test_training_has_the_defaults_of_the_assignment(training, rng):
    train, net = training
    x = rng.uniform(-1, 1, (6, 250))
    d = label2onehot(rng.integers(0, 3, 250))
    size = {} if train is backprop_shallow else {"B": 100}
    seed = {} if train is backprop_shallow else {"rng": 0}
    found = train(x, d, net, T=2, **seed)
    assert same(found, train(x, d, net, T=2, gamma=0.05, **size, **seed))


def test_arguments_are_left_alone(training, kind, samples):
    train, net = training
    before = [array.copy() for array in (*samples, *net, *kind.net)]
    train(*samples, net, T=2)
    stepped = kind.update(*samples, kind.net)
    assert same(before, (*samples, *net, *kind.net))
    assert not any(map(np.array_equal, stepped, kind.net))


def test_what_the_assignment_has_not_is_given_by_name(samples, kind):
    for call in [
        lambda: label2onehot([0], 1, float),
        lambda: init_shallow(6, 5, 3, 0),
        lambda: init_deep([6, 3], 0),
        lambda: kind.minibatches(*samples, kind.net, 1, 100, 0.05, 0),
    ]:
        with pytest.raises(TypeError, match="positional"):
            call()


@pytest.mark.parametrize("gamma", [0.05, np.float64(0.05)], ids=["plain", "NumPy's"])
def test_float32_stays_float32_and_agrees_with_float64(training, kind, samples, gamma):
    train, net = training
    x, d, *net32 = [array.astype(np.float32) for array in (*samples, *net)]
    seed = {} if train is backprop_shallow else {"B": 8, "rng": 0}
    trained = train(x, d, net32, T=3, gamma=gamma, **seed)
    for array, single in zip(
        train(*samples, net, T=3, gamma=gamma, **seed), trained, strict=True
    ):
        assert np.allclose(array, single, atol=1e-6)
        assert not np.array_equal(array, single)
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


class Slopes(np.random.Generator):
    """Draws no shift and no field, and 1 for each slope."""

    def standard_normal(self, size):
        return np.full(size, float(size == (2, 2)))


def test_bend_leaves_the_middle_where_it_is():
    x = np.indices((28, 28)).reshape(2, 784).T.astype(float)
    moved = (bend(x, rng=Slopes(np.random.PCG64())) - x).reshape(28, 28, 2)
    assert np.allclose(moved[13, 13], -0.1) and np.allclose(moved[14, 14], 0.1)
    assert np.allclose(moved[13, 14], 0) and np.allclose(moved[10, 12], -0.5)


def test_bend_follows_rng_keeps_types_and_treats_all_images_alike(rng):
    x = rng.uniform(-1, 1, (784, 5))
    before, bent = x.copy(), bend(x, rng=1)
    assert np.array_equal(x, before) and not np.array_equal(bend(x), bent)
    assert abs(bent).max() <= 1, "no pixel is brighter than those it is the mean of"
    assert np.array_equal(bend(x[:, ::-1], rng=1), bent[:, ::-1])
    single = bend(x.astype(np.float32), rng=np.random.default_rng(1))
    assert single.dtype == np.float32 and np.allclose(single, bent, atol=1e-5)
    with pytest.raises(TypeError, match="positional"):
        bend(x, 1)


# What is refused


@pytest.mark.parametrize(
    ("name", "shape", "complaint"),
    [
        ("x", (7, 20), r"^x must have shape \(6, 20\).* is \(7, 20\)"),
        ("x", (6,), "^x must be a matrix"),
        ("x", (6, 0), "^x must be a matrix"),
        ("x", (6, 20, 1), "^x must be a matrix"),
        ("d", (3, 19), r"^d must have shape \(3, 20\).* is \(3, 19\)"),
        ("d", (4, 20), r"^d must have shape \(3, 20\)"),
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
def test_training_refuses_shapes_that_do_not_fit(samples, name, shape, complaint):
    """All trainings refuse them with one function; see below."""
    x, d = samples
    names = ["x", "d", *(f"{part}{k}" for k in (1, 2, 3, 4) for part in "Wb")]
    parts = dict(zip(names, [x, d, *KINDS["deep"].net], strict=True))
    x, d, *net = (parts | {name: np.zeros(shape)}).values()
    with pytest.raises(ValueError, match=complaint):
        backprop_minibatch_deep(x, d, net, T=1)


@pytest.mark.parametrize(
    "setting",
    [
        *({"T": T} for T in (0, -1, 1.5)),
        *({"B": B} for B in (0, -5, 2.5)),
        *({"gamma": gamma} for gamma in (0, -0.1, np.nan, np.inf, float("inf"))),
    ],
    ids=str,
)
def test_training_refuses_settings_out_of_range(training, samples, setting):
    train, net = training
    [name] = setting
    if name == "B" and train is backprop_shallow:
        return
    with pytest.raises(ValueError, match=f"^{name} must"):
        train(*samples, net, **{"T": 1} | setting)


def test_training_refuses_before_it_starts(training, samples, monkeypatch):
    train, net = training
    x, d = samples
    for module, name in (kind.place for kind in KINDS.values()):
        monkeypatch.setattr(module, name, None)
    for bad, match in [
        ((x[:5], d, net), "^x must"),
        ((x, d[:2], net), "^d must"),
        ((x, d, net[:0]), "^net must be pairs"),
        ((x, d, net[:1]), "^net must be pairs"),
        ((x, d, net[:-1]), "^net must be pairs"),
    ]:
        with pytest.raises(ValueError, match=match):
            train(*bad, T=1)


def test_the_smallest_numbers_are_enough(training):
    train, net = training
    net = init_shallow(1, 1, 2, rng=0)
    train(np.ones((1, 1)), label2onehot([0], 2), net, T=1)
    backprop_minibatch_deep(
        np.ones((1, 1)), label2onehot([0], 2), init_deep([1, 2], rng=0), T=1
    )


def test_half_a_layer_is_an_error_everywhere(samples):
    x, d = samples
    net = KINDS["deep"].net[:-1]
    with pytest.raises(ValueError, match="shorter"):
        forwardprop_deep(x, net)
    with pytest.raises(ValueError, match="shorter"):
        update_deep(x, d, net)
