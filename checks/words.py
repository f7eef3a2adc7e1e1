"""How the judge says what it saw: short sentences, no dumps of arrays."""

import re

import numpy as np

SMALL = 10  # entries of a vector that are still written out


def parts(names, values):
    """Return what the parts of a tuple are called."""
    more = [f"part {k + 1}" for k in range(len(names), len(values))]
    return [*names[: len(values)], *more]


def why_shape(right, came, samples):
    """Say why a column may have come in another shape, "" where that is unknown."""
    n, *columns = right
    if columns != [1] or came[:1] != (n,):
        return ""
    if len(came) == 1:
        return ": it should stay a column"
    if came[1] == np.shape(samples)[-1]:
        return ": there is a column for each sample, but it should be their sum"
    if came == (n, n):
        said = ": a column and a vector make a square matrix, so keep the sum over the"
        return f"{said} samples a column, too"
    return ""


def agree(names, one, many):
    """Write names, and what is said of one of them or of many."""
    return f"{listing(names)} {many if names[1:] else one}"


def number(value, digits=4):
    """Write a number with a few digits."""
    value = np.asarray(value).item()
    if not isinstance(value, float):
        return str(value)
    return f"{value:.{digits}g}" if abs(value) > 1e-12 else "0"


def apart(a, b):
    """Write two numbers with as many digits as it takes to see the difference."""
    for digits in range(4, 17):
        texts = number(a, digits), number(b, digits)
        if texts[0] != texts[1]:
            break
    return texts


def literal(value):
    """Write a number or a small array as one would type it; None if it is large."""
    array = np.asarray(value)
    long = array.size > (5 if array.ndim == 2 else SMALL)
    if long or array.dtype.kind not in "biuf":
        return None
    if array.ndim == 0:
        return number(array)
    return f"[{', '.join(literal(row) for row in array)}]"


def call(function, names, args, says):
    """Write a call with its arguments where they are small, else by name."""
    written = [None if isinstance(arg, tuple) else literal(arg) for arg in args]
    shown = [text or name for text, name in zip(written, names, strict=False)]
    text = f"`{function}({', '.join(shown)})`"
    return f"{text} ({says})" if says and not all(written) else text


def kind(value):
    """Say what was returned instead of numbers."""
    if value is None:
        return "nothing (None)"
    if type(value) is str:
        return "text"
    if isinstance(value, str):  # the name of a type
        is_function = re.search("function|method|ufunc", value)
        brackets = "a function, as if brackets were missing"
        return brackets if is_function else f"an object of type {value}"
    if isinstance(value, list | tuple):
        if isinstance(value, tuple) and len(value) == 1:
            return "a tuple of one item, as a comma at the end makes it"
        return f"a {type(value).__name__} of {len(value)} items"
    array = np.asarray(value)
    return f"an array of shape {array.shape}" if array.ndim else "a single number"


def difference(expected, value):
    """Say where an array is not what it should be; both have the same shape."""
    expected, value = np.asarray(expected), np.asarray(value)
    if expected.ndim == 0:
        return "expected {}, got {}".format(*apart(expected, value))
    if literal(expected) and literal(expected) != literal(value):
        return f"expected {literal(expected)}, got {literal(value)}"
    with np.errstate(all="ignore"):
        gap = np.abs(expected.astype(float) - value)
    place = np.unravel_index(np.argmax(np.where(np.isnan(gap), np.inf, gap)), gap.shape)
    right, wrong = apart(expected[place], value[place])
    where = ", ".join(map(str, map(int, place)))
    said = f"the entry [{where}] should be {right}, but is {wrong}"
    near = np.isclose(expected, value, 1e-5, 1e-7)
    for axis, name in enumerate(("column", "row")) if near.ndim == 2 else ():
        good = near.all(axis=axis)
        if good.any() and good.size > 2:
            few, what = (good, "right") if good.mean() < 0.5 else (~good, "wrong")
            are = f"{name} {{}} is" if few.sum() == 1 else f"{name}s {{}} are"
            return f"{said}; only {are} {what}".format(spans(np.flatnonzero(few)))
    return said


def relation(pairs, given):
    """Say how all the numbers in some results follow from the right ones, or "".

    The pairs are of right results and what came, numbers or arrays of one shape. The
    shapes that are `given` are those of what each was computed from.
    """
    right = np.concatenate([np.ravel(expected) for expected, _ in pairs])
    came = np.concatenate([np.ravel(value) for _, value in pairs])
    kinds = [np.ndim(value) and np.asarray(value).dtype.kind for _, value in pairs]
    if all(kind in ("i", "u") for kind in kinds) and (right % 1).any():
        return "The result has an integer type, which cannot hold fractions."
    if right.any() and not came.any():
        return "Every number is 0."
    largest = np.argmax(abs(right))
    with np.errstate(all="ignore"):
        shift, factor = came[0] - right[0], came[largest] / right[largest]
    if len(np.unique(right)) > 1 and np.isfinite([shift, factor]).all():
        if np.allclose(came, -right):
            return "Every number has the wrong sign."
        for factors, said in by_size(given):
            scaled = [f * e for f, (e, _) in zip(factors, pairs, strict=True)]
            if all(np.allclose(s, v) for s, (_, v) in zip(scaled, pairs, strict=True)):
                return said
        if np.allclose(came, factor * right) and factor:
            factor = apart(1.0, factor)[1]
            return f"Every number is {factor} times what it should be."
        if np.allclose(came, right + shift):
            way = "large" if shift > 0 else "small"
            return f"Every number is too {way} by {number(abs(shift))}."
    return ""


def by_size(shapes):
    """Yield factors that are sizes of matrices, of several, and what to say of each."""
    if any(len(shape) != 2 for shape in shapes):
        return
    for name, sizes in zip(("rows", "columns"), np.transpose(shapes), strict=True):
        if len({*sizes, 1}) > 2:
            said = f"Every number is too {{}} by a factor, the number of {name} "
            said += f"({sizes[0]} here): {{}} by it?"
            yield sizes, said.format("large", "should you divide")
            yield 1 / sizes, said.format("small", "why do you divide")


def listing(words):
    """Join words: a, b and c."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def spans(numbers):
    """Write whole numbers in a few words: 1-24, 26-29."""
    found = []
    for n in sorted(numbers):
        if found and found[-1][1] == n - 1:
            found[-1][1] = n
        else:
            found.append([n, n])
    return ", ".join(f"{a}-{b}" if b > a else f"{a}" for a, b in found)


def sentence(text):
    """Write a hint as a sentence."""
    if not text:
        return ""
    text = text[0].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."


def joined(*texts):
    """Join texts as sentences, without the empty ones; a single one stays as it is."""
    first, *more = filter(None, texts)
    return " ".join(map(sentence, [first, *more])) if more else first
