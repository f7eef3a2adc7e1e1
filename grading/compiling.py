"""Compile the questions of a course into what the judge needs: `make compile`.

Everything follows from the files in `course/`, the answers of this repository and a
seed. A student has what was compiled with seed 1; whoever marks compiles anew, which
takes a quarter of a minute. What is inconsistent is refused, with the question and the
mistake.
"""

import ast
import builtins
import contextlib
import dataclasses
import difflib
import functools
import inspect
import itertools
import json
import re
import runpy
import signal
import subprocess
import symtable
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np

import course as this_course
from checks import questions
from checks.asking import Case, Drawn, Extra
from checks.console import print_anything
from checks.judge import RIGHT, Judge
from checks.notebook import text_of, without_magic
from checks.questions import COMPILED, Assignment, Question
from checks.runner import SECONDS, Outcome, TrustedAnswers, read_source
from checks.trial import Trial, fits
from checks.words import listing
from checks.worker import error_of
from grading.mistakes import read

ROOT = Path(__file__).resolve().parent.parent
COURSE = Path(this_course.__file__).parent
NOTEBOOKS = ROOT / "notebooks"
BROKEN = ("NameError", "UnboundLocalError")
NO_SUCH = "AttributeError: module '"  # such as np.expo2
BY_CHANCE = ("value", "shuffled", "anew", "told")  # parts of a signature
SHORT, PART = 6, 10  # characters of a statement, an expression that no hint may have
KEPT = ("partway", "however")  # what the judge needs of how a mistake is
TAKEN_OUT = {"answer", "solution"}  # tags of cells that nobody is handed
IN_NOTEBOOKS = [*dir(builtins), "display", "get_ipython"]  # names that are always there
SECOND_TAGS = {"show_source": {"source"}, "check": {"result"}}  # of cells that call it


class CourseError(ValueError):
    """What does not fit in the files of a course, a line each."""


class PlacedError(CourseError):
    """What does not fit in a line of a file, which it names."""


class Problems(list):
    """What does not fit, in lines."""

    @contextlib.contextmanager
    def about(self, place=""):
        """Collect what a block of code raises, as a problem of some place.

        What has a place of its own is told once, however many questions it is in.
        """
        try:
            yield
        except PlacedError as error:
            if str(error) not in self:
                self.append(str(error))
        except ValueError as error:
            self.append(f"{place}: {error}" if place else str(error))

    def refuse(self):
        """Raise a `CourseError` if there are any."""
        if self:
            raise CourseError("\n".join(self))


def is_a(kind, value):
    """Tell whether a value is of a kind; ``[kind]`` is a list or a tuple of such."""
    if isinstance(kind, list):
        parts = value if isinstance(value, list | tuple) else [None]
        return all(isinstance(part, kind[0]) for part in parts)
    return isinstance(value, kind) and not (kind is NUMBER and value < 0)


NUMBER = int | float
POINTS = 0, NUMBER, "a number of points, such as 5"
FIELDS = {  # what a file may say: its default, its kind, and what it should be
    "functions": ((), [str], 'a tuple of names, such as ("softmax",)'),
    "points": POINTS,
    "reading": POINTS,
    "extra_points": POINTS,
    "bonus": (False, bool, "True or False"),
    "cases": (lambda rng, right: [], Callable, "a function of `rng` and `right`"),
    "extras": ((), [Extra], "a list of `Extra`"),
    "mistakes": ("", str, "a text, a paragraph for each hint"),
    "waypoints": ({}, dict, "a dict of expressions"),
    "facts": (lambda right: {}, Callable, "a function of `right`"),
    "steps": ("", str, "a text, a paragraph for each step"),
    "earned": ("", str, "a text"),
}
RETURNS = {  # what a function of a file may return, and what that should be
    "cases": ([Case], "a list of `Case`"),
    "facts": (dict, "a dict of numbers by name"),
}


