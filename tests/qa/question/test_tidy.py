"""Questions are tidied on a copy, and what cannot be asked is refused in one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.question.tidy import MAX_CHARACTERS, UnusableQuestion, tidy


def test_white_space_control_and_invisible_characters_are_folded():
    assert tidy("  Who\tput\u200b out\n\x00the  fire?\u202e ") == "Who put out the fire?"


@pytest.mark.parametrize("question", ["", " \n\t", "?!…", "\u200b\u202e"])
def test_a_question_without_a_word_is_refused(question):
    with pytest.raises(UnusableQuestion, match="empty"):
        tidy(question)


def test_a_question_beyond_all_measure_is_refused_with_the_limit():
    assert tidy("a " * (MAX_CHARACTERS // 2)).startswith("a a")
    with pytest.raises(UnusableQuestion, match="100,000 characters, at most 10,000"):
        tidy("a" * 100_000)


@given(st.text())
def test_any_text_is_tidied_or_refused(text):
    try:
        tidied = tidy(text)
    except UnusableQuestion:
        return
    assert tidied == tidy(tidied)
    tidied.encode("utf-8")
