"""Style: no single one; some functions call others, some do it all again."""

import numpy as np


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
    return np.sign(relu(a)) * e


def forwardprop_shallow(x, net):
    W1, b1, W2, b2 = net
    a2 = W2 @ np.maximum(W1 @ x + b1, 0) + b2
    expo = np.exp(a2 - a2.max(axis=0))
    return expo / expo.sum(axis=0)


def eval_loss(y, d):
    return np.mean(np.mean(-d * np.log(y + 1e-12), axis=0))


def eval_perfs(y, lbl):
    K = y.shape[0]
    predicted = np.eye(K)[:, y.argmax(axis=0)]
    wanted = np.eye(K)[:, lbl]
    same = (predicted == wanted).all(axis=0)
    return 100 * (~same).sum() / same.size


def update_shallow(x, d, net, gamma=0.05):
    W1, b1, W2, b2 = net
    y = forwardprop_shallow(x, net)
    h1 = np.maximum(W1.dot(x) + b1, 0)
    delta2 = softmaxp(W2.dot(h1) + b2, -d / y)  # the formula as it stands
    delta1 = (W2.T @ delta2) * (h1 > 0)
    return (
        W1 - gamma * (delta1 @ x.T) / x.shape[1],
        b1 - gamma * delta1.mean(axis=1, keepdims=True),
        W2 - gamma * (delta2 @ h1.T) / x.shape[1],
        b2 - gamma * delta2.mean(axis=1, keepdims=True),
    )


def backprop_shallow(x, d, net, T, gamma=0.05):
    W1, b1, W2, b2 = net
    N = x.shape[1]
    for t in range(T):
        a1 = W1 @ x + b1
        h1 = relu(a1)
        y = softmax(W2 @ h1 + b2)
        delta2 = y - d
        delta1 = relup(a1, W2.T @ delta2)
        W1 = W1 - gamma / N * delta1 @ x.T
        b1 = b1 - gamma / N * delta1.sum(axis=1, keepdims=True)
        W2 = W2 - gamma / N * delta2 @ h1.T
        b2 = b2 - gamma / N * delta2.sum(axis=1, keepdims=True)
        y = softmax(W2 @ relu(W1 @ x + b1) + b2)
        loss = -np.sum(d * np.log(y + 1e-12)) / d.size
        err = np.mean(y.argmax(axis=0) != d.argmax(axis=0)) * 100
        print(t, loss, err)
    return W1, b1, W2, b2


def backprop_minibatch_shallow(x, d, net, T, B=100, gamma=0.05):
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
