"""The tables of an index in PostgreSQL, in a schema of their own, with a version.

Texts are bytes, since PostgreSQL's text knows neither NUL nor lone surrogates. Offsets are those of the embedded index.
Vectors stand in a table of their own, once for each content: HNSW takes milliseconds for a row that is added, and the
chunks of a changed document are mostly as they were.
"""

import psycopg
from psycopg import Connection

from embeddings.errors import CitebotError
from embeddings.index.catalogue import NoIndex
from embeddings.postgres.address import Database

VERSION = "3"
"""Raised whenever the tables or the meaning of a column change; an index with another one is rebuilt."""
EXTENSION = "vector"
WANTED = "pgvector 0.8 or newer"

SCHEMA = """
CREATE SCHEMA IF NOT EXISTS citebot;
CREATE TABLE IF NOT EXISTS facts(key text PRIMARY KEY, value text NOT NULL);
CREATE TABLE IF NOT EXISTS documents(
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, path text COLLATE "C" NOT NULL UNIQUE, title text NOT NULL,
  date text COLLATE "C", url text, characters bigint NOT NULL, sha256 text NOT NULL, size bigint NOT NULL,
  mtime_ns bigint NOT NULL, ctime_ns bigint NOT NULL, inode bigint NOT NULL, structure text NOT NULL,
  text_sha256 text NOT NULL, first_chunk bigint NOT NULL, chunks int NOT NULL, text bytea NOT NULL);
ALTER TABLE documents ALTER text SET STORAGE EXTERNAL;
CREATE INDEX IF NOT EXISTS documents_by_date ON documents(date);
CREATE TABLE IF NOT EXISTS chunks(
  id bigint PRIMARY KEY, document bigint NOT NULL REFERENCES documents ON DELETE CASCADE,
  start bigint NOT NULL, "end" bigint NOT NULL, byte_start bigint NOT NULL, byte_end bigint NOT NULL,
  content bytea NOT NULL, bag bytea NOT NULL);
CREATE INDEX IF NOT EXISTS chunks_by_document ON chunks(document, start);
CREATE INDEX IF NOT EXISTS chunks_by_content ON chunks USING hash (content);
CREATE TABLE IF NOT EXISTS vectors(content bytea PRIMARY KEY, embedding halfvec NOT NULL);
CREATE TABLE IF NOT EXISTS terms(
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, term text COLLATE "C" NOT NULL UNIQUE, df int NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS segments(
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text NOT NULL, last bigint NOT NULL, rows int NOT NULL,
  runs bytea NOT NULL, gone bytea NOT NULL);
CREATE TABLE IF NOT EXISTS postings(
  segment int NOT NULL, key bigint NOT NULL, entries bytea NOT NULL, PRIMARY KEY (segment, key));
ALTER TABLE postings ALTER entries SET STORAGE EXTERNAL;
CREATE TABLE IF NOT EXISTS skipped(
  path text COLLATE "C" PRIMARY KEY, reason text NOT NULL, sha256 text, size bigint, mtime_ns bigint, ctime_ns bigint,
  inode bigint);
CREATE TABLE IF NOT EXISTS staged(
  path text COLLATE "C" PRIMARY KEY, title text NOT NULL, date text, url text, characters bigint NOT NULL,
  sha256 text NOT NULL, structure text NOT NULL, text_sha256 text NOT NULL, text bytea NOT NULL,
  builder text NOT NULL);
CREATE TABLE IF NOT EXISTS staged_chunks(
  path text COLLATE "C" NOT NULL REFERENCES staged ON DELETE CASCADE, number int NOT NULL,
  start bigint NOT NULL, "end" bigint NOT NULL, byte_start bigint NOT NULL, byte_end bigint NOT NULL,
  content bytea NOT NULL, embedding halfvec NOT NULL, bag bytea NOT NULL, PRIMARY KEY (path, number));
CREATE INDEX IF NOT EXISTS staged_chunks_by_content ON staged_chunks USING hash (content);
"""
TABLES = (
    "staged_chunks",
    "staged",
    "skipped",
    "postings",
    "segments",
    "terms",
    "vectors",
    "chunks",
    "documents",
    "facts",
)


def create_tables(connection: Connection, database: Database) -> None:
    """Create extension and tables where they lack; where there are, nothing that waits for open questions.

    Raises:
        CitebotError: the server has not the extension, or the user may not create it.
    """
    if connection.execute(f"SELECT to_regclass('citebot.{TABLES[0]}')").fetchone()[0]:
        return
    try:
        connection.execute(f"CREATE EXTENSION IF NOT EXISTS {EXTENSION}")
    except psycopg.errors.InsufficientPrivilege as error:
        raise CitebotError(
            f"the database {database} has no extension {EXTENSION}, and the user may not create it:"
            f" have an administrator run CREATE EXTENSION {EXTENSION} there"
        ) from error
    except (psycopg.errors.UndefinedFile, psycopg.errors.FeatureNotSupported) as error:
        raise CitebotError(
            f"the server of {database} has no extension {EXTENSION}: install {WANTED}, then run it again"
        ) from error
    with connection.transaction():
        connection.execute(SCHEMA)


def drop_tables(connection: Connection) -> None:
    """Delete all that an index has in the database."""
    with connection.transaction():
        for name in TABLES:
            connection.execute(f"DROP TABLE IF EXISTS {name} CASCADE")


def read_facts(connection: Connection, database: Database) -> dict[str, str]:
    """Return the facts of the newest generation that the connection's transaction sees.

    Raises:
        NoIndex: no build was ever finished there.
        CitebotError: the tables are those of another version.
    """
    try:
        facts = dict(connection.execute("SELECT key, value FROM facts").fetchall())
    except psycopg.errors.UndefinedTable as error:
        raise NoIndex(database) from error
    if "generation" not in facts:
        raise NoIndex(database)
    check_version(facts, database)
    return facts


def check_version(facts: dict[str, str], database: Database) -> None:
    """Make sure that the tables are those of this citebot.

    Raises:
        CitebotError: they are those of another version.
    """
    found = facts.get("format", VERSION)
    if found != VERSION:
        raise CitebotError(
            f"the index in {database} has tables of version {found}, this citebot reads {VERSION}:"
            " run `citebot index --rebuild`"
        )


def write_facts(connection: Connection, facts: dict[str, str]) -> None:
    """Replace the facts, inside the caller's transaction."""
    connection.execute("DELETE FROM facts")
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO facts VALUES(%s, %s)", list(facts.items()))
