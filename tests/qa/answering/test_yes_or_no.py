"""Questions for yes or no are answered by what the article says, not by their own words."""

import pytest

from embeddings.search.passage import Passage
from embeddings.text.chunk import Chunk
from qa.answer import Span
from qa.answering.candidates import Candidate, span_text
from qa.answering.yes_or_no import asks_yes_or_no, state

TEXT = "Heading\n\nHe emphasized that Baku supports this process. Nobody was hurt, and it didn't rain."


def stated(question: str, words: str, text: str = TEXT, offset: int = 50) -> str:
    passage = Passage(Chunk("a.txt", offset, offset + len(text)), text, "", 1.0)
    start = offset + text.index(words)
    (candidate,) = state(question, [Candidate(Span(passage, start, start + len(words), 1.0), 1.0)])
    return span_text(candidate.span)


@pytest.mark.parametrize(
    "question",
    ["Does Baku support it?", "is it raining", "Weren't they hurt?", "Has the fire been put out?", "Can a visit help?"],
)
def test_questions_for_yes_or_no(question):
    assert asks_yes_or_no(question)


@pytest.mark.parametrize(
    "question",
    ["Who supports it?", "Is it Baku or Hankendi?", "Did he say who came?", "Doesville is where?", "Isaac Newton", ""],
)
def test_other_questions(question):
    assert not asks_yes_or_no(question)


def test_an_answer_that_only_repeats_the_question_becomes_the_clause_it_stands_in():
    assert stated("Does Baku support the visit?", "Baku") == "Baku supports this process"
    assert stated("Did it rain?", "rain") == "Nobody was hurt, and it didn't rain"


def test_an_answer_that_says_more_than_the_question_stays():
    assert stated("Was anybody hurt?", "Nobody") == "Nobody"


def test_a_part_of_a_sentence_that_was_asked_for_stays():
    assert stated("Who supports it?", "Baku") == "Baku"


def test_two_spans_of_one_clause_are_one_answer():
    passage = Passage(Chunk("a.txt", 0, len(TEXT)), TEXT, "", 1.0)
    spans = [
        Span(passage, TEXT.index(words), TEXT.index(words) + len(words), score)
        for words, score in (("Baku", 3.0), ("supports", 2.0), ("Nobody", 1.0))
    ]
    found = state("Does Baku support this?", [Candidate(span, span.score) for span in spans])
    said = [(span_text(one.span), one.margin) for one in found]
    assert said == [("Baku supports this process", 3.0), ("Nobody", 1.0)]


def test_the_report_itself_stays_where_it_is_the_answer():
    assert stated("Did he emphasize that?", "emphasized") == "He emphasized that Baku supports this process"
