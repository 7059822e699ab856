"""An index in PostgreSQL as an engine holds it: a question reads in one transaction, so from one generation."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from psycopg import Connection

from embeddings.errors import CitebotError
from embeddings.postgres.address import Database
from embeddings.postgres.connection import Pool
from embeddings.postgres.memory import GenerationMemory, Lists, Memory
from embeddings.postgres.schema import read_facts
from embeddings.postgres.search import holds_term, search_passages, weigh
from embeddings.postgres.view import PostgresView

log = logging.getLogger("citebot")

BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class PostgresIndex:
    """A ``PassageIndex`` in a database. Safe to use from several threads.

    Raises:
        CitebotError: no index yet, one of another version, or the database cannot be used.
    """

    serves_documents = True
    search = staticmethod(search_passages)
    weigh = staticmethod(weigh)
    holds_term = staticmethod(holds_term)

    def __init__(self, database: Database):
        self.database = database
        self.trouble: str | None = None
        self._pool = Pool(database)
        self._memory = Memory()
        self._generation = self.snapshot.generation.number

    @property
    def snapshot(self) -> PostgresView:
        """The newest generation; each of its statements reads what is newest then."""
        with self._pool.connection() as connection:
            facts = read_facts(connection, self.database)
        # What its statements read may be of a later generation: none of it is kept.
        return PostgresView(self.database, GenerationMemory(facts, Lists()), self._run_alone, self._beside)

    def _run_alone(self, sql: str, parameters: tuple = (), *, binary: bool = False) -> list[tuple]:
        with self._pool.connection() as connection:
            return _run(connection, sql, parameters, binary=binary)

    @contextmanager
    def _beside(self, sql: str, parameters: tuple) -> Iterator[Callable[[], list[tuple]]]:
        # In a pipeline what is sent is not waited for before its rows are wanted.
        with self._pool.connection() as connection, connection.pipeline():
            yield connection.cursor(binary=True).execute(sql, parameters).fetchall

    @contextmanager
    def view(self) -> Iterator[PostgresView]:
        """Hold one generation for a question, from its first look to its proof.

        Raises:
            ConnectionLost: the server went away; the question can be asked again.
        """
        # In a pipeline the first statement and the last one need no answer of their own.
        with self._pool.connection() as connection, connection.pipeline():
            connection.execute(BEGIN)
            facts = read_facts(connection, self.database)
            yield PostgresView(self.database, self._memory.of(facts), partial(_run, connection), self._beside)
            connection.execute("ROLLBACK")

    def refresh(self, check: Callable[[PostgresView], None]) -> bool:
        """Tell whether there is a newer generation than at the last look, which a question reads by itself.

        What ``check`` refuses, or a database that cannot be used, becomes the ``trouble``; questions are told it.
        """
        try:
            newest = self.snapshot
            if newest.generation.number == self._generation:
                self.trouble = None
                return False
            check(newest)
        except CitebotError as error:
            if self.trouble != str(error):
                log.warning("the index cannot be used: %s", error)
            self.trouble = str(error)
            return False
        self.trouble = None
        self._generation = newest.generation.number
        return True

    def size_bytes(self) -> int:
        """Return what the index takes of the server's disk."""
        tables = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r'"
        return int(self._run_alone(f"{tables} AND relnamespace = 'citebot'::regnamespace")[0][0])

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


def _run(connection: Connection, sql: str, parameters: tuple = (), *, binary: bool = False) -> list[tuple]:
    return connection.cursor(binary=binary).execute(sql, parameters or None).fetchall()
