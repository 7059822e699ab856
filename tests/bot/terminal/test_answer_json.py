"""The JSON of an answer is what the contract promises: these keys, in this order, exact text."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.terminal.answer_json import answer_to_json, passage_to_json, to_line
from embeddings.search.passage import ChannelHit, Passage
from embeddings.text.offsets import Chunk
from qa.answer import Answer, Quote

KEYS = ["id", "question", "answered", "answer", "confidence", "quotes", "reason"]
QUOTE_KEYS = ["document", "title", "start", "end", "text", "answer_start", "answer_end", "score"]
QUOTE_KEYS += ["date", "author", "url", "page", "place"]
QUOTE = Quote("news/fire.txt", "Fire", 100, 131, "Firefighters put out the fire.\n", 100, 112, 0.93456789)
ANSWERED = Answer("Who put out the fire?", "Firefighters", 0.934567, (QUOTE,))
ANY_TEXT = st.text(st.characters(exclude_categories=[]))
"""Every code point, control characters and halves of characters among them."""


def test_an_answer_has_the_promised_keys_in_the_promised_order():
    data = answer_to_json(ANSWERED, "7")
    assert list(data) == KEYS
    assert list(data["quotes"][0]) == QUOTE_KEYS
    assert data == {
        "id": "7",
        "question": "Who put out the fire?",
        "answered": True,
        "answer": "Firefighters",
        "confidence": 0.9346,
        "quotes": [
            {
                "document": "news/fire.txt",
                "title": "Fire",
                "start": 100,
                "end": 131,
                "text": "Firefighters put out the fire.\n",
                "answer_start": 100,
                "answer_end": 112,
                "score": 0.9346,
                "date": None,
                "author": None,
                "url": None,
                "page": None,
                "place": None,
            }
        ],
        "reason": None,
    }


def test_a_refusal_has_no_answer_a_reason_and_quotes_without_a_mark():
    nearest = Quote("a.txt", "A", 0, 5, "Near.", None, None, 0.1)
    data = answer_to_json(Answer("Who?", None, 0.05, (nearest,), "nothing answers this"))
    assert list(data) == KEYS
    assert (data["id"], data["answered"], data["answer"], data["reason"]) == (None, False, None, "nothing answers this")
    assert (data["quotes"][0]["answer_start"], data["quotes"][0]["answer_end"]) == (None, None)


def test_ids_go_back_as_they_came():
    assert [answer_to_json(ANSWERED, one)["id"] for one in ("7", 7, None)] == ["7", 7, None]


def test_characters_are_written_as_they_are():
    assert to_line({"text": "Xankəndi, Ханкенди, 🔥"}) == '{"text": "Xankəndi, Ханкенди, 🔥"}'


@given(ANY_TEXT)
def test_any_text_survives_on_one_line_of_utf8(text):
    line = to_line({"text": text})
    assert "\n" not in line and "\r" not in line and "\x1b" not in line
    # Two halves that meet are one character to JSON: there UTF-16 is what is kept.
    kept = json.loads(line.encode("utf-8"))["text"]
    assert kept.encode("utf-16", "surrogatepass") == text.encode("utf-16", "surrogatepass")


def test_a_passage_tells_place_channels_and_copies():
    passage = Passage(
        Chunk("a.txt", 5, 9),
        "text",
        "A",
        0.0478123,
        {"dense": ChannelHit(2, 0.5123456)},
        copies=(Chunk("b.txt", 1, 5),),
    )
    assert passage_to_json(passage) == {
        "document": "a.txt",
        "title": "A",
        "start": 5,
        "end": 9,
        "text": "text",
        "score": 0.047812,
        "channels": {"dense": {"rank": 2, "score": 0.512346}},
        "copies": [{"document": "b.txt", "start": 1, "end": 5}],
    }
