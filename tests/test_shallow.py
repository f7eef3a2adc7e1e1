"""The answers in shallow.py, each against something that it was not written from."""

import numpy as np
import pytest

import shallow
from shallow import (
    backprop_minibatch_shallow,
    backprop_shallow,
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


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def problem():
    """Return x, d and net of a small problem: 6 inputs, 5 hidden units, 3 classes."""
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, (20, 6)).T
    d = label2onehot(rng.integers(0, 3, 20), num_classes=3)
    return x, d, init_shallow(6, 5, 3, rng=rng)


def same(net, other):
    return all(map(np.array_equal, net, other))


# Question 4


def test_normalize_uses_the_scale_of_the_format():
    levels = np.array([[0, 51], [102, 255]], dtype=np.uint8)
    assert np.allclose(normalize_MNIST_images(levels), [[-1, -0.6], [-0.2, 1]])
    dark = np.array([[0, 51]], dtype=np.uint8)
    assert np.allclose(normalize_MNIST_images(dark), [[-1, -0.6]])


def test_normalize_hits_both_ends_exactly():
    ends = normalize_MNIST_images(np.array([[0, 255]], dtype=np.uint8))
    assert ends.tolist() == [[-1, 1]]


def test_normalize_gives_float64_in_a_new_array(rng):
    x = rng.integers(0, 256, (4, 7), dtype=np.uint8)
    before = x.copy()
    out = normalize_MNIST_images(x)
    assert out.dtype == np.float64
    assert np.array_equal(x, before)
    assert not np.shares_memory(out, x)
    floats = x.astype(float)
    assert np.array_equal(normalize_MNIST_images(floats), out)
    assert np.array_equal(floats, before), "an array of floats was changed"


def test_normalize_keeps_columns_contiguous(rng):
    x = rng.integers(0, 256, (50, 7), dtype=np.uint8).T
    assert normalize_MNIST_images(x).flags.f_contiguous


def test_normalize_makes_one_array_of_floats_only():
    import tracemalloc

    x = np.zeros((1000, 784), dtype=np.uint8).T
    tracemalloc.start()
    normalize_MNIST_images(x)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.1 * x.size * 8


# Questions 5 and 6


def test_label2onehot_by_hand():
    d = label2onehot(np.array([2, 0, 1, 2]))
    assert d.tolist() == [[0, 1, 0, 0], [0, 0, 1, 0], [1, 0, 0, 1]]
    assert d.dtype == np.float64
    assert d.flags.f_contiguous


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int64", "uint64"])
def test_label2onehot_takes_any_integers(dtype):
    assert label2onehot(np.array([0, 9], dtype=dtype)).shape == (10, 2)


def test_label2onehot_keeps_a_place_for_missing_classes():
    assert label2onehot(np.array([0, 1])).shape == (2, 2)
    assert label2onehot(np.array([0, 1]), num_classes=10).shape == (10, 2)
    assert label2onehot([0, 1], 10).shape == (10, 2)


def test_label2onehot_of_a_single_label():
    assert label2onehot([2]).tolist() == [[0], [0], [1]]


REFUSED = {
    "from -1 to 3": [3, -1],
    r"must lie in 0\.\.9, but .* from 3 to 10": [3, 10],
    "float64": [1.0, 2.0],
    "bool": [True, False],
    r"\(1, 2\)": [[1, 2]],
    r"\(0,\)": [],
    r"\(0,\) and its type int64": np.array([], np.int64),
    r"\(\)": 3,
    "<U1": ["1"],
}


@pytest.mark.parametrize("lbl", REFUSED.values(), ids=str)
def test_label2onehot_refuses(lbl):
    with pytest.raises(ValueError):
        label2onehot(np.array(lbl), num_classes=10)


@pytest.mark.parametrize("complaint", REFUSED)
def test_label2onehot_says_what_it_refuses(complaint):
    with pytest.raises(ValueError, match=complaint):
        label2onehot(np.array(REFUSED[complaint]), num_classes=10)


