"""Adding, replacing and deleting articles in the docs folder, with undo.

Replaced and deleted files are moved into ``removed`` in the index folder, one folder for each change, with a record of
it. The latest changes are kept.
"""

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from embeddings.documents.folder import digest
from embeddings.errors import CitebotError

FOLDER = "removed"
RECORD = "change.json"
KEPT = 50
"""Changes that can be undone; older ones are deleted."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A file that was moved away; ``sha256`` is that of the file that replaced it, None where none did."""

    document: str
    stored: str
    sha256: str | None


class ArticleFiles:
    """Changes articles below ``docs``; one change may cover several files. Hold the indexing lock while calling it."""

    def __init__(self, docs: Path, index: Path):
        self._docs, self._removed = docs, index / FOLDER

    def put(self, change: str, document: str, file: Path) -> bool:
        """Move ``file`` to the path of ``document``; return whether it replaced one."""
        place = self._docs / document
        replaced = place.exists()
        if replaced:
            self._record(change, self._away(change, document, digest_of(file)))
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(file, place)
        return replaced

    def delete(self, change: str, document: str) -> None:
        """Move a file away.

        Raises:
            CitebotError: there is no such file.
        """
        if not (self._docs / document).is_file():
            raise CitebotError(f"{document} is no longer in the docs folder")
        self._record(change, self._away(change, document, None))

    def undo(self, change: str) -> list[str]:
        """Restore what a change moved away; return the documents.

        Raises:
            CitebotError: too long ago, or a file was changed since: then nothing is restored.
        """
        folder = self._removed / change
        if not (folder / RECORD).is_file():
            raise CitebotError("that was too long ago, or has already been undone")
        moved = self._read(folder)
        for one in moved:
            if (self._docs / one.document).exists() != (one.sha256 is not None) or (
                one.sha256 is not None and digest(self._docs, one.document) != one.sha256
            ):
                raise CitebotError(f"{one.document} has been changed since then")
        for one in moved:
            place = self._docs / one.document
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(folder / one.stored, place)
        shutil.rmtree(folder)
        return [one.document for one in moved]

    def _away(self, change: str, document: str, sha256: str | None) -> Moved:
        folder = self._removed / change
        folder.mkdir(parents=True, exist_ok=True)
        stored = f"{len(list(folder.iterdir()))}{Path(document).suffix}"
        shutil.move(self._docs / document, folder / stored)
        return Moved(document, stored, sha256)

    def _record(self, change: str, moved: Moved) -> None:
        folder = self._removed / change
        known = self._read(folder) if (folder / RECORD).is_file() else []
        (folder / RECORD).write_text(json.dumps([asdict(one) for one in [*known, moved]]), encoding="utf-8")
        changes = sorted(
            (one for one in self._removed.iterdir() if one.is_dir()), key=lambda one: one.stat().st_mtime_ns
        )
        for old in changes[:-KEPT]:
            shutil.rmtree(old, ignore_errors=True)

    @staticmethod
    def _read(folder: Path) -> list[Moved]:
        return [Moved(**entry) for entry in json.loads((folder / RECORD).read_text(encoding="utf-8"))]


def digest_of(file: Path) -> str:
    """Return the SHA-256 of a file, as the index has it."""
    found = digest(file.parent, file.name)
    if found is None:
        raise CitebotError(f"{file.name} cannot be read")
    return found
