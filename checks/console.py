"""Print to a console: no character ends a command, and no line is too long."""

import atexit
import os
import shutil
import sys
import textwrap


def print_anything():
    """Let a console without some characters print an escape in its place.

    Where nobody reads on, as after `| head`, the command ends without a traceback.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.excepthook = show_error
    atexit.register(print_the_rest)


def show_error(kind, error, trace):
    """Show an exception that ends the command, unless its reader has left."""
    if not issubclass(kind, BrokenPipeError):
        sys.__excepthook__(kind, error, trace)


def print_the_rest():
    """Print what is still held back, to nowhere if its reader has left."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def wrapped(text, begin="", rest=""):
    """Return the lines of a text, as wide as the terminal and at most 88 characters."""
    width = min(88, shutil.get_terminal_size().columns)
    return textwrap.wrap(text, width, initial_indent=begin, subsequent_indent=rest)
