"""Question 10: the backward pass of softmax."""

import numpy as np

from checks.asking import Case, Extra

functions = ("softmaxp",)
points, reading = 5, 3  # a and b


def cases(rng, right):
    def case(a, e, says, sums=None):
        why = ", since those of softmax always sum to 1"
        return Case("softmaxp", (a, e), says, sums=sums, why=why)

    def random(*shape, size=1):
        a, e = np.round(rng.standard_normal((2, *shape)), 3)
        large = "huge " * (size > 1)
        says = f"random scores and {large}upstream gradients of shape {shape}"
        return case(a, size * e, says)

    whole = rng.choice([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0], (2, 10, 1))
    return [
        random(10, 7),
        case(*whole, "10 whole numbers as a column, and 10 others", 0),
        random(10, 10),
        # A difference quotient is near the derivative for small `e` only.
        random(10, 3, size=1e6),
    ]


extras = [
    Extra(
        "does not take one column alone, as a vector",
        "gives",
        "softmaxp",
        (np.zeros(2), np.array([1.0, 0.0])),
        value=[0.25, -0.25],
    ),
    Extra(
        "gives nan or inf for large scores",
        "gives",
        "softmaxp",
        (np.array([[1e4], [-1e4]]), np.array([[1.0], [2.0]])),
        value=[[0.0], [0.0]],
    ),
]

waypoints = {
    "a, e, 1 - g, g * (1 - g), g * (1 - g) * e": "",
    "g": "is right: it is softmax at the scores. Go on with the products of the "
    "formula. No variable holds these yet.",
    "g * e": "is right: it is the element-wise product. Go on with the scalar product "
    "of each column. No variable holds that yet.",
    "(g * e).sum(axis=0), (g * e).sum(axis=0, keepdims=True)": "is right: it is the "
    "scalar product of each column. Go on with the second term of the formula, of "
    "which it is a factor. No variable holds that yet.",
    "(g * e).sum(axis=0) * g": "is right: it is the second term. What is left is the "
    "difference of the two terms.",
    "e - (g * e).sum(axis=0)": "is right: it is what stands in the brackets when g is "
    "taken out. What is left is one product.",
}

