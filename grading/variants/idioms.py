"""Style: NumPy's less usual functions, such as `einsum`, `select` and `interp`."""

import numpy as np


def normalize_MNIST_images(x):
    return np.interp(x, [0, 255], [-1.0, 1.0])


def label2onehot(lbl):
    return np.identity(10)[:, lbl]


def onehot2label(d):
    return np.nonzero(np.transpose(d == np.amax(d, axis=0)))[1]


def softmax(a):
    M = np.maximum.reduce(a, axis=0, keepdims=True)
    logsumexp = M + np.log(np.add.reduce(np.exp(a - M), axis=0, keepdims=True))
    return np.exp(a - logsumexp)


def softmaxp(a, e):
    g = softmax(a)
    J = np.einsum("in,ij->ijn", g, np.identity(g.shape[0])) - np.einsum(
        "in,jn->ijn", g, g
    )
    return np.einsum("jin,jn->in", J, e)


def relu(a):
    return np.clip(a, 0, None)


def relup(a, e):
    return np.select([np.asarray(a) > 0], [e], default=0.0)


def forwardprop_shallow(x, net):
    W1, b1, W2, b2 = net
    h1 = relu(np.einsum("hi,in->hn", W1, x) + b1)
    return softmax(np.einsum("oh,hn->on", W2, h1) + b2)


def eval_loss(y, d):
    # the one-hot columns pick one probability per sample
    picked = np.take_along_axis(y, np.argmax(d, axis=0)[np.newaxis, :], axis=0)
    return np.negative(np.log(picked)).mean() / y.shape[0]


def eval_perfs(y, lbl):
    return (
        100 * np.count_nonzero(np.not_equal(np.argmax(y, axis=0), lbl)) / np.size(lbl)
    )


def update_shallow(x, d, net, gamma=0.05):
    W1, b1, W2, b2 = net
    # biases as one more column of the weights
    V1, V2 = np.hstack((W1, b1)), np.hstack((W2, b2))
    one = np.ones((1, x.shape[1]))
    x1 = np.vstack((x, one))
    a1 = V1 @ x1
    h1 = np.vstack((relu(a1), one))
    delta2 = np.subtract(softmax(V2 @ h1), d)
    delta1 = np.where(a1 > 0, W2.T @ delta2, 0)
    V2 = V2 - gamma * np.einsum("on,hn->oh", delta2, h1) / x.shape[1]
    V1 = V1 - gamma * np.einsum("hn,in->hi", delta1, x1) / x.shape[1]
    return V1[:, :-1], V1[:, -1:], V2[:, :-1], V2[:, -1:]


def backprop_shallow(x, d, net, T, gamma=0.05):
    lbl = onehot2label(d)
    for t in np.arange(T):
        net = update_shallow(x, d, net, gamma)
        y = forwardprop_shallow(x, net)
        print((t, eval_loss(y, d), eval_perfs(y, lbl)))
    return net


def backprop_minibatch_shallow(x, d, net, T, B=100, gamma=0.05):
    rng = np.random.default_rng(0)
    N = x.shape[1]
    lbl = onehot2label(d)
    order = np.arange(N)
    for t in range(T):
        rng.shuffle(order)
        for batch in np.split(order, np.arange(B, N, B)):
            net = update_shallow(
                np.take(x, batch, axis=1), np.take(d, batch, axis=1), net, gamma
            )
        y = forwardprop_shallow(x, net)
        print((t, eval_loss(y, d), eval_perfs(y, lbl)))
    return net


def _down(h, d, net, step):
    """Return the prediction, the gradient at `h` and the new layers."""
    W, b, *rest = net
    a = W @ h + b
    if rest:
        y, back, new = _down(np.clip(a, 0, None), d, rest, step)
        delta = np.where(a > 0, back, 0)
    else:
        y, new = softmax(a), []
        delta = y - d
    moved = W - step * np.einsum("in,jn->ij", delta, h)
    return y, W.T @ delta, [moved, b - step * delta.sum(axis=1, keepdims=True), *new]


def forwardprop_deep(x, net):
    return _down(x, 0, net, 0)[0]


def update_deep(x, d, net, gamma=0.05):
    return tuple(_down(x, d, net, gamma / x.shape[-1])[2])


def backprop_minibatch_deep(x, d, net, T, B=100, gamma=0.05):
    N = x.shape[1]
    for epoch in range(T):
        order = np.argsort(np.random.rand(N))
        for i in range(-(-N // B)):
            batch = order[i * B : (i + 1) * B]
            net = update_deep(x[:, batch], d[:, batch], net, gamma)
        y = forwardprop_deep(x, net)
        loss = -(d * np.log(y)).sum() / d.size
        wrong = (y.argmax(0) != d.argmax(0)).mean()
        print(f"{epoch}: {loss:.5f} {wrong:.2%}")
    return net
