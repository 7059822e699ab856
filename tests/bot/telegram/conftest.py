"""The fake Bot API and a bot against it, as fixtures; the folder goes on the path so that tests import its parts."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fake_api.people import person
from fake_api.server import PATIENCE_S, BotApiServer
from running_bot import bot_in_thread
from toy_engine import ToyEngine

from bot.telegram.operations import indexing


@pytest.fixture
def api():
    """A running fake Bot API; at the end it may have refused nothing."""
    with BotApiServer() as server:
        yield server
        assert not [(call.method, call.result, call.params) for call in server.unexpected_refusals()]


@pytest.fixture(autouse=True)
def lively_child(monkeypatch):
    """Give the child that tries files and builds its time: one of low priority starves on a busy machine."""
    monkeypatch.setattr(indexing, "NICENESS", 0)
    monkeypatch.setattr(indexing, "CHECK_SECONDS", PATIENCE_S)


@pytest.fixture
def engine():
    """The engine behind ``bot``."""
    return ToyEngine()


@pytest.fixture
def bot(api, tmp_path, engine):
    """A bot with the toy engine, everyone let in."""
    with bot_in_thread(api, tmp_path, engine) as running:
        yield running


@pytest.fixture
def alice(api):
    """Somebody with a private chat."""
    return person(api, 11, "Alice")
