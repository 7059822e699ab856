"""Compare FAISS layouts for the dense channel: recall against the exact search, cost of a query, size.

    python benchmarks/index/dense_layouts.py VECTORS.npy QUERIES.npy [--rows 100000]

Encoding 100,000 passages takes half an hour, so the rows are synthetic: each is a real passage vector mixed with
another one of the corpus and with noise, and made unit again. Queries are real. Synthetic rows have no finer structure
than the real ones they come from, so recall on a real corpus may differ by some points; costs do not.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from embeddings.search.dense import build_dense, search_dense, serialise_dense

SEED = 0
TOP = 100
QUERIES = 300
MIX = (0.75, 0.45, 0.35)
"""Shares of the one vector, the other and the noise: neighbours then have cosines as in the real corpus."""
BATCH = 10_000


def synthesise(real: np.ndarray, rows: int) -> np.ndarray:
    """Make unit vectors float32 (rows, dimension) out of real ones."""
    rng = np.random.default_rng(SEED)
    out = np.empty((rows, real.shape[1]), np.float32)
    for start in range(0, rows, BATCH):
        count = min(BATCH, rows - start)
        one, other = real[rng.integers(0, len(real), (2, count))]
        noise = rng.standard_normal((count, real.shape[1])) / real.shape[1] ** 0.5
        mixed = MIX[0] * one + MIX[1] * other + MIX[2] * noise
        out[start : start + count] = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    return out


def inverted(code: str, probes: int) -> Callable[[np.ndarray], faiss.Index]:
    def build(vectors: np.ndarray) -> faiss.Index:
        lists = int(2 * len(vectors) ** 0.5)
        index = faiss.index_factory(vectors.shape[1], f"IVF{lists},{code}", faiss.METRIC_INNER_PRODUCT)
        sample = np.random.default_rng(SEED).choice(len(vectors), min(len(vectors), 40 * lists), replace=False)
        index.train(vectors[np.sort(sample)])
        index.add(vectors)
        index.nprobe = max(1, lists // probes)
        return index

    return build


def scalar(vectors: np.ndarray) -> faiss.Index:
    index = faiss.IndexScalarQuantizer(vectors.shape[1], faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
    index.train(vectors[:BATCH])
    index.add(vectors)
    return index


def flat(vectors: np.ndarray) -> faiss.Index:
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return index


def graph(vectors: np.ndarray) -> faiss.Index:
    index = faiss.IndexHNSWFlat(vectors.shape[1], 32, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction, index.hnsw.efSearch = 80, 128
    index.add(vectors)
    return index


class Scanned:
    """What citebot uses for large indexes: a scan by 4-bit codes, the best scored again by 8-bit codes."""

    def __init__(self, vectors: np.ndarray):
        self.dense = build_dense(vectors)

    def search(self, query: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        rows, scores = search_dense(self.dense, query[0], k)
        return scores[None], rows[None]


LAYOUTS: dict[str, Callable[[np.ndarray], faiss.Index | Scanned]] = {
    "4-bit scan, 8-bit codes": Scanned,
    "flat fp32": flat,
    "flat SQ8": scalar,
    "IVF,SQ8 1/32 of the lists": inverted("SQ8", 32),
    "IVF,SQ8 1/16": inverted("SQ8", 16),
    "IVF,SQ8 1/8": inverted("SQ8", 8),
    "HNSW32 fp32": graph,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vectors", type=Path, help="real passage vectors, float32 (n, dimension), unit length")
    parser.add_argument("queries", type=Path, help="real question vectors")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--layouts", nargs="+", choices=LAYOUTS, default=list(LAYOUTS))
    chosen = parser.parse_args()
    faiss.omp_set_num_threads(1)
    vectors = synthesise(np.load(chosen.vectors), chosen.rows)
    queries = np.load(chosen.queries)
    queries = np.ascontiguousarray(queries[np.random.default_rng(SEED).permutation(len(queries))[:QUERIES]])
    exact = flat(vectors).search(queries, TOP)[1]
    print(f"{chosen.rows} rows, {len(queries)} queries, one thread; times are processor time")
    print(f"{'layout':28}{'build s':>9}{'MB':>8}{'recall@10':>11}{'@100':>7}{'p50 ms':>8}{'p95 ms':>8}")
    for name in chosen.layouts:
        began = time.process_time()
        index = LAYOUTS[name](vectors)
        built = time.process_time() - began
        data = serialise_dense(index.dense)[0] if isinstance(index, Scanned) else faiss.serialize_index(index)
        size = len(data) / 1e6
        found, times = [], []
        for query in queries:
            began = time.process_time()
            found.append(index.search(query[None], TOP)[1][0])
            times.append(1e3 * (time.process_time() - began))
        p50, p95 = np.percentile(times, [50, 95])
        recalls = [
            np.mean([np.isin(want[:k], got[:k]).mean() for want, got in zip(exact, found, strict=True)])
            for k in (10, TOP)
        ]
        print(f"{name:28}{built:9.1f}{size:8.1f}{recalls[0]:11.3f}{recalls[1]:7.3f}{p50:8.2f}{p95:8.2f}", flush=True)


if __name__ == "__main__":
    main()
