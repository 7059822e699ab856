"""How commands come to an engine: the index is built first where there is none, and what changed since is said."""

import argparse
import sys

from bot.settings import Settings
from embeddings.errors import CitebotError
from embeddings.filters import Filters
from qa.engine import Engine


def open_engine(settings: Settings) -> Engine:
    """Open the engine the settings ask for; build the index first where there is none, and say so on stderr."""
    from embeddings.snapshot import newest_generation

    try:
        missing = newest_generation(settings.index) is None
    except CitebotError as error:
        if "no index yet" not in str(error):
            raise
        missing = True
    if missing:
        from bot.commands.index_command import build

        print(f"no index in {settings.index} yet: building it from {settings.docs}", file=sys.stderr)
        build(settings, rebuild=False)
    return Engine.open(
        settings.docs,
        settings.index,
        encoder_name=settings.encoder,
        reader=settings.reader,
        threshold=settings.threshold,
    )


def say_what_changed(engine: Engine) -> None:
    """Say on stderr how many files differ from what was indexed, if any do."""
    try:
        changes = engine.changes()
    except CitebotError as error:
        print(f"citebot: {error}", file=sys.stderr)
        return
    if changes:
        files = "1 file" if changes.count == 1 else f"{changes.count} files"
        print(f"{files} changed since the index was built: run `citebot index`", file=sys.stderr)


def filters_of(arguments: argparse.Namespace) -> Filters:
    """Return the filters that the flags ask for."""
    return Filters(tuple(arguments.paths), arguments.since, arguments.until)
