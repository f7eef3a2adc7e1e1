"""How far an unfinished answer has come, by what its variables hold at its end."""

import re

import numpy as np

from checks import words
from checks.cases import CHANGED, TYPE, VALUE, Case, as_array, as_arrays, close
from checks.trial import UNWRITTEN
from checks.words import joined, listing

VAGUE = "no step of the way"
KEPT_BACK = "but not returned"
WRONG_SIGN = re.compile(r"`\w+` has the wrong sign")
NARROW = (
    "what your function computes or stores keeps the type of `{}`, uint8, which has "
    "room only for whole numbers from 0 to 255 (2 * 200 becomes 144): make floats of "
    "`{}` first"
)


def reached(question, call, trial):
    """Say how far an answer is, and tell whether no variable of it is in doubt.

    The text is "" where they hold nothing yet, or no more than what was returned shows.
    """
    for case, outcome in trial.faulty.values():
        if type(case) is Case:
            variables = held(call, case)
            if said := kept_back(case, outcome, variables):
                return said, True
            break
    if not question.waypoints:
        return "", True
    case, outcome = trial.tried[0]
    if narrow := in_bytes(call, case, outcome):
        return narrow, False
    points, variables = question.waypoints, held(call, case)
    k, names, said = furthest(points, variables)
    kind = (trial.faults[0] or [VALUE])[0]
    if kind in (TYPE, CHANGED):
        return "", True  # nothing else may be wrong
    is_vague = kind == VALUE or outcome.value is None and not is_stopped(outcome)
    came = as_arrays(outcome.value) or [as_array(outcome.value)]
    told_of = [array for array in came if array is not None] if is_vague else None
    doubt = in_doubt(points, variables, case.expected, told_of)
    returned = [("", part) for part in as_arrays(outcome.value) or ()]
    if not said or k <= furthest(points, returned)[0]:
        begun = "" if doubt or not trial.unreturned else begins(points, variables, case)
        return doubt or begun, not doubt
    is_right = not doubt and bool(re.match("(holds .*, and )?(is|are) right", said))
    said = f"{told(names)} {said}"
    # A result may hold more than the variables do.
    is_whole = outcome.value is not None and not case.unmoved(outcome)
    is_whole |= bool(outcome.printed.strip() and not case.prints)
    if not (doubt or is_whole or is_stopped(outcome)):
        return said, is_right
    # What is next is not said where a variable is in doubt, or a line is what it stops
    # at; the last sentence says what is still to come, or that no variable holds it.
    sentences = re.split(r"(?<=\.) ", said)
    kept = sentences[: 1 if is_whole or outcome.error else -1] or sentences
    return joined(" ".join(kept), doubt), is_right


def begins(points, variables, case):
    """Say which variables there are, where all of them are known or sizes of those."""
    own = {name: array for name, array in variables if name not in case.names}
    known = [form for groups, *_ in points for group in groups for form in group]
    known += [np.array(n) for form in known for n in np.shape(form)]
    if not own or not all(is_one_of(array, known) for array in own.values()):
        return ""
    return f"{words.agree([f'`{name}`' for name in own], 'is', 'are')} there. Go on"


def in_bytes(call, case, outcome):
    """Say that bytes are too narrow for what a function computes, "" if they are not.

    They are where the result is another one as soon as the arguments are floats.
    """
    narrow = [getattr(arg, "dtype", None) == np.uint8 for arg in case.args]
    value = as_array(outcome.value)
    if value is None or not any(narrow):
        return ""
    pairs = zip(case.args, narrow, strict=True)
    args = [arg.astype(float) if is_narrow else arg for arg, is_narrow in pairs]
    other = as_array(call(case.function, *args).value)
    if other is None or is_one_of(other, [value]):
        return ""
    name = case.names[narrow.index(True)]
    return NARROW.format(name, name)


def is_stopped(outcome):
    """Tell whether an error ended the function, and not that it is not written yet."""
    return bool(outcome.error) and outcome.error["type"] not in UNWRITTEN


def held(call, case):
    """Return the variables that a function has at its end, with their arrays."""
    pairs = call(case.function, *case.args, look="variables").value or []
    return [(name, as_array(value)) for name, value in pairs]


def told(names):
    """Write the names of variables in a sentence."""
    return listing([f"`{name}`" for name in dict.fromkeys(names)])


def kept_back(case, outcome, variables):
    """Say which variables hold all that is right and not returned, "" if none do."""
    right, came = case.expected, as_arrays(outcome.value)
    parts = words.parts(case.parts, right) if isinstance(right, tuple) else ["result"]
    if not isinstance(right, tuple):
        right, came = (right,), (as_array(outcome.value),)
    if came is None or len(came) != len(right):
        came = [None] * len(right)
    lost, names = [], []
    for part, form, array in zip(parts, right, came, strict=True):
        if not is_one_of(array, [form]):
            lost.append(part)
            names += [n for n, value in variables if is_one_of(value, [form])][-1:]
    is_chance = np.size(right[0]) < 2 and not np.any(right[0] % 1)
    if is_stopped(outcome) or not lost or len(names) < len(lost) or is_chance:
        return ""
    what = words.agree(lost, "is", "are")
    return f"The right {what} there at the end, in {told(names)}, {KEPT_BACK}."


