"""One builder at a time: a lock on a file in the index folder, which the system lets go of when its holder dies."""

import fcntl
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from embeddings.errors import CitebotError

log = logging.getLogger("citebot")

LOCK_NAME = "build.lock"
LOCK_WAIT_S = 600.0
"""How long a second builder waits for the first before it leaves."""
LOCK_STEP_S = 0.1


@contextmanager
def build_lock(index: Path, wait_s: float = LOCK_WAIT_S) -> Iterator[None]:
    """Hold the index folder's build lock; wait for another holder, and say so.

    Raises:
        CitebotError: another builder held it for longer than ``wait_s``.
        OSError: the folder cannot be written.
    """
    index.mkdir(parents=True, exist_ok=True)
    with (index / LOCK_NAME).open("ab") as file:
        if not _take(file):
            log.warning("another build holds %s: waiting for it, up to %g s", index, wait_s)
            deadline = time.monotonic() + wait_s
            while not _take(file):
                if time.monotonic() > deadline:
                    raise CitebotError(
                        f"another build has held {index} for over {wait_s:g} s: wait for it to end, or stop it,"
                        " and run this again"
                    )
                time.sleep(LOCK_STEP_S)
        yield


def _take(file: BinaryIO) -> bool:
    """Lock a file, which closing it undoes; tell whether nobody else holds it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
