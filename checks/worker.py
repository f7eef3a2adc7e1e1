"""The far side of the judge: calls a student's functions and tells what they did.

This is a program of its own, which needs NumPy and nothing of this project. It knows no
question and no expected value. It reads one line of JSON per request and answers with
one: the source of a file first, then calls. While a call runs, the functions that the
request lists as stand-ins ask the judge what to return, in the same way.

What comes back is plain: numbers, arrays of numbers, lists of these, printed text, the
name and the line of an exception. Everything else is told by the name of its type.
"""

import ast
import base64
import builtins
import collections
import contextlib
import difflib
import dis
import importlib.machinery
import importlib.util
import io
import json
import keyword
import os
import re
import sys
import threading
import traceback
import tracemalloc
import types
import warnings
from multiprocessing.process import BaseProcess

import numpy as np

MEMORY = 2 * 2**30  # bytes that a student's functions may take
SECONDS = 300  # of work after which they end, should the judge be gone
# Not installed everywhere, and no reason for what a function returns.
MISSING = [n for n in ("tqdm", "numba") if importlib.util.find_spec(n) is None]
BROKEN = (SyntaxError, ValueError, RecursionError, MemoryError)
DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
FROM = re.compile(r"# From (.{1,90}, cell \d+), line (\d+):")
MARK = re.compile(r"^(<{7}|>{7}) ", re.M)  # of a merge conflict of git
AWAY = re.compile(r"^# Not run here: (.+)$", re.M)
TEXT = 100_000  # characters kept of what they print
LARGEST = 2**24  # bytes of an array that is sent back
LONGEST = 1000  # entries of a list that is sent back
VARIABLES = 200  # that are looked at, the last ones
DELETE = "delete line"  # what to do with a `raise` below which an answer stands
NUMBERS = int | float | np.number | np.ndarray
NO_NUMPY = ": put `import numpy as np` at the top of the file"
NOT_RUN = (
    ": what makes it is not run here, where no data are loaded and nothing is trained; "
    "a function should use what it is given"
)
STUB_BELOW = (
    "{} is defined again here and still empty. The one above, which you have written, "
    "is judged; but Python itself uses the last one, so delete this one"
)
AGAIN = (
    "{} is defined again here: this one replaces the one above, and is the one that "
    "is judged"
)
FROM_NUMPY = (
    "`{0}` is NumPy's function here, and not Python's, since `from numpy import *` "
    "replaces it: write `import numpy as np`"
)
BY_NAME = (
    "a {} has no names for its parts: a number picks one, as in `[0]`, and "
    "`a, b = ...` gives a name to each"
)
NO_ARITHMETIC = "a list or a tuple has no arithmetic: take its parts one by one"
OF_LISTS = tuple(f"'{name}'" for name in [*dir(list), "shape", "T"])
PASTED = (
    "; this is no character of Python's, and comes from a text or a web page: type "
    "straight quotes, plain blanks and the signs of the keyboard in its place, here "
    "and wherever it stands"
)
IMPORT = re.compile(r"\bimport\s+(\w+)(?:\s+as\s+(\w+))?")
FAILED = 50  # problems of a file that are told one by one
# What is printed is caught for a whole process, in which several may grade at a time.
ONE_AT_A_TIME = threading.RLock()


def encode(value, depth=0):
    """Turn a value into what JSON can hold, by its type alone."""
    kind = type(value)
    if value is None or kind in (bool, float) or kind is int and abs(value) < 2**63:
        return value
    if kind is str:
        return value[:200]
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        if array.dtype.kind == "O" or array.dtype.itemsize > 8:
            with contextlib.suppress(Exception):  # other numbers, of any length
                array = array.astype(float)
        if array.dtype.kind in "biuf" and array.nbytes <= LARGEST:
            array = array.astype(array.dtype.newbyteorder("<"), order="K")
            return {
                "array": base64.b64encode(array.tobytes()).decode(),
                "dtype": array.dtype.str,
                "shape": array.shape,
                "columns": bool(array.flags.f_contiguous),
            }
    if isinstance(value, list | tuple) and len(value) <= LONGEST and depth < 3:
        items = [encode(item, depth + 1) for item in tuple(value)]
        return items if isinstance(value, list) else {"tuple": items}
    if hasattr(kind, "__float__"):  # such as a fraction
        with contextlib.suppress(Exception):
            return float(value)
    is_array = isinstance(value, np.ndarray)
    large = kind in (int, list, tuple) or (is_array and value.nbytes > LARGEST)
    return {"other": kind.__name__[:100] + " (too large)" * large}


class Other(str):
    """The name of the type of a value that was not sent."""


def decode(message):
    """Undo `encode`; a message that it did not make is a ValueError."""
    try:
        match message:
            case None | bool() | float() | str():
                return message
            case int() if abs(message) < 2**63:
                return message
            case [*items] if len(items) <= LONGEST:
                return [decode(item) for item in items]
            case {"tuple": [*items]} if len(items) <= LONGEST:
                return tuple(decode(item) for item in items)
            case {"array": data, "dtype": str(dtype), "shape": shape, "columns": order}:
                if re.fullmatch(r"[<|][biuf][1248]", dtype):
                    array = np.frombuffer(base64.b64decode(data), dtype)
                    array = array.reshape([int(size) for size in shape])
                    return np.array(array, order="F" if order is True else "C")
            case {"other": str(name)}:
                return Other(name)
    except (TypeError, OverflowError, RecursionError) as error:
        raise ValueError(f"not a value: {error}") from None
    raise ValueError("not a value")


class Unwritten(Exception):
    """A function of another question is needed, and is not there."""


class Printed(io.StringIO):
    """What a function prints, up to a limit."""

    def write(self, text):
        """Keep `text` while there is room."""
        room = TEXT - self.tell()
        if room > 0:
            super().write(text[:room])
        return len(text)


