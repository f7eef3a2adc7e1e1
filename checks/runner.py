"""The thin layer between the judge and the functions that it judges.

`Answers` runs them in a process of their own, with limits of time and memory, and
`TrustedAnswers` in this one, for the project's own functions. The judge gives both of
them arrays and numbers, and gets an `Outcome`.
"""

import contextlib
import dataclasses
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tokenize
from pathlib import Path

from checks import notebook, worker
from checks.words import listing, spans

SECONDS = 10  # of the processor that the answer to a question may take
IMPORT = 10  # of the processor that reading the files may take
ASLEEP = 10  # seconds that it may wait for something, such as `input()`
PATIENCE = 90  # seconds after which a machine is too busy to judge
TICK = 0.2  # seconds between two looks at the processes
LONGEST = 2**25  # bytes of all that one process of the worker sends
MANY = 1000  # calls of other functions in one call, after which it is these that count
PARTS = 300_000  # commas and open brackets in a reply, so that it is read in no time
WHERE = Path(__file__).with_name("worker.py")
SETTINGS = {"MPLBACKEND": "agg"} | {
    f"{library}_NUM_THREADS": "1"
    for library in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM")
}
NOT_RUN = {  # why a statement fails that may well run elsewhere
    "FileNotFoundError": "it reads a file that is not there",
    "EOFError": "it asks for something to be typed",
    "NameError get_ipython": "this is not IPython",
}
FINAL = ("Timeout", "Stopped", "Busy")


@dataclasses.dataclass
class Outcome:
    """What a call did.

    Attributes
    ----------
    value : object
        What it returned: numbers, arrays, lists and tuples of these, text or
        `worker.Other`.
    error : None or dict
        The exception: `type`, `message`, `line` in the student's file and `reason`, the
        first two in words. The judge's own types are "Timeout" (it takes too long),
        "Stopped" (it ended by itself) and "Busy" (the machine had no time for it).
    printed : str
        What it printed.
    changed : list of list of int
        Arguments that it overwrote; ``[2, 0]`` is the first part of the third one.
    peak : None or int
        Bytes of memory, where asked for.
    updates : list
        For `loops.Watched`: the arguments of each update.
    """

    value: object = None
    error: dict | None = None
    printed: str = ""
    changed: list = dataclasses.field(default_factory=list)
    peak: int | None = None
    updates: list = dataclasses.field(default_factory=list)

    @property
    def is_final(self):
        """Whether the process was stopped, so that no further call can be made."""
        return bool(self.error) and self.error["type"] in FINAL

    @classmethod
    def of(cls, reply):
        """Read a reply; one that the worker did not write counts as an exception."""
        try:
            error = reply["error"]
            if error is not None:
                line, file = error["line"], error.get("file")
                keys = ("type", "message", "reason")
                error = {key: str(error[key])[:300] for key in keys}
                error["line"] = line if type(line) is int else None
                error["file"] = str(file)[:100] if file else None
                error["why"] = str(reply["error"].get("why") or "")[:400]
                sizes = list(reply["error"].get("sizes") or [])
                error["sizes"] = [int(size) for size in sizes[:2]]
            places = [[int(part) for part in place] for place in reply["changed"]]
            if not all(places) or len(places) > worker.LONGEST:
                raise ValueError("no places")
            return cls(
                value=None if reply["value"] is None else worker.decode(reply["value"]),
                error=error,
                printed=str(reply["printed"])[: worker.TEXT],
                changed=places,
                peak=reply["peak"] if type(reply["peak"]) is int else None,
            )
        except (KeyError, TypeError, ValueError, OverflowError) as malformed:
            return cls(error=stopped(f"it sent no proper reply ({malformed})"))


def describe(problem):
    """Say what is wrong with a file, and at which line."""
    where = f"line {problem['line']}: " if problem.get("line") else ""
    return f"{problem.get('file')}, {where}{problem.get('reason')}"[:500]


def describe_all(problems):
    """Say what is wrong with files; in one line each, what only is not run here.

    That is what needs a file, something typed or IPython, and what needs that.
    """
    lines, away, lost = [], {}, set()
    for problem in problems:
        kind, message = str(problem.get("type")), str(problem.get("message"))
        name = re.match(r"name '(\w+)' is not defined", message)
        if kind == "NameError" and name and name[1] in lost:
            why = ""
        else:
            why = NOT_RUN.get(f"{kind} {name[1]}" if name else kind)
        if why is None or not isinstance(problem.get("line"), int):
            lines.append(describe(problem))
            continue
        lost |= {str(name) for name in problem.get("binds", [])}
        file = str(problem.get("file"))
        if file not in away:
            away[file] = len(lines), [], []
            lines.append("")
        away[file][1].append(problem["line"])
        if why and why not in away[file][2]:
            away[file][2].append(why)
    for file, (place, numbers, reasons) in away.items():
        where = f"{file}, line{'s' * (len(numbers) > 1)} {spans(numbers)}"
        since = f"since {listing(reasons)}; " if reasons else ""
        lines[place] = f"{where}: not run here, {since}that alone costs no points"[:500]
    return lines


