"""Wrong answers that students give, each with the hint that it deserves.

Each is a whole answer to its question with one mistake in it. What it returns to the
judge's probes goes into the judge's data (`make probes`), under its short name and with
its hint, and that is all that a student has of it. Where two of them answer the same,
they have the same hint.
"""

import dataclasses
import inspect

import numpy as np

from checks.questions import QUESTIONS

OVERWRITES = (
    "Your function changes the array that it was given. Whoever called it still needs "
    "that array: compute a new one."
)
ONE_STEP = (
    "What you return has made a single step. Does each step start from what the last "
    "one returned, and does `return` come after the loop, not inside it?"
)
MISTAKES = []
QUESTION_OF = {
    name: n for n, question in QUESTIONS.items() for name in question.functions
}


@dataclasses.dataclass(frozen=True)
class Mistake:
    """A wrong answer: its short name, the hint, its function and its source.

    One that `varies` answers by chance where a right answer does not.
    """

    name: str
    hint: str
    function: str
    source: str
    varies: bool = False

    @property
    def question(self):
        """The number of the question."""
        return QUESTION_OF[self.function]


def mistake(name, hint):
    """Keep the function below as a wrong answer."""

    def keep(function):
        source = inspect.getsource(function)
        source = source[source.index("def ") :]
        MISTAKES.append(Mistake(name, hint, function.__name__, source))
        return function

    return keep


def mistake_in(answer, name, hint, *changes, varies=False):
    """Keep a right answer with some of its text changed as a wrong one.

    Every change is a pair: the text to look for, and what takes its place everywhere.
    """
    for old, new in changes:
        if old not in answer:
            raise ValueError(f"{name}: the answer has no {old!r}")
        answer = answer.replace(old, new)
    function = answer.split("(")[0].removeprefix("\ndef ")
    MISTAKES.append(Mistake(name, hint, function, answer.strip() + "\n", varies))


# The functions below call these, as answers do.
relu = softmax = None


# Question 4


@mistake(
    "normalize-extremes",
    "You scaled by the smallest and largest value of `x`. Another collection of "
    "images would then land on another scale: use the limits of the format, 0 and "
    "255.",
)
def normalize_MNIST_images(x):
    low, high = float(x.min()), float(x.max())
    return 2 * (x - low) / (high - low) - 1


@mistake(
    "normalize-each-image",
    "You scaled every image by its own extremes, so that the same grey level "
    "becomes something else in each. Use one scale for all: from 0 to 255.",
)
def normalize_MNIST_images(x):
    low, high = x.min(axis=0).astype(float), x.max(axis=0)
    return 2 * (x - low) / (high - low) - 1


@mistake(
    "normalize-0-to-1",
    "Your values lie in [0, 1]. The range that is asked for is twice as wide and "
    "begins at -1.",
)
def normalize_MNIST_images(x):
    return x / 255


@mistake(
    "normalize-0-to-2",
    "Your values lie in [0, 2]: the width is right, but they begin at 0 and not at -1.",
)
def normalize_MNIST_images(x):
    return x / 127.5


@mistake(
    "normalize-half-width",
    "Your values lie in [-.5, .5]: the middle is right, the range should be twice "
    "as wide.",
)
def normalize_MNIST_images(x):
    return (x - 127.5) / 255