class StandIn:
    """Stands in the place of a function, which is `own`, or None where it is missing.

    While it is called for another question, the judge is asked first for the answer.
    """

    def __init__(self, functions, name, own=None):
        self.functions, self.name, self.own = functions, name, own

    def __getattr__(self, name):
        """Return an attribute of the student's own function."""
        return getattr(vars(self).get("own"), name)

    def __deepcopy__(self, memo):
        """Return itself, as a function does."""
        return self

    def __call__(self, *args, **kwargs):
        """Call the function."""
        if self.own is None or self.name in self.functions.standins:
            return self.asking(args, kwargs)
        return self.own(*args, **kwargs)

    def asking(self, args, kwargs):
        """Ask the judge first, and leave the rest to the student's own function."""
        if self.name in self.functions.standins:
            known = self.functions.ask(self.name, args, kwargs)
            if known is not None:
                value = known[0]  # a number has the methods of NumPy's, such as `round`
                return np.float64(value) if type(value) is float else value
        if self.own is None:
            raise Unwritten(f"it calls `{self.name}`, which is not there yet")
        try:
            return as_numbers(self.own(*args, **kwargs))
        except NotImplementedError:
            said = f"it calls `{self.name}`, which is not written yet"
            raise Unwritten(said) from None
        except Exception as error:  # of a call in a call, the outer one is told
            with contextlib.suppress(Exception):
                error.asked = self.name, list(map(kind_of, [*args, *kwargs.values()]))
            raise


# Python names a type in its messages, and a student knows no stand-ins.
StandIn.__name__ = StandIn.__qualname__ = "function"


class File(types.ModuleType):
    """A file as a module; what another file imports and it lacks is not there yet."""

    def __getattr__(self, name):
        """Return a function that says so."""
        if name.startswith("__") or "__path__" in vars(self):  # a package: any file
            raise AttributeError(name)
        return self.__functions__.standin(name)


class Finder:
    """Finds the student's other files when they are imported."""

    def __init__(self, functions):
        self.functions = functions

    def find_spec(self, name, path=None, target=None):
        """Return how to load a file of this name, None where there is none."""
        file, is_package = self.file_of(name)
        if (package := name.partition(".")[0]) in MISSING:
            file, is_package = package, name == package
        if file or is_package:
            return importlib.machinery.ModuleSpec(name, self, is_package=is_package)
        return None

    def file_of(self, name):
        """Return the file of a module, "" where there is none; and if it is a package.

        It may lie in a folder of any name, which the student has put on `sys.path`.
        """
        inside, texts = name.replace(".", "/"), self.functions.texts
        for file in (f"{inside}.py", f"{inside}/__init__.py"):
            for text in sorted(texts, key=len):
                if f"/{text}".endswith(f"/{file}"):
                    return text, file.endswith("/__init__.py")
        return "", any(f"/{inside}/" in f"/{text}" for text in texts)

    def create_module(self, spec):
        """Return the module, where it is loaded or made here."""
        file, is_package = self.file_of(spec.name)
        if file or is_package:
            return self.functions.load(file, spec.name, is_package)
        module = types.ModuleType(spec.name)
        module.tqdm = module.tqdm_notebook = Bar
        module.trange = module.tnrange = lambda *args, **kwargs: Bar(range(*args))
        module.njit, module.jit, module.prange = as_it_is, as_it_is, range
        return module

    def exec_module(self, module):
        """Do nothing: `create_module` has done it."""


def as_it_is(function=None, *signature, **settings):
    """Return a function as it is, where numba, which would compile it, is not there."""
    return function if callable(function) else as_it_is


class Bar:
    """A progress bar where tqdm is not installed: it prints texts, and no bar."""

    def __init__(self, items=(), *args, **kwargs):
        self.items = items

    def __getattr__(self, name):
        """Return a method that does nothing, such as `update` or `close`."""
        return lambda *args, **kwargs: None

    __iter__ = lambda self: iter(self.items)  # noqa: E731
    __enter__ = lambda self: self  # noqa: E731
    __exit__ = lambda self, *error: None  # noqa: E731

    @staticmethod
    def write(*shown, **more):
        """Print what a bar would show; `more` are numbers by name, or settings."""
        print(*shown, *(f"{name}={value}" for name, value in more.items()))

    set_description = set_description_str = set_postfix = set_postfix_str = write


