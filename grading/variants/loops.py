"""Style: loops over samples and classes, and lists, with little done by arrays."""

import numpy as np


def normalize_MNIST_images(x):
    out = np.empty(x.shape, dtype=np.float64)
    for n in range(x.shape[1]):
        for i in range(x.shape[0]):
            out[i, n] = (float(x[i, n]) - 127.5) / 127.5
    return out


def label2onehot(lbl):
    rows = []
    for k in range(10):
        rows.append([1.0 if l == k else 0.0 for l in lbl])
    return np.array(rows)


def onehot2label(d):
    labels = []
    for n in range(len(d[0])):
        best = 0
        for i in range(len(d)):
            if d[i][n] > d[best][n]:
                best = i
        labels.append(best)
    return labels


def softmax(a):
    K, N = a.shape
    columns = []
    for n in range(N):
        M = max(a[i, n] for i in range(K))
        g = [np.exp(a[i, n] - M) for i in range(K)]
        s = sum(g)
        columns.append([v / s for v in g])
    return np.array(columns).T


def softmaxp(a, e):
    K, N = a.shape
    delta = np.zeros((K, N))
    for n in range(N):
        g = softmax(a[:, n : n + 1])
        for i in range(K):
            for j in range(K):
                if i == j:
                    delta[i, n] += g[i, 0] * (1 - g[i, 0]) * e[i, n]
                else:
                    delta[i, n] += -g[i, 0] * g[j, 0] * e[j, n]
    return delta


def relu(a):
    if np.ndim(a) == 0:
        return max(a, 0)
    return [relu(v) for v in a]


def relup(a, e):
    if np.ndim(a) == 0:
        return e if a > 0 else 0
    return [relup(v, w) for v, w in zip(a, e)]


def forwardprop_shallow(x, net):
    W1, b1, W2, b2 = net
    ys = []
    for n in range(x.shape[1]):
        h1 = relu(W1 @ x[:, n : n + 1] + b1)
        ys.append(softmax(W2 @ h1 + b2))
    return np.hstack(ys)


def eval_loss(y, d):
    K, N = y.shape
    E = 0.0
    for n in range(N):
        for i in range(K):
            if d[i, n] != 0:
                E -= d[i, n] * np.log(y[i, n])
    return E / (N * K)


def eval_perfs(y, lbl):
    wrong = 0
    N = len(lbl)
    for n in range(N):
        if onehot2label(y[:, n : n + 1])[0] != lbl[n]:
            wrong += 1
    return 100.0 * wrong / N


def update_shallow(x, d, net, gamma=0.05):
    W1, b1, W2, b2 = net
    N = x.shape[1]
    gW1, gb1 = np.zeros(W1.shape), np.zeros(b1.shape)
    gW2, gb2 = np.zeros(W2.shape), np.zeros(b2.shape)
    for n in range(N):
        xn = x[:, n : n + 1]
        dn = d[:, n : n + 1]
        a1 = W1 @ xn + b1
        h1 = relu(a1)
        delta2 = softmax(W2 @ h1 + b2) - dn
        delta1 = relup(a1, W2.T @ delta2)
        gW2 += np.outer(delta2, h1)
        gb2 += delta2
        gW1 += np.outer(delta1, xn)
        gb1 += delta1
    return (
        W1 - gamma / N * gW1,
        b1 - gamma / N * gb1,
        W2 - gamma / N * gW2,
        b2 - gamma / N * gb2,
    )


def backprop_shallow(x, d, net, T, gamma=0.05):
    lbl = onehot2label(d)
    for t in range(T):
        net = update_shallow(x, d, net, gamma)
        y = forwardprop_shallow(x, net)
        print("step", t)
        print("  loss:", eval_loss(y, d))
        print("  errors (%):", eval_perfs(y, lbl))
    return net


def backprop_minibatch_shallow(x, d, net, T, B=100, gamma=0.05):
    N = x.shape[1]
    lbl = onehot2label(d)
    order = list(range(N))
    for t in range(T):
        np.random.shuffle(order)
        start = 0
        while start < N:
            batch = order[start : start + B]
            xb = np.array([x[:, n] for n in batch]).T
            db = np.array([d[:, n] for n in batch]).T
            net = update_shallow(xb, db, net, gamma)
            start += B
        y = forwardprop_shallow(x, net)
        print("epoch", t)
        print("  loss:", eval_loss(y, d))
        print("  errors (%):", eval_perfs(y, lbl))
    return net
