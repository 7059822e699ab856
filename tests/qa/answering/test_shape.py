"""A span becomes what a person would call the answer."""

import pytest

from embeddings.search.passage import Passage
from embeddings.text.offsets import Chunk
from qa.answer import Span
from qa.answering.candidates import Candidate, span_text
from qa.answering.shape import shape

VISIT = "Heading\n\nHe emphasized that Baku supports this process. Nobody was hurt, and it didn't rain."


def shaped(question: str, words: str, text: str = VISIT, offset: int = 50) -> list[str]:
    passage = Passage(Chunk("a.txt", offset, offset + len(text)), text, "", 1.0)
    start = offset + text.index(words)
    found = shape(question, [Candidate(Span(passage, start, start + len(words), 1.0), 1.0)])
    return [span_text(candidate.span) for candidate in found]


def test_a_yes_or_no_question_gets_the_statement():
    assert shaped("Does Baku support the visit?", "Baku") == ["Baku supports this process"]
    assert shaped("Did it rain?", "rain") == ["Nobody was hurt, and it didn't rain"]
    text = "In coming days, the mission will visit Karabakh again. It rained."
    pointed = "the mission will visit Karabakh"
    assert shaped("Will it come back?", pointed, text) == ["In coming days, the mission will visit Karabakh again"]
    assert shaped("Was anybody hurt?", "Nobody") == ["Nobody was hurt, and it didn't rain"]


def test_a_statement_that_was_pointed_at_stays():
    assert shaped("Does Baku support it?", "Baku supports this process") == ["Baku supports this process"]
    assert shaped("Did he emphasize that?", "emphasized") == ["He emphasized that Baku supports this process"]


def test_a_long_statement_ends_where_it_is_told_who_made_it():
    said = f"In the near future, the office of the mission {'and many others ' * 14}will visit the region again"
    for report in ("this was stated by the president at a meeting", "according to the ministry", "the minister said"):
        assert shaped("Will it come back?", "In the near future", f"{said}, {report} {'today ' * 9}.") == [said]


def test_a_part_of_a_sentence_that_was_asked_for_stays():
    assert shaped("Who supports it?", "Baku") == ["Baku"]


def test_what_repeats_the_question_or_refers_to_something_else_is_no_answer():
    text = "Technological innovations came. This was new. Steam drove them."
    assert shaped("What technological innovations came?", "Technological innovations", text) == []
    assert shaped("Which thing was new?", "This", text) == []
    assert shaped("What drove the innovations?", "Steam", text) == ["Steam"]


def test_one_of_two_that_were_named_is_an_answer():
    assert shaped("Which is older, Baku or Sumqayit?", "Baku") == ["Baku"]


def test_two_spans_of_one_statement_are_one_answer():
    passage = Passage(Chunk("a.txt", 0, len(VISIT)), VISIT, "", 1.0)
    spans = [
        Span(passage, VISIT.index(words), VISIT.index(words) + len(words), score)
        for words, score in (("Baku", 3.0), ("supports", 2.0))
    ]
    (one,) = shape("Does Baku support this?", [Candidate(span, span.score) for span in spans])
    assert (span_text(one.span), one.margin) == ("Baku supports this process", 3.0)


@pytest.mark.parametrize(
    ("question", "words", "text", "whole"),
    [
        ("How many people came?", "25", "Some came: about 25 people.", "about 25"),
        ("How many people came?", "133,000", "More than 133,000 people came.", "More than 133,000"),
        ("How many people came?", "25", "There were 25 people.", "25"),
        ("When was it built?", "1931 and 1936", "It was built between 1931 and 1936.", "between 1931 and 1936"),
        (
            "What revenue is expected?",
            "€450 million",
            "It will be between €430 million and €450 million.",
            "between €430 million and €450 million",
        ),
        (
            "What sales do they expect?",
            "€450 million",
            "Sales will be between €430 million and €450 million.",
            "between €430 million and €450 million",
        ),
        ("When is the meeting?", "14 July", "It is on Thursday, 14 July 2022, at noon.", "14 July 2022"),
        ("What year did it open?", "1931", "It opened in May 1931.", "1931"),
        ("What month and year did it open?", "1931", "It opened in May 1931.", "May 1931"),
        ("Who signed it?", "Larsen", "It was signed by Governor Anna Larsen on Monday.", "Governor Anna Larsen"),
        ("Who signed it?", "Anna", "Then Anna Larsen signed.", "Anna Larsen"),
    ],
)
def test_hedges_dates_and_names_are_whole(question, words, text, whole):
    assert shaped(question, words, text) == [whole]


