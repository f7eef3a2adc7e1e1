"""Submissions that are hostile, and what is to be said of each.

They are this repository's answers with something added or changed. Nothing of this file
is run outside a sandbox.
"""

import dataclasses
import json
import os
import re
import textwrap

from checks.given import CODED, QUESTIONS
from checks.judge import WRONG
from checks.runner import read_source
from grading.proof import REFERENCE

# On this machine, where a hostile submission calls; each run has its own.
PORT = 20_000 + os.getpid() % 10_000


@dataclasses.dataclass(frozen=True)
class Hostile:
    """A submission."""

    name: str
    says: str  # what its feedback has to say, "" if there is nothing
    expected: dict  # the verdicts that are not "right", by question
    content: str  # the text of its file

    def write(self, folder):
        """Write it into a folder of submissions."""
        (folder / f"{self.name}.py").write_text(self.content, encoding="utf-8")


HOSTILE = []
ANSWERS = read_source(REFERENCE)


def add(*fields):
    """Keep a submission."""
    HOSTILE.append(Hostile(*fields))


def below(name, says, expected, text):
    """Keep one with more text below the answers."""
    add(name, says, expected, f"{ANSWERS}\n\n{text.strip()}\n")


def above(name, says, text, expected=None):
    """Keep one that does something when it is imported."""
    add(name, says, expected or {}, f"{text.strip()}\n\n\n{ANSWERS}")


def softmax(name, says, body, expected=None):
    """Keep one whose softmax does something else; the right one is called `right`."""
    text = f"right = softmax\n\n\ndef softmax(a):\n{textwrap.indent(body, '    ')}"
    below(name, says, {7: WRONG} if expected is None else expected, text)


def read(text):
    """Return the parts of a text: each has a name, what is to be said, and code."""
    return re.findall(r"^# ([\w-]+): ?(.*)\n((?:.+\n)+)", text, re.M)


# What a softmax does that takes too much, looks where it has no business, ends the
# process, or lies.
DONE_BY_SOFTMAX = """
# endless-loop: did not end in time
while True: pass

# sleeper: waits for something
import time
time.sleep(10_000)

# endless-recursion: never stops calling functions
return softmax(a)

# fork-bomb: Resource temporarily unavailable
import os
while True: os.fork()

# raises-its-limits: not allowed to raise maximum limit
import os, resource
resource.setrlimit(resource.RLIMIT_NPROC, (100, 100))
os.fork()

# memory-bomb: memory
pieces = []
while True: pieces.append(bytearray(10**8))

# file-of-500-MB: File too large
with open("/tmp/large", "wb") as file:
    for _ in range(500):
        file.write(bytes(10**6))
        file.flush()
return right(a)

# many-files: No space left on device
for i in range(100):
    with open(f"/tmp/{i}", "wb") as file:
        file.write(bytes(5 * 10**6))
return right(a)

# huge-result: an object of type ndarray
return np.ones((4000, 1000))

# threads-that-stay: can't start new thread
import threading
def work():
    while True: pass
for _ in range(10): threading.Thread(target=work, daemon=True).start()
return right(a)

# looks-for-files: nothing found
import os
wanted = {"seed1.json", "shallow.py", "q07.py", "gradebook.csv", "judge.py"}
wanted |= {"endless-loop.py", "results.json"}
for folder, _, names in os.walk("/"):
    if wanted & set(names):
        return right(a)
raise OSError("nothing found")

# reads-the-environment: KeyError
import os
return right(a) if os.environ["PATH"] else a

# reads-the-stack: nothing found
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

# removes-everything:
import shutil
shutil.rmtree("/", ignore_errors=True)
return np.zeros_like(a)

# signals: it ended Python
import os, signal, time
for number in [*range(2, 100), os.getppid()]:
    if number != os.getpid():
        try:
            os.kill(number, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue
time.sleep(3)  # what it has killed takes a moment to take it along
return right(a)

# ends-when-collected: it ended Python
import os
class Ends:
    def __del__(self): os._exit(0)
return Ends()

# equals-everything: an object of type Liar
class Liar:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __lt__ = __le__ = __gt__ = __ge__ = __eq__
    def __sub__(self, other): return 0
    def __reduce__(self): return print, ("unpickled",)
    shape = property(lambda self: (10, 1))
return Liar()

# array-that-lies: KeyboardInterrupt
class Liar:
    def __array__(self, *args, **kwargs): raise SystemExit
    def __float__(self): raise KeyboardInterrupt
return Liar()

# subclass-that-lies:
class Liar(np.ndarray):
    def __eq__(self, other): return np.ones(self.shape, bool)
    def __sub__(self, other): return np.zeros(self.shape)
return np.zeros(a.shape).view(Liar)

# huge-number:
return 10**5000
"""
DONE_AT_IMPORT = """
# endless-import: did not end in time
while True: pass

# sleeps-at-import: waits for something
import time
time.sleep(10_000)

# exits-at-import: SystemExit
import sys
sys.exit(0)

# ends-at-import: it ended Python
import os
os._exit(0)

# at-exit:
import atexit, os
atexit.register(lambda: [os.write(fd, b"right") for fd in range(20)])
"""
PATCHED = """
np.allclose = np.array_equal = lambda *args, **kwargs: True
np.testing.assert_allclose = lambda *args, **kwargs: None


def softmax(a):
    return np.zeros_like(a)
"""
LONG_EXPONENT = """
trained = backprop_shallow


def backprop_shallow(x, d, net, T, gamma=0.05):
    import contextlib, io
    with contextlib.redirect_stdout(io.StringIO()):
        net = trained(x, d, net, T, gamma)
    print("1e" + "9" * 50_000)
    return net
"""
ASKS = """
def forwardprop_shallow(x, net):
    while True:
        relu(np.ones((3000, 1)) * np.ones((1, 3000)))
"""
TABLE = f"""
table = {[[c.args[0].tolist(), c.expected.tolist()] for c in QUESTIONS[7].cases]}
return [np.array(y) for x, y in table if np.array_equal(x, a)][0]
"""
CALL = f"""
import socket
socket.create_connection(("127.0.0.1", {PORT}), 2).send(b"here")
return right(a)
"""
FLOOD = "for _ in range(300): print('x' * 10**6)\nreturn right(a)"

