"""``citebot index``: bring the index up to date; one summary line on stdout, everything else on stderr."""

import argparse
import logging
import signal
from typing import Any

from bot.settings import Settings
from bot.terminal.progress import progress_bar
from bot.terminal.rendering.output import write
from bot.terminal.rendering.wording import counted
from embeddings.index.build import BuildReport, Progress
from embeddings.passage_index import build as build_index

log = logging.getLogger("citebot")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run the command."""
    options = {name: getattr(arguments, name) for name in ("rebuild", "move", "verify", "exclude")}
    if arguments.watch:
        return _watch(settings, options)
    _build_and_report(settings, options)
    return 0


def _build_and_report(settings: Settings, options: dict[str, Any]) -> None:
    write(summary(build(settings, **options)) + "\n")


def build(settings: Settings, **options: Any) -> BuildReport:
    """Build with a progress bar on a terminal, and name what was skipped; ``options`` are those of ``build_index``.

    Raises:
        CitebotError: as ``build_index``.
    """
    with progress_bar("indexing") as advance:

        def show(done: Progress) -> None:
            advance(done.documents_done, done.documents_total, f"{done.chunks:,} chunks encoded")

        report = build_index(
            settings.docs,
            settings.index,
            encoder_name=settings.encoder,
            cache=settings.cache,
            on_progress=advance and show,
            **options,
        )
    report_skipped(report)
    return report


def report_skipped(report: BuildReport) -> None:
    """Name each file left out, with its reason, on stderr."""
    for path, reason in report.skipped.items():
        log.warning("skipped %s: %s", path, reason)


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
    changes = ", ".join(f"{count:,} {what}" for count, what in counts if count) or "nothing there"
    return (
        f"{counted(report.documents, 'document')}, {counted(report.chunks, 'chunk')}: {changes};"
        f" {counted(report.encoded, 'chunk')} encoded in {report.seconds:.1f} s"
    )


def _watch(settings: Settings, options: dict[str, Any]) -> int:
    """Follow the folder until Ctrl-C or a signal ends it, which is not a failure."""
    from embeddings.index.watch import watch

    def report_build(report: BuildReport) -> None:
        if report.committed:
            report_skipped(report)
            write(summary(report) + "\n")

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        # The watch starts with a build of its own, so that changes during this one are not missed.
        _build_and_report(settings, options)
        log.info("watching %s: Ctrl-C ends it", settings.docs)
        watch(
            settings.docs,
            settings.index,
            encoder_name=settings.encoder,
            cache=settings.cache,
            on_report=report_build,
            build_index=build_index,
        )
    except KeyboardInterrupt:
        log.info("no longer watching %s", settings.docs)
    return 0
