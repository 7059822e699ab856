"""What outlives a restart, and what must never be written."""

import sqlite3

import pytest
from fake_api.people import wait_text
from running_bot import bot_in_thread

from bot.telegram.state.store import Store
from embeddings.errors import CitebotError


def test_votes_counts_and_moves_outlive_a_restart(tmp_path):
    store = Store(tmp_path / "bot.sqlite", now=lambda: 1_000_000.0)
    store.vote("k", 1, -1, None)
    store.vote("k", 1, 1, None)
    store.vote("k", 2, -1, "why?")
    store.count("questions")
    store.count("questions")
    store.set_for_chat(-5, "language", "az")
    store.begin_questions([(-5, 9, None, "az")])
    store.move_chat(-5, -1005)
    store.close()
    again = Store(tmp_path / "bot.sqlite", now=lambda: 1_000_000.0)
    assert again.votes_since(7) == (1, 1)
    assert again.disliked(5) == [("k", "why?")]
    assert again.counted("questions", 7) == 2
    assert again.moved_chats() == {-5: -1005}
    assert again.chat_settings("language") == {-1005: "az"}
    assert again.unanswered() == [(-1005, 9, None, "az")]
    again.end_question(-1005, 9)
    assert again.unanswered() == []


def test_counts_are_of_the_days_asked_for(tmp_path):
    day = [0.0]
    store = Store(tmp_path / "bot.sqlite", now=lambda: day[0] * 86400)
    for day[0] in range(10):
        store.count("questions")
    assert store.counted("questions", 7) == 7


def test_a_file_that_is_no_store_is_named(tmp_path):
    path = tmp_path / "bot.sqlite"
    path.write_bytes(b"something else entirely, and long enough to be looked at" * 50)
    with pytest.raises(CitebotError, match=r"bot\.sqlite"):
        Store(path)


def test_a_store_of_a_newer_citebot_is_refused(tmp_path):
    path = tmp_path / "bot.sqlite"
    with sqlite3.connect(path) as newer:
        newer.execute("PRAGMA user_version=99")
    with pytest.raises(CitebotError, match="format 99"):
        Store(path)


@pytest.mark.parametrize("kept", [False, True])
def test_questions_are_written_down_only_where_a_setting_says_so(api, tmp_path, alice, kept):
    with bot_in_thread(api, tmp_path, log_questions=kept, telegram_admins=frozenset({alice.id})):
        answer = alice.ask("Who put out the fire, pray?")
        alice.press(answer, "👎")
        wait_text(api, alice.id, answer["message_id"], "firefighters")
        assert "• Who put out the fire, pray?" in alice.ask("/stats")["text"]
    files = b"".join(path.read_bytes() for path in (tmp_path / "index").iterdir())
    assert (b"pray" in files) is kept
    assert api.token.encode() not in files
    with bot_in_thread(api, tmp_path, telegram_admins=frozenset({alice.id})):
        line = "• Who put out the fire, pray?" if kept else "• (question not stored)"
        assert line in alice.ask("/stats")["text"]
