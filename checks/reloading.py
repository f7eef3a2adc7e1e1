"""In a notebook: a line about a saved file that `%autoreload` could not read or renew.

IPython says so in some forty lines, and only once. After that, the cells go on with the
functions as they were before.
"""

import ast
import functools
import importlib
import os
import re
import sys
import time
import traceback
from pathlib import Path

from checks.notebook import without_magic
from checks.words import listing
from checks.worker import parsed

shown = {}  # of each cell that is not a check or a hint: when it ran, and its names
judged = {}  # of each file: when it had been saved that was judged last


def watch_reloads(shell):
    """Let `%autoreload` say in one line, before each cell, what it could not do."""
    from IPython.display import clear_output
    from IPython.extensions import autoreload

    superreload, unread, renewed = autoreload.superreload, {}, set()
    if hasattr(superreload, "__wrapped__"):
        return  # it does so already

    @functools.wraps(superreload)
    def quietly(module, reload=importlib.reload, *args, **kwargs):
        name = module.__name__
        renewed.add(name)
        unread.pop(name, None)

        def noting(module):
            try:
                return reload(module)
            except Exception as error:
                unread[name] = why(error, Path(module.__file__))
                raise

        try:
            superreload(module, noting, *args, **kwargs)
        except Exception:
            pass  # what was not read is in `unread`, and `stale` finds the rest

    def tell(info):
        if match := re.match(r"\s*(check|hint)\(([\d, ]*)", info.raw_cell):
            if somebody_looks():
                print(f"Judging Question {match[2]} ..." if match[2] else "Judging ...")
                clear_output(wait=True)  # by the first output of the cell
            return  # these read the files themselves, and say so too
        names = {
            getattr(n, "id", "")
            for part in parsed(without_magic(info.raw_cell))
            for n in ast.walk(part)
        }
        shown[getattr(info, "cell_id", None) or info.raw_cell] = time.time(), names
        for line in [*unread.values(), *stale(shell.user_ns, renewed)]:
            print(line, file=sys.stderr, flush=True)

    autoreload.superreload = quietly
    shell.events.register("pre_run_cell", tell)


def somebody_looks():
    """Tell whether this is a notebook that is open, and not one that is recorded."""
    return "JPY_SESSION_NAME" in os.environ


def why(error, path):
    """Say why a file could not be read, and at which line."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename) == path
    ]
    reason = f"{type(error).__name__}: {error}"
    if isinstance(error, SyntaxError):
        lines, reason = [error.lineno], error.msg
    line = f", line {lines[-1]}" if lines and lines[-1] else ""
    kept = "The notebook still uses your last working version."
    return f"{path.name}{line}: {reason.rstrip('.?!')}. {kept}"


def stale(names, renewed):
    """Say which functions of a notebook are not those of the renewed modules."""
    old = []
    for name, value in names.items():
        module = sys.modules.get(getattr(value, "__module__", None))
        if callable(value) and getattr(module, "__name__", None) in renewed:
            new = getattr(module, getattr(value, "__name__", name), value)
            # Of a function that was renewed in place, the code is the new one's.
            if getattr(new, "__code__", new) is not getattr(value, "__code__", value):
                old.append(f"`{name}`")
    if not old:
        return []
    return [
        f"{', '.join(old)}: the notebook still uses an old version, because some "
        "changes, such as a new decorator, do not reach it while it runs. Restart the "
        "kernel and run the cells above again."
    ]


def run_again(files, functions):
    """Say which functions a cell has used before their file was saved, if one has."""
    saved = max((p.stat().st_mtime for p in files if p.exists()), default=0)
    old = set().union(*(names for at, names in shown.values() if at < saved))
    names = [f"`{name}`" for name in functions if name in old]
    if not names:
        return []
    return [
        f"To see it at work, run the cells with {listing(names)} again: they ran "
        "before you saved this answer."
    ]


def as_saved(path):
    """Say when a file was saved that is judged in a notebook, if that may be outdated.

    It may where it is the same as last time, or was saved more than a minute ago.
    """
    if not shown or not path.exists():
        return []
    saved = path.stat().st_mtime
    before, judged[path] = judged.get(path), saved
    if saved != before and time.time() - saved < 60:
        return []
    at = time.strftime("%H:%M", time.localtime(saved))
    return [
        f"This is about `{path.name}` as it was saved at {at}. If you have changed it "
        "since, save it (Ctrl+S) and check again."
    ]
