"""The address of a database: its password is in no text that is shown."""

from dataclasses import dataclass, field

SCHEMES = ("postgresql://", "postgres://")


@dataclass(frozen=True, slots=True)
class Database:
    """A PostgreSQL address as libpq reads it; ``str`` leaves out password and options.

    >>> print(Database("postgresql://bot:secret@db.example:5432/news?sslmode=require"))
    postgresql://bot@db.example:5432/news
    """

    url: str = field(repr=False)

    def __str__(self) -> str:
        scheme, _, rest = self.url.partition("://")
        # Whatever comes before the last @ may be part of a password, though its signs were not escaped.
        credentials, at, place = rest.rpartition("@")
        return f"{scheme}://{credentials.partition(':')[0]}{at}{place.partition('?')[0]}"

    @property
    def is_escaped(self) -> bool:
        """Whether user and password hold none of the signs that end them."""
        credentials = self.url.partition("://")[2].rpartition("@")[0]
        return not set(credentials) & set("/?#@")


def is_database(text: str) -> bool:
    """Tell an address from the name of a folder."""
    return text.startswith(SCHEMES)
