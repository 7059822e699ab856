import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.text.words import (
    MAX_WORD_CHARACTERS,
    STOP_WORDS,
    TITLE_WEIGHT,
    bag_of_words,
    encodable,
    fold,
    split_words,
    tokenize,
)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Who were the Azerbaijani firefighters' helpers?", ["azerbaijani", "firefight", "helper"]),
        ("the so -called regime", ["call", "regim"]),
        (
            "The UN's second-order mission_report, in 1,581 parts",
            ["un", "second", "order", "mission", "report", "1", "581", "part"],
        ),
        ("O’Neill isn't here", ["oneil", "isnt"]),
        ("", []),
        ("... — !?", []),
        ("What is it?", []),
    ],
)
def test_terms_are_folded_stemmed_and_without_stop_words(text, terms):
    assert tokenize(text) == terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("BAKI", "Bakı"),
        ("İlham", "ilham"),
        ("Miño", "MINO"),
        ("Straße", "STRASSE"),
        ("ﬁre", "fire"),
        ("Ə", "ə"),
        ("Президент", "ПРЕЗИДЕНТ"),
        ("O’Neill", "o'neill"),
    ],
)
def test_spellings_that_differ_in_case_and_accents_alone_are_one_term(one, other):
    assert tokenize(one) == tokenize(other) != []


def test_words_of_other_scripts_are_kept_whole():
    assert tokenize("Пожарные потушили огонь") == ["пожарные", "потушили", "огонь"]


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_words_of_any_text_are_letters_and_digits_of_bounded_length(text):
    for word in split_words(text):
        assert word.isalnum() and 0 < len(word) <= MAX_WORD_CHARACTERS


@given(st.text())
def test_case_does_not_change_the_terms_of_ascii_text(text):
    plain = text.encode("ascii", "ignore").decode()
    assert tokenize(plain.upper()) == tokenize(plain.lower())


def test_stop_words_stay_what_they_are_when_folded():
    assert {fold(word) for word in STOP_WORDS} == STOP_WORDS


def test_title_counts_as_often_as_its_weight_says():
    assert bag_of_words("Lachin", "The Lachin checkpoint").count("lachin") == TITLE_WEIGHT + 1


def test_threads_tokenise_as_one_does():
    texts = [f"firefighters assisted {number} victims running" for number in range(200)]
    wanted = [tokenize(text) for text in texts]
    results = [None] * 8

    def work(slot):
        results[slot] = [tokenize(text) for text in texts]

    threads = [threading.Thread(target=work, args=(slot,)) for slot in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [wanted] * 8


def test_lone_surrogates_are_replaced_one_for_one():
    assert encodable("a\ud800b\udfff") == "a?b?"
    assert encodable("汉é\U0001f600") == "汉é\U0001f600"