class Course:
    """The files of a course, and the right answers.

    The folder has a file for each question, such as ``q07.py``, and perhaps an
    `__init__.py` with `FILES`, the names of the files that answer them, and a `NOTE`.
    Others have the right answers and, if there are any, the notebooks that ask.
    """

    def __init__(self, folder=COURSE, answers=ROOT, notebooks=NOTEBOOKS):
        self.folder, self.answers, self.notebooks = folder, answers, notebooks
        package = folder / "__init__.py"
        head = read_module(package) if package.exists() else None
        self.files = getattr(head, "FILES", ("answers.py",))
        self.note = getattr(head, "NOTE", "")
        # By question; those of which a file or a field cannot be used are left out.
        self.modules, self.titles, self.mistakes = {}, {}, {}
        self.problems, self.numbers = Problems(), set()  # of all the files
        for path in sorted(folder.glob("q[0-9]*.py")):
            self.numbers.add(int(re.match(r"q(\d+)", path.name)[1]))
            with self.problems.about():
                self.add_question(path)
        self.modules = dict(sorted(self.modules.items()))
        self.sources, self.file_of = {}, {}  # of the answers: texts by file and so on
        self.texts, self.docs = {}, {}  # each right function, and its docstring
        for file in self.files:
            if (answers / file).exists():
                self.add_answers(file)

    def add_question(self, path):
        """Read the file of a question."""
        module = read_module(path)
        said = re.match(r"Question (\d+): (.+)\.\s*$", module.__doc__ or "", re.M)
        if not said:
            raise CourseError(
                f"{path.name}: it should begin with a docstring such as "
                '"""Question 7: softmax."""'
            )
        n, called = int(said[1]), int(re.match(r"q(\d+)", path.name)[1])
        if n != called:
            raise CourseError(
                f"{path.name}: its docstring says Question {n}, and its name Question "
                f"{called}: which of them is it?"
            )
        if n in self.modules:
            raise CourseError(
                f"{Path(self.modules[n].__file__).name} and {path.name} are both "
                f"Question {n}: give one of them another number, in the name of the "
                "file and in its docstring"
            )
        unknown, unfit = unknown_fields(module), []
        for name, (default, kind, should) in FIELDS.items():
            value = vars(module).setdefault(name, default)
            if not is_a(kind, value):
                unfit.append(f"`{name}` is {value!r:.50}, and should be {should}")
        if not unfit and module.points and not module.functions:
            unfit.append(
                "`points` are for functions, and it asks for none: what a human reads "
                "is worth `reading`"
            )
        self.problems += [f"{shown(path)}: {fault}" for fault in unknown + unfit]
        if not unfit:
            self.modules[n], self.titles[n], self.mistakes[n] = module, said[2], []
            with self.problems.about(shown(path)):
                self.mistakes[n] = read(module.mistakes)

    def add_answers(self, file):
        """Read the right functions in a file."""
        source = self.sources[file] = read_source(self.answers / file)
        with placed(self.answers / file):
            tree = ast.parse(source, file)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                self.texts[node.name] = without_docstring(node, source)
                self.docs[node.name] = ast.get_docstring(node) or ""
                self.file_of[node.name] = file

    @property
    def asked(self):
        """The functions that all questions ask for."""
        return [name for module in self.modules.values() for name in module.functions]

    def answer(self, n):
        """Return the right functions of a question, as texts by name."""
        return {name: self.texts[name] for name in self.modules[n].functions}

    def worth(self, n):
        """Return the points for a question, without those for extras."""
        return self.modules[n].points + self.modules[n].reading

    def ask(self, n, function, *args):
        """Call a function of the file of a question."""
        path, (kind, should) = Path(self.modules[n].__file__), RETURNS[function]
        with placed(path):
            found = getattr(self.modules[n], function)(*args)
        if not is_a(kind, found):
            is_missing = ": is its `return` missing?" if found is None else ""
            raise PlacedError(
                f"{shown(path)}: `{function}` returns {found!r:.50}, and should return "
                f"{should}{is_missing}"
            )
        return found

    def right(self, changed=None):
        """Return the right answers, with other texts for some functions, by name."""
        sources = dict(self.sources)
        for name, text in (changed or {}).items():
            sources[self.file_of[name]] += f"\n\n{text}"
        return self.trusted(sources)

    def trusted(self, sources):
        """Return answers that one trusts, from the texts of their files."""
        first, *others = sources
        beside = {name: sources[name] for name in others}
        return OurAnswers(sources[first], first, beside=beside, files=self.files)