@mistake(
    "normalize-integer-division",
    "`//` rounds down to a whole number, so that nearly all grey levels become the "
    "same. Divide with `/`.",
)
def normalize_MNIST_images(x):
    return 2.0 * (x // 255) - 1


@mistake(
    "normalize-wraps",
    "`2 * x` is computed in one byte, where 2 * 200 is 144: whole numbers above 255 "
    "do not fit. Make floats of `x` before you compute.",
)
def normalize_MNIST_images(x):
    return (2 * x) / 255 - 1


@mistake(
    "normalize-wraps-below-0",
    "`x - 128` is computed in one byte, where numbers below 0 start again from 255. "
    "Make floats of `x` first; and the middle of 0 and 255 is not 128.",
)
def normalize_MNIST_images(x):
    return (x - 128) / 127.5


@mistake(
    "normalize-by-128",
    "0 becomes -1, but 255 does not become 1 exactly. Is there a 128 or a 256 in "
    "your formula? The largest grey level is 255.",
)
def normalize_MNIST_images(x):
    return (x.astype(float) - 128) / 128


@mistake(
    "normalize-whole-numbers",
    "You made whole numbers of the result, so that nearly all grey levels become 0. "
    "Keep the fractions.",
)
def normalize_MNIST_images(x):
    return (x / 127.5 - 1).astype(int)


@mistake(
    "normalize-float32",
    "The values are right, but the question asks for the type float64.",
)
def normalize_MNIST_images(x):
    return x.astype(np.float32) / np.float32(127.5) - np.float32(1)


@mistake(
    "normalize-statistics",
    "You subtracted the mean and divided by the standard deviation. That is another "
    "normalisation: asked is the one that takes 0 to -1 and 255 to 1.",
)
def normalize_MNIST_images(x):
    return (x - x.mean()) / x.std()


# Question 5


@mistake(
    "onehot-rows",
    "You have one row per sample. In this assignment a sample is a column, everywhere.",
)
def label2onehot(lbl):
    d = np.zeros((lbl.size, 10))
    d[np.arange(lbl.size), lbl] = 1
    return d


@mistake(
    "onehot-reshaped",
    "The shape is right, but `reshape` does not swap rows and columns: it pours the "
    "numbers into the new shape in the order in which they come. You want to "
    "transpose.",
)
def label2onehot(lbl):
    return np.eye(10)[lbl].reshape(10, -1)


@mistake(
    "onehot-whole-rows",
    "You set whole rows to 1. A slice, or no second index, means all columns: give "
    "one row and one column for each entry that you set.",
)
def label2onehot(lbl):
    d = np.zeros((10, lbl.size))
    d[lbl] = 1
    return d


@mistake(
    "onehot-from-1",
    "You count the labels from 1. The label 0 belongs to the first row, which has "
    "the index 0.",
)
def label2onehot(lbl):
    d = np.zeros((10, lbl.size))
    d[lbl - 1, np.arange(lbl.size)] = 1
    return d


@mistake(
    "onehot-indices-swapped",
    "Rows and columns are swapped: the row of `d` is the class, the column the sample.",
)
def label2onehot(lbl):
    d = np.zeros((10, lbl.size))
    d[np.arange(lbl.size), lbl] = 1
    return d


@mistake(
    "onehot-a-row-short",
    "There is no row for the largest label: labels from 0 to 9 need ten rows.",
)
def label2onehot(lbl):
    d = np.zeros((lbl.max(), lbl.size))
    d[lbl, np.arange(lbl.size)] = 1
    return d


@mistake(
    "onehot-labels-for-ones",
    "The places are right, but you put the label there. One-hot columns have a 1 "
    "there.",
)
def label2onehot(lbl):
    d = np.zeros((10, lbl.size))
    d[lbl, np.arange(lbl.size)] = lbl
    return d


@mistake(
    "onehot-zeros-for-ones",
    "Zeros and ones are swapped: the one place of the label should have the 1.",
)
def label2onehot(lbl):
    d = np.ones((10, lbl.size))
    d[lbl, np.arange(lbl.size)] = 0
    return d


@mistake(
    "onehot-no-return",
    "Your function returns nothing: does it end with a `return`? Printing is not "
    "returning.",
)
def label2onehot(lbl):
    d = np.zeros((10, lbl.size))
    d[lbl, np.arange(lbl.size)] = 1


# Question 6


@mistake(
    "label-along-rows",
    "You looked along each row and so have one answer per class. A sample is a "
    "column: look for the largest entry along the other axis.",
)
def onehot2label(d):
    return np.argmax(d, axis=1)


@mistake(
    "label-of-everything",
    "You have one number for the whole matrix. The question asks for one label for "
    "each column.",
)
def onehot2label(d):
    return np.argmax(d)


@mistake(
    "label-largest-value",
    "You have a 1 for every column, which is the value that stands there. The "
    "question asks for the place where it stands.",
)
def onehot2label(d):
    return np.max(d, axis=0)


@mistake(
    "label-in-order-of-rows",
    "All labels are there, but sorted: NumPy lists the ones row by row. You need "
    "them column by column.",
)
def onehot2label(d):
    return np.where(d == 1)[0]


@mistake(
    "label-sample-numbers",
    "You have the columns in which the ones stand, that is the numbers of the "
    "samples. The question asks for the rows, column by column.",
)
def onehot2label(d):
    return np.where(d == 1)[1]


@mistake(
    "label-from-1",
    "Your labels are too large by one: rows are counted from 0, and so are labels.",
)
def onehot2label(d):
    return np.argmax(d, axis=0) + 1


@mistake(
    "label-column-vector",
    "You return a column, of shape (N, 1). Compared with `ltrain`, a column of labels"
    " gives a whole square of results, and not one for each sample. Return a vector.",
)
def onehot2label(d):
    return np.argmax(d, axis=0)[:, None]


# Question 7


@mistake(
    "softmax-max-over-all",
    "You subtract the maximum of all of `a`. A column whose scores are all far "
    "below it becomes 0 / 0. Each column has a maximum of its own.",
)
def softmax(a):
    y = np.exp(a - a.max())
    return y / y.sum(axis=0)


@mistake(
    "softmax-max-of-rows",
    "You subtract the maximum of each row, so the scores of one column are shifted "
    "by different numbers, and the result changes. Which axis runs over the "
    "classes?",
)
def softmax(a):
    y = np.exp(a - a.max(axis=1, keepdims=True))
    return y / y.sum(axis=0)


@mistake(
    "softmax-max-of-rows-as-a-vector",
    "You subtract the maximum of each row, so the scores of one column are shifted "
    "by different numbers, and the result changes. Which axis runs over the "
    "classes?",
)
def softmax(a):
    y = np.exp(a - a.max(axis=1))
    return y / y.sum(axis=0)


@mistake(
    "softmax-no-max",
    "Right for small scores, but the exponential of 1000 is infinite. Use the "
    "second formula of the question, which is numerically safe.",
)
def softmax(a):
    y = np.exp(a)
    return y / y.sum(axis=0)


@mistake(
    "softmax-smallest",
    "Some exponents are still large and positive, and overflow. Look again at M in "
    "the question: with it, no exponent is positive.",
)
def softmax(a):
    y = np.exp(a - a.min(axis=0))
    return y / y.sum(axis=0)


@mistake(
    "softmax-rows",
    "Your rows sum to 1. The predictions for a sample are a column, so the columns "
    "should.",
)
def softmax(a):
    y = np.exp(a - a.max(axis=1, keepdims=True))
    return y / y.sum(axis=1, keepdims=True)


@mistake(
    "softmax-sum-of-rows",
    "You divide by the sums of the rows. The probabilities of one sample, a column, "
    "should sum to 1.",
)
def softmax(a):
    y = np.exp(a - a.max(axis=0))
    return y / y.sum(axis=1, keepdims=True)


@mistake(
    "softmax-sum-over-all",
    "You divide by the sum of the whole matrix, so that all probabilities together "
    "sum to 1. Each column should do so by itself.",
)
def softmax(a):
    y = np.exp(a - a.max(axis=0))
    return y / y.sum()


@mistake(
    "softmax-numerator",
    "You have the exponentials, but have not divided by their sum.",
)
def softmax(a):
    return np.exp(a - a.max(axis=0))


@mistake(
    "softmax-two-exponents",
    "The maximum is subtracted in one of numerator and denominator, and not in the "
    "other. They must be treated alike, or the factor does not cancel.",
)
def softmax(a):
    return np.exp(a - a.max(axis=0)) / np.exp(a).sum(axis=0)


@mistake(
    "softmax-divides-by-max",
    "You divide the scores by their maximum. Only a subtraction cancels in the "
    "quotient.",
)
def softmax(a):
    y = np.exp(a / a.max(axis=0))
    return y / y.sum(axis=0)


@mistake(
    "softmax-logarithm",
    "You return the logarithms of the probabilities.",
)
def softmax(a):
    a = a - a.max(axis=0)
    return a - np.log(np.exp(a).sum(axis=0))


@mistake(
    "softmax-no-exponential",
    "You divide the scores themselves by their sum. Scores may be negative: the "
    "formula takes their exponentials first.",
)
def softmax(a):
    return a / a.sum(axis=0)


@mistake(
    "softmax-overwrites",
    OVERWRITES,
)
def softmax(a):
    a -= a.max(axis=0)
    y = np.exp(a)
    return y / y.sum(axis=0)


# Question 10


@mistake(
    "softmaxp-diagonal",
    "You used the diagonal of the Jacobian alone (Question 8). Every score changes "
    "every probability: the entries of Question 9 count, too.",
)
def softmaxp(a, e):
    g = softmax(a)
    return g * (1 - g) * e


@mistake(
    "softmaxp-plus",
    "Look at the sign between the two terms: when all scores grow alike (e = 1), "
    "nothing should change.",
)
def softmaxp(a, e):
    g = softmax(a)
    return g * e + (g * e).sum(axis=0) * g


@mistake(
    "softmaxp-no-direction",
    "`e` does not appear in what you compute. The question asks for the derivative in"
    " its direction.",
)
def softmaxp(a, e):
    g = softmax(a)
    return g * (1 - g)


@mistake(
    "softmaxp-product-over-all",
    "Your scalar product runs over the whole matrix. Each column has one of its own.",
)
def softmaxp(a, e):
    g = softmax(a)
    return g * e - (g * e).sum() * g


@mistake(
    "softmaxp-product-of-rows",
    "Your scalar product runs along the rows, that is over the samples. It should "
    "run over the classes.",
)
def softmaxp(a, e):
    g = softmax(a)
    return g * e - (g * e).sum(axis=1, keepdims=True) * g


@mistake(
    "softmaxp-no-g-behind",
    "The scalar product is right, but the vector that it multiplies is missing.",
)
def softmaxp(a, e):
    g = softmax(a)
    return g * e - (g * e).sum(axis=0)


@mistake(
    "softmaxp-no-g-in-front",
    "The first term should be the element-wise product of two vectors; one is missing.",
)
def softmaxp(a, e):
    g = softmax(a)
    return e - (g * e).sum(axis=0) * g


@mistake(
    "softmaxp-scores",
    "You used the scores `a` where the formula has what softmax makes of them.",
)
def softmaxp(a, e):
    return a * e - (a * e).sum(axis=0) * a


@mistake(
    "softmaxp-mixes-samples",
    "The matrix product mixes the columns: the result for a sample then depends on "
    "the others. The scalar product is taken column by column.",
)
def softmaxp(a, e):
    g = softmax(a)
    return g * e - g @ (g.T @ e)


@mistake(
    "softmaxp-only-product",
    "The second term is there, the first one is missing.",
)
def softmaxp(a, e):
    g = softmax(a)
    return -(g * e).sum(axis=0) * g


# Question 12


@mistake(
    "relup-is-relu",
    "`relup` returns ReLU of `a`. The question asks how ReLU changes when `a` moves "
    "in the direction `e`.",
)
def relup(a, e):
    return np.maximum(a, 0)


@mistake(
    "relup-no-direction",
    "`relup` returns the slope alone: `e` does not appear. The question asks for the "
    "derivative in the direction `e`.",
)
def relup(a, e):
    return (a > 0) * 1.0


@mistake(
    "relup-relu-of-direction",
    "`relup` cuts off `e` where `e` is negative. What decides is the sign of `a`.",
)
def relup(a, e):
    return np.maximum(e, 0)


@mistake(
    "relup-relu-for-slope",
    "`relup` multiplies `e` by ReLU itself. It should be multiplied by ReLU's slope.",
)
def relup(a, e):
    return np.maximum(a, 0) * e


@mistake(
    "relup-other-side",
    "`relup` lets `e` through where ReLU is flat, and stops it where ReLU has a slope.",
)
def relup(a, e):
    return e * (a < 0)


@mistake(
    "relup-overwrites",
    "`relup` changes an array that it was given. Whoever called it still needs that "
    "array: compute a new one.",
)
def relup(a, e):
    e[a <= 0] = 0
    return e


@mistake(
    "relu-absolute",
    "`relu` takes the absolute value: negative numbers should become 0.",
)
def relu(a):
    return np.abs(a)


@mistake(
    "relu-leaky",
    "`relu` keeps a small part of the negative numbers. ReLU is 0 there.",
)
def relu(a):
    return np.where(a > 0, a, 0.01 * a)


@mistake(
    "relu-step",
    "`relu` returns 0 or 1. Positive numbers should stay what they are.",
)
def relu(a):
    return (a > 0) * 1.0


@mistake(
    "relu-clipped",
    "`relu` stops at 1. Positive numbers should stay what they are, however large.",
)
def relu(a):
    return np.clip(a, 0, 1)


@mistake(
    "relu-largest-of-columns",
    "`np.max(a, 0)` is the largest number of each column: the 0 is the axis. You "
    "want to compare every number with 0, and NumPy has another function for that.",
)
def relu(a):
    return np.max(a, 0)


@mistake(
    "relu-negative-part",
    "`relu` keeps the negative numbers and drops the positive ones.",
)
def relu(a):
    return np.minimum(a, 0)


@mistake(
    "relu-overwrites",
    "`relu` changes the array that it was given. Whoever called it still needs that "
    "array: compute a new one.",
)
def relu(a):
    a[a < 0] = 0
    return a


# Question 14


@mistake(
    "forward-no-b1",
    "The biases of the hidden layer are missing.",
)
def forwardprop_shallow(x, net):
    W1, b1, W2, b2 = net
    return softmax(W2 @ relu(W1 @ x) + b2)


@mistake(
    "forward-no-b2",
    "The biases of the output layer are missing.",
)
def forwardprop_shallow(x, net):
    W1, b1, W2, b2 = net
    return softmax(W2 @ relu(W1 @ x + b1))


@mistake(
    "forward-no-biases",
    "The biases are missing, in both layers.",
)
def forwardprop_shallow(x, net):
    W1, b1, W2, b2 = net
    return softmax(W2 @ relu(W1 @ x))


@mistake(
    "forward-no-relu",
    "The hidden layer has no activation function, or its result is not used. "
    "Without it, two layers can do no more than a single one.",
)
def forwardprop_shallow(x, net):
    W1, b1, W2, b2 = net
    return softmax(W2 @ (W1 @ x + b1) + b2)


@mistake(
    "forward-no-softmax",
    "You return the scores of the output layer. Predictions are probabilities.",
)
def forwardprop_shallow(x, net):
    W1, b1, W2, b2 = net
    return W2 @ relu(W1 @ x + b1) + b2


@mistake(
    "forward-relu-for-softmax",
    "The output layer has the activation function of the hidden layer. Predictions "
    "are probabilities: every column sums to 1.",
)
def forwardprop_shallow(x, net):
    W1, b1, W2, b2 = net
    return relu(W2 @ relu(W1 @ x + b1) + b2)


@mistake(
    "forward-relu-twice",
    "There is a ReLU too many: it cuts off the negative scores before they become "
    "probabilities.",
)
def forwardprop_shallow(x, net):
    W1, b1, W2, b2 = net
    return softmax(relu(W2 @ relu(W1 @ x + b1) + b2))


@mistake(
    "forward-softmax-for-relu",
    "The hidden layer has the activation function of the output layer.",
)
def forwardprop_shallow(x, net):
    W1, b1, W2, b2 = net
    return softmax(W2 @ softmax(W1 @ x + b1) + b2)


@mistake(
    "forward-bias-behind-relu",
    "You add the biases of the hidden layer after its activation function. They "
    "belong before it.",
)
def forwardprop_shallow(x, net):
    W1, b1, W2, b2 = net
    return softmax(W2 @ (relu(W1 @ x) + b1) + b2)


@mistake(
    "forward-labels",
    "You return the most probable class. The question asks for the probabilities of "
    "all classes.",
)
def forwardprop_shallow(x, net):
    W1, b1, W2, b2 = net
    return np.argmax(softmax(W2 @ relu(W1 @ x + b1) + b2), axis=0)


@mistake(
    "forward-transposed",
    "Your predictions have one row per sample. In this assignment a sample is a "
    "column.",
)
def forwardprop_shallow(x, net):
    W1, b1, W2, b2 = net
    return softmax(W2 @ relu(W1 @ x + b1) + b2).T


@mistake(
    "forward-sizes-as-numbers",
    "It only works for one size of network. Question 22 changes the number of "
    "hidden units: take all sizes from the arrays that you are given.",
)
def forwardprop_shallow(x, net):
    W1, b1, W2, b2 = net
    h1 = np.zeros((64, x.shape[1]))
    h1[:] = relu(W1 @ x + b1)
    return softmax(W2 @ h1 + b2)


# Question 15


@mistake(
    "loss-sum",
    "You have the sum. The question asks for the average, over the samples and the 10"
    " classes: on `netinit` it is around .26.",
)
def eval_loss(y, d):
    return -np.sum(d * np.log(y))


@mistake(
    "loss-over-samples-alone",
    "You averaged over the samples alone, and so have ten times what is asked: the "
    "assignment averages over the 10 classes, too.",
)
def eval_loss(y, d):
    return -np.mean(np.sum(d * np.log(y), axis=0))


@mistake(
    "loss-over-classes-alone",
    "You averaged over the classes alone: your loss grows with the number of samples.",
)
def eval_loss(y, d):
    return -np.sum(d * np.log(y)) / len(d)


@mistake(
    "loss-per-sample",
    "You have one loss for each sample. The question asks for one number, the average.",
)
def eval_loss(y, d):
    return -np.mean(d * np.log(y), axis=0)


@mistake(
    "loss-sign",
    "The sign is wrong: the logarithm of a probability is negative, a loss is not.",
)
def eval_loss(y, d):
    return np.mean(d * np.log(y))


@mistake(
    "loss-no-logarithm",
    "There is no logarithm in your loss.",
)
def eval_loss(y, d):
    return -np.mean(d * y)


@mistake(
    "loss-base-10",
    "Your logarithm has the base 10. Use the natural logarithm.",
)
def eval_loss(y, d):
    return -np.mean(d * np.log10(y))


@mistake(
    "loss-base-2",
    "Your logarithm has the base 2. Use the natural logarithm.",
)
def eval_loss(y, d):
    return -np.mean(d * np.log2(y))


@mistake(
    "loss-squares",
    "You have the mean squared difference. The question asks for the cross-entropy.",
)
def eval_loss(y, d):
    return np.mean((y - d) ** 2)


@mistake(
    "loss-two-terms",
    "You added the term for the wrong classes, as one does with a single yes-or-no "
    "output. The formula of the question has one term.",
)
def eval_loss(y, d):
    return -np.mean(d * np.log(y) + (1 - d) * np.log(1 - y))


@mistake(
    "loss-swapped",
    "Your loss is infinite: there is a logarithm of 0 in it. What do you take the "
    "logarithm of? `d` is mostly 0, and so is all that is multiplied by it.",
)
def eval_loss(y, d):
    return -np.mean(y * np.log(d))


@mistake(
    "loss-no-labels",
    "`d` does not select anything in your loss: every class counts, and not just "
    "the right one.",
)
def eval_loss(y, d):
    return -np.mean(np.log(y))


# Question 16


@mistake(
    "perfs-fraction",
    "You have a fraction between 0 and 1. The question asks for a percentage.",
)
def eval_perfs(y, lbl):
    return np.mean(np.argmax(y, axis=0) != lbl)


@mistake(
    "perfs-share-right",
    "You have the percentage that is right. The question asks for the percentage of "
    "errors.",
)
def eval_perfs(y, lbl):
    return 100 * np.mean(np.argmax(y, axis=0) == lbl)


@mistake(
    "perfs-fraction-right",
    "You have the fraction that is right. The question asks for the percentage of "
    "errors.",
)
def eval_perfs(y, lbl):
    return np.mean(np.argmax(y, axis=0) == lbl)


@mistake(
    "perfs-over-entries",
    "You averaged over the entries of the one-hot matrix, not over the samples: "
    "count the columns that are wrong, and divide by their number.",
)
def eval_perfs(y, lbl):
    guess = np.eye(len(y))[:, np.argmax(y, axis=0)]
    return 100 * np.mean(guess != np.eye(len(y))[:, lbl])


@mistake(
    "perfs-divided-by-entries",
    "You counted the samples that are wrong and divided by the number of entries of "
    "`y`. Divide by the number of samples.",
)
def eval_perfs(y, lbl):
    return 100 * np.sum(np.argmax(y, axis=0) != lbl) / y.size


@mistake(
    "perfs-count",
    "You have the number of errors. The question asks for a percentage: it does not "
    "grow with the number of samples.",
)
def eval_perfs(y, lbl):
    return np.sum(np.argmax(y, axis=0) != lbl)


@mistake(
    "perfs-counted-twice",
    "You counted each error twice: a wrong column has two wrong entries, the 1 that "
    "is missing and the one that should not be there.",
)
def eval_perfs(y, lbl):
    guess = np.eye(len(y))[:, np.argmax(y, axis=0)]
    return 100 * np.sum(guess != np.eye(len(y))[:, lbl]) / len(lbl)


@mistake(
    "perfs-along-rows",
    "You looked for the largest entry of each row. A sample is a column.",
)
def eval_perfs(y, lbl):
    return 100 * np.mean(np.argmax(y, axis=1) != lbl)


@mistake(
    "perfs-largest-value",
    "Every sample counts as wrong, whatever the predictions are. What do you "
    "compare the labels with? It should be the class that has the largest "
    "probability.",
)
def eval_perfs(y, lbl):
    return 100 * np.mean(np.max(y, axis=0) != lbl)


@mistake(
    "perfs-rounded",
    "You count a class only where its probability is above one half. The most "
    "probable class may have less: look for the largest of each column.",
)
def eval_perfs(y, lbl):
    d = np.eye(len(y))[:, lbl]
    return 100 * np.mean(np.any(np.round(y) != d, axis=0))


@mistake(
    "perfs-overwrites",
    OVERWRITES,
)
def eval_perfs(y, lbl):
    largest = y.max(axis=0)
    y[y < largest] = 0
    return 100 * np.mean(np.argmax(y, axis=0) != lbl)


# Question 17

UPDATE = """
def update_shallow(x, d, net, gamma=0.05):
    W1, b1, W2, b2 = net
    step = gamma / x.shape[1]
    a1 = W1 @ x + b1
    h1 = relu(a1)
    a2 = W2 @ h1 + b2
    delta2 = softmax(a2) - d
    delta1 = relup(a1, W2.T @ delta2)
    W1 = W1 - step * delta1 @ x.T
    b1 = b1 - step * delta1.sum(axis=1, keepdims=True)
    W2 = W2 - step * delta2 @ h1.T
    b2 = b2 - step * delta2.sum(axis=1, keepdims=True)
    return W1, b1, W2, b2
"""

mistake_in(
    UPDATE,
    "update-gamma-whole",
    "Your step is too long by the number of samples: gamma is to be divided by it.",
    ("gamma / x.shape[1]", "gamma"),
)
mistake_in(
    UPDATE,
    "update-gamma-divided-twice",
    "Your step is too short by the number of samples: you divide by it twice. Is it "
    "in gamma, and also in the errors or the gradients?",
    ("gamma / x.shape[1]", "gamma / x.shape[1] ** 2"),
)
mistake_in(
    UPDATE,
    "update-divided-by-inputs",
    "You divided gamma by the number of rows of `x`, that is of inputs. The samples "
    "are its columns.",
    ("x.shape[1]", "len(x)"),
)
mistake_in(
    UPDATE,
    "update-divided-by-classes",
    "You descend the loss as `eval_loss` averages it, over the classes too. This "
    "question divides gamma by the number of samples alone.",
    ("x.shape[1]", "d.size"),
)
mistake_in(
    UPDATE,
    "update-gamma-ignored",
    "The step does not depend on the `gamma` that the function is given.",
    ("step = gamma", "step = 0.05"),
)
mistake_in(
    UPDATE,
    "update-up",
    "You step up the slope and not down: look at the signs, of the error and of the "
    "step.",
    ("- step", "+ step"),
)
mistake_in(
    UPDATE,
    "update-new-W2",
    "W2 and b2 are right. W1 and b1 are computed with the W2 that you have just "
    "changed; the gradient belongs to the old one.",
    (
        """    delta1 = relup(a1, W2.T @ delta2)
    W1 = W1 - step * delta1 @ x.T
    b1 = b1 - step * delta1.sum(axis=1, keepdims=True)
""",
        "",
    ),
    (
        "    return",
        """    delta1 = relup(a1, W2.T @ delta2)
    W1 = W1 - step * delta1 @ x.T
    b1 = b1 - step * delta1.sum(axis=1, keepdims=True)
    return""",
    ),
)
mistake_in(
    UPDATE,
    "update-no-keepdims",
    "A sum over the columns is a vector, and a column minus a vector is a square "
    "matrix. The biases should stay columns.",
    (", keepdims=True", ""),
)
mistake_in(
    UPDATE,
    "update-biases-over-all",
    "All biases of a layer move by the same amount: the sum runs over the whole "
    "matrix. Each unit has a sum of its own.",
    ("axis=1, keepdims=True", ""),
)
mistake_in(
    UPDATE,
    "update-biases-divided-twice",
    "The weights are right. For the biases you took the mean over the samples *and* "
    "divided gamma by their number.",
    (".sum(", ".mean("),
)
mistake_in(
    UPDATE,
    "update-biases-forgotten",
    "The weights are right, but the biases stay what they were.",
    ("b1 - step * delta1.sum(axis=1, keepdims=True)", "b1"),
    ("b2 - step * delta2.sum(axis=1, keepdims=True)", "b2"),
)
mistake_in(
    UPDATE,
    "update-hidden-forgotten",
    "The output layer is right, but the hidden layer stays what it was.",
    ("return W1, b1,", "return net[0], net[1],"),
)
mistake_in(
    UPDATE,
    "update-no-relup",
    "The output layer is right. The error passes into the hidden layer as if that "
    "had no activation function: where ReLU is flat, nothing should pass.",
    ("relup(a1, W2.T @ delta2)", "W2.T @ delta2"),
)
mistake_in(
    UPDATE,
    "update-relu-for-relup",
    "The output layer is right. For the hidden layer you applied ReLU to the error; "
    "what decides is where `a1` is positive.",
    ("relup(a1, W2.T @ delta2)", "relu(W2.T @ delta2)"),
)
mistake_in(
    UPDATE,
    "update-loss-for-gradient",
    "You sent the loss itself back through the network. What goes back is its "
    "gradient with respect to the predictions, which the question asks you to "
    "derive first.",
    ("softmax(a2) - d", "softmaxp(a2, -d * np.log(softmax(a2)))"),
)
mistake_in(
    UPDATE,
    "update-difference-through-softmax",
    "`y - d` has already passed through softmax (that is the simplification). You "
    "passed it through a second time.",
    ("softmax(a2) - d", "softmaxp(a2, softmax(a2) - d)"),
)
mistake_in(
    UPDATE,
    "update-quotient-not-through-softmax",
    "You used the gradient with respect to the predictions as if it were the one "
    "with respect to the scores: it must pass through softmax first.",
    ("softmax(a2) - d", "-d / softmax(a2)"),
)
mistake_in(
    UPDATE,
    "update-scores-for-hidden",
    "The gradient of W2 has `a1` in it where the hidden units themselves, `h1`, "
    "belong.",
    ("h1.T", "a1.T"),
)
mistake_in(
    UPDATE,
    "update-returns-gradients",
    "You return the gradients. The question asks for the new network.",
    ("W1 - step * delta1", "delta1"),
    ("b1 - step * delta1", "delta1"),
    ("W2 - step * delta2", "delta2"),
    ("b2 - step * delta2", "delta2"),
)
mistake_in(
    UPDATE,
    "update-overwrites",
    "You change the arrays of the network that you were given (`W1 -= ...` and "
    "`W1[:] = ...` do that), and so the caller's network. Make new arrays.",
    ("W1 = W1 -", "W1 -="),
    ("b1 = b1 -", "b1 -="),
    ("W2 = W2 -", "W2 -="),
    ("b2 = b2 -", "b2 -="),
)
mistake_in(
    UPDATE,
    "update-no-return",
    "Your function computes a new network and does not return it.",
    ("    return W1, b1, W2, b2\n", ""),
)


# Question 18

BACKPROP = """
def backprop_shallow(x, d, net, T, gamma=0.05):
    lbl = onehot2label(d)
    for _ in range(T):
        net = update_shallow(x, d, net, gamma)
        y = forwardprop_shallow(x, net)
        print("loss", eval_loss(y, d), "errors", eval_perfs(y, lbl))
    return net
"""

mistake_in(
    BACKPROP,
    "backprop-a-step-short",
    "There is one step too few: asked are T of them.",
    ("range(T)", "range(1, T)"),
)
mistake_in(
    BACKPROP,
    "backprop-a-step-more",
    "There is one step too many: asked are T of them.",
    ("range(T)", "range(T + 1)"),
)
mistake_in(
    BACKPROP,
    "backprop-first-step",
    ONE_STEP,
    ("    return", "        return"),
)
mistake_in(
    BACKPROP,
    "backprop-gamma-not-passed-on",
    "The steps do not depend on your `gamma`: it is not passed on to the update.",
    (", gamma)\n        y", ")\n        y"),
)
mistake_in(
    BACKPROP,
    "backprop-gamma-divided-twice",
    "You divide gamma by the number of samples, and the update does so again.",
    ("net, gamma)", "net, gamma / x.shape[1])"),
)
mistake_in(
    BACKPROP,
    "backprop-from-the-start",
    ONE_STEP,
    ("net = update", "new = update"),
    ("y = forwardprop_shallow(x, net)", "y = forwardprop_shallow(x, new)"),
    ("return net", "return new"),
)
mistake_in(
    BACKPROP,
    "backprop-update-dropped",
    "The network never changes: what the update returns is not kept.",
    ("net = update", "update"),
)
mistake_in(
    BACKPROP,
    "backprop-returns-the-start",
    "You return the network that you were given, and not the trained one.",
    ("lbl =", "new, lbl = net,"),
    ("net = update_shallow(x, d, net", "new = update_shallow(x, d, new"),
    ("y = forwardprop_shallow(x, net)", "y = forwardprop_shallow(x, new)"),
)
mistake_in(
    BACKPROP,
    "backprop-no-return",
    "It trains, but does not return the trained network.",
    ("    return net\n", ""),
)
mistake_in(
    BACKPROP,
    "backprop-silent",
    "It trains as it should, but prints nothing. The question asks for the loss and "
    "the percentage of errors as it goes.",
    (
        """        print("loss", eval_loss(y, d), "errors", eval_perfs(y, lbl))
""",
        "",
    ),
)
mistake_in(
    BACKPROP,
    "backprop-no-errors",
    "It trains as it should and prints the loss. The percentage of errors is missing: "
    "of the wrong answers (no fraction), on all of `x`, with at least two digits.",
    (', "errors", eval_perfs(y, lbl)', ""),
)
mistake_in(
    BACKPROP,
    "backprop-no-loss",
    "It trains as it should and prints the errors. The loss is missing: that of "
    "question 15, on all of `x`, with at least two digits.",
    ('"loss", eval_loss(y, d), ', ""),
)


# Question 20

MINIBATCH = """
def backprop_minibatch_shallow(x, d, net, T, B=100, gamma=0.05):
    N, lbl = x.shape[1], onehot2label(d)
    for _ in range(T):
        order = np.random.permutation(N)
        for i in range(0, N, B):
            batch = order[i : i + B]
            net = update_shallow(x[:, batch], d[:, batch], net, gamma)
        y = forwardprop_shallow(x, net)
        print("loss", eval_loss(y, d), "errors", eval_perfs(y, lbl))
    return net
"""

mistake_in(
    MINIBATCH,
    "minibatch-not-shuffled",
    "The samples come in the same order in each epoch, the one of `x`. If you drew "
    "a random order: is it used to pick the columns?",
    ("np.random.permutation(N)", "np.arange(N)"),
)
mistake_in(
    MINIBATCH,
    "minibatch-one-order",
    "The random order is drawn once and used in all epochs. Each epoch draws a new "
    "one.",
    (
        "    for _ in range(T):\n        order = np.random.permutation(N)\n",
        "    order = np.random.permutation(N)\n    for _ in range(T):\n",
    ),
)
mistake_in(
    MINIBATCH,
    "minibatch-with-replacement",
    "Some samples come several times in an epoch and others not at all: you draw "
    "each minibatch from all samples. In an epoch every sample has one turn.",
    ("np.random.permutation(N)", "np.random.randint(0, N, N)"),
    varies=True,
)
mistake_in(
    MINIBATCH,
    "minibatch-full-with-replacement",
    "Each minibatch is drawn from all samples, and all have B of them. In an epoch "
    "every sample has one turn, and the last minibatch may be smaller.",
    ("order[i : i + B]", "np.random.randint(0, N, B)"),
    varies=True,
)
mistake_in(
    MINIBATCH,
    "minibatch-last-dropped",
    "When B does not divide the number of samples, the last ones are left out. The "
    "last minibatch of an epoch may be smaller, but it counts.",
    ("range(0, N, B)", "range(0, N - N % B, B)"),
)
mistake_in(
    MINIBATCH,
    "minibatch-labels-in-order",
    "Images and labels are no longer in the same order. Is only one of them "
    "shuffled, or each in its own way? An image and its label must stay together.",
    ("d[:, batch]", "d[:, i : i + B]"),
    varies=True,
)
mistake_in(
    MINIBATCH,
    "minibatch-blocks-shuffled",
    "You shuffle the minibatches, but each of them always has the same samples. "
    "Shuffle the samples.",
    ("range(0, N, B)", "np.random.permutation(np.arange(0, N, B))"),
    ("order[i : i + B]", "np.arange(N)[i : i + B]"),
    varies=True,
)
mistake_in(
    MINIBATCH,
    "minibatch-from-the-start",
    "Every minibatch starts from the network that you were given. It should start "
    "from what the minibatch before has returned.",
    ("net = update", "new = update"),
    ("y = forwardprop_shallow(x, net)", "y = forwardprop_shallow(x, new)"),
    ("return net", "return new"),
)
mistake_in(
    MINIBATCH,
    "minibatch-one-an-epoch",
    "There is only one update in each epoch. An epoch goes through all samples, "
    "with one update for each minibatch.",
    ("range(0, N, B)", "range(1)"),
)
mistake_in(
    MINIBATCH,
    "minibatch-all-at-once",
    "Each update is made on all samples: `B` is not used to pick some of them.",
    ("x[:, batch], d[:, batch]", "x, d"),
)
mistake_in(
    MINIBATCH,
    "minibatch-gamma-not-passed-on",
    "The steps do not depend on your `gamma`: it is not passed on to the update.",
    (", net, gamma)", ", net)"),
)
mistake_in(
    MINIBATCH,
    "minibatch-gamma-divided-twice",
    "You divide gamma by the size of the minibatch, and the update does so again.",
    ("net, gamma)", "net, gamma / len(batch))"),
)
mistake_in(
    MINIBATCH,
    "minibatch-an-epoch-short",
    "There are fewer epochs than T. Does the loop run T times, and does `return` "
    "come after it, not inside it?",
    ("range(T)", "range(1, T)"),
)
mistake_in(
    MINIBATCH,
    "minibatch-overlapping",
    "The minibatches overlap by a sample: the end of a slice does not belong to it.",
    ("i + B]", "i + B + 1]"),
)
mistake_in(
    MINIBATCH,
    "minibatch-silent",
    "It trains as it should, but prints nothing. The question asks for the loss and "
    "the percentage of errors after each epoch.",
    (
        """        y = forwardprop_shallow(x, net)
        print("loss", eval_loss(y, d), "errors", eval_perfs(y, lbl))
""",
        "",
    ),
)
mistake_in(
    MINIBATCH,
    "minibatch-no-return",
    "It trains, but does not return the trained network.",
    ("    return net\n", ""),
)
mistake_in(
    MINIBATCH,
    "minibatch-overwrites",
    "You shuffle the columns of `x` and `d` in place, and so those of whoever "
    "called you. Pick the columns by a random order in place of moving them.",
    (
        "order = np.random.permutation(N)",
        """order = np.random.permutation(N)
        x[:], d[:] = x[:, order], d[:, order]""",
    ),
    ("order[i : i + B]", "np.arange(N)[i : i + B]"),
    varies=True,
)


# Question 26

FORWARD_DEEP = """
def forwardprop_deep(x, net):
    h = x
    for k in range(0, len(net) - 2, 2):
        h = relu(net[k] @ h + net[k + 1])
    return softmax(net[-2] @ h + net[-1])
"""
mistake_in(
    FORWARD_DEEP,
    "deep-forward-relu-on-scores",
    "ReLU comes after every hidden layer, and not after the last one: its scores go "
    "into softmax as they are.",
    ("softmax(net[-2] @ h + net[-1])", "softmax(relu(net[-2] @ h + net[-1]))"),
)
mistake_in(
    FORWARD_DEEP,
    "deep-forward-no-relu",
    "Without ReLU between them, all the layers are no more than one matrix.",
    ("relu(net[k] @ h + net[k + 1])", "net[k] @ h + net[k + 1]"),
)
mistake_in(
    FORWARD_DEEP,
    "deep-forward-softmax-everywhere",
    "Softmax stands at the end only. What a hidden layer passes on is made by ReLU.",
    ("relu(net[k]", "softmax(net[k]"),
)
mistake_in(
    FORWARD_DEEP,
    "deep-forward-no-biases",
    "The biases are missing in the hidden layers.",
    (" @ h + net[k + 1])", " @ h)"),
)
mistake_in(
    FORWARD_DEEP,
    "deep-forward-scores",
    "You return the scores of the last layer: softmax is missing.",
    ("softmax(net[-2] @ h + net[-1])", "net[-2] @ h + net[-1]"),
)

UPDATE_DEEP = """
def update_deep(x, d, net, gamma=0.05):
    a, h = [], [x]
    for k in range(0, len(net), 2):
        a.append(net[k] @ h[-1] + net[k + 1])
        h.append(relu(a[-1]))
    delta = softmax(a[-1]) - d
    step = gamma / x.shape[1]
    new = list(net)
    for k in range(len(net) - 2, -1, -2):
        new[k] = net[k] - step * delta @ h[k // 2].T
        new[k + 1] = net[k + 1] - step * delta.sum(axis=1, keepdims=True)
        if k > 0:
            delta = relup(a[k // 2 - 1], net[k].T @ delta)
    return tuple(new)
"""
mistake_in(
    UPDATE_DEEP,
    "deep-update-no-relup",
    "On the way back through a hidden layer the derivative of ReLU is missing.",
    ("relup(a[k // 2 - 1], net[k].T @ delta)", "net[k].T @ delta"),
)
mistake_in(
    UPDATE_DEEP,
    "deep-update-new-weights",
    "On the way back you multiply by weights that have already been changed. All "
    "gradients belong to the network as it was.",
    ("net[k].T @ delta)", "new[k].T @ delta)"),
)
mistake_in(
    UPDATE_DEEP,
    "deep-update-uphill",
    "It goes uphill: the loss grows with each step. A step is subtracted.",
    ("net[k] - step", "net[k] + step"),
    ("net[k + 1] - step", "net[k + 1] + step"),
)
mistake_in(
    UPDATE_DEEP,
    "deep-update-not-divided",
    "Your steps grow with the number of samples: divide gamma by it.",
    ("gamma / x.shape[1]", "gamma"),
)
mistake_in(
    UPDATE_DEEP,
    "deep-update-last-layer-only",
    "Only the last layer learns: the gradients of the others are missing.",
    ("range(len(net) - 2, -1, -2)", "range(len(net) - 2, len(net) - 3, -2)"),
)
mistake_in(
    UPDATE_DEEP,
    "deep-update-weights-only",
    "The biases do not learn: they have gradients, too.",
    (
        "        new[k + 1] = net[k + 1] - step * delta.sum(axis=1, keepdims=True)\n",
        "",
    ),
)
mistake_in(
    UPDATE_DEEP,
    "deep-update-overwrites",
    "Your function changes the network that it was given. Compute new arrays: "
    "`W = W - ...` makes one, `W -= ...` does not.",
    ("new[k] = net[k] - step * delta @ h[k // 2].T", "back = net[k].T @ delta"),
    (
        "new[k + 1] = net[k + 1] - step * delta.sum(axis=1, keepdims=True)",
        "net[k][:] -= step * delta @ h[k // 2].T\n"
        "        net[k + 1][:] -= step * delta.sum(axis=1, keepdims=True)",
    ),
    ("net[k].T @ delta)\n    return", "back)\n    return"),
)

MINIBATCH_DEEP = """
def backprop_minibatch_deep(x, d, net, T, B=100, gamma=0.05):
    lbl = d.argmax(axis=0)
    N = x.shape[1]
    for t in range(T):
        order = np.random.permutation(N)
        for i in range(0, N, B):
            batch = order[i : i + B]
            net = update_deep(x[:, batch], d[:, batch], net, gamma)
        y = forwardprop_deep(x, net)
        print("loss", eval_loss(y, d), "errors", eval_perfs(y, lbl))
    return net
"""
mistake_in(
    MINIBATCH_DEEP,
    "deep-minibatch-from-the-start",
    ONE_STEP,
    ("net = update", "new = update"),
    ("y = forwardprop_deep(x, net)", "y = forwardprop_deep(x, new)"),
    ("return net", "return new"),
)
mistake_in(
    MINIBATCH_DEEP,
    "deep-minibatch-silent",
    "It trains as it should, but prints nothing: the loss and the percentage of "
    "errors should be seen after each epoch.",
    (
        """        y = forwardprop_deep(x, net)
        print("loss", eval_loss(y, d), "errors", eval_perfs(y, lbl))
""",
        "",
    ),
)
mistake_in(
    MINIBATCH_DEEP,
    "deep-minibatch-an-epoch-short",
    ONE_STEP,
    ("range(T)", "range(1, T)"),
)
