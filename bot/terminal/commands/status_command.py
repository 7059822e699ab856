"""``citebot status``: what the index holds, how it was made, and what changed on disk since."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from bot.settings import Settings
from bot.terminal.answer_json import to_line
from bot.terminal.commands.open_engine import change_notice, open_built
from bot.terminal.rendering.escape import on_one_line
from bot.terminal.rendering.output import Part, show_parts, write

if TYPE_CHECKING:
    from embeddings.index.changes import Changes
    from qa.engine import IndexStatus

SHOWN = 20
"""Names shown a list; --json has them all."""
LABEL_WIDTH = 12


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run the command. It never builds: a missing index is a failure here."""
    engine = open_built(settings)
    status, changes = engine.status(), engine.changes()
    if arguments.json:
        write(to_line({**asdict(status), "changes": asdict(changes)}) + "\n")
    else:
        notice = change_notice(engine, changes) if changes else "nothing changed on disk"
        show_parts(_parts(status, changes, notice))
    return 0


def _parts(status: "IndexStatus", changes: "Changes", notice: str) -> Iterator[Part]:
    for label, value in _lines(status, changes, notice):
        yield f"{label:{LABEL_WIDTH}}", "label"
        yield f"{on_one_line(value)}\n", "plain"


def _lines(status: "IndexStatus", changes: "Changes", notice: str) -> Iterator[tuple[str, str]]:
    yield "index", f"{status.index} (generation {status.generation}, {status.size_bytes / 1e6:,.1f} MB)"
    yield "docs", status.docs
    yield "documents", f"{status.documents:,}"
    yield "chunks", f"{status.chunks:,}"
    yield "encoder", status.encoder
    yield "reader", f"{status.reader}, threshold {status.threshold:.2f}"
    yield "built", status.built_at
    yield from _names("skipped", [f"{path}: {reason}" for path, reason in status.skipped.items()])
    for label, names in (("new", changes.new), ("changed", changes.changed), ("deleted", changes.deleted)):
        yield from _names(label, names)
    yield "since then", notice


def _names(label: str, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    for number, name in enumerate(names[:SHOWN]):
        yield label if number == 0 else "", name
    if len(names) > SHOWN:
        yield "", f"… and {len(names) - SHOWN:,} more"
