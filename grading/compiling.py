"""Compile the questions of a course into what the judge needs: `make compile`.

    python -m grading.compiling [--seed 1] [--to checks/questions.json.gz]

Everything follows from the files in `course/`, the answers of this repository and a
seed. A student has what was compiled with seed 1; whoever marks compiles anew, which
takes seconds. What is inconsistent is refused, with the question and the mistake.
"""

import argparse
import ast
import dataclasses
import difflib
import importlib
import importlib.util
import inspect
import json
import math
import re
import sys
import traceback
from pathlib import Path

import numpy as np

from checks import questions
from checks.asking import Drawn, Extra, Mistake
from checks.judge import RIGHT, Judge, Trial, fits
from checks.questions import Assignment, Question
from checks.runner import TrustedAnswers, read_source
from checks.words import listing

ROOT = Path(__file__).resolve().parent.parent
COURSE = ROOT / "course"
NOTEBOOKS = ROOT / "notebooks"
BROKEN = ("NameError", "UnboundLocalError")
BY_CHANCE = ("value", "shuffled", "anew", "told")  # parts of a signature
SHORT, PART = 6, 10  # characters of a statement, an expression that no hint may have
OTHER_SEEDS = (101, 102, 103)  # tried where the cases do not see a mistake


class CourseError(ValueError):
    """What does not fit in the files of a course, a line each."""


def is_worth(value):
    """Tell whether a value is a number of points."""
    return type(value) in (int, float) and 0 <= value < math.inf


def list_of(kind):
    """Return how to tell whether a value is a list of something, or a tuple."""
    return lambda value: (
        isinstance(value, list | tuple)
        and all(isinstance(part, kind) for part in value)
    )


POINTS = is_worth, "a number of points, such as 5"
FIELDS = {  # what a file may say, how to tell that it is right, and what it should be
    "functions": (list_of(str), 'a tuple of names, such as ("softmax",)'),
    "points": POINTS,
    "reading": POINTS,
    "extra_points": POINTS,
    "bonus": (lambda value: type(value) is bool, "True or False"),
    "cases": (callable, "a function of `rng` and `right`"),
    "extras": (list_of(Extra), "a list of `Extra`"),
    "mistakes": (list_of(Mistake), "a list of `Mistake`"),
    "facts": (callable, "a function of `right`"),
    "steps": (
        lambda value: isinstance(value, str),
        "a text, a paragraph for each step",
    ),
    "earned": (lambda value: isinstance(value, str), "a text"),
}


