"""Staging: new and changed files are read, chunked and encoded into the catalogue, where no reader sees them yet.

Batches are committed as they are done, so a build that is killed goes on where it stopped; what becomes visible
becomes so at once, in ``build.py``.
"""

import hashlib
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from struct import Struct

import numpy as np

from embeddings.documents import folder as corpus
from embeddings.documents.document import Document
from embeddings.documents.structure import structure_to_json
from embeddings.encoder.encoder import Encoder
from embeddings.index.bags import pack_bag
from embeddings.index.catalogue import content_hash, seal, transaction
from embeddings.index.plan import Plan
from embeddings.text.chunking import chunk_document, encoder_input
from embeddings.text.offsets import Chunk
from embeddings.text.words import bag_of_words

BATCH_CHUNKS = 256
"""Chunks encoded together: some seconds of work on two cores."""
COMMIT_S = 2.0
"""Batches are committed once so much time has passed, so a kill loses some seconds of work; each commit writes anew all
pages on which contents, named by hashes, have come."""
COMMIT_CHUNKS = 8192
"""At most so many are kept for one commit: some 20 MB."""
BAGS_VERSION = "1"
"""Raised whenever ``words.py`` makes other terms of the same text: all files are then read again."""
CHUNK = Struct("<4q16s")
"""A staged chunk: start and end, those in bytes, and the name of its content."""
VECTOR_DTYPE = np.float16
"""How vectors are kept: half the bytes of float32, and unit vectors move by less than 1e-6 in cosine."""


