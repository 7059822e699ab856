"""Evidence: what a passage, the answer's own sentence and the answer itself say for it."""

import pytest

from embeddings.chunk import Chunk
from embeddings.passage import Passage
from qa.answer import Span
from qa.answer_type import kind_of
from qa.candidates import Candidate
from qa.confidence import MARGIN_CAP, Calibration, Evidence, Gatherer
from qa.question_terms import weigh_terms

TEXT = "The bridge was opened in 1987. The mayor of Graz gave a speech."
PASSAGE = Passage(Chunk("a.txt", 50, 50 + len(TEXT)), TEXT, "", 1.0)
QUESTION = "When was the bridge of Graz opened?"


def candidate(words: str, margin: float = 3.0) -> Candidate:
    start = 50 + TEXT.index(words)
    return Candidate(Span(PASSAGE, start, start + len(words), margin), margin)


def evidence(question: str, *candidates: Candidate) -> list[Evidence]:
    terms = weigh_terms(question, lambda words: dict.fromkeys(words, 1.0))
    gather = Gatherer([PASSAGE], candidates, terms, kind_of(question))
    return [gather(one) for one in candidates]


def test_the_words_of_the_passage_and_those_of_the_answer_s_sentence_are_told_apart():
    right, wrong = evidence(QUESTION, candidate("1987"), candidate("The mayor", 1.0))
    assert right.coverage == wrong.coverage == 1.0
    assert right.sentence == pytest.approx(2 / 3)  # bridge and opened, not Graz
    assert wrong.sentence == pytest.approx(1 / 3)


def test_an_answer_that_is_not_of_the_kind_asked_for_is_told():
    assert [one.kind for one in evidence(QUESTION, candidate("1987"), candidate("The mayor"))] == [1.0, 0.0]
    assert [one.kind for one in evidence("What is it?", candidate("1987"), candidate("a speech"))] == [1.0, 1.0]


def test_the_lead_is_over_the_best_that_says_something_else():
    first, second = evidence(QUESTION, candidate("1987", 5.0), candidate("The mayor", 3.0))
    assert (first.lead, second.lead) == (2.0, -2.0)
    (alone,) = evidence(QUESTION, candidate("1987", 99.0))
    assert (alone.margin, alone.lead) == (MARGIN_CAP, MARGIN_CAP)


def test_a_calibration_that_knows_fewer_features_weighs_those_it_knows():
    (one,) = evidence(QUESTION, candidate("1987", 2.0))
    assert Calibration({"margin": 0.5}, -1.0, 0.5).confidence(one) == pytest.approx(0.5)
