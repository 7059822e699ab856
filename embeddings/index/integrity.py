"""A full check of an index: every file's hash, every row's seal, and that the rows belong together."""

import hashlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from embeddings.errors import CitebotError
from embeddings.index import generation
from embeddings.index.catalogue import DOCUMENT_FIELDS, FILE_NAME, open_for_reading, seal
from embeddings.index.segments import read_segments
from embeddings.index.snapshot import usable_facts

REBUILD = "run `citebot index --rebuild`"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong, where, and what to do about it."""

    name: str
    remedy: str


def verify(folder: Path) -> list[Problem]:
    """Check an index whole, reading all of it; return what is wrong, nothing where all is well."""
    try:
        connection = open_for_reading(folder)
    except CitebotError as error:
        return [_from_error(error)]
    try:
        usable_facts(folder, connection)
        return [
            *_sqlite_problems(folder, connection),
            *_row_problems(folder, connection),
            *_file_problems(folder, connection),
        ]
    except CitebotError as error:
        return [_from_error(error)]
    except sqlite3.DatabaseError as error:
        return [Problem(f"{folder / FILE_NAME}: {error}", REBUILD)]
    finally:
        connection.close()


def _from_error(error: CitebotError) -> Problem:
    name, _, remedy = str(error).rpartition(": ")
    return Problem(name or str(error), remedy)


def _sqlite_problems(folder: Path, connection: sqlite3.Connection) -> list[Problem]:
    verdicts = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
    return [Problem(f"{folder / FILE_NAME}: {verdict}", REBUILD) for verdict in verdicts if verdict != "ok"]


def _row_problems(folder: Path, connection: sqlite3.Connection) -> list[Problem]:
    bad = []
    for *fields, text, mark in connection.execute(
        f"SELECT {DOCUMENT_FIELDS}, text, seal FROM documents LEFT JOIN texts USING (id)"
    ):
        if mark != seal(*fields) or hashlib.sha256(text or b"").hexdigest() != fields[-1]:
            bad.append(f"the row of document {fields[1]!r}")
    for *fields, mark in connection.execute(
        'SELECT id, document, start, "end", byte_start, byte_end, content, seal FROM chunks'
    ):
        if mark != seal(*fields):
            bad.append(f"chunk {fields[0]}")
    for name, vector, terms, mark in connection.execute("SELECT hash, vector, terms, seal FROM contents"):
        if mark != seal(name, vector, terms):
            bad.append(f"the vector {name.hex()}")
    orphans = connection.execute(
        "SELECT count(*) FROM chunks WHERE content NOT IN (SELECT hash FROM contents)"
        " OR document NOT IN (SELECT id FROM documents)"
    ).fetchone()[0]
    if orphans:
        bad.append(f"{orphans} chunks without a document or a vector")
    return [Problem(f"{folder / FILE_NAME}: {what} is damaged", REBUILD) for what in bad]


def _file_problems(folder: Path, connection: sqlite3.Connection) -> list[Problem]:
    broken = generation.find_broken(folder, read_segments(connection), whole=True)
    return [
        Problem(f"{folder / name} is {state}", "run `citebot index --verify`: it is rebuilt from the catalogue")
        for name, state in broken.items()
    ]