class Functions:
    """The functions that a student's files define.

    A statement that fails does not keep the later ones from running, and where the text
    has an error, the definitions that are complete are used all the same.

    The first file is imported by the first name of `files` too, the names of those that
    have answers; of several functions of a name, the first one is called. The files
    `beside` it may import from it, and it from them. With `definitions_only`, nothing
    but imports, definitions and simple assignments is run.

    The `problems` say what failed when the files were run: `file`, `line`, and the
    `reason` in words; the names that a statement `binds`, or that a text `hides` which
    is no Python. The functions that are `empty` have no body.
    """

    def __init__(self, source, filename, definitions_only=False, beside=None, files=()):
        self.problems, self.empty, self.asking = [], set(), {}
        self.printed = Printed()
        self.standins = ()
        self.definitions_only = definitions_only
        self.modules = {}  # by the names of their files
        self.texts = {filename: source} | (beside or {})
        self.away = set(" ".join(AWAY.findall(source)).split())
        self.lost = dict.fromkeys(self.away, NOT_RUN)  # why a name is not there
        self.filename = filename
        self.also = [*files[:1], "submission.py"]  # what the first one is called, too
        self.finder = Finder(self)
        before = dict(sys.modules)  # in the worker, none has such a name
        answering = [filename, *files[1:]]
        for name in answering:
            if name in self.texts and name not in self.modules:
                self.load(name)
        sys.modules.update({n: m for n, m in before.items() if m is not sys.modules[n]})
        self.spaces = [vars(self.modules[f]) for f in answering if f in self.modules]

    def load(self, filename, name="", is_package=False):
        """Run the text of a file, and return the module; of a folder there is none."""
        module = File(name or filename.removesuffix(".py"))
        module.__functions__ = self
        module.__file__ = filename
        module.__package__ = name if is_package else name.rpartition(".")[0]
        if is_package:
            module.__path__ = []
        self.modules[filename or name] = module
        names = [name or filename, *(self.also if filename == self.filename else [])]
        sys.modules.update({name.removesuffix(".py"): module for name in names})
        stubs, failed = {}, 0
        with self._alone():
            nodes = self._statements(self.texts.get(filename, ""), filename)
            future = [n for n in nodes if getattr(n, "module", "") == "__future__"]
            for node in self._counting(nodes, filename):
                if self.definitions_only and not defines(node):
                    continue
                try:
                    code = compile(ast.Module([*future, node], []), filename, "exec")
                    exec(code, vars(module))
                    if isinstance(node, ast.FunctionDef) and is_empty(node):
                        stubs[node.name] = vars(module)[node.name]
                except BaseException as error:
                    failed += 1
                    if failed <= FAILED:
                        self._note(error, node, filename)
        if failed > FAILED:
            more = f"{failed - FAILED} more statements fail"
            self.problems.append({"file": filename, "reason": more})
        known = vars(module)
        self.empty |= {name for name, stub in stubs.items() if known.get(name) is stub}
        return module

    def _counting(self, nodes, filename):
        """Return the statements without stubs below what they would replace; tell both.

        In a notebook it is usual to define a function again.
        """
        above, kept, lost, again = {}, [], [], []
        for node in nodes:
            first = above.get(getattr(node, "name", None))
            if first and is_stub(node):
                lost.append(node)
                continue
            kept.append(node)
            if isinstance(node, ast.FunctionDef) and not is_stub(node):
                above[node.name] = node
                if first and ast.dump(first) != ast.dump(node):
                    if not origin(self.texts[filename], node.lineno)[0]:
                        again.append(node)
        for found, said in [(lost, STUB_BELOW), (again, AGAIN)]:
            if found:
                names = dict.fromkeys(f"`{node.name}`" for node in found)
                more = f" (and {len(names) - 1} more)" if len(names) > 1 else ""
                reason = said.format(f"{next(iter(names))}{more}")
                cell, line = origin(self.texts[filename], found[0].lineno)
                where = {"file": cell or filename, "line": line}
                self.problems.append(where | {"reason": reason})
        return kept

    def _note(self, error, node, filename):
        """Keep what is to be said of a statement that failed."""
        problem = self._describe(error, node.lineno, filename)
        file = problem["file"] or filename
        names = sorted(bound(node))
        self.problems.append(problem | {"file": file, "binds": names})
        where = f"{file}, " if file != filename else ""
        said = f", since {where}line {problem['line']} failed: {problem['reason']}"
        self.lost |= dict.fromkeys(names, said)

    def _statements(self, source, filename):
        """Return the statements of the text, or of its parts that can be read."""
        nodes = parsed(source)
        if error := error_of(source):
            hides = {said_of(error): []}
            for name, own in sorted(hidden(source).items()):
                hides.setdefault(said_of(own or error), []).append(name)
            for (number, reason), names in hides.items():
                problem = {"file": filename, "line": number, "reason": reason}
                self.problems.append(problem | {"hides": names})
                why = f", since {filename}, line {number} could not be read: {reason}"
                self.lost |= dict.fromkeys(names, why)
            read = set().union(*map(bound, nodes))
            for number, line in enumerate(source.split("\n"), 1):
                found = IMPORT.search(line)
                if found and (name := found[2] or found[1]) not in read:
                    why = f", since line {number}, which imports it, could not be read"
                    self.lost.setdefault(name, why)
        return nodes

    def tell(self):
        """Return what is known of them, as JSON can hold it."""
        members = [item for space in self.spaces for item in space.items()]
        # A file that imports a function which is not there has a stand-in for it.
        there = {n for n, f in members if callable(f) and not isinstance(f, StandIn)}
        return {
            "names": sorted(there),
            "empty": sorted(self.empty),
            "problems": self.problems,
            "inside": inside(self.texts[self.filename]),
        }

    def standin(self, name):
        """Return what stands in the place of a function, the same each time."""
        return self.asking.setdefault(name, StandIn(self, name))

    def _put_in_place(self, names):
        """Put stand-ins in the places of functions, the first of each name.

        They may have other names there, and be default arguments.
        """
        own = {}
        for name in names:
            found = next((s[name] for s in self.spaces if name in s), None)
            stand = self.standin(name)
            if callable(found) and found is not stand:
                own[id(found)], stand.own = stand, found
        spaces = [vars(module) for module in self.modules.values()]
        for space, name, value in [(s, *item) for s in spaces for item in s.items()]:
            if isinstance(value, types.FunctionType) and value.__defaults__:
                defaults = tuple(own.get(id(d), d) for d in value.__defaults__)
                value.__defaults__ = defaults
            if id(value) in own:
                space[name] = own[id(value)]
            elif name in names and not callable(value):
                space[name] = self.standin(name)

    def call(self, name, args, kwargs, standins=(), ask=None, look=""):
        """Call a function and tell what it did, as JSON can hold it.

        `ask` is a function of a name and the arguments, which the functions called
        `standins` ask before they answer: it returns None (then the student's own
        function answers) or a list of one value. To `look` at the "memory" gives its
        `peak`. To look at the "variables" gives, in the place of the value, those that
        the function itself has at its end: pairs of name and value.
        """
        self._put_in_place(standins)
        self.standins, self.ask = standins, ask
        called = next((s[name] for s in self.spaces if name in s), None)
        called = called.own if isinstance(called, StandIn) else called
        lacking = {n: self.standin(n) for n in standins if n not in self.spaces[0]}
        before = [encode(arg) for arg in args]
        value = error = peak = None
        self.printed.seek(0)
        self.printed.truncate()
        variables = collections.deque(maxlen=VARIABLES)

        def note(frame, event, _):
            code = frame.f_code
            if event == "return" and code.co_name == name:
                if code.co_filename in self.texts:
                    order, held = last_stores(code), frame.f_locals.items()
                    by_line = sorted(held, key=lambda item: order.get(item[0], -1))
                    variables.extend(by_line)

        self.spaces[0].update(lacking)
        try:
            with self._alone():
                if look == "memory":
                    tracemalloc.start()
                if look == "variables":
                    sys.setprofile(note)
                result = called(*args, **kwargs)
                if look == "memory":
                    peak = tracemalloc.get_traced_memory()[1]
                value = encode(result)
        except BaseException as caught:
            error = self._describe(caught)
        finally:
            if look == "variables":
                sys.setprofile(None)
            tracemalloc.stop()
            for other in lacking:
                self.spaces[0].pop(other, None)
        if look == "variables":
            value = encode([[n, v] for n, v in variables if isinstance(v, NUMBERS)])
        return {
            "value": value,
            "error": error,
            "printed": self.printed.getvalue(),
            "changed": changes(before, [encode(arg) for arg in args]),
            "peak": peak,
        }

    @contextlib.contextmanager
    def _alone(self):
        """Keep what is printed, and warnings, from reaching anybody else.

        What goes to the standard error is seen in a notebook, too.
        """
        sys.meta_path.insert(0, self.finder)
        try:
            with (
                ONE_AT_A_TIME,
                warnings.catch_warnings(),
                contextlib.redirect_stdout(self.printed),
                contextlib.redirect_stderr(self.printed),
                np.errstate(),
            ):
                warnings.simplefilter("ignore")
                yield
        finally:
            sys.meta_path.remove(self.finder)

    def _describe(self, error, line=None, file=None):
        """Say what was raised, and at which line of the student's file or cell."""
        frame, asked = None, getattr(error, "asked", None)
        is_read = line is not None  # and nothing is called
        for step, number in traceback.walk_tb(error.__traceback__):
            if asked and step.f_code is StandIn.asking.__code__:
                break
            if step.f_code.co_filename in self.texts:
                frame, line, file = step, number, step.f_code.co_filename
        kind = type(error).__name__
        try:
            message = str(error)[:200]
        except BaseException:
            message = ""
        if isinstance(error, NotImplementedError):
            kind = "NotImplementedError"
            if name := written_around(self.texts.get(file, ""), line):
                message = (
                    f"{DELETE} {line} of {file}, the `raise`, when `{name}` is "
                    "complete: it ends the function, whatever else stands there"
                )
        reason, why, sizes = f"{kind}: {message}" if message else kind, "", []
        lost = {"np": NO_NUMPY} | self.lost
        if asked:
            *most, last = asked[1] or ["nothing"]
            given = f"{', '.join(most)} and {last}" if most else last
            why = f"it calls `{asked[0]}` with {given}, and that raises "
            why += reason if message.startswith(f"{asked[0]}()") else kind
        elif isinstance(error, NameError) and error.name in lost:
            why = f"`{error.name}` is not there{lost[error.name]}"
            reason = why if is_read or error.name in self.away else reason
        elif kind == "EOFError" and message == "EOF when reading a line":
            why = "nobody can type here: a function should use what it is given"
        elif message == "unhashable type: 'numpy.ndarray'":
            why = (
                "an array cannot be an argument of a function with `lru_cache`, a key "
                "of a dict or an entry of a set"
            )
        elif re.match(r"\w+\(\) (missing|takes) ", message) and not frame:
            why = f"{message}; compare its first line with the one in the question"
        elif frame:
            with contextlib.suppress(Exception):
                text = self.texts[file]
                if name := star_import(text, line, frame):
                    why = FROM_NUMPY.format(name)
                elif "tuple" in message:
                    why = shape_whole(text, line, frame)
                elif found := OUTSIDE.search(message):
                    why = beyond(text, line, frame, *map(int, found.groups()))
                if why:
                    pass
                elif isinstance(error, MISFITS) and SHAPES.search(message):
                    why, sizes = shapes_that_met(text, line, frame, self.standins)
                    if not why and (here := shapes_of(text, line, frame)):
                        why = f"{without_signature(message)}; here {here}"
                elif message.startswith("The truth value of an array"):
                    why = asks_about_one(text, line)
                elif isinstance(error, NameError):
                    why = unknown(re.search(r"'(\w+)'", message)[1], frame)
                elif isinstance(error, TypeError | AttributeError):
                    why = no_such_use(text, line, message, frame)
                    why = why or no_attribute(error, frame) or no_argument(message)
        cell, line = origin(self.texts[file], line) if file else ("", line)
        file = file if len(self.texts) > 1 else None  # else there is no question
        place = {"file": cell or file, "line": line, "why": why, "sizes": sizes}
        return {"type": kind, "message": message, "reason": reason} | place


