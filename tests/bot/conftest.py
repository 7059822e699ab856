"""What the tests of the faces share: a small dated library with its index, and a real terminal to run citebot in."""

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ARTICLES = {
    "news/fire.txt": "---\ntitle: Fire at the station\ndate: 2023-10-03\n---\n"
    "Firefighters from Agdam put out the fire at the petrol station. Nobody slept that night.\n",
    "news/visit.md": "---\ntitle: A visit\ndate: 2023-11-20\n---\n"
    "# A visit\n\nMinister Anna Keller visited the hospital in Basel. She praised the nurses.\n",
    "essays/bees.txt": "On bees\n\nThe honey bee dances to tell where nectar is. "
    "Karl von Frisch decoded the dance in 1944.\n",
}
LIMIT_S = 300
SILENCE_S = 20


@dataclass(frozen=True)
class Library:
    """A docs folder and its index. Read them; a test that changes one copies it first."""

    docs: Path
    index: Path

    @property
    def flags(self) -> tuple[str, ...]:
        return ("--docs", str(self.docs), "--index", str(self.index))


@pytest.fixture(scope="session")
def library(tmp_path_factory) -> Library:
    from embeddings.index.build import build_index

    home = tmp_path_factory.mktemp("library")
    for name, text in ARTICLES.items():
        path = home / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    build_index(home / "docs", home / "index")
    return Library(home / "docs", home / "index")


class Terminal:
    """citebot on a pseudo-terminal, which is its stdin, stdout and stderr."""

    def __init__(self, command: list[str], cwd: Path, environment: dict[str, str], columns: int):
        self._screen, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))

        def take_terminal() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self._process = subprocess.Popen(
            command, cwd=cwd, env=environment, stdin=inside, stdout=inside, stderr=inside,
            start_new_session=True, preexec_fn=take_terminal,
        )  # fmt: skip
        os.close(inside)
        self.shown = b""
        self._seen = 0

    def type(self, keys: str) -> None:
        os.write(self._screen, keys.encode())

    def interrupt(self) -> bool:
        """Press Ctrl-C. Return whether the program goes on, and says how it ends.

        CPython sees a signal that falls between showing a prompt and waiting for keys only once a line ends: hence
        Enter after a silence. A second Ctrl-C would be one too many where the program is just slow.
        """
        self.type("\x03")
        ends = time.monotonic() + LIMIT_S
        while (found := self.shown.find(b"ends", self._seen)) < 0:
            assert time.monotonic() < ends, f"nothing more came; on the screen: {self.text}"
            if not select.select([self._screen], [], [], SILENCE_S)[0]:
                self.type("\n")
            elif not self._read(ends):
                return False
        self._seen = found + len(b"ends")
        return True

    def wait_for(self, text: str) -> None:
        """Read the screen until a text has appeared after what was waited for before."""
        ends = time.monotonic() + LIMIT_S
        while (found := self.shown.find(text.encode(), self._seen)) < 0:
            assert self._read(ends), f"{text!r} never came; on the screen: {self.text}"
        self._seen = found + len(text.encode())

    def end(self) -> int:
        """Read to the end and return the exit status."""
        ends = time.monotonic() + LIMIT_S
        while self._read(ends):
            pass
        status = self._process.wait(LIMIT_S)
        os.close(self._screen)
        return status

    def _read(self, ends: float) -> bool:
        ready, _, _ = select.select([self._screen], [], [], max(0.0, ends - time.monotonic()))
        assert ready, f"nothing more came; on the screen: {self.text}"
        data = b""
        with contextlib.suppress(OSError):  # the other end is closed
            data = os.read(self._screen, 1 << 16)
        self.shown += data
        return bool(data)

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    @property
    def text(self) -> str:
        return self.shown.decode("utf-8").replace("\r\n", "\n")


@pytest.fixture
def terminal(program, repository, tmp_path):
    """Start citebot on a terminal: ``terminal("ask", …)``; the number of columns and variables can be chosen."""
    started = []

    def start(*arguments: str | Path, columns: int = 80, env: dict[str, str] | None = None) -> Terminal:
        kept = {
            name: value
            for name, value in os.environ.items()
            # The terminal's properties come from the terminal, not from the environment of the tests.
            if name == "CITEBOT_CACHE" or not name.startswith(("CITEBOT_", "NO_COLOR", "COLUMNS", "LINES"))
        }
        environment = kept | {"PYTHONPATH": str(repository), "TERM": "xterm-256color", **(env or {})}
        one = Terminal([*program, *map(str, arguments)], tmp_path, environment, columns)
        started.append(one)
        return one

    yield start
    for one in started:
        one.kill()


@pytest.fixture
def show(terminal) -> Callable[..., tuple[int, str]]:
    """Run citebot on a terminal to its end; return the exit status and what was on the screen."""

    def run(*arguments: str | Path, **options) -> tuple[int, str]:
        one = terminal(*arguments, **options)
        return one.end(), one.text

    return run
