"""A snapshot: one generation of the index, opened for reading. Builds that come later do not change it.

Its rows come from one SQLite read transaction and its arrays from files that transaction names, so whatever is read
through one snapshot belongs together. Every row is checked against its seal as it is read.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

import numpy as np

from embeddings.documents.document import Document
from embeddings.documents.filters import Filters
from embeddings.documents.structure import NO_STRUCTURE, Structure, structure_from_json
from embeddings.errors import CitebotError
from embeddings.index.catalogue import (
    DOCUMENT_FIELDS,
    FILE_NAME,
    FORMAT_VERSION,
    NoIndex,
    content_hash,
    damaged,
    fold,
    open_for_reading,
    other_format,
    read_facts,
    seal,
)
from embeddings.index.generation import Generation, Superseded, generation_of, heal, open_generation
from embeddings.index.plan import Known, read_known
from embeddings.search.mapped import Damaged
from embeddings.text.offsets import Chunk, grow

log = logging.getLogger("citebot")
Told = TypeVar("Told")
KEPT_MASKS = 16
"""Filters of which the rows are remembered: a byte a row each."""
HEAL_ATTEMPTS = 100
"""An index has some twenty files; more damage than that is no accident of one."""
IDS_AT_ONCE = 500
"""Rows asked for in one statement."""
KEPT_FACTS = 500
"""Documents of which the facts are remembered: a question looks at some eighty passages."""
OPEN_ATTEMPTS = 5
"""A builder may replace a generation while it is being opened; five in a row would be strange."""


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What the index knows of a document beside its text."""

    id: str
    title: str
    date: date | None
    url: str | None
    characters: int
    sha256: str
    """Hex digest of the file's bytes when it was indexed."""
    size: int
    mtime_ns: int
    structure: Structure = NO_STRUCTURE

    @property
    def text_date(self) -> date | None:
        """The date of the text; None where only the day is known on which its file was made."""
        return None if self.structure.date_of_file else self.date


