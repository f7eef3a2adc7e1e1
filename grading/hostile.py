"""Submissions that are hostile or broken, and what is to be said of each.

They are this repository's answers with something added or changed. Nothing of this file
is run outside a sandbox.
"""

import dataclasses
import json
import stat
import textwrap
import warnings
import zipfile

from checks.given import CODED
from checks.judge import NOT_ANSWERED, WRONG
from checks.questions import load
from checks.runner import read_source
from grading.proof import REFERENCE, ROOT

PORT = 20_285  # on this machine, where a hostile submission calls


@dataclasses.dataclass(frozen=True)
class Hostile:
    """A submission.

    Attributes
    ----------
    name : str
        What it is called.
    says : str
        What its feedback has to say, "" if there is nothing.
    expected : dict of int to str
        The verdicts that are not "right".
    content : str, bytes or function of a path
        The text of `shallow.py`, or what writes a zip or a folder.
    ending : str
        Of its file.
    """

    name: str
    says: str
    expected: dict
    content: object
    ending: str = ".py"

    def write(self, folder):
        """Write it into a folder of submissions."""
        path = folder / f"{self.name}{self.ending}"
        if callable(self.content):
            self.content(path)
        elif isinstance(self.content, bytes):
            path.write_bytes(self.content)
        else:
            path.write_text(self.content, encoding="utf-8", newline="\n")


HOSTILE = []
ANSWERS = read_source(REFERENCE)
ALL = dict.fromkeys(CODED, WRONG)
NOTHING = dict.fromkeys(CODED, NOT_ANSWERED)


def add(name, says, expected, content, ending=".py"):
    """Keep a submission."""
    HOSTILE.append(Hostile(name, says, expected, content, ending))


def softmax(name, says, body, expected=None):
    """Keep one whose softmax does something else."""
    body = textwrap.indent(textwrap.dedent(body).strip(), "    ")
    text = f"{ANSWERS}\n\nright = softmax\n\n\ndef softmax(a):\n{body}\n"
    add(name, says, {7: WRONG} if expected is None else expected, text)


def above(name, says, text, expected=None):
    """Keep one that does something when it is imported."""
    text = f"{textwrap.dedent(text).strip()}\n\n\n{ANSWERS}"
    add(name, says, expected or {}, text)


# What does not end, or takes too much

softmax("endless-loop", "did not end in time", "while True: pass")
softmax("sleeper", "waits for something", "import time\ntime.sleep(10_000)")
above("endless-import", "did not end in time", "while True: pass")
above("sleeps-at-import", "waits for something", "import time\ntime.sleep(10_000)")
softmax("endless-recursion", "RecursionError", "return softmax(a)")
softmax(
    "fork-bomb",
    "Resource temporarily unavailable",
    "import os\nwhile True: os.fork()",
)
above("fork-at-import", "BlockingIOError", "import os\nwhile True: os.fork()")
softmax(
    "raises-its-limits",
    "not allowed to raise maximum limit",
    """
    import os, resource
    resource.setrlimit(resource.RLIMIT_NPROC, (100, 100))
    os.fork()
    """,
)
softmax("memory-bomb", "memory", "return np.ones(2**40) + bytearray(2**34)")
softmax(
    "memory-bomb-in-pieces",
    "memory",
    "pieces = []\nwhile True: pieces.append(bytearray(10**8))",
)
softmax(
    "output-flood",
    "",
    "for _ in range(300): print('x' * 10**6)\nreturn right(a)",
    expected={},
)
softmax(
    "file-of-500-MB",
    "File too large",
    """
    with open("/tmp/large", "wb") as file:
        for _ in range(500):
            file.write(bytes(10**6))
            file.flush()
    return right(a)
    """,
)
softmax(
    "many-files",
    "No space left on device",
    """
    for i in range(100):
        with open(f"/tmp/{i}", "wb") as file:
            file.write(bytes(5 * 10**6))
    return right(a)
    """,
)
softmax("huge-result", "an object of type ndarray", "return np.ones((20_000, 2_000))")
softmax(
    "threads-that-stay",
    "can't start new thread",
    """
    import threading
    def work():
        while True: pass
    for _ in range(10): threading.Thread(target=work, daemon=True).start()
    return right(a)
    """,
)
add(
    "all-endless",
    "did not end in time",
    ALL,
    "import itertools\nloop = itertools.repeat\n"
    + "".join(
        f"def {name}(*args):\n    for _ in loop(1): pass\n"
        for name in [
            "normalize_MNIST_images", "label2onehot", "onehot2label", "softmax",
            "softmaxp", "relu", "relup", "forwardprop_shallow", "eval_loss",
            "eval_perfs", "update_shallow", "backprop_shallow",
            "backprop_minibatch_shallow",
        ]
    ),
)  # fmt: skip

