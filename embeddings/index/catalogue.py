"""The catalogue: one SQLite file (WAL) that is the index's single source of truth and its single commit point.

Everything else in the index folder is derived from it. Rows carry a seal (a short hash of their own fields), because
SQLite pages have no checksum: a flipped bit inside a row would otherwise pass for data. This file knows tables and
rows only; what a build does is in ``build.py``, what a question reads is in ``snapshot.py``. Texts are kept apart, so
that facts about all documents are read without them.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embeddings.errors import CitebotError

FILE_NAME = "catalogue.sqlite"
FORMAT_VERSION = "9"
"""Raised whenever the tables, the seals or the meaning of a stored column change; older indexes are rebuilt."""
SEAL_BYTES = 8
"""64 bits: against accidents, not against an attacker (who could rewrite the seal as well)."""
BUSY_TIMEOUT_S = 30.0
LOG_BYTES = 4 << 20
"""What the log keeps of the disk once a new one begins: a large build's must not stay."""
DOCUMENT_FIELDS = (
    "id, path, title, date, url, characters, sha256, size, mtime_ns, ctime_ns, inode, structure, text_sha256"
)
"""The fields of a document's row that its seal covers, in the seal's order; its text has a hash of its own."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS facts(key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents(
  id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, title TEXT NOT NULL, date TEXT, url TEXT,
  characters INTEGER NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
  ctime_ns INTEGER NOT NULL, inode INTEGER NOT NULL, text_sha256 TEXT NOT NULL, structure TEXT NOT NULL,
  seal BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS texts(id INTEGER PRIMARY KEY, text BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS chunks(
  id INTEGER PRIMARY KEY AUTOINCREMENT, document INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
  byte_start INTEGER NOT NULL, byte_end INTEGER NOT NULL, content BLOB NOT NULL, seal BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS chunks_by_document ON chunks(document);
CREATE INDEX IF NOT EXISTS chunks_by_content ON chunks(content);
CREATE TABLE IF NOT EXISTS contents(
  hash BLOB PRIMARY KEY, vector BLOB NOT NULL, terms BLOB NOT NULL, seal BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS terms(id INTEGER PRIMARY KEY AUTOINCREMENT, term TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS skipped(
  path TEXT PRIMARY KEY, reason TEXT NOT NULL, sha256 TEXT, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER,
  inode INTEGER);
CREATE TABLE IF NOT EXISTS staged(
  path TEXT PRIMARY KEY, document INTEGER NOT NULL, title TEXT NOT NULL, text_sha256 TEXT NOT NULL,
  sha256 TEXT NOT NULL, date TEXT, url TEXT, characters INTEGER NOT NULL, structure TEXT NOT NULL,
  builder TEXT NOT NULL, chunks BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS segments(
  id INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, rows INTEGER NOT NULL, gone BLOB NOT NULL,
  files TEXT NOT NULL, seal BLOB NOT NULL);
"""
"""Ids of chunks and terms are never given twice: segments know passages and words by them. The text of a staged
document stands in ``texts`` already, under the id that the document will have."""


class NoIndex(CitebotError):
    """No build was ever finished in a folder."""

    def __init__(self, folder: Path):
        super().__init__(f"no index yet in {folder}: run `citebot index` to build it")


def seal(*fields: object) -> bytes:
    """Hash a row's fields into its seal. The lengths go in, so that no two rows read alike.

    >>> seal("ab", "c") == seal("a", "bc")
    False
    """
    blobs = [one for one in fields if isinstance(one, bytes)]
    head = repr([(len(one),) if isinstance(one, bytes) else one for one in fields]).encode()
    return hashlib.blake2b(b"".join([head, *blobs]), digest_size=SEAL_BYTES).digest()


def content_hash(encoder_identity: str, title: str, text: str) -> bytes:
    """Name a chunk's content: what the encoder sees (title and text) and which encoder sees it. 16 bytes."""
    digest = hashlib.blake2b(digest_size=16, key=encoder_identity.encode()[:64])
    digest.update(title.encode("utf-8", "surrogatepass") + b"\0" + text.encode("utf-8", "surrogatepass"))
    return digest.digest()


