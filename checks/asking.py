"""The words in which the files of a course say what they ask; see `Mistake` below."""

import ast
import textwrap

from checks.cases import Case
from checks.extras import Extra
from checks.loops import Drawn, Watched
from checks.words import listing

__all__ = ["Case", "Drawn", "Extra", "Mistake", "Watched"]


class Gone(ValueError):
    """What a mistake says of the right answer is no longer in its text."""


class Mistake:
    """A known wrong answer: a change in the text of the right one, or another body.

    Parameters
    ----------
    name : str
        A short name; points can be given for it.
    hint : str
        What to tell whoever makes it, in a sentence or two; "" for what the judge says
        where it knows of no mistake.
    *changes : tuple of str and str
        What to look for in the text of the right answer, and what takes its place,
        everywhere; the function is the one that has the first of these texts.
    varies : bool
        Whether it answers by chance where a right answer does not.
    partway : bool
        Whether it is right as far as it goes, and only not finished.
    however : bool
        Whether it is known by where it fails alone: whoever is wrong in some of the
        cases in which it is, and in no other, makes it, whatever comes out.
    share : float
        The part of the points that it is worth, where nothing else is said.
    relies_on : tuple of (str, str)
        Functions, each with a text in it without which the hint would not be true.
    **bodies : str
        Instead of changes: the body of a function, by its name.
    """

    def __init__(
        self,
        name,
        hint,
        *changes,
        varies=False,
        partway=False,
        however=False,
        share=0,
        relies_on=(),
        **bodies,
    ):
        self.name, self.hint, self.changes, self.bodies = name, hint, changes, bodies
        self.varies, self.partway, self.however = varies, partway, however
        self.share, self.relies_on = share, relies_on

    def sources(self, answers):
        """Return the wrong functions, as texts by name.

        `answers` are the right functions of the question, without docstrings. It is a
        ValueError when there is no such function or the wrong one is no Python, and
        `Gone` when the text to be changed is not there.
        """
        for name in self.bodies:
            if name not in answers:
                fields = listing(Mistake.__init__.__kwdefaults__)
                raise ValueError(
                    f"there is no function `{name}` in this question, and no such "
                    f"field: those of a mistake are {fields}"
                )
        found = {}
        for name, body in self.bodies.items():
            if not isinstance(body, str):
                raise ValueError(f"the body of `{name}` is {body!r}, and no text")
            head, _, _ = answers[name].partition("\n")
            body = textwrap.indent(body.strip("\n"), "    ")
            found[name] = f"{head}\n{body}\n"
        if self.changes:
            first = self.changes[0][0]
            places = [name for name, text in answers.items() if first in text]
            text = answers[places[0]] if places else ""
            for old, new in self.changes:
                if old not in text:
                    raise Gone(f"the answer has no text {old!r} to change")
                text = text.replace(old, new)
            found[places[0]] = text
        for name, text in found.items():
            try:
                ast.parse(text)
            except SyntaxError as error:
                said = f"what it makes of `{name}` is no Python: {error.msg}"
                raise ValueError(said) from None
        return found
