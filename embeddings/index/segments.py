"""Segments: what is derived from the catalogue, as a list of parts that never change once they are written.

A segment holds the passages of a range of chunk ids: a FAISS file of vectors and a file of arrays for words,
look-alikes and filters. A build writes segments of what is new, marks what is gone in the others, and the catalogue
names the list inside the transaction that makes it visible, with the root of each file's hashes (``mapped.py``). This
file knows segments one by one; which are merged is in ``merging.py``, what a generation is in ``generation.py``.
"""

import json
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np

from embeddings.index.bags import unpack_bag
from embeddings.index.catalogue import DOCUMENT_FIELDS, damaged, seal
from embeddings.search.corpus import Part
from embeddings.search.dense import build_dense, open_dense, serialise_dense
from embeddings.search.document_columns import build_columns
from embeddings.search.mapped import Damaged, Mapped, map_file, root_of, sum_blocks
from embeddings.search.postings import WordIndex, build_words, open_words, serialise_words

PATTERNS = ("dense-*.faiss", "words-*.safetensors", ".dense-*.tmp", ".words-*.tmp")
"""Names of segments' files, and of those a killed build left."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A segment's file as it was written."""

    name: str
    size: int
    """Bytes without the hashes at its end."""
    head: int
    """Bytes that are read, and checked, as it is opened; 0 where the file itself says what."""
    root: str
    """SHA-256 of the hashes at its end, in hexadecimal."""


@dataclass(frozen=True, slots=True)
class SegmentFacts:
    """A segment as the catalogue names it: passages of the chunk ids from ``first`` to ``last``."""

    id: int
    first: int
    last: int
    rows: int
    gone: bytes
    """Compressed bitmap of the rows that no longer count; empty where all do."""
    dense: FileFacts
    words: FileFacts

    def live(self) -> np.ndarray | None:
        """Return which rows still count, bool (rows,); None where all do."""
        if not self.gone:
            return None
        return ~np.unpackbits(np.frombuffer(zlib.decompress(self.gone), np.uint8), count=self.rows).astype(bool)

    def count_live(self) -> int:
        """Return how many rows still count."""
        live = self.live()
        return self.rows if live is None else int(live.sum())


@dataclass(frozen=True, slots=True)
class Segment:
    """An open segment."""

    facts: SegmentFacts
    words: WordIndex
    part: Part


def pack_gone(live: np.ndarray) -> bytes:
    """Compress which rows no longer count into the form the catalogue keeps."""
    return zlib.compress(np.packbits(~live).tobytes()) if not live.all() else b""


def read_segments(connection: sqlite3.Connection) -> tuple[SegmentFacts, ...]:
    """Return the segments of the newest generation in the order of their chunk ids.

    Raises:
        CitebotError: a row does not carry its seal.
    """
    found = []
    rows = connection.execute("SELECT id, first, last, rows, gone, files, seal FROM segments ORDER BY first")
    for *fields, gone, files, mark in rows:
        if mark != seal(*fields, gone, files):
            raise damaged(catalogue_path(connection), f"segment {fields[0]} does not match its seal")
        found.append(SegmentFacts(*fields, gone, *(FileFacts(**facts) for facts in json.loads(files))))
    return tuple(found)


def write_segments(connection: sqlite3.Connection, segments: list[SegmentFacts]) -> None:
    """Name the segments of the new generation, inside the caller's transaction."""
    connection.execute("DELETE FROM segments")
    for one in segments:
        files = json.dumps([{name: getattr(file, name) for name in file.__slots__} for file in (one.dense, one.words)])
        fields = (one.id, one.first, one.last, one.rows, one.gone, files)
        connection.execute("INSERT INTO segments VALUES(?,?,?,?,?,?,?)", (*fields, seal(*fields)))


def catalogue_path(connection: sqlite3.Connection) -> Path:
    """Return the file that a connection reads."""
    return Path(connection.execute("PRAGMA database_list").fetchone()[2])


