"""Question 9: the derivatives with respect to the other scores."""

reading = 3

steps = """
Compare with Question 8: the probability is the same, but now another score a_j moves.
Which part of the fraction exp(a_i) / S still notices it, and which part does not?

Use the quotient rule once more. One of its two terms is zero this time, because the
numerator does not move. Keep the sign of the other one.

What is left is a product of two different exponentials over S^2. There is one S for
each of them. Check the result with three equal scores: if one score rises, the three
probabilities change at the rates 2/9, -1/9 and -1/9, which sum to 0. Why must they?
"""
