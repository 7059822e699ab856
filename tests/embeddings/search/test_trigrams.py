import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from embeddings.search import trigrams
from embeddings.search.trigrams import MAX_NEIGHBOURS, MIN_SIMILARITY, build_spellings


def find_neighbours(spellings, word, limit=MAX_NEIGHBOURS):
    return trigrams.find_neighbours([(spellings, None)], word, limit)


VOCABULARY = {
    2: "hankendi", 3: "hangkendi", 5: "klyge", 8: "klyaiga", 13: "karabakh", 21: "rotterdam", 34: "amsterdam",
    55: "tin", 89: "fire", 144: "əliyev", 233: "пожарные", 377: "ab",
}  # fmt: skip


@pytest.fixture(scope="module")
def spellings():
    return build_spellings(VOCABULARY.items())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("khankendi", ["hankendi", "hangkendi"]),
        ("kluge", ["klyge"]),
        ("karabah", ["karabakh"]),
        ("rotverdam", ["rotterdam"]),
        ("tln", ["tin"]),
        ("eliyev", ["əliyev"]),
        ("пажарные", ["пожарные"]),
        ("fier", ["fire"]),
        ("zzzz", []),
        ("", []),
    ],
)
def test_words_spelled_otherwise_are_found_best_first(spellings, typed, meant):
    assert [one.term for one in find_neighbours(spellings, typed)] == meant


def test_likeness_is_one_less_the_share_of_letters_that_differ(spellings):
    found = find_neighbours(spellings, "khankendi")
    assert [one.similarity for one in found] == pytest.approx([8 / 9, 7 / 9])
    assert [one.term_id for one in found] == [2, 3]


def test_every_term_is_found_by_its_own_spelling(spellings):
    for term_id, term in VOCABULARY.items():
        best = find_neighbours(spellings, term)[0]
        assert (best.term_id, best.term, best.similarity) == (term_id, term, 1.0)
        assert spellings.find(term) == term_id


@pytest.mark.parametrize("absent", ["", "a", "hankend", "hankendii", "zzz", "я", "\udcff"])
def test_a_term_that_is_not_there_has_no_id(spellings, absent):
    assert spellings.find(absent) is None


def test_an_empty_vocabulary_finds_nothing():
    empty = build_spellings([])
    assert find_neighbours(empty, "word") == []
    assert empty.find("word") is None


def test_equal_neighbours_come_in_the_order_of_the_vocabulary_and_no_more_than_wanted():
    same = build_spellings((number, f"nam{letter}") for number, letter in enumerate("zyxwvutsrqponmlkjihgfdcba"))
    found = find_neighbours(same, "name")
    assert [one.term for one in found] == [f"nam{letter}" for letter in "abcdfghijk"][:MAX_NEIGHBOURS]
    assert [one.term for one in find_neighbours(same, "name", 2)] == ["nama", "namb"]


def test_the_order_of_the_pairs_does_not_change_the_bytes():
    one, other = build_spellings(VOCABULARY.items()), build_spellings(reversed(VOCABULARY.items()))
    for name in one.__slots__:
        assert np.array_equal(getattr(one, name), getattr(other, name))


words = st.text(st.characters(categories=["Ll", "Nd"]), min_size=1, max_size=12)


@given(st.sets(words, min_size=1, max_size=30), words)
def test_neighbours_are_true_terms_with_their_true_likeness(terms, typed):
    vocabulary = dict(enumerate(sorted(terms, reverse=True), start=1))
    found = find_neighbours(build_spellings(vocabulary.items()), typed)
    assert [one.similarity for one in found] == sorted((one.similarity for one in found), reverse=True)
    for one in found:
        assert vocabulary[one.term_id] == one.term
        assert one.similarity == pytest.approx(OSA.normalized_similarity(typed, one.term))
        assert one.similarity >= MIN_SIMILARITY


@given(st.sets(words, min_size=1, max_size=30))
def test_every_term_of_any_vocabulary_has_its_id(terms):
    vocabulary = dict(enumerate(sorted(terms, reverse=True), start=1))
    spellings = build_spellings(vocabulary.items())
    assert {term: spellings.find(term) for term in terms} == {term: number for number, term in vocabulary.items()}
