"""Style: each function computes all that it needs itself and calls no other one."""

import numpy as np


def normalize_MNIST_images(x):
    x = np.array(x, dtype=np.float64)
    x /= 127.5
    x -= 1
    return x


def label2onehot(lbl):
    d = np.zeros((10, len(lbl)), dtype=int)
    d[lbl, range(len(lbl))] = 1
    return d


def onehot2label(d):
    return np.arange(d.shape[0]).dot(d == d.max(axis=0))


def softmax(a):
    expo = np.exp(a - np.max(a, axis=0, keepdims=True))
    return expo / np.sum(expo, axis=0, keepdims=True)


def softmaxp(a, e):
    expo = np.exp(a - np.max(a, axis=0, keepdims=True))
    g = expo / np.sum(expo, axis=0, keepdims=True)
    return g * (e - np.sum(g * e, axis=0, keepdims=True))


def relu(a):
    a = np.array(a)
    a[a < 0] = 0
    return a


def relup(a, e):
    delta = np.array(e)
    delta[a <= 0] = 0
    return delta


def init_shallow(Ni, Nh, No):
    b1 = np.random.randn(Nh, 1) / np.sqrt((Ni + 1.0) / 2.0)
    W1 = np.random.randn(Nh, Ni) / np.sqrt((Ni + 1.0) / 2.0)
    b2 = np.random.randn(No, 1) / np.sqrt((Nh + 1.0))
    W2 = np.random.randn(No, Nh) / np.sqrt((Nh + 1.0))
    return W1, b1, W2, b2


def forwardprop_shallow(x, net):
    W1, b1, W2, b2 = net
    a1 = W1 @ x + b1
    h1 = np.maximum(0, a1)
    a2 = W2 @ h1 + b2
    expo = np.exp(a2 - a2.max(axis=0))
    return expo / expo.sum(axis=0)


def eval_loss(y, d):
    No, N = d.shape
    return -np.sum(np.log(y[d == 1])) / (N * No)


def eval_perfs(y, lbl):
    return 100 - 100 * np.sum(y.argmax(axis=0) == lbl) / y.shape[1]


def update_shallow(x, d, net, gamma=0.05):
    W1, b1, W2, b2 = net
    N = x.shape[1]
    a1 = W1 @ x + b1
    h1 = np.maximum(0, a1)
    a2 = W2 @ h1 + b2
    expo = np.exp(a2 - a2.max(axis=0))
    y = expo / expo.sum(axis=0)
    delta2 = (y - d) / N
    delta1 = W2.T @ delta2
    delta1[a1 <= 0] = 0
    return (
        W1 - gamma * (delta1 @ x.T),
        b1 - gamma * delta1.sum(axis=1).reshape(-1, 1),
        W2 - gamma * (delta2 @ h1.T),
        b2 - gamma * delta2.sum(axis=1).reshape(-1, 1),
    )


def backprop_shallow(x, d, net, T, gamma=0.05):
    W1, b1, W2, b2 = [np.array(p, dtype=float) for p in net]
    N = x.shape[1]
    lbl = d.argmax(axis=0)
    for t in range(T):
        # forward
        a1 = W1 @ x + b1
        h1 = np.maximum(0, a1)
        a2 = W2 @ h1 + b2
        expo = np.exp(a2 - a2.max(axis=0))
        y = expo / expo.sum(axis=0)
        # backward
        delta2 = y - d
        delta1 = (W2.T @ delta2) * (a1 > 0)
        # update (copies of the parameters, in place)
        W2 -= gamma / N * (delta2 @ h1.T)
        b2 -= gamma / N * delta2.sum(axis=1, keepdims=True)
        W1 -= gamma / N * (delta1 @ x.T)
        b1 -= gamma / N * delta1.sum(axis=1, keepdims=True)
        # how good is it now?
        a2 = W2 @ np.maximum(0, W1 @ x + b1) + b2
        expo = np.exp(a2 - a2.max(axis=0))
        y = expo / expo.sum(axis=0)
        loss = -np.sum(np.log(y[d == 1])) / d.size
        errors = 100 * np.mean(y.argmax(axis=0) != lbl)
        print("t = %d   loss %.4f   errors %.2f %%" % (t + 1, loss, errors))
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
