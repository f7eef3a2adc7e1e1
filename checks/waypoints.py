"""How far an unfinished answer has come, by what its variables hold at its end."""

import re

import numpy as np

from checks.cases import as_array, as_arrays, close
from checks.trial import UNWRITTEN
from checks.words import joined, listing


def reached(question, call, trial):
    """Say how far an answer is, and tell whether no variable of it is in doubt.

    The text is "" where they hold nothing yet, or no more than what was returned shows.
    """
    case, outcome = trial.tried[0]
    pairs = call(case.function, *case.args, look="variables").value or []
    variables = [(name, as_array(value)) for name, value in pairs]
    points = question.waypoints
    at = furthest(points, variables)
    returned = [("", part) for part in as_arrays(outcome.value) or ()]
    if not at[2] or at[0] <= furthest(points, returned)[0]:
        return "", True
    _, names, said = at
    said = f"{listing([f'`{name}`' for name in names])} {said}"
    doubt = in_doubt(points, variables)
    if not doubt and (not outcome.error or outcome.error["type"] in UNWRITTEN):
        return said, True
    # What is next is not said where a variable is in doubt, or a line is what it stops
    # at; the last sentence says what is still to come, or that no variable holds it.
    sentences = re.split(r"(?<=\.) ", said)
    kept = sentences[:1] if outcome.error else sentences[:-1] or sentences
    return joined(" ".join(kept), doubt), not doubt


def furthest(points, variables):
    """Return the last waypoint that is reached: its number, by which, and its sentence.

    Every group of its forms is held by one of the variables, the last one that does.
    """
    found = -1, [], ""
    for k, (groups, sentence) in enumerate(points):
        held = [[n for n, array in variables if is_one_of(array, g)] for g in groups]
        if all(held):
            found = k, [names[-1] for names in held], sentence
    return found


def place(array, points):
    """Return the number of the last waypoint that an array is at, -1 for none."""
    at = [k for k, (groups, _) in enumerate(points) if is_one_of(array, groups[0])]
    return max(at, default=-1)


def in_doubt(points, variables):
    """Say which variable has a shape that is needed next but is not right, or ""."""
    points = [point for point in points if len(point[0]) == 1]  # of a single variable
    places = [place(array, points) for _, array in variables]
    best = {}
    for (_, array), at in zip(variables, places, strict=True):
        best[np.shape(array)] = max(at, best.get(np.shape(array), -1))
    every = [(k, form) for k, ([forms], _) in enumerate(points) for form in forms]
    ahead = [form for k, form in every if k > best.get(np.shape(form), -1)]
    begun = False  # what comes before the first waypoint with a word on it is no step
    for (name, array), at in zip(variables, places, strict=True):
        begun = begun or (at >= 0 and points[at][1] != "")
        column = np.ravel(array)  # perhaps of what is right, as in a loop over samples
        if (
            not begun
            or at >= 0
            or any(
                np.shape(form)[1:] > (1,) and is_one_of(column, form.T)
                for _, form in every
            )
        ):
            continue
        if np.ndim(array) == 1 and is_one_of(array[:, None], ahead):
            return f"`{name}` should be a column, of shape {(*array.shape, 1)}"
        if np.shape(array) in map(np.shape, ahead):
            if is_one_of(0 - array, ahead):
                return f"`{name}` has the wrong sign"
            return (
                f"`{name}` is not right yet: its shape {np.shape(array)} fits, but its "
                "values are those of no step. Look at its line again: is a bracket, a "
                "factor, a sign or a transpose missing, and is each array the right one"
                "?"
            )
    return ""


def is_one_of(array, forms):
    """Tell whether an array is one of some."""
    shape = np.shape(array)
    return any(shape == np.shape(form) and close(form, array) for form in forms)