class Timeout(Exception):
    """A call that takes too long; a student's is told by the same name."""


class OurAnswers(TrustedAnswers):
    """Answers that one trusts in everything but that they end."""

    @contextlib.contextmanager
    def open(self):
        """Yield this object itself, which forgets what did not end before."""
        self.error = None
        yield self

    def _call(self, message, ask):
        if not self.error:
            with in_time():
                outcome = super()._call(message, ask)
            if not outcome.is_final:
                return outcome
            self.error = outcome.error  # a student's process answers no more, too
        return Outcome(error=self.error)


@contextlib.contextmanager
def in_time():
    """Raise a `Timeout` in a block that takes too long of the processor.

    That needs a clock, which Windows does not have, and the main thread.
    """

    def stop(*_):
        raise Timeout(f"it did not end within {SECONDS:.3g} seconds")

    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGPROF, stop)
    left = signal.setitimer(signal.ITIMER_PROF, SECONDS)  # in a call in a call
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, *left)
        signal.signal(signal.SIGPROF, before)


def read_module(path):
    """Return what a Python file defines, as attributes."""
    with placed(path):
        return SimpleNamespace(**runpy.run_path(str(path)))


@contextlib.contextmanager
def placed(path):
    """Say of an exception in which line it arose, of this file or of one beside it."""
    try:
        yield
    except CourseError:
        raise
    except Exception as error:
        place, line, reason = path, None, error
        if isinstance(error, SyntaxError):
            place = path.with_name(Path(error.filename).name)
            line, reason = error.lineno, error.msg
        for frame in traceback.extract_tb(error.__traceback__):
            if Path(frame.filename).parent == path.parent:
                place, line = Path(frame.filename), frame.lineno
        where = f"{shown(place)}, line {line}" if line else shown(place)
        raise PlacedError(f"{where}: {type(error).__name__}: {reason}") from error


def shown(path):
    """Return the name of a file as it is told: with its folder."""
    return f"{path.parent.name}/{path.name}"


def closest(name, names):
    """Return a question whether some other name was meant, if one is like it."""
    close = difflib.get_close_matches(name, names, 1, 0.7)
    return f": is it `{close[0]}`?" if close else ""


def unknown_fields(module):
    """Return, in lines, what a file says beside the fields of a question.

    What it may have beside them are functions, and constants in capitals.
    """
    said = []
    for name, value in vars(module).items():
        own = inspect.isfunction(value) and value.__module__ == module.__name__
        plain = not callable(value) and not inspect.ismodule(value)
        close = closest(name, FIELDS)
        is_meant = name.islower() and name[0] != "_" and (plain or own and close)
        if is_meant and name not in FIELDS:
            others = f": they are {listing(FIELDS)}; a constant of the file's own has "
            others += "a name in capitals"
            said.append(f"there is no field `{name}`{close or others}")
    return said


def without_docstring(node, source):
    """Return the text of a function without its docstring."""
    doc, lines = node.body[0], source.splitlines(keepends=True)
    own = lines[node.lineno - 1 : node.end_lineno]
    if ast.get_docstring(node) is not None and len(node.body) > 1:
        del own[doc.lineno - node.lineno : doc.end_lineno - node.lineno + 1]
    return "".join(own)


def functions_of(answers, names):
    """Return the right functions as attributes, for `cases` and `facts`."""

    def call(name, *args):
        with answers.open():
            outcome = answers.call(name, *args)
        if error := outcome.error:
            file = f"{error['file']}, " if error["file"] else ""
            said = f" does not end ({file}line {error['line']})"
            raise CourseError(
                f"`{name}`{said if outcome.is_final else ': ' + error['reason']}"
            )
        return outcome.value

    return Functions(**{name: functools.partial(call, name) for name in names})


class Functions(SimpleNamespace):
    """The right functions, as attributes."""

    def __getattr__(self, name):
        """Say that there is no such function."""
        meant = closest(name, vars(self))
        raise AttributeError(f"there is no function `{name}` in the answers{meant}")


