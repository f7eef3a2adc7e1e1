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

import contextlib
import os
import sys
import time
import warnings

import numpy as np

import shallow
from benchmarks.worker import images, products

B, GAMMA, EPOCHS = 100, 0.05, 5


def initial(seed, dtype):
    """Return the same initial weights for everybody."""
    net = shallow.init_shallow(784, 64, 10, rng=seed)
    return [array.astype(dtype) for array in net]


def for_shallow(seed, dtype, arranged=np.asarray):
    """Return images, one-hot labels and a network, after it has made predictions."""
    x, labels = images("train", dtype)
    x, d = map(arranged, [x.T, shallow.label2onehot(labels, dtype=dtype)])
    net = initial(seed, dtype)
    shallow.forwardprop_shallow(x, net)
    return x, d, net


def batches(seed, N):
    """Yield the minibatches of all epochs: indices of samples, in a random order."""
    rng = np.random.default_rng(seed)
    for _ in range(EPOCHS):
        order = rng.permutation(N)
        for first in range(0, N, B):
            yield order[first : first + B]


def shallow_answers(net, x):
    """Return the answers of a network of `shallow`."""
    return shallow.onehot2label(shallow.forwardprop_shallow(x.T, net))


def here(seed, dtype, arranged=np.asarray):
    """Make the updates of `backprop_minibatch_shallow`, and nothing else."""
    x, d, net = for_shallow(seed, dtype, arranged)
    shallow.update_shallow(x[:, :B], d[:, :B], net, GAMMA)
    yield
    for batch in batches(seed, x.shape[1]):
        net = shallow.update_shallow(x[:, batch], d[:, batch], net, GAMMA)
    yield lambda x: shallow_answers(net, x)


def here_rows(seed, dtype):
    """Make them with the rows contiguous in memory in place of the columns."""
    return here(seed, dtype, np.ascontiguousarray)


def here_printing(seed, dtype):
    """Train with the function of the assignment, which evaluates every epoch."""
    x, d, net = for_shallow(seed, dtype)
    train = shallow.backprop_minibatch_shallow
    with contextlib.redirect_stdout(sys.stderr):
        train(x[:, :B], d[:, :B], net, 1)
        yield
        net = train(x, d, net, EPOCHS, B, GAMMA, rng=seed)
    yield lambda x: shallow_answers(net, x)


def limit(seed, dtype):
    """Make the five matrix products of each update, on contiguous slices of the data.

    No shuffling, no gathering of columns, nothing element by element: a limit that no
    training with NumPy can pass.
    """
    x, _, net = for_shallow(seed, dtype)
    yield
    for _ in range(EPOCHS):
        products(x, net, B)
    yield


def gather(seed, dtype):
    """Copy the columns of each minibatch, in a random order, and do nothing else."""
    x, _, _ = for_shallow(seed, dtype)
    yield
    for batch in batches(seed, x.shape[1]):
        x[:, batch]
    yield


def copy(seed, dtype):
    """Copy the data once per epoch, as a whole."""
    x, _, _ = for_shallow(seed, dtype)
    yield
    for _ in range(EPOCHS):
        x.copy(order="K")
    yield


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

    def answers(x):
        with torch.no_grad():
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
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    warnings.simplefilter("ignore", ConvergenceWarning)  # five epochs are not many
    x, labels = images("train", dtype)
    settings = {
        "hidden_layer_sizes": (64,),
        "solver": "sgd",
        "alpha": 0,
        "batch_size": B,
        "learning_rate_init": GAMMA,
        "momentum": 0,
        "nesterovs_momentum": False,
        "tol": 0,
        "random_state": seed,
    }
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
    model = keras.Sequential()
    model.add(keras.Input((784,)))
    model.add(keras.layers.Dense(64, activation="relu"))
    model.add(keras.layers.Dense(10))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(GAMMA), loss)
    W1, b1, W2, b2 = initial(seed, dtype)

    def fit(x, labels, epochs):
        model.fit(x, labels, batch_size=B, epochs=epochs, verbose=0)

    def answers(x):
        return model.predict(x, verbose=0).argmax(1)

    answers(x)
    fit(x[:B], labels[:B], 1)
    model.set_weights([W1.T, b1[:, 0], W2.T, b2[:, 0]])
    yield
    fit(x, labels, EPOCHS)
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


COMPETITORS = {
    "here": ("**this project**, updates only", here, "float64"),
    "here_32": ("**this project**, updates only", here, "float32"),
    "torch_loop": ("PyTorch, plain loop", torch, "float32"),
    "torch_loader": ("PyTorch, `DataLoader`", torch, "float32", True),
    "sklearn": ("scikit-learn, `MLPClassifier`", sklearn, "float32"),
    "limit": ("limit: the matrix products alone", limit, "float64"),
    "limit_32": ("limit: the matrix products alone", limit, "float32"),
    "torch_loop_64": ("PyTorch, plain loop", torch, "float64"),
    "torch_loader_64": ("PyTorch, `DataLoader`", torch, "float64", True),
    "sklearn_64": ("scikit-learn, `MLPClassifier`", sklearn, "float64"),
    "keras": ("Keras on JAX, `fit`", keras, "float32"),
    "jax": ("JAX, `jit`", jax, "float32"),
    "here_printing": ("this project, evaluating each epoch", here_printing, "float64"),
    "here_rows": ("this project, rows contiguous", here_rows, "float64"),
    "gather": ("part: copying the shuffled minibatches", gather, "float64"),
    "copy": ("to compare: one copy of the data", copy, "float64"),
}


def measure(name, repetition):
    """Have one of these train; its seed is the number of the repetition."""
    _, competitor, *arguments = COMPETITORS[name]
    training = competitor(repetition, *arguments)
    next(training)
    start = time.perf_counter()
    answers = next(training)
    elapsed = time.perf_counter() - start
    error = None
    if answers is not None:
        x, labels = images("t10k", arguments[0], None)
        error = 100 * float(np.mean(answers(x) != labels))
    return {"seconds": elapsed / EPOCHS, "testing_error": error}
