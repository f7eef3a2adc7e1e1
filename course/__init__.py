"""What this course asks: a file for each question, and no word on judging elsewhere.

Compiling (`make compile`) turns them into the data of the judge. A file is called by
the number of its question and begins with its title, as in the notebook:

    \"\"\"Question 12: ReLU.\"\"\"

What else it may say, each with a default:

functions : tuple of str
    The functions that it asks for. Their docstrings, in the answers, have its number.
points, reading, extra_points : number
    What right code is worth, what a human may give for text and figures, and what all
    the extras are worth together.
bonus : bool
    Whether it may be left out.
cases(rng, right) : function
    The cases that decide; `rng` is a generator of this question's own, and `right` has
    the right functions, such as `right.softmax`.
extras : list of Extra
    What is nice to have.
mistakes : str
    Known wrong answers. A paragraph is a hint, and below it, indented by four spaces,
    stand the mistakes that get it. Each has a short name and a change in the text of
    the right answer: what is replaced, an arrow, and what takes its place, everywhere
    in the first function that has the old text::

        Your rows sum to 1. The predictions for a sample are a column, so the columns
        should.
            softmax-rows: axis=0 -> axis=1, keepdims=True

    With nothing behind the arrow, the text is deleted. Where a mistake takes several
    lines, they stand below its name, indented by eight spaces. Lines without an arrow
    are another body for the function, in a question that asks for only one::

        You return the logarithms of the probabilities.
            softmax-logarithm:
                a = a - a.max(axis=0)
                return a - np.log(np.exp(a).sum(axis=0))

    A line such as `eval_loss has / d.size` says that the hint is true only as long as
    that is so. What may stand behind the name, as in `name (varies, share 0.8): ...`:

    - `share 0.8`: the part of the points that it is worth. This course gives 0.8 for
      what is right but for its type or for arguments that it changes, and 0.6 for a
      softmax that is right for small scores alone or a loop on minibatches of equal
      sizes. A mistake with a share may stand without a hint: whoever makes it is told
      what the case finds.
    - `varies`: it answers by chance where a right answer does not.
    - `partway`: it is right as far as it goes, and only not finished.
    - `however`: it is known by where it fails alone. Whoever is wrong in some of the
      cases in which it is, and in no other, makes it, whatever comes out.
waypoints : dict of str to str
    For someone who writes a long answer step by step: expressions of the variables of
    the right answer in its first case (and of `np`), in the order in which they are
    computed, and after each, a sentence on what is done and what is next. Forms that
    are as good stand beside each other, with commas. The names are the answer's own;
    students may have others. An empty sentence stands after what is right and no step
    of its own. One that does not begin with "is right" or "are right" stands after a
    form that is wrong. The last sentence of several is left out where a variable that
    comes next is wrong, and all but the first where a whole result came back.
facts(right) : function
    Numbers that hints fill in, by name: `{name:.2f}` in a hint.
steps : str
    Help for someone who is stuck, a paragraph for each step, and never the answer.
earned : str
    What one has with a right answer: a sentence that the judge adds to its verdict.
"""

FILES = ("shallow.py", "deep.py")  # the answers
# Added where an axis does not fit that is the last one of a function's first argument.
NOTE = "in this assignment a sample is a column"
