"""How a function is tried: what it is called with, and what is asked of the result.

A probe calls a function with inputs from the judge's data and finds the first fault of
the outcome, in the order: exception, kind, shape, type, overwritten arguments, values,
printed lines. It can also tell whether an outcome is the one of a known mistake.
"""

import dataclasses
import re
from collections.abc import Callable

import numpy as np

from checks import words
from checks.standins import SIGNATURES, Ask

RTOL, ATOL = 1e-5, 1e-7  # a result nearer than this is right
EXCEPTION, KIND, SHAPE, TYPE, CHANGED, VALUE, PRINTED = range(7)


def close(expected, value):
    """Tell whether arrays of the same shape agree."""
    with np.errstate(all="ignore"):
        return np.allclose(value, expected, RTOL, ATOL, equal_nan=True)


def as_array(value):
    """Return numbers as an array, None where they are none.

    A list counts, however the numbers in it are nested; a network has its own function.
    """
    if value is None or has_text(value):
        return None
    try:
        array = np.array(value)
    except ValueError:  # of different lengths
        return None
    if array.dtype.kind not in "biuf":
        return None
    return array.astype(float) if array.dtype.kind == "b" else array


def has_text(value):
    """Tell whether a value is text, or a list with text in it."""
    if isinstance(value, list | tuple):
        return any(map(has_text, value))
    return isinstance(value, str)


def as_net(value):
    """Return a network as a tuple of arrays, None where it is none."""
    if not isinstance(value, list | tuple):
        return None
    arrays = tuple(map(as_array, value))
    return None if any(array is None for array in arrays) else arrays


@dataclasses.dataclass(frozen=True)
class Probe:
    """Calls a function that has one right result.

    Attributes
    ----------
    name : str
        What the judge's data call it.
    function : str
        The function that is called.
    says : str
        The arguments in words, for those that are too large to be written out.
    row : bool
        Whether a vector may also come as a matrix of one row.
    dtype : str
        The type that the question asks for, if any.
    identity : function of a value
        Says what must hold where it does not hold, and returns None where it does.
    prints : bool
        Whether the question asks for printed lines with the loss and the errors.
    """

    name: str
    function: str
    says: str = ""
    row: bool = False
    dtype: str | None = None
    identity: Callable | None = None
    prints: bool = False

    def run(self, call, given, tables):
        """Call the function; see `Outcome`."""
        ask = Ask(tables, given.get("script"))
        return call(self.function, *given["args"], ask=ask)

    def written(self, given):
        """Write the call, for a sentence."""
        names = SIGNATURES[self.function].parameters
        return words.call(self.function, names, given["args"], self.says)

    def fault(self, given, outcome):
        """Return None or the first fault: how early it is in the order, a sentence."""
        call = self.written(given)
        if outcome.error:
            return EXCEPTION, f"{call} {raised(outcome.error)}"
        expected, value = given["expected"], outcome.value
        if value is None:
            return KIND, f"`{self.function}` returns nothing: is there a `return`?"
        if isinstance(expected, tuple):
            return self._net_fault(call, given, outcome) or self.line_fault(
                given, outcome
            )
        value = as_array(value)
        if value is None:
            wanted = "numbers" if np.ndim(expected) else "a number"
            return KIND, f"{call} returned {words.kind(outcome.value)}, not {wanted}"
        if np.ndim(expected) == 0 and value.size == 1:
            value = value.reshape(())
        if self.row and value.shape == (1, *expected.shape):
            value = value[0]
        if value.shape != np.shape(expected):
            wanted = words.kind(expected)
            return SHAPE, f"{call} should be {wanted}, but is {words.kind(value)}"
        if self.dtype and value.dtype != self.dtype:
            return TYPE, f"{call} should be of type {self.dtype}, but is {value.dtype}"
        if outcome.changed:
            return CHANGED, self.overwritten(given, outcome)
        if not close(expected, value):
            return VALUE, self._value_fault(call, given, expected, value)
        return None

    def _value_fault(self, call, given, expected, value):
        if not np.isfinite(value).all() and np.isfinite(expected).all():
            return f"{call} has values that are not finite (nan or inf)"
        broken = self.identity(value) if self.identity else None
        return f"{call}: {broken or words.difference(expected, value)}"

    def _net_fault(self, call, given, outcome):
        expected, value = given["expected"], as_net(outcome.value)
        names = words.parts(expected)
        if value is None or len(value) != len(expected):
            came = words.kind(outcome.value)
            wanted = ", ".join(names)
            return KIND, f"{call} should return {wanted}, but returned {came}"
        parts = list(zip(names, expected, value, strict=True))
        for name, right, part in parts:
            if part.shape != right.shape:
                return SHAPE, (
                    f"{call}: {name} should have shape {right.shape}, "
                    f"but has {part.shape}"
                )
        if outcome.changed:
            return CHANGED, self.overwritten(given, outcome)
        wrong = [part for part in parts if not close(*part[1:])]
        if wrong:
            # The output layer goes first: what is wrong there spoils the other one.
            last = names[-1][1:]
            first, right, part = next((p for p in wrong if last in p[0]), wrong[0])
            good = [name for name, *_ in parts if name not in [w[0] for w in wrong]]
            holds = f"{words.listing(good)} right, but " if good else ""
            return VALUE, f"{call}: {holds}{first}: {words.difference(right, part)}"
        return None

    def line_fault(self, given, outcome):
        """Return None or the fault of the printed lines."""
        if not self.prints:
            return None
        if not outcome.printed.strip():
            return PRINTED, (
                f"`{self.function}` prints nothing: the loss and the percentage of "
                "errors should be seen as it goes"
            )
        for name, column in [
            ("the loss", "losses"),
            ("the percentage of errors", "errors"),
        ]:
            if not told(outcome.printed, given[column]):
                line = outcome.printed.strip().splitlines()[-1][:80]
                return PRINTED, (
                    f"{self.written(given)} should print {name} on all of `x` (at the "
                    f"end: {words.number(given[column][-1])}), but printed {line!r}"
                )
        return None

    def overwritten(self, given, outcome):
        """Say which arguments were overwritten, "" where none was."""
        names, found = list(SIGNATURES[self.function].parameters), []
        for place in outcome.changed:
            name = names[place[0]] if place[0] < len(names) else "arguments"
            if name == "net" and len(place) > 1:
                name = words.parts(given["args"][place[0]])[place[1]]
            if f"`{name}`" not in found:
                found.append(f"`{name}`")
        if not found:
            return ""
        return (
            f"`{self.function}` changes {words.listing(found)}, which it was given: "
            "whoever called it still needs that as it was"
        )

    def signature(self, given, outcome):
        """Return what an outcome is recognised by, as the judge's data can hold it."""
        if outcome.error:
            return error_signature(outcome)
        value = as_net(outcome.value) if isinstance(given["expected"], tuple) else None
        value = as_array(outcome.value) if value is None else value
        if value is None:
            value = words.kind(outcome.value)
        kind = (
            {"dtype": value.dtype.name}
            if self.dtype and not isinstance(value, str)
            else {}
        )
        told = self.told(given, outcome)
        return {"value": value, "changed": outcome.changed} | kind | told

    def told(self, given, outcome):
        """Return whether the loss is printed, and the percentage of errors."""
        if not self.prints:
            return {}
        columns = ("losses", "errors")
        found = [told(outcome.printed, given[column]) for column in columns]
        return {"told": [bool(outcome.printed.strip()), *found]}


