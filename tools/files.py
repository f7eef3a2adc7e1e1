"""Files that are written at once or not at all, and zips that are always the same."""

import io
import os
import zipfile
from pathlib import Path


def write(path, text, encoding="utf-8"):
    """Write a text file, at once or not at all; its folder is made where it is missing.

    Its lines end on every system as they do here. What the encoding has no sign for
    becomes a question mark.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.write_text(text, encoding=encoding, newline="", errors="replace")
    os.replace(new, path)


def packed(files, programs=()):
    """Return files, by their places, as a zip; the same files give the same bytes.

    `programs` are the places of those that can be executed.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, text in files.items():
            member = zipfile.ZipInfo(place)  # with a date of its own: 1980
            member.external_attr = (0o755 if place in programs else 0o644) << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, text)
    return content.getvalue()