def open_for_building(folder: Path) -> sqlite3.Connection:
    """Open the catalogue for writing, creating folder and tables where they lack.

    Raises:
        CitebotError: the file is not a catalogue, or is damaged.
        OSError, sqlite3.OperationalError: the disk is full, read-only or failing; nothing is wrong with the file.
    """
    path = folder / FILE_NAME
    folder.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        # FULL: a commit is on the disk when it returns, so that a power cut cannot take back what was reported done.
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"PRAGMA journal_size_limit={LOG_BYTES}")
        connection.executescript(SCHEMA)
    except sqlite3.OperationalError:
        connection.close()
        raise
    except sqlite3.DatabaseError as error:
        connection.close()
        raise damaged(path, error) from error
    return connection


def open_for_reading(folder: Path) -> sqlite3.Connection:
    """Open the catalogue read-only, as one consistent view that later builds do not change.

    The view is a read transaction held open for the connection's life: WAL keeps what it needs. On a read-only disk
    WAL's shared-memory file cannot be made; with no log beside it the file is complete in itself and is opened as
    immutable.

    Raises:
        NoIndex: no build ever got so far as to make the catalogue's tables.
        CitebotError: the catalogue is damaged.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        raise NoIndex(folder)
    try:
        return _open_view(path, "mode=ro")
    except sqlite3.OperationalError as error:
        if _was_never_made(path, error):
            raise NoIndex(folder) from error
        log = path.with_name(FILE_NAME + "-wal")
        if log.exists() and log.stat().st_size:
            raise damaged(path, error) from error
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error
    try:
        return _open_view(path, "mode=ro&immutable=1")
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error


def fold(folder: Path) -> None:
    """Write the log's pages into the catalogue's file, as far as no reader needs the older ones; never wait.

    Raises:
        sqlite3.DatabaseError: it cannot be written.
    """
    connection = sqlite3.connect(folder / FILE_NAME, timeout=0, isolation_level=None)
    try:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    finally:
        connection.close()


def _open_view(path: Path, options: str) -> sqlite3.Connection:
    from urllib.parse import quote

    uri = f"file:{quote(str(path.absolute()))}?{options}"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM facts").fetchone()
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _was_never_made(path: Path, error: sqlite3.OperationalError) -> bool:
    """Tell a file whose builder was killed before its tables stood. One that lost them has a generation beside it."""
    return "no such table" in str(error) and not any(path.parent.glob("dense-*"))


def damaged(path: Path, error: object) -> CitebotError:
    """Word the failure that the catalogue cannot be read."""
    return CitebotError(f"the index catalogue {path} is damaged or unreadable ({error}): run `citebot index --rebuild`")


def other_format(folder: Path, found: str | None) -> str:
    """Word the refusal of an index that another version of citebot made."""
    return (
        f"the index in {folder} has format {found}, this citebot reads {FORMAT_VERSION}: run `citebot index --rebuild`"
    )


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit what happens inside, or roll it back where anything is raised."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def read_facts(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the build's own facts: format, encoder, generation, derived files and so on.

    Another format may be sealed in another way: its facts are returned as they are, and callers refuse the format.

    Raises:
        CitebotError: the facts do not carry their seal, so they cannot be believed.
    """
    facts = dict(connection.execute("SELECT key, value FROM facts"))
    sealed = facts.pop("seal", None)
    if facts.get("format", FORMAT_VERSION) != FORMAT_VERSION:
        return facts
    if facts and sealed != _facts_seal(facts):
        raise CitebotError("the index catalogue's own facts are damaged: run `citebot index --rebuild`")
    return facts


def docs_from(index: Path, docs: Path) -> str:
    """Return the way from an index to its docs folder, which stays the same where both are moved together."""
    return os.path.relpath(docs.resolve(), index.resolve())


def remembered_docs(index: Path) -> Path | None:
    """Return the docs folder that an index was built from; None where there is no index, or it does not say.

    Raises:
        CitebotError: the catalogue is damaged.
    """
    try:
        connection = open_for_reading(index)
    except NoIndex:
        return None
    try:
        known = read_facts(connection).get("docs")
    finally:
        connection.close()
    return None if known is None else (index.resolve() / known).resolve()


def write_facts(connection: sqlite3.Connection, facts: dict[str, str]) -> None:
    """Replace the build's own facts, inside the caller's transaction."""
    connection.execute("DELETE FROM facts")
    sealed = {**facts, "seal": _facts_seal(facts)}
    connection.executemany("INSERT INTO facts(key, value) VALUES(?, ?)", sealed.items())


def _facts_seal(facts: dict[str, str]) -> str:
    return seal(*(part for item in sorted(facts.items()) for part in item)).hex()
