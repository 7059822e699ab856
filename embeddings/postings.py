"""The words file of a generation: which terms stand in which rows, as plain arrays in one safetensors file.

Safetensors is a header and raw little-endian arrays: nothing in it is code, and equal arrays give equal bytes.
"""

import sqlite3
from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True, slots=True)
class WordIndex:
    """An inverted index over n rows. Postings of term t are ``indptr[t]:indptr[t + 1]`` of ``rows`` and ``counts``."""

    chunk_ids: np.ndarray
    """int64 (n): the catalogue's chunk id of each row."""
    document_ids: np.ndarray
    """int64 (n): the catalogue's document id of each row."""
    lengths: np.ndarray
    """int32 (n): terms in each row."""
    indptr: np.ndarray
    """int64 (terms + 1), by the catalogue's term id."""
    rows: np.ndarray
    """int32 (postings), ascending within a term."""
    counts: np.ndarray
    """uint16 (postings): how often the term stands in the row, capped at 65,535."""


def build_words(
    connection: sqlite3.Connection, chunk_ids: np.ndarray, document_ids: np.ndarray, bags: list[np.ndarray]
) -> WordIndex:
    """Invert the rows' bags of term ids (uint32 each)."""
    lengths = np.array([len(bag) for bag in bags], np.int32)
    terms = np.concatenate(bags) if bags else np.zeros(0, np.uint32)
    rows = np.repeat(np.arange(len(bags), dtype=np.int64), lengths)
    # One number a (term, row) pair sorts both at once: n rows are far below 2^32.
    keys, counts = np.unique(terms.astype(np.int64) << 32 | rows, return_counts=True)
    (highest,) = connection.execute("SELECT coalesce(max(id), 0) FROM terms").fetchone()
    indptr = np.searchsorted(keys >> 32, np.arange(highest + 2))
    return WordIndex(
        chunk_ids,
        document_ids,
        lengths,
        indptr.astype(np.int64),
        (keys & 0xFFFFFFFF).astype(np.int32),
        np.minimum(counts, 65_535).astype(np.uint16),
    )


def serialise_words(index: WordIndex) -> bytes:
    """Turn the arrays into bytes."""
    from safetensors.numpy import save

    return save({field.name: np.ascontiguousarray(getattr(index, field.name)) for field in fields(index)})


def parse_words(data: bytes) -> WordIndex:
    """Turn bytes back into arrays. Only ever call it on bytes whose SHA-256 was checked."""
    from safetensors.numpy import load

    return WordIndex(**load(data))
