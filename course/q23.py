"""Question 23: the step size."""

reading = 3

steps = """
Start from the figures of ignorance: what loss and what percentage of errors does a
network have that knows nothing (Questions 15 and 16)? Which of the four step sizes has
led there?

For the network that went wrong, compute `a1` on the training images. For how many
images is each hidden unit positive? `np.any` says whether anything is True along an
axis. Then recall `relup`: which gradient does a unit get that is silent for every
image, and can it come back?

If every hidden unit is silent, what do the scores still depend on? So how many
different answers can the network give? `np.unique` lists the different values of an
array. And why did a large step silence them: how far does one step move the bias of a
unit, and its weights, when all the images push in the same direction?
"""
