"""One competitor trains the network of the assignment; the others do the same work.

    python -m benchmarks.training NAME SEED [--quick]

Each trains 784-64-10 with ReLU and softmax cross-entropy by plain gradient descent on
minibatches, written as its documentation would. All but scikit-learn, which draws its
own on nearly the same scale, start from the weights of `init_shallow`. The step size is
divided by the number of samples in `update_shallow`, and the peers take the mean of the
loss over the samples: the same. Before the clock starts, the data lie in memory as each
likes them, and each has evaluated a network on the training set, as the notebook does,
and made a first step. So what compiles has compiled, and the C library's allocator has
seen large blocks come and go: in a new process it may give the memory of each update
back to the system and ask for it again.
"""

import argparse
import contextlib
import os
import sys
import time
import warnings

import numpy as np

from benchmarks.worker import images, peak_memory, products, report, seconds

B, GAMMA, EPOCHS, COUNT = 100, 0.05, 5, None


def initial(seed, dtype):
    """Return the same initial weights for everybody."""
    from shallow import init_shallow

    return [array.astype(dtype) for array in init_shallow(784, 64, 10, rng=seed)]


def for_shallow(dtype=float):
    """Return images and one-hot labels as `shallow` wants them, in columns."""
    from shallow import label2onehot

    x, labels = images("train", dtype, COUNT)
    return x.T, label2onehot(labels, dtype=dtype)


def evaluate(x, net):
    """Predict with `shallow`, as one does before the training starts."""
    from shallow import forwardprop_shallow

    forwardprop_shallow(x, net)


def test_with_shallow(net):
    """Return the answers of a network of `shallow` to the testing images."""
    from shallow import forwardprop_shallow, onehot2label

    x, _ = images("t10k", net[0].dtype)
    return onehot2label(forwardprop_shallow(x.T, net))


def here(seed, dtype=float, rows_contiguous=False):
    """Make the updates of `backprop_minibatch_shallow`, and nothing else."""
    from shallow import update_shallow

    x, d = for_shallow(dtype)
    if rows_contiguous:
        x, d = np.ascontiguousarray(x), np.ascontiguousarray(d)
    net, N = initial(seed, dtype), x.shape[1]
    rng = np.random.default_rng(seed)
    evaluate(x, net)
    update_shallow(x[:, :B], d[:, :B], net, GAMMA)

    start = time.perf_counter()
    for _ in range(EPOCHS):
        order = rng.permutation(N)
        for first in range(0, N, B):
            batch = order[first : first + B]
            net = update_shallow(x[:, batch], d[:, batch], net, GAMMA)
    return time.perf_counter() - start, test_with_shallow(net)


def here_32(seed):
    """Do the same in float32."""
    return here(seed, "float32")


def here_rows(seed):
    """Do the same as `here` with the rows contiguous in place of the columns."""
    return here(seed, rows_contiguous=True)


def here_printing(seed):
    """Train with the function of the assignment, which evaluates every epoch."""
    from shallow import backprop_minibatch_shallow

    x, d = for_shallow()
    net = initial(seed, float)
    evaluate(x, net)
    with contextlib.redirect_stdout(sys.stderr):
        backprop_minibatch_shallow(x[:, :B], d[:, :B], net, 1)
        start = time.perf_counter()
        net = backprop_minibatch_shallow(x, d, net, EPOCHS, B, GAMMA, rng=seed)
        elapsed = time.perf_counter() - start
    return elapsed, test_with_shallow(net)


def limit(seed, dtype=float):
    """Make the five matrix products of each update, on contiguous slices of the data.

    No shuffling, no gathering of columns, nothing element by element: a limit that no
    training with NumPy can pass.
    """
    x, _ = for_shallow(dtype)
    net = initial(seed, dtype)
    evaluate(x, net)
    return seconds(lambda: [products(x, net, B) for _ in range(EPOCHS)]), None


def limit_32(seed):
    """Do the same in float32."""
    return limit(seed, "float32")


def gather(seed):
    """Copy the columns of each minibatch, in a random order, and do nothing else."""
    x, _ = for_shallow()
    evaluate(x, initial(seed, float))
    rng = np.random.default_rng(seed)

    def epochs():
        for _ in range(EPOCHS):
            order = rng.permutation(x.shape[1])
            for first in range(0, len(order), B):
                x[:, order[first : first + B]]

    return seconds(epochs), None


def copy(seed):
    """Copy the data once per epoch, as a whole."""
    x, _ = for_shallow()
    evaluate(x, initial(seed, float))

    def epochs():
        for _ in range(EPOCHS):
            x.copy(order="K")

    return seconds(epochs), None


