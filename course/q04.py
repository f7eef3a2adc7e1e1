"""Question 4: images in [-1, 1]."""

import numpy as np

from checks.asking import Case, Extra

functions = ("normalize_MNIST_images",)
points = 5


def cases(rng, right):
    def case(x, says=""):
        return Case("normalize_MNIST_images", (x,), says, dtype="float64")

    images = rng.integers(0, 256, (7, 12)).astype(np.uint8).T
    images[[0, -1], 0] = 0, 255
    return [
        case(np.array([[0, 51], [102, 255]], np.uint8)),
        case(np.array([[17, 51], [102, 153]], np.uint8)),
        case(images, "uint8 images of 12 pixels as columns"),
    ]


def facts(right):
    fifth = right.normalize_MNIST_images(np.array([[51]], np.uint8))
    return {"fifth": float(fifth[0, 0])}


extras = [
    Extra(
        "does not keep a column contiguous in memory, as `x` does",
        "contiguous",
        "normalize_MNIST_images",
        (np.ones((3, 4), np.uint8).T,),
    ),
    Extra(
        "changes the array that it was given if that is float64 already",
        "unchanged",
        "normalize_MNIST_images",
        (np.array([[0.0, 51.0], [102.0, 255.0]]),),
    ),
    Extra(
        "needs memory for more than its result",
        "little_memory",
        "normalize_MNIST_images",
        (np.zeros((1000, 784), np.uint8).T,),
        value=784_000 * 8,
    ),
]

waypoints = {
    "127.5 * (x + 1)": "",
    "x + 1": "is right so far: it goes from 0 to 2. What is left is to shift it.",
    "(x + 1) / 2": "is right so far: it goes from 0 to 1. Now make it twice as wide, "
    "and shift it.",
    "x / 2": "is right so far: its middle is at 0. Now make it twice as wide.",
    "255 * (x + 1)": "is right so far: it goes from 0 to 510. Now make it 2 wide, and "
    "shift it.",
    "127.5 * x, 255 * x": "is right so far: its middle is at 0. What is left "
    "is its width.",
}

mistakes = """
You scaled by the smallest and largest value of `x`. Another collection of images would
then land on another scale: 0 should become -1 and 255 should become 1, whatever `x`
holds.
    normalize-extremes (share 0.8):
        low, high = float(x.min()), float(x.max())
        return 2 * (x - low) / (high - low) - 1

Right for a collection that holds both 0 and 255, as all of MNIST does. But your scale
depends on what `x` holds: 0 should become -1 and 255 should become 1 in every
collection of images.
    normalize-right-for-all-of-MNIST (however, share 0.8): return x / x.max() * 2 - 1

You scaled every image by its own extremes, so that the same grey level becomes
something else in each. Use one scale for all: from 0 to 255.
    normalize-each-image:
        low, high = x.min(axis=0).astype(float), x.max(axis=0)
        return 2 * (x - low) / (high - low) - 1
    normalize-each-image-by-its-largest: return 2 * (x / x.max(axis=0)) - 1

Your values lie in [0, 1]. The range that is asked for is twice as wide and begins at
-1. And your scale depends on what `x` holds: 0 should become -1 and 255 should become 1
in every collection of images.
    normalize-0-to-1-by-extremes:
        low, high = float(x.min()), x.max()
        return (x - low) / (high - low)
    normalize-0-to-1-by-its-largest: return x / x.max()

Your values lie in [0, 1]. The range that is asked for is twice as wide and begins at
-1.
    normalize-0-to-1:
        127.5 -> 255
        x -= 1 ->

The product with 2 is computed in one byte, where 2 * 200 is 144: whole numbers above
255 do not fit. Make floats of `x` before you compute.
    normalize-wraps: return (2 * x) / 255 - 1
    normalize-wraps-in-brackets: return (2 * x - 255) / 255

The product with 2 is computed in one byte, where 2 * 200 is 144: make floats of `x`
before you compute. And your scale depends on what `x` holds: 0 should become -1 and 255
should become 1 in every image.
    normalize-wraps-by-the-largest: return 2 * x / x.max() - 1
    normalize-wraps-in-each-image: return 2 * x / x.max(axis=0) - 1
    normalize-extremes-wrap: return 2 * (x - x.min()) / (x.max() - x.min()) - 1

The difference is computed in one byte, where numbers below 0 start again from 255. Make
floats of `x` first; and neither 127 nor 128 is the middle of 0 and 255.
    normalize-wraps-below-0: return (x - 128) / 127.5
    normalize-wraps-below-0-by-127: return (x - 128) / 127
    normalize-wraps-below-0-by-128: return (x - 128) / 128
    normalize-wraps-below-0-from-127: return 2 * (x - 127) / 255

You subtract 1 from the grey levels, and do not divide them. In a formula such as `x - m
/ m`, the division comes first, so put the difference in brackets.
    normalize-divides-first: return x - 127.5 / 127.5

All your values are too large by the same small amount. Which number is halfway between
0 and 255? It is not 127.
    normalize-from-127: x -= 1 -> x -= 127 / 127.5

The middle is right, but the ends are not: 0 should become -1 and 255 should become 1
exactly. How far is it from the middle to each of them? It is neither 127 nor 128.
    normalize-halves-of-128: return (x - 127.5) / 128
    normalize-halves-of-127: return (x - 127.5) / 127

0 becomes -1, but 255 does not become 1 exactly. Is there a 128 or a 256 in your
formula? The largest grey level is 255.
    normalize-by-128: 127.5 -> 128

You made whole numbers of the result, so that nearly all grey levels become 0. Keep the
fractions.
    normalize-whole-numbers: return (x / 127.5 - 1).astype(int)

The values are right, but the question asks for the type float64.
    normalize-float32 (share 0.8): dtype=float) -> dtype=np.float32)

You subtracted the mean and divided by the standard deviation. That is another
normalisation: the one asked for takes 0 to -1 and 255 to 1.
    normalize-statistics: return (x - x.mean()) / x.std()

Your scale depends on what `x` holds, and the result is float32: 0 should become -1 and
255 should become 1, whatever `x` holds, and the question asks for the type float64.
    normalize-extremes-float32 (share 0.6):
        x = x.astype(np.float32)
        return 2 * (x - x.min()) / (x.max() - x.min()) - 1
    normalize-largest-float32 (share 0.6):
        x = x.astype(np.float32)
        return 2 * x / x.max() - 1
"""

earned = """Every image is now a column of 784 numbers between -1 and 1, as the network
wants it."""
steps = """
Forget the code for a moment. Draw an axis for the grey level, and write below it what
should become of 0, of 255, and of the value halfway between them. Which straight line
goes through these points?

The grey levels have to be stretched and then shifted. The old range is 255 wide; how
wide is the new one? Make the width right first, and then ask where 0 has gone and where
it should be. The 255 is that of the file format, so you need neither the minimum nor
the maximum of `x`.

Mind the type, as the small example above your code shows: `uint8` has no room for a
number below 0 or between two whole numbers. Look up `astype`, which returns a new array
of another type. Arithmetic with a single number acts on every entry of an array, so you
need no loop.

Try it on `np.array([[0, 51], [102, 255]], np.uint8)`. Since 51 is one fifth of 255, it
must land one fifth of the way from -1 to 1, at {fifth:.1f}, and 102 lands two fifths of
the way. The result should have the `dtype` `float64`.

Two operations do it: a division, and after it a subtraction. Which divisor turns 255
into 2?
"""