def raised(error):
    """Say in words what was raised."""
    file = f"{error['file']}, " if error.get("file") else ""
    line = f" ({file}line {error['line']})" if error["line"] else ""
    if error["type"] == "NameError":
        line += ": a function should use what it is given, and what its file defines"
    if error["type"] == "Timeout" or error["type"] == "Stopped":
        return f"was stopped: {error['message']}"
    if error["type"] == "MemoryError":
        return "was stopped: it needs more than 2 GB of memory"
    return f"raised {error['reason']}{line}"


def error_signature(outcome):
    """Return what an exception is recognised by: its type and how its text begins."""
    return {"error": outcome.error["type"], "text": outcome.error["message"][:80]}


def told(printed, expected):
    """Tell whether one of some numbers is printed, with two digits at least."""
    number = r"[-+]?(?:\d+(?:\.(\d*))?|\.(\d+))(?:[eE]([-+]?\d{1,9}))?"
    for match in re.finditer(number, printed):
        digits = len(match[1] or match[2] or "") - int(match[3] or 0)
        if abs(digits) < 30:
            value, unit = float(match[0]), 10.0**-digits
            for right in expected:
                near = 0.5001 * unit + RTOL * right  # some take log(y + 1e-12)
                if abs(value - right) <= near and unit <= right / 5:
                    return True
    return False


def alike(found, known):
    """Tell whether a signature has all the parts of a known one."""
    return all(key in found and _alike(found[key], known[key]) for key in known)


def _alike(a, b):
    lists = [isinstance(value, tuple | list) for value in (a, b)]
    if any(lists):
        return all(lists) and len(a) == len(b) and all(map(_alike, a, b))
    words = [isinstance(value, str) for value in (a, b)]
    if any(words):
        return all(words) and a == b
    return np.shape(a) == np.shape(b) and close(a, b)
