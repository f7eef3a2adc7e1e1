"""Run at the start of each kernel of `make lab`: what to do when a name is unknown.

Most often the cell with the imports has not run; else the name may be misspelt.
"""


def explain(shell, kind, error, trace, tb_offset=None):
    """Show the traceback of a name that is not defined; it ends with what to do."""
    from difflib import get_close_matches
    from traceback import walk_tb

    *_, (frame, _) = walk_tb(trace)
    names = {**frame.f_builtins, **frame.f_globals, **frame.f_locals}
    if "check" not in shell.user_ns:
        said = "Run the cell with the imports, near the top of this notebook, and then"
        error.args = (f"{error}. {said} this one again.",)
    elif meant := get_close_matches(error.name or "", names, n=1, cutoff=0.7):
        said = f"Do you mean `{meant[0]}`? Otherwise, run the cells above first."
        error.args = (f"{error}. {said}",)
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


if "get_ipython" in globals():  # and no Python in a terminal
    get_ipython().set_custom_exc((NameError,), explain)  # noqa: F821
del explain
