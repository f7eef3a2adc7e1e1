"""One competitor trains the network of the assignment; the others do the same work.

Each trains 784-64-10 with ReLU and softmax cross-entropy by plain gradient descent on
minibatches, written as its documentation would. All but scikit-learn, which draws its
own on nearly the same scale, start from the weights of `init_shallow`. The step size is
divided by the number of samples in `update_shallow`, and the peers take the mean of the
loss over the samples: the same. Before the clock starts, the data lie in memory as each
likes them, and each has evaluated a network on the training set, as the notebook does,
and made a first step. So what compiles has compiled, and the C library's allocator has
seen large blocks come and go: in a new process it may give the memory of each update
back to the system and ask for it again.

Each competitor is a generator: it gets all of this ready and yields; then it trains and
yields a function that tells the network's answers to images, one per row.
"""

import functools
import os
import time

import numpy as np

import shallow
from benchmarks.worker import images, initial, problem, products, updates

SINGLE, DOUBLE = ["float32"], ["float64"]
BOTH = SINGLE + DOUBLE
B, GAMMA, EPOCHS = 100, 0.05, 5  # GAMMA is the default of `update_shallow`


def batches(seed, N):
    """Yield the minibatches of all epochs: indices of samples, in a random order."""
    rng = np.random.default_rng(seed)
    for _ in range(EPOCHS):
        yield from rng.permutation(N).reshape(-1, B)


def here(seed, dtype, work, order="K"):
    """Have this project train, or do a part of its work, which has no answers."""
    x, d, net = problem(seed, dtype)
    x, d = np.asarray(x, order=order), np.asarray(d, order=order)

    def answers(x):
        return shallow.onehot2label(shallow.forwardprop_shallow(x.T, net))

    answers(x.T)
    updates(x, d, net, [slice(B)])
    yield
    net = work(x, d, net, seed)
    yield net and answers


def train(x, d, net, seed):
    """Make the updates of `backprop_minibatch_shallow`, and nothing else."""
    return updates(x, d, net, batches(seed, x.shape[1]))


def printing(x, d, net, seed):
    """Train with the function of the assignment, which evaluates every epoch."""
    return shallow.backprop_minibatch_shallow(x, d, net, EPOCHS, B, GAMMA, rng=seed)


def limit(x, d, net, seed):
    """Make the matrix products of all updates, on contiguous slices of the data."""
    slices = [slice(first, first + B) for first in range(0, x.shape[1], B)]
    products(x, net, EPOCHS * slices)


def gather(x, d, net, seed):
    """Copy the columns of each minibatch, in a random order."""
    for batch in batches(seed, x.shape[1]):
        x[:, batch]


def torch(seed, dtype, loader=False):
    """PyTorch: index the tensors with a random permutation, or use a `DataLoader`."""
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    torch.manual_seed(seed)
    x, labels = map(torch.from_numpy, images("train", dtype))
    model = nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
    model.to(x.dtype)
    weights = torch.cat([torch.from_numpy(w).ravel() for w in initial(seed, dtype)])
    nn.utils.vector_to_parameters(weights, model.parameters())
    optimizer = torch.optim.SGD(model.parameters(), lr=GAMMA)
    loss_function = nn.CrossEntropyLoss()
    loaded = DataLoader(TensorDataset(x, labels), batch_size=B, shuffle=True)

    def step(inputs, targets):
        loss = loss_function(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    def indexed():
        for batch in torch.randperm(len(x)).split(B):
            yield x[batch], labels[batch]

    @torch.no_grad()
    def answers(x):
        return model(torch.as_tensor(x)).argmax(1).numpy()

    answers(x)
    step(x[:B], labels[:B])
    yield
    for _ in range(EPOCHS):
        for inputs, targets in loaded if loader else indexed():
            step(inputs, targets)
    yield answers


def sklearn(seed, dtype):
    """scikit-learn: `MLPClassifier.fit`."""
    from sklearn.neural_network import MLPClassifier

    x, labels = images("train", dtype)
    plain = {"solver": "sgd", "momentum": 0, "nesterovs_momentum": False, "tol": 0}
    ours = {"batch_size": B, "learning_rate_init": GAMMA, "random_state": seed}
    settings = {"hidden_layer_sizes": (64,), "alpha": 0, **plain, **ours}
    MLPClassifier(**settings, max_iter=1).fit(x[: 10 * B], labels[: 10 * B]).predict(x)
    model = MLPClassifier(**settings, max_iter=EPOCHS)
    yield
    model.fit(x, labels)
    yield model.predict


def keras(seed, dtype):
    """Keras: `fit`, on JAX."""
    os.environ["KERAS_BACKEND"] = "jax"
    import keras

    keras.utils.set_random_seed(seed)
    x, labels = images("train", dtype)
    layers = [keras.layers.Dense(64, activation="relu"), keras.layers.Dense(10)]
    model = keras.Sequential([keras.Input((784,)), *layers])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(GAMMA), loss)
    fit = functools.partial(model.fit, batch_size=B, verbose=0)

    def answers(x):
        return model.predict(x, verbose=0).argmax(1)

    answers(x)
    fit(x[:B], labels[:B])
    model.set_weights([weights.squeeze().T for weights in initial(seed, dtype)])
    yield
    fit(x, labels, epochs=EPOCHS)
    yield answers


