"""What a question wants."""

import doctest

import pytest

import qa.question.kind
from qa.question.kind import Kind, read_kind, without_courtesy


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(qa.question.kind).failed == 0


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Does Baku support it?", Kind.YES_OR_NO),
        ("is it raining", Kind.YES_OR_NO),
        ("Weren't they hurt?", Kind.YES_OR_NO),
        ("Please could you tell me whether the museum has a lift?", Kind.YES_OR_NO),
        ("If a man is named Vilkas, what is his wife named?", Kind.PART),
        ("Is it Baku or Hankendi?", Kind.CHOICE),
        ("Who had more attempts, Brackwater or Olderby?", Kind.CHOICE),
        ("Why was it closed?", Kind.REASON),
        ("What was the reason for the delay?", Kind.REASON),
        ("How do I reset it?", Kind.WAY),
        ("How many cars fit on it?", Kind.NUMBER),
        ("What is Doggerland?", Kind.DEFINITION),
        ("Who is Anna Lund?", Kind.DEFINITION),
        ("frictional unemployment - what is it?", Kind.DEFINITION),
        ("What is the name of the ship?", Kind.PART),
        ("What was Samuel Brannan's occupation?", Kind.PART),
        ("Name the three magazines.", Kind.LIST),
        ("Which countries took part?", Kind.LIST),
        ("Who signed it?", Kind.PERSON),
        ("Where was she born?", Kind.PLACE),
        ("When was it built?", Kind.DATE),
        ("", Kind.PART),
    ],
)
def test_the_kind_of_a_question(question, kind):
    assert read_kind(question) is kind


def test_words_of_courtesy_are_not_the_question():
    assert without_courtesy("Hello, could you please tell me when it opens?") == "when it opens?"
    assert without_courtesy("Could it open?") == "Could it open?"