def parameters_of(answers, names):
    """Return the parameters of functions, with their defaults (None for none).

    One whose default is None, or that has no place, is an extra of these answers, and
    left out.
    """
    there = {name: f for space in answers.functions.spaces for name, f in space.items()}
    found = {}
    for name in [name for name in names if name in there]:
        parts = inspect.signature(there[name]).parameters.values()
        found[name] = {
            part.name: None if part.default is part.empty else part.default
            for part in parts
            if part.default is not None and part.kind is part.POSITIONAL_OR_KEYWORD
        }
    return found


def read_notebooks(folder):
    """Yield the path of each notebook in a folder, and its cells."""
    for path in sorted(folder.glob("*.ipynb")) if folder else []:
        yield path, json.loads(path.read_text(encoding="utf-8"))["cells"]


def cell_name(name, number, cell):
    """Return how a cell is told: the notebook, its number, and how it begins."""
    return f"{name}, cell {number} ({''.join(cell['source'])[:40]!r})"


def gone_from(text, questions):
    """Return the questions that a text mentions and that are not there, in lines."""
    mentioned = dict.fromkeys(map(int, re.findall(r"\bQuestion (\d+)", text)))
    return [f"there is no Question {n}" for n in mentioned if n not in questions]


def gone_from_answers(course):
    """Yield, in lines, which answers mention a question that is gone.

    Where they answer it, so do those in other styles.
    """
    variants = sorted(course.answers.glob("grading/variants/*.py"))
    for name, doc in course.docs.items():
        gone, own = gone_from(doc, course.numbers), doc.partition(":")[0]
        places = [course.file_of[name]]
        if f"there is no {own}" in gone:
            texts = [
                (f"grading/{shown(path)}", path.read_text("utf-8")) for path in variants
            ]
            places += [place for place, text in texts if f"def {name}(" in text]
        for place, fault in itertools.product(places, gone):
            yield f"{place}, `{name}`: {fault}"


def names_in(cell):
    """Return the names that the code of a cell needs from outside, and those it binds.

    What Python cannot read may bind all the names in it.
    """
    code = without_magic(text_of(cell)) if cell["cell_type"] == "code" else ""
    if error_of(code):
        return set(), set(re.findall(r"\w+", code))
    tables = [symtable.symtable(code, "", "exec")]
    for table in tables:
        tables += table.get_children()  # of its functions
    names = [name for table in tables for name in table.get_symbols()]
    used = {name.get_name() for name in names if name.is_global()}
    return used, {n.get_name() for n in tables[0].get_symbols() if n.is_local()}


def faults_of_cells(name, cells, questions):
    """Return, in lines, which cells use what is not there, or lack a tag.

    That is a question that is gone, or a name that the notebook neither imports nor
    defines.

    A cell has the tag of the question under whose heading it stands. One that shows the
    source of an answer, or checks it, has a second tag, so that its output is not
    handed out. So has one that begins as an answer does.
    """
    said, own, names = [], set(), [names_in(cell) for cell in cells]
    known = set(IN_NOTEBOOKS).union(*(bound for _, bound in names))
    for k, (cell, (used, _)) in enumerate(zip(cells, names, strict=True), 1):
        source = text_of(cell)
        if cell["cell_type"] == "markdown" and re.match("#{1,3} ", source):
            own = {f"q{n}" for n in re.findall(r"\A### Question (\d+): ", source)}
        call = source.partition("(")[0] if own else ""
        tags = set(cell["metadata"].get("tags", []))
        lacking = (own | SECOND_TAGS.get(call, set())) - tags
        its_own = [f"Question {tag[1:]}" for tag in sorted(tags)]
        faults = gone_from("\n".join([source, *its_own]), questions)
        faults += [f"it needs the tag `{tag}`" for tag in sorted(lacking)]
        faults += [
            f"it uses `{missing}`, which the notebook neither imports nor defines"
            for missing in sorted(used - known)
        ]
        known |= used  # each is told once
        if re.match(r"\*\*(Answer|Derivation)", source) and not tags & TAKEN_OUT:
            faults.append("it begins as an answer does: tag it `answer` or `solution`")
        said += [f"{cell_name(name, k, cell)}: {fault}" for fault in faults]
    return said


