"""A document: what a loader makes of one file, and the only coordinate system for every offset."""

import datetime
from dataclasses import dataclass

from embeddings.documents.structure import NO_STRUCTURE, Structure


@dataclass(frozen=True, slots=True)
class Document:
    """One article. Offsets everywhere count Unicode code points of ``text``.

    Nothing strips, joins or normalises ``text`` after loading: for ``.txt`` and ``.md`` it is the file decoded as
    UTF-8, unchanged.
    """

    id: str
    """Path below the docs folder, with ``/`` between the parts."""
    title: str
    text: str
    sha256: str
    """Hex digest of the file's bytes."""
    date: datetime.date | None = None
    url: str | None = None
    structure: Structure = NO_STRUCTURE
