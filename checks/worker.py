"""The far side of the judge: calls a student's functions and tells what they did.

This is a program of its own, which needs NumPy and nothing of this project. It knows no
question and no expected value. It reads one line of JSON per request and answers with
one: the source of a file first, then calls. While a call runs, the functions that the
request lists as stand-ins ask the judge what to return, in the same way.

What comes back is plain: numbers, arrays of numbers, lists of these, printed text, the
name and the line of an exception. Everything else is told by the name of its type.
"""

import __future__

import ast
import base64
import contextlib
import importlib.machinery
import importlib.util
import io
import json
import os
import re
import sys
import threading
import tracemalloc
import types
import warnings
from multiprocessing.process import BaseProcess

import numpy as np

MEMORY = 2 * 2**30  # bytes that a student's functions may take
SECONDS = 300  # of work after which they end, should the judge be gone
HAS_TQDM = importlib.util.find_spec("tqdm") is not None
BROKEN = (SyntaxError, ValueError, RecursionError, MemoryError)
DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
FROM = re.compile(r"# From (.{1,90}, cell \d+), line (\d+):")
AWAY = re.compile(r"^# Not run here: (.+)$", re.M)
ENDS = re.compile("[\v\f\x1c-\x1e\x85\u2028\u2029]")  # end lines, but not for Python
TEXT = 100_000  # characters kept of what they print
LARGEST = 2**24  # bytes of an array that is sent back
LONGEST = 1000  # entries of a list that is sent back
MANY = 50_000  # of all lists in a value together
IMPORT = re.compile(r"\bimport\s+(\w+)(?:\s+as\s+(\w+))?")
FAILED = 50  # problems of a file that are told one by one


def encode(value, depth=0):
    """Turn a value into what JSON can hold, by its type alone."""
    kind = type(value)
    if value is None:
        return {"none": True}
    if kind in (bool, int, float) and (kind is not int or abs(value) < 2**63):
        return {"number": value}
    if kind is str:
        return {"text": value[:200]}
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
    for sequence in (list, tuple):  # or made of these, as a namedtuple is
        if issubclass(kind, sequence) and len(value) <= LONGEST and depth < 3:
            items = [encode(item, depth + 1) for item in sequence(value)]
            if depth or entries(items) <= MANY:
                return {sequence.__name__: items}
    if hasattr(kind, "__float__"):  # such as a fraction
        with contextlib.suppress(Exception):
            return {"number": float(value)}
    is_array = isinstance(value, np.ndarray)
    large = kind in (int, list, tuple) or (is_array and value.nbytes > LARGEST)
    return {"other": kind.__name__[:100] + " (too large)" * large}


def entries(items):
    """Return how many values there are in a list that was encoded."""
    inner = (item.get("list") or item.get("tuple") or [] for item in items)
    return len(items) + sum(map(entries, inner))


class Other(str):
    """The name of the type of a value that was not sent."""


