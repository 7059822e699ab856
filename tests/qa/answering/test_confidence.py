"""Evidence: what speaks for a candidate, and what a calibration makes of it."""

import pytest

from embeddings.search.passage import Passage
from embeddings.text.offsets import Chunk
from qa.answer import Span
from qa.answering.candidates import Candidate
from qa.answering.confidence import MARGIN_CAP, Calibration, Evidence, gather_evidence, weigh
from qa.question.terms import weigh_names

TEXT = "The bridge was opened in 1987. The mayor of Graz gave a speech."
PASSAGE = Passage(Chunk("a.txt", 50, 50 + len(TEXT)), TEXT, "", 1.0)
QUESTION = "When was the bridge of Graz opened?"


def candidate(words: str, margin: float = 3.0) -> Candidate:
    start = 50 + TEXT.index(words)
    return Candidate(Span(PASSAGE, start, start + len(words), margin), margin)


def evidence(question: str, *candidates: Candidate) -> list[Evidence]:
    names = weigh_names(question, lambda words: dict.fromkeys(words, 1.0))
    return gather_evidence([PASSAGE], candidates, names, len(candidates))


def test_the_lead_is_over_the_best_that_says_something_else():
    first, second = evidence(QUESTION, candidate("1987", 5.0), candidate("The mayor", 3.0))
    assert (first.lead, second.lead) == (2.0, -2.0)
    (alone,) = evidence(QUESTION, candidate("1987", 99.0))
    assert (alone.margin, alone.lead) == (MARGIN_CAP, MARGIN_CAP)


def test_a_calibration_that_knows_fewer_features_weighs_those_it_knows():
    (one,) = evidence(QUESTION, candidate("1987", 2.0))
    assert Calibration({"margin": 0.5}, -1.0, 0.5).confidence(one) == pytest.approx(0.5)


def test_a_code_that_the_passage_lacks_halves_the_confidence():
    def confidence(question):
        names = weigh_names(question, lambda words: dict.fromkeys(words, 1.0))
        calibration = Calibration({"margin": 0.5}, -1.0, 0.5)
        return weigh(question, [PASSAGE], [candidate("1987", 2.0)], names, calibration)[0].confidence

    assert confidence("When was bridge K7 opened?") == pytest.approx(confidence(QUESTION) / 2)
