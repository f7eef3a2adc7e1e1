"""Style: classes and small helpers of one's own do the work."""

import numpy as np

K = 10


class _Pass:
    """Everything that one forward pass computes."""

    def __init__(self, x, net):
        self.x = x
        self.W2 = net[2]
        self.a1 = _affine(net[0], x, net[1])
        self.h1 = relu(self.a1)
        self.a2 = _affine(net[2], self.h1, net[3])
        self.y = softmax(self.a2)

    def gradients(self, d):
        delta2 = self.y - d
        delta1 = relup(self.a1, np.dot(self.W2.T, delta2))
        return [
            np.dot(delta1, self.x.T),
            _row_sums(delta1),
            np.dot(delta2, self.h1.T),
            _row_sums(delta2),
        ]


def _affine(W, x, b):
    return np.dot(W, x) + b


def _row_sums(delta):
    return np.dot(delta, np.ones((delta.shape[1], 1)))


def _scores(x, d, net):
    y = forwardprop_shallow(x, net)
    return eval_loss(y, d), eval_perfs(y, onehot2label(d))


def _report(t, T, loss, err):
    print(f"Epoch {t}/{T} - cost={loss:.4f} - err={err:.1f}%")


def normalize_MNIST_images(x):
    low, high = 0.0, 255.0
    return -1.0 + 2.0 * (np.asarray(x, dtype=np.float64) - low) / (high - low)


def label2onehot(lbl):
    lbl = np.asarray(lbl)
    d = np.zeros((K, lbl.shape[0]))
    d[lbl, np.arange(lbl.shape[0])] = 1.0
    return d


def onehot2label(d):
    return np.argmax(d, 0)


def softmax(a):
    z = a - np.max(a, 0)
    e = np.exp(z)
    return e / np.sum(e, 0)


def softmaxp(a, e):
    g = softmax(a)
    ge = g * e
    return ge - g * ge.sum(0)


def relu(a):
    return np.where(np.asarray(a) > 0, a, 0)


def relup(a, e):
    return np.where(np.asarray(a) >= 0, e, 0)


def forwardprop_shallow(x, net):
    return _Pass(x, net).y


def eval_loss(y, d):
    inside = d > 0
    return -np.sum(d[inside] * np.log(y[inside])) / y.size


def eval_perfs(y, lbl):
    good = np.mean(onehot2label(y) == np.asarray(lbl))
    return (1 - good) * 100


def update_shallow(x, d, net, gamma=0.05):
    step = gamma / x.shape[1]
    return [p - step * g for p, g in zip(net, _Pass(x, net).gradients(d))]


def backprop_shallow(x, d, net, T, gamma=0.05):
    net = list(net)
    _report(0, T, *_scores(x, d, net))  # before the first update
    for t in range(1, T + 1):
        net = update_shallow(x, d, net, gamma)
        _report(t, T, *_scores(x, d, net))
    return net


def backprop_minibatch_shallow(x, d, net, T, B=100, gamma=0.05):
    np.random.seed(0)
    net = list(net)
    N = x.shape[1]
    for t in range(1, T + 1):
        before = forwardprop_shallow(x, net)
        old = eval_loss(before, d)
        order = np.random.permutation(N)
        batches = [order[i : i + B] for i in range(0, N, B)]
        for batch in batches:
            net = update_shallow(x[:, batch], d[:, batch], net, gamma)
        loss, err = _scores(x, d, net)
        _report(t, T, loss, err)
        if loss > old:
            print("  (the cost went up)")
    return net
