"""Connections to PostgreSQL, and one line for each way in which they fail."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict

from embeddings.errors import CitebotError, ConnectionLost
from embeddings.postgres.address import Database

# The driver warns of what else fails where a connection was lost; the question itself tells of that.
logging.getLogger("psycopg").setLevel(logging.ERROR)

CONNECT_TIMEOUT_S = 10
LOCK_TIMEOUT = "5s"
"""A question has two connections, and the server cannot see that one waits for the other: no lock is worth longer."""
EF_SEARCH = 100
"""Candidates HNSW keeps while it searches: benchmarks/index/postgres.py measures its recall against an exact search."""
SETTINGS = f"""
SET search_path = citebot, public;
SET hnsw.ef_search = {EF_SEARCH};
SET hnsw.iterative_scan = strict_order;
"""


def connect(database: Database) -> Connection:
    """Open a connection; each statement is a transaction of its own unless one is begun.

    Raises:
        ConnectionLost: no server answers there now.
        CitebotError: the address, the password or the name of the database is wrong.
    """
    try:
        if not database.is_escaped:
            raise psycopg.ProgrammingError
        options = {"connect_timeout": CONNECT_TIMEOUT_S, **conninfo_to_dict(database.url)}
    except psycopg.ProgrammingError:
        # libpq would quote the part it could not read, which may be of a password.
        raise CitebotError(
            f"the address {database} is none that PostgreSQL reads: write postgresql://USER:PASSWORD@HOST:PORT/NAME,"
            " with signs in the password as %XX"
        ) from None
    try:
        connection = psycopg.connect(**options, autocommit=True)
    except psycopg.OperationalError as error:
        raise _cannot_connect(database, str(error)) from None
    with telling(database):
        connection.execute(SETTINGS)
    return connection


def _cannot_connect(database: Database, said: str) -> CitebotError:
    line = said.strip().splitlines()[-1].rpartition("FATAL:")[2].strip() if said.strip() else "no reason given"
    if "password" in said or "authentication" in said:
        return CitebotError(
            f"the database {database} refuses the user or the password ({line}): correct them in CITEBOT_INDEX"
        )
    if "does not exist" in said:
        return CitebotError(f"the database {database} cannot be used ({line}): create it, or correct CITEBOT_INDEX")
    return ConnectionLost(f"no connection to the database {database} ({line}): see that it runs and can be reached")


@contextmanager
def telling(database: Database) -> Iterator[None]:
    """Turn what the driver raises into one line.

    Raises:
        ConnectionLost: the server went away.
        CitebotError: it refused a statement.
    """
    try:
        yield
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        if isinstance(error, psycopg.errors.OperationalError) and _is_full(error):
            raise CitebotError(f"the database {database} has no room ({_first(error)}): give it more") from error
        raise ConnectionLost(
            f"the connection to the database {database} was lost ({_first(error)}): see that it runs, then try again"
        ) from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise CitebotError(
            f"the database {database} does not allow what is needed ({_first(error)}): grant it to the user"
        ) from error
    except psycopg.errors.ReadOnlySqlTransaction as error:
        raise CitebotError(
            f"the database {database} is read only, as a standby is ({_first(error)}):"
            " name the primary in CITEBOT_INDEX"
        ) from error
    except psycopg.Error as error:
        raise CitebotError(
            f"the database {database} refused a statement ({_first(error)}): run `citebot doctor`"
        ) from error


def _is_full(error) -> bool:
    return (error.sqlstate or "").startswith("53")


def _first(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


class Pool:
    """Connections that are open and not in use; there are as many as questions were ever asked at once."""

    def __init__(self, database: Database):
        self.database = database
        self._idle: list[Connection] = []
        self._lock = threading.Lock()

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Lend a connection; one that failed is closed.

        Raises:
            CitebotError: as ``connect`` and ``telling``.
        """
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._connect()
        try:
            with telling(self.database):
                yield connection
        except BaseException as error:
            connection.close()
            if isinstance(error, ConnectionLost):
                self.close()  # those that wait lost theirs as well
            raise
        with self._lock:
            self._idle.append(connection)

    def _connect(self) -> Connection:
        connection = connect(self.database)
        connection.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        return connection

    def close(self) -> None:
        """Close those that are not in use."""
        with self._lock:
            for connection in self._idle:
                connection.close()
            self._idle.clear()
