"""The plan of a build: what differs between the docs folder and the catalogue, told by the files' stamps and bytes."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.documents.folder import Scan, ScannedFile, digest

CLOCK_STEP_NS = 2_000_000_000
"""No file system's clock has a coarser step (FAT's modification times have this one)."""
Stamp = tuple[int, int, int, int]
"""Size, time of the last writing, time of the last change of any kind, inode."""
Known = Mapping[str, tuple[str | None, Stamp]]
STAMPED = "SELECT path, sha256, size, mtime_ns, ctime_ns, inode FROM"
STAMPS = "SELECT path, size, mtime_ns, ctime_ns, inode FROM documents"
"""Asks for what ``compare`` sets against a scan."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The files of a scan beside the catalogue's documents: those to look at, and how many are stamped as recorded."""

    files: Mapping[str, ScannedFile]
    """By path, in the order of the paths."""
    known: Known
    """The documents of these, and of files that went."""
    sums: Mapping[str, str]
    """SHA-256 by path, of the files that could be read."""
    same: int
    """How many other files there are: each is stamped as its document."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build has to do. Paths are document ids, in their order."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    """Pairs of old and new path: the same bytes under another name."""
    deleted: tuple[str, ...]
    unchanged: int
    """How many files are what they were."""
    touched: tuple[str, ...]
    """Unchanged files whose stamp is not the one recorded."""
    unreadable: Mapping[str, str]
    """Files that could not be read last time and are the same, byte for byte: not worth another try."""
    sums: Mapping[str, str]
    """SHA-256 by path, of the files that were looked at and could be read."""
    files: Mapping[str, ScannedFile]
    """What was seen of each file that was looked at, by path."""

    @property
    def gone(self) -> list[str]:
        """Paths that are no longer there."""
        return [*self.deleted, *(old for old, _ in self.renamed)]

    @property
    def to_read(self) -> list[str]:
        """Paths that have to be read, in their order."""
        wanted = {*self.new, *self.changed, *(new for _, new in self.renamed)}
        return sorted(wanted)


def read_known(connection: sqlite3.Connection, table: str = "documents") -> Known:
    """Return SHA-256 and stamp by path of the files that became documents, or of those that were ``skipped``."""
    return {row[0]: (row[1], row[2:]) for row in connection.execute(f"{STAMPED} {table}")}


def skipped_rows(plan: Plan, skipped: Mapping[str, str], scanned_ns: int) -> list[tuple]:
    """Return what is recorded of files left out, by path: path, reason, SHA-256 and stamp, None where not known."""
    nothing = (None,) * 4
    return [
        (
            path,
            reason,
            plan.sums.get(path),
            *(recorded(plan.files[path], scanned_ns) if path in plan.files else nothing),
        )
        for path, reason in sorted(skipped.items())
    ]


def recorded(file: ScannedFile, scanned_ns: int) -> Stamp:
    """Return the stamp to record of a file that was read after it was looked at, ``scanned_ns`` after the epoch.

    One that was written just before could be written again within the clock's step, its times unmoved: its inode is
    recorded as 0, which no file has, so that the next build reads it.
    """
    settled = file.ctime_ns < scanned_ns - CLOCK_STEP_NS
    return (*file.stamp[:3], file.inode if settled else 0)


def compare(
    connection: sqlite3.Connection,
    docs: Path,
    scan: Scan,
    stamped: Sequence[tuple] | None,
    *,
    verify: bool = False,
    placeholder: str = "?",
) -> Compared:
    """Find the files that are not stamped as the catalogue knows them; read those that must be read to tell more.

    ``stamped`` are the rows of ``STAMPS``; None looks at all files, and ``verify`` also reads them all. ``placeholder``
    is how the connection's driver marks a parameter.
    """
    if stamped is None:
        files, known = scan.files, read_known(connection)
    else:
        # Of most folders nearly all is as it was: no object is made for each file beside the tuples compared here.
        files = sorted(map(ScannedFile._make, set(scan.found).difference(stamped)))
        find = f"{STAMPED} documents WHERE path={placeholder}"
        moved = {one.id for one in files} if stamped else set()
        known = _read_some(connection, find, moved)
        if len(known) + len(scan.found) - len(files) < len(stamped):
            gone = {path for path, *_ in set(stamped).difference(scan.found)} - moved
            known |= _read_some(connection, find, gone)
    stamps = {} if verify else {**read_known(connection, "skipped"), **known}
    sums = {path: sha256 for path, sha256 in ((one.id, _hash(docs, one, stamps)) for one in files) if sha256}
    return Compared({one.id: one for one in files}, known, sums, len(scan.found) - len(files))


def _read_some(connection: sqlite3.Connection, find: str, paths: set[str]) -> Known:
    rows = (connection.execute(find, (path,)).fetchone() for path in sorted(paths))
    return {row[0]: (row[1], row[2:]) for row in rows if row}


def _hash(docs: Path, file: ScannedFile, known: Known) -> str | None:
    """Return a file's SHA-256, None where it cannot be read; one that is stamped as ``known`` is not read."""
    sha256, stamp = known.get(file.id, (None, None))
    return digest(docs, file.id) if sha256 is None or stamp != file.stamp else sha256


def make_plan(connection: sqlite3.Connection, compared: Compared, *, everything: bool) -> Plan:
    """Tell what to do about the files that were looked at. With ``everything``, all of them are read again."""
    known, sums = compared.known, compared.sums
    bad = {} if everything else _still_unreadable(connection, sums)
    files = {path: file for path, file in compared.files.items() if path not in bad}
    came = [path for path in files if path not in known]
    renamed = _match_renames([path for path in known if path not in files], came, known, sums)
    old, new = {pair[0] for pair in renamed}, {pair[1] for pair in renamed}
    kept = {} if everything else {path for path in files if path in known and sums.get(path) == known[path][0]}
    return Plan(
        new=tuple(path for path in came if path not in new),
        changed=tuple(path for path in files if path in known and path not in kept),
        renamed=tuple(renamed),
        deleted=tuple(path for path in known if path not in files and path not in old),
        unchanged=compared.same + len(kept),
        touched=tuple(path for path in files if path in kept and files[path].stamp != known[path][1]),
        unreadable=bad,
        sums=sums,
        files=compared.files,
    )


def _still_unreadable(connection: sqlite3.Connection, sums: Mapping[str, str]) -> dict[str, str]:
    rows = connection.execute("SELECT path, reason, sha256 FROM skipped WHERE sha256 IS NOT NULL")
    return {path: reason for path, reason, sha256 in rows if sums.get(path) == sha256}


def _match_renames(gone: list[str], came: list[str], known: Known, sums: Mapping[str, str]) -> list[tuple[str, str]]:
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
