"""Runs functions of this project in a process apart, under a clock.

What students hand in is read there, and their pages are written there. Whatever one
submission does to that, a loop that does not end or a crash of Python, costs that
submission alone.
"""

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 20  # of the processor's time
PATIENCE = 10  # times as long by the clock, on a machine that is busy
MEMORY = 3 * 2**30  # bytes
# What `Popen.wait` returns where a clock has ended the process.
KILLED = {-getattr(signal, name, 1000) for name in ("SIGPROF", "SIGKILL")}


class Failed(Exception):
    """What went wrong apart, in a few words; `details` are for the maintainer."""

    def __init__(self, reason, details=""):
        super().__init__(reason)
        self.details = details or reason


class Apart:
    """A process that calls one function after the other; a new one where it ended."""

    def __init__(self):
        self.process = None

    def call(self, function, *args, seconds=SECONDS):
        """Return what a function returns that stands at the top of a module.

        It may take some seconds of the processor's time. What it gets and returns is
        pickled. Raises `Failed` when it raised, ended Python or did not end in time.
        """
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "grading.apart"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
            )
        clock = threading.Timer(PATIENCE * seconds, self.process.kill)
        clock.start()
        try:
            pickle.dump((function, args, seconds), self.process.stdin)
            self.process.stdin.flush()
            done, *said = pickle.load(self.process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError):
            late = self.close() in KILLED
            why = (
                f"it did not end in {seconds:g} seconds" if late else "it ended Python"
            )
            raise Failed(why) from None
        finally:
            clock.cancel()
        if not done:
            raise Failed(*said)
        return said[0]

    def close(self):
        """End the process; return its code, None where there is none."""
        process, self.process = self.process, None
        if process is None:
            return None
        with contextlib.suppress(OSError):
            process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        process.stdout.close()
        return process.wait()


def serve():
    """Call what is asked for, until nothing more is."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what is printed must not get between the replies
    while True:
        try:
            function, args, seconds = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        set_clock(seconds)
        try:
            reply = True, function(*args)
        except Exception as error:
            said = f"{type(error).__name__}: {error}"[:200]
            reply = False, said, traceback.format_exc()[-5000:]
        set_clock(0)
        pickle.dump(reply, replies)
        replies.flush()


def set_clock(seconds):
    """Have the system end this process after so many seconds of work, where it can."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def limit_memory():
    """Let this process have no more memory than the limit, where that can be set."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    limit_memory()
    # A grammar of web addresses, which jsonschema makes at its import if it is there,
    # and no notebook needs: without it, this process starts in a third of the time.
    sys.modules["rfc3987_syntax"] = None
    threading.stack_size(2**26)  # for code that is nested deeply
    thread = threading.Thread(target=serve)
    thread.start()
    thread.join()
