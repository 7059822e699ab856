"""The words file of a segment: each row's chunk, document and words, and the words' spellings, laid out as safetensors.

That is a header and raw little-endian arrays: nothing in it is code, equal arrays give equal bytes, and they can
be used where they lie in a mapped file.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields

import numpy as np

from embeddings.search.bm25 import Postings, build_postings
from embeddings.search.document_columns import DocumentColumns
from embeddings.search.mapped import Column, Damaged, Mapped
from embeddings.search.trigrams import Spellings, build_spellings

SLICED = frozenset(
    {"postings.rows", "postings.counts", "postings.starts", "postings.bags", "spellings.places"}
    | {f"documents.{field.name}" for field in fields(DocumentColumns)}
)
"""The arrays of which a question reads a little or nothing; the others are read, and checked, as the file is opened."""
DTYPES = {"U8": np.uint8, "U16": np.uint16, "U32": np.uint32, "U64": np.uint64, "I32": np.int32, "I64": np.int64}
PARTS = {"documents": DocumentColumns, "postings": Postings, "spellings": Spellings}


@dataclass(frozen=True, slots=True)
class WordIndex:
    """What the word channels search, and what each row stands for."""

    chunk_ids: np.ndarray
    """int64 (rows,), ascending: the catalogue's chunk id of each row."""
    documents: DocumentColumns
    postings: Postings
    spellings: Spellings


def build_words(
    chunk_ids: np.ndarray, documents: DocumentColumns, bags: list[np.ndarray], term_of: Callable[[int], str]
) -> WordIndex:
    """Invert the rows' bags of term ids (uint32 each), and index the spellings of their terms."""
    postings = build_postings(bags)
    vocabulary: Iterable[tuple[int, str]] = ((term, term_of(term)) for term in postings.terms.tolist())
    return WordIndex(chunk_ids, documents, postings, build_spellings(vocabulary))


def serialise_words(index: WordIndex) -> bytes:
    """Turn the arrays into bytes."""
    from safetensors.numpy import save

    arrays = {"chunk_ids": index.chunk_ids}
    for part in PARTS:
        whole = getattr(index, part)
        arrays |= {f"{part}.{field.name}": getattr(whole, field.name) for field in fields(whole)}
    return save({name: np.ascontiguousarray(array) for name, array in arrays.items()})


def open_words(mapped: Mapped) -> WordIndex:
    """Return the arrays as they lie in a mapped file.

    Raises:
        Damaged: what is read of it at once is not what was written.
    """
    return WordIndex(_arrays(mapped, "chunk_ids")["chunk_ids"], **{name: _open_part(mapped, name) for name in PARTS})


def open_postings(mapped: Mapped) -> Postings:
    """Return the postings alone.

    Raises:
        Damaged: as ``open_words``.
    """
    return _open_part(mapped, "postings")


def _open_part(mapped: Mapped, name: str) -> DocumentColumns | Postings | Spellings:
    arrays = _arrays(mapped, f"{name}.")
    return PARTS[name](**{field.name: arrays[f"{name}.{field.name}"] for field in fields(PARTS[name])})


def _arrays(mapped: Mapped, start_of_name: str) -> dict[str, np.ndarray | Column]:
    mapped.check(0, 8)
    length = int(mapped.data[:8].view(np.uint64)[0])
    if length > len(mapped.data) - 8:
        raise Damaged(mapped.path, "damaged")
    mapped.check(8, 8 + length)
    arrays = {}
    for name, facts in json.loads(mapped.data[8 : 8 + length].tobytes()).items():
        if not name.startswith(start_of_name):
            continue
        start, stop = (8 + length + offset for offset in facts["data_offsets"])
        array = mapped.data[start:stop].view(DTYPES[facts["dtype"]])
        if name in SLICED:
            arrays[name] = Column(mapped, array, start)
        else:
            mapped.check(start, stop)
            arrays[name] = array
    return arrays
