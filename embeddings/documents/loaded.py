"""What a loader returns, and how it says that it cannot."""

import datetime
from dataclasses import dataclass

from embeddings.documents.structure import NO_STRUCTURE, Structure


@dataclass(frozen=True, slots=True)
class Loaded:
    """The text of one file and what the file says of itself; a title or date that it does not state is None.

    An empty title says that the text's first line is none either, as that of a table: the file's name is the title.
    """

    text: str
    title: str | None = None
    date: datetime.date | None = None
    url: str | None = None
    structure: Structure = NO_STRUCTURE
    warning: str | None = None
    """What was wrong with the file and repaired, in one clause."""


class LoadError(Exception):
    """A file cannot be read. ``str(error)`` is one short clause, with the remedy where there is one."""
