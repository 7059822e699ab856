"""Names of documents as people type them: which document was meant, or why there is none of that name."""

import difflib
import unicodedata

from embeddings.documents.filters import Filters
from embeddings.passage_index import View

MAX_NAMES = 3
"""Names suggested for one that is not there."""


def meant_document(snapshot: View, typed: str) -> str | None:
    """Return the id of the document that was meant: as typed, or in another Unicode form of it."""
    if snapshot.find(typed):
        return typed
    return _ids(snapshot).get(unicodedata.normalize("NFC", typed))


def why_missing(snapshot: View, typed: str) -> str:
    """Say why no document has a name: its file was skipped, or others have names like it."""
    meant = unicodedata.normalize("NFC", typed)
    for path, reason in snapshot.skipped().items():
        if unicodedata.normalize("NFC", path) == meant:
            return f"the file was skipped: {reason}"
    folded = {name.casefold(): name for name in _ids(snapshot)}
    similar = [name for name in folded.values() if name.rpartition("/")[2] == meant.rpartition("/")[2]]
    similar = similar or [folded[one] for one in difflib.get_close_matches(meant.casefold(), folded, MAX_NAMES)]
    if similar:
        return f"did you mean {' or '.join(similar[:MAX_NAMES])}?"
    return "`citebot status` tells what the index holds"


def names_without_document(snapshot: View, filters: Filters) -> list[str]:
    """Return, for each path filter that matches no document, the filter and the reason."""
    ids = _ids(snapshot)
    unmatched = (path for path in filters.paths if not any(Filters((path,)).admit(one, None) for one in ids))
    return [f"{path}: no document; {why_missing(snapshot, path)}" for path in unmatched]


def _ids(snapshot: View) -> dict[str, str]:
    return {unicodedata.normalize("NFC", facts.id): facts.id for facts in snapshot.documents().values()}