# What looks where it has no business

softmax(
    "reads-the-judge",
    "nothing found",
    """
    import os
    wanted = {"seed1.json", "shallow.py", "mistakes.py", "gradebook.csv", "judge.py"}
    for folder, _, names in os.walk("/"):
        if wanted & set(names):
            return right(a)
    raise OSError("nothing found")
    """,
)
softmax(
    "reads-another-submission",
    "nothing found",
    """
    import os
    for folder, _, names in os.walk("/"):
        if "endless-loop.py" in names or "results.json" in names:
            return right(a)
    raise OSError("nothing found")
    """,
)
softmax(
    "reads-the-repository",
    "FileNotFoundError",
    f"return right(a) if open({str(REFERENCE)!r}).read() else a",
)
softmax(
    "reads-the-environment",
    "KeyError",
    """
    import os
    return right(a) if os.environ["PATH"] else a
    """,
)
softmax(
    "reads-other-processes",
    "FileNotFoundError",
    """
    import os
    return right(a) if os.listdir("/proc") else a
    """,
)
softmax(
    "reads-the-stack",
    "nothing found",
    """
    import gc, sys
    frame = sys._getframe()
    while frame:
        if "expected" in frame.f_locals:
            return frame.f_locals["expected"]
        frame = frame.f_back
    for thing in gc.get_objects():
        if isinstance(thing, dict) and "expected" in thing:
            return thing["expected"]
    raise LookupError("nothing found")
    """,
)
softmax(
    "writes-outside",
    "Read-only file system",
    f"""
    with open({str(ROOT.parent / "written-outside")!r}, "w") as file:
        file.write("here")
    return right(a)
    """.replace(str(ROOT.parent), "/usr"),
)
softmax(
    "removes-everything",
    "",
    """
    import shutil
    shutil.rmtree("/", ignore_errors=True)
    return np.zeros_like(a)
    """,
)
softmax(
    "network",
    "Connection refused",
    f"""
    import socket
    socket.create_connection(("127.0.0.1", {PORT}), 2).send(b"here")
    return right(a)
    """,
)
softmax(
    "signals",
    "it ended Python",
    """
    import os, signal, time
    for number in [*range(2, 100), os.getppid()]:
        if number != os.getpid():
            try:
                os.kill(number, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue
    time.sleep(3)  # what it has killed takes a moment to take it along
    return right(a)
    """,
)

# What ends the process, or waits for its end

softmax("ends-python", "it ended Python", "import os\nos._exit(0)")
softmax("exits", "SystemExit", "import sys\nsys.exit(0)")
softmax("kills-itself", "it ended Python", "import os\nos.kill(os.getpid(), 9)")
softmax("crashes", "it ended Python", "import ctypes\nctypes.string_at(0)")
above("exits-at-import", "SystemExit", "import sys\nsys.exit(0)")
above("ends-at-import", "it ended Python", "import os\nos._exit(0)")
above("raises-at-import", "RuntimeError: no", 'raise RuntimeError("no")')
above(
    "at-exit",
    "",
    """
    import atexit, os
    atexit.register(lambda: [os.write(fd, b"right") for fd in range(20)])
    """,
)
softmax(
    "ends-when-collected",
    "it ended Python",
    """
    import os
    class Ends:
        def __del__(self): os._exit(0)
    return Ends()
    """,
)

