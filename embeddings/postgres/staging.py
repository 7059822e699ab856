"""Staging: new and changed files are read, chunked and encoded into tables that no question reads.

Batches are committed as they are done, so a build that is cut off goes on where it stopped.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from psycopg import Connection

from embeddings.documents import folder as corpus
from embeddings.documents.document import Document
from embeddings.documents.structure import structure_to_json
from embeddings.encoder.encoder import Encoder
from embeddings.index.plan import Plan
from embeddings.index.staging import BATCH_CHUNKS, VECTOR_DTYPE, NamedChunk, name_chunks
from embeddings.text.chunking import encoder_input
from embeddings.text.words import bag_of_words

Content = tuple[bytes, bytes]
"""A vector as pgvector sends it, and a bag of term ids (uint32)."""


@dataclass
class Staging:
    """Files waiting to become visible, and how much work they were."""

    connection: Connection
    encoder: Encoder
    docs: Path
    builder: str
    reuse: bool
    encoded: int = 0
    skipped: dict[str, str] = field(default_factory=dict)
    _documents: list[tuple] = field(default_factory=list)
    _chunks: list[tuple[str, int, NamedChunk]] = field(default_factory=list)
    """Path, number in the document, chunk."""
    _ids: dict[str, int] = field(default_factory=dict)

    def stage(self, plan: Plan, on_progress: Callable[[int, int], None]) -> None:
        """Load, chunk and encode the files the plan wants read; what a build that was cut off staged is kept.

        ``on_progress(documents_read, chunks_encoded)`` is called as work goes on.
        """
        kept = self._keep_earlier(plan)
        for read, path in enumerate(plan.to_read, start=1):
            if path not in kept:
                try:
                    self._add(corpus.load(self.docs, path))
                except corpus.Unreadable as error:
                    self.skipped[path] = error.reason
            if len(self._chunks) >= BATCH_CHUNKS:
                self._commit_batch()
            on_progress(read, self.encoded)
        self._commit_batch()

    def _keep_earlier(self, plan: Plan) -> set[str]:
        rows = self.connection.execute("SELECT path, sha256 FROM staged WHERE builder = %s", (self.builder,)).fetchall()
        wanted = set(plan.to_read) if self.reuse else set()
        kept = {path for path, sha256 in rows if path in wanted and plan.sums.get(path) == sha256}
        self.connection.execute("DELETE FROM staged WHERE NOT path = ANY(%s)", (list(kept),))
        return kept

    def _add(self, document: Document) -> None:
        raw = document.text.encode("utf-8", "surrogatepass")
        self._documents.append(
            (
                document.id,
                document.title,
                document.date.isoformat() if document.date else None,
                document.url,
                len(document.text),
                document.sha256,
                structure_to_json(document.structure),
                hashlib.sha256(raw).hexdigest(),
                raw,
                self.builder,
            )
        )
        self._chunks += [(document.id, *one) for one in enumerate(name_chunks(document, self.encoder))]

    def _commit_batch(self) -> None:
        """Write what was read; what has the same content as a chunk that is there is not encoded again."""
        wanted = {one.content: one for _, _, one in self._chunks}
        known = self._known(list(wanted)) if self.reuse else {}
        fresh = [one for name, one in wanted.items() if name not in known]
        texts = [encoder_input(one.title, one.text, self.encoder.token_offsets) for one in fresh]
        vectors = self.encoder.encode(texts) if texts else []
        with self.connection.transaction(), self.connection.cursor() as cursor:
            known |= {
                one.content: (pack(vector), bag)
                for one, vector, bag in zip(fresh, vectors, self._bags(fresh), strict=True)
            }
            cursor.executemany("INSERT INTO staged VALUES(%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)", self._documents)
            with cursor.copy("COPY staged_chunks FROM STDIN (FORMAT BINARY)") as copy:
                # What a halfvec is sent as passes as the bytes it is.
                copy.set_types(["text", "int4", *["int8"] * 4, *["bytea"] * 3])
                for path, number, one in self._chunks:
                    copy.write_row(
                        (path, number, one.chunk.start, one.chunk.end, *one.bytes, one.content, *known[one.content])
                    )
        self.encoded += len(fresh)
        self._documents, self._chunks = [], []

    def _known(self, names: Sequence[bytes]) -> dict[bytes, Content]:
        select = "SELECT DISTINCT ON (content) content, embedding, bag FROM {} WHERE content = ANY(%s)"
        return {
            name: (vector, bag)
            for table in ("chunks JOIN vectors USING (content)", "staged_chunks")
            for name, vector, bag in self.connection.execute(select.format(table), (names,), binary=True)
        }

    def _bags(self, chunks: Sequence[NamedChunk]) -> list[bytes]:
        bags = [bag_of_words(one.title, one.text) for one in chunks]
        self._learn({term for bag in bags for term in bag})
        return [np.array([self._ids[term] for term in bag], "<u4").tobytes() for bag in bags]

    def _learn(self, terms: set[str]) -> None:
        """Give ids to the words that have none."""
        new = sorted(terms - self._ids.keys())
        if not new:
            return
        self.connection.execute(
            "INSERT INTO terms(term) SELECT new FROM unnest(%s::text[]) AS new"
            " WHERE NOT EXISTS (SELECT 1 FROM terms WHERE term = new)",
            (new,),
        )
        self._ids |= {
            term: identifier
            for identifier, term in self.connection.execute("SELECT id, term FROM terms WHERE term = ANY(%s)", (new,))
        }


def pack(vector: np.ndarray) -> bytes:
    """Write a vector as pgvector sends a halfvec: dimension and flags, two bytes each, then big-endian halves."""
    return len(vector).to_bytes(2, "big") + bytes(2) + vector.astype(VECTOR_DTYPE).astype(">f2").tobytes()