@dataclass
class Staging:
    """Files waiting to become visible, and how much work they were."""

    connection: sqlite3.Connection
    encoder: Encoder
    docs: Path
    builder: str
    """What the staged rows depend on beside the files: format, encoder, chunk settings."""
    reuse: bool = True
    """Whether contents that the catalogue has already may be taken from there."""
    term_ids: dict[str, int] = field(default_factory=dict)
    encoded: int = 0
    skipped: dict[str, str] = field(default_factory=dict)
    _documents: list[tuple] = field(default_factory=list)
    _pending: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    """Titles and texts to be encoded, by the hash of the content."""
    _encoded: list[tuple[bytes, str, str, np.ndarray]] = field(default_factory=list)
    """Contents to be committed: hash, title, text, vector."""
    _done: set[bytes] = field(default_factory=set)

    def stage(self, plan: Plan, on_progress: Callable[[int, int], None]) -> None:
        """Load, chunk and encode the files the plan wants read, in batches.

        ``on_progress(documents_read, chunks_encoded)`` is called as work goes on. A file that cannot be read lands in
        ``skipped`` with its reason, and the rest goes on. What an interrupted build staged of the same bytes is kept.
        """
        kept = self._keep_earlier(plan)
        read, committed = 0, time.monotonic()
        for read, path in enumerate(plan.to_read, start=1):
            if path not in kept:
                self._stage_one(path)
            if len(self._pending) >= BATCH_CHUNKS:
                self._encode(lambda chunks, read=read: on_progress(read, chunks))
                if time.monotonic() - committed >= COMMIT_S or len(self._encoded) >= COMMIT_CHUNKS:
                    self._commit()
                    committed = time.monotonic()
            on_progress(read, self.encoded)
        self._encode(lambda chunks: on_progress(read, chunks))
        self._commit()

    def _keep_earlier(self, plan: Plan) -> set[str]:
        """Drop what an interrupted build staged and that is no longer wanted; return the paths that can be kept."""
        rows = self.connection.execute("SELECT path, sha256 FROM staged WHERE builder=?", (self.builder,)).fetchall()
        wanted = set(plan.to_read) if self.reuse else set()
        kept = {path for path, sha256 in rows if path in wanted and plan.sums.get(path) == sha256}
        with transaction(self.connection):
            for path, document in self.connection.execute("SELECT path, document FROM staged").fetchall():
                if path not in kept:
                    # What it needed may be needed by nothing now: the commit looks through everything.
                    self.connection.execute("PRAGMA user_version=1")
                    self.connection.execute("DELETE FROM staged WHERE path=?", (path,))
                    self.connection.execute("DELETE FROM texts WHERE id=?", (document,))
        return kept

    def _stage_one(self, path: str) -> None:
        try:
            document = corpus.load(self.docs, path)
        except corpus.Unreadable as error:
            self.skipped[path] = error.reason
        else:
            self._add(document)

    def _add(self, document: Document) -> None:
        raw = document.text.encode("utf-8", "surrogatepass")
        named = name_chunks(document, self.encoder)
        self._documents.append(
            (
                raw,
                document.id,
                document.title,
                hashlib.sha256(raw).hexdigest(),
                document.sha256,
                document.date.isoformat() if document.date else None,
                document.url,
                len(document.text),
                structure_to_json(document.structure),
                self.builder,
                b"".join(CHUNK.pack(one.chunk.start, one.chunk.end, *one.bytes, one.content) for one in named),
            )
        )
        for one in named:
            if self._is_new(one.content):
                self._pending[one.content] = (document.title, one.text)

    def _is_new(self, name: bytes) -> bool:
        if name in self._pending or name in self._done:
            return False
        if not self.reuse:
            return True
        row = self.connection.execute("SELECT vector, terms, seal FROM contents WHERE hash=?", (name,)).fetchone()
        # A stored vector whose seal is broken is encoded again: that heals it.
        return row is None or row[2] != seal(name, row[0], row[1])

    def _encode(self, on_encoded: Callable[[int], None]) -> None:
        texts = [encoder_input(title, text, self.encoder.token_offsets) for title, text in self._pending.values()]
        before = self.encoded
        vectors = self.encoder.encode(texts, progress=lambda n: on_encoded(before + n)) if texts else []
        self._encoded += [
            (name, *seen, vector) for (name, seen), vector in zip(self._pending.items(), vectors, strict=True)
        ]
        self.encoded += len(texts)
        self._done.update(self._pending)
        self._pending = {}

    def _commit(self) -> None:
        with transaction(self.connection):
            for content in self._encoded:
                self._store_content(*content)
            for text, path, *facts in self._documents:
                document = self.connection.execute("INSERT INTO texts(text) VALUES(?)", (text,)).lastrowid
                row = (path, document, *facts)
                self.connection.execute("INSERT INTO staged VALUES(?,?,?,?,?,?,?,?,?,?,?)", row)
        self._documents, self._encoded = [], []

    def _store_content(self, name: bytes, title: str, text: str, vector: np.ndarray) -> None:
        ids = np.fromiter((self._term_id(term) for term in bag_of_words(title, text)), np.uint32)
        packed, bag = vector.astype(VECTOR_DTYPE).tobytes(), pack_bag(ids)
        self.connection.execute(
            "INSERT OR REPLACE INTO contents VALUES(?,?,?,?)", (name, packed, bag, seal(name, packed, bag))
        )

    def _term_id(self, term: str) -> int:
        identifier = self.term_ids.get(term)
        if identifier is None:
            known = self.connection.execute("SELECT id FROM terms WHERE term=?", (term,)).fetchone()
            if known is None:
                known = (self.connection.execute("INSERT INTO terms(term) VALUES(?)", (term,)).lastrowid,)
            identifier = self.term_ids[term] = known[0]
        return identifier


@dataclass(frozen=True, slots=True)
class NamedChunk:
    """A chunk with what it is known by."""

    chunk: Chunk
    bytes: tuple[int, int]
    """Where it begins and ends in the UTF-8 of its document's text."""
    content: bytes
    """The hash of what the encoder sees."""
    title: str
    """Its document's."""
    text: str


def name_chunks(document: Document, encoder: Encoder) -> list[NamedChunk]:
    """Split a document into chunks."""
    chunks = chunk_document(document, encoder.token_offsets, encoder.max_tokens)
    named = []
    for chunk, edges in zip(chunks, _byte_offsets(document.text, chunks), strict=True):
        text = document.text[chunk.start : chunk.end]
        name = content_hash(encoder.identity, document.title, text)
        named.append(NamedChunk(chunk, edges, name, document.title, text))
    return named


def _byte_offsets(text: str, chunks: list[Chunk]) -> list[tuple[int, int]]:
    """Turn the chunks' code-point offsets into UTF-8 byte offsets, walking the text once.

    Chunks may overlap, so the walk goes over the sorted distinct offsets.
    """
    at, total, known = 0, 0, {}
    for offset in sorted({edge for chunk in chunks for edge in (chunk.start, chunk.end)}):
        total += len(text[at:offset].encode("utf-8", "surrogatepass"))
        known[offset] = total
        at = offset
    return [(known[chunk.start], known[chunk.end]) for chunk in chunks]