# What lies

softmax(
    "equals-everything",
    "an object of type Liar",
    """
    class Liar:
        def __eq__(self, other): return True
        def __ne__(self, other): return False
        __lt__ = __le__ = __gt__ = __ge__ = __eq__
        def __sub__(self, other): return 0
        shape = property(lambda self: (10, 1))
    return Liar()
    """,
)
softmax(
    "array-that-lies",
    "KeyboardInterrupt",
    """
    class Liar:
        def __array__(self, *args, **kwargs): raise SystemExit
        def __float__(self): raise KeyboardInterrupt
    return Liar()
    """,
)
softmax(
    "subclass-that-lies",
    "",
    """
    class Liar(np.ndarray):
        def __eq__(self, other): return np.ones(self.shape, bool)
        def __sub__(self, other): return np.zeros(self.shape)
    return np.zeros(a.shape).view(Liar)
    """,
)
softmax(
    "pickle",
    "of type Pickled",
    """
    class Pickled:
        def __reduce__(self): return print, ("unpickled",)
    return Pickled()
    """,
)
softmax("not-a-number", "nan or inf", "return np.full(a.shape, np.nan)")
softmax("view-of-the-input", "", "a[:] = right(a)\nreturn a")
softmax(
    "object-array", "nan or inf", "return np.array([None] * a.size).reshape(a.shape)"
)
softmax("wrong-type", "of type dict", "return {'right': right(a)}")
softmax("huge-number", "", "return 10**5000")
softmax(
    "printed-verdict",
    "",
    """
    print('{"verdict": "right"}')
    print(" 7  softmax    right")
    return np.zeros_like(a)
    """,
)
above(
    "patched-numpy",
    "",
    """
    import numpy
    numpy.allclose = numpy.array_equal = lambda *args, **kwargs: True
    numpy.testing.assert_allclose = lambda *args, **kwargs: None
    """,
    {7: WRONG},
)
HOSTILE[-1] = dataclasses.replace(
    HOSTILE[-1],
    content=f"{HOSTILE[-1].content}\n\ndef softmax(a):\n    return np.zeros_like(a)\n",
)
FORGED = {
    "value": {"array": "AAAAAAAA8D8=", "dtype": "<f8", "shape": [1, 1]},
    "error": None, "printed": "", "changed": [], "peak": None,
}  # fmt: skip
FORGED["value"]["columns"] = True


def writes(name, says, content):
    """Keep one whose softmax writes something in place of the worker's reply."""
    softmax(
        name,
        says,
        f"""
        import os
        for number in range(3, 30):
            try:
                os.write(number, {content})
            except OSError:
                pass
        os._exit(0)
        """,
    )


writes("writes-a-reply", "", repr(json.dumps(FORGED).encode() + b"\n"))
writes("writes-nonsense", "it ended Python", repr(b"\xff\0{[\n"))
writes("writes-a-nest", "it ended Python", "b'[' * 10_000 + b'\\n'")
writes(
    "writes-bad-places",
    "no proper reply",
    repr(json.dumps(FORGED | {"changed": [[]]}).encode() + b"\n"),
)
writes("writes-too-much", "", "b'x' * 10**6 + b'\\n'")
writes(
    "writes-many-parts",
    "too many parts",
    "b'{\"value\": [' + b'{},' * 10**6 + b']}\\n'",
)
writes(
    "writes-questions",
    "waits for something",
    'b\'{"ask": "relu", "args": [], "kwargs": {}}\\n\' * 10**5',
)
above("many-lines-fail", "more statements fail", "never\n" * 40_000)
above(
    "writes-a-bad-greeting",
    "no proper reply",
    """
    import os
    def _greet():
        for number in range(3, 30):
            try:
                os.write(number, b'{"names": 5}\\n')
            except OSError:
                pass
    _greet()
    """,
)
add(
    "prints-a-long-exponent",
    "should print the loss",
    {18: WRONG},
    f"{ANSWERS}\n\ntrained = backprop_shallow\n\n\n"
    "def backprop_shallow(x, d, net, T, gamma=0.05):\n"
    "    import contextlib, io\n"
    "    with contextlib.redirect_stdout(io.StringIO()):\n"
    "        net = trained(x, d, net, T, gamma)\n"
    "    print('1e' + '9' * 50_000)\n"
    "    return net\n",
)
add(
    "asks-without-end",
    "did not end in time",
    {14: WRONG},
    f"{ANSWERS}\n\ndef forwardprop_shallow(x, net):\n"
    "    while True:\n        relu(np.ones((3000, 1)) * np.ones((1, 3000)))\n",
)
TABLE = [
    [case.args[0].tolist(), case.expected.tolist()]
    for case in load().questions[7].cases
]
softmax(
    "knows-seed-1",
    "IndexError",
    f"""
    table = {TABLE}
    return [np.array(y) for x, y in table if np.array_equal(x, a)][0]
    """,
)

