"""How a function is tried: what it is called with, and what is asked of the result.

A case calls a function with given inputs and finds the first fault of the outcome, in
the order: exception, kind, shape, type, overwritten arguments, a random order that is
none, values, printed lines.
It can also tell whether an outcome is the one of a known mistake.
"""

import dataclasses
import re

import numpy as np

from checks import words

RTOL, ATOL = 1e-5, 1e-7  # a result nearer than this is right
FINAL = ("Timeout", "Stopped", "Busy")  # errors after which nothing more is called
EXCEPTION, KIND, SHAPE, TYPE, CHANGED, ORDER, VALUE, PRINTED = range(8)


def close(expected, value):
    """Tell whether arrays of the same shape agree."""
    with np.errstate(all="ignore"):
        return np.allclose(value, expected, RTOL, ATOL, equal_nan=True)


def as_array(value):
    """Return numbers as an array, also those of a list; None where they are none."""
    try:
        array = np.array(value)
    except ValueError:  # of different lengths
        return None
    if array.dtype.kind not in "biuf":
        return None
    return array.astype(float) if array.dtype.kind == "b" else array


def as_arrays(value):
    """Return a list or tuple of arrays as a tuple, None where it is none."""
    if not isinstance(value, list | tuple):
        return None
    arrays = tuple(map(as_array, value))
    return None if any(array is None for array in arrays) else arrays


