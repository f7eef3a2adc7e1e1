"""Refuse to record a number that another machine might round to another text.

An IPython extension. While a notebook is recorded, the numbers that its f-strings and
those of the project's modules format are looked at before they are rounded. One that
lies next to a rounding boundary, as 0.12345000000001 does for ``.4f``, is an error in
its cell. Neither what is printed nor the source that is shown changes.
"""

import ast
import builtins
import math
import sys
from decimal import Decimal
from importlib.machinery import PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path

MODULES = {path.stem for path in Path(__file__).parents[1].glob("*.py")}
RELATIVE = 1e-9  # more than processors disagree by
ABSOLUTE = 1e-12  # the same for sums that nearly cancel, in fixed-point formats
EXACT = 2  # units in the last place: see next_to_boundary


class NextToBoundary(ArithmeticError):
    """A number that lies next to a rounding boundary."""


def next_to_boundary(value, spec):
    """Tell whether a tiny change of a number would change its text in a format.

    Only finite floats other than 0 are judged, and formats that round, such as ``.4f``.
    A ratio of whole numbers, as 100 * 45 / 600 is, may lie *on* a boundary. It is the
    same on every machine, because the division is exact to the last bit, so it is no
    danger: a value within `EXACT` units in the last place of a boundary is taken for
    such a ratio.
    """
    kind = spec[-1:]
    if not isinstance(value, float) or kind not in [*"eEfFgG%"]:
        return False
    if value == 0 or not math.isfinite(value):
        return False
    step = RELATIVE * abs(value)
    if kind in "fF%":
        step = max(step, ABSOLUTE)
    below, above = format(value - step, spec), format(value + step, spec)
    if below == above:
        return False
    boundary = (_number(below) + _number(above)) / 2
    return value * boundary <= 0 or abs(value - boundary) > EXACT * math.ulp(value)


def _number(text):
    """Return the number that a formatted text stands for."""
    text = text.strip().replace(",", "").replace("_", "")
    scale = 100 if text.endswith("%") else 1
    return float(Decimal(text.rstrip("%")) / scale)


def checked(value, spec):
    """Return `value`, or raise `NextToBoundary`; f-strings are rewritten to call it."""
    if next_to_boundary(value, spec):
        raise NextToBoundary(
            f"{float(value)!r} with the format {spec!r} lies next to a rounding "
            "boundary: another machine may print another number. Print fewer or more "
            "digits of it, or change the experiment."
        )
    return value


class CheckNumbers(ast.NodeTransformer):
    """Rewrite ``{value:spec}`` in f-strings as ``{checked(value, spec):spec}``."""

    def visit_FormattedValue(self, node):  # noqa: N802  the name that ast calls
        """Rewrite one such part, if it has a format."""
        self.generic_visit(node)
        if node.format_spec is not None and node.conversion == -1:
            name = ast.Name("__checked__", ast.Load())
            node.value = ast.Call(name, [node.value, node.format_spec], [])
            ast.copy_location(node.value, node)
            ast.fix_missing_locations(node)
        return node


class CheckedLoader(SourceFileLoader):
    """Import a module with its f-strings rewritten, and leave no bytecode behind."""

    def get_code(self, fullname):
        """Compile the source, whatever bytecode there is of it."""
        tree = ast.parse(self.get_data(self.path))
        return compile(CheckNumbers().visit(tree), self.path, "exec")


class CheckedFinder:
    """Find the project's modules beside this folder, for `CheckedLoader`."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        """Return the specification of one of the modules, None for any other."""
        if name not in MODULES:
            return None
        file = str(Path(__file__).resolve().parent.parent / f"{name}.py")
        return spec_from_file_location(name, file, loader=CheckedLoader(name, file))


def load_ipython_extension(shell):
    """Check the numbers of cells and of the modules that they import from now on."""
    builtins.__checked__ = checked
    shell.ast_transformers.append(CheckNumbers())
    sys.meta_path.insert(sys.meta_path.index(PathFinder), CheckedFinder)
