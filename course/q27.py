"""Question 27: several hidden layers in place of one."""

reading = 5
bonus = True