def derive(connection: sqlite3.Connection, first: int, last: int, dimension: int) -> tuple[int, dict[str, tuple]]:
    """Derive a segment of a range of chunk ids from the catalogue: its rows, and (bytes, head) of "dense" and "words".

    The same rows give the same bytes, so a healed file has the hash the catalogue knows.

    Raises:
        CitebotError: a row does not carry its seal, or a chunk's content is missing.
    """
    path = catalogue_path(connection)
    rows = connection.execute(
        'SELECT c.id, c.document, c.start, c."end", c.byte_start, c.byte_end, c.content, c.seal,'
        " v.vector, v.terms, v.seal"
        " FROM chunks c LEFT JOIN contents v ON v.hash = c.content WHERE c.id BETWEEN ? AND ? ORDER BY c.id",
        (first, last),
    )
    chunk_ids, document_ids, vectors, bags = [], [], [], []
    for identifier, *place, content, chunk_seal, vector, terms, content_seal in rows:
        if chunk_seal != seal(identifier, *place, content):
            raise damaged(path, f"chunk {identifier} does not match its seal")
        if vector is None or content_seal != seal(content, vector, terms):
            raise damaged(path, f"the vector of chunk {identifier} does not match its seal")
        chunk_ids.append(identifier)
        document_ids.append(place[0])
        vectors.append(vector)
        bags.append(unpack_bag(terms))
    matrix = np.frombuffer(b"".join(vectors), np.float16).reshape(-1, dimension).astype(np.float32)
    del vectors
    dense = serialise_dense(build_dense(matrix))
    del matrix

    def term_of(term_id: int) -> str:
        found = connection.execute("SELECT term FROM terms WHERE id=?", (term_id,)).fetchone()
        if found is None:
            raise damaged(path, f"word {term_id} is missing")
        return found[0]

    documents = build_columns(np.array(document_ids, np.int64), partial(_read_filtered, connection))
    words = build_words(np.array(chunk_ids, np.int64), documents, bags, term_of)
    return len(chunk_ids), {"dense": dense, "words": (serialise_words(words), 0)}


def _read_filtered(connection: sqlite3.Connection, documents: Iterable[int]) -> Iterator[tuple[str, date | None]]:
    """Yield path and date of documents.

    Raises:
        CitebotError: a row is missing, or does not carry its seal.
    """
    for identifier in documents:
        row = connection.execute(f"SELECT {DOCUMENT_FIELDS}, seal FROM documents WHERE id=?", (identifier,)).fetchone()
        if row is None or row[-1] != seal(*row[:-1]):
            raise damaged(catalogue_path(connection), f"the row of document {identifier} does not match its seal")
        yield row[1], date.fromisoformat(row[3]) if row[3] else None


def write_segment(
    connection: sqlite3.Connection, folder: Path, number: int, first: int, last: int, dimension: int
) -> SegmentFacts:
    """Write the files of a new segment; nobody knows them until the catalogue names them.

    Raises:
        CitebotError: as ``derive``.
        OSError: they cannot be written.
    """
    rows, files = derive(connection, first, last, dimension)
    written = []
    for kind, ending in (("dense", "faiss"), ("words", "safetensors")):
        data, head = files.pop(kind)
        name = f"{kind}-{number:06d}.{ending}"
        sums = sum_blocks(data)
        write_durably(folder / name, data, sums)
        written.append(FileFacts(name, len(data), head, root_of(sums)))
    return SegmentFacts(number, first, last, rows, b"", *written)


def write_durably(path: Path, *parts: bytes) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            for part in parts:
                file.write(part)
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


def map_segment_file(folder: Path, file: FileFacts) -> Mapped:
    """Map a segment's file.

    Raises:
        Damaged: as ``map_file``.
    """
    return map_file(folder / file.name, file.size, file.root)


def open_segment(folder: Path, facts: SegmentFacts) -> Segment:
    """Open a segment's files where they lie.

    Raises:
        Damaged: one is missing, or what is read of it at once is not what was written.
    """
    words = open_words(map_segment_file(folder, facts.words))
    dense = open_dense(map_segment_file(folder, facts.dense), facts.dense.head)
    if not len(words.chunk_ids) == dense.index.ntotal == facts.rows:
        raise Damaged(folder / facts.words.name, "damaged")
    return Segment(facts, words, Part(dense, words.postings, words.spellings, facts.live()))


def segment_in_memory(facts: SegmentFacts, files: dict[str, tuple]) -> Segment:
    """Make a segment of what was derived from the catalogue, which knows the rows that count alone."""
    (dense, head), (words, _) = (files[kind] for kind in ("dense", "words"))
    index = open_words(Mapped(Path(facts.words.name), np.frombuffer(words, np.uint8), None))
    own = open_dense(Mapped(Path(facts.dense.name), np.frombuffer(dense, np.uint8), None), head)
    return Segment(facts, index, Part(own, index.postings, index.spellings))
