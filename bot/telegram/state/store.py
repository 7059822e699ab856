"""What survives a restart: feedback, counts, access, moved groups, languages, watches, open questions.

The text of a question is stored only if the owner has enabled that; watched topics are stored. The same statements
run in SQLite (``sqlite_tables``) and, for a bot of several replicas, in PostgreSQL (``postgres_tables``). Replicas also
share conversations, for as long as a follow-up may refer to them, and the limits.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

from bot.telegram.state.limits import Verdict, draw
from embeddings.errors import CitebotError

T = TypeVar("T")
Run = Callable[..., list[tuple]]
"""Runs one statement (SQL with ``?`` for its values, the values) and returns its rows."""

FORMAT = 3
MAX_REQUESTS = 1000
MAX_ANSWERS = 2000
MAX_UPLOADS = 50
UPDATES_KEPT_S = 2 * 86400.0
"""Telegram delivers an update for a day at most."""
TABLES = """
CREATE TABLE IF NOT EXISTS feedback (answer TEXT, "user" BIGINT, vote INTEGER, at DOUBLE PRECISION, question TEXT,
    PRIMARY KEY (answer, "user"));
CREATE TABLE IF NOT EXISTS counts (day TEXT, name TEXT, number INTEGER, PRIMARY KEY (day, name));
CREATE TABLE IF NOT EXISTS people ("user" BIGINT PRIMARY KEY, name TEXT, language TEXT, allowed INTEGER,
    at DOUBLE PRECISION);
CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, chat BIGINT, facts TEXT, at DOUBLE PRECISION);
CREATE INDEX IF NOT EXISTS answers_by_age ON answers(at);
CREATE TABLE IF NOT EXISTS moved (old BIGINT PRIMARY KEY, new BIGINT);
CREATE TABLE IF NOT EXISTS chat_settings (chat BIGINT, name TEXT, value TEXT, PRIMARY KEY (chat, name));
CREATE TABLE IF NOT EXISTS watches (chat BIGINT, thread BIGINT, "user" BIGINT, matter TEXT, language TEXT,
    at DOUBLE PRECISION, PRIMARY KEY (chat, thread, matter));
CREATE TABLE IF NOT EXISTS seen (document BYTEA PRIMARY KEY);
CREATE TABLE IF NOT EXISTS news (chat BIGINT, thread BIGINT, document TEXT, matter TEXT, at DOUBLE PRECISION,
    PRIMARY KEY (chat, thread, document));
CREATE TABLE IF NOT EXISTS pending (chat BIGINT, message BIGINT, thread BIGINT, language TEXT, at DOUBLE PRECISION,
    owner BIGINT NOT NULL DEFAULT 0, sending INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (chat, message));
CREATE TABLE IF NOT EXISTS updates (id BIGINT PRIMARY KEY, owner BIGINT, at DOUBLE PRECISION);
CREATE INDEX IF NOT EXISTS updates_by_age ON updates(at);
CREATE TABLE IF NOT EXISTS uploads (key TEXT PRIMARY KEY, files TEXT, at DOUBLE PRECISION);
CREATE TABLE IF NOT EXISTS shown (chat BIGINT, message BIGINT, answer TEXT, PRIMARY KEY (chat, message));
CREATE TABLE IF NOT EXISTS conversations (chat BIGINT, thread BIGINT, person BIGINT, turns TEXT, at DOUBLE PRECISION,
    PRIMARY KEY (chat, thread, person));
CREATE TABLE IF NOT EXISTS buckets (kind TEXT, who BIGINT, level DOUBLE PRECISION, at DOUBLE PRECISION, told INTEGER,
    PRIMARY KEY (kind, who));