def last_stores(code):
    """Return where the variables of a function get their last values, by name."""
    found = {}
    for step in dis.get_instructions(code):
        if step.opname.startswith("STORE"):
            # Some versions of Python store twice in one step, or store and load.
            names = step.argval if isinstance(step.argval, tuple) else (step.argval,)
            loads = "LOAD" in step.opname
            found |= dict.fromkeys(names[:1] if loads else names, step.offset)
    return found


def unknown(name, frame):
    """Say why a name has no value where a function reads it, and what to do."""
    function, own, beside = frame.f_code, frame.f_locals, frame.f_globals
    if name in function.co_varnames:
        if function_of(name, beside):
            return hides(name)
        return f"`{name}` is read before a line that is run gives it a value"
    if callable(getattr(np, name, None)):
        return f"`{name}` is a function of NumPy, so write `np.{name}`"
    for other, module in beside.items():
        if isinstance(module, types.ModuleType) and module.__name__ == name:
            return f"`{name}` is imported as `{other}`, so write `{other}.` for it"
    if name in sys.stdlib_module_names:
        said = f"`{name}` is not there: put `import {name}` at the top of the file"
        is_math = name == "math"
        return said + ", or write `np.` in its place, which takes arrays" * is_math
    if near := nearest(name, [*dir(builtins), *keyword.kwlist, *beside, *own], 0.8):
        return f"there is no `{name}`; is `{near}` meant?"
    arguments = [f"`{n}`" for n in function.co_varnames[: function.co_argcount]]
    return (
        f"`{name}` is not known in here. A function knows its arguments "
        f"({', '.join(arguments)}), what it computes from them, and what stands beside "
        "it in its file; the names of a notebook do not reach it"
    )


