"""The judge's data: inputs, expected results and what known mistakes answer to them.

They are made from the answers in the course's repository, for one seed. A file is
JSON, packed so that nobody reads a hint by accident.
"""

import gzip
import json
from pathlib import Path

import numpy as np

SEED_1 = Path(__file__).with_name("seed1.json.gz")
DIGITS = 12  # kept of a number: the last ones differ from machine to machine


def pack(value):
    """Turn numbers, arrays, networks and lists of these into what JSON can hold."""
    if isinstance(value, np.ndarray):
        numbers = value.ravel().tolist()
        packed = {"array": [_short(number) for number in numbers]}
        packed |= {"shape": list(value.shape), "dtype": value.dtype.name}
        if value.ndim > 1 and not value.flags.c_contiguous:
            packed["columns"] = True
        return packed
    if isinstance(value, tuple):
        return {"tuple": [pack(item) for item in value]}
    if isinstance(value, list):
        return [pack(item) for item in value]
    if isinstance(value, dict):
        return {key: pack(item) for key, item in value.items()}
    if isinstance(value, float | np.generic):
        return _short(value.item() if isinstance(value, np.generic) else value)
    return value


def unpack(packed):
    """Undo `pack`."""
    if isinstance(packed, list):
        return [unpack(item) for item in packed]
    if not isinstance(packed, dict):
        return packed
    if "array" in packed:
        array = np.array(packed["array"], packed["dtype"]).reshape(packed["shape"])
        return np.asfortranarray(array) if "columns" in packed else array
    if "tuple" in packed:
        return tuple(map(unpack, packed["tuple"]))
    return {key: unpack(item) for key, item in packed.items()}


def _short(number):
    return float(f"{number:.{DIGITS}g}") if isinstance(number, float) else number


def load(path=SEED_1):
    """Read a file of data.

    Raises
    ------
    OSError
        When it cannot be read.
    ValueError
        When it is no such file.
    """
    try:
        data = unpack(json.loads(gzip.decompress(Path(path).read_bytes())))
        data["questions"] = {int(n): part for n, part in data["questions"].items()}
    except gzip.BadGzipFile as error:
        raise ValueError(f"{path} is not a file of the judge's data: {error}") from None
    except (KeyError, TypeError, AttributeError, ValueError, EOFError) as error:
        raise ValueError(
            f"{path} is not a file of the judge's data "
            f"({type(error).__name__}: {error})"
        ) from None
    return data


def save(data, path):
    """Write a file of data; the same data are the same bytes."""
    text = json.dumps(pack(data), separators=(",", ":"))
    Path(path).write_bytes(gzip.compress(text.encode(), mtime=0))
