import numpy as np
import pytest

from embeddings.search import proximity
from embeddings.search.bm25 import build_postings, idf
from embeddings.search.corpus import Corpus, Part
from embeddings.search.lexical import QueryTerm
from embeddings.search.proximity import PASSAGE_DISTANCE
from embeddings.search.trigrams import build_spellings


def question(*ids):
    return [QueryTerm(str(one), one) for one in ids]


def score_pairs(postings, rows, terms):
    return proximity.score_pairs(postings, rows, terms, Corpus([Part(None, postings, build_spellings([]))]))


def postings_of(*rows):
    return build_postings([np.array(row, np.uint32) for row in rows])


def test_a_close_pair_counts_once_with_the_rarity_of_its_commoner_term():
    postings = postings_of([1, 2, 1, 2], [2, 9, 9, 1], [1, 9, 9, 9, 2], [1], [])
    commoner = max(postings.document_frequency(1), postings.document_frequency(2))
    worth = float(idf(np.array(commoner), postings.n_rows))
    found = score_pairs(postings, np.arange(5), question(1, 2))
    assert found.tolist() == pytest.approx([worth, worth, 0, 0, 0])


def test_terms_far_apart_in_the_question_are_no_pair():
    postings = postings_of([1, 4], [1, 3])
    worth = float(idf(np.array(2), 2))
    assert score_pairs(postings, np.arange(2), question(1, 2, 3, 4)).tolist() == pytest.approx([0, worth])


def test_pairs_do_not_reach_from_one_passage_into_the_next():
    postings = postings_of([9, 1], [2, 9])
    assert score_pairs(postings, np.array([0, 1]), question(1, 2)).tolist() == [0, 0]


def test_rows_may_come_in_any_order_and_leave_others_out():
    postings = postings_of([1, 2], [9], [3, 1], [2, 3])
    whole = score_pairs(postings, np.arange(4), question(1, 2, 3))
    assert score_pairs(postings, np.array([3, 0]), question(1, 2, 3)).tolist() == whole[[3, 0]].tolist()


def test_a_look_alike_counts_by_its_weight():
    postings = postings_of([1, 5], [2], [3], [4])
    terms = [QueryTerm("one", 1), QueryTerm("fiv", None, ((6, 1.0), (5, 0.5)))]
    assert score_pairs(postings, np.arange(4), terms)[0] == pytest.approx(0.5 * float(idf(np.array(1), 4)))


@pytest.mark.parametrize("terms", [question(), question(1), question(7, 8)])
def test_without_two_terms_of_the_index_there_is_no_pair(terms):
    assert score_pairs(postings_of([1, 2], [2, 3]), np.arange(2), terms).tolist() == [0, 0]


def test_no_rows_give_no_scores():
    assert score_pairs(postings_of([1, 2]), np.zeros(0, np.int64), question(1, 2)).tolist() == []


def test_the_distance_is_the_one_that_is_named():
    near, far = [1, *[9] * (PASSAGE_DISTANCE - 1), 2], [1, *[9] * PASSAGE_DISTANCE, 2]
    found = score_pairs(postings_of(near, far), np.arange(2), question(1, 2))
    assert found[0] > 0 == found[1]
