"""The dense channel: unit vectors in FAISS, so that the inner product is the cosine.

Up to ``FLAT_ROWS`` rows the search is exact; above it an inverted file over 8-bit codes takes over, since an exact
search over a million float32 rows needs 1.5 GB and more than the time a question may take.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from embeddings.search.mapped import Damaged, Mapped

FLAT_ROWS = 50_000
"""Rows searched exactly: 77 MB of float32, some milliseconds a question on one core."""
VECTOR_BYTE_LIMIT = 8 << 30
"""No vector inside a FAISS file may claim more; a damaged header must not become an allocation."""
TRAINING_ROWS_PER_LIST = 64
ID_BYTES = 8
FEW = 0.2
"""Share of the rows below which those that a filter allows are few."""
SEARCH_THREADS = 1
"""FAISS gives each calling thread an OpenMP pool of its own: more than one would multiply under a busy bot."""


@dataclass(frozen=True, slots=True)
class Dense:
    """A FAISS index; row numbers are the ids."""

    index: object
    check: Callable[[np.ndarray], None] = lambda lists: None
    """Makes sure of inverted lists in a mapped file before they are read."""


def build_dense(vectors: np.ndarray) -> Dense:
    """Index float32 unit vectors (rows, dimension)."""
    import faiss

    rows, dimension = vectors.shape
    if rows <= FLAT_ROWS:
        index = faiss.IndexFlatIP(dimension)
    else:
        lists = _lists(rows)
        index = faiss.index_factory(dimension, f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
        index.nprobe = max(16, lists // 8)
        # A fixed sample keeps the file's bytes the same for the same rows.
        sample = np.random.default_rng(0).choice(rows, min(rows, lists * TRAINING_ROWS_PER_LIST), replace=False)
        index.train(vectors[np.sort(sample)])
    if rows:
        index.add(vectors)
    return Dense(index)


def _lists(rows: int) -> int:
    return max(64, int(2 * rows**0.5))


def serialise_dense(dense: Dense) -> tuple[bytes, int]:
    """Turn an index into bytes; the second is how many of them are read as it is opened: all but inverted lists."""
    import faiss

    data = faiss.serialize_index(dense.index).tobytes()
    return data, len(data) - sum(size for size in _list_bytes(dense.index).tolist())


def _list_bytes(index) -> np.ndarray:
    """Return the bytes of each inverted list: its codes, then its ids. They make the end of a file."""
    import faiss

    if not isinstance(index, faiss.IndexIVF):
        return np.zeros(0, np.int64)
    lists = index.invlists
    sizes = np.fromiter((lists.list_size(number) for number in range(index.nlist)), np.int64, index.nlist)
    return sizes * (lists.code_size + ID_BYTES)


def parse_dense(data: bytes | np.ndarray) -> Dense:
    """Turn bytes back into an index. Only ever call it on bytes whose SHA-256 was checked.

    Raises:
        RuntimeError: FAISS refuses the bytes, or a vector in them claims more than ``VECTOR_BYTE_LIMIT``.
    """
    import faiss

    faiss.set_deserialization_vector_byte_limit(VECTOR_BYTE_LIMIT)
    return Dense(faiss.deserialize_index(np.frombuffer(data, np.uint8)))


def open_dense(mapped: Mapped, head: int) -> Dense:
    """Open an index as it lies in a mapped file, of which ``head`` bytes come before the inverted lists.

    Raises:
        Damaged: what is read of it at once is not what was written, or FAISS refuses it.
    """
    import faiss

    if mapped.in_memory:
        return parse_dense(mapped.data)
    mapped.check(0, head)
    faiss.set_deserialization_vector_byte_limit(VECTOR_BYTE_LIMIT)
    try:
        index = faiss.read_index(str(mapped.path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as error:
        raise Damaged(mapped.path, "damaged") from error
    ends = head + np.cumsum(_list_bytes(index))
    starts = np.concatenate([[head], ends[:-1]])

    def check(lists: np.ndarray) -> None:
        for one in lists.tolist():
            mapped.check(int(starts[one]), int(ends[one]))

    return Dense(index, check)


def search_dense(
    dense: Dense, vector: np.ndarray, k: int, allowed: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows nearest to a unit vector and their cosines, best first; at most k, never a padding -1.

    ``allowed`` is a boolean mask over rows, or None for all of them.

    Raises:
        Damaged: an inverted list is not what was written.
    """
    import faiss

    index = dense.index
    if not index.ntotal or k < 1:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    faiss.omp_set_num_threads(SEARCH_THREADS)
    query = np.ascontiguousarray(vector, np.float32).reshape(1, -1)
    selector = None if allowed is None else faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
    if isinstance(index, faiss.IndexIVF):
        # Where few rows are allowed, their lists may lie far from the query: probe them all.
        probes = index.nlist if allowed is not None and allowed.mean() < FEW else index.nprobe
        dense.check(index.quantizer.search(query, probes)[1][0])
        parameters = faiss.SearchParametersIVF(sel=selector, nprobe=probes)
    else:
        parameters = faiss.SearchParameters(sel=selector)
    scores, rows = index.search(query, min(k, index.ntotal), params=parameters)
    real = rows[0] >= 0
    return rows[0][real], scores[0][real]
