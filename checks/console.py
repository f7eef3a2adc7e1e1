"""A console that cannot print a character never ends a command."""

import sys


def print_anything():
    """Let a console without some characters print an escape in its place."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