class Snapshot:
    """One generation, consistent and read-only; safe to use from several threads."""

    serves_documents = False

    def __init__(self, folder: Path, connection: sqlite3.Connection, facts: dict[str, str], generation: Generation):
        self.folder = folder
        self.facts = facts
        self.generation = generation
        self._connection = connection
        self._lock = threading.Lock()
        self._documents: dict[int, DocumentFacts] | None = None
        self._looked_up: dict[int, DocumentFacts] = {}
        self._masks: dict[tuple[Filters, int], np.ndarray] = {}

    def close(self) -> None:
        """Give the catalogue's view back."""
        with self._lock:
            self._connection.close()

    def _rows(self, sql: str, parameters: tuple = ()) -> list[tuple]:
        with self._lock:
            try:
                return self._connection.execute(sql, parameters).fetchall()
            except sqlite3.DatabaseError as error:
                raise damaged(self.folder / FILE_NAME, error) from error

    def documents(self) -> dict[int, DocumentFacts]:
        """Return the facts of all documents by their row id, in order of their paths."""
        if self._documents is None:
            rows = self._rows(f"SELECT {DOCUMENT_FIELDS}, seal FROM documents ORDER BY path")
            self._documents = {row[0]: self._facts(row) for row in rows}
        return self._documents

    def _facts(self, row: tuple) -> DocumentFacts:
        _, path, title, when, url, characters, sha256, size, mtime_ns, _, _, structure, _, row_seal = row
        if row_seal != seal(*row[:-1]):
            raise damaged(self.folder / FILE_NAME, f"the row of document {path!r} does not match its seal")
        built = structure_from_json(structure)
        day = date.fromisoformat(when) if when else None
        return DocumentFacts(path, title, day, url, characters, sha256, size, mtime_ns, built)

    def find(self, path: str) -> DocumentFacts | None:
        """Return the facts of the document with this id, or None."""
        rows = self._rows(f"SELECT {DOCUMENT_FIELDS}, seal FROM documents WHERE path=?", (path,))
        return self._facts(rows[0]) if rows else None

    def document(self, path: str) -> Document:
        """Return a document as it was indexed.

        Raises:
            CitebotError: no such document, or its text is damaged.
        """
        import hashlib

        rows = self._rows(
            "SELECT t.text, d.text_sha256 FROM documents d JOIN texts t ON t.id = d.id WHERE d.path=?", (path,)
        )
        if not rows:
            raise CitebotError(f"no document {path!r} in the index: `citebot status` lists what there is")
        raw, sha256 = rows[0]
        if hashlib.sha256(raw).hexdigest() != sha256:
            raise damaged(self.folder / FILE_NAME, f"the text of document {path!r} does not match its hash")
        facts = self.find(path)
        text = raw.decode("utf-8", "surrogatepass")
        return Document(path, facts.title, text, facts.sha256, facts.date, facts.url, facts.structure)

    def look(self, ask: Callable[[Generation], Told]) -> Told:
        """Ask something of the generation; a segment found damaged on the way is healed first.

        Raises:
            CitebotError: the catalogue's own rows are damaged, so it cannot be healed.
        """
        for _ in range(HEAL_ATTEMPTS):
            generation = self.generation
            try:
                return ask(generation)
            except Damaged as error:
                self._heal(generation, error)
        raise CitebotError(f"the index in {self.folder} is damaged as fast as it is healed: see that the disk is sound")

    def _heal(self, generation: Generation, error: Damaged) -> None:
        with self._lock:
            if self.generation is not generation:
                return  # another thread was quicker
            dimension = int(self.facts["dimension"])
            segments = [
                heal(self.folder, self._connection, one.facts, error, dimension)
                if error.path.name in (one.facts.dense.name, one.facts.words.name)
                else one
                for one in generation.segments
            ]
            self._masks.clear()
            self.generation = generation_of(generation.number, segments)

    def allowed_rows(self, filters: Filters, generation: Generation | None = None) -> np.ndarray | None:
        """Return the boolean mask of the rows whose document passes the filters; None where there are no filters.

        ``generation`` is the one whose rows are meant where it may have been healed meanwhile.
        """
        if not filters:
            return None
        generation = generation or self.generation
        key = (filters, id(generation))
        if (known := self._masks.get(key)) is not None:
            return known
        if len(self._masks) >= KEPT_MASKS:
            self._masks.pop(next(iter(self._masks)), None)
        mask = self._masks[key] = generation.allowed(filters)
        return mask

    def chunk(self, row: int, generation: Generation | None = None) -> tuple[Chunk, str, DocumentFacts]:
        """Return what ``chunks`` does of one row."""
        return self.chunks([row], generation)[0]

    def chunks(
        self, rows: Sequence[int], generation: Generation | None = None
    ) -> list[tuple[Chunk, str, DocumentFacts]]:
        """Return the chunk at each row of the generation, its text, and its document's facts; as in ``allowed_rows``.

        Raises:
            CitebotError: a row, or the text it points at, is damaged.
        """
        identifiers = [(generation or self.generation).chunk_id(row) for row in rows]
        found = self._by_id(
            'SELECT c.id, c.document, c.start, c."end", c.byte_start, c.byte_end, c.content, c.seal,'
            " substr(t.text, c.byte_start + 1, c.byte_end - c.byte_start)"
            " FROM chunks c JOIN texts t ON t.id = c.document WHERE c.id",
            identifiers,
        )
        for identifier in identifiers:
            if identifier not in found or found[identifier][7] != seal(*found[identifier][:7]):
                raise damaged(self.folder / FILE_NAME, f"chunk {identifier} does not match its seal")
        documents = self._facts_of({row[1] for row in found.values()})
        chunks = []
        for identifier in identifiers:
            _, document, start, end, _, _, content, _, raw = found[identifier]
            facts, text = documents[document], raw.decode("utf-8", "surrogatepass")
            if content_hash(self.facts["encoder_identity"], facts.title, text) != content:
                raise damaged(self.folder / FILE_NAME, f"the text of chunk {identifier} does not match its hash")
            chunks.append((Chunk(facts.id, start, end), text, facts))
        return chunks

    def _by_id(self, select: str, identifiers: Sequence[int]) -> dict[int, tuple]:
        """Return rows by their first field, an id, which is also what ends the statement."""
        found = {}
        for start in range(0, len(identifiers), IDS_AT_ONCE):
            asked = tuple(identifiers[start : start + IDS_AT_ONCE])
            found |= {row[0]: row for row in self._rows(f"{select} IN ({','.join('?' * len(asked))})", asked)}
        return found

    def stretch(self, chunk: Chunk, limit: int) -> tuple[Chunk, str]:
        """Return a chunk together with as many of its neighbours, before it and behind it in turn, as ``limit``
        characters hold, and the text from the first of them to the last.

        Raises:
            CitebotError: a row that is needed is damaged.
        """
        rows = self._rows(
            'SELECT c.id, c.document, c.start, c."end", c.byte_start, c.byte_end, c.content, c.seal'
            " FROM chunks c JOIN documents d ON d.id = c.document"
            ' WHERE d.path=? AND c."end" > ? AND c.start < ? ORDER BY c.start',
            (chunk.document, chunk.start - limit, chunk.end + limit),
        )
        if wrong := next((row for row in rows if row[7] != seal(*row[:7])), None):
            raise damaged(self.folder / FILE_NAME, f"chunk {wrong[0]} does not match its seal")
        first, last = grow([(row[2], row[3]) for row in rows], chunk.start, limit)
        start, byte_start, end, byte_end = rows[first][2], rows[first][4], rows[last][3], rows[last][5]
        ((raw,),) = self._rows(
            "SELECT substr(t.text, ?, ?) FROM documents d JOIN texts t ON t.id = d.id WHERE d.path=?",
            (byte_start + 1, byte_end - byte_start, chunk.document),
        )
        return Chunk(chunk.document, start, end), raw.decode("utf-8", "surrogatepass")

    def _facts_of(self, identifiers: set[int]) -> dict[int, DocumentFacts]:
        """Return the facts of documents by their row ids, and of others that are known already."""
        if self._documents is not None:
            return self._documents
        known = self._looked_up
        if missing := list(identifiers - known.keys()):
            found = self._by_id(f"SELECT {DOCUMENT_FIELDS}, seal FROM documents WHERE id", missing)
            if gone := identifiers - known.keys() - found.keys():
                raise damaged(self.folder / FILE_NAME, f"the row of document {gone.pop()} is missing")
            kept = known if len(known) < KEPT_FACTS else {one: known[one] for one in identifiers & known.keys()}
            known = self._looked_up = kept | {one: self._facts(row) for one, row in found.items()}
        return known

    def skipped(self) -> dict[str, str]:
        """Return the files that could not be read, with the reason of each."""
        return dict(self._rows("SELECT path, reason FROM skipped ORDER BY path"))

    def stamps(self, table: str = "documents") -> Known:
        """Return the SHA-256 and the stamps of the files that became documents, or of those that were ``skipped``."""
        with self._lock:
            try:
                return read_known(self._connection, table)
            except sqlite3.DatabaseError as error:
                raise damaged(self.folder / FILE_NAME, error) from error

    def fold_log(self) -> bool:
        """Renew the catalogue's view, so that its log can be checkpointed into the file; tell whether it was.

        A view holds the log at its place for as long as it lives: one that is renewed from time to time lets even a
        long build fold what it has written. The old view goes only for one of the same generation: where another was
        committed meanwhile, its rows must not meet this one's arrays.
        """
        log_file = self.folder / (FILE_NAME + "-wal")
        try:
            if log_file.stat().st_size == 0:
                return True
            fold(self.folder)
        except (OSError, sqlite3.DatabaseError):
            return True  # not ours to write: whoever builds folds it
        view = open_for_reading(self.folder)
        try:
            same = read_facts(view) == self.facts
        except BaseException:
            view.close()
            raise
        if not same:
            view.close()
            return False
        with self._lock:
            self._connection, view = view, self._connection
        view.close()
        return True