def test_onehot2label_undoes_label2onehot(rng):
    lbl = rng.integers(0, 10, 100)
    assert np.array_equal(onehot2label(label2onehot(lbl, 10)), lbl)


def test_onehot2label_takes_the_most_probable_class():
    assert onehot2label(np.array([[0.1, 0.5], [0.7, 0.3], [0.2, 0.2]])).tolist() == [
        1,
        0,
    ]


# Questions 7 to 11


def test_softmax_of_known_scores():
    assert np.allclose(softmax(np.log([1, 2, 3])), [1 / 6, 2 / 6, 3 / 6], atol=1e-15)
    two = np.log([[1, 1], [2, 1], [3, 2]])
    expected = [[1 / 6, 1 / 4], [2 / 6, 1 / 4], [3 / 6, 2 / 4]]
    assert np.allclose(softmax(two), expected, atol=1e-15)


def test_softmax_works_column_by_column(rng):
    a = 5 * rng.standard_normal((4, 4))  # square: a wrong axis would go unnoticed
    y = softmax(a)
    for j in range(4):
        assert np.allclose(y[:, j], softmax(a[:, j]), atol=1e-15)
        assert y[:, j].sum() == pytest.approx(1, abs=1e-14)


@pytest.mark.parametrize("scale", [1e4, -1e4])
def test_softmax_is_safe(scale):
    a = scale * np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]])
    expected = {1e4: [[1, 0], [0, 0.5], [0, 0.5]], -1e4: [[0, 1], [0, 0], [1, 0]]}
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert softmax(a).tolist() == expected[scale]


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int64", "float32"])
def test_softmax_of_other_types(dtype):
    a = np.array([100, 0, 99], dtype=dtype)
    assert np.allclose(softmax(a), softmax(np.array([100.0, 0.0, 99.0])), atol=1e-15)
    assert softmax(np.array([2, 2])).tolist() == [0.5, 0.5]
    if dtype == "int8":  # the difference does not fit into a byte
        assert softmax(np.array([100, -100], dtype=dtype))[0] == 1


def test_softmaxp_is_the_jacobian_by_central_differences(rng):
    a = rng.standard_normal(10)
    eps = 1e-5
    jacobian = np.array(
        [(softmax(a + eps * u) - softmax(a - eps * u)) / (2 * eps) for u in np.eye(10)]
    ).T
    assert np.allclose(jacobian, jacobian.T, atol=1e-10)
    for u in np.eye(10):
        assert np.allclose(softmaxp(a, u), jacobian.T @ u, atol=1e-10)


def test_softmaxp_works_column_by_column(rng):
    a, e = rng.standard_normal((2, 4, 4))
    delta = softmaxp(a, e)
    for j in range(4):
        assert np.allclose(delta[:, j], softmaxp(a[:, j], e[:, j]), atol=1e-15)
    assert np.allclose(delta.sum(axis=0), 0, atol=1e-15)
    assert np.allclose(softmaxp(a, np.ones((4, 4))), 0, atol=1e-15)
    assert np.isfinite(softmaxp(1e4 * a, e)).all()


def test_softmaxp_by_forward_differences(rng):
    a, e = rng.standard_normal((2, 10, 200))
    eps = 1e-6
    delta = softmaxp(a, e)
    numeric = (softmax(a + eps * e) - softmax(a)) / eps
    assert np.abs(numeric - delta).mean() / np.abs(delta).mean() < 1e-6


# Question 12


def test_relu_of_the_assignment():
    assert relu(np.array([1, 2, -3])).tolist() == [1, 2, 0]
    assert relu(np.array([[1.5, -2.0], [0.0, 3.0]])).tolist() == [[1.5, 0], [0, 3]]
    a, e = np.array([1, 2, -3, 0]), np.array([5, -6, 7, 8])
    assert relup(a, e).tolist() == [5, -6, 0, 0]
    assert relup(np.array([-np.inf, -1e4, 1e308]), np.ones(3)).tolist() == [0, 0, 1]