class Course:
    """The files of a course, and the right answers.

    Parameters
    ----------
    folder : Path
        With a file for each question, such as ``q07.py``, and perhaps an `__init__.py`
        with `FILES`, the names of the files that answer them, and a `NOTE`.
    answers : Path
        The folder with the right answers.
    notebooks : Path, optional
        Where the questions are asked.

    Attributes
    ----------
    modules : dict of int to module
        By question.
    titles : dict of int to str
    texts : dict of str to str
        Each right function, without its docstring.
    """

    def __init__(self, folder=COURSE, answers=ROOT, notebooks=NOTEBOOKS):
        self.folder, self.answers, self.notebooks = folder, answers, notebooks
        package = read_module(folder / "__init__.py") if folder == COURSE else None
        if (folder / "__init__.py").exists() and package is None:
            package = read_module(folder / "__init__.py")
        self.files = getattr(package, "FILES", ("answers.py",))
        self.note = getattr(package, "NOTE", "")
        self.modules, self.titles = {}, {}
        for path in sorted(folder.glob("q[0-9]*.py")):
            module = read_module(path)
            said = re.match(r"Question (\d+): (.+)\.\s*$", module.__doc__ or "", re.M)
            if not said:
                raise CourseError(
                    f"{path.name}: it should begin with a docstring such as "
                    '"""Question 7: softmax."""'
                )
            n = int(said[1])
            if n in self.modules:
                raise CourseError(f"{path.name}: there is a Question {n} already")
            if problems := faults_of(module):
                name = shown(path)
                raise CourseError("\n".join(f"{name}: {said}" for said in problems))
            self.modules[n], self.titles[n] = module, said[2]
        self.modules = dict(sorted(self.modules.items()))
        self.sources = {
            name: read_source(answers / name)
            for name in self.files
            if (answers / name).exists()
        }
        self.texts, self.file_of = {}, {}
        for file, source in self.sources.items():
            lines = source.splitlines(keepends=True)
            try:
                body = ast.parse(source, file).body
            except SyntaxError as error:
                raise CourseError(told(error, answers / file)) from None
            for node in body:
                if isinstance(node, ast.FunctionDef):
                    self.texts[node.name] = without_docstring(node, lines)
                    self.file_of[node.name] = file

    def functions(self, n):
        """Return the functions that a question asks for."""
        return tuple(getattr(self.modules[n], "functions", ()))

    def worth(self, n):
        """Return the points for a question, without those for extras."""
        module = self.modules[n]
        return getattr(module, "points", 0) + getattr(module, "reading", 0)

    def ask(self, n, function, *args):
        """Call a function of the file of a question.

        Raises
        ------
        CourseError
            When it fails, with the file and the line.
        """
        module = self.modules[n]
        try:
            return getattr(module, function)(*args)
        except CourseError:
            raise
        except Exception as error:
            raise CourseError(told(error, Path(module.__file__))) from error

    def right(self, changed=None):
        """Return the right answers, with other texts for some functions, by name."""
        sources = dict(self.sources)
        for name, text in (changed or {}).items():
            sources[self.file_of[name]] += f"\n\n{text}"
        first, *others = sources
        beside = {name: sources[name] for name in others}
        return TrustedAnswers(sources[first], first, beside=beside, files=self.files)

    def parameters(self):
        """Return the parameters of each function, with their defaults."""
        asked = [name for n in self.modules for name in self.functions(n)]
        found = {}
        for name in asked:
            if name in self.texts:
                node = ast.parse(self.texts[name]).body[0].args
                names = [arg.arg for arg in node.args]
                defaults = [None] * (len(names) - len(node.defaults))
                defaults += [ast.literal_eval(value) for value in node.defaults]
                # What a default of None stands for is an extra of these answers.
                optional = len(names) - len(node.defaults)
                found[name] = {
                    part: value
                    for k, (part, value) in enumerate(zip(names, defaults, strict=True))
                    if k < optional or value is not None
                }
        return found


def read_module(path):
    """Return a Python file as a module; it may import from the course's folder.

    Raises
    ------
    CourseError
        When it cannot be imported, with the file and the line.
    """
    if not path.exists():
        return None
    try:
        return imported(path)
    except Exception as error:
        raise CourseError(told(error, path)) from error