def open_snapshot(folder: Path, before: Snapshot | None = None) -> Snapshot:
    """Open the newest generation of the index in a folder; what it shares with the one ``before`` is open already.

    Raises:
        CitebotError: no index yet, an index of another format, or a damaged catalogue.
    """
    for _ in range(OPEN_ATTEMPTS):
        connection = open_for_reading(folder)
        try:
            facts = usable_facts(folder, connection)
            same = before is not None and before.facts["index_id"] == facts["index_id"]
            generation = open_generation(
                folder,
                connection,
                facts,
                lambda facts=facts: newest_facts(folder) == facts,
                before.generation.segments if same else (),
            )
            return Snapshot(folder, connection, facts, generation)
        except Superseded:
            connection.close()
        except sqlite3.DatabaseError as error:
            connection.close()
            raise damaged(folder / FILE_NAME, error) from error
        except BaseException:
            connection.close()
            raise
    raise CitebotError(f"the index in {folder} is being rebuilt too fast to be opened: try again")


def usable_facts(folder: Path, connection: sqlite3.Connection) -> dict[str, str]:
    """Read the catalogue's facts and make sure that this citebot can use the index.

    Raises:
        CitebotError: no build was ever finished here, or one of another format was.
    """
    facts = read_facts(connection)
    if "generation" not in facts:
        raise NoIndex(folder)
    if facts.get("format") != FORMAT_VERSION:
        raise CitebotError(other_format(folder, facts.get("format")))
    return facts


def newest_facts(folder: Path) -> dict[str, str]:
    """Return the catalogue's facts of the newest committed generation, which no other shares; {} where there is none.

    Raises:
        CitebotError: no index, or a damaged one.
    """
    connection = open_for_reading(folder)
    try:
        return read_facts(connection)
    except sqlite3.DatabaseError as error:
        raise damaged(folder / FILE_NAME, error) from error
    finally:
        connection.close()
