"""One generation in PostgreSQL, read inside one REPEATABLE READ transaction, which no build changes."""

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date

import numpy as np

from embeddings.documents.document import Document
from embeddings.documents.filters import Filters
from embeddings.documents.structure import structure_from_json
from embeddings.errors import CitebotError
from embeddings.index.catalogue import content_hash
from embeddings.index.integrity import REBUILD, Problem
from embeddings.index.plan import Known
from embeddings.index.snapshot import DocumentFacts
from embeddings.postgres.address import Database
from embeddings.postgres.memory import GenerationMemory, Run, Term, array
from embeddings.postgres.segments import Segment
from embeddings.text.offsets import Chunk, grow

FIELDS = "d.path, d.title, d.date, d.url, d.characters, d.sha256, d.size, d.mtime_ns, d.structure"
Beside = Callable[[str, tuple], AbstractContextManager[Callable[[], list[tuple]]]]
"""Runs a statement on a connection of its own, which may see a later generation; what is given waits for the rows."""


@dataclass(frozen=True, slots=True)
class Documents:
    """Documents that filters let pass."""

    ids: list[int]
    firsts: np.ndarray
    """int64: the id of each one's first chunk; the others follow it."""
    ends: np.ndarray
    """int64: the id behind its last."""

    def rows(self, segment: Segment) -> np.ndarray:
        """Return which rows of a segment are theirs and count: bool (rows,)."""
        firsts, ends = np.maximum(self.firsts, segment.first), np.minimum(self.ends, segment.last + 1)
        inside = firsts < ends
        edges = np.zeros(segment.rows + 1, np.int64)
        np.add.at(edges, segment.rows_of(firsts[inside]), 1)
        np.add.at(edges, segment.rows_of(ends[inside] - 1) + 1, -1)
        rows = np.cumsum(edges[:-1]) > 0
        return rows if segment.live is None else rows & segment.live


@dataclass(frozen=True, slots=True)
class Size:
    """Which generation it is, and how many passages it has."""

    number: int
    rows: int


