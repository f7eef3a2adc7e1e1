"""How far an unfinished answer has come, by what its variables hold at its end."""

import numpy as np

from checks.cases import as_array, as_arrays, close
from checks.words import joined


def reached(question, call, trial):
    """Say how far an answer is, and tell whether no variable of it is in doubt.

    The text is "" where they hold nothing yet, or no more than what was returned shows.
    """
    case, outcome = trial.tried[0]
    pairs = call(case.function, *case.args, look="variables").value or []
    variables = [(name, as_array(value)) for name, value in pairs]
    points = question.waypoints
    places = [place(array, points) for _, array in variables]
    furthest = max(places, default=-1)
    returned = [place(part, points) for part in as_arrays(outcome.value) or ()]
    if furthest <= max(returned, default=-1) or not points[furthest][1]:
        return "", True
    last = max(k for k, at in enumerate(places) if at == furthest)
    said = f"`{variables[last][0]}` {points[furthest][1]}"
    doubt = in_doubt(points, variables, places)
    if not doubt:
        return said, True
    # The last sentence says what is still to come, or that no variable holds it.
    return joined(said.removesuffix(".").rpartition(". ")[0] or said, doubt), False


def place(array, points):
    """Return the number of the last waypoint that an array is at, -1 for none."""
    at = [k for k, (forms, _) in enumerate(points) if is_one_of(array, forms)]
    return max(at, default=-1)


def in_doubt(points, variables, places):
    """Say which variable has a shape that is needed next but is not right, or ""."""
    best = {}
    for (_, array), at in zip(variables, places, strict=True):
        best[np.shape(array)] = max(at, best.get(np.shape(array), -1))
    every = [(k, form) for k, (forms, _) in enumerate(points) for form in forms]
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
            return f"`{name}` has a shape that is needed, but not the right values yet"
    return ""


def is_one_of(array, forms):
    """Tell whether an array is one of some."""
    shape = np.shape(array)
    return any(shape == np.shape(form) and close(form, array) for form in forms)
