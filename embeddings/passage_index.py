"""The seam between questions and where passages are kept: a folder (``index/``) or PostgreSQL (``postgres/``).

What a place is called decides: a ``Path`` is a folder, a ``Database`` an address. The driver of the database is
imported only where one is named.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from embeddings.documents.document import Document
from embeddings.documents.filters import Filters
from embeddings.index import catalogue, integrity
from embeddings.index.catalogue import NoIndex
from embeddings.index.integrity import Problem
from embeddings.index.plan import Known
from embeddings.index.snapshot import DocumentFacts
from embeddings.postgres.address import Database
from embeddings.postgres.driver import needing_driver
from embeddings.search.passage import Passage
from embeddings.text.offsets import Chunk

if TYPE_CHECKING:
    from embeddings.index.build import BuildReport

Place = Path | Database
"""Where an index is kept."""


class Numbered(Protocol):
    """Which generation it is, and how many passages it has."""

    number: int
    rows: int


class View(Protocol):
    """One generation of an index, which later builds do not change."""

    facts: dict[str, str]
    """Format, encoder, generation and so on, as its build wrote them."""
    folder: object
    """The index's place, as it is shown to people."""
    serves_documents: bool
    """As in ``PassageIndex``."""

    @property
    def generation(self) -> Numbered:
        """Its number and its size."""

    def documents(self) -> dict[int, DocumentFacts]:
        """Return the facts of all documents by their row id, in order of their paths."""

    def find(self, path: str) -> DocumentFacts | None:
        """Return the facts of the document with this id, or None."""

    def document(self, path: str) -> Document:
        """Return a document as it was indexed; CitebotError where there is none."""

    def stretch(self, chunk: Chunk, limit: int) -> tuple[Chunk, str]:
        """Return a chunk with as many of its neighbours as ``limit`` characters hold, and their text."""

    def skipped(self) -> dict[str, str]:
        """Return the files that could not be read, with the reason of each."""

    def stamps(self, table: str = "documents") -> Known:
        """Return SHA-256 and stamps of the files that became documents, or of those that were ``skipped``."""

    def close(self) -> None:
        """Let go of it."""


class PassageIndex(Protocol):
    """An index that answers from its newest generation; safe to use from several threads."""

    snapshot: View
    """The generation that answers now."""
    trouble: str | None
    """Why the newest generation cannot be used; None where it can."""
    serves_documents: bool
    """Whether machines without the docs folder use it, too: a quote is then proven against the text it holds."""

    def view(self) -> AbstractContextManager[View]:
        """Hold one generation for a question, from its first look to its proof."""

    def search(self, view: View, question: str, vector: np.ndarray, *, top: int, filters: Filters) -> list[Passage]:
        """Return at most ``top`` passages by three channels, best first; ``vector`` is the question's, of length 1."""

    def weigh(self, view: View, terms: Sequence[str]) -> dict[str, float]:
        """Return each term's rarity (IDF)."""

    def holds_term(self, view: View, term: str) -> bool:
        """Tell whether any passage holds a term, as ``tokenize`` returns it."""

    def refresh(self, check: Callable[[View], None]) -> bool:
        """Go over to a newer generation that ``check`` does not refuse; tell whether there was one."""

    def size_bytes(self) -> int:
        """Return what the index takes of the disk."""

    def close(self) -> None:
        """Let go of the index."""


def open_index(place: Place) -> PassageIndex:
    """Open the index that is kept in a place.

    Raises:
        CitebotError: no index yet, one of another format, a damaged one, or a database that cannot be used.
    """
    if isinstance(place, Database):
        with needing_driver(place):
            from embeddings.postgres.database_index import PostgresIndex
        return PostgresIndex(place)
    from embeddings.index.embedded import EmbeddedIndex

    return EmbeddedIndex(place)


def build(docs: Path, place: Place, **options: Any) -> "BuildReport":
    """Bring the index in a place up to date with the files below ``docs``; ``options`` are ``build_index``'s.

    Raises:
        CitebotError: the docs folder is missing, or the place cannot be used.
    """
    if isinstance(place, Database):
        with needing_driver(place):
            from embeddings.postgres.build import build_index
    else:
        from embeddings.index.build import build_index
    return build_index(docs, place, **options)


def remembered_docs(place: Place) -> Path | None:
    """Return the docs folder that an index was built from; None where there is no index, or it does not say.

    Raises:
        CitebotError: the index cannot be read.
    """
    if not isinstance(place, Database):
        return catalogue.remembered_docs(place)
    try:
        opened = open_index(place)
    except NoIndex:
        return None
    own = opened.snapshot.facts["docs"]
    opened.close()
    return own_docs(place, own)


def verify(place: Place) -> list[Problem]:
    """Check an index whole, reading all of it; return what is wrong, nothing where all is well.

    Raises:
        CitebotError: a database cannot be used.
    """
    if not isinstance(place, Database):
        return integrity.verify(place)
    index = open_index(place)
    try:
        with index.view() as view:
            return view.problems()
    finally:
        index.close()


def docs_from(place: Place, docs: Path) -> str:
    """Return how an index remembers its docs folder: by the way from its own, a database by the absolute name."""
    return str(docs.resolve()) if isinstance(place, Database) else catalogue.docs_from(place, docs)


def own_docs(place: Place, remembered: str) -> Path:
    """Return the docs folder that ``docs_from`` described."""
    return Path(remembered) if isinstance(place, Database) else (place.resolve() / remembered).resolve()
