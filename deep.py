"""The bonus: a network with any number of hidden layers, from the parts of `shallow`.

Arrays hold one sample per column. In the shapes below, N is the number of samples and
n0, n1, ... are the numbers of units: n0 inputs, then those of the hidden layers, and
last the outputs. A network is the tuple ``net = (W1, b1, W2, b2, ...)``: a shallow one
is a deep one with a single hidden layer. No function changes its arguments, but a
random generator given as ``rng`` moves on. Floats keep their type, as in `shallow`.
"""

import numpy as np

from shallow import eval_loss, eval_perfs, onehot2label, relu, relup, softmax


def init_deep(sizes, *, rng=None):
    """Question 26: a network with random weights, scaled for ReLU.

    Parameters
    ----------
    sizes : sequence of int
        Numbers of units, from the inputs to the outputs: ``[784, 64, 10]`` has one
        hidden layer, of 64 units, and is the network of `init_shallow`.
    rng : int or numpy.random.Generator, optional
        Seed or source of the random numbers; different at every call by default.

    Returns
    -------
    W1, b1, W2, b2, ... : (n1, n0), (n1, 1), (n2, n1), (n2, 1), ... arrays of float64
        Hidden layers: normal, of variance 2 / (n + 1), where n is the number of inputs
        of the layer. Output layer: normal, of variance 1 / (n + 1).

    Raises
    ------
    ValueError
        If `sizes` is not a sequence of at least two positive integers.
    """
    _check_sizes(sizes)
    rng = np.random.default_rng(rng)
    net = []
    for k in range(1, len(sizes)):
        gain = 2 if k < len(sizes) - 1 else 1  # ReLU halves the mean square
        scale = np.sqrt((sizes[k - 1] + 1) / gain)
        net.append(rng.standard_normal((sizes[k], sizes[k - 1])) / scale)
        net.append(rng.standard_normal((sizes[k], 1)) / scale)
    return tuple(net)


def forwardprop_deep(x, net):
    """Question 26: the network's predictions.

    Parameters
    ----------
    x : (n0, N) array of float
        Images, one per column.
    net : tuple of W1 (n1, n0), b1 (n1, 1), W2 (n2, n1), b2 (n2, 1), ...
        The network.

    Returns
    -------
    (No, N) array of float
        Class probabilities, one column per image; No is the number of outputs.
    """
    *hidden, (W, b) = zip(net[::2], net[1::2], strict=True)
    h = x
    for Wk, bk in hidden:
        h = relu(Wk @ h + bk)
    return softmax(W @ h + b)


def update_deep(x, d, net, gamma=0.05):
    """Question 26: one step of gradient descent on all the samples of `x`.

    Parameters
    ----------
    x : (n0, N) array of float
        Images, one per column.
    d : (No, N) array of float
        Their labels, as one-hot columns.
    net : tuple of W1 (n1, n0), b1 (n1, 1), W2 (n2, n1), b2 (n2, 1), ...
        The network; it is left untouched.
    gamma : float
        Step size; it is divided by N, so that it does not depend on their number.

    Returns
    -------
    W1, b1, W2, b2, ... : arrays of float
        The new network, of the same shapes.
    """
    layers = list(zip(net[::2], net[1::2], strict=True))
    step = -float(gamma) / x.shape[1]  # against the gradient

    inputs = [x]  # what enters each layer
    for W, b in layers[:-1]:
        inputs.append(relu(W @ inputs[-1] + b))
    W, b = layers[-1]
    y = softmax(W @ inputs[-1] + b)

    delta = y - d
    new = []
    for (W, b), h in reversed(list(zip(layers, inputs, strict=True))):
        newb = b + step * delta.sum(axis=1, keepdims=True)
        new = [W + step * delta @ h.T, newb, *new]
        if h is not x:
            delta = relup(h, W.T @ delta)  # h is positive where its a is
    return tuple(new)


def backprop_minibatch_deep(x, d, net, T, B=100, gamma=0.05, *, rng=None):
    """Question 26: gradient descent on minibatches, in a new random order each epoch.

    Prints the epoch, the loss and the percentage of errors on `x`, a line each.

    Parameters
    ----------
    x, d, net, gamma
        As for `update_deep`.
    T : int
        Number of epochs: in each of them every sample is seen once.
    B : int
        Number of samples in a minibatch; the last one of an epoch may be smaller.
    rng : int or numpy.random.Generator, optional
        Seed or source of the random orders; different at every call by default.

    Returns
    -------
    W1, b1, W2, b2, ... : arrays of float
        The trained network.

    Raises
    ------
    ValueError
        If a setting is out of range or the shapes of `x`, `d` and `net` do not fit.
    """
    _check_training(x, d, net, T, B, gamma)
    rng = np.random.default_rng(rng)
    lbl = onehot2label(d)
    N = x.shape[1]
    for t in range(1, T + 1):
        order = rng.permutation(N)
        for start in range(0, N, B):
            batch = order[start : start + B]
            net = update_deep(x[:, batch], d[:, batch], net, gamma)
        y = forwardprop_deep(x, net)
        loss, errors = eval_loss(y, d), eval_perfs(y, lbl)
        print(f"epoch {t:2}: loss {loss:.4f}, errors {errors:5.2f} %")
    return net


def _is_count(value):
    """Tell whether a value is an integer, 1 or more."""
    return isinstance(value, (int, np.integer)) and value >= 1


def _check_sizes(sizes):
    """Refuse numbers of units from which no network can be made."""
    if np.ndim(sizes) != 1 or len(sizes) < 2 or not all(map(_is_count, sizes)):
        raise ValueError(
            "sizes must be two or more integers, each 1 or more: inputs, hidden units "
            f"of each layer, outputs; but it is {sizes!r}"
        )


def _check_training(x, d, net, T, B, gamma):
    """Refuse wrong arguments of a training before a long run starts."""
    for name, value in [("T", T), ("B", B)]:
        if not _is_count(value):
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
    fits.append(("d", d, (n, N)))
    for name, array, shape in fits:
        if np.shape(array) != shape:
            raise ValueError(
                f"{name} must have shape {shape} to fit the other arguments, "
                f"but its shape is {np.shape(array)}"
            )
