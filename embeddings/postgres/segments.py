"""Segments: what questions look up word by word, as lists that are written once; only what is gone of them changes.

A segment holds the passages (kind ``words``) or the terms (kind ``spellings``) of a range of ids. Its lists are rows of
``postings``: for each term the passages that hold it, for each trigram the terms that hold it. One row a list and
segment costs a question as many reads as it has words, where one row a passage would cost as many as they have in
common. Which segments a build merges is decided as for a folder (``index/merging.py``).
"""

import secrets
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from psycopg import Connection

from embeddings.index.merging import Size, ids_inside, plan_merges, range_of_merged, split_range
from embeddings.search.bm25 import build_postings
from embeddings.search.trigrams import build_spellings

WORDS, SPELLINGS = "words", "spellings"
POSTING = np.dtype([("row", "<u4"), ("count", "<u2"), ("length", "<u2")])
"""A passage in a term's list: its row in the segment, how often it holds the term, how many terms it holds in all."""
SPELLING = np.dtype([("term", "<u4"), ("grams", "u1")])
"""A term in a trigram's list: its id, and how many distinct trigrams it has."""
RUN = np.dtype([("row", "<i8"), ("id", "<i8")])
MAX_LENGTH = np.iinfo(np.uint16).max


@dataclass(frozen=True, slots=True)
class Segment:
    """Rows are numbered by ascending ids; ``runs`` are where ids cease to follow one another."""

    number: int
    last: int
    rows: int
    runs: np.ndarray
    """RUN (runs,): the first row of each run, and its id."""
    live: np.ndarray | None
    """bool (rows,): which rows still count; None where all do."""

    @property
    def first(self) -> int:
        """The first id."""
        return int(self.runs["id"][0])

    @property
    def size(self) -> Size:
        """How many rows count, and how many there are."""
        return Size(self.rows if self.live is None else int(self.live.sum()), self.rows)

    def ids(self, rows: np.ndarray) -> np.ndarray:
        """Return the ids of rows."""
        run = self.runs[np.searchsorted(self.runs["row"], rows, "right") - 1]
        return run["id"] + (rows - run["row"])

    def rows_of(self, ids: np.ndarray) -> np.ndarray:
        """Return the rows of ids that are in the segment."""
        run = self.runs[np.searchsorted(self.runs["id"], ids, "right") - 1]
        return run["row"] + (ids - run["id"])

    def inside(self, ids: np.ndarray) -> np.ndarray:
        """Return those of the ids (ascending) that lie between its first and its last."""
        return ids_inside(ids, self.first, self.last)


def read_segments(run: Callable[..., Iterable[tuple]], kind: str) -> list[Segment]:
    """Return the segments of a kind in the order of their ids; ``run`` runs a statement and returns the rows."""
    found = run("SELECT id, last, rows, runs, gone FROM segments WHERE kind = %s ORDER BY last", (kind,), binary=True)
    return [
        Segment(number, last, rows, np.frombuffer(runs, RUN), _live(gone, rows))
        for number, last, rows, runs, gone in found
    ]


def _live(gone: bytes, rows: int) -> np.ndarray | None:
    if not gone:
        return None
    return ~np.unpackbits(np.frombuffer(zlib.decompress(gone), np.uint8), count=rows).astype(bool)


