"""What people see: the answer, its quote and its place; nothing in an article can steer the terminal."""

import datetime
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.terminal.rendering.escape import harmless, on_one_line
from bot.terminal.rendering.plain import plain_answer, plain_passages
from bot.terminal.rendering.wording import describe_confidence, groups, percent
from embeddings.search.passage import ChannelHit, Passage
from embeddings.text.offsets import Chunk
from qa.answer import Answer, Quote

ANY_TEXT = st.text(st.characters(exclude_categories=[]))
DIRECTIONS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def make_quote(text, answer=None, document="a.txt", score=0.9, **facts):
    start = 100
    at = None if answer is None else start + text.index(answer)
    end = None if answer is None else at + len(answer)
    return Quote(document, facts.pop("title", "A title"), start, start + len(text), text, at, end, score, **facts)


FIRE = make_quote(
    "Then firefighters put\nout the fire.",
    "firefighters",
    date=datetime.date(2023, 10, 3),
    url="https://example.org/fire",
    place="paragraph 3 of 9",
)


@given(ANY_TEXT)
def test_harmless_text_has_no_terminal_control_characters(text):
    shown = harmless(text)
    assert all(c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs") for c in shown)
    assert not DIRECTIONS & set(shown) and not set("\u2028\u2029") & set(shown)
    assert not set("\n\t") & set(on_one_line(text))


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"])))
def test_text_that_can_do_no_harm_is_shown_as_it_is(text):
    assert harmless(text) == text == on_one_line(text)


def test_right_to_left_text_and_joined_emoji_are_shown_as_they_are():
    for text in ("שלום, עולם!", "سلام دنیا", "👩‍🚒 put out the 🔥", "e\u0301"):
        assert harmless(text) == text


def test_an_escape_sequence_is_seen_and_does_nothing():
    assert harmless("\x1b]0;owned\x07\x9b31m\x7f") == "␛]0;owned␇\ufffd31m␡"


def test_line_breaks_of_every_kind_are_line_feeds():
    assert harmless("a\r\nb\rc\u2028d\x85e") == "a\nb\nc\nd\ne"


def test_a_plain_answer_is_laid_out_one_fact_a_line():
    answer = Answer("Who put out the fire?", "firefighters", 0.934, (FIRE,))
    assert plain_answer(answer).splitlines() == [
        "firefighters",
        "confidence: 93%, very likely",
        "",
        "quote: Then firefighters put",
        "    out the fire.",
        "  title: A title",
        "  paragraph 3 of 9",
        "  2023-10-03",
        "  a.txt, characters 100–135",
        "  https://example.org/fire",
    ]


def test_further_quotes_are_grouped_by_what_they_say():
    also = make_quote("The Firefighters!", "Firefighters", "b.txt", 0.9)
    other = make_quote("Rain did it.", "Rain", "c.txt", 0.04)
    answer = Answer("Who?", "firefighters", 0.9, (FIRE, also, other))
    assert [(name, len(quotes)) for name, quotes in groups(answer)] == [("", 1), ("also", 1), ("competing", 1)]
    lines = plain_answer(answer).splitlines()
    assert "also: The Firefighters!" in lines and "competing: Rain did it." in lines and "  answer: Rain (4%)" in lines


def test_a_refusal_says_so_why_and_what_is_nearest():
    answer = Answer("Who?", None, 0.1, (make_quote("Near it."),), "nothing answers this")
    lines = plain_answer(answer).splitlines()
    assert lines[:2] == ["Not in the documents.", "reason: nothing answers this"]
    assert "nearest: Near it." in lines
    assert not any(line.startswith("confidence") for line in lines)


def test_a_follow_up_shows_what_it_was_understood_as():
    answer = Answer("and he?", None, 0.0, (), "none", understood="and Aliyev?")
    assert plain_answer(answer, heading="and he?").splitlines()[:2] == [
        "question: and he?",
        "understood as: and Aliyev?",
    ]


@given(title=ANY_TEXT, text=ANY_TEXT.filter(bool), document=ANY_TEXT)
def test_an_article_cannot_forge_lines_of_the_plain_form(title, text, document):
    answer = Answer("Who?", None, 0.0, (make_quote(text, title=title, document=document),), "none")
    lines = plain_answer(answer).rstrip("\n").split("\n")
    assert [line.split(":")[0] for line in lines if line and not line.startswith(" ")] == [
        "Not in the documents.",
        "reason",
        "nearest",
    ]
    assert sum(line.startswith("  title: ") for line in lines) == 1


def test_passages_are_tab_separated_with_a_place_for_each_channel():
    hits = {"dense": ChannelHit(1, 0.5), "words": ChannelHit(12, 7.25)}
    passage = Passage(Chunk("a.txt", 0, 9), "one\ttwo\nthree", "A\ttitle", 0.05, hits)
    heading, row = plain_passages([passage], ["dense", "words", "trigrams"]).splitlines()
    assert heading.split("\t")[:4] == ["rank", "score", "dense_rank", "dense_score"]
    told = dict(zip(heading.split("\t"), row.split("\t"), strict=True))
    assert told == {
        "rank": "1",
        "score": "0.0500",
        "dense_rank": "1",
        "dense_score": "0.5000",
        "words_rank": "12",
        "words_score": "7.2500",
        "trigrams_rank": "",
        "trigrams_score": "",
        "document": "a.txt",
        "start": "0",
        "end": "9",
        "title": "A title",
        "text": "one two three",
    }


@pytest.mark.parametrize(
    ("confidence", "shown", "words"),
    [
        (1.0, "99%", "very likely"),
        (0.7, "70%", "likely"),
        (0.5, "50%", "more likely than not"),
        (0.0, "1%", "uncertain"),
    ],
)
def test_confidence_is_shown_in_percent_and_words_and_never_as_certainty(confidence, shown, words):
    assert percent(confidence) == shown
    assert describe_confidence(confidence) == f"{shown}, {words}"
