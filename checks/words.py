"""How the judge says what it saw: short sentences, no dumps of arrays."""

import numpy as np

SMALL = 9  # entries of an array that are still written out
PARTS = ("W1", "b1", "W2", "b2")


def number(value):
    """Write a number with four digits."""
    value = np.asarray(value).item()
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def literal(value):
    """Write a number or a small array as one would type it; None if it is large."""
    array = np.asarray(value)
    if array.size > SMALL or array.dtype.kind not in "biuf":
        return None
    if array.ndim == 0:
        return number(array)
    return f"[{', '.join(literal(row) for row in array)}]"


def call(function, names, args, says):
    """Write a call with its arguments where they are small, else by name."""
    written = [literal(arg) if not isinstance(arg, tuple) else None for arg in args]
    shown = [text or name for text, name in zip(written, names, strict=False)]
    text = f"{function}({', '.join(shown)})"
    return text if all(written) or not says else f"{text}, with {says},"


def kind(value):
    """Say what was returned in place of numbers."""
    if value is None:
        return "nothing (None)"
    if isinstance(value, str):
        return f"an object of type {value}" if type(value) is not str else "text"
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of {len(value)} things"
    array = np.asarray(value)
    return f"an array of shape {array.shape}" if array.ndim else "a single number"


def difference(expected, value):
    """Say where an array is not what it should be; both have the same shape."""
    expected, value = np.asarray(expected), np.asarray(value)
    if literal(expected) and expected.ndim < 2:
        return f"expected {literal(expected)}, got {literal(value)}"
    with np.errstate(all="ignore"):
        gap = np.abs(expected.astype(float) - value)
    place = np.unravel_index(np.argmax(np.where(np.isnan(gap), np.inf, gap)), gap.shape)
    where = f"[{', '.join(map(str, map(int, place)))}]"
    return (
        f"the entry {where} should be {number(expected[place])}, "
        f"but is {number(value[place])}"
    )


def listing(words):
    """Join words: a, b and c."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
