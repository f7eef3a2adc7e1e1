"""A shallow neural network from scratch: the answers, in the order of the questions.

Arrays hold one sample per column. In the shapes below, N is the number of samples, K
the number of classes, Ni, Nh and No the numbers of inputs, hidden units and outputs. A
network is the tuple ``net = (W1, b1, W2, b2)`` of arrays of shape (Nh, Ni), (Nh, 1),
(No, Nh) and (No, 1). No function changes its arguments, but a random generator given as
``rng`` moves on. Floats keep their type: float32 in, float32 out; where both meet, the
result is float64, as always in NumPy.
"""

import numpy as np


def normalize_MNIST_images(x):
    """Question 4: grey levels 0..255 mapped to [-1, 1].

    `x` is an (Ni, N) array of uint8, and the result a new one of float64: 0 becomes -1,
    127.5 would become 0 and 255 becomes 1. The scale is that of the format, not the
    smallest and largest value of `x`.
    """
    x = np.divide(x, 127.5, dtype=float)
    x -= 1  # in place: a second array of this size would cost 376 MB
    return x


def label2onehot(lbl, num_classes=None, *, dtype=float):
    """Question 5: labels as one-hot columns.

    Parameters
    ----------
    lbl : (N,) array of int
        Labels, from 0.
    num_classes : int, optional
        Number of classes K; by default the largest label plus 1, perhaps too few.
    dtype : type, optional
        Of the result: ``np.float32`` to train with float32.

    Returns
    -------
    (K, N) array of `dtype`, float64 by default
        ``d[i, j]`` is 1 if ``lbl[j] == i`` and 0 otherwise. Columns are contiguous.

    Raises
    ------
    ValueError
        If `lbl` is not a vector of integers from 0 to K - 1.
    """
    _check_labels(lbl, num_classes)
    lbl = np.asarray(lbl)
    if num_classes is None:
        num_classes = int(lbl.max()) + 1
    d = np.zeros((num_classes, lbl.size), dtype, order="F")
    d[lbl, np.arange(lbl.size)] = 1
    return d


def onehot2label(d):
    """Question 6: the label of each column of `d`, (K, N), as an (N,) array of int.

    The label of a prediction is its most probable class.
    """
    return np.argmax(d, axis=0)


def softmax(a):
    """Question 7: class probabilities from scores, column by column.

    `a` is a (K, N) or (K,) array, a column of scores per sample. The result is of the
    same shape and not negative, and every column sums to 1. Integers give float64.
    """
    a = np.asarray(a)
    if a.dtype.kind != "f":
        a = a.astype(float)
    y = np.exp(a - a.max(axis=0))
    return y / y.sum(axis=0)


def softmaxp(a, e):
    """Question 10: directional derivative of softmax at `a` in the direction `e`.

    The Jacobian of softmax, transposed, times `e`, column by column: an array of the
    shape that `a` and `e` have, (K, N) or (K,).
    """
    g = softmax(a)
    return g * e - (g * e).sum(axis=0) * g


def relu(a):
    """Question 12: rectified linear unit, ``max(a_i, 0)``; `a` has any shape."""
    return np.maximum(a, 0)


def relup(a, e):
    """Question 12: directional derivative of ReLU at `a` in the direction `e`.

    The Jacobian of ReLU, transposed, times `e`: an array of the shape that both have.
    At 0, where ReLU has a corner, the derivative is taken as 0.
    """
    return e * (np.asarray(a) > 0)


def init_shallow(Ni, Nh, No, *, rng=None):
    """Question 13 (given): a network with random weights, scaled for ReLU.

    Parameters
    ----------
    Ni, Nh, No : int
        Numbers of inputs, hidden units and outputs.
    rng : int or numpy.random.Generator, optional
        Seed or source of the random numbers; different at every call by default.

    Returns
    -------
    W1, b1, W2, b2 : arrays of float64
        Normal: of variance 2 / (Ni + 1) the first two, 1 / (Nh + 1) the others.
    """
    rng = np.random.default_rng(rng)
    W1 = rng.standard_normal((Nh, Ni)) / np.sqrt((Ni + 1) / 2)
    b1 = rng.standard_normal((Nh, 1)) / np.sqrt((Ni + 1) / 2)
    W2 = rng.standard_normal((No, Nh)) / np.sqrt(Nh + 1)
    b2 = rng.standard_normal((No, 1)) / np.sqrt(Nh + 1)
    return W1, b1, W2, b2


def forwardprop_shallow(x, net):
    """Question 14: the class probabilities, (No, N), of images `x`, (Ni, N)."""
    W1, b1, W2, b2 = net
    a1 = W1 @ x + b1  # (Nh, N)
    h1 = relu(a1)
    a2 = W2 @ h1 + b2  # (No, N)
    return softmax(a2)


def eval_loss(y, d):
    """Question 15: cross-entropy, averaged over the samples and the classes.

    `y` are predicted probabilities and `d` one-hot columns, both (K, N). The loss is a
    float, not negative. 0 * log(0) counts as 0, and where the class of a sample was
    predicted with probability 0, the loss is ``inf``.
    """
    right = d > 0
    with np.errstate(divide="ignore"):  # log(0) = -inf is what we want
        return float(-np.sum(d[right] * np.log(y[right])) / d.size)


def eval_perfs(y, lbl):
    """Question 16: percentage of misclassified samples, a float from 0 to 100.

    `y` are predicted probabilities, (K, N), and `lbl` the labels, (N,).
    """
    return float(100 * np.mean(onehot2label(y) != lbl))


