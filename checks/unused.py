"""Statements that compute a value which nothing keeps, and what was meant by them."""

import ast
import textwrap

from checks.notebook import SAFE
from checks.worker import is_pure, origin, parsed


def unused(texts, name, functions):
    """Say which statement of a function computes a value in vain; "" if none does.

    `texts` are the files by name, and `functions` what else only returns a value.
    """
    for file, text in texts.items():
        defined = [n for n in parsed(text) if isinstance(n, ast.FunctionDef)]
        for definition in (node for node in defined if node.name == name):
            for node in ast.walk(definition):
                if isinstance(node, ast.Expr) and is_in_vain(node.value, functions):
                    cell, line = origin(text, node.lineno)
                    is_last = node is definition.body[-1]
                    code = textwrap.shorten(ast.unparse(node), 60, placeholder=" ...")
                    said = f"line {line} of {cell or file}, `{code}`"
                    return f"Look at {said}: {why(node.value, is_last)}."
    return ""


def is_in_vain(value, functions):
    """Tell whether an expression has no effect, and is no docstring."""
    names = {*functions, *SAFE}
    pure = all(is_pure(part, names) for part in ast.walk(value))
    return pure and not isinstance(value, ast.Constant)


def why(value, is_last):
    """Say what is wrong with such an expression, and how to mend it."""
    if is_last:
        return "it computes a value and does not return it, so put `return` before it"
    if isinstance(value, ast.Compare) and isinstance(value.ops[0], ast.Eq):
        return "`==` compares and keeps nothing, whereas `=` gives a name a value"
    return "it computes a value that nothing keeps, so give it a name or return it"