def imported(path):
    """Import a Python file, once if it is one of this course."""
    if path.parent == COURSE:
        name = "course" if path.stem == "__init__" else f"course.{path.stem}"
        if name in sys.modules:
            return sys.modules[name]
        return importlib.import_module(name)
    spec = importlib.util.spec_from_file_location(f"course_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shown(path):
    """Return the name of a file as it is told: with its folder."""
    return f"{path.parent.name}/{path.name}"


def told(error, path):
    """Say what failed in a file of a course, or in one beside it, and in which line."""
    if isinstance(error, SyntaxError):
        place, line, reason = (
            path.with_name(Path(error.filename).name),
            error.lineno,
            error.msg,
        )
    else:
        frames = traceback.extract_tb(error.__traceback__)
        beside = [f for f in frames if Path(f.filename).parent == path.parent]
        place = Path(beside[-1].filename) if beside else path
        line, reason = beside[-1].lineno if beside else None, error
    where = f"{shown(place)}, line {line}" if line else shown(place)
    return f"{where}: {type(error).__name__}: {reason}"


def faults_of(module):
    """Return what is wrong with the fields of a question, in lines.

    What a file has beside them are functions, and constants in capitals.
    """
    said = []
    for name, value in vars(module).items():
        own = inspect.isfunction(value) and value.__module__ == module.__name__
        plain = not callable(value) and not inspect.ismodule(value)
        close = difflib.get_close_matches(name, FIELDS, 1, 0.8)
        if name in FIELDS:
            is_right, should = FIELDS[name]
            if not is_right(value):
                said.append(f"`{name}` is {value!r:.50}, and should be {should}")
        elif name.startswith("_") or not name.islower():
            continue
        elif (own or plain) and close:
            said.append(f"there is no field `{name}`: is it `{close[0]}`?")
        elif plain:
            said.append(
                f"there is no field `{name}`: they are {listing(FIELDS)}; a constant "
                "of the file's own has a name in capitals"
            )
    if said:
        return said
    functions = getattr(module, "functions", ())
    if functions and not hasattr(module, "cases"):
        said.append("it asks for functions, and has no `cases` that try them")
    if not functions and getattr(module, "points", 0):
        said.append(
            "`points` are for functions, and it asks for none: what a human reads is "
            "worth `reading`"
        )
    said += [
        f"`share` of mistake {mistake.name} is {mistake.share!r}, and should be a "
        "number from 0 to 1"
        for mistake in getattr(module, "mistakes", ())
        if not is_worth(mistake.share) or mistake.share > 1
    ]
    return said


def without_docstring(node, lines):
    """Return the text of a function without its docstring."""
    first = node.body[1] if ast.get_docstring(node) and node.body[1:] else node.body[0]
    begin = node.body[0].end_lineno if first is not node.body[0] else first.lineno - 1
    head = lines[node.lineno - 1 : node.body[0].lineno - 1]
    return "".join([*head, *lines[begin : node.end_lineno]])


class Right:
    """The right functions as attributes, for `cases` and `facts` of a question."""

    def __init__(self, answers):
        self._answers = answers

    def __getattr__(self, name):
        """Return a function that calls the right one."""

        def call(*args, **kwargs):
            outcome = self._answers.call(name, *args, **kwargs)
            if outcome.error:
                raise CourseError(f"`{name}`: {outcome.error['reason']}")
            return outcome.value

        return call


def asked(notebooks):
    """Return where each question is asked, and the first sentence, by number."""
    found = {}
    for k, path in enumerate(sorted(notebooks.glob("*.ipynb")) if notebooks else [], 1):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            heading = re.match(r"### Question (\d+): (.+)\n*", source)
            if cell["cell_type"] == "markdown" and heading:
                text = source[heading.end() :].partition("\n\n")[0]
                text = re.sub(r"\[(.+?)\]\(.+?\)", r"\1", " ".join(text.split()))
                sentence = re.split(r"(?<=[.?!:]) ", text)[0]
                found[int(heading[1])] = f"notebook {k}", sentence, heading[2]
    return found


def compile_course(course=None, seed=1, problems=None):
    """Compile the questions.

    Parameters
    ----------
    course : Course, optional
        By default this repository's.
    seed : int
        Of the inputs.
    problems : list, optional
        Gets what does not fit, in place of an error.

    Returns
    -------
    Assignment

    Raises
    ------
    CourseError
        When something does not fit, a line each.
    """
    course = course or Course()
    said = [] if problems is None else problems
    answers = course.right()
    places = asked(course.notebooks)
    found, parameters = {}, course.parameters()
    given = sorted(path.stem for path in course.answers.glob("*.py"))
    bare = Assignment(
        tuple(course.files),
        found,
        parameters,
        course.note,
        (*given, "checks"),
        seed,
        questions.digest(course.folder, [course.answers / f for f in course.files]),
    )
    for n, module in course.modules.items():
        place, task, title = places.get(n, ("", "", course.titles[n]))
        if title != course.titles[n]:
            said.append(f"Question {n}: in the notebook it is called {title!r}")
        if places and n not in places:
            worth = course.worth(n)
            points = f" is worth {worth:g} point{'s' * (worth != 1)} and" * (worth > 0)
            said.append(
                f"Question {n}{points} stands in no notebook: add a heading "
                f"`### Question {n}: {title}` and the tag `q{n}`"
            )
        found[n] = Question(
            n,
            course.titles[n],
            course.functions(n),
            bonus=getattr(module, "bonus", False),
            place=place,
            task=task,
        )
    for n in found:
        missing = [name for name in course.functions(n) if name not in course.texts]
        said += [
            f"Question {n}: there is no `{name}` in {' or '.join(course.files)}"
            for name in missing
        ]
        if missing:
            continue
        try:
            found[n] = compile_question(course, n, found, bare, answers, seed, said)
        except CourseError as error:
            said.append(f"Question {n}: {error}")
    if said and problems is None:
        raise CourseError("\n".join(said))
    return bare


def compile_question(course, n, found, bare, answers, seed, said):
    """Return a question with its cases, mistakes and steps."""
    module, question = course.modules[n], found[n]
    if question.functions:
        cases = cases_of(course, n, answers, seed)
        tried = {case.function for case in cases}
        said += [
            f"Question {n}: `{name}` has no case"
            for name in question.functions
            if name not in tried
        ]
        question = question.__class__(
            **{**vars(question), "cases": cases, "extras": tuple(extras_of(module))}
        )
        found[n] = question
        check_the_answer(course, question, bare, answers, said)
    numbers = {}
    if hasattr(module, "facts"):
        numbers = course.ask(n, "facts", Right(answers))
    texts = {name: course.texts[name] for name in question.functions}
    lines = lines_of(texts)
    mistakes = []
    for mistake in getattr(module, "mistakes", ()):
        about = f"Question {n}, mistake {mistake.name}"
        try:
            hint = filled(mistake.hint, numbers, lines)
            for function, text in mistake.relies_on:
                if text not in course.texts.get(function, ""):
                    raise ValueError(
                        f"its hint relies on {text!r} in `{function}`, which is gone"
                    )
            outcomes = outcomes_of(course, bare, question, mistake, answers, seed)
        except ValueError as error:
            said.append(
                f"{about}: {error}\n"
                f"    Its hint says: {mistake.hint}\n"
                "    Is that still true? If not, change it or delete the mistake."
            )
            continue
        compiled = {"name": mistake.name, "hint": hint, "outcomes": outcomes}
        if mistake.partway:
            compiled["partway"] = True
        if mistake.however:
            compiled["however"] = True
        for other in mistakes:
            if other["name"] == mistake.name:
                said.append(f"{about}: there is another one of this name")
            elif other["hint"] != hint and same(other["outcomes"], outcomes):
                said.append(
                    f"{about}: it looks the same as {other['name']}, which has another "
                    "hint: give both the same one, or add a case that tells them apart"
                )
        mistakes.append(compiled)
    steps = []
    for k, step in enumerate(paragraphs(getattr(module, "steps", "")), 1):
        try:
            steps.append(filled(step, numbers, lines))
        except ValueError as error:
            said.append(f"Question {n}, step {k}: {error}")
    try:
        earned = filled(getattr(module, "earned", ""), numbers, lines)
    except ValueError as error:
        said.append(f"Question {n}, earned: {error}")
        earned = ""
    fields = {"mistakes": tuple(mistakes), "steps": tuple(steps), "earned": earned}
    return dataclasses.replace(question, **fields)


def paragraphs(text):
    """Return the paragraphs of a text, each as one line."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def extras_of(module):
    """Return the extras of a question."""
    return getattr(module, "extras", ())


def cases_of(course, n, answers, seed):
    """Return the cases of a question, with what should come out."""
    rng = np.random.default_rng([seed, n])
    right, parameters = Right(answers), course.parameters()
    found = []
    for case in course.ask(n, "cases", rng, right):
        if case.function not in course.functions(n):
            raise CourseError(
                f"its case calls `{case.function}`, which `functions` does not name"
            )
        fields = {**vars(case), "names": tuple(parameters[case.function])}
        if case.expected is None and not isinstance(case, Drawn):
            fields["expected"] = getattr(right, case.function)(*case.args)
        # As a file keeps it, so that what follows is from the numbers of the file.
        found.append(questions.unpack(questions.pack(type(case)(**fields))))
    return tuple(found)


def check_the_answer(course, question, bare, answers, said):
    """Add to what is said if the right answer is not right, or lacks an extra."""
    verdict = Judge(course.right(), bare, answers).verdict(question.number)
    if verdict.hint:
        said.append(f"Question {question.number}: the answer is wrong: {verdict.hint}")
    said += [
        f"Question {question.number}: the answer {lack}" for lack in verdict.lacks or []
    ]


def outcomes_of(course, bare, question, mistake, answers, seed):
    """Return what a mistake is known by: its signature in each case that sees it.

    None stands for a case whose outcome is always left to chance. Of a mistake that
    varies, some parts of the other signatures are left out too. It is a ValueError if
    the mistake is right or broken, or no case sees it.
    """
    texts = {name: course.texts[name] for name in question.functions}
    changed = mistake.sources(texts)
    if all(standard(text) == standard(texts[name]) for name, text in changed.items()):
        raise ValueError("it is the right answer")
    wrong = course.right(changed)
    rest = tuple(c for c in question.cases if not isinstance(c, Drawn))
    first = Question(**{**vars(question), "cases": rest})
    found, trial = signatures(bare, first, wrong, answers)
    if not trial.fault:
        found, trial = signatures(bare, question, wrong, answers)
    if not trial.fault:
        for other in OTHER_SEEDS:
            again = Question(
                **{
                    **vars(question),
                    "cases": cases_of(course, question.number, answers, other),
                }
            )
            if signatures(bare, again, wrong, answers)[1].fault:
                raise ValueError(f"no case sees it with seed {seed}, others do")
        raise ValueError("no case sees it: it is right, or a case is missing")
    errors = [outcome.error for _, outcome in trial.tried if outcome.error]
    broken = [error["reason"] for error in errors if error["type"] in BROKEN]
    if broken:
        raise ValueError(f"it is no wrong answer, but a broken one: {broken[0]}")
    drawn = [k for k, c in enumerate(question.cases) if isinstance(c, Drawn)]
    left_out = BY_CHANCE if mistake.varies else ()
    return dict.fromkeys(drawn) | {
        k: {key: part for key, part in parts.items() if key not in left_out}
        for k, parts in found.items()
        if k not in drawn
    }


def signatures(bare, question, wrong, answers):
    """Return the signatures of the faults of a wrong answer, and the trial."""
    trial = Trial(Judge(wrong, bare, answers), question, wrong)
    return trial.signatures(), trial


def same(first, second):
    """Tell whether mistakes cannot be told apart by what they are known by."""
    return fits(drop(first), second) and fits(drop(second), first)


def drop(outcomes):
    """Return outcomes without the cases that are left to chance."""
    return {k: part for k, part in outcomes.items() if part is not None}


def standard(text):
    """Return code in one standard form."""
    return ast.unparse(ast.parse(text))


def lines_of(texts):
    """Return the statements and expressions of right functions, without blanks."""
    found = set()
    for node in (node for text in texts.values() for node in ast.walk(ast.parse(text))):
        if isinstance(node, ast.stmt) and not hasattr(node, "body"):
            parts = filter(None, (node, getattr(node, "value", None)))
            own = [squeezed(ast.unparse(part)) for part in parts]
            found |= {text for text in own if len(text) >= SHORT}
        elif isinstance(node, ast.BinOp | ast.Call | ast.Compare | ast.Subscript):
            text = squeezed(ast.unparse(node))
            found |= {text} if len(text) >= PART else set()
    return found


def squeezed(text):
    """Return a text without blanks and backticks."""
    return re.sub(r"[\s`]", "", text)


def filled(text, numbers, lines):
    """Return a hint with its numbers; it is a ValueError if it gives an answer away."""
    if typed := re.search(r"\d*\.\d+", re.sub(r"\{.*?\}", "", text)):
        raise ValueError(f"it types the number {typed[0]}: let it be filled in")
    try:
        text = text.format(**numbers)
    except (KeyError, IndexError, ValueError) as error:
        raise ValueError(f"its hint cannot be filled in: {error!r}") from None
    for line in lines:
        if line in squeezed(text):
            raise ValueError(f"a line of the answer is in its hint: {line}")
    return text


def refuse_stale():
    """Raise an error if the judge was made from other files.

    Raises
    ------
    CourseError
    """
    if questions.is_stale(questions.load(), ROOT):
        raise CourseError(questions.STALE)


def changed(course, path):
    """Return the questions that had another answer when they were compiled last.

    Parameters
    ----------
    course : Course
    path : Path
        What was compiled then.

    Returns
    -------
    list of int
    """
    try:
        before = questions.load(path)
    except (OSError, ValueError):
        return []
    judge = Judge(course.right(), before, course.right())
    known = [n for n in before.coded + before.bonus if n in course.modules]
    return [n for n in sorted(known) if judge.verdict(n).verdict != RIGHT]


def main():
    """Write the file that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--to", type=Path, default=questions.COMPILED, metavar="FILE")
    arguments = parser.parse_args()
    try:
        course = Course()
        found = compile_course(course, arguments.seed)
        anew = changed(course, arguments.to)
    except (CourseError, OSError, ValueError) as error:
        print(f"Nothing was compiled.\n{error}", file=sys.stderr)
        return 1
    questions.save(found, arguments.to)
    mistakes = sum(len(question.mistakes) for question in found.questions.values())
    size = arguments.to.stat().st_size / 1000
    count = len(found.coded + found.bonus)
    print(
        f"{arguments.to}: {len(found.questions)} questions, {count} of them ask for "
        f"code, with {mistakes} known mistakes; {size:.0f} kB"
    )
    bonus = [n for n, q in found.questions.items() if q.bonus]
    most = sum(course.worth(n) for n in found.questions if n not in bonus)
    on_top = sum(map(course.worth, bonus))
    print(f"They are worth {most:g} points, and {on_top:g} of bonus.")
    for n in anew:
        print(
            f"The answer of Question {n} changed: read its docstring, cells, hints and "
            "steps again."
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
