"""The worker process seen from outside: one for all files, replaced when it hangs, dies or has served long enough.

Seen: 0.14 s to start one and read a docx, half a second until the first HTML page (trafilatura's import), then some
milliseconds a file: hence one worker for a whole build and not one a file.
"""

import atexit
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from embeddings.child_process import import_path
from embeddings.documents.files.dates import read_date
from embeddings.documents.loaded import Loaded, LoadError
from embeddings.documents.structure import structure_from_json

SECONDS_PER_FILE = 30.0
"""By the clock, the start of the worker included."""
FILES_PER_WORKER = 500
"""Parsers leak; a fresh process every so often keeps what they leak small."""
MAX_REPLY_BYTES = 64 << 20
_PASSED_ON = ("PATH", "HOME", "PYTHONUSERBASE", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "LD_LIBRARY_PATH", "SYSTEMROOT")
"""Variables a worker sees; a parser compromised by a file finds no token in the environment."""


@dataclass
class Worker:
    """Loads files in a process of its own; safe to use from several threads, one file at a time."""

    seconds: float = SECONDS_PER_FILE
    _process: subprocess.Popen | None = None
    _served: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def load(self, data: bytes, kind: str) -> Loaded:
        """Load a file of a kind that ``worker.LOADERS`` names.

        Raises:
            LoadError: it cannot be read, or not within the caps on time and memory.
        """
        with self._lock:
            try:
                reply = self._ask_twice(data, kind)
            except TimeoutError:
                self.stop()
                raise LoadError(f"{kind} that takes more than {self.seconds:g} s to read") from None
            except (OSError, EOFError, ValueError):
                self.stop()
                raise LoadError(f"{kind} that crashes its parser or needs too much memory") from None
        if isinstance(reply, Loaded):
            return reply
        raise LoadError(reply)

    def _ask_twice(self, data: bytes, kind: str) -> Loaded | str:
        """Ask again where a worker that is not fresh fails: a file must not pay for what those before it left there."""
        fresh = self._prepare()
        try:
            return self._ask(data, kind)
        except (BrokenPipeError, EOFError):
            if fresh:
                raise
        self.stop()
        self._prepare()
        return self._ask(data, kind)

    def _prepare(self) -> bool:
        """Make sure that a worker runs; return whether it is a new one."""
        if self._process is None or self._process.poll() is not None or self._served >= FILES_PER_WORKER:
            self.stop()
            self._process = _start()
        self._served += 1
        return self._served == 1

    def _ask(self, data: bytes, kind: str) -> Loaded | str:
        deadline = time.monotonic() + self.seconds
        request = json.dumps({"format": kind, "bytes": len(data)}).encode() + b"\n"
        _write(self._process.stdin.fileno(), request + data, deadline)
        return _unpacked(_read_line(self._process.stdout.fileno(), deadline))

    def stop(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process.stdin.close()
            self._process.stdout.close()
        self._process, self._served = None, 0


def _start() -> subprocess.Popen:
    # A fresh interpreter, not a fork: a fork of a process with threads may deadlock. -P: nothing is imported from the
    # working directory, where a file may have a library's name.
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "embeddings.documents.loaders.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        env={name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {"PYTHONPATH": import_path()},
    )
    os.set_blocking(process.stdin.fileno(), False)
    return process


def _write(pipe: int, data: bytes, deadline: float) -> None:
    rest = memoryview(data)
    for _ in _ready(pipe, selectors.EVENT_WRITE, deadline):
        rest = rest[os.write(pipe, rest[: 1 << 20]) :]
        if not rest:
            return


def _read_line(pipe: int, deadline: float) -> bytes:
    parts, size = [], 0
    for _ in _ready(pipe, selectors.EVENT_READ, deadline):
        parts.append(os.read(pipe, 1 << 20))
        size += len(parts[-1])
        if not parts[-1] or size > MAX_REPLY_BYTES:
            raise EOFError
        if parts[-1].endswith(b"\n"):
            break
    return b"".join(parts)


def _unpacked(line: bytes) -> Loaded | str:
    """Return what a reply holds, or raise its error; it may come from a worker compromised by a file.

    Raises:
        ValueError: it is none.
    """
    reply = json.loads(line)
    fields = (
        [reply.get(name) for name in ("error", "text", "title", "date", "url", "structure", "warning")]
        if isinstance(reply, dict)
        else []
    )
    error, text, title, date, url, structure, warning = fields or [0] * 7
    if not all(value is None or isinstance(value, str) for value in fields) or (error is None) == (text is None):
        raise ValueError("not a reply of the worker")
    if error is not None:
        return " ".join(error.split())
    try:
        return Loaded(text, title, read_date(date), url, structure_from_json(structure or "{}"), warning)
    except (KeyError, TypeError) as mistake:
        raise ValueError("not a reply of the worker") from mistake


def _ready(pipe: int, event: int, deadline: float) -> Iterator[None]:
    """Yield each time the pipe is ready.

    Raises:
        TimeoutError: it is not, and the deadline has passed.
    """
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, event)
        while selector.select(max(0.0, deadline - time.monotonic())):
            yield
    raise TimeoutError


WORKER = Worker()
atexit.register(WORKER.stop)
