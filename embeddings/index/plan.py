"""The plan of a build: what differs between the docs folder and the catalogue, told by the files' bytes."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from embeddings.documents.folder import FileFacts, Scan, digest


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build has to do. Paths are document ids, in the order of the scan."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    """Pairs of old and new path: the same bytes under another name."""
    deleted: tuple[str, ...]
    unchanged: tuple[str, ...]
    touched: tuple[str, ...]
    """Unchanged files whose modification time moved."""
    unreadable: Mapping[str, str]
    """Files that could not be read last time and are the same, byte for byte: not worth another try."""
    sums: Mapping[str, str]
    """SHA-256 by path, of the files that could be read."""

    @property
    def gone(self) -> list[str]:
        """Paths that are no longer there."""
        return [*self.deleted, *(old for old, _ in self.renamed)]

    @property
    def to_read(self) -> list[str]:
        """Paths that have to be read, in the order of the scan."""
        wanted = {*self.new, *self.changed, *(new for _, new in self.renamed)}
        return sorted(wanted)


def hash_files(docs: Path, scan: Scan) -> dict[str, str]:
    """Return the SHA-256 by path of the files that can be read."""
    return {file.id: sha256 for file in scan.files if (sha256 := digest(docs, file.id)) is not None}


def make_plan(connection: sqlite3.Connection, scan: Scan, sums: Mapping[str, str], *, everything: bool) -> Plan:
    """Compare the folder with the catalogue. With ``everything``, nothing is trusted and all is read again."""
    known = {path: rest for path, *rest in connection.execute("SELECT path, sha256, size, mtime_ns FROM documents")}
    bad = {} if everything else _still_unreadable(connection, sums)
    files = {file.id: file for file in scan.files if file.id not in bad}
    same = [path for path in files if path in known and sums.get(path) == known[path][0]]
    came = [path for path in files if path not in known]
    renamed = _match_renames([path for path in known if path not in files], came, known, sums)
    old, new = {pair[0] for pair in renamed}, {pair[1] for pair in renamed}
    kept = [] if everything else same
    unchanged = set(kept)
    return Plan(
        new=tuple(path for path in came if path not in new),
        changed=tuple(path for path in files if path in known and path not in unchanged),
        renamed=tuple(renamed),
        deleted=tuple(path for path in known if path not in files and path not in old),
        unchanged=tuple(kept),
        touched=tuple(path for path in kept if _stamp(files[path]) != tuple(known[path][1:])),
        unreadable=bad,
        sums=sums,
    )


def _stamp(file: FileFacts) -> tuple[int, int]:
    return file.size, file.mtime_ns


def _still_unreadable(connection: sqlite3.Connection, sums: Mapping[str, str]) -> dict[str, str]:
    rows = connection.execute("SELECT path, reason, sha256 FROM skipped WHERE sha256 IS NOT NULL")
    return {path: reason for path, reason, sha256 in rows if sums.get(path) == sha256}


def _match_renames(
    gone: list[str], came: list[str], known: Mapping[str, list], sums: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Pair paths that went with paths that came and hold the same bytes, each used once."""
    by_sum: dict[str, list[str]] = {}
    for path in came:
        if path in sums:
            by_sum.setdefault(sums[path], []).append(path)
    pairs = []
    for path in gone:
        candidates = by_sum.get(known[path][0])
        if candidates:
            pairs.append((path, candidates.pop(0)))
    return pairs