def decode(message):
    """Undo `encode`; a message that it did not make is a ValueError."""
    try:
        ((kind, content),) = [
            item
            for item in message.items()
            if item[0] not in ("dtype", "shape", "columns")
        ]
        if kind == "none":
            return None
        if kind == "number" and type(content) in (bool, int, float):
            if type(content) is int and abs(content) >= 2**63:
                raise ValueError("an integer of more than 64 bits")
            return content
        if kind == "text":
            return str(content)
        if kind == "array":
            if not re.fullmatch(r"[<|][biuf][1248]", message["dtype"]):
                raise ValueError("an array of something else than numbers")
            dtype = np.dtype(message["dtype"])
            shape = tuple(int(size) for size in message["shape"])
            array = np.frombuffer(base64.b64decode(content), dtype).reshape(shape)
            return np.array(array, order="F" if message["columns"] is True else "C")
        if kind in ("list", "tuple") and len(content) <= LONGEST:
            return {"list": list, "tuple": tuple}[kind](map(decode, content))
        if kind == "other":
            return Other(content)
    except (
        AttributeError,
        KeyError,
        TypeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise ValueError(f"not a value: {error}") from None
    raise ValueError(f"not a value: {kind}")


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


class File(types.ModuleType):
    """A file as a module; what another file imports and it lacks is not there yet."""

    def __init__(self, name):
        super().__init__(name)
        self.__missing__ = {}  # what was imported so: functions by their names

    def __getattr__(self, name):
        """Return a function that says so."""
        if name.startswith("__") or "__path__" in vars(self):  # a package: any file
            raise AttributeError(name)
        missing = stand_in(name, None, lambda *args: None)
        return self.__missing__.setdefault(name, missing)


class Finder:
    """Finds the student's other files when they are imported."""

    def __init__(self, functions):
        self.functions = functions

    def find_spec(self, name, path=None, target=None):
        """Return how to load a file of this name, None where there is none."""
        file, is_package = self.file_of(name)
        if file or is_package:
            return importlib.machinery.ModuleSpec(name, self, is_package=is_package)
        if name.partition(".")[0] == "tqdm" and not HAS_TQDM:
            return importlib.machinery.ModuleSpec(name, self, is_package=name == "tqdm")
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
        if spec.name.partition(".")[0] == "tqdm":
            return progress_bars(spec.name)
        file, is_package = self.file_of(spec.name)
        return self.functions.load(file, spec.name, is_package)

    def exec_module(self, module):
        """Do nothing: `create_module` has done it."""


def progress_bars(name):
    """Return a stand-in for tqdm, where that is not installed: texts, and no bars."""
    module = types.ModuleType(name)

    class Bar:
        def __init__(self, items=(), *args, **kwargs):
            self.items = items

        def __iter__(self):
            return iter(self.items)

        def __enter__(self):
            return self

        def __exit__(self, *error):
            return None

        def __getattr__(self, name):
            return lambda *args, **kwargs: None

        @staticmethod
        def write(text="", *args, **kwargs):
            print(text)

        def set_postfix(self, shown=(), *args, **more):
            print(", ".join(f"{k}={v}" for k, v in (dict(shown) | more).items()))

        set_description = set_description_str = set_postfix_str = write

    module.tqdm = module.tqdm_notebook = Bar
    module.trange = module.tnrange = lambda *args, **kwargs: Bar(range(*args))
    return module


class Functions:
    """The functions that a student's file defines.

    A statement that fails does not keep the later ones from running, and where the text
    has an error, the definitions that are complete are used all the same.

    Parameters
    ----------
    source : str
        The text of the file.
    filename : str
        What messages call it.
    definitions_only : bool
        Run only imports, definitions and simple assignments.
    beside : dict of str to str
        Names and texts of other files of the student, which may import from the first
        one, and it from them.
    files : sequence of str
        The names of those that have answers: the first file is imported by the name of
        the first of them, too; of several functions of a name, the first one is called.

    Attributes
    ----------
    problems : list of dict
        What failed when the files were run: `file`, `line`, and the `reason` in words;
        the names that a statement `binds`, or that a text `hides` which is no Python.
    empty : set of str
        The functions without a body.
    """

    def __init__(self, source, filename, definitions_only=False, beside=None, files=()):
        self.problems, self.empty, self.failed = [], set(), {}
        self.printed = Printed()
        self.definitions_only = definitions_only
        self.modules = {}  # by the names of their files
        self.texts = {filename: source} | (beside or {})
        self.away = set(" ".join(AWAY.findall(source)).split())
        self.filename = filename
        self.also = [*files[:1], "submission.py"]  # what the first one is called, too
        self.finder = Finder(self)
        before = dict(sys.modules)  # in the worker, none has such a name
        for name in [filename, *files[1:]]:
            if name in self.texts and name not in self.modules:
                self.load(name)
        sys.modules.update({n: m for n, m in before.items() if m is not sys.modules[n]})
        answering = [filename, *files[1:]]
        self.spaces = [vars(self.modules[f]) for f in answering if f in self.modules]

    def load(self, filename, name="", is_package=False):
        """Run the text of a file, and return the module; of a folder there is none."""
        module = File(name or filename.removesuffix(".py"))
        module.__file__ = filename
        module.__package__ = name if is_package else name.rpartition(".")[0]
        if is_package:
            module.__path__ = []
        self.modules[filename or name] = module
        names = [name or filename, *(self.also if filename == self.filename else [])]
        sys.modules.update({name.removesuffix(".py"): module for name in names})
        bodies = {}  # of each name: what was defined, and whether it has a body
        failed = 0
        with self._alone():
            statements = self._statements(self.texts.get(filename, ""), filename)
            flags = future(statements)
            for node in statements:
                if self.definitions_only and not defines(node):
                    continue
                try:
                    code = ast.Module([node], [])
                    exec(compile(code, filename, "exec", flags), module.__dict__)
                    if isinstance(node, ast.FunctionDef):
                        defined = module.__dict__[node.name]
                        bodies[node.name] = defined, not is_empty(node)
                except BaseException as error:
                    failed += 1
                    if failed <= FAILED:
                        problem = self._describe(error, node.lineno, filename)
                        file = problem["file"]
                        named = {"file": file or filename, "binds": sorted(bound(node))}
                        self.problems.append(problem | named)
                        where = f"{file}, " if file and file != filename else ""
                        said = f"{where}line {problem['line']} failed: "
                        said += problem["reason"]
                        self.failed |= dict.fromkeys(bound(node), said)
        if failed > FAILED:
            more = f"{failed - FAILED} more statements fail"
            self.problems.append({"file": filename, "reason": more})
        self.empty |= {
            name
            for name, (defined, has_body) in bodies.items()
            if vars(module).get(name) is defined and not has_body
        }
        return module

    def _statements(self, source, filename):
        """Return the statements of the text, or of its parts that can be read."""
        if error := error_of(source):
            reason = getattr(error, "msg", None) or str(error)
            self.problems.append(
                {
                    "file": filename,
                    "line": getattr(error, "lineno", None),
                    "reason": f"{type(error).__name__}: {reason}",
                    "hides": sorted(hidden(source)),
                }
            )
            read = set().union(*map(bound, parsed(source)))
            for number, line in enumerate(source.split("\n"), 1):
                if found := IMPORT.search(line):
                    name = found[2] or found[1]
                    if name not in read:
                        why = f"line {number}, which imports it, could not be read"
                        self.failed.setdefault(name, why)
        return parsed(source)

    def names(self):
        """Return the names of what can be called."""
        members = [item for space in self.spaces for item in space.items()]
        # A file that imports a function which is not there has a stand-in for it.
        lost = {id(f) for m in self.modules.values() for f in m.__missing__.values()}
        return sorted({n for n, f in members if callable(f) and id(f) not in lost})

    def call(self, name, args, kwargs, standins=(), ask=None, measure=False):
        """Call a function and tell what it did.

        Parameters
        ----------
        name : str
            The function.
        args, kwargs : list, dict
            Its arguments; nobody else may use the arrays in them.
        standins : sequence of str
            Functions that ask before they answer.
        ask : function of a name, args and kwargs
            Returns None (then the student's own function answers) or a list of one
            value.
        measure : bool
            Whether to measure the memory.

        Returns
        -------
        dict
            Plain, as JSON can hold it: `value`, `error`, `printed`, `changed`, `peak`.
        """
        own = {}
        for space in reversed(self.spaces):
            own |= {other: space[other] for other in standins if other in space}
        asking = {other: stand_in(other, own.get(other), ask) for other in standins}
        before = [encode(arg) for arg in args]
        value = error = peak = None
        self.printed.seek(0)
        self.printed.truncate()
        put_back = [replace(self.spaces[0], own, asking)]
        missing = {}
        for module in self.modules.values():
            missing |= {n: f for n, f in module.__missing__.items() if n in standins}
        for module in list(self.modules.values()):
            if vars(module) is not self.spaces[0]:
                put_back.append(replace(vars(module), missing | own, asking, new=False))
        called = next((s[name] for s in self.spaces if name in s), None)
        try:
            with self._alone():
                if measure:
                    tracemalloc.start()
                result = called(*args, **kwargs)
                if measure:
                    peak = tracemalloc.get_traced_memory()[1]
                value = encode(result)
        except BaseException as caught:
            error = self._describe(caught)
        finally:
            tracemalloc.stop()
            for undo in put_back:
                undo()
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
        trace, frame, sizes = error.__traceback__, None, []
        asked = getattr(error, "asked", None)
        while trace and not (asked and trace.tb_frame.f_code.co_name == "asking"):
            if trace.tb_frame.f_code.co_filename in self.texts:
                line, frame = trace.tb_lineno, trace.tb_frame
                file = frame.f_code.co_filename
            trace = trace.tb_next
        kind = type(error).__name__
        try:
            message = str(error)[:200]
        except BaseException:
            message = ""
        if isinstance(error, NotImplementedError):
            kind = "NotImplementedError"
            if name := written_around(self.texts.get(file, ""), line):
                message = (
                    f"delete line {line} of {file}, the `raise`, when `{name}` is "
                    "complete: it ends the function, whatever else stands there"
                )
        reason = f"{kind}: {message}" if message else kind
        why = ""
        if asked:
            *most, last = asked[1] or ["nothing"]
            given = f"{', '.join(most)} and {last}" if most else last
            why = f"it calls `{asked[0]}` with {given}, and that raises "
            why += reason if message.startswith(f"{asked[0]}()") else kind
        elif frame and isinstance(error, ValueError):
            with contextlib.suppress(Exception):
                why, sizes = shapes_that_met(self.texts[file], line, frame)
        elif isinstance(error, NameError) and error.name in self.away:
            why = reason = (
                f"`{error.name}` is not there: what makes it is not run here, where no "
                "data are loaded and nothing is trained; a function should use what it "
                "is given"
            )
        elif isinstance(error, NameError) and error.name in self.failed:
            why = f"`{error.name}` is not there, since {self.failed[error.name]}"
        cell, line = origin(self.texts[file], line) if file else ("", line)
        file = file if len(self.texts) > 1 else None  # else there is no question
        place = {"file": cell or file, "line": line, "why": why, "sizes": sizes}
        return {"type": kind, "message": message, "reason": reason} | place


def written_around(text, line):
    """Return the function in which a `raise` stands beside other code, or None.

    A docstring and calls, such as those that check the arguments, may be given.
    """
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # of such a text only parts are used
    for node in nodes:
        if isinstance(node, ast.FunctionDef):
            rest = [part for part in node.body if not isinstance(part, ast.Expr)]
            if len(rest) > 1 and line in [
                part.lineno for part in rest if isinstance(part, ast.Raise)
            ]:
                return node.name
    return None


def origin(text, line):
    """Return the cell that a line was taken from, "" for none, and its line there."""
    lines = text.split("\n")
    for i in range(line - 1, 0, -1):
        if match := FROM.fullmatch(lines[i - 1]):
            return match[1], int(match[2]) + line - i - 1
    return "", line


def shapes_that_met(text, line, frame):
    """Say which shapes did not fit, in the student's names, and which sizes.

    Returns
    -------
    str
        "" where that is unknown.
    list of int
        The sizes that should be the same.
    """
    for node in ast.walk(ast.parse(text)):
        sides, sign = (), SIGNS.get(type(getattr(node, "op", None)))
        if isinstance(node, ast.BinOp):
            sides = node.left, node.right
        elif isinstance(node, ast.AugAssign):
            sides = node.target, node.value
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in PRODUCTS:
            # `np.dot(W, x)` or `W.dot(x)`
            sides, sign = (node.func.value, *node.args)[-2:], "@"
        if len(sides) != 2:
            continue
        calls = (is_unknown_call(part) for s in sides for part in ast.walk(s))
        if not node.lineno <= line <= node.end_lineno or any(calls):
            continue
        texts = [ast.unparse(side) for side in sides]
        names = frame.f_globals, dict(frame.f_locals)
        try:
            left, right = [np.shape(eval(text, *names)) for text in texts]
        except Exception:
            continue  # a part of it does not fit already
        try:
            if sign == "@":
                np.matmul(np.empty(left), np.empty(right))
            else:
                np.broadcast_shapes(left, right)
        except ValueError:
            fits = sign == "*" and len(left) == len(right) == 2 and left[1] == right[0]
            entry = "`*` is entry by entry, `@` is the matrix product; " if fits else ""
            pairs = [*zip(left[::-1], right[::-1], strict=False)]
            turned = ""
            if sign == "@":
                pairs = [(left[-1], right[-2:][0])]
                if len(left) == len(right) == 2 and (
                    left[1] == right[1] or left[0] == right[0]
                ):
                    turned = ": the inner sizes must agree, so transpose one of the two"
            return (
                f"{entry}`{texts[0]}` has shape {left} and `{texts[1]}` has shape "
                f"{right}, which do not fit in `{ast.unparse(node)[:80]}`{turned}",
                next([n, m] for n, m in pairs if n != m and (sign == "@" or n > 1 < m)),
            )
    return "", []


def is_unknown_call(node):
    """Tell whether a part of an expression calls what may do more than to compute."""
    known = (*PRODUCTS, "transpose")
    return isinstance(node, ast.Call) and getattr(node.func, "attr", "") not in known


PRODUCTS = ("dot", "matmul")
SIGNS = {ast.MatMult: "@", ast.Mult: "*", ast.Add: "+", ast.Sub: "-", ast.Div: "/"}


def future(statements):
    """Return what ``from __future__ import ...`` asks of the compiler."""
    names = [
        alias.name
        for node in statements
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
        for alias in node.names
    ]
    known = [name for name in names if name in __future__.all_feature_names]
    return sum({getattr(__future__, name).compiler_flag for name in known})


def replace(space, own, asking, new=True):
    """Put stand-ins where functions are used; return what puts them back.

    `own` are functions of the module `space`, and `asking` what takes their places:
    also under other names, and as default arguments. With `new`, those are put in that
    the module does not have.
    """
    instead = {id(own[name]): asking[name] for name in own}
    names = {name: value for name, value in space.items() if id(value) in instead}
    defaults = {
        value: value.__defaults__
        for value in space.values()
        if isinstance(value, types.FunctionType)
        and any(id(default) in instead for default in value.__defaults__ or ())
    }
    space.update(asking if new else {})
    space.update({name: instead[id(value)] for name, value in names.items()})
    for function, values in defaults.items():
        function.__defaults__ = tuple(instead.get(id(v), v) for v in values)

    def put_back():
        for name in asking if new else ():
            space.pop(name, None)
        space.update(names)
        for function, values in defaults.items():
            function.__defaults__ = values

    return put_back


def is_empty(node):
    """Tell whether a definition has no body but a docstring, `pass` or `...`."""
    return all(
        isinstance(part, ast.Pass)
        or (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
        for part in node.body
    )


def defines(node):
    """Tell whether a statement is an import, a definition or a simple assignment."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return not any(isinstance(part, ast.Call) for part in ast.walk(node))
    return isinstance(
        node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef
    )


def error_of(source):
    """Return the exception with which Python cannot read a text, or None."""
    try:
        ast.parse(source)
    except BROKEN as error:
        for number, line in enumerate(source.split("\n"), 1):
            if re.match(r"(<{7}|>{7}) ", line):
                said = "this line is a mark of a merge conflict of git"
                return SyntaxError(said, ("", number, 1, line))
        return error


def parsed(source):
    """Return the statements of a text; of a broken one, the definitions in it."""
    with contextlib.suppress(*BROKEN):
        return ast.parse(source).body
    found = []
    for line, text in blocks(ENDS.sub("", source.replace("\0", " "))):
        with contextlib.suppress(*BROKEN):
            found += filter(defines, ast.parse("\n" * line + text).body)
    return found


def hidden(source):
    """Return the functions that a text has which Python cannot read."""
    names = set(re.findall(r"^[ \t]*def[ \t]+(\w+)", source, re.M))
    return names - set().union(*map(bound, parsed(source)))


def inside(source):
    """Say of functions that are not at the top of a text what they are inside of."""
    found = {}
    for node in parsed(source):
        where = ""
        if isinstance(node, ast.ClassDef):
            where = f"`class {node.name}`"
        elif isinstance(node, ast.FunctionDef):
            where = f"`def {node.name}`"
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Compare):
            if getattr(node.test.left, "id", "") == "__name__":
                where = "`if __name__ == ...`, which is not run when it is imported"
        parts = list(ast.walk(node))[1:] if where else []
        names = [part.name for part in parts if isinstance(part, ast.FunctionDef)]
        found |= {name: f"it is inside of {where}" for name in names}
    return found


def bound(node):
    """Return the names that a statement binds where it stands."""
    names, todo = set(), [node]
    while todo:
        part = todo.pop()
        if isinstance(part, DEFINITION):
            names.add(part.name)
        elif isinstance(part, ast.Import | ast.ImportFrom):
            names |= {(a.asname or a.name).split(".")[0] for a in part.names}
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            names.add(part.id)
        elif not isinstance(part, ast.Lambda | ast.comprehension):
            todo += ast.iter_child_nodes(part)
    return names


def blocks(source):
    """Cut a text at the lines that begin without a blank: line number and text."""
    lines = source.splitlines()
    starts = [i for i, line in enumerate(lines) if re.match(r"[^\s#)\]}]", line)]
    # What stands below a decorator belongs to it.
    starts = [i for i in starts if i == 0 or not lines[i - 1].startswith("@")]
    for i, after in zip(starts, [*starts, len(lines)][1:], strict=True):
        yield i, "\n".join(lines[i:after])


def stand_in(name, own, ask):
    """Make a function that asks first, and leaves the rest to the student's own."""

    def asking(*args, **kwargs):
        known = ask(name, args, kwargs)
        if known is not None:
            return known[0]
        if own is None:
            raise Unwritten(f"it calls `{name}`, which is not there yet")
        try:
            return as_numbers(own(*args, **kwargs))
        except NotImplementedError:
            raise Unwritten(f"it calls `{name}`, which is not written yet") from None
        except Exception as error:  # of a call in a call, the outer one is told
            with contextlib.suppress(Exception):
                error.asked = name, [kind_of(v) for v in [*args, *kwargs.values()]]
            raise

    return asking


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
        if old == new:
            continue
        parts = [value.get("tuple") or value.get("list") or [] for value in (old, new)]
        if parts[0] and len(parts[0]) == len(parts[1]):
            places += [[i, *place] for place in changes(*parts)]
        else:
            places.append([i])
    return places


def limit(kind, most):
    """Set a limit of the system, where it has this one: Windows has none."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(getattr(resource, f"RLIMIT_{kind}"), (most, most))


def limit_processes(number):
    """Let there be so many of this user, where a sandbox has set a limit above."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NPROC)
        if most == 2:
            resource.setrlimit(resource.RLIMIT_NPROC, (number, most))


def refuse(*args, **kwargs):
    """Start no thread and no process: every sandbox forbids it, so all judges do."""
    raise RuntimeError(
        "can't start new thread: the judge allows no further threads and processes"
    )


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

    def ask(name, args, kwargs):
        kwargs = {key: encode(value) for key, value in kwargs.items()}
        reply({"ask": name, "args": [encode(arg) for arg in args], "kwargs": kwargs})
        known = json.loads(requests.readline())
        return known and [decode(value) for value in known]

    request = json.loads(requests.readline())
    reply({"ready": True})  # before any of the student's code
    sys.path.insert(0, request["folder"])
    functions = Functions(
        request["source"],
        request["filename"],
        request["definitions_only"],
        request["beside"],
        request["files"],
    )
    threading.Thread.start = BaseProcess.start = refuse  # imports may have need of them
    hello = {"names": functions.names(), "empty": sorted(functions.empty)}
    hello |= {"problems": functions.problems, "inside": inside(request["source"])}
    reply(hello | {"forks": sys.platform == "linux"})
    for line in requests:
        request = json.loads(line)
        if "begin" in request:  # a copy of this process answers until it ends
            try:
                limit_processes(2)
                child = os.fork()
            except OSError:
                reply({"begun": False})
                continue
            finally:
                limit_processes(1)
            if child:
                os.waitpid(child, 0)
                reply({"over": True})
            else:
                limit("CPU", SECONDS)
                reply({"begun": True})
            continue
        if "end" in request:
            os._exit(0)
        args = [decode(arg) for arg in request["args"]]
        kwargs = {key: decode(value) for key, value in request["kwargs"].items()}
        standins, measure = request["standins"], request["measure"]
        reply(functions.call(request["name"], args, kwargs, standins, ask, measure))


if __name__ == "__main__":
    main()
