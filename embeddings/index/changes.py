"""What changed on disk since the index was built, told cheaply: by names, sizes and modification times.

Only a file whose time moved and whose size did not is read.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from embeddings.documents.folder import digest, scan
from embeddings.index.snapshot import DocumentFacts, Snapshot


@dataclass(frozen=True, slots=True)
class Changes:
    """Document ids that came, changed or went since the build."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.deleted)

    @property
    def count(self) -> int:
        """How many files differ."""
        return len(self.new) + len(self.changed) + len(self.deleted)


def find_changes(snapshot: Snapshot, docs: Path) -> Changes:
    """Compare the docs folder with a snapshot.

    Raises:
        CitebotError: the docs folder is missing.
    """
    known = {facts.id: facts for facts in snapshot.documents().values()}
    left_out = snapshot.skipped_stamps()
    files = {
        file.id: (file.size, file.mtime_ns)
        for file in scan(docs, json.loads(snapshot.facts.get("exclude", "[]"))).files
    }
    return Changes(
        new=tuple(path for path, stamp in files.items() if path not in known and left_out.get(path) != stamp),
        changed=tuple(path for path, stamp in files.items() if path in known and _differs(docs, known[path], *stamp)),
        deleted=tuple(path for path in known if path not in files),
    )


def _differs(docs: Path, facts: DocumentFacts, size: int, mtime_ns: int) -> bool:
    """Tell whether a file is another than was indexed; one that was only touched is read to tell."""
    if size != facts.size:
        return True
    return mtime_ns != facts.mtime_ns and digest(docs, facts.id) != facts.sha256
