"""The code in a notebook that counts: what defines the functions that are asked for.

It is read as text; nothing of it is run.
"""

import ast
import contextlib
import json
import re

from checks import worker
from checks.given import ASSIGNMENT
from checks.worker import DEFINITION, bound, error_of, is_stub, parsed, parts_of

FILENAME = "the notebooks' definitions"  # what that code is called in messages
CELLS = 3000  # of a notebook
MAGICAL = re.compile(
    r"\s*(%%?[A-Za-z_]|!(?!=)|\?|[\w.]+\?{1,2}\s*$|[\w, ]+=\s*(!|%[a-z]))"
)
RUN = (
    DEFINITION
    | ast.Import
    | ast.ImportFrom
    | ast.Assign
    | ast.AnnAssign
    | ast.AugAssign
    | ast.For
    | ast.If
    | ast.Try
)
SAFE = "int float range len list tuple dict set abs max min sum lambda".split()


def read(content, name):
    """Return the cells of a notebook, from the bytes of its file.

    It is a ValueError when it is no notebook; the message says what it is.
    """
    try:
        said = json.loads(content)
        if "worksheets" in said:  # of the years before 2015
            import nbformat

            said = nbformat.v4.upgrade(nbformat.from_dict(said))
        cells = said["cells"][:CELLS]
        return [cell for cell in cells if isinstance(cell, dict)]
    except ImportError:  # as where only the judge is installed
        old = f"{name} is a notebook of an old kind"
        raise ValueError(f"{old}: open and save it in JupyterLab") from None
    except (ValueError, RecursionError, AttributeError, KeyError, TypeError):
        page = content.lstrip().lower().startswith((b"<!doctype html", b"<html"))
        what = "is a web page, and not a notebook" if page else "is not a notebook"
        raise ValueError(f"{name} {what}") from None


def joined(text):
    """Return a text that a notebook may also keep as a list of lines."""
    if isinstance(text, list):
        text = "".join(part for part in text if isinstance(part, str))
    text = text if isinstance(text, str) else ""
    return text.encode("utf-8", "replace").decode()  # without halves of characters


def text_of(cell):
    """Return the text of a cell."""
    return joined(cell.get("source", ""))


def tags_of(cell):
    """Return the tags of a cell."""
    return cell.get("metadata", {}).get("tags", [])


def code(cells, name):
    """Return the code cells of a notebook: where each is, in words, and its text."""
    return [
        (f"{name}, cell {i}", without_magic(text_of(cell)))
        for i, cell in enumerate(cells, 1)
        if cell.get("cell_type") == "code"
    ]


def raw(cells, name):
    """Say of the names that cells without code define, by these, where that is."""
    return {
        defined: f"it is in a {kind} cell ({name}, cell {i})"
        for said, kind in [("markdown", "text"), ("raw", "raw")]
        for i, cell in enumerate(cells, 1)
        if cell.get("cell_type") == said
        for defined in written(re.sub(r"(?m)^```.*", "", text_of(cell)))
    }


def unread(cells):
    """Say what Python cannot read in cells: in lines, and why by the names in it."""
    lines, names = [], {}
    for where, text in cells:
        if error := error_of(text):
            lines.append(
                f"{cannot_read(where, error)}; what is complete in it, is used"
            )
            for name, own in worker.hidden(text).items():
                names[name] = cannot_read(where, own or error)
    return lines, names


def cannot_read(where, error):
    """Say where Python cannot read a cell, and why."""
    line = f", line {error.lineno}" if error.lineno else ""
    return f"{where}{line}: Python cannot read it ({error.msg})"