@pytest.mark.parametrize(
    ("words", "text", "whole"),
    [
        ("Style", "There are three magazines (News, Culture, and Style) in it.", "News, Culture, and Style"),
        ("nets", "They sell nets, ropes and sails in Rovik.", "nets, ropes and sails"),
        ("shops", "There are five shops of note: nets, ropes and sails.", "nets, ropes and sails"),
        ("nets", "They sell nets, which are dear.", "nets"),
        ("nets", "They last by their nets, and carry loads.", "nets"),
        ("ropes", "They sell goods (e.g., nets, ropes) here.", "nets, ropes"),
        ("nets", "They sell (in fact, so-called nets) goods.", "nets"),
    ],
)
def test_a_list_is_whole(words, text, whole):
    assert shaped("Which goods are there?", words, text) == [whole]


def test_a_definition_is_the_clause_that_says_it():
    text = "There is always some unemployment between jobs. This is referred to as frictional unemployment."
    wanted = ["There is always some unemployment between jobs"]
    assert shaped("What is frictional unemployment?", "This", text) == wanted
    whole = "This is referred to as frictional unemployment"
    assert shaped("What is frictional unemployment?", whole, text) == wanted
    text = (
        "Notes in the bass clef are read as if it were treble clef. This process, referred to as substitution, is old."
    )
    wanted = ["Notes in the bass clef are read as if it were treble clef"]
    assert shaped("What is substitution?", "This process, referred to as substitution", text) == wanted


def test_a_way_and_a_reason_are_clauses():
    text = "Hold down the ring for three seconds. It was shut because of a storm."
    assert shaped("How do I reset it?", "the ring", text) == ["Hold down the ring for three seconds"]
    assert shaped("Why was it shut?", "a storm", text) == ["It was shut because of a storm"]


INGREDIENTS = "Shortbread\n\nWhat you need:\n- 225 g butter\n- 110 g caster sugar\n- 50 g rice flour\n\nIt keeps."
STEPS = (
    "How to join\n\n1. Fill in the form and hand it in.\n2. Attend the course in May.\n3. Collect your vest.\n\nYes."
)


def test_a_list_that_is_asked_for_is_whole():
    all_items = "225 g butter\n- 110 g caster sugar\n- 50 g rice flour"
    assert shaped("What are the ingredients of shortbread?", "110 g caster sugar", INGREDIENTS) == [all_items]
    assert shaped("What are the ingredients of shortbread?", "butter\n- 110 g", INGREDIENTS) == [
        "225 g butter\n- 110 g caster sugar"
    ]
    steps = "Fill in the form and hand it in.\n2. Attend the course in May.\n3. Collect your vest"
    assert shaped("How do I join?", "1. Fill in the form and hand it in", STEPS) == [steps]


def test_a_detail_of_an_item_is_the_answer_to_what_asks_for_it():
    assert shaped("How much butter do I need?", "225 g butter\n- 110 g", INGREDIENTS) == ["225 g butter"]
    assert shaped("What do I attend?", "2. Attend the course in May", STEPS) == ["Attend the course in May"]
    assert shaped("When is the course?", "in May", STEPS) == ["in May"]


def test_the_amount_is_that_of_the_item_that_is_named():
    assert shaped("How much butter do I need?", "110 g", INGREDIENTS) == ["225 g"]
    assert shaped("How much butter is there for the flour of the cake?", "110 g", INGREDIENTS) == ["225 g"]
    assert shaped("rice flour amount", "225 g", INGREDIENTS) == ["50 g"]
    assert shaped("How much caster sugar goes into shortbread?", "110 g", INGREDIENTS) == ["110 g"]
    assert shaped("How much salt do I need?", "225 g", INGREDIENTS) == ["225 g"]


def test_an_address_over_lines_is_whole():
    text = "Visit us\n\nMuseum of Salt\nPan Street 2\nVM9 1AB\n\nOpen on Monday."
    whole = "Museum of Salt\nPan Street 2\nVM9 1AB"
    assert shaped("What is the address of the museum?", "Pan Street 2", text) == [whole]
    assert shaped("In which street is the museum?", "Pan Street 2", text) == ["Pan Street 2"]
    assert shaped("How did they address the fall?", "Museum of Salt", text) == ["Museum of Salt"]