def star_import(text, line, frame):
    """Return the function of Python that is called in a line and is NumPy's, or ""."""
    if "import *" not in text:
        return ""
    for node in (n for part in parsed(text) for n in ast.walk(part)):
        name = getattr(getattr(node, "func", None), "id", "")
        if name and node.lineno <= line <= node.end_lineno and hasattr(builtins, name):
            found = frame.f_locals.get(name, frame.f_globals.get(name))
            if found is not None and found is getattr(np, name, None):
                return name
    return ""


def nearest(name, names, least):
    """Return which name is most like one, be its letters large or small, or ""."""
    others = {other.lower(): other for other in names}
    near = difflib.get_close_matches(name.lower(), others, 1, least)
    return others[near[0]] if near else ""


def no_such_use(text, line, message, frame):
    """Say what such an error means that comes from a line, "" where that is unknown."""
    if "same_kind" in message:
        return too_narrow(text, line, message)
    if "'NoneType' object" in message:
        return none_of(text, line, frame)
    if re.match(r"can't multiply sequence|unsupported .*'(tuple|list)'", message):
        return NO_ARITHMETIC
    said = r"(tuple|list) indices must be .*, not str$|'(tuple|list)' object has no a"
    if (by_name := re.match(said, message)) and not message.endswith(OF_LISTS):
        return BY_NAME.format(by_name[1] or by_name[2])
    parts = [n for part in parsed(text) for n in ast.walk(part)]
    for node in parts:
        called = getattr(node, "func", None)
        if isinstance(node, ast.Call) and node.lineno <= line <= node.end_lineno:
            name = getattr(called, "id", "")
            value = frame.f_locals.get(name, frame.f_globals.get(name, callable))
            if not callable(value) and "not callable" in message:
                return (
                    hides(name)
                    if function_of(name, frame.f_globals)
                    else f"`{name}` is {kind_of(value)}, and round brackets behind it "
                    "call it as a function: is an operator missing, such as `*`, or "
                    "should the brackets be square?"
                )
            if "can be converted" in message:
                whole, (first, *_) = ast.unparse(called), map(ast.unparse, node.args)
                if whole.startswith("math.") and hasattr(np, called.attr):
                    cure = f"`np.{called.attr}` takes arrays"
                elif whole in ("float", "int"):
                    cure = f"the method `astype({whole})` converts a whole array"
                elif whole == "range":
                    cure = f"`{first}` is an array: how often should the loop run?"
                else:
                    continue
                return f"`{whole}` takes plain numbers, and {cure}"
        if getattr(node, "lineno", 0) == line and BRACKETS.search(message):
            for key in ("value", "left", "right"):
                part = getattr(node, key, None)
                if isinstance(part, ast.Attribute | ast.Name):
                    name = ast.unparse(part)
                    with contextlib.suppress(Exception):  # a name of a comprehension
                        if callable(eval(name, frame.f_globals, frame.f_locals)):
                            return f"`{name}` is a function: call it, as `{name}(...)`"
        over = getattr(node, "iter", None)
        is_length = getattr(getattr(over, "func", None), "id", "") == "len"
        if is_length or isinstance(over, ast.Name | ast.Attribute | ast.Subscript):
            if over.lineno == line and SINGLE.fullmatch(message):
                over = ast.unparse(over)
                return f"`{over}` is a number, so let the loop run over `range({over})`"
    return ""


def no_attribute(error, frame):
    """Say which attribute may be meant by one that is not there, "" for none."""
    found = re.search(r"has no attribute '(\w+)'", str(error))
    if not found:
        return ""
    owner = np if "module 'numpy'" in str(error) else getattr(error, "obj", None)
    if owner is np and callable(frame.f_globals.get(found[1])):
        is_this = frame.f_code.co_name == found[1]
        own = "you are writing it here" if is_this else "your own file has it"
        return f"NumPy has no `{found[1]}`: {own}"
    near = nearest(found[1], dir(owner), 0.75)
    return f"there is no `{found[1]}`; is `{near}` meant?" if near else ""


def no_argument(message):
    """Say which argument may be meant by one that a function does not have, or ""."""
    found = re.search(r"keyword argument '(\w+)'|'(\w+)' is an invalid", message)
    called = re.search(r"(\w+)\(\)", message)
    if not found or not called:
        return ""
    name, names = found[1] or found[2], ("axis", "keepdims", "dtype")
    if name in names and hasattr(builtins, called[1]) and hasattr(np, called[1]):
        return f"Python's own `{called[1]}` has no `{name}`: write `np.{called[1]}`"
    near = nearest(name, names, 0.7)
    return f"there is no argument `{name}`; is `{near}` meant?" if near else ""


def asks_about_one(text, line):
    """Say what in a line asks an array for one answer, or that a number is needed."""
    found = []
    for node in (n for part in parsed(text) for n in ast.walk(part)):
        kind = getattr(node, "op", node)
        place = getattr(node, "test", node)
        if getattr(place, "lineno", 0) == line:
            if isinstance(kind, ASKING):
                found.append(f"`{type(kind).__name__.lower().removesuffix('exp')}`")
            elif getattr(getattr(node, "func", None), "id", "") in ("max", "min"):
                found.append(f"Python's `{node.func.id}`")
    if not found:
        return "one number is needed here, and this is a whole array"
    return (
        f"{found[-1]} needs a single True or False, and a whole array gives one for "
        "each entry: NumPy has functions that decide entry by entry"
    )


