"""The driver of PostgreSQL is an extra: it is imported only where a database is named."""

from collections.abc import Iterator
from contextlib import contextmanager

from embeddings.errors import CitebotError
from embeddings.postgres.address import Database


@contextmanager
def needing_driver(database: Database) -> Iterator[None]:
    """Say what to install where the driver cannot be imported.

    Raises:
        CitebotError: it cannot.
    """
    try:
        yield
    except ImportError as error:
        if not (error.name or "").startswith("psycopg") and "libpq" not in str(error):
            raise
        raise CitebotError(
            f"the index {database} needs the PostgreSQL driver, which is not installed ({error.msg}):"
            " run `pip install 'citebot[postgres]'`"
        ) from error