def test_relup_by_central_differences(rng):
    a, e = rng.standard_normal((2, 10, 50))
    a[abs(a) < 1e-4] = 1
    eps = 1e-6
    numeric = (relu(a + eps * e) - relu(a - eps * e)) / (2 * eps)
    assert np.allclose(relup(a, e), numeric, atol=1e-8)


def test_relu_is_safe():
    assert relu(np.array([1e308, -np.inf])).tolist() == [1e308, 0]


# Question 13


# With one input, or one hidden unit, the 1 that is added to their number counts most.
@pytest.mark.parametrize("sizes", [(31, 400, 3000), (1, 5000, 2), (2, 1, 5000)])
def test_init_has_the_shapes_and_scales(sizes):
    Ni, Nh, No = sizes
    net = init_shallow(Ni, Nh, No, rng=0)
    shapes = [(Nh, Ni), (Nh, 1), (No, Nh), (No, 1)]
    variances = [2 / (Ni + 1), 2 / (Ni + 1), 1 / (Nh + 1), 1 / (Nh + 1)]
    assert [array.shape for array in net] == shapes
    for array, variance in zip(net, variances, strict=True):
        precision = np.sqrt(2 / array.size)  # of a variance seen in so many numbers
        assert array.var() == pytest.approx(variance, rel=4 * precision)
        assert abs(array.mean()) < 4 * np.sqrt(variance / array.size)


def test_init_follows_rng():
    assert same(init_shallow(3, 4, 2, rng=5), init_shallow(3, 4, 2, rng=5))
    assert not same(init_shallow(3, 4, 2, rng=5), init_shallow(3, 4, 2, rng=6))
    assert not same(init_shallow(3, 4, 2), init_shallow(3, 4, 2))
    generator = np.random.default_rng(5)
    first = init_shallow(3, 4, 2, rng=generator)
    assert same(first, init_shallow(3, 4, 2, rng=5))
    assert not same(first, init_shallow(3, 4, 2, rng=generator))


def test_init_leaves_the_global_random_state_alone():
    before = np.random.get_state()[1].copy()
    init_shallow(3, 4, 2)
    assert np.array_equal(np.random.get_state()[1], before)


# Question 14


def test_forwardprop_with_plain_loops(problem):
    x, _, net = problem
    W1, b1, W2, b2 = (array.tolist() for array in net)
    y = forwardprop_shallow(x, net)
    assert y.shape == (3, 20)
    for n in range(20):
        h = [
            max(0, sum(W1[j][i] * x[i, n] for i in range(6)) + b1[j][0])
            for j in range(5)
        ]
        a = [sum(W2[k][j] * h[j] for j in range(5)) + b2[k][0] for k in range(3)]
        p = [np.exp(score) for score in a]
        assert np.allclose(y[:, n], np.array(p) / sum(p), atol=1e-14)


# Questions 15 and 16


def test_loss_by_hand():
    y = np.array([[0.5, 0.75], [0.5, 0.25]])
    assert eval_loss(y, np.eye(2)) == pytest.approx(np.log(8) / 4)
    tenth = np.full((10, 30), 0.1)
    assert eval_loss(tenth, label2onehot(np.arange(30) % 10)) == pytest.approx(
        0.2302585
    )
    assert type(eval_loss(tenth, tenth)) is float


def test_loss_counts_every_class_of_a_soft_label():
    half = np.full((2, 1), 0.5)
    assert eval_loss(half, half) == pytest.approx(np.log(2) / 2)


def test_loss_is_never_nan():
    with np.errstate(all="raise"):
        assert eval_loss(np.eye(3), np.eye(3)) == 0
        assert eval_loss(np.eye(3)[::-1], np.eye(3)) == np.inf
        assert eval_loss(np.zeros((3, 3)), np.eye(3)) == np.inf


def test_perfs_by_hand():
    y = np.array([[0.9, 0.2, 0.4, 0.0], [0.1, 0.8, 0.6, 1.0]])
    assert eval_perfs(y, np.array([0, 1, 1, 1])) == 0
    assert eval_perfs(y, np.array([0, 1, 0, 1])) == 25
    assert eval_perfs(y, np.array([1, 0, 0, 0])) == 100
    assert type(eval_perfs(y, np.array([1, 0, 0, 0]))) is float


