"""Whatever is not read, the best rows and their scores are those of scoring every row."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.search import word_candidates
from embeddings.search.bm25 import best_rows, build_postings, score
from embeddings.search.corpus import Corpus, Part
from embeddings.search.trigrams import build_spellings
from embeddings.search.word_candidates import find_by_words

ROWS = 3000


@pytest.fixture(scope="module")
def corpus():
    """Bags of a skewed vocabulary: the first terms stand in most rows, the last in none or a few."""
    rng = np.random.default_rng(7)
    bags = [np.minimum(rng.zipf(1.3, rng.integers(0, 40)), 400).astype(np.uint32) for _ in range(ROWS)]
    return Corpus([Part(None, build_postings(bags), build_spellings([]))])


terms = st.lists(
    st.tuples(st.integers(1, 420), st.sampled_from([1.0, 0.7, 0.2])), max_size=5, unique_by=lambda one: one[0]
)


@given(terms, terms, st.integers(1, 30), st.booleans(), st.sampled_from([0.0, 1 / 8, 1.0]), st.integers(1, 20))
def test_the_best_rows_and_their_scores_are_those_of_scoring_all(corpus, words, trigrams, k, masked, share, many):
    (part,) = corpus.parts
    named = {term for term, _ in words}
    asked = {"words": words, "trigrams": [one for one in trigrams if one[0] not in named]}
    allowed = np.arange(ROWS) % 3 != 0 if masked else None
    whole = {name: score(part.postings, one, corpus.rarity, corpus.mean_length) for name, one in asked.items()}
    others = np.array([1, 7])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(word_candidates, "COMMON_SHARE", share)
        patch.setattr(word_candidates, "MANY", many)
        for floors in ({}, {"words": 1.0, "trigrams": 0.5, "lexical": 2.0}):
            rows, tell = find_by_words(part.postings, asked, corpus.rarity, corpus.mean_length, k, allowed, floors)
            told = tell(some := np.union1d(rows, others))
            for name, scores in whole.items():
                np.testing.assert_allclose(told[name], scores[some], rtol=1e-6)
            for name, scores in (whole | {"lexical": whole["words"] + whole["trigrams"]}).items():
                best, reached = best_rows(scores, k, allowed)
                assert set(best[reached > floors.get(name, 0.0)].tolist()) <= set(rows.tolist())


def test_what_one_question_left_does_not_reach_the_next(corpus):
    (part,) = corpus.parts

    def ask(words):
        found = find_by_words(part.postings, {"words": words}, corpus.rarity, corpus.mean_length, 5, None, {})
        return found[1](np.arange(ROWS))["words"]

    first = ask([(3, 1.0)])
    ask([(2, 1.0), (5, 1.0), (90, 0.5)])
    assert ask([(3, 1.0)]).tolist() == first.tolist()
    assert not ask([]).any()
