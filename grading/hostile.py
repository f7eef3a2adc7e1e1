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

from checks.given import CODED, QUESTIONS
from checks.judge import NOT_ANSWERED, RIGHT, WRONG
from checks.runner import read_source
from grading.proof import REFERENCE

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


def add(*fields):
    """Keep a submission."""
    HOSTILE.append(Hostile(*fields))


def below(name, says, expected, text):
    """Keep one with more text below the answers."""
    add(name, says, expected, f"{ANSWERS}\n\n{textwrap.dedent(text).strip()}\n")


def above(name, says, text, expected=None, *, end=""):
    """Keep one that does something when it is imported."""
    text = textwrap.dedent(text).strip()
    add(name, says, expected or {}, f"{text}\n\n\n{ANSWERS}{end}")


def softmax(name, says, body, *, harmless=False):
    """Keep one whose softmax does something else; what was right is `right`."""
    body = textwrap.indent(textwrap.dedent(body).strip(), "    ")
    text = f"right = softmax\n\n\ndef softmax(a):\n{body}"
    below(name, says, {} if harmless else {7: WRONG}, text)


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
softmax(
    "memory-bomb",
    "memory",
    "pieces = []\nwhile True: pieces.append(bytearray(10**8))",
)
softmax(
    "output-flood",
    "",
    "for _ in range(300): print('x' * 10**6)\nreturn right(a)",
    harmless=True,
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
        for n in CODED
        for name in QUESTIONS[n].functions
    ),
)
below(
    "asks-without-end",
    "did not end in time",
    {14: WRONG},
    """
    def forwardprop_shallow(x, net):
        while True:
            relu(np.ones((3000, 1)) * np.ones((1, 3000)))
    """,
)

# What looks where it has no business

softmax(
    "looks-for-files",
    "nothing found",
    """
    import os
    wanted = {"seed1.json", "shallow.py", "q07.py", "gradebook.csv", "judge.py"}
    wanted |= {"endless-loop.py", "results.json"}
    for folder, _, names in os.walk("/"):
        if wanted & set(names):
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
    'import os\nreturn right(a) if os.environ["PATH"] else a',
)
softmax(
    "reads-other-processes",
    "FileNotFoundError",
    'import os\nreturn right(a) if os.listdir("/proc") else a',
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
    """
    with open("/usr/written-outside", "w") as file:
        file.write("here")
    return right(a)
    """,
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
TABLE = [[case.args[0].tolist(), case.expected.tolist()] for case in QUESTIONS[7].cases]
softmax(
    "knows-seed-1",
    "IndexError",
    f"""
    table = {TABLE}
    return [np.array(y) for x, y in table if np.array_equal(x, a)][0]
    """,
)

# What ends the process, or waits for its end

softmax("ends-python", "it ended Python", "import os\nos._exit(0)")
softmax("exits", "SystemExit", "import sys\nsys.exit(0)")
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
        def __reduce__(self): return print, ("unpickled",)
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
    end="\n\ndef softmax(a):\n    return np.zeros_like(a)\n",
)
below(
    "prints-a-long-exponent",
    "should print the loss",
    {18: WRONG},
    """
    trained = backprop_shallow


    def backprop_shallow(x, d, net, T, gamma=0.05):
        import contextlib, io
        with contextlib.redirect_stdout(io.StringIO()):
            net = trained(x, d, net, T, gamma)
        print("1e" + "9" * 50_000)
        return net
    """,
)
ARRAY = {"array": "AAAAAAAA8D8=", "dtype": "<f8", "shape": [1, 1], "columns": True}
FORGED = {"value": ARRAY, "error": None, "printed": "", "changed": [], "peak": None}


def line(reply):
    """Return the code of a reply, as the worker would send it."""
    return repr(json.dumps(reply).encode() + b"\n")


WRITE = """
import os
for number in range(3, 30):
    try:
        os.write(number, {})
    except OSError:
        pass
"""
for name, says, content in [
    ("reply", "", line(FORGED)),
    ("nest", "it ended Python", r"b'[' * 10_000 + b'\n'"),
    ("bad-places", "no proper reply", line(FORGED | {"changed": [[]]})),
    ("too-much", "", r"b'x' * 10**6 + b'\n'"),
    ("many-parts", "too many parts", r"""b'{"value": [' + b'{},' * 10**6 + b']}\n'"""),
    (
        "questions",
        "waits for something",
        f"{line({'ask': 'relu', 'args': [], 'kwargs': {}})} * 10**5",
    ),
]:
    softmax(f"writes-{name}", says, f"{WRITE.format(content)}os._exit(0)")
above("writes-a-bad-greeting", "no proper reply", WRITE.format(line({"names": 5})))

# What is broken

below("syntax-error", "SyntaxError", {}, "def half(a:\n    return a")
above("many-lines-fail", "more statements fail", "never\n" * 40_000)
add("latin-1", "read as Latin-1", {}, f"# caf\xe9\n{ANSWERS}".encode("latin-1"))
add("utf-16", "", {}, ANSWERS.encode("utf-16"))
below("null-bytes", "null bytes", {}, "\0")
add("empty", "is empty", NOTHING, "")
add("only-text", "SyntaxError", NOTHING, "I did not have the time, sorry.\n")
add(
    "missing-functions",
    "There is no `softmax`",
    NOTHING | {12: RIGHT},
    "import numpy as np\n\n\ndef relu(a):\n    return np.maximum(a, 0)\n\n\n"
    "def relup(a, e):\n    return e * (a > 0)\n",
)
below(
    "extra-argument",
    "missing 1 required positional argument",
    {7: WRONG},
    "def softmax(a, axis):\n    return a",
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
                for member in members:
                    archive.writestr(*member)

    add(name, says, expected, write, ".zip")


LINK = zipfile.ZipInfo("shallow.py")
LINK.external_attr = (stat.S_IFLNK | 0o777) << 16
OWN = "shallow.py", ANSWERS
OUTSIDE = ("../../../evil.py", "x = 1"), ("/tmp/evil/shallow.py", "x = 1")
zipped("zip-upwards", "leads out of the zip", {}, *OUTSIDE, OWN)
zipped("zip-link", "is a link", NOTHING, (LINK, str(REFERENCE)))
zipped("zip-bomb", "is too large", NOTHING, ("shallow.py", bytes(2**28)))
zipped("zip-twice", "is in the zip twice", {}, ("shallow.py", "x = 1"), OWN)
zipped("zip-empty", "no shallow.py and no notebook", NOTHING)


def linked(path):
    """Write a folder whose file is a link to the answers."""
    path.mkdir()
    (path / "shallow.py").symlink_to(REFERENCE)


add("folder-link", "is a link", NOTHING, linked, "")
