"""Known wrong answers, read from the text in which a course describes them.

`course/__init__.py` says how to write it.
"""

import ast
import dataclasses
import re
import textwrap

FLAGS = ("varies", "partway", "however")
HEAD = re.compile(r" {4}([\w.-]+)(?: \((.*)\))?:(?: (.*))?")


@dataclasses.dataclass
class Mistake:
    """A known wrong answer: changes in the text of the right one, or another body."""

    name: str
    hint: str
    varies: bool = False
    partway: bool = False
    however: bool = False
    share: float = 0
    changes: list = dataclasses.field(default_factory=list)
    relies_on: list = dataclasses.field(default_factory=list)
    body: list = dataclasses.field(default_factory=list)

    def add(self, line):
        """Take in a line that says how the answer is wrong."""
        old, is_change, new = line.partition(" ->")
        if is_change:
            self.changes.append((old.strip(), new.strip()))
        elif relies := re.fullmatch(r" *(\w+) has (.+)", line):
            self.relies_on.append(relies.groups())
        else:
            self.body.append(line)

    def gone(self, what):
        """Return the error that the answer is no longer what the hint is about."""
        return ValueError(
            f"{what}\n    Its hint says: {self.hint}\n"
            "    Is that still true? If not, change it or delete the mistake."
        )

    def refuse_untrue(self, texts):
        """Raise a ValueError where the hint relies on what no function has any more."""
        for function, text in self.relies_on:
            if text not in texts.get(function, ""):
                said = f"its hint relies on {text!r} in `{function}`, which is gone"
                raise self.gone(said)

    def sources(self, answers):
        """Return the wrong functions, as texts by name.

        `answers` are the right functions of the question, without docstrings. It is a
        ValueError when a text to change is not there, or the wrong one is no Python.
        """
        texts = dict(answers)
        if self.body:
            name, *others = texts
            if others:
                raise ValueError(
                    "it is a body, and the question asks for several functions: write "
                    "it as a change of a text (old -> new). Is the arrow missing?"
                )
            head, _, _ = texts[name].partition("\n")
            body = textwrap.indent(textwrap.dedent("\n".join(self.body)), "    ")
            texts[name] = f"{head}\n{body}\n"
        for old, new in self.changes:
            name = next((name for name, text in texts.items() if old in text), None)
            if name is None:
                raise self.gone(f"the answer has no text {old!r} to change")
            texts[name] = texts[name].replace(old, new)
        wrong = {name: text for name, text in texts.items() if text != answers[name]}
        for name, text in wrong.items():
            try:
                ast.parse(text)
            except SyntaxError as error:
                said = f"what it makes of `{name}` is no Python: {error.msg}"
                asked = "; is the arrow `->` missing?" if self.body else ""
                raise ValueError(f"{said}{asked}") from None
        return wrong


def read(text):
    """Return the mistakes that a text describes.

    It is a ValueError, with the hint or the name, if it is not as it should be.
    """
    found = []
    for paragraph in re.split(r"\n\s*\n", text.strip("\n")) if text else ():
        lines = paragraph.split("\n")
        first = next((k for k, line in enumerate(lines) if line[:1] == " "), None)
        if first is None:
            raise ValueError(f"no mistake stands below the hint {paragraph!r:.60}")
        hint = " ".join(lines[:first])
        for line in lines[first:]:
            if head := HEAD.fullmatch(line):
                name, how, line = head.groups()
                found.append(Mistake(name, hint, **options(name, how)))
                if not hint and not found[-1].share:
                    raise ValueError(f"mistake {name}: no hint stands above it")
            elif not line.startswith(" " * 8) or not found:
                raise ValueError(
                    f"{line!r:.60} should be a mistake, `    name: old -> new`; a hint "
                    "begins after an empty line"
                )
            if line:
                found[-1].add(line)
    return found


def options(name, how):
    """Return the fields of a mistake that stand in brackets behind its name."""
    found = {}
    for part in how.split(", ") if how else ():
        share = re.fullmatch(r"share (1|0?\.\d+)", part)
        if part not in FLAGS and not share:
            raise ValueError(
                f"mistake {name}: {part!r} should be one of {', '.join(FLAGS)} and a "
                "share from 0 to 1, such as `share 0.8`"
            )
        found |= {"share": float(share[1])} if share else {part: True}
    return found
