"""The thin layer between the judge and the functions that it judges.

`Answers` runs them in a process of their own, with limits of time and memory, and
`TrustedAnswers` in this one, for the project's own functions. The judge gives both of
them arrays and numbers, and gets an `Outcome`.
"""

import contextlib
import dataclasses
import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from importlib.util import decode_source
from pathlib import Path

from checks import notebook, worker
from checks.cases import FINAL
from checks.questions import changed, given
from checks.words import listing, spans

SECONDS = 10  # of the processor that the answer to a question may take
IMPORT = 10  # of the processor that reading the files may take
ASLEEP = 10  # seconds that it may wait for something, such as `input()`
PATIENCE = 90  # seconds after which a machine is too busy to judge
TICK = 0.2  # seconds between two looks at the processes
LONGEST = 2**25  # bytes of all that one process of the worker sends
PARTS = 300_000  # commas and open brackets in a reply, so that it is read in no time
WHERE = Path(__file__).with_name("worker.py")
SETTINGS = {"MPLBACKEND": "agg"} | {
    f"{library}_NUM_THREADS": "1"
    for library in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM")
}
NEEDS = "what is used there depends on that"
NOT_RUN = {  # why a statement fails that may well run elsewhere
    "FileNotFoundError": "a file that is read there is missing",
    "EOFError": "something is to be typed there",
    "NameError get_ipython": "only IPython knows what is called there",
}


@dataclasses.dataclass
class Outcome:
    """What a call did.

    The judge has types of errors of its own: "Timeout" (it takes too long), "Stopped"
    (it ended by itself) and "Busy" (the machine had no time for it).
    """

    value: object = None  # numbers, arrays, lists, tuples, text or `worker.Other`
    error: dict | None = None  # the exception, as `Functions._describe` returns it
    printed: str = ""
    changed: list = dataclasses.field(default_factory=list)  # see `worker.changes`
    peak: int | None = None  # bytes of memory, where asked for
    updates: list = dataclasses.field(default_factory=list)  # for `loops.Watched`

    @property
    def is_final(self):
        """Whether the process was stopped, so that no further call can be made."""
        return bool(self.error) and self.error["type"] in FINAL

    @classmethod
    def of(cls, reply):
        """Read a reply; one that the worker did not write counts as an exception."""
        try:
            if error := reply["error"]:
                texts = ("type", "message", "reason", "why")
                line, file = error["line"], error["file"]
                error = {key: str(error[key])[:400] for key in texts} | {
                    "line": line if type(line) is int else None,
                    "file": str(file)[:100] if file else None,
                    "sizes": [int(size) for size in error["sizes"][:2]],
                }
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


def describe_all(problems):
    """Say what is wrong with files; in one line each, what only is not run here.

    That is what needs a file, something typed or IPython, and what needs that.
    """
    found, lost = {}, set()  # lines; of what is not run in a file: numbers by reason
    for problem in problems:
        kind, message = str(problem.get("type")), str(problem.get("message"))
        name = re.match(r"name '(\w+)' is not defined", message)
        why = NOT_RUN.get(f"{kind} {name[1]}" if name else kind)
        if kind == "NameError" and name and name[1] in lost:
            why = NEEDS
        if why is None or not isinstance(problem.get("line"), int):
            found[describe(problem)] = None
            continue
        lost |= set(map(str, problem.get("binds", [])))
        reasons = found.setdefault((str(problem.get("file")),), {})
        reasons.setdefault(why, []).append(problem["line"])
    return [
        f"{not_run(*line, said) if said else line}"[:500]
        for line, said in found.items()
    ]


def not_run(file, reasons):
    """Say which lines of a file are not run here, and why."""
    said = [
        f"line{'s' * (len(lines) > 1)} {spans(lines)} ({why})"
        for why, lines in reasons.items()
    ]
    are = "are" if sum(map(len, reasons.values())) > 1 else "is"
    return f"{file}: {listing(said)} {are} not run here; that alone costs no points"


def describe(problem):
    """Say what is wrong with a file, and at which line."""
    where = f"line {problem['line']}: " if problem.get("line") else ""
    return f"{problem.get('file')}, {where}{problem.get('reason')}"[:500]


def causes(problems, key):
    """Return which problem is the cause of a missing name, by name."""
    names = [(str(name), p) for p in problems[::-1] for name in p.get(key, [])]
    return {name: describe(problem) for name, problem in names}


def stopped(reason, kind="Stopped"):
    """Return the error of a call that did not come to its end."""
    said = {"type": kind, "message": reason, "reason": reason, "why": ""}
    return said | {"line": None, "file": None, "sizes": []}