def causes(problems, key):
    """Return which problem is the cause of a missing name, by name."""
    return {
        str(name): describe(problem)
        for problem in reversed(problems)
        for name in problem.get(key, [])
    }


def stopped(reason, kind="Stopped"):
    """Return the error of a call that did not come to its end."""
    return {"type": kind, "message": reason, "line": None, "reason": reason}


def read_source(path):
    """Return the text of a Python file, whatever its encoding.

    Raises
    ------
    OSError
        When there is no such file, or it cannot be read.
    ValueError
        When it is no text in the encoding that it claims.
    """
    try:
        with tokenize.open(path) as file:
            return file.read()
    except OSError as error:
        raise type(error)(f"cannot read {path}: {error.strerror}") from None
    except (SyntaxError, UnicodeError) as error:
        raise ValueError(f"{path} is not a text in UTF-8: {error}") from None


def read_beside(path, files=None):
    """Return the texts of the other files of an assignment beside one, by name."""
    if files is None:
        from checks.given import ASSIGNMENT

        files = ASSIGNMENT.files
    others = [Path(path).with_name(name) for name in files[1:]]
    return {other.name: read_source(other) for other in others if other.exists()}


class Answers:
    """The functions of a student's files, in a process of their own for every question.

    Parameters
    ----------
    source : str
        The text of the file.
    path : path-like
        Where it lies: its folder is where its imports are looked for.
    beside : dict of str to str, optional
        The names and texts of other files, which may import from it and it from them.
    files : sequence of str, optional
        The names of the files in which answers are looked for, those that are imported
        as the first one before all; by default those of the assignment.
    seconds : float, optional
        Of the processor, that the answer to a question may take.
    sandbox : object, optional
        How to start the process where that is not an ordinary one: `command`,
        `environment`, and the `folder` that stands for the file's own.
    unread : dict of str to str, optional
        Functions that are in a cell which Python cannot read, and why it cannot.
    remarks : list of str, optional
        What is wrong with the file that its text does not show any more.

    Attributes
    ----------
    problems : list of str
        What is wrong with the file as a whole, once a process has read it.
    definitions_only : bool
        Whether the rest of the file is left out, since something in it does not end.
    late : bool
        Whether the last process was stopped since its time was up.
    """

    def __init__(
        self,
        source,
        path="answers.py",
        *,
        beside=None,
        files=None,
        seconds=None,
        sandbox=None,
        unread=None,
        remarks=(),
    ):
        if files is None:
            from checks.given import ASSIGNMENT

            files = ASSIGNMENT.files
        self.source = source
        self.path = Path(path)
        self.beside = beside or {}
        self.files = list(files)
        self.seconds = seconds
        self.sandbox = sandbox
        self.unread = unread or {}
        self.remarks = list(remarks)
        self.definitions_only = False
        self.problems = []
        self.slow = ""
        self.late = False
        self.process = None

    @classmethod
    def of(cls, path, assignment=None):
        """Read a module, or the definitions in a notebook, and the files beside it.

        Raises
        ------
        OSError, ValueError
            As `read_source` does; a ValueError also where a notebook is none.
        """
        if assignment is None:
            from checks.given import ASSIGNMENT as assignment

        path, files = Path(path), assignment.files
        beside = read_beside(path, files)
        if path.suffix != ".ipynb":
            return cls(read_source(path), path, beside=beside, files=files)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise type(error)(f"cannot read {path}: {error.strerror}") from None
        all_cells = notebook.read(content, path.name)
        cells = notebook.code(all_cells, path.name)
        remarks, unread = notebook.unread(cells)
        wanted = set(assignment.parameters)
        raw = notebook.raw(all_cells, path.name)
        unread |= {name: why for name, why in raw.items() if name in wanted}
        source, _ = notebook.choose(cells, wanted, set(), assignment.given)
        return cls(
            f"{source}\n",
            path.with_name(notebook.FILENAME),
            beside=beside,
            files=files,
            unread=unread,
            remarks=remarks,
        )

    @contextlib.contextmanager
    def open(self):
        """Start a process, which has read the files; it ends with the block.

        Where the system can, one process reads the files and is copied for each block.
        It has `names`, `problems` and a method `call`.
        """
        process = self.process or _Process(self)
        self.process = None
        if process.error and not process.is_busy and not self.definitions_only:
            # Something in the file does not end. The definitions alone may do.
            reason, self.definitions_only = process.error["reason"], True
            process.close()
            process = _Process(self)
            self.slow = f"while {self.path.name} is imported: {reason}"
        try:
            slow = [self.slow] if self.definitions_only else []
            self.problems = [*self.remarks, *slow, *process.problems]
            process.begin(SECONDS if self.seconds is None else self.seconds)
            yield process
            if process.end():
                self.process = process
        finally:
            self.late = process.is_late
            if self.process is None:
                process.close()

    def close(self):
        """End the process that waits for the next question."""
        if self.process:
            self.process.close()
            self.process = None

    def __del__(self):
        """End it also where nobody said so."""
        self.close()


