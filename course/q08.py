"""Question 8: the derivative with respect to its own score."""

reading = 3

steps = """
Write g(a)_i as a fraction, with S = sum_j exp(a_j) below the line. Now let a_i alone
move. Does the numerator depend on it? And how many of the terms of S do?

You need the quotient rule, (u / v)' = (u' v - u v') / v^2, with the exponential for u
and S for v. What are u' and v' when only a_i moves?

You should now have two terms over S^2. Write them as a difference of two fractions, and
look for g(a)_i in each: it stands once in the first and twice in the second. Then take
it out of both.

Try the result on an example: with two classes and equal scores, both probabilities are
1/2, and the derivative is 1/4. What does it say for a probability that is already close
to 1, and why does that make sense?
"""