"""
UPGRADES = {
    1: "ALTER TABLE pending ADD COLUMN owner BIGINT NOT NULL DEFAULT 0",
    2: "ALTER TABLE pending ADD COLUMN sending INTEGER NOT NULL DEFAULT 0",
}
"""What brings tables of an older format to the next."""


class StoreError(CitebotError):
    """The store cannot be read or written now."""


class Tables(Protocol):
    """A database that holds the tables of one bot. Every method is safe to call from any thread."""

    owner: int
    """A number of this replica's own, for as long as it runs."""
    shared: bool
    """Whether several replicas use the tables at once."""

    def lead(self) -> bool:
        """Tell whether this replica leads: at most one does; raises StoreError."""

    def run(self, sql: str, values: Iterable[Any] = ()) -> list[tuple]:
        """Run one statement; raises StoreError."""

    def transaction(self, work: Callable[[Run], T]) -> T:
        """Let ``work`` run statements that take effect together or not at all; raises StoreError."""

    def has_ended(self, owner: int) -> bool:
        """Tell whether the replica of this number is known to have ended."""

    def close(self) -> None:
        """Close the database."""


def check_format(found: int, place: object) -> None:
    """Make sure that this citebot knows the format of the tables in ``place``.

    Raises:
        CitebotError: a newer one wrote them.
    """
    if not 0 <= found <= FORMAT:
        raise CitebotError(
            f"{place} has format {found}, this citebot writes format {FORMAT}: update citebot, or move it away"
        )


_OF_CHATS = {
    "chat_settings": "name",
    "pending": "message",
    "watches": "thread, matter",
    "news": "thread, document",
    "conversations": "thread, person",
}
"""Tables of data that belong to a chat, with the rest of their key."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What a chat, or a topic of it, watches, and who asked for that in which language."""

    chat: int
    thread: int | None
    user: int
    subject: str
    language: str


