"""Question 11: a numerical check."""

reading = 3

steps = """
What is compared with what? `softmaxp` was derived on paper, while a finite difference
needs nothing but `softmax`. If the derivation had a mistake, would both of them have
it?

The tools are there: `forward_difference` and `central_difference` from Question 8, and
`relative_error` from the cell above. The first two take a function, a point, a
direction and a step. Which function do you give them, `softmax` or `softmaxp`?

Why is the error not zero? For the first reason, think of g along the line a + t e as a
function of t alone. Write Taylor's formula for it at t = eps, up to the third
derivative, and put that into the difference. Which power of eps stands in the first
term that is left over? Do the same with t = -eps for the central difference, and see
which terms cancel.

The second reason is rounding: a computer knows g(a) to about 16 digits, so the
numerator of the difference is off by some 1e-16. What does the division by eps make of
that?

So one error shrinks with eps, and the other one grows as eps shrinks. Put in eps = 1e-3
and eps = 1e-6 for each kind of difference, with derivatives of size 1, and say each
time which of the two errors is larger. The best eps lies where they are about equal.
"""
