"""The bot's program with the toy engine in it: real process, real signals, answers that take as long as is said."""

import os
import sys
from pathlib import Path

from toy_engine import ToyEngine

from bot.settings import read_settings
from bot.telegram.app import run
from embeddings.errors import CitebotError


async def open_toy(_settings):
    return ToyEngine(pause=float(os.environ.get("TOY_PAUSE", "0")))


if __name__ == "__main__":
    try:
        settings, _ = read_settings(os.environ, Path.cwd())
        sys.exit(run(settings, open_toy))
    except CitebotError as error:
        sys.stderr.write(f"citebot: {error}\n")
        sys.exit(1)