def asked_in(notebooks):
    """Return where each question is asked, its task and its heading, by number."""
    found = {}
    for k, (_, cells) in enumerate(read_notebooks(notebooks), 1):
        texts = [
            ("".join(cell["source"]), cell["metadata"].get("tags"))
            for cell in cells
            if cell["cell_type"] == "markdown"
        ]
        for source, _ in texts:
            if heading := re.match(r"### Question (\d+): (.+)\n*", source):
                own = [text for text, tags in texts if tags == [f"q{heading[1]}"]]
                task = task_in("\n\n".join(own).removeprefix(heading[0]))
                found[int(heading[1])] = f"notebook {k}", task, heading[2]
    return found


def task_in(text):
    """Return the sentence that asks for a function, else the first, as plain text."""
    text = re.sub(r",?\s*\$\$[^$]*?([.,]?)\s*\$\$", r"\1", text)  # formulas
    sentence = r"\S.*?(?:[.?!](?=\s)|$)"
    found = re.search(rf"\bWrite `{sentence}", text, re.S)
    found = found or re.search(sentence, text, re.S)
    sentence = " ".join(found[0].split()) if found else ""
    text = re.sub(r"\[(.+?)\]\(.+?\)", r"\1", sentence)
    parts = re.split("(`.+?`)", text)
    parts[::2] = [re.sub(r"[*$\\{}]", "", part) for part in parts[::2]]  # no code
    return "".join(parts)


def compile_course(course=None, seed=1):
    """Return what a course compiles to, by default this one, with inputs of a seed.

    When something does not fit, it is a `CourseError` with a line for each problem.
    """
    course = course or Course()
    problems = Problems(course.problems)
    answers, places, found = course.right(), asked_in(course.notebooks), {}
    given = sorted(path.stem for path in course.answers.glob("*.py"))
    digest = questions.digest(course.folder, [course.answers / f for f in course.files])
    assignment = Assignment(
        files=tuple(course.files),
        questions=found,
        parameters=parameters_of(answers, course.asked),
        note=course.note,
        given=(*given, "checks"),
        kept=kept_as_given(course),
        seed=seed,
        digest=digest,
    )
    for n, module in course.modules.items():
        title, functions = course.titles[n], tuple(module.functions)
        place, task, heading = places.get(n, ("", "", title))
        if heading != title:
            problems.append(f"Question {n}: in the notebook it is called {heading!r}")
        if places and n not in places:
            problems.append(
                f"Question {n} stands in no notebook: add a heading "
                f"`### Question {n}: {title}` and the tag `q{n}`"
            )
        more = {"bonus": module.bonus, "place": place, "task": task}
        found[n] = Question(n, title, functions, **more)
    for n, question in list(found.items()):
        missing = [name for name in question.functions if name not in course.texts]
        problems += [
            f"Question {n}: there is no `{name}` in {' or '.join(course.files)}"
            f"{closest(name, course.texts)}"
            for name in missing
        ]
        if not missing:
            with problems.about(f"Question {n}"):
                found[n] = compile_question(course, n, assignment, answers, problems)
    problems += gone_from_answers(course)
    answered = set()
    for path, cells in read_notebooks(course.notebooks):
        problems += faults_of_cells(path.name, cells, course.numbers)
        tags = [cell["metadata"].get("tags", []) for cell in cells]
        answered = answered.union(*(own for own in tags if "answer" in own))
    problems += [
        f"Question {n}: its `reading` is {module.reading:g}, and no cell with the tag "
        f"`q{n}` has the tag `answer`"
        for n, module in course.modules.items()
        if places and module.reading and f"q{n}" not in answered
    ]
    problems.refuse()  # before all mistakes are tried, which takes most of the time
    judge = Judge(answers, assignment, answers)
    for n in found:
        found[n] = with_mistakes(course, found[n], judge, problems)
    problems.refuse()
    return assignment