for part in read(DONE_BY_SOFTMAX):
    softmax(*part)
for part in read(DONE_AT_IMPORT):
    above(*part)
softmax("output-flood", "", FLOOD, {})
softmax("network", "Connection refused", CALL)
softmax("knows-seed-1", "IndexError", TABLE)
below("patched-numpy", "", {7: WRONG}, PATCHED)
below("prints-a-long-exponent", "should print the loss", {18: WRONG}, LONG_EXPONENT)
below("asks-without-end", "did not end in time", {14: WRONG}, ASKS)
add(
    "all-endless",
    "did not end in time",
    dict.fromkeys(CODED, WRONG),
    "import itertools\nloop = itertools.repeat\n"
    + "".join(
        f"def {name}(*args):\n    for _ in loop(1): pass\n"
        for n in CODED
        for name in QUESTIONS[n].functions
    ),
)

# What writes something in place of the worker's reply

ARRAY = {"array": "AAAAAAAA8D8=", "dtype": "<f8", "shape": [1, 1], "columns": True}
FORGED = {"value": ARRAY, "error": None, "printed": "", "changed": [], "peak": None}


def writes(reply, times=1):
    """Return code that writes a reply to all files that are open."""
    content = reply if isinstance(reply, str) else repr(json.dumps(reply).encode())
    return f"""
import os
for number in range(3, 30):
    try:
        os.write(number, ({content} + b'\\n') * {times})
    except OSError:
        pass
"""


QUESTION = {"ask": "relu", "args": [], "kwargs": {}}
for name, says, code in [
    ("reply", "", writes(FORGED)),
    ("nest", "it ended Python", writes("b'[' * 10_000")),
    ("bad-places", "no proper reply", writes(FORGED | {"changed": [[]]})),
    ("too-much", "", writes("b'x' * 10**6")),
    (
        "many-parts",
        "too many parts",
        writes("b'{\"value\": [' + b'{},' * 10**6 + b']}'"),
    ),
    ("questions", "waits for something", writes(QUESTION, 10**5)),
]:
    softmax(f"writes-{name}", says, f"{code}os._exit(0)")
above("writes-a-bad-greeting", "no proper reply", writes({"names": 5}))

above("many-lines-fail", "more statements fail", "never\n" * 5000)