mistakes = """
You used the diagonal of the Jacobian alone (Question 8). Every score changes every
probability: the entries of Question 9 count, too.
    softmaxp-diagonal: g * e - (g * e).sum(axis=0) * g -> g * (1 - g) * e

Look at the sign between the two terms: when all scores grow alike (e = 1), nothing
should change.
    softmaxp-plus: e - ( -> e + (

`e` does not appear in what you compute. The question asks for the Jacobian times `e`,
column by column.
    softmaxp-no-direction: g * e - (g * e).sum(axis=0) * g -> g * (1 - g)

Your scalar product runs over the whole matrix. Each column has one of its own.
    softmaxp-product-over-all: axis=0 ->

Your scalar product runs along the rows, that is over the samples. It should run over
the classes.
    softmaxp-product-of-rows: axis=0 -> axis=1, keepdims=True

A scalar product is a sum, and you take a mean: it is too small by the number of
classes.
    softmaxp-mean: .sum(axis=0) -> .mean(axis=0)

In your second term the scalar product multiplies `e`. Look again at what it multiplies
in the formula of part b.
    softmaxp-e-behind: .sum(axis=0) * g -> .sum(axis=0) * e

The scalar product is right, but the vector that it multiplies is missing.
    softmaxp-no-g-behind: .sum(axis=0) * g -> .sum(axis=0)

The first term should be the element-wise product of two vectors; one is missing.
    softmaxp-no-g-in-front: return g * e -> return e

You used the scores `a` where the formula has what softmax makes of them.
    softmaxp-scores: g = softmax(a) -> g = a

The matrix product mixes the columns: the result for a sample then depends on the
others. The scalar product is taken column by column: multiply entry by entry, with `*`,
and add up over axis 0.
    softmaxp-mixes-samples: (g * e).sum(axis=0) * g -> g @ (g.T @ e)
    softmaxp-mixes-sums: (g * e).sum(axis=0) * g -> (g.T @ e).sum(axis=0) * g
    softmaxp-mixes-rows: (g * e).sum(axis=0) * g -> (g @ e.T) @ g
    softmaxp-mixes-labels: (g * e).sum(axis=0) * g -> (g.T @ e) * g

The scalar product is taken column by column. Neither `@` nor `np.dot` does that, with
or without a transpose: multiply entry by entry, with `*`, and add up over axis 0.
    softmaxp-matrix-product-0: (g * e).sum(axis=0) * g -> (g @ e) * g
    softmaxp-matrix-product-1: (g * e).sum(axis=0) * g -> g @ e
    softmaxp-matrix-product-2: g * e - (g * e).sum(axis=0) * g -> g @ e
    softmaxp-matrix-product-3: (g * e).sum(axis=0) * g -> (e @ g) * g

You use `a` and `e` in each other's place: softmax is taken at the scores `a`, and its
Jacobian is multiplied by `e`.
    softmaxp-turned-round: g = softmax(a) -> g, e = softmax(e), a

You take softmax of `e`, too. It enters the formula as it is.
    softmaxp-softmax-of-e: g = softmax(a) -> g, e = softmax(a), softmax(e)

You build a Jacobian as a matrix. Every column of `g` has one of its own, so this works
for a single column at best. The formula of part b needs no matrix, only element-wise
products and a sum for each column.
    softmaxp-jacobian: g * e - (g * e).sum(axis=0) * g -> np.diag(g) - g @ g.T
    softmaxp-jacobian-of-all:
        g * e - (g * e).sum(axis=0) * g -> (np.diag(g) - g @ g.T) @ e
    softmaxp-jacobian-of-all-in-a-row:
        g * e - (g * e).sum(axis=0) * g -> (np.diagflat(g) - g @ g.T) @ e

There is a `g` too many in your second term. When you take g out of both terms of the
formula, what is left of the scalar product times g?
    softmaxp-a-g-too-many: g * e - -> g * e - g *

The first term is there, the second one with the scalar product is missing.
    softmaxp-only-first-term: g * e - (g * e).sum(axis=0) * g -> g * e

The second term is there, the first one is missing.
    softmaxp-only-product: return g * e - -> return -

You computed a finite difference, which is only near the derivative, and far from it
where `e` is large. Write the formula of part b: Question 11 compares the two, and would
compare your difference with itself.
"""
mistakes += "".join(
    f"""\
    softmaxp-forward-difference-{eps}:
        h = {eps}
        return (softmax(a + h * e) - softmax(a)) / h
    softmaxp-central-difference-{eps}:
        h = {eps}
        return (softmax(a + h * e) - softmax(a - h * e)) / (2 * h)
"""
    for eps in ("1e-4", "1e-5", "1e-6", "1e-7", "1e-8")
)

earned = """Error signals can now go back through softmax. This is your first piece of
backpropagation."""
steps = """
Part a. A matrix is symmetric if J_ij = J_ji for all i and j. Write down both entries
with the formula of Question 9. And what happens to an entry on the diagonal when you
swap its two indices?

Part b. By part a you may use J in the place of J^T. Take three classes and write out
the first component of J e in full: three products of an entry of J with an entry of e.
Question 8 gives you one of these entries, and Question 9 the other two.

Part b, continued. Multiply out the term from Question 8. You get g_0 e_0 and one more
piece, which looks just like those from Question 9. Collect the three similar pieces,
take g_0 out of them, and look at what remains in the brackets.

Part c, the code. Translate the formula piece by piece. What your `softmax` returns is
g(a). The element-wise product is `*` in NumPy, whereas `@` is the matrix product. A
scalar product is an element-wise product that is then added up over the classes;
Question 7 has shown you how to add up each column by itself.

Part c, the code, continued. With `a` and `e` of shape (10, 200), there should be 200
scalar products, one for each column, and broadcasting lets you multiply each column by
its own. Try a column of two zeros for `a`, and 1 and 0 for `e`: the result should be
1/4 and -1/4. For an `e` of ones alone, it should be 0 everywhere.
"""
