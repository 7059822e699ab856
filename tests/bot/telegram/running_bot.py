"""A bot against the fake Bot API: in this process, in a thread of its own, or the real program beside it."""

import asyncio
import os
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from fake_api.server import PATIENCE_S, BotApiServer
from toy_engine import ToyEngine

from bot.settings import Settings
from bot.telegram.app import serve
from bot.telegram.services import Services

ROOT = Path(__file__).parents[3]
PROGRAM = ["-m", "bot", "bot"]
TOY_BOT = [str(Path(__file__).parent / "toy_bot.py")]


def free_port() -> int:
    """Return a port to listen on. It lies below those that the system gives to outgoing connections: one of these
    could take a port that is free now before the bot listens on it."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def settings_for(api: BotApiServer, folder: Path, **more: Any) -> Settings:
    """Settings that point a bot at the fake, its index and articles below ``folder``; limits off unless given."""
    docs = folder / "docs"
    docs.mkdir(parents=True, exist_ok=True)
    plain = Settings(docs=docs, index=folder / "index", telegram_token=api.token, telegram_api_url=api.base_url)
    return replace(plain, **({"limit_user": 0.0, "limit_chat": 0.0} | more))


class RunningBot:
    """A started bot: its services (look, don't touch) and a way to stop it."""

    def __init__(self, settings: Settings, engine: Any):
        self._settings = settings
        self._engine = engine
        self._started = threading.Event()
        self.services: Services | None = None
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True, name="bot")

    def start(self) -> "RunningBot":
        self._thread.start()
        assert self._started.wait(PATIENCE_S), "the bot did not start"
        if self.error is not None:
            raise self.error
        return self

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except BaseException as error:
            self.error = error
            self._started.set()

    async def _main(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()

        async def engine(_: Settings) -> Any:
            return self._engine

        await serve(self._settings, self._stop, self._has_started, engine)

    def _has_started(self, services: Services) -> None:
        self.services = services
        self._started.set()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive(), "the bot did not stop"


@contextmanager
def bot_in_thread(api: BotApiServer, folder: Path, engine: Any = None, **settings: Any) -> Iterator[RunningBot]:
    """A bot for the length of a block."""
    bot = RunningBot(settings_for(api, folder, **settings), engine or ToyEngine()).start()
    try:
        yield bot
    finally:
        bot.stop()


def start_process(api: BotApiServer, folder: Path, command: list[str], **environment: str) -> subprocess.Popen:
    """A bot as a process of its own, pointed at the fake; its logs go to ``folder/log``.

    ``command`` is what Python runs: the program itself, or TOY_BOT with its answers of fixed length.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CITEBOT_")}
    settings = {
        "CITEBOT_TELEGRAM_TOKEN": api.token,
        "CITEBOT_TELEGRAM_API_URL": api.base_url,
        "CITEBOT_DOCS": str(folder / "docs"),
        "CITEBOT_INDEX": str(folder / "index"),
        "CITEBOT_LIMIT_USER": "0",
        "CITEBOT_LIMIT_CHAT": "0",
    }
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, *command],
            env=kept | settings | environment | {"PYTHONPATH": str(ROOT)},
            cwd=folder,
            stdout=log,
            stderr=log,
        )