def furthest(points, variables):
    """Return the last waypoint that is reached: its number, by which, and its sentence.

    Every group of its forms is held by one of the variables, the first one that does.
    Of a variable that is called as another step, it is said which one it holds.
    """
    steps, found = named(points), (-1, [], "")
    for k, (groups, sentence, called) in enumerate(points):
        held = [[n for n, array in variables if is_one_of(array, g)] for g in groups]
        if not all(held):
            continue
        names = [
            next((n for n in one if n == own or n not in steps), one[0])
            for one, own in zip(held, called, strict=True)
        ]
        [first, *more] = called
        name, here = names[0], steps.get(first)
        if not more and here is not None and name in {*steps} - {first}:
            own, other = np.shape(here), np.shape(steps[name])
            if own == other:
                said = f"holds the values of what the notebook calls `{first}`, and"
                sentence = f"{said} {sentence}"
            else:
                sentence = (
                    f"has shape {own}, while what the notebook calls so has {other}: "
                    f"it already holds the values of `{first}`."
                )
        found = k, names, sentence
    return found


def named(points):
    """Return the arrays of the steps that have a name, by that name."""
    return {
        name: group[0]
        for groups, sentence, called in points
        for name, group in zip(called, groups, strict=True)
        if sentence and name.isidentifier()
    }


def place(array, points):
    """Return the number of the last waypoint that an array is at, -1 for none."""
    at = [k for k, (groups, *_) in enumerate(points) if is_one_of(array, groups[0])]
    return max(at, default=-1)


def in_doubt(points, variables, expected, returned):
    """Say which variable has a shape that is needed next but is not right, or "".

    What is `expected` at the end is right, too. That one is not right, for whatever
    reason, is not said of what was `returned`, which is told anyway; nor of any where
    that is None, since something better is known.
    """
    points = [point for point in points if len(point[0]) == 1]  # of a single variable
    ends = expected if isinstance(expected, tuple) else (expected,)
    steps = named(points)
    points.append(([[*ends]], "", [""]))
    places = [place(array, points) for _, array in variables]
    shapes = [np.shape(array) for _, array in variables]
    at = list(zip(shapes, places, strict=True))
    every = [(k, form) for k, ([forms], *_) in enumerate(points) for form in forms]
    ahead = [
        form
        for k, form in every
        if points[k][1] and all(k > n for shape, n in at if shape == np.shape(form))
    ]
    due = {}  # the shape that comes next, by how many columns it has
    for k, form in every:
        if points[k][1] and k > max(places, default=-1):
            due.setdefault(np.shape(form)[1:], np.shape(form))
    known = [form for _, form in every]
    for i, (name, array) in enumerate(variables):
        if any(shape == shapes[i] and n >= 0 for shape, n in at[i:]):
            continue  # it is right, or what comes after it is
        if not np.any(array):
            continue  # it is still to be filled
        column = np.ravel(array)  # perhaps of what is right, as in a loop over samples
        matrices = [form for form in known if np.shape(form)[1:] > (1,)]
        if any(is_one_of(column, form.T) for form in matrices):
            continue
        if np.ndim(array) == 1 and is_one_of(array[:, None], ahead):
            turned = (*array.shape, 1)
            own = np.shape(steps[name]) if name in steps else turned
            if own == turned:
                return f"`{name}` should be a column, of shape {turned}"
            other = f"what the notebook calls so has shape {own}"
            return f"`{name}` has shape {shapes[i]}, while {other}"
        for form in matrices if shapes[i] not in map(np.shape, known) else ():
            rows, columns = np.shape(form)
            if shapes[i] in ((rows,), (rows, 1)) and (columns,) in map(np.shape, ahead):
                return (
                    f"`{name}` has shape {shapes[i]}, a number for each row, but one "
                    "for each column is needed: which axis runs down the columns?"
                )
        if shapes[i] and is_one_of(0 - array, ahead):
            return f"`{name}` has the wrong sign, unless a later line corrects it"
        is_told = returned is None or is_one_of(array, returned)
        if is_told or not shapes[i] or shapes[i] not in map(np.shape, ahead):
            continue
        if any(is_multiple(array, form) for form in ahead):
            return (
                f"`{name}` is right but for a factor, the same one for all its entries"
            )
        if (shape := due.get(shapes[i][1:], shapes[i])) != shapes[i]:
            said = f"`{name}` has shape {shapes[i]}, and it is {VAGUE}"
            return f"{said}: what comes next has shape {shape}"
        return (
            f"`{name}` is not right yet: its shape {shapes[i]} fits, but its values "
            f"match {VAGUE}. Look at its line again, and at what goes into it: is a "
            "bracket, a factor, a sign or a transpose missing, and is each array the "
            "right one?"
        )
    return ""


def is_multiple(array, form):
    """Tell whether an array is another one times a number."""
    if np.shape(array) != np.shape(form):
        return False
    largest = np.argmax(abs(form))
    with np.errstate(all="ignore"):
        return close(np.ravel(array)[largest] / np.ravel(form)[largest] * form, array)


def is_one_of(array, forms):
    """Tell whether an array is one of some."""
    shape = np.shape(array)
    return array is not None and any(
        shape == np.shape(form) and close(form, array) for form in forms
    )