def beyond(text, line, frame, index, axis, size):
    """Say which loop takes an index that is too large for an axis, "" for none."""
    for node in (n for part in parsed(text) for n in ast.walk(part)):
        loop, over = getattr(node, "target", None), getattr(node, "iter", None)
        name = getattr(getattr(over, "func", None), "id", "")
        if name == "range" and loop.lineno <= line and isinstance(loop, ast.Name):
            if frame.f_locals.get(loop.id) == index:
                return (
                    f"the loop over `{ast.unparse(over)}` reaches {index}, but axis "
                    f"{axis} has only {size} places: take their number from "
                    f"`shape[{axis}]` of the array"
                )
    return ""


def shape_whole(text, line, frame):
    """Say that a line takes a whole shape for a number, "" if it does not."""
    for node in (n for part in parsed(text) for n in ast.walk(part)):
        if isinstance(node, ast.Attribute) and node.attr == "shape":
            if node.lineno == line:
                name = ast.unparse(node)
                shape = eval(name, frame.f_globals, dict(frame.f_locals))
                return WHOLE.format(name, shape, name)
    return ""


def none_of(text, line, frame):
    """Say which variable of a line holds None, "" where none does, and why that is."""
    for node in (n for part in parsed(text) for n in ast.walk(part)):
        name = node.id if isinstance(node, ast.Name) and node.lineno == line else ""
        if name in frame.f_locals and frame.f_locals[name] is None:
            return (
                f"`{name}` is None here: either nobody gave it a value, or it is what "
                "a function without `return` gives, as the methods `shuffle` and "
                "`sort` do"
            )
    return ""


def function_of(name, beside):
    """Return the function that a name has outside of a function, or None."""
    found = beside.get(name, getattr(builtins, name, None))
    return found if callable(found) else None


def hides(name):
    """Say that a variable has the name of a function, which cannot be called then."""
    return (
        f"a variable of yours is called `{name}`, too, and hides the function of that "
        "name: give the variable another one"
    )


def written_around(text, line):
    """Return the function in which a `raise` stands beside other code, or None.

    A docstring and calls, such as those that check the arguments, may be given.
    """
    for node in parsed(text):
        if isinstance(node, ast.FunctionDef):
            rest = [part for part in node.body if not isinstance(part, ast.Expr)]
            raises = [part.lineno for part in rest if isinstance(part, ast.Raise)]
            if len(rest) > 1 and line in raises:
                return node.name
    return None


def origin(text, line):
    """Return the cell that a line was taken from, "" for none, and its line there."""
    lines = text.split("\n")
    for i in range(line - 1, 0, -1):
        if match := FROM.fullmatch(lines[i - 1]):
            return match[1], int(match[2]) + line - i - 1
    return "", line


def shapes_that_met(text, line, frame, names):
    """Say which shapes did not fit, in the student's names, and which sizes should.

    It is "" where that is unknown. `names` are functions that only return a value.
    """
    variables = frame.f_globals, dict(frame.f_locals)
    for node in ast.walk(ast.parse(text)):
        if not getattr(node, "lineno", line + 1) <= line <= node.end_lineno:
            continue
        sides, sign = operands(node)
        parts = [part for side in sides for part in ast.walk(side)]
        if len(sides) != 2 or not all(is_pure(part, names) for part in parts):
            continue
        texts = [ast.unparse(side) for side in sides]
        if any(side.endswith(".shape") for side in texts):
            return shape_whole(text, line, frame), []
        try:
            left, right = [np.shape(eval(text, *variables)) for text in texts]
        except Exception:
            continue  # a part of it does not fit already
        if not fit(left, right, sign, isinstance(node, ast.AugAssign | ast.Assign)):
            return misfit(texts, left, right, sign, ast.unparse(node)[:80])
    return "", []


def shapes_of(text, line, frame):
    """Say which shapes the arrays have that a line names, "" where it names none."""
    arrays = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name) and node.lineno == line:
            value = frame.f_locals.get(node.id)
            if isinstance(value, np.ndarray):
                arrays[node.id] = f"`{node.id}` has shape {value.shape}"
    return ", ".join(arrays.values())


def without_signature(message):
    """Say in plain words what NumPy says of a matrix product that does not fit."""
    if sizes := re.search(r"matmul: .*size (\d+) is different from (\d+)", message):
        return INNER.format(sizes[2], sizes[1])
    return message.strip()


def too_narrow(text, line, message):
    """Say why `x += 0.5` fails where `x` holds integers, "" if it is something else."""
    kind = re.search(r"from dtype\('float\d+'\) to dtype\('(u?int\d+)'\)", message)
    for node in ast.walk(ast.Module(parsed(text), [])):
        if kind and isinstance(node, ast.AugAssign) and node.lineno == line:
            new = ast.BinOp(node.target, node.op, node.value)
            whole, target, new = map(ast.unparse, (node, node.target, new))
            return (
                f"`{whole}` keeps the type of `{target}`, and an array of {kind[1]} "
                f"cannot hold fractions: write `{target} = {new}`"
            )
    return ""


def operands(node):
    """Return the two sides of an operation or of a call that is one, and its sign."""
    sign = SIGNS.get(type(getattr(node, "op", None)), "")
    if isinstance(node, ast.BinOp):
        return (node.left, node.right), sign
    if isinstance(node, ast.Compare):
        return (node.left, *node.comparators), ""
    if isinstance(node, ast.AugAssign):
        return (node.target, node.value), sign
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        return (node.targets[0], node.value), "="
    name = getattr(node.func, "attr", "") if isinstance(node, ast.Call) else ""
    if name in PRODUCTS:  # `np.dot(W, x)` or `W.dot(x)`
        return (node.func.value, *node.args)[-2:], "@"
    if isinstance(getattr(np, name, None), np.ufunc):
        return tuple(node.args), "*" if name == "multiply" else ""
    return (), ""


