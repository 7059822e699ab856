"""What survives a restart, in SQLite: feedback, counts, access, moved groups, chat settings, watches, open questions.

The text of a question is stored only where the owner has set that; what a chat watches is stored.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.errors import CitebotError

FORMAT = 1
MAX_REQUESTS = 1000
MAX_ANSWERS = 2000
_TABLES = """
CREATE TABLE IF NOT EXISTS feedback (answer TEXT, user INTEGER, vote INTEGER, at REAL, question TEXT,
    PRIMARY KEY (answer, user));
CREATE TABLE IF NOT EXISTS counts (day TEXT, name TEXT, number INTEGER, PRIMARY KEY (day, name));
CREATE TABLE IF NOT EXISTS people (user INTEGER PRIMARY KEY, name TEXT, language TEXT, allowed INTEGER, at REAL);
CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, chat INTEGER, facts TEXT, at REAL);
CREATE TABLE IF NOT EXISTS moved (old INTEGER PRIMARY KEY, new INTEGER);
CREATE TABLE IF NOT EXISTS chat_settings (chat INTEGER, name TEXT, value TEXT, PRIMARY KEY (chat, name));
CREATE TABLE IF NOT EXISTS watches (chat INTEGER, thread INTEGER, user INTEGER, matter TEXT, language TEXT, at REAL,
    PRIMARY KEY (chat, thread, matter));
