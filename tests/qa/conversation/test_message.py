"""A message is split into what is to be answered one by one, and questions are not torn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.conversation.message import read_message
from qa.conversation.small_talk import Talk


def questions(message: str) -> list[str]:
    return [part.text for part in read_message(message) if part.talk is Talk.QUESTION]


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("Hi! Who put out the fire? And when? Thanks", ["Who put out the fire?", "And when?"]),
        ("1. who won\n2. when was it\n3) where", ["who won", "when was it", "where"]),
        ("Hello\nwho put out the fire\nthanks", ["who put out the fire"]),
        ("Who won and when did it happen?", ["Who won?", "and when did it happen?"]),
        ("Who won, and when?", ["Who won?", "and when?"]),
        ("What did H. Aliyev say? What about Dr. Kluge?", ["What did H. Aliyev say?", "What about Dr. Kluge?"]),
        ("hello there, who won?", ["who won?"]),
        ("ok and who won", ["and who won"]),
        ("who won? and where? thanks", ["who won?", "and where?"]),
    ],
)
def test_several_questions_are_separated(message, wanted):
    assert questions(message) == wanted


@pytest.mark.parametrize(
    "message",
    [
        "Who won?",
        "When and where?",
        'Who said "Why?" to him?',
        "I read about the UN mission. Who led it?",
        "Who is Anna? I mean the mayor.",
        "What is the difference between what was said and what was done?",
        "Do you know who won and when was it?",
        "Is it true???",
        "the president of Azerbaijan",
        "Great Britain's king, who was he?",
    ],
)
def test_one_question_stays_whole(message):
    assert questions(message) == [message]


def test_a_line_that_a_narrow_window_broke_is_joined():
    assert questions("What did he say\nabout the police?") == ["What did he say about the police?"]


def test_requests_are_kept_with_questions_and_courtesies_only_alone():
    assert [part.talk for part in read_message("thanks! what can you do? Who won?")] == [Talk.ABILITIES, Talk.QUESTION]
    assert [part.talk for part in read_message("hi 😂 thanks")] == [Talk.THANKS]
    assert [part.talk for part in read_message("???")] == [Talk.NOTHING]


@given(st.text(max_size=200))
def test_any_message_has_parts_and_they_are_made_of_its_own_characters(message):
    parts = read_message(message)
    assert parts
    kept = "".join(part.text for part in parts)
    assert all(part.text.strip() for part in parts) or parts[0].talk in (Talk.NOTHING, Talk.REACTION)
    assert set("".join(kept.split())) <= set(message) | set("?")


def test_what_is_asked_twice_in_a_message_is_asked_once():
    assert [part.text for part in read_message("Who won? When? Who won? Who won?")] == ["Who won?", "When?"]
