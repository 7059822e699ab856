"""JSON from people's files: decoded lines, values of the expected type, and errors that say where and what is wrong.

What questions need is in ``labelled_questions.py``. Files may be compressed with gzip, whatever their name.
"""

import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO

from embeddings.errors import CitebotError

GZIP_MAGIC = b"\x1f\x8b"
SEEN_CHARACTERS = 40
"""How much of a wrong value an error shows."""
_KINDS = {str: "a string", list: "a list", dict: "an object", int: "a whole number", bool: "true or false"}


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a UTF-8 file with their numbers, from 1. A byte order mark is left out.

    Raises:
        CitebotError: the file cannot be read, is a damaged gzip file, or is not UTF-8.
    """
    with _open(path) as file:
        for number, raw in enumerate(file, start=1):
            yield number, decode(raw, f"{path}, line {number}")


def decode(raw: bytes, where: str) -> str:
    """Decode UTF-8, without a byte order mark, or raise a CitebotError."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        said = f"byte {error.start + 1} (0x{raw[error.start]:02x}) is not UTF-8"
        raise CitebotError(f"{where}: {said}: save it as UTF-8") from error


@contextmanager
def _open(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as raw:
            zipped = raw.peek(len(GZIP_MAGIC)).startswith(GZIP_MAGIC)
            with gzip.GzipFile(fileobj=raw) if zipped else nullcontext(raw) as file:
                yield file
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise CitebotError(f"{path} is a damaged gzip file ({error}): get it again") from error
    except OSError as error:
        raise CitebotError(f"{path} cannot be read ({error.strerror or error}): give a file of questions") from error


def parse(text: str, where: str, expected: str) -> Any:
    """Parse strict JSON (RFC 8259: neither NaN nor infinity).

    Raises:
        CitebotError: not JSON, nested too deep, or with a whole number that Python refuses to read.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if "\n" in text else ""
        said = f"not JSON at {line}column {error.colno} ({error.msg})"
        raise CitebotError(f"{where}: {said}: expected {expected}") from error
    except RecursionError as error:
        raise CitebotError(f"{where}: nested too deep to be read: expected {expected}") from error
    except ValueError as error:
        # Python reads no whole number beyond some 4,300 digits; what follows the colon is advice to programmers.
        raise CitebotError(f"{where}: a number that cannot be read ({str(error).split(':')[0]})") from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def as_object(value: Any, where: str, expected: str) -> dict:
    """Return the value if it is an object, else raise a CitebotError."""
    if not isinstance(value, dict):
        raise CitebotError(f"{where}: {seen(value)}: expected {expected}")
    return value


def member(record: dict, key: str, kind: type, where: str, expected: str | None = None) -> Any:
    """Return ``record[key]`` if it is there and of that kind, else raise a CitebotError; texts must not be blank."""
    expected = expected or _KINDS[kind]
    if key not in record:
        raise CitebotError(f'{where}: "{key}" is missing: expected {expected}')
    value = record[key]
    # True is an int to Python, never to JSON.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise CitebotError(f'{where}: "{key}" is {seen(value)}: expected {expected}')
    if kind is str:
        _check_text(value, key, where)
    return value


def _check_text(text: str, key: str, where: str) -> None:
    if not text.strip():
        raise CitebotError(f'{where}: "{key}" is empty: expected some text')
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        half = f"\\u{ord(text[error.start]):04x}"
        raise CitebotError(f'{where}: "{key}" holds half a character ({half}): write it whole') from error


def optional(record: dict, key: str, kind: type, where: str) -> Any:
    """Return ``record[key]`` as ``member`` does, or None where it is missing or null."""
    return None if record.get(key) is None else member(record, key, kind, where)


def seen(value: Any) -> str:
    """Return a value as an error shows it: JSON, cut short.

    >>> seen({"text": "Baku"})
    '{"text": "Baku"}'
    """
    shown = json.dumps(value)
    return shown if len(shown) <= SEEN_CHARACTERS else shown[:SEEN_CHARACTERS] + "…"
