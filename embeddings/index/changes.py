"""What changed on disk since the index was built, told cheaply: by names, sizes and times.

Only a file of which a time moved and the size did not is read.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from embeddings.documents.folder import digest, scan
from embeddings.index.snapshot import Snapshot


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
    known, left_out = snapshot.stamps(), snapshot.stamps("skipped")
    files = {file.id: file.stamp[:3] for file in scan(docs, json.loads(snapshot.facts.get("exclude", "[]"))).files}
    new, changed = [], []
    for path, stamp in files.items():
        sha256, before = known.get(path) or left_out.get(path, (None, ()))
        if path not in known:
            new += [path] if stamp != before[:3] else []
        # One that was only touched is read to tell.
        elif stamp != before[:3] and (stamp[0] != before[0] or digest(docs, path) != sha256):
            changed.append(path)
    return Changes(tuple(new), tuple(changed), tuple(path for path in known if path not in files))
