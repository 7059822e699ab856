"""The folder of articles: which files it holds, and each as a document. Nothing outside the folder is ever opened."""

import hashlib
import logging
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from embeddings.documents.document import Document
from embeddings.documents.files.file_names import (
    INDEX_MARK,
    are_ordinary,
    fault_of,
    is_left_out,
    is_of_index,
    is_saved_with_page,
    printable,
    without_control_characters,
)
from embeddings.documents.files.guarded_read import read_inside
from embeddings.documents.files.ignored import FILE_NAME as IGNORE_FILE
from embeddings.documents.files.ignored import Ignored
from embeddings.documents.loaded import Loaded, LoadError
from embeddings.errors import CitebotError

log = logging.getLogger("citebot")
LOADERS_VERSION = "7"
"""Raised whenever a loader reads files differently: `citebot index` then reads all files again, and encodes what
changed."""
MAX_TEXT_BYTES = 10 << 20
"""Two million words: no article has them; a log file or a dump does, and would take many minutes to encode."""
MAX_FILE_BYTES = 100 << 20
"""PDF and docx carry pictures, so they may be larger than their text."""
MAX_TITLE_CHARACTERS = 200


class ScannedFile(NamedTuple):
    """A file that looks readable. ``id`` is its path below the docs folder, with ``/`` between the parts."""

    id: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int

    @property
    def stamp(self) -> tuple[int, int, int, int]:
        """What changes when a file is written, known without reading it."""
        return self[1:]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder left out, and why, in one clause."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What a folder holds."""

    found: tuple[tuple[str, int, int, int, int], ...]
    """The fields of ``ScannedFile`` of each file, in no order: there may be a million."""
    skipped: tuple[Skipped, ...]
    """Ordered by id."""

    @property
    def files(self) -> list[ScannedFile]:
        """The files, ordered by id."""
        return sorted(map(ScannedFile._make, self.found))


class Unreadable(CitebotError):
    """A file that cannot become a document."""

    def __init__(self, identifier: str, reason: str):
        super().__init__(f"{printable(identifier)}: {reason}")
        self.id = identifier
        self.reason = reason


def check_folder(docs: Path) -> None:
    """Raise a ``CitebotError`` where the docs folder is missing or is no folder."""
    if not docs.is_dir():
        state = "is not a folder" if docs.exists() else "does not exist"
        raise CitebotError(
            f"the docs folder {docs} {state}: create it and put articles there, or name another with --docs"
        )


def scan(docs: Path, exclude: Sequence[str] = ()) -> Scan:
    """List the files below a folder, without opening any. Hidden files and editors' leavings do not count.

    What ``.gitignore`` files or the globs of ``exclude`` leave out is not there either.

    Raises:
        CitebotError: the folder is missing, is no folder, or cannot be listed.
    """
    check_folder(docs)
    root = os.path.realpath(docs)
    files: list[tuple[str, int, int, int, int]] = []
    skipped: list[Skipped] = []
    ignored = Ignored(exclude)
    pending = [""]  # Ids of folders to list; not recursion, which a very deep folder would break.
    while pending:
        folder = pending.pop()
        place = docs / folder
        try:
            handle = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            _note_unlisted(docs, folder, skipped, error)
            continue
        try:
            for name in _list(handle, docs, folder, skipped, ignored):
                identifier, is_link = folder + name, False
                try:
                    facts = os.stat(name, dir_fd=handle, follow_symlinks=False)
                    if not stat.S_ISREG(facts.st_mode):
                        is_link = stat.S_ISLNK(facts.st_mode)
                        facts = _look_at(handle, name, facts, place, root)
                except OSError as error:
                    what = "link that leads nowhere" if is_link else "cannot be looked at"
                    facts = f"{what} ({error.strerror})"
                if facts is None:
                    pending.append(identifier + "/")
                elif isinstance(facts, str):
                    skipped.append(Skipped(identifier, facts))
                elif facts.st_size > MAX_FILE_BYTES:
                    skipped.append(Skipped(identifier, f"larger than {MAX_FILE_BYTES >> 20} MiB: split it"))
                else:
                    files.append((identifier, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino))
        finally:
            os.close(handle)
    return Scan(tuple(files), tuple(sorted(skipped, key=lambda one: one.id)))


def _note_unlisted(docs: Path, folder: str, skipped: list[Skipped], error: OSError) -> None:
    if not folder:
        raise CitebotError(
            f"the docs folder {docs} cannot be listed ({error.strerror}): check its permissions"
        ) from error
    skipped.append(Skipped(folder.rstrip("/"), f"folder that cannot be listed ({error.strerror})"))


