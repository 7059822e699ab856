"""The tables of a bot in PostgreSQL, in a schema of its own beside the index: its replicas share them.

A replica holds advisory locks for as long as its connection lives: one on its own number, by which the others see that
it runs, and one shared by all, whose holder is the leader. The server releases both when the replica ends.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import psycopg
from psycopg import Connection

from bot.telegram.state.store import FORMAT, TABLES, UPGRADES, Run, StoreError, check_format
from embeddings.errors import CitebotError, ConnectionLost
from embeddings.postgres.address import Database
from embeddings.postgres.connection import connect, telling

T = TypeVar("T")
GRACE_S = 5.0
"""A replica missing for this long has ended; after a restart of the server each needs a moment to reconnect."""

LOCK_CLASS = 0x63620000
"""The upper half of the keys of a bot's locks; the replicas' own are random numbers."""

KEEPALIVE = "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 2"
"""So that a machine that lost its power is noticed within 15 s."""


class PostgresTables:
    """See ``Tables``. One connection behind one lock; after it was lost, a new one is opened at the next statement.

    Raises:
        CitebotError: the database cannot be used or written, or a newer citebot wrote the tables.
    """

    shared = True

    def __init__(self, database: Database, bot: int):
        self.owner = 1 + secrets.randbits(62)
        self._database = database
        self._schema = f"citebot_bot_{bot:d}"
        self._lock = threading.RLock()
        self._missing: dict[int, float] = {}
        self._leads = False
        self._connection: Connection | None = None
        with telling(database), connect(database) as connection:
            self._prepare(connection)

    def _prepare(self, connection: Connection) -> None:
        """Create the tables, or bring them to this format; replicas that start at once take turns."""
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK_CLASS,))
            try:
                with connection.transaction():
                    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {self._schema}")
            except psycopg.errors.InsufficientPrivilege as error:
                raise CitebotError(
                    f"the user of {self._database} may not create the bot's schema: have an administrator run"
                    f" GRANT CREATE ON DATABASE to that user, or CREATE SCHEMA {self._schema} AUTHORIZATION it"
                ) from error
            connection.execute(f"SET LOCAL search_path = {self._schema}")
            connection.execute("CREATE TABLE IF NOT EXISTS format (number INTEGER)")
            found = (connection.execute("SELECT number FROM format").fetchone() or (0,))[0]
            check_format(found, f"the schema {self._schema} in {self._database}")
            for number in range(found or FORMAT, FORMAT):
                connection.execute(UPGRADES[number])
            connection.execute(TABLES)
            connection.execute("DELETE FROM format")
            connection.execute("INSERT INTO format VALUES (%s)", (FORMAT,))

    def run(self, sql: str, values: Iterable[Any] = ()) -> list[tuple]:
        """See ``Tables``."""
        values = tuple(values)
        return self._twice(lambda connection: _execute(connection, sql, values))

    def transaction(self, work: Callable[[Run], T]) -> T:
        """See ``Tables``; where the connection is lost, ``work`` is done once more."""

        def whole(connection: Connection) -> T:
            with connection.transaction():
                return work(lambda sql, values=(): _execute(connection, sql, values))

        return self._twice(whole)

    def _twice(self, work: Callable[[Connection], T]) -> T:
        with self._lock:
            try:
                try:
                    return self._once(work)
                except ConnectionLost:
                    return self._once(work)
            except StoreError:
                raise
            except CitebotError as error:
                raise StoreError(str(error)) from error

    def _once(self, work: Callable[[Connection], T]) -> T:
        try:
            if self._connection is None:
                self._connection = self._open()
            with telling(self._database):
                return work(self._connection)
        except ConnectionLost:
            self._drop()
            raise

    def _open(self) -> Connection:
        connection = connect(self._database)
        with telling(self._database):
            connection.execute(f"SET search_path = {self._schema}; {KEEPALIVE}")
            # Shared: after a lost connection the server may hold the old one's for a while.
            connection.execute("SELECT pg_advisory_lock_shared(%s)", (self.owner,))
        return connection

    def _drop(self) -> None:
        self._leads = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def lead(self) -> bool:
        """Tell whether this replica leads; it becomes the leader where there is none."""
        with self._lock:
            if not self._leads:
                sql = "SELECT pg_try_advisory_lock(?, hashtext(?))"
                ((self._leads,),) = self.run(sql, (LOCK_CLASS, self._schema))
            else:
                self.run("SELECT 1")  # a lost connection is noticed here, and with it goes the lock
            return self._leads

    def has_ended(self, owner: int) -> bool:
        """See ``Tables``. A replica has ended when its lock is free, and still is ``GRACE_S`` later."""
        ((free,),) = self.run("SELECT pg_try_advisory_lock(?)", (owner,))
        if not free:
            self._missing.pop(owner, None)
            return False
        self.run("SELECT pg_advisory_unlock(?)", (owner,))
        now = time.monotonic()
        return now - self._missing.setdefault(owner, now) >= GRACE_S

    def close(self) -> None:
        """See ``Tables``."""
        with self._lock:
            self._drop()


def _execute(connection: Connection, sql: str, values: Iterable[Any] = ()) -> list[tuple]:
    # PostgreSQL's text knows no NUL.
    values = [one.replace("\0", "") if isinstance(one, str) else one for one in values]
    cursor = connection.execute(sql.replace("?", "%s"), values or None)
    return cursor.fetchall() if cursor.description else []
