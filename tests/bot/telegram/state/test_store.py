"""What outlives a restart, and what must never be written; in both databases."""

import sqlite3
import threading
import time
from contextlib import closing

import pytest
from fake_api.people import wait_button
from fake_api.server import PATIENCE_S
from running_bot import bot_in_thread

from bot.telegram.state.sqlite_tables import SqliteTables
from bot.telegram.state.store import FORMAT, MAX_ANSWERS, Store, StoreError, Watch
from embeddings.errors import CitebotError
from embeddings.postgres.address import Database


@pytest.fixture(params=["sqlite", "postgres"])
def open_tables(request, tmp_path):
    """Opens the same bot's tables, each time as another run of it."""
    if request.param == "sqlite":
        return lambda: SqliteTables(tmp_path / "bot.sqlite")
    database = request.getfixturevalue("database")
    from bot.telegram.state.postgres_tables import PostgresTables

    return lambda: PostgresTables(database, 42)


def test_votes_counts_and_moves_outlive_a_restart(open_tables):
    store = Store(open_tables(), now=lambda: 1_000_000.0)
    store.vote("k", 1, -1, None)
    store.vote("k", 1, 1, None)
    store.vote("k", 2, -1, "why?")
    store.count("questions")
    store.count("questions")
    store.set_language(-5, "az")
    store.begin_updates([(1, (-5, 9, None, "az"))])
    store.move_chat(-5, -1005)
    store.close()
    again = Store(open_tables(), now=lambda: 1_000_000.0)
    assert again.votes_since(7) == (1, 1)
    assert again.disliked(5) == [("k", "why?")]
    assert again.counted("questions", 7) == 2
    assert again.moved_chats() == {-5: -1005}
    assert again.languages() == {-1005: "az"}
    assert again.unanswered() == [(-1005, 9, None, "az")]
    again.end_question(-1005, 9)
    assert again.unanswered() == []


def test_counts_are_of_the_days_asked_for(open_tables):
    day = [0.0]
    store = Store(open_tables(), now=lambda: day[0] * 86400)
    for day[0] in range(10):
        store.count("questions")
    assert store.counted("questions", 7) == 7


def test_people_answers_and_votes_are_kept_and_replaced(open_tables):
    clock = [0.0]
    with closing(Store(open_tables(), now=lambda: clock[0])) as store:
        store.keep_person(7, "Ann", "ru", False)
        store.keep_person(8, "Bob", None, True)
        assert (store.person(7), store.people()) == (("Ann", "ru"), [(8, "Bob")])
        store.keep_person(7, "Ann", "ru", True)
        store.drop_person(8)
        assert store.people() == [(7, "Ann")]
        store.keep_answer("k", -5, "{}")
        store.keep_answer("k", -5, "[1]")
        store.vote("k", 7, 1, "with\0nothing")
        assert store.answer("k") == (-5, "[1]", {7: 1})
        assert store.answer("none") is None


def test_the_oldest_answers_go(open_tables, monkeypatch):
    monkeypatch.setattr("bot.telegram.state.store.MAX_ANSWERS", 3)
    clock = [0.0]
    with closing(Store(open_tables(), now=lambda: clock[0])) as store:
        for number in range(5):
            clock[0] += 1
            store.keep_answer(f"k{number}", 1, "{}")
        assert [store.answer(f"k{number}") is not None for number in range(5)] == [False, False, True, True, True]
    assert MAX_ANSWERS == 2000


def test_watches_and_news_follow_a_group_that_moved_onto_what_is_there(open_tables):
    with closing(Store(open_tables())) as store:
        for chat, subject in ((-5, "fire"), (-5, "oil"), (-1005, "oil")):
            store.watch(Watch(chat, None, 7, subject, "en"))
        store.see([b"12345678"], [(-5, None, "a.txt", "fire"), (-1005, 3, "a.txt", "fire")])
        store.see([b"12345678", b"abcdefgh"], [(-5, None, "a.txt", "fire")])
        assert store.seen() == {b"12345678", b"abcdefgh"}
        store.set_language(-5, "az")
        store.set_language(-1005, "ru")
        store.move_chat(-5, -1005)
        assert store.languages() == {-1005: "az"}
        assert [one.subject for one in store.watches(-1005)] == ["fire", "oil"]
        assert store.watches(-5) == []
        assert store.news() == {(-1005, None): [("a.txt", "fire")], (-1005, 3): [("a.txt", "fire")]}
        store.end_news(-1005, 3, ["a.txt"])
        store.unwatch(-1005, None, "fire")
        assert store.news() == {}


def test_what_fails_amid_a_transaction_leaves_nothing(open_tables):
    tables = open_tables()
    with closing(Store(tables)) as store:

        def half(run):
            run("INSERT INTO moved VALUES (?,?)", (1, 2))
            run("INSERT INTO nowhere VALUES (1)")

        with pytest.raises(StoreError):
            tables.transaction(half)
        assert store.moved_chats() == {}
        store.count("questions")


