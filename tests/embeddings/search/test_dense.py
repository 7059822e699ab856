"""The dense channel: exact below a size, quantised above, never a padding row, the same bytes for the same rows."""

import numpy as np
import pytest

from embeddings.search import dense
from embeddings.search.dense import build_dense, parse_dense, search_dense, serialise_dense


def unit_rows(count: int, dimension: int = 32) -> np.ndarray:
    rows = np.random.default_rng(7).normal(size=(count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_scores_are_cosines_best_first():
    vectors = unit_rows(200)
    rows, scores = search_dense(build_dense(vectors), vectors[5], 10)
    expected = np.argsort(-(vectors @ vectors[5]))[:10]
    assert rows.tolist() == expected.tolist()
    np.testing.assert_allclose(scores, (vectors @ vectors[5])[expected], atol=1e-6)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_k_beyond_the_size_gives_what_there_is(count):
    rows, scores = search_dense(build_dense(unit_rows(count)), unit_rows(4)[3], 10)
    assert len(rows) == len(scores) == count
    assert (rows >= 0).all()


def test_only_allowed_rows_are_found():
    vectors = unit_rows(100)
    allowed = np.zeros(100, bool)
    allowed[[3, 70, 99]] = True
    rows, _ = search_dense(build_dense(vectors), vectors[5], 10, allowed)
    assert sorted(rows.tolist()) == [3, 70, 99]


def test_bytes_survive_and_are_the_same_for_the_same_rows():
    vectors = unit_rows(50)
    data, head = serialise_dense(build_dense(vectors))
    assert (data, head) == (serialise_dense(build_dense(vectors.copy()))[0], len(data))
    assert search_dense(parse_dense(data), vectors[1], 3)[0][0] == 1


def test_a_large_index_is_quantised_and_still_finds(monkeypatch):
    monkeypatch.setattr(dense, "FLAT_ROWS", 1000)
    vectors = unit_rows(5000)
    index = build_dense(vectors)
    data, _ = serialise_dense(index)
    assert len(data) < vectors.nbytes / 2
    assert data == serialise_dense(build_dense(vectors))[0]
    found = [search_dense(parse_dense(data), vectors[row], 1)[0][0] == row for row in range(0, 5000, 100)]
    assert np.mean(found) == 1.0
    allowed = np.zeros(5000, bool)
    allowed[42] = True
    assert search_dense(index, vectors[7], 5, allowed)[0].tolist() == [42]
