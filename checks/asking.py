"""The words in which the files of a course say what they ask."""

from checks.cases import Case
from checks.extras import Extra
from checks.loops import Drawn, Watched

__all__ = ["Case", "Drawn", "Extra", "Watched"]
