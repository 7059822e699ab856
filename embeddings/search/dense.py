"""The dense channel: unit vectors in FAISS, so that the inner product is the cosine.

Up to ``FLAT_ROWS`` rows the search is exact. Above it, since an exact search of a million float32 rows reads 1.5 GB,
all rows are scanned by codes of four bits for four dimensions (product quantisation; André, Kermarrec and Le Scouarnec
2015, "Cache Locality is not Enough"), and the best of them are scored again by codes of eight bits for each dimension.
Inverted lists of 8-bit codes found less in more time (benchmarks/index/dense_layouts.py has both).
"""

from dataclasses import dataclass

import numpy as np

from embeddings.search.mapped import Column, Damaged, Mapped, in_memory

FLAT_ROWS = 50_000
"""Rows searched exactly: 77 MB of float32, some milliseconds a question on one core."""
VECTOR_BYTE_LIMIT = 8 << 30
"""No vector inside a FAISS file may claim more; a damaged header must not become an allocation."""
MIN_QUANTISERS = 96
"""Codes of a vector in the scan: with fewer, the best by them are too often not the nearest."""
TRAINING_ROWS = 10_000
CANDIDATE_SHARE = 1 / 250
"""Share of the rows that are scored again, by measured recall."""
MIN_CANDIDATES = 3
"""At least so many times the rows that are wanted are scored again."""
FEW_ROWS = 5000
"""So few allowed rows are scored without a scan."""
MAX_CODE = 127
BLOCK_ROWS = 8192
"""Rows quantised at once: 12 MB of float32."""
SEARCH_THREADS = 1
"""FAISS gives each calling thread an OpenMP pool of its own: more than one would multiply under a busy bot."""


@dataclass(frozen=True, slots=True)
class Codes:
    """Vectors rounded to 8 bits a dimension."""

    rows: Column
    """int8 (rows, dimension)."""
    step: np.float32
    """What a code of 1 stands for."""


@dataclass(frozen=True, slots=True)
class Dense:
    """A FAISS index of the vectors, or of coarse codes with finer ones beside it; row numbers are the ids."""

    index: object
    codes: Codes | None = None


def build_dense(vectors: np.ndarray) -> Dense:
    """Index float32 unit vectors (rows, dimension)."""
    import faiss

    rows, dimension = vectors.shape
    if rows <= FLAT_ROWS:
        index = faiss.IndexFlatIP(dimension)
        if rows:
            index.add(vectors)
        return Dense(index)
    per_code = next((n for n in (4, 2) if dimension % n == 0 and dimension // n >= MIN_QUANTISERS), 1)
    index = faiss.IndexPQFastScan(dimension, dimension // per_code, 4, faiss.METRIC_INNER_PRODUCT)
    # A fixed sample keeps the file's bytes the same for the same rows.
    sample = np.random.default_rng(0).choice(rows, min(rows, TRAINING_ROWS), replace=False)
    index.train(vectors[np.sort(sample)])
    index.add(vectors)
    step = np.float32(max(vectors.max(), -vectors.min()) / MAX_CODE)
    codes = np.empty((rows, dimension), np.int8)
    for start in range(0, rows, BLOCK_ROWS):
        np.rint(vectors[start : start + BLOCK_ROWS] / step, out=codes[start : start + BLOCK_ROWS], casting="unsafe")
    return Dense(index, Codes(in_memory(codes), step))


def serialise_dense(dense: Dense) -> tuple[bytes, int]:
    """Turn an index into bytes; the second is how many of them are read as it is opened: all but the 8-bit codes."""
    import faiss

    head = faiss.serialize_index(dense.index).tobytes()
    if dense.codes is None:
        return head, len(head)
    head += dense.codes.step.tobytes()
    return head + dense.codes.rows[:].tobytes(), len(head)


def open_dense(mapped: Mapped, head: int) -> Dense:
    """Open an index as it lies in a mapped file, of which ``head`` bytes come before the 8-bit codes.

    Raises:
        Damaged: what is read of it at once is not what was written, or FAISS refuses it.
    """
    import faiss

    mapped.check(0, head)
    faiss.set_deserialization_vector_byte_limit(VECTOR_BYTE_LIMIT)
    try:
        if mapped.in_memory:
            index = faiss.deserialize_index(mapped.data[:head])
        else:
            index = faiss.read_index(str(mapped.path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as error:
        raise Damaged(mapped.path, "damaged") from error
    if isinstance(index, faiss.IndexFlat):
        return Dense(index)
    codes = mapped.data[head:].view(np.int8).reshape(-1, index.d)
    step = np.frombuffer(mapped.data[head - np.float32().itemsize : head].tobytes(), np.float32)[0]
    return Dense(index, Codes(Column(mapped, codes, head), step))


def search_dense(
    dense: Dense, vector: np.ndarray, k: int, allowed: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows nearest to a unit vector and their cosines, best first; at most k, never a padding -1.

    ``allowed`` is a boolean mask over rows, or None for all of them.

    Raises:
        Damaged: codes are not what was written.
    """
    import faiss

    index = dense.index
    if not index.ntotal or k < 1:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    faiss.omp_set_num_threads(SEARCH_THREADS)
    query = np.ascontiguousarray(vector, np.float32)
    if dense.codes is not None:
        rows = np.sort(_scan(index, query, k, allowed))
        scores = dense.codes.rows.take(rows).astype(np.float32) @ (query * dense.codes.step)
        order = np.argsort(-scores, kind="stable")[:k]
        return rows[order], scores[order]
    selector = None if allowed is None else faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
    parameters = faiss.SearchParameters(sel=selector)
    scores, rows = index.search(query.reshape(1, -1), min(k, index.ntotal), params=parameters)
    real = rows[0] >= 0
    return rows[0][real], scores[0][real]


def _scan(index: object, query: np.ndarray, k: int, allowed: np.ndarray | None) -> np.ndarray:
    """Return the allowed rows that are best by coarse codes, enough to find the k best among them."""
    count = index.ntotal if allowed is None else int(np.count_nonzero(allowed))
    if count <= FEW_ROWS:
        return np.arange(count) if allowed is None else np.flatnonzero(allowed)
    wanted = max(MIN_CANDIDATES * k, int(count * CANDIDATE_SHARE))
    # FAISS cannot leave rows out here: so many are asked for that enough of them should be allowed.
    asked = wanted if allowed is None else int(1.1 * wanted * index.ntotal / count)
    while True:
        rows = index.search(query.reshape(1, -1), min(asked, index.ntotal))[1][0]
        rows = rows[rows >= 0]
        if allowed is not None:
            rows = rows[allowed[rows]]
        if len(rows) >= 0.9 * min(wanted, count) or asked >= index.ntotal:
            return rows
        asked *= 4
