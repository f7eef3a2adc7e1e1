"""Question 2: one image and its label."""

reading = 1

steps = [
    (
        "Which part of `xtrain` is one image: a row or a column? Practise on `m = "
        "np.arange(6).reshape(2, 3)`: print `m`, and then find out how to get its last "
        "column alone."
    ),
    (
        "`help(MNISTtools.show)` says what `show` wants: one image, as a column of 784 "
        "values. The label of an image stands in `ltrain` at the index of its column."
    ),
    (
        "If the picture looks like noise, you have probably taken a row: that is the "
        "same pixel of all 60,000 images. If it looks like a digit, say in a sentence "
        "which one you see and what `ltrain` says."
    ),
]
