"""Question 10: the directional derivative of softmax."""

import numpy as np

from checks.asking import Case, Extra, Mistake

functions = ("softmaxp",)
points, reading = 5, 3  # a and b


def cases(rng, right):
    def case(a, e, says, sums=None):
        why = ", since those of softmax always sum to 1"
        return Case("softmaxp", (a, e), says, sums=sums, why=why)

    def random(*shape):
        a, e = np.round(rng.standard_normal((2, *shape)), 3)
        return case(a, e, f"random scores and directions of shape {shape}")

    whole = rng.choice([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0], (2, 10, 1))
    return [
        case(*whole, "10 whole numbers as a column, and 10 others", 0),
        random(10, 7),
        random(10, 10),
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

mistakes = [
    Mistake(
        "softmaxp-diagonal",
        "You used the diagonal of the Jacobian alone (Question 8). Every score "
        "changes every probability: the entries of Question 9 count, too.",
        ("g * e - (g * e).sum(axis=0) * g", "g * (1 - g) * e"),
    ),
    Mistake(
        "softmaxp-plus",
        "Look at the sign between the two terms: when all scores grow alike (e "
        "= 1), nothing should change.",
        ("e - (", "e + ("),
    ),
    Mistake(
        "softmaxp-no-direction",
        "`e` does not appear in what you compute. The question asks for the "
        "derivative in its direction.",
        ("g * e - (g * e).sum(axis=0) * g", "g * (1 - g)"),
    ),
    Mistake(
        "softmaxp-product-over-all",
        "Your scalar product runs over the whole matrix. Each column has one of "
        "its own.",
        ("axis=0", ""),
    ),
    Mistake(
        "softmaxp-product-of-rows",
        "Your scalar product runs along the rows, that is over the samples. It "
        "should run over the classes.",
        ("axis=0", "axis=1, keepdims=True"),
    ),
    Mistake(
        "softmaxp-no-g-behind",
        "The scalar product is right, but the vector that it multiplies is missing.",
        (".sum(axis=0) * g", ".sum(axis=0)"),
    ),
    Mistake(
        "softmaxp-no-g-in-front",
        "The first term should be the element-wise product of two vectors; one "
        "is missing.",
        ("return g * e", "return e"),
    ),
    Mistake(
        "softmaxp-scores",
        "You used the scores `a` where the formula has what softmax makes of them.",
        ("g = softmax(a)", "g = a"),
    ),
    Mistake(
        "softmaxp-mixes-samples",
        "The matrix product mixes the columns: the result for a sample then "
        "depends on the others. The scalar product is taken column by column.",
        ("(g * e).sum(axis=0) * g", "g @ (g.T @ e)"),
    ),
    Mistake(
        "softmaxp-only-product",
        "The second term is there, the first one is missing.",
        ("return g * e -", "return -"),
    ),
]
