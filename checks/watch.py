"""Judge again whenever the file is saved, one question at a time.

It begins with the first question that is not right, and when that one turns right it
goes on to the next.
"""

import itertools

from checks.judge import RIGHT, judge
from checks.questions import CODED
from checks.report import Report, verdict_lines, wants_colour
from checks.runner import Answers, read_beside, read_source


def watch(path, data):
    """Watch a file until all its questions are right, or until Ctrl+C.

    Parameters
    ----------
    path : pathlib.Path
        Such as ``shallow.py``.
    data : dict
        The judge's data.

    Returns
    -------
    int
        0 when all questions are right, 1 when it was interrupted.
    """
    from watchfiles import watch as changes

    path, judged = path.resolve(), None
    try:
        # Editors replace a file rather than write it, so the folder is watched; and
        # the text is compared, for what was saved while the last one was judged.
        folder = changes(
            path.parent,
            recursive=False,
            rust_timeout=1000,  # milliseconds
            yield_on_timeout=True,
            raise_interrupt=True,
        )
        for changed in itertools.chain([set()], folder):
            saved = any(name == str(path) for _, name in changed)
            text = path.read_bytes() if path.exists() else None
            if text is not None and (saved or text != judged):
                judged = text
                if look(path, data) == CODED:
                    return 0
    except KeyboardInterrupt:
        print()
    return 1


def look(path, data):
    """Judge all questions, show the first that is not right, return those that are."""
    try:
        answers = Answers(read_source(path), path, beside=read_beside(path))
    except (OSError, ValueError) as error:
        print(error, flush=True)
        return []
    colour = wants_colour()
    if colour:
        print("\033[2J\033[H", end="")  # clear the screen
    right, shown = [], False
    for verdict in judge(answers, CODED, data):
        if verdict.verdict == RIGHT:
            right.append(verdict.number)
        elif not shown:
            shown = True
            lines = verdict_lines(verdict, colour)
            print(
                "\n".join([*Report([], answers.problems).closing(), *lines]),
                flush=True,
            )
    done, count = len(right), len(CODED)
    bar = "#" * (30 * done // count)
    print(f"\n[{bar:30}] {done} of {count} right", flush=True)
    if done == count:
        print("All questions that ask for code are right. Well done!")
    else:
        print(f"Waiting for {path.name} to be saved. Ctrl+C ends this.", flush=True)
    return right