def read_bytes(path):
    """Return the content of a file; an OSError says in words what is wrong with it."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise type(error)(f"cannot read {path}: {error.strerror}") from None


def read_source(path):
    """Return the text of a Python file, whatever its encoding.

    Raises
    ------
    OSError, ValueError
        When it cannot be read, or is no text in the encoding that it claims.
    """
    try:
        return decode_source(read_bytes(path))
    except (SyntaxError, UnicodeError) as error:
        raise ValueError(f"{path} is not a text in UTF-8: {error}") from None


def read_beside(path, files=None):
    """Return the texts of the other files of an assignment beside one, by name."""
    files = given().files if files is None else files
    others = [Path(path).with_name(name) for name in files[1:]]
    return {other.name: read_source(other) for other in others if other.exists()}


@dataclasses.dataclass(eq=False, repr=False)
class Answers:
    """A student's functions, in a process of their own for every question."""

    source: str  # the text of the file
    path: Path = Path("answers.py")  # its folder is where its imports are looked for
    _: dataclasses.KW_ONLY
    # The names and texts of other files, which may import from it and it from them.
    beside: dict | None = None
    # The names of the files in which answers are looked for, those that are imported as
    # the first one before all; by default those of the assignment.
    files: list | None = None
    seconds: float | None = None  # of the processor that a question may take
    # How to start the process where that is not an ordinary one: `command`,
    # `environment`, and the `folder` that stands for the file's own.
    sandbox: object = None
    # Functions that are in a cell which Python cannot read, and why it cannot.
    unread: dict | None = None
    remarks: list = ()  # what is wrong with the file, and its text no longer shows
    # What is wrong with the files, once a process has read them.
    problems: list = dataclasses.field(default_factory=list, init=False)

    definitions_only, slow = False, ""  # whether the rest does not end, and why
    late = False  # whether the last process was stopped as its time was up
    process = None

    def __post_init__(self):
        """Fill in what was left out."""
        self.path, self.beside = Path(self.path), self.beside or {}
        self.texts = {self.path.name: self.source} | self.beside
        self.files = list(given().files if self.files is None else self.files)
        self.unread = self.unread or {}

    @classmethod
    def of(cls, path, assignment=None):
        """Read a module, or the definitions in a notebook, and the files beside it.

        Raises
        ------
        OSError, ValueError
            As `read_source` does; a ValueError also where a notebook is none.
        """
        assignment = assignment or given()
        path, files = Path(path), assignment.files
        more = {"beside": read_beside(path, files), "files": files}
        if path.suffix != ".ipynb":
            source = read_source(path)
            texts = {path.name: source} | more["beside"]
            remarks = changed(texts, assignment.kept)
            return cls(source, path, remarks=remarks, **more)
        all_cells = notebook.read(read_bytes(path), path.name)
        cells = notebook.code(all_cells, path.name)
        remarks, unread = notebook.unread(cells)
        wanted = set(assignment.parameters)
        raw = notebook.raw(all_cells, path.name)
        unread |= {name: why for name, why in raw.items() if name in wanted}
        source, _ = notebook.choose(cells, wanted, set(), assignment.given)
        path = path.with_name(notebook.FILENAME)
        return cls(f"{source}\n", path, unread=unread, remarks=remarks, **more)

    @contextlib.contextmanager
    def open(self):
        """Start a process, which has read the files; it ends with the block.

        Where the system can, one process reads the files and is copied for each block.
        """
        process, self.process = self.process or _Process(self), None
        if process.error and not process.is_("Busy") and not self.definitions_only:
            # Something in the file does not end. The definitions alone may do.
            self.slow = f"while {self.path.name} is imported: {process.error['reason']}"
            self.definitions_only = True
            process.close()
            process = _Process(self)
        try:
            slow = [self.slow] if self.definitions_only else []
            self.problems = [*self.remarks, *slow, *process.problems]
            process.begin(SECONDS if self.seconds is None else self.seconds)
            yield process
            if process.end():
                self.process = process
        finally:
            self.late = process.is_("Timeout")
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


class _Functions:
    """Functions that can be called, and what is known of them.

    These are their `names`, those that are `empty`, the `problems` of the files, and
    why a function `failed` to be there, or is `unread`. An `error`, as in `Outcome`,
    says why no more calls can be made.
    """

    error = None

    def know(self, told, unread=()):
        """Keep what the worker tells of them; see `worker.Functions.tell`."""
        problems = told["problems"]
        self.names, self.empty = (set(map(str, told[k])) for k in ("names", "empty"))
        self.failed = {name: str(said)[:200] for name, said in told["inside"].items()}
        self.failed |= causes(problems, "binds")
        self.unread = dict(unread) | causes(problems, "hides")
        self.problems = describe_all(problems)

    def call(self, name, *args, ask=None, standins=(), look="", **kwargs):
        """Call a function and return the `Outcome`.

        `ask` is a function of a name, a list and a dict, which the functions called
        `standins` ask before they answer; it returns None where it does not know, and a
        list of one value where it does. `worker.Functions.call` says what `look` is.
        """
        said = {"name": name, "standins": list(standins), "look": look}
        return self._call(worker.request_for(args, kwargs, **said), ask)


