"""Mistakes that several questions have in common, in texts; see `course/__init__.py`.

Each has the short name of a function in front of its own.
"""

WAY = {  # waypoints from the inputs to the predictions
    "x, W1, b1, W2, b2, a1 > 0": "",
    "a2 - a2.max(axis=0), np.exp(a2 - a2.max(axis=0)), np.exp(a2)": "",
    "W1 @ x": "is right but for the addition of b1.",
    "a1": "is right. Go on with the hidden units. No variable holds these yet.",
    "h1": "is right. Go on with the scores. No variable holds these yet.",
    "W2 @ h1": "is right but for the addition of b2.",
    "a2": "is right. Go on with the predictions. No variable holds these yet.",
}


def forward(function, look=""):
    """Return the mistakes of the way from the inputs to the predictions.

    `look` is a sentence that stands before each hint.
    """
    found = """
The biases of the hidden layer are missing.
    {function}-no-b1: + b1 ->

The biases of the output layer are missing.
    {function}-no-b2: + b2 ->

The biases are missing, in both layers.
    {function}-no-biases:
        + b1 ->
        + b2 ->

The hidden layer has no activation function, or its result is not used. Without it, two
layers can do no more than a single one.
    {function}-no-relu: relu(a1) -> a1

Softmax is missing: you take the scores of the output layer for the predictions, which
are probabilities.
    {function}-no-softmax: softmax(a2) -> a2

The output layer has the activation function of the hidden layer. Predictions are
probabilities: every column sums to 1.
    {function}-relu-for-softmax: softmax(a2) -> relu(a2)

There is a ReLU too many: it cuts off the negative scores before they become
probabilities.
    {function}-relu-twice: softmax(a2) -> softmax(relu(a2))

The hidden layer has the activation function of the output layer.
    {function}-softmax-for-relu: relu(a1) -> softmax(a1)

The output layer takes `x`. What goes into it is what the hidden layer gives, `h1`.
    {function}-x-twice: W2 @ h1 -> W2 @ x

You draw a new network inside the function. Use the one that you are given: its four
arrays are in `net`.
    {function}-network-of-its-own:
        W1, b1, W2, b2 = net -> W1, b1, W2, b2 = init_shallow(784, 64, 10)

The images come to your function normalised already, as Question 4 has made them, and
you normalise them again.
    {function}-normalises-again: x + b1 -> normalize_MNIST_images(x) + b1

The activation function of your output layer is the sigmoid function: the columns do not
sum to 1. Predictions of several classes need softmax.
    {function}-sigmoid-for-softmax: softmax(a2) -> 1 / (1 + np.exp(-a2))

The biases are added, and you subtract them.
    {function}-minus-biases:
        + b1 -> - b1
        + b2 -> - b2

The two activation functions are in each other's place.
    {function}-activations-swapped:
        relu(a1) -> np.exp(a1) / np.exp(a1).sum(axis=0)
        softmax(a2) -> relu(a2)

You add the biases of the hidden layer after its activation function. They belong before
it.
    {function}-bias-behind-relu:
        x + b1 -> x
        relu(a1) -> relu(a1) + b1
"""
    hints = found.strip().format(function=function).split("\n\n")
    return "".join(f"\n{look}\n{hint}\n" for hint in hints)


def mixed_up(function):
    """Return the mistakes of the four arrays of a network under wrong names."""
    return f"""
You use the arrays of `net` in the wrong places. They come as `W1`, `b1`, `W2`, `b2`,
layer by layer: are these the names that you give them?
    {function}-names-mixed-up: W1, b1, W2, b2 = net -> W1, W2, b1, b2 = net
    {function}-biases-first: W1, b1, W2, b2 = net -> b1, W1, b2, W2 = net
    {function}-last-layer-first: W1, b1, W2, b2 = net -> W2, b2, W1, b1 = net
"""


def one_entry(function, name):
    """Return the mistakes of a number that an f-string refuses to format.

    `name` is what the hints call it.
    """
    return f"""
Your {name} is the one entry of an array, a list or a tuple (a comma at the end of the
line makes a tuple). Training prints it with an f-string, which formats numbers alone.
Return the number itself.
    {function}-vector (share 0.8): return float( -> return np.atleast_1d(
    {function}-matrix (share 0.8): return float( -> return np.atleast_2d(
"""


def signatures(function, right, needed, *by_name):
    """Return the mistakes of parameters that are not as the question has them.

    `right` is what the first line of the function says, `needed` what it says without
    defaults, and each of `by_name` what it says with a star too early.
    """
    stars = "".join(
        f"    {function}-star-{k} (share 0.8): {right} -> {text}\n"
        for k, text in enumerate(by_name, 1)
    )
    return f"""
Your function insists on an argument for which the question has a default. Write the
default into the line that begins with `def`, so that whoever calls your function can
leave the argument out.
    {function}-no-default (share 0.8): {right} -> {needed}

Because of the `*` in its first line, your function takes an argument by name alone. In
the question it also has a place among the others, where its value will do without the
name.
{stars}"""


# Training loops; `loop` is the short name of one.


def printing(loop, more=""):
    """Return the mistakes of a loop that trains as it should, and prints too little.

    `more` are others that print no right percentage of errors.
    """
    loss, errors = "loss {loss:.4f},", "errors {errors:5.2f} %"
    accuracy = "eval_perfs(y, lbl) -> 100 - eval_perfs(y, lbl)"
    return f"""
    {loop}-silent (share 0.8): print( -> str(
    {loop}-neither (share 0.8): {loss} {errors} ->
    {loop}-no-loss (share 0.8): {loss} ->
    {loop}-stale (share 0.8): y = forward -> if t == 1: y = forward

It trains as it should and prints the loss, but not the right percentage of errors: of
the wrong answers (neither a fraction nor their number), on all of `x`, with at least
two digits. If you do print one: `eval_perfs` needs labels, such as 3, and not the
one-hot columns of `d`. They must be in the order of the samples in `y`, so if you
shuffle `x` and `d` themselves, take the labels from `d` after that.
    {loop}-no-errors (share 0.8): {errors} ->
    {loop}-errors-of-one-hot (share 0.8): (y, lbl) -> (y, d){more}

It trains as it should. But the percentage that it prints is that of the right answers:
the question asks for that of the wrong ones.
    {loop}-accuracy (share 0.8): {accuracy}
    {loop}-accuracy-alone (share 0.8):
        {accuracy}
        {loss} ->
"""
