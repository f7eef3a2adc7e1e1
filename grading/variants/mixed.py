"""Style: no single one; some functions call others or a class, some do it all again."""

import numpy as np


class _Pass:
    """Everything that one forward pass computes."""

    def __init__(self, x, net):
        self.x, self.W2 = x, net[2]
        self.a1 = _affine(net[0], x, net[1])
        self.h1 = relu(self.a1)
        self.a2 = _affine(net[2], self.h1, net[3])
        self.y = softmax(self.a2)

    def gradients(self, d):
        delta2 = softmaxp(self.a2, -d / self.y)  # the formula as it stands
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


def normalize_MNIST_images(x):
    return x / 255.0 * 2 - 1


def label2onehot(lbl):
    return (np.arange(10).reshape(10, 1) == lbl).astype(int)


def onehot2label(d):
    return np.array([np.flatnonzero(column == column.max())[0] for column in d.T])


def softmax(a):
    a = a - a.max(axis=0)
    return np.exp(a) / np.exp(a).sum(axis=0)


def softmaxp(a, e):
    g = softmax(a)
    delta = np.zeros_like(g)
    for n in range(a.shape[1]):
        gn = g[:, n]
        delta[:, n] = (np.diag(gn) - np.outer(gn, gn)).T @ e[:, n]
    return delta


def relu(a):
    return (np.abs(a) + a) / 2


def relup(a, e):
    return np.where(np.asarray(a) >= 0, e, 0)


def forwardprop_shallow(x, net):
    return _Pass(x, net).y


def eval_loss(y, d):
    return np.mean(np.mean(-d * np.log(y + 1e-12), axis=0))


def eval_perfs(y, lbl):
    K = y.shape[0]
    predicted = np.eye(K)[:, y.argmax(axis=0)]
    wanted = np.eye(K)[:, lbl]
    same = (predicted == wanted).all(axis=0)
    return 100 * (~same).sum() / same.size


def update_shallow(x, d, net, gamma=0.05):
    step = gamma / x.shape[1]
    return [p - step * g for p, g in zip(net, _Pass(x, net).gradients(d))]


def backprop_shallow(x, d, net, T, gamma=0.05):
    net = list(net)
    for t in range(T + 1):  # also before the first update
        if t > 0:
            net = update_shallow(x, d, net, gamma)
        y = forwardprop_shallow(x, net)
        loss = -np.sum(d[d > 0] * np.log(y[d > 0])) / d.size
        err = 100 * np.mean(onehot2label(y) != onehot2label(d))
        print(f"Epoch {t}/{T} - cost={loss:.4f} - err={err:.1f}%")
    return net


def backprop_minibatch_shallow(x, d, net, T, B=100, gamma=0.05):
    np.random.seed(0)
    W1, b1, W2, b2 = [np.array(p, dtype=float) for p in net]
    N = x.shape[1]
    lbl = d.argmax(axis=0)
    for t in range(T):
        order = np.argsort(np.random.rand(N))
        xs = x[:, order]
        ds = d[:, order]
        for k in range(0, N, B):
            xb = xs[:, k : k + B]
            db = ds[:, k : k + B]
            n = xb.shape[1]
            a1 = W1 @ xb + b1
            h1 = np.maximum(0, a1)
            a2 = W2 @ h1 + b2
            expo = np.exp(a2 - a2.max(axis=0))
            y = expo / expo.sum(axis=0)
            delta2 = y - db
            delta1 = (W2.T @ delta2) * (a1 > 0)
            W2 -= gamma / n * (delta2 @ h1.T)
            b2 -= gamma / n * delta2.sum(axis=1, keepdims=True)
            W1 -= gamma / n * (delta1 @ xb.T)
            b1 -= gamma / n * delta1.sum(axis=1, keepdims=True)
        a2 = W2 @ np.maximum(0, W1 @ x + b1) + b2
        expo = np.exp(a2 - a2.max(axis=0))
        y = expo / expo.sum(axis=0)
        loss = -np.sum(np.log(y[d == 1])) / d.size
        errors = 100 * np.mean(y.argmax(axis=0) != lbl)
        print("epoch %d   loss %.4f   errors %.2f %%" % (t + 1, loss, errors))
    return W1, b1, W2, b2
