"""Answers to questions that were asked in one."""

from qa.answer import Answer, Part, Quote
from qa.answering.two_answers import join_answers

TEXT = "The first can was made in London in 1812."
ASKED = ("When was it made?", "Where was it made?")


def answer(question: str, words: str | None, text: str = TEXT, start: int = 100, confidence: float = 0.8) -> Answer:
    at = text.index(words) + start if words else None
    quote = Quote("a.txt", "Tin", start, start + len(text), text, at, at and at + len(words), confidence)
    return Answer(question, words, confidence, (quote,), None if words else "not sure")


def test_a_sentence_that_holds_both_gives_one_answer():
    joined = join_answers(
        "When and where?", ASKED, [answer(ASKED[0], "1812"), answer(ASKED[1], "London", confidence=0.6)], 3
    )
    assert (joined.text, joined.confidence, joined.parts) == ("London in 1812", 0.6, ())
    assert joined.quotes[0].answer == joined.text


def test_answers_from_two_places_are_shown_together():
    other = answer(ASKED[1], "Oslo", "It was filled in Oslo.", start=900)
    joined = join_answers("When and where?", ASKED, [answer(ASKED[0], "1812"), other], 3)
    assert joined.text == joined.quotes[0].answer == "1812"
    assert [quote.answer for quote in joined.quotes] == ["1812", "Oslo"]
    assert joined.parts == (Part(ASKED[0], "1812"), Part(ASKED[1], "Oslo"))


def test_a_part_that_was_not_found_is_named():
    joined = join_answers("When and where?", ASKED, [answer(ASKED[0], None), answer(ASKED[1], "London")], 3)
    assert joined.text == "London"
    assert joined.parts == (Part(ASKED[0], None), Part(ASKED[1], "London"))
    assert join_answers("When and where?", ASKED, [answer(one, None) for one in ASKED], 3) is None
