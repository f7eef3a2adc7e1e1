"""Run at the start of each kernel of `make lab`: what to do when a name is unknown.

That is so most often because the cell with the imports has not run.
"""


def explain(shell, kind, error, trace, tb_offset=None):
    """Show the traceback of a name that is not defined; it ends with what to do."""
    if "check" not in shell.user_ns:
        said = "Run the cell with the imports, near the top of this notebook, and then"
        error.args = (f"{error}. {said} this one again.",)
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


if "get_ipython" in globals():  # and no Python in a terminal
    get_ipython().set_custom_exc((NameError,), explain)  # noqa: F821
del explain
