"""The files derived from the catalogue, one set a generation: vectors for FAISS, and arrays for words and trigrams.

Each is written under a temporary name, fsynced and renamed; the catalogue then names it with its SHA-256, inside the
transaction that makes the generation visible. A file is checked against that hash before it is parsed, and one that is
missing or damaged is derived again from the catalogue.
"""

import hashlib
import logging
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.index.catalogue import damaged, seal
from embeddings.search.dense import build_dense, parse_dense, serialise_dense
from embeddings.search.postings import WordIndex, build_words, parse_words, serialise_words

log = logging.getLogger("citebot")


@dataclass(frozen=True, slots=True)
class Generation:
    """What search works on. Row i of every part is the chunk ``chunk_ids[i]`` of document ``document_ids[i]``."""

    number: int
    dense: object
    """A FAISS index, rows in order."""
    words: WordIndex

    @property
    def rows(self) -> int:
        """How many chunks there are."""
        return len(self.words.chunk_ids)


def dense_name(number: int) -> str:
    """File name of a generation's vectors."""
    return f"dense-{number:06d}.faiss"


def words_name(number: int) -> str:
    """File name of a generation's word arrays."""
    return f"words-{number:06d}.safetensors"


def derive(connection: sqlite3.Connection, number: int, dimension: int) -> dict[str, bytes]:
    """Derive a generation's files from the catalogue's rows; return their bytes by file name.

    The same rows give the same bytes, so a healed file has the hash the catalogue knows.

    Raises:
        CitebotError: a row does not carry its seal, or a chunk's content is missing.
    """
    rows = connection.execute(
        'SELECT c.id, c.document, c.start, c."end", c.byte_start, c.byte_end, c.content, c.seal,'
        " v.vector, v.terms, v.seal"
        " FROM chunks c LEFT JOIN contents v ON v.hash = c.content ORDER BY c.id"
    )
    chunk_ids, document_ids, vectors, bags = [], [], [], []
    for identifier, *place, content, chunk_seal, vector, terms, content_seal in rows:
        if chunk_seal != seal(identifier, *place, content):
            raise damaged(_path(connection), f"chunk {identifier} does not match its seal")
        if vector is None or content_seal != seal(content, vector, terms):
            raise damaged(_path(connection), f"the vector of chunk {identifier} does not match its seal")
        chunk_ids.append(identifier)
        document_ids.append(place[0])
        vectors.append(np.frombuffer(vector, np.float16))
        bags.append(np.frombuffer(terms, np.uint32))
    matrix = np.stack(vectors).astype(np.float32) if vectors else np.zeros((0, dimension), np.float32)
    words = build_words(connection, np.array(chunk_ids, np.int64), np.array(document_ids, np.int64), bags)
    return {dense_name(number): serialise_dense(build_dense(matrix)), words_name(number): serialise_words(words)}


def _path(connection: sqlite3.Connection) -> Path:
    return Path(connection.execute("PRAGMA database_list").fetchone()[2])


def write_durably(path: Path, data: bytes) -> str:
    """Write a file whole or not at all; return its SHA-256."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return hashlib.sha256(data).hexdigest()


class Superseded(Exception):
    """A newer generation was committed while this one was being opened, and its files are gone: open that one."""


def load(
    folder: Path, connection: sqlite3.Connection, facts: dict[str, str], is_newest: Callable[[], bool]
) -> Generation:
    """Load the generation the catalogue names; derive again what is missing or damaged, and say so.

    Raises:
        Superseded: a file is missing because a newer generation replaced it (``is_newest()`` is false).
        CitebotError: the catalogue's own rows are damaged, so nothing can be derived from them.
    """
    number = int(facts["generation"])
    found, broken = _read_sound(folder, facts)
    if broken and not is_newest():
        raise Superseded
    if broken:
        found |= _heal(folder, derive(connection, number, int(facts["dimension"])), _wanted(facts), broken)
    return Generation(number, parse_dense(found[dense_name(number)]), parse_words(found[words_name(number)]))


def find_broken(folder: Path, facts: dict[str, str], *, whole: bool) -> dict[str, str]:
    """Return the files the facts name that are "missing" or, where the ``whole`` of them is read, "damaged"."""
    if whole:
        return _read_sound(folder, facts)[1]
    return {name: "missing" for name in _wanted(facts) if not (folder / name).is_file()}


def _wanted(facts: dict[str, str]) -> dict[str, str]:
    number = int(facts["generation"])
    return {dense_name(number): facts["dense_sha256"], words_name(number): facts["words_sha256"]}


def _read_sound(folder: Path, facts: dict[str, str]) -> tuple[dict[str, bytes], dict[str, str]]:
    """Read the files the facts name; return the bytes of the sound ones, and what is wrong with the others."""
    found, broken = {}, {}
    for name, sha256 in _wanted(facts).items():
        data = _read(folder / name)
        if data is None:
            broken[name] = "missing"
        elif hashlib.sha256(data).hexdigest() != sha256:
            broken[name] = "damaged"
        else:
            found[name] = data
    return found, broken


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _heal(folder: Path, derived: dict[str, bytes], wanted: dict[str, str], broken: dict[str, str]) -> dict[str, bytes]:
    """Put derived bytes in the place of broken files, where the catalogue's hash vouches for them."""
    for name, state in broken.items():
        outcome = "used from memory; `citebot index --rebuild` writes it anew"
        if hashlib.sha256(derived[name]).hexdigest() == wanted[name] and _try_to_write(folder / name, derived[name]):
            outcome = "and written again"
        log.warning("index file %s was %s: rebuilt from the catalogue, %s", folder / name, state, outcome)
    return {name: derived[name] for name in broken}


def _try_to_write(path: Path, data: bytes) -> bool:
    try:
        write_durably(path, data)
    except OSError as error:
        log.info("%s cannot be written: %s", path, error)
        return False
    return True


def remove_others(folder: Path, number: int) -> None:
    """Delete the files of other generations and temporary files a killed build left.

    A reader that has an old generation loaded holds it in memory; one that is just opening it finds it gone and opens
    the newer one instead.
    """
    keep = {dense_name(number), words_name(number)}
    for pattern in ("dense-*.faiss", "words-*.safetensors", ".dense-*.tmp", ".words-*.tmp"):
        for path in folder.glob(pattern):
            if path.name not in keep:
                path.unlink(missing_ok=True)