def fit(left, right, sign, in_place):
    """Tell whether shapes fit together; what changes in place must keep its shape."""
    try:
        if sign == "@":
            np.matmul(np.empty(left), np.empty(right))
            return True
        return np.broadcast_shapes(left, right) == left or not in_place
    except ValueError:
        return False


def misfit(texts, left, right, sign, whole):
    """Say that two shapes do not fit, and why that may be; return the sizes, too."""
    entry = turned = ""
    pairs = [*zip(left[::-1], right[::-1], strict=False)]
    matrices = len(left) == len(right) == 2
    vectors = [t for t, s in zip(texts, (left, right), strict=True) if len(s) == 1]
    if sign == "@" and left and right:
        pairs = [(left[-1], right[-2:][0])]
        if matrices and (left[1] == right[1] or left[0] == right[0]):
            turned = f": {INNER.format(left[1], right[0])}. Which shape should the "
            turned += "product have? `.T` swaps rows and columns, and the order counts"
            if left == right:
                turned += "; to multiply entry by entry, write `*`"
        elif matrices and right[1] == left[0]:
            turned = f": they do the other way round, `{texts[1]} @ {texts[0]}`"
        elif any(text.endswith(".T") for text in vectors):
            turned = ": `.T` leaves a vector as it is, and `[:, [j]]` picks a column "
            turned += "that stays one"
    elif sign == "=" and len(left) == 1:
        turned = ": one index alone picks a row of a matrix, and `[:, j]` its column j"
    elif sign == "*" and matrices and {*left} & {*right}:
        entry = "`*` is entry by entry, `@` is the matrix product; "
    return (
        f"{entry}`{texts[0]}` has shape {left} and `{texts[1]}` has shape "
        f"{right}, which do not fit in `{whole}`{turned}",
        next(([n, m] for n, m in pairs if n != m and (sign == "@" or n > 1 < m)), []),
    )


def is_pure(node, names):
    """Tell whether a part of the syntax is no call that does more than return a value.

    Pure are calls of NumPy, of arrays and of `names`.
    """
    if not isinstance(node, ast.Call):
        return not isinstance(node, EFFECTS)
    function, owner = node.func, getattr(node.func, "value", None)
    if any(keyword.arg in ("out", None) for keyword in node.keywords):
        return False
    if isinstance(function, ast.Name):
        return function.id in names
    name = getattr(function, "attr", "")
    module = np if getattr(owner, "id", "") in ("np", "numpy") else np.ndarray
    return hasattr(module, name) and not name.startswith(CHANGING)


INNER = (
    "`@` needs as many columns on its left as rows on its right, and these are "
    "{} and {}"
)
WHOLE = "`{}` is {}, a tuple with a number for each axis: the first one is `{}[0]`"
OUTSIDE = re.compile(r"index (\d+) is out of bounds for axis (\d) with size (\d+)")
ASKING = ast.If | ast.IfExp | ast.While | ast.And | ast.Or | ast.Not
PRODUCTS = ("dot", "matmul")
SIGNS = {ast.MatMult: "@", ast.Mult: "*"}
EFFECTS = ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr
CHANGING = tuple("copyto dump fill part place put resize save set sort tofile".split())
MISFITS = (ValueError, IndexError)
SINGLE = re.compile(r"'(numpy\.)?(int|float)\d*' object is not iterable")
BRACKETS = re.compile("(function|method|ufunc).*not subscriptable|^unsupported operand")
SHAPES = re.compile("shape|broadcast|dimension|size")


