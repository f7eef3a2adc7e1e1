"""Writes files: at once or not at all, and packed."""

import io
import os
import zipfile
from pathlib import Path


def write(path, content, encoding="utf-8"):
    """Write a text file, at once or not at all."""
    path = Path(path)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.write_text(content, encoding=encoding, newline="", errors="replace")
    os.replace(new, path)


def packed(files, programs=()):
    """Return files by their places as a zip; the same files give the same bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, text in files.items():
            entry = zipfile.ZipInfo(place, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = (0o755 if place in programs else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    return content.getvalue()
