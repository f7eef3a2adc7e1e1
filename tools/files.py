"""Files that are written at once or not at all, and zips that are always the same."""

import os
import zipfile
from pathlib import Path


def write(path, text, encoding="utf-8"):
    """Write a text file, at once or not at all; its folder is made where it is missing.

    Parameters
    ----------
    path : Path or str
        One that is there already is replaced once the new one is whole.
    text : str
        Its lines end as they end here, on every system.
    encoding : str
        What it has no sign for becomes a question mark.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.write_text(text, encoding=encoding, newline="", errors="replace")
    os.replace(new, path)


def write_zip(path, files, mode=lambda name: 0o644):
    """Write a zip; the same files give the same bytes.

    Parameters
    ----------
    path : Path
        Its folder is made where it is missing.
    files : dict of str to (bytes or str)
        What is in it, by name.
    mode : callable
        Returns the permissions of a name.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name)  # with a date of its own: 1980
            member.external_attr = mode(name) << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