# Question 17


def test_update_is_the_gradient_by_central_differences(problem):
    x, d, net = problem
    eps = 1e-6
    K = len(d)  # the loss that is descended is the sum over the classes
    stepped = update_shallow(x, d, net, gamma=1)
    for k, array in enumerate(net):
        for index in np.ndindex(array.shape):
            losses = []
            for sign in (1, -1):
                moved = [part.copy() for part in net]
                moved[k][index] += sign * eps
                losses.append(K * eval_loss(forwardprop_shallow(x, moved), d))
            slope = (losses[0] - losses[1]) / (2 * eps)
            used = array[index] - stepped[k][index]
            assert used == pytest.approx(slope, abs=1e-8), f"parameter {k}, {index}"


def test_update_is_proportional_to_gamma(problem):
    x, d, net = problem
    whole, half = update_shallow(x, d, net, 0.1), update_shallow(x, d, net)
    for start, far, near in zip(net, whole, half, strict=True):
        assert far.shape == start.shape
        assert np.allclose(far - start, 2 * (near - start), atol=1e-15)


def test_update_leaves_its_arguments_alone(problem):
    x, d, net = problem
    before = [array.copy() for array in (x, d, *net)]
    stepped = update_shallow(x, d, net)
    assert same(before, (x, d, *net))
    assert not any(map(np.array_equal, stepped, net))


def test_update_does_not_depend_on_repeated_samples(problem):
    x, d, net = problem
    twice = update_shallow(np.hstack([x, x]), np.hstack([d, d]), net)
    for array, once in zip(twice, update_shallow(x, d, net), strict=True):
        assert np.allclose(array, once, atol=1e-15)


def test_update_survives_saturation(problem):
    x, d, net = problem
    huge = tuple(1e4 * array for array in net)
    with np.errstate(invalid="raise", divide="raise"):
        assert all(np.isfinite(array).all() for array in update_shallow(x, d, huge))


def test_updates_learn_a_few_samples_by_heart(problem):
    x, d, net = problem
    for _ in range(3000):
        net = update_shallow(x, d, net, gamma=0.5)
    assert eval_perfs(forwardprop_shallow(x, net), onehot2label(d)) == 0


# Questions 18 and 20


def test_backprop_repeats_update_and_prints(problem, capsys):
    x, d, net = problem
    trained = backprop_shallow(x, d, net, T=3, gamma=0.1)
    expected, lines = net, []
    for t in (1, 2, 3):
        expected = update_shallow(x, d, expected, 0.1)
        y = forwardprop_shallow(x, expected)
        loss, errors = eval_loss(y, d), eval_perfs(y, onehot2label(d))
        lines.append(f"iteration {t:2}: loss {loss:.4f}, errors {errors:5.2f} %")
    assert same(trained, expected)
    assert capsys.readouterr().out.splitlines() == lines


def test_minibatches_share_out_the_samples(problem, monkeypatch):
    x, d, net = problem
    seen = []

    def spy(x, d, net, gamma):
        seen.append(x[0].tolist())
        return net

    monkeypatch.setattr(shallow, "update_shallow", spy)
    backprop_minibatch_shallow(x, d, net, T=2, B=8, rng=0)
    assert [len(batch) for batch in seen] == [8, 8, 4, 8, 8, 4]
    first, second = sum(seen[:3], []), sum(seen[3:], [])
    assert sorted(first) == sorted(second) == sorted(x[0])
    assert first != second, "each epoch has a new order"
    assert first != x[0].tolist(), "the samples are not shuffled"


def test_minibatches_keep_images_and_labels_together(problem, monkeypatch):
    x, d, net = problem
    pairs = {(a, b) for a, b in zip(x[0], onehot2label(d), strict=True)}

    def spy(x, d, net, gamma):
        assert {(a, b) for a, b in zip(x[0], onehot2label(d), strict=True)} <= pairs
        assert gamma == 0.3
        return net

    monkeypatch.setattr(shallow, "update_shallow", spy)
    backprop_minibatch_shallow(x, d, net, T=1, B=3, gamma=0.3, rng=0)


