"""Style: the question's formulas one by one, as they stand, none simplified."""

import numpy as np


def normalize_MNIST_images(x):
    return 2 * x.astype(np.float64) / 255 - 1


def label2onehot(lbl):
    d = np.zeros((lbl.max() + 1, lbl.size))
    d[lbl, np.arange(0, lbl.size)] = 1
    return d


def onehot2label(d):
    lbl = d.argmax(axis=0)
    return lbl


def softmax(a):
    M = a.max(axis=0)
    g = np.exp(a - M)
    return g / g.sum(axis=0)


def softmaxp(a, e):
    g = softmax(a)
    return g * e - np.sum(g * e, axis=0) * g


def relu(a):
    return np.maximum(a, 0)


def relup(a, e):
    return (a > 0) * e


def init_shallow(Ni, Nh, No):
    b1 = np.random.randn(Nh, 1) / np.sqrt((Ni + 1.0) / 2.0)
    W1 = np.random.randn(Nh, Ni) / np.sqrt((Ni + 1.0) / 2.0)
    b2 = np.random.randn(No, 1) / np.sqrt((Nh + 1.0))
    W2 = np.random.randn(No, Nh) / np.sqrt((Nh + 1.0))
    return W1, b1, W2, b2


def forwardprop_shallow(x, net):
    W1 = net[0]
    b1 = net[1]
    W2 = net[2]
    b2 = net[3]

    a1 = W1.dot(x) + b1
    h1 = relu(a1)
    a2 = W2.dot(h1) + b2
    y = softmax(a2)
    return y


def eval_loss(y, d):
    return -np.mean(d * np.log(y))


def eval_perfs(y, lbl):
    lbl_pred = onehot2label(y)
    return 100 * np.mean(lbl_pred != lbl)


def update_shallow(x, d, net, gamma=0.05):
    W1 = net[0]
    b1 = net[1]
    W2 = net[2]
    b2 = net[3]
    gamma = gamma / x.shape[1]  # normalized by the number of samples

    # Forward phase
    a1 = W1.dot(x) + b1
    h1 = relu(a1)
    a2 = W2.dot(h1) + b2
    y = softmax(a2)

    # Error evaluation phase
    e = -d / y

    # Backward phase
    delta2 = softmaxp(a2, e)
    delta1 = relup(a1, W2.T.dot(delta2))

    # Update phase
    W2 = W2 - gamma * delta2.dot(h1.T)
    W1 = W1 - gamma * delta1.dot(x.T)
    b2 = b2 - gamma * delta2.sum(axis=1, keepdims=True)
    b1 = b1 - gamma * delta1.sum(axis=1, keepdims=True)
    return W1, b1, W2, b2


def backprop_shallow(x, d, net, T, gamma=0.05):
    lbl = onehot2label(d)
    for t in range(0, T):
        net = update_shallow(x, d, net, gamma)
        y = forwardprop_shallow(x, net)
        print(
            "Iteration %d: loss = %f, errors = %.2f%%"
            % (t + 1, eval_loss(y, d), eval_perfs(y, lbl))
        )
    return net


def backprop_minibatch_shallow(x, d, net, T, B=100, gamma=0.05):
    N = x.shape[1]
    NB = int((N + B - 1) / B)
    lbl = onehot2label(d)
    for t in range(0, T):
        shuffled_indices = np.random.permutation(range(N))
        for l in range(0, NB):
            minibatch_indices = shuffled_indices[B * l : min(B * (l + 1), N)]
            net = update_shallow(
                x[:, minibatch_indices], d[:, minibatch_indices], net, gamma
            )
        y = forwardprop_shallow(x, net)
        print(
            "Epoch %d: loss = %f, errors = %.2f%%"
            % (t + 1, eval_loss(y, d), eval_perfs(y, lbl))
        )
    return net
