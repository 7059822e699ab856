"""How commands open an engine: the index is built first if there is none, and changes on disk are reported."""

import argparse
import logging

from bot.settings import Settings
from bot.terminal.arguments import WrongUsage
from bot.terminal.rendering.wording import counted
from embeddings.documents.filters import Filters
from embeddings.documents.folder import check_folder
from embeddings.index.catalogue import NoIndex
from embeddings.index.changes import Changes
from embeddings.passage_index import docs_from, own_docs
from qa.engine import Engine

log = logging.getLogger("citebot")

LOOKED_THROUGH = 10_000
"""Documents up to which a command checks for changes on disk before it answers: a tenth of a second or two."""


def open_engine(settings: Settings) -> Engine:
    """Open the engine the settings ask for; build the index first where there is none, and say so on stderr.

    Raises:
        CitebotError: as ``Engine.open`` and ``build_index``.
    """
    try:
        return open_built(settings)
    except NoIndex:
        # Building imports what asking never needs.
        from bot.terminal.commands.index_command import build

        log.info("no index in %s yet: building it from %s", settings.index, settings.docs)
        build(settings)
        return open_built(settings)


def open_built(settings: Settings) -> Engine:
    """Open the engine the settings ask for on an index that is there.

    Raises:
        CitebotError: as ``Engine.open``.
    """
    return Engine.open(
        settings.docs,
        settings.index,
        encoder_name=settings.encoder,
        cache=settings.cache,
        reader=settings.reader,
        threshold=settings.threshold,
    )


def report_changes(engine: Engine) -> None:
    """Say on stderr how many files have changed since they were indexed, if any have.

    A large folder is not checked for a single question: `citebot status` does that.

    Raises:
        CitebotError: the docs folder is missing.
    """
    if engine.docs_are_elsewhere:
        return
    if int(engine.snapshot.facts["documents"]) > LOOKED_THROUGH:
        check_folder(engine.docs)
        return
    changes = engine.changes()
    if changes:
        log.info("%s", change_notice(engine, changes))


def change_notice(engine: Engine, changes: Changes) -> str:
    """Say how many files have changed, and what to run; an index takes another docs folder only with ``--move``."""
    own = engine.snapshot.facts.get("docs", "")
    if own in ("", docs_from(engine.index, engine.docs)):
        return f"{counted(changes.count, 'file')} changed since the index was built: run `citebot index`"
    built_from = own_docs(engine.index, own)
    return (
        f"the index in {engine.index} was built from {built_from}, not from {engine.docs},"
        f" which differs in {counted(changes.count, 'file')}: choose an index of its own with --index,"
        " or give it this one with `citebot index --move`"
    )


def filters_of(arguments: argparse.Namespace) -> Filters:
    """Return the filters that the flags ask for.

    Raises:
        WrongUsage: the dates leave no day between them.
    """
    if arguments.since and arguments.until and arguments.since > arguments.until:
        raise WrongUsage(f"--since {arguments.since} is later than --until {arguments.until}: no document can pass")
    return Filters(tuple(arguments.paths), arguments.since, arguments.until)
