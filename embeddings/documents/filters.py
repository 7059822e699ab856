"""Which documents a question may be answered from: by path and by date."""

import re
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

    def starts(self) -> set[str]:
        """Return what the ids of all admitted documents begin with, exactly one of them each; "" is any beginning.

        >>> sorted(Filters(("news/2023/*.txt", "law[s]")).starts())
        ['la', 'news/2023']
        """
        starts = {_literal_start(pattern) for pattern in self.paths} or {""}
        return {start for start in starts if not start.startswith(tuple(starts - {start}))}

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


def _literal_start(pattern: str) -> str:
    """Return the literal beginning of a glob, the same in any Unicode form."""
    start = re.match(r"[^*?[\]\x80-\U0010ffff]*", pattern)[0]
    # What follows an ASCII letter may be a mark that goes with it, and a folder may be named with or without its slash.
    return start[:-1]


def _fits(document_id: str, pattern: str) -> bool:
    """Tell whether an id fits a glob, or lies in the folder that is named; Unicode forms of a path are one."""
    path, pattern = normalize("NFC", document_id), normalize("NFC", pattern)
    return fnmatchcase(path, pattern) or path.startswith(pattern.removesuffix("/") + "/")
