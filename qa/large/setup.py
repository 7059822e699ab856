"""The larger reader in the cache: made once, in a process of its own, since that imports torch; read ever after."""

import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from embeddings.cache import readable_caches, writable_cache
from embeddings.errors import CitebotError
from qa.large import OnStep
from qa.large.packages import LargeUnavailable, find_parts
from qa.reader_files import FACTS_NAME

log = logging.getLogger("citebot")

ADAPTERS_NAME = "adapters.safetensors"
FOLDER = "readers"
"""Below the cache."""
FORMAT = 2
"""Raised whenever the same adapters would give another export."""


def obtain_large(adapters: Path, on_step: OnStep | None = None, *, anew: bool = False) -> Path:
    """Return the folder of the exported reader, for ``load_span_reader``; it is made where it is not there yet.

    ``adapters`` is the folder that ``python -m qa.train.export --adapters-only`` wrote. With ``anew`` the reader is
    made again, in place of a damaged one.

    Raises:
        LargeUnavailable: the packages with its encoder are missing or damaged.
        CitebotError: the export failed.
        OSError: no folder for the cache can be written.
    """
    name = _identity(adapters)[:24]
    if not anew and (found := _find(name)):
        return found
    from filelock import FileLock

    parts = find_parts()
    home = writable_cache() / FOLDER
    home.mkdir(exist_ok=True)
    with FileLock(home / f".{name}.lock"):
        if not anew and (found := _find(name)):
            return found  # another process made it while this one waited
        _make(adapters, parts, home / name, on_step or (lambda done, total, step: None))
    return home / name


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
        shutil.rmtree(left_over)
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
    paths = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "HF_HUB_OFFLINE": "1"}
    environment.setdefault("ORT_DISABLE_TELEMETRY", "1")  # see embeddings/onnx_session.py
    with tempfile.TemporaryFile("w+", encoding="utf-8") as complaints:
        # Run in the new folder: ``-m`` looks for modules in the working directory first.
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=complaints, text=True, encoding="utf-8"
        )
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
        if error:
            raise error
        if status:
            complaints.seek(0)
            said = complaints.read()
            log.debug("setting up the reader large said:\n%s", said)
            reason = (said.strip().splitlines() or [f"exit status {status}"])[-1]
            raise CitebotError(f"the reader large cannot be set up: {reason}; CITEBOT_READER=small needs no set-up")