def without_magic(text):
    """Return code without the commands that only IPython knows.

    Lines keep their numbers. What Python can read stays as it is.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if error_of(text) is None:
        return text
    lines = text.split("\n")
    first = next((line for line in lines if line.strip()), "")
    if re.match(r"\s*%%(?!time|timeit|capture|prun|writefile|file)", first):
        return ""  # another language
    kept, goes_on = [], False
    for line in lines:
        goes_on = goes_on or MAGICAL.match(line)
        kept.append("" if goes_on else line)
        goes_on = goes_on and line.endswith("\\")
    return "\n".join(kept)


def needed(node):
    """Return the names from outside that a statement reads, now or when called."""
    read, own, shared = set(), set(), set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            (read if isinstance(part.ctx, ast.Load) else own).add(part.id)
        elif isinstance(part, ast.arg):
            own.add(part.arg)
        elif isinstance(part, ast.Global):
            shared |= {*part.names}
    is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    return (read - own if is_function else read) | shared


def written(source):
    """Return the names that a text defines, without functions that are stubs."""
    names = set()
    for node in parsed(source):
        if not is_stub(node):
            names |= bound(node)
    return names


def choose(cells, wanted, have, given):
    """Return the text that defines the wanted names, and which of them it defines.

    Every definition of a needed name is kept, and as in Jupyter the last one wins. So
    is a function with a name like one that is lacking, for the judge to ask about it. A
    value may be computed by what is imported and by helpers, but by no function that is
    wanted, and from nothing that is given: data are not loaded and nothing is trained.
    Comments say from which cell each one is (see `worker.origin`), and which names are
    needed and not there, since what makes them is not run.

    `cells` are as `code` returns them, `have` are names that stay as they are, and
    `given` modules that everybody has, so that what they define is not the student's.
    """
    found = [
        (node, bound(node) | changed(node), f"# From {where}, line {line}:\n{text}")
        for where, code in cells
        for node, line, text in statements(parsed(code), code)
        if not imports_given(node, given)
    ]
    known = {*SAFE}
    for node, names, _ in found:
        if isinstance(node, ast.Import | ast.ImportFrom | DEFINITION):
            known |= names - wanted - {*given}
    everything = found
    found = [one for one in found if one[1] & wanted or may_run(one[0], known)]
    lacking = wanted.difference(*(names for _, names, _ in found))
    named = {node.name for node, *_ in found if isinstance(node, ast.FunctionDef)}
    named -= {*ASSIGNMENT.parameters} | have
    similar = {name for name in named if worker.nearest(name, lacking, 0.8)}
    names, more = set(), {*wanted, *similar, "*"}
    while more:
        names |= more
        reads = [needed(node) for node, binds, _ in found if binds & more]
        more = set().union(*reads) - names - have
    kept = [(node, text) for node, binds, text in found if binds & names]
    there = set().union(*(bound(node) for node, _ in kept))
    made = set().union(*(bound(node) for node, *_ in everything))
    texts = [text for _, text in kept]
    if lost := (names & made) - there - have - wanted:
        texts.append(f"# Not run here: {' '.join(sorted(lost))}")
    return "\n\n\n".join(texts), wanted & there


def statements(nodes, code):
    """Yield statements, lines and texts; of an `if` that is decided, what is in it."""
    lines = code.split("\n")
    for node in nodes:
        test = getattr(node, "test", None) if isinstance(node, ast.If) else None
        if isinstance(test, ast.Constant):
            yield from statements(node.body if test.value else node.orelse, code)
        elif getattr(getattr(test, "left", None), "id", "") == "__name__":
            yield from statements(node.body, code)
        else:
            first = min(n.lineno for n in [node, *getattr(node, "decorator_list", [])])
            after = lines[node.end_lineno - 1].encode()[node.end_col_offset :].strip()
            alone = node.col_offset == 0 and (not after or after.startswith(b"#"))
            with contextlib.suppress(RecursionError):
                whole = "\n".join(lines[first - 1 : node.end_lineno])
                yield node, first, whole if alone else ast.unparse(node)


def changed(node):
    """Return the names of what a statement changes in part, as in `seen[0] = 1`."""
    found = set()
    for part in parts_of(node, DEFINITION | ast.Lambda):
        if isinstance(getattr(part, "ctx", None), ast.Store):
            while isinstance(part, ast.Subscript | ast.Attribute):
                part = part.value
            found.add(getattr(part, "id", ""))
    return found - {""}


def imports_given(node, given):
    """Tell whether a statement imports what is not of the notebook."""
    for part in parts_of(node, DEFINITION):
        if isinstance(part, ast.ImportFrom):
            names = [part.module or ""]
        elif isinstance(part, ast.Import):
            names = [alias.name for alias in part.names]
        else:
            continue
        if all(name.split(".")[0] in given for name in names):
            return True
    return False


def may_run(node, known):
    """Tell whether a statement calls nothing but what is known; see `choose`."""
    return isinstance(node, RUN) and all(
        caller(part) in known
        for part in parts_of(node, DEFINITION | ast.Lambda)  # these are run when called
        if isinstance(part, ast.Call)
    )


def caller(call):
    """Return the first name of what is called: np of np.finfo(float)."""
    function = call.func
    while isinstance(function, ast.Attribute | ast.Call | ast.Subscript):
        function = getattr(function, "value", None) or getattr(function, "func", None)
    return getattr(function, "id", "")