def jax(seed, dtype):
    """JAX: a step compiled with `jit`."""
    import jax
    import jax.numpy as jnp

    x, labels = map(jnp.asarray, images("train", dtype))
    params = list(map(jnp.asarray, initial(seed, dtype)))

    def scores(params, x):
        W1, b1, W2, b2 = params
        return jax.nn.relu(x @ W1.T + b1[:, 0]) @ W2.T + b2[:, 0]

    def loss(params, x, labels):
        log_y = jax.nn.log_softmax(scores(params, x))
        return -jnp.mean(log_y[jnp.arange(len(labels)), labels])

    @jax.jit
    def update(params, x, labels, batch):
        gradients = jax.grad(loss)(params, x[batch], labels[batch])
        return [p - GAMMA * g for p, g in zip(params, gradients, strict=True)]

    def answers(x):
        return np.asarray(scores(params, x).argmax(1))

    answers(x)
    jax.block_until_ready(update(params, x, labels, np.arange(B)))
    yield
    for batch in batches(seed, len(x)):
        params = update(params, x, labels, batch)
    jax.block_until_ready(params)
    yield answers


TABLE = {  # labels, types of floats, functions, and what else these get
    "here": ("**this project**, updates only", BOTH, here, train),
    "torch_loop": ("PyTorch, plain loop", BOTH, torch),
    "torch_loader": ("PyTorch, `DataLoader`", BOTH, torch, True),
    "sklearn": ("scikit-learn, `MLPClassifier`", BOTH, sklearn),
    "jax": ("JAX, `jit`", SINGLE, jax),
    "keras": ("Keras on JAX, `fit`", SINGLE, keras),
    "limit": ("limit: the matrix products alone", BOTH, here, limit),
    "here_printing": ("this project, evaluating each epoch", DOUBLE, here, printing),
    "here_rows": ("this project, rows contiguous", DOUBLE, here, train, "C"),
    "gather": ("part: copying the shuffled minibatches", DOUBLE, here, gather),
}
COMPETITORS = {
    f"{name} {dtype}": (f"{label}, {dtype}", function, dtype, *settings)
    for name, (label, dtypes, function, *settings) in TABLE.items()
    for dtype in dtypes
}


def measure(name, repetition):
    """Have one of these train; its seed is the number of the repetition."""
    _, competitor, dtype, *settings = COMPETITORS[name]
    training = competitor(repetition, dtype, *settings)
    next(training)
    start = time.perf_counter()
    answers = next(training)
    found = {"seconds": (time.perf_counter() - start) / EPOCHS}
    if answers:
        x, labels = images("t10k", dtype)
        found["testing_error"] = 100 * float(np.mean(answers(x) != labels))
    return found
