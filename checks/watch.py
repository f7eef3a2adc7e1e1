"""Judge again whenever the file is saved, one question at a time.

It begins with the first question that is not right. When that one turns right, it goes
on to the next.
"""

import contextlib
import itertools
import select
import sys

from checks.console import wrapped
from checks.hints import next_step
from checks.judge import RIGHT, Judge
from checks.report import PRAISE, remember, untold, verdict_lines, wants_colour
from checks.runner import Answers
from checks.words import spans


def watch(path, assignment):
    """Watch a file until all its questions are right (0), or until Ctrl+C (1)."""
    from watchfiles import watch as changes

    path, judged, shown, told = path.resolve(), None, None, None
    try:
        # Editors replace a file rather than write it, so the folder is watched; and
        # the text is compared, for what was saved while the last one was judged.
        folder = changes(
            path.parent,
            recursive=False,
            rust_timeout=500,  # milliseconds
            yield_on_timeout=True,
            raise_interrupt=True,
        )
        with keys() as pressed:
            for _ in itertools.chain([()], folder):
                text = path.read_bytes() if path.exists() else None
                if text not in (None, judged):
                    judged = text
                    done, shown, told = look(path, assignment, told)
                    if done:
                        return 0
                if pressed("h") and shown:
                    print(f"\n{next_step(shown.question, shown)}", flush=True)
    except KeyboardInterrupt:
        print()
    return 1


@contextlib.contextmanager
def keys():
    """Yield a function that tells whether a key was pressed, without waiting for it."""
    if not sys.stdin.isatty():
        yield lambda key: False
        return
    try:
        import termios
        import tty
    except ImportError:  # Windows
        import msvcrt

        yield lambda key: msvcrt.kbhit() and msvcrt.getwch().lower() == key
        return

    def pressed(key):
        waits, _, _ = select.select([sys.stdin], [], [], 0)
        return bool(waits) and sys.stdin.read(1).lower() == key

    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield pressed
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def look(path, assignment, before=None):
    """Judge all questions, show the first that is not right and praise what is new.

    Returned are whether all are right, the verdict that is shown, and the numbers of
    those that are right. `before` are those that were right at the last look.
    """
    try:
        answers = Answers.of(path, assignment)
    except (OSError, ValueError) as error:
        print(error, flush=True)
        return False, None, before
    colour = wants_colour()
    if colour:
        print("\033[2J\033[H", end="")  # clear the screen
    shown, verdicts = None, []
    for verdict in Judge(answers, assignment).verdicts(assignment.coded):
        verdicts.append(verdict)
        if verdict.verdict != RIGHT and not shown:
            shown, asked = verdict, verdict.question
            where = f"{asked.place}, Question {asked.number}" if asked.place else ""
            task = wrapped(f"{where}: {asked.task}") if where and asked.task else []
            lines = verdict_lines(verdict, colour)
            problems = untold(answers.problems, [verdict])
            print("\n".join([*problems, *lines, *task]), flush=True)
    remember(verdicts, path)
    right = {v.number for v in verdicts if v.verdict == RIGHT}
    # What could not be read this time has not become wrong.
    kept = {v.number for v in verdicts if v.unread} & (before or set())
    if before is not None and (new := sorted(right - before)):
        named = (
            f"Question {new[0]} is" if len(new) == 1 else f"Questions {spans(new)} are"
        )
        earned = assignment.questions[new[-1]].earned
        print()
        print("\n".join(wrapped(f"{named} now right. {PRAISE} {earned}")))
    done, count = len(right), len(assignment.coded)
    bar = "#" * (30 * done // count)
    print(f"\n[{bar:30}] {done} of {count} right")
    if done == count:
        print("All questions that ask for code are right. Well done!")
    else:
        key = " Press h for a hint." if sys.stdin.isatty() else ""
        print(f"Save {path.name} to have it judged again.{key} Press Ctrl+C to stop.")
    sys.stdout.flush()
    return done == count, shown, right | kept
