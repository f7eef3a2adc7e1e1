"""A shallow neural network from scratch: the answers, in the order of the questions.

Arrays hold one sample per column. In the shapes below, N is the number of samples, K
the number of classes, Ni, Nh and No the numbers of inputs, hidden units and outputs. A
network is the tuple ``net = (W1, b1, W2, b2)``. No function changes its arguments, but
a random generator given as ``rng`` moves on.

Floats keep their type: images, labels and a network of float32 give float32, of float64
float64. Where both meet, the result is float64, as always in NumPy.
"""

import numpy as np


def normalize_MNIST_images(x):
    """Question 4: grey levels 0..255 mapped to [-1, 1].

    The scale is that of the format, not the smallest and largest value of `x`: training
    and testing images must land on the same scale.

    Parameters
    ----------
    x : (Ni, N) array of uint8
        Images, one per column.

    Returns
    -------
    (Ni, N) array of float64
        A new array: 0 becomes -1, 127.5 would become 0 and 255 becomes 1.
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
        Number of classes K; ``lbl.max() + 1`` by default. Give it whenever the last
        class may be missing from `lbl`, as the nines may be from a small batch.
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
    """Question 6: the label of each column, that is the row of its largest value.

    Parameters
    ----------
    d : (K, N) array
        One-hot columns, or predictions: any column with a largest value has a label.

    Returns
    -------
    (N,) array of int64
        Labels from 0 to K - 1.
    """
    return np.argmax(d, axis=0)


def softmax(a):
    """Question 7: class probabilities from scores, column by column.

    Parameters
    ----------
    a : (K, N) or (K,) array
        One column of scores per sample.

    Returns
    -------
    (K, N) or (K,) array of float
        Not negative; every column sums to 1. Integers as scores give float64.
    """
    a = np.asarray(a)
    if a.dtype.kind != "f":
        a = a.astype(float)
    y = np.exp(a - a.max(axis=0))
    return y / y.sum(axis=0)


def softmaxp(a, e):
    """Question 10: directional derivative of softmax at `a` in the direction `e`.

    Parameters
    ----------
    a : (K, N) or (K,) array
        Scores, as for `softmax`.
    e : (K, N) or (K,) array
        One direction per column of `a`.

    Returns
    -------
    (K, N) or (K,) array of float
        The Jacobian of softmax, transposed, times `e`, column by column.
    """
    g = softmax(a)
    return g * e - (g * e).sum(axis=0) * g


def relu(a):
    """Question 12: rectified linear unit, ``max(a_i, 0)``.

    Parameters
    ----------
    a : (K, N) or (K,) array
        Scores.

    Returns
    -------
    (K, N) or (K,) array
        The positive entries of `a`, and 0 in the place of the others.
    """
    return np.maximum(a, 0)


def relup(a, e):
    """Question 12: directional derivative of ReLU at `a` in the direction `e`.

    At 0, where ReLU has a corner, the derivative is taken as 0.

    Parameters
    ----------
    a : (K, N) or (K,) array
        Scores, as for `relu`.
    e : (K, N) or (K,) array
        One direction per column of `a`.

    Returns
    -------
    (K, N) or (K,) array
        The Jacobian of ReLU, transposed, times `e`, column by column.
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
    W1, b1 : (Nh, Ni) and (Nh, 1) arrays of float64
        Hidden layer: normal, of variance 2 / (Ni + 1).
    W2, b2 : (No, Nh) and (No, 1) arrays of float64
        Output layer: normal, of variance 1 / (Nh + 1).
    """
    rng = np.random.default_rng(rng)
    W1 = rng.standard_normal((Nh, Ni)) / np.sqrt((Ni + 1) / 2)
    b1 = rng.standard_normal((Nh, 1)) / np.sqrt((Ni + 1) / 2)
    W2 = rng.standard_normal((No, Nh)) / np.sqrt(Nh + 1)
    b2 = rng.standard_normal((No, 1)) / np.sqrt(Nh + 1)
    return W1, b1, W2, b2


def forwardprop_shallow(x, net):
    """Question 14: the network's predictions.

    Parameters
    ----------
    x : (Ni, N) array of float
        Images, one per column.
    net : tuple of W1 (Nh, Ni), b1 (Nh, 1), W2 (No, Nh), b2 (No, 1)
        The network.

    Returns
    -------
    (No, N) array of float
        Class probabilities, one column per image.
    """
    W1, b1, W2, b2 = net
    a1 = W1 @ x + b1
    h1 = relu(a1)
    a2 = W2 @ h1 + b2
    return softmax(a2)


def eval_loss(y, d):
    """Question 15: cross-entropy, averaged over the samples and the classes.

    Parameters
    ----------
    y : (K, N) array of float
        Predicted probabilities.
    d : (K, N) array of float
        One-hot columns.

    Returns
    -------
    float
        Not negative; 0 * log(0) counts as 0. It is ``inf`` if the class of some sample
        was predicted with probability 0.
    """
    right = d > 0
    with np.errstate(divide="ignore"):  # log(0) = -inf is what we want
        return float(-np.sum(d[right] * np.log(y[right])) / d.size)


def eval_perfs(y, lbl):
    """Question 16: percentage of misclassified samples.

    Parameters
    ----------
    y : (K, N) array of float
        Predicted probabilities.
    lbl : (N,) array of int
        Labels.

    Returns
    -------
    float
        From 0 (every sample is right) to 100.
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
    net : tuple of W1 (Nh, Ni), b1 (Nh, 1), W2 (No, Nh), b2 (No, 1)
        The network; it is left untouched.
    gamma : float
        Step size; it is divided by N, so that it does not depend on their number.

    Returns
    -------
    W1, b1, W2, b2 : arrays of float
        The new network, of the same shapes.
    """
    W1, b1, W2, b2 = net
    step = -float(gamma) / x.shape[1]  # against the gradient

    a1 = W1 @ x + b1
    h1 = relu(a1)
    a2 = W2 @ h1 + b2
    y = softmax(a2)

    delta2 = y - d  # equals softmaxp(a2, -d / y), which breaks at y = 0
    delta1 = relup(a1, W2.T @ delta2)

    W1 = W1 + step * delta1 @ x.T
    b1 = b1 + step * delta1.sum(axis=1, keepdims=True)
    W2 = W2 + step * delta2 @ h1.T
    b2 = b2 + step * delta2.sum(axis=1, keepdims=True)
    return W1, b1, W2, b2


def backprop_shallow(x, d, net, T, gamma=0.05):
    """Question 18: gradient descent on the whole of `x`.

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

    Returns
    -------
    W1, b1, W2, b2 : arrays of float
        The trained network.

    Raises
    ------
    ValueError
        If a setting is out of range or the shapes of `x`, `d` and `net` do not fit.
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
    """Given: refuse wrong arguments of Questions 18 and 20 before a long run starts."""
    for name, value in [("T", T), ("B", B)]:
        if not isinstance(value, (int, np.integer)) or value < 1:
            raise ValueError(
                f"{name} must be an integer, 1 or more, but it is {value!r}"
            )
    if not 0 < gamma < np.inf:
        raise ValueError(f"gamma must be positive and finite, but it is {gamma!r}")
    if len(net) != 4 or any(np.ndim(array) != 2 for array in net):
        raise ValueError("net must be four matrices: W1, b1, W2, b2")
    if np.ndim(x) != 2 or np.size(x) == 0:
        raise ValueError(
            f"x must be a matrix of samples, but its shape is {np.shape(x)}"
        )
    W1, b1, W2, b2 = net
    (Nh, Ni), No, N = W1.shape, W2.shape[0], x.shape[1]
    for name, array, shape in [
        ("x", x, (Ni, N)),
        ("d", d, (No, N)),
        ("b1", b1, (Nh, 1)),
        ("W2", W2, (No, Nh)),
        ("b2", b2, (No, 1)),
    ]:
        if np.shape(array) != shape:
            raise ValueError(
                f"{name} must have shape {shape} to fit the other arguments, "
                f"but its shape is {np.shape(array)}"
            )
