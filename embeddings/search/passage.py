"""A passage: a chunk found for a query, with what each retrieval channel said of it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from embeddings.documents.structure import NO_STRUCTURE, Structure
from embeddings.text.offsets import Chunk


@dataclass(frozen=True, slots=True)
class ChannelHit:
    """What one channel said of a passage: its rank (from 1) and its score (cosine, or BM25)."""

    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved chunk. ``score`` is the fused score; ``channels`` maps a channel's name to its hit."""

    chunk: Chunk
    text: str
    title: str
    score: float
    channels: Mapping[str, ChannelHit] = field(default_factory=dict)
    date: datetime.date | None = None
    url: str | None = None
    copies: tuple[Chunk, ...] = ()
    """Near-identical passages of other documents, folded into this one."""
    structure: Structure = NO_STRUCTURE
    """Its document's: author, pages, headings, tables."""
