"""``citebot status``: what the index holds, how it was made, and what changed on disk since."""

import argparse
from dataclasses import asdict

from bot.answer_json import to_line
from bot.settings import Settings
from qa.engine import Engine

SHOWN = 20
"""Names shown a list; --json has them all."""


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run the command. It never builds: a missing index is a failure here."""
    engine = Engine.open(
        settings.docs,
        settings.index,
        encoder_name=settings.encoder,
        reader=settings.reader,
        threshold=settings.threshold,
    )
    status, changes = engine.status(), engine.changes()
    if arguments.json:
        print(to_line({**asdict(status), "changes": asdict(changes)}))
        return 0
    print(f"index       {status.index}  ({status.size_bytes / 1e6:.1f} MB, generation {status.generation})")
    print(f"articles    {status.docs}")
    print(f"documents   {status.documents}")
    print(f"chunks      {status.chunks}")
    print(f"encoder     {status.encoder}")
    print(f"reader      {status.reader}, threshold {status.threshold:.2f}")
    print(f"built       {status.built_at}")
    for name in ("new", "changed", "deleted"):
        _print_names(f"{name} since", getattr(changes, name))
    _print_names("skipped", [f"{path}: {reason}" for path, reason in status.skipped.items()])
    if not changes:
        print("changes     none since the build")
    return 0


def _print_names(title: str, names) -> None:
    for number, name in enumerate(names):
        if number == SHOWN:
            print(f"{'':12}… {len(names) - SHOWN} more")
            break
        print(f"{title if number == 0 else '':12}{name}")
