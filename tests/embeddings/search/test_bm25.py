import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.search import bm25
from embeddings.search.bm25 import best_rows, build_postings, idf
from embeddings.search.corpus import Corpus, Part
from embeddings.search.trigrams import build_spellings


def bags_of(*rows):
    return [np.array(row, np.uint32) for row in rows]


def score(postings, query):
    whole = Corpus([Part(None, postings, build_spellings([]))])
    return bm25.score(postings, query, whole.rarity, whole.mean_length)


@pytest.fixture(scope="module")
def corpus():
    """400 bags of a skewed vocabulary with holes in the ids, some empty."""
    rng = np.random.default_rng(7)
    return [(3 * rng.zipf(1.4, rng.integers(0, 60)) % 900).astype(np.uint32) for _ in range(400)]


def test_scores_are_those_of_bm25s(corpus):
    oracle = bm25s.BM25(method="lucene", k1=bm25.K1, b=bm25.B)
    oracle.index([[str(term) for term in bag] for bag in corpus], show_progress=False)
    postings = build_postings(corpus)
    for query in ([3], [3, 6, 9], [12, 300, 897], [600, 3, 45, 48]):
        wanted = oracle.get_scores([str(term) for term in query])
        found = score(postings, [(term, 1.0) for term in query])
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)
        order = np.argsort(-found, kind="stable")[: (found > 0).sum()]
        assert best_rows(found, len(corpus))[0].tolist() == order.tolist()


def test_scores_of_a_worked_example():
    postings = build_postings(bags_of([1, 1, 2], [2], []))
    rarity = {1: np.log(1 + 2.5 / 1.5), 2: np.log(1 + 1.5 / 2.5)}
    mean = 4 / 3
    long = bm25.K1 * (1 - bm25.B + bm25.B * 3 / mean)
    short = bm25.K1 * (1 - bm25.B + bm25.B * 1 / mean)
    wanted = [rarity[1] * 2 / (2 + long) + rarity[2] * 1 / (1 + long), rarity[2] * 1 / (1 + short), 0]
    assert score(postings, [(1, 1.0), (2, 1.0)]).tolist() == pytest.approx(wanted, rel=1e-6)


def test_weights_multiply_a_terms_share():
    postings = build_postings(bags_of([1, 2], [2, 3]))
    single, double = (score(postings, [(2, weight), (3, 1.0)]) for weight in (1.0, 2.0))
    assert (double - single).tolist() == pytest.approx(score(postings, [(2, 1.0)]).tolist())


def test_unknown_terms_add_nothing():
    postings = build_postings(bags_of([1, 4], [4]))
    assert score(postings, [(0, 1.0), (2, 1.0), (99, 1.0), (-1, 1.0)]).tolist() == [0, 0]
    assert [postings.document_frequency(term) for term in (-1, 0, 1, 2, 4, 99)] == [0, 0, 1, 0, 2, 0]


@pytest.mark.parametrize("bags", [[], bags_of([]), bags_of([], [])])
def test_an_index_without_words_finds_nothing(bags):
    postings = build_postings(bags)
    scores = score(postings, [(1, 1.0)])
    assert scores.tolist() == [0] * len(bags)
    assert best_rows(scores, 5)[0].tolist() == []


def test_bags_are_kept_in_the_order_of_the_text(corpus):
    postings = build_postings(corpus)
    for row in (0, 17, 399):
        start = postings.starts[row]
        assert postings.bags[start : start + postings.lengths[row]].tolist() == corpus[row].tolist()


def test_the_same_bags_give_the_same_bytes(corpus):
    one, other = build_postings(corpus), build_postings(list(corpus))
    for name in one.__slots__:
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes()


def test_equal_scores_go_by_row_and_zero_is_not_found():
    rows, scores = best_rows(np.array([0, 2, 5, 2, 0, 2], np.float32), 3)
    assert rows.tolist() == [2, 1, 3]
    assert scores.tolist() == [5, 2, 2]


@pytest.mark.parametrize("k", [0, -1])
def test_nothing_wanted_is_nothing_found(k):
    assert best_rows(np.ones(4, np.float32), k)[0].tolist() == []


def test_a_mask_leaves_only_allowed_rows_and_the_scores_as_they_were():
    scores = np.array([4, 3, 2, 1], np.float32)
    rows, found = best_rows(scores, 9, np.array([False, True, False, True]))
    assert rows.tolist() == [1, 3]
    assert found.tolist() == [3, 1]
    assert scores.tolist() == [4, 3, 2, 1]


@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=40),
    st.integers(1, 30),
    st.integers(0, 600),
    st.booleans(),
)
def test_the_best_rows_are_those_of_a_full_sort(pattern, k, extra, masked):
    scores = np.resize(np.array(pattern, np.float32), 5000 + extra)
    scores[:: len(pattern) + 3] += 1
    allowed = np.arange(len(scores)) % 3 != 0 if masked else None
    kept = np.where(allowed, scores, 0) if masked else scores
    wanted = [row for row in np.argsort(-kept, kind="stable")[:k].tolist() if kept[row] > 0]
    assert best_rows(scores, k, allowed)[0].tolist() == wanted


def test_rarity_is_never_negative():
    assert idf(np.array([10]), 10)[0] > 0
    assert np.all(np.diff(idf(np.arange(1, 11), 10)) < 0)