def test_minibatch_of_everything_is_one_update(problem):
    x, d, net = problem
    for B in (20, 1000):
        trained = backprop_minibatch_shallow(x, d, net, T=1, B=B, rng=0)
        for array, expected in zip(trained, update_shallow(x, d, net), strict=True):
            assert np.allclose(array, expected, atol=1e-14)


def test_minibatches_follow_rng_and_print(problem, capsys):
    x, d, net = problem
    first = backprop_minibatch_shallow(x, d, net, T=2, B=4, rng=3)
    lines = capsys.readouterr().out.splitlines()
    y = forwardprop_shallow(x, first)
    loss, errors = eval_loss(y, d), eval_perfs(y, onehot2label(d))
    assert len(lines) == 2
    assert lines[1] == f"epoch  2: loss {loss:.4f}, errors {errors:5.2f} %"
    assert same(first, backprop_minibatch_shallow(x, d, net, T=2, B=4, rng=3))
    assert not same(first, backprop_minibatch_shallow(x, d, net, T=2, B=4, rng=4))
    generator = np.random.default_rng(3)
    for _ in range(2):  # two calls with one generator are one call
        net = backprop_minibatch_shallow(x, d, net, T=1, B=4, rng=generator)
    assert same(first, net)


@pytest.mark.parametrize("train", [backprop_shallow, backprop_minibatch_shallow])
def test_training_leaves_its_arguments_alone(problem, train):
    x, d, net = problem
    before = [array.copy() for array in (x, d, *net)]
    train(x, d, net, T=2)
    assert same(before, (x, d, *net))


def test_training_has_the_defaults_of_the_assignment(rng):
    x = rng.uniform(-1, 1, (6, 250))
    d = label2onehot(rng.integers(0, 3, 250))
    net = init_shallow(6, 5, 3, rng=rng)
    found = backprop_shallow(x, d, net, T=2)
    assert same(found, backprop_shallow(x, d, net, T=2, gamma=0.05))
    found = backprop_minibatch_shallow(x, d, net, T=1, rng=0)
    expected = backprop_minibatch_shallow(x, d, net, T=1, B=100, gamma=0.05, rng=0)
    assert same(found, expected)


def test_what_the_assignment_has_not_is_given_by_name(problem):
    with pytest.raises(TypeError, match="positional"):
        label2onehot([0], 1, float)
    with pytest.raises(TypeError, match="positional"):
        init_shallow(6, 5, 3, 0)
    with pytest.raises(TypeError, match="positional"):
        backprop_minibatch_shallow(*problem, 1, 100, 0.05, 0)


@pytest.mark.parametrize("train", [backprop_shallow, backprop_minibatch_shallow])
def test_training_takes_a_single_number(train):
    net = init_shallow(1, 1, 2, rng=0)
    train(np.ones((1, 1)), label2onehot([0], 2), net, T=1)


def change(problem, name, array):
    x, d, net = problem
    names = ["x", "d", "W1", "b1", "W2", "b2"]
    parts = dict(zip(names, [x, d, *net], strict=True)) | {name: array}
    x, d, *net = parts.values()
    return x, d, tuple(net)


@pytest.mark.parametrize("train", [backprop_shallow, backprop_minibatch_shallow])
@pytest.mark.parametrize(
    ("name", "shape", "complaint"),
    [
        ("x", (7, 20), r"^x must have shape \(6, 20\).* is \(7, 20\)"),
        ("x", (6,), r"^x must be a matrix"),
        ("x", (6, 0), r"^x must be a matrix"),
        ("x", (6, 20, 1), r"^x must be a matrix"),
        ("d", (3, 19), r"^d must have shape \(3, 20\).* is \(3, 19\)"),
        ("d", (4, 20), r"^d must have shape \(3, 20\)"),
        ("d", (20,), r"^d must have shape \(3, 20\)"),
        ("b1", (1, 5), r"^b1 must have shape \(5, 1\)"),
        ("W2", (3, 4), r"^W2 must have shape \(3, 5\)"),
        ("b2", (2, 1), r"^b2 must have shape \(3, 1\)"),
        ("b2", (3,), r"^net must be pairs of matrices"),
        ("b2", (3, 1, 1), r"^net must be pairs of matrices"),
    ],
)
def test_training_refuses_shapes_that_do_not_fit(
    problem, train, name, shape, complaint
):
    x, d, net = change(problem, name, np.zeros(shape))
    with pytest.raises(ValueError, match=complaint):
        train(x, d, net, T=1)


