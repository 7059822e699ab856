"""What a question wants."""

import doctest

import pytest

import qa.question.answer_type
from qa.question.answer_type import AnswerType, answer_type_of, without_courtesy


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(qa.question.answer_type).failed == 0


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Does Baku support it?", AnswerType.YES_OR_NO),
        ("is it raining", AnswerType.YES_OR_NO),
        ("Weren't they hurt?", AnswerType.YES_OR_NO),
        ("Please could you tell me whether the museum has a lift?", AnswerType.YES_OR_NO),
        ("If a man is named Vilkas, what is his wife named?", AnswerType.PART),
        ("Is it Baku or Hankendi?", AnswerType.CHOICE),
        ("Who had more attempts, Brackwater or Olderby?", AnswerType.CHOICE),
        ("Why was it closed?", AnswerType.REASON),
        ("What was the reason for the delay?", AnswerType.REASON),
        ("How do I reset it?", AnswerType.WAY),
        ("How many cars fit on it?", AnswerType.NUMBER),
        ("What is Doggerland?", AnswerType.DEFINITION),
        ("Who is Anna Lund?", AnswerType.DEFINITION),
        ("frictional unemployment - what is it?", AnswerType.DEFINITION),
        ("What is the name of the ship?", AnswerType.PART),
        ("What was Samuel Brannan's occupation?", AnswerType.PART),
        ("Name the three magazines.", AnswerType.LIST),
        ("Which countries took part?", AnswerType.LIST),
        ("Who signed it?", AnswerType.PERSON),
        ("Where was she born?", AnswerType.PLACE),
        ("When was it built?", AnswerType.DATE),
        ("", AnswerType.PART),
    ],
)
def test_the_kind_of_a_question(question, kind):
    assert answer_type_of(question) is kind


def test_words_of_courtesy_are_not_the_question():
    assert without_courtesy("Hello, could you please tell me when it opens?") == "when it opens?"
    assert without_courtesy("Could it open?") == "Could it open?"