@dataclasses.dataclass(frozen=True)
class Case:
    """Calls a function that has one right result."""

    function: str  # is called
    args: tuple  # with these
    says: str = ""  # the arguments in words, where they are too large to be written out
    expected: object = None  # a number, an array or a tuple of arrays
    names: tuple = ()  # of the parameters
    parts: tuple = ()  # the names of arrays in a tuple, be it an argument or the result
    dtype: str | None = None  # the type that the question asks for, if any
    counts: bool = False  # whether True and False will not do in the place of 1 and 0
    sums: float | None = None  # what every column of the result sums to
    why: str = ""  # the reason for that, as the end of a sentence
    # What should be printed, by its name: its value at each step; and numbers that a
    # known mistake prints in the place of those.
    prints: dict = dataclasses.field(default_factory=dict)
    instead: list = dataclasses.field(default_factory=list)
    losses: list = dataclasses.field(default_factory=list)  # before and after each step

    def run(self, call):
        """Call the function; `call` is that of `Judge.caller`."""
        return call(self.function, *self.args)

    @property
    def size(self):
        """How many numbers the arguments have."""
        return sum(map(size, self.args))

    def written(self):
        """Write the call, for a sentence."""
        return words.call(self.function, self.names, self.args, self.says)

    def fault(self, outcome, note=""):
        """Return None or the first fault: how early it is in the order, a sentence.

        `note` is added where a shape does not fit that has the samples.
        """
        found = self.first_fault(outcome)
        if note and found and found[0] in (EXCEPTION, SHAPE):
            if self.mixes_samples(outcome):
                return found[0], f"{found[1]}; {note}"
        return found

    def first_fault(self, outcome):
        """Return None or the first fault, without the note."""
        call = self.written()
        if outcome.error:
            return EXCEPTION, f"{call} {raised(outcome.error)}"
        expected, value = self.expected, outcome.value
        if value is None:
            if outcome.printed.strip() and not self.prints:
                return KIND, (
                    f"`{self.function}` prints, but returns nothing: `print` only "
                    "shows a value, while `return` hands it back to whoever calls"
                )
            return KIND, f"`{self.function}` returns nothing: is there a `return`?"
        if isinstance(expected, tuple):
            return self._tuple_fault(call, outcome) or self.line_fault(outcome)
        value = as_array(value)
        if value is None:
            wanted = "numbers" if np.ndim(expected) else "a number"
            return KIND, f"{call} returned {words.kind(outcome.value)}, not {wanted}"
        if value.shape != np.shape(expected):
            came = outcome.value if isinstance(outcome.value, tuple) else value
            wanted = words.kind(expected)
            return SHAPE, f"{call} should be {wanted}, but is {words.kind(came)}"
        if self.dtype and value.dtype != self.dtype:
            return TYPE, f"{call} should be of type {self.dtype}, but is {value.dtype}"
        if self.counts and np.asarray(outcome.value).dtype.kind == "b":
            return TYPE, f"{call} should hold numbers, but holds True and False"
        if outcome.changed:
            return CHANGED, self.overwritten(outcome)
        if not close(expected, value):
            return VALUE, self._value_fault(call, value)
        return self.line_fault(outcome)

    def _value_fault(self, call, value):
        if not np.isfinite(value).all() and np.isfinite(self.expected).all():
            return f"{call} has values that are not finite (nan or inf)"
        sums = self.sums if self.sums is None else value.sum(axis=0)
        if sums is not None and not np.allclose(sums, self.sums):
            k = int(np.argmax(abs(sums - self.sums)))
            _, came = words.apart(float(self.sums), sums[k])
            return (
                f"{call}: every column of the result should sum to {self.sums:g}"
                f"{self.why}, but column {k} sums to {came}"
            )
        return f"{call}: {words.difference(self.expected, value)}"

    def _tuple_fault(self, call, outcome):
        expected, value = self.expected, as_arrays(outcome.value)
        names = words.parts(self.parts, expected)
        if value is None or len(value) != len(expected):
            came = words.kind(outcome.value)
            wanted = ", ".join(names)
            return KIND, f"{call} should return {wanted}, but returned {came}"
        parts = list(zip(names, expected, value, strict=True))
        for name, right, part in parts:
            if part.shape != right.shape:
                why = words.why_shape(right.shape, part.shape, self.args[0])
                said = f"{name} should have shape {right.shape}, but has {part.shape}"
                return SHAPE, f"{call}: {said}{why}"
        if outcome.changed:
            return CHANGED, self.overwritten(outcome)
        wrong = [part for part in parts if not close(*part[1:])]
        still = [names[k] for k in self.unmoved(outcome)]
        said = self._how_far(parts, wrong, still)
        return (VALUE, f"{call}: {said}") if wrong else None

    def _how_far(self, parts, wrong, still):
        """Say which parts are right, which are as they were, and where one is wrong."""
        bad = [name for name, *_ in wrong]
        good = [name for name, *_ in parts if name not in bad]
        said = [words.agree(good, "is right", "are right")] if good else []
        if still:
            stand = "is still what it was", "are still what they were"
            said.append(words.agree(still, *stand))
        moved = [part for part in wrong if part[0] not in still]
        if moved:
            # The last pair goes first: what is wrong there spoils those before it.
            pair = {name: k // 2 for k, (name, *_) in enumerate(parts)}
            name, right, part = max(moved, key=lambda item: pair[item[0]])
            said.append(f"{name}: {words.difference(right, part)}")
        return "; ".join(said)

    def unmoved(self, outcome):
        """Return which parts are wrong, since they are still what they were."""
        value = None if outcome.error else as_arrays(outcome.value)
        if value is None or not isinstance(self.expected, tuple):
            return []
        before = next((a for a in self.args if isinstance(a, tuple)), ())
        parts = zip(before, self.expected, value, strict=False)
        return [
            k
            for k, (old, right, part) in enumerate(parts)
            if old.shape == part.shape
            and np.allclose(old, part, 1e-12, 1e-15)
            and not close(right, part)
        ]

    def right(self):
        """Return what a right outcome is recognised by."""
        return {"value": self.expected, "changed": []}

    def of_moved(self, outcome, unmoved):
        """Return what an outcome is recognised by, None for parts that stood still."""
        found = self.signature(outcome)
        if unmoved and not outcome.error:
            parts = enumerate(found["value"])
            found["value"] = [None if k in unmoved else part for k, part in parts]
        return found

    def line_fault(self, outcome):
        """Return None or the fault of the printed lines."""
        if self.is_stale(outcome.printed):
            return PRINTED, (
                f"`{self.function}` prints the same loss in every line: predict anew "
                "for each of them, with the network as it is then"
            )
        if self.prints and not outcome.printed.strip():
            return PRINTED, (
                f"`{self.function}` prints nothing in {self.written()}: "
                f"{words.listing(list(self.prints))} should be seen as it goes"
            )
        for name, values in self.prints.items():
            if not told(outcome.printed, values):
                line = outcome.printed.strip().splitlines()[-1][:80]
                return PRINTED, (
                    f"{self.written()} should print {name} (at the end: "
                    f"{words.number(values[-1])}), but printed {line!r}"
                )
        return None

    def is_stale(self, printed):
        """Tell whether one loss alone is printed, in several lines and not the last."""
        seen = [loss for loss in self.losses if told(printed, [loss])]
        if len(seen) != 1 or seen == self.losses[-1:]:
            return False
        return sum(told(line, seen) for line in printed.splitlines()) > 1

    def overwritten(self, outcome):
        """Say which arguments were overwritten, "" where none was."""
        found = {}
        for first, *rest in outcome.changed:
            if first < len(self.args):
                name, arg = self.names[first], self.args[first]
                if isinstance(arg, tuple) and rest:
                    name = words.parts(self.parts, arg)[rest[0]]
                found[f"`{name}`"] = True
        if not found:
            return ""
        them = "them" if len(found) > 1 else "it"
        return (
            f"`{self.function}` changes {words.listing(found)}, which it was given: "
            f"its caller still needs {them} unchanged. `a -= b` and `a[i] = b` "
            "change an array, while `a = a - b` makes a new one"
        )

    def mixes_samples(self, outcome):
        """Tell whether what does not fit is the last axis of the first argument."""
        samples = np.shape(self.args[0])[-1:] if hasattr(self.args[0], "shape") else ()
        if outcome.error:
            return bool(set(samples) & set(outcome.error.get("sizes", ())))
        if isinstance(self.expected, tuple):
            return False
        came, right = np.shape(as_array(outcome.value)), np.shape(self.expected)
        return came == right[::-1] != right

    def signature(self, outcome):
        """Return what an outcome is recognised by."""
        if outcome.error:
            return error_signature(outcome)
        is_tuple = isinstance(self.expected, tuple)
        value = as_arrays(outcome.value) if is_tuple else None
        value = as_array(outcome.value) if value is None else value
        value = words.kind(outcome.value) if value is None else value
        found = {"value": value, "changed": outcome.changed}
        if self.dtype and not isinstance(value, str):
            found["dtype"] = value.dtype.name
        return found | self.told(outcome)

    def told(self, outcome):
        """Return whether anything is printed, and each thing that should be."""
        if not self.prints:
            return {}
        if self.is_stale(outcome.printed):
            return {"told": "stale"}
        numbers = [*self.prints.values(), self.instead]
        found = [told(outcome.printed, values) for values in numbers]
        return {"told": [bool(outcome.printed.strip()), *found]}


def size(value):
    """Return how many numbers there are in an array, or in a list of arrays."""
    return sum(map(size, value)) if isinstance(value, list | tuple) else np.size(value)


def raised(error):
    """Say in words what was raised."""
    file = f"{error['file']}, " if error.get("file") else ""
    line = f" ({file}line {error['line']})" if error["line"] else ""
    if error["type"] in FINAL:
        return f"was stopped: {error['message']}"
    if error["type"] == "MemoryError":
        return "was stopped: it needs more than 2 GB of memory"
    if error["type"] == "RecursionError":
        asked = "does a function of yours call itself?"
        return f"never stops calling functions{line}: {asked}"
    if error.get("why"):
        return f"stops{line}: {error['why']}"
    return f"raised {error['reason']}{line}"


def error_signature(outcome):
    """Return what an exception is recognised by: its type and how its text begins.

    Of a matrix product that does not fit, `@` and `np.dot` tell the sizes in two ways.
    """
    text = outcome.error["message"]
    matmul = r"matmul: .*\(size (\d+) is different from (\d+)\)"
    if sizes := re.match(rf"{matmul}|shapes .*: (\d+) .* != (\d+) ", text):
        text = "product of {} and {}".format(*sorted(filter(None, sizes.groups())))
    for told in (r"(index) -?\d+", r"(recursion depth exceeded).*"):  # by chance
        text = re.sub(told, r"\1", text)
    return {"error": outcome.error["type"], "text": text[:80]}


def told(printed, expected):
    """Tell whether one of some numbers is printed, with two digits at least."""
    # In many countries one writes 0,2346; no part of 1,2,3 or 1,0.23 is such a number.
    comma = r"(?<!\d)(?<!\d[.,])(\d+),(\d+)(?![.,]?\d)"
    printed += "\n" + re.sub(comma, r"\1.\2", printed)
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


def alike(a, b):
    """Tell whether a signature has all the parts of a known one; None fits all."""
    if a is None:
        return True
    if isinstance(b, dict):
        return all(key in a and alike(a[key], b[key]) for key in b)
    for kinds in (tuple | list, str):
        if isinstance(a, kinds) or isinstance(b, kinds):
            if not (isinstance(a, kinds) and isinstance(b, kinds)):
                return False
            return (
                a == b if kinds is str else len(a) == len(b) and all(map(alike, a, b))
            )
    return np.shape(a) == np.shape(b) and close(a, b)
