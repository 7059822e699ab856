"""``citebot status``: what the index holds, how it was made, and what changed on disk since."""

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from bot.answer_json import to_line
from bot.commands.opening import open_built
from bot.rendering.harmless import on_one_line
from bot.rendering.show import write
from bot.rendering.wording import counted
from bot.settings import Settings

if TYPE_CHECKING:
    from embeddings.changes import Changes
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
        write("".join(f"{on_one_line(line)}\n" for line in _lines(status, changes)))
    return 0


def _lines(status: "IndexStatus", changes: "Changes") -> Iterator[str]:
    facts = {
        "index": f"{status.index} (generation {status.generation}, {status.size_bytes / 1e6:,.1f} MB)",
        "docs": status.docs,
        "documents": f"{status.documents:,}",
        "chunks": f"{status.chunks:,}",
        "encoder": status.encoder,
        "reader": f"{status.reader}, threshold {status.threshold:.2f}",
        "built": status.built_at,
    }
    for label, value in facts.items():
        yield f"{label:{LABEL_WIDTH}}{value}"
    yield from _names("skipped", [f"{path}: {reason}" for path, reason in status.skipped.items()])
    for label, names in (("new", changes.new), ("changed", changes.changed), ("deleted", changes.deleted)):
        yield from _names(label, names)
    since = f"{counted(changes.count, 'file')} changed: run `citebot index`" if changes else "nothing changed on disk"
    yield f"{'since then':{LABEL_WIDTH}}{since}"


def _names(label: str, names: tuple[str, ...] | list[str]) -> Iterator[str]:
    for number, name in enumerate(names[:SHOWN]):
        yield f"{label if number == 0 else '':{LABEL_WIDTH}}{name}"
    if len(names) > SHOWN:
        yield f"{'':{LABEL_WIDTH}}… and {len(names) - SHOWN:,} more"