class _Process(_Functions):
    """One process of the worker, and a clock that stops it."""

    def __init__(self, answers):
        command, folder = [sys.executable, "-I", str(WHERE)], answers.path.resolve()
        environment, folder = os.environ | SETTINGS, str(folder.parent)
        self.is_seen = sys.platform == "linux"
        if sandbox := answers.sandbox:
            command, folder = sandbox.command, sandbox.folder
            environment = sandbox.environment
            self.is_seen &= sandbox.is_seen
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
        said = ("source", "files", "definitions_only", "beside")
        first = {name: getattr(answers, name) for name in said}
        first |= {"filename": answers.path.name, "folder": folder}
        if not self._exchange(first) and not self.is_("Timeout"):
            self.error = stopped("no process could be started", "Busy")
        hello = self._receive()
        self.forks = hello.get("forks") is True
        nothing = {"names": (), "empty": (), "inside": {}, "problems": ()}
        try:
            self.know(nothing if self.error else hello, answers.unread)
        except (KeyError, TypeError, AttributeError) as malformed:
            self.error = stopped(f"it sent no proper reply ({malformed})")
            self.know(nothing)

    def is_(self, kind):
        """Whether it was stopped by an error of this kind."""
        return bool(self.error) and self.error["type"] == kind

    def begin(self, seconds):
        """Begin a question, which may take some seconds of the processor."""
        self._restart(seconds)
        if self.forks:
            self.forks = self._exchange({"begin": True}).get("begun") is True

    def end(self):
        """End a question; return whether another one can begin."""
        over = self.forks and self._exchange({"end": True}, "over").get("over")
        return bool(over and not self.error)

    def _call(self, message, ask):
        while True:
            reply = self._exchange(message)
            if self.error:
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

    def _exchange(self, message, last=""):
        """Send a message and wait for the reply; ``{}`` when there will be none."""
        self.judging = time.thread_time() - self.before
        if not self.error:
            self.waiting = self.process.stdin  # until there is room in the pipe
            with contextlib.suppress(OSError, ValueError):  # it may have ended
                self.process.stdin.write(json.dumps(message).encode() + b"\n")
                self.process.stdin.flush()
        return self._receive(last)

    def _receive(self, last=""):
        """Wait for a reply; ``{}`` when there will be none."""
        if self.error:
            return {}
        reason = "it ended Python, or ran out of memory"
        with contextlib.suppress(OSError, ValueError, RecursionError):
            self.waiting = self.process.stdout
            line = self.process.stdout.readline(self.room)
            self.waiting = None
            self.heard += 1
            self.room -= len(line)
            if sum(map(line.count, (b"{", b"[", b","))) > PARTS:
                reason = "it sent a reply of too many parts"
            elif line.endswith(b"\n"):
                reply = json.loads(line)
                if isinstance(reply, dict) and ("over" not in reply or last == "over"):
                    return reply
        if self.room <= 0:
            size = f"{LONGEST // 2**20} MB"
            reason = (
                f"it passed on or returned more than {size}; perhaps a loop never ends"
            )
        self.error = self.error or stopped(reason)
        return {}

    def _restart(self, seconds):
        """Count the time from here: the worker's, and the judge's for its replies."""
        self.seconds, self.used = seconds, None
        self.asleep, self.heard, self.start = 0.0, 0, time.monotonic()
        self.judging, self.before, self.waiting = 0.0, time.thread_time(), None

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
            heard, self.heard = self.heard, 0
            if self.waiting and not (active or heard or self._can_go_on()):
                self.asleep += TICK
            if seconds - self.used + self.judging > self.seconds:
                self._stop(f"it did not end within {self.seconds:.3g} seconds")
            elif self.asleep > ASLEEP:
                said = f"it waits for something and still did after {ASLEEP} seconds"
                self._stop(said)
            elif passed > PATIENCE:
                self._stop("the machine was too busy to judge it", "Busy")

    def _can_go_on(self):
        """Whether what is waited for is there, and a busy machine has left no time."""
        pipes = [self.process.stdout], [self.process.stdin]
        with contextlib.suppress(OSError, ValueError):  # they may be closed by now
            read, written, _ = select.select(*pipes, [], 0)
            return self.waiting in [*read, *written]
        return False

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


class TrustedAnswers(_Functions):
    """The same without a process or limits, for functions that one trusts."""

    def __init__(self, source, path="answers.py", *, beside=None, files=None):
        files = given().files if files is None else files
        name = Path(path).name
        self.functions = worker.Functions(source, name, beside=beside, files=files)
        self.texts = self.functions.texts
        self.know(self.functions.tell())

    @contextlib.contextmanager
    def open(self):
        """Yield this object itself."""
        yield self

    def _call(self, message, ask):
        reply = worker.respond(
            self.functions, message, lambda asked: answer(ask, asked)
        )
        return Outcome.of(reply)


def answer(ask, reply):
    """Answer what a stand-in asks; None where unknown."""
    try:
        args, kwargs = worker.arguments(reply)
        known = ask(str(reply["ask"]), args, kwargs) if ask else None
    except (LookupError, TypeError, ValueError, AttributeError, MemoryError):
        return None  # not asked as one would ask: the student's own function answers
    return known and [worker.encode(value) for value in known]
