"""One builder at a time: a lock on a file in the index folder, which the system lets go of when its holder dies."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embeddings.errors import CitebotError

log = logging.getLogger("citebot")

LOCK_NAME = "build.lock"
LOCK_WAIT_S = 600.0
"""How long a second builder waits for the first before it leaves."""


@contextmanager
def build_lock(index: Path, wait_s: float = LOCK_WAIT_S) -> Iterator[None]:
    """Hold the index folder's build lock; wait for another holder, and say so.

    Raises:
        CitebotError: another builder held it for longer than ``wait_s``.
        OSError: the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    index.mkdir(parents=True, exist_ok=True)
    lock = FileLock(index / LOCK_NAME)
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            log.warning("another build holds %s: waiting for it, up to %g s", index, wait_s)
            lock.acquire(timeout=wait_s)
    except Timeout as error:
        raise CitebotError(
            f"another build has held {index} for over {wait_s:g} s: wait for it to end, or stop it, and run this again"
        ) from error
    try:
        yield
    finally:
        lock.release()
