"""Spans of all passages become candidates: overlaps merged, agreement counted, the best first."""

import pytest

from embeddings.search.passage import Passage
from embeddings.text.offsets import Chunk
from qa.answer import Span
from qa.answering.candidates import fold_answer, rank
from qa.reading.reader import Reading


def reading(document: str, text: str, answers: list[tuple[str, float]], start: int = 0) -> Reading:
    passage = Passage(Chunk(document, start, start + len(text)), text, "Title", 1.0)
    spans = tuple(
        Span(passage, start + text.index(answer), start + text.index(answer) + len(answer), score)
        for answer, score in answers
    )
    return Reading(passage, spans, 0.0)


def test_candidates_are_ranked_by_their_margin_over_not_here():
    found = rank([reading("a", "red or blue", [("red", 1.0)]), reading("b", "green or white", [("green", 4.0)])])
    assert [(one.text, one.margin) for one in found] == [("green", 4.0), ("red", 1.0)]


def test_equal_answers_from_several_places_support_each_other():
    found = rank(
        [
            reading("a", "The Red Cross came.", [("The Red Cross", 3.0)]),
            reading("b", "Then red cross went.", [("red cross", 2.8)]),
            reading("c", "Doctors came.", [("Doctors", 3.2)]),
        ]
    )
    assert [one.text for one in found] == ["The Red Cross", "Doctors"]
    assert [span.passage.chunk.document for span in found[0].support] == ["b"]
    assert found[0].score == pytest.approx(3.5)


def test_support_that_says_not_here_does_not_count():
    found = rank([reading("a", "red", [("red", 3.0)]), reading("b", "red", [("red", -1.0)])])
    assert found[0].support == ()


def test_one_place_seen_through_overlapping_chunks_is_one_candidate():
    found = rank(
        [reading("a", "x red y", [("red", 3.0)], start=10), reading("a", "red y z", [("red y", 2.0)], start=12)]
    )
    assert [one.text for one in found] == ["red"]
    assert found[0].support == ()


def test_no_readings_no_candidates():
    assert rank([]) == []
    assert rank([reading("a", "nothing", [])]) == []


def test_normalising_folds_case_articles_accents_and_punctuation():
    assert fold_answer("The  “Café”, a bar.") == "cafe bar"