def kept_as_given(course):
    """Return digests of the functions in the files that answer no question."""
    asked, found = course.asked, {}
    for source in course.sources.values():
        found |= questions.digests(source)
    return {name: digest for name, digest in found.items() if name not in asked}


def compile_question(course, n, assignment, answers, problems):
    """Return a question with all but its mistakes; add what does not fit.

    The texts of its mistakes are there already; see `with_mistakes`.
    """
    module, question = course.modules[n], assignment.questions[n]
    if question.functions:
        cases = cases_of(course, n, answers, assignment)
        for extra in module.extras:
            refuse_call(extra, f"extra {extra.lacks!r}", question.functions)
            arrays = [a for a in extra.args if isinstance(a, np.ndarray | list | tuple)]
            if extra.test == "unchanged" and not arrays:
                raise CourseError(
                    f"its extra {extra.lacks!r} is always met, as nobody can change a "
                    "number: give the function an array"
                )
        question = dataclasses.replace(
            question, cases=cases, extras=tuple(module.extras)
        )
        assignment.questions[n] = question
        tried = {case.function for case in cases}
        faults = [f"`{f}` has no case" for f in question.functions if f not in tried]
        verdict = Judge(course.right(), assignment, answers).verdict(n)
        if verdict.hint:
            faults.append(f"the answer is wrong: {verdict.hint}")
        faults += [
            f"the answer does not meet the extra {lack!r}"
            for lack in verdict.lacks or []
        ]
        problems += [f"Question {n}: {fault}" for fault in faults]
    fill = functools.partial(
        filled,
        numbers=course.ask(n, "facts", functions_of(answers, course.texts)),
        lines=lines_of(course.answer(n).values()),
        questions=course.numbers,
    )
    mistakes, waypoints, steps = [], [], []
    for mistake in course.mistakes[n]:
        with problems.about(f"Question {n}, mistake {mistake.name}"):
            mistake.refuse_untrue(course.texts)
            mistake.sources(course.answer(n))
            mistakes.append({"name": mistake.name, "hint": fill(mistake.hint)})
    if module.waypoints:
        case = question.cases[0]
        outcome = answers.call(case.function, *case.args, look="variables")
    for place, sentence in module.waypoints.items():
        with problems.about(f"Question {n}, waypoint {place}"):
            names = dict(outcome.value)
            parts = place.split(";")
            groups = tuple(forms(part, names) for part in parts)
            called = tuple(part.partition(",")[0].strip() for part in parts)
            waypoints.append((groups, fill(sentence), called))
    for k, step in enumerate(re.split(r"\n\s*\n", module.steps.strip()), 1):
        with problems.about(f"Question {n}, step {k}"):
            steps.append(fill(" ".join(step.split())))
    with problems.about(f"Question {n}, earned"):
        question = dataclasses.replace(
            question, earned=fill(" ".join(module.earned.split()))
        )
    return dataclasses.replace(
        question,
        mistakes=tuple(mistakes),
        waypoints=tuple(waypoints),
        steps=tuple(filter(None, steps)),
    )


def with_mistakes(course, question, judge, problems):
    """Return a question with what its mistakes are known by; add what does not fit."""
    known, n = [], question.number
    for mistake, texts in zip(course.mistakes[n], question.mistakes, strict=True):
        with problems.about(f"Question {n}, mistake {mistake.name}"):
            outcomes = outcomes_of(course, judge, question, mistake)
            compiled = texts | {"outcomes": outcomes}
            compiled |= {how: True for how in KEPT if getattr(mistake, how)}
            refuse_twin(compiled, known)
            known.append(compiled)
    return dataclasses.replace(question, mistakes=tuple(known))


def refuse_twin(one, others):
    """Raise a `CourseError` where a mistake is called or looks like another one."""
    for other in others:
        if other["name"] == one["name"]:
            raise CourseError("there is another one of this name")
        if other["hint"] != one["hint"] and same(other["outcomes"], one["outcomes"]):
            raise CourseError(
                f"it looks the same as {other['name']}, which has another hint: give "
                "both the same one, or add a case that tells them apart"
            )


