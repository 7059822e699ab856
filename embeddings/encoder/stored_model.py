"""An exported encoder on disk: a folder with model.onnx, tokenizer.json and encoder.json, which holds their SHA-256.

Reads it, verifies it, and has it made where it is missing or damaged. The making itself (``export.py``) runs in a
process of its own: it imports torch, which must neither stay in the memory of a bot nor write to its output.
"""

import hashlib
import json
import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from embeddings.child_process import child_environment
from embeddings.encoder.cache_folder import readable_caches, writable_cache
from embeddings.encoder.model_source import ModelSource
from embeddings.errors import CitebotError

log = logging.getLogger("citebot")

FACTS_NAME = "encoder.json"
MODEL_NAME = "model.onnx"
TOKENIZER_NAME = "tokenizer.json"


@dataclass(frozen=True, slots=True)
class ExportFacts:
    """What encoder.json says. Token ids in ``prefix`` and ``suffix`` surround every text."""

    identity: str
    dimension: int
    max_length: int
    """Tokens the model reads of a text, special tokens and prompt included."""
    prefix: tuple[int, ...]
    suffix: tuple[int, ...]
    inputs: tuple[str, ...]
    """Names of the model's inputs, each int64 (batch, length); it has one output, float32 (batch, dimension)."""
    prompts: dict[str, str]
    """What is put before a text, by kind: "query", "passage"."""
    sha256: dict[str, str]
    """Hex digests of the folder's other files, by name."""


@dataclass(frozen=True, slots=True)
class Export:
    """A verified export: its facts, and its files as bytes, so that what was hashed is what is loaded."""

    facts: ExportFacts
    model: bytes
    tokenizer: bytes


class Damaged(Exception):
    """An export that is not as it was written; the message says where."""


def obtain_export(source: ModelSource, cache: Path | None = None) -> Export:
    """Read the export of a model from the cache, or make it there; a damaged one is made again, with a warning.

    Raises:
        CitebotError: the model cannot be exported, or no folder for the cache can be written; the line says why.
    """
    if export := _find(source, cache, complain=False):
        return export
    from filelock import FileLock

    home = writable_cache(cache) / "encoders"
    home.mkdir(exist_ok=True)
    with FileLock(home / f".{source.identity[:24]}.lock"):
        if export := _find(source, cache, complain=True):
            return export  # another process made it while this one waited
        _make(source, home)
        return read_export(home / source.identity[:24], source.identity)


def read_export(folder: Path, identity: str) -> Export:
    """Read an export and verify every byte of it.

    Raises:
        FileNotFoundError: there is no such folder.
        Damaged: a file is missing, differs from its hash, or belongs to another model.
    """
    if not folder.is_dir():
        raise FileNotFoundError(folder)
    try:
        written = json.loads((folder / FACTS_NAME).read_text("utf-8"))
        lists = {name: tuple(written.pop(name)) for name in ("prefix", "suffix", "inputs")}
        facts = ExportFacts(**written, **lists)
        files = {name: (folder / name).read_bytes() for name in (MODEL_NAME, TOKENIZER_NAME)}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Damaged(f"{folder} is incomplete ({error})") from error
    if facts.identity != identity:
        raise Damaged(f"{folder / FACTS_NAME} is of another encoder")
    for name, content in files.items():
        if hashlib.sha256(content).hexdigest() != facts.sha256.get(name):
            raise Damaged(f"{folder / name} differs from its SHA-256")
    return Export(facts, files[MODEL_NAME], files[TOKENIZER_NAME])


def _find(source: ModelSource, chosen: Path | None, *, complain: bool) -> Export | None:
    for cache in readable_caches(chosen):
        try:
            return read_export(cache / "encoders" / source.identity[:24], source.identity)
        except FileNotFoundError:
            continue
        except Damaged as damage:
            if complain:
                log.warning("%s: exporting encoder %s again", damage, source.name)
    return None


def _make(source: ModelSource, home: Path) -> None:
    """Export into a temporary folder and move it into place. The caller holds the lock."""
    import shutil

    place = home / source.identity[:24]
    for left_over in home.glob(f".{place.name}.*.tmp"):
        shutil.rmtree(left_over)
    temporary = home / f".{place.name}.{os.getpid()}.tmp"
    temporary.mkdir()
    try:
        log.info("exporting encoder %s to ONNX (once, some 15 seconds) into %s", source.name, place)
        _export_in_a_process(source, temporary)
        if place.exists():
            shutil.rmtree(place)
        temporary.rename(place)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    log.info("encoder %s is exported", source.name)


def _export_in_a_process(source: ModelSource, target: Path) -> None:
    import subprocess

    command = [sys.executable, "-m", "embeddings.encoder.export", source.folder.resolve(), target.resolve()]
    command += [source.precision, source.identity]
    # For the second one see embeddings/encoder/onnx_session.py.
    environment = child_environment(HF_HUB_OFFLINE="1", ORT_DISABLE_TELEMETRY="1")
    # Run in the empty target: ``-m`` looks for modules in the working directory first.
    process = subprocess.run(command, cwd=target, env=environment, capture_output=True, text=True, check=False)
    if process.returncode == 0:
        return
    log.debug("the export of %s said:\n%s", source.name, process.stderr)
    lines = process.stderr.strip().splitlines() or [f"exit status {process.returncode}"]
    reason = lines[-1].removeprefix("embeddings.errors.CitebotError: ")
    raise CitebotError(f"encoder {source.name} ({source.folder}) cannot be exported: {reason}")
