"""The dense channel: exact below a size, quantised above, never a padding row, the same bytes for the same rows."""

from pathlib import Path

import numpy as np
import pytest

from embeddings.search import dense
from embeddings.search.dense import build_dense, open_dense, search_dense, serialise_dense
from embeddings.search.mapped import Mapped


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


def reopened(data: bytes, head: int):
    return open_dense(Mapped(Path("dense"), np.frombuffer(data, np.uint8), None), head)


def test_bytes_survive_and_are_the_same_for_the_same_rows():
    vectors = unit_rows(50)
    data, head = serialise_dense(build_dense(vectors))
    assert (data, head) == (serialise_dense(build_dense(vectors.copy()))[0], len(data))
    assert search_dense(reopened(data, head), vectors[1], 3)[0][0] == 1


@pytest.fixture
def large(monkeypatch):
    monkeypatch.setattr(dense, "FLAT_ROWS", 1000)
    monkeypatch.setattr(dense, "FEW_ROWS", 20)
    vectors = unit_rows(5000)
    return vectors, build_dense(vectors)


def exact(vectors: np.ndarray, query: np.ndarray, k: int, allowed: np.ndarray) -> set[int]:
    return set(np.flatnonzero(allowed)[np.argsort(-(vectors[allowed] @ query))[:k]].tolist())


def test_a_large_index_is_quantised_and_still_finds(large):
    vectors, index = large
    data, head = serialise_dense(index)
    assert len(data) < vectors.nbytes / 2
    assert data == serialise_dense(build_dense(vectors))[0]
    again = reopened(data, head)
    for row in range(0, 5000, 100):
        rows, scores = search_dense(again, vectors[row], 40)
        assert rows[0] == row
        np.testing.assert_allclose(scores, vectors[rows] @ vectors[row], atol=0.02)
        assert len(exact(vectors, vectors[row], 10, np.ones(5000, bool)) & set(rows[:12].tolist())) >= 9


@pytest.mark.parametrize("dimension", [30, 33])
def test_any_dimension_is_quantised(monkeypatch, dimension):
    monkeypatch.setattr(dense, "FLAT_ROWS", 1000)
    vectors = unit_rows(5500, dimension)
    assert search_dense(build_dense(vectors), vectors[7], 1)[0].tolist() == [7]


@pytest.mark.parametrize("far", [False, True])
@pytest.mark.parametrize("share", [0.002, 0.02, 0.3, 0.9])
def test_a_large_index_finds_the_nearest_of_the_allowed_rows(large, share, far):
    vectors, index = large
    allowed = np.random.default_rng(3).random(5000) < share
    if far:  # the worst that a filter can do: all it allows is further off than what it does not
        allowed = vectors @ vectors[7] < np.quantile(vectors @ vectors[7], share)
    rows, _ = search_dense(index, vectors[7], 10, allowed)
    assert len(rows) == min(10, allowed.sum())
    assert allowed[rows].all()
    assert len(set(rows.tolist()) & exact(vectors, vectors[7], 10, allowed)) >= (0.5 if far else 0.8) * len(rows)
    assert not len(search_dense(index, vectors[7], 10, np.zeros(5000, bool))[0])
