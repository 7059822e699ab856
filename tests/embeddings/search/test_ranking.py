import numpy as np
import pytest

from embeddings.search.bm25 import build_postings
from embeddings.search.corpus import Corpus, Part
from embeddings.search.dense import build_dense
from embeddings.search.ranking import retrieve
from embeddings.search.trigrams import build_spellings
from embeddings.text.words import bag_of_words

TEXTS = (
    "Firefighters put out the fire in Hankendi.",
    "Police protect monuments of history.",
    "The portal registers residents.",
    "Police registers in Hankendi burned in the fire.",
)


@pytest.fixture(scope="module")
def index():
    """Four passages whose vectors are the axes, and their words."""
    ids: dict[str, int] = {}
    bags = [[ids.setdefault(term, len(ids) + 1) for term in bag_of_words("", text)] for text in TEXTS]
    postings = build_postings([np.array(bag, np.uint32) for bag in bags])
    spellings = build_spellings((number, term) for term, number in ids.items())
    return Corpus([Part(build_dense(np.eye(4, dtype=np.float32)), postings, spellings)])


def axis(row):
    return np.eye(4, dtype=np.float32)[row]


def ask(index, question, vector, limit=10, allowed=None):
    return retrieve(index, question, vector, limit, allowed)


def test_each_channel_names_what_it_finds(index):
    found = ask(index, "Who put out the fire in Khankendi?", axis(2))
    assert found.channels["dense"][0][0] == 2
    assert sorted(found.channels["words"][0].tolist()) == [0, 3]
    assert sorted(found.channels["trigrams"][0].tolist()) == [0, 3]
    assert found.rows[:2].tolist() == [0, 2]


def test_words_decide_where_the_vectors_do_not(index):
    flat = np.full(4, 0.5, np.float32)
    assert ask(index, "monuments of history", flat).rows[0] == 1


def test_the_vector_decides_where_the_words_do_not(index):
    found = ask(index, "What is it?", axis(2))
    assert found.rows[0] == 2
    assert found.channels["words"][0].tolist() == []


def test_equal_scores_go_by_row(index):
    found = ask(index, "What is it?", np.full(4, 0.5, np.float32))
    assert found.rows.tolist() == [0, 1, 2, 3]


def test_a_mask_holds_in_every_channel(index):
    allowed = np.array([False, True, True, False])
    found = ask(index, "police fire Khankendi", axis(0), allowed=allowed)
    assert sorted(found.rows.tolist()) == [1, 2]
    for rows, _ in found.channels.values():
        assert set(rows.tolist()) <= {1, 2}


def test_no_more_rows_than_wanted_and_none_twice(index):
    assert len(ask(index, "police fire", axis(1), limit=1).rows) == 1
    rows = ask(index, "police fire", axis(1), limit=99).rows.tolist()
    assert sorted(rows) == [0, 1, 2, 3]


def test_scores_fall(index):
    scores = ask(index, "police fire Khankendi", axis(1)).scores
    assert np.all(np.diff(scores) <= 0)


def test_an_empty_index_finds_nothing():
    empty = Part(build_dense(np.zeros((0, 4), np.float32)), build_postings([]), build_spellings([]))
    for corpus in (Corpus([]), Corpus([empty])):
        assert ask(corpus, "police", axis(0)).rows.tolist() == []


def test_a_hundred_thousand_characters_are_searched(index):
    assert ask(index, "police fire " * 8_400, axis(3)).rows[0] == 3