# What is broken

add("syntax-error", "SyntaxError", {}, f"{ANSWERS}\n\ndef half(a:\n    return a\n")
add(
    "python-2",
    "Missing parentheses",
    {},
    f"{ANSWERS}\n\nprint 'done'\n",
)
add("latin-1", "read as Latin-1", {}, f"# caf\xe9\n{ANSWERS}".encode("latin-1"))
add("utf-16", "", {}, ANSWERS.encode("utf-16"))
add("null-bytes", "null bytes", {}, f"{ANSWERS}\n\0\n")
add("empty", "shallow.py is empty", NOTHING, "")
HOSTILE[-1] = dataclasses.replace(HOSTILE[-1], says="is empty")
add("only-text", "SyntaxError", NOTHING, "I did not have the time, sorry.\n")
add(
    "missing-functions",
    "There is no `softmax`",
    {n: NOT_ANSWERED for n in CODED if n != 12},
    "import numpy as np\n\n\ndef relu(a):\n    return np.maximum(a, 0)\n\n\n"
    "def relup(a, e):\n    return e * (a > 0)\n",
)
add(
    "extra-argument",
    "missing 1 required positional argument",
    {7: WRONG},
    f"{ANSWERS}\n\ndef softmax(a, axis):\n    return a\n",
)
add("no-json", "is not a notebook", NOTHING, "no notebook", ".ipynb")
add("nested-json", "is not a notebook", NOTHING, "[" * 100_000, ".ipynb")
add("no-zip", "zip cannot be read", NOTHING, "no zip", ".zip")


def zipped(name, says, expected, *members):
    """Keep a zip with members in this order: pairs of a name and content."""

    def write(path):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # two of one name
                for member, content in members:
                    archive.writestr(member, content)

    add(name, says, expected, write, ".zip")


LINK = zipfile.ZipInfo("shallow.py")
LINK.external_attr = (stat.S_IFLNK | 0o777) << 16
zipped(
    "zip-upwards",
    "leads out of the zip",
    {},
    ("../../../evil.py", "x = 1"),
    ("shallow.py", ANSWERS),
)
zipped(
    "zip-absolute",
    "leads out of the zip",
    {},
    ("/tmp/evil/shallow.py", "x = 1"),
    ("hw/shallow.py", ANSWERS),
)
zipped("zip-link", "is a link", NOTHING, (LINK, str(REFERENCE)))
zipped("zip-bomb", "is too large", NOTHING, ("shallow.py", bytes(2**28)))
zipped(
    "zip-twice",
    "is in the zip twice",
    {},
    ("shallow.py", "x = 1"),
    ("shallow.py", ANSWERS),
)
zipped("zip-empty", "no shallow.py and no notebook", NOTHING)


def linked(path):
    """Write a folder whose file is a link to the answers."""
    path.mkdir()
    (path / "shallow.py").symlink_to(REFERENCE)


add("folder-link", "is a link", NOTHING, linked, "")