CREATE TABLE IF NOT EXISTS seen (document BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS news (chat INTEGER, thread INTEGER, document TEXT, matter TEXT, at REAL,
    PRIMARY KEY (chat, thread, document));
CREATE TABLE IF NOT EXISTS pending (chat INTEGER, message INTEGER, thread INTEGER, language TEXT, at REAL,
    PRIMARY KEY (chat, message));
"""


@dataclass(frozen=True, slots=True)
class Watch:
    """What a chat, or a topic of it, watches, and who asked for that in which language."""

    chat: int
    thread: int | None
    user: int
    matter: str
    language: str


class Store:
    """One connection behind one lock; every method is short and safe to call from any thread."""

    def __init__(self, path: Path, now: Callable[[], float] = time.time):
        self._now = now
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + _TABLES)
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, FORMAT):
                raise CitebotError(
                    f"{path} has format {version}, this citebot writes format {FORMAT}: move the file away or update"
                )
            self._db.execute(f"PRAGMA user_version={FORMAT}")
        except sqlite3.Error as error:
            raise CitebotError(
                f"{path} can't be used as the bot's store ({error}): check permissions, or move the file away"
            ) from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _run(self, sql: str, values: Iterable[Any] = ()) -> list[tuple]:
        with self._lock:
            return self._db.execute(sql, tuple(values)).fetchall()

    def vote(self, answer: str, user: int, vote: int, question: str | None) -> None:
        """Store a person's vote on an answer (+1, 0, -1); it replaces an earlier one."""
        self._run("INSERT OR REPLACE INTO feedback VALUES (?,?,?,?,?)", (answer, user, vote, self._now(), question))

    def keep_answer(self, key: str, chat: int, facts: str) -> None:
        """Store what the buttons of an answer need (JSON, without text); the oldest are deleted."""
        self._run("INSERT OR REPLACE INTO answers VALUES (?,?,?,?)", (key, chat, facts, self._now()))
        self._run("DELETE FROM answers WHERE rowid <= (SELECT MAX(rowid) FROM answers) - ?", (MAX_ANSWERS,))

    def answer(self, key: str) -> tuple[int, str, dict[int, int]] | None:
        """Return (chat, facts, votes by person) of a stored answer."""
        found = self._run("SELECT chat, facts FROM answers WHERE key=?", (key,))
        votes = dict(self._run("SELECT user, vote FROM feedback WHERE answer=?", (key,)))
        return (*found[0], votes) if found else None

    def disliked(self, limit: int) -> list[tuple[str, str | None]]:
        """Return (answer key, question or None where it is not stored) of the latest 👎."""
        sql = "SELECT answer, question FROM feedback WHERE vote<0 ORDER BY at DESC LIMIT ?"
        return [(answer, question) for answer, question in self._run(sql, (limit,))]

    def votes_since(self, days: int) -> tuple[int, int]:
        """Return the numbers of (👍, 👎) of the last days."""
        since = self._now() - days * 86400
        sql = "SELECT COALESCE(SUM(vote>0),0), COALESCE(SUM(vote<0),0) FROM feedback WHERE at>=?"
        return self._run(sql, (since,))[0]

    def count(self, name: str) -> None:
        """Add one to today's count of something."""
        sql = "INSERT INTO counts VALUES (date(?, 'unixepoch'),?,1) ON CONFLICT DO UPDATE SET number=number+1"
        self._run(sql, (self._now(), name))

    def counted(self, name: str, days: int) -> int:
        """Return the count of something over the last days."""
        sql = "SELECT COALESCE(SUM(number),0) FROM counts WHERE name=? AND day>date(?, 'unixepoch')"
        return self._run(sql, (name, self._now() - days * 86400))[0][0]

    def keep_person(self, user: int, name: str, language: str | None, allowed: bool) -> None:
        """Store somebody who requested access, or has it. The oldest requests are deleted."""
        self._run("INSERT OR REPLACE INTO people VALUES (?,?,?,?,?)", (user, name, language, allowed, self._now()))
        newest = "SELECT user FROM people WHERE NOT allowed ORDER BY at DESC LIMIT ?"
        self._run(f"DELETE FROM people WHERE NOT allowed AND user NOT IN ({newest})", (MAX_REQUESTS,))

    def drop_person(self, user: int) -> None:
        """Delete somebody who requested access, or has it."""
        self._run("DELETE FROM people WHERE user=?", (user,))

    def person(self, user: int) -> tuple[str, str | None] | None:
        """Return (name, language) of somebody who requested access, or has it."""
        found = self._run("SELECT name, language FROM people WHERE user=?", (user,))
        return found[0] if found else None

    def people(self) -> list[tuple[int, str, float]]:
        """Return (id, name, since) of people with access, oldest first."""
        return self._run("SELECT user, name, at FROM people WHERE allowed ORDER BY at")

    def move_chat(self, old: int, new: int) -> None:
        """Follow a group that became a supergroup: its id changes, its settings stay."""
        with self._lock, self._db:
            self._db.execute("BEGIN")
            self._db.execute("INSERT OR REPLACE INTO moved VALUES (?,?)", (old, new))
            self._db.execute("UPDATE OR REPLACE chat_settings SET chat=? WHERE chat=?", (new, old))
            for table in ("pending", "watches", "news"):
                self._db.execute(f"UPDATE OR REPLACE {table} SET chat=? WHERE chat=?", (new, old))

    def moved_chats(self) -> dict[int, int]:
        """Return the new id by the old one, of every group that moved."""
        return dict(self._run("SELECT old, new FROM moved"))

    def set_for_chat(self, chat: int, name: str, value: str) -> None:
        """Store a setting of one chat."""
        self._run("INSERT OR REPLACE INTO chat_settings VALUES (?,?,?)", (chat, name, value))

    def chat_settings(self, name: str) -> dict[int, str]:
        """Return a setting's value by chat."""
        return dict(self._run("SELECT chat, value FROM chat_settings WHERE name=?", (name,)))

    def watch(self, watch: Watch) -> None:
        """Store a watch."""
        sql = "INSERT OR REPLACE INTO watches VALUES (?,?,?,?,?,?)"
        self._run(sql, (watch.chat, watch.thread or 0, watch.user, watch.matter, watch.language, self._now()))

    def unwatch(self, chat: int, thread: int | None, matter: str) -> None:
        """Delete a watch, and its queued news."""
        for table in ("watches", "news"):
            self._run(f"DELETE FROM {table} WHERE chat=? AND thread=? AND matter=?", (chat, thread or 0, matter))

    def watches(self, chat: int | None = None, thread: int | None = None) -> list[Watch]:
        """Return the watches of one chat and topic or of all, oldest first."""
        where, values = ("", ()) if chat is None else ("WHERE chat=? AND thread=?", (chat, thread or 0))
        rows = self._run(f"SELECT chat, thread, user, matter, language FROM watches {where} ORDER BY at", values)
        return [Watch(chat, thread or None, user, matter, language) for chat, thread, user, matter, language in rows]

    def seen(self) -> set[bytes]:
        """Return the keys of documents marked as seen."""
        return {key for (key,) in self._run("SELECT document FROM seen")}

    def see(self, keys: Iterable[bytes], news: Iterable[tuple[int, int | None, str, str]] = ()) -> None:
        """Mark documents as seen and queue news, (chat, thread, document, matter), in one transaction."""
        with self._lock, self._db:
            self._db.execute("BEGIN")
            self._db.executemany("INSERT OR IGNORE INTO seen VALUES (?)", [(key,) for key in keys])
            rows = [(chat, thread or 0, document, matter, self._now()) for chat, thread, document, matter in news]
            self._db.executemany("INSERT OR IGNORE INTO news VALUES (?,?,?,?,?)", rows)

    def news(self) -> dict[tuple[int, int | None], list[tuple[str, str]]]:
        """Return the queued news, (document, matter) by chat and topic, oldest first."""
        found: dict[tuple[int, int | None], list[tuple[str, str]]] = {}
        for chat, thread, *row in self._run("SELECT chat, thread, document, matter FROM news ORDER BY at, rowid"):
            found.setdefault((chat, thread or None), []).append(tuple(row))
        return found

    def end_news(self, chat: int, thread: int | None, documents: Iterable[str]) -> None:
        """Delete queued news."""
        with self._lock, self._db:
            self._db.execute("BEGIN")
            rows = [(chat, thread or 0, document) for document in documents]
            self._db.executemany("DELETE FROM news WHERE chat=? AND thread=? AND document=?", rows)

    def begin_questions(self, rows: Iterable[tuple[int, int, int | None, str]]) -> None:
        """Record received questions as (chat, message, thread, language), without their text."""
        with self._lock, self._db:
            self._db.execute("BEGIN")
            sql = "INSERT OR REPLACE INTO pending VALUES (?,?,?,?,?)"
            self._db.executemany(sql, [(*row, self._now()) for row in rows])

    def end_question(self, chat: int, message: int) -> None:
        """Delete the record of a question that was answered."""
        self._run("DELETE FROM pending WHERE chat=? AND message=?", (chat, message))

    def unanswered(self) -> list[tuple[int, int, int | None, str]]:
        """Return (chat, message, thread, language) of received questions without an answer, oldest first."""
        return self._run("SELECT chat, message, thread, language FROM pending ORDER BY at")