@pytest.mark.parametrize("train", [backprop_shallow, backprop_minibatch_shallow])
@pytest.mark.parametrize(
    ("setting", "complaint"),
    [
        ({"T": 0}, "^T must"),
        ({"T": -1}, "^T must"),
        ({"T": 1.5}, "^T must"),
        ({"T": 1, "gamma": 0}, "^gamma must"),
        ({"T": 1, "gamma": -0.1}, "^gamma must"),
        ({"T": 1, "gamma": np.nan}, "^gamma must"),
        ({"T": 1, "gamma": np.inf}, "^gamma must"),
        ({"T": 1, "gamma": float("inf")}, "^gamma must"),
    ],
)
def test_training_refuses_settings_out_of_range(problem, train, setting, complaint):
    x, d, net = problem
    with pytest.raises(ValueError, match=complaint):
        train(x, d, net, **setting)


@pytest.mark.parametrize("B", [0, -5, 2.5])
def test_minibatches_refuse_a_bad_batch_size(problem, B):
    x, d, net = problem
    with pytest.raises(ValueError, match="^B must"):
        backprop_minibatch_shallow(x, d, net, T=1, B=B)
    for wrong in (net[:3], net[:0]):
        with pytest.raises(ValueError, match="^net must"):
            backprop_minibatch_shallow(x, d, wrong, T=1)


# The type of floats


@pytest.fixture
def problem32(problem):
    """Return the small problem in float32."""
    x, d, net = problem
    return (
        x.astype(np.float32),
        d.astype(np.float32),
        tuple(array.astype(np.float32) for array in net),
    )


def types(arrays):
    return {array.dtype.name for array in arrays}


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_activations_keep_the_type_of_floats(rng, dtype):
    a, e = rng.standard_normal((2, 4, 5)).astype(dtype)
    found = [softmax(a), softmaxp(a, e), relu(a), relup(a, e)]
    assert types(found) == {dtype}


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int8", "int32", "int64"])
def test_softmax_makes_float64_of_integers(dtype):
    a = np.array([[3, 100], [1, 120], [2, 0]], dtype=dtype)
    expected = softmax(a.astype(float))
    assert softmax(a).dtype == np.float64
    assert np.array_equal(softmax(a), expected)
    assert np.array_equal(softmax(a.tolist()), expected)


def test_label2onehot_gives_the_type_that_is_asked_for():
    lbl = np.array([1, 0])
    assert label2onehot(lbl, dtype=np.float32).dtype == np.float32
    assert np.array_equal(label2onehot(lbl, dtype=np.float32), label2onehot(lbl))


@pytest.mark.parametrize("gamma", [0.05, np.float64(0.05)], ids=["plain", "NumPy's"])
def test_float32_stays_float32(problem32, gamma):
    x, d, net = problem32
    y = forwardprop_shallow(x, net)
    updated = update_shallow(x, d, net, gamma)
    trained = [
        *backprop_shallow(x, d, net, T=2, gamma=gamma),
        *backprop_minibatch_shallow(x, d, net, T=2, B=8, gamma=gamma),
    ]
    assert types([y, *updated, *trained]) == {"float32"}
    assert type(eval_loss(y, d)) is type(eval_perfs(y, onehot2label(d))) is float


def test_float32_agrees_with_float64(problem, problem32):
    trained = [
        backprop_minibatch_shallow(*p, T=5, B=8, rng=0) for p in (problem, problem32)
    ]
    for array, single in zip(*trained, strict=True):
        assert np.allclose(array, single, atol=1e-6)
        assert not np.array_equal(array, single)
