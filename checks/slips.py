"""Slips that can be seen in the text of an answer that is not right."""

import ast
import textwrap

from checks.notebook import SAFE
from checks.words import sentence
from checks.worker import is_pure, origin, parsed, the_one_that_counts

LOOP = ast.For | ast.While


def slip_in(texts, name, functions, *, is_unknown=False):
    """Say which line of a function has a slip in it; "" if none is seen.

    `texts` are the files by name, and `functions` the parameters that each function of
    the assignment should have, by name. Where it `is_unknown` what is wrong, it is also
    said what the function does not use.
    """
    for file, text in texts.items():
        defined = [n for n in parsed(text) if isinstance(n, ast.FunctionDef)]
        defined = [node for node in defined if node.name == name]
        for definition in the_one_that_counts(defined):
            found = [*slips(definition, {*functions, *SAFE})]
            found += overwritten(definition, functions[name])
            raises = any(isinstance(node, ast.Raise) for node in definition.body)
            if is_unknown and not raises:
                found += unused(definition, functions[name])
            for node, why in found[:1]:
                cell, line = origin(text, node.lineno)
                code = textwrap.shorten(ast.unparse(node), 60, placeholder=" ...")
                where = f"line {line} of {cell or file}"
                if not isinstance(node, LOOP | ast.arg):
                    where += f", `{code}`"
                return sentence(f"Look at {where}: {why}")
    return ""


def slips(definition, pure):
    """Yield the parts of a function that cannot be meant, and what to say of each."""
    # Such as `if h is not x`, which may be meant.
    tests = [n.test for n in ast.walk(definition) if isinstance(n, ast.If)]
    identities = {id(test) for test in tests if not has(test, ast.Call | ast.Subscript)}
    for node in ast.walk(definition):
        if isinstance(node, ast.Expr) and is_in_vain(node.value, pure):
            yield node.value, why_in_vain(node.value, node is definition.body[-1])
        elif isinstance(node, LOOP) and not has(node, ast.Continue):
            for part in node.body:
                if isinstance(part, ast.Return):
                    yield (
                        part,
                        "it stands inside the loop, which ends there in its first "
                        "round; indent it less, so that it comes after the loop",
                    )
        elif isinstance(node, ast.Compare) and id(node) not in identities:
            sign = {ast.Is: "==", ast.IsNot: "!="}.get(type(node.ops[0]))
            if sign and not isinstance(node.comparators[0], ast.Constant):
                yield (
                    node,
                    "`is` asks whether two names refer to the very same object; "
                    f"values are compared with `{sign}`",
                )
        elif isinstance(getattr(node, "op", None), ast.BitXor):
            yield node, "`^` works on single bits; a power is written `**`"
        elif isinstance(node, ast.Assign):
            first = node.value
            while isinstance(first, ast.BinOp):
                first = first.left
            if isinstance(getattr(first, "op", None), ast.UAdd):
                yield node, "`=+` gives a name a new value; `+=` adds to the old one"


def is_in_vain(value, pure):
    """Tell whether an expression has no effect, and is no docstring."""
    no_effect = all(is_pure(part, pure) for part in ast.walk(value))
    return no_effect and not isinstance(value, ast.Constant)


def why_in_vain(value, is_last):
    """Say what is wrong with such an expression, and how to mend it."""
    if is_last:
        return "it computes a value and does not return it, so put `return` before it"
    if isinstance(value, ast.Compare) and isinstance(value.ops[0], ast.Eq):
        return "`==` compares and keeps nothing, whereas `=` gives a name a value"
    return "it computes a value that nothing keeps, so give it a name or return it"


def overwritten(definition, parameters):
    """Yield the statements that overwrite a parameter before it is used."""
    for name in parameters:
        first = first_with(name, definition)
        if first and name not in read_in(first):
            yield first, f"it overwrites `{name}`, which the function is given"


def unused(definition, parameters):
    """Yield what a function does not use: arguments, and values that it computes."""
    for arg in definition.args.args:
        if arg.arg in parameters and not first_with(arg.arg, definition):
            yield arg, f"the function never uses `{arg.arg}`, which it is given"
    counts = has(definition, LOOP)  # `//` gives the number of its rounds
    for node in ast.walk(definition):
        if isinstance(getattr(node, "op", None), ast.FloorDiv) and not counts:
            yield node, "`//` rounds down to a whole number; should it be `/`?"
        if getattr(node, "attr", "") in ("empty", "empty_like"):
            yield (
                node,
                "what it does not set holds whatever was in memory, unlike zeros",
            )
    for loop in (n for n in ast.walk(definition) if isinstance(n, LOOP)):
        after = [n for n in names_in(definition) if n.lineno > loop.end_lineno]
        for name in sorted(set_in(loop) - read_in(loop)):
            if any(n.id == name and isinstance(n.ctx, ast.Load) for n in after):
                yield from last_value(loop, name)
    read = read_in(definition)
    for node in ast.walk(definition):
        if isinstance(node, ast.Assign):
            for name in sorted(set_in(node) - read):
                yield node, f"`{name}` is not used after that; should it be?"


def last_value(loop, name):
    """Yield what gives a name its value in a loop, and which value it keeps."""
    tests = [n for n in ast.walk(loop) if isinstance(n, ast.If) and name in set_in(n)]
    if not tests:
        yield (
            loop,
            f"each round of the loop gives `{name}` a new value, so that after it only "
            "the value from the last round is left",
        )
    places = [n for n in ast.walk(loop) if isinstance(n, ast.Assign)]
    places = [node for node in places if name in set_in(node)]
    if len(tests) == len(places) == 1 and places[0] in tests[0].body:
        yield (
            places[0],
            f"`{name}` gets a new value only in rounds in which "
            f"`{ast.unparse(tests[0].test)}`, so that after the loop its value may not "
            "be the one from the last round",
        )


def first_with(name, definition):
    """Return the first statement with a name, but for calls that may be given."""
    body = [part for part in definition.body if not is_given(part)]
    return next((part for part in body if name in read_in(part) | set_in(part)), None)


def is_given(node):
    """Tell whether a statement calls a function whose name begins with `_`."""
    called = getattr(getattr(node, "value", None), "func", None)
    return isinstance(node, ast.Expr) and getattr(called, "id", "").startswith("_")


def has(node, kind):
    """Tell whether there is a part of some kind."""
    return any(isinstance(part, kind) for part in ast.walk(node))


def names_in(node):
    """Return the names that stand in a part of the syntax."""
    return [part for part in ast.walk(node) if isinstance(part, ast.Name)]


def read_in(node):
    """Return which names are read in a part of the syntax."""
    return {n.id for n in names_in(node) if isinstance(n.ctx, ast.Load)}


def set_in(node):
    """Return which names get a value by `=` there."""
    assigned = [n for n in ast.walk(node) if isinstance(n, ast.Assign)]
    targets = [target for n in assigned for target in n.targets]
    stored = [n for target in targets for n in names_in(target)]
    return {n.id for n in stored if isinstance(n.ctx, ast.Store)}