class PostgresView:
    """What a question reads. ``run`` decides in which transaction."""

    serves_documents = True

    def __init__(self, database: Database, memory: GenerationMemory, run: Run, beside: Beside):
        self.folder = database
        self.facts = facts = memory.facts
        self.generation = Size(int(facts["generation"]), int(facts["chunks"]))
        self.run = run
        self._beside = beside
        self._memory = memory

    def close(self) -> None:
        """Nothing is held: the transaction is its opener's."""

    def documents(self) -> dict[int, DocumentFacts]:
        """Return the facts of all documents by their row id, in order of their paths."""
        rows = self.run(f"SELECT d.id, {FIELDS} FROM documents d ORDER BY d.path")
        return {identifier: _facts(*row) for identifier, *row in rows}

    def find(self, path: str) -> DocumentFacts | None:
        """Return the facts of the document with this id, or None."""
        rows = self.run(f"SELECT {FIELDS} FROM documents d WHERE d.path = %s", (_storable(path),))
        return _facts(*rows[0]) if rows else None

    def document(self, path: str) -> Document:
        """Return a document as it was indexed.

        Raises:
            CitebotError: no such document, or its text is damaged.
        """
        rows = self.run(
            f"SELECT d.text, d.text_sha256, {FIELDS} FROM documents d WHERE path=%s", (_storable(path),), binary=True
        )
        if not rows:
            raise CitebotError(f"no document {path!r} in the index: `citebot status` lists what there is")
        raw, text_sha256, *row = rows[0]
        if hashlib.sha256(raw).hexdigest() != text_sha256:
            raise self._damaged(f"the text of document {path!r}")
        facts = _facts(*row)
        text = raw.decode("utf-8", "surrogatepass")
        return Document(path, facts.title, text, facts.sha256, facts.date, facts.url, facts.structure)

    def chunks(self, identifiers: Sequence[int]) -> list[tuple[Chunk, str, DocumentFacts]]:
        """Return chunks by their ids, in that order, each with its text and its document's facts.

        Raises:
            CitebotError: one is damaged.
        """
        rows = self.run(
            'SELECT c.id, c.document, c.start, c."end", c.content,'
            " substring(d.text FROM c.byte_start::int + 1 FOR (c.byte_end - c.byte_start)::int)"
            " FROM chunks c JOIN documents d ON d.id = c.document WHERE c.id = ANY(%s::bigint[])",
            (array(identifiers),),
            binary=True,
        )
        wanted = array({row[1] for row in rows})
        documents = self.run(f"SELECT d.id, {FIELDS} FROM documents d WHERE d.id = ANY(%s::bigint[])", (wanted,))
        facts_of = {document: _facts(*row) for document, *row in documents}
        found = {}
        for identifier, document, start, end, content, raw in rows:
            facts, text = facts_of[document], raw.decode("utf-8", "surrogatepass")
            if content_hash(self.facts["encoder_identity"], facts.title, text) != content:
                raise self._damaged(f"the text of chunk {identifier}")
            found[identifier] = (Chunk(facts.id, start, end), text, facts)
        return [found[identifier] for identifier in identifiers]

    def stretch(self, chunk: Chunk, limit: int) -> tuple[Chunk, str]:
        """Return a chunk with its neighbours, before it and behind it in turn, up to ``limit`` characters."""
        rows = self.run(
            'SELECT c.start, c."end", c.byte_start, c.byte_end FROM chunks c JOIN documents d ON d.id = c.document'
            ' WHERE d.path = %s AND c."end" > %s AND c.start < %s ORDER BY c.start',
            (chunk.document, chunk.start - limit, chunk.end + limit),
        )
        first, last = grow([row[:2] for row in rows], chunk.start, limit)
        (start, _, byte_start, _), (_, end, _, byte_end) = rows[first], rows[last]
        ((raw,),) = self.run(
            "SELECT substring(text FROM %s::int FOR %s::int) FROM documents WHERE path = %s",
            (byte_start + 1, byte_end - byte_start, chunk.document),
            binary=True,
        )
        return Chunk(chunk.document, start, end), raw.decode("utf-8", "surrogatepass")

    def admitted(self, filters: Filters) -> "Documents | None":
        """Return the documents that pass the filters; None where there are no filters."""
        if not filters:
            return None
        select = "SELECT id, first_chunk, chunks, path, date FROM documents"
        if filters.since or filters.until:
            bounds = (str(filters.since or date.min), str(filters.until or date.max))
            rows = self.run(f"{select} WHERE date BETWEEN %s AND %s", bounds)
        else:
            # The order of the database narrows them first.
            last = chr(sys.maxunicode)
            between = f"{select} WHERE path >= %s AND path <= %s"
            rows = [row for start in filters.starts() for row in self.run(between, (start, start + last))]
        passing = [own for *own, path, day in rows if filters.admit(path, date.fromisoformat(day) if day else None)]
        ids, firsts, counts = np.array(passing, np.int64).reshape(-1, 3).T
        return Documents(ids.tolist(), firsts, firsts + counts)

    def segments(self, kind: str) -> list[Segment]:
        """Return the segments of a kind in the order of their ids."""
        return self._memory.segments(self.run, kind)

    def terms(self, terms: Iterable[str]) -> dict[str, Term]:
        """Return id and number of passages of those of some terms that passages hold."""
        return self._memory.terms(self.run, terms)

    @contextmanager
    def beside(self, sql: str, parameters: tuple) -> Iterator[Callable[[], list[tuple]]]:
        """Have the server run a statement while others are run; what is given waits for the rows, in binary.

        The rows are those of this generation: where the other connection sees a later one already, it is run again.
        """
        fact = "(SELECT value FROM facts WHERE key = 'generation')"
        with self._beside(f"WITH found AS ({sql}) SELECT {fact}, * FROM found", parameters) as asked:

            def rows() -> list[tuple]:
                found = asked()
                if found and found[0][0] == self.facts["generation"]:
                    return [row[1:] for row in found]
                return self.run(sql, parameters, binary=True)

            yield rows

    def lists(self, segments: Sequence[int], keys: Sequence[int]) -> dict[tuple[int, int], bytes]:
        """Return the lists that segments have of keys, by both."""
        return self._memory.lists.read(self.run, segments, keys)

    def skipped(self) -> dict[str, str]:
        """Return the files that could not be read, with the reason of each."""
        return dict(self.run("SELECT path, reason FROM skipped ORDER BY path"))

    def stamps(self, table: str = "documents") -> Known:
        """Return the SHA-256 and the stamps of the files that became documents, or of those that were ``skipped``."""
        rows = self.run(f"SELECT path, sha256, size, mtime_ns, ctime_ns, inode FROM {table}")
        return {path: (sha256, tuple(stamp)) for path, sha256, *stamp in rows}

    def problems(self) -> list[Problem]:
        """Read all there is; return what does not belong together."""
        checks = (
            ("chunks", "SELECT count(*) FROM chunks"),
            ("terms", "SELECT coalesce(sum(octet_length(bag)), 0) / 4 FROM chunks"),
            ("documents", "SELECT count(*) FROM documents"),
            ("chunks", "SELECT count(*) FROM chunks JOIN vectors USING (content)"),
        )
        found = []
        for name, sql in checks:
            ((counted,),) = self.run(sql)
            if int(counted) != int(self.facts[name]):
                found.append(f"{self.folder} holds {counted} {name}, its build counted {self.facts[name]}")
        ((wrong,),) = self.run("SELECT count(*) FROM documents WHERE encode(sha256(text), 'hex') <> text_sha256")
        if wrong:
            found.append(f"the texts of {wrong} documents in {self.folder} do not match their hashes")
        return [Problem(name, REBUILD) for name in found]

    def _damaged(self, what: str) -> CitebotError:
        return CitebotError(
            f"{what} in {self.folder} does not match its hash: restore a backup, or run `citebot index --rebuild`"
        )


def _storable(path: str) -> str:
    """No document has a name that PostgreSQL cannot hold; asked for one, it must not fail."""
    return path.encode("utf-8", "replace").decode().replace("\0", "?")


def _facts(path, title, day, url, characters, sha256, size, mtime_ns, structure) -> DocumentFacts:
    when = date.fromisoformat(day) if day else None
    return DocumentFacts(path, title, when, url, characters, sha256, size, mtime_ns, structure_from_json(structure))