def _list(handle: int, docs: Path, folder: str, skipped: list[Skipped], ignored: Ignored) -> list[str]:
    """Return the names in an open folder that count; those that cannot be ids are noted as skipped."""
    try:
        names = os.listdir(handle)
    except OSError as error:
        _note_unlisted(docs, folder, skipped, error)
        return []
    ordinary = are_ordinary(names)
    if not ordinary:
        if IGNORE_FILE in names:
            ignored.read(docs / folder, folder)
        if INDEX_MARK in names:
            # An index among the articles is not an article.
            names = [] if folder else [name for name in names if not is_of_index(name)]
        names = [name for name in names if not is_left_out(name)]
        # What a browser saves with a page belongs to it: its scripts, frames and pictures are no articles.
        every = set(names)
        names = [name for name in names if not is_saved_with_page(name, every)]
    if ignored:
        names = [n for n in names if not ignored.leaves_out(folder + n + ("/" if _is_folder(handle, n) else ""))]
    if ordinary:
        return names
    faults = {name: fault for name in names if (fault := fault_of(name))}
    skipped += [Skipped(printable(folder + name), fault) for name, fault in faults.items()]
    return [name for name in names if name not in faults]


def _is_folder(handle: int, name: str) -> bool:
    try:
        return stat.S_ISDIR(os.stat(name, dir_fd=handle, follow_symlinks=False).st_mode)
    except OSError:
        return False


def _look_at(handle: int, name: str, facts: os.stat_result, folder: Path, root: str) -> os.stat_result | str | None:
    """Return the facts of what a name that is no plain file's leads to, why it is left out, or None for a folder to go
    into; ``facts`` are its own.

    Raises:
        OSError: it cannot be looked at.
    """
    if stat.S_ISDIR(facts.st_mode):
        return None
    # Not Path.resolve: for a link to itself that raises no OSError before Python 3.13.
    if stat.S_ISLNK(facts.st_mode) and not Path(os.path.realpath(folder / name, strict=True)).is_relative_to(root):
        return "link that leads out of the folder"
    facts = os.stat(name, dir_fd=handle)
    if stat.S_ISDIR(facts.st_mode):
        return "link to a folder: its files count where they lie"
    return facts if stat.S_ISREG(facts.st_mode) else "not a regular file"


def load(docs: Path, identifier: str) -> Document:
    """Load one file below the docs folder; its content says what it is.

    Raises:
        Unreadable: it is missing, lies outside the folder, is binary, empty, damaged, or too large.
    """
    return parse(read(docs, identifier), identifier)


def read(docs: Path, identifier: str) -> bytes:
    """Read the bytes of one file below the docs folder.

    Raises:
        Unreadable: it is missing, lies outside the folder, cannot be read, or is too large.
    """
    try:
        return read_inside(docs, identifier, MAX_FILE_BYTES)
    except LoadError as error:
        raise Unreadable(identifier, str(error)) from error


def parse(data: bytes, identifier: str) -> Document:
    """Make a document of a file's bytes; ``load`` says more.

    Raises:
        Unreadable: the file is binary, empty, damaged, or too large.
    """
    try:
        loaded = _load_kind(data, identifier)
    except LoadError as error:
        raise Unreadable(identifier, str(error)) from error
    if not loaded.text.strip("\ufeff").strip():
        raise Unreadable(identifier, "empty")
    if loaded.warning:
        log.warning("%s: %s", printable(identifier), printable(loaded.warning))
    sha256 = hashlib.sha256(data).hexdigest()
    title, date = _title(loaded, identifier), _date(loaded, identifier)
    return Document(identifier, title, loaded.text, sha256, date, loaded.url, loaded.structure)


def digest(docs: Path, identifier: str) -> str | None:
    """Return the SHA-256 of a file below the docs folder; None where it cannot be read: ``load`` says why."""
    try:
        return hashlib.sha256(read_inside(docs, identifier, MAX_FILE_BYTES)).hexdigest()
    except LoadError:
        return None


def _load_kind(data: bytes, identifier: str) -> Loaded:
    from embeddings.documents.files.sniff import sniff

    kind = sniff(data, identifier)
    if kind not in ("pdf", "docx", "odt", "pptx", "xlsx", "epub") and len(data) > MAX_TEXT_BYTES:
        raise LoadError(f"text larger than {MAX_TEXT_BYTES >> 20} MiB: split it")
    if kind == "text":
        from embeddings.documents.loaders.plain import load_plain

        return load_plain(data)
    # The parsers of these formats run in a process of their own; plain text never pays for that.
    from embeddings.documents.loaders.isolated import WORKER

    loaded = WORKER.load(data, kind)
    if len(loaded.text) > MAX_TEXT_BYTES:
        raise LoadError(f"{kind} with more than {MAX_TEXT_BYTES:,} characters of text: split it")
    return loaded


def _title(loaded: Loaded, identifier: str) -> str:
    """Return the title on one line, shortened at a word; terminal control characters are left out."""
    from embeddings.documents.loaders.plain import HEAD_CHARACTERS, title_of

    stated = title_of(loaded.text[:HEAD_CHARACTERS]) if loaded.title is None else loaded.title
    stated = stated or PurePosixPath(identifier).stem
    title = (
        " ".join(without_control_characters(stated[: 10 * MAX_TITLE_CHARACTERS]).split())
        or PurePosixPath(identifier).stem
    )
    if len(title) <= MAX_TITLE_CHARACTERS:
        return title
    return title[:MAX_TITLE_CHARACTERS].rsplit(" ", 1)[0] + "…"


def _date(loaded: Loaded, identifier: str):
    from embeddings.documents.files.dates import date_in_path

    return loaded.date or date_in_path(identifier)
