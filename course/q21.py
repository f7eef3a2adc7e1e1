"""Question 21: full batch against minibatches."""

reading = 3