def torch_model(seed, dtype):
    """Return the network in PyTorch, with its optimizer and its loss."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
    model.to(getattr(torch, dtype))
    with torch.no_grad():
        for parameter, array in zip(
            model.parameters(), initial(seed, dtype), strict=True
        ):
            parameter.copy_(torch.from_numpy(array).reshape(parameter.shape))
    return model, torch.optim.SGD(model.parameters(), lr=GAMMA), nn.CrossEntropyLoss()


def torch_answers(model, dtype):
    """Return the answers of a network in PyTorch to the testing images."""
    import torch

    with torch.no_grad():
        return model(torch.from_numpy(images("t10k", dtype)[0])).argmax(1).numpy()


def torch_loop(seed, dtype="float32"):
    """PyTorch: index the tensors with a random permutation."""
    import torch

    x, labels = map(torch.from_numpy, images("train", dtype, COUNT))
    model, optimizer, loss_function = torch_model(seed, dtype)

    def step(batch):
        loss = loss_function(model(x[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    with torch.no_grad():
        model(x)
    step(torch.arange(B))
    start = time.perf_counter()
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(x)).split(B):
            step(batch)
    return time.perf_counter() - start, torch_answers(model, dtype)


def torch_loader(seed, dtype="float32"):
    """PyTorch: the loop of its tutorials, with a `DataLoader`."""
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    x, labels = map(torch.from_numpy, images("train", dtype, COUNT))
    loader = DataLoader(TensorDataset(x, labels), batch_size=B, shuffle=True)
    model, optimizer, loss_function = torch_model(seed, dtype)

    def step(inputs, targets):
        loss = loss_function(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    with torch.no_grad():
        model(x)
    step(x[:B], labels[:B])
    start = time.perf_counter()
    for _ in range(EPOCHS):
        for inputs, targets in loader:
            step(inputs, targets)
    return time.perf_counter() - start, torch_answers(model, dtype)


def torch_loop_64(seed):
    """Do the same as `torch_loop`, in float64."""
    return torch_loop(seed, "float64")


def torch_loader_64(seed):
    """Do the same as `torch_loader`, in float64."""
    return torch_loader(seed, "float64")


def sklearn(seed, dtype="float32"):
    """scikit-learn: `MLPClassifier.fit`."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    warnings.simplefilter("ignore", ConvergenceWarning)  # five epochs are not many
    x, labels = images("train", dtype, COUNT)
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
    elapsed = seconds(model.fit, x, labels)
    return elapsed, model.predict(images("t10k", dtype)[0])


def sklearn_64(seed):
    """Do the same as `sklearn`, in float64."""
    return sklearn(seed, "float64")


def keras(seed):
    """Keras: `fit`, on JAX, in float32."""
    os.environ["KERAS_BACKEND"] = "jax"
    import keras

    keras.utils.set_random_seed(seed)
    x, labels = images("train", "float32", COUNT)
    model = keras.Sequential(
        [
            keras.Input((784,)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(10),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.SGD(GAMMA),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    W1, b1, W2, b2 = initial(seed, "float32")
    model.predict(x, verbose=0)
    model.fit(x[:B], labels[:B], batch_size=B, verbose=0)
    model.set_weights([W1.T, b1[:, 0], W2.T, b2[:, 0]])
    elapsed = seconds(model.fit, x, labels, batch_size=B, epochs=EPOCHS, verbose=0)
    return elapsed, model.predict(images("t10k", "float32")[0], verbose=0).argmax(1)


def jax(seed):
    """JAX: a step compiled with `jit`, in float32."""
    import jax
    import jax.numpy as jnp

    x, labels = map(jnp.asarray, images("train", "float32", COUNT))
    params = list(map(jnp.asarray, initial(seed, "float32")))
    rng = np.random.default_rng(seed)

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

    jax.block_until_ready(scores(params, x))
    jax.block_until_ready(update(params, x, labels, np.arange(B)))
    start = time.perf_counter()
    for _ in range(EPOCHS):
        order = rng.permutation(len(x))
        for first in range(0, len(x), B):
            params = update(params, x, labels, order[first : first + B])
    jax.block_until_ready(params)
    elapsed = time.perf_counter() - start
    return elapsed, np.asarray(scores(params, images("t10k", "float32")[0]).argmax(1))


COMPETITORS = [
    here,
    here_32,
    here_printing,
    torch_loop,
    torch_loop_64,
    torch_loader,
    torch_loader_64,
    sklearn,
    sklearn_64,
    keras,
    jax,
    limit,
    limit_32,
    gather,
    copy,
    here_rows,
]


def main():
    """Train one competitor and report."""
    global COUNT
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=[function.__name__ for function in COMPETITORS])
    parser.add_argument("seed", type=int)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    if arguments.quick:
        COUNT = 2000
    start = peak_memory()
    elapsed, answers = globals()[arguments.name](arguments.seed)
    error = None
    if answers is not None:
        error = 100 * float(np.mean(answers != images("t10k", "float32")[1]))
    report(seconds=elapsed / EPOCHS, testing_error=error, started_with_MB=start)


if __name__ == "__main__":
    main()
