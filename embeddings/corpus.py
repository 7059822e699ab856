"""The folder of articles: which files it holds, and each as a document. Nothing outside the folder is ever opened."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from embeddings.document import Document
from embeddings.errors import CitebotError
from embeddings.loaders.loaded import Loaded, LoadError
from embeddings.loaders.sniff import sniff

MAX_TEXT_BYTES = 10 << 20
"""Two million words: no article has them; a log file or a dump does, and would take many minutes to encode."""
MAX_FILE_BYTES = 100 << 20
"""PDF and docx carry pictures, so they may be larger than their text."""
MAX_TITLE_CHARACTERS = 200
_LEFT_OUT_ENDINGS = ("~", ".swp", ".tmp", ".part", ".crdownload")
"""What editors and downloads leave lying about while they work."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file that looks readable. ``id`` is its path below the docs folder, with ``/`` between the parts."""

    id: str
    path: Path
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file left out, and why, in one clause."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What a folder holds, ordered by id."""

    files: tuple[FileFacts, ...]
    skipped: tuple[Skipped, ...]


class Unreadable(CitebotError):
    """A file that cannot become a document."""

    def __init__(self, identifier: str, reason: str):
        super().__init__(f"{identifier}: {reason}")
        self.id = identifier
        self.reason = reason


def scan(docs: Path) -> Scan:
    """List the files below a folder, without opening any. Hidden files and editors' leavings do not count.

    Raises:
        CitebotError: the folder is missing, is no folder, or cannot be listed.
    """
    if not docs.is_dir():
        state = "is not a folder" if docs.exists() else "does not exist"
        raise CitebotError(
            f"the docs folder {docs} {state}: create it and put articles there, or name another with --docs"
        )
    root = docs.resolve()
    files, skipped = [], []
    for entry in _walk(docs):
        found = _look_at(entry, docs, root)
        (files if isinstance(found, FileFacts) else skipped).append(found)
    return Scan(tuple(sorted(files, key=lambda one: one.id)), tuple(sorted(skipped, key=lambda one: one.id)))


def _walk(folder: Path) -> Iterator[os.DirEntry]:
    """Yield files and links below a folder; linked folders are not entered, so there are no loops."""
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        raise CitebotError(
            f"the folder {folder} cannot be listed ({error.strerror}): see to its permissions"
        ) from error
    for entry in entries:
        if entry.name.startswith(".") or entry.name.endswith(_LEFT_OUT_ENDINGS):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path))
        else:
            yield entry


def _look_at(entry: os.DirEntry, docs: Path, root: Path) -> FileFacts | Skipped:
    path = Path(entry.path)
    identifier = path.relative_to(docs).as_posix()
    if not _is_unicode(identifier):
        return Skipped(os.fsencode(identifier).decode("utf-8", "backslashreplace"), "name that is not UTF-8: rename it")
    try:
        if entry.is_symlink() and not path.resolve(strict=True).is_relative_to(root):
            return Skipped(identifier, "link that leads out of the folder")
        facts = path.stat()
    except OSError as error:
        return Skipped(identifier, f"link that leads nowhere ({error.strerror})")
    if stat.S_ISDIR(facts.st_mode):
        return Skipped(identifier, "link to a folder: its files count where they lie")
    if not stat.S_ISREG(facts.st_mode):
        return Skipped(identifier, "not a regular file")
    if facts.st_size > MAX_FILE_BYTES:
        return Skipped(identifier, f"larger than {MAX_FILE_BYTES >> 20} MiB: split it")
    return FileFacts(identifier, path, facts.st_size, facts.st_mtime_ns)


def _is_unicode(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def load(docs: Path, identifier: str) -> Document:
    """Load one file below the docs folder; its content says what it is.

    Raises:
        Unreadable: it is missing, lies outside the folder, is binary, empty, damaged, or beyond the caps.
    """
    path = _inside(docs, identifier)
    data = _read(path, identifier)
    try:
        loaded = _load_as(sniff(data, identifier), data, path)
    except LoadError as error:
        raise Unreadable(identifier, str(error)) from error
    if not any(not character.isspace() and character != "\ufeff" for character in loaded.text):
        raise Unreadable(identifier, "empty")
    sha256 = hashlib.sha256(data).hexdigest()
    return Document(identifier, _title(loaded, identifier), loaded.text, sha256, _date(loaded, identifier), loaded.url)


def _inside(docs: Path, identifier: str) -> Path:
    parts = PurePosixPath(identifier).parts
    if not parts or identifier.startswith("/") or ".." in parts or "\0" in identifier:
        raise Unreadable(identifier, "not a path inside the docs folder")
    path = docs / identifier
    try:
        if path.resolve(strict=True).is_relative_to(docs.resolve()):
            return path
    except OSError as error:
        raise Unreadable(identifier, f"cannot be opened ({error.strerror})") from error
    raise Unreadable(identifier, "link that leads out of the folder")


def _read(path: Path, identifier: str) -> bytes:
    """Read a regular file, never more than the cap, whatever became of it since it was listed."""
    try:
        # Without NONBLOCK, opening a named pipe that took the file's place would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Unreadable(identifier, "not a regular file")
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise Unreadable(identifier, f"cannot be read ({error.strerror})") from error
    if len(data) > MAX_FILE_BYTES:
        raise Unreadable(identifier, f"larger than {MAX_FILE_BYTES >> 20} MiB: split it")
    return data


def _load_as(kind: str, data: bytes, path: Path) -> Loaded:
    if kind in ("text", "html") and len(data) > MAX_TEXT_BYTES:
        raise LoadError(f"text larger than {MAX_TEXT_BYTES >> 20} MiB: split it")
    if kind == "text":
        from embeddings.loaders.plain import load_plain

        return load_plain(data)
    # The parsers of these formats run in a process of their own; plain text never pays for that.
    from embeddings.loaders.isolated import WORKER

    return WORKER.load(path, kind)


def _title(loaded: Loaded, identifier: str) -> str:
    from embeddings.loaders.plain import title_of

    stated = loaded.title or title_of(loaded.text[:3000]) or PurePosixPath(identifier).stem
    title = " ".join(stated.split())
    if len(title) <= MAX_TITLE_CHARACTERS:
        return title
    return title[:MAX_TITLE_CHARACTERS].rsplit(" ", 1)[0] + "…"


def _date(loaded: Loaded, identifier: str):
    from embeddings.loaders.dates import date_in_path

    return loaded.date or date_in_path(identifier)
