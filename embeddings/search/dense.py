"""The dense channel: unit vectors in FAISS, so that the inner product is the cosine.

Up to ``FLAT_ROWS`` rows the search is exact; above it an inverted file over 8-bit codes takes over, since an exact
search over a million float32 rows needs 1.5 GB and more than the time a question may take.
"""

import numpy as np

FLAT_ROWS = 50_000
"""Rows searched exactly: 77 MB of float32, some milliseconds a question on one core."""
VECTOR_BYTE_LIMIT = 8 << 30
"""No vector inside a FAISS file may claim more; a damaged header must not become an allocation."""
TRAINING_ROWS_PER_LIST = 64
SEARCH_THREADS = 1
"""FAISS gives each calling thread an OpenMP pool of its own: more than one would multiply under a busy bot."""


def build_dense(vectors: np.ndarray):
    """Build the FAISS index of float32 unit vectors (rows, dimension); row numbers are the ids."""
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
    return index


def _lists(rows: int) -> int:
    return max(64, int(2 * rows**0.5))


def serialise_dense(index) -> bytes:
    """Turn a FAISS index into bytes."""
    import faiss

    return faiss.serialize_index(index).tobytes()


def parse_dense(data: bytes):
    """Turn bytes back into a FAISS index. Only ever call it on bytes whose SHA-256 was checked.

    Raises:
        RuntimeError: FAISS refuses the bytes, or a vector in them claims more than ``VECTOR_BYTE_LIMIT``.
    """
    import faiss

    faiss.set_deserialization_vector_byte_limit(VECTOR_BYTE_LIMIT)
    return faiss.deserialize_index(np.frombuffer(data, np.uint8))


def search_dense(index, vector: np.ndarray, k: int, allowed: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows nearest to a unit vector and their cosines, best first; at most k, never a padding -1.

    ``allowed`` is a boolean mask over rows, or None for all of them.
    """
    import faiss

    if not index.ntotal or k < 1:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    faiss.omp_set_num_threads(SEARCH_THREADS)
    query = np.ascontiguousarray(vector, np.float32).reshape(1, -1)
    scores, rows = index.search(query, min(k, index.ntotal), params=_parameters(index, allowed))
    real = rows[0] >= 0
    return rows[0][real], scores[0][real]


def _parameters(index, allowed: np.ndarray | None):
    import faiss

    if allowed is None:
        return None
    selector = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
    if isinstance(index, faiss.IndexIVF):
        # Where few rows are allowed, their lists may lie far from the query: probe them all.
        return faiss.SearchParametersIVF(sel=selector, nprobe=index.nlist if allowed.mean() < 0.2 else index.nprobe)
    return faiss.SearchParameters(sel=selector)