def update_segments(connection: Connection, kind: str, removed: np.ndarray, fresh: tuple[int, int]) -> None:
    """Mark what went, write what came, and merge, inside the caller's transaction.

    ``removed`` are ids, ascending; ``fresh`` the first and the last id of what came. Their tables are up to date.
    """
    if not len(removed) and fresh[0] > fresh[1]:
        return
    kept, dropped = [], []
    for one in read_segments(connection.execute, kind):
        went = one.inside(removed)
        if len(went):
            live = np.ones(one.rows, bool) if one.live is None else one.live
            live[one.rows_of(went)] = False
            one = Segment(one.number, one.last, one.rows, one.runs, live)
            if live.any():
                gone = zlib.compress(np.packbits(~live).tobytes())
                connection.execute("UPDATE segments SET gone = %s WHERE id = %s", (gone, one.number))
            else:
                dropped.append(one)
                continue
        kept.append(one)
    table, value = SOURCES[kind]
    (came,) = connection.execute(f"SELECT count(*) FROM {table} WHERE id BETWEEN %s AND %s", fresh).fetchone()
    alone, start = plan_merges([one.size for one in kept], came)
    rewritten = [(kept[place], (kept[place].first, kept[place].last)) for place in alone]
    ranges = [span for _, span in rewritten]
    merged = kept[start:]
    ranges += range_of_merged([(one.first, one.last) for one in merged], came, fresh)
    old = [one.number for one in (*dropped, *(one for one, _ in rewritten), *merged)]
    with connection.pipeline():
        connection.execute("DELETE FROM postings WHERE segment = ANY(%s)", (old,))
        connection.execute("DELETE FROM segments WHERE id = ANY(%s)", (old,))
    for first, last in (part for whole in ranges for part in _split(connection, table, *whole)):
        rows = connection.execute(
            f"SELECT id, {value} FROM {table} WHERE id BETWEEN %s AND %s ORDER BY id", (first, last), binary=True
        ).fetchall()
        _write(connection, kind, np.array([identifier for identifier, _ in rows]), [own for _, own in rows])


def _split(connection: Connection, table: str, first: int, last: int) -> list[tuple[int, int]]:
    rows = connection.execute(f"SELECT id FROM {table} WHERE id BETWEEN %s AND %s ORDER BY id", (first, last))
    return split_range(identifier for (identifier,) in rows)


def _write(connection: Connection, kind: str, ids: np.ndarray, values: Sequence) -> None:
    starts = np.flatnonzero(np.diff(ids, prepend=ids[0] - 2) != 1)
    runs = np.empty(len(starts), RUN)
    runs["row"], runs["id"] = starts, ids[starts]
    # Drawn, not counted: after a restored backup a counted number would come again for other lists, and clients keep
    # the lists of before by it.
    number = secrets.randbits(31)
    connection.execute(
        "INSERT INTO segments(id, kind, last, rows, runs, gone) OVERRIDING SYSTEM VALUE VALUES(%s, %s, %s, %s, %s, '')",
        (number, kind, int(ids[-1]), len(ids), runs.tobytes()),
    )
    lists = list_words if kind == WORDS else list_spellings
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY postings(segment, key, entries) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types(["int4", "int8", "bytea"])
        for key, entries in lists(ids, values):
            copy.write_row((number, key, entries))


def list_words(ids: np.ndarray, bags: Sequence[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield each term of the bags with its list."""
    inverted = build_postings([np.frombuffer(bag, "<u4") for bag in bags])
    entries = np.empty(len(inverted.rows), POSTING)
    entries["row"], entries["count"] = inverted.rows, inverted.counts
    entries["length"] = np.minimum(inverted.lengths[inverted.rows], MAX_LENGTH)
    yield from _cut(inverted.terms, inverted.indptr, entries)


def list_spellings(ids: np.ndarray, terms: Sequence[str]) -> Iterator[tuple[int, bytes]]:
    """Yield each trigram of the terms with its list."""
    inverted = build_spellings(zip(ids.tolist(), terms, strict=True))
    entries = np.empty(len(inverted.places), SPELLING)
    entries["term"], entries["grams"] = inverted.ids[inverted.places], inverted.sizes[inverted.places]
    yield from _cut(inverted.grams, inverted.indptr, entries)


def _cut(keys: np.ndarray, indptr: np.ndarray, entries: np.ndarray) -> Iterator[tuple[int, bytes]]:
    raw, edges = entries.tobytes(), (indptr * entries.itemsize).tolist()
    for key, start, stop in zip(keys.tolist(), edges, edges[1:], strict=False):
        yield key, raw[start:stop]


SOURCES = {WORDS: ("chunks", "bag"), SPELLINGS: ("terms", "term")}
"""Where each kind of segment is derived from: the table, and its column."""