def forms(place, names):
    """Return the values of a waypoint's expressions, given the variables by name."""
    try:
        return eval(f"({place},)", {"np": np}, names)
    except Exception as error:
        raise CourseError(str(error)) from error


def cases_of(course, n, answers, assignment):
    """Return the cases of a question, with what should come out; drawn orders last."""
    rng = np.random.default_rng([assignment.seed, n])
    right, functions = functions_of(answers, course.texts), course.modules[n].functions
    found = []
    for k, case in enumerate(course.ask(n, "cases", rng, right), 1):
        refuse_call(case, f"case {k}", functions)
        fields = {"names": tuple(assignment.parameters[case.function])}
        if case.expected is None and not isinstance(case, Drawn):
            fields["expected"] = getattr(right, case.function)(*case.args)
        case = dataclasses.replace(case, **fields)
        # As a file keeps it, so that what follows is from the numbers of the file.
        found.append(questions.unpack(questions.pack(case)))
    # What a mistake does with the others is known by their numbers without these.
    return tuple(sorted(found, key=lambda case: isinstance(case, Drawn)))


def refuse_call(one, place, functions):
    """Raise a `CourseError` if a case or an extra cannot be tried."""
    if one.function not in functions:
        raise CourseError(
            f"its {place} calls `{one.function}`, which `functions` does not name"
            f"{closest(one.function, functions)}"
        )
    if not isinstance(one.args, tuple):
        raise CourseError(
            f"its {place} calls `{one.function}` with arguments that are not a tuple: "
            "is the comma of a tuple missing, as in `(a,)`?"
        )


def outcomes_of(course, judge, question, mistake):
    """Return what a mistake is known by: its signature in each case that sees it.

    None stands for a case whose outcome is always left to chance. Of a mistake that
    varies, some parts of the other signatures are left out too, and the whole where
    nothing else is left: there it may even come out right. It is a ValueError if the
    mistake is right or broken, or no case sees it.
    """
    texts = course.answer(question.number)
    changed = mistake.sources(texts)
    if all(standard(text) == standard(texts[name]) for name, text in changed.items()):
        raise ValueError("it is the right answer")
    wrong = course.right(changed)

    def tried(cases):
        part = dataclasses.replace(question, cases=cases)
        return Trial(judge, part, wrong, question.functions)

    drawn = [k for k, c in enumerate(question.cases) if isinstance(c, Drawn)]
    trial = tried(tuple(c for c in question.cases if not isinstance(c, Drawn)))
    if not trial.fault:
        trial = tried(question.cases)
    if not trial.fault:
        raise ValueError("no case sees it: it is right, or a case is missing")
    for error in (outcome.error for _, outcome in trial.tried if outcome.error):
        reason = error["reason"]
        if error["type"] in BROKEN or reason.startswith(NO_SUCH):
            raise ValueError(f"it is no wrong answer, but a broken one: {reason}")
    left_out = BY_CHANCE if mistake.varies else ()
    found = {
        k: {key: part for key, part in parts.items() if key not in left_out}
        for k, parts in trial.signatures().items()
        if k not in drawn
    }
    by_chance = range(len(question.cases)) if mistake.varies else drawn
    return dict.fromkeys(by_chance) | {
        k: parts for k, parts in found.items() if parts != {"changed": []}
    }


def same(*outcomes):
    """Tell whether two mistakes cannot be told apart by what they are known by."""
    first, second = outcomes
    seen = [
        {k: part for k, part in one.items() if part is not None} for one in outcomes
    ]
    return fits(seen[0], second) and fits(seen[1], first)


def standard(text):
    """Return code in one standard form."""
    return ast.unparse(ast.parse(text))


def lines_of(texts):
    """Return the statements and expressions of right functions.

    They are the values; the keys are the same without blanks.
    """
    found = {}
    for node in (node for text in texts for node in ast.walk(ast.parse(text))):
        if isinstance(node, ast.stmt) and not hasattr(node, "body"):
            parts, least = [node, getattr(node, "value", None)], SHORT
        elif isinstance(node, ast.BinOp | ast.Call | ast.Compare | ast.Subscript):
            parts, least = [node], PART
        else:
            continue
        own = [ast.unparse(part) for part in parts if part]
        found |= {squeezed(text): text for text in own if len(squeezed(text)) >= least}
    return found


