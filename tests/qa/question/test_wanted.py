"""What a question wants."""

import doctest

import pytest

import qa.question.wanted
from qa.question.wanted import Wanted, read_wanted, without_courtesy


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(qa.question.wanted).failed == 0


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Does Baku support it?", Wanted.YES_OR_NO),
        ("is it raining", Wanted.YES_OR_NO),
        ("Weren't they hurt?", Wanted.YES_OR_NO),
        ("Please could you tell me whether the museum has a lift?", Wanted.YES_OR_NO),
        ("If a man is named Vilkas, what is his wife named?", Wanted.PART),
        ("Is it Baku or Hankendi?", Wanted.CHOICE),
        ("Who had more attempts, Brackwater or Olderby?", Wanted.CHOICE),
        ("Why was it closed?", Wanted.REASON),
        ("What was the reason for the delay?", Wanted.REASON),
        ("How do I reset it?", Wanted.WAY),
        ("How many cars fit on it?", Wanted.NUMBER),
        ("What is Doggerland?", Wanted.DEFINITION),
        ("Who is Anna Lund?", Wanted.DEFINITION),
        ("frictional unemployment - what is it?", Wanted.DEFINITION),
        ("What is the name of the ship?", Wanted.PART),
        ("What was Samuel Brannan's occupation?", Wanted.PART),
        ("Name the three magazines.", Wanted.LIST),
        ("Which countries took part?", Wanted.LIST),
        ("Who signed it?", Wanted.PERSON),
        ("Where was she born?", Wanted.PLACE),
        ("When was it built?", Wanted.DATE),
        ("", Wanted.PART),
    ],
)
def test_the_kind_of_a_question(question, kind):
    assert read_wanted(question) is kind


def test_words_of_courtesy_are_not_the_question():
    assert without_courtesy("Hello, could you please tell me when it opens?") == "when it opens?"
    assert without_courtesy("Could it open?") == "Could it open?"
