"""The tables of a bot in a file of its own: SQLite, one connection behind one lock."""

import logging
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout

from bot.telegram.state.store import FORMAT, TABLES, UPGRADES, Run, StoreError, check_format
from embeddings.errors import CitebotError

T = TypeVar("T")
log = logging.getLogger("citebot")


class SqliteTables:
    """See ``Tables``. There is only one replica: whoever holds the lock beside the file knows that others have ended.

    Raises:
        CitebotError: the file cannot be used, or a newer citebot wrote it.
    """

    shared = False

    def __init__(self, path: Path):
        self.owner = 1 + secrets.randbits(62)
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
            (found,) = self._db.execute("PRAGMA user_version").fetchone()
            check_format(found, path)
            for number in range(found or FORMAT, FORMAT):
                self._db.execute(UPGRADES[number])
            self._db.executescript(f"{TABLES} PRAGMA user_version={FORMAT}")
        except sqlite3.Error as error:
            raise CitebotError(
                f"{path} can't be used as the bot's store ({error}): check permissions, or move the file away"
            ) from error
        self._alone = FileLock(path.with_name("bot.lock"))
        try:
            self._alone.acquire(blocking=False)
        except Timeout:
            log.warning("another bot uses the same index folder: unanswered questions are left to it")

    def run(self, sql: str, values: Iterable[Any] = ()) -> list[tuple]:
        """See ``Tables``."""
        with self._telling():
            return self._db.execute(sql, tuple(values)).fetchall()

    def transaction(self, work: Callable[[Run], T]) -> T:
        """See ``Tables``."""
        with self._telling(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            return work(self.run)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise StoreError(f"the bot's store can't be used ({error})") from error

    def has_ended(self, owner: int) -> bool:
        """See ``Tables``."""
        return owner != self.owner and self._alone.is_locked

    def lead(self) -> bool:
        """See ``Tables``: there is no other replica."""
        return True

    def close(self) -> None:
        """See ``Tables``."""
        with self._lock:
            self._db.close()
        self._alone.release()