def squeezed(text):
    """Return a text without blanks and backticks."""
    return re.sub(r"[\s`]", "", text)


def filled(text, numbers, lines, questions):
    """Return a hint with its numbers; it is a ValueError if it gives an answer away.

    So it is if the hint types a number, or mentions a question that is gone.
    """
    typed = re.search(r"\d*\.\d+", re.sub(r"\{.*?\}", "", text))
    try:
        text = text.format(**numbers)
    except KeyError as error:
        raise ValueError(
            f"there is no number `{error.args[0]}`: let `facts` return one of this name"
        ) from None
    except (IndexError, ValueError) as error:
        raise ValueError(
            f"its numbers cannot be filled in ({error}): write a brace that is none "
            "of them twice, as {{"
        ) from None
    if shown := [lines[line] for line in lines if line in squeezed(text)]:
        raise ValueError(f"it gives a line of the answer: `{max(shown, key=len)}`")
    if typed:
        raise ValueError(
            f"it types the number {typed[0]}: let `facts` return it, by a name, and "
            "write `{name:.2f}`"
        )
    if gone := gone_from(text, questions):
        raise ValueError(gone[0])
    return text


def refuse_stale():
    """Raise a `CourseError` if the judge was made from other files.

    Of the notebooks, it has the task of each question and where it stands.
    """
    judge, asked = questions.load(), asked_in(NOTEBOOKS)
    known = judge.questions.items()
    tasks = {n: (place, task) for n, (place, task, _) in asked.items()}
    is_old = tasks and tasks != {n: (one.place, one.task) for n, one in known}
    if is_old or questions.is_stale(judge, ROOT):
        raise CourseError(questions.STALE)


def committed(path):
    """Return the content of a file as Git has it, or as it is where Git has none."""
    show = ["git", "show", f"HEAD:./{path.name}"]
    try:
        done = subprocess.run(show, cwd=path.parent, capture_output=True, check=True)
        return done.stdout
    except (OSError, subprocess.CalledProcessError):
        return path.read_bytes()


def changed(course, path):
    """Return the questions whose answers are not right by what was committed last."""
    try:
        known = questions.load(path, committed(path))
    except (OSError, ValueError):
        return []
    judge = Judge(course.right(), known, course.right())
    both = sorted({*known.coded, *known.bonus} & course.modules.keys())
    return [n for n in both if judge.verdict(n).verdict != RIGHT]


def worthless(course):
    """Return, in lines, the questions for which there are no points."""
    fields = {n: "points" if course.answer(n) else "reading" for n in course.modules}
    return [
        f"Question {n} is worth nothing: its `{field}` is 0."
        for n, field in fields.items()
        if not getattr(course.modules[n], field)
    ]


def main():
    """Compile this repository's course, and say what that gave."""
    print_anything()
    try:
        course = Course()
        found = compile_course(course)
        anew = changed(course, COMPILED)
    except (OSError, ValueError) as error:
        print(f"Nothing was compiled.\n{error}", file=sys.stderr)
        return 1
    questions.save(found)
    mistakes = sum(len(question.mistakes) for question in found.questions.values())
    worth = {True: 0, False: 0}
    for n, question in found.questions.items():
        worth[question.bonus] += course.worth(n)
    lines = [
        f"{COMPILED}: {len(found.questions)} questions, "
        f"{len(found.coded + found.bonus)} of them ask for code, with {mistakes} known "
        f"mistakes; {COMPILED.stat().st_size / 1000:.0f} kB",
        f"They are worth {worth[False]:g} points, and {worth[True]:g} of bonus.",
        *worthless(course),
    ]
    lines += [
        f"The answer of Question {n} changed: read its docstring, hints and steps "
        "again, and what the notebooks say of it."
        for n in anew
    ]
    if anew:
        lines.append(
            "Texts quote numbers: run `make record`, read what changes in the outputs, "
            "and run `make test`. With Git, you are reminded of this until you commit."
        )
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