class _Process:
    """One process of the worker, and a clock that stops it."""

    def __init__(self, answers):
        command, folder = [sys.executable, "-I", str(WHERE)], answers.path.resolve()
        environment, folder = os.environ | SETTINGS, str(folder.parent)
        self.is_seen = sys.platform == "linux"
        if answers.sandbox:
            command, folder = answers.sandbox.command, answers.sandbox.folder
            environment = answers.sandbox.environment
            self.is_seen &= answers.sandbox.is_seen
        self.error = None
        self.room = LONGEST
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.over = threading.Event()
        self._restart(IMPORT)
        try:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=self.folder.name,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:  # no room for another process
            self.process = None
            self.error = stopped(f"no process could be started ({error})", "Busy")
        threading.Thread(target=self._watch, daemon=True).start()
        ready = self._exchange(
            {
                "source": answers.source,
                "filename": answers.path.name,
                "files": answers.files,
                "folder": folder,
                "definitions_only": answers.definitions_only,
                "beside": answers.beside,
            }
        )
        if not ready and not self.is_late:
            self.error = stopped("no process could be started", "Busy")
        hello = self._receive()
        self.names, self.empty, self.forks = set(), set(), False
        self.problems, self.failed, self.unread = [], {}, {}
        try:
            if not self.error:
                self.names = set(map(str, hello["names"]))
                self.empty = set(map(str, hello["empty"]))
                self.problems = describe_all(hello["problems"])
                self.failed = {k: str(v)[:200] for k, v in hello["inside"].items()}
                self.failed |= causes(hello["problems"], "binds")
                self.unread = answers.unread | causes(hello["problems"], "hides")
                self.forks = hello["forks"] is True
        except (KeyError, TypeError, AttributeError) as malformed:
            self.error = stopped(f"it sent no proper reply ({malformed})")

    @property
    def is_late(self):
        """Whether it was stopped since its time was up."""
        return bool(self.error) and self.error["type"] == "Timeout"

    @property
    def is_busy(self):
        """Whether the machine had no time or no room for it."""
        return bool(self.error) and self.error["type"] == "Busy"

    def begin(self, seconds):
        """Begin a question, which may take some seconds of the processor."""
        self._restart(seconds)
        if self.forks:
            self.forks = self._exchange({"begin": True}).get("begun") is True

    def end(self):
        """End a question; return whether another one can begin."""
        return bool(
            self.forks and self._exchange({"end": True}).get("over") and not self.error
        )

    def call(self, name, *args, ask=None, standins=(), measure=False, **kwargs):
        """Call a function.

        Parameters
        ----------
        name : str
            The function.
        *args, **kwargs
            Its arguments.
        ask : function of a name, a list and a dict, optional
            What the functions in `standins` ask; it returns None where it does not
            know, and a list of one value where it does.
        standins : sequence of str
            Functions that ask.
        measure : bool
            Whether to measure the memory.

        Returns
        -------
        Outcome
        """
        message = {
            "name": name,
            "args": [worker.encode(arg) for arg in args],
            "kwargs": {key: worker.encode(value) for key, value in kwargs.items()},
            "standins": list(standins),
            "measure": measure,
        }
        for asked in itertools.count():
            reply = self._exchange(message)
            if self.error:
                if asked > MANY and self.room <= 0:
                    self.error = stopped(
                        f"it has called functions of yours {asked} times: does a loop "
                        "never end?"
                    )
                return Outcome(error=self.error)
            if "ask" not in reply:
                return Outcome.of(reply)
            message = answer(ask, reply)

    def close(self):
        """End the process, and what it has started."""
        self.over.set()
        self._kill()
        if self.process:
            for stream in (self.process.stdin, self.process.stdout):
                with contextlib.suppress(OSError):
                    stream.close()
            self.process.wait()
        self.folder.cleanup()

    def _exchange(self, message):
        """Send a message and wait for the reply; ``{}`` when there will be none."""
        self.judging = time.thread_time() - self.before
        if self.error:
            return {}
        line = json.dumps(message).encode() + b"\n"
        self.waiting = True  # it may also wait for room in the pipe
        try:
            self.process.stdin.write(line)
            self.process.stdin.flush()
        except (OSError, ValueError):
            pass  # it has ended, which the next line finds
        return self._receive("over" if message == {"end": True} else "")

    def _receive(self, last=""):
        """Wait for a reply; ``{}`` when there will be none."""
        if self.error:
            return {}
        reason = "it ended Python, or ran out of memory"
        try:
            self.waiting = True
            line = self.process.stdout.readline(self.room)
            self.waiting = False
            self.room -= len(line)
            if sum(map(line.count, (b"{", b"[", b","))) > PARTS:
                reason = "it sent a reply of too many parts"
            elif line.endswith(b"\n"):
                reply = json.loads(line)
                if isinstance(reply, dict) and ("over" not in reply or last == "over"):
                    return reply
        except (OSError, ValueError, RecursionError):
            pass  # the process has ended, or wrote something else
        if self.room <= 0:
            reason = (
                f"it passed on or returned more than {LONGEST // 2**20} MB; perhaps a "
                "loop never ends"
            )
        self.error = self.error or stopped(reason)
        return {}

    def _restart(self, seconds):
        """Count the time from here: the worker's, and the judge's for its replies."""
        self.seconds, self.used = seconds, None
        self.asleep, self.start = 0.0, time.monotonic()
        self.judging, self.before, self.waiting = 0.0, time.thread_time(), False

    def _watch(self):
        """Stop the process when its time is up."""
        while self.process and not self.over.wait(TICK):
            passed = time.monotonic() - self.start
            if not self.is_seen:
                if passed > 2 * self.seconds:
                    self._stop(f"it did not end within {passed:.3g} seconds")
                continue
            seconds, active = usage(self.process.pid)
            if self.used is None:
                self.used = seconds
            self.asleep += TICK if self.waiting and not active else 0
            if seconds - self.used + self.judging > self.seconds:
                self._stop(f"it did not end within {self.seconds:.3g} seconds")
            elif self.asleep > ASLEEP:
                self._stop(
                    f"it waits for something and still did after {ASLEEP} seconds"
                )
            elif passed > PATIENCE:
                self._stop("the machine was too busy to judge it", "Busy")

    def _stop(self, reason, kind="Timeout"):
        self.error = self.error or stopped(reason, kind)
        self.over.set()
        self._kill()

    def _kill(self):
        with contextlib.suppress(OSError, AttributeError):
            if os.name == "posix":
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()


