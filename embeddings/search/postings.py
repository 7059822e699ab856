"""The words file of a generation: which chunk each row is, its words, and their spellings, in one safetensors file.

Safetensors is a header and raw little-endian arrays: nothing in it is code, and equal arrays give equal bytes.
"""

import sqlite3
from dataclasses import dataclass, fields

import numpy as np

from embeddings.search.bm25 import Postings, build_postings
from embeddings.search.trigrams import Spellings, build_spellings


@dataclass(frozen=True, slots=True)
class WordIndex:
    """What the word channels search, and what each row stands for."""

    chunk_ids: np.ndarray
    """int64 (rows,): the catalogue's chunk id of each row."""
    document_ids: np.ndarray
    """int64 (rows,): the catalogue's document id of each row."""
    postings: Postings
    spellings: Spellings


def build_words(
    connection: sqlite3.Connection, chunk_ids: np.ndarray, document_ids: np.ndarray, bags: list[np.ndarray]
) -> WordIndex:
    """Invert the rows' bags of term ids (uint32 each), and index the spellings of the terms that are in use."""
    postings = build_postings(bags)
    terms = connection.execute("SELECT id, term FROM terms ORDER BY id")
    in_use = [(identifier, term) for identifier, term in terms if postings.document_frequency(identifier)]
    return WordIndex(chunk_ids, document_ids, postings, build_spellings(in_use))


def serialise_words(index: WordIndex) -> bytes:
    """Turn the arrays into bytes."""
    from safetensors.numpy import save

    arrays = {"chunk_ids": index.chunk_ids, "document_ids": index.document_ids}
    for part in ("postings", "spellings"):
        whole = getattr(index, part)
        arrays |= {f"{part}.{field.name}": getattr(whole, field.name) for field in fields(whole)}
    return save({name: np.ascontiguousarray(array) for name, array in arrays.items()})


def parse_words(data: bytes) -> WordIndex:
    """Turn bytes back into arrays. Only ever call it on bytes whose SHA-256 was checked."""
    from safetensors.numpy import load

    arrays = load(data)
    parts = {
        name: kind(**{field.name: arrays[f"{name}.{field.name}"] for field in fields(kind)})
        for name, kind in (("postings", Postings), ("spellings", Spellings))
    }
    return WordIndex(arrays["chunk_ids"], arrays["document_ids"], **parts)
