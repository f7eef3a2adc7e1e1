"""In a notebook: a line about a saved file that `%autoreload` could not read or renew.

IPython says so in some forty lines, and only once. After that, the cells go on with the
functions as they were before.
"""

import functools
import importlib
import math
import re
import sys
import time
import traceback
from pathlib import Path

latest = {}  # when the last cell ran that is not a check or a hint


def watch_reloads(shell):
    """Let `%autoreload` say in one line, before each cell, what it could not do."""
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
        if re.match(r"\s*(check|hint)\(", info.raw_cell):
            return  # these read the files themselves, and say so too
        latest["run"] = time.time()
        for line in [*unread.values(), *stale(shell.user_ns, renewed)]:
            print(line, file=sys.stderr, flush=True)

    autoreload.superreload = quietly
    shell.events.register("pre_run_cell", tell)


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


def run_again(files):
    """Say that the cells of a notebook ran before a file was saved, if they did."""
    saved = [path for path in files if path.exists()]
    newer = [p.name for p in saved if p.stat().st_mtime > latest.get("run", math.inf)]
    return [
        f"You saved `{name}` after the last cell ran: run the cells above again, so "
        "that they show what your new answer does."
        for name in newer[:1]
    ]