class Store:
    """Every method is short and safe to call from any thread; any may raise StoreError."""

    def __init__(self, tables: Tables, now: Callable[[], float] = time.time):
        self._now = now
        self._tables = tables
        self.shared = tables.shared
        self.lead = tables.lead
        self._run = tables.run

    def close(self) -> None:
        """Close the database."""
        self._tables.close()

    def _day(self, days_ago: int = 0) -> str:
        return (datetime.fromtimestamp(self._now(), UTC) - timedelta(days=days_ago)).date().isoformat()

    def vote(self, answer: str, user: int, vote: int, question: str | None) -> None:
        """Store a person's vote on an answer (+1, 0, -1); it replaces an earlier one."""
        sql = (
            'INSERT INTO feedback VALUES (?,?,?,?,?) ON CONFLICT (answer, "user") DO UPDATE'
            " SET vote=excluded.vote, at=excluded.at, question=excluded.question"
        )
        self._run(sql, (answer, user, vote, self._now(), question))

    def keep_answer(self, key: str, chat: int, facts: str, messages: Iterable[int] = ()) -> None:
        """Store what the buttons of an answer need (JSON, without text); the oldest are deleted.

        ``messages`` are those that show it and the one that asks it: ``answer_of`` finds it by them.
        """
        sql = (
            "INSERT INTO answers VALUES (?,?,?,?) ON CONFLICT (key) DO UPDATE"
            " SET chat=excluded.chat, facts=excluded.facts, at=excluded.at"
        )
        self._run(sql, (key, chat, facts, self._now()))
        oldest = "SELECT at FROM answers ORDER BY at DESC LIMIT 1 OFFSET ?"
        gone = self._run(f"DELETE FROM answers WHERE at <= ({oldest}) RETURNING key", (MAX_ANSWERS,))
        for message in messages:
            sql = "INSERT INTO shown VALUES (?,?,?) ON CONFLICT (chat, message) DO UPDATE SET answer=excluded.answer"
            self._run(sql, (chat, message, key))
        for row in gone:
            self._run("DELETE FROM shown WHERE answer=?", row)

    def answer_of(self, chat: int, message: int) -> str | None:
        """Return the key of the answer that a message shows, or asks for."""
        found = self._run("SELECT answer FROM shown WHERE chat=? AND message=?", (chat, message))
        return found[0][0] if found else None

    def answer(self, key: str) -> tuple[int, str, dict[int, int]] | None:
        """Return (chat, facts, votes by person) of a stored answer."""
        found = self._run("SELECT chat, facts FROM answers WHERE key=?", (key,))
        votes = dict(self._run('SELECT "user", vote FROM feedback WHERE answer=?', (key,)))
        return (*found[0], votes) if found else None

    def disliked(self, limit: int) -> list[tuple[str, str | None]]:
        """Return (answer key, question or None where it is not stored) of the latest 👎."""
        sql = "SELECT answer, question FROM feedback WHERE vote<0 ORDER BY at DESC LIMIT ?"
        return [(answer, question) for answer, question in self._run(sql, (limit,))]

    def votes_since(self, days: int) -> tuple[int, int]:
        """Return the numbers of (👍, 👎) of the last days."""
        since = self._now() - days * 86400
        sql = "SELECT COUNT(*) FILTER (WHERE vote>0), COUNT(*) FILTER (WHERE vote<0) FROM feedback WHERE at>=?"
        return self._run(sql, (since,))[0]

    def count(self, name: str) -> None:
        """Add one to today's count of something."""
        sql = "INSERT INTO counts VALUES (?,?,1) ON CONFLICT (day, name) DO UPDATE SET number=counts.number+1"
        self._run(sql, (self._day(), name))

    def counted(self, name: str, days: int) -> int:
        """Return the count of something over the last days."""
        sql = "SELECT COALESCE(SUM(number),0) FROM counts WHERE name=? AND day>?"
        return self._run(sql, (name, self._day(days)))[0][0]

    def keep_person(self, user: int, name: str, language: str | None, allowed: bool) -> None:
        """Store somebody who requested access, or has it. The oldest requests are deleted."""
        sql = (
            'INSERT INTO people VALUES (?,?,?,?,?) ON CONFLICT ("user") DO UPDATE'
            " SET name=excluded.name, language=excluded.language, allowed=excluded.allowed, at=excluded.at"
        )
        self._run(sql, (user, name, language, int(allowed), self._now()))
        newest = 'SELECT "user" FROM people WHERE allowed=0 ORDER BY at DESC LIMIT ?'
        self._run(f'DELETE FROM people WHERE allowed=0 AND "user" NOT IN ({newest})', (MAX_REQUESTS,))

    def drop_person(self, user: int) -> None:
        """Delete somebody who requested access, or has it."""
        self._run('DELETE FROM people WHERE "user"=?', (user,))

    def person(self, user: int) -> tuple[str, str | None] | None:
        """Return (name, language) of somebody who requested access, or has it."""
        found = self._run('SELECT name, language FROM people WHERE "user"=?', (user,))
        return found[0] if found else None

    def people(self) -> list[tuple[int, str]]:
        """Return (id, name) of people with access, oldest first."""
        return self._run('SELECT "user", name FROM people WHERE allowed=1 ORDER BY at')

    def move_chat(self, old: int, new: int) -> None:
        """Follow a group that became a supergroup: its id changes, its settings stay."""

        def move(run: Run) -> None:
            run("INSERT INTO moved VALUES (?,?) ON CONFLICT (old) DO UPDATE SET new=excluded.new", (old, new))
            for table, names in _OF_CHATS.items():
                # The new chat's own rows with the same key are replaced.
                same = f"SELECT {names} FROM {table} WHERE chat=?"
                run(f"DELETE FROM {table} WHERE chat=? AND ({names}) IN ({same})", (new, old))
                run(f"UPDATE {table} SET chat=? WHERE chat=?", (new, old))

        self._tables.transaction(move)

    def moved_chats(self) -> dict[int, int]:
        """Return the new id by the old one, of every group that moved."""
        return dict(self._run("SELECT old, new FROM moved"))

    def set_language(self, chat: int, code: str) -> None:
        """Store the language chosen in a chat."""
        sql = "INSERT INTO chat_settings VALUES (?,?,?) ON CONFLICT (chat, name) DO UPDATE SET value=excluded.value"
        self._run(sql, (chat, "language", code))

    def languages(self) -> dict[int, str]:
        """Return the language chosen in each chat."""
        return dict(self._run("SELECT chat, value FROM chat_settings WHERE name=?", ("language",)))

    def watch(self, watch: Watch) -> None:
        """Store a watch."""
        sql = (
            "INSERT INTO watches VALUES (?,?,?,?,?,?) ON CONFLICT (chat, thread, matter) DO UPDATE"
            ' SET "user"=excluded."user", language=excluded.language, at=excluded.at'
        )
        self._run(sql, (watch.chat, watch.thread or 0, watch.user, watch.subject, watch.language, self._now()))

    def unwatch(self, chat: int, thread: int | None, subject: str) -> None:
        """Delete a watch, and its queued news."""
        for table in ("watches", "news"):
            self._run(f"DELETE FROM {table} WHERE chat=? AND thread=? AND matter=?", (chat, thread or 0, subject))

    def watches(self, chat: int | None = None, thread: int | None = None) -> list[Watch]:
        """Return the watches of one chat and topic or of all, oldest first."""
        where, values = ("", ()) if chat is None else ("WHERE chat=? AND thread=?", (chat, thread or 0))
        rows = self._run(f'SELECT chat, thread, "user", matter, language FROM watches {where} ORDER BY at', values)
        return [Watch(chat, thread or None, user, subject, language) for chat, thread, user, subject, language in rows]

    def seen(self) -> set[bytes]:
        """Return the keys of documents marked as seen."""
        return {bytes(key) for (key,) in self._run("SELECT document FROM seen")}

    def see(self, keys: Iterable[bytes], news: Iterable[tuple[int, int | None, str, str]] = ()) -> None:
        """Mark documents as seen and queue news, (chat, thread, document, subject), in one transaction."""
        keys, rows = list(keys), list(news)

        def write(run: Run) -> None:
            for key in keys:
                run("INSERT INTO seen VALUES (?) ON CONFLICT DO NOTHING", (key,))
            for chat, thread, document, subject in rows:
                values = (chat, thread or 0, document, subject, self._now())
                run("INSERT INTO news VALUES (?,?,?,?,?) ON CONFLICT DO NOTHING", values)

        self._tables.transaction(write)

    def news(self) -> dict[tuple[int, int | None], list[tuple[str, str]]]:
        """Return the queued news, (document, subject) by chat and topic, oldest first."""
        found: dict[tuple[int, int | None], list[tuple[str, str]]] = {}
        for chat, thread, *row in self._run("SELECT chat, thread, document, matter FROM news ORDER BY at, document"):
            found.setdefault((chat, thread or None), []).append(tuple(row))
        return found

    def end_news(self, chat: int, thread: int | None, documents: Iterable[str]) -> None:
        """Delete queued news."""
        ended = list(documents)

        def write(run: Run) -> None:
            for document in ended:
                run("DELETE FROM news WHERE chat=? AND thread=? AND document=?", (chat, thread or 0, document))

        self._tables.transaction(write)

    def begin_updates(self, updates: Iterable[tuple[int, tuple[int, int, int | None, str] | None]]) -> set[int]:
        """Record received updates, (number, its question or None); return those that another run has begun.

        A question is recorded as (chat, message, thread, language), without its text.
        Whoever began one answers it, or its sender is told: so a question is neither lost nor answered twice.
        """
        received = list(updates)
        sql = (
            "INSERT INTO updates VALUES (?,?,?) ON CONFLICT (id) DO UPDATE SET at=excluded.at"
            " WHERE updates.owner=excluded.owner RETURNING id"
        )
        asked = (
            "INSERT INTO pending VALUES (?,?,?,?,?,?,0) ON CONFLICT (chat, message) DO UPDATE"
            " SET thread=excluded.thread, language=excluded.language, at=excluded.at, owner=excluded.owner, sending=0"
        )

        def begin(run: Run) -> set[int]:
            repeated = set()
            for number, row in received:
                if not run(sql, (number, self._tables.owner, self._now())):
                    repeated.add(number)
                elif row is not None:
                    run(asked, (*row, self._now(), self._tables.owner))
            run("DELETE FROM updates WHERE at<?", (self._now() - UPDATES_KEPT_S,))
            return repeated

        return self._tables.transaction(begin)

    def keep_upload(self, key: str, files: str) -> None:
        """Store files (JSON) that await confirmation; the oldest are deleted."""
        self._run("INSERT INTO uploads VALUES (?,?,?)", (key, files, self._now()))
        oldest = "SELECT at FROM uploads ORDER BY at DESC LIMIT 1 OFFSET ?"
        self._run(f"DELETE FROM uploads WHERE at <= ({oldest})", (MAX_UPLOADS,))

    def take_upload(self, key: str) -> str | None:
        """Return files that await confirmation, and delete them: they are confirmed once."""
        found = self._run("DELETE FROM uploads WHERE key=? RETURNING files", (key,))
        return found[0][0] if found else None

    def keep_conversation(self, chat: int, thread: int | None, person: int | None, turns: str, life: float) -> None:
        """Store the turns (JSON) of a conversation; those without a turn for ``life`` seconds are deleted."""
        sql = (
            "INSERT INTO conversations VALUES (?,?,?,?,?) ON CONFLICT (chat, thread, person) DO UPDATE"
            " SET turns=excluded.turns, at=excluded.at"
        )
        self._run(sql, (chat, thread or 0, person or 0, turns, self._now()))
        self._run("DELETE FROM conversations WHERE at<?", (self._now() - life,))

    def conversation(self, chat: int, thread: int | None, person: int | None, life: float) -> str | None:
        """Return the turns of a conversation, None after ``life`` seconds without one."""
        sql = "SELECT turns FROM conversations WHERE chat=? AND thread=? AND person=? AND at>=?"
        found = self._run(sql, (chat, thread or 0, person or 0, self._now() - life))
        return found[0][0] if found else None

    def forget_conversation(self, chat: int, thread: int | None, person: int | None) -> None:
        """Delete a conversation."""
        sql = "DELETE FROM conversations WHERE chat=? AND thread=? AND person=?"
        self._run(sql, (chat, thread or 0, person or 0))

    def take(self, kind: str, who: int | None, per_minute: float, burst: float) -> Verdict:
        """Take a token from a bucket that all replicas share; see ``TokenBuckets``."""
        if per_minute <= 0:
            return Verdict(True)
        key = (kind, who or 0)

        def taken(run: Run) -> Verdict:
            now = self._now()
            run("DELETE FROM buckets WHERE at<?", (now - burst * 60 / per_minute - 60,))
            run("INSERT INTO buckets VALUES (?,?,?,?,0) ON CONFLICT (kind, who) DO NOTHING", (*key, burst, now))
            # Writing first holds the row against the other replicas.
            sql = "UPDATE buckets SET told=told WHERE kind=? AND who=? RETURNING level, at, told"
            ((level, at, told),) = run(sql, key)
            level, verdict = draw(level, now - at, bool(told), per_minute, burst)
            sql = "UPDATE buckets SET level=?, at=?, told=? WHERE kind=? AND who=?"
            run(sql, (level, max(now, at), int(not verdict.allowed), *key))
            return verdict

        return self._tables.transaction(taken)

    def mark_sending(self, chat: int, message: int, sending: bool) -> bool:
        """Record that a reply to a question may arrive from now on, or that it did not; see ``take_over``.

        Returns False if another replica has taken the question over.
        """
        mine = "UPDATE pending SET sending=? WHERE chat=? AND message=? AND owner=? RETURNING 1"
        if self._run(mine, (int(sending), chat, message, self._tables.owner)):
            return True
        return not self._run("SELECT 1 FROM pending WHERE chat=? AND message=?", (chat, message))

    def end_question(self, chat: int, message: int) -> None:
        """Delete the record of a question that was answered."""
        self._run("DELETE FROM pending WHERE chat=? AND message=?", (chat, message))

    def unanswered(self) -> list[tuple[int, int, int | None, str]]:
        """Return (chat, message, thread, language) of received questions without an answer, oldest first."""
        return self._run("SELECT chat, message, thread, language FROM pending ORDER BY at")

    def take_over(self) -> list[tuple[int, int, int | None, str, int]]:
        """Make the open questions of replicas that have ended this one's own; return them, as ``unanswered`` does.

        The last value of each is 1 where a reply may have arrived.
        """
        others = self._run("SELECT DISTINCT owner FROM pending WHERE owner<>?", (self._tables.owner,))
        taken = "UPDATE pending SET owner=? WHERE owner=? RETURNING chat, message, thread, language, sending"
        return [
            row
            for (owner,) in others
            if self._tables.has_ended(owner)
            for row in self._run(taken, (self._tables.owner, owner))
        ]