def update_shallow(x, d, net, gamma=0.05):
    """Question 17: one step of gradient descent on all the samples of `x`.

    Parameters
    ----------
    x : (Ni, N) array of float
        Images, one per column.
    d : (No, N) array of float
        Their labels, as one-hot columns.
    net : tuple of W1, b1, W2, b2
        The network; it is left untouched.
    gamma : float
        Step size; it is divided by N, so that it does not depend on their number.

    Returns
    -------
    W1, b1, W2, b2 : arrays of float
        The new network.
    """
    W1, b1, W2, b2 = net
    step = -float(gamma) / x.shape[1]  # against the gradient

    a1 = W1 @ x + b1  # (Nh, N)
    h1 = relu(a1)
    a2 = W2 @ h1 + b2  # (No, N)
    y = softmax(a2)

    delta2 = y - d  # (No, N); equals softmaxp(a2, -d / y), which breaks at y = 0
    delta1 = relup(a1, W2.T @ delta2)  # (Nh, N)

    W1 = W1 + step * delta1 @ x.T
    b1 = b1 + step * delta1.sum(axis=1, keepdims=True)
    W2 = W2 + step * delta2 @ h1.T
    b2 = b2 + step * delta2.sum(axis=1, keepdims=True)
    return W1, b1, W2, b2


def backprop_shallow(x, d, net, T, gamma=0.05):
    """Question 18: gradient descent on the whole of `x`, in T steps.

    Prints the iteration, the loss and the percentage of errors on `x`, a line each.

    Parameters
    ----------
    x, d, net, gamma
        As for `update_shallow`.
    T : int
        Number of steps.

    Returns
    -------
    W1, b1, W2, b2 : arrays of float
        The trained network.

    Raises
    ------
    ValueError
        If a setting is out of range or the shapes of `x`, `d` and `net` do not fit.
    """
    _check_training(x, d, net, T, gamma)
    lbl = onehot2label(d)
    for t in range(1, T + 1):
        net = update_shallow(x, d, net, gamma)
        y = forwardprop_shallow(x, net)
        loss, errors = eval_loss(y, d), eval_perfs(y, lbl)
        print(f"iteration {t:2}: loss {loss:.4f}, errors {errors:5.2f} %")
    return net


def backprop_minibatch_shallow(x, d, net, T, B=100, gamma=0.05, *, rng=None):
    """Question 20: gradient descent on minibatches, in a new random order each epoch.

    Prints the epoch, the loss and the percentage of errors on `x`, a line each.

    Parameters
    ----------
    x, d, net, gamma
        As for `update_shallow`.
    T : int
        Number of epochs: in each of them every sample is seen once.
    B : int
        Number of samples in a minibatch; the last one of an epoch may be smaller.
    rng : int or numpy.random.Generator, optional
        Seed or source of the random orders; different at every call by default.

    Returns, Raises
    ---------------
    As `backprop_shallow` does.
    """
    _check_training(x, d, net, T, gamma, B)
    rng = np.random.default_rng(rng)
    lbl = onehot2label(d)
    N = x.shape[1]
    for t in range(1, T + 1):
        order = rng.permutation(N)
        for start in range(0, N, B):
            batch = order[start : start + B]
            net = update_shallow(x[:, batch], d[:, batch], net, gamma)
        y = forwardprop_shallow(x, net)
        loss, errors = eval_loss(y, d), eval_perfs(y, lbl)
        print(f"epoch {t:2}: loss {loss:.4f}, errors {errors:5.2f} %")
    return net


def _check_labels(lbl, num_classes=None):
    """Given: refuse what Question 5 cannot make one-hot."""
    lbl = np.asarray(lbl)
    if lbl.ndim != 1 or lbl.size == 0 or lbl.dtype.kind not in "iu":
        raise ValueError(
            "lbl must be a vector of integers, "
            f"but its shape is {lbl.shape} and its type {lbl.dtype}"
        )
    last = lbl.max() if num_classes is None else num_classes - 1
    if lbl.min() < 0 or lbl.max() > last:
        raise ValueError(
            f"labels must lie in 0..{last}, "
            f"but lbl has values from {lbl.min()} to {lbl.max()}"
        )


def _check_training(x, d, net, T, gamma, B=1):
    """Given: refuse wrong arguments of a training, with any number of layers."""
    for name, value in [("T", T), ("B", B)]:
        if not isinstance(value, (int, np.integer)) or value < 1:
            raise ValueError(
                f"{name} must be an integer, 1 or more, but it is {value!r}"
            )
    if not 0 < gamma < np.inf:
        raise ValueError(f"gamma must be positive and finite, but it is {gamma!r}")
    if len(net) < 2 or len(net) % 2 or any(np.ndim(array) != 2 for array in net):
        raise ValueError("net must be pairs of matrices: W1, b1, W2, b2, ...")
    if np.ndim(x) != 2 or np.size(x) == 0:
        raise ValueError(
            f"x must be a matrix of samples, but its shape is {np.shape(x)}"
        )
    n, N = np.shape(net[0])[1], x.shape[1]
    fits = [("x", x, (n, N))]
    for k, (W, b) in enumerate(zip(net[::2], net[1::2], strict=True), start=1):
        fits += [(f"W{k}", W, (len(W), n)), (f"b{k}", b, (len(W), 1))]
        n = len(W)
    for name, array, shape in [*fits, ("d", d, (n, N))]:
        if np.shape(array) != shape:
            raise ValueError(
                f"{name} must have shape {shape} to fit the other arguments, "
                f"but its shape is {np.shape(array)}"
            )
