import numpy as np
import pytest

from embeddings.search.bm25 import build_postings
from embeddings.search.corpus import Corpus, Part
from embeddings.search.lexical import (
    MAX_QUERY_TERMS,
    MAX_WIDENED_TERMS,
    read_question,
    weigh_spellings,
    weigh_words,
)
from embeddings.search.trigrams import build_spellings

IDS = {"hankendi": 1, "hangkendi": 2, "explos": 3, "station": 4, "1988": 5, "gone": 6}


@pytest.fixture(scope="module")
def index():
    bags = [np.array([1, 3], np.uint32), np.array([2, 4, 5], np.uint32)]
    return Corpus([Part(None, build_postings(bags), build_spellings((n, term) for term, n in IDS.items()))])


def test_known_terms_are_searched_as_they_are_each_once(index):
    terms = read_question("Explosions: what explosion at the station?", index)
    assert weigh_words(terms) == [(3, 1.0), (4, 1.0)]
    assert weigh_spellings(terms) == []


def test_an_unknown_term_is_searched_by_those_that_look_like_it(index):
    terms = read_question("Khankendi explosion", index)
    assert weigh_words(terms) == [(3, 1.0)]
    assert weigh_spellings(terms) == [(1, 1.0), (2, pytest.approx((7 / 8) ** 4))]


def test_a_look_alike_that_the_question_names_itself_counts_as_a_word_only(index):
    terms = read_question("Hankendi or Khankendi?", index)
    assert weigh_words(terms) == [(1, 1.0)]
    assert [term_id for term_id, _ in weigh_spellings(terms)] == [2]


def test_numbers_and_the_shortest_words_are_not_taken_for_others(index):
    assert weigh_spellings(read_question("1989 xy", index)) == []


def test_a_term_that_no_passage_holds_any_more_is_unknown(index):
    assert weigh_words(read_question("gone", index)) == []


def test_a_question_without_words_is_searched_by_nothing(index):
    assert read_question("What is it?!", index) == []


def test_a_pasted_page_costs_no_more_than_a_long_question(index):
    page = " ".join(f"unknown{chr(97 + n % 26)}{chr(97 + n // 26)}x hankendi" for n in range(500)) + " "
    page *= 12
    assert len(page) > 100_000
    terms = read_question(page, index)
    assert len(terms) == MAX_QUERY_TERMS
    assert weigh_words(terms) == [(1, 1.0)]
    nonsense = " ".join(f"hankend{chr(97 + n)}" for n in range(26))
    assert sum(bool(term.alike) for term in read_question(nonsense, index)) == MAX_WIDENED_TERMS
