"""``citebot index``: bring the index up to date; one summary line on stdout, everything else on stderr."""

import argparse
import sys

from bot.progress import build_progress
from bot.settings import Settings
from embeddings.build import BuildReport, build_index

SHOWN_SKIPPED = 50
"""Skipped files named one by one; ``citebot status`` has them all."""


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run the command."""
    if arguments.watch:
        return _watch(settings)
    print(summary(build(settings, rebuild=arguments.rebuild)))
    return 0


def build(settings: Settings, *, rebuild: bool) -> BuildReport:
    """Build with a progress bar where a person looks on, and name what was skipped."""
    with build_progress() as on_progress:
        report = build_index(
            settings.docs, settings.index, encoder_name=settings.encoder, rebuild=rebuild, on_progress=on_progress
        )
    name_skipped(report)
    return report


def name_skipped(report: BuildReport) -> None:
    """Name each file left out, with its reason, on stderr."""
    for path, reason in list(report.skipped.items())[:SHOWN_SKIPPED]:
        print(f"skipped {path}: {reason}", file=sys.stderr)
    if (more := len(report.skipped) - SHOWN_SKIPPED) > 0:
        print(f"skipped {more} more: `citebot status` names them all", file=sys.stderr)


def summary(report: BuildReport) -> str:
    """Sum a build up in one line."""
    counts = (
        (len(report.new), "new"),
        (len(report.changed), "changed"),
        (len(report.renamed), "renamed"),
        (len(report.deleted), "deleted"),
        (report.unchanged, "unchanged"),
        (len(report.skipped), "skipped"),
    )
    told = ", ".join(f"{count} {what}" for count, what in counts if count) or "none"
    return (
        f"{_plural(report.documents, 'document')}, {_plural(report.chunks, 'chunk')}: {told};"
        f" {_plural(report.encoded, 'chunk')} encoded in {report.seconds:.1f} s"
    )


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _watch(settings: Settings) -> int:
    from embeddings.watch import watch

    def tell(report: BuildReport) -> None:
        name_skipped(report)
        print(summary(report), flush=True)

    print(f"watching {settings.docs}: Ctrl-C ends it", file=sys.stderr)
    try:
        watch(settings.docs, settings.index, encoder_name=settings.encoder, on_report=tell)
    except KeyboardInterrupt:
        return 0
    return 0
