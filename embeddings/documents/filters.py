"""Which documents a question may be answered from: by path and by date."""

from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from unicodedata import normalize


@dataclass(frozen=True, slots=True)
class Filters:
    """``paths`` are globs over document ids (any may match), or folders; ``since`` and ``until`` are inclusive dates.

    A document without a date never passes a date filter: it cannot be shown to lie inside the range.
    """

    paths: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return bool(self.paths) or self.since is not None or self.until is not None

    def admit(self, document_id: str, document_date: date | None) -> bool:
        """Tell whether a document passes every filter."""
        if self.paths and not any(_fits(document_id, pattern) for pattern in self.paths):
            return False
        if self.since is None and self.until is None:
            return True
        if document_date is None:
            return False
        return (self.since is None or document_date >= self.since) and (
            self.until is None or document_date <= self.until
        )


def _fits(document_id: str, pattern: str) -> bool:
    """Tell whether an id fits a glob, or lies in the folder that is named; Unicode forms of a path are one."""
    path, pattern = normalize("NFC", document_id), normalize("NFC", pattern)
    return fnmatchcase(path, pattern) or path.startswith(pattern.removesuffix("/") + "/")