def usage(session):
    """Return the seconds of the processor that a session took, and if it wants more.

    Those that Linux tells: of its processes that run, and of those that have ended.
    """
    ticks, active = 0, False
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        if int(fields[3]) == session:
            ticks += sum(map(int, fields[11:15]))
            active |= fields[0] in "RD"
    return ticks / os.sysconf("SC_CLK_TCK"), active


class TrustedAnswers:
    """The same without a process or limits, for functions that one trusts."""

    error = None  # it is never stopped

    def __init__(self, source, path="answers.py", *, beside=None, files=None):
        if files is None:
            from checks.given import ASSIGNMENT

            files = ASSIGNMENT.files
        self.functions = worker.Functions(
            source, Path(path).name, beside=beside, files=files
        )
        self.names = set(self.functions.names())
        self.empty = self.functions.empty
        problems = self.functions.problems
        self.problems = describe_all(problems)
        self.failed = worker.inside(source) | causes(problems, "binds")
        self.unread = causes(problems, "hides")

    @contextlib.contextmanager
    def open(self):
        """Yield this object itself."""
        yield self

    def call(self, name, *args, ask=None, standins=(), measure=False, **kwargs):
        """Call a function, as `_Process.call` does."""

        def asking(name, args, kwargs):
            reply = {
                "ask": name,
                "args": [worker.encode(arg) for arg in args],
                "kwargs": {key: worker.encode(value) for key, value in kwargs.items()},
            }
            known = answer(ask, reply)
            return known and [worker.decode(value) for value in known]

        args = [copied(arg) for arg in args]
        kwargs = {key: copied(value) for key, value in kwargs.items()}
        reply = self.functions.call(name, args, kwargs, standins, asking, measure)
        return Outcome.of(reply)


def copied(value):
    """Return a value as it would arrive in another process."""
    return worker.decode(worker.encode(value))


def answer(ask, reply):
    """Answer what a stand-in asks; None where unknown."""
    try:
        args = [worker.decode(arg) for arg in reply["args"]]
        kwargs = {key: worker.decode(value) for key, value in reply["kwargs"].items()}
        known = ask(str(reply["ask"]), args, kwargs) if ask else None
    except (
        AttributeError,
        LookupError,
        MemoryError,
        OverflowError,
        TypeError,
        ValueError,
    ):
        return None  # not asked as one would ask: the student's own function answers
    return known and [worker.encode(value) for value in known]