def is_empty(node):
    """Tell whether a definition has no body but a docstring, `pass` or `...`."""
    return all(
        isinstance(part, ast.Pass)
        or (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
        for part in node.body
    )


def is_stub(node):
    """Tell whether a statement is a function that only says that it is not written."""
    if not isinstance(node, ast.FunctionDef):
        return False
    *before, last = node.body  # given checks of the arguments may stand before
    return is_empty(node) or (
        isinstance(last, ast.Raise)
        and any(getattr(n, "id", "") == "NotImplementedError" for n in ast.walk(last))
        and all(isinstance(part, ast.Expr) for part in before)
    )


def the_one_that_counts(nodes):
    """Return, in a list, which of several definitions of a name counts."""
    return ([node for node in nodes if not is_stub(node)] or nodes)[-1:]


def defines(node):
    """Tell whether a statement is an import, a definition or a simple assignment."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return not any(isinstance(part, ast.Call) for part in ast.walk(node))
    return isinstance(
        node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef
    )


def error_of(source):
    """Return the SyntaxError with which Python cannot read a text, or None."""
    try:
        ast.parse(source)
        return None
    except SyntaxError as error:
        found = error
    except BROKEN as error:  # a character 0, or too many brackets
        found = SyntaxError(str(error) or type(error).__name__)
    line = found.text or ""
    if found.msg == "invalid syntax" and (first := re.match(r"\s*(\w+)", line)):
        if first[1] not in keyword.kwlist:
            for near in difflib.get_close_matches(first[1], keyword.kwlist, 1, 0.8):
                found.msg += f"; is `{near}` meant by `{first[1]}`?"
    if re.match(r"invalid (character|non-printable)", found.msg):
        found.msg += PASTED
    if mark := MARK.search(source):
        line = source.count("\n", 0, mark.start()) + 1
        said = "this line is a mark of a merge conflict of git"
        found = SyntaxError(said, ("", line, 1, ""))
    return found


def said_of(error):
    """Return the line of a SyntaxError, and what Python says."""
    return error.lineno, f"{type(error).__name__}: {error.msg}"


def parsed(source):
    """Return the statements of a text; of a broken one, the definitions in it."""
    with contextlib.suppress(*BROKEN):
        return ast.parse(source).body
    found = []
    for line, text in blocks(source.replace("\0", " ")):
        with contextlib.suppress(*BROKEN):
            found += filter(defines, ast.parse("\n" * line + text).body)
    return found


def hidden(source):
    """Return the functions that Python cannot read in a text, each with its error.

    The error is None where the part of the text with the function has none of its own.
    """
    found, read = {}, set().union(*map(bound, parsed(source)))
    marked = MARK.search(source)
    for line, text in blocks(source):
        names = re.findall(r"^[ \t]*def[ \t]+(\w+)", text, re.M)
        error = None if marked else error_of("\n" * line + text)
        found |= dict.fromkeys({*names} - read, error)
    return found


def inside(source):
    """Say of functions that are not at the top of a text what they are inside of."""
    found = {}
    for node in parsed(source):
        test = getattr(getattr(node, "test", None), "left", None)
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            kind = "class" if isinstance(node, ast.ClassDef) else "def"
            where = f"`{kind} {node.name}`"
        elif getattr(test, "id", "") == "__name__":
            where = "`if __name__ == ...`, which is not run when it is imported"
        else:
            continue
        parts = [part for part in ast.walk(node) if isinstance(part, ast.FunctionDef)]
        names = [part.name for part in parts if part is not node]
        found |= dict.fromkeys(names, f"it is inside of {where}")
    return found


def bound(node):
    """Return the names that a statement binds where it stands."""
    names = set()
    for part in parts_of(node, DEFINITION | ast.Lambda | ast.comprehension):
        if isinstance(part, DEFINITION):
            names.add(part.name)
        elif isinstance(part, ast.Import | ast.ImportFrom):
            names |= {(a.asname or a.name).split(".")[0] for a in part.names}
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            names.add(part.id)
    return names


def parts_of(node, closed):
    """Yield a node and all that is in it, but not what is inside of `closed` kinds."""
    todo = [node]
    while todo:
        part = todo.pop()
        yield part
        if not isinstance(part, closed):
            todo += ast.iter_child_nodes(part)


def blocks(source):
    """Cut a text at the lines that begin without a blank: line number and text."""
    lines = source.split("\n")
    starts = [i for i, line in enumerate(lines) if re.match(r"[^\s#)\]}]", line)]
    # What stands below a decorator belongs to it.
    starts = [i for i in starts if i == 0 or not lines[i - 1].startswith("@")]
    for i, after in zip(starts, [*starts, len(lines)][1:], strict=True):
        yield i, "\n".join(lines[i:after])


def kind_of(value):
    """Say what a function was called with."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}" if value.ndim else "a number"
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of {len(value)}"
    plain = isinstance(value, bool | int | float | np.number)
    return "a number" if plain else f"an object of type {type(value).__name__[:50]}"


def as_numbers(result):
    """Return a list of numbers as an array, which is as right; all else as it is."""
    if isinstance(result, list) and not any(isinstance(r, np.ndarray) for r in result):
        with contextlib.suppress(ValueError):
            return np.array(result)
    return result


def changes(before, after):
    """Return where values differ: [2, 0] is the first part of the third argument."""
    places = []
    for i, (old, new) in enumerate(zip(before, after, strict=True)):
        parts = [v.get("tuple") if isinstance(v, dict) else v for v in (old, new)]
        if all(isinstance(p, list) for p in parts) and len(parts[0]) == len(parts[1]):
            places += [[i, *place] for place in changes(*parts)]
        elif old != new:
            places.append([i])
    return places


def limit(kind, most, above=None):
    """Set a limit, where the system has it; or only where another one is `above` it."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        number = getattr(resource, f"RLIMIT_{kind}")
        if above is None or resource.getrlimit(number)[1] == above:
            resource.setrlimit(number, (most, above or most))


def request_for(args, kwargs, **said):
    """Return a message on a call, whose arguments are encoded."""
    kwargs = {key: encode(value) for key, value in kwargs.items()}
    return said | {"args": list(map(encode, args)), "kwargs": kwargs}


def arguments(request):
    """Return the arguments of such a message, decoded."""
    kwargs = {key: decode(value) for key, value in request["kwargs"].items()}
    return list(map(decode, request["args"])), kwargs


def respond(functions, request, exchange):
    """Make the call that is requested; `exchange` asks the judge and waits for it."""

    def ask(name, args, kwargs):
        known = exchange(request_for(args, kwargs, ask=name))
        return known and list(map(decode, known))

    name, standins, look = (request[key] for key in ("name", "standins", "look"))
    return functions.call(name, *arguments(request), standins, ask, look)


def refuse(*args, **kwargs):
    """Start no thread and no process: every sandbox forbids it, so all judges do."""
    raise RuntimeError(
        "can't start new thread: the judge allows no further threads and processes"
    )


def copied():
    """Copy this process; return the number of the copy (0 in it), None if that failed.

    It answers the requests until it ends.
    """
    try:
        limit("NPROC", 2, 2)
        return os.fork()
    except OSError:
        return None
    finally:
        limit("NPROC", 1, 2)


def main():
    """Answer requests until there are no more."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # now nothing that is printed can get between the replies
        os.dup2(nowhere, stream)
    limit("AS", MEMORY)

    def reply(message):
        replies.write(json.dumps(message).encode() + b"\n")
        replies.flush()

    def exchange(message):
        reply(message)
        return json.loads(requests.readline())

    request = json.loads(requests.readline())
    reply({"ready": True})  # before any of the student's code
    sys.path.insert(0, request.pop("folder"))
    functions = Functions(**request)
    threading.Thread.start = BaseProcess.start = refuse  # imports may have need of them
    reply(functions.tell() | {"forks": sys.platform == "linux"})
    for line in requests:
        request = json.loads(line)
        if "end" in request:
            os._exit(0)
        if "begin" not in request:
            reply(respond(functions, request, exchange))
        elif (child := copied()) is None:
            reply({"begun": False})
        elif child:
            os.waitpid(child, 0)
            reply({"over": True})
        else:
            limit("CPU", SECONDS)
            reply({"begun": True})


if __name__ == "__main__":
    main()
