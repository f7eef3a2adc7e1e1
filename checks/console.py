"""Print to a console: no character ends a command, and no line is too long."""

import shutil
import sys
import textwrap


def print_anything():
    """Let a console without some characters print an escape in its place."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def wrapped(text, begin="", rest=""):
    """Return the lines of a text, as wide as the terminal and at most 88 characters."""
    width = min(88, shutil.get_terminal_size().columns)
    return textwrap.wrap(text, width, initial_indent=begin, subsequent_indent=rest)
