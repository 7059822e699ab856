"""The larger reader in the cache: made once, in a process of its own, since that imports torch; read ever after."""

import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embeddings.encoder.cache import readable_caches, writable_cache
from embeddings.errors import CitebotError
from qa.large import OnStep
from qa.large.packages import LargeUnavailable, find_parts
from qa.reading.reader_files import FACTS_NAME, read_checked, read_facts

log = logging.getLogger("citebot")

ADAPTERS_NAME = "adapters.safetensors"
FOLDER = "readers"
"""Below the cache."""
FORMAT = 2
"""Raised whenever the same adapters would give another export."""
ROOM_WANTED, MEMORY_WANTED = 2e9, 3e9
"""Bytes that a set-up takes while it goes on, of disk and of memory; what stays is 120 MB."""
SECRETS = ("CITEBOT_TELEGRAM_TOKEN", "CITEBOT_WEBHOOK_SECRET")
"""Variables that no child needs to know."""


def obtain_large(adapters: Path, on_step: OnStep | None = None, *, anew: bool = False) -> Path:
    """Return the folder of the exported reader, for ``load_span_reader``; it is made where it is not there yet.

    ``adapters`` is the folder that ``python -m qa.train.export --adapters-only`` wrote. With ``anew`` the reader is
    made again, in place of a damaged one.

    Raises:
        LargeUnavailable: the packages with its encoder are missing or damaged.
        CitebotError: the export failed, or no folder for it can be written.
    """
    try:
        name = _identity(adapters)[:24]
        if not anew and (found := _find(name)):
            return found
        parts = find_parts()
        home = writable_cache() / FOLDER
        home.mkdir(exist_ok=True)
        with _alone(home / f".{name}.lock"):
            # Another process may have made it while this one waited.
            found = _find(name)
            if not found or (anew and not _is_sound(found)):
                _make(adapters, parts, home / name, on_step or (lambda done, total, step: None))
                found = home / name
        return found
    except OSError as error:
        raise failure(error) from error


def failure(error: OSError) -> CitebotError:
    """Return what to tell of a set-up that the system stopped: a full disk, a folder that cannot be written."""
    where = f" ({error.filename})" if error.filename else ""
    return CitebotError(
        f"the reader large cannot be set up, {error.strerror or error}{where}: free {ROOM_WANTED / 1e9:g} GB in the"
        " cache folder, choose another with CITEBOT_CACHE, or set CITEBOT_READER=small, which needs no set-up"
    )


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock; where another process holds it, say so and wait."""
    from filelock import FileLock, Timeout

    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        log.info("another process is setting up the reader large: waiting for it")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _is_sound(folder: Path) -> bool:
    try:
        facts = read_facts(folder)
        for name in facts.sha256:
            read_checked(folder, name, facts)
    except CitebotError:
        return False
    return True


def _identity(adapters: Path) -> str:
    """Return a hex digest over all that shapes the export."""
    # The adapters name the hash of the body they belong to.
    return hashlib.sha256((adapters / ADAPTERS_NAME).read_bytes() + f"format {FORMAT}".encode()).hexdigest()


def _find(name: str) -> Path | None:
    places = (cache / FOLDER / name for cache in readable_caches())
    return next((place for place in places if (place / FACTS_NAME).is_file()), None)


def _make(adapters: Path, parts: list[Path], place: Path, on_step: OnStep) -> None:
    """Make the export in a temporary folder and move it into place. The caller holds the lock."""
    for left_over in place.parent.glob(f".{place.name}.*.tmp"):
        shutil.rmtree(left_over, ignore_errors=True)
    log.info("setting up the reader large (once, some minutes) in %s", place)
    temporary = Path(tempfile.mkdtemp(prefix=f".{place.name}.", suffix=".tmp", dir=place.parent))
    try:
        _make_in_a_process([adapters, temporary, *parts], temporary, on_step)
        if place.exists():
            shutil.rmtree(place)
        (temporary / "reader").rename(place)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    log.info("the reader large is set up")


def _make_in_a_process(arguments: list[Path], folder: Path, on_step: OnStep) -> None:
    command = [sys.executable, "-m", "qa.large.make", *(str(one.resolve()) for one in arguments)]
    environment = _environment(folder)
    with tempfile.TemporaryFile("w+", encoding="utf-8") as complaints:
        # Run in the new folder: ``-m`` looks for modules in the working directory first.
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints,
            text=True, encoding="utf-8",
        )  # fmt: skip
        error = None
        try:
            with process.stdout as lines:
                for line in lines:
                    entry = json.loads(line)
                    if "error" in entry:
                        error = LargeUnavailable(entry["error"]) if entry["packages"] else CitebotError(entry["error"])
                    else:
                        on_step(entry["done"], entry["total"], entry["step"])
        except BaseException:
            process.kill()
            raise
        finally:
            status = process.wait()
            process.stdin.close()
        if error:
            raise error
        if status:
            complaints.seek(0)
            raise _unexpected(status, complaints.read())


def _environment(folder: Path) -> dict[str, str]:
    """The child's environment: secrets left out, and what libraries put into the temporary folder goes with its own."""
    kept = {name: value for name, value in os.environ.items() if name not in SECRETS}
    paths = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    kept |= {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "HF_HUB_OFFLINE": "1", "TMPDIR": str(folder)}
    kept.setdefault("ORT_DISABLE_TELEMETRY", "1")  # see embeddings/encoder/onnx_session.py
    return kept


def _unexpected(status: int, said: str) -> CitebotError:
    log.debug("setting up the reader large said:\n%s", said)
    reason = (said.strip().splitlines() or [f"exit status {status}"])[-1]
    if status < 0:
        reason = f"it was ended by signal {-status}; it needs {MEMORY_WANTED / 1e9:g} GB of memory"
    return CitebotError(
        f"the reader large cannot be set up ({reason}): try again with more room, or set CITEBOT_READER=small, which"
        " needs no set-up"
    )
