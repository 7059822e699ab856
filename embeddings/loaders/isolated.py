"""The worker process seen from outside: one for all files, replaced when it hangs, dies or has served long enough."""

import atexit
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from embeddings.loaders.dates import read_date
from embeddings.loaders.loaded import Loaded, LoadError

SECONDS_PER_FILE = 30.0
FILES_PER_WORKER = 500
"""Parsers leak; a fresh process every so often keeps what they leak small."""
MAX_REPLY_BYTES = 64 << 20
_ROOT = Path(__file__).parents[2]


@dataclass
class Worker:
    """Loads files in a process of its own; safe to use from several threads, one file at a time."""

    seconds: float = SECONDS_PER_FILE
    _process: subprocess.Popen | None = None
    _served: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def load(self, path: Path, kind: str) -> Loaded:
        """Load a file of the given format.

        Raises:
            LoadError: it cannot be read, or not within the caps on time and memory.
        """
        with self._lock:
            try:
                reply = self._ask(json.dumps({"format": kind, "path": str(path.absolute())}))
            except (BrokenPipeError, EOFError):
                self.stop()
                raise LoadError(f"{kind} that crashes its parser") from None
            except TimeoutError:
                self.stop()
                raise LoadError(f"{kind} that takes more than {self.seconds:g} s to read") from None
        if "error" in reply:
            raise LoadError(reply["error"])
        return Loaded(reply["text"], reply["title"], read_date(reply["date"]), reply["url"])

    def _ask(self, request: str) -> dict:
        if self._process is None or self._process.poll() is not None or self._served >= FILES_PER_WORKER:
            self.stop()
            self._process = _start()
        self._served += 1
        self._process.stdin.write(request.encode() + b"\n")
        self._process.stdin.flush()
        return json.loads(self._read_line())

    def _read_line(self) -> bytes:
        """Read one line of reply, in time."""
        pipe, parts, size = self._process.stdout.fileno(), [], 0
        deadline = time.monotonic() + self.seconds
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while not (parts and parts[-1].endswith(b"\n")):
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise TimeoutError
                part = os.read(pipe, 1 << 20)
                size += len(part)
                if not part or size > MAX_REPLY_BYTES:
                    raise EOFError
                parts.append(part)
        return b"".join(parts)

    def stop(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process.stdin.close()
            self._process.stdout.close()
        self._process, self._served = None, 0


def _start() -> subprocess.Popen:
    # A fresh interpreter, not a fork: a fork of a process with threads may deadlock.
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-m", "embeddings.loaders.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
    )


WORKER = Worker()
atexit.register(WORKER.stop)