def test_threads_share_a_store(open_tables):
    with closing(Store(open_tables())) as store:
        threads = [threading.Thread(target=lambda: [store.count("questions") for _ in range(50)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.counted("questions", 1) == 200


def test_open_questions_of_a_run_that_ended_are_taken_over_once(open_tables, monkeypatch, request):
    if request.node.callspec.params["open_tables"] == "postgres":
        monkeypatch.setattr("bot.telegram.state.postgres_tables.GRACE_S", 0.0)
    first = Store(open_tables())
    first.begin_updates([(1, (1, 2, None, "en"))])
    assert first.take_over() == []
    second = Store(open_tables())
    assert second.take_over() == [], "the first still runs"
    first.close()
    second.close()
    with closing(Store(open_tables())) as third:
        taken, deadline = [], time.monotonic() + PATIENCE_S
        while not taken and time.monotonic() < deadline:  # the server takes a moment to see that the first is gone
            taken = third.take_over()
        assert taken == [(1, 2, None, "en", 0)]
        assert third.take_over() == []
        assert third.unanswered() == [(1, 2, None, "en")]


def test_a_file_that_is_no_store_is_named(tmp_path):
    path = tmp_path / "bot.sqlite"
    path.write_bytes(b"something else entirely, and long enough to be looked at" * 50)
    with pytest.raises(CitebotError, match=r"bot\.sqlite"):
        SqliteTables(path)


def test_a_store_of_a_newer_citebot_is_refused(tmp_path):
    path = tmp_path / "bot.sqlite"
    with sqlite3.connect(path) as newer:
        newer.execute("PRAGMA user_version=99")
    with pytest.raises(CitebotError, match="format 99"):
        SqliteTables(path)


def test_a_file_of_the_format_before_is_brought_up_to_date(tmp_path):
    path = tmp_path / "bot.sqlite"
    with closing(sqlite3.connect(path)) as older, older:
        older.execute(
            "CREATE TABLE pending (chat INTEGER, message INTEGER, thread INTEGER, language TEXT, at REAL,"
            " PRIMARY KEY (chat, message))"
        )
        older.execute(
            "CREATE TABLE people (user INTEGER PRIMARY KEY, name TEXT, language TEXT, allowed INTEGER, at REAL)"
        )
        older.execute("INSERT INTO pending VALUES (1, 2, NULL, 'en', 0)")
        older.execute("INSERT INTO people VALUES (7, 'Ann', NULL, 1, 0)")
        older.execute("PRAGMA user_version=1")
    with closing(Store(SqliteTables(path))) as store:
        assert store.take_over() == [(1, 2, None, "en", 0)]
        assert store.people() == [(7, "Ann")]
        store.begin_updates([(1, (3, 4, None, "en"))])


def test_a_database_of_a_newer_citebot_is_refused_and_one_that_is_gone_is_a_line(database, server):
    from bot.telegram.state.postgres_tables import PostgresTables

    with closing(Store(PostgresTables(database, 42))) as store:
        store.count("questions")
        name = database.url.partition("?")[0].rpartition("/")[2]
        server.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        store.count("questions")
        assert store.counted("questions", 1) == 2, "a connection that was cut is opened anew"
        server.kill()
        try:
            with pytest.raises(StoreError, match=r"no connection to the database .* see that it runs"):
                store.count("questions")
        finally:
            server.start()
        assert store.counted("questions", 1) == 2
    server.run(f"UPDATE citebot_bot_42.format SET number = {FORMAT + 1}", name)
    with pytest.raises(
        CitebotError, match=f"citebot_bot_42 in postgresql.* has format {FORMAT + 1}, .* update citebot"
    ):
        PostgresTables(database, 42)


def test_a_user_who_may_not_make_the_schema_is_told_what_an_administrator_does(database, server):
    from bot.telegram.state.postgres_tables import PostgresTables

    server.run("DROP ROLE IF EXISTS poor_bot")
    server.run("CREATE ROLE poor_bot LOGIN")
    with pytest.raises(CitebotError, match="have an administrator run GRANT CREATE ON DATABASE"):
        PostgresTables(Database(database.url.replace("postgres:@", "poor_bot:@")), 42)
    server.run("DROP ROLE poor_bot")


@pytest.mark.parametrize("kept", [False, True])
def test_questions_are_written_down_only_where_a_setting_says_so(api, tmp_path, alice, kept):
    with bot_in_thread(api, tmp_path, log_questions=kept, telegram_admins=frozenset({alice.id})):
        answer = alice.ask("Who put out the fire, pray?")
        alice.press(answer, "👎")
        wait_button(api, answer, "👎 1")
        assert "• Who put out the fire, pray?" in alice.ask("/stats")["text"]
    files = b"".join(path.read_bytes() for path in (tmp_path / "index").iterdir())
    assert (b"pray" in files) is kept
    assert api.token.encode() not in files
    with bot_in_thread(api, tmp_path, telegram_admins=frozenset({alice.id})):
        line = "• Who put out the fire, pray?" if kept else "• (question not stored)"
        assert line in alice.ask("/stats")["text"]
