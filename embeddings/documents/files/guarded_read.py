"""A file's bytes, read so that nothing outside the docs folder is opened and no more than a limit is read.

What a path was when it was checked it need not be when it is opened: the way from the folder down to the file is
therefore walked without following links, and the file that was opened is what is looked at and read.
"""

import errno
import os
import stat
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from embeddings.documents.loaded import LoadError

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW
# Without NONBLOCK, opening a named pipe that took the file's place would wait for ever.
_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW


def read_inside(docs: Path, identifier: str, max_bytes: int) -> bytes:
    """Read the file that ``identifier`` names below ``docs``.

    Raises:
        LoadError: it names none, leads out of the folder, is no regular file, cannot be read, or is over ``max_bytes``.
    """
    try:
        descriptor = _open(docs, identifier)
        with os.fdopen(descriptor, "rb") as file:
            facts = os.fstat(descriptor)
            if not stat.S_ISREG(facts.st_mode):
                raise LoadError("not a regular file")
            # Not max_bytes + 1 at once: so much memory would be reserved for each file.
            data = b"" if facts.st_size > max_bytes else file.read(facts.st_size + 1)
            if len(data) > facts.st_size:  # it grew, or its file system gives no sizes
                data += file.read(max_bytes + 1 - len(data))
    except OSError as error:
        raise LoadError(f"cannot be read ({error.strerror})") from error
    except UnicodeEncodeError as error:
        raise LoadError("name that is not UTF-8: rename it") from error
    if max(facts.st_size, len(data)) > max_bytes:
        raise LoadError(f"larger than {max_bytes >> 20} MiB: split it")
    return data


def _open(docs: Path, identifier: str) -> int:
    """Return a descriptor of the file; a link on the way is resolved, and none may have appeared by then."""
    path = PurePosixPath(identifier)
    if str(path) != identifier or path.is_absolute() or ".." in path.parts or "\0" in identifier or not path.parts:
        raise LoadError("not a path inside the docs folder")
    try:
        return _walk(docs, path.parts)
    except OSError as error:
        # A link in a file's place is ELOOP, in a folder's ENOTDIR.
        if error.errno not in (errno.ELOOP, errno.ENOTDIR):
            raise
    root = os.path.realpath(docs, strict=True)
    real = PurePosixPath(os.path.realpath(os.path.join(root, identifier), strict=True))  # noqa: PTH118
    if not real.is_relative_to(root):
        raise LoadError("link that leads out of the folder")
    return _walk(root, real.relative_to(root).parts or (".",))


def _walk(root: Path | str, parts: Sequence[str]) -> int:
    """Open the file at the end of ``parts`` below ``root``, following no link in them."""
    *folders, name = parts
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in folders:
            inner = os.open(part, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.open(name, _FILE, dir_fd=folder)
    finally:
        os.close(folder)
